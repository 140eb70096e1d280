"""Incidents as pixels: pins, badges, stacks and the arrows of movements, each where it stands in a view."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from viewer.draw.arrows import BOW, HEAD, paint_arrow
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import NOWHERE, Box, Look, Target
from viewer.draw.symbols import RADIUS, incident_box, paint_incident
from viewer.draw.tokens import Tokens
from viewer.geo.pick import inside
from viewer.layers.primitives import Arrow, Entries, IncidentMark, Primitive
from viewer.session.state import Ref

EDGE_PX = 16.0
"""Badges of places wider than the picture stand so far inside its edge."""
HALO = 8.0
"""How far a selection reaches beyond a mark."""
SHAFT, SHAFT_HALO = 2.2, 4.6
"""Widths of an arrow and of the paper's colour around it."""
SHORTEST = 14.0
"""Arrows of fewer pixels are left out: their two ends are one place at this scale."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A mark and where it stands in a view, in logical pixels."""

    mark: IncidentMark
    px: float
    py: float

    @property
    def entries(self) -> Entries:
        """Those of the mark."""
        return self.mark.entries

    @property
    def refs(self) -> tuple[Ref, ...]:
        """Those of the mark."""
        return self.mark.refs


Thing = Standing | Arrow


def standing(primitives: Iterable[Primitive], screen: Screen) -> tuple[Thing, ...]:
    """The marks that stand in a view, and the arrows; badges of rings that hold all of it stand side by side."""
    return tuple(_stood(primitives, screen))


def _stood(primitives: Iterable[Primitive], screen: Screen) -> Iterator[Thing]:
    slid = 0
    for primitive in primitives:
        if isinstance(primitive, Arrow):
            yield primitive
        elif isinstance(primitive, IncidentMark):
            spot = _spot(primitive, screen)
            if spot is None and primitive.rings and inside(primitive.rings, screen.camera.x, screen.camera.y):
                slid += 1
                spot = screen.width / 2 + (slid // 2) * 40.0 * (-1) ** slid, EDGE_PX + RADIUS
            if spot is not None:
                yield Standing(primitive, *spot)


def _spot(mark: IncidentMark, screen: Screen) -> tuple[float, float] | None:
    """Where a mark stands in the picture; a badge whose ring crosses the picture stays in sight."""
    px, py = screen.point_px(mark.x, mark.y)
    if mark.pinned or not mark.rings:
        return (px, py) if _within(screen, px, py, 30) else None
    if _within(screen, px, py, -EDGE_PX):
        return px, py
    edge = np.vstack([screen.points_px(ring) for ring in mark.rings])
    seen = edge[
        (edge[:, 0] > EDGE_PX) & (edge[:, 0] < screen.width - EDGE_PX)
        & (edge[:, 1] > EDGE_PX) & (edge[:, 1] < screen.height - EDGE_PX)
    ]  # fmt: skip
    if len(seen):
        top = seen[int(np.argmin(seen[:, 1]))]
        return float(top[0]), float(top[1])
    held = inside(mark.rings, screen.camera.x, screen.camera.y)
    return (px, py) if not held and _within(screen, px, py, 10) else None


def _within(screen: Screen, px: float, py: float, margin: float) -> bool:
    return -margin <= px <= screen.width + margin and -margin <= py <= screen.height + margin


@dataclass
class MarkKind:
    """How marks and arrows are painted: one picture for each look of a mark."""

    sprites: Sprites = field(default_factory=Sprites)

    def reach(self, thing: Thing, screen: Screen, tokens: Tokens) -> Box:
        """The picture of a mark, which is laid on whole pixels; an arrow's bow and head."""
        if isinstance(thing, Arrow):
            return _around(thing, screen)
        across, down = _half(thing.mark, tokens)
        return thing.px - across - 1, thing.py - down - 1, thing.px + across + 1, thing.py + down + 1

    def vertices(self, thing: Thing, screen: Screen, ratio: float) -> int:
        """None: pictures are laid down whole."""
        return 0

    def within(self, thing: Thing, screen: Screen) -> bool:
        """Whether an arrow is long enough to be seen; marks stand where they are seen."""
        return isinstance(thing, Standing) or _around(thing, screen) is not NOWHERE

    def pointed(self, thing: Thing, screen: Screen, tokens: Tokens) -> Target | None:
        """The mark's disc and tail; arrows are pointed at by nobody."""
        if isinstance(thing, Arrow):
            return None
        left, top, right, bottom = incident_box(thing.mark, tokens)
        return Target((thing.px + left, thing.py + top, thing.px + right, thing.py + bottom), thing.refs)

    def paint(self, painter: QPainter, thing: Thing, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Lay down the picture of a mark's look, or draw an arrow."""
        if isinstance(thing, Arrow):
            _paint_arrow(painter, thing, look.screen, tokens, chosen)
            return
        mark = thing.mark
        looks = mark.look if mark.members == 1 else mark.shares
        key = (tokens.theme, looks, mark.members, mark.pinned, chosen)
        self.sprites.paint(
            painter, key, _half(mark, tokens), thing.px, thing.py,
            lambda inner: paint_incident(inner, mark, tokens, chosen), look.ratio,
        )  # fmt: skip


def _half(mark: IncidentMark, tokens: Tokens) -> tuple[float, float]:
    """Half the sides of a mark's picture."""
    left, top, right, bottom = incident_box(mark, tokens)
    return max(-left, right) + HALO, max(-top, bottom) + HALO


def _ends(arrow: Arrow, screen: Screen) -> tuple[tuple[float, float], tuple[float, float]]:
    return screen.point_px(arrow.x0, arrow.y0), screen.point_px(arrow.x1, arrow.y1)


def _around(arrow: Arrow, screen: Screen) -> Box:
    """The bounds of an arrow; NOWHERE when it is too short to be seen or out of sight."""
    (x0, y0), (x1, y1) = _ends(arrow, screen)
    length = math.hypot(x1 - x0, y1 - y0)
    more = length * BOW + HEAD + SHAFT_HALO
    left, top, right, bottom = min(x0, x1) - more, min(y0, y1) - more, max(x0, x1) + more, max(y0, y1) + more
    if length < SHORTEST or right < 0 or bottom < 0 or left > screen.width or top > screen.height:
        return NOWHERE
    return left, top, right, bottom


def _paint_arrow(painter: QPainter, arrow: Arrow, screen: Screen, tokens: Tokens, chosen: bool) -> None:
    start, end = (QPointF(*point) for point in _ends(arrow, screen))
    colour = tokens.actor_colour(arrow.actor, 0.45 if arrow.faint else 0.85)
    paint_arrow(painter, start, end, tokens.colour("halo", 0.6), SHAFT_HALO)
    paint_arrow(painter, start, end, tokens.colour("select") if chosen else colour, SHAFT, arrow.ghost)
