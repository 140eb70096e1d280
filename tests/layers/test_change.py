"""The layer of what changed hands says what the computing found, and nothing while no day is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from viewer.domain.dates import parse
from viewer.geo.basemap import Basemap
from viewer.geo.pick import inside
from viewer.geo.projection import point_to_map
from viewer.layers.change import ChangeLayer, is_ready
from viewer.layers.primitives import Calm, ChangeArea
from viewer.session.change import changes
from viewer.session.change_words import change_words
from viewer.session.state import State
from viewer.store.dataset import DataSet

FIRST = parse("2017-01-01").earliest or 0
At = Callable[..., State]


@pytest.fixture
def areas(at: At, builtin: DataSet, basemap: Basemap) -> tuple[object, ...]:
    return ChangeLayer().primitives(compared(at), builtin, basemap)


def compared(at: At, day: str = "2017-11-14") -> State:
    return replace(at(day), compare=FIRST)


def test_nothing_is_drawn_while_no_day_is_compared_with(at: At, builtin: DataSet, basemap: Basemap) -> None:
    assert ChangeLayer().primitives(at("2017-11-14"), builtin, basemap) == ()
    assert is_ready(at("2017-11-14"), builtin, basemap)


def test_the_veil_lies_below_a_piece_for_each_change(
    areas: tuple[object, ...], at: At, builtin: DataSet, basemap: Basemap
) -> None:
    veil, *pieces = areas
    found = changes(builtin, basemap, FIRST, compared(at).time.cursor, "reach")

    assert isinstance(veil, Calm)
    assert all(isinstance(piece, ChangeArea) for piece in pieces)
    lines = [entry.text for piece in pieces for entry, _ in piece.entries]  # type: ignore[attr-defined]
    assert list(dict.fromkeys(lines)) == [change_words(builtin, change) for change in found]
    assert lines[0].startswith("GOV from IS: ")


def test_hovering_names_both_holders_and_both_days(areas: tuple[object, ...], at: At) -> None:
    x, y = point_to_map(39.02, 35.95)  # Raqqa
    (raqqa,) = (
        one for one in areas if isinstance(one, ChangeArea) and inside(one.ground.outline.rings, x, y)
    )
    assert callable(raqqa.title)
    said = raqqa.title(compared(at).time.cursor)

    assert said == (
        "Held by Islamic State on 1 Jan 2017, by Syrian Democratic Forces on 14 Nov 2017 (derived)"
    )
    assert (raqqa.was, raqqa.now, raqqa.code) == (("is",), ("sdf",), "IS \u2192 SDF")


def test_days_on_which_nothing_changes_share_the_answer(at: At, builtin: DataSet, basemap: Basemap) -> None:
    layer = ChangeLayer()
    state = compared(at, "2017-11-14")
    made = layer.primitives(state, builtin, basemap)
    assert is_ready(state, builtin, basemap)
    others = [replace(state, time=replace(state.time, cursor=state.time.cursor + days)) for days in range(1, 20)]
    same = [other for other in others if is_ready(other, builtin, basemap)]

    assert same, "there are days on which nothing changes"
    assert all(layer.primitives(other, builtin, basemap) is made for other in same)


def test_a_hidden_layer_needs_nothing(at: At, builtin: DataSet, basemap: Basemap) -> None:
    state = compared(at, "2016-02-29")

    assert not is_ready(state, builtin, basemap)
    assert is_ready(replace(state, layers=state.layers - {"change"}), builtin, basemap)
