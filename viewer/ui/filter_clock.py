"""The fields for the second clock in the panel of filters: a day after which what was published is hidden."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QToolButton, QToolTip, QVBoxLayout, QWidget

from viewer.domain.dates import Day, day_words
from viewer.session.actions import BY_ID
from viewer.session.known import hidden_claims
from viewer.session.learned import hidden_in
from viewer.session.spoken_date import spoken_span
from viewer.session.state import State
from viewer.store.dataset import DataSet
from viewer.ui.text import FlowLayout, PlainLabel, flowing, plain_tip

NO_DAY = "Write a day, such as 30 Oct 2017 or 2017-10-30; of a month its last day counts"


def day_of_words(text: str) -> Day | None:
    """The last day of a typed date, None when it is none."""
    span = spoken_span(text)
    return span.latest if span is not None else None


class ClockFields(QWidget):
    """A switch, the day, what it hides, and the lists of that."""

    asked = Signal(object)
    """The day, None for none."""
    wanted = Signal(str)
    """The id of the action that opens a list."""

    def __init__(self, data: DataSet, parent: QWidget) -> None:
        super().__init__(parent)
        self._data = data
        self._cursor: Day = 0
        self.on = QCheckBox("only what was published by", self)
        self.on.setToolTip(_tip("known_by"))
        self.on.clicked.connect(self._switch)
        self.day = QLineEdit(self)
        self.day.setAccessibleName("Day by which records must have been published")
        self.day.setPlaceholderText("30 Oct 2017")
        self.day.setMaxLength(40)
        self.day.returnPressed.connect(self._take)
        self.today = QToolButton(self)
        self.today.setText("this day")
        self.today.setObjectName("chip")
        self.today.setToolTip("The day the timeline stands on")
        self.today.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.today.clicked.connect(lambda: self.asked.emit(self._cursor))
        self.told = PlainLabel(parent=self)
        self.told.setWordWrap(True)
        self.told.setObjectName("quiet")
        self._given = QWidget(self)
        row = QHBoxLayout(self._given)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.day, 1)
        row.addWidget(self.today)
        self._listing = self._lists()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.on)
        for widget in (self._given, self.told, self._listing):
            column.addWidget(widget)
            widget.hide()

    def _lists(self) -> QWidget:
        row = QWidget(self)
        flow = FlowLayout(row, spacing=4)
        for name, said in (("list_later", "Learned later\u2026"), ("list_unpublished", "No date of publication\u2026")):
            button = QToolButton(row)
            button.setText(said)
            button.setObjectName("chip")
            button.setToolTip(_tip(name))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
            flow.addWidget(button)
        flowing(row)
        return row

    def show_state(self, state: State) -> None:
        """Show the day, and what it hides of the window."""
        day, self._cursor = state.filters.known_by, state.time.cursor
        self.on.setChecked(day is not None)
        if not (self.day.hasFocus() and self.day.isModified()):
            self.day.setText(day_words(day) if day is not None else "")
            self.day.setModified(False)
        for widget in (self._given, self.told, self._listing):
            widget.setVisible(day is not None)
        if day is not None:
            hidden, (later, unknown) = hidden_in(self._data, state), hidden_claims(self._data, day)
            self.told.setText(
                f"Hidden in this window: {hidden.later:,} published later, {hidden.unpublished:,} with no date of "
                f"publication. Hidden claims of control: {later:,} published later, {unknown:,} with no date."
            )

    def _switch(self, wanted: bool) -> None:
        self.asked.emit(self._cursor if wanted else None)

    def _take(self) -> None:
        day = day_of_words(self.day.text())
        self.day.setProperty("wrong", day is None)
        self.day.style().unpolish(self.day)
        self.day.style().polish(self.day)
        self.day.setToolTip("" if day is not None else plain_tip(NO_DAY))
        if day is None:
            QToolTip.showText(self.day.mapToGlobal(self.day.rect().bottomLeft()), plain_tip(NO_DAY), self.day)
            return
        self.day.setModified(False)
        self.asked.emit(day)


def _tip(name: str) -> str:
    action = BY_ID[name]
    return f"{action.title} ({action.keys[0]})" if action.keys else action.title
