"""Pieces of work that threads do beside each other, and whose results come one after the other all the same.

The threads die with the program when one of them hangs on a disk that is gone, unlike those of `concurrent.futures`.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from queue import SimpleQueue
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Made = TypeVar("Made")
THREADS = min(4, os.cpu_count() or 1)


class _Job(Generic[Made]):
    """One piece of work, done by whichever thread takes it up."""

    def __init__(self, work: Callable[[], Made]) -> None:
        self._work = work
        self._done = threading.Event()
        self._made: list[Made] = []
        self._error: BaseException | None = None
        self.wanted = True

    def do(self) -> None:
        """Do it, unless nobody wants it any more."""
        try:
            if self.wanted:
                self._made.append(self._work())
        except BaseException as error:  # noqa: BLE001 - it comes out of `result`
            self._error = error
        self._done.set()

    def result(self) -> Made:
        """Wait for what comes of it; raises what it raised."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._made[0]


def in_order(pieces: Iterable[Piece], work: Callable[[Piece], Made], use: Callable[[Made], None]) -> None:
    """Hand what `work` makes of each piece to `use`, in this thread; what any of them raises ends it all and comes out.

    A piece is only asked for when a thread is about to be free for it.
    """
    jobs: SimpleQueue[_Job[Made] | None] = SimpleQueue()
    threads = [threading.Thread(target=_serve, args=(jobs,), name="badia-piece", daemon=True) for _ in range(THREADS)]
    waiting: deque[_Job[Made]] = deque()
    for thread in threads:
        thread.start()
    try:
        for piece in pieces:
            waiting.append(_Job(partial(work, piece)))
            jobs.put(waiting[-1])
            if len(waiting) > THREADS:
                use(waiting.popleft().result())
        while waiting:
            use(waiting.popleft().result())
    finally:
        for job in waiting:
            job.wanted = False
        for _ in threads:
            jobs.put(None)
        for thread in threads:
            thread.join()


def _serve(jobs: SimpleQueue[_Job[Made] | None]) -> None:
    while (job := jobs.get()) is not None:
        job.do()
