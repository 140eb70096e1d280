"""Puts what was scanned in order: bad rows out, events by time, and everything else by the rows of the events.

Few columns are in memory at a time, so that ten million events take no more room than those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.geo.projection import to_map
from viewer.store.columns import FAR_FUTURE, FAR_PAST, NO_PLACE, NONE
from viewer.store.errors import StoreError
from viewer.store.keys import Keys, gathered, sorted_rows, starts_of
from viewer.store.left_out import LeftOut
from viewer.store.lookup import column_name
from viewer.store.pieces import in_order
from viewer.store.same import representatives
from viewer.store.scan import TERMS, unpacked_span
from viewer.store.spool import Spool

BLOCK = 1 << 16
"""Rows that are put in order at once."""
THREADED_BLOCK = 1 << 18
"""The same where threads share the work."""

_LAST = np.iinfo(np.int32).max
_MOST_DAYS = 2**16 - 2
"""Days that have a digit of 16 bits each, beside those for the far past and the far future."""
Made = Callable[[NDArray[Any]], NDArray[Any]]
Positions = NDArray[np.int32]
"""Numbers of rows in the order of the table."""


class Sink(Protocol):
    """Takes columns in order, each piece by piece."""

    def add(self, name: str, values: NDArray[Any]) -> None:
        """Append to a column."""


class RowAt:
    """The row of EventColumns of each row of the table `event` by its number there; -1 when it was left out."""

    def __init__(self, ids: NDArray[np.int64], rows: NDArray[np.int32]) -> None:
        self._rows = rows
        self._first = int(ids[0]) if len(ids) else 0
        whole = len(ids) and int(ids[-1]) - self._first == len(ids) - 1
        self._ids = None if whole else ids

    def __call__(self, ids: NDArray[np.int64]) -> NDArray[np.int32]:
        """The rows of these numbers; StoreError when one is not in the table, for then the file is damaged."""
        found = np.empty(len(ids), dtype=np.int32)
        for first in range(0, len(ids), BLOCK):
            piece = ids[first : first + BLOCK]
            at = piece - self._first if self._ids is None else np.searchsorted(self._ids, piece)
            inside = (at >= 0) & (at < len(self._rows))
            if not inside.all() or (self._ids is not None and (self._ids[at] != piece).any()):
                raise StoreError("its tables tell of different events: it is damaged; copy it again")
            found[first : first + BLOCK] = self._rows[at]
        return found


class Ordered(NamedTuple):
    """Events that are in order: where each row of the table went, and the rows in the order of their keys."""

    row_at: RowAt
    by_key: NDArray[np.int32]


def arranged_events(spool: Spool, left_out: LeftOut, sink: Sink, tick: Callable[[], None]) -> Ordered:
    """Put the events in order and hand their columns to the sink, ticking on the way, but what leads to other events.

    It needs nothing of other tables, and may go on while those are read.
    """
    order = _by_key(spool, "event", left_out)
    tick()
    positions, by_key = _by_time(spool.taken("event.span"), order, sink)
    del order
    tick()
    rows = np.full(spool.length("event.ids"), -1, dtype=np.int32)
    rows[positions] = np.arange(len(positions), dtype=np.int32)
    row_at = RowAt(spool.column("event.ids"), rows)
    del rows
    sink.add("event.order", by_key)
    _arranged_keys(spool, "event", positions, sink)
    tick()

    def put(column: tuple[str, NDArray[Any]]) -> None:
        sink.add(*column)
        tick()

    in_order(_pieces_of_events(spool, positions), _piece_made, put)
    return Ordered(row_at, by_key)


def joined_events(spool: Spool, links: LeftOut, ordered: Ordered, sink: Sink) -> None:
    """Hand to the sink what leads from events in order to others; links: the bad rows of `event_link`.

    event.parent; same.members and same.chosen: the events told twice, and which stands for each.
    """
    row_at = ordered.row_at
    _arranged_links(spool, links, row_at, ordered.by_key, sink)
    parents = np.full(len(ordered.by_key), -1, dtype=np.int32)
    children = row_at(spool.taken("event.child"))
    parents[children[children >= 0]] = row_at(spool.taken("event.parent"))[children >= 0]
    sink.add("event.parent", parents)


def arranged_pairs(spool: Spool, tables: Mapping[str, LeftOut], row_at: RowAt, sink: Sink) -> None:
    """Hand the pairs of trusted rows to the sink, in the order of the events' rows.

    tables: those to put in order, each with its bad rows; where there are any, its rows are numbered.
    """

    def put(columns: list[tuple[str, NDArray[Any]]]) -> None:
        for name, values in columns:
            sink.add(name, values)

    in_order(tables.items(), lambda table: _pairs_in_order(spool, *table, row_at), put)


def _pairs_in_order(spool: Spool, table: str, bad: LeftOut, row_at: RowAt) -> list[tuple[str, NDArray[Any]]]:
    rows = row_at(spool.taken(f"{table}.events"))
    codes = spool.column(f"{table}.codes")
    unwanted = rows < 0
    unwanted |= codes == (NONE if codes.dtype == np.uint16 else NO_PLACE)
    if len(bad):
        unwanted |= ~_trusted(spool.taken(f"{table}.ids"), bad)
    del codes
    rows[unwanted] = _LAST
    order = _order_of(rows)[: len(rows) - np.count_nonzero(unwanted)].astype(np.int32)
    rest = [name for name in (f"{table}.codes", f"{table}.roles") if name in spool]
    return [(f"{table}.rows", rows[order]), *((name, spool.taken(name)[order]) for name in rest)]


def _order_of(rows: NDArray[np.int32]) -> NDArray[np.intp]:
    """The stable order of numbers from 0 on: NumPy sorts halves of them by their digits, which is faster."""
    low, high = rows.astype(np.uint16), (rows >> 16).astype(np.uint16)
    order = np.argsort(low, kind="stable")
    return order[np.argsort(high[order], kind="stable")]


def arranged_references(spool: Spool, table: str, column: str, row_at: RowAt, sink: Sink) -> None:
    """Hand the rows that name an event in a column to the sink, in the order of the events' rows."""
    ids, rows = (column_name(table, column, what) for what in ("ids", "rows"))
    named = row_at(spool.taken(rows))
    order = np.argsort(named, kind="stable")
    order = order[np.searchsorted(named, 0, sorter=order) :]
    sink.add(rows, named[order])
    sink.add(ids, spool.taken(ids)[order])


def _arranged_links(spool: Spool, bad: LeftOut, row_at: RowAt, by_key: NDArray[np.int32], sink: Sink) -> None:
    rows, others = row_at(spool.taken("event_link.events")), row_at(spool.taken("event_link.others"))
    wanted = _trusted(spool.taken("event_link.ids"), bad) & (rows >= 0) & (others >= 0)
    members, chosen = representatives(rows[wanted], others[wanted], by_key)
    sink.add("same.members", members)
    sink.add("same.chosen", chosen)


def arranged_keys(spool: Spool, table: str, bad: LeftOut, sink: Sink) -> None:
    """Hand the keys of a table's trusted rows to the sink, in the order of the table: .ids, .order, .text, .starts."""
    ids = spool.column(f"{table}.ids")
    order = _by_key(spool, table, bad)
    positions = np.flatnonzero(_trusted(ids, bad)).astype(np.int32)
    row_at = np.zeros(len(ids), dtype=np.int32)
    row_at[positions] = np.arange(len(positions), dtype=np.int32)
    sink.add(f"{table}.ids", spool.taken(f"{table}.ids")[positions])
    sink.add(f"{table}.order", row_at[order])
    _arranged_keys(spool, table, positions, sink)


def arranged_search(spool: Spool, row_at: RowAt, sink: Sink) -> None:
    """Hand the event's row of each row of the text index to the sink, by its number: search.ids and .rows."""
    rows = row_at(spool.taken("search.events"))
    sink.add("search.ids", spool.taken("search.ids")[rows >= 0])
    sink.add("search.rows", rows[rows >= 0])


def _trusted(ids: NDArray[np.int64], bad: LeftOut) -> NDArray[np.bool_]:
    return ~np.isin(ids, bad.ids()) if len(bad) else np.ones(len(ids), dtype=bool)


def _by_key(spool: Spool, table: str, bad: LeftOut) -> Positions:
    """The trusted rows in the order of their keys."""
    order = sorted_rows(lambda: _scanned_keys(spool, table))
    return order[_trusted(spool.column(f"{table}.ids"), bad)[order]] if len(bad) else order


def _scanned_keys(spool: Spool, table: str) -> Keys:
    return Keys(spool.column(f"{table}.text"), starts_of(spool.column(f"{table}.lengths")))


def _by_time(spans: NDArray[np.int64], order: Positions, sink: Sink) -> tuple[Positions, NDArray[np.int32]]:
    """Rows of the table in the order of time, given in that of their keys; and the rows in the order of their keys."""
    earliest, latest = unpacked_span(spans[order])
    del spans
    by_time = _time_order(earliest, latest).astype(np.int32)
    for name, days in (("event.earliest", earliest), ("event.latest", latest)):
        for block in _blocks(by_time):
            sink.add(name, days[block])
    del earliest, latest
    by_key = np.empty(len(order), dtype=np.int32)
    by_key[by_time] = np.arange(len(order), dtype=np.int32)
    return order[by_time], by_key


def _time_order(earliest: NDArray[np.int32], latest: NDArray[np.int32]) -> NDArray[np.intp]:
    """The stable order by first and then by last day; by digits where both fit into one, as those of 179 years do."""
    first, last = _in_one_digit(earliest), _in_one_digit(latest)
    if first is None or last is None:
        return np.lexsort((latest, earliest))
    order = np.argsort(last, kind="stable")
    return order[np.argsort(first[order], kind="stable")]


def _in_one_digit(days: NDArray[np.int32]) -> NDArray[np.uint16] | None:
    """Days as numbers of 16 bits in the same order, open ends first and last; None when they lie too far apart."""
    past, future = days == FAR_PAST, days == FAR_FUTURE
    least = int(days.min(where=~past, initial=FAR_FUTURE))
    if int(days.max(where=~future, initial=FAR_PAST)) - least >= _MOST_DAYS:
        return None
    digits = (days.astype(np.int64) - (least - 1)).astype(np.uint16)
    digits[past] = 0
    digits[future] = _MOST_DAYS + 1
    return digits


def _arranged_keys(spool: Spool, table: str, positions: Positions, sink: Sink) -> None:
    lengths = spool.column(f"{table}.lengths")
    sink.add(f"{table}.starts", starts_of(lengths[positions]))
    del lengths
    keys = _scanned_keys(spool, table)
    for block in _blocks(positions):
        sink.add(f"{table}.text", gathered(keys, block))
    spool.drop(f"{table}.text")
    spool.drop(f"{table}.lengths")


def _blocks(positions: Positions, size: int = BLOCK) -> Iterator[Positions]:
    """Pieces of the whole; one that is empty when there is nothing."""
    for first in range(0, max(len(positions), 1), size):
        yield positions[first : first + size]


class _Piece(NamedTuple):
    """Some rows of a column of the events, and what is to be made of them."""

    name: str
    made: Made
    scanned: NDArray[Any]
    positions: Positions


def _pieces_of_events(spool: Spool, positions: Positions) -> Iterator[_Piece]:
    """All columns of the events, one after the other."""
    for name, column, made in _MADE:
        scanned = spool.column(f"event.{column}") if column in _AGAIN else spool.taken(f"event.{column}")
        for block in _blocks(positions, THREADED_BLOCK):
            yield _Piece(f"event.{name}", made, scanned, block)


def _piece_made(piece: _Piece) -> tuple[str, NDArray[Any]]:
    with np.errstate(all="ignore"):  # places that cannot be were found bad, but may have been left in
        return piece.name, piece.made(piece.scanned[piece.positions])


def _as(kind: type[Any]) -> Made:
    return lambda values: values.astype(kind)


def _byte(place: int) -> Made:
    return lambda values: (values >> (8 * place)).astype(np.uint8)


_MADE: tuple[tuple[str, str, Made], ...] = (
    ("ids", "ids", _as(np.int64)),
    ("x", "lon", lambda lon: to_map(lon, 0.0)[0].astype(np.float32)),
    ("y", "lat", lambda lat: to_map(0.0, lat)[1].astype(np.float32)),
    *((name, "terms", _byte(place)) for place, (name, *_) in enumerate(TERMS)),
    ("radius_m", "radius_m", _as(np.float32)),
    ("amount", "amount", _as(np.float32)),
    ("actor", "actor", _as(np.uint16)),
    ("rival", "rival", _as(np.uint16)),
    ("place", "place", _as(np.uint32)),
)
"""The columns of an event, the scanned columns they come from, and how."""
_AGAIN = ("ids", "terms")
"""Scanned columns that are needed more than once."""
