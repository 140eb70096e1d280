"""Finds out which of a crowd of incidents are where in a view: one by one, or how many in each square of the map.

No painter has a part in it: any thread may look through a crowd that has the views to itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.draw.crowd import DISC_RADIUS, FEW, Counts, Edges
from viewer.draw.in_view import NO_ROWS, Grid, InView, grid_of, in_view
from viewer.draw.screen import Screen
from viewer.draw.squares import CELL, Patch, Squares, patch_around, patch_in, side_of, squares_of
from viewer.layers.primitives import SMALLEST_RING_PX, Primitive
from viewer.session.crowds import Box, Crowd, Near, rough_rows
from viewer.session.window import Mask, Rows, SmallRows

MOST_DEVICE_PIXELS = 1_500_000
"""Pixels drawn while things move; Qt stretches the picture, and the sharp one follows when they rest."""
PIXELS_EACH = 16
"""With fewer pixels than this to an incident, discs would cover the ground: density is drawn instead."""
MOST_DOTS = 2**24 - 1
"""A dot's place in time has so many values."""
TILE_PX = 256
"""Where few are in view they get their symbols; a box snapped to tiles keeps stacks as they are while panning."""
DOT_REACH = 2.5
WIDE_PX = SMALLEST_RING_PX
"""A place that reaches so far from its point is no dot, at the middle of an octave of scales: with few in view it has
its ring, else the legend tells."""
MOST_SQUARES = 3
"""Of so many octaves of scale the squares are kept: a hand that zooms comes back to one."""


@dataclass(frozen=True, eq=False)
class Spots:
    """A crowd in a view, one by one: the positions `early` and first to last - 1 of the view."""

    crowd: Crowd
    view: InView
    early: Rows
    first: int
    last: int

    @property
    def grid(self) -> Grid:
        """The pixels of the view."""
        return self.view.grid

    @property
    def number(self) -> int:
        """How many incidents are in the picture, those just beside it among them."""
        return len(self.early) + self.last - self.first

    @property
    def few(self) -> bool:
        """Whether each has a disc; of more, each has a dot."""
        return self.number <= FEW

    @property
    def covering(self) -> bool:
        """Whether it covers the ground so much that lines and towns are drawn above it."""
        return not self.few

    @property
    def wide(self) -> SmallRows:
        """The rows, ascending, of places that reach into the view and are too wide for a dot."""
        return self.view.wide

    def covers(self, column: int, line: int) -> bool:
        """Whether a disc lies on a pixel."""
        radius, pixel = DISC_RADIUS * self.grid.grain, self.view.pixel
        parts = pixel[self.early], pixel[self.first : self.last]
        return any(len(self._near(part, column, line, radius)) for part in parts)

    def rows_at(self, column: int, line: int) -> Rows:
        """The event rows whose disc or dot lies on a pixel, ascending."""
        return self._rows_near(column, line, DISC_RADIUS * self.grid.grain if self.few else DOT_REACH)

    def rows_on(self, column: int, line: int) -> Rows:
        """The event rows whose own place is on a pixel, ascending."""
        return self._rows_near(column, line, 0.0)

    def _rows_near(self, column: int, line: int, radius: float) -> Rows:
        early = self.early[self._near(self.view.pixel[self.early], column, line, radius)]
        others = self._near(self.view.pixel[self.first : self.last], column, line, radius) + self.first
        return self.view.rows[np.concatenate((early, others))].astype(np.int64)

    def _near(self, pixel: NDArray[np.int32], column: int, line: int, radius: float) -> Rows:
        """The positions of pixels within a radius: first those of its lines, in one comparison, then exactly."""
        width, reach = self.grid.width, int(radius) + 1
        band = np.flatnonzero((pixel - (line - reach) * width).view(np.uint32) < (2 * reach + 1) * width)
        lines, columns = np.divmod(pixel[band], width)
        near: Rows = band[np.hypot(lines - line, columns - column) <= radius]
        return near


@dataclass(frozen=True, eq=False)
class Dense:
    """A crowd in a view, of so many that density is drawn: counts, how many in each square of `patch`, (down, across).

    wide: the rows, ascending, of places that reach into the view and are too wide for a square.
    """

    crowd: Crowd
    grid: Grid
    squares: Squares
    patch: Patch
    counts: Counts
    wide: SmallRows

    covering = True

    @cached_property
    def number(self) -> int:
        """How many incidents are in squares that lie in the picture, wholly or in part."""
        return int(self.counts.sum())

    @cached_property
    def most(self) -> int:
        """The largest number of incidents in a square."""
        return int(self.counts.max(initial=0))

    @cached_property
    def edges(self) -> tuple[Edges, Edges]:
        """The pixels at which columns and lines of squares begin, and the one after the last."""
        return self.patch.edges(self.grid)

    def rows_at(self, column: int, line: int) -> Rows:
        """The event rows in the square on which a pixel of the patch lies, ascending."""
        at = zip(self.edges, (column, line), strict=True)
        right, down = (int(np.searchsorted(edges, pixel, "right")) - 1 for edges, pixel in at)
        return self.squares.rows_in(self.crowd.span, self.patch.column + right, self.patch.line + down)


Looked = Spots | Dense


@dataclass
class Views:
    """The views that were worked out last: a second look at one is worth working it out for every window.

    One thread at a time may ask, of one crowd that is drawn as such: what is asked for is kept.
    """

    kept: InView | None = None
    mask: Mask | None = None
    asked: Hashable = None
    apart: Apart | None = None
    farthest: tuple[NDArray[np.float32], Rows] | None = None
    """How far rough places reach, and their order by that: the same for every filter."""
    near: Near | None = None
    near_of: tuple[object, ...] = ()
    wide_of: tuple[object, SmallRows] = (None, NO_ROWS)
    """What was asked for when rows of wide places were looked for, and those rows."""
    squares: list[tuple[Squares, Mask]] = field(default_factory=list)
    """Those made last, each with the mask of its crowd; few for all octaves and filters that there are."""
    few: dict[str, tuple[Crowd, Near, tuple[Primitive, ...]]] = field(default_factory=dict)

    def close(self, crowd: Crowd, screen: Screen) -> Near | None:
        """Those in and around a view when they are few, None when they are many; the same for any layer's crowd."""
        wanted = crowd.data, crowd.span, crowd.mask, crowd.reach, tiled_box(screen)
        if len(self.near_of) != len(wanted) or not all(map(_same, wanted, self.near_of)):
            self.near, self.near_of = crowd.near(tiled_box(screen)), wanted
        return self.near

    def symbols(self, layer: str, crowd: Crowd, near: Near) -> tuple[Primitive, ...]:
        """The symbols of a layer for those that are near."""
        known = self.few.get(layer)
        if known is None or known[0] is not crowd or known[1] is not near:
            known = self.few[layer] = (crowd, near, crowd.few(near.seen))
        return known[2]

    def knows(self, crowd: Crowd, screen: Screen, ratio: float, hasty: bool) -> bool:
        """Whether a look through a crowd takes no long time."""
        squares = next(self._holding(crowd, screen), None)
        if most_spots(screen) >= crowd.number or (squares is not None and _fits(squares, crowd, screen)):
            return self._kept_of(crowd, _grid_for(screen, ratio, hasty)) is not None
        return squares is not None and squares.patch.side == side_of(screen.camera.scale)

    def dense(self, crowd: Crowd, screen: Screen) -> Squares | None:
        """The squares of a view where so many are in them that they are not shown one by one, else None."""
        if crowd.number <= most_spots(screen):
            return None
        known, side = next(self._holding(crowd, screen), None), side_of(screen.camera.scale)
        if known is None or (known.patch.side != side and not _fits(known, crowd, screen)):
            mask = self._apart_of(crowd).others(_least(side))
            known = squares_of(crowd.data.events, mask, patch_around(screen, crowd.data, side))
            kept = [(one, of) for one, of in self.squares if of is crowd.mask and one.patch.side != side]
            self.squares = [(known, crowd.mask), *kept][:MOST_SQUARES]
        return None if _fits(known, crowd, screen) else known

    def wide(self, crowd: Crowd, grid: Grid, least: float) -> SmallRows:
        """The rows of a crowd's places of `least` reach or more that reach into a grid, ascending."""
        asked = self._apart_of(crowd), grid, least
        if asked != self.wide_of[0]:
            self.wide_of = asked, asked[0].reaching(grid, least)
        return self.wide_of[1]

    def _holding(self, crowd: Crowd, screen: Screen) -> Iterator[Squares]:
        """The squares that are known of all of a view, those of its own octave first, else of a farther one: where
        even in those there are few, there are few."""
        side = side_of(screen.camera.scale)
        known = sorted((one for one, mask in self.squares if mask is crowd.mask), key=lambda one: one.patch.side)
        for one in known:
            side_there = one.patch.side
            if side_there >= side and one.patch.holds(patch_in(screen, crowd.data, side_there)):
                yield one

    def _kept_of(self, crowd: Crowd, grid: Grid) -> InView | None:
        return self.kept if self.kept is not None and self.mask is crowd.mask and self.kept.grid == grid else None

    def of(self, crowd: Crowd, grid: Grid) -> InView:
        """The view of a grid: of all events of the crowd's mask, or of the window only while the map moves."""
        if (known := self._kept_of(crowd, grid)) is not None:
            return known
        events, span = crowd.data.events, crowd.span
        again, self.asked = self.asked == grid, grid
        least = _least(side_of(grid.step * grid.grain))
        mask, wide = self._apart_of(crowd).others(least), self.wide(crowd, grid, least)
        if again or 2 * (span.high - span.low) > len(events):
            self.kept, self.mask = in_view(events, mask, grid, [slice(0, len(events))], wide), crowd.mask
            return self.kept
        return in_view(events, mask, grid, [span.carried, slice(span.low, span.high)], wide)

    def _apart_of(self, crowd: Crowd) -> Apart:
        if self.apart is None or self.apart.mask is not crowd.mask:
            if self.farthest is None or self.farthest[0] is not crowd.reach:
                self.farthest = crowd.reach, np.argsort(-crowd.reach, kind="stable")
            self.apart = apart_of(crowd, self.farthest[1])
        return self.apart


@dataclass(eq=False)
class Apart:
    """The events of rough places that a mask lets through: at a scale those that reach far are no dots.

    farthest: (w,) their rows, those that reach farthest first, and `short` how far each reaches, below 0. In order of
    time: rows, and reach: how far each may lie from its point; west, south, east, north: how far it reaches.
    """

    mask: Mask
    farthest: SmallRows
    short: NDArray[np.float32]
    rows: SmallRows
    reach: NDArray[np.float32]
    west: NDArray[np.float32]
    south: NDArray[np.float32]
    east: NDArray[np.float32]
    north: NDArray[np.float32]

    def __post_init__(self) -> None:
        self._number, self._others = 0, self.mask.copy()

    def reaching(self, grid: Grid, least: float) -> SmallRows:
        """The rows of places of `least` reach or more that reach into a grid, ascending: sorting them takes longer
        than to look at all."""
        right, bottom = grid.left + grid.width * grid.step, grid.top - grid.height * grid.step
        inside = self.reach >= np.float32(least)
        inside &= self.east >= np.float32(grid.left)
        inside &= self.west <= np.float32(right)
        inside &= self.north >= np.float32(bottom)
        inside &= self.south <= np.float32(grid.top)
        return self.rows[inside]

    def others(self, least: float) -> Mask:
        """The mask (n,) without places of `least` reach or more, until another is asked for: few differ in it."""
        before, self._number = self._number, int(np.searchsorted(self.short, np.float32(-least), side="right"))
        self._others[self.farthest[before : self._number]] = False
        self._others[self.farthest[self._number : before]] = True
        return self._others


def apart_of(crowd: Crowd, farthest: Rows) -> Apart:
    """The rough places of a crowd's mask; `farthest`: the order of all of them, those that reach farthest first."""
    rough, events = rough_rows(crowd.data), crowd.data.events
    passing = crowd.mask[rough]
    rows, reach = rough[passing], crowd.reach[passing]
    first = farthest[passing[farthest]]
    x, y = events.x[rows], events.y[rows]
    return Apart(
        crowd.mask, rough[first], -crowd.reach[first], rows, reach, x - reach, y - reach, x + reach, y + reach
    )


def _same(one: object, other: object) -> bool:
    """Whether two are the very same, or boxes that are equal."""
    return one is other or (isinstance(one, tuple) and one == other)


def tiled_box(screen: Screen) -> Box:
    """The box of the view in map metres, grown to whole tiles that stand still on the map."""
    tile = TILE_PX * screen.camera.scale
    west, south, east, north = screen.bounds
    return (west // tile * tile, south // tile * tile, -(-east // tile) * tile, -(-north // tile) * tile)


def look_through(crowd: Crowd, screen: Screen, views: Views, ratio: float, hasty: bool) -> Looked:
    """Find out which of a crowd are where in a view, `ratio` pixels to a logical one, fewer while a large map moves."""
    grid = _grid_for(screen, ratio, hasty)
    squares = views.dense(crowd, screen)
    if squares is not None:
        side = squares.patch.side
        patch, grid = patch_in(screen, crowd.data, side), grid.bare
        counts = squares.counts(crowd.span, patch)
        return Dense(crowd, grid, squares, patch, counts, views.wide(crowd, grid, _least(side)))
    view = views.of(crowd, grid)
    return Spots(crowd, view, view.positions_of(crowd.span.carried), *view.slice_of(crowd.span.low, crowd.span.high))


def most_spots(screen: Screen) -> float:
    """So many of a crowd are shown one by one in a view."""
    return min(MOST_DOTS, screen.width * screen.height / PIXELS_EACH)


def _fits(squares: Squares, crowd: Crowd, screen: Screen) -> bool:
    """Whether there are so few in the squares of a view that they are shown one by one."""
    patch = patch_in(screen, crowd.data, squares.patch.side)
    return int(squares.counts(crowd.span, patch).sum()) <= most_spots(screen)


def _least(side: float) -> float:
    """How far the place of an incident reaches that is neither a spot nor in a square of a side: the same for both, as
    whether there are too many spots is found by squares."""
    return WIDE_PX / CELL * side


def _grid_for(screen: Screen, ratio: float, hasty: bool) -> Grid:
    most = (MOST_DEVICE_PIXELS / (screen.width * screen.height)) ** 0.5
    return grid_of(screen, min(ratio, most) if hasty else ratio)
