"""Lets the window's thread have its turn often while others compute in Python.

Without it each event that Python hears of waits five milliseconds for a thread that computes, and a change of theme,
which is some thousand events, takes seconds.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH_SECONDS = 0.0001
"""How long the window's thread waits for its turn while another one computes: there is a turn for every event."""


class Turns:
    """Python changes between threads more often as long as anybody asks for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._askers = 0
        self._usual = SWITCH_SECONDS
        self._ended = -math.inf

    def shorten(self) -> None:
        """From now on until as many calls of `restore`."""
        with self._lock:
            if not self._askers:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(min(SWITCH_SECONDS, self._usual))
            self._askers += 1

    def restore(self) -> None:
        """Whoever called `shorten` needs it no longer."""
        with self._lock:
            self._askers -= 1
            if not self._askers:
                sys.setswitchinterval(self._usual)
                self._ended = time.monotonic()

    @property
    def asked(self) -> bool:
        """Whether anybody computes for long just now."""
        return self._askers > 0

    @property
    def still(self) -> float:
        """For how many seconds nobody has computed for long, 0 while anybody does."""
        return 0.0 if self.asked else time.monotonic() - self._ended

    @contextmanager
    def short(self) -> Iterator[None]:
        """Within this block."""
        self.shorten()
        try:
            yield
        finally:
            self.restore()


TURNS = Turns()
"""The one of the program, as Python has one interval."""
