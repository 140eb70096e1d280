"""Lets the checks of a store go on while it is shown, and tells in the window's thread what came of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from viewer.store.dataset import DataSet

AGAIN_MS = 200
"""How often it is looked whether menus and dialogs are closed."""


class Checking(QObject):
    """The checks of one store; they end at the latest when its data are closed."""

    searchable = Signal()
    """The text index is read: nobody who looks for a text waits for it any more."""
    ended = Signal()
    """All problems of the store are known."""
    refused = Signal(str)
    """The store should not have been opened, and why in one sentence; waits until no menu or dialog is open."""
    _done = Signal()
    _indexed = Signal()

    def __init__(self, data: DataSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._done.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._indexed.connect(self.searchable, Qt.ConnectionType.QueuedConnection)

    def begin(self) -> None:
        """Begin, now that the store is shown and they take nobody's time."""
        self._data.checks.begin(self._done.emit, self._indexed.emit)

    def release(self) -> None:
        """Tell nothing more, before the widgets go."""
        self.blockSignals(True)

    def _tell(self) -> None:
        self.ended.emit()
        if self._data.checks.refusal:
            self._refuse()

    def _refuse(self) -> None:
        if QApplication.activeModalWidget() is None and QApplication.activePopupWidget() is None:
            self.refused.emit(self._data.checks.refusal)
        elif not self.signalsBlocked():
            QTimer.singleShot(AGAIN_MS, self, self._refuse)
