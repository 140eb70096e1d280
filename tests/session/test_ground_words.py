"""Ground by its name and as it is typed: provinces, rivers and roads of the base map, points, polygons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from viewer.geo.basemap import Basemap
from viewer.geo.projection import distance_m, point_to_degrees, point_to_map
from viewer.session.filter_words import within_words
from viewer.session.ground_asked import holds, within_mask
from viewer.session.ground_words import (
    MOST_POINTS,
    along,
    course_near,
    courses,
    inside,
    metres_of,
    named,
    point_named,
    province_at,
    provinces,
    wider,
    within_of,
)
from viewer.session.query import QueryError
from viewer.session.remember import filters_from_json, filters_to_json
from viewer.session.state import Filters, Within
from viewer.store.dataset import DataSet


def test_a_province_holds_the_records_that_lie_in_it(builtin: DataSet, basemap: Basemap) -> None:
    """Told by another way: each record's point is looked up in the areas of the base map."""
    placed = np.flatnonzero(builtin.events.placed).tolist()
    lying = {row: province_at(basemap, builtin.events.lon_lat(row)) for row in placed}
    names = {one.name for one in lying.values() if one is not None}
    assert {"Deir ez-Zor", "Homs", "Raqqa", "Anbar"} <= names
    for province in provinces(basemap):
        expected = {row for row, one in lying.items() if one is province}
        assert set(np.flatnonzero(within_mask(builtin, inside(province))).tolist()) == expected, province.name


def test_a_hole_and_an_island_are_told_by_their_pieces() -> None:
    outer = ((38.0, 33.0), (42.0, 33.0), (42.0, 36.0), (38.0, 36.0))
    hole = ((39.0, 34.0), (40.0, 34.0), (40.0, 35.0), (39.0, 35.0))
    island = ((44.0, 33.0), (45.0, 33.0), (45.0, 34.0))
    within = Within("outline", (*outer, *hole, *island), breaks=(4, 8))
    assert within.pieces == (outer, hole, island)
    lon, lat = np.array([38.5, 39.5, 44.9, 46.0]), np.array([33.5, 34.5, 33.5, 33.5])
    assert holds(within, lon, lat).tolist() == [True, False, True, False]


@pytest.mark.parametrize("name", ["Euphrates", "Khabur", "M4", "Damascus \u2013 Baghdad highway"])
def test_a_corridor_holds_what_lies_beside_a_river_or_road(builtin: DataSet, basemap: Basemap, name: str) -> None:
    course = named(courses(basemap), name, "river or road")
    far = 15_000.0
    asked = along(course, far)
    assert len(asked.path) <= MOST_POINTS
    found = within_mask(builtin, asked)
    line = shapely.multilinestrings([shapely.linestrings(path) for path in course.paths])
    hits = 0
    for row in np.flatnonzero(builtin.events.placed).tolist():
        lon, lat = builtin.events.lon_lat(row)
        foot = shapely.get_coordinates(shapely.shortest_line(line, shapely.points(*point_to_map(lon, lat))))[0]
        off = distance_m((lon, lat), point_to_degrees(*foot))
        hits += bool(found[row])
        if abs(off - far) > 1_500:  # what is kept of a long river is somewhat simpler than it
            assert bool(found[row]) == (off < far), (row, off)
    assert hits


def test_names_are_found_in_both_scripts_and_what_fits_none_is_told(basemap: Basemap) -> None:
    every = provinces(basemap)
    for text in ("Deir ez-Zor", "deir ezzor", "\u062f\u064a\u0631 \u0627\u0644\u0632\u0648\u0631"):
        assert named(every, text, "province").name == "Deir ez-Zor", text
    assert named(every, next(one.title for one in every if one.name == "Homs"), "province").name == "Homs"
    assert named(courses(basemap), "\u0627\u0644\u0641\u0631\u0627\u062a", "river").name == "Euphrates"
    with pytest.raises(QueryError, match="no province called 'Nowhere'; there are Adana"):
        named(every, "Nowhere", "province")
    with pytest.raises(QueryError, match="may be more than one province: "):
        named(every, "lebanon", "province")
    with pytest.raises(QueryError, match=r"^the base map has no province called 'Homs'$"):
        named(provinces(Basemap()), "Homs", "province")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("20 km of Raqqa", "within 20 km of Raqqa"), ("within 20km of raqqa", "within 20 km of Raqqa"),
        ("500 m around 35.95, 39.01", "within 0.5 km of 35.950\u00b0 N 39.010\u00b0 E"),
        ("5 nmi of \u0627\u0644\u0631\u0642\u0629", "within 9.26 km of Raqqa"),
        ("province Homs", "inside the province of Homs"), ("inside Homs", ""),
        ("inside the province of Homs", "inside the province of Homs"),
        ("Homs province", "inside the province of Homs"),
        ("10 km along the Euphrates", "within 10 km of either side of Euphrates"),
        ("within 10 km of either side of Euphrates", "within 10 km of either side of Euphrates"),
        ("polygon 38,33 42,33 42,37", "inside a drawn area"), ("polygon: 38,33; 42,33; 42,37", "inside a drawn area"),
    ],
)  # fmt: skip
def test_ground_is_typed_as_the_sentence_says_it(builtin: DataSet, basemap: Basemap, typed: str, words: str) -> None:
    if not words:
        with pytest.raises(QueryError, match="asks for no ground; write '20 km of Raqqa'"):
            within_of(builtin, basemap, typed)
        return
    found = within_of(builtin, basemap, typed)
    assert within_words(found) == words
    assert filters_from_json(filters_to_json(Filters(within=found))).within == found


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("9000 km of Raqqa", "is no distance from 1 m to 2000 km"), ("20 km of Xyzzyx", "no place is called 'Xyzzyx'"),
        ("20 km along Xyzzyx", "no river or road called 'Xyzzyx'"), ("polygon 38,33 42,33", "no corners of a polygon"),
        ("polygon 38,33 42,33 a,b", "no corners"), ("polygon 38,33 42,33 400,3", "no corners"),
        ("polygon " + "38,33 " * (MOST_POINTS + 1), "no corners"), ("province", "asks for no ground"),
        ("polygon 170,30 -170,30 -170,40 170,40", "crosses the 180th meridian"),
    ],
)  # fmt: skip
def test_what_is_no_ground_gets_a_sentence(builtin: DataSet, basemap: Basemap, typed: str, why: str) -> None:
    with pytest.raises(QueryError, match=why):
        within_of(builtin, basemap, typed)


@given(st.text(max_size=40))
def test_any_text_is_ground_or_a_sentence(builtin: DataSet, basemap: Basemap, text: str) -> None:
    try:
        assert within_of(builtin, basemap, text).path
    except QueryError as error:
        assert str(error)


def test_a_distance_is_in_kilometres_unless_it_says_otherwise() -> None:
    said = {"20": 20_000.0, "0,5": 500.0, "800 m": 800.0, "3 nmi": 5_556.0, "1.5km": 1_500.0}
    assert {text: metres_of(text) for text in said} == pytest.approx(said)
    assert [metres_of(text) for text in ("", "far", "0", "-3", "2001", "1e3", "5 ft")] == [None] * 7


def test_a_point_of_the_map_has_a_province_and_a_river_near_it(basemap: Basemap) -> None:
    mayadin = (40.4503, 35.0197)
    province = province_at(basemap, mayadin)
    assert province is not None
    assert province.name == "Deir ez-Zor"
    course = course_near(basemap, mayadin, 6_000)
    assert course is not None
    assert course.name in ("Euphrates", "Euphrates road", "East bank road")
    assert province_at(basemap, (0.0, 0.0)) is None
    assert course_near(basemap, (39.0, 33.0), 1_000) is None


def test_a_place_without_a_point_is_no_middle(builtin: DataSet) -> None:
    pointless = [place.key for place in builtin.places.values() if place.lon is None]
    with pytest.raises(QueryError, match="no point is known of"):
        point_named(builtin, pointless[0])
    assert point_named(builtin, "raqqa")[1] == "Raqqa"


def test_other_metres_leave_the_rest(basemap: Basemap) -> None:
    one = along(courses(basemap)[0], 5_000)
    assert wider(one, 9_000) == replace(one, metres=9_000)


@pytest.mark.parametrize("breaks", [[0], [1, 1], [9], [-1], [2.5], "x", [1]])
def test_breaks_that_are_none_ask_for_no_ground(breaks: object) -> None:
    plain = {"within": {"kind": "outline", "path": [[40, 35], [41, 35], [41, 36]], "breaks": breaks}}
    assert filters_from_json(plain).within is None

