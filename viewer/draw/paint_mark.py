"""Incidents as pixels: pins, badges and stacks, each where it stands in a view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

import numpy as np
from PySide6.QtGui import QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import Box, Kind, Look, Target
from viewer.draw.symbols import RADIUS, incident_box, paint_incident
from viewer.draw.tokens import Tokens
from viewer.geo.pick import inside
from viewer.layers.primitives import Entries, IncidentMark, Primitive
from viewer.session.state import Ref

EDGE_PX = 16.0
"""Badges of places wider than the picture stand so far inside its edge."""
MARGIN_PX = 30.0
"""How far outside the picture a pin may stand and still be seen in it."""
HALO = 8.0
"""How far a selection reaches beyond a mark."""


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


def standing(primitives: Iterable[Primitive], screen: Screen) -> Iterator[Standing]:
    """The marks that stand in a view; badges of rings that hold all of it stand side by side."""
    slid = 0
    for mark in primitives:
        if isinstance(mark, IncidentMark):
            spot = _spot(mark, screen)
            if spot is None and mark.rings and inside(mark.rings, screen.camera.x, screen.camera.y):
                slid += 1
                spot = screen.width / 2 + (slid // 2) * 40.0 * (-1) ** slid, EDGE_PX + RADIUS
            if spot is not None:
                yield Standing(mark, *spot)


def _spot(mark: IncidentMark, screen: Screen) -> tuple[float, float] | None:
    """Where a mark stands in the picture; a badge whose ring crosses the picture stays in sight."""
    px, py = screen.point_px(mark.x, mark.y)
    if mark.pinned or not mark.rings:
        return (px, py) if _within(screen, px, py, MARGIN_PX + max(map(abs, mark.aside))) else None
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
class MarkKind(Kind[Standing]):
    """How marks are painted: one picture for each look."""

    sprites: Sprites = field(default_factory=Sprites)

    def reach(self, thing: Standing, screen: Screen, tokens: Tokens) -> Box:
        """The picture, which is laid on whole pixels."""
        across, down = _half(thing.mark, tokens)
        return thing.px - across - 1, thing.py - down - 1, thing.px + across + 1, thing.py + down + 1

    def vertices(self, thing: Standing, screen: Screen, ratio: float) -> int:
        """None: pictures are laid down whole."""
        return 0

    def within(self, thing: Standing, screen: Screen) -> bool:
        """Always: marks stand where they are seen."""
        return True

    def pointed(self, thing: Standing, screen: Screen, tokens: Tokens) -> tuple[Target]:
        """Its disc and tail."""
        left, top, right, bottom = incident_box(thing.mark, tokens)
        return (Target((thing.px + left, thing.py + top, thing.px + right, thing.py + bottom), thing.refs),)

    def paint(self, painter: QPainter, thing: Standing, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Lay down the picture of its look."""
        mark = thing.mark
        looks = mark.look if mark.members == 1 else mark.shares
        key = (tokens.theme, looks, mark.members, mark.pinned, mark.aside, chosen)
        self.sprites.paint(
            painter, key, _half(mark, tokens), thing.px, thing.py,
            lambda inner: paint_incident(inner, mark, tokens, chosen), None if look.vector else look.ratio,
        )  # fmt: skip


def _half(mark: IncidentMark, tokens: Tokens) -> tuple[float, float]:
    """Half the sides of a mark's picture."""
    left, top, right, bottom = incident_box(mark, tokens)
    return max(-left, right) + HALO, max(-top, bottom) + HALO
