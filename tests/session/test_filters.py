"""Filters by ground, by responsibility and by what was known: against plain walks over the records."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.domain.dates import parse
from viewer.geo.projection import distance_m, geod, point_to_map, to_degrees
from viewer.session.filter_words import filter_parts, sentence_of
from viewer.session.known import known_data
from viewer.session.remember import filters_from_json, filters_to_json
from viewer.session.selectors import counters, filter_mask, holdings_on, unplaced_events
from viewer.session.state import Filters, State, Time, Within
from viewer.store.dataset import DataSet

POINTS = st.tuples(st.floats(36, 45), st.floats(31, 37))


def rows(data: DataSet, filters: Filters) -> set[int]:
    return set(np.flatnonzero(filter_mask(data, filters)).tolist())


def placed(data: DataSet) -> list[int]:
    return np.flatnonzero(data.events.placed).tolist()


@given(centre=POINTS, metres=st.floats(1_000, 300_000))
def test_a_circle_holds_what_is_no_farther_off(builtin: DataSet, centre: tuple[float, float], metres: float) -> None:
    far = {row: distance_m(centre, builtin.events.lon_lat(row)) for row in placed(builtin)}
    found = rows(builtin, Filters(within=Within("circle", (centre,), metres)))
    assert {row for row, off in far.items() if off < metres - 5} <= found
    assert found <= {row for row, off in far.items() if off < metres + 5}


@given(west=st.floats(36, 44), south=st.floats(31, 36), wide=st.floats(0.2, 5), high=st.floats(0.2, 4))
def test_an_outline_of_four_corners_holds_what_a_box_holds(
    builtin: DataSet, west: float, south: float, wide: float, high: float
) -> None:
    east, north = west + wide, south + high
    outline = Within("outline", ((west, south), (east, south), (east, north), (west, north)))
    inside = {
        row for row in placed(builtin)
        if west + 1e-4 < builtin.events.lon_lat(row)[0] < east - 1e-4
        and south + 1e-4 < builtin.events.lon_lat(row)[1] < north - 1e-4
    }  # fmt: skip
    found = rows(builtin, Filters(within=outline))
    assert inside <= found
    assert found <= rows(builtin, Filters(bbox=(west - 1e-3, south - 1e-3, east + 1e-3, north + 1e-3)))


@settings(max_examples=30)
@given(start=POINTS, end=POINTS, metres=st.floats(5_000, 80_000))
def test_a_corridor_holds_what_lies_beside_the_path(
    builtin: DataSet, start: tuple[float, float], end: tuple[float, float], metres: float
) -> None:
    share = np.linspace(0.0, 1.0, 401)
    steps = np.column_stack(to_degrees(*(  # straight on the map, as it is drawn
        a + (b - a) * share for a, b in zip(point_to_map(*start), point_to_map(*end), strict=True)
    )))  # fmt: skip
    apart = distance_m(start, end) / 400
    found = rows(builtin, Filters(within=Within("corridor", (start, end), metres)))
    at: dict[tuple[float, float], list[int]] = {}
    for row in placed(builtin):
        at.setdefault(builtin.events.lon_lat(row), []).append(row)
    for where, those in at.items():
        lon, lat = (np.full(len(steps), side) for side in where)
        off = float(geod().inv(lon, lat, *steps.T)[2].min())
        if found.issuperset(those):
            assert off <= metres + apart
        else:
            assert off >= metres - 5 and found.isdisjoint(those)
    at_ends = Filters(within=Within("circle", (start,), metres * 0.98))
    assert rows(builtin, at_ends) <= found


def test_an_outline_that_crosses_itself_and_a_path_of_one_point_hold_what_they_can(builtin: DataSet) -> None:
    bow = Within("outline", ((38.0, 33.0), (42.0, 36.0), (42.0, 33.0), (38.0, 36.0)))
    assert rows(builtin, Filters(within=bow)) < rows(builtin, Filters(bbox=(38.0, 33.0, 42.0, 36.0)))
    point = (40.45154, 35.01982)
    same = Filters(within=Within("circle", (point,), 10_000))
    assert rows(builtin, Filters(within=Within("corridor", (point, point), 10_000))) == rows(builtin, same)


def test_what_has_no_place_is_counted_beside_the_ground_that_is_asked_for(builtin: DataSet) -> None:
    everything = State(time=Time(parse("2021-02-28").latest or 0, "cumulative"))
    asked = replace(everything, filters=Filters(within=Within("circle", ((40.4, 35.0),), 50_000)))
    assert counters(builtin, asked).unplaced == counters(builtin, everything).unplaced > 0
    assert unplaced_events(builtin, asked).tolist() == unplaced_events(builtin, everything).tolist()
    assert counters(builtin, asked).in_view < counters(builtin, everything).in_view


def test_responsibility_is_certain_possible_or_any(builtin: DataSet) -> None:
    for actor in ("us-coalition", "is", "russia"):
        doings = [row for row in builtin.reader.all("event_actor") if row.actor in builtin.actors_with_parts([actor])]
        done = [row for row in doings if row.role in ("perpetrator", "mover", "party")]
        sure = {row.event for row in done if row.certainty == "established"}
        may = {row.event for row in done} - sure
        expected = {
            "": {row.event for row in doings}, "certainly": sure, "possibly": may,
        }  # fmt: skip
        for how, keys in expected.items():
            found = rows(builtin, Filters(actors=(actor,), responsible=how))
            assert {builtin.events.keys[row] for row in found} == keys, (actor, how)
        assert may


def test_an_actor_itself_leaves_its_parts_out(builtin: DataSet) -> None:
    whole = next(key for key in builtin.actors if len(builtin.actors_with_parts([key])) > 3)
    alone, together = (rows(builtin, Filters(actors=(whole,), parts=parts)) for parts in (False, True))
    assert alone < together


def test_what_was_published_later_is_hidden(builtin: DataSet) -> None:
    day = parse("2017-10-30").latest or 0
    by_event: dict[str, list[int | None]] = {}
    for row in builtin.reader.all("event_source"):
        text = builtin.sources[row.source].published
        by_event.setdefault(row.event, []).append(parse(text).latest if text else None)
    expected = {key for key, days in by_event.items() if any(one is not None and one <= day for one in days)}
    found = rows(builtin, Filters(known_by=day))
    assert {builtin.events.keys[row] for row in found} == expected
    assert 0 < len(found) < len(builtin.events)


def test_claims_of_control_that_were_published_later_are_hidden(builtin: DataSet) -> None:
    fall = parse("2017-11-25").latest or 0
    june = parse("2017-06-30").latest or 0
    early = known_data(builtin, june)
    assert known_data(builtin, None) is builtin
    assert 0 < len(early.claims) < len(builtin.claims)
    assert early.events is builtin.events
    for claim in early.claims:
        assert (parse(builtin.sources[claim.source].published).latest or 10**9) <= june
    assert holdings_on(early, fall) != holdings_on(builtin, fall)


FILTERS = st.builds(
    Filters, actors=st.sampled_from([(), ("is",), ("is", "sdf")]), parts=st.booleans(),
    responsible=st.sampled_from(["", "possibly", "certainly"]), text=st.sampled_from(["", "oil"]),
    within=st.none() | st.builds(
        Within, st.just("outline"), st.lists(POINTS, min_size=3, max_size=6).map(tuple), st.just(0.0),
        st.sampled_from(["", "Badia"]),
    ) | st.builds(Within, st.just("circle"), st.tuples(POINTS), st.floats(1, 1e6)),
    known_by=st.none() | st.integers(10_000, 20_000),
)  # fmt: skip


@given(FILTERS)
def test_filters_come_back_from_json(filters: Filters) -> None:
    assert filters_from_json(filters_to_json(filters)) == filters


@given(FILTERS)
def test_each_part_of_the_sentence_can_be_taken_away(builtin: DataSet, filters: Filters) -> None:
    left = filters
    while parts := filter_parts(builtin, left):
        words, rest = parts[0]
        assert words in sentence_of(builtin, left)
        assert rest != left
        left = rest
    assert left == Filters(parts=left.parts, responsible=left.responsible)


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ({"within": {"kind": "circle", "path": [[40, 35]], "metres": -1}}, None),
        ({"within": {"kind": "outline", "path": [[40, 35]]}}, None), ({"within": {"kind": "x", "path": []}}, None),
        ({"within": {"kind": "circle", "path": [[400, 35]], "metres": 1}}, None), ({"within": 7}, None),
        ({"within": {"kind": "circle", "path": [[40, 35]], "metres": 9}}, Within("circle", ((40.0, 35.0),), 9.0)),
    ],
)  # fmt: skip
def test_ground_that_is_none_is_not_asked_for(plain: object, expected: Within | None) -> None:
    assert filters_from_json(plain).within == expected
