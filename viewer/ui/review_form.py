"""What a reviewer says of the selected record: its status, a note, the reason; and everything that was said before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.domain.marks import STATUSES, Mark, time_words
from viewer.session.actions import BY_ID
from viewer.session.review import EVENT, status_of
from viewer.session.review_actions import STATUS_ACTIONS
from viewer.session.state import Ref, State
from viewer.ui.initials import InitialsLine
from viewer.ui.text import FlowLayout, PlainLabel, flowing, plain_tip

NOTHING = "Choose an incident: its review stands here."


class ReviewForm(QWidget):
    """Buttons for the statuses, two fields, and the history."""

    wanted = Signal(str)
    """The id of an action that a button asks for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history: Callable[[str], tuple[Mark, ...]] = lambda key: ()
        """Everything that was said of an event, in order; whoever keeps the user's file sets it."""
        self._about = ""
        self._unkept: dict[str, tuple[str, str]] = {}
        self.head, self.progress = PlainLabel(NOTHING, self), PlainLabel(parent=self)
        self.progress.setObjectName("quiet")
        self.conflict = PlainLabel(parent=self)
        self.conflict.setWordWrap(True)
        bold = self.conflict.font()
        bold.setBold(True)
        self.conflict.setFont(bold)
        self.initials = InitialsLine(self)
        self.group = QButtonGroup(self)
        self.bar = bar = QWidget(self)
        flow = FlowLayout(bar, spacing=2)
        for number, (name, status) in enumerate(STATUS_ACTIONS.items()):
            button = QToolButton(bar)
            button.setText(status.capitalize())
            button.setCheckable(True)
            button.setToolTip(f"{BY_ID[name].title} ({BY_ID[name].keys[0]})")
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
            self.group.addButton(button, number)
            flow.addWidget(button)
        flowing(bar)
        self.note, self.reason = QPlainTextEdit(self), QLineEdit(self)
        self.note.setAccessibleName("Note")
        self.note.setPlaceholderText(f"Note ({BY_ID['review_note'].keys[0]}), kept with the mark")
        self.note.setTabChangesFocus(True)
        self._low = self.note.fontMetrics().lineSpacing() * 2 + 12
        self.note.setMinimumHeight(self._low)
        self.reason.setAccessibleName("Reason")
        self.reason.setPlaceholderText("Reason for the status")
        self.reason.setMaxLength(500)
        self.said = QListWidget(self)
        self.said.setAccessibleName("Everything that was said of it")
        self.said.setWordWrap(True)
        self.said.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.said.setMinimumHeight(self.said.fontMetrics().lineSpacing() * 2 + 6)
        self.said.setMaximumHeight(self.said.fontMetrics().lineSpacing() * 6)
        self.said.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.said.hide()  # it takes room once there is something in it
        self.going = QToolButton(self)
        self.going.setText("Reviewed, next")
        self.going.setToolTip(f"{BY_ID['review_accept'].title} ({BY_ID['review_accept'].keys[0]})")
        self.going.clicked.connect(lambda: self.wanted.emit("review_accept"))
        self.onward = QToolButton(self)
        self.onward.setText("Next")
        self.onward.setToolTip(f"Next in this queue ({BY_ID['review_next'].keys[0]})")
        self.onward.clicked.connect(lambda: self.wanted.emit("review_next"))
        foot, top = QHBoxLayout(), QHBoxLayout()
        foot.addWidget(self.reason, 1)
        foot.addWidget(self.going)
        top.addWidget(self.head, 1)
        top.addWidget(self.progress)
        top.addWidget(self.onward)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(4)
        column.addLayout(top)
        for widget in (self.initials, self.conflict, bar, self.note):
            column.addWidget(widget)
        column.addLayout(foot)
        column.addWidget(self.said, 1)

    def show_record(self, state: State, title: str) -> None:
        """Show the review of the selected event; what was typed for it waits there until it is marked."""
        ref = state.selected
        key = ref.key if ref is not None and ref.kind == "event" else ""
        for part in (self.bar, self.note, self.reason, self.going, self.said):
            part.setEnabled(bool(key))
        words = title if key else NOTHING
        room = self.width() - self.progress.sizeHint().width() - self.onward.sizeHint().width() - 40
        self.head.setText(self.head.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room))
        against = state.marks.against(EVENT, key) if key else ()
        self.conflict.setVisible(bool(against))
        self.conflict.setText(conflict_words(status_of(state, key), against) if against else "")
        self.head.setToolTip(plain_tip(words))
        if key != self._about:
            self._lay_aside(state)
            self._about = key
            mark = state.marks.of(EVENT, key) if key else None
            note, reason = self._unkept.pop(key, (mark.note if mark is not None else "", ""))
            self.note.setPlainText(note)
            self.reason.setText(reason)
        self.group.setExclusive(False)
        for button in self.group.buttons():
            button.setChecked(False)
        self.group.setExclusive(True)
        if key:
            self.group.button(STATUSES.index(status_of(state, key))).setChecked(True)
        self.said.clear()
        for one in reversed(self.history(key) if key else ()):
            self.said.addItem(mark_line(one))
        self.said.setVisible(self.said.count() > 0)
        self.note.setMaximumHeight(self._low if self.said.count() else self.maximumHeight())

    def _lay_aside(self, state: State) -> None:
        """Remember what was typed for the record that is left and is in no mark of it yet."""
        if not self._about:
            return
        mark, (note, reason) = state.marks.of(EVENT, self._about), self._written()
        kept = (mark.note, mark.reason) if mark is not None else ("", "")
        if note != kept[0].strip() or reason not in ("", kept[1].strip()):
            self._unkept[self._about] = note, reason

    def unkept(self, state: State) -> dict[str, tuple[str, str]]:
        """What was typed for records and is in no mark of them yet, by their keys: note and reason."""
        self._lay_aside(state)
        return {key: typed for key, typed in self._unkept.items() if any(typed)}

    def take_unkept(self, typed: Mapping[str, tuple[str, str]]) -> None:
        """Let what was typed before the program was left wait again."""
        self._unkept.update(typed)
        note, reason = self._unkept.pop(self._about, ("", ""))
        if note or reason:
            self.note.setPlainText(note)
            self.reason.setText(reason)

    def _written(self) -> tuple[str, str]:
        return self.note.toPlainText().strip(), self.reason.text().strip()

    def show_progress(self, short: str, whole: str) -> None:
        """Show how far the queue is, and all of it to who points there."""
        self.progress.setText(short)
        self.progress.setToolTip(plain_tip(whole))

    def typed(self, ref: Ref | None) -> tuple[str, str]:
        """Note and reason as they were typed for a record."""
        if ref is None or ref.key != self._about:
            return "", ""
        return self._written()


def mark_line(mark: Mark) -> str:
    """One mark in a line of history."""
    said = [f"{time_words(mark.at)}  {mark.by}: {mark.status}", *(part for part in (mark.reason, mark.note) if part)]
    return " \u2013 ".join(said)


def conflict_words(status: str, against: tuple[Mark, ...]) -> str:
    """Who says otherwise than the mark that counts, and how that is settled."""
    said = ", ".join(f"{mark.by} says {mark.status}" for mark in against)
    return f"Conflict: \u201c{status}\u201d counts, but {said}. Mark it again to settle it."
