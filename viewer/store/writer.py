"""Writes a data set as a store: to a temporary file first, then in one step into place.

The same records give the same bytes: rows keep their order, and no clock or chance enters.
"""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from viewer.domain.dates import DateError, DateSpan, iso, parse
from viewer.domain.fields import fields_of
from viewer.domain.records import TABLES, Records
from viewer.geo.wkb import envelope, kind_of, point_wkb, to_blob
from viewer.store import schema
from viewer.store.contents import NOWHERE, register
from viewer.store.errors import StoreError
from viewer.store.hot import hot_values
from viewer.store.migrations import migrate
from viewer.store.search_text import event_words

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
    except (sqlite3.IntegrityError, UnicodeEncodeError) as error:
        raise StoreError(f"{path}: the records cannot be stored ({error}); mend them and build again") from error
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
            wkbs = [row["geom"] for row in rows if row.get("geom") is not None]
            if table in schema.GEOMETRY:
                rows = [{**row, "geom": row["geom"] and blob_of(row["geom"])} for row in rows]
            db.table(table).insert_all(rows, batch_size=1000) if rows else None
            _register(connection, table, wkbs, records.meta.as_of)
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
        row: Row = {"id": number, **row_of(record)}
        if table == "event":
            row.update(hot[record.key])
        if table in schema.GEOMETRY:
            row["geom"] = wkb_of(record, row)
        yield row


def row_of(record: Any) -> Row:
    """The columns of a record but for its geometry and its number."""
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


def wkb_of(record: Any, row: Row) -> bytes | None:
    """The geometry of a record; where only a point is known, that point, so that any GIS shows it."""
    wkb: bytes | None = getattr(record, "geometry", None)
    lon, lat = row.get("lon"), row.get("lat")
    return point_wkb(lon, lat) if wkb is None and lon is not None and lat is not None else wkb


def blob_of(wkb: bytes) -> bytes:
    """The GeoPackage blob of a geometry, with its envelope where it is more than a point."""
    return to_blob(wkb, None if kind_of(wkb) == "POINT" else envelope(wkb))


def _register(connection: sqlite3.Connection, table: str, wkbs: list[bytes], as_of: str) -> None:
    """Tell GeoPackage readers of a table; `last_change` is the day the data ends, so builds agree."""
    boxes = list(zip(*(envelope(wkb) for wkb in wkbs), strict=True))
    bounds = (min(boxes[0]), min(boxes[2]), max(boxes[1]), max(boxes[3])) if boxes else NOWHERE
    fits = all(kind_of(wkb) == schema.GEOMETRY.get(table) for wkb in wkbs)
    register(connection, table, _last_day(as_of), bounds, "" if fits else "GEOMETRY")


def _last_day(as_of: str) -> str:
    try:
        return iso(parse(as_of).latest) or "1970-01-01"
    except DateError:
        return "1970-01-01"


def _search_rows(records: Records) -> Iterator[Row]:
    """The text under which each event is found."""
    places = {place.key: [place.name] for place in records.of("place")}
    for name in records.of("place_name"):
        places.setdefault(name.place, []).append(name.name)
    actors = {a.key: a.name for a in records.of("actor")}
    names: dict[str, list[str]] = {}
    for row in records.of("event_place"):
        names.setdefault(row.event, []).extend((*places.get(row.place, ()), row.spelled))
    for row in records.of("event_actor"):
        names.setdefault(row.event, []).append(actors.get(row.actor, ""))
    for event in records.of("event"):
        told = (event.key, event.title, event.type, event.summary, event.note)
        yield {"text": event_words(*told, names.get(event.key, ())), "kind": "event", "key": event.key}


def _meta_rows(records: Records) -> Iterator[Row]:
    for field in dataclasses.fields(records.meta):
        yield {"name": field.name, "value": getattr(records.meta, field.name)}
