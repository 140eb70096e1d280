"""Another store as a file to import: its records by their own keys, with all that belongs to them.

Reading a store is the store's own business: what is damaged, dangling or of an older version is dealt with there, and
only here are formats and store both known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from viewer.domain.dates import DateSpan
from viewer.domain.drafts import Draft, Item, Rejected, Remark
from viewer.domain.fields import fields_of
from viewer.domain.records import Meta
from viewer.formats.infile import InFile, ReadError
from viewer.formats.protocol import Shape
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.open import says_it_is_a_store

CHUNK = 500
_PARTS = {
    "event_place": "places", "event_actor": "actors", "event_source": "sources", "event_date": "dates",
    "event_link": "links", "count": "counts",
}  # fmt: skip
"""Where a dossier has the rows of each table."""


class StoreImporter:
    """Every record of a store; one of the same key takes the place of what was there."""

    name = "badia"
    title = "Badia store"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Sure of a database that says of itself that it is a store."""
        return 1.0 if says_it_is_a_store(file.path) else 0.0

    def shape(self, file: InFile) -> Shape:
        """Nothing has to be mapped."""
        return Shape(tabular=False)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """Its records, then the rows that it leaves out, and what is amiss with others."""
        try:
            with closing(open_dataset(file.path)) as data:
                total = max(1, len(data.events.keys))
                done = 0
                for draft in drafts_of(data):
                    done += draft.table == "event"
                    file.position = file.size * done // total
                    yield draft
                yield from _left_out(data)
        except StoreError as error:
            raise ReadError(str(error)) from None


def meta_of(path: Path) -> Meta:
    """What a store says of itself; whom to name are those that it names and those that its imports name."""
    try:
        with closing(open_dataset(path)) as data:
            told = [data.meta.attribution, *(run.attribution for run in data.reader.all("import_run"))]
            return replace(data.meta, attribution="; ".join(text for text in dict.fromkeys(told) if text))
    except StoreError as error:
        raise ReadError(str(error)) from None


def _left_out(data: DataSet) -> Iterator[Item]:
    bad = list(data.reader.left_out())
    told = {(f"{table} row {number}", reason) for table, number, reason in bad}
    for table, number, reason in bad:
        yield Rejected(number, f"{table}: {reason}")
    for problem in data.problems:
        if (problem.where, problem.message) not in told:
            yield Remark(str(problem))


def drafts_of(data: DataSet) -> Iterator[Draft]:
    """Every record of a data set with its rows, those first that others name."""
    for number, (table, record, parts) in enumerate(_records(data), start=1):
        yield draft_of(number, table, record, parts)


def _records(data: DataSet) -> Iterator[tuple[str, Any, Sequence[tuple[str, Any]]]]:
    for key in data.sources:
        yield "source", data.sources[key], ()
    for place in data.places.values():
        yield "place", place, [("place_name", name) for name in data.names_of_place.get(place.key, ())]
    names, relations = _by_actor(data.actor_names), _by_actor(data.relations)
    for actor in data.actors.values():
        yield (
            "actor",
            actor,
            [
                *(("actor_name", name) for name in names.get(actor.key, ())),
                *(("actor_relation", relation) for relation in relations.get(actor.key, ())),
            ],
        )
    keys = iter(data.events.keys)
    while chunk := list(islice(keys, CHUNK)):
        for found in data.reader.dossiers(chunk):
            rows = [(table, row) for table, where in _PARTS.items() for row in getattr(found, where)]
            yield "event", found.event, [(table, row) for table, row in rows if row.event == found.event.key]
    several: tuple[tuple[str, Iterable[Any]], ...] = (
        ("control_claim", data.claims), ("route", data.routes), ("quantity", data.quantities),
        ("caveat", data.caveats), ("saved_view", data.views),
    )  # fmt: skip
    for table, records in several:
        yield from ((table, record, ()) for record in records)


def _by_actor(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.actor, []).append(row)
    return found


def draft_of(number: int, table: str, record: Any, parts: Sequence[tuple[str, Any]]) -> Draft:
    """A record as a draft that names others by their keys; parts: rows of other tables that belong to it."""
    values = _values(record, "key")
    rows = [(part, _values(row, table)) for part, row in parts]
    raw = [f"{name}={_shown(value)}" for name, value in values.items()]
    raw += (f"{part}: " + "; ".join(f"{name}={_shown(value)}" for name, value in row.items()) for part, row in rows)
    return Draft(number, f"{table}:{record.key}", table, values, rows, (table, record.key, *raw), record.key)


def _values(record: Any, but: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in fields_of(type(record)) if name != but}


def _shown(value: Any) -> str:
    if isinstance(value, DateSpan):
        return value.edtf
    return hashlib.blake2b(value, digest_size=8).hexdigest() if isinstance(value, bytes) else str(value)
