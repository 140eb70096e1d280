"""The shares of towns, all of a picture at once: a filling for each look, then a line for each colour.

One by one, three hundred of them cost more calls than pixels. The order follows from the looks, so that a place that
is painted again looks as it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPen

from viewer.domain.control import class_of
from viewer.draw.patterns import fill_brush, paint_siege
from viewer.draw.screen import Screen, polygon, strips
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
Look = TypeVar("Look", bound=tuple[Any, ...])


def paint_shares(
    painter: QPainter, shares: Iterable[ControlArea], screen: Screen, ratio: float, tokens: Tokens
) -> None:
    """Fill them to the pixel, so that nothing is left out or painted twice between two.

    Where its holder's ground ends goes a thin pale line, as no source drew it.
    """
    every = list(shares)
    smooth = painter.testRenderHint(SMOOTH)
    painter.setRenderHint(SMOOTH, False)
    if painter.paintEngine().type() == QPaintEngine.Type.Raster:  # nothing is below: copied in half the time
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    _fill(painter, [one for one in every if one.filled], screen, ratio, tokens)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setRenderHint(SMOOTH, smooth)
    _outline(painter, [one for one in every if one.edge is not None], screen, ratio, tokens)


def _fill(painter: QPainter, shares: list[ControlArea], screen: Screen, ratio: float, tokens: Tokens) -> None:
    """Cell by cell: Qt takes three times as long for one outline around many."""
    painter.setPen(Qt.PenStyle.NoPen)
    alike = _alike(shares, _look)
    rings = [[_rings(one.ground, screen, ratio) for one in own] for _, own in alike]
    found = strips(ring for own in rings for cell in own for ring in cell).seen(screen)
    parts = iter([found.points[first:end] for first, end in pairwise(found.starts.tolist())])
    for ((actors, control, firm), _), own in zip(alike, rings, strict=True):
        painter.setBrush(fill_brush(tokens, actors, control, firm, ratio))
        for cell in own:
            if len(cell) == 1:
                painter.drawPolygon(polygon(next(parts)))
                continue
            path = QPainterPath()
            for _ in cell:
                path.addPolygon(polygon(next(parts)))
            painter.drawPath(path)


def _outline(painter: QPainter, shares: list[ControlArea], screen: Screen, ratio: float, tokens: Tokens) -> None:
    alike = _alike(shares, _line)
    rings = [[ring for one in own if one.edge for ring in _rings(one.edge, screen, ratio)] for _, own in alike]
    found = strips(ring for own in rings for ring in own).seen(screen)
    for ((besieged, actor, filled, firm), _), path in zip(alike, found.paths([len(own) for own in rings]), strict=True):
        if besieged:
            paint_siege(painter, path, tokens, firm)
            continue
        pen = QPen(tokens.actor_colour(actor, EDGE), HAIRLINE / ratio)
        if not filled:
            pen.setDashPattern(list(DASH))
        painter.strokePath(path, pen)


def _rings(ground: Ground, screen: Screen, ratio: float) -> list[Points]:
    outline = ground.outline
    return [ring for ring in outline.at(outline.level(screen.camera.scale / ratio)) if len(ring) > 1]


def _look(share: ControlArea) -> tuple[tuple[str, ...], str, float]:
    return share.actors, share.control, share.strength * (DOUBT if share.possible else 1.0)


def _line(share: ControlArea) -> tuple[bool, str, bool, float]:
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
