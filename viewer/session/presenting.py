"""What can be done while a briefing is shown, in one table; and how its own session goes from view to view."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.session.commands import Command
from viewer.session.state import Play, Scene, State

DIGITS = "0 to 9"
"""Typed one after the other they are the number of a scene."""


@dataclass(frozen=True, slots=True)
class PresenterKey:
    """One thing that keys do while a briefing is shown; keys as QKeySequence reads them, but for DIGITS."""

    id: str
    title: str
    keys: tuple[str, ...]
    repeats: bool = False


PRESENTER = (
    PresenterKey("forward", "Next scene, as the clicker does", ("Right", "PgDown", "Space"), repeats=True),
    PresenterKey("back", "Scene before, as the clicker does", ("Left", "PgUp"), repeats=True),
    PresenterKey("jump", "Go to the scene of that number", (DIGITS,)),
    PresenterKey("first", "First scene", ("Home",)),
    PresenterKey("last", "Last scene", ("End",)),
    PresenterKey("home", "Back to the scene as it was prepared", ("Return", "Enter")),
    PresenterKey("play", "Play the days of the scene, or pause", ("P",)),
    PresenterKey("scrub", "Move time by hand: Left and Right, or drag the bar", ("S",)),
    PresenterKey("date", "Type a date", ("T",)),
    PresenterKey("find", "Find a place or an incident", ("F",)),
    PresenterKey("closer", "Closer", ("+", "="), repeats=True),
    PresenterKey("farther", "Farther away", ("-",), repeats=True),
    PresenterKey("keep", "Keep what is shown as a new scene", ("K",)),
    PresenterKey("pointer", "A spot that follows the mouse", ("L",)),
    PresenterKey("black", "Black screen, and back", ("B", ".")),
    PresenterKey("white", "White screen, and back", ("W",)),
    PresenterKey("notes", "Notes, next scene and clock in a window of their own, or none", ("N",)),
    PresenterKey("swap", "Swap the screens of scenes and notes", ("X",)),
    PresenterKey("keys", "These keys", ("H", "?", "F1")),
    PresenterKey("close", "Close what is open; then leave the briefing", ("Esc",)),
)


def presenter_keys_page() -> list[str]:
    """The lines of docs/keys.md that are about a briefing."""
    lines = [
        "## While a briefing is shown", "",
        "The map can be dragged, zoomed with the wheel and clicked meanwhile; whatever is shown, Return goes back to",
        "the scene. While time is moved by hand, Left and Right move it by its step and Shift by a month.",
        "", "| key | what it does |", "|---|---|",
    ]  # fmt: skip
    return lines + [f"| {' or '.join(f'`{key}`' for key in row.keys)} | {row.title} |" for row in PRESENTER]


@dataclass(frozen=True, slots=True)
class Become(Command):
    """Show a view as it is."""

    state: State
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return self.state


@dataclass(frozen=True, slots=True)
class TakeWay(Command):
    """Show a step on the way from one view to another."""

    state: State
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(self.state, play=state.play)


def eased(share: float) -> float:
    """How far a movement is that begins and ends gently, when so much of its time is over."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def days_of(scene: Scene, extent: tuple[Day, Day], cursor: Day) -> tuple[tuple[Day, Day], Play]:
    """The days that a scene plays, the earlier one first, and how; without a stretch from the cursor to the last."""
    stretch = scene.stretch
    if stretch is None:
        first, last = extent
        return (min(cursor, last) if cursor < last else first, last), Play(running=True)
    backwards = stretch.first > stretch.last
    days = (stretch.last, stretch.first) if backwards else (stretch.first, stretch.last)
    return days, Play(running=True, days_per_second=stretch.days_per_second, reverse=backwards)


def told_by(scene: Scene, day: Day) -> bool:
    """Whether the words of a scene are about a day: its own, or one of its stretch."""
    stretch = scene.stretch
    within = stretch is not None and min(stretch.first, stretch.last) <= day <= max(stretch.first, stretch.last)
    return within or day == scene.view.time.cursor


def same_map(one: State, other: State) -> bool:
    """Whether two states show the same page, whatever plays."""
    bare = Play()
    one, other = (replace(state, play=bare, listed="", stack=(), about="") for state in (one, other))
    return one == other
