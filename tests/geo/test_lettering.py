"""Letters stand clear of what lies over their area, as a slow, plain search says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.geo.lettering import ALONG, MOST, Ground, Lettering, Spot
from viewer.geo.outline import Outline
from viewer.geo.pick import inside, inside_grid


def spots_of(lettering: Lettering, grounds: Sequence[Ground], covering: Sequence[bool]) -> list[Spot]:
    moved = lettering.spots(grounds, covering)
    return [moved.get(index, one.spot) for index, one in enumerate(grounds)]


def ground(x: float, y: float, size: float, corners: int = 7) -> Ground:
    turn = np.linspace(0, 2 * np.pi, corners + 1)
    ring = np.column_stack((x + size * np.cos(turn), y + size * np.sin(turn)))
    ring[-1] = ring[0]
    return Ground(Outline((ring,)), (x, y, size))


def plain_spots(grounds: Sequence[Ground], covering: Sequence[bool]) -> list[list[Spot]]:
    """For each ground the spots that are as good as any: of equally wide ones rounding alone prefers one."""
    spots = []
    for index, one in enumerate(grounds):
        above = [other for other, covers in zip(grounds[index + 1 :], covering[index + 1 :], strict=True) if covers]
        x, y, _ = one.spot
        spots.append([one.spot])
        if not any(inside(other.outline.rings, x, y) for other in above):
            continue
        west, south, east, north = one.outline.box
        near = [other for other in above if Outline(one.outline.rings).touches(*other.outline.box)]
        edges = np.vstack([ring for ground in (one, *near) for ring in ground.outline.rings])
        free = [
            (float(np.hypot(edges[:, 0] - x, edges[:, 1] - y).min()), float(x), float(y))
            for x in np.linspace(west, east, ALONG)
            for y in np.linspace(south, north, ALONG)
            if inside(one.outline.rings, x, y) and not any(inside(other.outline.rings, x, y) for other in above)
        ]
        if free:
            widest, _, _ = max(free)
            spots[-1] = [(x, y, 2 * room) for room, x, y in free if room == pytest.approx(widest)]
    return spots


some = st.tuples(
    st.integers(0, 40), st.integers(0, 40), st.sampled_from([1.5, 3.0, 7.0, 15.0]), st.integers(3, 9), st.booleans()
)  # fmt: skip


@given(st.lists(st.lists(some, max_size=8), min_size=1, max_size=3))
def test_spots_are_those_of_a_plain_search_on_every_day(days: list[list[Any]]) -> None:
    """One lettering serves all days: what it learned on one is right on the next."""
    lettering, same = Lettering(), cache(ground)
    for day in (*days, [one for some_day in days for one in some_day], *days):
        made = sorted(((same(x, y, size, corners), covers) for x, y, size, corners, covers in day),
                      key=lambda one: -one[0].outline.area)  # fmt: skip
        grounds, covering = [one for one, _ in made], [covers for _, covers in made]
        for found, plain in zip(spots_of(lettering, grounds, covering), plain_spots(grounds, covering), strict=True):
            assert any(found == pytest.approx(spot) for spot in plain)


def test_a_ground_that_lies_there_twice_keeps_its_letters_in_the_middle() -> None:
    one = ground(0, 0, 10)

    assert spots_of(Lettering(), [one, one], [True, True]) == [one.spot, one.spot]


def test_of_very_many_covered_areas_no_letters_are_drawn() -> None:
    low = [ground(100 * number, 0, 10) for number in range(MOST + 1)]
    high = [ground(100 * number, 0, 2) for number in range(MOST + 1)]
    spots = spots_of(Lettering(), [*low, *high], [True] * 2 * len(low))

    assert {room for _, _, room in spots[: len(low)]} == {0.0}
    assert spots[len(low) :] == [one.spot for one in high]
    few = spots_of(Lettering(), [*low[1:], *high[1:]], [True] * 2 * MOST)
    assert all(room > 0 for _, _, room in few)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=9), st.booleans())
def test_a_grid_is_inside_where_each_of_its_points_is(corners: list[tuple[float, float]], closed: bool) -> None:
    ring = np.array([*corners, *corners[:1]] if closed else corners)
    x, y = np.linspace(-10, 10, 9), np.linspace(-10, 10, 7)
    rings = (ring, ring / 2)
    grid = inside_grid(rings, x, y)

    assert grid.shape == (9, 7)
    assert grid.tolist() == [[inside(rings, float(px), float(py)) for py in y] for px in x]
