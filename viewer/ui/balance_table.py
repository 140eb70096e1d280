"""The table of who gained, lost and held how much between two days; it copies as text."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from viewer.draw.patterns import fill_brush
from viewer.draw.tokens import Tokens
from viewer.session.change import Balance, Party
from viewer.session.change_words import COLUMNS, code_of, numbers_of, party_words
from viewer.store.dataset import DataSet
from viewer.ui.text import plain_tip

SWATCH = QSize(18, 14)
STRENGTHS = (1.0, 1.0)
"""Laid down twice: so small a patch of a pale pattern would hardly be seen."""
NOTHING = "\u2013"
"""Stands for none at all; 0 is less than half a square kilometre."""


class BalanceTable(QTableWidget):
    """A line per party, whoever has most on the second day first."""

    copied = Signal()
    """Somebody wants all of it as text."""

    def __init__(self, data: DataSet, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(0, 1 + len(COLUMNS), parent)
        self._data, self._tokens = data, tokens
        self.balances: tuple[Balance, ...] = ()
        self.setHorizontalHeaderLabels(["km\u00b2", *COLUMNS])
        self.setProperty("copies", True)
        self.setIconSize(SWATCH)
        self.setAccessibleName("Ground of each party on both days, gained, lost and held, in square kilometres")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(20)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self._tokens = tokens
        self.show_balances(self.balances)

    def show_balances(self, balances: tuple[Balance, ...]) -> None:
        """Show these."""
        self.balances = balances
        self.setRowCount(len(balances))
        for row, balance in enumerate(balances):
            first = QTableWidgetItem(_swatch(balance.party, self._tokens, self.devicePixelRatioF()),
                                     code_of(self._data, balance.party))  # fmt: skip
            first.setToolTip(plain_tip(party_words(self._data, balance.party)))
            first.setData(Qt.ItemDataRole.AccessibleTextRole, party_words(self._data, balance.party))
            self.setItem(row, 0, first)
            for column, km2 in enumerate(numbers_of(balance), start=1):
                item = QTableWidgetItem(f"{km2:,.0f}" if km2 else NOTHING)
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Long names take another line."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def _fit(self) -> None:
        """As high as its lines: the panel scrolls, not the table in it."""
        self.resizeRowsToContents()
        rows = sum(self.rowHeight(row) for row in range(self.rowCount()))
        self.setFixedHeight(rows + self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies all of it, with its days and its rule."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
            return
        super().keyPressEvent(event)


def _swatch(party: Party, tokens: Tokens, ratio: float) -> QIcon:
    """The look of a party's ground."""
    pixmap = QPixmap(SWATCH * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    box = QRectF(1, 2, SWATCH.width() - 2, SWATCH.height() - 4)
    for strength in STRENGTHS:
        painter.fillRect(box, fill_brush(tokens, party.actors, party.control, strength, ratio))
    painter.setPen(QPen(tokens.actor_colour(party.actors[0]), 1.0))
    painter.drawRect(box)
    painter.end()
    return QIcon(pixmap)
