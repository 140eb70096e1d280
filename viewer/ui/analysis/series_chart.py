"""Two series above one axis of time: a share of ground, and incidents near a place; the same on screen and on paper."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QKeySequence, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer.domain.actors import Actor
from viewer.domain.dates import Day
from viewer.domain.places import Place
from viewer.draw.tokens import Tokens
from viewer.session.analysis_series import Series, incidents_title, month_tip, share_title
from viewer.store.dataset import DataSet
from viewer.ui.analysis.bars import PATCH, paint_signs, paint_stripes, with_pale
from viewer.ui.text import isolated, plain_tip
from viewer.ui.timeline.scale import ticks

LEAST_HEIGHT = 150
BETWEEN = 10.0
AIR = 6.0
SIGNS_SHARE = 0.4
"""Of the width at most, for what the marks stand for."""
USUAL_LETTER = 5.7
"""Pixels: the average letter the steps of the scale are made for."""


def nice_steps(most: float, whole: bool, wanted: int = 4) -> list[float]:
    """Round numbers from 0 to the first that is no less than `most`; whole: without fractions."""
    rough = max(most, 1e-9) / wanted
    size = 10.0 ** math.floor(math.log10(rough))
    step = next((size * by for by in (1, 2, 2.5, 5, 10) if size * by >= rough), size * 10)
    if whole:
        step = max(1.0, math.ceil(step))
    return [number * step for number in range(math.ceil(max(most, step) / step - 1e-9) + 1)]


class Plot:
    """Where everything of the chart stands on an area."""

    def __init__(self, area: QRectF, found: Series, metrics: QFontMetricsF) -> None:
        line = metrics.height()
        self.found, self.line = found, line
        self.shares = nice_steps(max(0.04, float((found.alone + found.shared).max(initial=0.0))), False)
        self.numbers = nice_steps(float(found.may.max(initial=0)), True)
        labels = [f"{share:.0%}" for share in self.shares] + [f"{number:,.0f}" for number in self.numbers]
        axis = max(metrics.horizontalAdvance(label) for label in labels) + AIR
        wide = area.width() - axis - AIR
        days_per_pixel = (found.last + 1 - found.days[0]) / max(1.0, wide)
        self.named = ticks(found.days[0], found.last, days_per_pixel, metrics.averageCharWidth() / USUAL_LETTER)
        foot = (2 if self.named.coarse else 1) * line + 6
        room = (area.height() - foot - 2 * (line + AIR) - BETWEEN) / 2
        left = area.left() + axis
        self.upper = QRectF(left, area.top() + line + AIR, wide, room)
        self.lower = QRectF(left, self.upper.bottom() + BETWEEN + line + AIR, wide, room)
        self.area = area

    def x_of(self, day: float) -> float:
        """Where a day lies."""
        first, last = self.found.days[0], self.found.last + 1
        return self.upper.left() + (day - first) / max(1, last - first) * self.upper.width()

    def month_at(self, x: float) -> int | None:
        """The month at a pixel."""
        if not self.upper.left() <= x <= self.upper.right():
            return None
        first, last = self.found.days[0], self.found.last + 1
        day = first + (x - self.upper.left()) / max(1.0, self.upper.width()) * (last - first)
        return self.found.month_of(min(int(day), self.found.last))


def paint_series(
    painter: QPainter, area: QRectF, data: DataSet, found: Series, tokens: Tokens, cursor: Day | None, month: int | None
) -> None:
    """Both series; cursor: the day of the map; month: the one that is pointed at."""
    metrics = QFontMetricsF(painter.font(), painter.device())
    plot = Plot(area, found, metrics)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if month is not None:
        ends = [*found.days[1:], found.last + 1]
        left, right = plot.x_of(found.days[month]), plot.x_of(ends[month])
        for pane in (plot.upper, plot.lower):
            painter.fillRect(QRectF(left, pane.top(), right - left, pane.height()), tokens.colour("hover"))
    actor, place = data.actors.get(found.asked.actor), data.places.get(found.asked.place)
    for pane, steps, title, percent in (
        (plot.upper, plot.shares, _named(share_title(data, found.asked), actor), True),
        (plot.lower, plot.numbers, _named(incidents_title(data, found.asked), place), False),
    ):
        _paint_frame(painter, plot, pane, steps, title, percent, tokens)
    _paint_share(painter, plot, tokens)
    _paint_incidents(painter, plot, tokens)
    _paint_time(painter, plot, tokens)
    if cursor is not None and found.days[0] <= cursor <= found.last:
        x = plot.x_of(cursor + 0.5)
        painter.setPen(QPen(tokens.colour("select"), 1.4))
        for pane in (plot.upper, plot.lower):
            painter.drawLine(QPointF(x, pane.top() - 2), QPointF(x, pane.bottom()))


def _named(title: str, record: Actor | Place | None) -> str:
    """A title in which a name in Arabic does not turn the words round it about."""
    return title.replace(record.name, isolated(record.name)) if record is not None else title


def _paint_frame(
    painter: QPainter, plot: Plot, pane: QRectF, steps: list[float], title: str, percent: bool, tokens: Tokens
) -> None:
    metrics = QFontMetricsF(painter.font(), painter.device())
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.setPen(tokens.colour("text"))
    signs = _signs_width(plot, percent, metrics)
    room = plot.area.width() - 2 - signs
    text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QRectF(plot.area.left(), pane.top() - plot.line - AIR, room + 1, plot.line), left, text)
    if signs:
        _paint_signs(painter, plot, pane, percent, tokens)
    every = 1 if pane.height() / max(1, len(steps) - 1) > plot.line else 2
    for number, step in enumerate(steps):
        y = pane.bottom() - step / steps[-1] * pane.height()
        painter.setPen(QPen(tokens.colour("edge", 1.0 if not number else 0.6), 1))
        painter.drawLine(QPointF(pane.left(), y), QPointF(pane.right(), y))
        if number % every == 0:
            painter.setPen(tokens.colour("text_muted"))
            label = _percent(step, steps[1]) if percent else f"{step:,.0f}"
            box = QRectF(plot.area.left(), y - plot.line / 2, pane.left() - plot.area.left() - 4, plot.line)
            painter.drawText(box, right, label)


SHARED, SURE, POSSIBLE = "with what is shared or contested", "surely", "possibly"


def _signs_width(plot: Plot, percent: bool, metrics: QFontMetricsF) -> float:
    """The room for what the marks of a pane stand for; 0 where its title needs all."""
    if percent:
        wide = metrics.horizontalAdvance(SHARED) + PATCH + 10 if plot.found.shared.any() else 0.0
    else:
        wide = metrics.horizontalAdvance(SURE + POSSIBLE) + 2 * PATCH + 36
    return wide if wide < plot.area.width() * SIGNS_SHARE else 0.0


def _paint_signs(painter: QPainter, plot: Plot, pane: QRectF, percent: bool, tokens: Tokens) -> None:
    wide = _signs_width(plot, percent, QFontMetricsF(painter.font(), painter.device()))
    area = QRectF(plot.area.right() - wide, pane.top() - plot.line - AIR, wide, plot.line)
    if not percent:
        paint_signs(painter, area, (SURE, POSSIBLE), tokens)
        return
    painter.setPen(QPen(tokens.actor_colour(plot.found.asked.actor), 1.2, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(area.left(), area.center().y()), QPointF(area.left() + PATCH, area.center().y()))
    painter.setPen(tokens.colour("text_muted"))
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area.adjusted(PATCH + 5, 0, 0, 0), left, SHARED)


def _percent(share: float, step: float) -> str:
    return f"{share:.0%}" if step >= 0.01 - 1e-9 and abs(step * 100 - round(step * 100)) < 1e-6 else f"{share:.1%}"


def _paint_share(painter: QPainter, plot: Plot, tokens: Tokens) -> None:
    found, pane = plot.found, plot.upper
    if not found.whole_km2.any():
        return
    colour = tokens.actor_colour(found.asked.actor)
    xs = [plot.x_of(day) for day in found.days]

    def line(shares: Any) -> list[QPointF]:
        return [QPointF(x, pane.bottom() - float(share) / plot.shares[-1] * pane.height())
                for x, share in zip(xs, shares, strict=True)]  # fmt: skip

    alone, both = line(found.alone), line(found.alone + found.shared)
    foot = [QPointF(xs[-1], pane.bottom()), QPointF(xs[0], pane.bottom())]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_pale(colour))
    painter.drawPolygon(QPolygonF([*alone, *foot]))
    if found.shared.any():
        painter.setPen(QPen(colour, 1.2, Qt.PenStyle.DashLine))
        painter.drawPolyline(QPolygonF(both))
    pen = QPen(colour, 2.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(alone))


def _paint_incidents(painter: QPainter, plot: Plot, tokens: Tokens) -> None:
    found, pane = plot.found, plot.lower
    colour = tokens.colour("accent")
    ends = [*found.days[1:], found.last + 1]
    for first, end, may, sure in zip(found.days, ends, found.may.tolist(), found.sure.tolist(), strict=True):
        left, right = plot.x_of(first), plot.x_of(end)
        gap = 0.5 if right - left < 4 else 1.0
        begin, wide, scale = left + gap / 2, max(right - left - gap, 0.8), pane.height() / plot.numbers[-1]
        if may > sure:
            paint_stripes(painter, QRectF(begin, pane.bottom() - may * scale, wide, (may - sure) * scale), colour)
        if sure:
            painter.fillRect(QRectF(begin, pane.bottom() - sure * scale, wide, sure * scale), colour)


def _paint_time(painter: QPainter, plot: Plot, tokens: Tokens) -> None:
    """One axis for both, named below them."""
    found, pane = plot.found, plot.lower
    metrics = QFontMetricsF(painter.font(), painter.device())
    named = plot.named
    for labels, row in ((named.fine, 0), (named.coarse, 1)):
        painter.setPen(tokens.colour("text" if row or not named.coarse else "text_muted"))
        for index, (day, label) in enumerate(labels):
            x = max(plot.x_of(day), pane.left())
            end = plot.x_of(labels[index + 1][0]) if index + 1 < len(labels) else pane.right()
            if day > found.last or (plot.x_of(day) < pane.left() - 1 and not row):
                continue
            if min(end, pane.right()) - x >= metrics.horizontalAdvance(label) + 3:
                painter.drawText(QPointF(x + 2, pane.bottom() + 2 + (row + 0.8) * plot.line), label)
            painter.drawLine(QPointF(x, pane.bottom()), QPointF(x, pane.bottom() + 4 + row * plot.line))


class SeriesChart(QWidget):
    """The chart in the panel: a click goes to the month, pointing tells both numbers, Ctrl+C copies them all."""

    chosen = Signal(int)
    """The first day of the month that was clicked."""
    copied = Signal()

    def __init__(self, data: DataSet, tokens: Tokens, parent: QWidget) -> None:
        super().__init__(parent)
        self._data, self.tokens = data, tokens
        self.found: Series | None = None
        self.cursor_day: Day | None = None
        self._month: int | None = None
        self.setMouseTracking(True)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("copies", True)
        self.setAccessibleName("Share of ground and incidents near a place, by month")

    def sizeHint(self) -> QSize:
        """Wide and not very high."""
        return QSize(420, 320)

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self.tokens = tokens
        self.update()

    def show_found(self, found: Series | None) -> None:
        """Show these."""
        self.found, self._month = found, None
        self.update()

    def show_cursor(self, day: Day) -> None:
        """Mark the day of the map, and read that month out."""
        self.cursor_day = day
        month = self.found.month_of(day) if self.found is not None else None
        if self.found is not None and month is not None:
            self.setAccessibleDescription(month_tip(self._data, self.found, month))
        self.update()

    @property
    def _plot(self) -> Plot | None:
        if self.found is None or not self.found.days:
            return None
        return Plot(self._area, self.found, QFontMetricsF(self.font()))

    @property
    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(8, 2, -4, -2)

    def paintEvent(self, event: Any) -> None:
        """Both series."""
        if self.found is None or not self.found.days:
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        paint_series(painter, self._area, self._data, self.found, self.tokens, self.cursor_day, self._month)
        if self.hasFocus():
            painter.setPen(QPen(self.tokens.colour("focus"), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, 3)
        painter.end()

    def words_at(self, x: float) -> str:
        """Both numbers of the month at a pixel, '' beside the chart."""
        plot = self._plot
        month = plot.month_at(x) if plot is not None else None
        return month_tip(self._data, self.found, month) if month is not None and self.found is not None else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The month under the pointer is lit."""
        plot = self._plot
        month = plot.month_at(event.position().x()) if plot is not None else None
        if month != self._month:
            self._month = month
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        self._month = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click names a month."""
        plot = self._plot
        month = plot.month_at(event.position().x()) if plot is not None else None
        if event.button() == Qt.MouseButton.LeftButton and month is not None and self.found is not None:
            self.chosen.emit(self.found.days[month])

    def keyPressEvent(self, event: Any) -> None:
        """Ctrl+C copies the numbers."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell the numbers of the month that is pointed at."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tip(self.words_at(event.pos().x())), self)
            return True
        return bool(super().event(event))
