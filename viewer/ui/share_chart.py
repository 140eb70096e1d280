"""Shares of ground over time as stacked areas in the patterns of the map, and above them what sources say of shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from viewer.domain.dates import Day, day_words
from viewer.domain.sources import Quantity
from viewer.draw.patterns import fill_brush
from viewer.draw.tokens import Tokens
from viewer.session.change_words import party_words, stated_words
from viewer.session.share import Shares
from viewer.store.dataset import DataSet
from viewer.ui.text import plain_tip
from viewer.ui.timeline.axis import DayAxis

STRENGTH = 1.9
"""How much stronger than on the map: there is no map below it."""
HEIGHT = 210
STRIP = 26.0
"""Pixels above the shares for what sources say."""
NEAR = 7.0
"""Pixels from a mark of a source within which it is meant."""


class ShareChart(pg.PlotWidget):  # type: ignore[misc]
    """Stacked shares, 0 to 100 percent; a click names a day."""

    chosen = Signal(int)
    """A day was clicked."""

    def __init__(self, data: DataSet, tokens: Tokens, parent: QWidget | None = None) -> None:
        self.data, self.tokens = data, tokens
        self.axis = DayAxis(tokens)
        super().__init__(parent, background=None, axisItems={"bottom": self.axis}, enableMenu=False)
        self.shares: Shares | None = None
        self.stated: tuple[Quantity, ...] = ()
        self.days: tuple[Day | None, Day] = (None, 0)
        """A and B."""
        self._stack = _Stack(self)
        self.addItem(self._stack, ignoreBounds=True)
        self._set_up()

    def _set_up(self) -> None:
        plot, box = self.getPlotItem(), self.getViewBox()
        plot.hideButtons()
        plot.ctrlMenu.setParent(self, Qt.WindowType.Popup)  # else it would outlive the chart
        box.setMouseEnabled(False, False)
        box.setDefaultPadding(0)
        box.setBorder(None)
        box.setYRange(0, 1, padding=0)
        left = plot.getAxis("left")
        left.setTicks([[(part / 4, f"{part * 25} %") for part in range(5)]])
        left.setWidth(48)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        for seen in (self, self.viewport()):
            seen.setAccessibleName("Share of ground over time")
        self.setAccessibleDescription("A click moves the map to that day; pointing names parties and sources")
        self.set_tokens(self.tokens)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for the strip of sources above 100 percent."""
        super().resizeEvent(event)
        if hasattr(self, "_stack"):
            high = max(self.getViewBox().height(), 2 * STRIP)
            self.getViewBox().setYRange(0, high / (high - STRIP), padding=0)

    def release(self) -> None:
        """Let go of what belongs to nobody and would outlive the window."""
        self.getPlotItem().ctrlMenu.deleteLater()

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self.tokens = tokens
        self.axis.set_tokens(tokens)
        left = self.getPlotItem().getAxis("left")
        left.setPen(tokens.colour("edge"))
        left.setTextPen(tokens.colour("text_muted"))
        self.resetCachedContent()
        self._stack.update()

    def show_shares(self, shares: Shares, stated: tuple[Quantity, ...]) -> None:
        """Show these, over the days from the first to the last."""
        self.shares, self.stated = shares, stated
        if len(shares.days) > 1:
            self.getViewBox().setXRange(shares.days[0], shares.days[-1], padding=0)
        self._stack.update()

    def show_days(self, first: Day | None, second: Day) -> None:
        """Mark A and B."""
        if self.days != (first, second):
            self.days = first, second
            self._stack.update()

    def x_of(self, day: float) -> float:
        """Where a day lies in the view, in its pixels."""
        (first, last), _ = self.getViewBox().viewRange()
        return float((day - first) / max(last - first, 1) * self.getViewBox().width())

    def day_at(self, x: float) -> Day:
        """The day at a pixel of the widget."""
        area = self.getViewBox().sceneBoundingRect()
        (first, last), _ = self.getViewBox().viewRange()
        part = (x - area.left()) / max(area.width(), 1.0)
        return round(float(first + (last - first) * min(max(part, 0.0), 1.0)))

    def words_at(self, at: QPointF) -> str:
        """What stands at a pixel of the widget: a source's words, or a party with its share."""
        area = self.getViewBox().sceneBoundingRect()
        if self.shares is None or not area.contains(at):
            return ""
        x, y = at.x() - area.left(), at.y() - area.top()
        if y < STRIP:
            near = [row for row in self.stated if abs(self.x_of(_middle(row)) - x) <= NEAR]
            return "\n".join(stated_words(self.data, row) for row in near)
        day = self.day_at(at.x())
        index = int(np.argmin(np.abs(np.array(self.shares.days) - day)))
        height = 1 - (y - STRIP) / max(area.height() - STRIP, 1.0)
        tops = np.cumsum([*self.shares.share[:, index], self.shares.others[index]])
        number = int(np.searchsorted(tops, height))
        when = day_words(self.shares.days[index])
        if number >= len(tops):
            return f"{when}: no claim"
        if number == len(tops) - 1:
            return f"{when}: others, {self.shares.others[index]:.1%}"
        return f"{when}: {party_words(self.data, self.shares.parties[number])}, {self.shares.share[number, index]:.1%}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click names a day."""
        if event.button() == Qt.MouseButton.LeftButton and self.shares is not None:
            self.chosen.emit(self.day_at(event.position().x()))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Nothing follows the pointer."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The press was all."""
        event.accept()

    def wheelEvent(self, event: Any) -> None:
        """The panel scrolls."""
        event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what stands under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tip(self.words_at(QPointF(event.pos()))), self)
            return True
        return bool(super().viewportEvent(event))


def _middle(row: Quantity) -> float:
    """The day at which a mark stands: the middle of what its source says, or the end it knows."""
    known = [day for day in (row.date.earliest, row.date.latest) if day is not None]
    return sum(known) / len(known) if known else 0.0


class _Stack(pg.GraphicsObject):  # type: ignore[misc]
    """All of the chart but its axes, painted in pixels, so that patterns keep their shape."""

    def __init__(self, chart: ShareChart) -> None:
        super().__init__()
        self.chart = chart

    def boundingRect(self) -> QRectF:
        """More days than any axis has, so that it never changes."""
        return QRectF(-1e7, -10, 2e7, 20)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """The strip of sources, the areas, and both days."""
        chart = self.chart
        area = QRectF(chart.getViewBox().sceneBoundingRect())
        painter.save()
        painter.resetTransform()
        painter.translate(area.topLeft())
        painter.setClipRect(QRectF(0, 0, area.width(), area.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chart.shares is not None:
            self._areas(painter, chart.shares, area.width(), area.height())
        for letter, day in zip("AB", chart.days, strict=True):
            if day is not None and chart.shares is not None:
                self._day(painter, letter, chart.x_of(day + 0.5), area.height())
        self._sources(painter, area.width())
        painter.restore()

    def _areas(self, painter: QPainter, shares: Shares, width: float, height: float) -> None:
        tokens, ratio = self.chart.tokens, painter.device().devicePixelRatioF()
        x = [self.chart.x_of(day) for day in shares.days]
        room, below = height - STRIP, np.zeros(len(shares.days))
        rows: list[tuple[Any, QBrush, QColor]] = [
            (share, fill_brush(tokens, party.actors, party.control, STRENGTH, ratio),
             tokens.actor_colour(party.actors[0]))
            for party, share in zip(shares.parties, shares.share, strict=True)
        ]  # fmt: skip
        rows.append((shares.others, QBrush(tokens.colour("unknown", 0.35)), tokens.colour("unknown")))
        for share, brush, edge in rows:
            above = below + share
            upper = [QPointF(at, height - room * float(top)) for at, top in zip(x, above, strict=True)]
            lower = [QPointF(at, height - room * float(top)) for at, top in zip(x, below, strict=True)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush)
            painter.drawPolygon(QPolygonF([*upper, *reversed(lower)]))
            if share.max(initial=0.0) > 0:
                painter.setPen(QPen(edge, 1.0))
                painter.drawPolyline(QPolygonF(upper))
            below = above

    def _day(self, painter: QPainter, letter: str, x: float, height: float) -> None:
        ink = self.chart.tokens.colour("ink")
        painter.setPen(QPen(ink, 1.6, Qt.PenStyle.DashLine if letter == "A" else Qt.PenStyle.SolidLine))
        painter.drawLine(QPointF(x, STRIP - 8), QPointF(x, height))
        half = QFontMetricsF(painter.font()).horizontalAdvance(letter) / 2 + 3
        box = QRectF(x - half, STRIP - 8, 2 * half, 15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(box, 2, 2)
        painter.setPen(self.chart.tokens.colour("panel"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)

    def _sources(self, painter: QPainter, width: float) -> None:
        """A diamond at each date, with its words: above the shares, for it is not one of them."""
        tokens = self.chart.tokens
        for row in self.chart.stated:
            x, y = self.chart.x_of(_middle(row)), 8.0
            painter.setPen(QPen(tokens.colour("panel"), 1.0))
            painter.setBrush(tokens.colour("select"))
            painter.drawPolygon(QPolygonF([QPointF(x - 5, y), QPointF(x, y - 5), QPointF(x + 5, y), QPointF(x, y + 5)]))
            text = f"\u201c{row.word or row.what}\u201d"
            long = QFontMetricsF(painter.font()).horizontalAdvance(text)
            left = x + 9 if x + 9 + long <= width else x - 9 - long
            painter.setPen(tokens.colour("text"))
            painter.drawText(QPointF(left, y + 4), text)
