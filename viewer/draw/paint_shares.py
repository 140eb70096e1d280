"""The shares of towns, all of a picture at once: a filling for each look, then a line for each colour.

One by one, three hundred of them cost more calls than pixels. The order follows from the looks, so that a place that
is painted again looks as it did.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import field
from itertools import chain, filterfalse
from operator import is_
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QPaintEngine, QPainter, QPainterPath, QPen, QTransform

from viewer.domain.control import class_of
from viewer.domain.frozen import dataclass
from viewer.draw.patterns import fill_brush, paint_siege
from viewer.draw.screen import Screen, pixels_onto, strips
from viewer.draw.steps import SMOOTH, origin
from viewer.draw.tokens import Tokens
from viewer.draw.unlocked import Stroke
from viewer.geo.lettering import Ground
from viewer.geo.outline import Points
from viewer.layers.primitives import ControlArea
from viewer.session.state import Camera

EDGE = 0.55
"""Opacity of the line around ground that was derived, which no source drew."""
HAIRLINE, DASH = 1.0, (6.5, 4.55)
"""Width of that line in device pixels, and how many of them are drawn and left out where nothing may be filled."""
DOUBT = 0.55
"""How much paler the ground of a holder is who only may be there."""
MOST = 0.5
"""Where so large a share of them is wanted, all are painted, as they were sorted before."""
MOST_SHAPES = 4_096
"""So many outlines of a level of scale are kept as Qt wants them."""
LOOKS_EACH = 8
"""As they fade with age, there are some of the same outline."""
MOST_LEVELS = 3
"""A hand that zooms to and fro comes back to a level."""
AWAY = 8_192
"""Pixels are counted from multiples of so many: Qt counts in small numbers."""
PLAIN = Qt.BrushStyle.SolidPattern
Fill = tuple[tuple[str, ...], str, float]
"""Actors, class of control, strength."""
Edge = tuple[bool, str, bool, float]
"""Whether it is a siege's, the actor, whether the ground may be filled, the strength of a siege."""
Paths = dict[Ground, QPainterPath]


class Known(NamedTuple):
    """How a share is filled, in which shape, and the look and path of its line; None where it has none."""

    fill: Fill
    shape: QPainterPath | None
    edge: Edge
    line: QPainterPath | None


@dataclass(frozen=True, eq=False)
class Sorted:
    """Shares by their looks, as Qt wants them: what to fill with each look, and one path for all lines of each."""

    shares: tuple[ControlArea, ...]
    fills: list[tuple[Fill, list[QPainterPath]]]
    lines: list[tuple[Edge, QPainterPath]]

    def holds(self, shares: Sequence[ControlArea]) -> bool:
        """Whether it is of these very shares."""
        return len(shares) == len(self.shares) and all(map(is_, shares, self.shares))


@dataclass
class Shapes:
    """The outlines of shares as Qt wants them, in pixels that serve all views of a level of scale that are near by."""

    screen: Screen
    coarse: float
    """Map metres in a device pixel."""
    known: dict[ControlArea, Known] = field(default_factory=dict)
    fills: Paths = field(default_factory=dict)
    lines: Paths = field(default_factory=dict)
    sorted: Sorted | None = None

    def of(self, shares: Sequence[ControlArea]) -> Sorted:
        """Some shares; those asked for last are kept."""
        if self.sorted is None or not self.sorted.holds(shares):
            if self._fullness > 1:
                self.known, self.fills, self.lines = {}, {}, {}
            self._learn(list(filterfalse(self.known.__contains__, shares)))
            fills: dict[Fill, list[QPainterPath]] = defaultdict(list)
            lines: dict[Edge, QPainterPath] = defaultdict(QPainterPath)
            for look, shape, edge, line in map(self.known.__getitem__, shares):
                if shape is not None:
                    fills[look].append(shape)
                if line is not None:
                    lines[edge].addPath(line)
            self.sorted = Sorted(tuple(shares), sorted(fills.items()), sorted(lines.items()))
        return self.sorted

    def learn(self, shares: Sequence[ControlArea]) -> None:
        """Know some shares, as far as that crowds out nothing."""
        if 2 * self._fullness < 1:
            self._learn([one for one in shares if one not in self.known])

    @property
    def _fullness(self) -> float:
        """Above 1 there is no room for more."""
        return max(len(self.fills), len(self.known) / LOOKS_EACH) / MOST_SHAPES

    def _learn(self, shares: list[ControlArea]) -> None:
        self._learn_paths(self.fills, [one.ground for one in shares if one.filled])
        self._learn_paths(self.lines, [one.edge for one in shares if one.edge])
        for one in shares:
            shape = self.fills[one.ground] if one.filled else None
            line = self.lines[one.edge] if one.edge else None
            self.known[one] = Known(_look(one), shape, _line(one), line)

    def _learn_paths(self, known: Paths, grounds: Sequence[Ground]) -> None:
        """Know the paths of some outlines or lines: of an outline all rings, which cut holes into each other."""
        if new := [ground for ground in grounds if ground not in known]:
            rings = [_rings(ground, self.coarse) for ground in new]
            paths = strips(chain.from_iterable(rings)).seen(self.screen).paths([len(own) for own in rings])
            known.update(zip(new, paths, strict=True))


@dataclass
class Shares:
    """Paints the shares of a picture, and keeps their outlines: another view or day mostly shows the same ones."""

    shapes: list[Shapes] = field(default_factory=list)

    def paint(
        self, painter: QPainter, over: Stroke, shares: Sequence[ControlArea], among: Sequence[ControlArea],
        screen: Screen, ratio: float, tokens: Tokens,
    ) -> None:  # fmt: skip
        """Fill them to the pixel, so that nothing is left out or painted twice between two.

        Where its holder's ground ends goes a thin pale line, as no source drew it: that is what `over` strokes. among:
        all that may be painted, and are where most of them are wanted.
        """
        shapes = self._shapes(screen, ratio)
        known = shapes.of(among if among and MOST * len(among) <= len(shares) else shares)
        onto = pixels_onto(shapes.screen, screen)
        painter.save()
        painter.setRenderHint(SMOOTH, False)
        if painter.paintEngine().type() == QPaintEngine.Type.Raster:
            _fill(painter, known, onto, origin(screen, ratio), ratio, tokens)
        else:
            for look, cells in known.fills:
                brush = fill_brush(tokens, *look, ratio)
                for cell in cells:
                    painter.fillPath(onto.map(cell), brush)
        painter.restore()
        for edge, path in known.lines:
            _stroke(over, onto.map(path), edge, ratio, tokens)

    def learn(self, shares: Sequence[ControlArea]) -> None:
        """Know the outlines of other days' shares at the level of scale that was painted last."""
        if self.shapes:
            self.shapes[-1].learn(shares)

    def _shapes(self, screen: Screen, ratio: float) -> Shapes:
        """Those that serve a view: pixels are at least as fine as its own, and counted from near by."""
        coarse = 2.0 ** math.floor(math.log2(screen.camera.scale / ratio))
        step = AWAY * coarse
        x, y = (round(middle / step) * step for middle in (screen.camera.x, screen.camera.y))
        region = Screen(Camera(x, y, coarse * ratio), 0, 0)
        found = next((one for one in self.shapes if (one.screen, one.coarse) == (region, coarse)), None)
        found = found or Shapes(region, coarse)
        self.shapes = [*(one for one in self.shapes if one is not found), found][-MOST_LEVELS:]
        return found


def _fill(
    painter: QPainter, known: Sorted, onto: QTransform, begins: QPointF, ratio: float, tokens: Tokens
) -> None:
    """Fill shares by a painter that brings their pixels onto a view, while patterns stay as they are in the view."""
    back, _ = onto.inverted()
    still = QTransform.fromScale(back.m11(), back.m22())
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)  # nothing is below: half the time
    painter.setBrushOrigin(back.map(begins))
    painter.setTransform(onto, True)
    for look, cells in known.fills:
        brush = fill_brush(tokens, *look, ratio)
        if brush.style() != PLAIN:
            brush = QBrush(brush)
            brush.setTransform(still)
        for cell in cells:  # one outline around many takes as long; drawing a polygon takes a third longer
            painter.fillPath(cell, brush)


def _stroke(over: Stroke, path: QPainterPath, edge: Edge, ratio: float, tokens: Tokens) -> None:
    besieged, actor, filled, firm = edge
    if besieged:
        paint_siege(over, path, tokens, firm)
        return
    pen = QPen(tokens.actor_colour(actor, EDGE), HAIRLINE / ratio)
    if not filled:
        pen.setDashPattern(list(DASH))
    over(path, pen)


def _rings(ground: Ground, scale: float) -> list[Points]:
    outline = ground.outline
    return [ring for ring in outline.at(outline.level(scale)) if len(ring) > 1]


def _look(share: ControlArea) -> Fill:
    return share.actors, share.control, share.strength * (DOUBT if share.possible else 1.0)


def _line(share: ControlArea) -> Edge:
    actors, control, firm = _look(share)
    besieged = class_of(control).look == "siege"
    return besieged, actors[0] if actors else "", share.filled, firm if besieged else 1.0
