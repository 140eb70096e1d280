"""The list of records: those in view, those the map or the timeline cannot show, and what is wrong in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import QFont, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QToolButton, QVBoxLayout, QWidget

from viewer.domain.dates import day_words, words
from viewer.domain.events import ACTUALITIES, EVENT_TYPES, Event
from viewer.domain.records import Problem
from viewer.draw.tokens import Tokens
from viewer.session.actions import BY_ID, nothing_in_view, rows_in_view
from viewer.session.commands import OpenList
from viewer.session.crowds import roughly_placed
from viewer.session.filter_words import sentence_of
from viewer.session.learned import learned_later, never_published, reference_day
from viewer.session.nearby import apart_words, metres_from
from viewer.session.playback import looked_at
from viewer.session.selectors import Counters, counters, may_only
from viewer.session.session import Session
from viewer.session.state import STACKS, Filters, Ref, State, Time
from viewer.session.window import Rows, window_words
from viewer.store.dataset import DataSet
from viewer.ui.line_table import WHOLE_LINE, LineTable
from viewer.ui.text import FlowRow, PlainLabel, plain_tip

COLUMNS = ("When", "What", "Type", "Where", "Who", "Certainty")
TITLES = COLUMNS.index("What")
DISTANCE = len(COLUMNS)
"""The column that only a list of what is near an event has."""
LETTERS = (17, 30, 12, 18, 22, 15)
"""How wide the columns are, that of titles at least."""
DISTANCE_LETTERS = 9
LISTS = {
    "view": "Window", "unplaced": "Unplaced", "undated": "Undated", "later": "Learned later",
    "unpublished": "No publication date", "problems": "Problems",
}  # fmt: skip
"""The lists that have a button, and what it says."""
OF_THE_CLOCK = ("later", "unpublished")
"""Those that have one only while somebody asks what was known by a day."""
FETCHED = 100
"""Titles are read from the file so many at a time, when their rows come into sight."""
SORTABLE = 50_000
"""More records are not sorted by title, as that would read all of them."""
REST_MS = 60
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class RecordModel(QAbstractTableModel):
    """The events of a list; titles and dates in words are read when they are looked at.

    rows: the events in the order of the lines, shape (m,).
    """

    def __init__(self, data: DataSet, parent: QWidget) -> None:
        super().__init__(parent)
        self._data = data
        self._events: dict[int, Event] = {}
        self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        self._time = Time()
        self._by_time: Rows = np.empty(0, dtype=np.int64)
        self._metres: NDArray[np.float64] | None = None
        """How far each event of `_by_time` is from that which the list is about; None: it is about none."""
        self.rows = self._by_time

    def show(self, rows: Rows, time: Time, about: str = "") -> None:
        """Show other events (ascending rows) in the order that was chosen, with what is possible at a time.

        about: the key of an event from which distances are told; '' for none.
        """
        self.beginResetModel()
        self._by_time, self._time = rows, time
        self._metres = metres_from(self._data, about, rows) if about else None
        if self._metres is None and self._sorted_by[0] == DISTANCE:
            self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        self.rows = self._ordered()
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        """How many events."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS) + self.tells_distance

    @property
    def tells_distance(self) -> bool:
        """Whether it has the column of distances."""
        return self._metres is not None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles of the columns."""
        across = orientation == Qt.Orientation.Horizontal
        return (*COLUMNS, "Distance")[section] if across and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; what only may fall into the window is set in italics."""
        row = int(self.rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, index.column(), index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.text(row, index.column(), index.row()))
        if role == Qt.ItemDataRole.FontRole and may_only(self._data, row, self._time):
            font = QFont()
            font.setItalic(True)
            return font
        return None

    def text(self, row: int, column: int, around: int = 0) -> str:
        """What a cell says of an event."""
        events, data = self._data.events, self._data
        if column == 0:
            return words(self._event(row, around).date)
        if column == 1:
            return self._event(row, around).title
        if column == 2:
            return EVENT_TYPES[events.type[row]]
        if column == 3:
            code = int(events.place[row])
            return data.places[data.place_keys[code]].name if code < len(data.place_keys) else "unplaced"
        if column == 4:
            code = int(events.actor[row])
            name = data.actors[data.actor_keys[code]].name if code < len(data.actor_keys) else "unknown"
            rival = int(events.rival[row])
            return f"{name} or {data.actors[data.actor_keys[rival]].name}" if rival < len(data.actor_keys) else name
        if column == DISTANCE:
            metres = self._metres[int(np.searchsorted(self._by_time, row))] if self._metres is not None else np.nan
            return apart_words(float(metres)) if np.isfinite(metres) else ""
        doubt = "possible, " if may_only(data, row, self._time) else ""
        return f"{doubt}{ACTUALITIES[events.actuality[row]]}"

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; equal ones stay in the order of time."""
        self._sorted_by = (column, order)
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        before = [int(self.rows[index.row()]) for index in old]
        self.rows = self._ordered()
        new = [self.index(self.place_of(row) or 0, index.column()) for row, index in zip(before, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _ordered(self) -> Rows:
        column, order = self._sorted_by
        backward = order == Qt.SortOrder.DescendingOrder
        if column == DISTANCE and self._metres is not None:
            return self._by_time[np.argsort(-self._metres if backward else self._metres, kind="stable")]
        if column < 1 or (column == 1 and len(self._by_time) > SORTABLE):
            return self._by_time[::-1] if column == 0 and backward else self._by_time
        ranks = self._ranks(column)
        return self._by_time[np.argsort(ranks.max(initial=0) - ranks if backward else ranks, kind="stable")]

    def _ranks(self, column: int) -> NDArray[Any]:
        """The place of each event's text among the texts of a column in the alphabet, shape (m,)."""
        if column == 1:
            self._read(self._by_time)
        _, first, which = np.unique(self._codes(column), return_index=True, return_inverse=True)
        said = [self.text(int(self._by_time[line]), column).casefold() for line in first.tolist()]
        rank = {text: number for number, text in enumerate(sorted(set(said)))}
        ranks = np.array([rank[text] for text in said], dtype=np.uint32)
        return ranks[which].astype(np.min_scalar_type(len(rank)))  # numpy sorts small numbers in one pass

    def _codes(self, column: int) -> NDArray[Any]:
        """A number for each event; those of equal numbers say the same in a column. Shape (m,)."""
        events, rows = self._data.events, self._by_time
        if column == 2:
            return events.type[rows]
        if column == 3:
            return events.place[rows]
        if column == 4:
            return events.actor[rows].astype(np.uint32) << np.uint32(16) | events.rival[rows]
        if column == 5:
            return events.actuality[rows] + np.uint8(100) * may_only(self._data, rows, self._time)
        return rows

    def place_of(self, row: int | None) -> int | None:
        """The line in which an event stands."""
        found = np.flatnonzero(self.rows == (-1 if row is None else row))
        return int(found[0]) if len(found) else None

    def _event(self, row: int, around: int) -> Event:
        if row not in self._events:
            begin = max(0, around - FETCHED // 4)
            self._read(np.append(self.rows[begin : begin + FETCHED], row))
        key = self._data.events.keys[row]
        return self._events.get(row) or Event(key=key, title=key, type="other")

    def _read(self, rows: Rows) -> None:
        if len(self._events) + len(rows) > 2 * SORTABLE:
            self._events.clear()
        missing = {self._data.events.keys[row]: row for row in rows.tolist() if row not in self._events}
        self._events.update((missing[event.key], event) for event in self._data.reader.where("event", "key", missing))


class ProblemModel(QAbstractTableModel):
    """What is wrong in the file, a sentence a row."""

    def __init__(self, data: DataSet, parent: QWidget) -> None:
        super().__init__(parent)
        self._data, self._problems = data, data.problems
        self._more: tuple[Problem, ...] = ()

    def renew(self) -> None:
        """Show what was found since."""
        self.show(self._more)

    def show(self, more: Sequence[Problem]) -> None:
        """Show what is wrong in files beside the store below it."""
        self.beginResetModel()
        self._more = tuple(more)
        self._problems = (*self._data.problems, *more)
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        """How many problems."""
        return 0 if parent.isValid() else len(self._problems)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Where, and what."""
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles of the columns."""
        across = orientation == Qt.Orientation.Horizontal
        return ("Where", "Problem")[section] if across and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell."""
        problem = self._problems[index.row()]
        text = problem.where if index.column() == 0 else problem.message
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else None


def heading(state: State, number: int, rough: int) -> str:
    """What is listed, in words; rough: of how many records of a spot only a wider place is known."""
    count = f"{number:,} record{'' if number == 1 else 's'}"
    return {
        "view": f"{count}, {window_words(state.time)}",
        "unplaced": f"{count} that no source places, {window_words(state.time)}",
        "undated": f"{count} without any date",
        "later": f"{count} about days up to {day_words(reference_day(state))}, published after it",
        "unpublished": f"{count} of which no source says when it was published",
        "stack": f"{count} {_on_spot(number, rough)}",
        "near": f"{count} near the incident asked about, surely or perhaps",
        "parts": f"{count} that are parts of one",
        "undrawn": f"{count} that were in view and not drawn among so many: of each only a wide place is known",
        "problems": f"{number:,} problem{'' if number == 1 else 's'} found; what cannot be used is left out",
    }.get(state.listed, "")


def _on_spot(number: int, rough: int) -> str:
    if not rough:
        return "at or close to one spot"
    if rough == number:
        return "of a wider place, drawn at this spot as nothing better is known"
    return f"at or close to one spot; of {rough:,} of them only a wider place is known"


def teaching(data: DataSet, state: State) -> str:
    """What to do when the list is empty."""
    if state.listed == "problems" and not data.checks.done:
        return "No problem was found so far; all pages of the file are still being checked."
    if state.listed == "problems":
        return "No problem was found in this store."
    if state.listed == "later":
        return f"Nothing about days up to {day_words(reference_day(state))} was published later."
    if state.listed == "unpublished":
        return "Every record that passes the filters has a source with a date of publication."
    if state.listed == "undated":
        return "Every record that passes the filters has a date."
    if state.listed == "unplaced" and counters(data, state).in_view:
        return "Every record in this window has a place on the map."
    return nothing_in_view(data, state)


class RecordTable(LineTable):
    """A table whose selected line stays in sight when another panel takes some of its room.

    Dates and titles take all of its width, and the other columns stand beside them where there is room for all, or
    else behind its edge: a title that is cut says nothing.
    """

    _widths: tuple[int, ...] = ()
    """Of the columns in letters, that of titles the least; () for other tables."""

    def fit(self, letters: tuple[int, ...]) -> None:
        """Give the columns their widths, now and whenever the table gets another one."""
        self._widths = letters
        self._fit()

    def _fit(self) -> None:
        letter, header = self.fontMetrics().averageCharWidth(), self.horizontalHeader()
        widths = [number * letter for number in self._widths]
        if not widths or self.model() is None or len(widths) != self.model().columnCount():
            return
        room = self.viewport().width()
        all_fit = sum(widths) <= room
        before = widths[0] + sum(widths[DISTANCE:])
        widths[TITLES] = max(widths[TITLES], room - sum(widths) + widths[TITLES] if all_fit else room - before)
        for column, width in enumerate(widths):
            header.resizeSection(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Go after the selected line, unless the hand had scrolled away from it."""
        line = self.visualRect(self.currentIndex())
        seen = line.isValid() and 0 <= line.center().y() < event.oldSize().height()
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()
        if seen:
            self.scrollTo(self.currentIndex().siblingAtColumn(0))


class RecordsPanel(QWidget):
    """A table of records, or of problems, with buttons for what can be listed."""

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self.model, self.problems = RecordModel(data, self), ProblemModel(data, self)
        self.table = RecordTable("List of records", self)
        self.head, self.empty = PlainLabel(parent=self), PlainLabel(parent=self)
        self._buttons = {what: self._list_button(what) for what in LISTS}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REST_MS)
        self._later.timeout.connect(self.refresh)
        self._place()
        stop = session.watch(("time", "filters", "listed", "stack", "about", "selected"), self._changed)
        self.destroyed.connect(stop)
        self._stop = stop

    def show_problems(self, more: tuple[Problem, ...]) -> None:
        """List what is wrong in files beside the store, too."""
        self.problems.show(more)
        self.refresh()

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self._stop()
        self._later.stop()

    def _list_button(self, what: str) -> QToolButton:
        action = BY_ID[{"view": "panel_records", "problems": "problems"}.get(what, f"list_{what}")]
        button = QToolButton(self)
        button.setCheckable(True)
        button.setToolTip(f"{action.title} ({action.keys[0]})" if action.keys else action.title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._session.dispatch(OpenList(what)))
        return button

    def _place(self) -> None:
        table = self.table
        table.setSortingEnabled(True)
        self.head.setContentsMargins(8, 2, 8, 4)
        self.head.setWordWrap(True)
        self.empty.setContentsMargins(12, 12, 12, 12)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.bar = bar = FlowRow(self, 2, (6, 4, 6, 0))
        for button in self._buttons.values():
            bar.add(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.head)
        column.addWidget(self.empty, 1)
        column.addWidget(table, 1)

    def set_tokens(self, tokens: Tokens) -> None:
        """The palette of the application has the colours of this one."""

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while it was hidden is shown now."""
        super().showEvent(event)
        self.refresh()

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if not self.isVisible():
            return
        if changed & {"listed", "stack", "about", "filters"}:
            self.refresh()
        elif "time" in changed:
            self._later.start()
        if "selected" in changed:
            self._mark(after)

    def renew_problems(self) -> None:
        """More of them may be known than before."""
        self.problems.renew()
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show the list of the state as it is now."""
        self._later.stop()
        state = self._session.state
        if not state.listed:
            return  # Qt shows what it will hide at once, and the rows of all in view are many
        if state.listed == "problems":
            self._use(self.problems)
            number, rough = self.problems.rowCount(), 0
        else:
            told = self.model.tells_distance
            rows = rows_in_view(self._data, state)
            rough = roughly_placed(self._data, rows) if state.listed == "stack" else 0
            self.model.show(rows, state.time, state.about)
            self._use(self.model)
            if told != self.model.tells_distance:
                self._tell_distance()
            number = self.model.rowCount()
        asked = self._asked(state)
        filtered = asked != Filters() and state.listed not in ("problems", *STACKS)
        which = f"\n{sentence_of(self._data, asked)}" if filtered else ""
        self.head.setText(heading(state, number, rough) + which)
        self.empty.setText(teaching(self._data, state) if number == 0 else "")
        self.empty.setVisible(number == 0)
        self.table.setVisible(number > 0)
        self._show_counts(state, counters(self._data, state))
        self._mark(state)

    def _asked(self, state: State) -> Filters:
        """The filters that the open list asks for."""
        clock = state.listed in OF_THE_CLOCK
        return replace(state.filters, known_by=None) if clock else state.filters

    def _use(self, model: RecordModel | ProblemModel) -> None:
        table = self.table
        if table.model() is model:
            return
        table.setModel(model)
        table.selectionModel().currentRowChanged.connect(self._chosen)
        header, letter = table.horizontalHeader(), table.fontMetrics().averageCharWidth()
        if model is self.model:
            header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            header.setStretchLastSection(False)
            self._tell_distance()
        else:
            table.fit(())
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            header.resizeSection(0, 16 * letter)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            header.setStretchLastSection(True)

    def _tell_distance(self) -> None:
        """Distances stand first, and the nearest first, as what is near is told; other lists are in order of time."""
        header = self.table.horizontalHeader()
        if self.model.tells_distance:
            header.moveSection(header.visualIndex(DISTANCE), 0)
        self.table.fit((*LETTERS, DISTANCE_LETTERS) if self.model.tells_distance else LETTERS)
        header.setSortIndicator(DISTANCE if self.model.tells_distance else 0, Qt.SortOrder.AscendingOrder)

    def _show_counts(self, state: State, counts: Counters) -> None:
        numbers = {
            "view": counts.in_view, "unplaced": counts.unplaced, "undated": counts.undated,
            "problems": self.problems.rowCount(),
        }  # fmt: skip
        if state.filters.known_by is not None or state.listed in OF_THE_CLOCK:
            numbers["later"] = len(learned_later(self._data, state))
            numbers["unpublished"] = len(never_published(self._data, state))
        for what, button in self._buttons.items():
            button.setVisible(what in numbers)
            button.setText(f"{LISTS[what]} {numbers.get(what, 0):,}")
            button.setChecked(state.listed == what)

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        if self.table.model() is not self.model or not current.isValid():
            return
        ref = Ref("event", self._data.events.keys[int(self.model.rows[current.row()])])
        if ref != self._session.state.selected:
            self._session.dispatch(looked_at(self._data, self._session.state, ref))

    def _mark(self, state: State) -> None:
        """Stand on the selected record, without choosing it again."""
        if self.table.model() is not self.model:
            return
        ref = state.selected
        row = self._data.events.row_of.get(ref.key) if ref is not None and ref.kind == "event" else None
        line = self.model.place_of(row)
        selection = self.table.selectionModel()
        if line is None:
            selection.clear()
            return
        selection.setCurrentIndex(self.model.index(line, 1), WHOLE_LINE)
        self.table.scrollTo(self.model.index(line, 0))
