"""The map as a picture: the one path from a state to pixels, for the window, exports and films alike.

What only the camera changes is kept as a picture and laid under the rest, so that scrubbing through time
paints marks only.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPaintEngine, QPainter, QPen

from viewer.domain.dates import words
from viewer.draw.labels import Placed, paint_placed, paint_text, place_labels
from viewer.draw.legend import LegendEntry
from viewer.draw.paint import Canvas, Surface, Target, counted, paint_layer
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Basemap
from viewer.geo.pick import boxes_at, inside, near_line
from viewer.layers import LAYERS
from viewer.layers.primitives import (
    GROUPS,
    ControlArea,
    Extent,
    Label,
    Layer,
    Line,
    LineLabel,
    Points,
    Primitive,
)
from viewer.session.camera import under
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet

LOG = logging.getLogger(__name__)
GROUND, AREAS, LINES, ROUGH, MARKS = (tuple(layer.id for layer in LAYERS if layer.group == name) for name in GROUPS)
SCALES = 24
"""How many scales the places of names are remembered for."""
_Shown = dict[str, tuple[Primitive, ...]]
_Made = tuple[tuple[Primitive, ...], ...]
PAN_PX = 220
"""How far beyond the picture the kept parts reach while the map is panned."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a painted picture shows, and what lies where in it (logical pixels)."""

    legend: tuple[LegendEntry, ...]
    targets: tuple[Target, ...]
    surfaces: tuple[Surface, ...]
    screen: Screen
    data: DataSet
    broken: tuple[str, ...] = ()
    """Layers that could not be drawn."""

    def pick(self, x: float, y: float, reach: float = 6) -> tuple[Ref, ...]:
        """The records of the topmost mark under a point, then of those below it; within `reach` if none is."""
        found = self._under(x, y, reach)
        return tuple(dict.fromkeys(ref for index in found for ref in self.targets[index].refs))

    def _under(self, x: float, y: float, reach: float) -> list[int]:
        boxes = [target.box for target in self.targets]
        return boxes_at(boxes, x, y, 0.0) or boxes_at(boxes, x, y, reach)[:1]

    def areas_at(self, x: float, y: float) -> tuple[Ref, ...]:
        """The records whose ring, area or line lies under a point, the topmost first."""
        return tuple(dict.fromkeys(ref for surface in self._surfaces_at(x, y) for ref in surface.refs))

    def describe(self, x: float, y: float) -> str:
        """One line for the pointer: the mark under it, else the areas, else ''."""
        if found := self._under(x, y, 4.0):
            target = self.targets[found[0]]
            return target.title or _incident_words(self.data, target.refs)
        return " \u00b7 ".join(surface.title for surface in self._surfaces_at(x, y)[:2])

    def _surfaces_at(self, x: float, y: float) -> list[Surface]:
        mx, my = under(self.screen.camera, x, y, self.screen.width, self.screen.height)
        reach = 5 * self.screen.camera.scale
        return [
            surface
            for surface in reversed(self.surfaces)
            if (
                any(near_line(part, mx, my, reach) for part in surface.rings)
                if surface.line
                else inside(surface.rings, mx, my)
            )
        ]


def _incident_words(data: DataSet, refs: tuple[Ref, ...]) -> str:
    """The title and date of one incident, or what a stack holds; texts are read when asked for."""
    keys = [ref.key for ref in refs if ref.kind == "event"]
    events = data.reader.where("event", "key", keys)
    if len(keys) == 1 and events:
        return f"{events[0].title}, {words(events[0].date)}"
    kinds = Counter(event.type for event in events)
    return f"{len(keys)} incidents: " + ", ".join(f"{n} {kind}" for kind, n in kinds.most_common(4))


@dataclass(frozen=True, eq=False)
class Kept:
    """A painted part of the map and the primitives in it, layer by layer."""

    key: Any
    image: QImage
    canvas: Canvas
    made: _Made


@dataclass(frozen=True, eq=False)
class Names:
    """Where names stand at one scale, and the primitives they were taken from."""

    made: _Made
    placed: tuple[Placed, ...]


def _same(one: _Made, other: _Made) -> bool:
    """Whether these are the very same primitives. Both are held, for the id of what is gone may be another's."""
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


class MapPicture:
    """Paints states of one data set, keeping between calls what did not change."""

    def __init__(self, data: DataSet, basemap: Basemap) -> None:
        self.data = data
        self.basemap = basemap
        self._primitives: dict[str, tuple[Any, tuple[Primitive, ...]]] = {}
        self._tokens: dict[str, Tokens] = {}
        self._placed: dict[Any, Names] = {}
        self._images: dict[tuple[str, ...], Kept] = {}
        self._sprites = Sprites()
        self._titles: dict[tuple[Ref, ...], str] = {}
        self._broken: set[str] = set()

    def tokens(self, theme: str) -> Tokens:
        """The colours of a theme with those of the data set's actors."""
        if theme not in self._tokens:
            self._tokens[theme] = tokens_for(theme, self.data.actors)
        return self._tokens[theme]

    def paint(
        self, painter: QPainter, state: State, width: int, height: int, clear: tuple[QRectF, ...] = ()
    ) -> Drawn:
        """The map of a state in the rectangle (0, 0, width, height) of logical pixels.

        clear: where cards will lie on the map, so that no name is cut by one.
        """
        screen, tokens = Screen(state.camera, max(1, width), max(1, height)), self.tokens(state.theme)
        shown = {layer.id: self._made(layer, state) for layer in LAYERS if layer.id in state.layers}
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.setClipRect(QRectF(0, 0, width, height))
        canvas = Canvas(painter, screen, tokens, state.selected, sprites=self._sprites)
        parts = [
            self._kept(layers, painter, state, screen, tokens, shown) for layers in (GROUND, AREAS, LINES)
        ]
        self._draw_names(canvas, state, shown, clear)
        parts.append(self._kept(ROUGH, painter, state, screen, tokens, shown))
        for name in MARKS:
            paint_layer(canvas, name, shown.get(name, ()))
        painter.restore()
        surfaces = [self._retitled(surface) for part in (*parts, canvas) for surface in part.surfaces]
        tally = counted(screen, (*parts, canvas))
        return Drawn(
            tally.entries(), tuple(canvas.targets), tuple(surfaces), screen, self.data, tuple(sorted(self._broken))
        )

    def _made(self, layer: Layer, state: State) -> tuple[Primitive, ...]:
        """A layer's primitives, made again only when a field it depends on has changed."""
        key = tuple(_field(state, name) for name in layer.depends)
        known = self._primitives.get(layer.id)
        if known is None or known[0] != key:
            try:
                made = layer.primitives(state, self.data, self.basemap)
                alike = known is not None and look_alike(known[1], made)
                self._titles.update((p.refs, p.title) for p in made if isinstance(p, ControlArea | Extent))
                known = (key, known[1] if known is not None and alike else made)
                self._broken.discard(layer.title)
            except Exception:
                LOG.exception("layer '%s' could not be made", layer.id)
                self._broken.add(layer.title)
                known = (key, ())
            self._primitives[layer.id] = known
        return known[1]

    def _retitled(self, surface: Surface) -> Surface:
        """A surface kept from another day with today's words."""
        title = self._titles.get(surface.refs, surface.title)
        return surface if title == surface.title else replace(surface, title=title)

    def _kept(
        self, layers: tuple[str, ...], painter: QPainter, state: State, screen: Screen, tokens: Tokens, shown: _Shown
    ) -> Canvas:
        """Some layers, from the kept image where nothing changed. Vector devices get vectors."""
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:
            return self._draw(layers, painter, state, screen, tokens, shown)
        ratio = float(painter.device().devicePixelRatioF())
        chosen = state.selected if layers != GROUND else None
        made = tuple(shown.get(layer, ()) for layer in layers)
        key = (ratio, state.theme, chosen, screen.camera.scale, screen.width, screen.height)
        kept = self._images.get(layers)
        alike = kept is not None and kept.key == key and _same(kept.made, made)
        if kept is None or not alike or not kept.canvas.screen.holds(screen):
            image, canvas = self._painted(layers, state, screen, ratio, tokens, shown, panned=alike)
            kept = self._images[layers] = Kept(key, image, canvas, made)
        if any(made) or layers == GROUND:
            left, top = kept.canvas.screen.offset_of(screen)
            painter.drawImage(QPointF(-round(left * ratio) / ratio, -round(top * ratio) / ratio), kept.image)
        return kept.canvas

    def _painted(
        self, layers: tuple[str, ...], state: State, screen: Screen, ratio: float, tokens: Tokens, shown: _Shown,
        panned: bool,
    ) -> tuple[QImage, Canvas]:  # fmt: skip
        """The layers as an image; while the map is panned with a margin, so that the next steps need none."""
        wide = screen.widened(PAN_PX) if panned else screen
        opaque = layers == GROUND
        image = QImage(
            max(1, round(wide.width * ratio)), max(1, round(wide.height * ratio)),
            QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied,
        )  # fmt: skip
        image.setDevicePixelRatio(ratio)
        if not opaque:
            image.fill(Qt.GlobalColor.transparent)
        inner = QPainter(image)
        inner.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        try:
            canvas = self._draw(layers, inner, state, wide, tokens, shown)
        finally:
            inner.end()
        return image, canvas

    def _draw(
        self, layers: tuple[str, ...], painter: QPainter, state: State, screen: Screen, tokens: Tokens, shown: _Shown
    ) -> Canvas:
        canvas = Canvas(painter, screen, tokens, state.selected)
        if layers == GROUND:
            self._lay_paper(painter, screen, tokens)
        for name in layers:
            paint_layer(canvas, name, shown.get(name, ()))
        return canvas

    def _lay_paper(self, painter: QPainter, screen: Screen, tokens: Tokens) -> None:
        """The sheet of the base map, and past its edge plain ground: land that is not drawn is not empty land."""
        whole = QRectF(0, 0, screen.width, screen.height)
        painter.fillRect(whole, tokens.colour("paper"))
        if self.basemap.sheet is None:
            return
        west, south, east, north = self.basemap.sheet
        (left, top), (right, bottom) = screen.point_px(west, north), screen.point_px(east, south)
        sheet = QRectF(left, top, right - left, bottom - top)
        if not sheet.contains(whole):
            painter.fillRect(whole, tokens.colour("beyond"))
            painter.fillRect(sheet, tokens.colour("paper"))
            painter.setPen(QPen(tokens.colour("graticule"), 1))
            painter.drawRect(sheet)

    def _draw_names(self, canvas: Canvas, state: State, shown: _Shown, clear: tuple[QRectF, ...]) -> None:
        """Names that lie wholly in the picture and under no card: a cut name reads as another one."""
        screen = canvas.screen
        for placed in self._names(state, canvas.tokens, shown):
            left, top, right, bottom = placed.box(screen)
            box = QRectF(left, top, right - left, bottom - top)
            whole = left >= 1 and top >= 1 and right <= screen.width - 1 and bottom <= screen.height - 1
            if whole and not any(box.intersects(card) for card in clear):
                paint_placed(canvas.painter, placed, screen, canvas.tokens, self._sprites)
                if placed.refs:
                    canvas.targets.append(Target((left, top, right, bottom), placed.refs, placed.block.lines[0][0]))
        for label in shown.get("graticule", ()):
            if isinstance(label, Label):
                _figure(canvas, label, clear)

    def _names(self, state: State, tokens: Tokens, shown: _Shown) -> tuple[Placed, ...]:
        """Where names stand at this scale; remembered for the scales used last."""
        made = tuple(shown.get(name, ()) for name in (*GROUND, *LINES) if name != "graticule")
        key = (state.camera.scale, "holders" in shown)
        names = self._placed.get(key)
        if names is None or not _same(names.made, made):
            if len(self._placed) >= SCALES:
                self._placed.clear()
            labels = [p for layer in made for p in layer if isinstance(p, Label | LineLabel)]
            marks = [(p.x, p.y) for p in labels if isinstance(p, Label) and p.refs] if "holders" in shown else []
            names = self._placed[key] = Names(made, place_labels(labels, state.camera.scale, tokens, marks))
        return names.placed


def look_alike(one: tuple[Primitive, ...], other: tuple[Primitive, ...]) -> bool:
    """Whether two days' primitives of a layer give the same picture, so that the first can be kept."""
    return len(one) == len(other) and all(_look(a) == _look(b) for a, b in zip(one, other, strict=True))


def _look(primitive: Primitive) -> Hashable:
    if isinstance(primitive, ControlArea):
        area = primitive
        return area.refs, area.actors, area.control, area.strength, area.possible, area.schematic, area.code
    if isinstance(primitive, Extent):
        return primitive.refs, primitive.actor, primitive.certain
    if isinstance(primitive, Line) and primitive.refs:
        return primitive.refs, primitive.style
    if isinstance(primitive, LineLabel):
        return primitive.text, primitive.arabic, primitive.style, _ends(primitive.points)
    return primitive if isinstance(primitive, Label) else id(primitive)


def _ends(points: Points) -> Hashable:
    return len(points), float(points[0, 0]), float(points[-1, 1])


def _field(state: State, name: str) -> Any:
    """The value of a dotted field."""
    value: Any = state
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _figure(canvas: Canvas, label: Label, clear: tuple[QRectF, ...]) -> None:
    """A degree figure at the lower (longitude) or right edge (latitude) of the picture, above any strip there."""
    screen = canvas.screen
    strips = [card.top() for card in clear if card.width() >= screen.width * 0.98]
    if not math.isnan(label.x):
        at = QPointF(screen.point_px(label.x, 0.0)[0], min([screen.height, *strips]) - 5.0)
    else:
        at = QPointF(screen.width - 22.0, screen.point_px(0.0, label.y)[1] + 3.0)
    box = QRectF(at.x() - 20, at.y() - 11, 40, 14)
    if 30 < at.x() < screen.width - 15 and 20 < at.y() <= screen.height and not any(box.intersects(c) for c in clear):
        paint_text(canvas.painter, label.text, at, "grid", canvas.tokens)
