"""Fillings that tell holders apart without colour: small tiles, one per pattern, repeated."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen

from viewer.draw.tokens import Tokens, with_alpha

TILE = 10
"""Side of a tile in logical pixels."""
WASH, MARK = 0.28, 0.33
"""Opacity of the even tone and of the pattern on it."""


def fill_brush(tokens: Tokens, actors: tuple[str, ...], control: str, strength: float, ratio: float) -> QBrush:
    """The filling of an area: tone and pattern of one holder, stripes of several, dots of a presence."""
    look = ("fill", actors, control, strength, ratio)
    brush: QBrush = tokens.memo.get(look) or tokens.memo.setdefault(look, _filling(*look[1:], tokens))
    return brush


def _filling(actors: tuple[str, ...], control: str, strength: float, ratio: float, tokens: Tokens) -> QBrush:
    colours = [tokens.actor_colour(key) for key in actors] or [tokens.colour("unknown")]
    if control == "presence":
        return _tile(ratio, lambda p: _dots(p, colours, strength))
    if control in ("contested", "disputed"):
        return _tile(ratio, lambda p: _stripes(p, colours, strength, 0.0), len(colours))
    if control == "mixed":
        return _tile(ratio, lambda p: _stripes(p, colours, strength, 0.1), len(colours))
    return pattern_brush(tokens.pattern(actors[0] if actors else ""), colours[0], strength, ratio)


def pattern_brush(pattern: str, colour: QColor, strength: float, ratio: float, wash: float = WASH) -> QBrush:
    """An even tone of a colour with an actor's pattern on it."""

    def paint(painter: QPainter) -> None:
        painter.fillRect(QRectF(0, 0, TILE, TILE), with_alpha(colour, wash * strength))
        pen = QPen(with_alpha(colour, MARK * strength), 1.1)
        painter.setPen(pen)
        if pattern == "dots":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(pen.color())
            for x, y in ((2.5, 2.5), (7.5, 7.5)):
                painter.drawEllipse(QPointF(x, y), 1.1, 1.1)
        else:
            painter.drawLines(_lines(pattern))

    return _tile(ratio, paint)


def _lines(pattern: str) -> list[QLineF]:
    """The strokes of a pattern within one tile, continued beyond it so that tiles join."""
    rising = [QLineF(-2, TILE / 2 + 2 + d, TILE / 2 + 2 + d, -2) for d in (0, TILE)]
    falling = [QLineF(-2, TILE / 2 - 2 - d, TILE / 2 + 2 + d, TILE + 2) for d in (0, TILE)]
    flat = [QLineF(0, TILE / 2, TILE, TILE / 2)]
    strokes = {
        "lines-right": rising, "lines-left": falling, "lines-flat": flat,
        "cross": [QLineF(0, TILE / 2, TILE, TILE / 2), QLineF(TILE / 2, 0, TILE / 2, TILE)],
        "dense": [QLineF(0, 2.5, TILE, 2.5), QLineF(0, 7.5, TILE, 7.5)],
        "sparse": [QLineF(3, 5, 7, 5)],
    }  # fmt: skip
    return strokes.get(pattern, [])


def _dots(painter: QPainter, colours: list[QColor], strength: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for index, (x, y) in enumerate(((2.5, 2.5), (7.5, 7.5))):
        painter.setBrush(with_alpha(colours[index % len(colours)], 0.5 * strength))
        painter.drawEllipse(QPointF(x, y), 1.15, 1.15)


def _stripes(painter: QPainter, colours: list[QColor], strength: float, wash: float) -> None:
    """Rising stripes in turn; a shared area has a tone between them, a contested one the bare map."""
    side = TILE * len(colours)
    if wash:
        painter.fillRect(QRectF(0, 0, side, side), with_alpha(colours[0], wash * strength))
    for index, colour in enumerate(colours):
        alpha, width = (0.34, 4.6) if wash else (0.55, 3.2)
        painter.setPen(QPen(with_alpha(colour, alpha * strength), width, c=Qt.PenCapStyle.FlatCap))
        for lap in range(-1, 3):
            start = (index + 0.5) * TILE + lap * side
            painter.drawLine(QLineF(start - 4, -4, start - side - 8, side + 4 + 0))
    painter.setPen(Qt.PenStyle.NoPen)


def _tile(ratio: float, paint: Callable[[QPainter], None], cells: int = 1) -> QBrush:
    side = TILE * cells
    image = QImage(max(1, round(side * ratio)), max(1, round(side * ratio)), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(image.width() / side, image.height() / side)
    paint(painter)
    painter.end()
    image.setDevicePixelRatio(image.width() / side)
    return QBrush(image)
