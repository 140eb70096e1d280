"""What is visible: the only place that decides, so that map, timeline, lists, totals and exports agree.

Every answer follows from the state and the data set and is remembered per filter, as filters change
rarely and time changes all the while: a step of time costs two look-ups, not a pass over the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from viewer.domain.control import Holding
from viewer.domain.dates import DateError, Day, parse
from viewer.domain.events import ACTUALITIES, EVENT_TYPES, FORMS, SPOKEN
from viewer.domain.frozen import dataclass
from viewer.geo.projection import to_map
from viewer.session.by_day import Codes, DayCounts, calendar_of, day_counts
from viewer.session.known import known_days
from viewer.session.memo import remembered
from viewer.session.responsibility import responsible_rows
from viewer.session.state import Filters, State, Time
from viewer.session.window import Mask, Rows, SmallRows, lasting_of, span_of, window_of
from viewer.store.columns import FAR_FUTURE, FAR_PAST, Pairs
from viewer.store.dataset import DataSet

LONG_SPAN_DAYS = 31
"""Longer records are bars on the timeline, not part of the histogram: they would lift every bin."""
_MAPPED, _SPOKEN, _UNPLACED, _ELSEWHERE = range(4)
"""The classes of the counters; what passes no filter is elsewhere."""


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


@remembered(6)
def filter_mask(data: DataSet, filters: Filters) -> Mask:
    """Which events pass the filters, whatever their time; shape (n,)."""
    return passing(data, filters)


def passing(data: DataSet, filters: Filters) -> Mask:
    """The same, remembered by nobody: who asks of many filters must not take the place of those that are in force."""
    events = data.events
    mask = np.ones(len(events), dtype=bool)
    for terms, wanted, column in (
        (EVENT_TYPES, filters.types, events.type),
        (ACTUALITIES, filters.actualities, events.actuality),
        (FORMS, filters.forms, events.form),
    ):
        if wanted:
            mask &= np.take(_among(terms, wanted), column)
    if filters.actors:
        mask &= _by_actors(data, filters)
    if filters.places:
        mask &= _with_pair(data.event_places, data.place_keys, data.places_within(filters.places), len(events))
    if filters.bbox:
        west, south, east, north = filters.bbox
        (left, right), (bottom, top) = (edge.astype(np.float32) for edge in to_map((west, east), (south, north)))
        mask &= (events.x >= left) & (events.x <= right) & (events.y >= bottom) & (events.y <= top)
    if filters.within is not None:
        from viewer.session.ground_asked import within_mask  # shapely takes long to load, and few ask for it

        mask &= within_mask(data, filters.within)
    if filters.known_by is not None:
        mask &= known_days(data) <= filters.known_by
    if filters.text.strip():
        mask &= _with_rows(data.finder.rows_with(filters.text), len(events))
    return _kept(mask)


def _by_actors(data: DataSet, filters: Filters) -> Mask:
    """Which events have one of the actors in them, in the part that is asked for."""
    actors = data.actors_with_parts(filters.actors) if filters.parts else frozenset(filters.actors)
    if not filters.responsible:
        return _with_pair(data.event_actors, data.actor_keys, actors, len(data.events))
    return _with_rows(responsible_rows(data, actors, filters.responsible), len(data.events))


def _kept(mask: Mask) -> Mask:
    """A mask that is remembered cannot be spoilt."""
    mask.flags.writeable = False
    return mask


def _among(terms: Sequence[str], wanted: Iterable[str]) -> Mask:
    """Which terms are wanted, by their codes."""
    table = np.zeros(len(terms), dtype=bool)
    table[[terms.index(term) for term in wanted if term in terms]] = True
    return table


def _with_pair(pairs: Pairs, keys: Sequence[str], wanted: frozenset[str], number: int) -> Mask:
    chosen = np.fromiter((key in wanted for key in keys), dtype=bool, count=len(keys))
    return _with_rows(np.compress(np.take(chosen, pairs.codes), pairs.rows), number)


def _with_rows(rows: Rows | SmallRows, number: int) -> Mask:
    mask = np.zeros(number, dtype=bool)
    mask[rows] = True
    return mask


@remembered(2)
def mapped_mask(data: DataSet, filters: Filters) -> Mask:
    """Which events the map draws, whatever their time: placed, and deeds unless words were asked for; shape (n,)."""
    return _kept(filter_mask(data, filters) & data.events.placed & np.take(~_spoken(filters), data.events.type))


def _spoken(filters: Filters) -> Mask:
    """Which types are words that were not asked for, by their codes."""
    return _among(EVENT_TYPES, (term for term in SPOKEN if term not in filters.types))


def may_only(data: DataSet, rows: Rows | int, time: Time) -> Mask:
    """Whether each of these rows, or one, may fall into the window and does not surely lie in it."""
    may, surely = falling(data, rows, time)
    doubtful: Mask = may & ~surely
    return doubtful


def falling(data: DataSet, rows: Rows | int, time: Time) -> tuple[Mask, Mask]:
    """Whether each of these rows, or one, may fall into the window, and whether it surely lies in it."""
    events, (first, last) = data.events, window_of(time)
    begins, ends = events.earliest[rows], events.latest[rows]
    known = begins != FAR_PAST
    there = (begins >= first) & known if time.starts_in else ends >= first
    return there & (begins <= last), (begins >= first) & (ends <= last) & known


def seen_among(data: DataSet, mask: Mask, time: Time) -> Visible:
    """Those of a mask, shape (n,), that may fall into the window; remembered by nobody."""
    rows = span_of(data, time).passing(mask)
    return Visible(rows, ~may_only(data, rows, time))


@remembered(1)
def _visible(data: DataSet, filters: Filters, time: Time) -> Visible:
    return seen_among(data, filter_mask(data, filters), time)


def visible_events(data: DataSet, state: State) -> Visible:
    """The events that pass the filters and may fall into the window."""
    return _visible(data, state.filters, state.time)


@remembered(1)
def _mapped(data: DataSet, filters: Filters, time: Time) -> Visible:
    return seen_among(data, mapped_mask(data, filters), time)


def mapped_events(data: DataSet, state: State) -> Visible:
    """The visible events the map draws: placed, and deeds unless words were asked for."""
    return _mapped(data, state.filters, state.time)


def unplaced_events(data: DataSet, state: State) -> Rows:
    """The events of the window that no source places, in a list of their own, whatever box is asked for."""
    rows = span_of(data, state.time).passing(filter_mask(data, state.filters.anywhere))
    return rows[np.isnan(data.events.x[rows])]


def undated_events(data: DataSet, state: State) -> Rows:
    """The events that pass the filters and have no date at all."""
    dated = lasting_of(data).dated
    return np.flatnonzero(filter_mask(data, state.filters)[dated:]) + dated


@remembered(2)
def _counts(data: DataSet, filters: Filters) -> DayCounts:
    """The mapped, the spoken and the unplaced by day; the unplaced whatever box is asked for."""
    unplaced = ~data.events.placed
    passing = filter_mask(data, filters) | (filter_mask(data, filters.anywhere) & unplaced)
    codes = np.take(_spoken(filters), data.events.type).astype(np.uint8) * np.uint8(_SPOKEN)
    np.maximum(codes, unplaced * np.uint8(_UNPLACED), out=codes)
    return day_counts(data, _counted(codes, passing, _ELSEWHERE), _ELSEWHERE)


def _counted(codes: Codes, mask: Mask, classes: int) -> Codes:
    """The codes 0 to classes - 1 of what a mask lets through; all else gets the code that is counted nowhere."""
    return np.maximum(codes, ~mask * np.uint8(classes))


def counters(data: DataSet, state: State) -> Counters:
    """The numbers beside the date."""
    counts, boxed = _counts(data, state.filters), state.filters.placed
    mapped, spoken, unplaced = counts.within(*window_of(state.time), state.time.starts_in).tolist()
    undated = counts.undated.tolist()
    return Counters(
        in_view=mapped + spoken + (0 if boxed else unplaced),
        mapped=mapped,
        unplaced=unplaced,
        undated=sum(undated[: _UNPLACED if boxed else None]),
        spoken=spoken,
        problems=len(data.problems),
    )


def next_event_day(data: DataSet, state: State, forward: bool) -> Day | None:
    """The nearest day after (or before) the cursor on which an event that passes the filters begins."""
    boxed = state.filters.placed
    classes = slice(_UNPLACED if boxed else _ELSEWHERE)
    return _counts(data, state.filters).next_start(state.time.cursor, forward, classes)


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
    as_of, days = compiled_until(data), calendar_of(data).days
    known = [day for c in data.claims for day in (c.date.earliest, c.date.latest) if day is not None and day <= as_of]
    if len(days):
        known += [int(days[0]), int(days[-1])]
    return (min(known), max(known)) if known else (0, 0)


@remembered(1)
def _long(data: DataSet) -> SmallRows:
    calendar, events = calendar_of(data), data.events
    lasts = events.latest[calendar.apart].astype(np.int64) - events.earliest[calendar.apart]
    return calendar.apart[lasts >= LONG_SPAN_DAYS]


@remembered(2)
def long_spans(data: DataSet, filters: Filters) -> SmallRows:
    """The events that last longer than the histogram counts, or have an open end; rows in order of time."""
    rows = _long(data)
    found: SmallRows = rows[filter_mask(data, filters)[rows]]
    return found


@remembered(2)
def long_counts(data: DataSet, filters: Filters) -> DayCounts:
    """The long events that pass the filters, one class, by day."""
    codes = np.ones(len(data.events), dtype=np.uint8)
    codes[long_spans(data, filters)] = 0
    return day_counts(data, codes, 1)


def short_counts(data: DataSet, filters: Filters, codes: Codes, classes: int) -> DayCounts:
    """The events that are not long and pass the filters, by day and by their codes 0 to classes - 1, shape (n,)."""
    chosen = _counted(codes, filter_mask(data, filters), classes)
    chosen[_long(data)] = classes
    return day_counts(data, chosen, classes)


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
