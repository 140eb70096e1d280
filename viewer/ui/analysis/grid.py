"""A cross table: numbers on a tint that grows with them, names of columns upright; the same on screen and on paper."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from viewer.domain.frozen import dataclass
from viewer.draw.tokens import Tokens
from viewer.session.analysis import Cell, Cross, figure_words
from viewer.ui.text import isolated, plain_tip

MOST_NAME, MOST_UPRIGHT = 150.0, 120.0
"""Pixels for the names of rows, and of columns, which stand upright."""
PAD = 6.0
STRONGEST = 0.5
"""How much of the colour is behind the largest number."""
ALL = "all"
NONE = "\u00b7"
"""Stands for no record at all, so that numbers stand out."""
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the parts of a cross table are, in pixels."""

    name: float
    upright: float
    across: float
    down: float


def text_of(cell: Cell) -> str:
    """What stands in a cell."""
    return str(cell) if cell.records or (cell.total is not None and cell.total.counted) else NONE


def table_cells(found: Cross) -> list[list[Cell]]:
    """The cells with the sums of rows and columns at the right and below, and the whole in the corner."""
    lines = [[*cells, cell] for (_, cell), cells in zip(found.rows, found.cells, strict=True)]
    return [*lines, [*(cell for _, cell in found.columns), found.whole]]


def names_of(found: Cross) -> tuple[list[str], list[str]]:
    """The names of rows and of columns, the sums last."""
    return [*(group.name for group, _ in found.rows), ALL], [*(group.name for group, _ in found.columns), ALL]


def sizes_of(found: Cross, font: QFont) -> Sizes:
    """The room that names and numbers need."""
    metrics = QFontMetricsF(font)
    rows, columns = names_of(found)
    texts = [text_of(cell) for line in table_cells(found) for cell in line]

    def widest(names: list[str]) -> float:
        return max((math.ceil(metrics.horizontalAdvance(name)) for name in names), default=0) + 2 * PAD

    down = math.ceil(metrics.height()) + 8.0
    return Sizes(min(widest(rows), MOST_NAME), min(widest(columns), MOST_UPRIGHT), max(widest(texts), down), down)


def paint_cell(painter: QPainter, area: QRectF, text: str, share: float, summed: bool, tokens: Tokens) -> None:
    """A number; share: of the largest, 0 to 1. Sums have no tint, as they are no part of what they sum."""
    if not summed and share > 0:
        painter.fillRect(area.adjusted(0.5, 0.5, -0.5, -0.5), tokens.colour("accent", STRONGEST * math.sqrt(share)))
    painter.setPen(tokens.colour("text_muted" if text == NONE else "text"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area.adjusted(0, 0, -PAD, 0), right, text)


def paint_name(painter: QPainter, area: QRectF, name: str, tokens: Tokens, upright: bool) -> None:
    """The name of a row, or of a column from below upward."""
    metrics = QFontMetricsF(painter.font(), painter.device())
    room = (area.height() if upright else area.width()) - 2 * PAD + 1
    text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
    painter.setPen(tokens.colour("text_muted" if name == ALL else "text"))
    align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    painter.save()
    if upright:
        painter.translate(area.left(), area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(PAD, 0, room + 1, area.width()), align, text)
    else:
        painter.drawText(QRectF(area.left() + PAD, area.top(), room + 1, area.height()), align, text)
    painter.restore()


def paint_grid(painter: QPainter, area: QRectF, found: Cross, tokens: Tokens) -> None:
    """The whole table, from the left top of an area."""
    sizes, cells = sizes_of(found, painter.font()), table_cells(found)
    rows, columns = names_of(found)
    most = largest(found)
    for column, name in enumerate(columns):
        left = area.left() + sizes.name + column * sizes.across
        paint_name(painter, QRectF(left, area.top(), sizes.across, sizes.upright), name, tokens, True)
    for row, line in enumerate(cells):
        top = area.top() + sizes.upright + row * sizes.down
        paint_name(painter, QRectF(area.left(), top, sizes.name, sizes.down), rows[row], tokens, False)
        for column, cell in enumerate(line):
            box = QRectF(area.left() + sizes.name + column * sizes.across, top, sizes.across, sizes.down)
            summed = row == len(cells) - 1 or column == len(line) - 1
            paint_cell(painter, box, text_of(cell), cell.amount / most, summed, tokens)
    right = area.left() + sizes.name + len(columns) * sizes.across
    painter.setPen(QPen(tokens.colour("edge"), 1))
    for y in (area.top() + sizes.upright, area.top() + sizes.upright + (len(cells) - 1) * sizes.down):
        painter.drawLine(round(area.left()), round(y), round(right), round(y))


def grid_size(found: Cross, font: QFont) -> tuple[float, float]:
    """How wide and high the whole table is."""
    sizes = sizes_of(found, font)
    return sizes.name + (len(found.columns) + 1) * sizes.across, sizes.upright + (len(found.rows) + 1) * sizes.down


def largest(found: Cross) -> float:
    """The largest amount of any cell."""
    return max((cell.amount for line in found.cells for cell in line), default=0.0) or 1.0


class GridModel(QAbstractTableModel):
    """The cells with their sums."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.found: Cross | None = None
        self._cells: list[list[Cell]] = []
        self._names: tuple[list[str], list[str]] = ([], [])

    def show(self, found: Cross | None) -> None:
        """Show another table."""
        self.beginResetModel()
        self.found = found
        self._cells = table_cells(found) if found is not None else []
        self._names = names_of(found) if found is not None else ([], [])
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """The rows and their sum."""
        return 0 if parent is not None and parent.isValid() else len(self._cells)

    def columnCount(self, parent: Index | None = None) -> int:
        """The columns and their sum."""
        return 0 if parent is not None and parent.isValid() else len(self._names[1])

    def cell(self, index: Index) -> Cell:
        """The cell at a place."""
        return self._cells[index.row()][index.column()]

    def summed(self, index: Index) -> bool:
        """Whether it is a sum."""
        return index.row() == len(self._cells) - 1 or index.column() == len(self._names[1]) - 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The number, and all that is known of it."""
        if not index.isValid() or self.found is None:
            return None
        cell = self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(cell)
        row, column = self._names[0][index.row()], self._names[1][index.column()]
        said = f"{isolated(row)}, {isolated(column)}: {figure_words(cell, self.found.measure)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(said)
        return said if role == Qt.ItemDataRole.AccessibleTextRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of rows and columns, whole when pointed at."""
        names = self._names[1 if orientation == Qt.Orientation.Horizontal else 0]
        if section >= len(names):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return names[section]
        return plain_tip(names[section]) if role == Qt.ItemDataRole.ToolTipRole else None


class CellDelegate(QStyledItemDelegate):
    """Paints a cell on its tint."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The number, and a frame round the one that the hand or the keyboard is on."""
        view, area = self._view, QRectF(option.rect)
        if view.model_of.found is None:
            return
        cell = view.model_of.cell(index)
        painter.save()
        painter.setFont(view.font())
        share = cell.amount / largest(view.model_of.found)
        paint_cell(painter, area, text_of(cell), share, view.model_of.summed(index), view.tokens)
        over = option.state & QStyle.StateFlag.State_MouseOver
        if over or (view.hasFocus() and index == view.currentIndex()):
            painter.setPen(QPen(view.tokens.colour("focus"), 1.5))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        painter.restore()


class NameHeader(QHeaderView):
    """The names of rows, or those of columns upright."""

    def __init__(self, orientation: Qt.Orientation, view: GridView) -> None:
        super().__init__(orientation, view)
        self._view = view
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(16)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """The name alone, on the ground of the window."""
        name = str(self.model().headerData(section, self.orientation(), Qt.ItemDataRole.DisplayRole) or "")
        painter.save()
        painter.setFont(self._view.font())
        paint_name(painter, QRectF(rect), name, self._view.tokens, self.orientation() == Qt.Orientation.Horizontal)
        painter.restore()

    def sizeHint(self) -> QSize:
        """As much as the names need."""
        found = self._view.model_of.found
        if found is None:
            return QSize(0, 0)
        sizes = sizes_of(found, self._view.font())
        upright = self.orientation() == Qt.Orientation.Horizontal
        return QSize(round(sizes.across if upright else sizes.name), round(sizes.upright if upright else sizes.down))


class GridView(QTableView):
    """The table: a click on a cell, or Enter, asks for what both sides mean; Ctrl+C copies all of it."""

    copied = Signal()
    chosen = Signal(int, int)
    """Row and column of the cell that was taken."""

    def __init__(self, tokens: Tokens, parent: QWidget) -> None:
        super().__init__(parent)
        self.tokens = tokens
        self.model_of = GridModel(self)
        self.setModel(self.model_of)
        self.setItemDelegate(CellDelegate(self))
        self.setHorizontalHeader(NameHeader(Qt.Orientation.Horizontal, self))
        self.setVerticalHeader(NameHeader(Qt.Orientation.Vertical, self))
        self.setCornerButtonEnabled(False)
        self.setStyleSheet("QTableCornerButton::section { background: transparent; border: none; }")
        self.setShowGrid(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        for part in (self, self.horizontalHeader(), self.verticalHeader()):
            part.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setProperty("copies", True)
        self.setAccessibleName("Cross table: Enter on a number filters by its row and its column")
        self.clicked.connect(lambda index: self.chosen.emit(index.row(), index.column()))

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self.tokens = tokens
        self.viewport().update()
        self.horizontalHeader().viewport().update()
        self.verticalHeader().viewport().update()

    def show_found(self, found: Cross | None) -> None:
        """Show another table."""
        at = self.currentIndex()
        self.model_of.show(found)
        if found is None:
            return
        sizes = sizes_of(found, self.font())
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setDefaultSectionSize(round(sizes.across))
        down.setDefaultSectionSize(round(sizes.down))
        across.setFixedHeight(round(sizes.upright))
        down.setFixedWidth(round(sizes.name))
        if at.isValid() and at.row() < self.model_of.rowCount() and at.column() < self.model_of.columnCount():
            self.setCurrentIndex(self.model_of.index(at.row(), at.column()))

    def keyPressEvent(self, event: Any) -> None:
        """Enter takes a cell, Ctrl+C copies the table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row(), self.currentIndex().column())
        else:
            super().keyPressEvent(event)

