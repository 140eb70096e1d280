"""Degrees: the right lines, and the same ones until others are needed."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map
from viewer.layers.graticule import EAST, NORTH, SOUTH, WEST, GraticuleLayer, grid_step
from viewer.layers.primitives import Line, Primitive
from viewer.session.state import Camera, State
from viewer.store.dataset import DataSet


def made(scale: float, small: DataSet) -> tuple[Primitive, ...]:
    return GraticuleLayer().primitives(State(camera=Camera(scale=scale)), small, Basemap())


@pytest.mark.parametrize("scale", [30.0, 200.0, 1000.0, 5000.0])
def test_lines_go_from_edge_to_edge(scale: float, small: DataSet) -> None:
    (line,) = (p for p in made(scale, small) if isinstance(p, Line))
    step = grid_step(scale)
    upright = [[point_to_map(lon, SOUTH), point_to_map(lon, NORTH)] for lon in np.arange(WEST, EAST + step / 2, step)]
    level = [[point_to_map(WEST, lat), point_to_map(EAST, lat)] for lat in np.arange(SOUTH, NORTH + step / 2, step)]

    np.testing.assert_allclose(np.array(line.parts), np.array(upright + level), atol=1e-6)


def test_scales_with_the_same_lines_share_them(small: DataSet) -> None:
    """So that zooming neither makes nor compares hundreds of lines and figures."""
    assert made(1000.0, small) is made(1100.0, small)
    assert made(1000.0, small) is not made(200.0, small)
