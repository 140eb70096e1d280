"""The shares of towns, all of a picture at once: a filling for each look, then a line for each colour.

One by one, three hundred of them cost more calls than pixels. The order follows from the looks, so that a place that
is painted again looks as it did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import is_, itemgetter
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPen

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
class Shares:
    """Paints the shares of a picture, and keeps how they were sorted: another view mostly shows the same ones."""

    kept: Sorted | None = None

    def paint(
        self, painter: QPainter, shares: Sequence[ControlArea], among: Sequence[ControlArea], screen: Screen,
        ratio: float, tokens: Tokens,
    ) -> None:  # fmt: skip
        """Fill them to the pixel, so that nothing is left out or painted twice between two.

        Where its holder's ground ends goes a thin pale line, as no source drew it. among: all that may be painted,
        and are where most of them are wanted.
        """
        scale = screen.camera.scale / ratio
        level = math.floor(math.log2(scale))
        if not among or MOST * len(among) > len(shares):
            known = _sorted(shares, scale, level)
        elif (kept := self.kept) is not None and kept.holds(among, level):
            known = kept
        else:
            known = self.kept = _sorted(among, scale, level)
        smooth = painter.testRenderHint(SMOOTH)
        painter.setRenderHint(SMOOTH, False)
        if painter.paintEngine().type() == QPaintEngine.Type.Raster:  # nothing is below: copied in half the time
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setPen(Qt.PenStyle.NoPen)
        _fill(painter, known, screen, ratio, tokens)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setRenderHint(SMOOTH, smooth)
        paths = known.edges.seen(screen).paths([number for _, number in known.lines])
        for (edge, _), path in zip(known.lines, paths, strict=True):
            _stroke(painter, path, edge, ratio, tokens)


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


def _fill(painter: QPainter, known: Sorted, screen: Screen, ratio: float, tokens: Tokens) -> None:
    """Cell by cell: Qt takes three times as long for one outline around many."""
    found = known.rings.seen(screen)
    parts = iter([found.points[first:end] for first, end in pairwise(found.starts.tolist())])
    for (actors, control, firm), cells in known.cells:
        painter.setBrush(fill_brush(tokens, actors, control, firm, ratio))
        for number in cells:
            if number == 1:
                painter.drawPolygon(polygon(next(parts)))
                continue
            path = QPainterPath()
            for _ in range(number):
                path.addPolygon(polygon(next(parts)))
            painter.drawPath(path)


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
