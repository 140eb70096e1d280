"""Which rows time lets through: those that begin in the window lie side by side, and an index finds the others.

The columns are sorted by their first day, so a window is one range of rows plus the records that were carried into
it: begun before, not yet over. Those are grouped by how long they last, so that a record of years makes nobody look
through the days of years for the short ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import Day, between, day_words
from viewer.domain.frozen import dataclass
from viewer.session.memo import remembered
from viewer.session.state import Time
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet

Rows = NDArray[np.int64]
"""Row numbers of EventColumns, in order of time."""
Mask = NDArray[np.bool_]
SmallRows = NDArray[np.int32]

SCAN_SHARE = 4
"""With more candidates than every fourth row, going through all rows is quicker than gathering them."""


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """The rows of a window, whatever the filters: low to high - 1, and before them `carried` (m,), ascending.

    low to high - 1 begin in the window, `carried` began before it and may reach into it.
    """

    low: int
    high: int
    carried: SmallRows

    def passing(self, mask: Mask) -> Rows:
        """Those rows that a mask of shape (n,) lets through, ascending."""
        begun = np.flatnonzero(mask[self.low : self.high])
        begun += self.low
        if not len(self.carried):
            return begun
        return np.concatenate([np.compress(mask[self.carried], self.carried), begun])


@dataclass(frozen=True, slots=True, eq=False)
class Lasting:
    """The records of more than one day, by how long they last.

    Rows 0 to opened - 1 have no known start and are in the order of their last day; rows from `dated` on have no
    date. groups: for each, its longest duration in days (None: no known end) and its rows, ascending, shape (m,).
    """

    opened: int
    dated: int
    groups: tuple[tuple[int | None, SmallRows], ...]


def window_of(time: Time) -> tuple[Day, Day]:
    """The first and last day shown, both inclusive."""
    if time.mode == "day":
        return time.cursor, time.cursor
    if time.mode == "cumulative":
        return FAR_PAST, time.cursor
    return time.cursor - time.window_days + 1, time.cursor


def window_words(time: Time) -> str:
    """The window for people: "14 Nov 2017", "16 Oct - 14 Nov 2017" or "until 14 Nov 2017"."""
    first, last = window_of(time)
    if time.mode == "cumulative":
        return f"until {day_words(last)}"
    return between(first, last)


def span_of(data: DataSet, time: Time) -> Span:
    """The rows of the window of a time."""
    return span_between(data, *window_of(time), time.starts_in)


@remembered(2)
def span_between(data: DataSet, first: Day, last: Day, starts_in: bool = False) -> Span:
    """The rows that may fall into [first, last].

    With `starts_in`, those whose earliest known day lies in it: what has no known start does not start there.
    """
    lasting, high = lasting_of(data), row_of_day(data, last + 1)
    low = min(row_of_day(data, first), high)
    if starts_in:
        return Span(min(max(low, lasting.opened), high), high, np.empty(0, np.int32))
    return Span(low, high, _carried(data, lasting, first, low))


def row_of_day(data: DataSet, day: Day) -> int:
    """The first row that begins on a day or later; those without a date never do."""
    return int(np.searchsorted(data.events.earliest, as_day(day)))


def as_day(day: Day) -> np.int32:
    """A day as the columns hold it; a plain int would make numpy copy a whole column to look it up."""
    return np.int32(min(max(day, FAR_PAST), FAR_FUTURE))


def _carried(data: DataSet, lasting: Lasting, first: Day, low: int) -> SmallRows:
    """The rows before `low` that last until `first` or longer, ascending."""
    if low == 0:
        return np.empty(0, np.int32)
    latest, bound = data.events.latest, as_day(first)
    opened = min(lasting.opened, low)
    reaching = int(np.searchsorted(latest[:opened], bound))
    found, candidates = [np.arange(reaching, opened, dtype=np.int32)], list[SmallRows]()
    for longest, rows in lasting.groups:
        begin = 0 if longest is None else np.searchsorted(rows, np.int32(row_of_day(data, first - longest)))
        near = rows[begin : np.searchsorted(rows, np.int32(low))]
        (found if longest is None else candidates).append(near)
    if sum(len(rows) for rows in candidates) * SCAN_SHARE > low:
        rows = np.flatnonzero(latest[opened:low] >= bound).astype(np.int32)
        return np.concatenate([found[0], rows + np.int32(opened)])
    found += [near[latest[near] >= bound] for near in candidates]
    return np.sort(np.concatenate(found), kind="stable")  # merges the runs


@remembered(1)
def lasting_of(data: DataSet) -> Lasting:
    """The index of the records of more than one day, made once."""
    events = data.events
    opened = int(np.searchsorted(events.earliest, np.int32(FAR_PAST), side="right"))
    dated = int(np.searchsorted(events.earliest, np.int32(FAR_FUTURE)))
    begun, over = events.earliest[opened:dated], events.latest[opened:dated]
    endless = over == FAR_FUTURE
    rows = np.flatnonzero((over > begun) & ~endless)
    _, bits = np.frexp((over[rows] - begun[rows]).astype(np.float64))  # the number of bits of a duration
    rows = (rows + opened).astype(np.int32)
    groups: list[tuple[int | None, SmallRows]] = [
        (2 ** int(bit) - 1, rows[bits == bit]) for bit in np.flatnonzero(np.bincount(bits))
    ]
    if endless.any():
        groups.append((None, (np.flatnonzero(endless) + opened).astype(np.int32)))
    return Lasting(opened, dated, tuple(groups))
