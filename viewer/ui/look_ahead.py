"""Looks for a text in a thread, so that the window need not wait for it: of the texts wished for the newest wins."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from PySide6.QtCore import QObject, Qt, Signal

from viewer.store.dataset import DataSet
from viewer.store.progress import LAST_WAIT_SECONDS, Cancelled

LOG = logging.getLogger(__name__)


class LookAhead(QObject):
    """Finds one text at a time, and tells when the one that was asked for last is known to the data set's finder."""

    known = Signal(str)
    """The text asked for last is found: a filter by it costs nothing more."""
    _over = Signal()

    def __init__(self, data: DataSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._wanted: str | None = None
        self._failed: tuple[str, Exception] | None = None
        self._thread: threading.Thread | None = None
        self._over.connect(self._next, Qt.ConnectionType.QueuedConnection)

    @property
    def looks(self) -> bool:
        """Whether a text is looked for that somebody waits for."""
        return self._wanted is not None

    def ask(self, text: str) -> None:
        """Look for a text in place of any other; `known` tells at once where that takes no time."""
        if self._data.finder.knows(text):
            self.forget()
            self.known.emit(text)
            return
        self._wanted = text
        if self._thread is None:
            self._start(text)

    def forget(self) -> None:
        """Nobody waits for a text any more."""
        self._wanted = None

    def release(self) -> None:
        """Stop looking and wait for that, before the data are closed; not for long, as a disk may be gone."""
        self.forget()
        if self._thread is not None:
            self._thread.join(LAST_WAIT_SECONDS)
            if self._thread.is_alive():
                LOG.warning("looking for a text in %s does not end; it is left behind", self._data.path)

    def _start(self, text: str) -> None:
        self._thread = threading.Thread(target=self._look, args=(text,), name="badia-text", daemon=True)
        self._thread.start()

    def _look(self, text: str) -> None:
        """The thread: it touches nothing of the window."""

        def tick() -> None:
            if self._wanted != text:
                raise Cancelled

        try:
            self._data.finder.look_ahead(text, tick)
        except Cancelled:
            pass
        except Exception as error:  # noqa: BLE001 - raised again in the window's thread
            self._failed = text, error
        finally:
            with suppress(RuntimeError):  # one that was left behind may outlive the window
                self._over.emit()

    def _next(self) -> None:
        """In the window's thread: tell, or go on with what was wished for meanwhile."""
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        text, failed = self._wanted, self._failed
        self._failed = None
        if text is None:
            return
        if failed is not None and failed[0] == text:
            self.forget()
            raise failed[1]
        self.ask(text)
