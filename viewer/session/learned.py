"""What the second clock hides: records that were published later, and those of which nobody knows when.

Nothing is dropped without a word: whoever asks what was known by a day is told how many records of the window that
leaves out, and both kinds can be listed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viewer.domain.dates import Day, day_words
from viewer.domain.frozen import dataclass
from viewer.session.by_day import DayCounts, day_counts
from viewer.session.known import known_days
from viewer.session.memo import remembered
from viewer.session.selectors import filter_mask
from viewer.session.state import Filters, State
from viewer.session.window import Rows, window_of
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet

_LATER, _UNPUBLISHED, _SHOWN = range(3)


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many records of a window count for all other filters, but were published later, or nobody knows when."""

    later: int
    unpublished: int


def reference_day(state: State) -> Day:
    """The day after which something is learned later: that of the second clock, else the day one stands on."""
    known_by = state.filters.known_by
    return state.time.cursor if known_by is None else known_by


def _whenever(filters: Filters) -> Filters:
    return replace(filters, known_by=None) if filters.known_by is not None else filters


def learned_later(data: DataSet, state: State) -> Rows:
    """The events about days up to that day, or that may be, published after it; those that pass the other filters."""
    day, events = reference_day(state), data.events
    known = known_days(data)
    about = (events.earliest <= day) & ((events.earliest != FAR_PAST) | (events.latest < FAR_FUTURE))
    return np.flatnonzero(filter_mask(data, _whenever(state.filters)) & about & (known > day) & (known < FAR_FUTURE))


def never_published(data: DataSet, state: State) -> Rows:
    """The events of which no source says when it was published; those that pass the other filters."""
    return np.flatnonzero(filter_mask(data, _whenever(state.filters)) & (known_days(data) == FAR_FUTURE))


def hidden_in(data: DataSet, state: State) -> Hidden:
    """What the second clock leaves out of the window; nothing while it does not run."""
    if state.filters.known_by is None:
        return Hidden(0, 0)
    later, unpublished = _hidden(data, state.filters).within(*window_of(state.time), state.time.starts_in).tolist()
    return Hidden(later, unpublished)


@remembered(2)
def _hidden(data: DataSet, filters: Filters) -> DayCounts:
    known, day = known_days(data), filters.known_by
    codes = np.full(len(data.events), _SHOWN, dtype=np.uint8)
    codes[known > (FAR_FUTURE if day is None else day)] = _LATER
    codes[known == FAR_FUTURE] = _UNPUBLISHED
    codes[~filter_mask(data, _whenever(filters))] = _SHOWN
    return day_counts(data, codes, _SHOWN)


def clock_words(data: DataSet, state: State) -> str:
    """What a map says while the second clock runs, as it may be taken for all that is known; '' while it does not."""
    day = state.filters.known_by
    if day is None:
        return ""
    found = hidden_in(data, state)
    parts = [f"{found.later:,} published later"] if found.later else []
    if found.unpublished:
        parts.append(f"{found.unpublished:,} with no date of publication")
    hidden = f" \u00b7 hidden: {', '.join(parts)}" if parts else ""
    return f"Known by {day_words(day)}{hidden}"
