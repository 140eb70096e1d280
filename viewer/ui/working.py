"""Works something out in a thread, so that the window need not wait for it: of the questions asked the newest wins."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from viewer.store.progress import Cancelled
from viewer.ui.turns import TURNS

LOG = logging.getLogger(__name__)
LAST_WAIT_SECONDS = 1.0
Work = Callable[[Any, Callable[[float], None]], Any]
"""From a question to its answer. It tells the share done, 0 to 1, which stops it once nobody waits any more."""


class Working(QObject):
    """One kind of work; the thread lives as long as one question, and touches nothing of the window."""

    answered = Signal(object, object)
    """The question asked last, and its answer."""
    failed = Signal(object)
    """The question asked last, to which there will be no answer; why is raised in the window's thread."""
    progressed = Signal(float)
    """The share done."""
    _over = Signal()

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._wanted: Any = None
        self._answer: tuple[Any, Any, Exception | None] | None = None
        self._thread: threading.Thread | None = None
        self.released = False
        """Whether nothing is answered any more."""
        self._telling = threading.Lock()
        self._over.connect(self._next, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._wanted is not None

    def ask(self, question: Any) -> None:
        """Answer a question in place of any other; None is no question."""
        if self.released:
            return
        self._wanted = question
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(question,), name="badia-working", daemon=True)
            self._thread.start()

    def asks(self, fits: Callable[[Any], bool]) -> bool:
        """Whether somebody waits for the answer to a question that fits."""
        return self._wanted is not None and fits(self._wanted)

    def soon(self, seconds: float) -> Any:
        """The answer, if it comes so soon: then `answered` does not tell it again. None where it does not."""
        if self._thread is not None:
            self._thread.join(seconds)
            if self._thread.is_alive():
                return None
        wanted, answer = self._wanted, self._answer
        if wanted is None or answer is None or answer[0] != wanted or answer[2] is not None:
            return None
        self._answer = None
        self.forget()
        return answer[1]

    def forget(self) -> None:
        """Nobody waits for an answer any more."""
        self._wanted = None

    def release(self) -> None:
        """Stop for good, and wait for that a little, before the data are closed; what does not hear is left behind."""
        with self._telling:
            self.released = True
        self.forget()
        self.blockSignals(True)
        if self._thread is not None:
            self._thread.join(LAST_WAIT_SECONDS)
            if self._thread.is_alive():
                LOG.warning("work that nobody waits for any more does not end; it is left behind")
            self._thread = None

    def _run(self, question: Any) -> None:
        def tick(share: float) -> None:
            if self._wanted != question:
                raise Cancelled
            self._tell("progressed", share)

        try:
            with TURNS.short():
                self._answer = question, self._work(question, tick), None
        except Cancelled:
            self._answer = None
        except Exception as error:  # noqa: BLE001 - raised again in the window's thread
            self._answer = question, None, error
        finally:
            self._tell("_over")

    def _tell(self, signal: str, *words: object) -> None:
        """From the thread, by a signal of that name: once released this may be deleted even while one is sent."""
        with self._telling, suppress(RuntimeError):  # the window may be gone
            if not self.released:
                getattr(self, signal).emit(*words)

    def _next(self) -> None:
        """In the window's thread: tell, or go on with what was wished for meanwhile."""
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        wanted, answer, self._answer = self._wanted, self._answer, None
        if wanted is None:
            return
        if answer is None or answer[0] != wanted:
            self.ask(wanted)
            return
        self.forget()
        if answer[2] is not None:
            self.failed.emit(wanted)
            raise answer[2]
        self.answered.emit(wanted, answer[1])
