"""Lines, circles and areas that are true on the ground: geodesics of WGS 84 (Karney 2013, by pyproj's Geod).

The map is drawn in Mercator, where a geodesic is bowed and a circle grows to the north; whoever draws what was
measured asks here for its vertices. Points are (lon, lat) in degrees, arrays of shape (n, 2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.domain.places import LonLat
from viewer.geo.projection import geod

Vertices = NDArray[np.float64]

STEP_M = 10_000.0
"""Metres between the vertices of a geodesic: it leaves such a chord in Mercator by less than two, which nobody sees."""


def geodesic(start: LonLat, end: LonLat) -> Vertices:
    """The vertices of the shortest line between two points, both ends among them; two when it is short."""
    azimuth, _, length = geod().inv(*start, *end)
    if length <= STEP_M:
        return np.array((start, end), dtype=np.float64)
    number = math.ceil(length / STEP_M)
    along = np.linspace(0.0, length, number + 1)[1:-1]
    ones = np.ones(len(along))
    lon, lat, _ = geod().fwd(start[0] * ones, start[1] * ones, azimuth * ones, along)
    return np.vstack((start, np.column_stack((lon, lat)), end))


def point_at(start: LonLat, azimuth_deg: float, metres: float) -> LonLat:
    """The point so many metres from another in a direction (0 north, 90 east)."""
    lon, lat, _ = geod().fwd(*start, azimuth_deg, metres)
    return float(lon), float(lat)


def ground_circle(centre: LonLat, radius_m: float, steps: int = 180) -> Vertices:
    """All points at a geodesic distance from a centre, as a closed ring beginning in the north, clockwise."""
    turn = np.linspace(0.0, 360.0, steps + 1)
    ones = np.ones(len(turn))
    lon, lat, _ = geod().fwd(centre[0] * ones, centre[1] * ones, turn, radius_m * ones)
    return np.column_stack((lon, lat))


def area_and_perimeter(points: Sequence[LonLat]) -> tuple[float, float]:
    """Square metres inside a polygon of geodesic edges, whichever way round, and the metres around it."""
    table = np.asarray(points, dtype=np.float64)
    area, perimeter = geod().polygon_area_perimeter(table[:, 0], table[:, 1])
    return abs(float(area)), float(perimeter)
