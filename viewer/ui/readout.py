"""A text that changes with every step of time, and asks for a new layout only when that needs another size."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget


class Readout(QLabel):
    """A plain label of fixed size: Qt lays nothing out anew while the size of its text stays.

    shrinks: whether a shorter text gives room back; else only `settle` does.
    """

    def __init__(self, parent: QWidget | None = None, shrinks: bool = True) -> None:
        super().__init__(parent)
        self._shrinks = shrinks
        self._most: int | None = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._measure = _Measure(self, self.settle)
        self.settle()

    def say(self, text: str) -> bool:
        """Show a text; True when it is another than before."""
        if text == self.text():
            return False
        self.setText(text)
        self._measure.setText(text)
        wanted = self._wanted()
        if not self._shrinks:
            wanted = wanted.expandedTo(self.size())
        if wanted != self.size():
            self.setFixedSize(wanted)
        return True

    def settle(self) -> None:
        """Be as large as the text."""
        self.setFixedSize(self._wanted())

    def within(self, most: int) -> None:
        """Be no wider than so many pixels: a longer text takes further lines."""
        if most != self._most:
            self._most = most
            self.settle()

    def _wanted(self) -> QSize:
        free = self._measure.sizeHint()
        if self._most is None or free.width() <= self._most:
            self.setWordWrap(False)
            return free
        self.setWordWrap(True)
        self._measure.setWordWrap(True)  # the readout itself counts with the width it was fixed to before
        high = self._measure.heightForWidth(self._most)
        self._measure.setWordWrap(False)
        return QSize(self._most, high)


class _Measure(QLabel):
    """A hidden twin of a readout that is free to say what room its text needs, in whatever style it has."""

    def __init__(self, readout: QLabel, changed: Callable[[], None]) -> None:
        super().__init__(readout)
        self._changed = changed
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Another theme or type size asks for another size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._changed()
