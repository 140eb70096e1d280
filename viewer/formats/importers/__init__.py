"""Files of other programs as drafts; IMPORTERS is the whole list, the most particular first."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.formats.importers.acled import AcledImporter
from viewer.formats.importers.areas import AreasImporter
from viewer.formats.importers.badia_events import BadiaEventsImporter
from viewer.formats.importers.geojson import GeoJsonImporter
from viewer.formats.importers.geopackage import GeoPackageImporter
from viewer.formats.importers.kml import KmlImporter
from viewer.formats.importers.table import TableImporter
from viewer.formats.importers.timemap import TimemapImporter
from viewer.formats.importers.towns import TownsImporter
from viewer.formats.importers.ucdp import UcdpImporter
from viewer.formats.infile import SQLITE_MAGIC, ZIP_MAGIC, InFile, ReadError
from viewer.formats.protocol import Importer
from viewer.formats.xlsx import is_xlsx

IMPORTERS: tuple[Importer, ...] = (
    BadiaEventsImporter(), UcdpImporter(), AcledImporter(), TimemapImporter(), AreasImporter(), GeoJsonImporter(),
    GeoPackageImporter(), KmlImporter(), TownsImporter(), TableImporter(),
)  # fmt: skip
SURE = 0.3
"""Below it nobody is taken to know a file."""


def importer_named(name: str, among: Sequence[Importer] = IMPORTERS) -> Importer:
    """The importer of a format; KeyError when there is none."""
    return {importer.name: importer for importer in among}[name]


def importer_for(file: InFile, among: Sequence[Importer] = IMPORTERS) -> Importer:
    """The importer that knows the file best by its content; ReadError when none does, with the reason if one has it."""
    if not file.head.strip(b"\0 \t\r\n"):
        raise ReadError(f"{file.path}: is empty; nothing was imported")
    sure, best = max(((one.recognises(file), one) for one in among), key=lambda known: known[0])
    if sure < SURE:
        if reason := _why_not(file):
            raise ReadError(reason)
        known = ", ".join(importer.title for importer in among)
        raise ReadError(f"{file.path}: is of no format Badia knows ({known}); name one that fits with --format")
    return best


def _why_not(file: InFile) -> str:
    """Why a file that is packed, or a database, is refused by whoever reads such files; '' where none says so."""
    if file.head.startswith(SQLITE_MAGIC):
        reader: Importer = GeoPackageImporter()
    elif file.head.startswith(ZIP_MAGIC):
        reader = TableImporter() if is_xlsx(file) else KmlImporter()
    else:
        return ""
    try:
        reader.shape(file)
    except ReadError as error:
        return str(error)
    return ""
