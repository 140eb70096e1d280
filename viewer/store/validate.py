"""Which rows of an open store cannot be trusted, found by SQL so that a million rows take seconds.

A bad row is left out everywhere and listed with its table, number, and what is wrong with it. Rows are
numbered by SQLite's own rowid, which is the column `id` in the stores Badia writes.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from viewer.domain.fields import fields_of
from viewer.domain.records import OPTIONAL, TABLES, Problem
from viewer.store import schema
from viewer.store.errors import StoreError
from viewer.store.file import StoreFile
from viewer.store.left_out import Bad, LeftOut
from viewer.store.reference import dangling
from viewer.store.row_check import damaged_texts, flat_areas, wrong

MAX_LISTED = 100_000
"""Bad rows of one store that are told one by one; the others are left out all the same, and counted."""
MAX_ROWS = 20_000_000
MAX_RECORDS = 1_000_000
"""Rows of a table of which every record is kept in memory."""
STREAMED = ("event", "event_place", "event_actor", "event_source", "event_date", "event_link", "count", "source",
            "origin")  # fmt: skip
"""Tables of which only columns are kept, so that they may be large."""
OUTLINED = ("place", "control_claim")
"""Tables of which the map draws outlines."""
COORDINATE = frozenset({"lon", "lat"})
JOINED = {"event_actor": ("event",), "event_place": ("event",)}
"""References that are followed when the columns are read: whoever reads them sees whether all lead somewhere."""
EMPTY: Mapping[str, frozenset[str]] = MappingProxyType({})
READ_THROUGH = 200_000
"""Tables of up to so many rows are read once on opening to find damaged texts; larger ones when shown."""


def columns_present(store: StoreFile, table: str) -> list[str]:
    """The known columns a table really has, in schema order; empty when it lacks one it needs or is missing."""
    found = _columns_found(store, table)
    return [] if _needed(table) - set(found) else found


def _columns_found(store: StoreFile, table: str) -> list[str]:
    found = set(store.columns.get(table, ()))
    if not found >= COORDINATE:  # half a coordinate places nothing
        found -= COORDINATE
    return [column for column in schema.columns_of(table) if column in found]


def _needed(table: str) -> set[str]:
    return {name for name, about in fields_of(TABLES[table]).items() if about.required}


def missing_parts(store: StoreFile) -> Iterator[Problem]:
    """Tables and columns this version knows and the store lacks; what they would hold reads as empty."""
    for table in TABLES:
        if table not in store.tables:
            if table not in OPTIONAL:
                yield Problem(table, "is missing; it is read as empty")
            continue
        found = _columns_found(store, table)
        absent = [column for column in schema.columns_of(table) if column not in found and column != "id"]
        needed = sorted(_needed(table) - set(found))
        if needed:
            yield Problem(table, f"lacks the columns {', '.join(needed)}, which it needs; it is read as empty")
        elif absent:
            yield Problem(table, f"lacks the columns {', '.join(absent)}; they are read as empty")


def refuse_too_many(store: StoreFile) -> dict[str, int]:
    """The most rows each table can have by the numbers of its rows; StoreError when it has too many."""
    most: dict[str, int] = {}
    for table in TABLES:
        if table not in store.tables:
            continue
        limit = MAX_ROWS if table in STREAMED else min(MAX_ROWS, MAX_RECORDS)
        ends = f'SELECT (SELECT min(rowid) FROM "{table}"), (SELECT max(rowid) FROM "{table}")'
        first, last = store.within().execute(ends).fetchone()
        most[table] = 0 if first is None else last - first + 1
        if most[table] > limit:
            some = f'SELECT 1 FROM "{table}" LIMIT {limit + 1}'
            (most[table],) = store.within().execute(f"SELECT count(*) FROM ({some})").fetchone()
        if most[table] > limit:
            raise StoreError(f"{store.path}: holds more than {limit:,} rows of {table}; export the part you need first")
    return most


def wrong_rows(store: StoreFile, table: str, room: int = MAX_LISTED, seen: bool = False) -> LeftOut:
    """The rows of a table that are bad in themselves; seen: its geometries were looked at elsewhere."""
    found = LeftOut(room=room)
    if columns := columns_present(store, table):
        checked = [column for column in columns if column != "geom" or not seen]
        for row_id, reason in wrong(store, table, checked):
            found.add(row_id, reason)
    return found


def trusted_keys(store: StoreFile, table: str, bad: LeftOut) -> list[str]:
    """The keys of the other rows, in the order of the table."""
    if not columns_present(store, table):
        return []
    rows = store.within().execute(f'SELECT rowid, "key" FROM "{table}" ORDER BY rowid')
    return [str(key) for row_id, key in rows if row_id not in bad]


def bad_rows(
    store: StoreFile, known: Bad, seen: Container[str] = (), proven: Mapping[str, frozenset[str]] = EMPTY
) -> tuple[Bad, list[Problem]]:
    """By table, the rows that are left out; and remarks on rows that stay though something is amiss.

    known: what `wrong_rows` found in some tables before; seen: tables of which others look at the geometries;
    proven: tables without a bad row, and their columns that hold nothing but keys of rows that are there.
    References are checked last, against the rows that are left; those of JOINED are not, but by
    `follow_joined`. A row whose required reference dangles says nothing and goes; one that merely lacks, say,
    the event it is part of stays.
    """
    bad: Bad = {}
    remarks: list[Problem] = []
    present = {table: columns_present(store, table) for table in TABLES}
    for table in (table for table in TABLES if present[table]):
        if table in known:
            bad[table] = known[table]
        elif table in proven:
            bad[table] = LeftOut(room=_room(bad))
        else:
            bad[table] = wrong_rows(store, table, _room(bad), table in seen)
        if _has_few(store, table):
            remarks += damaged_texts(store, table, present[table])
        if table in OUTLINED and "geom" in present[table]:
            remarks += islice(flat_areas(store, table), max(0, MAX_LISTED - len(remarks)))
    for table in bad:
        for row_id, reason, required in dangling(store, table, present, bad, _other_fields(table, proven, bad)):
            if required:
                bad[table].add(row_id, reason)
            elif row_id not in bad[table] and len(remarks) < MAX_LISTED:
                remarks.append(Problem(f"{table} row {row_id}", f"{reason}; the row is kept without it"))
    return bad, remarks


def follow_joined(store: StoreFile, table: str, bad: Bad) -> None:
    """Leave out, too, the rows of a table of JOINED whose event is missing or left out."""
    present = {table: columns_present(store, table) for table in TABLES}
    for row_id, reason, _ in dangling(store, table, present, bad, JOINED[table]):
        bad[table].add(row_id, reason)


def _other_fields(table: str, proven: Mapping[str, frozenset[str]], bad: Bad) -> list[str]:
    """The fields whose references nobody has followed; those to a table of which rows are left out must be again."""
    followed = proven.get(table, frozenset())
    return [
        name
        for name, about in fields_of(TABLES[table]).items()
        if name not in JOINED.get(table, ()) and (name not in followed or len(bad.get(about.table, ())))
    ]


def _has_few(store: StoreFile, table: str) -> bool:
    some = f'SELECT 1 FROM "{table}" LIMIT {READ_THROUGH + 1}'
    (number,) = store.within().execute(f"SELECT count(*) FROM ({some})").fetchone()
    return bool(number <= READ_THROUGH)


def _room(bad: Bad) -> int:
    return MAX_LISTED - sum(len(found.reasons) for found in bad.values())


def problems_of(bad: Bad) -> list[Problem]:
    """The bad rows as sentences, by table and row."""
    return [problem for table, rows in bad.items() for problem in _problems_of_table(table, rows)]


def _problems_of_table(table: str, rows: LeftOut) -> Iterator[Problem]:
    for row_id, reason in sorted(rows.reasons.items()):
        yield Problem(f"{table} row {row_id}", reason)
    if len(rows.unlisted):
        yield Problem(table, f"{len(rows.unlisted):,} more rows are left out that are too many to be listed one by one")
