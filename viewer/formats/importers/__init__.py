"""Files of other programs as drafts; IMPORTERS is the whole list, the most particular first."""

from __future__ import annotations

from viewer.formats.importers.acled import AcledImporter
from viewer.formats.importers.table import TableImporter
from viewer.formats.importers.towns import TownsImporter
from viewer.formats.importers.ucdp import UcdpImporter
from viewer.formats.infile import InFile, ReadError
from viewer.formats.protocol import Importer

IMPORTERS: tuple[Importer, ...] = (UcdpImporter(), AcledImporter(), TownsImporter(), TableImporter())
SURE = 0.3
"""Below it nobody is taken to know a file."""


def importer_named(name: str) -> Importer:
    """The importer of a format; KeyError when there is none."""
    return {importer.name: importer for importer in IMPORTERS}[name]


def importer_for(file: InFile) -> Importer:
    """The importer that knows the file best by its content; ReadError when none does."""
    if not file.head.strip(b"\0 \t\r\n"):
        raise ReadError(f"{file.path}: is empty; nothing was imported")
    sure, best = max(((one.recognises(file), one) for one in IMPORTERS), key=lambda known: known[0])
    if sure < SURE:
        known = ", ".join(importer.title for importer in IMPORTERS)
        raise ReadError(f"{file.path}: is of no format Badia knows ({known}); name one that fits with --format")
    return best
