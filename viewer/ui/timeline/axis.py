"""The axis of the chart: names days, months and years as it zooms, and the section it is in on a second line."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPixmap

from viewer.draw.tokens import Tokens
from viewer.ui.timeline.scale import ticks

TYPE_SHARE = 0.88
"""How large the labels are against the usual type."""
USUAL_LETTER = 5.7
"""Pixels: the average letter the steps of the scale are made for."""


class DayAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of days since 1970."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__("bottom")
        self.tokens = tokens
        self._pixmap: QPixmap | None = None
        self._made_for: tuple[Any, ...] = ()
        small = QFont(self.font())
        small.setPointSizeF(small.pointSizeF() * TYPE_SHARE)
        self.setFont(small)
        self.setHeight(self.wanted_height())

    def wanted_height(self) -> int:
        """Two lines of type and a little air."""
        return round(2 * QFontMetricsF(self.font()).height() + 3)

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self.tokens, self._pixmap = tokens, None
        self.update()

    def paint(self, painter: QPainter, option: Any, widget: Any) -> None:
        """Show lines and labels of the linked view; they are drawn again only when the days or the size change."""
        view = self.linkedView()
        if view is None:
            return
        (first, last), _ = view.viewRange()
        size, ratio = QSizeF(view.width(), self.boundingRect().height()), painter.device().devicePixelRatio()
        if size.isEmpty() or last <= first:
            return
        made_for = (first, last, size.width(), size.height(), ratio, self.font().toString())
        if self._pixmap is None or self._made_for != made_for:
            self._pixmap, self._made_for = self._drawn(first, (last - first) / size.width(), size, ratio), made_for
        painter.drawPixmap(QPointF(self.mapFromItem(view, 0, 0).x(), 0), self._pixmap)

    def _drawn(self, first: float, days_per_pixel: float, size: QSizeF, ratio: float) -> QPixmap:
        pixmap = QPixmap((size * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        try:
            painter.setFont(self.font())
            self._draw(painter, first, days_per_pixel, size.width())
        finally:
            painter.end()
        return pixmap

    def _draw(self, painter: QPainter, first: float, days_per_pixel: float, width: float) -> None:
        metrics = QFontMetricsF(self.font())
        line, last = metrics.height(), first + days_per_pixel * width
        named = ticks(int(first) - 1, int(last) + 1, days_per_pixel, metrics.averageCharWidth() / USUAL_LETTER)
        muted, text = self.tokens.colour("text_muted"), self.tokens.colour("text")
        painter.setPen(QPen(self.tokens.colour("text_muted", 0.5), 1))
        for days, depth in ((named.fine, 4.0), (named.coarse, 2 * line + 4)):
            for day, _ in days:
                x = round((day - first) / days_per_pixel) + 0.5
                painter.drawLine(QPointF(x, 0), QPointF(x, depth))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(muted if named.coarse else text)
        for day, label in named.fine:
            begin = (day - first) / days_per_pixel + 4
            if 0 <= begin <= width - metrics.horizontalAdvance(label):  # a part of it would read as another number
                painter.drawText(QRectF(begin, 1, 80, line), left, label)
        painter.setPen(text)
        for index, (day, label) in enumerate(named.coarse):
            begin = max(0.0, (day - first) / days_per_pixel) + 4
            end = (named.coarse[index + 1][0] - first) / days_per_pixel if index + 1 < len(named.coarse) else width
            if end - begin >= metrics.horizontalAdvance(label):
                painter.drawText(QRectF(begin, line + 1, end - begin, line), left, label)
