"""Marks that would lie on each other become one, as if each were compared with each."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.layers.incidents import Spot, stacked

PLACES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 3)), max_size=40)


def plainly(spots: list[Spot], reach: float) -> list[Spot]:
    """The largest first: each takes all that lie nearer and are still free."""
    left = sorted(spots, key=lambda spot: (-len(spot.members), spot.x, spot.y))
    found = []
    while left:
        first = left[0]
        near = [spot for spot in left if spot is first or math.dist(spot[:2], first[:2]) < reach]
        left = [spot for spot in left if not any(spot is one for one in near)]
        members = sorted(member for spot in near for member in spot.members)
        found.append(Spot(first.x, first.y, first.pinned, tuple(members), first.outline))
    return found


@given(PLACES, st.sampled_from([0.5, 1.0, 1.5, 4.0, 30.0]))
@settings(max_examples=100)
def test_stacks_are_those_of_comparing_each_with_each(places: list[tuple[int, int, int]], reach: float) -> None:
    numbers = iter(range(1000))
    spots = [Spot(float(x), float(y), True, tuple(next(numbers) for _ in range(size))) for x, y, size in places]

    assert stacked(spots, reach) == plainly(spots, reach)
