"""Days, weeks, months and longer periods that follow each other without a gap, of a length that suits the days asked.

A record whose date is fuzzier than one period may lie in each that its date touches, and surely lies in none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from viewer.domain.dates import MONTHS, Day, date_of, day_of, day_words
from viewer.domain.frozen import dataclass
from viewer.session.selectors import compiled_until, extent
from viewer.session.window import Rows
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet

UNITS = (("day", 1.0), ("week", 7.0), ("month", 30.4375), ("quarter", 91.3125), ("year", 365.25),
         ("decade", 3652.5), ("century", 36525.0))  # fmt: skip
"""And how many days each has on average."""
MOST = 40
"""Periods: more than a list or a chart shows well."""
YEARS = {"year": 1, "decade": 10, "century": 100}


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods of one unit: their first days, ascending, and the last day of the last."""

    unit: str
    firsts: tuple[Day, ...]
    last: Day

    def __len__(self) -> int:
        return len(self.firsts)

    def __iter__(self) -> Iterator[tuple[str, Day, Day]]:
        """(name, first day, last day) of each; those at the ends may be cut short."""
        lasts = (*(first - 1 for first in self.firsts[1:]), self.last)
        for first, last in zip(self.firsts, lasts, strict=False):
            yield period_words(self.unit, first), first, last

    def told_apart(self, data: DataSet, rows: Rows) -> tuple[int, int]:
        """How many of some rows have a date that no single period holds, and how many have no date."""
        dated = rows[data.events.dated[rows]]
        undated = len(rows) - len(dated)
        if not self.firsts:
            return 0, undated
        begins, ends = (column[dated].astype(np.int64) for column in (data.events.earliest, data.events.latest))
        firsts = np.array(self.firsts, dtype=np.int64)
        same = np.searchsorted(firsts, begins, side="right") == np.searchsorted(firsts, ends, side="right")
        surely = same & (begins >= firsts[0]) & (ends <= self.last)
        return int(np.count_nonzero(~surely)), undated


def periods_of(data: DataSet, rows: Rows, days: tuple[Day | None, Day | None], most: int = MOST) -> Periods:
    """The periods of the days asked for; where those have no bound, from the first day that any row names to the last.

    Of the shortest unit that makes no more than `most` of them.
    """
    first, last = days
    if first is None or last is None:
        begin, end = _named(data, rows)
        last = end if last is None else min(last, end)
        first = min(begin, last) if first is None else first
    if not len(rows):
        return Periods("day", (), last)
    unit = next((name for name, length in UNITS if (last - first + 1) / length + 1 <= most), UNITS[-1][0])
    if last - first < most:
        unit = "day"
    firsts, day = [], first
    while day <= last:
        firsts.append(day)
        day = end_of(day, unit) + 1
    return Periods(unit, tuple(firsts), last)


def _named(data: DataSet, rows: Rows) -> tuple[Day, Day]:
    """The first and last day that some rows name."""
    dated = rows[data.events.dated[rows]]
    known = np.concatenate([data.events.earliest[dated], data.events.latest[dated]])
    known = known[(known != FAR_PAST) & (known != FAR_FUTURE)]
    if len(known):
        return int(known.min()), int(known.max())
    return extent(data)[0], min(extent(data)[1], compiled_until(data))


def end_of(day: Day, unit: str) -> Day:
    """The last day of the unit that a day lies in; weeks begin on Monday."""
    if unit == "day":
        return day
    date = date_of(day)
    if unit == "week":
        return day + 6 - date.weekday()
    if unit in YEARS:
        year = date.year - date.year % YEARS[unit] + YEARS[unit] - 1
        return day_of(dt.date(min(year, dt.MAXYEAR), 12, 31))
    month = date.month if unit == "month" else date.month - (date.month - 1) % 3 + 2
    later = dt.date(date.year, month, 28) + dt.timedelta(days=4) if (date.year, month) < (dt.MAXYEAR, 12) else None
    return day_of(later.replace(day=1)) - 1 if later is not None else day_of(dt.date.max)


def period_words(unit: str, first: Day) -> str:
    """What a period is called: "14 Nov 2017", "week of 13 Nov 2017", "Nov 2017", "Q4 2017", "2017", "1980s"."""
    date = date_of(first)
    if unit == "month":
        return f"{MONTHS[date.month - 1]} {date.year}"
    if unit == "quarter":
        return f"Q{(date.month + 2) // 3} {date.year}"
    if unit in YEARS:
        start = date.year - date.year % YEARS[unit]
        return str(start) if unit == "year" else f"{start}s"
    return day_words(first) if unit == "day" else f"week of {day_words(first)}"
