"""The session: every state in order to everybody, steps that can be taken back, and no wedge."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.session import session as sessions
from viewer.session.commands import (
    Batch,
    Command,
    OpenList,
    PlayTo,
    Select,
    SetCamera,
    SetCursor,
    SetMode,
    SetOpacity,
    SetRaster,
    SetStep,
    SetTheme,
    SetWindow,
    ToggleLayer,
    TogglePin,
)
from viewer.session.session import REMEMBERED, Session
from viewer.session.state import Camera, Raster, Ref, State


class Broken(Command):
    """A command that cannot be applied."""

    def apply(self, state: State) -> State:
        raise ValueError("broken")


@pytest.fixture
def session() -> Session:
    return Session(State())


def test_watchers_hear_of_their_fields_only(session: Session) -> None:
    heard: list[tuple[str, frozenset[str]]] = []
    session.watch(["time", "theme"], lambda old, new, changed: heard.append(("time", changed)))
    session.watch(["layers"], lambda old, new, changed: heard.append(("layers", changed)))
    session.dispatch(SetCursor(5))
    session.dispatch(SetCursor(5))
    session.dispatch(Batch((SetTheme("dark"), ToggleLayer("towns"), SetCursor(6))))
    assert heard == [
        ("time", frozenset({"time"})),
        ("time", frozenset({"time", "theme"})),
        ("layers", frozenset({"layers"})),
    ]


def test_a_watcher_sees_before_and_after(session: Session) -> None:
    seen: list[tuple[int, int]] = []
    session.watch(["time"], lambda old, new, changed: seen.append((old.time.cursor, new.time.cursor)))
    session.dispatch(SetCursor(5))
    session.dispatch(SetCursor(7))
    assert seen == [(0, 5), (5, 7)]
    assert session.state.time.cursor == 7


def test_commands_from_watchers_wait_so_that_all_see_every_state_in_order(session: Session) -> None:
    seen: list[tuple[str, int]] = []

    def first(old: State, new: State, changed: frozenset[str]) -> None:
        seen.append(("first", new.time.cursor))
        if new.time.cursor == 1:
            session.dispatch(SetCursor(2))
            assert session.state.time.cursor == 1

    session.watch(["time"], first)
    session.watch(["time"], lambda old, new, changed: seen.append(("second", new.time.cursor)))
    session.dispatch(SetCursor(1))
    assert seen == [("first", 1), ("second", 1), ("first", 2), ("second", 2)]


def test_who_stops_watching_hears_nothing_more_even_of_this_change(session: Session) -> None:
    heard: list[str] = []
    stop = session.watch(["time"], lambda *_: heard.append("late"))
    session._watchers.insert(0, (frozenset({"time"}), lambda *_: stop()))
    session.dispatch(SetCursor(1))
    stop()
    session.dispatch(SetCursor(2))
    assert heard == []


def test_a_failing_watcher_costs_nobody_else_a_change(session: Session) -> None:
    heard: list[int] = []

    def fail(old: State, new: State, changed: frozenset[str]) -> None:
        if new.time.cursor == 1:
            session.dispatch(SetCursor(2))
            raise ValueError("broken watcher")

    session.watch(["time"], fail)
    session.watch(["time"], lambda old, new, changed: heard.append(new.time.cursor))
    with pytest.raises(ValueError, match="broken watcher"):
        session.dispatch(SetCursor(1))
    assert heard == [1, 2]
    session.dispatch(SetCursor(3))
    assert heard == [1, 2, 3]


def test_several_failures_are_all_raised(session: Session) -> None:
    def fail(*_: object) -> None:
        raise ValueError("broken watcher")

    session.watch(["time"], fail)
    session.watch(["time"], fail)
    with pytest.raises(ExceptionGroup) as caught:
        session.dispatch(SetCursor(1))
    assert len(caught.value.exceptions) == 2


def test_a_command_that_fails_changes_nothing(session: Session) -> None:
    with pytest.raises(ValueError, match="broken"):
        session.dispatch(Broken())
    assert session.state == State()
    assert not session.can_undo
    session.dispatch(SetCursor(1))
    assert session.state.time.cursor == 1


def test_watchers_that_answer_each_other_for_ever_are_stopped(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MAX_STEPS", 20)
    stop = session.watch(["time"], lambda old, new, changed: session.dispatch(SetCursor(new.time.cursor + 1)))
    with pytest.raises(RuntimeError, match="answered each other"):
        session.dispatch(SetCursor(1))
    stop()
    session.dispatch(SetCursor(500))
    assert session.state.time.cursor == 500


def test_undo_and_redo_walk_the_steps(session: Session) -> None:
    assert not session.can_undo and not session.can_redo
    session.undo()
    session.redo()
    session.dispatch(SetMode("day"))
    session.dispatch(Select(Ref("event", "a")))
    session.undo()
    assert session.state.selected is None and session.can_redo
    session.undo()
    assert session.state == State() and not session.can_undo
    session.redo()
    session.redo()
    assert session.state.selected == Ref("event", "a") and session.state.time.mode == "day"
    session.undo()
    session.dispatch(TogglePin("somewhere"))
    assert not session.can_redo


def test_a_drag_is_one_step_until_the_button_goes_up(session: Session) -> None:
    for cursor in (1, 2, 3):
        session.dispatch(SetCursor(cursor))
    session.break_merge()
    session.dispatch(SetCursor(9))
    session.dispatch(SetWindow(7))
    session.dispatch(SetCursor(10))
    cursors = []
    while session.can_undo:
        cursors.append(session.state.time.cursor)
        session.undo()
    assert cursors == [10, 9, 9, 3]
    assert session.state == State()
    while session.can_redo:
        session.redo()
    assert session.state.time.cursor == 10


def test_theme_and_playing_are_no_steps_and_survive_undo(session: Session) -> None:
    session.dispatch(SetCamera(Camera(1.0, 2.0, 500.0)))
    session.dispatch(SetTheme("dark"))
    session.dispatch(PlayTo(99))
    session.undo()
    assert session.state == replace(
        State(), theme="dark", time=replace(State().time, cursor=99), play=replace(State().play, running=True)
    )


def test_a_command_that_changes_nothing_is_no_step(session: Session) -> None:
    session.dispatch(SetMode("window"))
    session.dispatch(OpenList(""))
    assert not session.can_undo


def test_the_memory_of_steps_has_a_limit(session: Session) -> None:
    for number in range(sessions.UNDO_DEPTH + 50):
        session.dispatch(TogglePin(f"p{number}"))
    steps = 0
    while session.can_undo:
        session.undo()
        steps += 1
    assert steps == sessions.UNDO_DEPTH


COMMANDS = st.one_of(
    st.integers(-50, 50).map(SetCursor), st.sampled_from(["day", "window"]).map(SetMode),
    st.sampled_from(["raqqa", "mosul"]).map(TogglePin), st.sampled_from(["light", "dark"]).map(SetTheme),
    st.sampled_from(["towns", "rings"]).map(ToggleLayer), st.integers(1, 9).map(SetWindow),
)  # fmt: skip


@given(st.lists(COMMANDS, max_size=12))
def test_undoing_all_and_redoing_all_comes_back_to_the_same_state(commands: list[Command]) -> None:
    session = Session(State())
    for command in commands:
        session.dispatch(command)
    end = session.state
    while session.can_undo:
        session.undo()
    start = session.state
    stays = {"theme"}  # a look is not taken back
    assert all(getattr(start, name) == getattr(State(), name) for name in REMEMBERED if name not in stays)
    while session.can_redo:
        session.redo()
    assert session.state == end


@pytest.mark.parametrize("command", [SetMode("day"), SetWindow(7), SetStep("year")])
def test_undoing_a_setting_of_time_leaves_what_was_played(session: Session, command: Command) -> None:
    before = session.state.time
    session.dispatch(command)
    session.dispatch(PlayTo(40))
    session.undo()
    assert session.state.time == replace(before, cursor=40)
    session.redo()
    assert session.state.time == replace(command.apply(State()).time, cursor=40)


def test_merged_steps_leave_what_was_played_between_them(session: Session) -> None:
    session.dispatch(SetWindow(7))
    session.dispatch(PlayTo(40))
    session.dispatch(SetWindow(8))
    session.undo()
    assert session.state.time == replace(State().time, cursor=40)


def test_the_choice_of_a_base_layer_can_be_taken_back(session: Session) -> None:
    session.dispatch(SetRaster("a.mbtiles"))
    session.dispatch(SetOpacity(40))
    session.undo()
    assert session.state.raster == Raster("a.mbtiles", 100)
    session.undo()
    assert session.state.raster == Raster()
    session.redo()
    assert session.state.raster == Raster("a.mbtiles", 100)


def test_what_joins_a_step_is_taken_back_with_it(session: Session) -> None:
    """Whatever was done since; and it is a step of its own where that one was taken back or changed nothing."""
    session.dispatch(SetCamera(Camera(1.0, 1.0, 100.0)), joins=session.step)
    session.dispatch(Select(Ref("event", "a")))
    step = session.step
    session.dispatch(SetCamera(Camera(2.0, 2.0, 200.0)), joins=step)
    session.dispatch(ToggleLayer("towns"))
    session.dispatch(SetCamera(Camera(3.0, 3.0, 300.0)), joins=step)
    layers = session.state.layers

    session.undo()
    assert (session.state.selected, session.state.camera) == (Ref("event", "a"), Camera(3.0, 3.0, 300.0))
    assert session.state.layers == layers ^ {"towns"}
    session.undo()
    assert (session.state.selected, session.state.camera) == (None, Camera(1.0, 1.0, 100.0))
    session.redo()
    session.redo()
    assert (session.state.selected, session.state.camera) == (Ref("event", "a"), Camera(3.0, 3.0, 300.0))
    assert session.state.layers == layers

    session.dispatch(Select(Ref("event", "a")))
    assert session.step is None
    session.dispatch(SetCamera(Camera(4.0, 4.0, 400.0)), joins=session.step)
    session.undo()
    assert (session.state.selected, session.state.camera) == (Ref("event", "a"), Camera(3.0, 3.0, 300.0))


def test_a_session_tells_whether_its_last_step_says_where_the_map_is_to_look(session: Session) -> None:
    """That is not the place to bring what is selected into view."""
    aimed = []
    session.watch(["selected"], lambda *_: aimed.append(session.aimed))
    session.dispatch(Select(Ref("event", "a")))
    session.dispatch(Batch((Select(Ref("event", "b")), SetCamera(Camera(1.0, 1.0, 100.0)))))
    session.dispatch(Batch((Select(Ref("event", "a")), ToggleLayer("towns"))))
    session.undo()
    session.redo()
    assert aimed == [False, True, False, True, True]
