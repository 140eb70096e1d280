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
from viewer.draw.legend import Tally
from viewer.draw.paint_control import AreaKind
from viewer.draw.paint_crowd import (
    AROUND,
    PILE,
    Shown,
    Views,
    legend_of,
    paint_chosen,
    paint_shown,
)
from viewer.draw.paint_extent import ExtentKind
from viewer.draw.paint_holder import HolderKind
from viewer.draw.screen import Screen, path_of
from viewer.draw.sprites import Sprites
from viewer.draw.steps import SMOOTH, Look, origin
from viewer.draw.symbols import RADIUS, incident_box, paint_incident
from viewer.draw.tokens import Tokens
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
    Title,
)
from viewer.session.crowds import Crowd
from viewer.session.state import Ref

LOG = logging.getLogger(__name__)
Box = tuple[float, float, float, float]
EDGE_PX = 16.0
"""Badges of places wider than the picture stand so far inside its edge."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be pointed at: its box in logical pixels, its records, and what hovering says."""

    box: Box
    refs: tuple[Ref, ...]
    title: Title = ""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """An area that can be pointed at; rings in map metres."""

    rings: tuple[Points, ...]
    refs: tuple[Ref, ...]
    title: Title
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
    views: Views = field(default_factory=Views)
    shown: list[Shown] = field(default_factory=list)
    """Crowds that were painted."""
    hasty: bool = False
    """Whether the picture is one of many in a movement: it may be coarser than one that rests."""
    slid: int = 0
    tallies: list[Callable[[Screen], Tally]] = field(default_factory=list)
    """What was counted elsewhere: the legend's numbers for a view."""
    counted: tuple[tuple[Screen, int], Tally] | None = None
    """The numbers of its notes for the view asked for last."""

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
    tally = Tally()
    for canvas in canvases:
        tally.merge(_counted(screen, canvas))
        for part in canvas.tallies:
            tally.merge(part(screen))
    return tally


def _counted(screen: Screen, canvas: Canvas) -> Tally:
    """The numbers of a canvas; those of a kept one are the same at the next step."""
    look = screen, len(canvas.notes)
    if canvas.counted is None or canvas.counted[0] != look:
        west, south, east, north = screen.bounds
        tally = Tally()
        for note in canvas.notes:
            if not note.boxes or any(
                box[0] <= east and box[2] >= west and box[1] <= north and box[3] >= south for box in note.boxes
            ):
                tally.add(note.layer, note.entry, note.number)
        canvas.counted = look, tally
    return canvas.counted[1]


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
    screen, kind = canvas.screen, AreaKind(sprites=canvas.sprites)
    left, top, right, bottom = kind.reach(area, screen, canvas.tokens)
    if right < 0 or bottom < 0 or left > screen.width or top > screen.height:
        return
    canvas.painter.setBrushOrigin(origin(screen, canvas.ratio))
    canvas.painter.setRenderHint(SMOOTH, not canvas.hasty)
    look = Look(screen, canvas.ratio, canvas.tokens.theme, canvas.hasty, not canvas.hasty)
    kind.paint(canvas.painter, area, look, canvas.tokens, canvas.has_selected(area.refs))
    for entry in area.entries:
        canvas.notes.append(Note(layer, entry, 1, area.ground.outline.boxes))
    canvas.surfaces.append(Surface(area.rings, area.refs, area.title))


def _extent(canvas: Canvas, layer: str, extent: Extent) -> None:
    screen, kind = canvas.screen, ExtentKind()
    if not kind.within(extent, screen):
        return
    look = Look(screen, canvas.ratio, canvas.tokens.theme, canvas.hasty, True)
    kind.paint(canvas.painter, extent, look, canvas.tokens, canvas.has_selected(extent.refs))
    for entry in extent.entries:
        canvas.note(layer, entry, extent.rings)
    canvas.surfaces.append(Surface(extent.rings, extent.refs, extent.title))


def _holder(canvas: Canvas, layer: str, mark: HolderMark) -> None:
    screen, kind = canvas.screen, HolderKind(canvas.sprites)
    if not kind.within(mark, screen):
        return
    look = Look(screen, canvas.ratio, canvas.tokens.theme, canvas.hasty, True)
    kind.paint(canvas.painter, mark, look, canvas.tokens, canvas.has_selected(mark.refs))
    for entry in mark.entries:
        canvas.notes.append(Note(layer, entry, 1, ()))
    canvas.targets.append(Target(kind.box(mark, screen), mark.refs, mark.title))


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


def _crowd(canvas: Canvas, layer: str, crowd: Crowd) -> None:
    symbols = canvas.views.symbols(layer, crowd, canvas.screen)
    if symbols is not None:
        paint_layer(canvas, layer, symbols.primitives)
        if symbols.left_out and crowd.drawn:
            canvas.notes.append(Note(layer, AROUND, symbols.left_out, ()))
        return
    if not crowd.drawn:
        return
    screen = canvas.screen
    shown = paint_shown(
        canvas.painter, crowd, screen, canvas.tokens, canvas.views, canvas.ratio, canvas.hasty
    )
    canvas.shown.append(shown)
    canvas.notes.extend(Note(layer, entry, number, ()) for entry, number in legend_of(shown, screen))
    if shown.piles:
        canvas.notes.append(Note(layer, PILE, len(shown.piles), ()))
    row = crowd.data.events.row_of.get(canvas.selected.key) if canvas.selected is not None else None
    if row is not None and crowd.holds(row):
        at = float(crowd.data.events.x[row]), float(crowd.data.events.y[row])
        paint_chosen(canvas.painter, screen.point_px(*at), canvas.tokens)


def _within(screen: Screen, px: float, py: float, margin: float) -> bool:
    return -margin <= px <= screen.width + margin and -margin <= py <= screen.height + margin


_PAINTERS: dict[type, Callable[[Canvas, str, Any], None]] = {
    Area: _area, Line: _line, Dots: _dots, ControlArea: _control, Extent: _extent, HolderMark: _holder,
    IncidentMark: _incident, Arrow: _arrow, Crowd: _crowd,
}  # fmt: skip
