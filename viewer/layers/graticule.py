"""Lines of longitude and latitude, so that a position can be read without a pointer."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map, to_map
from viewer.layers.primitives import Label, Line, Points, Primitive
from viewer.session.state import State
from viewer.store.dataset import DataSet

WEST, SOUTH, EAST, NORTH = 25, 20, 58, 45
STEPS = ((4000.0, 1e9, 5.0), (1400.0, 4000.0, 2.0), (260.0, 1400.0, 1.0), (60.0, 260.0, 0.25), (0.0, 60.0, 0.1))
"""Map metres per pixel from, to, and the distance of the lines in degrees."""


class GraticuleLayer:
    """Meridians and parallels, closer together the closer one looks; figures stand at the picture's edge."""

    id = "graticule"
    title = "Degrees"
    depends = ("camera.scale",)
    group = "ground"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """Straight in Mercator, so two points a line are enough."""
        return _grid(grid_step(state.camera.scale))


@lru_cache(maxsize=len(STEPS))
def _grid(step: float) -> tuple[Primitive, ...]:
    """The same objects for every scale that has the same lines, so that whoever keeps what he made of them may."""
    meridians = np.arange(WEST, EAST + step / 2, step)
    parallels = np.arange(SOUTH, NORTH + step / 2, step)
    return (Line(_lines(meridians, parallels), "graticule", 0.8), *edge_figures(meridians, parallels, step))


def _lines(meridians: np.ndarray, parallels: np.ndarray) -> tuple[Points, ...]:
    """The ends of each, all from one call: close up there are many lines."""
    (west, east), (south, north) = (edge.tolist() for edge in to_map([WEST, EAST], [SOUTH, NORTH]))
    x, _ = to_map(meridians, np.full(len(meridians), SOUTH))
    _, y = to_map(np.full(len(parallels), WEST), parallels)
    upright = np.stack((np.repeat(x, 2), np.tile([south, north], len(x))), axis=1).reshape(-1, 2, 2)
    level = np.stack((np.tile([west, east], len(y)), np.repeat(y, 2)), axis=1).reshape(-1, 2, 2)
    return (*upright, *level)


def grid_step(scale: float) -> float:
    """The distance of the lines in degrees at a scale."""
    return next((step for low, high, step in STEPS if low <= scale < high), 5.0)


def edge_figures(meridians: np.ndarray, parallels: np.ndarray, step: float) -> tuple[Label, ...]:
    """The figures of the lines; draw slides labels of style `grid` along their line to the picture's edge."""
    places = 0 if step >= 1 else 2 if step == 0.25 else 1
    east = [Label(point_to_map(lon, 0)[0], np.nan, f"{lon:.{places}f}\u00b0E", "", "grid", 90) for lon in meridians]
    north = [Label(np.nan, point_to_map(0, lat)[1], f"{lat:.{places}f}\u00b0N", "", "grid", 90) for lat in parallels]
    return (*east, *north)
