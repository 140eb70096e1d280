"""Shapes of the base map, recorded once and played at every view near by: a new view need not make them again.

They are made in the pixels of the next finer power of two, counted from fixed points of the map: so they have the same
vertices in whatever view they were recorded, and pens keep their width.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field
from itertools import compress, groupby
from operator import is_
from typing import NamedTuple, Protocol

from PySide6.QtGui import QPainter, QPicture, QTransform

from viewer.domain.frozen import dataclass
from viewer.draw.made_layers import CAMERA_LAYERS
from viewer.draw.paint import Canvas, paint_shapes, smooth_painter
from viewer.draw.screen import CLOSE, Screen, pixels_onto
from viewer.draw.tokens import Tokens
from viewer.draw.unlocked import Drawing
from viewer.layers.primitives import Area, Label, Line, LineLabel, Primitive
from viewer.session.state import Camera

BEYOND = 0.5
"""So much of a view is recorded on each of its sides."""
STEP = 500 * CLOSE
"""Pixels are counted from multiples of this: then vertices that are left out are the same in each of them."""
PAINTED = frozenset((Area, Line))
SHAPES = PAINTED | {Label, LineLabel}
MOST = 8
"""So many drawings are kept: a hand that zooms comes back to a scale."""
_Shown = Mapping[str, tuple[Primitive, ...]]


class Run(NamedTuple):
    """Layers that follow each other and are painted alike; shapes: those of each if all of them last, else None."""

    layers: tuple[str, ...]
    shapes: tuple[tuple[Primitive, ...], ...] | None

    def has_shapes_of(self, other: Run) -> bool:
        """Whether these are the very same shapes of as many layers."""
        mine, others = self.shapes or (), other.shapes or ()
        return all(len(a) == len(b) and all(map(is_, a, b)) for a, b in zip(mine, others, strict=True))


class Draw(Protocol):
    """Paints layers of a view, now or for a drawing that is recorded for so many device pixels in a logical one."""

    def __call__(self, layers: tuple[str, ...], painter: QPainter, *, recorded_for: float | None = None) -> Canvas: ...


@dataclass(frozen=True, eq=False)
class Lasting:
    """Shapes that were recorded, in the pixels of `screen`, for so many device pixels in a logical one and a theme."""

    run: Run
    look: tuple[float, str]
    screen: Screen
    canvas: Canvas
    drawing: QPicture

    def serves(self, run: Run, look: tuple[float, str], view: Screen) -> bool:
        """Whether it shows just these shapes, and all of a view that is given in pixels of its level."""
        alike = (self.run.layers, self.look, self.screen.camera.scale) == (run.layers, look, view.camera.scale)
        return alike and self.screen.holds(view) and self.run.has_shapes_of(run)


@dataclass
class LastingShapes:
    """The drawings used last."""

    kept: list[Lasting] = field(default_factory=list)

    def of(self, run: Run, view: Screen, ratio: float, tokens: Tokens) -> Lasting:
        """A drawing for a view, recorded now if none of them serves."""
        level, look = _levelled(view), (ratio, tokens.theme)
        found = next((one for one in self.kept if one.serves(run, look, level)), None)
        if found is None:
            drawing, region = QPicture(), _region(level, BEYOND)
            painter = smooth_painter(drawing)
            try:
                found = Lasting(run, look, region, _painted(painter, run, region, ratio, tokens), drawing)
            finally:
                painter.end()
        self.kept = [*(one for one in self.kept if one is not found), found][-MOST:]
        return found


def runs_of(layers: tuple[str, ...], shown: _Shown, scale: float) -> list[Run]:
    """Layers of a view of so many map metres in a logical pixel, the lowest first."""
    made = {name: shown.get(name, ()) for name in layers}
    lasting = {name: name not in CAMERA_LAYERS and _are_shapes(made[name]) for name in layers}
    runs = []
    for last, some in groupby(layers, lasting.__getitem__):
        names = tuple(some)
        runs.append(Run(names, tuple(_at(made[name], scale) for name in names) if last else None))
    return runs


def lay_runs(
    canvas: Canvas, runs: list[Run], draw: Draw, ratio: float, lasting: LastingShapes | None
) -> list[Drawing]:
    """Paint layers onto a view, or from the first that lasts on have them recorded; what is to be laid on it yet.

    lasting: the drawings that are kept; None when all is to be painted at once.
    """
    drawings: list[Drawing] = []
    for run in runs:
        if lasting is None or (run.shapes is None and not drawings):
            part = draw(run.layers, canvas.painter) if run.shapes is None else _straight(canvas, run, ratio)
        elif run.shapes is not None:
            known = lasting.of(run, canvas.screen, ratio, canvas.tokens)
            part = known.canvas
            drawings.append((known.drawing, pixels_onto(known.screen, canvas.screen)))
        else:
            drawing = QPicture()
            painter = smooth_painter(drawing)
            try:
                part = draw(run.layers, painter, recorded_for=ratio)
            finally:
                painter.end()
            drawings.append((drawing, QTransform()))
        canvas.take(part)
    return drawings


def _are_shapes(primitives: tuple[Primitive, ...]) -> bool:
    return bool(primitives) and SHAPES.issuperset(map(type, primitives))


def _at(primitives: tuple[Primitive, ...], scale: float) -> tuple[Primitive, ...]:
    """The shapes among them that are shown at a scale; names are painted apart."""
    shapes = compress(primitives, map(PAINTED.__contains__, map(type, primitives)))
    return tuple(one for one in shapes if isinstance(one, Area) or (isinstance(one, Line) and one.shown_at(scale)))


def _straight(canvas: Canvas, run: Run, ratio: float) -> Canvas:
    """The same shapes as a drawing would have, painted onto a view."""
    region = _region(_levelled(canvas.screen), 0.0)
    canvas.painter.save()
    canvas.painter.setTransform(pixels_onto(region, canvas.screen), True)
    made = _painted(canvas.painter, run, region, ratio, canvas.tokens)
    canvas.painter.restore()
    return made


def _painted(painter: QPainter, run: Run, region: Screen, ratio: float, tokens: Tokens) -> Canvas:
    canvas = Canvas(painter, region, tokens, recorded_for=ratio, lasting=True)
    for layer, shapes in zip(run.layers, run.shapes or (), strict=True):
        paint_shapes(canvas, layer, shapes)
    return canvas


def _levelled(view: Screen) -> Screen:
    """A view in the pixels of its level."""
    camera, level = view.camera, 2.0 ** math.floor(math.log2(view.camera.scale))
    more = camera.scale / level
    return Screen(
        Camera(camera.x, camera.y, level), math.ceil(view.width * more) + 1, math.ceil(view.height * more) + 1
    )


def _region(view: Screen, beyond: float) -> Screen:
    """What of the map is recorded for a view."""
    step = STEP * view.camera.scale
    x, y = (round(middle / step) * step for middle in (view.camera.x, view.camera.y))
    wide, high = (
        2 * round(STEP) * math.ceil((size * (0.5 + beyond) + STEP / 2) / STEP) for size in (view.width, view.height)
    )
    return Screen(Camera(x, y, view.camera.scale), wide, high)
