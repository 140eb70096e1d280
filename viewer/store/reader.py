"""Records out of an open store, on demand: the small tables at once, an event's details when asked."""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from viewer.domain.dates import DateError, parse
from viewer.domain.dossier import Dossier
from viewer.domain.fields import fields_of
from viewer.domain.places import Place
from viewer.domain.records import EVENT_PARTS, TABLES, Meta
from viewer.geo.errors import GeometryError
from viewer.geo.wkb import from_blob, point_wkb
from viewer.store import schema
from viewer.store.errors import StoreError
from viewer.store.file import StoreFile
from viewer.store.left_out import Bad
from viewer.store.lookup import Lookup
from viewer.store.validate import columns_present

CHUNK = 500
PIECE = 5_000
EVERY_PART = (*EVENT_PARTS, "event")
"""The tables that a dossier is read from; `event` for the parts of an event that are events themselves."""
MAX_META = 10_000
"""Letters of one of the store's words about itself that are read."""


class Reader:
    """Reads records of the trusted rows of one store."""

    def __init__(self, store: StoreFile, bad: Bad, lookups: Mapping[tuple[str, str], Lookup] | None = None) -> None:
        self.store = store
        self._bad = bad
        self._lookups = lookups or {}
        self._columns = {table: columns_present(store, table) for table in TABLES}

    def all(self, table: str) -> list[Any]:
        """Every trusted record of a table, in the order of its rows."""
        return list(self._select(table, "", ()))

    def where(self, table: str, column: str, values: Iterable[str]) -> list[Any]:
        """The records whose column is one of `values`."""
        if column not in self._columns[table]:
            return []
        wanted: list[Any] = list(dict.fromkeys(values))
        if lookup := self._lookups.get((table, column)):
            wanted, column = sorted(lookup(wanted)), "rowid"
        found: list[Any] = []
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            marks = ", ".join("?" * len(chunk))
            found.extend(self._select(table, f'WHERE "{column}" IN ({marks})', chunk))
        return found

    def columns(
        self, table: str, names: Sequence[str], among: Mapping[str, Iterable[str]] | None = None
    ) -> list[tuple[Any, ...]]:
        """Some columns of the trusted rows of a table, one tuple each; among: the values that a column may have."""
        return [row for piece in self.pieces(table, names, among) for row in piece]

    def pieces(
        self, table: str, names: Sequence[str], among: Mapping[str, Iterable[str]] | None = None
    ) -> Iterator[list[tuple[Any, ...]]]:
        """The same in pieces, none so large that making it or letting go of it would keep another thread waiting."""
        if not {*names, *(among or {})} <= set(self._columns[table]):
            return
        asked = [(column, sorted(set(values))) for column, values in (among or {}).items()]
        # As JSON: there may be more values than a statement may have parameters.
        parts = [f'"{column}" IN (SELECT value FROM json_each(?))' for column, _ in asked]
        condition = f"WHERE {' AND '.join(parts)}" if parts else ""
        chosen = ", ".join(f'"{name}"' for name in names)
        values = [json.dumps(found) for _, found in asked]
        bad = self._bad.get(table, ())
        numbered = f"rowid, {chosen}" if len(bad) else chosen
        with self.store.reading():
            rows = self.store.within().execute(f'SELECT {numbered} FROM "{table}" {condition}', values)
            while piece := rows.fetchmany(PIECE):
                yield [row[1:] for row in piece if row[0] not in bad] if len(bad) else piece
                self.store.within()  # its clock starts anew

    def number(self, table: str) -> int:
        """How many trusted rows a table has."""
        if not self._columns[table]:
            return 0
        with self.store.reading():
            (rows,) = self.store.within().execute(f'SELECT count(*) FROM "{table}"').fetchone()
        return int(rows) - len(self._bad.get(table, ()))

    def left_out(self) -> Iterator[tuple[str, int, str]]:
        """The rows that are bad, as table, number and reason; of very many only those that are told one by one."""
        for table, rows in self._bad.items():
            yield from ((table, row_id, reason) for row_id, reason in sorted(rows.reasons.items()))

    def record(self, table: str, row_id: int) -> Any:
        """The record of a row by its number; StoreError when it is gone."""
        found = list(self._select(table, "WHERE rowid = ?", (row_id,)))
        if not found:
            raise StoreError(f"{self.store.path}: was changed while it was open; open it again")
        return found[0]

    def dossiers(self, keys: Sequence[str], tables: Collection[str] = EVERY_PART) -> list[Dossier]:
        """The dossiers of events in the order asked; unknown keys are passed over.

        tables: those of EVERY_PART that are read; what the others would give stays empty.
        """
        events = {event.key: event for event in self.where("event", "key", keys)}
        parts: dict[str, dict[str, list[Any]]] = {table: {} for table in EVENT_PARTS}
        for table in EVENT_PARTS:
            for row in self.where(table, "event", events) if table in tables else ():
                parts[table].setdefault(row.event, []).append(row)
        for row in self.where("event_link", "other", events) if "event_link" in tables else ():
            if row.event != row.other:
                parts["event_link"].setdefault(row.other, []).append(row)
        children: dict[str, list[str]] = {}
        for child in self.where("event", "part_of", events) if "event" in tables else ():
            children.setdefault(child.part_of, []).append(child.key)
        return [
            Dossier(
                event=events[key],
                places=tuple(parts["event_place"].get(key, ())),
                actors=tuple(parts["event_actor"].get(key, ())),
                sources=tuple(parts["event_source"].get(key, ())),
                dates=tuple(parts["event_date"].get(key, ())),
                links=tuple(parts["event_link"].get(key, ())),
                counts=tuple(parts["count"].get(key, ())),
                parts=tuple(children.get(key, ())),
            )
            for key in keys
            if key in events
        ]

    def dossier(self, key: str) -> Dossier | None:
        """The dossier of one event, or None when there is no such event."""
        found = self.dossiers([key])
        return found[0] if found else None

    def meta(self) -> Meta:
        """What the store says of itself; missing values are empty."""
        rows: dict[str, str] = {}
        if schema.META_TABLE in self.store.tables:
            query = f"SELECT name, value FROM {schema.META_TABLE} WHERE typeof(value) = 'text' LIMIT 1000"
            with self.store.reading():
                rows = {str(name): value[:MAX_META] for name, value in self.store.within().execute(query)}
        said = {field.name: rows.get(field.name, "") for field in dataclasses.fields(Meta)}
        unnamed = self.store.path.stem
        return Meta(**{**said, "store_id": said["store_id"] or unnamed, "title": said["title"] or unnamed})

    def _select(self, table: str, condition: str, values: Sequence[Any]) -> Iterator[Any]:
        columns = self._columns[table]
        if not columns:
            return
        names = ", ".join(f'"{column}"' for column in columns)
        query = f'SELECT rowid, {names} FROM "{table}" {condition} ORDER BY rowid'
        bad: Container[int] = self._bad.get(table, ())
        made = maker_of(table, columns)
        with self.store.reading():
            rows = self.store.within().execute(query, values).fetchall()
        try:
            for number, row in enumerate(rows):
                if number % CHUNK == 0 and self.store.tick is not None:
                    self.store.tick()
                if row[0] not in bad:
                    yield made(row)
        except (DateError, GeometryError) as error:
            raise StoreError(f"{self.store.path}: was changed while it was open ({error}); open it again") from None


Row = tuple[Any, ...]
_HEAD = 5
"""Bytes before the coordinates of a point. Those are compared as numbers: SQLite makes a zero of minus zero."""


def maker_of(table: str, columns: Sequence[str]) -> Callable[[Row], Any]:
    """Makes records of trusted rows (number and these columns); what a row lacks takes its field's default."""
    at = {name: place for place, name in enumerate(columns, start=1)}
    record = TABLES[table]
    empty: dict[str, Any] = {}
    found: list[tuple[str, int, Callable[[Any, Row], Any] | None]] = []
    for name, about in fields_of(record).items():
        column = {"date": "date_edtf", "geometry": "geom"}.get(about.kind, name)
        if column in at:
            found.append((name, at[column], _conversion(about.kind, record, at)))
        if about.required:
            empty[name] = ""

    def made(row: Row) -> Any:
        values = empty.copy()
        for name, place, convert in found:
            value = row[place]
            if value is not None:
                values[name] = value if convert is None else convert(value, row)
        return record(**values)

    return made


def _conversion(kind: str, record: type, at: Mapping[str, int]) -> Callable[[Any, Row], Any] | None:
    """What makes a field's value out of the column's and its row; None where it is the same."""
    if kind == "date":
        return lambda edtf, row: parse(edtf)
    if kind == "flag":
        return lambda value, row: bool(value)
    if kind == "geometry" and record is Place and {"lon", "lat"} <= at.keys():
        return lambda blob, row: _outline(from_blob(blob), row[at["lon"]], row[at["lat"]])
    return (lambda blob, row: from_blob(blob)) if kind == "geometry" else None


def _outline(wkb: bytes, lon: float | None, lat: float | None) -> bytes | None:
    """The outline of a place; its bare point, which the writer adds for other programs, is none."""
    if lon is None or lat is None or wkb[:_HEAD] != point_wkb(lon, lat)[:_HEAD]:
        return wkb
    return None if struct.unpack("<dd", wkb[_HEAD:]) == (lon, lat) else wkb
