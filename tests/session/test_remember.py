"""The state as JSON: it comes back as it was, and whatever a file holds, a state comes out."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.session.commands import DAY_LIMITS, MAP_LIMIT, SCALE_LIMITS, WINDOW_LIMITS
from viewer.session.map_layers import ALL_LAYERS
from viewer.session.remember import MAX_ITEMS, MAX_LETTERS, MAX_PATH_LETTERS, state_from_json, state_to_json
from viewer.session.state import (
    COORDINATES,
    CORNERS,
    GRIDS,
    LABELS,
    MODES,
    OPACITIES,
    STEPS,
    THEMES,
    UNITS,
    Camera,
    Filters,
    Measure,
    Play,
    RangeRings,
    Raster,
    Ref,
    State,
    Time,
)  # fmt: skip

words = st.lists(st.text(max_size=8), max_size=3).map(tuple)
metres = st.floats(-MAP_LIMIT, MAP_LIMIT)
points = st.tuples(st.floats(-180, 180), st.floats(-85, 85))
STATES = st.builds(
    State,
    camera=st.builds(Camera, x=metres, y=metres, scale=st.floats(*SCALE_LIMITS)),
    time=st.builds(
        Time, cursor=st.integers(*DAY_LIMITS), mode=st.sampled_from(MODES), window_days=st.integers(*WINDOW_LIMITS),
        step=st.sampled_from(STEPS), starts_in=st.booleans(),
    ),
    play=st.builds(Play, days_per_second=st.floats(0.01, 10_000), reverse=st.booleans(), loop=st.booleans()),
    filters=st.builds(
        Filters, actors=words, types=words, places=words, actualities=words, forms=words, text=st.text(max_size=9),
        bbox=st.none() | st.just((38.0, 33.0, 42.0, 37.0)),
    ),
    layers=st.frozensets(st.sampled_from(ALL_LAYERS)),
    pins=words,
    theme=st.sampled_from(THEMES),
    labels=st.sampled_from(LABELS),
    raster=st.builds(
        Raster, path=st.text(st.characters(exclude_characters="\0"), max_size=9), opacity=st.sampled_from(OPACITIES)
    ),
    grid=st.sampled_from(GRIDS),
    coordinates=st.sampled_from(COORDINATES),
    units=st.sampled_from(UNITS),
    compare=st.none() | st.integers(*DAY_LIMITS),
    swipe=st.none() | st.floats(0.0, 1.0),
    corner=st.sampled_from(CORNERS),
    measure=st.builds(Measure, st.lists(points, min_size=3, max_size=5).map(tuple), st.booleans()) | st.just(Measure()),
    range_rings=st.lists(
        st.builds(RangeRings, points, st.lists(st.floats(1.0, 2e6), min_size=1, max_size=4).map(tuple)), max_size=3
    ).map(tuple),
)  # fmt: skip


@given(STATES)
def test_a_state_comes_back_as_it_was(state: State) -> None:
    assert state_from_json(json.loads(json.dumps(state_to_json(state), allow_nan=False))) == state


def test_what_ends_with_the_session_is_not_kept() -> None:
    state = State(selected=Ref("event", "a"), listed="stack", stack=("a",), play=Play(running=True))
    assert state_from_json(state_to_json(state)) == State()


def test_nothing_is_the_default() -> None:
    mine = State(theme="dark", time=Time(cursor=7))
    assert state_from_json({}) == State()
    assert state_from_json({}, mine) == mine
    assert state_from_json({"new field": 1, "time": {"new": 2}}, mine) == mine


@pytest.mark.parametrize(
    "view",
    [
        {"grid": "utm"}, {"coordinates": 3}, {"units": ["km"]}, {"measure": [[1, 2]]}, {"measure": {"path": [[1]]}},
        {"measure": {"path": [[1, 95]]}}, {"measure": {"path": [[1, 2]] * 501}}, {"measure": {"closed": True}},
        {"range_rings": {}}, {"range_rings": [5]}, {"range_rings": [{"centre": [1, 2], "radii_m": [0]}]},
        {"range_rings": [{"centre": [1], "radii_m": [5]}]}, {"range_rings": [{"centre": [1, 2]}]},
        {"range_rings": [{"centre": [1, 2], "radii_m": list(range(1, 14))}]},
        {"theme": "pink"}, {"theme": ["dark"]}, {"theme": None}, {"labels": 3}, {"camera": 5}, {"camera": [1, 2, 3]},
        {"camera": {"x": "1"}}, {"camera": {"x": True}}, {"camera": {"x": math.nan}}, {"camera": {"scale": math.inf}},
        {"camera": {"scale": 0}}, {"camera": {"y": 10**400}}, {"time": {"cursor": 1.5}}, {"time": {"cursor": True}},
        {"time": {"cursor": 10**30}}, {"time": {"window_days": 0}}, {"time": {"mode": {}}}, {"time": {"starts_in": 1}},
        {"play": {"days_per_second": -1}}, {"play": {"running": True}}, {"play": {"loop": "yes"}},
        {"filters": {"actors": "is"}}, {"filters": {"actors": [1]}}, {"filters": {"actors": ["x"] * (MAX_ITEMS + 1)}},
        {"filters": {"text": "x" * (MAX_LETTERS + 1)}}, {"filters": {"text": 5}}, {"filters": {"bbox": [1, 2, 3]}},
        {"filters": {"bbox": [1, 2, 3, "4"]}}, {"filters": {"bbox": [5, 2, 3, 4]}},
        {"filters": {"bbox": [1, 80, 2, 95]}},
        {"filters": {"bbox": [math.nan, 1, 2, 3]}}, {"filters": {"bbox": [10**400, 1, 2, 3]}},
        {"filters": {"bbox": "all"}},
        {"hidden": "towns"}, {"hidden": [["towns"]]}, {"hidden": ["nonsense"]}, {"layers": ["nonsense"]},
        {"pins": {"raqqa": 1}}, {"pins": None}, {"raster": "a.mbtiles"}, {"raster": {"path": 5}},
        {"raster": {"path": "a\0b"}}, {"raster": {"path": "x" * (MAX_PATH_LETTERS + 1)}},
        {"raster": {"opacity": 55}}, {"raster": {"opacity": 70.0}}, {"raster": {"opacity": [70]}},
    ],
)  # fmt: skip
def test_a_wrong_value_falls_back_alone(view: dict[str, Any]) -> None:
    assert state_from_json(view) == State()


def test_a_right_value_beside_a_wrong_one_counts() -> None:
    view = {"time": {"cursor": "x", "step": "week"}, "filters": {"text": 5, "forms": ["tally"]}}
    state = state_from_json(
        {**view, "play": {"reverse": True, "loop": 1}, "camera": {"x": None, "y": 2}, "hidden": 1, "pins": ["a"]}
    )
    assert state == State(
        camera=Camera(y=2.0),
        time=Time(step="week"),
        play=Play(reverse=True),
        filters=Filters(forms=("tally",)),
        pins=("a",),
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
PARTS = ("camera", "time", "play", "filters", "hidden", "pins", "theme", "labels", "raster")
FIELDS = (
    "x", "scale", "cursor", "mode", "window_days", "starts_in", "actors", "text", "bbox", "loop", "path", "opacity",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(PARTS), JSON | st.dictionaries(st.sampled_from(FIELDS), JSON)))
def test_any_json_gives_a_state(view: dict[str, Any]) -> None:
    state = state_from_json(view)
    assert state_from_json(state_to_json(state)) == state
    assert hash(state)


def test_a_layer_that_came_later_shows_and_what_was_switched_off_stays_off(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = state_to_json(State(layers=frozenset(ALL_LAYERS) - {"towns"}))
    monkeypatch.setattr("viewer.session.remember.ALL_LAYERS", (*ALL_LAYERS, "dust"))

    assert state_from_json(kept).layers == {*ALL_LAYERS, "dust"} - {"towns"}


def test_mutated_json_never_raises() -> None:
    whole = json.dumps(state_to_json(State(filters=Filters(bbox=(38, 33, 42, 37), actors=("is",))))).encode()
    read = 0
    for seed in range(2000):
        chance = random.Random(seed)  # noqa: S311 - damage on purpose, to be made again from its seed
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            raw[chance.randrange(len(raw))] = chance.choice(b'0123456789-.eE,:"[]{}truefalsn \x00')
        try:
            view = json.loads(raw)
        except ValueError:
            continue
        if isinstance(view, dict):
            read += 1
            assert isinstance(state_from_json(view), State)
    assert read > 200
