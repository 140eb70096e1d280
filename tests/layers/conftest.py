"""What the tests of the map layers share: days, states and the shipped base map."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from viewer.domain.dates import parse
from viewer.session.state import Camera, State, Time


@pytest.fixture
def at() -> Callable[..., State]:
    """A state on a day: `at("2017-06-15", mode="window", window_days=30, scale=900)`."""

    def made(day: str, mode: str = "window", window_days: int = 30, scale: float = 900.0) -> State:
        cursor = parse(day).earliest
        assert cursor is not None
        return State(Camera(scale=scale), Time(cursor, mode, window_days))

    return made
