"""The days between which nearly all of a data set happens: a few old records make its extent mostly empty."""

from __future__ import annotations

import numpy as np

from viewer.domain.dates import Day
from viewer.session.by_day import Numbers, calendar_of
from viewer.session.memo import remembered
from viewer.session.selectors import control_changes, extent
from viewer.store.dataset import DataSet

RARE = 0.005
"""The share of records at either end that the first look at the timeline leaves out."""


@remembered(1)
def busy_extent(data: DataSet) -> tuple[Day, Day]:
    """The days between which nearly all records and changes of control begin; the extent when there are none."""
    calendar = calendar_of(data)
    changes = np.array([day for day, _, _ in control_changes(data)], dtype=np.int64)
    days = np.concatenate([calendar.days, changes])
    order = np.argsort(days)
    until = np.cumsum(np.concatenate([np.diff(calendar.begins), np.ones(len(changes), dtype=np.int64)])[order])
    if not len(until) or not until[-1]:
        return extent(data)
    low, high = (_quantile(days[order], until, share) for share in (RARE, 1 - RARE))
    return int(low), min(int(high) + 180, extent(data)[1])


def _quantile(days: Numbers, until: Numbers, share: float) -> float:
    """The day up to which this share of what happens has begun; `until` of it by each of the days, ascending."""
    place = share * (int(until[-1]) - 1)
    below, above = (days[np.searchsorted(until, number, side="right")] for number in (int(place), -int(-place // 1)))
    return float(below + (above - below) * (place % 1))


def played(data: DataSet, cursor: Day) -> tuple[Day, Day]:
    """The days through which time plays from a cursor: from where things begin to happen, or where one went by hand."""
    first, last = extent(data)
    busy = busy_extent(data)[0]
    return (busy if cursor >= busy else first), last
