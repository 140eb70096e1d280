"""What is visible: the only place that decides, so that map, timeline, lists, totals and exports agree.

Every answer follows from the state and the data set and is remembered per filter, as filters change
rarely and time changes all the while.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from viewer.domain.control import Holding
from viewer.domain.dates import DateError, Day, between, day_words, parse
from viewer.domain.events import ACTUALITIES, EVENT_TYPES, FORMS, SPOKEN
from viewer.session.memo import remembered
from viewer.session.state import Filters, State, Time
from viewer.store.columns import FAR_FUTURE, FAR_PAST, EventColumns, Pairs
from viewer.store.dataset import DataSet

Rows = NDArray[np.int64]
"""Row numbers of EventColumns, in order of time."""
Mask = NDArray[np.bool_]

LONG_SPAN_DAYS = 31
"""Longer records are bars on the timeline, not part of the histogram: they would lift every bin."""


@dataclass(frozen=True, slots=True)
class Visible:
    """The records of the moment: rows, and for each whether it surely falls into the window."""

    rows: Rows
    certain: Mask


@dataclass(frozen=True, slots=True)
class Counters:
    """How many records pass the filters and the window, and where those are that the map cannot show.

    in_view = mapped + spoken + unplaced; with a box, the unplaced cannot be in view and come on top of it.
    """

    in_view: int
    mapped: int
    unplaced: int
    undated: int
    spoken: int
    problems: int


def window_of(time: Time) -> tuple[Day, Day]:
    """The first and last day shown, both inclusive."""
    if time.mode == "day":
        return time.cursor, time.cursor
    if time.mode == "cumulative":
        return FAR_PAST, time.cursor
    return time.cursor - time.window_days + 1, time.cursor


def window_words(time: Time) -> str:
    """The window for people: "14 Nov 2017", "16 Oct - 14 Nov 2017" or "until 14 Nov 2017"."""
    first, last = window_of(time)
    if time.mode == "cumulative":
        return f"until {day_words(last)}"
    return between(first, last)


@remembered(32)
def filter_mask(data: DataSet, filters: Filters) -> Mask:
    """Which events pass the filters, whatever their time; shape (n,)."""
    events = data.events
    mask = np.ones(len(events), dtype=bool)
    for terms, wanted, column in (
        (EVENT_TYPES, filters.types, events.type),
        (ACTUALITIES, filters.actualities, events.actuality),
        (FORMS, filters.forms, events.form),
    ):
        if wanted:
            mask &= np.isin(column, [terms.index(term) for term in wanted if term in terms])
    if filters.actors:
        keys = data.actors_with_parts(filters.actors)
        mask &= _with_pair(data.event_actors, [c for c, k in enumerate(data.actor_keys) if k in keys], len(events))
    if filters.places:
        keys = data.places_within(filters.places)
        mask &= _with_pair(data.event_places, [c for c, k in enumerate(data.place_keys) if k in keys], len(events))
    if filters.bbox:
        west, south, east, north = filters.bbox
        mask &= (events.lon >= west) & (events.lon <= east) & (events.lat >= south) & (events.lat <= north)
    if filters.text.strip():
        found = data.finder.events_with(filters.text)
        mask &= np.fromiter((key in found for key in events.keys), dtype=bool, count=len(events))
    mask.flags.writeable = False
    return mask


def _with_pair(pairs: Pairs, codes: list[int], number: int) -> Mask:
    mask = np.zeros(number, dtype=bool)
    mask[pairs.rows[np.isin(pairs.codes, codes)]] = True
    return mask


def in_window(events: EventColumns, first: Day, last: Day, starts_in: bool = False) -> Mask:
    """Which events may fall into [first, last].

    With `starts_in`, those whose earliest known day lies in it: what has no known start does not start there.
    """
    if starts_in:
        known: Mask = events.dated & (events.earliest != FAR_PAST)
        return known & (events.earliest >= first) & (events.earliest <= last)
    return (events.earliest <= last) & (events.latest >= first)


@remembered(8)
def _visible(data: DataSet, filters: Filters, time: Time) -> Visible:
    first, last = window_of(time)
    events = data.events
    rows = np.flatnonzero(filter_mask(data, filters) & in_window(events, first, last, time.starts_in))
    certain = (events.earliest[rows] >= first) & (events.latest[rows] <= last) & (events.earliest[rows] != FAR_PAST)
    return Visible(rows, certain)


def visible_events(data: DataSet, state: State) -> Visible:
    """The events that pass the filters and may fall into the window."""
    return _visible(data, state.filters, state.time)


def mapped_events(data: DataSet, state: State) -> Visible:
    """The visible events the map draws: placed, and deeds unless words were asked for."""
    seen = visible_events(data, state)
    keep = data.events.placed[seen.rows] & ~_spoken(data, state.filters, seen.rows)
    return Visible(seen.rows[keep], seen.certain[keep])


def _spoken(data: DataSet, filters: Filters, rows: Rows) -> Mask:
    codes = [EVENT_TYPES.index(term) for term in SPOKEN if term not in filters.types]
    return np.isin(data.events.type[rows], codes)


def unplaced_events(data: DataSet, state: State) -> Rows:
    """The events of the window that no source places, in a list of their own, whatever box is asked for."""
    rows = _visible(data, replace(state.filters, bbox=None), state.time).rows
    return rows[~data.events.placed[rows]]


def undated_events(data: DataSet, state: State) -> Rows:
    """The events that pass the filters and have no date at all."""
    return np.flatnonzero(filter_mask(data, state.filters) & ~data.events.dated)


def counters(data: DataSet, state: State) -> Counters:
    """The numbers beside the date."""
    seen = visible_events(data, state)
    mapped = mapped_events(data, state)
    placed = np.count_nonzero(data.events.placed[seen.rows])
    return Counters(
        in_view=len(seen.rows),
        mapped=len(mapped.rows),
        unplaced=len(unplaced_events(data, state)),
        undated=len(undated_events(data, state)),
        spoken=int(placed) - len(mapped.rows),
        problems=len(data.problems),
    )


def next_event_day(data: DataSet, state: State, forward: bool) -> Day | None:
    """The nearest day after (or before) the cursor on which an event that passes the filters begins."""
    starts = data.events.earliest[filter_mask(data, state.filters) & data.events.dated]
    starts = starts[starts != FAR_PAST]
    ahead = starts[starts > state.time.cursor] if forward else starts[starts < state.time.cursor]
    if not len(ahead):
        return None
    return int(ahead.min() if forward else ahead.max())


def compiled_until(data: DataSet) -> Day:
    """The last day of the compilation, as the store says; the far future when it does not."""
    try:
        day = parse(data.meta.as_of).latest
    except DateError:
        day = None
    return FAR_FUTURE if day is None else day


@remembered(1)
def extent(data: DataSet) -> tuple[Day, Day]:
    """The first and last day that any dated event names, or any claim up to the day the compilation ends."""
    events = data.events
    as_of = compiled_until(data)
    known = np.concatenate([
        events.earliest[events.dated & (events.earliest != FAR_PAST)],
        events.latest[events.dated & (events.latest != FAR_FUTURE)],
        [day for c in data.claims for day in (c.date.earliest, c.date.latest) if day is not None and day <= as_of],
    ])  # fmt: skip
    return (int(known.min()), int(known.max())) if len(known) else (0, 0)


def long_spans(data: DataSet, filters: Filters) -> Rows:
    """The events that last longer than the histogram counts, or have an open end."""
    events = data.events
    long = events.dated & (events.latest.astype(np.int64) - events.earliest >= LONG_SPAN_DAYS)
    return np.flatnonzero(filter_mask(data, filters) & long)


@remembered(64)
def holdings_on(data: DataSet, day: Day) -> Mapping[str, tuple[Holding, ...]]:
    """Who stands where on a day, by site (a place's key, or a claim's for an area of its own)."""
    found = {site: held.on(day) for site, held in data.histories.items()}
    return {site: holdings for site, holdings in found.items() if holdings}


@remembered(1)
def control_changes(data: DataSet) -> tuple[tuple[Day, str, str], ...]:
    """Every day on which a site's holder or its class changes: (day, site, actors of the new holder)."""
    changes: list[tuple[Day, str, str]] = []
    for site, held in data.histories.items():
        before: frozenset[tuple[str, str]] = frozenset()
        for tenure in held.tenures:
            now = frozenset((h.claim.actors, h.claim.control) for h in tenure.holdings if not h.possible)
            new = sorted(now - before)
            if new:
                changes.append((tenure.first, site, new[0][0]))
            before = now or before
    return tuple(sorted(changes))
