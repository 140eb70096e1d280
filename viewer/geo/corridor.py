"""The ground along a line, as far from it as something may lie."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from viewer.geo.projection import EARTH_RADIUS, metres_per_unit

Points = NDArray[np.float64]
"""Vertices in map metres, shape (n, 2)."""
ROUND = 6
"""Vertices in a quarter of a turn."""
LEAST_M = 500.0


def corridor(lines: tuple[Points, ...], radius_m: float) -> tuple[Points, ...]:
    """The closed rings around all that lies within `radius_m` on the ground of some lines, holes among them.

    How long a metre is on the map is taken from the middle of the lines: it changes little along what lies in a region.
    """
    import shapely

    every = np.vstack(lines)
    middle = (every[:, 1].min() + every[:, 1].max()) / 2
    lat = math.degrees(2 * math.atan(math.exp(middle / EARTH_RADIUS)) - math.pi / 2)
    radius = max(radius_m, LEAST_M) / max(0.05, metres_per_unit(lat))
    parts = [shapely.linestrings(line) if len(line) > 1 else shapely.points(line[0]) for line in lines]
    ground = shapely.buffer(shapely.union_all(shapely.simplify(parts, radius / 50)), radius, quad_segs=ROUND)
    areas = shapely.get_parts(ground)
    return tuple(
        np.asarray(ring.coords, dtype=np.float64) for area in areas for ring in (area.exterior, *area.interiors)
    )
