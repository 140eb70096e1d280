"""What records add up to: every cell agrees with map, table, histogram and totals, whatever the filters."""

from __future__ import annotations

import csv
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
    marked,
    rows_asked,
)
from viewer.session.analysis_groups import toggled
from viewer.session.analysis_periods import MOST
from viewer.session.analysis_words import Sheet, file_lines, notes_of, sheet_of, sheet_text
from viewer.session.memo import is_remembered
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
        if group.inside:
            named |= rows
    if not filters.responsible:
        assert named <= whole
    if by in ("type", "certainty", "form"):
        assert named == whole
        assert sum(cell.records for group, cell in found.groups if group.inside) == found.whole.records
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


@given(filters=FILTERS, time=st.none() | TIMES, by=st.sampled_from(DIMENSIONS), measure=st.sampled_from(ALL_MEASURES))
@settings(max_examples=60)
def test_every_group_agrees_with_counters_and_totals_of_its_filters(
    builtin: DataSet, filters: Filters, time: Time | None, by: str, measure: str
) -> None:
    found = breakdown(builtin, Question(filters, time), by, measure)
    if time is not None:
        assert found.whole.records == counters(builtin, State(time=time, filters=filters)).in_view
    for group, cell in found.groups:
        asked = group.question
        if asked.time is not None:
            assert cell.records == counters(builtin, State(time=asked.time, filters=asked.filters)).in_view
        if measure != "records":
            assert cell.total == total_of(builtin, measure, asked.filters, *asked.days)


@given(filters=FILTERS, time=st.none() | TIMES, sides=st.permutations(DIMENSIONS))
@settings(max_examples=40)
def test_cells_of_a_cross_table_are_what_rows_and_columns_have_in_common(
    builtin: DataSet, filters: Filters, time: Time | None, sides: list[str]
) -> None:
    by, other = sides[:2]
    question = Question(filters, time)
    found = crossed(builtin, question, by, other)
    whole = set(rows_asked(builtin, question).tolist())
    assert found.whole.records == len(whole)
    for (row, row_cell), cells in zip(found.rows, found.cells, strict=True):
        one = whole & set(rows_asked(builtin, row.question).tolist())
        assert row_cell.records == len(one)
        for (column, _), cell in zip(found.columns, cells, strict=True):
            both = one & set(rows_asked(builtin, column.question).tolist())
            assert cell.records == len(both)
            assert cell.sure <= cell.records


@given(filters=FILTERS, time=TIMES)
@settings(max_examples=40)
def test_a_date_that_spans_periods_is_in_none_of_them_for_sure(builtin: DataSet, filters: Filters, time: Time) -> None:
    found = breakdown(builtin, Question(filters, time), "period")
    rows = rows_asked(builtin, Question(filters, time))
    fuzzy = sum(number for said, number in found.left_out if said.startswith("date fuzzier"))
    assert sum(cell.sure for _, cell in found.groups) == len(rows) - fuzzy
    assert sum(cell.records for _, cell in found.groups) >= len(rows) - found.unnamed


def test_a_figure_of_a_fuzzy_date_is_in_no_period_and_that_is_said(builtin: DataSet) -> None:
    question = Question(Filters(), Time(parse("2017-12-31").latest or 0, "window", 365))
    found = breakdown(builtin, question, "period", "killed")
    counted = {key for _, cell in found.groups if cell.total is not None for key in cell.total.counted}
    assert found.whole.total is not None
    alone = set(found.whole.total.counted) - counted
    assert alone
    assert ("date fuzzier than a month: in the figure of the whole, in that of no single month", len(alone)) in (
        found.left_out
    )


def test_groups_that_are_not_asked_for_are_shown_and_told_apart(builtin: DataSet) -> None:
    time = Time(parse("2017-12-31").latest or 0, "window", 365)
    free = breakdown(builtin, Question(Filters(), time), "type")
    bound = breakdown(builtin, Question(Filters(types=("strike",)), time), "type")
    assert [group.name for group, _ in bound.groups] == [group.name for group, _ in free.groups], "none moves"
    assert [group.name for group, _ in bound.groups if group.inside] == ["strike"]
    assert [group.name for group, _ in bound.groups if group.asked] == ["strike"]
    assert bound.whole.records == next(cell.records for group, cell in free.groups if group.name == "strike")
    assert toggled(toggled(Filters(), "type", "strike"), "type", "battle").types == ("strike", "battle")
    assert toggled(Filters(types=("strike",)), "type", "strike") == Filters()


def test_parts_of_what_is_asked_for_are_inside_it(builtin: DataSet) -> None:
    question = Question(Filters(places=("deir-ez-zor-province",)), None)
    inside = {group.key for group, _ in breakdown(builtin, question, "place").groups if group.inside}
    assert {"mayadin", "abu-kamal"} <= inside
    assert "raqqa" not in inside


@pytest.mark.parametrize(("days", "unit"), [
    (20, "day"), (100, "week"), (365, "month"), (1_500, "quarter"), (6_000, "year"), (100_000, "decade"),
])  # fmt: skip
def test_periods_suit_the_days(builtin: DataSet, days: int, unit: str) -> None:
    question = Question(Filters(), Time(parse("2019-03-23").latest or 0, "window", days))
    found = breakdown(builtin, question, "period")
    assert found.unit == unit
    assert 2 <= len(found.groups) <= MOST


def test_only_what_starts_in_the_days_is_counted_in_the_periods_too(builtin: DataSet) -> None:
    time = Time(parse("2017-12-31").latest or 0, "window", 365, starts_in=True)
    found = breakdown(builtin, Question(Filters(), time), "period")
    dated = [rows_asked(builtin, group.question) for group, _ in found.groups]
    assert sum(len(rows) for rows in dated) == len(np.unique(np.concatenate(dated))) == found.whole.records


def test_the_periods_of_the_window_are_marked(builtin: DataSet) -> None:
    question = Question(Filters(), Time(parse("2017-12-31").latest or 0, "window", 365))
    found = breakdown(builtin, question, "period")
    assert marked(found, question.time or Time()) == found, "all of them: none stands out"
    may = Time(parse("2017-05").latest or 0, "window", 31)
    assert [group.name for group, _ in marked(found, may).groups if group.asked] == ["May 2017"]
    assert sum(group.inside for group, _ in marked(found, may).groups) == 1


def test_a_thread_that_asks_of_many_filters_leaves_what_the_map_remembers(builtin: DataSet) -> None:
    time, on_the_map = Time(parse("2017-12-31").latest or 0, "window", 365), Filters(types=("battle",))
    filter_mask(builtin, on_the_map)
    for by in DIMENSIONS:
        breakdown(builtin, Question(Filters(text="oil"), time), by)
    assert is_remembered(filter_mask, builtin, on_the_map)


def test_the_file_says_what_was_asked_and_runs_no_formula(builtin: DataSet) -> None:
    week = Question(Filters(types=("strike",)), Time(parse("2017-12-28").latest or 0, "window", 7))
    found = breakdown(builtin, week, "place", "strikes")
    group, cell = found.groups[0]
    evil = replace(found, groups=((replace(group, name="=HYPERLINK(1)"), cell), *found.groups[1:]))
    lines = list(csv.DictReader(file_lines(builtin, evil)))
    assert lines[0]["group"] == "'=HYPERLINK(1)"
    assert (lines[0]["low"], lines[0]["high"], lines[0]["at_least"]) == ("28", "28", "no")
    whole = next(line for line in lines if line["part"] == "all")
    assert whole["low"] == "34"
    assert all(line["selection"].endswith("Records type strike. 22\u201328 Dec 2017.") for line in lines)
    assert all(builtin.meta.attribution.split()[0] in line["attribution"] for line in lines)
    assert {line["part"] for line in lines} == {"group", "all", "note"}


@pytest.mark.parametrize(("filters", "day", "said"), [
    (Filters(), "2017-10-30", "4 smaller groups of type are not shown."),
    (Filters(actors=("is",), parts=False), "2017-11-17", "1 smaller group of type is not shown."),
])  # fmt: skip
def test_groups_without_room_are_counted_in_words_and_in_the_file(
    builtin: DataSet, filters: Filters, day: str, said: str
) -> None:
    month = Question(filters, Time(parse(day).latest or 0, "window", 30))
    found = crossed(builtin, month, "type", "province")
    assert said in notes_of(found)
    lines = list(csv.DictReader(file_lines(builtin, found)))
    told = next(line for line in lines if line["group"] == "smaller groups of type not shown")
    assert (told["part"], told["records"]) == ("note", said[0])


def test_the_table_on_the_clipboard_has_its_question_and_what_is_left_out(builtin: DataSet) -> None:
    question = Question(Filters(), Time(parse("2017-12-31").latest or 0, "window", 365))
    sheet = sheet_of(builtin, breakdown(builtin, question, "province"))
    lines = sheet_text(sheet).splitlines()
    assert lines[0] == "Records by province"
    assert "Every record. 1 Jan \u2013 31 Dec 2017. 149 records, 12 of them tallies" in lines[1]
    assert lines[2].split("\t") == ["Province", "records", "surely in these days", "tallies among them"]
    assert "No place within any province: 39." in lines
    cross = sheet_text(sheet_of(builtin, crossed(builtin, question, "type", "period"))).splitlines()
    assert cross[2].split("\t") == ["Type", "Q1 2017", "Q2 2017", "Q3 2017", "Q4 2017", "all"]


def test_nothing_of_a_copied_table_runs_as_a_formula() -> None:
    sheet = Sheet("t", "a", ("Actor", "records"), (("=1+1", "2"), (" @x", "3")), ())
    assert sheet_text(sheet).splitlines()[3:] == ["'=1+1\t2", "'@x\t3"]
