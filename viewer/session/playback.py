"""Time as a pure state machine: which day comes next when time plays, steps or is asked for.

Playing keeps the pace of the wall clock: a slow machine shows fewer frames, never a slower year. What is
left of a day after a frame is carried into the next, so that one day per second is exactly that.
"""

from __future__ import annotations

import calendar
import datetime as dt

from viewer.domain.dates import DateSpan, Day, date_of, day_of, day_words
from viewer.domain.frozen import dataclass
from viewer.session.commands import Batch, Command, PlayTo, Select, SetCursor, SetSpan
from viewer.session.state import Play, Ref, State, Time
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet

LONGEST_FRAME = 1.0
"""Seconds: what a frame took longer, the program was asleep, and time did not play."""

Extent = tuple[Day, Day]


@dataclass(frozen=True, slots=True)
class Pace:
    """How far play has got: the part of a day that no frame has shown yet, 0 <= owed < 1."""

    owed: float = 0.0

    def after(self, state: State, seconds: float, extent: Extent) -> tuple[Pace, PlayTo | None]:
        """The pace after `seconds` of wall clock, and the command that shows it; None while the day is the same."""
        if not state.play.running:
            return Pace(), None
        due = self.owed + min(max(seconds, 0.0), LONGEST_FRAME) * state.play.days_per_second
        days = int(due)
        if days == 0:
            return Pace(due), None
        day, running = _moved(state.time.cursor, days, state.play, extent)
        return (Pace(due - days) if running else Pace()), PlayTo(day, running)


def _moved(cursor: Day, days: int, play: Play, extent: Extent) -> tuple[Day, bool]:
    """The day that lies `days` on, round the extent in a loop, and whether play goes on there."""
    first, last = extent
    goal = cursor - days if play.reverse else cursor + days
    beyond = goal < first if play.reverse else goal > last
    if not beyond:
        return goal, True
    if play.loop:
        return first + (goal - first) % (last - first + 1), True
    return (first if play.reverse else last), False


def started(state: State, extent: Extent) -> PlayTo | None:
    """Where play begins when it stands at its end or outside the extent: again at the other end."""
    first, last = extent
    cursor = state.time.cursor
    if first <= cursor <= last and cursor != (first if state.play.reverse else last):
        return None
    return PlayTo(last if state.play.reverse else first)


def said_of_play(before: State, after: State, extent: Extent, key: str) -> str:
    """What to say when play came to an end of the days it goes through, or leapt to begin again; else nothing.

    key: the one that plays.
    """
    first, last = extent
    if before.play.running and not after.play.running:
        again, end = (last, first) if after.play.reverse else (first, last)
        if after.time.cursor == end:
            which = "first" if after.play.reverse else "last"
            return f"{day_words(end)} is the {which} day: {key} plays again from {day_words(again)}"
    if after.play.running and not before.play.running and after.time.cursor != before.time.cursor:
        return f"Playing again from {day_words(after.time.cursor)}"
    return ""


def step(day: Day, unit: str, direction: int) -> Day:
    """The day one day, week, month or year on (direction 1) or back (-1); 31 Jan and a month is 28 or 29 Feb."""
    if unit == "day":
        return day_of(date_of(day + direction))
    if unit == "week":
        return day_of(date_of(day + 7 * direction))
    if unit in ("month", "year"):
        return _months_on(day, direction * (12 if unit == "year" else 1))
    raise ValueError(f"'{unit}' is no step: use day, week, month or year")


def _months_on(day: Day, months: int) -> Day:
    date = date_of(day)
    count = date.year * 12 + date.month - 1 + months
    year, month = divmod(count, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return day
    return day_of(dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1])))


def gone_to(span: DateSpan, time: Time) -> Command | None:
    """How to show a date that was asked for: a span fills the window, else its nearest known day is the cursor.

    A span with two ends is shown as a window whatever was shown before: nobody names an end that is not to count.
    None when the date names no day at all.
    """
    first, last = span.earliest, span.latest
    if first is None or last is None:
        known = last if first is None else first
        return None if known is None else SetCursor(known)
    if first != last and (time.mode == "window" or "/" in span.edtf):
        return SetSpan(first, last)
    return SetCursor(first if time.mode == "day" else last)


def brought_into_view(earliest: Day | None, latest: Day | None, time: Time) -> Command | None:
    """The move of the cursor that shows a span of days, None when it is shown already or has no known day.

    Of a span that is longer than the window its first days are shown, as many as there is room for. The length of the
    window stays: a look at one record must not change how much time is asked for.
    """
    if earliest is None and latest is None:
        return None
    first = earliest if earliest is not None else latest or 0
    last = latest if latest is not None else first
    if _seen(earliest, first if time.starts_in else latest, time):
        return None
    days = {"day": 1, "window": time.window_days}.get(time.mode, last - first + 1)
    return SetCursor(min(last, first + days - 1))


def _seen(earliest: Day | None, latest: Day | None, time: Time) -> bool:
    """Whether a span with open ends may fall into the window."""
    begin = {"day": time.cursor, "window": time.cursor - time.window_days + 1}.get(time.mode)
    begun = earliest is None or earliest <= time.cursor
    return begun and (begin is None or latest is None or latest >= begin)


def looked_at(data: DataSet, state: State, ref: Ref) -> Command:
    """Select a record and, if it is an event out of the window, bring its time into view; one step to undo."""
    row = data.events.row_of.get(ref.key) if ref.kind == "event" else None
    days = data.events.days(row) if row is not None else None
    if days is None:
        return Select(ref)
    first, last = days
    move = brought_into_view(
        None if first == FAR_PAST else first, None if last == FAR_FUTURE else last, state.time
    )
    return Select(ref) if move is None else Batch((Select(ref), move))
