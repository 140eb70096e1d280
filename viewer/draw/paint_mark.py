"""Incidents as pixels: pins, badges and stacks, each where it stands in a view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import compress
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.room import Cell, Occupied, cells_of
from viewer.draw.screen import Screen
from viewer.draw.sprites import Laid, Sprite, Sprites
from viewer.draw.steps import Box, Kind, Look, Target
from viewer.draw.symbols import (
    RADIUS,
    SIDES,
    disc_centre,
    disc_radius,
    incident_box,
    number_width,
    paint_incident,
    paint_leader,
)
from viewer.draw.tokens import Tokens
from viewer.draw.tongues import sides_of
from viewer.geo.outline import Boxes
from viewer.geo.pick import inside
from viewer.layers.primitives import Entries, IncidentMark, Points, Primitive
from viewer.session.camera import under
from viewer.session.state import Ref

EDGE_PX = 16.0
"""Badges of places wider than the picture stand so far inside its edge."""
MARGIN_PX = 30.0
"""How far outside the picture a pin may stand and still be seen in it."""
CLEAR_PX, MOST_TRIES = 20.0, 60
"""How far a badge that is brought into sight keeps from other discs, and at how many places that is tried."""
MOST_BOXES = 4_000
"""Of so many marks it is kept how large they are."""
MARK, PLACE = attrgetter("mark"), attrgetter("px", "py")
X, Y, PINNED, ASIDE, RINGS = map(attrgetter, ("x", "y", "pinned", "aside", "rings"))
HALO = 8.0
"""How far a selection reaches beyond a mark."""


XY = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A mark and where it stands in a view, in logical pixels; `Marked` has the very same one while it stays there.

    side: where its number stands, if it has one: one of SIDES; above: whether that has no room of its own.
    """

    mark: IncidentMark
    px: float
    py: float
    side: str = SIDES[0]
    above: bool = False

    @property
    def entries(self) -> Entries:
        """Those of the mark."""
        return self.mark.entries

    @property
    def refs(self) -> tuple[Ref, ...]:
        """Those of the mark."""
        return self.mark.refs


def standing(
    primitives: Iterable[Primitive], screen: Screen, tokens: Tokens, before: Sequence[Standing] = ()
) -> tuple[Standing, ...]:
    """The marks that stand in a view, the lowest first: those whose number has no room of its own lie on top.

    before: those of another day, which are the same where they stand as they did.
    """
    found = list(_in_places(primitives, screen, {one.mark: one for one in before}))
    numbered = [index for index, one in enumerate(found) if one.mark.look.amount and one.mark.members == 1]
    if not numbered:
        return tuple(found)
    widths = [number_width(found[index].mark.look.amount, tokens) for index in numbered]
    tailed, middles, boxes = _discs_of(list(map(MARK, found)), list(map(PLACE, found)))
    sides = sides_of(middles[numbered], widths, tailed[numbered], boxes, screen)
    crowded = []
    for index, (side, covered) in zip(numbered, sides, strict=True):
        if (found[index].side, found[index].above) != (side, covered):
            found[index] = replace(found[index], side=side, above=covered)
        if covered:
            crowded.append(index)
    above = [found[index] for index in crowded]
    for index in reversed(crowded):
        del found[index]
    return (*found, *above)


def _discs_of(marks: Sequence[IncidentMark], places: Sequence[XY]) -> tuple[NDArray[np.bool_], Points, Boxes]:
    """Which of some marks that stand in places have a tail, (n,); the middles of the discs of single ones, (n, 2), and
    the bounds of their discs, (n, 4), in logical pixels."""
    half = np.array([disc_radius(mark.members) for mark in marks])
    aside = np.array(list(map(ASIDE, marks))).reshape(-1, 2)
    away = aside.any(axis=1)
    tailed = np.fromiter(map(PINNED, marks), bool, len(marks)) & ~away
    middles = np.array(places).reshape(-1, 2) + aside
    middles[tailed] += disc_centre(True)
    x, y = middles.T
    y = y - np.where(tailed, half - RADIUS, 0.0)  # a stack stands on the same tail
    return tailed, middles, np.column_stack((x - half, y - half, x + half, y + half))


def _in_places(
    primitives: Iterable[Primitive], screen: Screen, before: Mapping[IncidentMark, Standing]
) -> Iterator[Standing]:
    """The marks that stand in a view; badges of rings that hold all of it stand side by side."""
    marks = [mark for mark in primitives if isinstance(mark, IncidentMark)]
    spots = list(_own_spots(marks, screen))
    taken: Points | None = None
    slid = 0
    for mark, own in zip(marks, spots, strict=True):
        spot = own
        if spot is None and mark.rings:
            if taken is None:
                seen = [known is not None for known in spots]
                taken = _discs_of(list(compress(marks, seen)), list(filter(None, spots)))[1]
            spot = _on_edge(mark, screen, taken)
            if spot is None and inside(mark.rings, screen.camera.x, screen.camera.y):
                slid += 1
                spot = screen.width / 2 + (slid // 2) * 40.0 * (-1) ** slid, EDGE_PX + RADIUS
            if spot is not None:
                taken = np.vstack((taken, _discs_of([mark], [spot])[1]))
        if spot is not None:
            known = before.get(mark)
            yield known if known is not None and (known.px, known.py) == spot else Standing(mark, *spot)


def _own_spots(marks: list[IncidentMark], screen: Screen) -> Iterator[XY | None]:
    """Where marks stand by themselves, each if that is in the picture; badges well within it."""
    px, py = screen.to_px(list(map(X, marks)), list(map(Y, marks)))
    aside = np.abs(np.array(list(map(ASIDE, marks))).reshape(-1, 2)).max(axis=1)
    margin = np.where(np.fromiter(map(bool, map(RINGS, marks)), bool, len(marks)), -EDGE_PX, MARGIN_PX + aside)
    seen = (-margin <= px) & (px <= screen.width + margin) & (-margin <= py) & (py <= screen.height + margin)
    return ((x, y) if own else None for x, y, own in zip(px.tolist(), py.tolist(), seen.tolist(), strict=True))


def _on_edge(mark: IncidentMark, screen: Screen, taken: NDArray[np.float64]) -> tuple[float, float] | None:
    """Where a badge whose ring crosses the picture stays in sight: high on the ring, and clear of other discs."""
    edge = np.vstack([screen.points_px(ring) for ring in mark.rings])
    seen = edge[
        (edge[:, 0] > EDGE_PX) & (edge[:, 0] < screen.width - EDGE_PX)
        & (edge[:, 1] > EDGE_PX) & (edge[:, 1] < screen.height - EDGE_PX)
    ]  # fmt: skip
    if not len(seen):
        held = inside(mark.rings, screen.camera.x, screen.camera.y)
        at = screen.point_px(mark.x, mark.y)
        return at if not held and _within(screen, *at, 10) else None
    down = seen[np.argsort(seen[:, 1], kind="stable")]
    tries = down[:: max(1, len(down) // MOST_TRIES)]
    others = taken - _to_disc(mark)
    clear = (at for at in tries if (np.hypot(*(others - at).T) >= CLEAR_PX).all())
    found = next(clear, down[0])
    return float(found[0]), float(found[1])


def _to_disc(mark: IncidentMark) -> tuple[float, float]:
    """From where a mark is to its disc, in pixels to the right and down."""
    return mark.aside if any(mark.aside) else disc_centre(mark.pinned)


def _within(screen: Screen, px: float, py: float, margin: float) -> bool:
    return -margin <= px <= screen.width + margin and -margin <= py <= screen.height + margin


@dataclass
class MarkKind(Kind[Standing]):
    """How marks are painted: one picture for each look."""

    sprites: Sprites = field(default_factory=Sprites)
    fleeting: bool = True

    def reach(self, thing: Standing, screen: Screen, tokens: Tokens) -> Box:
        """The picture, which is laid on whole pixels."""
        across, down = _half(thing, tokens)
        return thing.px - across - 1, thing.py - down - 1, thing.px + across + 1, thing.py + down + 1

    def within(self, thing: Standing, screen: Screen) -> bool:
        """Always: marks stand where they are seen."""
        return True

    def pointed(self, thing: Standing, screen: Screen, tokens: Tokens) -> tuple[Target]:
        """Its disc and tail."""
        left, top, right, bottom = incident_box(thing.mark, tokens, thing.side)
        return (Target((thing.px + left, thing.py + top, thing.px + right, thing.py + bottom), thing.refs),)

    def paint(self, painter: QPainter, thing: Standing, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Draw it, or lay down the picture of its look on a line to where it stands aside."""
        mark, px, py = thing.mark, thing.px, thing.py
        if any(mark.aside):
            painter.save()
            painter.translate(px, py)
            paint_leader(painter, mark, tokens)
            painter.restore()
            px, py = px + mark.aside[0], py + mark.aside[1]
            thing = replace(thing, mark=replace(mark, pinned=False, aside=(0.0, 0.0)))
        key, draw = self._sprite(thing, tokens, chosen)
        self.sprites.paint(painter, key, _half(thing, tokens), px, py, draw, None if look.vector else look.ratio)

    def laid(self, thing: Standing, look: Look, tokens: Tokens, chosen: bool) -> Laid | None:
        """The picture of its look, unless it stands aside: the line there is never the same as another."""
        if any(thing.mark.aside):
            return None
        key, draw = self._sprite(thing, tokens, chosen)
        return self.sprites.laid(key, _half(thing, tokens), thing.px, thing.py, draw, look.ratio)

    def _sprite(self, thing: Standing, tokens: Tokens, chosen: bool) -> Sprite:
        mark = thing.mark
        looks = mark.look if mark.members == 1 else mark.shares
        key = (tokens.theme, looks, mark.members, mark.pinned, chosen, thing.side)
        return key, lambda inner: paint_incident(inner, mark, tokens, chosen, thing.side)


def _half(thing: Standing, tokens: Tokens) -> tuple[float, float]:
    """Half the sides of a mark's picture."""
    left, top, right, bottom = incident_box(thing.mark, tokens, thing.side)
    return max(-left, right) + HALO, max(-top, bottom) + HALO


@dataclass
class Marked:
    """The marks that stand in a view, and what they take, for letters that give way to them; kept while they stay."""

    _standing: tuple[tuple[Primitive, ...], Screen | None, Tokens | None, tuple[Standing, ...]] = ((), None, None, ())
    _known: tuple[object, ...] = ()
    _taken: Occupied = field(default_factory=Occupied)
    _boxes: dict[tuple[IncidentMark, str], Box] = field(default_factory=dict)
    _places: tuple[tuple[Screen, float] | None, dict[Standing, tuple[Box, Sequence[Cell]]]] = field(
        default_factory=lambda: (None, {})
    )
    """What marks that stand in a view take, in pixels of a scale, and the cells that it touches."""

    def standing(self, primitives: tuple[Primitive, ...], screen: Screen, tokens: Tokens) -> tuple[Standing, ...]:
        """The marks of a layer where they stand in a view."""
        of, view, dress, found = self._standing
        if of is not primitives or view != screen or dress is not tokens:
            found = standing(primitives, screen, tokens, found)
            self._standing = primitives, screen, tokens, found
        return found

    def taken(
        self, primitives: tuple[Primitive, ...], screen: Screen, tokens: Tokens, scale: float
    ) -> Occupied:
        """Boxes in pixels of a scale, which is the view's or farther."""
        key = primitives, screen, scale
        if self._known != key:
            self._known, self._taken = key, Occupied()
            known = self._places[1] if self._places[0] == (screen, scale) else {}
            now = {
                thing: known.get(thing) or self._place(thing, screen, tokens, scale)
                for thing in self.standing(primitives, screen, tokens)
            }
            self._places = (screen, scale), now
            for box, cells in now.values():
                self._taken.add(box, cells)
        return self._taken

    def _place(self, thing: Standing, screen: Screen, tokens: Tokens, scale: float) -> tuple[Box, Sequence[Cell]]:
        if len(self._boxes) > MOST_BOXES:
            self._boxes.clear()
        x, y = under(screen.camera, thing.px, thing.py, screen.width, screen.height)
        box = self._boxes.get((thing.mark, thing.side))
        if box is None:
            box = self._boxes[thing.mark, thing.side] = incident_box(thing.mark, tokens, thing.side)
        left, top, right, bottom = box
        here = x / scale + left, -y / scale + top, x / scale + right, -y / scale + bottom
        return here, cells_of(*here)
