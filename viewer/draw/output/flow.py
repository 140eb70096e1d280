"""Text that flows down a page and on to the next, each line as text that can be selected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextLayout, QTextLine, QTextOption

from viewer.domain.frozen import dataclass


@dataclass(frozen=True, eq=False)
class Paragraph:
    """Some text in a font; `gap`: logical pixels above it."""

    text: str
    font: QFont
    colour: QColor
    gap: float = 6.0


class Flow:
    """Lines that wait for room on a page."""

    def __init__(self, paragraphs: Iterable[Paragraph], width: float) -> None:
        self._layouts: list[QTextLayout] = []
        self._lines = list(self._broken(paragraphs, width))

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def height(self) -> float:
        """How high a room all of it needs, in logical pixels."""
        return sum(line.height() + (gap if at else 0.0) for at, (line, gap, _) in enumerate(self._lines))

    def pour(self, painter: QPainter, room: QRectF) -> float:
        """Paint what fits into the room, at least a line; where its foot is."""
        y, done = room.top(), 0
        for line, gap, colour in self._lines:
            above = gap if done else 0.0
            if done and y + above + line.height() > room.bottom():
                break
            painter.setPen(colour)
            line.draw(painter, QPointF(room.left(), y + above - line.y()))
            y += above + line.height()
            done += 1
        del self._lines[:done]
        return y

    def _broken(self, paragraphs: Iterable[Paragraph], width: float) -> Iterator[tuple[QTextLine, float, QColor]]:
        option = QTextOption()
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        for paragraph in paragraphs:
            for number, text in enumerate(paragraph.text.splitlines()):
                layout = QTextLayout(text, paragraph.font)
                layout.setTextOption(option)
                layout.beginLayout()
                gap = paragraph.gap if not number else 2.0
                while (line := layout.createLine()).isValid():
                    line.setLineWidth(width)
                    yield line, gap, paragraph.colour
                    gap = 0.0
                layout.endLayout()
                self._layouts.append(layout)  # which owns its lines
