"""A path in numbers and words: each leg, what all of it comes to, the area inside, and rings at typed distances."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.session.commands import SetMeasure, SetRangeRings
from viewer.session.measuring import (
    area_in,
    bearing_words,
    legs,
    length_in,
    measured_text,
    ranges_words,
    ring_words,
    rings_for,
    said_of,
    typed_ranges,
)
from viewer.session.session import Session
from viewer.session.state import Measure, RangeRings, State

DZ, ABU_KAMAL, MOSUL = (40.1408, 35.3359), (40.9176, 34.4506), (43.13, 36.34)


def test_each_leg_has_its_length_and_true_bearing() -> None:
    first, second = legs(Measure((DZ, ABU_KAMAL, MOSUL)))

    assert (round(first.metres), round(first.bearing)) == (121_191, 144)
    assert (first.end, second.start, second.end) == (ABU_KAMAL, ABU_KAMAL, MOSUL)
    assert legs(Measure((DZ,))) == legs(Measure()) == ()


def test_a_closed_path_leads_back_and_has_an_area() -> None:
    around = Measure((DZ, ABU_KAMAL, MOSUL), True)

    assert legs(around)[-1].end == DZ
    assert said_of(around, "km").startswith("area 17,264")
    assert "perimeter 703.7 km" in said_of(around, "km")


def test_a_line_says_the_last_leg_and_the_total() -> None:
    assert said_of(Measure((DZ, ABU_KAMAL)), "km") == "121.2 km, bearing 144\u00b0 T"
    assert said_of(Measure((DZ, ABU_KAMAL, DZ)), "km").endswith("total 242.4 km")
    assert said_of(Measure((DZ,)), "km") == ""


def test_the_text_tells_every_leg_and_that_bearings_are_true() -> None:
    text = measured_text(Measure((DZ, ABU_KAMAL, MOSUL)), "mi", lambda at: f"{at[1]}/{at[0]}")
    lines = text.splitlines()

    assert lines[0] == "1. 35.3359/40.1408 to 34.4506/40.9176: 121.2 km (75.3 mi), bearing 143.9\u00b0 T"
    assert lines[2].startswith("Total ")
    assert "true north" in lines[-1]
    assert "Area" in measured_text(Measure((DZ, ABU_KAMAL, MOSUL), True), "km", str)
    assert measured_text(Measure((DZ,)), "km", str) == ""


def test_lengths_and_areas_in_words() -> None:
    assert [length_in(metres, "km") for metres in (0, 999.4, 1000, 12_340)] == ["0 m", "999 m", "1.00 km", "12.3 km"]
    assert length_in(18_520, "nmi") == "18.5 km (10.0 nmi)"
    assert area_in(12_345_678, "km") == "12.3 km\u00b2"
    assert area_in(2_589_988.110336 * 100, "mi") == "259.0 km\u00b2 (100.0 mi\u00b2)"
    assert [bearing_words(degrees) for degrees in (0.2, 43.4, 359.8)] == ["000\u00b0 T", "043\u00b0 T", "000\u00b0 T"]
    assert (ring_words(500, "km"), ring_words(25_000, "nmi")) == ("500 m", "25 km / 13.5 nmi")


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("5, 10, 25, 50", (5_000, 10_000, 25_000, 50_000)), ("5/10 km", (5_000, 10_000)), ("10 5", (5_000, 10_000)),
        ("500 m, 2 km", (500, 2_000)), ("1 nm 2nmi", (1_852, 3_704)), ("3 mi", (4_828.032,)), ("2.5", (2_500,)),
        ("3, 6 nmi", (5_556, 11_112)),
        ("5  km", (5_000,)), ("", ()), ("km", ()), ("5, x", ()), ("0", ()), ("-5", ()),
        ("1 2 3 4 5 6 7 8 9 10 11 12 13", ()),
    ],
)  # fmt: skip
def test_typed_distances_are_read(text: str, metres: tuple[float, ...]) -> None:
    assert typed_ranges(text) == pytest.approx(metres)


@given(st.lists(st.integers(1, 2_000_000), min_size=1, max_size=12, unique=True))
def test_distances_come_back_as_they_were_written(metres: list[int]) -> None:
    radii = tuple(float(value) for value in sorted(metres))
    assert typed_ranges(ranges_words(radii)) == pytest.approx(radii)


@pytest.mark.parametrize(("ground", "first"), [(2.0, 100.0), (70.0, 5_000.0), (800.0, 50_000.0), (4000.0, 200_000.0)])
def test_rings_that_nobody_chose_are_round_and_fit_the_scale(ground: float, first: float) -> None:
    assert rings_for(DZ, ground).radii_m == (first, 2 * first, 3 * first, 4 * first)


def test_vertices_can_be_taken_back_one_by_one() -> None:
    session = Session(State())
    session.dispatch(SetMeasure(Measure((DZ,))))
    session.dispatch(SetMeasure(Measure((DZ, MOSUL))))
    session.undo()
    assert session.state.measure == Measure((DZ,))
    session.redo()
    session.dispatch(SetMeasure(Measure()))
    session.undo()
    assert session.state.measure == Measure((DZ, MOSUL))


def test_what_is_nowhere_on_the_map_is_not_measured() -> None:
    state = State(measure=Measure((DZ, MOSUL)))
    for path in (((0.0, 89.9),), ((float("nan"), 0.0),), ((181.0, 0.0),), (DZ,) * 501):
        assert SetMeasure(Measure(path)).apply(state) is state
    assert SetMeasure(Measure((DZ, MOSUL), True)).apply(state) == state


def test_range_rings_without_size_or_place_are_left_out() -> None:
    good = RangeRings(DZ, (5_000.0,))
    sizes = tuple(replace(good, radii_m=radii) for radii in ((), (0.0,), (3e6,), (float("nan"),)))
    assert SetRangeRings((good, *sizes, replace(good, centre=(0.0, 90.0)))).apply(State()).range_rings == (good,)
