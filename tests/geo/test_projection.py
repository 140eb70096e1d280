"""The map's one projection, against PROJ and against itself."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.geo.projection import (
    MAX_LATITUDE,
    bearing_deg,
    distance_m,
    metres_per_unit,
    point_to_degrees,
    point_to_map,
    to_degrees,
    to_map,
)

lons = st.floats(-180, 180)
lats = st.floats(-MAX_LATITUDE, MAX_LATITUDE)


@given(lons, lats)
def test_there_and_back(lon: float, lat: float) -> None:
    x, y = point_to_map(lon, lat)
    assert point_to_degrees(x, y) == pytest.approx((lon, lat), abs=1e-9)


def test_the_map_is_web_mercator() -> None:
    lon, lat = np.meshgrid(np.linspace(-180, 180, 25), np.linspace(-85, 85, 35))
    proj = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
    x, y = to_map(lon, lat)
    their_x, their_y = proj.transform(lon, lat)
    assert np.allclose(x, their_x, atol=1e-5)
    assert np.allclose(y, their_y, atol=1e-5)


def test_poles_are_clamped_and_nothing_stays_nothing() -> None:
    _, y = to_map([0, 0, 0], [90, MAX_LATITUDE, -90])
    assert np.isfinite(y).all()
    assert y[0] == y[1] == pytest.approx(-y[2])
    x, y = to_map([math.nan], [math.nan])
    assert np.isnan(x[0]) and np.isnan(y[0])
    lon, lat = to_degrees([math.nan], [math.nan])
    assert np.isnan(lon[0]) and np.isnan(lat[0])


def test_no_places_make_no_points() -> None:
    x, y = to_map([], [])
    assert x.shape == y.shape == (0,)


@pytest.mark.parametrize("lat", [0.0, 35.0, -60.0])
def test_ground_metres_shrink_with_latitude(lat: float) -> None:
    x, _ = point_to_map(40.01, lat)
    start, _ = point_to_map(40.0, lat)
    assert (x - start) * metres_per_unit(lat) == pytest.approx(distance_m((40.0, lat), (40.01, lat)), rel=5e-3)


def test_distances_follow_the_earth_not_the_picture() -> None:
    """Mayadin to Raqqa: a text says 190 km, the earth says 167."""
    assert distance_m((40.4503, 35.0197), (39.0079, 35.9594)) == pytest.approx(167_000, abs=2_000)
    assert distance_m((40, 35), (40, 35)) == 0
    assert bearing_deg((40, 35), (40, 36)) == pytest.approx(0)
    assert bearing_deg((40, 0), (41, 0)) == pytest.approx(90)


def test_threads_measure_side_by_side() -> None:
    """The geodesics' library is told apart from the projections', which two threads may not ask at once."""
    ends = [(40 + number / 100, 30 + number / 100) for number in range(500)]
    alone = [distance_m((35, 35), end) for end in ends]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda _: [distance_m((35, 35), end) for end in ends], range(32)))

    assert together == [alone] * 32
