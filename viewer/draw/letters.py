"""Letters of who holds ground, and of what changed hands: after the names, where they leave room.

Names follow from the view alone, so that none flickers while time moves. The day's letters come after them: inside
their own ground, clear of names, towns, grid letters and each other, or not at all. They stand in a spot that is fixed
on the map, the first of those of their ground that serves: what a hand pans or a day changes elsewhere does not move
them. Where no such spot is in view, a lattice in what is seen of the ground offers others; its coarser points come
first, as they stay in view for longer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from viewer.domain.control import class_of
from viewer.draw.room import Occupied, Room
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import Box, Look
from viewer.draw.text import paint_text, text_box
from viewer.draw.tokens import Tokens
from viewer.geo.lettering import Ground
from viewer.geo.outline import Boxes, touching
from viewer.geo.pick import inside_grid, inside_points
from viewer.layers.primitives import Calm, ChangeArea, ControlArea, Letters, Points, Primitive

STRONG, PLAIN, PALE = 1.0, 0.8, 0.4
"""Opacity of the letters of a change, of a holder, and of one while two days are compared."""
HALO = 4.0
HIGH, BASE = 7.0, 5.5
"""Half the height that letters take, and how far their baseline lies below their middle, in pixels."""
BESIDE = 3.0
"""How far letters keep from what stands beside them, and from the picture's edge."""
DOUBTFUL = ("lattice", "outline")
"""Looks whose letters bear a question mark."""
OPEN = ("dots", "outline")
"""Looks of who is merely present: he does not cover whose ground it is."""
MOST = 100
"""Letters are looked for in so many areas of a view, the largest ones: nobody could read more."""
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
REMEMBERED, KNOWN = 2_000, 20_000
COARSE = 32
ARROW = "\u2192"
ROOMS = 3
XY = tuple[float, float]
Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Made = tuple[tuple[Primitive, ...], ...]
"""The primitives of some layers, the lowest first."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """Letters that want a place: in one of `grounds`, which lie together, best in the first of `spots` that serves.

    texts: the words, and what may stand for them where room is scarce.
    """

    thing: ControlArea | ChangeArea
    texts: tuple[str, ...]
    grounds: tuple[Ground, ...]
    spots: tuple[XY, ...]

    @cached_property
    def bounds(self) -> Box:
        """Those of its grounds in map metres."""
        west, south, east, north = zip(*(ground.outline.box for ground in self.grounds), strict=True)
        return min(west), min(south), max(east), max(north)


@dataclass(frozen=True, eq=False)
class Asked:
    """All letters of a day, those first that are placed first, and the grounds that cover others, the lowest first.

    below: for each of the letters how many of these lie no higher than its own; opacity: of holders' letters.
    """

    made: Made
    wanted: tuple[Wanted, ...]
    below: tuple[int, ...]
    covering: tuple[Ground, ...]
    opacity: float
    _above: dict[tuple[int, Box], tuple[Ground, ...]] = field(default_factory=dict)

    @cached_property
    def boxes(self) -> Boxes:
        """The bounds of the grounds of each, shape (n, 4) in map metres."""
        return np.array([one.bounds for one in self.wanted]).reshape(-1, 4)

    @cached_property
    def covers(self) -> Boxes:
        """The bounds of the covering grounds, shape (m, 4)."""
        return np.array([ground.outline.box for ground in self.covering]).reshape(-1, 4)

    def above(self, number: int, box: Box) -> tuple[Ground, ...]:
        """The grounds that lie over those of some letters and may touch a box in map metres."""
        key = below, _ = self.below[number], box
        if key not in self._above:
            found = np.flatnonzero(touching(self.covers[below:], *box)) + below
            self._above[key] = tuple(self.covering[number] for number in found.tolist())
        return self._above[key]


@dataclass(eq=False)
class Places:
    """Where letters may stand, the better places first: x, y in map metres, and what is known of each (GOOD, BAD)."""

    x: Numbers
    y: Numbers
    known: NDArray[np.int8]
    large: bool
    """Whether they are only those of a part of the ground."""

    def in_view(self, screen: Screen, across: float, down: float) -> Iterator[int]:
        """The numbers of those around which letters are seen whole, without those that are known to be bad."""
        px, py = screen.point_px(self.x[0], self.y[0])
        first = across <= px <= screen.width - across and down <= py <= screen.height - down and self.known[0] != BAD
        if first:  # most often it serves
            yield 0
        yield from (number for number in self._in_view(screen, across, down) if number or not first)

    def _in_view(self, screen: Screen, across: float, down: float) -> list[int]:
        px, py = screen.to_px(self.x, self.y)
        px, py = np.abs(px - screen.width / 2), np.abs(py - screen.height / 2)
        seen = (px <= screen.width / 2 - across) & (py <= screen.height / 2 - down) & (self.known != BAD)
        found = np.flatnonzero(seen)
        if self.large:
            outer = (px > INNER * screen.width) | (py > INNER * screen.height)
            found = found[np.argsort(outer[found], kind="stable")]
        numbers: list[int] = found.tolist()
        return numbers


@dataclass
class Lettering:
    """Places letters, and keeps what it learned for the names of the last levels."""

    _asked: Asked | None = None
    _known: dict[object, Wanted] = field(default_factory=dict)
    _placed: tuple[tuple[object, ...], tuple[Letters, ...]] = ((), ())
    _learned: dict[int, tuple[Room, dict[tuple[object, ...], Places]]] = field(default_factory=dict)

    def place(
        self, made: Made, screen: Screen, tokens: Tokens, room: Room, clear: Sequence[QRectF] = (),
        others: tuple[Occupied, ...] = (),
    ) -> tuple[Letters, ...]:  # fmt: skip
        """The letters of the primitives of some layers, the lowest first, in a view; the same ones for the same.

        clear: where cards lie on it; others: boxes in pixels of the room's scale that are taken besides.
        """
        if self._asked is None or not _same(self._asked.made, made):
            if len(self._known) > KNOWN:
                self._known.clear()
            self._asked = asked(made, self._known)
        key = (self._asked, screen, tokens.theme, room, tuple(clear), *others)
        if self._placed[0] != key:
            found = tuple(self._found(self._asked, screen, tokens, room, clear, others))
            self._placed = key, found
        return self._placed[1]

    def _found(
        self, every: Asked, screen: Screen, tokens: Tokens, room: Room, clear: Sequence[QRectF],
        others: tuple[Occupied, ...],
    ) -> Iterator[Letters]:  # fmt: skip
        taken = Occupied()
        for number in _in_view(every, screen):
            one = every.wanted[number]
            for text in one.texts:
                across = text_box(text, "code", tokens, 0.0)[0]
                spot = self._spot(every, number, across, screen, room, clear, (taken, *others))
                if spot is not None:
                    taken.take((_box(*spot, across, room.scale),))
                    yield Letters(text, *spot, STRONG if isinstance(one.thing, ChangeArea) else every.opacity)
                    break

    def _spot(
        self, every: Asked, letters: int, across: float, screen: Screen, room: Room, clear: Sequence[QRectF],
        others: tuple[Occupied, ...],
    ) -> XY | None:  # fmt: skip
        """The first place in view that serves letters."""
        scale, wide, high = room.scale, across + BESIDE, HIGH + BESIDE
        places, tried = self._places(every, letters, across, screen, room), 0
        for number in places.in_view(screen, wide, high):
            x, y = float(places.x[number]), float(places.y[number])
            if not places.known[number]:
                tried += 1
                good = _is_good(every, letters, x, y, across, room)
                places.known[number] = GOOD if good else BAD
            px, py = screen.point_px(x, y)
            box, card = (_box(x, y, across, scale),), QRectF(px - wide, py - high, 2 * wide, 2 * high)
            if (
                places.known[number] == GOOD and all(other.free(box) for other in others)
                and not any(rect.intersects(card) for rect in clear)
            ):  # fmt: skip
                return x, y
            if tried == TRIED:
                break
        return None

    def _places(self, every: Asked, letters: int, across: float, screen: Screen, room: Room) -> Places:
        """The places of letters in all of their ground, or of a large one in what is around the view."""
        one = every.wanted[letters]
        if id(room) not in self._learned:
            while len(self._learned) >= ROOMS:
                del self._learned[next(iter(self._learned))]
            self._learned[id(room)] = room, {}
        learned = self._learned[id(room)][1]
        box = bounds = one.bounds
        if large := max(box[2] - box[0], box[3] - box[1]) > LARGE_PX * room.scale:
            box = _around_view(bounds, screen, BLOCK_PX * room.scale)
        above = every.above(letters, box)
        key = (one.thing, across, box, *above)
        if key not in learned:
            if len(learned) >= REMEMBERED:
                learned.clear()
            learned[key] = _lattice(one, above, box, room.scale, large)
        return learned[key]


def _is_good(every: Asked, letters: int, x: float, y: float, across: float, room: Room) -> bool:
    """Whether letters would lie within their ground, below no other, and clear of names and towns."""
    return (
        room.clear(x, y, across + 2, HIGH)
        and _within(every.wanted[letters].grounds, x, y, across, room.scale)
        and not _covered(every, letters, x, y, across * room.scale, HIGH * room.scale)
    )


def _around_view(bounds: Box, screen: Screen, block: float) -> Box:
    """The part of some bounds in map metres that lies in the blocks which a view touches."""
    west, south, east, north = screen.bounds
    return (
        max(bounds[0], math.floor(west / block) * block), max(bounds[1], math.floor(south / block) * block),
        min(bounds[2], math.ceil(east / block) * block), min(bounds[3], math.ceil(north / block) * block),
    )  # fmt: skip


def asked(made: Made, known: dict[object, Wanted]) -> Asked:
    """All letters of some layers, the lowest first: those of changes are placed first, then those that sources drew.

    known: those of things met before, as most are the same on the next day.
    """
    covering: list[Ground] = []
    parts: dict[str, list[tuple[Wanted, int]]] = {"change": [], "whole": [], "code": []}
    calm = False
    for thing in chain.from_iterable(made):
        if isinstance(thing, ControlArea):
            if thing.part == "whole" and class_of(thing.control).look not in OPEN:
                covering.append(thing.ground)
            if thing.code:
                one = known.get(thing) or known.setdefault(thing, _of_holder(thing))
                parts[thing.part].append((one, len(covering)))
        elif isinstance(thing, ChangeArea):
            covering.append(thing.ground)
            parts["change"].append((known.get(thing) or known.setdefault(thing, _of_change(thing)), len(covering)))
        else:
            calm = calm or isinstance(thing, Calm)
    every = [one for found in parts.values() for one in found]
    return Asked(
        made, tuple(one for one, _ in every), tuple(below for _, below in every), tuple(covering),
        PALE if calm else PLAIN,
    )  # fmt: skip


def _of_change(area: ChangeArea) -> Wanted:
    return Wanted(area, _words(area), (area.ground,), (area.ground.spot[:2],))


def _of_holder(area: ControlArea) -> Wanted:
    spots = (area.spot[:2],) if area.part == "whole" else tuple(ground.spot[:2] for ground in area.grounds)
    return Wanted(area, (_code(area),), area.grounds, spots)


def _words(area: ChangeArea) -> tuple[str, ...]:
    """Who lost and who gained it; or the latter alone, as its pattern tells of the other."""
    _, arrow, now = area.code.partition(ARROW)
    return (area.code, f"{arrow} {now.strip()}") if arrow else (area.code,)


def _code(area: ControlArea) -> str:
    """The code of who holds an area, with a question mark where that is in doubt."""
    return f"{area.code}?" if area.possible or class_of(area.control).look in DOUBTFUL else area.code


def _in_view(every: Asked, screen: Screen) -> list[int]:
    """The numbers of those whose grounds may have room for letters in a view, in their order; of many the largest."""
    if not every.wanted:
        return []
    west, south, east, north = every.boxes.T
    wide, high = (east - west) / screen.camera.scale, (north - south) / screen.camera.scale
    seen = touching(every.boxes, *screen.bounds) & (wide > 2 * HIGH) & (high > 2 * HIGH)
    found = np.flatnonzero(seen)
    if len(found) > MOST:
        size = (wide * high)[found]
        found = np.sort(found[np.argsort(-size, kind="stable")[:MOST]])
    numbers: list[int] = found.tolist()
    return numbers


def _corners(x: float, y: float, across: float, down: float) -> Points:
    """Points around a box."""
    sides = ((-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1))
    return np.array([(x + part * across, y + other * down) for part, other in sides])


def _within(grounds: Iterable[Ground], x: float, y: float, across: float, scale: float) -> bool:
    """Whether letters lie wholly in grounds that lie together; `across` in pixels of a scale."""
    points = _corners(x, y, (across + BESIDE) * scale, (HIGH + BESIDE / 2) * scale)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    held = np.zeros(len(points), dtype=bool)
    for ground in grounds:
        if ground.outline.touches(west, south, east, north):
            held |= inside_points(ground.outline.at(ground.outline.level(scale)), points)
            if held.all():
                return True
    return False


def _covered(every: Asked, letters: int, x: float, y: float, across: float, down: float) -> bool:
    """Whether any of a box around a point (map metres) lies in a ground above."""
    points = _corners(x, y, across, down)
    box = (x - across, y - down, x + across, y + down)
    return any(bool(inside_points(ground.outline.rings, points).any()) for ground in every.above(letters, box))


def _lattice(one: Wanted, above: Iterable[Ground], box: Box, scale: float, large: bool) -> Places:
    """First the spots that letters like best, then points in a box that lie far from the edge of their ground."""
    step = 2.0 ** math.floor(math.log2(SPACING * scale))
    columns = np.arange(math.ceil(box[0] / step) - DEEP, math.floor(box[2] / step) + DEEP + 1)
    rows = np.arange(math.ceil(box[1] / step) - DEEP, math.floor(box[3] / step) + DEEP + 1)
    x, y = (np.asarray(numbers * step, dtype=np.float64) for numbers in (columns, rows))
    held = _inside(one.grounds, x, y, scale) & ~_inside(above, x, y, scale)
    at = np.argwhere(held)
    coarse = np.minimum(_twos(columns)[at[:, 0]], _twos(rows)[at[:, 1]])
    order = at[np.lexsort((at[:, 1], at[:, 0], -coarse, -_depth(held)[held]))][: None if large else MOST_PLACES]
    best = np.array(one.spots).reshape(-1, 2)
    places = np.vstack((best, np.column_stack((x[order[:, 0]], y[order[:, 1]]))))
    return Places(places[:, 0].copy(), places[:, 1].copy(), np.zeros(len(places), dtype=np.int8), large)


def _box(x: float, y: float, across: float, scale: float) -> Box:
    """What letters around a point in map metres take, in pixels of a scale."""
    px, py, beside, above = x / scale, -y / scale, across + BESIDE, HIGH + BESIDE
    return px - beside, py - above, px + beside, py + above


def _inside(grounds: Iterable[Ground], x: Numbers, y: Numbers, scale: float) -> Bools:
    """Which points of a grid lie in any of some grounds, shape (len(x), len(y))."""
    held = np.zeros((len(x), len(y)), dtype=bool)
    for ground in grounds:
        west, south, east, north = ground.outline.box
        first, last = np.searchsorted(x, (west, east)).tolist()
        low, high = np.searchsorted(y, (south, north)).tolist()
        if first < last and low < high:
            rings = ground.outline.at(ground.outline.level(scale))
            held[first:last, low:high] |= inside_grid(rings, x[first:last], y[low:high])
    return held


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


def _same(one: Made, other: Made) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


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
        """Lay down the picture."""
        px, py = look.screen.point_px(letters.x, letters.y)

        def draw(inner: QPainter) -> None:
            inner.setOpacity(letters.opacity)
            paint_text(inner, letters.text, QPointF(0.0, BASE), "code", tokens, halo=HALO)
            inner.setOpacity(1.0)

        key = ("letters", tokens.theme, letters.text, letters.opacity)
        self.sprites.paint(
            painter, key, _half(letters, tokens), px, py, draw, None if look.vector else look.ratio
        )


def _half(letters: Letters, tokens: Tokens) -> tuple[float, float]:
    """Half the sides of the picture of letters."""
    across, down = text_box(letters.text, "code", tokens, HALO)
    return across, down + BASE
