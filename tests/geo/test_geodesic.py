"""What is drawn as true on the ground is: every vertex lies where the geodesic says."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.geo.geodesic import STEP_M, area_and_perimeter, geodesic, ground_circle, point_at
from viewer.geo.projection import (
    EARTH_RADIUS,
    ECCENTRICITY_SQUARED,
    bearing_deg,
    distance_m,
    metres_per_unit_east,
    point_to_degrees,
    point_to_map,
)

RAQQA, BAGHDAD, NEAR = (39.01, 35.95), (44.37, 33.31), (39.05, 35.95)
points = st.tuples(st.floats(34, 48), st.floats(28, 38))


def test_a_short_leg_is_its_two_ends() -> None:
    np.testing.assert_allclose(geodesic(RAQQA, NEAR), [RAQQA, NEAR])


def test_a_long_leg_goes_the_shortest_way_and_is_bowed_to_the_north_in_mercator() -> None:
    line = geodesic(RAQQA, (44.37, 35.95))
    steps = [distance_m(tuple(a), tuple(b)) for a, b in pairwise(line)]

    assert sum(steps) == pytest.approx(distance_m(RAQQA, (44.37, 35.95)), rel=1e-9)
    assert max(steps) <= STEP_M + 1e-3
    assert line[len(line) // 2, 1] > 35.95 + 0.02
    np.testing.assert_allclose(line[[0, -1]], [RAQQA, (44.37, 35.95)])


@given(points, st.floats(10, 800_000))
def test_every_point_of_a_ring_is_as_far_from_its_middle(centre: tuple[float, float], radius: float) -> None:
    ring = ground_circle(centre, radius, 24)

    assert [distance_m(centre, (lon, lat)) for lon, lat in ring.tolist()] == pytest.approx([radius] * 25, abs=1e-3)
    assert bearing_deg(centre, tuple(ring[6])) == pytest.approx(90, abs=1e-6)
    np.testing.assert_allclose(ring[0], ring[-1])


@given(points, st.floats(0, 360), st.floats(1, 500_000))
def test_a_point_at_a_bearing_is_there(start: tuple[float, float], bearing: float, metres: float) -> None:
    end = point_at(start, bearing, metres)

    assert distance_m(start, end) == pytest.approx(metres, abs=1e-3)


def zone_area(lat: float) -> float:
    """Square metres of WGS 84 between the equator and a parallel, one degree wide (Snyder 1987, eq. 3-12)."""
    e, s = math.sqrt(ECCENTRICITY_SQUARED), math.sin(math.radians(lat))
    polar = EARTH_RADIUS**2 * (1 - e * e) / 2
    return math.radians(1) * polar * (s / (1 - e * e * s * s) + math.log((1 + e * s) / (1 - e * s)) / (2 * e))


def test_the_area_of_a_degree_is_that_of_the_ellipsoid_either_way_round() -> None:
    """Its sides are geodesics, which are bowed north of the parallels, the upper one a little more."""
    square = ((39.0, 34.0), (40.0, 34.0), (40.0, 35.0), (39.0, 35.0))
    area, perimeter = area_and_perimeter(square)

    assert area == pytest.approx(zone_area(35) - zone_area(34), rel=2e-4)
    assert area_and_perimeter(square[::-1]) == pytest.approx((area, perimeter))
    sides = zip(square, (*square[1:], square[0]), strict=True)
    assert perimeter == pytest.approx(sum(distance_m(a, b) for a, b in sides))


@pytest.mark.parametrize("lat", [-33.0, 0.0, 28.0, 34.5, 38.0, 60.0])
def test_metres_per_unit_from_west_to_east_are_those_of_the_ellipsoid(lat: float) -> None:
    x, y = point_to_map(40.0, lat)
    ground = distance_m((40.0, lat), point_to_degrees(x + 1000, y))

    assert ground == pytest.approx(1000 * metres_per_unit_east(lat), rel=1e-7)
