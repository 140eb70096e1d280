"""How a long opening tells how far it is, and how the hand that waits for it takes it back."""

from __future__ import annotations

from collections.abc import Callable

LAST_WAIT_SECONDS = 2.0
"""How long is waited for a thread that was told to end, before it is left behind: it may read a disk that is gone."""
Report = Callable[[str, float], None]
"""Told what is being done, in words for people, and the share done of the whole, 0 to 1; raises Cancelled."""


class Cancelled(Exception):
    """The hand took the opening back."""


def quiet(doing: str, share: float) -> None:
    """Tell nobody, and never stop."""


def part(report: Report, first: float, last: float) -> Report:
    """A report for one part of the work, whose 0 to 1 is `first` to `last` of the whole."""
    return lambda doing, share: report(doing, first + (last - first) * share)
