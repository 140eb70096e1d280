"""From primitives to pixels: one small function per kind, each telling what it drew and where."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPaintDevice, QPaintEngine, QPainter, QPen

from viewer.domain.frozen import dataclass
from viewer.draw.kinds import STEPPED, STEPPED_LAYERS, kinds_of, things_of
from viewer.draw.legend import Tally
from viewer.draw.looking import Looked, Views
from viewer.draw.paint_crowd import AROUND, PILE, Shown, legend_of, paint_chosen, paint_shown
from viewer.draw.paint_relief import paint_relief
from viewer.draw.rasters import Rasters
from viewer.draw.screen import Screen, Strips, path_of, strips_seen
from viewer.draw.site_signs import paint_site
from viewer.draw.sprites import Sprites
from viewer.draw.steps import Kind, Look, StepImage, Surface, Target, in_sight, origin, reached
from viewer.draw.tokens import Tokens
from viewer.geo.outline import Boxes, touching
from viewer.layers.primitives import Area, Dots, Entry, Line, Primitive, Shading, Signs
from viewer.session.crowds import Crowd
from viewer.session.state import Raster, Ref
from viewer.session.window import Rows, SmallRows

LOG = logging.getLogger(__name__)
HAIR = 1.2
"""A line hardly wider than a device pixel is as wide as one: Qt has a way of its own for those, ten times as fast."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a picture is made for: a view, `ratio` device pixels to a logical one, a look, and what is selected."""

    screen: Screen
    ratio: float
    tokens: Tokens
    selected: Ref | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the legend, and the bounds in map metres of what it stands for unless that is surely in the view."""

    layer: str
    entry: Entry
    number: int
    boxes: Boxes | None = None


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
    rasters: Rasters = field(default_factory=Rasters)
    shown: list[Shown] = field(default_factory=list)
    """Crowds that were painted."""
    left_out: tuple[SmallRows | Rows, ...] = ()
    """The rows of incidents that are not drawn though they are in view, in parts."""
    hasty: bool = False
    """Whether the picture is one of many in a movement: a crowd may be coarser than in one that rests."""
    image: QImage | None = None
    """The opaque image that the painter paints, where that may be written into."""
    counted: tuple[tuple[Screen, int], Tally] | None = None
    """The numbers of its notes for the view asked for last."""
    recorded_for: float | None = None
    """Device pixels in a logical one of the image for which the painter records a drawing, if it does."""
    lasting: bool = False
    """Whether it serves other scales, too: then pens have their width in device pixels."""

    def take(self, part: Canvas) -> None:
        """Add what was noted of another part of the same view."""
        self.notes += part.notes
        self.targets += part.targets
        self.surfaces += part.surfaces

    def leave_out(self, layer: str, rows: tuple[SmallRows | Rows, ...]) -> None:
        """Incidents of these rows are not drawn, for their places are too wide where so many are in view."""
        if number := sum(map(len, rows)):
            self.notes.append(Note(layer, AROUND, number))
            self.left_out += rows

    def note(self, layer: str, entry: Entry | None, boxes: Boxes) -> None:
        """Something with a line in the legend was drawn, within these bounds."""
        if entry is not None:
            self.notes.append(Note(layer, entry, 1, boxes))

    @property
    def ratio(self) -> float:
        """Device pixels in a logical one."""
        return self.recorded_for or float(self.painter.device().devicePixelRatioF())

    @property
    def makes_pixels(self) -> bool:
        """Whether pixels come of it, now or later, and not shapes."""
        return self.recorded_for is not None or self.painter.paintEngine().type() == QPaintEngine.Type.Raster

    def tally(self, screen: Screen) -> Tally:
        """The legend's numbers of its notes for a view; those of a kept canvas are the same at the next step."""
        look = screen, len(self.notes)
        if self.counted is None or self.counted[0] != look:
            tally = Tally()
            for note in self.notes:
                if note.boxes is None or touching(note.boxes, *screen.bounds).any():
                    tally.add(note.layer, note.entry, note.number)
            self.counted = look, tally
        return self.counted[1]


@dataclass(frozen=True, eq=False)
class StepPart:
    """A step image in a view: what of it is counted, and what can be pointed at once somebody does."""

    layer: str
    step: StepImage[Any]
    screen: Screen
    tokens: Tokens

    def tally(self, screen: Screen) -> Tally:
        """The legend's numbers for a view."""
        return self.step.tally(self.layer, screen)

    @property
    def targets(self) -> list[Target]:
        """Its marks."""
        return [met for met in self._met if isinstance(met, Target)]

    @property
    def surfaces(self) -> list[Surface]:
        """Its areas."""
        return [met for met in self._met if isinstance(met, Surface)]

    @cached_property
    def _met(self) -> list[Target | Surface]:
        return self.step.pointed(self.screen, self.tokens)


Part = Canvas | StepPart


def counted(screen: Screen, parts: Iterable[Part]) -> Tally:
    """The legend's numbers: what was drawn and lies in the picture, without the margin kept for panning."""
    tally = Tally()
    for part in parts:
        tally.merge(part.tally(screen))
    return tally


def smooth_painter(device: QPaintDevice) -> QPainter:
    """A painter for smooth shapes and letters."""
    painter = QPainter(device)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    return painter


def paint_shapes(canvas: Canvas, layer: str, shapes: Iterable[Primitive]) -> None:
    """Shapes of the base map, whatever scales they are for; what cannot be painted is logged and the rest goes on."""
    for shape in shapes:
        with guarded(canvas, layer, shape):
            _SHAPES[type(shape)](canvas, layer, shape)


def paint_layer(canvas: Canvas, layer: str, primitives: Sequence[Primitive]) -> None:
    """All of a layer but its crowd, straight onto the device; what cannot be painted is logged and the rest goes on."""
    for primitive in compress(primitives, map(_PAINTERS.__contains__, map(type, primitives))):  # most are names
        with guarded(canvas, layer, primitive):
            _PAINTERS[type(primitive)](canvas, layer, primitive)
    for name, kind in kinds_of(canvas.sprites).items() if layer in STEPPED_LAYERS else ():
        for thing in things_of(name, primitives, canvas.screen, canvas.tokens) if layer in STEPPED[name] else ():
            with guarded(canvas, layer, thing):
                _thing(kind, canvas, layer, thing)


@contextmanager
def guarded(canvas: Canvas, layer: str, thing: object) -> Iterator[None]:
    """What goes wrong inside is logged and the rest of the picture goes on, with the painter as it was."""
    canvas.painter.save()
    with logged(layer, thing):
        yield
    canvas.painter.restore()


@contextmanager
def logged(layer: str, thing: object) -> Iterator[None]:
    """What goes wrong inside is logged and the rest goes on."""
    try:
        yield
    except Exception:
        LOG.exception("layer '%s': a %s could not be painted", layer, type(thing).__name__)


def _area(canvas: Canvas, layer: str, area: Area) -> None:
    path = path_of(area.rings, canvas.screen, True, boxes=area.boxes)
    if path.isEmpty():
        return
    canvas.painter.fillPath(path, canvas.tokens.colour(area.style))
    if area.edge:
        canvas.painter.strokePath(path, _pen(canvas, canvas.tokens.colour(area.edge), 0.9))
    canvas.note(layer, area.entry, area.boxes)


def _line_at(canvas: Canvas, layer: str, line: Line) -> None:
    if line.shown_at(canvas.screen.camera.scale):
        _line(canvas, layer, line)


def _line(canvas: Canvas, layer: str, line: Line) -> None:
    found = strips_seen(line.parts, canvas.screen, boxes=line.boxes)
    if not len(found.points):
        return
    colour = canvas.tokens.actor_colour(line.actor) if line.actor else canvas.tokens.colour(line.style)
    _stroke(canvas, found, colour, line)
    canvas.note(layer, line.entry, line.boxes)
    if line.refs:
        canvas.surfaces.append(Surface(line.parts, line.refs, line.title, True))


def _stroke(canvas: Canvas, found: Strips, colour: QColor, line: Line) -> None:
    """One stroke over lines in pixels. A firm line of some width is stroked in pieces.

    Qt goes through a whole outline again for each band of the picture, so that a long one costs several times as much
    as its pieces. Lines thinner than a device pixel have a quick way of their own, dashes must not begin anew at each
    piece, what shines through must not overlap, and a drawing that is kept as vectors should have whole lines.
    """
    painter, screen, width = canvas.painter, canvas.screen, line.width
    raster = canvas.makes_pixels
    if raster and 1 < width * canvas.ratio < HAIR:
        width = 1 / canvas.ratio
    pen = _pen(canvas, colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if raster and not line.dash and colour.alpha() == 255 and width * canvas.ratio > 1:
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        painter.setPen(pen)
        pieces = found.cut(width * canvas.ratio).within(-width, -width, screen.width + width, screen.height + width)
        for piece in pieces.path().toSubpathPolygons():
            painter.drawPolyline(piece)
        return
    if line.dash:
        pen.setDashPattern([step / width for step in line.dash])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.strokePath(found.path(), pen)


def _pen(canvas: Canvas, colour: QColor, width: float) -> QPen:
    """A pen of a width in logical pixels of the view."""
    pen = QPen(colour, width * (canvas.ratio if canvas.lasting else 1.0))
    pen.setCosmetic(canvas.lasting)
    return pen


def _dots(canvas: Canvas, layer: str, dots: Dots) -> None:
    if canvas.screen.camera.scale > dots.max_scale:
        return
    x, y = canvas.screen.to_px(dots.x, dots.y)
    seen = (x > -9) & (y > -9) & (x < canvas.screen.width + 9) & (y < canvas.screen.height + 9)
    canvas.painter.setPen(QPen(canvas.tokens.colour("halo"), 1.0))
    canvas.painter.setBrush(canvas.tokens.colour(dots.style))
    for px, py in zip(x[seen].tolist(), y[seen].tolist(), strict=True):
        canvas.painter.drawEllipse(QPointF(px, py), dots.radius, dots.radius)


def _signs(canvas: Canvas, layer: str, signs: Signs) -> None:
    if canvas.screen.camera.scale > signs.max_scale:
        return
    x, y = canvas.screen.to_px(signs.x, signs.y)
    seen = (x > -9) & (y > -9) & (x < canvas.screen.width + 9) & (y < canvas.screen.height + 9)
    for px, py in zip(x[seen].tolist(), y[seen].tolist(), strict=True):
        paint_site(canvas.painter, signs.kind, px, py, canvas.tokens)
    if seen.any():
        canvas.note(layer, signs.entry, np.column_stack((signs.x, signs.y, signs.x, signs.y)))


def _shading(canvas: Canvas, layer: str, shading: Shading) -> None:
    if canvas.screen.camera.scale >= shading.min_scale:
        paint_relief(canvas.painter, shading.relief, canvas.screen, canvas.tokens)


def _raster(canvas: Canvas, layer: str, raster: Raster) -> None:
    canvas.rasters.paint(canvas.painter, canvas.screen, canvas.ratio, raster)


def _thing(kind: Kind[Any], canvas: Canvas, layer: str, thing: Any) -> None:
    """What is else painted into a step image."""
    screen, tokens = canvas.screen, canvas.tokens
    if not in_sight(reached(kind, (thing,), screen, tokens)).any():
        return
    canvas.painter.setBrushOrigin(origin(screen, canvas.ratio))
    chosen = canvas.selected is not None and canvas.selected in thing.refs
    look = Look(screen, canvas.ratio, tokens.theme, True, vector=True)
    kind.paint(canvas.painter, thing, look, tokens, chosen)
    if kind.within(thing, screen):
        canvas.notes += [Note(layer, entry, number) for entry, number in thing.entries]
    for met in kind.pointed(thing, screen, tokens):
        if isinstance(met, Target):
            canvas.targets.append(met)
        else:
            canvas.surfaces.append(met)


def paint_crowd(canvas: Canvas, layer: str, looked: Looked) -> None:
    """A crowd, its lines in the legend, and a ring around the selected incident."""
    screen, crowd = canvas.screen, looked.crowd
    shown = paint_shown(canvas.painter, looked, canvas.tokens, canvas.ratio, canvas.image)
    canvas.shown.append(shown)
    canvas.notes.extend(Note(layer, entry, number) for entry, number in legend_of(shown, screen))
    canvas.leave_out(layer, shown.left_out)
    if shown.piles:
        canvas.notes.append(Note(layer, PILE, len(shown.piles)))
    at = chosen_at(canvas, crowd)
    if at is not None:
        paint_chosen(canvas.painter, at, canvas.tokens)


def chosen_at(canvas: Canvas, crowd: Crowd) -> tuple[float, float] | None:
    """Where the selected incident stands in a view (logical pixels), if it is one of a crowd."""
    events = crowd.data.events
    row = events.row_of.get(canvas.selected.key) if canvas.selected is not None else None
    if row is None or not crowd.holds(row):
        return None
    return canvas.screen.point_px(float(events.x[row]), float(events.y[row]))


_SHAPES: dict[type, Callable[[Canvas, str, Any], None]] = {Area: _area, Line: _line}
_PAINTERS: dict[type, Callable[[Canvas, str, Any], None]] = {
    Area: _area, Line: _line_at, Dots: _dots, Signs: _signs, Shading: _shading, Raster: _raster,
}  # fmt: skip
