"""Which events lie in a view and on which pixel: worked out once a view, so that a step of time only slices it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.draw.screen import Screen
from viewer.session.window import Mask, Rows, SmallRows
from viewer.store.columns import EventColumns

BLOCK = 262_144
"""Rows worked on at a time: few enough for the processor's cache, and so many that a thread that works on them seldom
waits for Python's lock."""
SPARE = 5
"""Logical pixels around the view from which a disc reaches into it."""
CELL = 6
"""Side of a cell of the density picture, in logical pixels."""
STOPS = 16
"""How many pictures of density are kept along the rows of a view, so that no step counts all of them."""

Pixels = NDArray[np.int32]
NO_ROWS: SmallRows = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixels of a view with `spare` more on every side; `grain` of them to a logical pixel.

    left, top: map metres of its upper left corner; step: map metres per pixel.
    """

    width: int
    height: int
    left: float
    top: float
    step: float
    grain: float
    spare: int

    @property
    def size(self) -> int:
        """How many pixels."""
        return self.width * self.height


def grid_of(screen: Screen, grain: float) -> Grid:
    """The grid of a view."""
    west, _, _, north = screen.bounds
    step, spare = screen.camera.scale / grain, math.ceil(SPARE * grain)
    width, height = (max(1, round(side * grain)) + 2 * spare for side in (screen.width, screen.height))
    return Grid(width, height, west - spare * step, north + spare * step, step, grain, spare)


@dataclass(frozen=True)
class InView:
    """The m events of a mask that lie in a grid, in order of time.

    rows: row of EventColumns, (m,); pixel: number of its pixel in the grid, row by row from the top, (m,).
    wide: the rows of events of places too wide for a pixel that reach into the grid, ascending; they are not in `rows`.
    """

    grid: Grid
    rows: NDArray[np.int32]
    pixel: Pixels
    wide: SmallRows

    def slice_of(self, low: int, high: int) -> tuple[int, int]:
        """The positions in `rows` of the event rows low to high - 1."""
        first, last = np.searchsorted(self.rows, np.array((low, high), dtype=np.int32))  # else rows would be copied
        return int(first), int(last)

    def positions_of(self, rows: SmallRows) -> Rows:
        """The positions of those of these rows (ascending) that lie in the view."""
        if not len(rows) or not len(self.rows):
            return np.empty(0, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        found: Rows = at[self.rows[at] == rows]
        return found

    @cached_property
    def cells(self) -> Cells:
        """The view in the cells of the density picture."""
        return _cells_of(self)


@dataclass(frozen=True, eq=False)
class Cells:
    """A view in squares that keep their place on the map while it is panned; of shape (down, across) in all.

    side: pixels of a cell; shift: pixels by which the first cell begins left of and above the grid; stops: (k, cells)
    how many events lie in each cell before every `stride`th position of the view.
    """

    pixel: Pixels
    width: int
    across: int
    down: int
    side: int
    shift: tuple[int, int]
    stops: NDArray[np.uint32]
    stride: int

    def counts(self, first: int, last: int) -> NDArray[np.int64]:
        """How many of the positions first to last - 1 lie in each cell, (down, across)."""
        return (self._before(last) - self._before(first)).reshape(self.down, self.across)

    def tally(self, positions: slice | Rows) -> NDArray[np.int64]:
        """How many of some positions of the view lie in each cell, one line after the other."""
        counts: NDArray[np.int64] = np.bincount(self.of(positions), minlength=self.across * self.down)
        return counts

    def of(self, positions: slice | Rows) -> NDArray[np.int32]:
        """The cells in which some positions of the view lie."""
        pixel = self.pixel[positions]
        line = pixel // np.int32(self.width)  # divmod takes six times as long
        column = pixel - line * np.int32(self.width)
        column += np.int32(self.shift[0])
        line += np.int32(self.shift[1])
        line //= np.int32(self.side)
        column //= np.int32(self.side)
        line *= np.int32(self.across)
        line += column
        return line

    def _before(self, position: int) -> NDArray[np.int64]:
        stop = min(position // self.stride, len(self.stops) - 1)
        counts: NDArray[np.int64] = self.tally(slice(stop * self.stride, position)) + self.stops[stop]
        return counts


def in_view(
    events: EventColumns, mask: Mask, grid: Grid, parts: Iterable[slice | SmallRows], wide: SmallRows = NO_ROWS
) -> InView:
    """The masked events of some parts of the rows that lie in a grid; the parts in ascending order."""
    blocks = list(_blocks(parts))
    most = sum(part.stop - part.start if isinstance(part, slice) else len(part) for part in blocks)
    rows, pixels = np.empty(most, np.int32), np.empty(most, np.int32)  # no memory is used up but for what is written
    end = 0
    for part in blocks:
        end += _block(events, mask, grid, part, rows[end:], pixels[end:])
    return InView(grid, rows[:end], pixels[:end], wide)


def _blocks(parts: Iterable[slice | SmallRows]) -> Iterator[slice | SmallRows]:
    for part in parts:
        if isinstance(part, slice):
            for start in range(part.start, part.stop, BLOCK):
                yield slice(start, min(part.stop, start + BLOCK))
        elif len(part):
            yield part


def _block(
    events: EventColumns, mask: Mask, grid: Grid, part: slice | SmallRows, rows: SmallRows, pixels: Pixels
) -> int:
    """Put rows and pixels of one block into the arrays; how many. Numbers below 0 are very large when read as
    unsigned: one comparison each."""
    pace = np.float32(1 / grid.step)
    across = events.x[part] - np.float32(grid.left)
    across *= pace
    down = np.float32(grid.top) - events.y[part]
    down *= pace
    with np.errstate(invalid="ignore"):  # the unplaced are NaN and masked
        column, line = across.astype(np.int32), down.astype(np.int32)
    inside = column.view(np.uint32) < grid.width
    inside &= line.view(np.uint32) < grid.height
    inside &= mask[part]
    line *= grid.width
    line += column
    found = np.flatnonzero(inside)
    number = len(found)
    if isinstance(part, slice):
        np.add(found, part.start, out=rows[:number], casting="unsafe")
    else:
        rows[:number] = part[found]
    np.take(line, found, out=pixels[:number], mode="clip")
    return number


def _cells_of(view: InView) -> Cells:
    grid, side = view.grid, max(1, round(CELL * view.grid.grain))
    shift = (int(grid.left / grid.step // 1) % side, int(-grid.top / grid.step // 1) % side)
    across, down = ((length + before + side - 1) // side + 1 for length, before in zip(
        (grid.width, grid.height), shift, strict=True))  # fmt: skip
    stride = max(1, -(-len(view.pixel) // STOPS))
    stops = np.zeros((len(view.pixel) // stride + 1, across * down), dtype=np.uint32)
    cells = Cells(view.pixel, grid.width, across, down, side, shift, stops, stride)
    several = stride * max(1, BLOCK // stride)
    for start in range(0, (len(stops) - 1) * stride, several):
        of = cells.of(slice(start, start + several))
        for number in range(start // stride + 1, min((start + several) // stride, len(stops) - 1) + 1):
            own = of[(number - 1) * stride - start : number * stride - start]
            np.add(stops[number - 1], np.bincount(own, minlength=across * down), out=stops[number], casting="unsafe")
    return cells
