"""Asks for a reviewer's initials in the review form: a line that waits there and never takes the keys by itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from viewer.session.actions import BY_ID
from viewer.session.review import MOST_INITIALS, complaint_about, initials_of
from viewer.ui.text import PlainLabel

FIRST = "Not marked yet: your initials go with each mark."
CHANGED = "Your initials go with each mark from now on."


class InitialsLine(QWidget):
    """Hidden until it is needed. Only Enter in its field, or its button, gives what was typed there away."""

    given = Signal(str)
    """Initials that may be kept."""
    left = Signal()
    """Somebody thought better of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._said = FIRST
        self.why, self.field = PlainLabel(parent=self), QLineEdit(self)
        self.why.setWordWrap(True)
        self.why.setObjectName("warning")
        self.field.setAccessibleName("Your initials")
        self.field.setPlaceholderText(f"Initials ({BY_ID['reviewer'].keys[0]})")
        self.field.setMaxLength(10 * MOST_INITIALS)  # so that what is too long is told and not cut
        self.field.setFixedWidth(self.field.fontMetrics().averageCharWidth() * (MOST_INITIALS + 6))
        self.field.returnPressed.connect(self._give)
        self.field.textEdited.connect(lambda _: self._complain(""))
        self.keep, self.later = QToolButton(self), QToolButton(self)
        self.keep.setText("Keep")
        self.keep.setToolTip("Keep these initials with your marks (Enter)")
        self.keep.clicked.connect(self._give)
        self.later.setText("Not now")
        self.later.clicked.connect(self._leave)
        row = QHBoxLayout()
        row.setSpacing(4)
        for widget in (self.field, self.keep, self.later):
            row.addWidget(widget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.why)
        column.addLayout(row)
        self.hide()

    def ask(self, initials: str) -> None:
        """Come up with the initials of now, '' where there are none; the keys stay where they are."""
        if self.isHidden():
            self.field.setText(initials)
        self._said = CHANGED if initials else FIRST
        self._complain("")
        self.show()

    def take_keys(self) -> None:
        """Put the cursor into the field."""
        self.field.setFocus()
        self.field.selectAll()

    def _give(self) -> None:
        initials = initials_of(self.field.text())
        if complaint := complaint_about(initials):
            self._complain(complaint)
            self.take_keys()
            return
        self.hide()
        self.given.emit(initials)

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    def _complain(self, why: str) -> None:
        """Say why these cannot be kept, '' while they may."""
        self.field.setProperty("wrong", bool(why))
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)
        self.field.setAccessibleDescription(why)
        self.why.setText(why or self._said)
