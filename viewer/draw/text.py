"""Text on the map: outlines in a halo of the paper's colour."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPen, QTransform

from viewer.draw.tokens import Tokens


def paint_text(
    painter: QPainter, text: str, at: QPointF, style: str, tokens: Tokens, arabic: bool = False, halo: float = 2.6
) -> None:
    """One line of text with its baseline's middle at a point, in a halo of the paper's colour."""
    path, middle = _text_path(text, style, arabic, tokens)
    painter.save()
    painter.translate(at)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if halo:
        painter.strokePath(path, QPen(tokens.colour("halo", 0.85), halo, j=Qt.PenJoinStyle.RoundJoin))
    colour = tokens.colour(tokens.text(style).colour, 0.82 if arabic else 1.0)
    if painter.paintEngine().type() == QPaintEngine.Type.Pdf:  # a reader can select and search what is written
        painter.setFont(tokens.font(style, arabic))
        painter.setPen(colour)
        painter.drawText(QPointF(-middle, 0), _shown(text, style, arabic, tokens))
    else:
        painter.fillPath(path, colour)
    painter.restore()


def text_box(text: str, style: str, tokens: Tokens, halo: float) -> tuple[float, float]:
    """How far `paint_text` reaches from its point: to either side, and up or down."""
    key = ("box", text, style, halo)
    memo = tokens.memo
    if key not in memo:
        box = _text_path(text, style, False, tokens)[0].boundingRect()
        memo[key] = math.ceil(box.width() / 2 + halo) + 1, math.ceil(max(-box.top(), box.bottom()) + halo) + 1
    found: tuple[float, float] = memo[key]
    return found


def _shown(text: str, style: str, arabic: bool, tokens: Tokens) -> str:
    return text.upper() if tokens.text(style).upper and not arabic else text


def _text_path(text: str, style: str, arabic: bool, tokens: Tokens) -> tuple[QPainterPath, float]:
    """The outlines of a text, its baseline's middle at the origin, and how far that is from where the text begins."""
    key = ("path", text, style, arabic)
    memo = tokens.memo
    if key not in memo:
        path = QPainterPath()
        path.addText(QPointF(0, 0), tokens.font(style, arabic), _shown(text, style, arabic, tokens))
        middle = path.boundingRect().center().x()
        memo[key] = path * QTransform.fromTranslate(-middle, 0), middle
    found: tuple[QPainterPath, float] = memo[key]
    return found
