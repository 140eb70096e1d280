"""Writes a data set as a store: to a temporary file first, then in one step into place.

The same records give the same bytes: rows keep their order, and no clock or chance enters.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from viewer.domain.dates import DateSpan
from viewer.domain.fields import fields_of
from viewer.domain.records import TABLES, Records
from viewer.geo.wkb import kind_of, point_wkb, to_blob, vertices
from viewer.store import schema
from viewer.store.errors import StoreError
from viewer.store.hot import hot_values
from viewer.store.migrations import migrate
from viewer.store.search_text import fold

Row = dict[str, Any]


def write_store(records: Records, path: Path) -> None:
    """Write `records` as a GeoPackage at `path`; what was there before stays whole until the last step."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}): choose another folder") from None
    temporary = Path(name)
    try:
        _fill(records, temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: cannot be written ({error}): free some space or choose another folder") from error
    finally:
        temporary.unlink(missing_ok=True)


def _fill(records: Records, path: Path) -> None:
    from sqlite_utils import Database

    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        migrate(connection, 0)
        db = Database(connection)
        for table in TABLES:
            rows = list(_rows(table, records))
            db.table(table).insert_all(rows, batch_size=1000) if rows else None
            _register(connection, table, rows, records.meta.as_of)
        db.table(schema.SEARCH_TABLE).insert_all(_search_rows(records), batch_size=1000)
        db.table(schema.META_TABLE).insert_all(_meta_rows(records), replace=True)
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _rows(table: str, records: Records) -> Iterator[Row]:
    hot = hot_values(records) if table == "event" else {}
    for number, record in enumerate(records.of(table), start=1):
        row: Row = {"id": number, **_row(record)}
        if table == "event":
            row.update(hot[record.key])
        if table in schema.GEOMETRY:
            row["geom"] = _blob(record, row)
        yield row


def _row(record: Any) -> Row:
    row: Row = {}
    for name, about in fields_of(type(record)).items():
        value = getattr(record, name)
        if isinstance(value, DateSpan):
            row.update(
                date_edtf=value.edtf, earliest=value.earliest, latest=value.latest, date_precision=value.precision
            )
        elif about.kind == "flag":
            row[name] = int(value)
        elif about.kind != "geometry":
            row[name] = value
    return row


def _blob(record: Any, row: Row) -> bytes | None:
    wkb = getattr(record, "geometry", None)
    if wkb is None:
        lon, lat = row.get("lon"), row.get("lat")
        return to_blob(point_wkb(lon, lat)) if lon is not None and lat is not None else None
    if kind_of(wkb) == "POINT":
        return to_blob(wkb)
    lons, lats = zip(*vertices(wkb), strict=True)
    return to_blob(wkb, (min(lons), max(lons), min(lats), max(lats)))


def _register(connection: sqlite3.Connection, table: str, rows: list[Row], as_of: str) -> None:
    """Tell GeoPackage readers of a table; `last_change` is the day the data ends, so builds agree."""
    feature = table in schema.GEOMETRY
    bounds = _bounds(rows) if feature else (None,) * 4
    connection.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?)",
        (table, "features" if feature else "attributes", table, f"{as_of or '1970-01-01'}T00:00:00.000Z", *bounds,
         4326 if feature else None),
    )  # fmt: skip
    if feature:
        connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)", (table, schema.GEOMETRY[table])
        )


def _bounds(rows: Iterable[Row]) -> tuple[float | None, float | None, float | None, float | None]:
    points = [(row["lon"], row["lat"]) for row in rows if row.get("lon") is not None and row.get("lat") is not None]
    if not points:
        return None, None, None, None
    lons, lats = zip(*points, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def _search_rows(records: Records) -> Iterator[Row]:
    """The folded text under which each event is found: its title, summary, places, actors and sources."""
    places: dict[str, list[str]] = {}
    for name in records.of("place_name"):
        places.setdefault(name.place, []).append(name.name)
    place_texts = {p.key: " ".join([p.name, *places.get(p.key, ())]) for p in records.of("place")}
    actors = {a.key: a.name for a in records.of("actor")}
    extra: dict[str, list[str]] = {}
    for row in records.of("event_place"):
        extra.setdefault(row.event, []).append(place_texts.get(row.place, ""))
    for row in records.of("event_actor"):
        extra.setdefault(row.event, []).append(actors.get(row.actor, ""))
    for event in records.of("event"):
        words = " ".join([event.key, event.title, event.summary, event.note, *extra.get(event.key, ())])
        yield {"text": fold(words), "kind": "event", "key": event.key}


def _meta_rows(records: Records) -> Iterator[Row]:
    for name in ("store_id", "title", "as_of", "marking", "licence", "attribution", "note"):
        yield {"name": name, "value": getattr(records.meta, name)}


