"""Two days: how the second one is set, swapped, remembered and taken away again."""

from __future__ import annotations

import json

import pytest

from viewer.domain.dates import parse
from viewer.session.actions import BY_ID, closing
from viewer.session.commands import MoveHandle, SetCompare, SetCursor, SetSwipe, SwapDays
from viewer.session.remember import state_from_json, state_to_json
from viewer.session.session import Session
from viewer.session.state import Ref, State, Time
from viewer.store.dataset import DataSet

A, B = (parse(text).earliest or 0 for text in ("2017-01-01", "2017-11-14"))


def state_at(compare: int | None = None) -> State:
    return State(time=Time(cursor=B), compare=compare)


def after(name: str, data: DataSet, state: State) -> State:
    make = BY_ID[name].make
    command = make(data, state) if make is not None else None
    return command.apply(state) if command is not None else state


def test_the_action_takes_the_cursors_day_and_a_second_time_ends_it(small: DataSet) -> None:
    first = after("compare", small, state_at())

    assert first.compare == B
    assert after("compare", small, first).compare is None
    assert after("compare", small, state_at(A)).compare == B


def test_the_days_change_places(small: DataSet) -> None:
    swapped = after("swap", small, state_at(A))

    assert (swapped.compare, swapped.time.cursor) == (B, A)
    assert after("swap", small, state_at()) == state_at()


def test_both_commands_can_be_taken_back() -> None:
    session = Session(state_at())
    session.dispatch(SetCompare(A))
    session.dispatch(SwapDays())
    session.undo()

    assert (session.state.compare, session.state.time.cursor) == (A, B)
    session.undo()
    assert session.state.compare is None
    session.redo()
    assert session.state.compare == A


def test_the_handle_stays_on_the_map_and_goes_with_the_day() -> None:
    session = Session(state_at())
    session.dispatch(SetSwipe(0.5))
    assert session.state.swipe is None, "there is no other day"
    session.dispatch(SetCompare(A))
    session.dispatch(SetSwipe(7.0))
    assert session.state.swipe == 1.0
    session.dispatch(SetSwipe(float("nan")))
    assert session.state.swipe == 1.0
    session.dispatch(SetCompare(None))
    assert session.state.swipe is None


def test_taking_the_day_back_leaves_no_handle_behind() -> None:
    session = Session(state_at())
    session.dispatch(SetCompare(A))
    session.dispatch(SetSwipe(0.5))
    session.undo()
    session.undo()
    assert closing(session.state) is None
    session.dispatch(SetCompare(A))

    assert session.state.swipe is None


def test_two_maps_are_taken_back_in_one_step_however_the_handle_was_moved() -> None:
    session = Session(state_at())
    session.dispatch(SetCompare(A))
    session.dispatch(SetSwipe(0.5))
    for share in (0.4, 0.3, 0.2):
        session.dispatch(MoveHandle(share))
    assert session.state.swipe == 0.2
    session.undo()
    assert (session.state.swipe, session.state.compare) == (None, A)
    session.redo()
    assert session.state.swipe is not None
    session.dispatch(SetSwipe(None))
    session.undo()
    assert session.state.swipe is not None


def test_escape_closes_it_after_list_details_and_handle() -> None:
    session = Session(State(compare=A, swipe=0.5, listed="view", selected=Ref("place", "raqqa")))
    left = []
    while (command := closing(session.state)) is not None:
        session.dispatch(command)
        state = session.state
        left.append((bool(state.listed), state.selected is not None, state.swipe is not None, state.compare))

    assert left == [
        (False, True, True, A), (False, False, True, A), (False, False, False, A), (False, False, False, None),
    ]  # fmt: skip


def test_the_day_is_remembered_with_the_view() -> None:
    kept = json.loads(json.dumps(state_to_json(state_at(A))))

    assert state_from_json(kept).compare == A
    assert state_from_json({**kept, "compare": None}, state_at(A)).compare is None


@pytest.mark.parametrize("wrong", ["2017", True, 1.5, 10**9, [A]])
def test_a_damaged_day_is_none(wrong: object) -> None:
    assert state_from_json({"compare": wrong}).compare is None


def test_the_cursor_moves_alone() -> None:
    session = Session(state_at(A))
    session.dispatch(SetCursor(B + 5))
    assert session.state.compare == A
