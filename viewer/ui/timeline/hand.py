"""What a hand on the chart means: which part of the window it grips, and the command a movement comes to."""

from __future__ import annotations

from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.session.commands import Command, SetCompare, SetCursor, SetKnownBy, SetSpan
from viewer.session.playback import step
from viewer.session.state import STEPS, Time
from viewer.session.window import window_of
from viewer.ui.timeline.frame import Frame
from viewer.ui.timeline.scale import UNIT_DAYS

REACH = 6.0
"""Pixels on either side of an edge that still grip it."""
HANDLE_HEIGHT = 18.0
"""Pixels of the handle in the middle of each edge."""
LEAST_SCRUB = 4.0
"""Pixels that a notch of the wheel moves the cursor at least."""


@dataclass(frozen=True, slots=True)
class Grip:
    """A hold on time: `part` is first, last (the edges), body (the window), cursor, compare (the day A) or known.

    The last is the day of the second clock, by whose end things were known.

    at, time: where and when it began.
    """

    part: str
    at: float
    """The (fractional) day under the pointer when the button went down."""
    time: Time


def gripped(
    frame: Frame,
    time: Time,
    x: float,
    compare: Day | None = None,
    known_by: Day | None = None,
    on_handle: bool = False,
) -> Grip:
    """What the pointer at pixel x would take hold of; the day compared with unless the cursor is as near.

    on_handle: whether the pointer is as high as the handles, where the edges of a narrow window alone are gripped.
    """
    at = frame.start + x * frame.days_per_pixel
    near_enough = min(REACH, abs(x - frame.x(time.cursor + 0.5)) - 1)
    if compare is not None and abs(x - frame.x(compare + 0.5)) <= near_enough:
        return Grip("compare", at, time)
    if known_by is not None and abs(x - frame.x(known_by + 1)) <= near_enough:
        return Grip("known", at, time)
    if time.mode != "window":
        return Grip("cursor", at, time)
    first, last = window_of(time)
    left, right = frame.x(first), frame.x(last + 1)
    near = [(abs(x - right), "last"), (abs(x - left), "first")]
    distance, edge = min(near)
    wide = right - left > 4 * REACH
    if distance <= REACH and (wide or (on_handle and (distance <= 2 or not left < x < right))):
        return Grip(edge, at, time)
    if abs(x - frame.x(time.cursor + 0.5)) <= 2 and not wide:
        return Grip("cursor", at, time)
    return Grip("body" if left < x < right else "cursor", at, time)


def moved(grip: Grip, at: float, extent: tuple[Day, Day]) -> Command:
    """The command for a grip that was drawn to the (fractional) day `at`."""
    first, last = window_of(grip.time)
    if grip.part == "first":
        return SetSpan(min(round(at), last), last)
    if grip.part == "last":
        return SetSpan(first, max(_within(round(at) - 1, extent), first))
    if grip.part == "compare":
        return SetCompare(_within(int(at // 1), extent))
    if grip.part == "known":
        return SetKnownBy(round(at) - 1)
    if grip.part == "body":
        return SetCursor(_within(last + round(at - grip.at), extent))
    return SetCursor(_within(int(at // 1), extent))


def jumped(at: float, extent: tuple[Day, Day]) -> Command:
    """The command for a click at the (fractional) day `at`."""
    return SetCursor(_within(int(at // 1), extent))


def scrubbed(time: Time, days_per_pixel: float, notches: int, extent: tuple[Day, Day]) -> Command:
    """The command for Shift and the wheel: the chosen step, or at this zoom the next that can be seen."""
    units = STEPS[STEPS.index(time.step) :] if time.step in STEPS else STEPS
    unit = next((u for u in units if UNIT_DAYS[u] >= LEAST_SCRUB * days_per_pixel), units[-1])
    day = time.cursor
    for _ in range(abs(notches)):
        day = step(day, unit, 1 if notches > 0 else -1)
    return SetCursor(_within(day, extent))


def _within(day: Day, extent: tuple[Day, Day]) -> Day:
    return min(max(day, extent[0]), extent[1])
