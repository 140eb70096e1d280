"""The feature tables of any GeoPackage (OGC 12-128r18), read as if somebody hostile had made it.

Tables alone are read: no view, no virtual table, no column that is worked out; triggers never run, as nothing is
changed.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, NamedTuple
from urllib.parse import quote

from viewer.domain.drafts import Rejected, Remark
from viewer.formats.features import Feature, FeatureItem
from viewer.formats.geometries import DROPPED_HEIGHT, Geometry, as_geojson, from_wkb
from viewer.formats.infile import SQLITE_MAGIC, InFile, ReadError
from viewer.geo.errors import GeometryError
from viewer.geo.wkb import SRS, flattened, opened_blob
from viewer.untrusted import SETTINGS, RefusedError, beside, bound, checked_file, connect

MAX_LAYERS = 200
SECONDS = 120.0
"""How long SQLite may look for the next rows."""
STEPS = 500_000
CHUNK = 500
EMPTY_FLAG = 0b0001_0000
UNKNOWN_DEGREES, UNKNOWN_PLANE = 0, -1
_TABLES = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
_LENIENT = partial(bytes.decode, errors="replace")


class Layer(NamedTuple):
    """A feature table: its geometry column, the number of its coordinate system, its other columns, its row number."""

    table: str
    geometry: str
    srs: int
    columns: tuple[str, ...]
    number: str


class GeoPackage:
    """An open GeoPackage."""

    def __init__(self, file: InFile, database: sqlite3.Connection) -> None:
        self._file, self._database = file, database
        self._deadline = time.monotonic() + SECONDS
        self.remarks: list[Remark] = []
        database.set_progress_handler(lambda: int(time.monotonic() > self._deadline), STEPS)
        bound(database)
        database.text_factory = _LENIENT
        for setting in SETTINGS:
            database.execute(f"PRAGMA {setting}").fetchall()

    def _ask(self, query: str, *values: Any) -> sqlite3.Cursor:
        self._deadline = time.monotonic() + SECONDS
        return self._database.execute(query, values)

    @property
    def tables(self) -> dict[str, bool]:
        """The tables and views of the file; True for a table whose rows stand in the file."""
        found = self._ask("SELECT name, type, rootpage FROM sqlite_schema WHERE type IN ('table', 'view')")
        return {str(name): kind == "table" and bool(root) for name, kind, root in found}

    def layers(self) -> list[Layer]:
        """Its feature tables; what is told as one and is none gives a remark."""
        tables = self.tables
        if not all(tables.get(name) for name in _TABLES):
            raise ReadError(f"{self._file.path}: is a database but no GeoPackage; export its table as one")
        query = "SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns ORDER BY table_name LIMIT ?"
        found = []
        for table, column, srs in self._ask(query, MAX_LAYERS).fetchall():
            columns = self._columns(str(table)) if tables.get(str(table)) else {}
            if str(column) not in columns:
                self.remarks.append(Remark(f"'{str(table)[:60]}' is no table with that geometry; it was left out"))
                continue
            number = next((name for name, is_key in columns.items() if is_key and name != column), "rowid")
            others = tuple(name for name in columns if name not in (column, number))
            found.append(Layer(str(table), str(column), srs if isinstance(srs, int) else UNKNOWN_PLANE, others, number))
        return found

    def _columns(self, table: str) -> dict[str, bool]:
        """Its columns that are stored as they are; True for the one that numbers the rows."""
        told = self._ask(f"PRAGMA table_xinfo({_quoted(table)})").fetchall()
        return {
            str(name): bool(key) and str(kind).upper() == "INTEGER" for _, name, kind, _, _, key, hidden in told
            if hidden == 0
        }  # fmt: skip

    def system(self, srs: int) -> str:
        """The name of a coordinate system such as EPSG:32637; '' when the file does not know it."""
        query = (
            "SELECT organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = ? "
            "AND typeof(organization) = 'text'"
        )
        row = self._ask(query, srs).fetchone()
        return f"{row[0]}:{row[1]}".upper() if row else ""

    def rows(self, layer: Layer) -> Iterator[tuple[Any, ...]]:
        """Of each row its number, its geometry and its other columns."""
        names = ", ".join(_quoted(name) for name in (layer.number, layer.geometry, *layer.columns))
        cursor = self._ask(f"SELECT {names} FROM {_quoted(layer.table)}")  # noqa: S608 - names of the file, quoted
        while rows := cursor.fetchmany(CHUNK):
            yield from rows
            self._deadline = time.monotonic() + SECONDS


def _quoted(name: str) -> str:
    """A name of the file as SQL takes it, whatever is in it."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


@contextmanager
def opened_geopackage(file: InFile) -> Iterator[GeoPackage]:
    """A GeoPackage open for reading; ReadError says why it cannot be read."""
    try:
        _, write_ahead = checked_file(file.path, "GeoPackage", "name another file")
        source = file.path.resolve()
        if any(part.exists() for part in beside(source)):
            raise ReadError(f"{file.path}: has unfinished changes beside it; close the program that has it open")
        mode = "mode=ro&immutable=1" if write_ahead else "mode=ro"
        database = connect(f"file:{quote(os.fsencode(source))}?{mode}")
        try:
            yield GeoPackage(file, database)
        finally:
            database.close()
    except RefusedError as error:
        raise ReadError(str(error)) from None
    except (sqlite3.Error, MemoryError, UnicodeDecodeError) as error:
        told = "takes too long to read" if "interrupted" in str(error) else f"is damaged ({str(error)[:80]})"
        raise ReadError(f"{file.path}: {told}; copy it again from where it came from") from None


def is_geopackage(file: InFile) -> bool:
    """Whether a file is a GeoPackage with features; False for whatever cannot be read."""
    try:
        if not file.head.startswith(SQLITE_MAGIC):
            return False
        with opened_geopackage(file) as package:
            return bool(package.layers())
    except (ReadError, UnicodeError):
        return False


def geopackage_features(file: InFile, chosen: str = "") -> Iterator[FeatureItem]:
    """The features of its layers in degrees; chosen: names of layers between commas, '' for all of them."""
    number = 0
    with opened_geopackage(file) as package:
        layers = package.layers()
        wanted = [name.strip() for name in chosen.split(",") if name.strip()]
        named = {layer.table for layer in layers}
        for name in wanted:
            if name not in named:
                raise ReadError(f"{file.path}: has no layer '{name[:60]}'; it has {', '.join(sorted(named))}")
        yield from package.remarks
        if not layers:
            raise ReadError(f"{file.path}: has no table of features; nothing was imported")
        read = [layer for layer in layers if not wanted or layer.table in wanted]
        for layer in read:
            system = package.system(layer.srs)
            to_degrees = _to_degrees(layer, system)
            if isinstance(to_degrees, Remark):
                yield to_degrees
                continue
            for row_number, blob, *values in package.rows(layer):
                number += 1
                name = f"{layer.table}:{row_number}"
                yield _feature(number, name, dict(zip(layer.columns, values, strict=True)), blob, layer, to_degrees)


_Turn = Callable[[bytes], bytes]


def _to_degrees(layer: Layer, system: str) -> _Turn | Remark:
    """What makes degrees of a layer's coordinates, or why that cannot be."""
    if layer.srs in (SRS, UNKNOWN_DEGREES) or system in ("EPSG:4326", "OGC:CRS84"):
        return lambda wkb: wkb
    turn = _transformer(system) if system and layer.srs != UNKNOWN_PLANE else None
    if turn is None:
        told = f"the layer '{layer.table[:60]}' is in an unknown coordinate system ({system or layer.srs})"
        return Remark(f"{told}; it was left out: export it in WGS 84 (EPSG:4326)")
    return turn


@lru_cache(maxsize=16)
def _transformer(system: str) -> _Turn | None:
    """From a known coordinate system to degrees, east first; None when nobody knows it."""
    import numpy as np
    import pyproj
    import shapely

    try:
        turn = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError:
        return None

    def turned(wkb: bytes) -> bytes:
        whole = shapely.from_wkb(wkb)
        return bytes(
            shapely.to_wkb(shapely.transform(whole, lambda xy: np.column_stack(turn.transform(*xy.T))), byte_order=1)
        )

    return turned


def _feature(
    number: int, name: str, told: dict[str, Any], blob: object, layer: Layer, to_degrees: _Turn
) -> FeatureItem:
    properties = {key: value for key, value in told.items() if not isinstance(value, bytes)}
    text = json.dumps(
        {"type": "Feature", "id": name, "geometry": None, "properties": properties}, ensure_ascii=False, default=str
    )
    try:
        geometry = _geometry(blob, layer, to_degrees)
    except GeometryError as error:
        return Rejected(number, str(error), (text,))
    if geometry is not None:
        text = text.replace('"geometry": null', f'"geometry": {as_geojson(geometry.wkb)}', 1)
    return Feature(number, name, properties, geometry, text)


def _geometry(blob: object, layer: Layer, to_degrees: _Turn) -> Geometry | None:
    if blob is None:
        return None
    if not isinstance(blob, bytes):
        raise GeometryError("geometry is no GeoPackage blob")
    srs, wkb = opened_blob(blob)
    if blob[3] & EMPTY_FLAG:
        return None
    if srs not in (layer.srs, UNKNOWN_DEGREES, UNKNOWN_PLANE):
        raise GeometryError(f"geometry is in coordinate system {srs}, its layer in {layer.srs}")
    flat = flattened(wkb)
    geometry = from_wkb(to_degrees(flat))
    if geometry is not None and len(flat) < len(wkb):
        return geometry._replace(remarks=(DROPPED_HEIGHT, *geometry.remarks))
    return geometry
