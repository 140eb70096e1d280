"""Sums over what is asked for, without counting anything twice, and saying what was left out and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viewer.domain.counts import Count, Total, total
from viewer.domain.dates import Day
from viewer.session.selectors import filter_mask, in_window
from viewer.session.state import Filters
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet

NO_PLACE, NO_DATE, OUTSIDE = "has no place", "has no date", "may fall outside the days asked for"
"""Why a record that passes the other filters is left out of a sum."""


def total_of(data: DataSet, measure: str, filters: Filters, first: Day | None, last: Day | None) -> Total:
    """The total of a measure over the records that pass the filters and surely lie in [first, last].

    Left out, each with its reason, are records with the measure that only may fall into the window, that
    have no date when days are asked for, or no place when a box is.
    """
    events = data.events
    begin, end = (FAR_PAST if first is None else first), (FAR_FUTURE if last is None else last)
    bounded = np.bool_(first is not None or last is not None)
    anywhere = filter_mask(data, replace(filters, bbox=None))
    unplaced = anywhere & ~events.placed & np.bool_(filters.bbox is not None)
    undated = ~events.dated & bounded
    doubtful = ~((events.earliest >= begin) & (events.latest <= end)) & bounded
    timely = in_window(events, begin, end) | undated | ~bounded
    rows = np.flatnonzero((filter_mask(data, filters) | unplaced) & timely)
    counts: dict[str, list[Count]] = {}
    for count in data.reader.where("count", "event", [events.keys[row] for row in rows]):
        counts.setdefault(count.event, []).append(count)
    parents = {
        events.keys[row]: events.keys[events.parent[row]] for row in np.flatnonzero(events.parent >= 0)
    }
    reasons = {
        events.keys[row]: NO_PLACE if unplaced[row] else NO_DATE if undated[row] else OUTSIDE
        for row in rows
        if unplaced[row] or undated[row] or doubtful[row]
    }
    chosen = [key for row in rows if (key := events.keys[row]) not in reasons]
    result = total(chosen, measure, counts, parents, data.same)
    measured = {key for key, found in counts.items() if any(count.measure == measure for count in found)}
    left_out = tuple((key, reason) for key, reason in reasons.items() if key in measured)
    return Total(result.figure, result.counted, result.left_out + left_out)
