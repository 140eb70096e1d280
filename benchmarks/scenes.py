"""What a hand does in one measurement: how it prepares, and the command of each step."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from viewer.domain.dates import Day, day_of
from viewer.session.commands import (
    Command,
    PlayTo,
    SetCamera,
    SetCursor,
    SetFilters,
    SetMode,
    SetWindow,
)
from viewer.session.state import Camera, Filters, State

MIDDLE, END = day_of(dt.date(2017, 6, 1)), day_of(dt.date(2024, 9, 1))
FIRST, LAST = day_of(dt.date(2011, 6, 1)), day_of(dt.date(2024, 12, 31))
WHOLE = Camera(4_530_000.0, 3_950_000.0, 1_000.0)
"""The whole region at 1600 x 900."""
ACTORS, TYPES = ("actor-1",), ("strike", "bombing")


@dataclass(frozen=True, slots=True)
class Scene:
    """`ready` puts the session into place; `step(n, state)` is the n-th command; `time`: whether the cursor moves."""

    name: str
    ready: tuple[Command, ...]
    step: Callable[[int, State], Command]
    time: bool = True


def _from(day: Day, by: int = 1) -> Callable[[int, State], Command]:
    return lambda n, state: SetCursor(day + n * by)


def _unevenly(day: Day) -> Callable[[int, State], Command]:
    """One day on, then two: nothing that is painted ahead."""
    return lambda n, state: SetCursor(day + n + n // 2)


def _anywhere(n: int, state: State) -> Command:
    return SetCursor(random.Random(n).randrange(FIRST, LAST))  # noqa: S311 - the same jumps in each run


def _panned(n: int, state: State) -> Command:
    """A round trip of uneven steps, zooming in and out a little."""
    angle = random.Random(n).uniform(-1, 1)  # noqa: S311
    across = 40 * (n if n % 60 < 30 else 60 - n % 60)
    scale = WHOLE.scale * (1 + 0.15 * (n % 10) / 10)
    return SetCamera(replace(WHOLE, x=WHOLE.x + across * WHOLE.scale * 0.2, y=WHOLE.y + angle * 9_000, scale=scale))


def _elsewhere(n: int, state: State) -> Command:
    """A view far from the one before."""
    chance = random.Random(n)  # noqa: S311
    x, y = WHOLE.x + chance.uniform(-4e5, 4e5), WHOLE.y + chance.uniform(-3e5, 3e5)
    return SetCamera(Camera(x, y, WHOLE.scale * chance.uniform(0.2, 1)))


def _longer(n: int, state: State) -> Command:
    return SetWindow(5 + 37 * n)


def _play(n: int, state: State) -> Command:
    """A day as the player gives it, with nobody playing but this hand."""
    return PlayTo(END - 300 + n, running=False)


CLEAR = (SetFilters(Filters()), SetCamera(WHOLE))
ALL = (*CLEAR, SetMode("cumulative"), SetCursor(END))
MONTH = (*CLEAR, SetWindow(30), SetCursor(MIDDLE))
YEAR = (*CLEAR, SetWindow(365), SetCursor(MIDDLE))

THIRTY = Scene("30 days, a day on", MONTH, _from(MIDDLE))
EVERYTHING = Scene("all, a day on", ALL, _from(END))
THIRTY_UNEVEN = Scene("30 days, uneven steps", MONTH, _unevenly(MIDDLE))
EVERYTHING_UNEVEN = Scene("all, uneven steps", ALL, _unevenly(END))
ANYWHERE = Scene("30 days, anywhere", MONTH, _anywhere)
SCRUBS = (
    THIRTY,
    Scene("365 days, a day on", YEAR, _from(MIDDLE)),
    EVERYTHING,
    Scene("all, a day back", ALL, _from(END, -1)),
    ANYWHERE,
    Scene("all, anywhere", ALL, _anywhere),
    Scene("30 days, actor and type", (*MONTH, SetFilters(Filters(actors=ACTORS, types=TYPES))), _from(MIDDLE)),
    Scene("all, one type", (*ALL, SetFilters(Filters(types=TYPES[:1]))), _from(END)),
    Scene("all, one actor", (*ALL, SetFilters(Filters(actors=ACTORS))), _from(END)),
    Scene("longer and longer", MONTH, _longer),
)
"""Any window, any filter."""
PAN = Scene("pan and zoom, all", ALL, _panned, time=False)
ELSEWHERE = Scene("another view, all", ALL, _elsewhere, time=False)
JUMP = Scene("jump, all", ALL, _anywhere)
PLAY = Scene("play, all", ALL, _play)
PLAY_MIDDLE = Scene("play, 30 days", MONTH, lambda n, state: PlayTo(MIDDLE + n, running=False))
GROWTH = (THIRTY, SCRUBS[1], EVERYTHING, PAN)
