"""The pages of the import dialog: rows as they would be read, columns, names, and what was rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QHeaderView,
    QLineEdit,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from viewer.session.import_words import COLUMNS, row_words
from viewer.session.importing import Preview, Summary
from viewer.ui.text import plain_tip

MOST_SHOWN = 2000
"""Rows that a page shows at most; all of them are in the file of rejected rows, or in the store."""
NEW, NONE = "a new record", "(none)"


class Table(QTableWidget):
    """Lines of plain text under a head; they are read, not edited."""

    def __init__(self, columns: Sequence[str], name: str, wide: int) -> None:
        """wide: the column that takes what room is left."""
        super().__init__(0, len(columns))
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
        head.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these lines, as far as there is room for them."""
        self.setRowCount(min(len(rows), MOST_SHOWN))
        for at, row in enumerate(rows[:MOST_SHOWN]):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tip(text))
                self.setItem(at, column, item)
        self.resizeColumnsToContents()
        for column in range(self.columnCount()):
            self.setColumnWidth(column, min(self.columnWidth(column), 220))


class RowsPage(Table):
    """The first rows of the file as they would be read."""

    def __init__(self) -> None:
        super().__init__(COLUMNS, "The first rows as they would be read", 2)

    def show_preview(self, preview: Preview | None) -> None:
        """Show how these rows would be read; None clears the page."""
        self.show_rows([row_words(item) for item in preview.items] if preview is not None else [])


class RejectedPage(Table):
    """The rows that were rejected, and why."""

    def __init__(self) -> None:
        super().__init__(("Line", "Reason", "Row"), "Rejected rows", 1)

    def show_summary(self, summary: Summary | None) -> None:
        """Show what an import rejected."""
        rejected = summary.rejected if summary is not None else ()
        self.show_rows([(str(one.line), one.reason, " | ".join(one.raw)[:400]) for one in rejected])


class ColumnsPage(QScrollArea):
    """Which column each field is taken from, and the other settings of a format."""

    changed = Signal()
    """Somebody chose another column or setting."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self._boxes: dict[str, QComboBox] = {}
        self._lines: dict[str, QLineEdit] = {}
        self._shown: tuple[object, ...] = ()

    def show_preview(self, preview: Preview | None) -> None:
        """Offer what the format of a file has to choose; what was chosen for the same file stays."""
        shape = preview.shape if preview is not None else None
        told = (shape.columns, tuple(shape.fields.items()), tuple(shape.settings)) if shape is not None else ()
        if told == self._shown:
            return
        self._shown, self._boxes, self._lines = told, {}, {}
        page = QWidget()
        form = QFormLayout(page)
        if shape is not None:
            for field, about in shape.fields.items():
                self._boxes[field] = box = self._box(shape.columns, shape.mapping.get(field, ""))
                form.addRow(about or field, box)
            for setting, value in shape.settings.items():
                self._lines[setting] = line = QLineEdit(value)
                line.editingFinished.connect(self.changed)
                form.addRow(setting.replace("_", " "), line)
        self.setWidget(page)

    def _box(self, columns: Sequence[str], chosen: str) -> QComboBox:
        box = QComboBox()
        box.addItem(NONE, "")
        for column in columns:
            box.addItem(column, column)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.activated.connect(self.changed)
        return box

    @property
    def options(self) -> dict[str, str]:
        """The fields by column and the settings, as they stand."""
        chosen = {field: str(box.currentData()) for field, box in self._boxes.items()}
        return chosen | {setting: line.text().strip() for setting, line in self._lines.items()}

    @property
    def empty(self) -> bool:
        """Whether the format has nothing to choose."""
        return not self._boxes and not self._lines


class NamesPage(QWidget):
    """What each name of the file was taken for, with a chance to take it for another record."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._table = Table(("Kind", "Name in the file", "Taken for"), "Names in the file and what they mean", 1)
        self._corrections: dict[tuple[str, str], str] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._table)

    def forget(self) -> None:
        """Another file: nothing is decided about its names."""
        self._corrections.clear()
        self._table.show_rows([])

    def show_summary(self, summary: Summary) -> None:
        """Show what became of the names; a new one that looks like others can be taken for one of them."""
        matches = summary.matches[:MOST_SHOWN]
        self._table.show_rows([(match.table, match.name, NEW if match.new else match.key) for match in matches])
        for row, match in enumerate(matches):
            decided = self._corrections.get((match.table, match.name))
            if not match.alike and decided is None:
                continue
            box = QComboBox()
            box.setAccessibleName(f"{match.name} is taken for")
            for key in dict.fromkeys(("", *((decided,) if decided else ()), *match.alike)):
                box.addItem(key or NEW, key)
            box.setCurrentIndex(max(0, box.findData(decided or "")))
            box.activated.connect(lambda _, about=(match.table, match.name), box=box: self._decide(about, box))
            self._table.setCellWidget(row, 2, box)
        self._table.setColumnWidth(2, 260)

    def _decide(self, about: tuple[str, str], box: QComboBox) -> None:
        self._corrections[about] = str(box.currentData())
        self.changed.emit()

    def decided(self, table: str) -> Mapping[str, str]:
        """The keys that somebody chose for names of that table."""
        return {name: key for (kind, name), key in self._corrections.items() if kind == table}
