"""All that lies under the incidents, as one image of which a step of time paints only what it changed.

Ground and lines follow from the camera alone and are kept; areas, towns' holders and rings are step images. A view that
stands still is composed once, and then only where a step image is dirty.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QRegion

from viewer.draw.kept import Kept
from viewer.draw.paint import Canvas, Surface, Target
from viewer.draw.paint_control import AreaKind
from viewer.draw.paint_extent import ExtentKind
from viewer.draw.paint_holder import HolderKind
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import Kind, StepImage, step_image
from viewer.layers.primitives import ControlArea, Extent, HolderMark, Primitive
from viewer.session.state import State

STEPPED = ("control", "holders", "rings")
"""The layers that are step images, the lowest first."""
PAN_PX = 220
"""How far beyond the picture what is kept reaches while the map is panned."""
_Steps = tuple[StepImage[Any], ...]


@dataclass(frozen=True, eq=False)
class Named:
    """The names of a view as an image, and what of them can be pointed at."""

    key: Hashable
    image: QImage
    targets: tuple[Target, ...]


@dataclass(frozen=True, eq=False)
class Base:
    """A composed view: `key` and `parts` are what it follows from beside the step images in it."""

    key: Hashable
    parts: tuple[object, ...]
    steps: _Steps
    image: QImage


class Underlay:
    """Keeps the step images and the last composed view."""

    def __init__(self, sprites: Sprites) -> None:
        self._kinds: dict[str, Kind[Any]] = {
            "control": AreaKind(sprites=sprites), "holders": HolderKind(sprites), "rings": ExtentKind(),
        }  # fmt: skip
        self._steps: dict[str, StepImage[Any]] = {}
        self._canvases: dict[str, tuple[StepImage[Any], Screen, Canvas]] = {}
        self._named: Named | None = None
        self._base: Base | None = None

    def lay(
        self, canvas: Canvas, state: State, shown: dict[str, tuple[Primitive, ...]], ground: Kept, lines: Kept,
        named: Named,
    ) -> list[Canvas]:  # fmt: skip
        """Lay the view down; the canvases of the step images in it, the lowest first."""
        screen, ratio = canvas.screen, canvas.ratio
        before = tuple(self._steps.get(layer) for layer in STEPPED)
        steps = tuple(self._step(layer, shown.get(layer, ()), canvas, state) for layer in STEPPED)
        key, parts, base = (screen, ratio, state.theme), (ground, lines, named), self._base
        fits = base is not None and base.key == key and all(a is b for a, b in zip(base.parts, parts, strict=True))
        if base is None or not fits or any(a is not b for a, b in zip(base.steps, before, strict=True)):
            image = base.image if base is not None else QImage()
            base = Base(key, parts, steps, _sized(image, screen, ratio))
            _compose(base, ground, lines, named, (base.image.rect(),), screen, ratio)
        else:
            base = Base(key, parts, steps, base.image)
            changed = [one for one, old in zip(steps, before, strict=True) if one is not old]
            if dirty := _dirty(changed, screen, ratio):
                _compose(base, ground, lines, named, dirty, screen, ratio)
        self._base = base
        canvas.painter.drawImage(QPointF(0, 0), base.image)
        return [self._canvas_of(layer, step, canvas) for layer, step in zip(STEPPED, steps, strict=True)]

    def lay_holders(self, canvas: Canvas) -> None:
        """Lay the towns' holders once more, above density."""
        step = self._steps["holders"]
        lay(canvas.painter, step.image, step.look.screen, canvas.screen, canvas.ratio)

    def named(self, key: Hashable, canvas: Canvas, draw: Callable[[Canvas], None]) -> Named:
        """The names of a view as an image, painted by `draw` when the key is another one."""
        if self._named is None or self._named.key != key:
            image = _sized(QImage(), canvas.screen, canvas.ratio, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            try:
                inner = Canvas(painter, canvas.screen, canvas.tokens, sprites=canvas.sprites)
                draw(inner)
            finally:
                painter.end()
            self._named = Named(key, image, tuple(inner.targets))
        return self._named

    def _step(
        self, layer: str, primitives: tuple[Primitive, ...], canvas: Canvas, state: State
    ) -> StepImage[Any]:
        things = tuple(p for p in primitives if isinstance(p, ControlArea | HolderMark | Extent))
        before, view = self._steps.get(layer), canvas.screen
        if before is not None and before.look.screen.camera.scale == view.camera.scale:
            view = before.look.screen if before.look.screen.holds(view) else view.widened(PAN_PX)
        made = step_image(
            self._kinds[layer], things, view, canvas.ratio, canvas.tokens, state.selected, before=before
        )
        if before is not None and not made.dirty and made.things == before.things:
            return before
        self._steps[layer] = made
        return made

    def _canvas_of(self, layer: str, step: StepImage[Any], onto: Canvas) -> Canvas:
        """What of a step image is counted and can be pointed at in a view."""
        known = self._canvases.get(layer)
        if known is None or known[0] is not step or known[1] != onto.screen:
            canvas = Canvas(QPainter(), onto.screen, onto.tokens, tallies=[partial(step.tally, layer)])
            kind = self._kinds[layer]
            if isinstance(kind, HolderKind):
                seen = (mark for mark in step.shown if kind.within(mark, onto.screen))
                canvas.targets = [Target(kind.box(mark, onto.screen), mark.refs, mark.title) for mark in seen]
            else:
                canvas.surfaces = [Surface(thing.rings, thing.refs, thing.title) for thing in step.shown]
            known = self._canvases[layer] = (step, onto.screen, canvas)
        return known[2]


def lay(painter: QPainter, image: QImage, of: Screen, screen: Screen, ratio: float) -> None:
    """Lay an image of one view where it belongs in another of the same scale, on whole pixels."""
    left, top = of.offset_of(screen)
    painter.drawImage(QPointF(-round(left * ratio) / ratio, -round(top * ratio) / ratio), image)


def _compose(
    base: Base, ground: Kept, lines: Kept, named: Named, dirty: tuple[QRect, ...], screen: Screen, ratio: float
) -> None:
    """Lay all images over each other where the view is dirty (device pixels)."""
    areas, holders, rings = base.steps
    painter = QPainter(base.image)
    region = QRegion()
    for place in dirty:
        region += QRect(place.topLeft() / ratio, place.size() / ratio).adjusted(-1, -1, 1, 1)
    painter.setClipRegion(region)
    try:
        lay(painter, ground.image, ground.canvas.screen, screen, ratio)
        lay(painter, areas.image, areas.look.screen, screen, ratio)
        lay(painter, lines.image, lines.canvas.screen, screen, ratio)
        painter.drawImage(QPointF(0, 0), named.image)
        lay(painter, holders.image, holders.look.screen, screen, ratio)
        lay(painter, rings.image, rings.look.screen, screen, ratio)
    finally:
        painter.end()


def _dirty(steps: list[StepImage[Any]], screen: Screen, ratio: float) -> tuple[QRect, ...]:
    """What of a view was painted anew in these images (device pixels)."""
    whole = QRect(0, 0, round(screen.width * ratio), round(screen.height * ratio))
    found = []
    for step in steps:
        left, top = step.look.screen.offset_of(screen)
        moved = (place.translated(-round(left * ratio), -round(top * ratio)) for place in step.dirty)
        found += [place.intersected(whole) for place in moved if place.intersects(whole)]
    return tuple(found)


def _sized(
    image: QImage, screen: Screen, ratio: float, pixels: QImage.Format = QImage.Format.Format_RGB32
) -> QImage:
    """The image, or a new one if it has not the size of a view."""
    size = max(1, round(screen.width * ratio)), max(1, round(screen.height * ratio))
    if (image.width(), image.height()) != size:
        image = QImage(*size, pixels)
    image.setDevicePixelRatio(ratio)
    return image
