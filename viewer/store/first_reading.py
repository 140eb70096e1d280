"""Reads and checks a store from end to end; what comes of it is kept, so that it is done once for each file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial

import numpy as np

from viewer.store import columns
from viewer.store.arrangement import (
    Ordered,
    Sink,
    arranged_events,
    arranged_keys,
    arranged_pairs,
    arranged_references,
    joined_events,
)
from viewer.store.aside import Aside, Here
from viewer.store.checks import is_large
from viewer.store.errors import StoreError, naming
from viewer.store.file import STALLING, StoreFile
from viewer.store.findings import Findings
from viewer.store.index import indexed_columns
from viewer.store.index_reading import IndexReading
from viewer.store.left_out import Bad, LeftOut
from viewer.store.lookup import REFERENCES, UNINDEXED, column_name
from viewer.store.open import check_pages
from viewer.store.pace import Pace
from viewer.store.plain import PlainTables
from viewer.store.scan import (
    scan_events,
    scan_keys,
    scan_links,
    scan_pairs,
    scan_parents,
    scan_references,
)
from viewer.store.spool import Spool
from viewer.store.validate import (
    JOINED,
    bad_rows,
    follow_joined,
    missing_parts,
    problems_of,
    trusted_keys,
    wrong_rows,
)

ON_DEMAND = 20_000
"""Sources beyond which each is read when it is asked for."""
CODED = ("actor", "place")
"""The tables whose records the columns name by a number."""


def first_reading(
    store: StoreFile, most: dict[str, int], spool: Spool, sink: Sink, pace: Pace
) -> tuple[Findings, IndexReading]:
    """Check a store and hand its columns to the sink; StoreError when it cannot be trusted or read.

    The pages of a large one are left to `checks`, but for what is read of them; its text index is still to be read.
    most: how many rows each table has at the most; spool: where columns wait until they are put in order.
    """
    with ExitStack() as stack:
        large = is_large(store)
        beside = Aside if large else Here
        pace.begin("Checking the file", 0.05)
        if not large and not check_pages(store):
            raise StoreError(f"{store.path}: {STALLING}")
        known = {table: wrong_rows(store, table) for table in CODED}
        keys = {table: trusted_keys(store, table, known[table]) for table in CODED}
        _refuse_too_many_actors(store, keys["actor"])
        plain = PlainTables(store, keys, spool)
        pace.begin("Reading events", 0.4)
        plain.read_events(_heard(pace, most.get("event", 0)))
        ordered: Aside[Ordered] | Here[Ordered] | None = None
        if "event" in plain.proven:  # else they are still to be read, and all else after them
            ordered = beside(store, partial(_ordered, spool, sink))
            stack.callback(ordered.stop)
            pace.begin("Reading who and where", 0.65)
        others = beside(store, plain.check_others)
        stack.callback(others.stop)
        plain.read_pairs(_heard(pace, sum(most.get(table, 0) for table in JOINED)))
        others.result(pace.tick)
        early = {table: LeftOut() for table in JOINED if table in plain.proven and ordered is not None}
        pairs = beside(store, partial(_paired, spool, early, ordered, sink))
        stack.callback(pairs.stop)
        rows = partial(bad_rows, known=known, seen=("event",), proven=plain.proven)
        checks = beside(store, rows)
        stack.callback(checks.stop)
        scan = stack.enter_context(closing(store.twin(raw=True, tick=pace.tick)))
        with scan.reading():
            problems = [*missing_parts(store)]
            _scan(scan, most, keys, spool, pace, plain)
            for table, column in _unindexed(store, most):
                scan_references(scan, table, column, spool)
            pace.begin("Checking the records", 0.85)
            bad, remarks = checks.result(pace.tick)
            if not spool.column("event.points").all():
                bad, remarks = bad_rows(store, {**known, "event": wrong_rows(store, "event")})
            for table in JOINED:
                if table not in early:
                    _follow(store, scan, table, keys, bad, spool)
            pace.begin("Putting the events in order", 0.95)
            with naming(store.path):
                if ordered is None:
                    found = arranged_events(spool, bad.get("event", LeftOut()), sink, pace.tick)
                else:
                    found = ordered.result(pace.tick)
                pairs.result(pace.tick)
                later = {table: bad.get(table, LeftOut()) for table in JOINED if table not in early}
                arranged_pairs(spool, later, found.row_at, sink)
                pace.tick()
                _arranged(spool, bad, found, sink)
            if ("event", "key") in _unindexed(store, most, (("event", "key"),)):
                sink.add(UNINDEXED, np.empty(0, dtype=np.int64))
        problems += [*problems_of(bad), *remarks]
        index = IndexReading(plain, spool.column("event.ids"), found.row_at)
        return Findings(bad, problems, *(len(keys[table]) for table in CODED)), index


def _refuse_too_many_actors(store: StoreFile, keys: Sequence[str]) -> None:
    if len(keys) >= columns.NONE:
        raise StoreError(
            f"{store.path}: holds {len(keys):,} actors, more than {columns.NONE:,}; export the part you need"
        )


def _unindexed(
    store: StoreFile, most: dict[str, int], columns: Iterable[tuple[str, str]] = REFERENCES
) -> list[tuple[str, str]]:
    """Which of these columns of large tables have no index."""
    large = [(table, column) for table, column in columns if most.get(table, 0) > ON_DEMAND]
    return [(table, column) for table, column in large if column not in indexed_columns(store, table)]


def _follow(store: StoreFile, scan: StoreFile, table: str, keys: dict[str, list[str]], bad: Bad, spool: Spool) -> None:
    """Find the rows of a table whose event is none; read it again, with their numbers, when any are to be left out."""
    if table in bad and not _all_joined(store, table, bad, spool):
        follow_joined(store, table, bad)
    if len(bad.get(table, ())):
        spool.clear(table)
        scan_pairs(scan, table, keys[table.removeprefix("event_")], spool, lambda _: None, numbered=True)


def _all_joined(store: StoreFile, table: str, bad: Bad, spool: Spool) -> bool:
    """Whether every row of a table met a trusted event when it was read."""
    (number,) = store.within().execute(f'SELECT count(*) FROM "{table}"').fetchone()
    return not len(bad.get("event", ())) and spool.length(f"{table}.codes") == number


def _scan(
    scan: StoreFile, most: dict[str, int], keys: dict[str, list[str]], spool: Spool, pace: Pace, plain: PlainTables
) -> None:
    """Read everything that is put in order afterwards, but what was read plainly."""
    if "event" not in plain.proven:
        pace.begin("Reading events", 0.7)
        scan_events(scan, keys["actor"], keys["place"], spool, _heard(pace, most.get("event", 0)))
    pace.begin("Reading who and where", 0.75)
    both = _heard(pace, most.get("event_actor", 0) + most.get("event_place", 0))
    for table in JOINED:
        if table not in plain.proven:
            scan_pairs(scan, table, keys[table.removeprefix("event_")], spool, both)
    scan_parents(scan, spool)
    scan_links(scan, spool)
    if most.get("source", 0) > ON_DEMAND:
        scan_keys(scan, "source", spool)


def _heard(pace: Pace, most: int) -> Callable[[int], None]:
    """Tells the pace of rows as they come, of which there are so many at the most."""
    read = 0

    def heard(rows: int) -> None:
        nonlocal read
        read += rows
        pace.done(read / max(most, 1))

    return heard


def _ordered(spool: Spool, sink: Sink, store: StoreFile) -> Ordered:
    """Put events in order of which none is left out."""
    return arranged_events(spool, LeftOut(), sink, store.go_on)


def _paired(
    spool: Spool, tables: Mapping[str, LeftOut], ordered: Aside[Ordered] | Here[Ordered] | None, sink: Sink,
    store: StoreFile,
) -> None:  # fmt: skip
    """Put the tables about the events in order, once those are."""
    if tables and ordered is not None:
        arranged_pairs(spool, tables, ordered.result(store.go_on).row_at, sink)


def _arranged(spool: Spool, bad: Bad, ordered: Ordered, sink: Sink) -> None:
    """Put in the order of the events what is left."""
    row_at = ordered.row_at
    joined_events(spool, bad.get("event_link", LeftOut()), ordered, sink)
    if "source.ids" in spool:
        arranged_keys(spool, "source", bad.get("source", LeftOut()), sink)
    for table, column in REFERENCES:
        if column_name(table, column, "rows") in spool:
            arranged_references(spool, table, column, row_at, sink)
    for table, left_out in bad.items():
        if len(left_out.unlisted):
            sink.add(f"unlisted.{table}", left_out.unlisted)
