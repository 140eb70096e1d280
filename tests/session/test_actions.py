"""The table of actions: complete, free of clashes, and each row does what its title says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from viewer.domain.dates import parse
from viewer.session.actions import ACTIONS, BY_ID, MENUS, closing, keys_page, position_of, rows_in_view
from viewer.session.map_layers import ALL_LAYERS
from viewer.session.state import (
    COORDINATES,
    THEMES,
    UNITS,
    Filters,
    Play,
    RangeRings,
    Raster,
    Ref,
    State,
    Time,
)
from viewer.store.dataset import DataSet

CHECKOUT = Path(__file__).parents[2]
DAY = parse("2017-12-25").earliest or 0

LOOK_KEYS = {
    "Space": "play", "Right": "forward", "Left": "back", "Shift+Right": "forward_week", "Shift+Left": "back_week",
    "Ctrl+Right": "forward_month", "Ctrl+Left": "back_month", "Alt+Right": "next_event",
    "Alt+Left": "previous_event", "Home": "first_day", "End": "last_day", "+": "faster", "-": "slower",
    "R": "reverse", "L": "loop", "T": "type_date", "[": "shorter", "]": "longer", "C": "mode_cumulative",
    "Ctrl+K": "search", "Ctrl+Z": "undo", "Ctrl+Shift+Z": "redo", "Ctrl+Y": "redo", "Up": "previous_record",
    "Down": "next_record", "Esc": "close", "Ctrl+C": "copy_citation", "Ctrl+Shift+C": "copy_picture",
    "F11": "full_screen", "F": "fit",
}  # fmt: skip


def state_at(day: int = DAY, **more: object) -> State:
    return replace(State(time=Time(cursor=day)), **more)  # type: ignore[arg-type]


def after(name: str, data: DataSet, state: State) -> State:
    make = BY_ID[name].make
    assert make is not None
    command = make(data, state)
    return state if command is None else command.apply(state)


def test_no_two_actions_share_a_key() -> None:
    keys = Counter(key for action in ACTIONS for key in action.keys)

    assert [key for key, number in keys.items() if number > 1] == []


def test_ids_and_titles_are_unique_and_every_menu_is_known() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert len({action.title for action in ACTIONS}) == len(ACTIONS)
    assert {action.menu for action in ACTIONS} == set(MENUS)
    assert all(action.title.strip() for action in ACTIONS)


@pytest.mark.parametrize(("key", "name"), LOOK_KEYS.items())
def test_the_keys_that_were_promised_are_there(key: str, name: str) -> None:
    assert key in BY_ID[name].keys


def test_the_guide_lists_every_action_with_its_keys() -> None:
    assert (CHECKOUT / "docs" / "keys.md").read_text(encoding="utf-8") == keys_page(), (
        "write docs/keys.md again from viewer.session.actions.keys_page()"
    )


def test_every_layer_has_a_switch() -> None:
    assert {f"layer_{layer}" for layer in ALL_LAYERS} <= set(BY_ID)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("forward", "2017-12-26"), ("back", "2017-12-24"), ("forward_week", "2018-01-01"), ("back_week", "2017-12-18"),
        ("forward_month", "2018-01-25"), ("back_month", "2017-11-25"),
    ],
)  # fmt: skip
def test_steps_move_the_cursor(small: DataSet, name: str, expected: str) -> None:
    assert after(name, small, state_at()).time.cursor == parse(expected).earliest


def test_the_arrow_goes_by_the_chosen_step_and_choosing_it_never_moves_the_time(small: DataSet) -> None:
    weekly = after("step", small, state_at())

    assert (weekly.time.step, weekly.time.cursor) == ("week", DAY)
    assert after("forward", small, weekly).time.cursor == DAY + 7


def test_steps_stop_at_the_ends_and_home_and_end_go_there(small: DataSet) -> None:
    last = after("last_day", small, state_at())
    first = after("first_day", small, state_at())

    assert first.time.cursor < DAY < last.time.cursor
    assert after("forward_month", small, last) == last
    assert after("back", small, first) == first


def test_the_next_incident_is_found_and_where_there_is_none_nothing_moves(small: DataSet) -> None:
    assert after("previous_event", small, state_at()).time.cursor == parse("2017-12-22").earliest
    assert after("next_event", small, state_at()) == state_at()


def test_playing(small: DataSet) -> None:
    running = after("play", small, state_at())

    assert running.play.running
    assert not after("play", small, running).play.running
    assert after("reverse", small, state_at()).play.reverse
    assert after("loop", small, state_at()).play.loop
    assert after("faster", small, state_at()).play.days_per_second == 30
    assert after("slower", small, state_at()).play.days_per_second == 10
    assert after("slower", small, state_at(play=Play(days_per_second=1.0))).play.days_per_second == 1.0


def test_the_window(small: DataSet) -> None:
    assert after("longer", small, state_at()).time.window_days == 60
    assert after("shorter", small, state_at()).time.window_days == 14
    assert after("mode_day", small, state_at()).time.mode == "day"
    cumulative = after("mode_cumulative", small, state_at())
    assert cumulative.time.mode == "cumulative"
    assert after("mode_cumulative", small, cumulative).time.mode == "window"
    assert after("mode_window", small, cumulative).time.mode == "window"
    assert after("starts_in", small, state_at()).time.starts_in


def keys_in_view(data: DataSet, state: State) -> tuple[str, ...]:
    return tuple(data.events.keys[row] for row in rows_in_view(data, state).tolist())


def test_going_through_the_records_in_view_holds_at_both_ends(small: DataSet) -> None:
    state = state_at()
    keys = keys_in_view(small, state)
    assert len(keys) > 3

    seen = []
    for _ in range(len(keys) + 2):
        state = after("next_record", small, state)
        seen.append(state.selected.key if state.selected else "")
    assert seen == [*keys, keys[-1], keys[-1]]
    assert after("previous_record", small, state).selected == Ref("event", keys[-2])


def test_an_open_list_is_what_the_arrows_go_through(small: DataSet) -> None:
    assert keys_in_view(small, state_at(listed="stack", stack=("month", "week"))) == ("month", "week")
    assert keys_in_view(small, state_at(listed="undated")) == ("undated",)
    assert "unplaced" in keys_in_view(small, state_at(listed="unplaced"))
    listed = after("next_record", small, state_at(listed="stack", stack=("month", "week")))
    assert listed.selected == Ref("event", "month")


def test_the_arrows_go_through_a_stack_in_order_of_time_whatever_lay_on_top(small: DataSet) -> None:
    keys = keys_in_view(small, state_at())
    state = state_at(listed="stack", stack=(*keys[::-1], "no-such"))

    assert keys_in_view(small, state) == keys
    seen = []
    for _ in keys:
        state = after("next_record", small, state)
        seen.append(state.selected.key if state.selected else "")
    assert tuple(seen) == keys
    assert after("previous_record", small, state).selected == Ref("event", keys[-2])


def test_escape_closes_the_list_before_the_detail_pane() -> None:
    state = state_at(listed="view", selected=Ref("event", "month"))
    for expected in (("", Ref("event", "month")), ("", None)):
        command = closing(state)
        assert command is not None
        state = command.apply(state)
        assert (state.listed, state.selected) == expected
    assert closing(state) is None


def test_filters_by_what_is_selected_and_none(small: DataSet) -> None:
    by_actor = after("filter_selected", small, state_at(selected=Ref("actor", "is")))

    assert by_actor.filters == Filters(actors=("is",))
    assert after("filter_selected", small, state_at(selected=Ref("place", "dz"))).filters.places == ("dz",)
    assert after("clear_filters", small, by_actor).filters == Filters()
    assert after("filter_selected", small, state_at()) == state_at()


def test_a_lane_for_the_place_of_what_is_selected(small: DataSet) -> None:
    pinned = state_at(selected=Ref("place", "mosul"), pins=("mosul",))
    assert "mosul" not in after("pin", small, pinned).pins
    assert "mayadin" in after("pin", small, state_at(selected=Ref("event", "may-strikes"))).pins
    assert after("pin", small, state_at(selected=Ref("actor", "is"))) == state_at(selected=Ref("actor", "is"))


def test_where_a_record_lies(small: DataSet) -> None:
    assert position_of(small, Ref("claim", "m1")) == (40.4503, 35.0197)
    assert position_of(small, None) is None


def test_layers_theme_and_labels(small: DataSet) -> None:
    state = state_at()
    for layer in ALL_LAYERS:
        action = BY_ID[f"layer_{layer}"]
        assert action.checked is not None
        assert action.checked(state)
        assert not action.checked(after(action.id, small, state))
    for name, theme in (("theme", "dark"), ("theme_print", "print")):
        assert [after(name, small, replace(state, theme=before)).theme for before in THEMES] == [
            "light" if before == theme else theme for before in THEMES
        ]
        checked = BY_ID[name].checked
        assert checked is not None
        assert [checked(replace(state, theme=before)) for before in THEMES] == [before == theme for before in THEMES]
    assert [after("labels", small, replace(state, labels=kind)).labels for kind in ("latin", "arabic", "both")] == [
        "arabic", "both", "latin",
    ]  # fmt: skip


def test_switches_tell_the_truth(small: DataSet) -> None:
    """A switch that is done changes what it says of itself; only the mode of a window is on from the start."""
    for action in ACTIONS:
        if action.checked is not None and action.make is not None and action.id != "mode_window":
            assert action.checked(state_at()) != action.checked(after(action.id, small, state_at())), action.id


def test_keys_are_written_as_the_menus_show_them() -> None:
    parts = re.compile(r"(?:(?:Ctrl|Shift|Alt)\+)*(?:[A-Z0-9]|F\d+|[-+=/,.\[\]]|(?:[A-Z][a-z]+)+)")
    assert [key for action in ACTIONS for key in action.keys if not parts.fullmatch(key)] == []


def test_layers_have_their_keys_in_the_order_of_their_boxes() -> None:
    layers = [action for action in ACTIONS if action.id.startswith("layer_")]
    assert [action.id.removeprefix("layer_") for action in layers] == list(reversed(ALL_LAYERS))
    assert "".join(key for action in layers for key in action.keys) == "1234567890"


def test_whatever_may_have_nothing_to_do_says_why(small: DataSet) -> None:
    nothing = State(time=Time(cursor=-500_000, mode="day"), filters=Filters(text="zzxxqq"))
    for state in (nothing, replace(nothing, filters=Filters())):
        for action in ACTIONS:
            if action.make is not None and action.make(small, state) is None:
                assert action.idle, action.id


def test_the_base_layer_is_weakened_in_turn_and_taken_away(small: DataSet) -> None:
    state = state_at(raster=Raster("a.mbtiles"))
    opacities = []
    for _ in range(3):
        state = after("raster_opacity", small, state)
        opacities.append(state.raster.opacity)
    assert opacities == [70, 40, 100]
    assert after("raster_remove", small, state).raster == Raster()
    assert [BY_ID[name].make(small, state_at()) for name in ("raster_opacity", "raster_remove")] == [None, None]


def test_one_key_goes_from_degrees_to_the_military_grid_to_no_lines(small: DataSet) -> None:
    state = state_at()
    seen = []
    for _ in range(4):
        seen.append((state.grid, "graticule" in state.layers))
        state = after("grid", small, state)
    assert seen == [("graticule", True), ("mgrs", True), ("mgrs", False), ("graticule", True)]


def test_forms_and_units_follow_each_other(small: DataSet) -> None:
    for name, values, field in (("coordinates", COORDINATES, "coordinates"), ("units", UNITS, "units")):
        state, seen = state_at(), []
        for _ in values:
            seen.append(getattr(state, field))
            state = after(name, small, state)
        assert seen == list(values)
        assert getattr(state, field) == values[0]


def test_range_rings_are_taken_away_together(small: DataSet) -> None:
    state = state_at(range_rings=(RangeRings((40.0, 35.0), (5_000.0,)),))
    assert after("clear_range_rings", small, state).range_rings == ()
    assert after("clear_range_rings", small, state_at()) == state_at()
