"""Writes the user's own file in a thread, so that the window need not wait for the disk.

The file's connection belongs to one thread at a time: to the writer's while it is `busy`, to the window's else. What is
noted waits in the workspace, in order; all that waits when the thread comes to it is one transaction. Whether a mark
is on the disk is decided in one place, `Keeping.acknowledged`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class OwnWriter:
    """A thread that lives as long as there is something to write."""

    def __init__(self, write: Callable[[], object], told: Callable[[], None]) -> None:
        """write: brings what waits to the disk, and keeps what it cannot; told: is called in the thread after that."""
        self._write, self._told = write, told
        self._lock = threading.Lock()
        self._wanted = False
        self._resting = threading.Event()
        self._resting.set()
        self.error: Exception | None = None
        """What no disk explains, to be raised where somebody listens."""

    @property
    def busy(self) -> bool:
        """Whether the file belongs to the thread."""
        return not self._resting.is_set()

    def begin(self) -> bool:
        """Have what waits written soon, and do not wait for that; False, as nothing of it is on the disk yet."""
        with self._lock:
            self._wanted = True
            if not self.busy:
                self._resting.clear()
                threading.Thread(target=self._run, name="badia-own-file", daemon=True).start()
        return False

    def rest(self, seconds: float) -> bool:
        """Wait until the thread has done what was asked of it; whether it has."""
        return self._resting.wait(seconds)

    def _run(self) -> None:
        while self._goes_on():
            try:
                self._write()
            except Exception as error:  # noqa: BLE001 - raised again in the window's thread
                self.error = error
            self._told()  # whoever marks faster than the disk writes hears of it all the same
        self._told()  # now the file may be read

    def _goes_on(self) -> bool:
        with self._lock:
            wanted, self._wanted = self._wanted, False
            if not wanted:
                self._resting.set()
            return wanted
