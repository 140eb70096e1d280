"""A corridor holds all that lies near its line, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from viewer.geo.corridor import corridor
from viewer.geo.pick import inside
from viewer.geo.projection import point_to_map

GEOD = Geod(ellps="WGS84")
LINE = ((38.0, 34.0), (39.0, 34.5), (40.0, 35.3))


def on_map(points: tuple[tuple[float, float], ...]) -> np.ndarray:
    return np.array([point_to_map(*point) for point in points])


@pytest.mark.parametrize("radius", [5_000.0, 15_000.0])
def test_what_lies_beside_the_line_within_the_radius_is_in_it(radius: float) -> None:
    rings = corridor((on_map(LINE),), radius)
    azimuth, _, length = GEOD.inv(*LINE[0], *LINE[1])

    for share in (0.0, 0.3, 0.7):
        lon, lat, _ = GEOD.fwd(*LINE[0], azimuth, share * length)
        for side in (-90.0, 90.0):
            near = GEOD.fwd(lon, lat, azimuth + side, radius * 0.95)[:2]
            far = GEOD.fwd(lon, lat, azimuth + side, radius * 1.05)[:2]
            assert inside(rings, *point_to_map(*near))
            assert not inside(rings, *point_to_map(*far))


def test_its_rings_are_closed_and_lines_that_meet_make_one() -> None:
    whole, halves = corridor((on_map(LINE),), 8_000.0), corridor((on_map(LINE[:2]), on_map(LINE[1:])), 8_000.0)

    assert len(whole) == len(halves) == 1
    assert all((ring[0] == ring[-1]).all() for ring in whole)


def test_a_line_around_something_leaves_a_hole() -> None:
    around = ((38.0, 34.0), (39.0, 34.0), (39.0, 35.0), (38.0, 35.0), (38.0, 34.0))
    rings = corridor((on_map(around),), 5_000.0)

    assert len(rings) == 2
    assert not inside(rings, *point_to_map(38.5, 34.5))
    assert inside(rings, *point_to_map(38.5, 34.0))


def test_a_line_of_one_point_is_a_circle() -> None:
    (ring,) = corridor((on_map(LINE[:1]),), 5_000.0)

    assert inside((ring,), *point_to_map(*LINE[0]))
