"""Fields over the map of a presenter: for a date, and for places and incidents by name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from viewer.session.spoken_date import spoken_span
from viewer.session.suggest import Suggestion
from viewer.ui.search_box import SearchBox
from viewer.ui.text import PlainLabel

WIDE, TOP, TEXT = 560, 70, 19
"""In units of the page."""
FOUND = ("Coordinate", "Date", "Place", "Incident", "Actor")
"""What can be gone to in front of people; commands and views are for the desk."""
NO_DATE = "That is no date: try 14 Nov 2017, Nov 2017, or 3 \u2013 9 May 2017"


class Finder(SearchBox):
    """The search box of the window, which lists only what can be gone to; nothing while nothing is typed."""

    def __init__(self, suggest: Callable[[str], list[Suggestion]], window: QWidget) -> None:
        super().__init__(suggest, window)
        self.setPlaceholderText("A place, an incident, a coordinate")

    def refresh(self) -> None:
        """List what fits."""
        if self.text().strip():
            super().refresh()
        else:
            self.list.hide()


class DayField(QLineEdit):
    """A field for a date; Return is read here and goes no farther."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return reads the date."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class Ask(QFrame):
    """A frame at the head of the presenter with one field in it; `dated` and `chosen` say what came of it."""

    dated = Signal(object)
    """The DateSpan that was typed."""
    chosen = Signal(object)
    """The Suggestion that was chosen."""
    closed = Signal()

    def __init__(self, suggest: Callable[[str], list[Suggestion]], parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setObjectName("presenterPanel")
        self.day = DayField(self)
        self.day.setPlaceholderText("A date: 14 Nov 2017, Nov 2017, 3 \u2013 9 May 2017")
        self.day.setAccessibleName("Date to go to")
        self.day.setMaxLength(80)
        self.finder = Finder(lambda text: [one for one in suggest(text) if one.group in FOUND], parent)
        self.finder.chosen.connect(self._choose)
        self.problem = PlainLabel("", self)
        self.problem.setObjectName("quiet")
        column = QVBoxLayout(self)
        for widget in (self.day, self.finder, self.problem):
            column.addWidget(widget)
        self.day.entered.connect(self._read)
        self.day.textEdited.connect(lambda _: self.problem.hide())
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether somebody is asked."""
        return self.isVisible()

    def ask(self, which: str, enlarged: float) -> None:
        """Ask for a 'date' or to 'find' something."""
        field: QLineEdit = self.day if which == "date" else self.finder
        for one in (self.day, self.finder):
            one.setVisible(one is field)
            one.clear()
            font = one.font()
            font.setPixelSize(round(TEXT * enlarged))
            one.setFont(font)
        self.finder.list.view.setFont(self.finder.font())
        self.problem.hide()
        room = self._room.rect()
        wide = min(round(WIDE * enlarged), room.width() - 20)
        self.setFixedWidth(wide)
        self.adjustSize()
        self.move((room.width() - wide) // 2, round(TOP * enlarged))
        self.show()
        self.raise_()
        field.setFocus()

    def close_field(self) -> None:
        """Take the field away."""
        self.finder.close_list()
        self.hide()
        self.closed.emit()

    def _read(self) -> None:
        span = spoken_span(self.day.text())
        if span is None:
            self.problem.setText(NO_DATE)
            self.problem.show()
            self.adjustSize()
            return
        self.close_field()
        self.dated.emit(span)

    def _choose(self, found: Suggestion) -> None:
        self.close_field()
        self.chosen.emit(found)

