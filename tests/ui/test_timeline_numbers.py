"""What the timeline draws, before it is drawn: bins, bars, strips, ticks and grips as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.spans import DAYS, FILTERS, SPANS, Told, made_of, passes
from viewer.domain.control import ControlClaim, history
from viewer.domain.dates import Day, iso, parse
from viewer.domain.events import EVENT_TYPES
from viewer.session.busy import RARE, busy_extent
from viewer.session.commands import Command, SetCursor, SetSpan
from viewer.session.selectors import control_changes, extent, long_spans
from viewer.session.state import Filters, State, Time
from viewer.store.dataset import DataSet
from viewer.ui.timeline.controls import typed_span
from viewer.ui.timeline.frame import MOST_ROWS, Frame, rows_for
from viewer.ui.timeline.hand import gripped, jumped, moved, scrubbed
from viewer.ui.timeline.histogram import TYPE_GROUPS, Grouping, by_actor, by_type, histogram
from viewer.ui.timeline.scale import UNIT_DAYS, bin_unit, bin_words, edges, ticks
from viewer.ui.timeline.spans import FADE_DAYS, packed, segments

EXTENT = (0, 20_000)


def days(text: str) -> tuple[Day, Day]:
    span = parse(text)
    assert span.earliest is not None
    assert span.latest is not None
    return span.earliest, span.latest


# --- the scale


@pytest.mark.parametrize(
    ("unit", "span", "begin"),
    [
        ("day", "2017-11-14/2017-11-16", ["2017-11-14", "2017-11-15", "2017-11-16", "2017-11-17"]),
        ("week", "2017-11-14/2017-11-21", ["2017-11-13", "2017-11-20", "2017-11-27"]),
        ("month", "2017-11-14/2018-01-02", ["2017-11-01", "2017-12-01", "2018-01-01", "2018-02-01"]),
        ("year", "2017-11-14/2018-01-02", ["2017-01-01", "2018-01-01", "2019-01-01"]),
        ("month", "1969-11-14/1969-12-31", ["1969-11-01", "1969-12-01", "1970-01-01"]),
    ],
)
def test_edges_lie_on_the_calendar_and_cover_the_span(unit: str, span: str, begin: list[str]) -> None:
    lines = edges(unit, *days(span))

    assert [iso(int(line)) for line in lines][: len(begin)] == begin
    assert lines[-1] > days(span)[1]
    assert (np.diff(lines) > 0).all()


def test_edges_of_several_years_begin_with_round_ones() -> None:
    assert [iso(int(line))[:4] for line in edges("year", *days("2003/2021"), every=5)][:4] == [  # type: ignore[index]
        "2000", "2005", "2010", "2015",
    ]  # fmt: skip


def test_bins_get_coarser_as_the_zoom_goes_out() -> None:
    units = [bin_unit(days_per_pixel) for days_per_pixel in (0.1, 1.0, 5.0, 40.0, 4000.0)]

    assert units == ["day", "week", "month", "year", "year"]


@pytest.mark.parametrize(
    ("pixels_per_day", "unit", "coarse"),
    [
        (40, "day", "Nov 2017"), (5, "week", "Nov 2017"), (1.2, "month", "2017"), (0.4, "month", "2017"),
        (0.11, "year", ""),
    ],
)  # fmt: skip
def test_the_axis_names_what_there_is_room_for(pixels_per_day: float, unit: str, coarse: str) -> None:
    first, last = days("2017-11-02/2017-12-20")
    named = ticks(first, last, 1 / pixels_per_day)

    assert named.unit == unit
    assert [label for _, label in named.coarse][:1] == ([coarse] if coarse else [])


@pytest.mark.parametrize("pixels_per_day", [60.0, 23.0, 5.0, 2.0, 0.7, 0.2, 0.05, 0.01, 0.001])
def test_labels_never_crowd(pixels_per_day: float) -> None:
    named = ticks(-20_000, 30_000, 1 / pixels_per_day)
    gaps = np.diff([day for day, _ in named.fine]) * pixels_per_day

    assert gaps.min() >= 20 * (28 / 30.5 if named.unit == "month" else 1)


def test_a_bin_says_what_it_is() -> None:
    first, _ = days("2017-11-13")
    said = [bin_words(unit, first) for unit in UNIT_DAYS]

    assert said == ["13 Nov 2017", "week from 13 Nov 2017", "Nov 2017", "2017"]


# --- the histogram


def test_a_record_counts_in_every_bin_it_touches(small: DataSet) -> None:
    made = histogram(small, Filters(types=("strike",)), by_type(small), "day", days("2017-12"), 0)
    index = made.bin_of(days("2017-12-22")[0])

    assert made.stacks[:, index].sum() == 4
    assert made.stacks[:, made.bin_of(days("2017-12-21")[0])].sum() == 0


def test_every_type_has_one_group() -> None:
    grouped = [term for _, terms in TYPE_GROUPS for term in terms]

    assert sorted(grouped) == sorted(EVENT_TYPES)


def test_stacking_by_actor_names_the_frequent_ones_and_loses_none(small: DataSet) -> None:
    grouping = by_actor(small)
    made = histogram(small, Filters(), grouping, "month", extent(small), 0)

    assert "US-led coalition" in grouping.titles
    assert grouping.titles[-1] == "others and unknown"
    total = histogram(small, Filters(), by_type(small), "month", extent(small), 0)
    assert (made.stacks.sum(axis=0) == total.stacks.sum(axis=0)).all()


def test_a_bin_of_no_day_is_none(small: DataSet) -> None:
    made = histogram(small, Filters(), by_type(small), "month", days("2017"), 0)

    assert made.bin_of(days("2016-12-31")[0]) is None
    assert made.bin_of(days("2027-12-31")[0]) is None


def test_an_endless_extent_is_cut_round_the_cursor(small: DataSet) -> None:
    middle = days("2017-12-22")[0]
    made = histogram(small, Filters(), by_type(small), "day", (-700_000, 900_000), middle)

    assert len(made.edges) <= 20_000
    assert made.stacks[:, made.bin_of(middle)].sum() > 0


def test_the_first_look_leaves_out_what_is_far_from_the_rest(builtin: DataSet) -> None:
    first, last = busy_extent(builtin)

    assert extent(builtin)[0] <= first < last <= extent(builtin)[1]
    assert first >= days("2010")[0]


@settings(max_examples=200)
@given(spans=SPANS, filters=FILTERS, unit=st.sampled_from(list(UNIT_DAYS)), by=st.sampled_from([by_type, by_actor]))
def test_the_bins_count_what_a_plain_walk_counts(
    small: DataSet, spans: list[Told], filters: Filters, unit: str, by: Callable[[DataSet], Grouping]
) -> None:
    data, told = made_of(small, spans)
    grouping, lines = by(data), edges(unit, *DAYS)
    groups = grouping.of_rows(data).tolist()
    made = histogram(data, filters, grouping, unit, DAYS, 0)

    def walk(group: int | None, first: int, last: int) -> int:
        return sum(
            one.falls(first, last) and not one.long
            and (group is None or (group == groups[row] and passes(data, one, filters)))
            for row, one in enumerate(told)
        )  # fmt: skip

    bins = [(first, after - 1) for first, after in pairwise(lines.tolist())]
    assert made.everything.tolist() == [walk(None, *days) for days in bins]
    assert made.stacks.tolist() == [[walk(group, *days) for days in bins] for group in range(len(grouping.titles))]


@given(spans=SPANS)
def test_the_first_look_leaves_out_the_rarest_beginnings(small: DataSet, spans: list[Told]) -> None:
    data, told = made_of(small, spans)
    starts = [one.first for one in told if one.dated and one.first is not None]
    starts += [day for day, _, _ in control_changes(data)]
    if starts:
        low, high = np.quantile(starts, (RARE, 1 - RARE))
        assert busy_extent(data) == pytest.approx((low, min(high + 180, extent(data)[1])), abs=1)
    else:
        assert busy_extent(data) == extent(data)


# --- bars and strips


def test_long_records_are_bars_and_open_ends_are_marked(small: DataSet) -> None:
    rows = long_spans(small, Filters()).tolist()
    bars = {small.events.keys[bar.row]: bar for bar in packed(small, rows, extent(small))}

    assert set(bars) == {small.events.keys[row] for row in rows}
    assert bars["highway"].open_start
    assert not bars["highway"].open_end
    assert bars["highway"].last - bars["highway"].first == FADE_DAYS
    assert bars["sweep"].open_end


def test_bars_share_lines_only_when_they_must(builtin: DataSet) -> None:
    bars = packed(builtin, long_spans(builtin, Filters()).tolist(), extent(builtin))

    assert len(bars) > MOST_ROWS
    assert max(bar.line for bar in bars) == MOST_ROWS - 1
    for line in range(MOST_ROWS - 1):
        row = sorted((bar.first, bar.last) for bar in bars if bar.line == line)
        assert all(before[1] < after[0] for before, after in pairwise(row))


def claim(key: str, actors: str, control: str, date: str, phase: str = "begins") -> ControlClaim:
    return ControlClaim(
        key=key, actors=actors, control=control, phase=phase, place="p", date=parse(date), source="n1"
    )


def test_a_strip_shows_holders_doubt_and_nothing_where_nobody_knows() -> None:
    held = history(
        [
            claim("a", "is", "control", "2014-01-10"),
            claim("b", "sdf", "contested", "2017-06-06"),
            claim("c", "sdf", "control", "2017-10-17"),
            claim("d", "sdf", "control", "2018-02", phase="ends"),
            claim("e", "is", "presence", "2019-01-01"),
            claim("f", "is", "presence", "2019-02-01", phase="ends"),
            claim("g", "is", "hidden", "2020-01-01"),
        ]
    )
    styles = [(iso(segment.first), segment.actors, segment.style) for segment in segments(held)]

    assert styles == [
        ("2014-01-10", ("is",), "solid"),
        ("2017-06-06", ("is", "sdf"), "hatched"),
        ("2017-10-17", ("sdf",), "solid"),
        ("2018-02-01", ("sdf",), "hatched"),
        ("2019-01-01", ("is",), "dotted"),
        ("2020-01-01", ("is",), "outlined"),
    ]


def test_a_presence_never_colours_a_strip_that_somebody_holds() -> None:
    held = history([claim("a", "sdf", "control", "2017-10-17"), claim("b", "is", "hidden", "2018-01-01")])

    assert [(segment.actors, segment.style) for segment in segments(held)][-1] == (("sdf",), "solid")


def test_rows_get_thinner_when_there_are_many() -> None:
    assert rows_for(0, 0).height < rows_for(4, 2).height < rows_for(9, 2).height
    assert rows_for(40, 4).lanes[0].height == 9
    rows = rows_for(3, 2)
    bands = (*rows.lanes, *rows.bars, rows.bins, rows.changes)
    assert all(above.bottom <= below.top for above, below in pairwise(bands))


# --- the hand

FRAME = Frame(start=0.0, days_per_pixel=2.0, width=1000.0, rows=rows_for(0, 0))
WINDOW = Time(cursor=1099, mode="window", window_days=200)
"""From day 900 (pixel 450) to the end of day 1099 (pixel 550)."""


@pytest.mark.parametrize(
    ("x", "part"),
    [
        (450, "first"), (445, "first"), (550, "last"), (555, "last"), (500, "body"), (300, "cursor"), (700, "cursor"),
    ],
)  # fmt: skip
def test_what_the_hand_takes_hold_of(x: float, part: str) -> None:
    assert gripped(FRAME, WINDOW, x).part == part


@pytest.mark.parametrize("mode", ["day", "cumulative"])
def test_without_a_window_there_is_only_the_cursor(mode: str) -> None:
    assert gripped(FRAME, replace(WINDOW, mode=mode), 450).part == "cursor"


def test_a_narrow_window_can_still_be_moved_and_stretched() -> None:
    narrow = Time(cursor=1000, mode="window", window_days=30)

    assert gripped(FRAME, narrow, 493.0, on_handle=True).part == "body"
    assert gripped(FRAME, narrow, 501.0, on_handle=True).part == "last"
    assert gripped(FRAME, narrow, 504.0, on_handle=True).part == "last"


@pytest.mark.parametrize("x", [498.5, 500.25, 500.5, 502.0])
def test_the_line_of_a_narrow_window_scrubs(x: float) -> None:
    grip = gripped(FRAME, Time(cursor=1000, mode="window", window_days=30), x)

    assert grip.part == "cursor"
    assert moved(grip, 700.0, EXTENT) == SetCursor(700)


@pytest.mark.parametrize(
    ("x", "to", "command"),
    [
        (450, 400.0, SetSpan(400, 1099)),
        (450, 5000.0, SetSpan(1099, 1099)),
        (550, 1200.0, SetSpan(900, 1199)),
        (550, 100.0, SetSpan(900, 900)),
        (500, 1010.0, SetCursor(1109)),
        (300, 777.9, SetCursor(777)),
        (300, 1e9, SetCursor(20_000)),
    ],
)
def test_what_a_movement_comes_to(x: float, to: float, command: Command) -> None:
    assert moved(gripped(FRAME, WINDOW, x), to, EXTENT) == command


def test_drawing_the_right_edge_keeps_the_left() -> None:
    command = moved(gripped(FRAME, WINDOW, 550), 1300.0, EXTENT)
    time = command.apply(State(time=WINDOW)).time

    assert (time.cursor - time.window_days + 1, time.cursor) == (900, 1299)


def test_a_click_means_the_day_under_it() -> None:
    assert jumped(123.99, EXTENT) == SetCursor(123)
    assert jumped(-50.0, EXTENT) == SetCursor(0)


@pytest.mark.parametrize(
    ("days_per_pixel", "notches", "goal"),
    [
        (0.1, 1, "2017-11-15"), (0.1, -2, "2017-11-12"), (1.0, 1, "2017-11-21"), (5.0, 1, "2017-12-14"),
        (30.0, -1, "2016-11-14"),
    ],
)  # fmt: skip
def test_the_wheel_scrubs_by_what_can_be_seen(days_per_pixel: float, notches: int, goal: str) -> None:
    time = Time(cursor=days("2017-11-14")[0])

    assert scrubbed(time, days_per_pixel, notches, EXTENT) == SetCursor(days(goal)[0])


# --- typed dates


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("14 Nov 2017", "2017-11-14"), ("2017-11", "2017-11"), ("30/10/2017", "2017-10-30"), ("Nov 2017", "2017-11"),
        ("2017", "2017"), ("2017-06/2017-11", "2017-06/2017-11"), ("../2019-01-30", "../2019-01-30"),
    ],
)  # fmt: skip
def test_dates_as_people_type_them(text: str, edtf: str) -> None:
    assert (typed_span(text).earliest, typed_span(text).latest) == (parse(edtf).earliest, parse(edtf).latest)


@pytest.mark.parametrize("text", ["yesterday", "", "30 Feb 2017", "2017-13", "2018-01/2017-01", "<b>x</b>", "x" * 60])
def test_what_is_no_date_gets_one_sentence(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        typed_span(text)

    said = str(caught.value)
    assert said
    assert "\n" not in said
    assert "write" in said or "swap" in said or "calendar" in said
