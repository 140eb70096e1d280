"""Pieces of work that threads do beside each other, and whose results come one after the other all the same."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")
Made = TypeVar("Made")
THREADS = min(4, os.cpu_count() or 1)


def in_order(pieces: Iterable[Piece], work: Callable[[Piece], Made], use: Callable[[Made], None]) -> None:
    """Hand what `work` makes of each piece to `use`, in this thread; what either raises ends it all and comes out.

    A piece is only asked for when a thread is about to be free for it.
    """
    pool = ThreadPoolExecutor(THREADS, "badia-piece")
    waiting: deque[Future[Made]] = deque()
    try:
        for piece in pieces:
            waiting.append(pool.submit(work, piece))
            if len(waiting) > THREADS:
                use(waiting.popleft().result())
        while waiting:
            use(waiting.popleft().result())
    finally:
        pool.shutdown(cancel_futures=True)
