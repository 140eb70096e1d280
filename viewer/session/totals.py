"""Sums over what is asked for, without counting anything twice, and saying what was left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from viewer.domain.counts import Count, Total, total
from viewer.domain.dates import Day
from viewer.session.memo import remembered
from viewer.session.selectors import filter_mask
from viewer.session.state import Filters
from viewer.session.window import Mask, Rows, lasting_of, span_between
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet

NO_PLACE, NO_DATE, OUTSIDE = "has no place", "has no date", "may fall outside the days asked for"
"""Why a record that passes the other filters is left out of a sum."""
FEW = 5_000
"""Events whose counts are looked up one by one; for more, all counts of the measure are read."""


def total_of(data: DataSet, measure: str, filters: Filters, first: Day | None, last: Day | None) -> Total:
    """The total of a measure over the records that pass the filters and surely lie in [first, last].

    Left out, each with its reason, are records with the measure that only may fall into the window, that
    have no date when days are asked for, or no place when a box is.
    """
    counts = counts_of(data, measure, rows_asked(data, mask_asked(data, filters), first, last))
    return total_among(data, measure, counts, filters.placed, first, last)


def total_among(
    data: DataSet, measure: str, counts: Mapping[str, list[Count]], placed: bool, first: Day | None, last: Day | None
) -> Total:
    """The total over the events that have counts of the measure; placed: whether they must lie somewhere."""
    found = list(counts)
    rows = dict(zip(found, data.events.row_of.rows_of(found).tolist(), strict=True))
    keys = sorted(rows, key=rows.__getitem__)
    reasons = {key: said for key in keys if (said := _reason(data, rows[key], placed, first, last))}
    chosen = [key for key in keys if key not in reasons]
    result = total(chosen, measure, counts, parents_of(data, chosen), _same(data))
    return Total(result.figure, result.counted, result.left_out + tuple(reasons.items()))


def mask_asked(data: DataSet, filters: Filters) -> Mask:
    """The events that pass the filters, with those whose place nobody knows where one is asked for; shape (n,)."""
    mask = filter_mask(data, filters)
    if filters.placed:
        mask = mask | (filter_mask(data, filters.anywhere) & ~data.events.placed)
    return mask


def rows_asked(data: DataSet, mask: Mask, first: Day | None, last: Day | None) -> Rows:
    """The rows of a mask that may fall into the days, with those whose date nobody knows."""
    if first is None and last is None:
        return np.flatnonzero(mask)
    begin, end = (FAR_PAST if first is None else first), (FAR_FUTURE if last is None else last)
    dated = lasting_of(data).dated
    return np.concatenate([span_between(data, begin, end).passing(mask), np.flatnonzero(mask[dated:]) + dated])


def _reason(data: DataSet, row: int, placed: bool, first: Day | None, last: Day | None) -> str:
    """Why a record that was asked for is left out; '' when it is not."""
    events = data.events
    if placed and np.isnan(events.x[row]):
        return NO_PLACE
    if first is None and last is None:
        return ""
    if row >= lasting_of(data).dated:
        return NO_DATE
    within = (first is None or events.earliest[row] >= first) and (last is None or events.latest[row] <= last)
    return "" if within else OUTSIDE


def counts_of(data: DataSet, measure: str, rows: Rows) -> Mapping[str, list[Count]]:
    """The counts of a measure by event, for events of some rows (ascending)."""
    counts: dict[str, list[Count]] = {}
    if len(rows) <= FEW:
        found: Iterable[Count] = data.reader.where("count", "event", [data.events.keys[row] for row in rows.tolist()])
        for count in found:
            if count.measure == measure:
                counts.setdefault(count.event, []).append(count)
        return counts
    asked = np.zeros(len(data.events), dtype=bool)
    asked[rows] = True
    every: list[Count] = data.reader.where("count", "measure", [measure])
    of = data.events.row_of.rows_of([count.event for count in every])
    for number in np.flatnonzero((of >= 0) & asked[of]).tolist():
        counts.setdefault(every[number].event, []).append(every[number])
    return counts


def parents_of(data: DataSet, keys: Iterable[str]) -> Mapping[str, str]:
    """What each of these events is part of, and that again, whichever telling of it says so."""
    events, tellings, same = data.events, _tellings(data), _same(data)
    waiting, parents = list(keys), dict[str, str]()
    seen = set(waiting)
    while waiting:
        rows = events.row_of.rows_of(waiting)
        wholes = np.where(rows >= 0, events.parent[rows], -1).tolist()
        more: list[str] = []
        for key, whole in zip(waiting, wholes, strict=True):
            more += tellings.get(same.get(key, key), ())
            if whole >= 0:
                parents[key] = events.keys[whole]
                more.append(parents[key])
        waiting = [other for other in dict.fromkeys(more) if other not in seen]
        seen.update(waiting)
    return parents


@remembered(1)
def _same(data: DataSet) -> Mapping[str, str]:
    """What stands for each event that is told more than once: few, and asked for so often that looking up costs."""
    return dict(data.same)


@remembered(1)
def _tellings(data: DataSet) -> Mapping[str, tuple[str, ...]]:
    """The events that tell of one incident, by the key that stands for it."""
    groups: dict[str, list[str]] = {}
    for key, incident in _same(data).items():
        groups.setdefault(incident, []).append(key)
    return {incident: tuple(keys) for incident, keys in groups.items()}
