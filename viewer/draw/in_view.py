"""Which events lie in a view and on which pixel: worked out once a view, so that a step of time only slices it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

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

    @property
    def bare(self) -> Grid:
        """The same without spare pixels."""
        less, edge = 2 * self.spare, self.spare * self.step
        left, top = self.left + edge, self.top - edge
        return Grid(self.width - less, self.height - less, left, top, self.step, self.grain, 0)


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


def blocks(low: int, high: int) -> Iterator[slice]:
    """The rows low to high - 1, as many at a time as are worked on together."""
    return (slice(start, min(high, start + BLOCK)) for start in range(low, high, BLOCK))


def cells_of(
    events: EventColumns, part: slice | SmallRows | Rows, left: float, top: float, side: float
) -> tuple[Pixels, Pixels]:
    """Columns and lines of some rows in a grid of cells of a side, from its upper left corner (map metres).

    What lies less than a cell left of or above it is in the first ones; of the unplaced they are any numbers.
    """
    pace = np.float32(1 / side)
    across = events.x[part] - np.float32(left)
    across *= pace
    down = np.float32(top) - events.y[part]
    down *= pace
    with np.errstate(invalid="ignore"):
        return across.astype(np.int32), down.astype(np.int32)


def _blocks(parts: Iterable[slice | SmallRows]) -> Iterator[slice | SmallRows]:
    for part in parts:
        if isinstance(part, slice):
            yield from blocks(part.start, part.stop)
        elif len(part):
            yield part


def _block(
    events: EventColumns, mask: Mask, grid: Grid, part: slice | SmallRows, rows: SmallRows, pixels: Pixels
) -> int:
    """Put rows and pixels of one block into the arrays; how many. Numbers below 0 are very large when read as
    unsigned: one comparison each; the unplaced are masked."""
    column, line = cells_of(events, part, grid.left, grid.top, grid.step)
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
