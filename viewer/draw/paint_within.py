"""The ground that filters ask for, as an outline on screen and in exports, and the shape a hand is drawing."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from viewer.domain.places import LonLat
from viewer.draw.screen import Screen, path_of
from viewer.draw.tokens import Tokens
from viewer.geo.geodesic import ground_circle
from viewer.geo.projection import metres_per_unit, point_to_map, to_map
from viewer.layers.primitives import Points
from viewer.session.filter_words import far_words
from viewer.session.state import Within

COLOUR = "asked"
WIDTH = 2.0
STEPS = 360
TINT = 0.10
VERTEX_PX, PAD, GAP = 3.5, 5.0, 12.0


@lru_cache(maxsize=16)
def outlines_of(within: Within) -> tuple[Points, ...]:
    """The edges of that ground in map metres, closed rings; straight on the map where a hand drew them so."""
    if within.kind == "circle":
        return (np.column_stack(to_map(*ground_circle(within.path[0], within.metres, STEPS).T)),)
    pieces = [np.column_stack(to_map(*zip(*piece, strict=True))) for piece in within.pieces]
    if within.kind == "outline":
        return tuple(np.vstack((ring, ring[:1])) for ring in pieces)
    return _beside(within, pieces)


def _beside(within: Within, pieces: list[Points]) -> tuple[Points, ...]:
    """The edges of what lies within so many metres of lines: map metres grow to the north, so leg by leg."""
    import shapely

    legs = [pair for points in pieces for pair in pairwise(points)]
    lats = [(one[1] + other[1]) / 2 for piece in within.pieces for one, other in pairwise(piece)]
    far = [within.metres / metres_per_unit(lat) for lat in lats]
    area = shapely.union_all(shapely.buffer(shapely.linestrings(np.array(legs)), np.array(far), quad_segs=6))
    rings = (ring for part in shapely.get_parts(area) for ring in (part.exterior, *part.interiors))
    return tuple(shapely.get_coordinates(ring) for ring in rings)


def paint_sketch(
    painter: QPainter, screen: Screen, within: Within, corners: tuple[LonLat, ...], tokens: Tokens
) -> None:
    """A shape that is being drawn, with its corners and, of a circle, its radius."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = path_of(outlines_of.__wrapped__(within), screen, False)
    if within.kind == "outline":
        painter.fillPath(path, tokens.colour(COLOUR, TINT))
    _stroke(painter, path, tokens.colour("halo", 0.8), WIDTH + 2.4)
    _stroke(painter, path, tokens.colour(COLOUR), WIDTH)
    painter.setPen(QPen(tokens.colour(COLOUR), 1.6))
    painter.setBrush(tokens.colour("card"))
    for corner in corners:
        painter.drawEllipse(_seen(screen, corner), VERTEX_PX, VERTEX_PX)
    if within.kind == "circle":
        _slip(painter, screen, _seen(screen, corners[-1]), far_words(within.metres), tokens)
    painter.restore()


def _stroke(painter: QPainter, path: QPainterPath, colour: QColor, width: float) -> None:
    painter.strokePath(path, QPen(colour, width, j=Qt.PenJoinStyle.RoundJoin))


def _slip(painter: QPainter, screen: Screen, spot: QPointF, text: str, tokens: Tokens) -> None:
    """A slip with words beside a spot, wholly in the picture."""
    font = tokens.font("card")
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 2 * PAD, metrics.height() + PAD
    left = min(max(spot.x() + GAP, 0.0), screen.width - width)
    top = min(max(spot.y() - GAP - height, 0.0), screen.height - height)
    slip = QRectF(left, top, width, height)
    painter.setPen(QPen(tokens.colour("card_edge"), 1.0))
    painter.setBrush(tokens.colour("card", 0.94))
    painter.drawRoundedRect(slip, 3, 3)
    painter.setFont(font)
    painter.setPen(tokens.colour("ink"))
    painter.drawText(slip, Qt.AlignmentFlag.AlignCenter, text)


def _seen(screen: Screen, point: LonLat) -> QPointF:
    return QPointF(*screen.point_px(*point_to_map(*point)))
