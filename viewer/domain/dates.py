"""Fuzzy dates, because sources say "in November" and "before 30 January", not a timestamp.

A date is written in EDTF (ISO 8601-2, the levels sources need) and means an interval of days, both
ends included. Days are integers since 1970-01-01. An open end is None, never a magic year.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from contextlib import suppress
from functools import lru_cache

from viewer.domain.frozen import dataclass

Day = int
"""Days since 1970-01-01."""

EPOCH = dt.date(1970, 1, 1).toordinal()
PRECISIONS = ("day", "month", "season", "year", "decade", "century", "interval", "open", "unknown")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SEASONS = {"21": (3, "spring"), "22": (6, "summer"), "23": (9, "autumn"), "24": (12, "winter")}

_MARK = "[~?%]?"
_POINT = re.compile(
    rf"{_MARK}(?P<year>[0-9]{{4}}|[0-9]{{3}}X|[0-9]{{2}}XX){_MARK}"
    rf"(?:-{_MARK}(?P<month>[0-9]{{2}}|[01]X|XX){_MARK}(?:-{_MARK}(?P<day>[0-9]{{2}}|[0-3]X|XX){_MARK})?)?"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.,Z+-]+")
_MARKS = str.maketrans("", "", "~?%")


class DateError(ValueError):
    """A text that is no EDTF date Badia understands; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A dated statement: `edtf` as given, `earliest` and `latest` day (inclusive, None = open)."""

    edtf: str
    earliest: Day | None
    latest: Day | None
    precision: str
    approximate: bool = False
    uncertain: bool = False

    @property
    def dated(self) -> bool:
        """False only for the span of a record whose source gives no date at all."""
        return self.precision != "unknown"

    def overlaps(self, first: Day, last: Day) -> bool:
        """True when any day of the span may fall in [first, last]; an undated record never does."""
        return (
            self.dated
            and (self.earliest is None or self.earliest <= last)
            and (self.latest is None or self.latest >= first)
        )

    def within(self, first: Day, last: Day) -> bool:
        """True when the whole span lies in [first, last]: then the record is certain there."""
        return (
            self.earliest is not None and self.latest is not None
            and first <= self.earliest and self.latest <= last
        )  # fmt: skip

    def __str__(self) -> str:
        return words(self)


UNDATED = DateSpan("", None, None, "unknown")


def day_of(date: dt.date) -> Day:
    """The day number of a calendar date."""
    return date.toordinal() - EPOCH


def date_of(day: Day) -> dt.date:
    """The calendar date of a day number, clamped to the years Python knows (1 to 9999)."""
    return dt.date.fromordinal(min(max(day + EPOCH, 1), dt.date.max.toordinal()))


def iso(day: Day | None) -> str | None:
    """The day as YYYY-MM-DD, or None for an open end."""
    return None if day is None else date_of(day).isoformat()


@lru_cache(maxsize=65536)
def parse(text: str) -> DateSpan:
    """The span an EDTF text means; raises DateError with a remedy when it means none.

    Read are days, months, years, seasons 21 to 24, unspecified digits (2017-1X), the marks ~ ? % on the
    whole or on a part (2017-~10-30) and intervals with open ends (`../2019-01-30`). An approximate date
    keeps its stated bounds: how wide "about" is, no source says. Winter runs into the next year.
    """
    text = text.strip()
    if not text:
        return UNDATED
    if "/" not in text:
        return _point(text)
    sides = text.split("/")
    if len(sides) != 2:
        raise DateError(f"'{_short(text)}' has more than one '/': write FIRST/LAST")
    first, last = (None if side in ("", "..") else _point(side) for side in sides)
    earliest = first.earliest if first else None
    latest = last.latest if last else None
    if earliest is not None and latest is not None and latest < earliest:
        raise DateError(f"'{text}' ends before it starts: swap the two dates")
    marked = [side for side in (first, last) if side]
    return DateSpan(
        text,
        earliest,
        latest,
        "interval" if len(marked) == 2 else "open",
        any(side.approximate for side in marked),
        any(side.uncertain for side in marked),
    )


def _point(text: str) -> DateSpan:
    if _DAY.fullmatch(text):  # most dates are one: no need to look for marks
        with suppress(ValueError):
            day = day_of(dt.date.fromisoformat(text))
            return DateSpan(text, day, day, "day")
    match = _POINT.fullmatch(text)
    if match is None:
        raise DateError(f"'{_short(text)}' is no EDTF date: {_remedy(text)}")
    try:
        earliest, latest, precision = _bounds(match["year"], match["month"], match["day"])
    except ValueError as error:
        raise DateError(f"'{text}' is no day of the calendar: {error}") from None
    return DateSpan(
        text, day_of(earliest), day_of(latest), precision, "~" in text or "%" in text, "?" in text or "%" in text
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}\u2026"


def _remedy(text: str) -> str:
    if timed := _TIMED.fullmatch(text):
        return f"it has a time of day; write {timed[1]}"
    if text == "..":
        return "it is open at both ends; leave the date empty"
    return "write 2017-10-30, 2017-10, 2017, FIRST/LAST or ../LAST"


def _bounds(year: str, month: str | None, day: str | None) -> tuple[dt.date, dt.date, str]:
    if "X" in year:
        if month is not None:
            raise ValueError("an unknown year cannot have a month")
        first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
        precision = "decade" if year.count("X") == 1 else "century"
        return dt.date(first, 1, 1), dt.date(last, 12, 31), precision
    y = int(year)
    if month is None or (month == "XX" and day in (None, "XX")):
        return dt.date(y, 1, 1), dt.date(y, 12, 31), "year"
    if month in SEASONS:
        if day is not None:
            raise ValueError("a season cannot have a day")
        start = SEASONS[month][0]
        end_year, end_month = (y, start + 2) if start < 12 else (y + 1, 2)
        return dt.date(y, start, 1), _month_end(end_year, end_month), "season"
    months = _digits(month, 1, 12)
    if len(months) > 1:
        if day not in (None, "XX"):
            raise ValueError("an unknown month cannot have a day")
        return dt.date(y, months[0], 1), _month_end(y, months[-1]), "interval"
    m = months[0]
    if day is None or day == "XX":
        return dt.date(y, m, 1), _month_end(y, m), "month"
    if y == 0:
        raise ValueError("there is no year 0")
    days = _digits(day, 1, calendar.monthrange(y, m)[1])
    return dt.date(y, m, days[0]), dt.date(y, m, days[-1]), "day" if len(days) == 1 else "interval"


def _digits(text: str, low: int, high: int) -> list[int]:
    """The numbers in [low, high] that a two-digit text with X for any digit can stand for."""
    if "X" in text:
        pattern = re.compile(text.replace("X", "[0-9]"))
        found = [n for n in range(low, high + 1) if pattern.fullmatch(f"{n:02d}")]
    else:
        found = [int(text)] if low <= int(text) <= high else []
    if not found:
        raise ValueError(f"'{text}' is not between {low:02d} and {high:02d}")
    return found


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def words(span: DateSpan) -> str:
    """The span for people: "14 Nov 2017", "Nov 2017", "22-28 Dec 2017", "until about 30 Jan 2019"."""
    if not span.dated:
        return "undated"
    if "/" not in span.edtf:
        return _point_words(span)
    first, last = (None if side in ("", "..") else _point(side) for side in span.edtf.split("/"))
    if first is None or last is None:
        if first is last:
            return "at an unknown time"
        return f"until {_point_words(last)}" if last else f"from {_point_words(first or UNDATED)}"
    plain = not (span.approximate or span.uncertain)
    if plain and first.precision == last.precision == "day":
        return between(first.earliest, last.latest)
    if plain and first.precision == last.precision == "month":
        return _months(first.earliest or 0, last.latest or 0)
    return f"{_point_words(first)} \u2013 {_point_words(last)}"


def _point_words(span: DateSpan) -> str:
    about = "about " if span.approximate else ""
    return f"{about}{_bare_words(span)}{' (uncertain)' if span.uncertain else ''}"


def _bare_words(span: DateSpan) -> str:
    first, last = span.earliest or 0, span.latest or 0
    start = date_of(first)
    if span.precision == "day":
        return day_words(first)
    if span.precision == "season":
        name = SEASONS[span.edtf.translate(_MARKS)[5:7]][1]
        return f"{name} {start.year}/{(start.year + 1) % 100:02d}" if name == "winter" else f"{name} {start.year}"
    if span.precision == "decade":
        return f"{start.year}s"
    if span.precision == "century":
        return f"{start.year}\u2013{date_of(last).year}"
    if span.precision == "interval":
        day = span.edtf.translate(_MARKS)[8:]
        return _months(first, last) if day in ("", "XX") else between(first, last)
    return f"{MONTHS[start.month - 1]} {start.year}" if span.precision == "month" else str(start.year)


def _months(first: Day, last: Day) -> str:
    """Whole months for people, without repeating a shared year."""
    a, b = date_of(first), date_of(last)
    if (a.year, a.month) == (b.year, b.month):
        return f"{MONTHS[a.month - 1]} {a.year}"
    year = "" if a.year == b.year else f" {a.year}"
    return f"{MONTHS[a.month - 1]}{year} \u2013 {MONTHS[b.month - 1]} {b.year}"


def day_words(day: Day) -> str:
    """One day for people: "14 Nov 2017"."""
    date = date_of(day)
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def age_words(days: int) -> str:
    """A number of days for people: days up to two months, then months, then years."""
    if days < 61:
        return f"{days} day{'' if days == 1 else 's'}"
    return f"{days / 30.4375:.0f} months" if days < 731 else f"{days / 365.25:.0f} years"


def between(first: Day | None, last: Day | None) -> str:
    """A closed interval for people, without repeating what both ends share."""
    if first is None or last is None:
        return (
            "at an unknown time"
            if first == last
            else f"{'until' if first is None else 'from'} " + day_words((last if first is None else first) or 0)
        )
    a, b = date_of(first), date_of(last)
    if a == b:
        return day_words(first)
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day}\u2013{b.day} {MONTHS[a.month - 1]} {a.year}"
    if a.year == b.year:
        return f"{a.day} {MONTHS[a.month - 1]} \u2013 {b.day} {MONTHS[b.month - 1]} {a.year}"
    return f"{day_words(first)} \u2013 {day_words(last)}"
