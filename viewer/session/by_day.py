"""Counts by day: how many records begin and end on each, so that a window is counted by looking up two days.

What overlaps [first, last] is what has begun by its last day, less what was over before its first one. The classes
that are counted are told apart by a code for each row; a new filter costs one pass over the rows, a new day nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.session.memo import remembered
from viewer.session.window import Mask, as_day, lasting_of
from viewer.store.columns import FAR_FUTURE, distinct
from viewer.store.dataset import DataSet

Numbers = NDArray[np.int64]
Days = NDArray[np.int32]
Codes = NDArray[np.uint8]

BLOCK = 262_144
"""Rows counted at a time: numpy needs eight bytes for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The u days on which any record is known to begin or end, ascending, and which rows those are.

    Rows begins[i] to begins[i + 1] - 1 begin on days[i]. apart: the m rows whose last day is not their known first
    one; first_of, last_of: for each of them the numbers of these days, 0 and u + 1 where they are not known, else
    counted from 1.
    """

    days: Days
    begins: Numbers
    apart: NDArray[np.int32]
    first_of: NDArray[np.int32]
    last_of: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class DayCounts:
    """How many rows of each of k classes have begun and are over: begun[i], ended[i] (u + 1, k) by days[i - 1].

    begun[0] are those without a known start; undated, (k,), those without any date, which are in neither.
    """

    days: Days
    begun: NDArray[np.int32]
    ended: NDArray[np.int32]
    undated: Numbers

    def within(self, first: Day, last: Day, starts_in: bool = False) -> Numbers:
        """How many of each class may fall into [first, last], or are known to begin in it; shape (k,)."""
        gone = self.begun if starts_in else self.ended
        counts: Numbers = (self.begun[self._place(last)] - gone[self._place(first - 1)]).astype(np.int64)
        return counts

    def within_each(self, first: Numbers, last: Numbers) -> Numbers:
        """How many of each class may fall into each of m spans of days; first, last: (m,), the answer (k, m)."""
        until, before = np.searchsorted(self.days, last, side="right"), np.searchsorted(self.days, first)
        return (self.begun[until] - self.ended[before]).T.astype(np.int64)

    def next_start(self, day: Day, forward: bool, classes: slice) -> Day | None:
        """The nearest day after (or before) `day` on which a row of some classes begins."""
        begun = self.begun[:, classes].sum(axis=1)
        now = begun[self._place(day if forward else day - 1)]
        found = int(np.searchsorted(begun, now, side="right" if forward else "left"))
        return int(self.days[found - 1]) if 0 < found < len(begun) else None

    def _place(self, day: Day) -> int:
        return int(np.searchsorted(self.days, as_day(day), side="right"))


@remembered(1)
def calendar_of(data: DataSet) -> Calendar:
    """The calendar of a data set, made once."""
    events, lasting = data.events, lasting_of(data)
    begun, over = events.earliest[lasting.opened : lasting.dated], events.latest[: lasting.dated]
    changes = np.flatnonzero(np.diff(begun)) + 1
    starts = begun[np.concatenate([[0], changes])] if len(begun) else begun
    apart = np.flatnonzero(over != events.earliest[: lasting.dated]).astype(np.int32)
    ends = over[apart]
    known = ends != FAR_FUTURE
    days = distinct(np.concatenate((starts, ends[known])))
    begins = np.searchsorted(events.earliest, days)
    first_of = np.searchsorted(begins, apart, side="right").astype(np.int32)
    last_of = np.searchsorted(days, ends).astype(np.int32)
    last_of += 1
    return Calendar(days, np.append(begins, lasting.dated), apart, first_of, last_of)


def day_counts(data: DataSet, codes: Codes, classes: int) -> DayCounts:
    """The counts of the rows with codes 0 to classes - 1 of shape (n,); the code `classes` is counted nowhere."""
    calendar, lasting = calendar_of(data), lasting_of(data)
    width, days = classes + 1, len(calendar.days)
    begun = _begins(calendar, codes, width)
    begun[0] = tally(codes[: lasting.opened], width)
    apart = np.take(codes, calendar.apart)
    ended = begun - _pairs(calendar.first_of, apart, days + 1, width)
    ended += _pairs(calendar.last_of, apart, days + 2, width)[:-1]
    undated = tally(codes[lasting.dated :], width)[:classes]
    return DayCounts(calendar.days, _summed(begun, classes), _summed(ended, classes), undated)


def tally(codes: NDArray[np.unsignedinteger[Any]], length: int, mask: Mask | None = None) -> Numbers:
    """How often each of the codes 0 to length - 1 occurs, (length,), among those a mask of their shape lets through."""
    counts = np.zeros(length, dtype=np.int64)
    for start in range(0, len(codes), BLOCK):
        part = slice(start, start + BLOCK)
        found = codes[part] if mask is None else np.compress(mask[part], codes[part])
        counts += np.bincount(found, minlength=length)
    return counts


def _summed(counts: Numbers, classes: int) -> NDArray[np.int32]:
    """Added up from day to day, without the class that is counted nowhere."""
    return np.cumsum(counts[:, :classes], axis=0).astype(np.int32)


def _begins(calendar: Calendar, codes: Codes, width: int) -> Numbers:
    """How many rows of each code begin on each day, in lines 1 to u; shape (u + 1, width)."""
    begins, counts = calendar.begins, np.zeros((len(calendar.days) + 1) * width, dtype=np.int64)
    for start in range(int(begins[0]), int(begins[-1]), BLOCK):
        stop = min(start + BLOCK, int(begins[-1]))
        first, last = np.searchsorted(begins, (start, stop - 1), side="right")
        bounds = np.clip(begins[first - 1 : last + 1], start, stop)
        lengths = bounds[1:] - bounds[:-1]
        cells = np.repeat(np.arange(len(lengths)) * width, lengths)
        cells += codes[start:stop]
        counts[first * width : (last + 1) * width] += np.bincount(cells, minlength=len(lengths) * width)
    return counts.reshape(-1, width)


def _pairs(places: NDArray[np.int32], codes: Codes, length: int, width: int) -> Numbers:
    """How many pairs of a place (0 to length - 1) and a code there are; shape (length, width)."""
    counts = np.zeros(length * width, dtype=np.int64)
    for start in range(0, len(places), 4 * BLOCK):  # larger, as each adds up a whole table
        part = slice(start, start + 4 * BLOCK)
        cells = places[part].astype(np.intp) * width + codes[part]
        counts += np.bincount(cells, minlength=length * width)
    return counts.reshape(length, width)
