"""Commands: each turns one state into the next, within bounds, and refuses what is no state."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from viewer.domain.dates import date_of, day_of, parse
from viewer.session.commands import (
    DAY_LIMITS,
    MAP_LIMIT,
    SCALE_LIMITS,
    WINDOW_LIMITS,
    Batch,
    Command,
    OpenList,
    PlayTo,
    Select,
    SetCamera,
    SetCursor,
    SetFilters,
    SetLabels,
    SetMode,
    SetOpacity,
    SetPlay,
    SetRaster,
    SetSpan,
    SetStartsIn,
    SetStep,
    SetTheme,
    SetWindow,
    ToggleLayer,
    TogglePin,
)
from viewer.session.state import Camera, Filters, Play, Raster, Ref, State, Time

START = State(time=Time(cursor=100, window_days=30))


@pytest.mark.parametrize(
    ("command", "after"),
    [
        (Command(), START),
        (SetCursor(5), replace(START, time=Time(cursor=5))),
        (PlayTo(5), replace(START, time=Time(cursor=5), play=Play(running=True))),
        (PlayTo(5, False), replace(START, time=Time(cursor=5))),
        (SetPlay(Play(loop=True)), replace(START, play=Play(loop=True))),
        (SetMode("day"), replace(START, time=Time(100, "day"))),
        (SetMode("never"), START),
        (SetRaster("a.mbtiles"), replace(START, raster=Raster("a.mbtiles"))),
        (SetRaster(""), START),
        (SetOpacity(40), replace(START, raster=Raster("", 40))),
        (SetOpacity(55), START),
        (SetWindow(7), replace(START, time=Time(100, "window", 7))),
        (SetStep("week"), replace(START, time=Time(100, step="week"))),
        (SetStep("fortnight"), START),
        (SetStartsIn(True), replace(START, time=Time(100, starts_in=True))),
        (SetSpan(11, 20), replace(START, time=Time(20, "window", 10))),
        (SetSpan(20, 11), replace(START, time=Time(20, "window", 10))),
        (SetSpan(11, 11), replace(START, time=Time(11, "window", 1))),
        (SetCamera(Camera(1.0, 2.0, 300.0)), replace(START, camera=Camera(1.0, 2.0, 300.0))),
        (SetFilters(Filters(types=("raid",))), replace(START, filters=Filters(types=("raid",)))),
        (Select(Ref("event", "a")), replace(START, selected=Ref("event", "a"))),
        (OpenList("stack", ("a", "b")), replace(START, listed="stack", stack=("a", "b"))),
        (TogglePin("hajin"), replace(START, pins=(*START.pins, "hajin"))),
        (SetTheme("dark"), replace(START, theme="dark")),
        (SetTheme("pink"), START),
        (SetLabels("arabic"), replace(START, labels="arabic")),
        (SetLabels("runes"), START),
        (Batch((SetCursor(1), SetCursor(2), SetTheme("dark"))), replace(START, time=Time(cursor=2), theme="dark")),
    ],
)
def test_each_command_does_what_it_says(command: Command, after: State) -> None:
    assert command.apply(START) == after


def test_toggles_come_back() -> None:
    for command in (ToggleLayer("towns"), TogglePin("hajin"), TogglePin("raqqa")):
        once = command.apply(START)
        assert once != START
    assert ToggleLayer("towns").apply(ToggleLayer("towns").apply(START)) == START
    assert TogglePin("hajin").apply(TogglePin("hajin").apply(START)) == START
    assert TogglePin("raqqa").apply(START).pins == ("raqqa",)


@pytest.mark.parametrize("day", [-(10**12), 10**12])
def test_time_stays_in_the_calendar(day: int) -> None:
    for command in (SetCursor(day), PlayTo(day), SetSpan(day, day)):
        cursor = command.apply(START).time.cursor
        assert cursor in DAY_LIMITS
        assert day_of(date_of(cursor)) == cursor


def test_a_window_stays_a_window() -> None:
    assert SetWindow(-5).apply(START).time.window_days == WINDOW_LIMITS[0]
    assert SetWindow(10**9).apply(START).time.window_days == WINDOW_LIMITS[1]
    first, last = parse("0001").earliest or 0, parse("9999").latest or 0
    assert SetSpan(first, last).apply(START).time.window_days == WINDOW_LIMITS[1]


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_camera_that_is_nowhere_is_ignored(wrong: float) -> None:
    for camera in (Camera(wrong, 0.0, 500.0), Camera(0.0, wrong, 500.0), Camera(0.0, 0.0, wrong)):
        assert SetCamera(camera).apply(START) == START


def test_a_camera_stays_over_the_map() -> None:
    assert SetCamera(Camera(1e12, -1e12, 1e12)).apply(START).camera == Camera(MAP_LIMIT, -MAP_LIMIT, SCALE_LIMITS[1])
    assert SetCamera(Camera(0.0, 0.0, 0.0)).apply(START).camera.scale == SCALE_LIMITS[0]


def test_what_is_dragged_merges_and_what_plays_is_no_step() -> None:
    assert {c.merges for c in (SetCursor, SetWindow, SetSpan, SetCamera)} == {"cursor", "window", "span", "camera"}
    assert {c.undoable for c in (PlayTo, SetPlay, SetTheme, SetLabels)} == {False}
    assert SetMode.undoable and not SetMode.merges


def test_a_base_layer_that_is_chosen_is_shown_as_strongly_as_the_last() -> None:
    hidden = replace(START, layers=START.layers - {"raster"}, raster=Raster("a.mbtiles", 70))

    assert SetRaster("b.mbtiles").apply(hidden) == replace(START, raster=Raster("b.mbtiles", 70))
    assert SetRaster("").apply(hidden) == replace(hidden, raster=Raster("", 70))
