"""What records add up to: every cell agrees with map, table, histogram and totals, whatever the filters."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.domain.dates import parse
from viewer.session.analysis import (
    ALL_MEASURES,
    DIMENSIONS,
    MOST_GROUPS,
    Question,
    breakdown,
    cell_of,
    crossed,
    figure_words,
    rows_asked,
)
from viewer.session.selectors import counters, filter_mask, mapped_events, unplaced_events, visible_events
from viewer.session.state import NO_MARKS, Filters, State, Time, Within
from viewer.session.table import grouped, ordered
from viewer.session.totals import total_of
from viewer.session.window import window_of
from viewer.store.columns import FAR_PAST
from viewer.store.dataset import DataSet

DAY = st.integers(16_000, 18_700)
TIMES = st.builds(Time, DAY, st.sampled_from(["window", "day", "cumulative"]), st.integers(1, 900))
FILTERS = st.builds(
    Filters, actors=st.sampled_from([(), ("is",), ("us-coalition",), ("is", "russia")]), parts=st.booleans(),
    responsible=st.sampled_from(["", "possibly", "certainly"]),
    types=st.sampled_from([(), ("strike",), ("attack", "killing")]),
    places=st.sampled_from([(), ("deir-ez-zor-province",), ("mayadin",)]),
    text=st.sampled_from(["", "oil"]), known_by=st.none() | DAY,
    within=st.none() | st.builds(
        Within, st.just("circle"), st.tuples(st.tuples(st.floats(38, 44), st.floats(33, 37))), st.floats(1e4, 4e5),
    ) | st.builds(
        Within, st.sampled_from(["outline", "corridor"]),
        st.lists(st.tuples(st.floats(38, 44), st.floats(33, 37)), min_size=6, max_size=9).map(tuple),
        st.floats(1e4, 1e5), st.just(""), st.sampled_from([(), (3,)]),
    ),
)  # fmt: skip


@given(filters=FILTERS, time=TIMES, measure=st.sampled_from(ALL_MEASURES))
@settings(max_examples=60)
def test_table_map_counters_analysis_and_total_agree(
    builtin: DataSet, filters: Filters, time: Time, measure: str
) -> None:
    state, question = State(time=time, filters=filters), Question(filters, time)
    seen, count = visible_events(builtin, state), counters(builtin, state)
    cell = cell_of(builtin, question, measure)
    assert cell.records == len(seen.rows) == len(ordered(builtin, NO_MARKS, rows_asked(builtin, question), "title"))
    assert cell.records == count.in_view
    assert cell.records == count.mapped + count.spoken + (0 if filters.placed else count.unplaced)
    assert len(mapped_events(builtin, state).rows) == count.mapped
    assert len(unplaced_events(builtin, state)) == count.unplaced
    lines = grouped(builtin, NO_MARKS, rows_asked(builtin, question), "type")
    assert sum(number for _, number in lines.heads) == cell.records
    if measure != "records":
        first, last = window_of(time)
        assert cell.total == total_of(builtin, measure, filters, None if first == FAR_PAST else first, last)


@given(filters=FILTERS, time=st.none() | TIMES, by=st.sampled_from(DIMENSIONS))
@settings(max_examples=40)
def test_a_group_is_what_its_filters_show(
    builtin: DataSet, filters: Filters, time: Time | None, by: str
) -> None:
    question = Question(filters, time)
    found = breakdown(builtin, question, by)
    whole = set(rows_asked(builtin, question).tolist())
    named: set[int] = set()
    for group, cell in found.groups:
        rows = set(rows_asked(builtin, group.question).tolist())
        assert cell.records == len(rows)
        named |= rows
    if by in ("type", "certainty", "form"):
        assert named == whole
        assert sum(cell.records for _, cell in found.groups) == found.whole.records
    elif by != "period" and not (by == "actor" and filters.responsible) and not found.more:
        # Those who are asked for by name are groups like all others, whatever part they had in it.
        assert len(whole - named) == found.unnamed or filters.actors or filters.places
    assert found.whole.records == len(whole)
    assert len(found.groups) <= MOST_GROUPS


def test_periods_follow_each_other_without_a_gap(builtin: DataSet) -> None:
    for days in (20, 200, 900, 3000):
        question = Question(Filters(), Time(parse("2019-03-23").latest or 0, "window", days))
        spans = [group.question.days for group, _ in breakdown(builtin, question, "period").groups]
        assert spans[-1][1] == question.days[1]
        assert all(one[1] + 1 == other[0] for one, other in pairwise(spans))  # type: ignore[operator]
        assert len(spans) <= MOST_GROUPS + 1


def test_the_strikes_of_a_week_by_country_and_place(builtin: DataSet) -> None:
    week = Question(Filters(types=("strike",)), Time(parse("2017-12-28").latest or 0, "window", 7))
    found = breakdown(builtin, week, "place", "strikes")
    assert str(found.whole) == "34"
    by_name = {group.name: str(cell) for group, cell in found.groups}
    assert by_name["Iraq"] == "6"
    assert by_name["Syria"] == "28"
    assert by_name["Hawija"] == "3"


@pytest.mark.parametrize(("by", "other"), [("type", "province"), ("actor", "type"), ("period", "type")])
def test_a_cross_table_holds_what_both_sides_mean(builtin: DataSet, by: str, other: str) -> None:
    question = Question(Filters(), Time(parse("2017-12-31").latest or 0, "window", 700))
    found = crossed(builtin, question, by, other)
    rows = [set(rows_asked(builtin, group.question).tolist()) for group, _ in found.rows]
    columns = [set(rows_asked(builtin, group.question).tolist()) for group, _ in found.columns]
    for row, cells in zip(rows, found.cells, strict=True):
        for column, cell in zip(columns, cells, strict=True):
            if by != "period":
                assert cell.records == len(row & column)
            else:
                assert cell.records <= len(row)


def test_what_was_left_out_is_said(builtin: DataSet) -> None:
    question = Question(Filters(), Time(parse("2017-06-20").latest or 0, "window", 10))
    cell = cell_of(builtin, question, "killed")
    assert "left out" in figure_words(cell, "killed")
    assert "possibly" in figure_words(cell_of(builtin, question, "records"), "records")
    everything = cell_of(builtin, Question(Filters(), None), "records")
    assert everything.records == len(builtin.events) == int(np.count_nonzero(filter_mask(builtin, Filters())))
    assert replace(question, time=None).days == (None, None)
