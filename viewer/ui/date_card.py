"""The date, large on the map, with what is in view and what the map cannot show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from viewer.draw.frame import date_words
from viewer.session.actions import nothing_in_view
from viewer.session.commands import OpenList
from viewer.session.selectors import Counters, counters
from viewer.session.session import Session
from viewer.session.state import State
from viewer.store.dataset import DataSet
from viewer.ui.readout import Readout

DATE_POINTS = 19.0
LOW_MAP = 300
"""Pixels: on a lower map the card only shows the date and what the map cannot show."""


def count_line(counts: Counters) -> str:
    """How many records are in view, and how many of them are words rather than deeds."""
    said = f"{counts.in_view:,} record{'s' if counts.in_view != 1 else ''} in view"
    return f"{said}, {counts.spoken:,} of them statements" if counts.spoken else said


class DateCard(QFrame):
    """A card over the map; its counters open their lists."""

    def __init__(self, session: Session, data: DataSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.session, self.data = session, data
        self.setObjectName("dateCard")
        self.date, self.count = Readout(self), Readout(self)
        self.count.setObjectName("quiet")
        self.unplaced = self._button("unplaced", "List the records that no source places (U)")
        self.undated = self._button("undated", "List the records without a date (Shift+U)")
        row = QHBoxLayout()
        row.setSpacing(4)
        for widget in (self.count, self.unplaced, self.undated):
            row.addWidget(widget)
        row.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 6, 12, 8)
        self._column.setSpacing(0)
        self._column.addWidget(self.date)
        self._column.addLayout(row)
        self._unwatch: Callable[[], None] = session.watch(("time", "filters", "listed", "compare"), self._changed)
        self.fit_to(parent.height())

    def fit_to(self, height: int) -> None:
        """Be smaller on a map of little height, such as on a projector with large type."""
        points = DATE_POINTS if height >= LOW_MAP else DATE_POINTS * 0.7
        sheet = f"font-size: {points}pt; font-weight: 600"  # a font set here would go with the theme
        if self.date.styleSheet() != sheet:
            self.date.setStyleSheet(sheet)
        self.count.setVisible(height >= LOW_MAP)
        self._show(self.session.state)
        self._settle()

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self._unwatch()

    def _button(self, what: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self.session.dispatch(OpenList(what)))
        return button

    def _settle(self) -> None:
        """Be as wide as what is said, now and not when the layout next comes round."""
        self.ensurePolished()
        self._column.invalidate()
        self._column.activate()
        self.resize(self.sizeHint())

    def event(self, event: QEvent) -> bool:
        """Another theme or type size asks for another width."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.resize(self.sizeHint())
        return bool(done)

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        self._show(after)

    def _show(self, state: State) -> None:
        counts = counters(self.data, state)
        said = count_line(counts) if counts.in_view else nothing_in_view(self.data, state)
        changed = [self.date.say(date_words(state.time, state.compare)), self.count.say(said)]
        changed += [
            _say_on(button, f"{number:,} {word}", number > 0)
            for button, number, word in (
                (self.unplaced, counts.unplaced, "unplaced"), (self.undated, counts.undated, "undated"),
            )
        ]  # fmt: skip
        if any(changed):
            self._settle()


def _say_on(button: QToolButton, text: str, shown: bool) -> bool:
    """Show a text on a button, or hide it; True when that changes anything."""
    if (button.text(), button.isHidden()) == (text, not shown):
        return False
    button.setText(text)
    button.setVisible(shown)
    return True
