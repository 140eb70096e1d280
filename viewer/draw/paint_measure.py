"""What a hand put upon the map, on screen and in exports alike: the measured path or area, and range rings.

It lies above the picture and is painted straight onto it: a vertex under the pointer must not cost a picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen

from viewer.domain.places import LonLat
from viewer.draw.screen import Screen, path_of
from viewer.draw.tokens import Tokens
from viewer.geo.geodesic import geodesic, ground_circle, point_at
from viewer.geo.projection import point_to_map, to_map
from viewer.layers.primitives import Points
from viewer.session.measuring import Leg, bearing_words, legs, length_in, ring_words, total_words
from viewer.session.state import Measure, RangeRings, State

RING_STEPS = 720
"""Corners of a range ring: one of 100 km leaves its chords by less than a metre."""
LABELLED_AT = (0.0, 180.0, 90.0, 270.0, 45.0, 135.0, 225.0, 315.0)
"""Bearings at which a ring may bear its distance; the first that is seen is taken."""
VERTEX_PX, CHIP_PAD, CHIP_GAP, EDGE = 3.5, 5.0, 12.0, 6.0
MIDDLE_PX = 12.0
"""Pixels around the middle of range rings that their distances keep clear."""
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7)
"""Where on a leg its length may stand, as shares of it."""
LEG_ROOM = 18.0
"""A leg bears its length if it is so many pixels longer than the words."""


def paint_overlay(
    painter: QPainter, screen: Screen, state: State, tokens: Tokens, pointer: LonLat | None = None,
    clear: Iterable[QRectF] = (),
) -> None:  # fmt: skip
    """Range rings and what is measured.

    pointer: the point (lon, lat) to which the next leg would lead; clear: where cards will lie on the map.
    """
    measure = state.measure
    if not state.range_rings and not measure.path:
        return
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setClipRect(QRectF(0, 0, screen.width, screen.height), Qt.ClipOperation.IntersectClip)
    taken = [card for card in clear if not card.isEmpty()]
    for rings in state.range_rings:
        _paint_rings(painter, screen, rings, state.units, tokens, taken)
    if measure.path:
        live = measure if pointer is None or measure.closed else Measure((*measure.path, pointer))
        _paint_measure(painter, screen, live, state.units, tokens, taken, len(measure.path))
    painter.restore()


def _paint_rings(
    painter: QPainter, screen: Screen, rings: RangeRings, units: str, tokens: Tokens, taken: list[QRectF]
) -> None:
    circles = tuple(_circle(rings.centre, radius) for radius in rings.radii_m)
    _stroke(painter, path_of(circles, screen, False), tokens, "range_ring", 1.4)
    at = _seen(screen, rings.centre)
    painter.setPen(QPen(tokens.colour("range_ring"), 1.4))
    painter.drawLines([QLineF(at.x() - 6, at.y(), at.x() + 6, at.y()), QLineF(at.x(), at.y() - 6, at.x(), at.y() + 6)])
    taken.append(QRectF(at.x() - MIDDLE_PX, at.y() - MIDDLE_PX, 2 * MIDDLE_PX, 2 * MIDDLE_PX))
    inside = QRectF(0, 0, screen.width, screen.height).adjusted(30, 14, -30, -34)
    for radius in sorted(rings.radii_m, reverse=True):  # the outer ones have room, the inner ones must find it
        for bearing in LABELLED_AT:
            spot = _seen(screen, point_at(rings.centre, bearing, radius))
            if inside.contains(spot) and _chip(painter, spot, (ring_words(radius, units),), tokens, taken):
                break


def _paint_measure(
    painter: QPainter, screen: Screen, measure: Measure, units: str, tokens: Tokens, taken: list[QRectF], fixed: int
) -> None:
    """fixed: how many vertices were set; one more may follow the pointer."""
    found = legs(measure)
    lines = tuple(_line(leg.start, leg.end) for leg in found)
    if measure.closed and lines:
        inside = path_of((np.concatenate(lines),), screen, True)
        painter.fillPath(inside, tokens.colour("measure", 0.14))
    if lines:
        _stroke(painter, path_of(lines, screen, False), tokens, "measure", 2.0)
    painter.setPen(QPen(tokens.colour("measure"), 1.6))
    painter.setBrush(tokens.colour("card"))
    for point in measure.path[:fixed]:
        painter.drawEllipse(_seen(screen, point), VERTEX_PX, VERTEX_PX)
    if measure.closed:
        corners = [_seen(screen, point) for point in measure.path]
        middle = QPointF(sum(at.x() for at in corners) / len(corners), sum(at.y() for at in corners) / len(corners))
        words = total_words(measure, units)
        _chip(painter, _pulled_in(screen, middle, words, tokens), words, tokens, taken, always=True)
    labelled = {leg for leg in found if _paint_leg(painter, screen, leg, units, tokens, taken)}
    if not measure.closed and found:
        last = () if found[-1] in labelled else (_leg_words(found[-1], units),)
        if words := (*last, *total_words(measure, units)):
            width, height = _chip_size(words, tokens)
            beside = _seen(screen, found[-1].end) + QPointF(CHIP_GAP + width / 2, -CHIP_GAP - height / 2)
            _chip(painter, _pulled_in(screen, beside, words, tokens), words, tokens, taken, always=True)


def _leg_words(leg: Leg, units: str) -> str:
    return f"{length_in(leg.metres, units)}  {bearing_words(leg.bearing)}"


def _paint_leg(
    painter: QPainter, screen: Screen, leg: Leg, units: str, tokens: Tokens, taken: list[QRectF]
) -> bool:
    """Write the length and the bearing near the middle of a leg that has room for it; whether it had."""
    words = (_leg_words(leg, units),)
    start, end = _seen(screen, leg.start), _seen(screen, leg.end)
    if math.hypot(end.x() - start.x(), end.y() - start.y()) < _chip_size(words, tokens)[0] + LEG_ROOM:
        return False
    whole = QRectF(0, 0, screen.width, screen.height)
    spots = (_seen(screen, point_at(leg.start, leg.bearing, leg.metres * share)) for share in ALONG)
    return any(whole.contains(spot) and _chip(painter, spot, words, tokens, taken) for spot in spots)


def _stroke(painter: QPainter, path: QPainterPath, tokens: Tokens, colour: str, width: float) -> None:
    """A line that is seen on any ground."""
    painter.strokePath(path, QPen(tokens.colour("halo", 0.8), width + 2.4, j=Qt.PenJoinStyle.RoundJoin))
    painter.strokePath(path, QPen(tokens.colour(colour), width, j=Qt.PenJoinStyle.RoundJoin))


def _chip_size(words: tuple[str, ...], tokens: Tokens) -> tuple[float, float]:
    metrics = QFontMetricsF(tokens.font("card"))
    widest = max(metrics.horizontalAdvance(text) for text in words)
    return widest + 2 * CHIP_PAD, metrics.height() * len(words) + CHIP_PAD


def _pulled_in(screen: Screen, spot: QPointF, words: tuple[str, ...], tokens: Tokens) -> QPointF:
    """The nearest point to a spot where words lie wholly in the picture."""
    width, height = _chip_size(words, tokens)
    x = min(max(spot.x(), width / 2 + EDGE), screen.width - width / 2 - EDGE)
    y = min(max(spot.y(), height / 2 + EDGE), screen.height - height / 2 - EDGE)
    return QPointF(x, y)


def _chip(
    painter: QPainter, spot: QPointF, words: tuple[str, ...], tokens: Tokens, taken: list[QRectF], always: bool = False
) -> bool:
    """A slip with words around a spot, unless it would lie on another; whether it was painted."""
    width, height = _chip_size(words, tokens)
    slip = QRectF(spot.x() - width / 2, spot.y() - height / 2, width, height)
    if not always and any(slip.intersects(other) for other in taken):
        return False
    taken.append(slip)
    painter.setPen(QPen(tokens.colour("card_edge"), 1.0))
    painter.setBrush(tokens.colour("card", 0.94))
    painter.drawRoundedRect(slip, 3, 3)
    painter.setFont(tokens.font("card"))
    painter.setPen(tokens.colour("ink"))
    line = height / len(words)
    for number, text in enumerate(words):
        place = QRectF(slip.left(), slip.top() + number * line, width, line)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    return True


def _seen(screen: Screen, point: LonLat) -> QPointF:
    return QPointF(*screen.point_px(*point_to_map(*point)))


@lru_cache(maxsize=512)
def _line(start: LonLat, end: LonLat) -> Points:
    """The vertices of a geodesic in map metres."""
    return np.column_stack(to_map(*geodesic(start, end).T))


@lru_cache(maxsize=256)
def _circle(centre: LonLat, radius_m: float) -> Points:
    """The corners of a range ring in map metres."""
    return np.column_stack(to_map(*ground_circle(centre, radius_m, RING_STEPS).T))
