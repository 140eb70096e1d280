"""An outline has no more vertices than are seen, and none of them lies where it would be missed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from viewer.geo.outline import FEW, OFF_PX, Outline


def coast(seed: int, vertices: int, radius: float = 50_000.0) -> np.ndarray:
    """A closed ring with a rough edge, in map metres."""
    chance = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    away = radius * (1 + 0.1 * np.sin(5 * turn) + chance.normal(0, 0.004, vertices))
    ring = np.column_stack((4_500_000 + away * np.cos(turn), 4_100_000 + away * np.sin(turn)))
    return np.vstack((ring, ring[:1]))


@given(st.integers(0, 50), st.floats(1.0, 20_000.0))
def test_what_is_left_out_would_not_be_seen(seed: int, scale: float) -> None:
    outline = Outline((coast(seed, 700), coast(seed + 1, 300, 20_000.0)))
    coarse = outline.at(outline.level(scale))
    for whole, simple in zip(outline.rings, coarse, strict=True):
        off = shapely.hausdorff_distance(shapely.linestrings(whole), shapely.linestrings(simple))
        assert off <= OFF_PX * scale
        np.testing.assert_array_equal(simple[[0, -1]], whole[[0, -1]])


def test_the_farther_one_stands_the_fewer_vertices() -> None:
    outline = Outline((coast(1, 2_000),))
    numbers = [len(outline.at(outline.level(scale))[0]) for scale in (1.0, 100.0, 1_000.0, 10_000.0)]

    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] < 30


def test_scales_of_one_power_of_two_share_an_outline() -> None:
    outline = Outline((coast(1, 500),))

    assert outline.at(outline.level(520.0)) is outline.at(outline.level(1_000.0))
    assert outline.at(outline.level(511.0)) is not outline.at(outline.level(512.0))


def test_an_outline_of_few_vertices_stays_as_it_is() -> None:
    ring = coast(1, FEW - 1)

    assert Outline((ring,)).at(Outline((ring,)).level(9_000.0)) == (ring,)


def test_a_ring_too_small_to_see_is_still_a_ring() -> None:
    outline = Outline((coast(1, 500), coast(2, 200, 1.0)))

    assert len(outline.at(outline.level(5_000.0))) == 2


def test_bounds_of_all_rings_and_of_each() -> None:
    outline = Outline((np.array([[0.0, 0], [2, 0], [2, 1], [0, 0]]), np.array([[8.0, 5], [9, 5], [9, 7], [8, 5]])))

    assert outline.box == (0.0, 0.0, 9.0, 7.0)
    assert outline.touches(-5, -5, 0, 0) and outline.touches(8.5, 6, 100, 100)
    for empty in ((4, 2, 6, 4), (4, 0, 6, 1), (10, 5, 11, 7), (0, 2, 2, 3), (8, 8, 9, 9)):
        assert not outline.touches(*empty)


@pytest.mark.parametrize(("point", "held"), [((1.0, 1.0), True), ((3.0, 3.0), False), ((99.0, 1.0), False)])
def test_a_hole_is_not_inside(point: tuple[float, float], held: bool) -> None:
    square = np.array([[0.0, 0], [6, 0], [6, 6], [0, 6], [0, 0]])
    outline = Outline((square, square / 3 + 2))

    assert outline.holds(*point) == held
