"""The ground of towns from day to day: what stays is the very same object, and soon there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from viewer.geo.basemap import Basemap
from viewer.layers.ground import GroundLayer, is_ready
from viewer.layers.primitives import FADES_AT, ControlArea
from viewer.session.control import shown_spells
from viewer.session.state import State
from viewer.store.dataset import DataSet

At = Callable[..., State]


@pytest.fixture
def unasked(builtin: DataSet) -> DataSet:
    """The built-in data set, of which nothing is known yet."""
    return replace(builtin)


def following(data: DataSet, state: State) -> State:
    """The state on the next day on which anything looks otherwise."""
    days = shown_spells(data, FADES_AT).days
    later = int(days[days > state.time.cursor][0])
    return replace(state, time=replace(state.time, cursor=later))


def shares(data: DataSet, basemap: Basemap, state: State) -> dict[tuple[object, ...], ControlArea]:
    made = (area for area in GroundLayer().primitives(state, data, basemap) if isinstance(area, ControlArea))
    return {area.refs: area for area in made if area.part == "fill"}


def test_a_day_like_the_one_made_last_needs_no_thread(at: At, unasked: DataSet, basemap: Basemap) -> None:
    state = at("2017-09-01")
    assert not is_ready(state, unasked, basemap)
    shares(unasked, basemap, state)

    assert is_ready(state, unasked, basemap)
    assert is_ready(following(unasked, state), unasked, basemap)
    assert not is_ready(at("2014-01-15"), unasked, basemap)
    assert not is_ready(replace(following(unasked, state), ground="roads"), unasked, basemap)


def test_a_share_stays_the_very_same_while_nothing_of_it_changes(at: At, unasked: DataSet, basemap: Basemap) -> None:
    state = at("2017-09-01")
    first = shares(unasked, basemap, state)
    for _ in range(10):
        state = following(unasked, state)
    second = shares(unasked, basemap, state)

    same = [ref for ref, share in second.items() if first.get(ref) is share]
    assert len(same) > len(second) / 3
    assert len(same) < len(second)


def test_towns_of_one_holder_that_lie_together_share_their_letters(at: At, unasked: DataSet, basemap: Basemap) -> None:
    made = GroundLayer().primitives(at("2017-09-01"), unasked, basemap)
    fills = [area for area in made if isinstance(area, ControlArea) and area.part == "fill"]
    codes = [area for area in made if isinstance(area, ControlArea) and area.part == "code"]

    assert sorted(id(ground) for code in codes for ground in code.grounds) == sorted(id(one.ground) for one in fills)
    holders = {one.ground: (one.actors, one.control, one.possible) for one in fills}
    assert all(holders[g] == (code.actors, code.control, code.possible) for code in codes for g in code.grounds)
