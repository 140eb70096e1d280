"""One store read in a thread of its own, so that the window never waits for it; it can be taken back at any time.

The thread is Python's, not Qt's: one that hangs, say on a disk that is gone, dies with the program instead of
keeping it from ending. It touches no widget and makes no class of Qt (see `preload`). Nothing here imports Qt: the
first store is begun to be read before Qt is there. What it does is looked up in
`news`, which costs it nothing.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from viewer.store.progress import Cancelled, Report
from viewer.ui.loaded import Found
from viewer.ui.turns import TURNS

LOG = logging.getLogger(__name__)
RETURN_SECONDS = 1.0


class Reading:
    """Reads one store, once. `found` or `error` when it is over; neither when it was taken back.

    `ended` is called in its thread when there is nothing more to do. Without one it is mute and has to be looked after:
    telling is something that Qt does, whose classes the window's thread may still be making.
    """

    def __init__(
        self,
        path: Path | None,
        read: Callable[[Path | None, Report], Found],
        ended: Callable[[], object] | None = None,
    ) -> None:
        self.path = path
        self._ended = ended
        self.news: tuple[str, float] = ("Starting", 0.0)
        """What is being done, and the share done of the whole, which never falls."""
        self.found: Found | None = None
        self.error: Exception | None = None
        self.over = False
        self._read = read
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="badia-reading", daemon=True)

    @property
    def mute(self) -> bool:
        """Whether it does not tell when it has ended."""
        return self._ended is None

    @property
    def begun(self) -> bool:
        """Whether its thread was started."""
        return self._thread.ident is not None

    @property
    def cancelled(self) -> bool:
        """Whether the hand took it back; what was found is then closed."""
        return self._cancelled.is_set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Take it back; the thread hears of it when it next reports."""
        self._cancelled.set()
        if self.over:
            self._drop()

    def wait(self, seconds: float) -> bool:
        """Wait for the thread to end; False when it does not in that time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _drop(self) -> None:
        """Close what was found and nobody wants."""
        found, self.found = self.found, None
        if found is not None:
            found.data.close()

    def _run(self) -> None:
        try:
            self.found = self._read(self.path, self._report)
        except Cancelled:
            self._cancelled.set()
        except Exception as error:  # noqa: BLE001 - the window raises it in its own thread
            self._note(error)
        finally:
            self.over = True
            if self.cancelled:
                self._drop()
            if self._ended is not None:
                self._ended()

    def _note(self, error: Exception) -> None:
        """Keep an error, unless it came of being interrupted."""
        if self.cancelled:
            LOG.info("after an opening was taken back: %r", error)
        else:
            self.error = error

    def _report(self, doing: str, share: float) -> None:
        if self.over:
            return
        if self.cancelled:
            raise Cancelled
        self.news = (doing, min(1.0, max(self.news[1], share)))


class Readings:
    """The readings whose threads still run: more than one while those that were taken back come to their end.

    As long as there are any, Python changes between threads more often, and rubbish that only its collector
    finds stays: the collector runs in whichever thread made the last object, and what belongs to the window may
    only go in the window's. All of this is called there.
    """

    def __init__(self) -> None:
        self._running: list[Reading] = []
        self._collecting = gc.isenabled()

    @property
    def any(self) -> bool:
        """Whether there are any, be it one that was taken back."""
        return bool(self._running)

    def start(self, reading: Reading) -> None:
        """Start a reading, unless it was, and hold it until it is over, or its thread would be the last to have it."""
        if not self._running:
            self._collecting = gc.isenabled()
            TURNS.shorten()
            gc.disable()
        self._running.append(reading)
        if not reading.begun:
            reading.start()

    def sweep(self) -> None:
        """Let go of those that are over; their threads have but to return."""
        if not self._running:
            return
        self._running = [reading for reading in self._running if not (reading.over and reading.wait(RETURN_SECONDS))]
        if not self._running:
            TURNS.restore()
            if self._collecting:
                gc.enable()

    def stop(self, seconds: float) -> None:
        """Take all of them back and wait for each; one that does not hear goes with the program."""
        for reading in self._running:
            reading.cancel()
        for reading in self._running:
            if not reading.wait(seconds):
                LOG.warning("reading %s does not end; it is left behind", reading.path)
        self.sweep()
