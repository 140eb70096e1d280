"""A field for the name of a place; who takes the name decides what it means."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QToolTip, QWidget

from viewer.ui.text import plain_tip

MAX_LETTERS = 120


class PlaceField(QLineEdit):
    """Offers names while one types; Enter, or choosing one, gives the text away."""

    taken = Signal(str)

    def __init__(self, names: Iterable[str], hint: str, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = sorted(set(names))
        self._begun = [name.casefold() for name in self._names]
        self._first: list[str] = []
        self._model = QStringListModel(self._names, self)
        self._offer = QCompleter(self._model, self)
        self._offer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._offer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._offer.activated.connect(self.taken)
        self.setCompleter(self._offer)
        self.textEdited.connect(self._rank)
        self.setMaxLength(MAX_LETTERS)
        self.setPlaceholderText(hint)
        self.setAccessibleName(spoken)

    def _rank(self, typed: str) -> None:
        """Names that begin with what is typed come before those that only have it in them."""
        asked = typed.strip().casefold()
        pairs = zip(self._begun, self._names, strict=True)
        first = [name for begun, name in pairs if begun.startswith(asked)] if asked else []
        if first != self._first:
            self._first, known = first, set(first)
            self._model.setStringList(first + [name for name in self._names if name not in known])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes what was typed, in any spelling."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if (offer := self._offer.popup()) is not None:
                offer.hide()
            self.taken.emit(self.text())
            return
        super().keyPressEvent(event)

    def complain(self, why: str) -> None:
        """Say why a name was not taken, '' when it was; the wrong name is marked, to be typed over."""
        self.setProperty("wrong", bool(why))
        self.style().unpolish(self)
        self.style().polish(self)
        self.setToolTip(plain_tip(why))
        self.setAccessibleDescription(why)
        if why:
            self.selectAll()
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), plain_tip(why), self)
