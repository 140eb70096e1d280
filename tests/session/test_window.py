"""Which rows a window shows and how many they are: against a plain walk over spans of every kind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.spans import FILTERS, SPANS, Told, days_near, made_of, moments, passes
from viewer.domain.events import EVENT_TYPES, SPOKEN
from viewer.session import window
from viewer.session.by_day import calendar_of
from viewer.session.selectors import (
    counters,
    extent,
    filter_mask,
    long_counts,
    long_spans,
    mapped_events,
    mapped_mask,
    next_event_day,
    undated_events,
    unplaced_events,
    visible_events,
)
from viewer.session.state import Filters, State, Time
from viewer.session.window import lasting_of, row_of_day, span_between, span_of, window_of
from viewer.store.columns import FAR_PAST
from viewer.store.dataset import DataSet

walked = settings(max_examples=300)


def numbers(told: list[Told], wanted: object) -> list[int]:
    return [row for row, one in enumerate(told) if wanted(one)]  # type: ignore[operator]


def shows(one: Told, time: Time) -> bool:
    return one.starts(*window_of(time)) if time.starts_in else one.falls(*window_of(time))


@walked
@given(spans=SPANS, filters=FILTERS, more=st.data())
def test_the_visible_are_those_a_plain_walk_finds(
    small: DataSet, spans: list[Told], filters: Filters, more: st.DataObject
) -> None:
    (data, told), time = made_of(small, spans), more.draw(moments(spans))
    seen = visible_events(data, State(time=time, filters=filters))
    first, last = window_of(time)

    assert seen.rows.tolist() == numbers(told, lambda one: passes(data, one, filters) and shows(one, time))
    assert seen.certain.tolist() == [
        told[row].starts(first, last) and told[row].last is not None and told[row].last <= last for row in seen.rows
    ]


@walked
@given(spans=SPANS, length=st.integers(0, 40), share=st.sampled_from([0, 10_000]), more=st.data())
def test_carried_rows_are_found_both_ways(
    small: DataSet, spans: list[Told], length: int, share: int, more: st.DataObject
) -> None:
    """By the index of durations, and by going through the rows where that is quicker."""
    (data, told), first = made_of(small, spans), more.draw(days_near(spans))
    last = first + length
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window, "SCAN_SHARE", share)
        span = span_between(data, first, last)

    assert span.carried.tolist() == numbers(told, lambda one: one.falls(first, last) and not one.starts(first, last))
    assert list(range(span.low, span.high)) == numbers(told, lambda one: one.starts(first, last))


@walked
@given(spans=SPANS, filters=FILTERS, more=st.data())
def test_the_counters_count_what_is_there(
    small: DataSet, spans: list[Told], filters: Filters, more: st.DataObject
) -> None:
    (data, told), time = made_of(small, spans), more.draw(moments(spans))
    state = State(time=time, filters=filters)
    boxless = Filters(types=filters.types, actors=filters.actors)
    words = [EVENT_TYPES.index(term) for term in SPOKEN if term not in filters.types]
    seen = numbers(told, lambda one: passes(data, one, filters) and shows(one, time))
    mapped = [row for row in seen if told[row].lon_lat and told[row].type not in words]
    unplaced = numbers(told, lambda one: passes(data, one, boxless) and shows(one, time) and not one.lon_lat)
    undated = numbers(told, lambda one: passes(data, one, filters) and not one.dated)
    found = counters(data, state)

    assert (found.in_view, found.mapped, found.unplaced, found.undated) == tuple(
        map(len, (seen, mapped, unplaced, undated))
    )
    assert found.spoken == len([row for row in seen if told[row].lon_lat]) - len(mapped)
    assert mapped_events(data, state).rows.tolist() == mapped
    assert unplaced_events(data, state).tolist() == unplaced
    assert undated_events(data, state).tolist() == undated


@walked
@given(spans=SPANS, filters=FILTERS, more=st.data())
def test_the_next_beginning_is_the_nearest_one(
    small: DataSet, spans: list[Told], filters: Filters, more: st.DataObject
) -> None:
    (data, told), day = made_of(small, spans), more.draw(days_near(spans))
    state = State(time=Time(cursor=day), filters=filters)
    starts = [one.first for one in told if one.dated and one.first is not None and passes(data, one, filters)]

    assert next_event_day(data, state, True) == min((start for start in starts if start > day), default=None)
    assert next_event_day(data, state, False) == max((start for start in starts if start < day), default=None)


@walked
@given(spans=SPANS, filters=FILTERS, more=st.data())
def test_long_records_are_listed_and_counted(
    small: DataSet, spans: list[Told], filters: Filters, more: st.DataObject
) -> None:
    (data, told), day = made_of(small, spans), more.draw(days_near(spans))
    long = numbers(told, lambda one: one.dated and one.long and passes(data, one, filters))
    there = [row for row in long if told[row].falls(day, day + 3)]

    assert long_spans(data, filters).tolist() == long
    assert long_counts(data, filters).within(day, day + 3).tolist() == [len(there)]
    assert long_counts(data, filters).begun[-1].tolist() == [len(long)]


@walked
@given(spans=SPANS)
def test_the_extent_and_the_calendar_hold_every_known_day(small: DataSet, spans: list[Told]) -> None:
    data, told = made_of(small, spans)
    known = sorted({day for one in told if one.dated for day in (one.first, one.last) if day is not None})

    assert calendar_of(data).days.tolist() == known
    assert extent(data) == ((known[0], known[-1]) if known else (0, 0))


def test_a_window_turned_round_shows_what_spans_it(small: DataSet) -> None:
    """Nobody asks for it, but an answer there is: what has begun by the one day and is not over by the other."""
    data, told = made_of(small, [Told(0, 20), Told(6, 20), Told(0, 9), Told(None, None)])
    span = span_between(data, 10, 5)

    assert [told[row] for row in span.carried] == [Told(None, None), Told(0, 20)]
    assert span.low == span.high


def test_days_beyond_all_days_are_no_error(small: DataSet) -> None:
    data, _ = made_of(small, [Told(0, 20), Told(None, None), Told(5, 5, dated=False)])
    assert row_of_day(data, 10**12) == lasting_of(data).dated == 2
    assert row_of_day(data, -(10**12)) == 0
    span = span_of(data, Time(cursor=10**12, mode="cumulative"))
    assert (span.low, span.high, len(span.carried)) == (0, 2, 0)
    assert span_between(data, FAR_PAST, 30, starts_in=True).low == 1


def test_what_the_map_draws_is_kept_and_cannot_be_spoilt(small: DataSet) -> None:
    mask = mapped_mask(small, Filters(types=("strike",)))
    assert mapped_mask(small, Filters(types=("strike",))) is mask
    assert (mask == (filter_mask(small, Filters(types=("strike",))) & small.events.placed)).all()
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = True


def test_a_step_of_time_reads_no_column_whole(small: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the indexes are there, a step converts no column: numpy would, given a plain int to look up."""
    data, _ = made_of(small, [Told(day, day + day % 3) for day in range(200)])
    counters(data, State(time=Time(cursor=50)))
    looked: list[tuple[np.dtype, np.dtype]] = []
    search = np.searchsorted

    def watched(a, v, *args, **named):  # type: ignore[no-untyped-def]
        looked.append((np.asarray(a).dtype, np.asarray(v).dtype))
        return search(a, v, *args, **named)

    monkeypatch.setattr(window.np, "searchsorted", watched)
    for day in range(60, 70):
        counters(data, State(time=Time(cursor=day)))
        span_of(data, Time(cursor=day))
    assert looked
    assert all(column == value for column, value in looked)
