"""Records out of an open store, on demand: the small tables at once, an event's details when asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from viewer.domain.dates import UNDATED, DateError, parse
from viewer.domain.dossier import Dossier
from viewer.domain.fields import fields_of
from viewer.domain.places import Place
from viewer.domain.records import EVENT_PARTS, TABLES, Meta
from viewer.geo.errors import GeometryError
from viewer.geo.wkb import from_blob, point_wkb
from viewer.store import schema
from viewer.store.errors import StoreError
from viewer.store.open import StoreFile
from viewer.store.validate import Bad, columns_present

CHUNK = 500
MAX_META = 10_000
"""Letters of one of the store's words about itself that are read."""


class Reader:
    """Reads records of the trusted rows of one store."""

    def __init__(self, store: StoreFile, bad: dict[str, Bad]) -> None:
        self.store = store
        self._bad = bad
        self._columns = {table: columns_present(store, table) for table in TABLES}

    def all(self, table: str) -> list[Any]:
        """Every trusted record of a table, in the order of its rows."""
        return list(self._select(table, "", ()))

    def where(self, table: str, column: str, values: Iterable[str]) -> list[Any]:
        """The records whose column is one of `values`."""
        wanted = list(dict.fromkeys(values))
        found: list[Any] = []
        if column in self._columns[table]:
            for start in range(0, len(wanted), CHUNK):
                chunk = wanted[start : start + CHUNK]
                marks = ", ".join("?" * len(chunk))
                found.extend(self._select(table, f'WHERE "{column}" IN ({marks})', chunk))
        return found

    def dossiers(self, keys: Sequence[str]) -> list[Dossier]:
        """The dossiers of events in the order asked; unknown keys are passed over."""
        events = {event.key: event for event in self.where("event", "key", keys)}
        parts: dict[str, dict[str, list[Any]]] = {table: {} for table in EVENT_PARTS}
        for table in EVENT_PARTS:
            for row in self.where(table, "event", events):
                parts[table].setdefault(row.event, []).append(row)
        for row in self.where("event_link", "other", events):
            parts["event_link"].setdefault(row.other, []).append(row)
        children: dict[str, list[str]] = {}
        for child in self.where("event", "part_of", events):
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
        bad = self._bad.get(table, {})
        with self.store.reading():
            rows = self.store.within().execute(query, values).fetchall()
        try:
            for row_id, *row in rows:
                if row_id not in bad:
                    yield record_of(table, dict(zip(columns, row, strict=True)))
        except (DateError, GeometryError) as error:
            raise StoreError(f"{self.store.path}: was changed while it was open ({error}); open it again") from None


def record_of(table: str, row: dict[str, Any]) -> Any:
    """The record of a trusted row; columns it lacks take their field's default."""
    values: dict[str, Any] = {}
    for name, about in fields_of(TABLES[table]).items():
        if about.kind == "date":
            edtf = row.get("date_edtf")
            values[name] = parse(edtf) if edtf else UNDATED
        elif about.kind == "geometry":
            values[name] = _geometry(table, row)
        elif row.get(name) is not None:
            values[name] = bool(row[name]) if about.kind == "flag" else row[name]
        elif about.required:
            values[name] = ""
    return TABLES[table](**values)


def _geometry(table: str, row: dict[str, Any]) -> bytes | None:
    """The outline of a record; a place's bare point, which the writer adds for other programs, is none."""
    blob = row.get("geom")
    if blob is None:
        return None
    wkb = from_blob(blob)
    lon, lat = row.get("lon"), row.get("lat")
    if TABLES[table] is Place and lon is not None and lat is not None and wkb == point_wkb(lon, lat):
        return None
    return wkb
