"""Which records lie on ground that is asked for: inside an outline, around a point, along a road or river.

A record lies where its main point is, as with every other question of where; what has no point lies nowhere.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from viewer.geo.projection import geod, to_degrees, to_map
from viewer.session.memo import remembered
from viewer.session.state import Within
from viewer.session.window import Mask
from viewer.store.dataset import DataSet

Numbers = NDArray[np.float64]
MOST_PATH = 400
"""Points of a path that is kept in a filter; longer ones are simplified until they have no more."""


@remembered(4)
def within_mask(data: DataSet, within: Within) -> Mask:
    """Which events have their point on that ground, whatever else is asked; shape (n,)."""
    x, y, spot_of = _spots(data)
    there = _spots_within(x, y, within)
    mask = np.zeros(len(data.events), dtype=bool)
    placed = np.flatnonzero(data.events.placed)
    mask[placed] = there[spot_of]
    return mask


@remembered(1)
def _spots(data: DataSet) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    """The points on which events lie, each once, in map metres; and the number of its point for each placed event."""
    placed = data.events.placed
    pairs = np.stack([data.events.x[placed], data.events.y[placed]], axis=1).view(np.uint64).ravel()
    found, spot_of = np.unique(pairs, return_inverse=True)
    spots = found.view(np.float32).reshape(-1, 2).astype(np.float64)
    return spots[:, 0], spots[:, 1], spot_of.reshape(-1)


def _spots_within(x: Numbers, y: Numbers, within: Within) -> Mask:
    lon, lat = to_degrees(x, y)
    if within.kind == "circle":
        centre = within.path[0]
        _, _, metres = geod().inv(np.full(len(lon), centre[0]), np.full(len(lat), centre[1]), lon, lat)
        near: Mask = np.asarray(metres) <= within.metres
        return near
    path = np.stack(to_map(*zip(*within.path, strict=True)), axis=1)
    if within.kind == "outline":
        outline = shapely.make_valid(shapely.polygons(path)) if len(path) > 2 else shapely.Polygon()
        inside: Mask = shapely.intersects_xy(outline, x, y)
        return inside
    line = shapely.linestrings(path) if len(path) > 1 else shapely.points(path[0])
    points = shapely.points(x, y)
    nearest = shapely.line_interpolate_point(line, shapely.line_locate_point(line, points)) if len(path) > 1 else line
    foot_lon, foot_lat = to_degrees(shapely.get_x(nearest), shapely.get_y(nearest))
    full = np.broadcast_to(foot_lon, len(lon)), np.broadcast_to(foot_lat, len(lat))
    _, _, metres = geod().inv(*(np.array(one) for one in full), lon, lat)
    along: Mask = np.asarray(metres) <= within.metres
    return along


def simplified(path: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """A path in degrees, shape (n, 2), with no more points than a filter keeps."""
    line, tolerance = shapely.linestrings(path), 1e-4
    while shapely.get_num_coordinates(line) > MOST_PATH:
        line, tolerance = shapely.simplify(shapely.linestrings(path), tolerance), tolerance * 2
    return tuple((float(lon), float(lat)) for lon, lat in shapely.get_coordinates(line).tolist())
