"""The ground of towns from day to day: what stays is the very same object, and soon there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from viewer.geo.basemap import Basemap
from viewer.layers import ground
from viewer.layers.ground import GroundLayer, ahead, days_ahead, is_ready
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


def test_what_is_worked_out_ahead_makes_no_day_wait_and_changes_none(
    at: At, unasked: DataSet, basemap: Basemap
) -> None:
    state = at("2017-09-01")
    steps = sum(1 for _ in ahead(unasked, basemap, state.time.cursor, state.ground, 900.0))
    assert steps > 100
    assert not list(ahead(unasked, basemap, state.time.cursor, state.ground, 900.0)), "all is known"

    other = replace(unasked)
    for day in shown_spells(unasked, FADES_AT).days.tolist()[::120]:
        then = replace(state, time=replace(state.time, cursor=day))
        assert is_ready(then, unasked, basemap)
        made, anew = shares(unasked, basemap, then), shares(other, basemap, then)
        assert list(made) == list(anew)
        for one, same in zip(made.values(), anew.values(), strict=True):
            assert one.ground.outline.knows(one.ground.outline.level(900.0))
            assert all(np.array_equal(a, b) for a, b in zip(one.rings, same.rings, strict=True))
            assert (one.edge is None) == (same.edge is None)
            if one.edge is not None and same.edge is not None:
                lines = zip(one.edge.outline.rings, same.edge.outline.rings, strict=True)
                assert all(np.array_equal(a, b) for a, b in lines)
            assert (one.actors, one.control, one.strength, one.entries) == (
                same.actors, same.control, same.strength, same.entries
            )  # fmt: skip


def test_a_day_made_ahead_is_not_made_again_and_no_more_are_than_there_is_room_for(
    at: At, unasked: DataSet, basemap: Basemap, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, days = at("2017-09-01"), shown_spells(unasked, FADES_AT).days.tolist()
    monkeypatch.setattr(ground, "MOST_NAMED", 20_000)
    assert list(ahead(unasked, basemap, state.time.cursor, state.ground, 900.0))
    assert list(days_ahead(unasked, basemap, state.time.cursor, state.ground))
    asked = list[int]()
    make = ground._areas
    monkeypatch.setattr(ground, "_areas", lambda *given: asked.append(given[2]) or make(*given))
    named = 0
    for day in days:
        named += len(GroundLayer().primitives(replace(state, time=replace(state.time, cursor=day)), unasked, basemap))

    assert 0 < len(asked) < len(days)
    assert min(abs(day - state.time.cursor) for day in asked) > 30, "the nearest were made first"
    assert named > 20_000


def test_a_day_of_very_many_towns_is_not_worked_out_unasked(
    at: At, unasked: DataSet, basemap: Basemap, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = at("2017-09-01")
    monkeypatch.setattr(ground, "MOST_TOWNS", 0)
    assert not list(ahead(unasked, basemap, state.time.cursor, state.ground, 900.0))
    monkeypatch.undo()
    monkeypatch.setattr(ground, "MOST_AHEAD", 50)
    steps = sum(1 for _ in ahead(unasked, basemap, state.time.cursor, state.ground, 900.0))
    assert 0 < steps < 60
