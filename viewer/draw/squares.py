"""How many events lie in each square of the map: counted once for an octave of scales, wherever the view lies in it.

Squares keep their place and their size on the map while it is panned and zoomed within an octave: so a colour means
as many as before, and no event needs to be looked at again.
"""

from __future__ import annotations

import math
from dataclasses import field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.draw.crowd import Counts, Edges
from viewer.draw.in_view import Grid, blocks, cells_of
from viewer.draw.screen import Screen
from viewer.session.memo import remembered
from viewer.session.window import Mask, Rows, SmallRows, Span
from viewer.store.columns import EventColumns
from viewer.store.dataset import DataSet

CELL = 6
"""Side of a square, in logical pixels at the middle of its octave: 4.2 to 8.5 in all of it."""
BEYOND = 0.25
"""So much of a view is counted on each of its sides, too, as far as there are events."""
MOST_STOPS, MOST_KEPT = 32, 4_000_000
"""At so many rows it is kept how many lie before them in each square, with so many numbers in all."""
RECENT = 4
"""So many rows more, those asked for last: time moves by a few rows."""


def side_of(scale: float) -> float:
    """The side of a square in map metres, where so many of them make a logical pixel."""
    return float(CELL * 2.0 ** round(math.log2(scale)))


class Patch(NamedTuple):
    """Squares of a side in map metres, in columns and lines that are numbered eastward and southward from the origin
    of the map; column and line: the first of `across` and `down`."""

    side: float
    column: int
    line: int
    across: int
    down: int

    def holds(self, other: Patch) -> bool:
        """Whether all squares of another one of the same side are in it."""
        return not (other.across and other.down) or (
            self.column <= other.column and other.column + other.across <= self.column + self.across
            and self.line <= other.line and other.line + other.down <= self.line + self.down
        )  # fmt: skip

    def common(self, other: Patch) -> Patch:
        """The squares of both."""
        column, line = max(self.column, other.column), max(self.line, other.line)
        across = min(self.column + self.across, other.column + other.across) - column
        down = min(self.line + self.down, other.line + other.down) - line
        return Patch(self.side, column, line, max(0, across), max(0, down))

    def edges(self, grid: Grid) -> tuple[Edges, Edges]:
        """The first pixel of each column and of each line in a grid, and the one after the last: a pixel belongs to
        the square in which its middle lies."""
        columns, lines = np.arange(self.across + 1) + self.column, np.arange(self.down + 1) + self.line
        left, top = (columns * self.side - grid.left) / grid.step, (grid.top + lines * self.side) / grid.step
        return _pixels(left, grid.width), _pixels(top, grid.height)


def _pixels(edges: NDArray[np.floating[Any]], length: int) -> Edges:
    found: Edges = np.clip(np.ceil(edges - 0.5), 0, length).astype(np.int64)
    return found


def patch_of(box: tuple[float, float, float, float], side: float) -> Patch:
    """The squares that a box (west, south, east, north in map metres) touches."""
    west, south, east, north = box
    column, line = math.floor(west / side), math.floor(-north / side)
    return Patch(side, column, line, math.ceil(east / side) - column, math.ceil(-south / side) - line)


def patch_in(screen: Screen, data: DataSet, side: float) -> Patch:
    """The squares that a view touches, as far as there are events."""
    return patch_of(screen.bounds, side).common(patch_of(_reach(data), side))


def patch_around(screen: Screen, data: DataSet, side: float) -> Patch:
    """The same of a view and of what lies around it."""
    return patch_in(screen.widened(round(BEYOND * max(screen.width, screen.height))), data, side)


@remembered(1)
def _reach(data: DataSet) -> tuple[float, float, float, float]:
    """The box that holds all events: west, south, east, north in map metres."""
    x, y = (column[data.events.placed] for column in (data.events.x, data.events.y))
    if not len(x):
        return 0.0, 0.0, 0.0, 0.0
    return float(x.min()), float(y.min()) - 1.0, float(x.max()) + 1.0, float(y.max())


@dataclass(eq=False)
class Squares:
    """How many of the events that a mask (n,) lets through lie in each square of a patch.

    stops: shape (k, squares and a rim), how many of the rows before each `stride`th lie where.
    """

    events: EventColumns
    mask: Mask
    patch: Patch
    stops: Counts
    stride: int
    _recent: dict[int, Counts] = field(default_factory=dict)
    _last: tuple[Span | None, Counts] = (None, np.empty((0, 0), np.int32))

    def counts(self, span: Span, patch: Patch) -> Counts:
        """How many events of a span lie in each square of a part of the patch, (down, across)."""
        if self._last[0] is not span:
            found = self._before(span.high)
            if span.low:
                found = found - self._before(span.low)
            if len(span.carried):
                found = found + self._tally(span.carried)
            self._last = span, found.reshape(self.patch.down + 2, self.patch.across + 2)[1:-1, 1:-1]
        column, line = patch.column - self.patch.column, patch.line - self.patch.line
        return self._last[1][line : line + patch.down, column : column + patch.across]

    def rows_in(self, span: Span, column: int, line: int) -> Rows:
        """The rows of a span in one square of the patch, ascending."""
        number = (line - self.patch.line + 1) * (self.patch.across + 2) + column - self.patch.column + 1
        west, side = np.float32(column * self.patch.side), np.float32(self.patch.side)
        found = [span.carried[self._numbers(span.carried) == number].astype(np.int64)]
        for part in blocks(span.low, span.high):
            near = np.flatnonzero(np.abs(self.events.x[part] - west) <= 2 * side) + part.start
            found.append(near[self._numbers(near) == number])
        return np.concatenate(found)

    def _before(self, row: int) -> Counts:
        """How many of the rows before one lie where, from the nearest of which that is known."""
        stop = min(round(row / self.stride), len(self.stops) - 1)
        known = min((stop * self.stride, *self._recent), key=lambda one: abs(one - row))
        counts: Counts = self._recent.pop(known, self.stops[stop])
        if known != row:
            between = self._tally(slice(min(known, row), max(known, row)))
            counts = counts + between if known < row else counts - between
        self._recent[row] = counts
        while len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]
        return counts

    def _tally(self, part: slice | SmallRows) -> Counts:
        counts: Counts = np.bincount(self._numbers(part), minlength=self.stops.shape[1]).astype(np.int32)
        return counts

    def _numbers(self, part: slice | SmallRows | Rows) -> NDArray[np.int32]:
        """Of each of some rows the number of its square, line by line; what is in none, or masked, is in the rim."""
        return _numbers(self.events, self.mask, self.patch, part)


def squares_of(events: EventColumns, mask: Mask, patch: Patch) -> Squares:
    """Count the events that a mask (n,) lets through."""
    number, size = len(events), (patch.across + 2) * (patch.down + 2)
    stride = max(1, -(-number // max(1, min(MOST_STOPS, MOST_KEPT // size))))
    stops = np.zeros((number // stride + 1, size), dtype=np.int32)
    for stop in range(1, len(stops)):
        np.copyto(stops[stop], stops[stop - 1])
        for part in blocks((stop - 1) * stride, stop * stride):
            tally = np.bincount(_numbers(events, mask, patch, part), minlength=size)
            np.add(stops[stop], tally, out=stops[stop], casting="unsafe")
    return Squares(events, mask.copy(), patch, stops, stride)


def _numbers(
    events: EventColumns, mask: Mask, patch: Patch, part: slice | SmallRows | Rows
) -> NDArray[np.int32]:
    left, top = (patch.column - 1) * patch.side, -(patch.line - 1) * patch.side
    column, line = cells_of(events, part, left, top, patch.side)
    np.clip(column, 0, patch.across + 1, out=column)
    np.clip(line, 0, patch.down + 1, out=line)
    line *= np.int32(patch.across + 2)
    line += column
    line *= mask[part]
    return line
