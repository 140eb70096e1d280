"""Which records lie on ground that is asked for: inside an outline, around a point, along a road or river.

A record lies where its main point is, as with every other question of where; what has no point lies nowhere.
"""

from __future__ import annotations

import math
from functools import reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from viewer.geo.plane import Geometry
from viewer.geo.projection import geod, metres_per_unit, to_degrees, to_map
from viewer.session.memo import remembered
from viewer.session.state import Within
from viewer.session.window import Mask
from viewer.store.dataset import DataSet

Numbers = NDArray[np.float64]
LEAST_METRES, MOST_METRES = 1.0, 2_000_000.0
"""How far around a point or beside a path may be asked for."""


@remembered(4)
def within_mask(data: DataSet, within: Within) -> Mask:
    """Which events have their point on that ground, whatever else is asked; shape (n,)."""
    x, y, spot_of = _spots(data)
    there = np.zeros(len(x), dtype=bool)
    near = _may_lie(x, y, within)
    there[near] = _spots_within(x[near], y[near], within)
    mask = np.zeros(len(data.events), dtype=bool)
    placed = np.flatnonzero(data.events.placed)
    mask[placed] = there[spot_of]
    return mask


def holds(within: Within, lon: Numbers, lat: Numbers) -> Mask:
    """Which points in degrees lie on that ground; all of shape (m,)."""
    return _spots_within(*to_map(lon, lat), within)


@remembered(1)
def _spots(data: DataSet) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    """The points on which events lie, each once, in map metres; and the number of its point for each placed event."""
    placed = data.events.placed
    pairs = np.stack([data.events.x[placed], data.events.y[placed]], axis=1).view(np.uint64).ravel()
    found, spot_of = np.unique(pairs, return_inverse=True)
    spots = found.view(np.float32).reshape(-1, 2).astype(np.float64)
    return spots[:, 0], spots[:, 1], spot_of.reshape(-1)


def _may_lie(x: Numbers, y: Numbers, within: Within) -> Mask:
    """Which points lie near enough that it is worth measuring how far off they are."""
    left, bottom = (side.min() for side in to_map(*zip(*within.path, strict=True)))
    right, top = (side.max() for side in to_map(*zip(*within.path, strict=True)))
    more = _map_metres(within)
    near: Mask = (x >= left - more) & (x <= right + more) & (y >= bottom - more) & (y <= top + more)
    return near


def _map_metres(within: Within) -> float:
    """Map metres beyond which nothing lies as near to its path as is asked for."""
    farthest = max(abs(lat) for _, lat in within.path) + math.degrees(within.metres / 6_300_000.0)
    return 1.02 * within.metres / metres_per_unit(min(farthest, 85.0)) + 1.0


def _spots_within(x: Numbers, y: Numbers, within: Within) -> Mask:
    import shapely

    lon, lat = to_degrees(x, y)
    if within.kind == "circle":
        return _metres_off(lon, lat, *within.path[0]) <= within.metres
    pieces = [np.stack(to_map(*zip(*piece, strict=True)), axis=1) for piece in within.pieces]
    if within.kind == "outline":
        inside: Mask = shapely.intersects_xy(_area(pieces), x, y)
        return inside
    legs = shapely.linestrings(np.array([pair for piece in pieces for pair in pairwise(piece)]))
    points, there = shapely.points(x, y), np.zeros(len(x), dtype=bool)
    # Only the legs a point may be near to: a long river has hundreds, and there may be a million points.
    which, leg = shapely.STRtree(legs).query(points, predicate="dwithin", distance=_map_metres(within))
    feet = shapely.get_coordinates(shapely.shortest_line(legs[leg], points[which]))[::2]
    near = _metres_off(lon[which], lat[which], *to_degrees(*feet.T)) <= within.metres
    there[which[near]] = True
    return there


def _area(rings: list[Numbers]) -> Geometry:
    """What rings enclose: one that lies in another is a hole in it."""
    import shapely

    areas = (shapely.make_valid(shapely.polygons(ring)) for ring in rings if len(ring) > 2)
    return reduce(shapely.symmetric_difference, areas, shapely.Polygon())


def _metres_off(lon: Numbers, lat: Numbers, other_lon: object, other_lat: object) -> Numbers:
    """Geodesic metres from each point to another, or to one for each."""
    others = (np.array(np.broadcast_to(np.asarray(one, dtype=np.float64), lon.shape)) for one in (other_lon, other_lat))
    return np.asarray(geod().inv(lon, lat, *others)[2])
