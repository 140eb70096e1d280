"""More incidents in the window than can have a symbol each: which they are, and in which colours they stand.

A crowd is drawn as discs, dots or density; where a view holds few of it, those get their symbols all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import Day
from viewer.domain.events import ACTUALITIES, DOUBTED, FUTURE
from viewer.domain.frozen import dataclass
from viewer.domain.places import PINNED, PRECISIONS
from viewer.session.memo import remembered
from viewer.session.selectors import Visible, counters, mapped_mask
from viewer.session.state import State
from viewer.session.window import Mask, Rows, SmallRows, Span, span_of, window_of
from viewer.store.columns import FAR_PAST, NONE
from viewer.store.dataset import DataSet

MOST_MARKS = 400
"""Incidents that a view shows with a symbol each; more are drawn as a crowd."""
OPEN = 0x80
"""The bit of a code that asks for an open disc: a rough place, a doubted or planned or disputed deed."""
_ROUGH = np.array([term not in PINNED for term in PRECISIONS])
SLOTS = 0x7D
"""Actors with a colour of their own in a crowd; the rarer ones share a slot, and those nobody knows have the last."""
FIRST, BLOCK = 2_048, 65_536
"""Rows looked at for those in a box: at first few, as most often there are too many among them already."""
Box = tuple[float, float, float, float]
"""West, south, east, north in map metres."""
NO_ROWS: Rows = np.empty(0, dtype=np.int64)
Few = Callable[[Visible], tuple[Any, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """The few of a crowd in a box; left_out: those of rough places that reach into it, too many to be drawn."""

    seen: Visible
    left_out: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """The mapped events of a window: rows span.low to span.high - 1 and span.carried that `mask` (n,) lets through,
    `number` in all.

    What lies not surely within [first, last] is possible only. codes: (n,) the slot of the actor, counted from 1,
    plus OPEN; slot i has the colour of actors[i - 1], the next is that of rarer actors, the last that of nobody known.
    reach: (r,) how far from its point each of rough_rows may lie, in map metres. `drawn`: whether
    it is painted as a crowd where a view holds many; else that is another layer's matter. few: makes the primitives.
    """

    data: DataSet
    span: Span
    first: Day
    last: Day
    mask: Mask
    number: int
    codes: NDArray[np.uint8]
    actors: tuple[str, ...]
    reach: NDArray[np.float32]
    drawn: bool
    few: Few

    def near(self, box: Box) -> Near | None:
        """The events in a box if they are few, None when there are more than MOST_MARKS."""
        rows = rows_in_box(self, box)
        if rows is None:
            return None
        around = rows_around(self, box)
        if len(rows) + len(around) > MOST_MARKS:
            return Near(Visible(rows, self.certain(rows)), around)
        rows = np.union1d(rows, around)
        return Near(Visible(rows, self.certain(rows)), NO_ROWS)

    def holds(self, row: int) -> bool:
        """Whether an event is one of the crowd."""
        span = self.span
        return bool(self.mask[row]) and (span.low <= row < span.high or bool(np.isin(row, span.carried)))

    def certain(self, rows: Rows | SmallRows) -> Mask:
        """For rows of the crowd, whether each surely lies in the window."""
        events = self.data.events
        begins = events.earliest[rows]
        sure: Mask = (begins >= self.first) & (begins != FAR_PAST) & (events.latest[rows] <= self.last)
        return sure


def crowd_of(
    data: DataSet, state: State, few: Few, reach: Callable[[], NDArray[np.float32]], drawn: bool
) -> Crowd | None:
    """The crowd of a state, None when what is mapped is few enough for a symbol each."""
    number = counters(data, state).mapped
    if number <= MOST_MARKS:
        return None
    first, last = window_of(state.time)
    codes, actors = crowd_codes(data)
    mask = mapped_mask(data, state.filters)
    return Crowd(data, span_of(data, state.time), first, last, mask, number, codes, actors, reach(), drawn, few)


def rows_in_box(crowd: Crowd, box: Box) -> Rows | None:
    """The rows of a crowd in a box, None as soon as there are more than MOST_MARKS."""
    span = crowd.span
    found = [_in_box(crowd, box, span.carried)] if len(span.carried) else []
    number = sum(len(rows) for rows in found)
    for start, end in pairwise([span.low, *range(span.low + FIRST, span.high, BLOCK), span.high]):
        if number > MOST_MARKS:
            return None
        rows = _in_box(crowd, box, slice(start, end))
        found.append(rows + start)
        number += len(rows)
    if number > MOST_MARKS:
        return None
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def rows_around(crowd: Crowd, box: Box) -> Rows:
    """The rows of a crowd whose point lies outside a box though their rough place reaches into it."""
    span, rough = crowd.span, rough_rows(crowd.data)
    first, last = np.searchsorted(rough, np.array((span.low, span.high), dtype=np.int32))
    at = np.concatenate((_among(span.carried[crowd.mask[span.carried]], rough), np.arange(first, last)))
    at = at[crowd.mask[rough[at]]]
    rows = rough[at]
    west, south, east, north = (np.float32(edge) for edge in box)
    x, y, reach = crowd.data.events.x[rows], crowd.data.events.y[rows], crowd.reach[at]
    reached = (x + reach >= west) & (x - reach <= east) & (y + reach >= south) & (y - reach <= north)
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    found: Rows = rows[reached & ~inside].astype(np.int64)
    return found


def _among(rows: SmallRows, others: SmallRows) -> Rows:
    """Where in others those of some rows are that they hold too; both ascending, `others` by far the more."""
    if not len(others):
        return np.empty(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(others, rows), len(others) - 1)
    found: Rows = at[others[at] == rows]
    return found


def roughly_placed(data: DataSet, rows: Rows) -> int:
    """How many of some events are only known to lie somewhere in a wider place than where they are drawn."""
    return int((_ROUGH[data.events.precision[rows]] & data.events.placed[rows]).sum())


@remembered(1)
def rough_rows(data: DataSet) -> SmallRows:
    """The rows of placed events whose place is known roughly only, ascending."""
    return np.flatnonzero(_ROUGH[data.events.precision] & data.events.placed).astype(np.int32)


def _in_box(crowd: Crowd, box: Box, part: slice | SmallRows) -> Rows:
    """Of a part of the rows those in a box: numbers within a slice, the rows themselves of given ones."""
    west, south, east, north = (np.float32(edge) for edge in box)
    x, y = crowd.data.events.x[part], crowd.data.events.y[part]
    inside = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north) & crowd.mask[part])
    return inside if isinstance(part, slice) else part[inside].astype(np.int64)


@remembered(1)
def crowd_codes(data: DataSet) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """For each event its code, shape (n,), and the actors of the slots, the most frequent first."""
    events, known = data.events, len(data.actor_keys)
    often = np.bincount(events.actor, minlength=NONE + 1)[:known]
    ranked = [int(code) for code in np.argsort(-often, kind="stable")[: SLOTS - 1] if often[code]]
    slots = np.full(NONE + 1, len(ranked) + 1, dtype=np.uint8)
    slots[NONE] = len(ranked) + 2
    slots[ranked] = np.arange(1, len(ranked) + 1, dtype=np.uint8)
    codes = slots[events.actor]
    sure = np.array([term not in (*DOUBTED, *FUTURE) for term in ACTUALITIES])
    codes[_ROUGH[events.precision] | ~(sure[events.actuality] & (events.rival == NONE))] |= OPEN
    codes.flags.writeable = False
    return codes, tuple(data.actor_keys[code] for code in ranked)
