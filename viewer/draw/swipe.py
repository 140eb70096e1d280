"""The handle between the maps of two days, with both days at its sides: on screen and in exports."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from viewer.draw.tokens import Tokens

KNOB = 11.0
"""Radius of the knob in the middle."""
GAP, PAD = 6.0, 7.0
"""From the knob to the words, and from the words to the edge of their card."""


def paint_handle(painter: QPainter, x: float, height: float, words: tuple[str, str], tokens: Tokens) -> None:
    """A line from top to bottom at x, a knob in its middle, and what the left and the right map are of."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    ink, card, middle = tokens.colour("ink"), tokens.colour("card"), height / 2
    for colour, width in ((card, 5.0), (ink, 2.0)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
    painter.setPen(QPen(ink, 1.6))
    painter.setBrush(card)
    painter.drawEllipse(QPointF(x, middle), KNOB, KNOB)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    for side in (-1, 1):
        tip, root = x + side * 7.5, x + side * 2.5
        painter.drawPolygon(QPolygonF([QPointF(tip, middle), QPointF(root, middle - 4.5), QPointF(root, middle + 4.5)]))
    painter.setFont(tokens.font("count"))
    metrics = QFontMetricsF(painter.font())
    for side, text in zip((-1, 1), words, strict=True):
        wide, high = metrics.horizontalAdvance(text) + 2 * PAD, metrics.height() + 6
        left = x + KNOB + GAP if side > 0 else x - KNOB - GAP - wide
        box = QRectF(left, middle - high / 2, wide, high)
        painter.setPen(QPen(tokens.colour("card_edge"), 1.0))
        painter.setBrush(card)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
