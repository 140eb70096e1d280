"""What was known by a day: a record counts from the day on which the first of its sources was published.

A record of which no source says when it was published is not known by any day: it is hidden with the rest, and counted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import DateError, Day, parse
from viewer.session.memo import remembered
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet


@remembered(1)
def published_days(data: DataSet) -> dict[str, Day]:
    """The day by which each source was surely published; those without one are not in it."""
    days = {}
    for key, source in data.sources.items():
        try:
            day = parse(source.published).latest if source.published else None
        except DateError:
            day = None
        if day is not None:
            days[key] = day
    return days


@remembered(1)
def known_days(data: DataSet) -> NDArray[np.int32]:
    """The day from which each event is known, FAR_FUTURE where nobody can say; shape (n,).

    Read piece by piece, as to let go of a million rows at once keeps other threads waiting.
    """
    published, row_of = published_days(data), data.events.row_of
    days = np.full(len(data.events), FAR_FUTURE, dtype=np.int32)
    for piece in data.reader.pieces("event_source", ("event", "source")):
        told = [(event, published[source]) for event, source in piece if source in published]
        rows = np.asarray(row_of.rows_of([event for event, _ in told]), dtype=np.int64)
        there = rows >= 0
        np.minimum.at(days, rows[there], np.array([day for _, day in told], dtype=np.int32)[there])
    days.flags.writeable = False
    return days


@remembered(3)
def _claimed_by(data: DataSet, day: Day) -> DataSet:
    published = published_days(data)
    claims = tuple(one for one in data.claims if published.get(one.source, FAR_FUTURE) <= day)
    stated = tuple(one for one in data.quantities if published.get(one.source, FAR_FUTURE) <= day)
    ways = tuple(one for one in data.routes if published.get(one.source, FAR_FUTURE) <= day)
    told = replace(data.with_claims(claims), quantities=stated, routes=ways)
    vars(told)["finder"] = data.finder
    return told


def known_data(data: DataSet, day: Day | None) -> DataSet:
    """The data set with the claims of control, stated quantities and routes published by a day; None: all of them."""
    return data if day is None else _claimed_by(data, _last_published(data, day))


def _last_published(data: DataSet, day: Day) -> Day:
    """The last day up to this one on which anything was published: until the next one nothing more is known."""
    days = _publication_days(data)
    place = int(np.searchsorted(days, day, side="right"))
    return int(days[place - 1]) if place else FAR_PAST


@remembered(1)
def _publication_days(data: DataSet) -> NDArray[np.int64]:
    return np.unique(np.array(list(published_days(data).values()), dtype=np.int64))


def hidden_claims(data: DataSet, day: Day) -> tuple[int, int]:
    """How many claims of control were published after a day, and of how many nobody knows when."""
    published = published_days(data)
    days = [published.get(claim.source, FAR_FUTURE) for claim in data.claims]
    return sum(day < one < FAR_FUTURE for one in days), sum(one == FAR_FUTURE for one in days)
