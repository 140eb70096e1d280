"""Text on the map: outlines in a halo of the paper's colour."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTransform

from viewer.draw.tokens import Tokens


def paint_text(
    painter: QPainter, text: str, at: QPointF, style: str, tokens: Tokens, arabic: bool = False, halo: float = 2.6
) -> None:
    """One line of text with its baseline's middle at a point, in a halo of the paper's colour."""
    path = _text_path(text, style, arabic, tokens)
    painter.save()
    painter.translate(at)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if halo:
        painter.strokePath(path, QPen(tokens.colour("halo", 0.85), halo, j=Qt.PenJoinStyle.RoundJoin))
    painter.fillPath(path, tokens.colour(tokens.text(style).colour, 0.82 if arabic else 1.0))
    painter.restore()


def text_box(text: str, style: str, tokens: Tokens, halo: float) -> tuple[float, float]:
    """How far `paint_text` reaches from its point: to either side, and up or down."""
    box = _text_path(text, style, False, tokens).boundingRect()
    return math.ceil(box.width() / 2 + halo) + 1, math.ceil(max(-box.top(), box.bottom()) + halo) + 1


def _text_path(text: str, style: str, arabic: bool, tokens: Tokens) -> QPainterPath:
    """The outlines of a text, its baseline's middle at the origin."""
    key = ("path", text, style, arabic)
    memo = tokens.memo
    if key not in memo:
        font = tokens.font(style, arabic)
        path = QPainterPath()
        shown = text.upper() if tokens.text(style).upper and not arabic else text
        path.addText(QPointF(0, 0), font, shown)
        box = path.boundingRect()
        memo[key] = path * QTransform.fromTranslate(-box.center().x(), 0)
    found: QPainterPath = memo[key]
    return found
