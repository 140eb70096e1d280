"""Sums over what is asked for, without counting anything twice, and saying what was left out and why."""

from __future__ import annotations

import numpy as np

from viewer.domain.counts import Count, Total, total
from viewer.domain.dates import Day
from viewer.session.selectors import filter_mask, in_window
from viewer.session.state import Filters
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet


def total_of(data: DataSet, measure: str, filters: Filters, first: Day | None, last: Day | None) -> Total:
    """The total of a measure over the records that pass the filters and surely lie in [first, last].

    A record that only may fall into the window is left out, with its span as the reason.
    """
    events = data.events
    begin, end = (FAR_PAST if first is None else first), (FAR_FUTURE if last is None else last)
    bounded = first is not None or last is not None
    mask = filter_mask(data, filters) & (in_window(events, begin, end) if bounded else True)
    inside = (events.earliest >= begin) & (events.latest <= end) | ~np.bool_(bounded)
    rows = np.flatnonzero(mask)
    keys = [events.keys[row] for row in rows]
    counts: dict[str, list[Count]] = {}
    for count in data.reader.where("count", "event", keys):
        counts.setdefault(count.event, []).append(count)
    parents = {
        events.keys[row]: events.keys[events.parent[row]] for row in np.flatnonzero(events.parent >= 0)
    }
    chosen = [key for key, row in zip(keys, rows, strict=True) if inside[row]]
    result = total(chosen, measure, counts, parents, data.same)
    doubtful = tuple(
        (key, "may fall outside the days asked for")
        for key, row in zip(keys, rows, strict=True)
        if not inside[row] and any(c.measure == measure for c in counts.get(key, ()))
    )
    return Total(result.figure, result.counted, result.left_out + doubtful)
