"""Degrees: the right lines, and the same ones until others are needed."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map
from viewer.layers.graticule import EAST, NORTH, SOUTH, WEST, GraticuleLayer, grid_step
from viewer.layers.primitives import EdgeFigures, GridLetters, Line, Primitive
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


def grid(scale: float, small: DataSet, lon: float = 42.0, lat: float = 34.0) -> tuple[Primitive, ...]:
    """The military grid around a point."""
    state = State(camera=Camera(*point_to_map(lon, lat), scale), grid="mgrs")
    return GraticuleLayer().primitives(state, small, Basemap())


def letters(primitives: tuple[Primitive, ...]) -> set[str]:
    return {f"{zone} {name}" for one in primitives if isinstance(one, GridLetters) for zone, name, _ in one.squares}


def test_far_out_the_military_grid_is_its_zones(small: DataSet) -> None:
    made = grid(5000.0, small)

    assert {"36S ", "37S ", "38R ", "39S "} <= letters(made)
    assert not any(isinstance(one, EdgeFigures) for one in made)


def test_at_regional_scale_it_is_squares_with_their_letters(small: DataSet) -> None:
    made = grid(1500.0, small)

    assert {"37S GT", "38S KC", "37S FV", "36S YC", "39S TS"} <= letters(made)
    assert [one.style for one in made if isinstance(one, Line)] == ["grid_square", "grid_zone"]


@pytest.mark.parametrize(("scale", "figure"), [(220.0, "70"), (12.0, "73")])
def test_close_up_it_has_lines_with_their_kilometres_at_the_edge(scale: float, figure: str, small: DataSet) -> None:
    upright, level = (one for one in grid(scale, small, 41.9) if isinstance(one, EdgeFigures))

    assert (upright.upright, level.upright) == (True, False)
    assert figure in upright.texts
    assert len(upright.points) == len(upright.line)
    assert upright.line.max() == len(upright.texts) - 1


def test_bold_lines_are_not_drawn_twice(small: DataSet) -> None:
    made = {one.style + str(one.width): one.parts for one in grid(12.0, small) if isinstance(one, Line)}
    assert len(made) == 4
    parts = [part for parts in made.values() for part in parts]
    assert len({part.tobytes() for part in parts}) == len(parts)


def test_a_step_to_the_side_finds_the_same_grid(small: DataSet) -> None:
    """So that panning makes nothing anew until a block is left; it reaches beyond the edge of any picture there."""
    assert grid(12.0, small, 42.0) is grid(11.0, small, 42.02)
    assert grid(12.0, small, 42.0) is not grid(12.0, small, 44.0)
    west = min(float(part[:, 0].min()) for one in grid(25.0, small) if isinstance(one, Line) for part in one.parts)
    assert point_to_map(42.0, 0)[0] - west > 25.0 * 2500


def test_outside_the_sheet_nothing_breaks(small: DataSet) -> None:
    for scale in (12.0, 200.0):
        assert grid(scale, small, -100.0, 60.0)
