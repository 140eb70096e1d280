"""The pages of the import dialog that are read: rows as they would be read, what changes, and what was rejected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from viewer.session.import_words import COLUMNS, answer_words, capital, change_words, row_words
from viewer.session.importing import Preview, Summary
from viewer.ui.text import plain_tip

MOST_SHOWN = 2000
"""Rows that a page shows at most; all of them are in the file of rejected rows, or in the store."""
MARGIN = 24
LEAST = 220
"""Pixels of the wide column at least; a table that has no room for it can be moved sideways."""
NOT_TRIED = "Press Try: it does everything but write, and tells here what would be done."
NOTHING_CHANGES = "No record that the store has changes, and none is deleted."
NO_PROBLEMS = "Every row was read, and there is nothing to remark."
READ = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
"""No boxes: Space and Enter would tick them."""


class Table(QTableWidget):
    """Lines of plain text under a head; they are read, not edited."""

    def __init__(self, columns: Sequence[str], name: str, wide: int, widest: int = 220) -> None:
        """wide: the column that takes what room is left; widest: pixels that another one begins with at most."""
        super().__init__(0, len(columns))
        self._wide, self._widest = wide, widest
        self.empty = ""
        """What to say where there are no lines."""
        self.setHorizontalHeaderLabels(list(columns))
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these lines, as far as there is room for them."""
        self.setRowCount(min(len(rows), MOST_SHOWN))
        for at, row in enumerate(rows[:MOST_SHOWN]):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setFlags(READ)
                item.setToolTip(plain_tip(text))
                self.setItem(at, column, item)
        if not rows:
            self.viewport().update()
            return
        self.resizeColumnsToContents()
        for column in range(self.columnCount()):
            self.setColumnWidth(column, min(self.columnWidth(column), self._widest))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's hook."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the wide column the room that the others leave, and never so little that nothing of it can be read."""
        others = sum(self.columnWidth(column) for column in range(self.columnCount()) if column != self._wide)
        self.setColumnWidth(self._wide, max(LEAST, self.viewport().width() - others))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook: an empty table says why it is."""
        super().paintEvent(event)
        if not self.rowCount() and self.empty:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            room = self.viewport().rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty)
            painter.end()


class RowsPage(Table):
    """The first rows of the file as they would be read."""

    def __init__(self) -> None:
        super().__init__(COLUMNS, "The first rows as they would be read", 2)

    def show_preview(self, preview: Preview | None) -> None:
        """Show how these rows would be read; None clears the page."""
        self.show_rows([row_words(item) for item in preview.items] if preview is not None else [])


class ChangesPage(Table):
    """What becomes of records that the store has already: first those that are deleted, then those that change."""

    def __init__(self) -> None:
        columns = ("", "Kind", "When", "Record", "What changes")
        super().__init__(columns, "Records of the store that change or are deleted", 4)

    def show_summary(self, summary: Summary | None) -> int:
        """Show what an import updates and deletes; how much that is in all."""
        gone, changed = (summary.deleted, summary.changed) if summary is not None else ((), ())
        self.empty = NOT_TRIED if summary is None else NOTHING_CHANGES
        told = [change_words("deleted", one) for one in gone]
        self.show_rows([*told, *(change_words("updated", one) for one in changed)])
        return summary.tally.updated + summary.tally.deleted if summary is not None else 0


class ProblemsPage(Table):
    """What to know of a file before it is imported: remarks first, then the rows that are rejected, and why."""

    def __init__(self) -> None:
        super().__init__(("Line", "What", "Row, or how to change it"), "Remarks and rejected rows", 1, 360)

    def show_summary(self, summary: Summary | None) -> int:
        """Show what an import remarked and rejected; how much that is in all."""
        self.empty = NOT_TRIED if summary is None else NO_PROBLEMS
        if summary is None:
            self.show_rows([])
            return 0
        remarks = [(str(one.line or ""), capital(one.text), answer_words(one.question)) for one in summary.remarks]
        rejected = [(str(one.line), f"Rejected: {one.reason}", " | ".join(one.raw)[:400]) for one in summary.rejected]
        self.show_rows([*remarks, *rejected])
        return len(remarks) + summary.tally.rejected
