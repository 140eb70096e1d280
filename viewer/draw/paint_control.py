"""Areas of control as pixels: filling and outline."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import field
from itertools import compress
from operator import attrgetter, is_
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTransform

from viewer.domain.control import class_of
from viewer.domain.frozen import dataclass
from viewer.draw.paint_shares import Shares
from viewer.draw.patterns import fill_brush, paint_siege, stroke_colour
from viewer.draw.screen import Screen, polygon
from viewer.draw.steps import NOWHERE, SMOOTH, Box, Kind, Look, Surface
from viewer.draw.tokens import Tokens
from viewer.draw.unlocked import Stroke
from viewer.geo.lettering import Ground
from viewer.geo.outline import Boxes, touching
from viewer.layers.primitives import ControlArea

LINE, HAIRLINE = 1.3, 1.0
"""Widths of an outline. Only lines of one device pixel have a way of their own through Qt, ten times as fast."""
DASH = (5.0, 3.5)
"""Of a schematic outline: so many times LINE drawn, and left out."""
RIM = ((14.0, 0.07), (8.0, 0.1))
"""Widths and opacities of the soft rim inside a schematic area."""
PART = attrgetter("part")
OUTSIDE = 4.0
"""How far an outline may reach beyond its ring."""


@dataclass
class Paths:
    """The outlines as Qt wants them, at the coarseness and in the view used last.

    They go with their grounds: derived ground has others on every day on which something changes. Threads may share
    it: what two put in is the same.
    """

    kept: MutableMapping[Ground, tuple[int | None, QPainterPath]] = field(default_factory=WeakKeyDictionary)
    seen: MutableMapping[Ground, tuple[Screen, float, QPainterPath]] = field(default_factory=WeakKeyDictionary)

    def on(self, ground: Ground, screen: Screen, ratio: float) -> QPainterPath:
        """The outline in logical pixels of a view whose device has `ratio` pixels to a logical one."""
        known = self.seen.get(ground)
        if known is None or known[0] is not screen or known[1] != ratio:
            known = self.seen[ground] = screen, ratio, self._mapped(ground, screen, ratio)
        return known[2]

    def _mapped(self, ground: Ground, screen: Screen, ratio: float) -> QPainterPath:
        level = ground.outline.level(screen.camera.scale / ratio)
        known = self.kept.get(ground)
        if known is None or known[0] != level:
            known = self.kept[ground] = level, _path(ground, level)
        west, _, _, north = ground.outline.box
        size = 1 / screen.camera.scale
        return QTransform(size, 0.0, 0.0, size, *screen.point_px(west, north)).map(known[1])


def _path(ground: Ground, level: int | None) -> QPainterPath:
    """The rings in map metres, eastward and southward from the corner of their box."""
    west, _, _, north = ground.outline.box
    path = QPainterPath()
    for ring in ground.outline.at(level):
        path.addPolygon(polygon((ring - (west, north)) * (1.0, -1.0)))
        if ground.outline.closed:
            path.closeSubpath()
    return path


@dataclass
class Bounds:
    """The bounds of outlines; those asked for last are kept, as each view asks for the same ones."""

    kept: tuple[Sequence[ControlArea], Boxes] = ((), np.empty((0, 4)))

    def of(self, areas: Sequence[ControlArea]) -> Boxes:
        """Those of some areas in map metres, shape (n, 4)."""
        known, boxes = self.kept
        if len(known) != len(areas) or not all(map(is_, known, areas)):
            boxes = np.array([area.ground.outline.box for area in areas], dtype=np.float64).reshape(-1, 4)
            self.kept = areas, boxes
        return boxes


@dataclass
class AreaKind(Kind[ControlArea]):
    """How areas are painted; what its images share is kept here."""

    paths: Paths = field(default_factory=Paths)
    shares: Shares = field(default_factory=Shares)
    bounds: Bounds = field(default_factory=Bounds)

    def reach(self, area: ControlArea, screen: Screen, tokens: Tokens) -> Box:
        """The outline; letters are no part of this image."""
        left, top, right, bottom = self.reaches((area,), screen, tokens)[0].tolist()
        return left, top, right, bottom

    def reaches(self, things: Sequence[ControlArea], screen: Screen, tokens: Tokens) -> Boxes:
        """The same of many, which a new view asks for."""
        west, south, east, north = self.bounds.of(things).T
        (left, right), (top, bottom) = screen.to_px((west, east), (north, south))
        boxes = np.column_stack((left - OUTSIDE, top - OUTSIDE, right + OUTSIDE, bottom + OUTSIDE))
        boxes[np.fromiter(map("code".__eq__, map(PART, things)), bool, len(things))] = NOWHERE
        return boxes

    def vertices(self, things: Sequence[ControlArea], screen: Screen, ratio: float) -> int:
        """Those of the outlines at this scale; shares are painted at once however many they are."""
        scale, outlines = screen.camera.scale / ratio, [area.ground.outline for area in _of_part("whole", things)]
        return sum(len(ring) for outline in outlines for ring in outline.at(outline.level(scale)))

    def within(self, area: ControlArea, screen: Screen) -> bool:
        """Whether any of its rings may be in the view."""
        return any(ground.outline.touches(*screen.bounds) for ground in area.grounds)

    def all_within(self, things: Sequence[ControlArea], screen: Screen) -> list[bool]:
        """The same of many: most have their box in the view, or out of it."""
        left, low, right, top = screen.bounds
        west, south, east, north = boxes = self.bounds.of(things).T
        near = touching(boxes.T, *screen.bounds)
        inside = near & (west >= left) & (east <= right) & (south >= low) & (north <= top)
        return [
            sure or (may and self.within(area, screen))
            for area, sure, may in zip(things, inside.tolist(), near.tolist(), strict=True)
        ]

    def pointed(self, area: ControlArea, screen: Screen, tokens: Tokens) -> tuple[Surface, ...]:
        """All within it; letters are not met."""
        return (Surface(area.rings, area.refs, area.title),) if area.refs else ()

    def paint_first(
        self, painter: QPainter, over: Stroke, things: Sequence[ControlArea], among: Sequence[ControlArea],
        look: Look, tokens: Tokens,
    ) -> Sequence[ControlArea]:  # fmt: skip
        """The ground of towns: it lies below all else."""
        shares = _of_part("fill", things)
        if not shares:
            return things
        self.shares.paint(painter, over, shares, _of_part("fill", among), look.screen, look.ratio, tokens)
        return _of_part("whole", things)

    def learn(self, things: Iterable[object]) -> None:
        """Know the outlines of the shares of towns."""
        self.shares.learn([one for one in things if isinstance(one, ControlArea) and one.part == "fill"])

    def paint(self, painter: QPainter, area: ControlArea, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Paint it with all details, or where there is much to paint, plainer."""
        if area.part == "fill":
            Shares().paint(painter, painter.strokePath, (area,), (), look.screen, look.ratio, tokens)
            return
        if area.part == "code":
            return
        path = self.paths.on(area.ground, look.screen, look.ratio)
        paint_area(painter, area, path, tokens, look.ratio, chosen, look.fine)


def _of_part(part: str, areas: Sequence[ControlArea]) -> list[ControlArea]:
    """Those of one part."""
    return list(compress(areas, map(part.__eq__, map(PART, areas))))


def paint_area(
    painter: QPainter, area: ControlArea, path: QPainterPath, tokens: Tokens, ratio: float, selected: bool = False,
    fine: bool = True,
) -> None:  # fmt: skip
    """Paint an area whose outline is `path`; the painter's brush origin is expected where `steps.origin` says.

    fine: not where there is much to paint. Then outlines are hairlines, which hide the edge of a filling that is not
    antialiased, and schematic areas have no rim.
    """
    firm = area.strength * (0.55 if area.possible else 1.0)
    dashed = area.schematic or not area.filled
    if area.filled:
        smooth = painter.testRenderHint(SMOOTH)
        painter.setRenderHint(SMOOTH, smooth and (fine or dashed))
        painter.fillPath(path, fill_brush(tokens, area.actors, area.control, firm, ratio))
        painter.setRenderHint(SMOOTH, smooth)
        if area.schematic and fine:
            _paint_rim(painter, path, area, tokens)
    if class_of(area.control).look == "siege" and not selected:
        paint_siege(painter.strokePath, path, tokens, firm)
    else:
        painter.strokePath(path, _pen(area, firm, dashed, tokens, ratio, selected, fine))




def _paint_rim(painter: QPainter, path: QPainterPath, area: ControlArea, tokens: Tokens) -> None:
    painter.save()
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    for width, alpha in RIM:
        painter.strokePath(path, QPen(tokens.actor_colour(_first(area), alpha), width))
    painter.restore()


def _pen(
    area: ControlArea, firm: float, dashed: bool, tokens: Tokens, ratio: float, selected: bool, fine: bool
) -> QPen:
    look = ("area pen", _first(area), firm, dashed, ratio, selected, fine)
    pen: QPen = tokens.memo.get(look) or tokens.memo.setdefault(look, _made_pen(*look[1:], tokens))
    return pen


def _made_pen(
    actor: str, firm: float, dashed: bool, ratio: float, selected: bool, fine: bool, tokens: Tokens
) -> QPen:
    if selected:
        return QPen(tokens.colour("select"), 2.6)
    colour = stroke_colour(tokens, actor)
    width = LINE if fine else HAIRLINE / ratio
    colour.setAlphaF(min(1.0, (0.35 + 0.5 * firm) * (1.0 if fine else LINE / HAIRLINE)))
    pen = QPen(colour, width)
    if dashed:
        pen.setDashPattern([part * (1.0 if fine else LINE / width) for part in DASH])
    return pen


def _first(area: ControlArea) -> str:
    return area.actors[0] if area.actors else ""
