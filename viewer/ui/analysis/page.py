"""A chart or table of the panel as a page of its own: what it is of, the drawing, what is left out, whom to thank."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.tokens import Tokens
from viewer.session.analysis import Breakdown, Cross
from viewer.session.analysis_series import Series, series_sheet
from viewer.session.analysis_words import Sheet, sheet_of, thanks_of
from viewer.store.dataset import DataSet
from viewer.ui.analysis.bars import bars_of, columns_of, paint_bar, paint_head, row_height, signs_of
from viewer.ui.analysis.grid import grid_size, paint_grid
from viewer.ui.analysis.series_chart import paint_series

MARGIN, BETWEEN = 28.0, 10.0
WIDTH = 860.0
SERIES_HEIGHT = 440.0
TITLE_SHARE, SMALL_SHARE = 1.35, 0.9
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
Body = Callable[[QPainter, QRectF], None]


@dataclass(frozen=True, eq=False)
class Page:
    """A page that can be painted: its words, its drawing, and how large that is in logical pixels."""

    sheet: Sheet
    thanks: str
    body: Body
    body_size: tuple[float, float]
    font: QFont
    tokens: Tokens

    @property
    def size(self) -> tuple[int, int]:
        """Logical pixels across and down."""
        width = self.body_size[0] + 2 * MARGIN
        high = sum(high + BETWEEN for _, _, _, high in self._words(width)) + self.body_size[1] + 2 * MARGIN
        return round(width), round(high)

    def paint(self, painter: QPainter, width: int, height: int) -> None:
        """Everything, from the top down."""
        painter.fillRect(QRectF(0, 0, width, height), self.tokens.colour("window"))
        words = self._words(width)
        y = MARGIN
        for number, (text, font, colour, high) in enumerate(words):
            if number == 2:
                painter.setFont(self.font)
                self.body(painter, QRectF(MARGIN, y, width - 2 * MARGIN, self.body_size[1]))
                y += self.body_size[1] + BETWEEN
            painter.setFont(font)
            painter.setPen(self.tokens.colour(colour))
            painter.drawText(QRectF(MARGIN, y, width - 2 * MARGIN, high + 4), WRAP, text)
            y += high + BETWEEN

    def _words(self, width: float) -> list[tuple[str, QFont, str, float]]:
        """(text, font, colour, height): two above the drawing, two below it."""
        large, small = QFont(self.font), QFont(self.font)
        large.setPointSizeF(self.font.pointSizeF() * TITLE_SHARE)
        large.setBold(True)
        small.setPointSizeF(self.font.pointSizeF() * SMALL_SHARE)
        texts = [
            (self.sheet.title, large, "text"), (self.sheet.about, self.font, "text_muted"),
            ("\n".join(self.sheet.notes), small, "text_muted"), (self.thanks, small, "text_muted"),
        ]  # fmt: skip
        room = QRectF(0, 0, width - 2 * MARGIN, 100_000)
        return [(text, font, colour, QFontMetricsF(font).boundingRect(room, WRAP, text).height() if text else 0.0)
                for text, font, colour in texts]  # fmt: skip


def page_of(data: DataSet, found: Breakdown | Cross | Series, tokens: Tokens, font: QFont, day: int) -> Page:
    """What is shown as a page; day: that of the map."""
    thanks = "\n".join(text for text in (data.meta.marking, thanks_of(data)) if text)
    if isinstance(found, Series):
        sheet = series_sheet(data, found, day)

        def series_body(painter: QPainter, area: QRectF) -> None:
            paint_series(painter, area, data, found, tokens, None, None)

        return Page(sheet, thanks, series_body, (WIDTH, SERIES_HEIGHT), font, tokens)
    sheet = sheet_of(data, found)
    if isinstance(found, Cross):

        def grid_body(painter: QPainter, area: QRectF) -> None:
            paint_grid(painter, area, found, tokens)

        wide, high = grid_size(found, font)
        return Page(sheet, thanks, grid_body, (max(wide, WIDTH / 2), high), font, tokens)
    bars, head, high = bars_of(found), (found.measure, "tallies"), row_height(font)
    signs = signs_of(found)

    def bars_body(painter: QPainter, area: QRectF) -> None:
        columns = columns_of(bars, head, font, area.width())
        paint_head(painter, QRectF(area.left(), area.top(), area.width(), high), columns, head, tokens, signs)
        for number, bar in enumerate(bars, start=1):
            line = QRectF(area.left(), area.top() + number * high, area.width(), high)
            paint_bar(painter, line, bar, columns, tokens, boxes=False)

    return Page(sheet, thanks, bars_body, (WIDTH, (len(bars) + 1.0) * high), font, tokens)
