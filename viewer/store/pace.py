"""How far an opening is, as one share that only grows, whatever its steps know about their own length."""

from __future__ import annotations

import time

from viewer.store.progress import Report

PAUSE = 0.03
"""Seconds between two reports at least."""
CREEP = 0.02
"""The part of what is left of a step that is gone at each tick of a step that cannot tell."""


class Pace:
    """Tells `report`; what that raises comes out of every call."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._doing, self._share, self._end = "", 0.0, 0.0
        self._begin = 0.0
        self._next = 0.0

    def begin(self, doing: str, end: float) -> None:
        """The next step, which ends at this share of the whole."""
        self._doing, self._begin, self._end = doing, max(self._end, self._share), end
        self._tell(self._begin, 0.0)

    def done(self, part: float) -> None:
        """So much of the step, 0 to 1."""
        self._tell(self._begin + (self._end - self._begin) * min(part, 1.0), PAUSE)

    def finish(self) -> None:
        """All of it."""
        self._tell(1.0, 0.0)

    def tick(self) -> None:
        """Some of the step, nobody knows how much."""
        self._tell(self._share + (self._end - self._share) * CREEP, PAUSE)

    def _tell(self, share: float, pause: float) -> None:
        now = time.monotonic()
        if now >= self._next or not pause:
            self._next = now + PAUSE
            self._share = max(self._share, min(share, 1.0))
            self._report(self._doing, self._share)
