"""Extents of rough places as pixels: a dashed outline, or a tint along the border of a whole land."""

from __future__ import annotations

from dataclasses import field

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from viewer.domain.frozen import dataclass
from viewer.draw.screen import Screen, path_of
from viewer.draw.steps import Box, Kind, Look, Surface
from viewer.draw.tokens import Tokens, with_alpha
from viewer.geo.outline import Outline
from viewer.layers.primitives import Extent, Points

BAND_PX = 6.0
"""Width of the tint inside the border of a state or a whole region in which something happened somewhere."""
OUTSIDE = 4.0
"""How far an outline may reach beyond its ring."""
LINE = 1.3
"""Width of an outline. Lines of one device pixel have a way of their own through Qt, ten times as fast."""
DASH = (3.0, 2.6)
BROAD_DASH = (9.0, 5.0)
"""Of the line around a state or a whole region: without it the tint alone would be taken for a road."""
MOST = 2_000
"""Outlines kept."""
FILLED_PX = 800.0
"""A wider ring is not filled: it would tint all that is in view."""


@dataclass
class ExtentKind(Kind[Extent]):
    """How extents are painted; the bounds of each are worked out once, and in a view that stays their paths.

    Both are known by the ids of the rings, which `outlines` holds, for the id of what is gone may be another's.
    """

    outlines: dict[tuple[int, ...], tuple[tuple[Points, ...], Outline]] = field(default_factory=dict)
    paths: tuple[Screen | None, dict[tuple[int, ...], QPainterPath]] = field(default_factory=lambda: (None, {}))

    def outline(self, extent: Extent) -> Outline:
        """The rings with their bounds."""
        key = tuple(map(id, extent.rings))
        known = self.outlines.get(key)
        if known is None:
            if len(self.outlines) >= MOST:
                self.outlines.clear()
                self.paths = None, {}
            known = self.outlines[key] = extent.rings, Outline(extent.rings)
        return known[1]

    def path(self, extent: Extent, screen: Screen) -> QPainterPath:
        """What of the rings is seen in a view."""
        self.outline(extent)  # which holds them
        if self.paths[0] is not screen:
            self.paths = screen, {}
        key, paths = tuple(map(id, extent.rings)), self.paths[1]
        if key not in paths:
            paths[key] = path_of(extent.rings, screen, True, OUTSIDE)
        return paths[key]

    def reach(self, extent: Extent, screen: Screen, tokens: Tokens) -> Box:
        """Its bounds and half a line around them."""
        left, top, right, bottom = screen.box_px(self.outline(extent).box)
        return left - OUTSIDE, top - OUTSIDE, right + OUTSIDE, bottom + OUTSIDE

    def within(self, extent: Extent, screen: Screen) -> bool:
        """Whether any ring may be in the view."""
        return self.outline(extent).touches(*screen.bounds)

    def pointed(self, extent: Extent, screen: Screen, tokens: Tokens) -> tuple[Surface]:
        """All within it."""
        return (Surface(extent.rings, extent.refs, extent.title),)

    def paint(self, painter: QPainter, extent: Extent, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Paint the outline, or the tint along it."""
        path = self.path(extent, look.screen)
        if path.isEmpty():
            return
        colour = tokens.actor_colour(extent.actor) if extent.actor else tokens.colour("ink", 0.8)
        colour = tokens.colour("select") if chosen else colour
        if extent.broad:
            painter.save()
            painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
            painter.strokePath(path, QPen(with_alpha(colour, 0.9 if chosen else 0.12), BAND_PX))
            painter.restore()
            self._edge(painter, path, with_alpha(colour, 0.7), look, BROAD_DASH)
            return
        west, _, east, _ = self.outline(extent).box
        if (east - west) / look.screen.camera.scale < FILLED_PX:
            painter.fillPath(path, with_alpha(colour, 0.05))
        self._edge(painter, path, with_alpha(colour, 0.9 if extent.certain else 0.5), look, DASH)

    def _edge(
        self, painter: QPainter, path: QPainterPath, colour: QColor, look: Look, dash: tuple[float, float]
    ) -> None:
        hair = not look.vector and LINE * look.ratio < 1.5
        ink = with_alpha(colour, min(1.0, colour.alphaF() * LINE)) if hair else colour
        pen = QPen(ink, 1 / look.ratio if hair else LINE)
        pen.setDashPattern([part * LINE / pen.widthF() for part in dash])
        painter.strokePath(path, pen)
