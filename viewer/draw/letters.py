"""Letters of who holds ground, and of what changed hands: after the names, where they leave room.

Names follow from the view alone, so that none flickers while time moves. The day's letters come after them: inside
their own ground, clear of names, towns, grid letters and each other, or not at all. They stand in a spot that is fixed
on the map, the first of those of their ground that serves: what a hand pans or a day changes elsewhere does not move
them. Where no such spot is in view, a lattice in what is seen of the ground offers others; its coarser points come
first, as they stay in view for longer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from functools import partial
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.asked import SMALL, Above, Asked, Asking, Covering, Made, Wanted
from viewer.draw.room import Cell, Occupied, Room, cells_of
from viewer.draw.screen import Screen
from viewer.draw.sprites import Laid, Sprite, Sprites
from viewer.draw.steps import Box, Look
from viewer.draw.text import paint_text, text_box
from viewer.draw.tokens import Tokens
from viewer.geo.lettering import Ground
from viewer.geo.outline import Boxes
from viewer.geo.pick import inside_grid, inside_points
from viewer.layers.primitives import Letters, Points, Primitive

STRONG, PLAIN, PALE = 1.0, 0.8, 0.4
"""Opacity of the letters of a change, of a holder, and of one while two days are compared."""
HALO = 4.0
HIGH, BASE = 7.0, 5.5
"""Half the height that letters take, and how far their baseline lies below their middle, in pixels."""
SMALL_HIGH, SMALL_BASE = 4.5, 4.0
"""The same of small ones."""
BESIDE = 3.0
"""How far letters keep from what stands beside them, and from the picture's edge."""
SPACING = 20.0
"""A lattice has a point in so many pixels at most, and in half of them at least."""
DEEP = 4
"""How many steps of the lattice from the edge of its ground a point counts as better than one nearer to it."""
TRIED = 150
"""So many points of a lattice are tried for a view."""
INNER = 0.36
"""Points no farther from the middle of a view than this share of its sides are better than others."""
MOST_PLACES = 600
"""So many points of a lattice that covers all of a ground are kept."""
LARGE_PX, BLOCK_PX = 1_600.0, 512.0
"""Of ground that is wider, only what lies in the blocks of this size around a view gets a lattice."""
GOOD, BAD = 1, 2
REMEMBERED, MASKS = 6_000, 5_000
COARSE = 32
ROOMS = 4
"""Levels of which something is kept: one, the next ones to both sides, and the one that a hand comes from."""
XY = tuple[float, float]
Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass
class Inside:
    """Which points of lattices lie in grounds, kept: most days only one of many is another."""

    _known: dict[tuple[Ground, float, float, int, int], Bools] = field(default_factory=dict)

    def any(self, grounds: Sequence[Ground], boxes: Boxes, x: Numbers, y: Numbers, scale: float) -> Bools:
        """Which points lie in any of some grounds with these bounds, shape (len(x), len(y))."""
        held = np.zeros((len(x), len(y)), dtype=bool)
        across, up = np.searchsorted(x, boxes[:, 0::2]), np.searchsorted(y, boxes[:, 1::2])
        met = np.flatnonzero((across[:, 0] < across[:, 1]) & (up[:, 0] < up[:, 1])).tolist()
        for number, (first, last), (low, high) in zip(met, across[met].tolist(), up[met].tolist(), strict=True):
            held[first:last, low:high] |= self._one(grounds[number], x[first:last], y[low:high], scale)
        return held

    def _one(self, ground: Ground, x: Numbers, y: Numbers, scale: float) -> Bools:
        key = ground, float(x[0]), float(y[0]), len(x), len(y)
        if key not in self._known:
            if len(self._known) >= MASKS:
                self._known.clear()
            self._known[key] = inside_grid(ground.outline.at(ground.outline.level(scale)), x, y)
        return self._known[key]


@dataclass(eq=False)
class Places:
    """Where letters may stand, the better places first: x, y in map metres, and what is known of each (GOOD, BAD).

    At first the spots that they like best; points of a lattice are added when these do not serve.
    """

    lattice: Callable[[], Points]
    x: Numbers
    y: Numbers
    known: NDArray[np.int8]
    large: bool
    """Whether they are only those of a part of the ground."""
    whole: bool = False
    bad: int = 0
    """How many are known to be bad."""

    def in_view(self, screen: Screen, across: float, down: float) -> Iterator[int]:
        """The numbers of the best ones around which letters are seen whole, without those that are known to be bad."""
        if self.whole and self.bad == len(self.known):
            return
        middle, scale = screen.camera, screen.camera.scale
        beside, above = (screen.width / 2 - across) * scale, (screen.height / 2 - down) * scale
        first = (
            abs(self.x[0] - middle.x) <= beside and abs(self.y[0] - middle.y) <= above and self.known[0] != BAD
        )
        if first:  # most often it serves
            yield 0
        if not self.whole:
            x, y = self.lattice().T
            self.x, self.y, self.whole = np.append(self.x, x), np.append(self.y, y), True
            self.known = np.append(self.known, np.zeros(len(x), dtype=np.int8))
        yield from (number for number in self._in_view(screen, beside, above) if number or not first)

    def _in_view(self, screen: Screen, beside: float, above: float) -> list[int]:
        """Those no farther from the middle of a view, in map metres."""
        middle = screen.camera
        dx, dy = np.abs(self.x - middle.x), np.abs(self.y - middle.y)
        found = np.flatnonzero((dx <= beside) & (dy <= above))
        if self.large and len(found):
            wide, high = INNER * screen.width * middle.scale, INNER * screen.height * middle.scale
            outer = (dx[found] > wide) | (dy[found] > high)
            found = found[np.argsort(outer, kind="stable")]
        found = found[:TRIED]
        numbers: list[int] = found[self.known[found] != BAD].tolist()
        return numbers

    def note(self, number: int, good: bool) -> int:
        """Remember what one of them was found to be, GOOD or BAD."""
        found = GOOD if good else BAD
        self.known[number] = found
        self.bad += not good
        return found


class Spot(NamedTuple):
    """Letters in a place, the box in pixels of the room's scale that they take there, and the cells it touches."""

    letters: Letters
    box: Box
    cells: Sequence[Cell]


@dataclass(eq=False)
class Stand:
    """The places of letters that serve in a view as far as nothing stands there that comes and goes, the best first:
    those of what is best written before those of what is shorter or smaller.

    Each is looked for when the one before it is taken: once for a view, or once for all views that hold all of their
    ground, clear of cards. over: the covering grounds for which `above` was found last, and how many of them lie no
    higher.
    """

    above: Above
    box: Box
    over: tuple[Covering, int] | None
    _rest: Iterator[Spot]
    _found: list[Spot] = field(default_factory=list)

    def first(self, taken: Sequence[Occupied]) -> Spot | None:
        """The first one that is free."""
        for spot in self._found:
            if _is_free(spot, taken):
                return spot
        for spot in self._rest:
            self._found.append(spot)
            if _is_free(spot, taken):
                return spot
        return None


def _is_free(spot: Spot, taken: Sequence[Occupied]) -> bool:
    for other in taken:  # noqa: SIM110 - asked for each letter of each day, where a generator takes twice as long
        if not other.has_room(spot.box, spot.cells):
            return False
    return True


@dataclass(eq=False)
class Learned:
    """What is known of places among the names of a level, whatever the view and the day."""

    room: Room
    places: dict[tuple[object, ...], Places] = field(default_factory=dict)
    inside: Inside = field(default_factory=Inside)
    stands: dict[tuple[object, ...], Stand] = field(default_factory=dict)
    """Of letters whose ground a view holds, clear of cards, and so any other that does."""


@dataclass(frozen=True, eq=False)
class View:
    """What letters give way to in a view on every day, and where those that were asked for stand in it.

    clear: where cards lie on it, in its pixels; pale: whether holders' letters are, as two days are compared.
    """

    screen: Screen
    tokens: Tokens
    clear: tuple[Box, ...]
    pale: bool
    learned: Learned
    _stands: dict[Wanted, Stand] = field(default_factory=dict)

    def placed(self, every: Asked, others: Sequence[Occupied]) -> Iterator[Letters]:
        """The letters of a day in their places, clear of `others`: boxes in pixels of the room's scale."""
        if len(self._stands) > REMEMBERED:
            self._stands.clear()
        taken = Occupied()
        standing = (*(one for one in others if one.cells), taken)  # those first that stand in the way most often
        for one, below in every.wanted_in_view(self.screen, 2 * HIGH):
            spot = self._stand(one, every.covering, below).first(standing)
            if spot is not None:
                taken.add(spot.box, spot.cells)
                yield spot.letters

    def leave(self) -> None:
        """Let go of what looks for places in this view, so that it goes at once, and not with the next garbage."""
        self._stands.clear()

    def learn(self, every: Asked) -> Iterator[Letters]:
        """The letters of another day as they would stand alone, as far as to know that crowds out nothing."""
        for one, below in every.wanted_in_view(self.screen, 2 * HIGH):
            room = 2 * max(len(self._stands), len(self.learned.places)) < REMEMBERED
            if room and one not in self._stands:
                spot = self._stand(one, every.covering, below).first(())
                if spot is not None:
                    yield spot.letters

    def _stand(self, one: Wanted, covering: Covering, below: int) -> Stand:
        known, over = self._stands.get(one), (covering, below)
        if known is not None and known.over == over:
            return known
        box = self._box(one) if known is None else known.box
        above = covering.above(one, below, box)
        if known is None or known.above.grounds != above.grounds:
            known = self._stands[one] = self._standing(one, above, box)
        known.over = over
        return known

    def _standing(self, one: Wanted, above: Above, box: Box) -> Stand:
        """Found now, or in another view that holds all of the ground as this one does."""
        stands, key, holds = self.learned.stands, (one, above.grounds, self.pale), self._holds(one)
        if holds and (known := stands.get(key)) is not None:
            return known
        # A view stays as long as it looks for places: that of all views is a bare one, which holds no other letters.
        looking = View(self.screen, self.tokens, (), self.pale, self.learned) if holds else self
        every = (looking._serving(one, text, style, above, box) for text, style in one.written)
        made = Stand(above, box, None, chain.from_iterable(every))
        if holds:
            if len(stands) >= REMEMBERED:
                stands.clear()
            stands[key] = made
        return made

    def _holds(self, one: Wanted) -> bool:
        """Whether letters anywhere in their ground are seen whole, so that it is no matter which view this is."""
        if self._is_large(one):
            return False
        left, top, right, bottom = self.screen.box_px(one.bounds)
        if left < 0 or top < 0 or right > self.screen.width or bottom > self.screen.height:  # as most that do not
            return False
        across = max(_half_width(text, style, self.tokens) for text, style in one.written) + BESIDE
        box = left - across, top - HIGH - BESIDE, right + across, bottom + HIGH + BESIDE
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= self.screen.width and box[3] <= self.screen.height
        return inside and not self._under_card(*box)

    def _box(self, one: Wanted) -> Box:
        """Where places are looked for: in the bounds of its ground, or of a large one around the view."""
        block = BLOCK_PX * self.learned.room.scale
        return _around_view(one.bounds, self.screen, block) if self._is_large(one) else one.bounds

    def _is_large(self, one: Wanted) -> bool:
        return one.long > LARGE_PX * self.learned.room.scale

    def _serving(self, one: Wanted, text: str, style: str, above: Above, box: Box) -> Iterator[Spot]:
        room, opacity = self.learned.room, STRONG if one.change else PALE if self.pale else PLAIN
        across = _half_width(text, style, self.tokens)
        tall = _tall(style)
        wide, high = across + BESIDE, tall + BESIDE
        if not _wide_enough(one.bounds, wide * room.scale, (tall + BESIDE / 2) * room.scale):
            return
        places = self._places(one, across, tall, above, box)
        for number in places.in_view(self.screen, wide, high):
            x, y = float(places.x[number]), float(places.y[number])
            known = places.known[number] or places.note(number, _is_good(one, above, x, y, (across, tall), room))
            px, py = self.screen.point_px(x, y)
            if known == GOOD and not self._under_card(px - wide, py - high, px + wide, py + high):
                box = _box(x, y, across, tall, room.scale)
                yield Spot(Letters(text, x, y, opacity, style=style), box, cells_of(*box))

    def _under_card(self, left: float, top: float, right: float, bottom: float) -> bool:
        for west, north, east, south in self.clear:
            if west < right and left < east and north < bottom and top < south:
                return True
        return False

    def _places(self, one: Wanted, across: float, tall: float, above: Above, box: Box) -> Places:
        key = (one.grounds, one.spots, across, tall, box, above.grounds)
        known = self.learned.places
        if key not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            (x, y), large = np.array(one.spots).T, self._is_large(one)
            scale = self.learned.room.scale * (tall / HIGH)
            lattice = partial(_lattice, one, above, box, scale, large, self.learned.inside)
            known[key] = Places(lattice, x, y, np.zeros(len(x), dtype=np.int8), large)
        return known[key]


@dataclass
class Lettering:
    """Places letters, and keeps what it learned for the names of the last levels."""

    _asking: Asking = field(default_factory=Asking)
    _placed: tuple[tuple[object, ...], tuple[Letters, ...]] = ((), ())
    _view: tuple[tuple[object, ...], View] | None = None
    _learned: dict[int, Learned] = field(default_factory=dict)

    def place(
        self, made: Made, screen: Screen, tokens: Tokens, room: Room, clear: Sequence[QRectF] = (),
        others: tuple[Occupied, ...] = (),
    ) -> tuple[Letters, ...]:  # fmt: skip
        """The letters of the primitives of some layers, the lowest first, in a view; the same ones for the same.

        clear: where cards lie on it; others: boxes in pixels of the room's scale that are taken besides.
        """
        asked = self._asking.asked(made)
        view = self._of(screen, tokens, room, tuple(clear), asked.calm)
        key = (asked, view, *others)
        if self._placed[0] != key:
            self._placed = key, tuple(view.placed(asked, others))
        return self._placed[1]

    def learn(self, things: tuple[Primitive, ...]) -> tuple[Letters, ...]:
        """Find out where letters of other days would stand alone in the view that was asked for last."""
        asked = self._asking.other((things,))
        return tuple(self.view.learn(asked)) if self.view is not None and asked is not None else ()

    def learn_level(self, made: Made, screen: Screen, tokens: Tokens, room: Room) -> Iterator[None]:
        """Find out, one after the other, where those of a view would stand among the names of another level."""
        asked, learned = self._asking.asked(made), Learned(room)
        view = View(screen, tokens, (), asked.calm, learned)
        try:
            for _ in view.placed(asked, ()):
                yield
            self._keep(learned)
        finally:
            view.leave()

    def knows(self, room: Room) -> bool:
        """Whether letters were placed among the names of a level, the first of which take long."""
        return id(room) in self._learned

    @property
    def view(self) -> View | None:
        """The view that was asked for last."""
        return self._view[1] if self._view is not None else None

    def _of(self, screen: Screen, tokens: Tokens, room: Room, clear: tuple[QRectF, ...], pale: bool) -> View:
        key = screen, tokens.theme, room, clear, pale
        if self._view is None or self._view[0] != key:
            learned = self._learned.pop(id(room), None) or Learned(room)
            self._keep(learned)
            if self._view is not None:
                self._view[1].leave()
            cards = tuple((one.left(), one.top(), one.right(), one.bottom()) for one in clear if not one.isEmpty())
            self._view = key, View(screen, tokens, cards, pale, learned)
        return self._view[1]

    def _keep(self, learned: Learned) -> None:
        """Keep what is learned of a level, in place of the one that was needed least recently."""
        while len(self._learned) >= ROOMS:
            self._learned.pop(next(iter(self._learned))).stands.clear()  # they look among what is learned
        self._learned[id(learned.room)] = learned


def _wide_enough(bounds: Box, across: float, down: float) -> bool:
    """Whether something that reaches so far to each side fits into some bounds."""
    return bounds[2] - bounds[0] >= 2 * across and bounds[3] - bounds[1] >= 2 * down


def _tall(style: str) -> float:
    """Half the height that letters of a type take, in pixels."""
    return SMALL_HIGH if style == SMALL else HIGH


def _is_good(one: Wanted, above: Above, x: float, y: float, half: XY, room: Room) -> bool:
    """Whether letters of half a width and height would lie in their ground, below no other, off names and towns."""
    across, down = half
    return (
        room.clear(x, y, across + 2, down)
        and _within(one.grounds, x, y, half, room.scale)
        and not _covered(above, x, y, across * room.scale, down * room.scale)
    )


def _around_view(bounds: Box, screen: Screen, block: float) -> Box:
    """The part of some bounds in map metres that lies in the blocks which a view touches."""
    west, south, east, north = screen.bounds
    return (
        max(bounds[0], math.floor(west / block) * block), max(bounds[1], math.floor(south / block) * block),
        min(bounds[2], math.ceil(east / block) * block), min(bounds[3], math.ceil(north / block) * block),
    )  # fmt: skip


def _corners(x: float, y: float, across: float, down: float) -> Points:
    """Points around a box."""
    west, east, south, north = x - across, x + across, y - down, y + down
    return np.array((
        (west, south), (x, south), (east, south), (west, y), (east, y), (west, north), (x, north), (east, north)
    ))  # fmt: skip


def _within(grounds: Iterable[Ground], x: float, y: float, half: XY, scale: float) -> bool:
    """Whether letters lie wholly in grounds that lie together; half their width and height in pixels of a scale."""
    across, down = (half[0] + BESIDE) * scale, (half[1] + BESIDE / 2) * scale
    box, points = (x - across, y - down, x + across, y + down), _corners(x, y, across, down)
    held = np.zeros(len(points), dtype=bool)
    for ground in grounds:
        if ground.outline.touches(*box):
            held |= inside_points(ground.outline.at(ground.outline.level(scale)), points)
            if held.all():
                return True
    return False


def _covered(above: Above, x: float, y: float, across: float, down: float) -> bool:
    """Whether any of a box around a point (map metres) lies in a ground above."""
    points = _corners(x, y, across, down)
    near = above.near((x - across, y - down, x + across, y + down))
    return any(bool(inside_points(ground.outline.rings, points).any()) for ground in near)


def _lattice(one: Wanted, above: Above, box: Box, scale: float, large: bool, inside: Inside) -> Points:
    """Points in a box that lie far from the edge of their ground, the better ones first, shape (n, 2)."""
    step = 2.0 ** math.floor(math.log2(SPACING * scale))
    columns = np.arange(math.ceil(box[0] / step) - DEEP, math.floor(box[2] / step) + DEEP + 1)
    rows = np.arange(math.ceil(box[1] / step) - DEEP, math.floor(box[3] / step) + DEEP + 1)
    x, y = (np.asarray(numbers * step, dtype=np.float64) for numbers in (columns, rows))
    bounds = np.array([ground.outline.box for ground in one.grounds])
    held = inside.any(one.grounds, bounds, x, y, scale) & ~inside.any(above.grounds, above.boxes, x, y, scale)
    at = np.argwhere(held)
    coarse = np.minimum(_twos(columns)[at[:, 0]], _twos(rows)[at[:, 1]])
    order = at[np.lexsort((at[:, 1], at[:, 0], -coarse, -_depth(held)[held]))][: None if large else MOST_PLACES]
    return np.column_stack((x[order[:, 0]], y[order[:, 1]]))


def _box(x: float, y: float, across: float, tall: float, scale: float) -> Box:
    """What letters around a point in map metres take, in pixels of a scale."""
    px, py, beside, above = x / scale, -y / scale, across + BESIDE, tall + BESIDE
    return px - beside, py - above, px + beside, py + above


def _depth(held: Bools) -> NDArray[np.intp]:
    """How many steps of a grid each point lies from the nearest that is not held, up to DEEP."""
    depth = held.astype(np.intp)
    for _ in range(DEEP):
        inner = np.zeros_like(held)
        inner[1:-1, 1:-1] = held[1:-1, 1:-1] & held[:-2, 1:-1] & held[2:, 1:-1] & held[1:-1, :-2] & held[1:-1, 2:]
        held = inner
        depth += held
    return depth


def _twos(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The largest power of two that divides each, up to COARSE."""
    found: NDArray[np.int64] = np.where(numbers == 0, COARSE, np.minimum(numbers & -numbers, COARSE))
    return found


def _half_width(text: str, style: str, tokens: Tokens) -> float:
    """How far letters without their halo reach to either side, in pixels."""
    key = ("letters", text, style)
    if key not in tokens.memo:
        tokens.memo[key] = text_box(text, style, tokens, 0.0)[0]
    found: float = tokens.memo[key]
    return found


@dataclass
class LettersKind:
    """How letters are painted: one picture for each text."""

    sprites: Sprites = field(default_factory=Sprites)

    def reach(self, letters: Letters, screen: Screen, tokens: Tokens) -> Box:
        """The picture, which is laid on whole pixels."""
        px, py = screen.point_px(letters.x, letters.y)
        across, down = _half(letters, tokens)
        return px - across - 1, py - down - 1, px + across + 1, py + down + 1

    def paint(self, painter: QPainter, letters: Letters, look: Look, tokens: Tokens) -> None:
        """Draw them, or lay down their picture."""
        key, draw = self._sprite(letters, tokens)
        self.sprites.paint(painter, key, _half(letters, tokens), *look.screen.point_px(letters.x, letters.y), draw)

    def laid(self, letters: Letters, look: Look, tokens: Tokens) -> Laid:
        """Their picture."""
        key, draw = self._sprite(letters, tokens)
        spot = look.screen.point_px(letters.x, letters.y)
        return self.sprites.laid(key, _half(letters, tokens), *spot, draw, look.ratio)

    def _sprite(self, letters: Letters, tokens: Tokens) -> Sprite:
        def draw(inner: QPainter) -> None:
            inner.setOpacity(letters.opacity)
            paint_text(inner, letters.text, QPointF(0.0, _base(letters)), letters.style, tokens, halo=HALO)
            inner.setOpacity(1.0)

        return ("letters", tokens.theme, letters.style, letters.text, letters.opacity), draw


def _base(letters: Letters) -> float:
    return SMALL_BASE if letters.style == SMALL else BASE


def _half(letters: Letters, tokens: Tokens) -> tuple[float, float]:
    """Half the sides of the picture of letters."""
    across, down = text_box(letters.text, letters.style, tokens, HALO)
    return across, down + BASE
