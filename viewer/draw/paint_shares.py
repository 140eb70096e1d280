"""The shares of towns, all of a picture at once: a filling for each look, then a line for each colour.

One by one, three hundred of them cost more calls than pixels. The order follows from the looks, so that a place that
is painted again looks as it did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from operator import is_, itemgetter
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPen, QPolygonF

from viewer.domain.control import class_of
from viewer.draw.patterns import fill_brush, paint_siege
from viewer.draw.screen import Screen, Strips, polygon, strips
from viewer.draw.steps import SMOOTH
from viewer.draw.tokens import Tokens
from viewer.geo.lettering import Ground
from viewer.geo.outline import Points
from viewer.layers.primitives import ControlArea

EDGE = 0.55
"""Opacity of the line around ground that was derived, which no source drew."""
HAIRLINE, DASH = 1.0, (6.5, 4.55)
"""Width of that line in device pixels, and how many of them are drawn and left out where nothing may be filled."""
DOUBT = 0.55
"""How much paler the ground of a holder is who only may be there."""
MOST = 0.5
"""Where so large a share of them is wanted, all are painted, as they were sorted before."""
MOST_SHAPES = 4_096
"""So many outlines of a view are kept as Qt wants them."""
Fill = tuple[tuple[str, ...], str, float]
"""Actors, class of control, strength."""
Edge = tuple[bool, str, bool, float]
"""Whether it is a siege's, the actor, whether the ground may be filled, the strength of a siege."""
Look = TypeVar("Look", bound=tuple[Any, ...])


@dataclass(frozen=True, eq=False)
class Sorted:
    """Shares by their looks, with the outlines they have at a coarseness in map metres, one after the other.

    cells: for each look the number of rings of each share; lines: for each look of an edge the number of its lines.
    """

    shares: tuple[ControlArea, ...]
    level: int
    cells: list[tuple[Fill, list[int]]]
    rings: Strips
    lines: list[tuple[Edge, int]]
    edges: Strips

    def holds(self, shares: Sequence[ControlArea], level: int) -> bool:
        """Whether it is of these very shares at this coarseness."""
        return self.level == level and len(shares) == len(self.shares) and all(map(is_, shares, self.shares))


@dataclass
class Shapes:
    """The outlines of shares in the pixels of one view, as Qt wants them: time moves more often than the view."""

    screen: Screen
    ratio: float
    fills: dict[Ground, QPolygonF | QPainterPath] = field(default_factory=dict)
    lines: dict[Ground, QPainterPath] = field(default_factory=dict)

    def are_of(self, screen: Screen, ratio: float) -> bool:
        """Whether they are those of a view."""
        return self.screen == screen and self.ratio == ratio

    def fill(self, grounds: Sequence[Ground]) -> list[QPolygonF | QPainterPath]:
        """What to fill of each share."""
        if len(self.fills) > MOST_SHAPES:
            self.fills.clear()
        new = [ground for ground in grounds if ground not in self.fills]
        if new:
            rings = self._rings(new)
            found = strips(chain.from_iterable(rings)).seen(self.screen)
            parts = iter([found.points[first:end] for first, end in pairwise(found.starts.tolist())])
            made = [_shape([polygon(next(parts)) for _ in own]) for own in rings]
            self.fills.update(zip(new, made, strict=True))
        return [self.fills[ground] for ground in grounds]

    def line(self, edges: Sequence[Ground]) -> QPainterPath:
        """The lines of some edges as one."""
        if len(self.lines) > MOST_SHAPES:
            self.lines.clear()
        new = [edge for edge in edges if edge not in self.lines]
        if new:
            lines = self._rings(new)
            paths = strips(chain.from_iterable(lines)).seen(self.screen).paths([len(own) for own in lines])
            self.lines.update(zip(new, paths, strict=True))
        every = QPainterPath()
        for edge in edges:
            every.addPath(self.lines[edge])
        return every

    def _rings(self, grounds: Sequence[Ground]) -> list[list[Points]]:
        scale = self.screen.camera.scale / self.ratio
        return [_rings(ground, scale) for ground in grounds]


@dataclass
class Shares:
    """Paints the shares of a picture, and keeps how they were sorted: another view mostly shows the same ones.

    Where the view stays, outlines are kept instead.
    """

    kept: Sorted | None = None
    shapes: Shapes | None = None

    def paint(
        self, painter: QPainter, over: QPainter, shares: Sequence[ControlArea], among: Sequence[ControlArea],
        screen: Screen, ratio: float, tokens: Tokens,
    ) -> None:  # fmt: skip
        """Fill them to the pixel, so that nothing is left out or painted twice between two.

        Where its holder's ground ends goes a thin pale line, as no source drew it: that is what `over` paints. among:
        all that may be painted, and are where most of them are wanted.
        """
        stays = self.shapes is not None and self.shapes.are_of(screen, ratio)
        shapes = self.shapes if self.shapes is not None and stays else Shapes(screen, ratio)
        self.shapes = shapes
        known = None if stays else self._known(shares, among, screen.camera.scale / ratio)
        smooth = painter.testRenderHint(SMOOTH)
        painter.setRenderHint(SMOOTH, False)
        if painter.paintEngine().type() == QPaintEngine.Type.Raster:  # nothing is below: copied in half the time
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setPen(Qt.PenStyle.NoPen)
        for (actors, control, firm), cells in _fills(shares, shapes) if known is None else _fills_of(known, screen):
            painter.setBrush(fill_brush(tokens, actors, control, firm, ratio))
            for cell in cells:  # Qt takes three times as long for one outline around many
                if isinstance(cell, QPolygonF):
                    painter.drawPolygon(cell)
                else:
                    painter.drawPath(cell)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setRenderHint(SMOOTH, smooth)
        for edge, path in _lines(shares, shapes) if known is None else _lines_of(known, screen):
            _stroke(over, path, edge, ratio, tokens)

    def _known(self, shares: Sequence[ControlArea], among: Sequence[ControlArea], scale: float) -> Sorted:
        """Those to be painted in a new view, or all that may be."""
        level = math.floor(math.log2(scale))
        if not among or MOST * len(among) > len(shares):
            return _sorted(shares, scale, level)
        if self.kept is None or not self.kept.holds(among, level):
            self.kept = _sorted(among, scale, level)
        return self.kept


def _sorted(shares: Sequence[ControlArea], scale: float, level: int) -> Sorted:
    fills = _alike((one for one in shares if one.filled), _look)
    edges = _alike((one for one in shares if one.edge), _line)
    rings = [(look, [_rings(one.ground, scale) for one in own]) for look, own in fills]
    lines = [(look, [line for one in own if one.edge for line in _rings(one.edge, scale)]) for look, own in edges]
    return Sorted(
        tuple(shares), level,
        [(look, [len(cell) for cell in own]) for look, own in rings],
        strips(ring for _, own in rings for cell in own for ring in cell),
        [(look, len(own)) for look, own in lines],
        strips(line for _, own in lines for line in own),
    )  # fmt: skip


def _fills_of(known: Sorted, screen: Screen) -> Iterator[tuple[Fill, Iterable[QPolygonF | QPainterPath]]]:
    """What to fill with each look, in a view."""
    found = known.rings.seen(screen)
    parts = iter([found.points[first:end] for first, end in pairwise(found.starts.tolist())])
    for look, cells in known.cells:
        yield look, (_shape([polygon(next(parts)) for _ in range(number)]) for number in cells)


def _fills(
    shares: Sequence[ControlArea], shapes: Shapes
) -> Iterator[tuple[Fill, Iterable[QPolygonF | QPainterPath]]]:
    """The same with the outlines that are kept."""
    filled = [one for one in shares if one.filled]
    known = dict(zip(filled, shapes.fill([one.ground for one in filled]), strict=True))
    for look, own in _alike(filled, _look):
        yield look, [known[one] for one in own]


def _lines_of(known: Sorted, screen: Screen) -> Iterator[tuple[Edge, QPainterPath]]:
    """The lines of each look, in a view."""
    paths = known.edges.seen(screen).paths([number for _, number in known.lines])
    return zip((edge for edge, _ in known.lines), paths, strict=True)


def _lines(shares: Sequence[ControlArea], shapes: Shapes) -> Iterator[tuple[Edge, QPainterPath]]:
    """The same with the outlines that are kept."""
    for look, own in _alike((one for one in shares if one.edge), _line):
        yield look, shapes.line([one.edge for one in own if one.edge])


def _shape(rings: list[QPolygonF]) -> QPolygonF | QPainterPath:
    """Rings that cut holes into each other."""
    if len(rings) == 1:
        return rings[0]
    path = QPainterPath()
    for ring in rings:
        path.addPolygon(ring)
    return path


def _stroke(painter: QPainter, path: QPainterPath, edge: Edge, ratio: float, tokens: Tokens) -> None:
    besieged, actor, filled, firm = edge
    if besieged:
        paint_siege(painter, path, tokens, firm)
        return
    pen = QPen(tokens.actor_colour(actor, EDGE), HAIRLINE / ratio)
    if not filled:
        pen.setDashPattern(list(DASH))
    painter.strokePath(path, pen)


def _rings(ground: Ground, scale: float) -> list[Points]:
    outline = ground.outline
    return [ring for ring in outline.at(outline.level(scale)) if len(ring) > 1]


def _look(share: ControlArea) -> Fill:
    return share.actors, share.control, share.strength * (DOUBT if share.possible else 1.0)


def _line(share: ControlArea) -> Edge:
    actors, control, firm = _look(share)
    besieged = class_of(control).look == "siege"
    return besieged, actors[0] if actors else "", share.filled, firm if besieged else 1.0


def _alike(
    shares: Iterable[ControlArea], look: Callable[[ControlArea], Look]
) -> list[tuple[Look, list[ControlArea]]]:
    """Those of each look, in the looks' order."""
    found: dict[Look, list[ControlArea]] = {}
    for share in shares:
        found.setdefault(look(share), []).append(share)
    return sorted(found.items(), key=itemgetter(0))
