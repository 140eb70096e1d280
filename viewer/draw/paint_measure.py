"""What a hand put upon the map, on screen and in exports alike: what is measured, range rings, ground of filters.

It lies above the picture and is painted straight onto it: a vertex under the pointer must not cost a picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPaintEngine, QPainter, QPainterPath, QPen

from viewer.domain.frozen import dataclass
from viewer.domain.places import LonLat
from viewer.draw.paint_within import COLOUR, WIDTH, outlines_of
from viewer.draw.screen import Screen, Strips, path_of, strips_seen
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
HALO, HALO_OPACITY = 2.4, 0.8
"""How much wider than a line the pale stroke below it is, and how opaque."""
HINTS = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
LEG_ROOM = 18.0
"""A leg bears its length if it is so many pixels longer than the words."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What of the measured does not follow the pointer, for a view: lines as an image, and the slips above them.

    taken: where slips lie; named: the legs that bear their length.
    """

    key: Hashable
    lines: QImage
    slips: QImage
    taken: tuple[QRectF, ...]
    named: frozenset[Leg]


class Overlay:
    """Range rings and what is measured; keeps what was painted for a view, as each move of a pointer asks again."""

    def __init__(self) -> None:
        self._fixed: Fixed | None = None

    def paint(
        self, painter: QPainter, screen: Screen, state: State, tokens: Tokens, pointer: LonLat | None = None,
        clear: Iterable[QRectF] = (),
    ) -> None:  # fmt: skip
        """Paint them upon a map of this view.

        pointer: the point (lon, lat) to which the next leg would lead; clear: where cards will lie on the map.
        """
        measure = state.measure
        if not state.range_rings and not measure.path and state.filters.within is None:
            self._fixed = None
            return
        painter.save()
        painter.setRenderHints(HINTS)
        painter.setClipRect(QRectF(0, 0, screen.width, screen.height), Qt.ClipOperation.IntersectClip)
        live: tuple[Leg, ...] = ()
        if measure.path and pointer is not None and not measure.closed:
            live = legs(Measure((measure.path[-1], pointer)))
        fixed = legs(measure)
        taken = [card for card in clear if not card.isEmpty()]
        if painter.paintEngine().type() == QPaintEngine.Type.Raster and painter.transform().isIdentity():
            kept = self._of(screen, painter.device().devicePixelRatioF(), state, tokens, taken, fixed)
            painter.drawImage(QPointF(0, 0), kept.lines)
            _paint_live(painter, screen, measure, live, tokens)
            painter.drawImage(QPointF(0, 0), kept.slips)
            taken, named = list(kept.taken), kept.named
        else:
            _paint_lines(painter, screen, state, fixed, tokens)
            _paint_live(painter, screen, measure, live, tokens)
            named = _paint_slips(painter, screen, state, fixed, tokens, taken)
        if measure.path and not measure.closed:
            _paint_end(painter, screen, state, fixed, live, tokens, taken, named)
        painter.restore()

    def _of(
        self, screen: Screen, ratio: float, state: State, tokens: Tokens, cards: list[QRectF], fixed: tuple[Leg, ...]
    ) -> Fixed:
        boxes = tuple(card.getRect() for card in cards)
        within = state.filters.within
        key = (screen, ratio, state.measure, state.range_rings, within, state.units, tokens.theme, boxes)
        if self._fixed is None or self._fixed.key != key:
            taken, lines, slips = cards[:], _blank(screen, ratio), _blank(screen, ratio)
            _onto(lines, lambda inner: _paint_lines(inner, screen, state, fixed, tokens))
            named: list[Leg] = []
            _onto(slips, lambda inner: named.extend(_paint_slips(inner, screen, state, fixed, tokens, taken)))
            self._fixed = Fixed(key, lines, slips, tuple(taken), frozenset(named))
        return self._fixed


def paint_overlay(
    painter: QPainter, screen: Screen, state: State, tokens: Tokens, pointer: LonLat | None = None,
    clear: Iterable[QRectF] = (),
) -> None:  # fmt: skip
    """Range rings and what is measured, once: see Overlay."""
    Overlay().paint(painter, screen, state, tokens, pointer, clear)


def _blank(screen: Screen, ratio: float) -> QImage:
    size = max(1, round(screen.width * ratio)), max(1, round(screen.height * ratio))
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _onto(image: QImage, paint: Callable[[QPainter], object]) -> None:
    painter = QPainter(image)
    painter.setRenderHints(HINTS)
    try:
        paint(painter)
    finally:
        painter.end()


def _paint_lines(painter: QPainter, screen: Screen, state: State, fixed: tuple[Leg, ...], tokens: Tokens) -> None:
    """All lines, those of rings below the path; in an image of their own when the device has pixels."""
    circles = tuple(_circle(rings.centre, radius) for rings in state.range_rings for radius in rings.radii_m)
    courses = tuple(_line(leg.start, leg.end) for leg in fixed)
    asked = outlines_of(state.filters.within) if state.filters.within is not None else ()
    lines = [
        (COLOUR, WIDTH, strips_seen(asked, screen)), ("range_ring", 1.4, strips_seen(circles, screen)),
        ("measure", 2.0, strips_seen(courses, screen)),
    ]  # fmt: skip
    inside, tint = QPainterPath(), tokens.colour("measure", 0.14)
    if state.measure.closed and courses:
        inside = path_of((np.concatenate(courses),), screen, True)
    raster = painter.paintEngine().type() == QPaintEngine.Type.Raster
    if raster:
        # A long outline takes Qt a hundred times as long as its pieces, which would show where they overlap if they
        # were pale: they are painted firm, and made pale when all are there.
        for _, width, found in lines:
            _stroke_pieces(painter, screen, found, tokens.colour("halo"), width + HALO)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.fillRect(QRectF(0, 0, screen.width, screen.height), tokens.colour("ink", HALO_OPACITY))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
        painter.fillPath(inside, tint)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    else:
        painter.fillPath(inside, tint)
        for _, width, found in lines:
            _stroke(painter, found.path(), tokens.colour("halo", HALO_OPACITY), width + HALO)
    for colour, width, found in lines:
        if raster:
            _stroke_pieces(painter, screen, found, tokens.colour(colour), width)
        else:
            _stroke(painter, found.path(), tokens.colour(colour), width)
        if colour == "range_ring":
            _paint_middles(painter, screen, state.range_rings, tokens)
    _paint_vertices(painter, screen, state.measure.path, tokens)


def _paint_middles(painter: QPainter, screen: Screen, every: tuple[RangeRings, ...], tokens: Tokens) -> None:
    painter.setPen(QPen(tokens.colour("range_ring"), 1.4))
    for rings in every:
        at = _seen(screen, rings.centre)
        across, down = QPointF(6, 0), QPointF(0, 6)
        painter.drawLines([QLineF(at - across, at + across), QLineF(at - down, at + down)])


def _paint_vertices(painter: QPainter, screen: Screen, path: tuple[LonLat, ...], tokens: Tokens) -> None:
    painter.setPen(QPen(tokens.colour("measure"), 1.6))
    painter.setBrush(tokens.colour("card"))
    for point in path:
        painter.drawEllipse(_seen(screen, point), VERTEX_PX, VERTEX_PX)


def _paint_live(
    painter: QPainter, screen: Screen, measure: Measure, live: tuple[Leg, ...], tokens: Tokens
) -> None:
    """The leg that follows the pointer, below the vertex it starts from."""
    for leg in live:
        path = path_of((_line(leg.start, leg.end),), screen, False)
        _stroke(painter, path, tokens.colour("halo", HALO_OPACITY), 2.0 + HALO)
        _stroke(painter, path, tokens.colour("measure"), 2.0)
        _paint_vertices(painter, screen, measure.path[-1:], tokens)


def _paint_slips(
    painter: QPainter, screen: Screen, state: State, fixed: tuple[Leg, ...], tokens: Tokens, taken: list[QRectF]
) -> frozenset[Leg]:
    """What rings, an area and the fixed legs bear; the legs that bear something."""
    measure = state.measure
    for rings in state.range_rings:
        _paint_distances(painter, screen, rings, state.units, tokens, taken)
    if measure.path and measure.closed:
        corners = [_seen(screen, point) for point in measure.path]
        middle = QPointF(sum(at.x() for at in corners) / len(corners), sum(at.y() for at in corners) / len(corners))
        words = total_words(measure, state.units)
        _chip(painter, _pulled_in(screen, middle, words, tokens), words, tokens, taken, always=True)
    return frozenset(leg for leg in fixed if _paint_leg(painter, screen, leg, state.units, tokens, taken))


def _paint_distances(
    painter: QPainter, screen: Screen, rings: RangeRings, units: str, tokens: Tokens, taken: list[QRectF]
) -> None:
    at = _seen(screen, rings.centre)
    taken.append(QRectF(at.x() - MIDDLE_PX, at.y() - MIDDLE_PX, 2 * MIDDLE_PX, 2 * MIDDLE_PX))
    inside = QRectF(0, 0, screen.width, screen.height).adjusted(30, 14, -30, -34)
    for radius in sorted(rings.radii_m, reverse=True):  # the outer ones have room, the inner ones must find it
        for bearing in LABELLED_AT:
            spot = _seen(screen, point_at(rings.centre, bearing, radius))
            if inside.contains(spot) and _chip(painter, spot, (ring_words(radius, units),), tokens, taken):
                break


def _paint_end(
    painter: QPainter, screen: Screen, state: State, fixed: tuple[Leg, ...], live: tuple[Leg, ...], tokens: Tokens,
    taken: list[QRectF], named: frozenset[Leg],
) -> None:  # fmt: skip
    """What the last leg bears, and what the path comes to up to there."""
    if not (found := (*fixed, *live)):
        return
    said = [leg for leg in live if _paint_leg(painter, screen, leg, state.units, tokens, taken)]
    measure = Measure((*state.measure.path, live[0].end)) if live else state.measure
    last = () if found[-1] in named or said else (_leg_words(found[-1], state.units),)
    if words := (*last, *total_words(measure, state.units)):
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


def _stroke_pieces(painter: QPainter, screen: Screen, found: Strips, colour: QColor, width: float) -> None:
    """An opaque stroke over lines in pixels, piece by piece."""
    if not len(found.points):
        return
    painter.setPen(QPen(colour, width, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.BevelJoin))
    ratio = float(painter.device().devicePixelRatioF())
    near = found.cut(width * ratio).within(-width, -width, screen.width + width, screen.height + width)
    for piece in near.path().toSubpathPolygons():
        painter.drawPolyline(piece)


def _stroke(painter: QPainter, path: QPainterPath, colour: QColor, width: float) -> None:
    painter.strokePath(path, QPen(colour, width, j=Qt.PenJoinStyle.RoundJoin))


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
