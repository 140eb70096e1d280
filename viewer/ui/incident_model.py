"""The lines of the table of incidents for Qt: texts are read from the file when their lines come into sight."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from viewer.domain.dossier import Dossier
from viewer.session.state import NO_MARKS, Marks
from viewer.session.table import Column, Lines
from viewer.store.dataset import DataSet
from viewer.ui.text import plain_tip

FETCHED = 60
"""Records are read so many at a time."""
KEPT = 3_000
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
NO_LINES = Lines(np.empty(0, dtype=np.int64))


class IncidentModel(QAbstractTableModel):
    """Events and the heads of their groups, a line each, with the columns that were chosen."""

    def __init__(self, data: DataSet, columns: tuple[Column, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self.columns = columns
        self.lines, self._marks = NO_LINES, NO_MARKS
        self._read: dict[int, Dossier] = {}

    def show(self, lines: Lines, marks: Marks) -> None:
        """Show these lines."""
        self.beginResetModel()
        self.lines, self._marks = lines, marks
        self.endResetModel()

    def show_columns(self, columns: tuple[Column, ...]) -> None:
        """Show these columns."""
        self.beginResetModel()
        self.columns = columns
        self.endResetModel()

    def show_marks(self, marks: Marks) -> None:
        """Marks have changed; the lines stay."""
        self._marks = marks
        if len(self.lines.lines) and self.columns:
            last = self.index(len(self.lines.lines) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = ROOT) -> int:
        """How many lines."""
        return 0 if parent.isValid() else len(self.lines.lines)

    def columnCount(self, parent: Index = ROOT) -> int:
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles of the columns."""
        across = orientation == Qt.Orientation.Horizontal
        return self.columns[section].title if across and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; the head of a group stands in the first."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.FontRole):
            return None
        head = self.lines.head(index.row())
        if role == Qt.ItemDataRole.FontRole:
            return _bold() if head is not None else None
        text = f"{head[0]}  {head[1]:,}" if head is not None else self.text(index.row(), index.column())
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def text(self, line: int, column: int) -> str:
        """What a cell says of an event; '' for the head of a group."""
        row = self.lines.row(line)
        found = self._dossier(row, line) if row is not None else None
        return self.columns[column].text(self._data, self._marks, found) if found is not None else ""

    def _dossier(self, row: int, line: int) -> Dossier | None:
        if row not in self._read:
            if len(self._read) > KEPT:
                self._read.clear()
            near = self.lines.lines[line : line + FETCHED]
            wanted = [one for one in near[near >= 0].tolist() if one not in self._read]
            keys = {self._data.events.keys[one]: one for one in wanted}
            self._read |= {keys[found.event.key]: found for found in self._data.reader.dossiers(list(keys))}
        return self._read.get(row)


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font
