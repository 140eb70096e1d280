"""What is painted over the view of the chart: what stands still from a pixmap, and what moves on top of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from viewer.domain.dates import day_words
from viewer.session.window import window_of
from viewer.store.columns import FAR_PAST
from viewer.ui.timeline.frame import Frame
from viewer.ui.timeline.hand import HANDLE_HEIGHT
from viewer.ui.timeline.paint import paint, paint_selected

if TYPE_CHECKING:
    from viewer.ui.timeline.chart import Chart

GRIP_ROOM = 6.0
"""Pixels beside a line that its grip takes at most."""
BADGE_GAP = 5.0
BADGE_FOOT = 22.0
"""Pixels from the foot of the chart up to the flag of the second clock, where that of A does not lie."""
WIDEST_DATE = "30 Wmw 20000"


class Overlay(pg.GraphicsObject):  # type: ignore[misc]
    """Something painted in pixels over the whole view, wherever the axis stands."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.chart = chart

    def boundingRect(self) -> QRectF:
        """More days than any axis has, so that it never changes."""
        return QRectF(-1e7, -10, 2e7, 20)

    def area(self) -> QRectF:
        """The pixels of the view."""
        return QRectF(self.chart.getViewBox().sceneBoundingRect())


class Backdrop(Overlay):
    """What stands still, painted once into a pixmap and shown again with every step; the selection lies on it."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart)
        self._pixmap: QPixmap | None = None
        self.paintings = 0
        """How often it was painted anew."""

    def forget(self) -> None:
        """Paint anew next time."""
        self._pixmap = None
        self.update()

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Show the pixmap, made anew where something changed."""
        area = self.area()
        ratio = painter.device().devicePixelRatio()
        if self._pixmap is None or self._pixmap.size() != (area.size() * ratio).toSize():
            self._pixmap = self._painted(area, ratio)
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(area.topLeft(), self._pixmap)
        if self.chart.session.state.selected is not None:
            painter.translate(area.topLeft())
            painter.setClipRect(QRectF(QPointF(), area.size()))
            paint_selected(painter, self.chart.frame(), self.chart.content(), self.chart.tokens)
        painter.restore()

    def _painted(self, area: QRectF, ratio: float) -> QPixmap:
        pixmap = QPixmap((area.size() * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        try:
            paint(painter, self.chart.frame(), self.chart.content(), self.chart.tokens)
        finally:
            painter.end()
        self.paintings += 1
        return pixmap


class Pointer(Overlay):
    """What moves: the window with its grips, the cursor, and its date while a hand is on it."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart)
        self._drawn: tuple[float, ...] = ()

    def follow(self) -> None:
        """Paint where an edge or the cursor was and where it is now; what lies between stays as it is."""
        now, held = self._lines(), self.chart.grip is not None
        room = self._badge_size(WIDEST_DATE).width() + 2 * BADGE_GAP if held else GRIP_ROOM
        if len(now) != len(self._drawn):
            self.update()
            return
        area, view = self.area(), self.chart.viewport()
        for old, new in zip(self._drawn, now, strict=True):
            if old != new or held:
                left, right = max(min(old, new) - room, 0.0), min(max(old, new) + room, area.width())
                if left < right:
                    view.update(QRectF(area.left() + left, area.top(), right - left, area.height()).toAlignedRect())

    def _lines(self) -> tuple[float, ...]:
        """Where the upright lines stand, in pixels of the view: the cursor, and the edges of what is shaded."""
        frame, time = self.chart.frame(), self.chart.session.state.time
        first, last = window_of(time)
        if time.mode == "cumulative":
            return (frame.x(last + 1),)
        edges = (frame.x(first), frame.x(last + 1))
        return (*edges, frame.x(time.cursor + 0.5)) if time.mode == "window" else (*edges,)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Paint window, cursor, badge and focus ring in pixels."""
        self._drawn = self._lines()
        area, chart = self.area(), self.chart
        frame, time, tokens = chart.frame(), chart.session.state.time, chart.tokens
        painter.save()
        painter.resetTransform()
        painter.translate(area.topLeft())
        first, last = window_of(time)
        left = 0.0 if first == FAR_PAST else max(0.0, frame.x(first))
        right = min(frame.width, max(frame.x(last + 1), left + 1))
        height = area.height()
        if time.mode != "day" or right - left >= 3:
            painter.fillRect(QRectF(left, 0, right - left, height), tokens.colour("accent", 0.16))
        if time.mode == "window":
            self._edge(painter, frame.x(first), height)
            self._edge(painter, frame.x(last + 1), height)
        x = round(frame.x(time.cursor + (1 if time.mode == "cumulative" else 0.5)))
        painter.fillRect(QRectF(x - 1, 0, 2, height), tokens.colour("ink"))
        if (compare := chart.session.state.compare) is not None:
            self._compared(painter, frame, round(frame.x(compare + 0.5)), height, f"A {day_words(compare)}", "ink")
        if (known_by := chart.session.state.filters.known_by) is not None:
            said = f"known by {day_words(known_by)}"
            self._compared(painter, frame, round(frame.x(known_by + 1)), height, said, "warning", height - BADGE_FOOT)
        if chart.grip is not None and chart.grip.part not in ("compare", "known"):
            edge = chart.grip.part == "first"
            self._badge(painter, frame, frame.x(first) if edge else x, day_words(first if edge else time.cursor))
        if chart.hasFocus():
            painter.setPen(QPen(tokens.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(1, 1, area.width() - 2, height - 2))
        painter.restore()

    def _edge(self, painter: QPainter, x: float, height: float) -> None:
        """An edge of the window with a grip in its middle."""
        tokens = self.chart.tokens
        painter.fillRect(QRectF(round(x) - 0.5, 0, 1, height), tokens.colour("accent"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.colour("panel"), 1))
        painter.setBrush(tokens.colour("accent"))
        painter.drawRoundedRect(QRectF(round(x) - 3.5, (height - HANDLE_HEIGHT) / 2, 7, HANDLE_HEIGHT), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _compared(
        self, painter: QPainter, frame: Frame, x: float, height: float, label: str, colour: str, top: float = 2
    ) -> None:
        """The head of another day: a dashed line with its flag, so that nobody takes it for the cursor."""
        pen = QPen(self.chart.tokens.colour(colour), 2)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
        self._badge(painter, frame, x, label, colour, top)

    def _badge(
        self, painter: QPainter, frame: Frame, x: float, label: str, colour: str = "ink", top: float = 2
    ) -> None:
        """What is said beside a line."""
        tokens, size = self.chart.tokens, self._badge_size(label)
        fits = x + BADGE_GAP + size.width() <= frame.width
        rect = QRectF(QPointF(x + BADGE_GAP if fits else x - BADGE_GAP - size.width(), top), size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.colour("panel"), 1))
        painter.setBrush(tokens.colour(colour))
        painter.drawRoundedRect(rect, 3, 3)
        painter.setPen(tokens.colour("panel"))
        painter.setFont(self._badge_font())
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, label)

    def _badge_font(self) -> QFont:
        font = QFont(self.chart.font())
        font.setBold(True)
        return font

    def _badge_size(self, label: str) -> QSizeF:
        metrics = QFontMetricsF(self._badge_font())
        return QSizeF(metrics.horizontalAdvance(label) + 12, metrics.height() + 4)
