"""Paints a crowd of incidents and finds who of it lies under a point."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from viewer.domain.frozen import dataclass
from viewer.draw.crowd import DISC_RADIUS, EDGE, FEW, LEAST, Codes, Palette, Picture, density, discs, dots, stamp
from viewer.draw.in_view import CELL, Grid, InView, Pixels, grid_of, in_view
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.tokens import PALE, Tokens, mixed
from viewer.geo.projection import metres_per_unit, point_to_degrees
from viewer.layers.primitives import SMALLEST_RING_PX, Entry, Primitive, actor_entry
from viewer.session.crowds import OPEN, Box, Crowd, Near, rough_rows
from viewer.session.describe import length_words
from viewer.session.window import Mask, Rows, SmallRows

MOST_DEVICE_PIXELS = 1_500_000
"""Pixels drawn while things move; Qt stretches the picture, and the sharp one follows when they rest."""
PIXELS_EACH = 16
"""With fewer pixels than this to an incident, discs would cover the ground: density is drawn instead."""
MOST_DOTS = 2**24 - 1
"""A dot's place in time has so many values."""
TILE_PX = 256
"""Where few are in view they get their symbols; a box snapped to tiles keeps stacks as they are while panning."""
LEAST_PILE, MOST_PILES, PILE_ROOM = 10, 60, 30.0
"""From so many incidents on one pixel on a number says how many; how many numbers, and their distance in pixels."""
PILL = 17.0
"""Height of a number on a pile."""
DOT_REACH = 2.5
CHOSEN_RADIUS = 7.0
Pile = tuple[float, float, int]
DISC = Entry("Signs", "An incident, the latest on top", "crowd", "disc")
DOT = Entry("Signs", "An incident, the latest on top", "crowd", "dot")
OPEN_DISC = Entry("Signs", "Rough place, or doubted, planned, possible", "crowd", "open")
PILE = Entry("Signs", "Many incidents on one spot", "crowd", "pile")
OTHERS = Entry("Actors", "other actors", "actor")
AROUND = Entry("Incidents", "Rough places around here, not drawn", "sign", "ring")
OPAQUE = 0xFF
PREMULTIPLIED = QImage.Format.Format_ARGB32_Premultiplied
WIDE_PX = SMALLEST_RING_PX
"""A place that reaches so far from its point is no dot: with few in view it has its ring, else the legend tells."""
PALE_DOT = Entry("Signs", "Rough place, or doubted, planned, possible", "crowd", "pale")


@dataclass
class Views:
    """The views that were worked out last: a second look at one is worth working it out for every window."""

    kept: InView | None = None
    mask: Mask | None = None
    asked: Hashable = None
    apart: Apart | None = None
    farthest: tuple[NDArray[np.float32], Rows] | None = None
    """How far rough places reach, and their order by that: the same for every filter."""
    near: Near | None = None
    near_of: tuple[object, ...] = ()
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
        """Whether a look through a crowd is a matter of slicing."""
        return self._kept_of(crowd, _grid_for(screen, ratio, hasty)) is not None

    def _kept_of(self, crowd: Crowd, grid: Grid) -> InView | None:
        return self.kept if self.kept is not None and self.mask is crowd.mask and self.kept.grid == grid else None

    def of(self, crowd: Crowd, grid: Grid) -> InView:
        """The view of a grid: of all events of the crowd's mask, or of the window only while the map moves."""
        if (known := self._kept_of(crowd, grid)) is not None:
            return known
        events, span = crowd.data.events, crowd.span
        again, self.asked = self.asked == grid, grid
        if self.apart is None or self.apart.mask is not crowd.mask:
            if self.farthest is None or self.farthest[0] is not crowd.reach:
                self.farthest = crowd.reach, np.argsort(-crowd.reach, kind="stable")
            self.apart = apart_of(crowd, self.farthest[1])
        least = WIDE_PX * grid.step * grid.grain
        mask, wide = self.apart.others(least), self.apart.reaching(grid, least)
        if again or 2 * (span.high - span.low) > len(events):
            self.kept, self.mask = in_view(events, mask, grid, [slice(0, len(events))], wide), crowd.mask
            return self.kept
        return in_view(events, mask, grid, [span.carried, slice(span.low, span.high)], wide)


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


@dataclass(frozen=True, eq=False)
class Looked:
    """A crowd in a view: the positions `early` and first to last - 1 of the view; counts: how many in each cell, (down,
    across), where there are so many that density is drawn."""

    crowd: Crowd
    view: InView
    early: Rows
    first: int
    last: int
    counts: NDArray[np.int64] | None

    @property
    def number(self) -> int:
        """How many incidents are in the picture, those just beside it among them."""
        return len(self.early) + self.last - self.first

    @property
    def covering(self) -> bool:
        """Whether it covers the ground so much that lines and towns are drawn above it."""
        return self.counts is not None or self.number > FEW


@dataclass(frozen=True, eq=False)
class Shown:
    """A crowd as it was painted: the positions `early` and first to last - 1 of a view, and their picture."""

    crowd: Crowd
    view: InView
    early: Rows
    first: int
    last: int
    picture: Picture | None
    """None of discs that were stamped straight onto the map."""
    coarse: bool
    """Whether it has fewer pixels than the device."""
    piles: tuple[Pile, ...] = ()
    """Where many lie on one spot (x, y in logical pixels) and how many, unless density tells."""
    most: int = 0
    """The largest number of incidents in a cell, 0 when they are not drawn as density."""
    left_out: tuple[SmallRows, ...] = ()
    """Those that lie somewhere in places that reach into the view and are too wide for a dot: parts of their rows."""
    often: tuple[int, ...] = ()
    """How many have each code, unless density was painted."""

    @property
    def dense(self) -> bool:
        """Whether cells of density were painted."""
        return self.most > 0

    @property
    def number(self) -> int:
        """How many incidents are in the picture, those just beside it among them."""
        return len(self.early) + self.last - self.first

    def over(self, x: float, y: float) -> bool:
        """Whether a logical pixel is painted."""
        column, line = self._at(x, y)
        if self.picture is not None:
            return bool(self.picture[line, column] >> 24)
        radius, pixel = DISC_RADIUS * self.view.grid.grain, self.view.pixel
        parts = pixel[self.early], pixel[self.first : self.last]
        return any(len(self._near(part, column, line, radius)) for part in parts)

    def rows_at(self, x: float, y: float) -> Rows:
        """The event rows whose disc, dot or cell lies under a logical pixel, the latest first."""
        column, line = self._at(x, y)
        if self.dense:
            cells = self.view.cells
            left, top = cells.shift
            cell = (line + top) // cells.side * cells.across + (column + left) // cells.side
            found = [self.early[cells.of(self.early) == cell]]
            found.append(np.flatnonzero(cells.of(slice(self.first, self.last)) == cell) + self.first)
        else:
            radius = DOT_REACH if self.number > FEW else DISC_RADIUS * self.view.grid.grain
            found = [self.early[self._near(self.view.pixel[self.early], column, line, radius)]]
            found.append(self._near(self.view.pixel[self.first : self.last], column, line, radius) + self.first)
        rows: Rows = self.view.rows[np.concatenate(found)][::-1].astype(np.int64)
        return rows

    def _at(self, x: float, y: float) -> tuple[int, int]:
        grid = self.view.grid
        column, line = int(x * grid.grain) + grid.spare, int(y * grid.grain) + grid.spare
        return min(max(column, 0), grid.width - 1), min(max(line, 0), grid.height - 1)

    def _near(self, pixel: NDArray[np.int32], column: int, line: int, radius: float) -> Rows:
        """The positions of pixels within a radius: first those of its lines, in one comparison, then exactly."""
        width, reach = self.view.grid.width, int(radius) + 1
        band = np.flatnonzero((pixel - (line - reach) * width).view(np.uint32) < (2 * reach + 1) * width)
        lines, columns = np.divmod(pixel[band], width)
        near: Rows = band[np.hypot(lines - line, columns - column) <= radius]
        return near


def _same(one: object, other: object) -> bool:
    """Whether two are the very same, or boxes that are equal."""
    return one is other or (isinstance(one, tuple) and one == other)


def tiled_box(screen: Screen) -> Box:
    """The box of the view in map metres, grown to whole tiles that stand still on the map."""
    tile = TILE_PX * screen.camera.scale
    west, south, east, north = screen.bounds
    return (west // tile * tile, south // tile * tile, -(-east // tile) * tile, -(-north // tile) * tile)


def look_through(crowd: Crowd, screen: Screen, views: Views, ratio: float, hasty: bool) -> Looked:
    """Find out which of a crowd are where in a view, `ratio` pixels to a logical one, fewer while a large map moves.

    No painter has a part in it: any thread may do it that has the views to itself.
    """
    view = views.of(crowd, _grid_for(screen, ratio, hasty))
    early, (first, last) = view.positions_of(crowd.span.carried), view.slice_of(crowd.span.low, crowd.span.high)
    number = len(early) + last - first
    dense = number * PIXELS_EACH > screen.width * screen.height or number > MOST_DOTS
    return Looked(crowd, view, early, first, last, _counts(view, early, first, last) if dense else None)


def _grid_for(screen: Screen, ratio: float, hasty: bool) -> Grid:
    most = (MOST_DEVICE_PIXELS / (screen.width * screen.height)) ** 0.5
    return grid_of(screen, min(ratio, most) if hasty else ratio)


def paint_shown(
    painter: QPainter, looked: Looked, screen: Screen, tokens: Tokens, ratio: float, onto: QImage | None = None
) -> Shown:
    """Paint a crowd and say what was painted; onto: the opaque image that the painter paints, if it is one."""
    crowd, view, early, first, last = looked.crowd, looked.view, looked.early, looked.first, looked.last
    grid = view.grid
    number, piles, most, often = looked.number, tuple[Pile, ...](), 0, tuple[int, ...]()
    picture: Picture | None
    if looked.counts is not None:
        picture, most = density(looked.counts, view.cells, grid, cell_colours(tokens)), int(looked.counts.max())
    else:
        pixel, code = _in_order(crowd, view, early, first, last)
        palette, canvas = palette_of(crowd, tokens, number <= FEW), None if number > FEW else _as_array(onto, grid)
        if canvas is not None and _opaque(palette):
            stamp(canvas, pixel, code, grid, palette)
            picture = None
        else:
            picture = (discs if number <= FEW else dots)(pixel, code, grid, palette)
        piles, often = piles_of(grid, pixel), tuple(np.bincount(code, minlength=256).tolist())
    if picture is not None:
        image = QImage(picture.data, grid.width, grid.height, 4 * grid.width, PREMULTIPLIED)
        image.setDevicePixelRatio(grid.grain)
        painter.drawImage(QPointF(-grid.spare / grid.grain, -grid.spare / grid.grain), image)
    left_out = _left_out(crowd, view)
    return Shown(crowd, view, early, first, last, picture, grid.grain < ratio, piles, most, left_out, often)


def _as_array(image: QImage | None, grid: Grid) -> Picture | None:
    """The pixels of an opaque image, (height, width), if they are those of a grid without its spare ones."""
    wide, high = grid.width - 2 * grid.spare, grid.height - 2 * grid.spare
    if image is None or image.format() != QImage.Format.Format_RGB32 or (image.width(), image.height()) != (wide, high):
        return None
    return np.frombuffer(image.bits(), dtype=np.uint32).reshape(high, wide)


def _opaque(palette: Palette) -> bool:
    return bool(((palette == 0) | (palette >> 24 == OPAQUE)).all())


def _left_out(crowd: Crowd, view: InView) -> tuple[SmallRows, SmallRows]:
    """Those of the window that are not drawn, for their places are too wide: earlier ones, and the others."""
    span = crowd.span
    first, last = np.searchsorted(view.wide, np.array((span.low, span.high), dtype=np.int32))
    earlier = view.wide[:first]
    at = np.searchsorted(earlier, span.carried)  # few in many: sorting both would take longer than all else
    known = at < first
    carried = span.carried[known]
    return carried[earlier[at[known]] == carried], view.wide[first:last]


def _counts(view: InView, early: Rows, first: int, last: int) -> NDArray[np.int64]:
    counts = view.cells.counts(first, last)
    if len(early):
        counts += view.cells.tally(early).reshape(counts.shape)
    return counts


def _in_order(crowd: Crowd, view: InView, early: Rows, first: int, last: int) -> tuple[Pixels, Codes]:
    """Pixels and codes of what is shown, in order of time."""
    pixel, code = view.pixel[first:last], codes_of(crowd, view, first, last)
    if len(early):
        pixel = np.concatenate((view.pixel[early], pixel))
        code = np.concatenate((crowd.codes[view.rows[early]] | OPEN, code))
    return pixel, code


def codes_of(crowd: Crowd, view: InView, first: int, last: int) -> NDArray[np.uint8]:
    """The codes of the positions first to last - 1, OPEN where one may lie outside the window."""
    rows, events = view.rows[first:last], crowd.data.events
    code = crowd.codes[rows]
    lasting = np.flatnonzero(events.latest[rows] != events.earliest[rows])
    code[lasting[~crowd.certain(rows[lasting])]] |= OPEN
    return code


def palette_of(crowd: Crowd, tokens: Tokens, few: bool) -> Palette:
    """The colours of a crowd's codes: of discs with an edge, or of dots without."""
    name = ("crowd", crowd.actors, few)
    if name not in tokens.memo:
        actors = [tokens.actor_colour(key) for key in (*crowd.actors, "", "")]
        card, edge = tokens.colour("card"), tokens.colour("mark_edge")
        colours = np.zeros(2 * EDGE, dtype=np.uint32)
        for code, colour in enumerate(actors, start=1):
            colours[[code, EDGE + code]] = colour.rgba(), edge.rgba()
            pale = card if few else mixed(colour, card, PALE)
            colours[[OPEN | code, EDGE + (OPEN | code)]] = pale.rgba(), colour.rgba()
        tokens.memo[name] = colours
    found: Palette = tokens.memo[name]
    return found


def cell_colours(tokens: Tokens) -> Palette:
    """The colours of the steps of density."""
    return np.array([tokens.colour(f"cell{step}").rgba() for step in range(1, len(LEAST) + 1)], dtype=np.uint32)


def legend_of(shown: Shown, screen: Screen) -> Iterator[tuple[Entry, int]]:
    """The lines of the legend that a painted crowd needs, each with how many it stands for."""
    if shown.dense:
        yield from _dense_legend(shown, screen)
        return
    few, certain, open_ones = shown.number <= FEW, shown.often[:OPEN], shown.often[OPEN:]
    for slot, (sure, doubtful) in enumerate(zip(certain, open_ones, strict=True)):
        if sure or doubtful:
            yield _actor_of(shown.crowd, slot), sure + doubtful
    if any(certain):
        yield (DISC if few else DOT), sum(certain)
    if any(open_ones):
        yield (OPEN_DISC if few else PALE_DOT), sum(open_ones)


def _actor_of(crowd: Crowd, slot: int) -> Entry:
    if slot == len(crowd.actors) + 1:
        return OTHERS
    return actor_entry(crowd.actors[slot - 1] if slot <= len(crowd.actors) else "", crowd.data)


def _dense_legend(shown: Shown, screen: Screen) -> Iterator[tuple[Entry, int]]:
    camera = screen.camera
    _, lat = point_to_degrees(camera.x, camera.y)
    side = length_words(CELL * camera.scale * metres_per_unit(lat))
    for step, least in enumerate(LEAST.tolist(), start=1):
        if least <= shown.most:
            yield Entry("Incidents", f"{least:,} to {10 * least - 1:,} in a square of {side}", "cell", f"cell{step}"), 0


def piles_of(grid: Grid, pixel: Pixels) -> tuple[Pile, ...]:
    """Where many incidents lie on one spot (x, y in logical pixels) and how many: the largest, none over another."""
    ordered, before = np.sort(pixel), LEAST_PILE - 1
    piled = ordered[before:][ordered[before:] == ordered[: max(0, len(ordered) - before)]]
    spots, counts = np.unique(piled, return_counts=True)  # of each, all but as many as it has at the least
    counts, high = counts + before, np.arange(len(spots))
    piles: list[Pile] = []
    for number in high[np.argsort(-counts[high], kind="stable")[: 4 * MOST_PILES]].tolist():
        line, column = divmod(int(spots[number]), grid.width)
        x, y = (column - grid.spare + 0.5) / grid.grain, (line - grid.spare + 0.5) / grid.grain
        if all(abs(x - px) > PILE_ROOM or abs(y - py) > PILE_ROOM for px, py, _ in piles):
            piles.append((x, y, int(counts[number])))
    return tuple(piles[:MOST_PILES])


def paint_piles(
    painter: QPainter, piles: tuple[Pile, ...], tokens: Tokens, sprites: Sprites,
    chosen: tuple[float, float] | None = None,
) -> None:  # fmt: skip
    """A number on each spot on which many lie, so that many do not look like one; a ring where `chosen` lies below."""
    for x, y, number in piles:
        said = short_number(number)
        half = 5.0 + 3.2 * len(said)
        ringed = chosen is not None and abs(chosen[0] - x) <= half and abs(chosen[1] - y) <= PILL / 2

        def draw(inner: QPainter, said: str = said, half: float = half, ringed: bool = ringed) -> None:
            box = QRectF(-half, -PILL / 2, 2 * half, PILL)
            if ringed:
                inner.setPen(QPen(tokens.colour("select"), 2.4))
                inner.setBrush(Qt.BrushStyle.NoBrush)
                inner.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 11.5, 11.5)
            inner.setPen(QPen(tokens.colour("mark_edge"), 1.2))
            inner.setBrush(tokens.colour("card"))
            inner.drawRoundedRect(box, 8.5, 8.5)
            inner.setPen(tokens.colour("ink"))
            inner.setFont(tokens.font("count"))
            inner.drawText(box, Qt.AlignmentFlag.AlignCenter, said)

        sprites.paint(painter, ("pile", said, tokens.theme, ringed), (28.0, 14.0), x, y, draw)


def short_number(number: int) -> str:
    """A number in four letters at most: "950", "9.6k", "12k", "1.2M"."""
    for least, sign in ((1_000_000, "M"), (1_000, "k")):
        if number >= least:
            return f"{number / least:.1f}{sign}" if number < 10 * least else f"{number // least}{sign}"
    return str(number)


def paint_chosen(painter: QPainter, at: tuple[float, float], tokens: Tokens) -> None:
    """A ring around the selected incident of a crowd."""
    painter.setPen(QPen(tokens.colour("select"), 2.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(*at), CHOSEN_RADIUS, CHOSEN_RADIUS)
