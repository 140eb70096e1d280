"""Ground around places: every point of land once, on its side of borders and great rivers, and of the right size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from viewer.geo.basemap import Basemap, Feature
from viewer.geo.cells import cells_of, clear_spots, degrees_object, merged, rings_of
from viewer.geo.land import GRID_M, Land, Site, land_of, surface_of
from viewer.geo.plane import Geometry, Plane
from viewer.geo.projection import to_degrees, to_map

REACH_M = 40_000.0
WEST, SOUTH, MIDDLE, NORTH, EAST = 38.0, 33.0, 40.0, 36.0, 42.0
"""Two states side by side, parted by the meridian in the middle."""
RIVER = 34.5
"""A great river along this parallel, through both."""


def feature(name: str, *lines: list[tuple[float, float]]) -> Feature:
    parts = tuple(np.column_stack(to_map(*np.array(line, dtype=float).T)) for line in lines)
    return Feature(name, "", 1, name, (parts,))


def box(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


@pytest.fixture(scope="module")
def land() -> Land:
    """Two states, one river that is broken where it crosses the border, and a lake in the west."""
    corners = (*np.ravel(np.column_stack(to_map((WEST, EAST), (SOUTH, NORTH)))).tolist(),)
    return land_of(Basemap(
        countries=(feature("AA", box(WEST, SOUTH, MIDDLE, NORTH)), feature("BB", box(MIDDLE, SOUTH, EAST, NORTH))),
        lakes=(feature("Lake", box(38.5, 35.0, 38.7, 35.2)),),
        rivers=(feature("River", [(37.9, RIVER), (39.98, RIVER)], [(40.02, RIVER), (42.1, RIVER)]),),
        sheet=(corners[0], corners[1], corners[2], corners[3]),
    ))  # fmt: skip


def at(land: Land, lon: float, lat: float) -> Geometry:
    return shapely.Point(*land.plane.from_degrees(np.array([lon]), np.array([lat]))[0])


sites = st.lists(
    st.builds(
        Site,
        st.floats(WEST, EAST).map(lambda lon: round(lon, 3)),
        st.floats(SOUTH, NORTH).map(lambda lat: round(lat, 3)),
        st.sampled_from(("AA", "BB", "")),
    ),
    max_size=25,
)
readings = st.sampled_from((REACH_M, None))


@settings(max_examples=60)
@given(sites, readings)
def test_no_point_is_covered_twice_and_all_is_land(land: Land, places: list[Site], reach: float | None) -> None:
    cells = cells_of(land, places, reach)

    whole, each = merged(cells), sum(cell.area for cell in cells)
    rounding = GRID_M * sum(cell.length for cell in cells)
    assert abs(whole.area - each) <= rounding
    ground = shapely.union_all(list(land.states.values())).buffer(2 * GRID_M)
    assert whole.difference(ground).area <= rounding


@settings(max_examples=40)
@given(places=sites, reading=readings, data=st.data())
def test_the_order_of_places_does_not_matter(
    land: Land, places: list[Site], reading: float | None, data: st.DataObject
) -> None:
    places = list({(site.lon, site.lat): site for site in places}.values())
    order = data.draw(st.permutations(range(len(places))))
    straight = cells_of(land, places, reading)
    mixed = cells_of(land, [places[number] for number in order], reading)

    for place, cell in zip(order, mixed, strict=True):
        assert cell.symmetric_difference(straight[place]).area <= GRID_M * (cell.length + 1)


@settings(max_examples=40)
@given(places=sites, reading=readings, data=st.data())
def test_what_was_asked_before_does_not_matter(
    land: Land, places: list[Site], reading: float | None, data: st.DataObject
) -> None:
    fresh = replace(land, homes={}, kept={}, answers={})
    used = replace(land, homes={}, kept={}, answers={})
    for _ in range(3):
        cells_of(used, [site for site in places if data.draw(st.booleans())], reading)

    for first, again in zip(cells_of(fresh, places, reading), cells_of(used, places, reading), strict=True):
        assert again.symmetric_difference(first).area <= GRID_M * (first.length + 1)


def test_cells_far_from_what_changed_are_the_very_same(land: Land) -> None:
    dice = np.random.default_rng(2)
    lon, lat = dice.uniform(WEST, EAST, 120), dice.uniform(SOUTH, NORTH, 120)
    places = [Site(*spot) for spot in zip(lon.tolist(), lat.tolist(), strict=True)]
    before, after = cells_of(land, places, REACH_M), cells_of(land, places[1:], REACH_M)

    assert sum(one is other for one, other in zip(before[1:], after, strict=True)) > 100
    for one, other in zip(before[1:], after, strict=True):
        assert one.distance(before[0]) <= 2 * GRID_M or one.symmetric_difference(other).area <= GRID_M * one.length


@settings(max_examples=40)
@given(places=sites)
def test_ground_goes_no_farther_than_its_reach_and_not_beyond_its_state(land: Land, places: list[Site]) -> None:
    for place, cell in zip(places, cells_of(land, places, REACH_M), strict=True):
        if not cell.is_empty:
            assert cell.hausdorff_distance(at(land, place.lon, place.lat)) <= REACH_M + 5 * GRID_M
            if place.country:
                assert cell.difference(land.states[place.country].buffer(2 * GRID_M)).is_empty


def test_each_bank_is_its_own_where_towns_stand_on_both(land: Land) -> None:
    north, south = Site(39.0, RIVER + 0.05, "AA"), Site(39.0, RIVER - 0.15, "AA")
    above, below = cells_of(land, (north, south), REACH_M)

    assert above.contains(at(land, 39.1, RIVER + 0.01))
    assert below.contains(at(land, 39.1, RIVER - 0.01)), "nearer to the northern town, but on the southern one's bank"


def test_a_bank_without_a_town_belongs_to_the_other(land: Land) -> None:
    (cell,) = cells_of(land, (Site(39.0, RIVER + 0.05, "AA"),), REACH_M)

    assert cell.contains(at(land, 39.0, RIVER - 0.1))


def test_a_border_parts_what_stands_close_to_it(land: Land) -> None:
    west, east = cells_of(land, (Site(39.99, 35.5, "AA"), Site(40.2, 35.5, "BB")), REACH_M)

    assert east.contains(at(land, 40.05, 35.5)), "nearer to the western town, but in the eastern state"
    assert not west.contains(at(land, 40.01, 35.5))


def test_a_lake_is_nobodys(land: Land) -> None:
    (cell,) = cells_of(land, (Site(38.6, 34.95, "AA"),), REACH_M)

    assert not cell.contains(at(land, 38.6, 35.1))


def test_without_a_reach_all_of_a_state_belongs_to_somebody(land: Land) -> None:
    (cell,) = cells_of(land, (Site(39.0, 34.0, "AA"),), None)

    assert cell.area == pytest.approx(land.states["AA"].area, rel=1e-5)


def test_the_second_of_two_places_on_one_point_has_no_ground(land: Land) -> None:
    first, second = cells_of(land, (Site(39.0, 34.0, "AA"), Site(39.0, 34.0, "AA")), REACH_M)

    assert not first.is_empty
    assert second.is_empty


def test_beyond_the_base_map_only_a_reach_ends_the_ground(land: Land) -> None:
    assert cells_of(land, (Site(60.0, 20.0),), None)[0].is_empty
    (cell,) = cells_of(Land(land.plane, {}), (Site(39.0, 34.0),), REACH_M)
    assert cell.area == pytest.approx(np.pi * REACH_M**2, rel=0.01)


def test_areas_are_those_on_the_ground(land: Land) -> None:
    (cell,) = cells_of(land, (Site(41.5, 33.3, "BB"),), REACH_M)
    geometry = shapely.geometry.shape(degrees_object(cell, land.plane))

    on_the_ground = abs(Geod(ellps="WGS84").geometry_area_perimeter(geometry)[0])
    assert cell.area == pytest.approx(on_the_ground, rel=0.001)


def test_rings_lie_on_the_map_where_the_cell_lies(land: Land) -> None:
    (cell,) = cells_of(land, (Site(41.0, 35.0, "BB"),), REACH_M)
    rings = rings_of(cell, land.plane)

    x, y = to_map(41.0, 35.0)
    assert shapely.Polygon(rings[0]).contains(shapely.Point(float(x), float(y)))


@given(st.lists(st.tuples(st.floats(25.0, 60.0), st.floats(10.0, 60.0)), min_size=1), st.floats(-60, 60))
def test_the_plane_is_the_one_of_the_library(points: list[tuple[float, float]], lat: float) -> None:
    plane, (lon, north) = Plane(41.0, round(lat, 2)), np.array(points).T
    other = Transformer.from_crs(
        "EPSG:4326", f"+proj=laea +lon_0=41 +lat_0={plane.lat} +datum=WGS84 +units=m", always_xy=True
    )
    found = plane.from_degrees(lon, north)

    assert found == pytest.approx(np.column_stack(other.transform(lon, north)), abs=0.01)
    assert plane.to_degrees(found) == pytest.approx(np.array(points), abs=1e-6)


@settings(deadline=None, max_examples=30)
@given(places=sites)
def test_letters_stand_inside_and_off_the_towns(land: Land, places: list[Site]) -> None:
    for place, cell in zip(places, cells_of(land, places, REACH_M), strict=True):
        if not cell.is_empty:
            ((x, y, room),) = clear_spots([cell], land.plane, [(place.lon, place.lat)])
            spot = at(land, *(float(degrees) for degrees in to_degrees(x, y)))
            assert cell.buffer(2 * GRID_M).covers(spot)
            assert room <= 3.2 * cell.boundary.distance(spot) + 5 * GRID_M


def test_places_as_dense_as_houses_have_ground_too(land: Land) -> None:
    """A cell a few metres wide may touch its bank in a mere line, which cannot be cut together with areas."""
    dice = np.random.default_rng(1)
    lon, lat = dice.uniform(38.995, 39.005, 1000), dice.uniform(RIVER - 0.005, RIVER + 0.005, 1000)

    cells = cells_of(land, [Site(*spot) for spot in zip(lon.tolist(), lat.tolist(), strict=True)], REACH_M)

    assert {cell.geom_type for cell in cells} <= {"Polygon", "MultiPolygon"}
    assert sum(cell.area for cell in cells) == pytest.approx(merged(cells).area, rel=1e-4)


@pytest.mark.parametrize("hole", [False, True])
@pytest.mark.parametrize("outline", [[(40, 34), (41, 35), (40, 34), (40, 34)], [(40, 34)] * 4])
def test_an_outline_that_encloses_nothing_can_be_cut_all_the_same(
    land: Land, outline: list[tuple[float, float]], hole: bool
) -> None:
    rings = [outline, *([box(39, 34, 39.5, 34.5)] if hole else [])]
    surface = surface_of([np.column_stack(to_map(*np.array(ring, dtype=float).T)) for ring in rings], land.plane)

    around = shapely.box(*land.states["AA"].bounds)
    assert around.intersection(surface, grid_size=GRID_M).area == pytest.approx(surface.area, rel=1e-4, abs=1)
    assert surface.is_empty is not hole
