"""Time plays at the pace of the wall clock, steps by the calendar and stops or turns at its ends."""

from __future__ import annotations

import datetime as dt

import pytest

from viewer.domain.dates import Day, day_of, parse
from viewer.session.actions import play_or_pause
from viewer.session.busy import busy_extent, played
from viewer.session.commands import Batch, PlayTo, Select, SetCursor, SetSpan
from viewer.session.playback import Pace, brought_into_view, gone_to, looked_at, said_of_play, started, step
from viewer.session.selectors import extent
from viewer.session.state import Play, Ref, State, Time
from viewer.store.dataset import DataSet

EXTENT = (0, 99)


def day(text: str) -> Day:
    return day_of(dt.date.fromisoformat(text))


def playing(cursor: Day, speed: float = 10.0, reverse: bool = False, loop: bool = False) -> State:
    return State(time=Time(cursor=cursor), play=Play(True, speed, reverse, loop))


def test_nothing_moves_while_paused() -> None:
    pace, command = Pace(0.7).after(State(time=Time(cursor=5)), 0.5, EXTENT)

    assert command is None
    assert pace == Pace()


def test_a_slow_frame_skips_days_so_that_the_pace_holds() -> None:
    pace, command = Pace().after(playing(5), 0.5, EXTENT)

    assert command == PlayTo(10, True)
    assert pace.owed == pytest.approx(0.0)


def test_fractions_of_a_day_are_carried() -> None:
    """A hundred frames of 33 ms at one day per second are 3.3 s: three days, and 0.3 owed."""
    pace, state = Pace(), playing(0, speed=1.0)
    for _ in range(100):
        pace, command = pace.after(state, 0.033, EXTENT)
        state = command.apply(state) if command else state

    assert state.time.cursor == 3
    assert pace.owed == pytest.approx(0.3)


def test_a_machine_that_slept_does_not_leap() -> None:
    _, command = Pace().after(playing(0), 3600.0, EXTENT)

    assert command == PlayTo(10, True)


@pytest.mark.parametrize(("cursor", "reverse", "end"), [(97, False, 99), (2, True, 0)])
def test_play_stops_on_the_last_day(cursor: Day, reverse: bool, end: Day) -> None:
    _, command = Pace().after(playing(cursor, reverse=reverse), 0.5, EXTENT)

    assert command == PlayTo(end, running=False)


@pytest.mark.parametrize(("cursor", "reverse", "goal"), [(97, False, 2), (2, True, 97)])
def test_a_loop_goes_round(cursor: Day, reverse: bool, goal: Day) -> None:
    _, command = Pace().after(playing(cursor, reverse=reverse, loop=True), 0.5, EXTENT)

    assert command == PlayTo(goal, running=True)


def test_the_last_day_itself_is_shown_before_play_stops() -> None:
    _, command = Pace().after(playing(94), 0.5, EXTENT)

    assert command == PlayTo(99, running=True)


@pytest.mark.parametrize(
    ("cursor", "reverse", "begin"),
    [
        (50, False, None), (50, True, None), (0, False, None), (99, True, None),
        (99, False, 0), (0, True, 99), (-900, False, 0), (-900, True, 99),
    ],
)  # fmt: skip
def test_play_at_its_end_begins_again(cursor: Day, reverse: bool, begin: Day | None) -> None:
    state = State(time=Time(cursor=cursor), play=Play(reverse=reverse))

    assert started(state, EXTENT) == (None if begin is None else PlayTo(begin, running=True))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (playing(98), State(time=Time(cursor=99)), "is the last day: Space plays again from 1 Jan 1970"),
        (playing(1, reverse=True), State(time=Time(cursor=0), play=Play(reverse=True)), "1 Jan 1970 is the first day"),
        (State(time=Time(cursor=99)), playing(0), "Playing again from 1 Jan 1970"),
        (playing(40), State(time=Time(cursor=40)), ""),
        (State(time=Time(cursor=40)), playing(40), ""),
    ],
)
def test_the_end_of_playing_and_a_leap_to_begin_again_are_said(before: State, after: State, said: str) -> None:
    found = said_of_play(before, after, EXTENT, "Space")

    assert said in found
    assert bool(said) == bool(found)


def test_play_begins_where_things_begin_to_happen_not_at_a_lone_old_record(builtin: DataSet) -> None:
    (first, last), busy = extent(builtin), busy_extent(builtin)[0]

    assert busy - first > 365
    assert played(builtin, last) == played(builtin, busy) == (busy, last)
    assert played(builtin, busy - 1) == (first, last)  # somebody went there
    assert play_or_pause(builtin, State(time=Time(cursor=last))) == PlayTo(busy)


@pytest.mark.parametrize("reverse", [False, True])
def test_play_from_beyond_the_extent_begins_at_an_end_it_can_leave(reverse: bool) -> None:
    command = started(State(time=Time(cursor=5000), play=Play(reverse=reverse)), EXTENT)

    assert command == PlayTo(99 if reverse else 0)


@pytest.mark.parametrize(
    ("start", "unit", "direction", "end"),
    [
        ("2017-12-31", "day", 1, "2018-01-01"),
        ("2017-03-01", "week", -1, "2017-02-22"),
        ("2017-01-31", "month", 1, "2017-02-28"),
        ("2016-01-31", "month", 1, "2016-02-29"),
        ("2017-01-15", "month", -1, "2016-12-15"),
        ("2016-02-29", "year", 1, "2017-02-28"),
        ("2017-11-14", "year", -1, "2016-11-14"),
        ("9999-12-31", "month", 1, "9999-12-31"),
        ("9999-12-31", "day", 1, "9999-12-31"),
        ("0001-01-01", "year", -1, "0001-01-01"),
    ],
)
def test_a_step_follows_the_calendar(start: str, unit: str, direction: int, end: str) -> None:
    assert step(day(start), unit, direction) == day(end)


def test_an_unknown_step_is_refused() -> None:
    with pytest.raises(ValueError, match="use day, week, month or year"):
        step(0, "fortnight", 1)


@pytest.mark.parametrize(
    ("typed", "mode", "command"),
    [
        ("2017-11-14", "window", SetCursor(day("2017-11-14"))),
        ("2017-11", "window", SetSpan(day("2017-11-01"), day("2017-11-30"))),
        ("2017-11", "day", SetCursor(day("2017-11-01"))),
        ("2017-11", "cumulative", SetCursor(day("2017-11-30"))),
        ("2017-05-03/2017-06-09", "cumulative", SetSpan(day("2017-05-03"), day("2017-06-09"))),
        ("2017-05-03/2017-06-09", "day", SetSpan(day("2017-05-03"), day("2017-06-09"))),
        ("../2019-01-30", "cumulative", SetCursor(day("2019-01-30"))),
        ("../2019-01-30", "window", SetCursor(day("2019-01-30"))),
        ("2017-06/..", "window", SetCursor(day("2017-06-01"))),
        ("../..", "window", None),
        ("", "window", None),
    ],
)
def test_going_to_a_date(typed: str, mode: str, command: object) -> None:
    assert gone_to(parse(typed), Time(mode=mode)) == command


@pytest.mark.parametrize(
    ("earliest", "latest", "time", "command"),
    [
        (100, 100, Time(100, "day"), None),
        (100, 105, Time(103, "day"), None),
        (100, 105, Time(99, "day"), SetCursor(100)),
        (95, 105, Time(110, "window", 10), None),
        (80, 85, Time(110, "window", 10), SetCursor(85)),
        (80, 300, Time(70, "window", 10), SetCursor(89)),
        (100, 110, Time(99, "cumulative"), SetCursor(110)),
        (100, 110, Time(105, "cumulative"), None),
        (None, 50, Time(40, "window", 10), None),
        (None, 50, Time(70, "window", 10), SetCursor(50)),
        (50, None, Time(70, "window", 10), None),
        (50, None, Time(40, "window", 10), SetCursor(50)),
        (95, 105, Time(110, "window", 10, starts_in=True), SetCursor(104)),
        (None, None, Time(40), None),
    ],
)
def test_bringing_a_record_into_view(earliest: Day | None, latest: Day | None, time: Time, command: object) -> None:
    assert brought_into_view(earliest, latest, time) == command
    if isinstance(command, SetCursor):
        shown = command.apply(State(time=time)).time
        assert brought_into_view(earliest, latest, shown) is None, "once moved, it is in view"


def test_what_has_no_date_or_is_no_event_is_only_selected(small: DataSet) -> None:
    state = State(time=Time(day_of(dt.date(2010, 1, 1))))
    for ref in (Ref("event", "undated"), Ref("event", "gone"), Ref("place", "dz")):
        assert looked_at(small, state, ref) == Select(ref)
    assert small.events.days(small.events.row_of["undated"]) is None

    dated = looked_at(small, state, Ref("event", "week"))
    days = small.events.days(small.events.row_of["week"])
    assert days is not None and isinstance(dated, Batch)
    assert dated.commands == (Select(Ref("event", "week")), SetCursor(days[1]))
