"""The two maps beside each other while days are compared: that of A left of a handle, that of B right of it."""

from __future__ import annotations

from dataclasses import replace

from viewer.session.state import State


def sides(state: State) -> tuple[State, State] | None:
    """The states of the left and the right map, each a plain map of its day; None while there is one map."""
    if state.compare is None or state.swipe is None:
        return None
    right = replace(state, compare=None, swipe=None)
    return replace(right, time=replace(right.time, cursor=state.compare)), right


def shown_state(state: State) -> State:
    """The state whose map fills the view: that of B where there are two."""
    both = sides(state)
    return state if both is None else both[1]
