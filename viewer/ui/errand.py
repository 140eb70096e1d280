"""Long work on behalf of the window: what is wanted is asked, a thread does it, a dialog says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QProgressDialog, QWidget

from viewer.ui.working import Work, Working

SHOWN_AFTER_MS = 400
"""What takes less shows nothing that would only flicker."""
STEPS = 1000
D = TypeVar("D", bound=QDialog)


class Question(Generic[D]):
    """The one dialog that is open to ask what is wanted; of one that is put away nothing is heard."""

    def __init__(self) -> None:
        self.dialog: D | None = None

    def open(self, dialog: D, accepted: Callable[[D], None], refused: Callable[[], None] = lambda: None) -> None:
        """Ask, and do not wait; one of the two is told what came of it, and the dialog goes after that."""
        self.dialog = dialog
        dialog.finished.connect(lambda answer: self._over(answer, accepted, refused))
        dialog.open()

    def put_away(self) -> None:
        """Ask no longer."""
        dialog, self.dialog = self.dialog, None
        _put_away(dialog)

    def _over(self, answer: int, accepted: Callable[[D], None], refused: Callable[[], None]) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is None:
            return
        dialog.deleteLater()
        if answer == QDialog.DialogCode.Accepted:
            accepted(dialog)
        else:
            refused()


class Errand(QObject):
    """One piece of work at a time; of one that is taken back nothing is heard."""

    done = Signal(object, object)
    """The question and its answer."""
    cancelled = Signal()

    def __init__(self, work: Work, title: str, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._title, self._window = title, window
        self.progress: QProgressDialog | None = None
        self._working = Working(work, self)
        self._working.progressed.connect(self._show)
        self._working.answered.connect(self._over)
        self._working.failed.connect(self._put_away)

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return self._working.busy

    def begin(self, question: Any, words: str) -> None:
        """Do it while the window lives on, unless something is being done; words: what the dialog says."""
        if self.busy or self._working.released:  # even while somebody was still asked where to write
            return
        self.progress = progress = QProgressDialog(words, "Cancel", 0, STEPS, self._window)
        progress.setWindowTitle(self._title)
        progress.setMinimumDuration(SHOWN_AFTER_MS)
        progress.setAutoReset(False)
        progress.setAutoClose(False)
        progress.canceled.connect(self.cancel)
        progress.setValue(0)
        self._working.ask(question)

    def cancel(self) -> None:
        """Take it back."""
        self._working.forget()
        self._put_away()
        self.cancelled.emit()

    def release(self) -> None:
        """Stop for good, before the data are closed."""
        self._working.release()
        self._put_away()

    def _show(self, share: float) -> None:
        if self.progress is not None and self.busy:
            self.progress.setValue(min(STEPS - 1, round(STEPS * share)))

    def _over(self, question: Any, answer: Any) -> None:
        self._put_away()
        self.done.emit(question, answer)

    def _put_away(self) -> None:
        progress, self.progress = self.progress, None
        _put_away(progress)


def _put_away(dialog: QDialog | None) -> None:
    """Close a dialog, if there is one, of which nothing is to be heard: not even that it was closed."""
    if dialog is not None:
        dialog.blockSignals(True)
        dialog.close()
        dialog.deleteLater()
