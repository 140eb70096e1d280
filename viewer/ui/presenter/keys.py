"""Keys of a presenter: what each does, and digits that become the number of a scene."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence

from viewer.session.presenting import PRESENTER

JUMP_MS = 900
"""After the last digit until the scene of that number is shown, if it may still become a larger one."""


def keys_of_table() -> dict[Qt.Key, tuple[str, bool]]:
    """What each key does, and whether holding it down repeats it."""
    found = {}
    for row in PRESENTER:
        for name in row.keys:
            sequence = QKeySequence(name, QKeySequence.SequenceFormat.PortableText)
            if sequence.count() == 1:
                found[sequence[0].key()] = row.id, row.repeats  # type: ignore[index]
    return found


class Digits(QObject):
    """A digit of a scene's number: at once where no larger number begins with it, else after a moment."""

    chosen = Signal(int)
    """The number of a scene, counted from 1."""
    waiting = Signal(str)
    """What was typed so far."""

    def __init__(self, scenes: int, parent: QObject) -> None:
        super().__init__(parent)
        self.scenes, self._typed = scenes, ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.choose)

    def type(self, digit: int) -> None:
        """Another digit."""
        self._typed = (self._typed + str(digit)).lstrip("0")[:4]
        if not self._typed:
            return
        if int(self._typed) * 10 > self.scenes:
            self.choose()
        else:
            self.waiting.emit(self._typed)
            self._timer.start(JUMP_MS)

    def choose(self) -> bool:
        """Take what was typed as it is; whether anything was."""
        typed, self._typed = self._typed, ""
        self._timer.stop()
        if typed:
            self.chosen.emit(int(typed))
        return bool(typed)

    def forget(self) -> None:
        """Nothing was typed."""
        self._typed = ""
        self._timer.stop()
