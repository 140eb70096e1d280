"""The lines of the table of incidents for Qt: texts are read from the file when their lines come into sight.

Of many records by a thread: the disk may be slow, or busy. What it answers in a moment is waited for, so that lines
come with their texts; else those follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QFont

from viewer.domain.dossier import Dossier
from viewer.session.state import NO_MARKS, Marks
from viewer.session.table import Column, Lines
from viewer.store.dataset import DataSet
from viewer.ui.text import plain_tip
from viewer.ui.working import Working

FEW = 20_000
"""Among so many records they are read at once; among more by a thread."""
FETCHED = 60
"""Records are read so many at a time."""
KEPT = 3_000
PATIENCE_SECONDS = 0.03
"""How long the window waits for them in one turn, before it shows that they are still being read."""
STILL_READ = "\u2026"
"""What a cell says while its record is being read."""
NOT_READ = "not read"
"""What it says after that failed, as an empty one would say that nothing is known."""
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
        self._read: dict[int, Dossier | None] = {}
        """What was read; None of a record that is gone."""
        self._unread: set[int] = set()
        """The rows that could not be read; they are tried again with other columns."""
        self._patient = True
        self.reading = Working(lambda asked, tick: self._records(*asked), self)
        self.reading.answered.connect(self._arrived)
        self.reading.failed.connect(self._failed)

    def release(self) -> None:
        """Stop reading, before the data are closed."""
        self.reading.release()

    def show(self, lines: Lines, marks: Marks) -> None:
        """Show these lines."""
        self.beginResetModel()
        self.lines, self._marks = lines, marks
        self.endResetModel()

    def show_columns(self, columns: tuple[Column, ...]) -> None:
        """Show these columns."""
        self.beginResetModel()
        self.columns = columns
        self._read.clear()
        self._unread.clear()
        self.reading.forget()
        self.endResetModel()

    def show_marks(self, marks: Marks) -> None:
        """Marks have changed; the lines stay."""
        self._marks = marks
        self._all_changed()

    def _all_changed(self) -> None:
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
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text)
        return text if head is None or index.column() == 0 else ""

    def text(self, line: int, column: int) -> str:
        """What a cell says of an event; '' for the head of a group."""
        row, shown = self.lines.row(line), self.columns[column]
        if row is None:
            return ""
        if shown.tells is None:
            return shown.text(self._data, self._marks, row, None)
        if row not in self._read and row not in self._unread:
            self._fetch(row, line)
        if row not in self._read:
            return NOT_READ if row in self._unread else STILL_READ
        return shown.text(self._data, self._marks, row, self._read[row])

    def _fetch(self, row: int, line: int) -> None:
        """Have the records of a line and of those below it read."""
        if len(self._read) > KEPT:
            self._read.clear()
        near = self.lines.lines[line : line + FETCHED]
        rows = tuple(one for one in near[near >= 0].tolist() if one not in self._read and one not in self._unread)
        asked = rows, tuple(sorted({part for column in self.columns for part in column.parts}))
        if len(self._data.events) <= FEW:
            self._unread.update(rows)  # unless they come
            self._take(rows, self._records(*asked))
            return
        if not self.reading.asks(lambda question: row in question[0]):
            self.reading.ask(asked)
        if self._patient:
            self._patient = False
            QTimer.singleShot(0, self, self._be_patient)
            if (found := self.reading.soon(PATIENCE_SECONDS)) is not None:
                self._take(rows, found)

    def _be_patient(self) -> None:
        self._patient = True

    def _records(self, rows: Sequence[int], parts: Sequence[str]) -> list[Dossier]:
        keys = [self._data.events.keys[row] for row in rows]
        return self._data.reader.dossiers(keys, parts)

    def _take(self, rows: Sequence[int], found: Sequence[Dossier]) -> None:
        by_key = {one.event.key: one for one in found}
        self._read |= {row: by_key.get(self._data.events.keys[row]) for row in rows}
        self._unread.difference_update(rows)

    def _arrived(self, asked: tuple[Sequence[int], Sequence[str]], found: Sequence[Dossier]) -> None:
        """What was waited for too briefly is shown now."""
        self._take(asked[0], found)
        self._all_changed()

    def _failed(self, asked: tuple[Sequence[int], Sequence[str]]) -> None:
        """These are not asked for again at each look at their lines, which would fail each time."""
        self._unread.update(asked[0])
        self._all_changed()


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font
