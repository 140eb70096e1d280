"""Shows a card as text: the arrow keys go through records, those with Alt through headings, the page keys within it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QWidget

from viewer.ui.text import SafeTextBrowser

RECORDS = {Qt.Key.Key_Down: "next_record", Qt.Key.Key_Up: "previous_record"}
HEADINGS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class CardView(SafeTextBrowser):
    """Up and Down are the records in view; a heading that has the keys is marked, and Enter folds it."""

    copied = Signal()
    """Somebody wants all of it as text; only where the property `copies` is set."""

    def __init__(self, act: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._act = act
        self.heads: Sequence[int] = ()
        """Where the headings begin, ascending."""
        self.keyed = False
        """Whether a key is being heard: a link that it follows keeps the mark, one that is clicked has none."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys, and copying."""
        pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key())
        if pressed == Qt.KeyboardModifier.AltModifier and key in HEADINGS:
            self.go_to_heading(HEADINGS[key])
        elif not pressed and key in RECORDS:
            self._act(RECORDS[key])
        elif self.property("copies") and event.matches(QKeySequence.StandardKey.Copy) and not self.marked_text():
            self.copied.emit()
        else:
            self.keyed = True
            super().keyPressEvent(event)
            self.keyed = False

    def go_to_heading(self, step: int) -> None:
        """Mark the next heading or the one before; the ends hold."""
        if not self.heads:
            return
        at = self.textCursor().selectionStart()
        if step > 0:
            later = [head for head in self.heads if head > at or (head == at and not self.textCursor().hasSelection())]
            self.mark_heading(later[0] if later else self.heads[-1])
        else:
            earlier = [head for head in self.heads if head < at]
            self.mark_heading(earlier[-1] if earlier else self.heads[0])

    def mark_heading(self, position: int) -> None:
        """Give a heading the keys: Enter follows the link that is marked."""
        cursor = self.textCursor()
        cursor.setPosition(position)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
