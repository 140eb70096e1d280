"""Arrows between known ends of movements whose course nobody gave."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

BOW = 0.14
"""How far the shaft leaves the straight line, as a share of its length: it shall not be taken for a road."""
HEAD = 9.0


def arrow_paths(start: QPointF, end: QPointF, width: float) -> tuple[QPainterPath, QPainterPath]:
    """The shaft and the head of an arrow in pixels."""
    dx, dy = end.x() - start.x(), end.y() - start.y()
    length = max(1.0, math.hypot(dx, dy))
    control = QPointF((start.x() + end.x()) / 2 + dy * BOW, (start.y() + end.y()) / 2 - dx * BOW)
    tx, ty = end.x() - control.x(), end.y() - control.y()
    reach = max(1.0, math.hypot(tx, ty))
    tx, ty = tx / reach, ty / reach
    size = min(HEAD, length / 2) * (0.7 + width * 0.15)
    neck = QPointF(end.x() - tx * size, end.y() - ty * size)
    shaft = QPainterPath(start)
    shaft.quadTo(control, neck)
    head = QPainterPath(end)
    head.lineTo(neck.x() - ty * size * 0.48, neck.y() + tx * size * 0.48)
    head.lineTo(neck.x() + ty * size * 0.48, neck.y() - tx * size * 0.48)
    head.closeSubpath()
    return shaft, head


def paint_arrow(
    painter: QPainter, start: QPointF, end: QPointF, colour: QColor, width: float, dashed: bool = False
) -> None:
    """A bowed arrow; dashed when the movement was only planned."""
    shaft, head = arrow_paths(start, end, width)
    pen = QPen(colour, width, c=Qt.PenCapStyle.RoundCap)
    if dashed:
        pen.setDashPattern([3, 2.5])
    painter.strokePath(shaft, pen)
    painter.fillPath(head, colour)
