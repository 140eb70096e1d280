"""The date, large on the map, with how many records it has and what the map cannot show; a hand moves it aside."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QToolButton, QVBoxLayout, QWidget

from viewer.draw.drawn import Drawn, Undrawn
from viewer.draw.frame import date_words
from viewer.session.actions import nothing_in_view
from viewer.session.commands import OpenList, SetCorner
from viewer.session.learned import clock_words
from viewer.session.selectors import Counters, counters
from viewer.session.session import Session
from viewer.session.sides import sides
from viewer.session.state import CORNERS, State
from viewer.session.window import window_words
from viewer.store.dataset import DataSet
from viewer.ui.readout import Readout

DATE_POINTS = 16.0
MARGIN, FOOT = 12, 30
"""Pixels between the card and the edge of the map, and at its foot, where the sources are named."""
SIDE, ROW_GAP = 10, 4
"""Pixels beside the words of the card, and between its counts."""
MOST_LISTED = 200_000
"""Of more records that are not drawn the card only says how many."""
LOW_MAP = 300
"""Pixels: on a lower map the card only shows the date and what the map cannot show."""


def count_line(counts: Counters) -> str:
    """How many records the window of time has, and how many of them are words rather than deeds."""
    said = f"{counts.in_view:,} record{'s' if counts.in_view != 1 else ''}"
    return f"{said}, {counts.spoken:,} of them statements" if counts.spoken else said


def counts_of(data: DataSet, state: State) -> str:
    """How many records the window of time has; while days are compared, of which days: two maps have a window each."""
    if state.compare is None:
        return count_line(counters(data, state))
    both = sides(state)
    maps = [("", state)] if both is None else list(zip(("A: ", "B: "), both, strict=True))
    return "\n".join(f"{name}{count_line(counters(data, one))}, {window_words(one.time)}" for name, one in maps)


class DateCard(QFrame):
    """A card over the map, in a corner of it; its counters open their lists, and a drag brings it to another corner."""

    _said = Signal()
    """Queued: where the picture of another day is made at once, the card is laid out once, for both."""

    def __init__(self, session: Session, data: DataSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.session, self.data, self._map = session, data, parent
        self.setObjectName("dateCard")
        self.date, self.count = Readout(self), Readout(self)
        self.count.setObjectName("quiet")
        self.unplaced = self._button("unplaced", "List the records that no source places (U)")
        self.undated = self._button("undated", "List the records without a date (Shift+U)")
        self.undrawn = self._button("undrawn", "List what is in view but not drawn among so many: only a wide place is "
                                    "known. Zoom in or take a shorter window to see outlines")  # fmt: skip
        self._undrawn = Undrawn(data)
        """What the picture leaves out; the picture itself is large, and would go here much later."""
        self.undrawn.hide()
        self.clock = Readout(self)
        self.clock.setObjectName("clock")
        self.clock.setStyleSheet("font-weight: 600")
        self.clock.setToolTip("Only what was published by that day counts, on the map as in every list and total (H)")
        self.clock.hide()
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(ROW_GAP)
        for widget in (self.count, self.unplaced, self.undated, self.undrawn):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        row.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SIDE, 4, SIDE, 5)
        self._column.setSpacing(0)
        self._column.addWidget(self.date)
        self._column.addLayout(row)
        self._column.addWidget(self.clock)
        self._grip: QPoint | None = None
        """Where on the card a hand holds it."""
        self._unsettled = False
        """Whether something else is said than the card was laid out for."""
        self._said.connect(self._settle_once, Qt.ConnectionType.QueuedConnection)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Drag it to another corner of the map")
        watched = ("time", "filters", "listed", "compare", "swipe", "corner")
        self._unwatch: Callable[[], None] = session.watch(watched, self._changed)
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
        button.clicked.connect(lambda: self.session.dispatch(OpenList(what, self._stack(what))))
        return button

    def _stack(self, what: str) -> tuple[str, ...]:
        """The records of a list that the picture knows, and nobody else."""
        return self._undrawn.keys() if what == "undrawn" else ()

    def show_drawn(self, drawn: Drawn) -> None:
        """Say how many incidents in view this picture does not show."""
        self._undrawn = drawn.undrawn
        self._unsettled |= self._say_undrawn()
        self._settle_once()

    def _say_undrawn(self) -> bool:
        number = len(self._undrawn)
        self.undrawn.setEnabled(number <= MOST_LISTED)
        return _say_on(self.undrawn, f"{number:,} not drawn", number > 0)

    def _settle_once(self) -> None:
        if self._unsettled:
            self._settle()

    def _settle(self) -> None:
        """Be as wide as what is said, now and not when the layout next comes round."""
        self._unsettled = False
        self.ensurePolished()
        self._narrow()
        self.resize(self.sizeHint())
        self._stand()

    def _narrow(self) -> None:
        """Keep to the map: there long texts wrap, and counts that have no room beside each other stand in a column."""
        room = self._map.width() - 2 * MARGIN
        for text in (self.date, self.count, self.clock):
            text.within(room - 2 * (SIDE + self.frameWidth()))
        for way in (QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom):
            self._row.setDirection(way)
            self._column.invalidate()
            self._column.activate()
            if self.sizeHint().width() <= room:
                return

    def _stand(self) -> None:
        """Take the place in the corner that was chosen, unless a hand holds it elsewhere."""
        if self._grip is None:
            corner, room = self.session.state.corner, self._map.size() - self.size()
            left = MARGIN if "w" in corner else room.width() - MARGIN
            self.move(left, MARGIN if "n" in corner else room.height() - FOOT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the card; the map below hears nothing of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it along."""
        if self._grip is not None:
            self.move(self.mapToParent(event.position().toPoint() - self._grip))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go to the nearest corner."""
        if self._grip is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grip = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            middle, room = self.geometry().center(), self._map.rect().center()
            side = "w" if middle.x() < room.x() else "e"
            corner = f"{'n' if middle.y() < room.y() else 's'}{side}"
            self.session.dispatch(SetCorner(corner if corner in CORNERS else CORNERS[0]))
            self._stand()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Another theme or type size asks for another width."""
        done, asked = super().event(event), event.type()
        if asked == QEvent.Type.LayoutRequest and self._unsettled:
            self._settle()
            return bool(done)
        restyled = asked in (QEvent.Type.StyleChange, QEvent.Type.FontChange)
        if restyled or (asked == QEvent.Type.LayoutRequest and self.sizeHint() != self.size()):
            self._narrow()
            self.resize(self.sizeHint())
            self._stand()
        return bool(done)

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        self._show(after)
        if "corner" in changed:
            self._stand()

    def _show(self, state: State) -> None:
        counts = counters(self.data, state)
        both = sides(state) or (state,)
        any_in_view = any(counters(self.data, one).in_view for one in both)
        said = counts_of(self.data, state) if any_in_view else nothing_in_view(self.data, state)
        changed = [self.date.say(date_words(state.time, state.compare)), self.count.say(said)]
        clock = clock_words(self.data, state)
        changed += [self.clock.say(clock), self.clock.isHidden() == bool(clock)]
        self.clock.setVisible(bool(clock))
        changed += [
            _say_on(button, f"{number:,} {word}", number > 0)
            for button, number, word in (
                (self.unplaced, counts.unplaced, "unplaced"), (self.undated, counts.undated, "undated"),
            )
        ]  # fmt: skip
        if any(changed):
            self._unsettled = True
            self._said.emit()


def _say_on(button: QToolButton, text: str, shown: bool) -> bool:
    """Show a text on a button, or hide it; True when that changes anything."""
    if (button.text(), button.isHidden()) == (text, not shown):
        return False
    button.setText(text)
    button.setVisible(shown)
    return True
