"""The axis of time by the calendar: which edges bins have and which days are named at a zoom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import MONTHS, Day, date_of
from viewer.domain.frozen import dataclass

UNIT_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
"""The calendar units of a bin, the finest first, and how many days each has on average."""
NARROWEST_BIN = 4.0
"""Pixels: a narrower bar cannot be told from its neighbours."""
MONDAY = 4
"""1970-01-05, a Monday."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """What the axis says: days with their labels (the day, the month or the year), and the sections they lie in."""

    unit: str
    fine: tuple[tuple[Day, str], ...]
    coarse: tuple[tuple[Day, str], ...]


def bin_unit(days_per_pixel: float) -> str:
    """The finest unit whose bins are wide enough to see."""
    return next((unit for unit, days in UNIT_DAYS.items() if days >= NARROWEST_BIN * days_per_pixel), "year")


def edges(unit: str, first: Day, last: Day, every: int = 1) -> NDArray[np.int64]:
    """The calendar edges of the bins that cover [first, last], as days; weeks begin on Monday."""
    if unit == "day":
        return np.arange(first, last + 2, dtype=np.int64)
    if unit == "week":
        return np.arange(first - (first - MONDAY) % 7, last + 8, 7, dtype=np.int64)
    code = "M" if unit == "month" else "Y"
    begin, end = (int(np.datetime64(day, "D").astype(f"M8[{code}]").astype(np.int64)) for day in (first, last))
    origin = 0 if unit == "month" else -1970
    begin -= (begin - origin) % every
    months = np.arange(begin, end + every + 1, every, dtype=np.int64)
    return months.astype(f"M8[{code}]").astype("M8[D]").astype(np.int64)


_STEPS = (
    ("day", 1, 22.0), ("week", 1, 24.0), ("month", 1, 30.0), ("month", 3, 30.0), ("year", 1, 38.0),
    *(("year", every, 38.0) for every in (2, 5, 10, 20, 50, 100, 200, 500)),
)  # fmt: skip
"""Unit, how many of them, and the pixels a label needs at the usual size of type."""


def ticks(first: Day, last: Day, days_per_pixel: float, type_size: float = 1.0) -> Ticks:
    """The labels of the axis from first to last; `type_size` is the width of type against the usual."""
    unit, every = next(
        (
            (unit, every)
            for unit, every, pixels in _STEPS
            if UNIT_DAYS[unit] * every >= pixels * type_size * days_per_pixel
        ),
        ("year", 1000),
    )
    fine = tuple((day, _label(unit, day)) for day in edges(unit, first, last, every).tolist())
    section = {"day": "month", "week": "month", "month": "year"}.get(unit)
    if section is None:
        return Ticks(unit, fine, ())
    return Ticks(unit, fine, tuple((day, _title(section, day)) for day in edges(section, first, last).tolist()))


def _label(unit: str, day: Day) -> str:
    date = date_of(day)
    return {"month": MONTHS[date.month - 1], "year": str(date.year)}.get(unit, str(date.day))


def _title(section: str, day: Day) -> str:
    date = date_of(day)
    return str(date.year) if section == "year" else f"{MONTHS[date.month - 1]} {date.year}"


def bin_words(unit: str, first: Day) -> str:
    """What a bin is called: "Nov 2017", "13 Nov 2017", "week from 13 Nov 2017", "2017"."""
    date = date_of(first)
    if unit == "year":
        return str(date.year)
    month = f"{MONTHS[date.month - 1]} {date.year}"
    return {"month": month, "week": f"week from {date.day} {month}"}.get(unit, f"{date.day} {month}")
