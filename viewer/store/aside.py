"""Work of SQLite's that goes on beside the reading, on a connection and in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from viewer.store.file import TICK_SECONDS, StoreFile

T = TypeVar("T")


class Aside(Generic[T]):
    """Runs `work` at once; `result` waits for it. To be stopped, whatever happened."""

    def __init__(self, store: StoreFile, work: Callable[[StoreFile], T]) -> None:
        self._store = store.twin()
        self._work = work
        self._began = time.monotonic()
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="badia-aside", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with self._store.reading():
                self._results.append(self._work(self._store))
        except BaseException as error:  # noqa: BLE001 - it comes out of `result`
            self._error = error

    def finished(self, tick: Callable[[], None], seconds: float = float("inf")) -> bool:
        """Wait until the work has taken so many seconds in all; whether it is done. Raises what it raised."""
        while self._thread.is_alive() and time.monotonic() - self._began < seconds:
            tick()
            self._thread.join(TICK_SECONDS)
        if self._error is not None:
            raise self._error
        return not self._thread.is_alive()

    def result(self, tick: Callable[[], None]) -> T:
        """What the work gave; raises what it raised."""
        self.finished(tick)
        return self._results[0]

    def stop(self, seconds: float = float("inf")) -> bool:
        """End the work if it still runs, and close its connection; False when it does not end in so many seconds."""
        began = time.monotonic()
        while self._thread.is_alive():
            if time.monotonic() - began > seconds:
                return False
            self._store.halt()
            self._thread.join(TICK_SECONDS)
        self._store.close()
        return True


class Here(Generic[T]):
    """The same for a small store: done before anything else, on the store's own connection."""

    def __init__(self, store: StoreFile, work: Callable[[StoreFile], T]) -> None:
        self._result = work(store)

    def finished(self, tick: Callable[[], None], seconds: float = float("inf")) -> bool:
        """It is."""
        return True

    def result(self, tick: Callable[[], None]) -> T:
        """What the work gave."""
        return self._result

    def stop(self, seconds: float = float("inf")) -> bool:
        """Nothing runs any more."""
        return True
