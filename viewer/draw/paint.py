"""From primitives to pixels: one small function per kind, each telling what it drew and where."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from viewer.draw.arrows import paint_arrow
from viewer.draw.labels import paint_text
from viewer.draw.legend import Tally
from viewer.draw.patterns import fill_brush
from viewer.draw.screen import Screen, path_of
from viewer.draw.sprites import Sprites
from viewer.draw.symbols import RADIUS, SQUARE, incident_box, paint_holder, paint_incident
from viewer.draw.tokens import Tokens, with_alpha
from viewer.geo.pick import inside
from viewer.layers.primitives import (
    Area,
    Arrow,
    ControlArea,
    Dots,
    Entry,
    Extent,
    HolderMark,
    IncidentMark,
    Line,
    Points,
    Primitive,
)
from viewer.session.state import Ref

LOG = logging.getLogger(__name__)
Box = tuple[float, float, float, float]
BAND_PX = 6.0
"""Width of the tint inside the border of a state or a whole region in which something happened somewhere."""
EDGE_PX = 16.0
"""Badges of places wider than the picture stand so far inside its edge."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be pointed at: its box in logical pixels, its records, and what hovering says."""

    box: Box
    refs: tuple[Ref, ...]
    title: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """An area that can be pointed at; rings in map metres."""

    rings: tuple[Points, ...]
    refs: tuple[Ref, ...]
    title: str
    line: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the legend and the bounds (west, south, east, north, map metres) of what it stands for."""

    layer: str
    entry: Entry
    number: int
    boxes: tuple[tuple[float, ...], ...]


@dataclass
class Canvas:
    """Where primitives are painted, and the notes taken on the way."""

    painter: QPainter
    screen: Screen
    tokens: Tokens
    selected: Ref | None = None
    notes: list[Note] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    surfaces: list[Surface] = field(default_factory=list)
    sprites: Sprites = field(default_factory=Sprites)
    slid: int = 0

    def note(self, layer: str, entry: Entry | None, rings: Iterable[Points], number: int = 1) -> None:
        """Something with a line in the legend was drawn, within the bounds of these vertices."""
        if entry is not None:
            boxes = [(*ring.min(axis=0).tolist(), *ring.max(axis=0).tolist()) for ring in rings if len(ring)]
            self.notes.append(Note(layer, entry, number, tuple(boxes)))

    @property
    def ratio(self) -> float:
        """Device pixels in a logical one."""
        return float(self.painter.device().devicePixelRatioF())

    def has_selected(self, refs: tuple[Ref, ...]) -> bool:
        """Whether the selected record is among these."""
        return self.selected is not None and self.selected in refs


def counted(screen: Screen, canvases: Iterable[Canvas]) -> Tally:
    """The legend's numbers: what was drawn and lies in the picture, without the margin kept for panning."""
    west, south, east, north = screen.bounds
    tally = Tally()
    for canvas in canvases:
        for note in canvas.notes:
            if not note.boxes or any(
                box[0] <= east and box[2] >= west and box[1] <= north and box[3] >= south for box in note.boxes
            ):
                tally.add(note.layer, note.entry, note.number)
    return tally


def paint_layer(canvas: Canvas, layer: str, primitives: Iterable[Primitive]) -> None:
    """All primitives of a layer; one that cannot be painted is logged and the rest goes on."""
    for primitive in primitives:
        paint = _PAINTERS.get(type(primitive))
        if paint is None:
            continue
        canvas.painter.save()
        try:
            paint(canvas, layer, primitive)
        except Exception:
            LOG.exception("layer '%s': a %s could not be painted", layer, type(primitive).__name__)
        canvas.painter.restore()


def _area(canvas: Canvas, layer: str, area: Area) -> None:
    path = path_of(area.rings, canvas.screen, True)
    if path.isEmpty():
        return
    canvas.painter.fillPath(path, canvas.tokens.colour(area.style))
    if area.edge:
        canvas.painter.strokePath(path, QPen(canvas.tokens.colour(area.edge), 0.9))
    canvas.note(layer, area.entry, area.rings)


def _line(canvas: Canvas, layer: str, line: Line) -> None:
    if canvas.screen.camera.scale > line.max_scale:
        return
    path = path_of(line.parts, canvas.screen, False)
    if path.isEmpty():
        return
    colour = canvas.tokens.actor_colour(line.actor) if line.actor else canvas.tokens.colour(line.style)
    pen = QPen(colour, line.width, j=Qt.PenJoinStyle.RoundJoin)
    if line.dash:
        pen.setDashPattern([step / line.width for step in line.dash])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    else:
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    canvas.painter.strokePath(path, pen)
    canvas.note(layer, line.entry, line.parts)
    if line.refs:
        canvas.surfaces.append(Surface(line.parts, line.refs, line.title, True))


def _dots(canvas: Canvas, layer: str, dots: Dots) -> None:
    if canvas.screen.camera.scale > dots.max_scale:
        return
    x, y = canvas.screen.to_px(dots.x, dots.y)
    seen = (x > -9) & (y > -9) & (x < canvas.screen.width + 9) & (y < canvas.screen.height + 9)
    canvas.painter.setPen(QPen(canvas.tokens.colour("halo"), 1.0))
    canvas.painter.setBrush(canvas.tokens.colour(dots.style))
    for px, py in zip(x[seen].tolist(), y[seen].tolist(), strict=True):
        canvas.painter.drawEllipse(QPointF(px, py), dots.radius, dots.radius)


def _control(canvas: Canvas, layer: str, area: ControlArea) -> None:
    path = path_of(area.rings, canvas.screen, True, 40)
    if path.isEmpty():
        return
    painter, tokens = canvas.painter, canvas.tokens
    firm = area.strength * (0.55 if area.possible else 1.0)
    if area.filled:
        painter.setBrushOrigin(_origin(canvas.screen))
        painter.fillPath(path, fill_brush(tokens, area.actors, area.control, firm, canvas.ratio))
    colour = tokens.actor_colour(area.actors[0] if area.actors else "")
    if area.filled and area.schematic:
        painter.save()
        painter.setClipPath(path)
        for width, alpha in ((14.0, 0.07), (8.0, 0.1)):
            painter.strokePath(path, QPen(tokens.actor_colour(area.actors[0] if area.actors else "", alpha), width))
        painter.restore()
    colour.setAlphaF(0.35 + 0.5 * firm)
    pen = QPen(colour, 1.3)
    if area.schematic or not area.filled:
        pen.setDashPattern([5.0, 3.5])
    if canvas.has_selected(area.refs):
        pen = QPen(tokens.colour("select"), 2.6)
    painter.strokePath(path, pen)
    _code(canvas, area)
    for entry in area.entries:
        canvas.note(layer, entry, area.rings)
    canvas.surfaces.append(Surface(area.rings, area.refs, area.title))


def _origin(screen: Screen) -> QPointF:
    """A point fixed on the map, so that patterns do not swim while panning."""
    x, y = screen.point_px(0.0, 0.0)
    return QPointF(round(x) % 60, round(y) % 60)


def _code(canvas: Canvas, area: ControlArea) -> None:
    """The letter code inside, where there is room for it."""
    if area.room / canvas.screen.camera.scale < 16.0 * len(area.code) + 12:
        return
    if not area.code:
        return
    px, py = canvas.screen.point_px(*area.centre)
    text = f"{area.code}?" if area.possible or area.control in ("disputed", "hidden") else area.code
    canvas.painter.setOpacity(0.6)
    paint_text(canvas.painter, text, QPointF(px, py + 5), "code", canvas.tokens, halo=3.0)


def _extent(canvas: Canvas, layer: str, extent: Extent) -> None:
    path = path_of(extent.rings, canvas.screen, True, 4)
    if path.isEmpty():
        return
    chosen, firm = canvas.has_selected(extent.refs), 0.9 if extent.certain else 0.5
    colour = canvas.tokens.actor_colour(extent.actor) if extent.actor else canvas.tokens.colour("ink", 0.8)
    colour = canvas.tokens.colour("select") if chosen else colour
    if extent.broad:
        canvas.painter.setClipPath(path)
        canvas.painter.strokePath(path, QPen(with_alpha(colour, 0.9 if chosen else 0.15), BAND_PX))
    else:
        if path.boundingRect().width() < canvas.screen.width * 0.6:
            canvas.painter.fillPath(path, with_alpha(colour, 0.05))
        pen = QPen(with_alpha(colour, firm), 1.3)
        pen.setDashPattern([3.0, 2.6])
        canvas.painter.strokePath(path, pen)
    for entry in extent.entries:
        canvas.note(layer, entry, extent.rings)
    canvas.surfaces.append(Surface(extent.rings, extent.refs, extent.title))


def _holder(canvas: Canvas, layer: str, mark: HolderMark) -> None:
    px, py = canvas.screen.point_px(mark.x, mark.y)
    half = SQUARE + 1.5
    if not _within(canvas.screen, px, py, half):
        return
    chosen = canvas.has_selected(mark.refs)
    key = (canvas.tokens.theme, mark.actors, mark.control, mark.strength, mark.possible, mark.besieged, chosen)
    canvas.sprites.paint(
        canvas.painter, key, (12, 12), px, py, lambda painter: paint_holder(painter, mark, canvas.tokens, chosen)
    )
    for entry in mark.entries:
        canvas.notes.append(Note(layer, entry, 1, ()))
    canvas.targets.append(Target((px - half, py - half, px + half, py + half), mark.refs, mark.title))


def _incident(canvas: Canvas, layer: str, mark: IncidentMark) -> None:
    spot = _spot(canvas, mark)
    if spot is None:
        return
    px, py = spot
    left, top, right, bottom = incident_box(mark, canvas.tokens)
    chosen = canvas.has_selected(mark.refs)
    looks = mark.look if mark.members == 1 else mark.shares
    key = (canvas.tokens.theme, looks, mark.members, mark.pinned, chosen)
    canvas.sprites.paint(
        canvas.painter, key, (max(-left, right) + 8, max(-top, bottom) + 8), px, py,
        lambda painter: paint_incident(painter, mark, canvas.tokens, chosen),
    )
    for entry, number in mark.entries:
        canvas.notes.append(Note(layer, entry, number, ()))
    canvas.targets.append(Target((px + left, py + top, px + right, py + bottom), mark.refs))


def _spot(canvas: Canvas, mark: IncidentMark) -> tuple[float, float] | None:
    """Where a mark stands in the picture; a badge whose ring crosses or holds the picture stays in sight."""
    screen = canvas.screen
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
    if inside(mark.rings, screen.camera.x, screen.camera.y):
        canvas.slid += 1
        return screen.width / 2 + (canvas.slid // 2) * 40.0 * (-1) ** canvas.slid, EDGE_PX + RADIUS
    return (px, py) if _within(screen, px, py, 10) else None


def _arrow(canvas: Canvas, layer: str, arrow: Arrow) -> None:
    ends = np.array([[arrow.x0, arrow.y0], [arrow.x1, arrow.y1]])
    if not canvas.screen.sees(ends, 60):
        return
    (x0, y0), (x1, y1) = canvas.screen.points_px(ends).tolist()
    if math.hypot(x1 - x0, y1 - y0) < 14:
        return
    colour = canvas.tokens.actor_colour(arrow.actor, 0.45 if arrow.faint else 0.85)
    if canvas.has_selected(arrow.refs):
        colour = canvas.tokens.colour("select")
    paint_arrow(canvas.painter, QPointF(x0, y0), QPointF(x1, y1), canvas.tokens.colour("halo", 0.6), 4.6)
    paint_arrow(canvas.painter, QPointF(x0, y0), QPointF(x1, y1), colour, 2.2, arrow.ghost)
    canvas.notes.append(Note(layer, arrow.entry, 1, ()))


def _within(screen: Screen, px: float, py: float, margin: float) -> bool:
    return -margin <= px <= screen.width + margin and -margin <= py <= screen.height + margin


_PAINTERS: dict[type, Callable[[Canvas, str, Any], None]] = {
    Area: _area, Line: _line, Dots: _dots, ControlArea: _control, Extent: _extent, HolderMark: _holder,
    IncidentMark: _incident, Arrow: _arrow,
}  # fmt: skip
