"""A table of which whole lines are chosen, one at a time, and nothing unless somebody means to."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, QSignalBlocker, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

WHOLE_LINE = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class LineTable(QTableView):
    """Like Qt's, but that neither the focus nor a panel that opens meanwhile chooses a line."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """name: what somebody hears who does not see it."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(self.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        lines, header = self.verticalHeader(), self.horizontalHeader()
        lines.hide()
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines.setDefaultSectionSize(self.fontMetrics().height() + 6)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The pressed line is chosen, though details opened meanwhile and another line lies under the pointer now."""
        super().mousePressEvent(event)
        current, selection = self.currentIndex(), self.selectionModel()
        if current.isValid() and not selection.isSelected(current):
            selection.select(current, WHOLE_LINE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A chosen line that stood in sight before stays so."""
        current = self.currentIndex()
        in_sight = QRect(QPoint(), event.oldSize()).intersects(self.visualRect(current))
        super().resizeEvent(event)
        if in_sight:
            self.scrollTo(current)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Taking the keyboard chooses nothing: else the first record would take the place of what is selected."""
        if self.currentIndex().isValid() or self.selectionModel() is None:
            super().focusInEvent(event)
            return
        with QSignalBlocker(self.selectionModel()):
            super().focusInEvent(event)
            self.selectionModel().clearCurrentIndex()
