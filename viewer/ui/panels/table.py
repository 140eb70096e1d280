"""The table of incidents: of the window or of all days, in an order, in groups, or a queue of what is to review."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.domain.frozen import dataclass
from viewer.draw.tokens import Tokens
from viewer.session.describe import name_of
from viewer.session.filter_words import filter_parts, sentence_of
from viewer.session.keeping import workspace_file
from viewer.session.playback import looked_at
from viewer.session.review import CONFLICT, OPEN, conflicts_among, of_status, progress_of, statuses_words
from viewer.session.selectors import filter_mask, visible_events
from viewer.session.session import Session
from viewer.session.state import Filters, Marks, Ref, SavedFilters, State, Time
from viewer.session.table import BY_ID, COLUMNS, Column, Lines, grouped, ordered
from viewer.session.window import Rows, window_words
from viewer.store.dataset import DataSet
from viewer.ui.asking import Asking
from viewer.ui.incident_model import IncidentModel
from viewer.ui.line_table import WHOLE_LINE, LineTable
from viewer.ui.queue_box import QueueBox
from viewer.ui.review_form import ReviewForm
from viewer.ui.text import PlainLabel
from viewer.ui.working import Working

REST_MS = 80
LEAST_LINES = 6
FEW = 20_000
"""So many records are put in order at once; more by a thread."""
WINDOW, EVER = "In the window", "Of all days"
BETWEEN = "|"
"""Between the statuses of a queue in the settings."""


@dataclass(frozen=True)
class Asked:
    """What the table is to show: everything its lines follow from."""

    filters: Filters
    time: Time | None
    """None: whatever their day."""
    marks: Marks
    statuses: tuple[str, ...]
    by: str
    falling: bool
    group: str
    closed: frozenset[str]


@dataclass(frozen=True, eq=False)
class Answer:
    """Its lines, and the rows of the queue in their order; all: those of every status."""

    lines: Lines
    rows: Rows
    all: Rows


def answered(data: DataSet, asked: Asked) -> Answer:
    """The lines of a table; takes long for very many records, and touches nothing of the window."""
    if asked.time is None:
        rows = np.flatnonzero(filter_mask(data, asked.filters))
    else:
        rows = visible_events(data, State(time=asked.time, filters=asked.filters)).rows
    chosen = of_status(data, asked.marks, rows, asked.statuses) if asked.statuses else rows
    found = ordered(data, asked.marks, chosen, asked.by, asked.falling)
    return Answer(grouped(data, asked.marks, found, asked.group, asked.closed), found, rows)


class HeadAcross(QStyledItemDelegate):
    """Paints the head of a group across the columns, as the first is mostly too narrow for its name."""

    def __init__(self, table: LineTable, model: IncidentModel) -> None:
        super().__init__(table)
        self._header, self._model = table.horizontalHeader(), model

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell, or what lies in it of the head of a group."""
        if self._model.lines.head(index.row()) is None:
            super().paint(painter, option, index)
            return
        cell, whole = QRect(option.rect), QStyleOptionViewItem(option)
        left = self._header.sectionViewportPosition(self._header.logicalIndex(0))
        whole.rect = QRect(left, cell.y(), self._header.length(), cell.height())
        painter.save()
        painter.setClipRect(cell, Qt.ClipOperation.IntersectClip)
        super().paint(painter, whole, self._model.index(index.row(), 0))
        painter.restore()


class TablePanel(QWidget):
    """Choices above, the table, and the review of the selected record beside it."""

    wanted = Signal(str)
    """The id of an action that a button asks for."""

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens, asking: Asking, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self.model = IncidentModel(data, tuple(column for column in COLUMNS if column.usual), self)
        self.answer = Answer(self.model.lines, self.model.lines.lines, self.model.lines.lines)
        self._sorted = ("date", False)
        self._closed: frozenset[str] = frozenset()
        self._asked: Asked | None = None
        self.ordering = Working(lambda asked, tick: answered(data, asked), self)
        self.ordering.answered.connect(self._arrived)
        self.asking = asking
        self.form = ReviewForm(self)
        self.form.wanted.connect(self.wanted)
        self._make_choices()
        self._make_table()
        self._place()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REST_MS)
        self._later.timeout.connect(self.refresh)
        self._unwatch = session.watch(("time", "filters", "marks", "selected", "saved"), self._changed)
        self.destroyed.connect(self._unwatch)
        self.setFocusProxy(self.table)

    def release(self) -> None:
        """Stop watching the session and working, before the widget goes."""
        self._unwatch()
        self._later.stop()
        self.ordering.release()
        self.model.release()

    # widgets

    def _make_choices(self) -> None:
        self.span, self.queue, self.group = QComboBox(self), QueueBox(self), QComboBox(self)
        for said in (WINDOW, EVER):
            self.span.addItem(said)
        self.queue.setToolTip("Which of them by their review, or a queue that you kept by a name")
        self.queue.asked.connect(self._take_queue)
        self.group.addItem("No groups", "")
        for column in COLUMNS:
            if column.grouped is not None:
                self.group.addItem(f"By {column.title.lower()}" if column.id != "date" else "By month", column.id)
        for box, said in ((self.span, "Which days"), (self.group, "Groups")):
            box.setAccessibleName(said)
            box.activated.connect(lambda _: self.refresh())
        self.columns = QToolButton(self)
        self.columns.setText("Columns")
        self.columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.columns)
        for column in COLUMNS:
            entry = menu.addAction(column.title)
            entry.setCheckable(True)
            entry.setChecked(column in self.model.columns)
            entry.setData(column.id)
            entry.triggered.connect(lambda _: self._take_columns())
        self.columns.setMenu(menu)
        self.filtered = PlainLabel(parent=self)
        self.filtered.setWordWrap(True)
        self.progress = PlainLabel(parent=self)
        self.progress.setObjectName("quiet")

    def _make_table(self) -> None:
        self.table = table = LineTable("Table of incidents", self)
        table.setModel(self.model)
        table.setItemDelegate(HeadAcross(table, self.model))
        header = table.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.sectionClicked.connect(self._sort)
        table.selectionModel().currentRowChanged.connect(self._chosen)
        table.clicked.connect(self._clicked)
        table.activated.connect(self._clicked)
        self._size_columns()

    def _place(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 2)
        for widget in (self.span, self.queue, self.group, self.columns):
            bar.addWidget(widget)
        bar.addStretch(1)
        for label in (self.filtered, self.progress):
            label.setContentsMargins(8, 0, 8, 2)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.filtered)
        column.addWidget(self.progress)
        column.addWidget(self.table, 1)
        self.empty = PlainLabel(parent=left)
        self.empty.setContentsMargins(12, 12, 12, 12)
        self.empty.setWordWrap(True)
        column.addWidget(self.empty, 1)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(left)
        parts.addWidget(self.form)
        parts.setStretchFactor(0, 1)
        parts.setSizes([1000, 1])  # the form as low as it can be
        self.table.setMinimumHeight(self.table.fontMetrics().lineSpacing() * LEAST_LINES)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(parts)

    def set_tokens(self, tokens: Tokens) -> None:
        """The palette of the application has the colours of this one."""

    # what is shown

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that the queue asks for; none: all."""
        return self.queue.statuses

    @property
    def selection(self) -> str:
        """Which records the table shows, in words: its queue, the filters and the days."""
        state, parts = self._session.state, []
        if self.queue.saved is not None:
            parts.append(f"queue \u201c{self.queue.saved.name}\u201d")
        parts += [said for said, _ in filter_parts(self._data, state.filters)]
        parts += [statuses_words(self.statuses)] if self.statuses else []
        parts.append(window_words(state.time) if self.span.currentText() == WINDOW else "whatever their day")
        return "; ".join(parts)

    def choose_queue(self, statuses: tuple[str, ...]) -> None:
        """Ask for a queue by its statuses."""
        self.queue.choose(statuses)
        self.refresh()

    def _take_queue(self, saved: SavedFilters | None) -> None:
        """A queue that was kept brings its filters along."""
        if saved is not None and saved.filters != self._session.state.filters:
            self.asking.become(saved.filters)
        self.refresh()

    def _settle_queue(self, state: State) -> None:
        """A queue that was kept is left once other filters are set; what it asks for stays."""
        self.queue.offer(state.saved)
        saved = self.queue.saved
        if saved is not None and saved.filters != state.filters:
            self.queue.choose(saved.statuses)

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if not self.isVisible():
            return
        if changed & {"saved", "filters"}:
            self._settle_queue(after)
        if "marks" in changed:
            self.model.show_marks(after.marks)
            self._show_progress()
        if changed & {"selected", "marks"}:
            self._show_selected()
        if changed & {"time", "filters"}:
            self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while it was hidden is shown now."""
        super().showEvent(event)
        self._settle_queue(self._session.state)
        self.refresh()

    def refresh(self) -> None:
        """Show the records of the state as it is now. A record that was marked stays in its queue until then."""
        self._later.stop()
        asked = self._question()
        if asked == self._asked and not self.ordering.busy:
            return
        self._asked = asked
        if len(self._data.events) <= FEW:
            self.ordering.forget()
            self._arrived(asked, answered(self._data, asked))
        else:
            self.ordering.ask(asked)

    def _question(self) -> Asked:
        state, (by, falling) = self._session.state, self._sorted
        time = state.time if self.span.currentText() == WINDOW else None
        group = str(self.group.currentData())
        return Asked(state.filters, time, state.marks, self.statuses, by, falling, group, self._closed)

    def queue_rows(self) -> Rows:
        """The events of the queue in their order; those that were marked since it was made are still among them."""
        if self._asked is None or replace(self._question(), marks=self._asked.marks) != self._asked:
            self.refresh()
        return self.answer.rows

    def _arrived(self, asked: Asked, answer: Answer) -> None:
        self.answer = answer
        self.model.show(answer.lines, self._session.state.marks)
        some = bool(len(answer.lines.lines))
        self.table.setVisible(some)
        self.empty.setVisible(not some)
        self.empty.setText(self._teaching(asked, answer))
        self._show_filtered(asked.filters)
        self._show_progress()
        self._show_selected()

    def _teaching(self, asked: Asked, answer: Answer) -> str:
        if len(answer.all):
            return f"None of the {len(answer.all):,} incidents has that review; choose another queue."
        if asked.time is not None:
            days = window_words(asked.time)
            return f"No incident in the window ({days}); choose \u201c{EVER}\u201d, or other filters."
        return "No incident passes the filters."

    def _show_filtered(self, filters: Filters) -> None:
        """Say which records these are, where not all count."""
        self.filtered.setText(sentence_of(self._data, filters) if filters != Filters() else "")
        self.filtered.setVisible(bool(self.filtered.text()))

    def _show_progress(self) -> None:
        marks = self._session.state.marks
        progress = progress_of(self._data, marks, self.answer.all)
        said = f"{progress.seen:,} of {progress.all:,} looked at"
        left = [f"{progress.numbers[status]:,} {status}" for status in OPEN[1:] if progress.numbers[status]]
        if conflicts := conflicts_among(self._data, marks, self.answer.all):
            left.append(f"{conflicts:,} {CONFLICT}")
        saved = self.queue.saved
        where = f" in \u201c{saved.name}\u201d" if saved is not None else ""
        self.progress.setText("; ".join((f"{said}{where}", *([", ".join(left)] if left else []))))
        self.form.show_progress(f"{progress.seen:,} of {progress.all:,}", f"{said}{where}")

    def renew_history(self) -> None:
        """More was said of records than before."""
        if self.isVisible():
            self._show_selected()

    def _show_selected(self) -> None:
        state = self._session.state
        ref = state.selected
        self.form.show_record(state, name_of(self._data, ref) if ref is not None and ref.kind == "event" else "")
        row = self._data.events.row_of.get(ref.key) if ref is not None and ref.kind == "event" else None
        line = self._line_of(row) if row is not None else None
        selection = self.table.selectionModel()
        if line is None:
            selection.clear()
        elif self.table.currentIndex().row() != line or not selection.isRowSelected(line, QModelIndex()):
            selection.setCurrentIndex(self.model.index(line, 0), WHOLE_LINE)
            self.table.scrollTo(self.model.index(line, 0))

    def _line_of(self, row: int) -> int | None:
        """The line of an event; that on which one stands is looked at first, as there may be a million others."""
        at = self.table.currentIndex().row()
        there = 0 <= at < len(self.model.lines.lines) and self.model.lines.row(at) == row
        return at if there else self.model.lines.line_of(row)

    # what a hand does

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        row = self.model.lines.row(current.row()) if current.isValid() else None
        if row is None:
            return
        ref = Ref("event", self._data.events.keys[row])
        if ref != self._session.state.selected:
            self._session.dispatch(looked_at(self._data, self._session.state, ref))

    def _clicked(self, index: QModelIndex) -> None:
        """A click on the head of a group opens or closes it."""
        head = self.model.lines.head(index.row())
        if head is not None:
            self._closed = self._closed ^ {head[0]}
            self.refresh()

    def _sort(self, section: int) -> None:
        column = self.model.columns[section].id
        falling = self._sorted == (column, False)
        self._sorted = (column, falling)
        self._show_order()
        self.refresh()

    def _take_columns(self) -> None:
        wanted = [BY_ID[str(entry.data())] for entry in self.columns.menu().actions() if entry.isChecked()]
        self.show_columns(tuple(wanted) or (BY_ID["title"],))

    def show_columns(self, columns: tuple[Column, ...]) -> None:
        """Show these columns."""
        for entry in self.columns.menu().actions():
            entry.setChecked(str(entry.data()) in {column.id for column in columns})
        self.model.show_columns(columns)
        self._size_columns()
        self._show_selected()

    def _size_columns(self) -> None:
        letter, header = self.table.fontMetrics().averageCharWidth(), self.table.horizontalHeader()
        for section, column in enumerate(self.model.columns):
            header.resizeSection(section, (column.letters + 2) * letter)
        self._show_order()

    def _show_order(self) -> None:
        ids = [column.id for column in self.model.columns]
        by, falling = self._sorted
        order = Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(ids.index(by) if by in ids else -1, order)

    # the layout of the table, kept between sessions

    def remember(self, settings: QSettings) -> None:
        """Keep which columns there are, their places and widths, and of what days, queue, order and groups it is."""
        settings.setValue("table_columns", [column.id for column in self.model.columns])
        settings.setValue("table_header", self.table.horizontalHeader().saveState())
        settings.setValue("table_group", self.group.currentData())
        settings.setValue("table_order", self._sorted[0])
        settings.setValue("table_falling", self._sorted[1])
        settings.setValue("table_ever", self.span.currentText() == EVER)
        settings.setValue("table_queue", BETWEEN.join(self.statuses))
        unkept = self.form.unkept(self._session.state)
        if unkept:
            settings.setValue(self._unkept_name, json.dumps(unkept))
        else:
            settings.remove(self._unkept_name)

    def recall(self, settings: QSettings) -> None:
        """Take what was kept, as far as it still fits."""
        by = str(settings.value("table_order", ""))
        if by in BY_ID:
            self._sorted = (by, _said_yes(settings, "table_falling"))
        kept: Any = settings.value("table_columns", [])
        columns = tuple(BY_ID[one] for one in kept if one in BY_ID) if isinstance(kept, list) else ()
        if columns:
            self.show_columns(columns)
            header = settings.value("table_header")
            if header is not None:
                self.table.horizontalHeader().restoreState(header)
        self._show_order()  # the header brought the arrow that it had
        self.group.setCurrentIndex(max(0, self.group.findData(settings.value("table_group", ""))))
        self.span.setCurrentText(EVER if _said_yes(settings, "table_ever") else WINDOW)
        self.queue.choose(tuple(filter(None, str(settings.value("table_queue", "")).split(BETWEEN))))
        self.form.take_unkept(_unkept_of(str(settings.value(self._unkept_name, ""))))

    @property
    def _unkept_name(self) -> str:
        """Under which notes that wait for their mark are kept: each store has its own."""
        return f"unkept_notes/{workspace_file(self._data.meta.store_id).stem}"


def _unkept_of(kept: str) -> dict[str, tuple[str, str]]:
    """Notes and reasons by key, as far as that is what was kept."""
    try:
        told = json.loads(kept or "{}")
        return {str(key): (str(note), str(reason)) for key, (note, reason) in dict(told).items()}
    except (ValueError, TypeError):
        return {}


def _said_yes(settings: QSettings, name: str) -> bool:
    return str(settings.value(name, "")).lower() == "true"  # a file gives the word back, memory the value
