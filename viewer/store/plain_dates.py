"""Dates as they are written most, read for thousands of rows at once: days, months, years, and two days."""

from __future__ import annotations

from functools import cache

import numpy as np

from viewer.store.cells import Flags, Raw, gathered
from viewer.store.leaves import Cells, Integers

NO_DAY = -(2**62)
FIRST_DAY, LAST_DAY = -719_162, 2_932_896
"""Those of the years 1 to 9999."""
YEAR_BYTES, MONTH_BYTES, DAY_BYTES = 4, 7, 10
_MOST_DAYS = 100_000
_TWO_BYTES = np.uint64(0xFFFF)


class DayTexts:
    """Days as they are written (YYYY-MM-DD), from the first to the last, to be compared with many at once."""

    def __init__(self, first: int, last: int) -> None:
        self._first = first
        days = np.arange(first, last + 1)
        months = np.searchsorted(_month_starts(), days, side="right") - 1
        parts = ((months // 12, 0, 4), (months % 12 + 1, 5, 2), (days - _month_starts()[months] + 1, 8, 2))
        letters = np.zeros((len(days), 16), dtype=np.uint8)
        letters[:, (4, 7)] = ord("-")
        for numbers, begin, width in parts:
            for place in range(width):
                letters[:, begin + place] = ord("0") + numbers // 10 ** (width - 1 - place) % 10
        self._begins, self._ends = (letters.view("<u8")[:, half].copy() for half in (0, 1))

    def widened(self, first: int, last: int) -> DayTexts | None:
        """The same with these days, too; None where that is no use, as they are too far apart or none of a calendar."""
        if first > last:
            return self
        known = range(self._first, self._first + len(self._begins))
        if known and known[0] <= first and last <= known[-1]:
            return self
        first, last = (min(first, known[0]), max(last, known[-1])) if known else (first, last)
        whole = first >= FIRST_DAY and last <= LAST_DAY and last - first < _MOST_DAYS
        return DayTexts(first, last) if whole else None

    def are(self, raw: Raw, starts: Integers, days: Integers) -> Flags:
        """Where the text that begins at each place begins with its day."""
        places = days - self._first
        theirs = gathered(raw, starts, 16).view("<u8")
        found: Flags = (places >= 0) & (places < len(self._begins))
        if len(self._begins):
            found &= theirs[:, 0] == self._begins.take(places, mode="clip")
            found &= theirs[:, 1] & _TWO_BYTES == self._ends.take(places, mode="clip")
        return found


def plain_days(raw: Raw, texts: Cells) -> Integers:
    """The day of each text that is one plain day (YYYY-MM-DD); a number no day has for all others."""
    return np.where(texts.lengths == DAY_BYTES, days_at(raw, texts.starts), NO_DAY)


def plain_spans(raw: Raw, texts: Cells, first: Integers, last: Integers) -> Flags:
    """Which texts are a year, a month, or two days or a day and an open end (DAY/DAY, DAY/..), and mean these days."""
    if not len(first):
        return np.zeros(0, dtype=bool)
    letters = gathered(raw, texts.starts, 16)
    months, starts = _months_of(letters), _month_starts()
    begin = starts.take(months, mode="clip")
    month = (texts.lengths == MONTH_BYTES) & (months >= 0)
    month &= (begin == first) & (starts.take(months + 1, mode="clip") - 1 == last)
    january = _months_of(letters, january=True)
    year = (texts.lengths == YEAR_BYTES) & (january >= 0)
    year &= (starts.take(january, mode="clip") == first) & (starts.take(january + 12, mode="clip") - 1 == last)
    day = days_at(raw, texts.starts)
    pair = (texts.lengths == 2 * DAY_BYTES + 1) & (letters[:, DAY_BYTES] == ord("/")) & (day <= last)
    pair &= (day == first) & (day != NO_DAY) & (days_at(raw, texts.starts + DAY_BYTES + 1) == last)
    ended = (letters[:, DAY_BYTES : DAY_BYTES + 3] == np.frombuffer(b"/..", dtype=np.uint8)).all(axis=1)
    opened = (texts.lengths == DAY_BYTES + 3) & ended & (day == first) & (day != NO_DAY) & (last == NO_DAY)
    plain: Flags = month | year | pair | opened
    return plain


def days_at(raw: Raw, starts: Integers) -> Integers:
    """The day that is written in the ten letters from each place on; a number no day has where there is none."""
    letters = gathered(raw, starts, 16)
    months: Integers = _months_of(letters)
    digits = letters[:, (8, 9)] - np.uint8(ord("0"))
    day = digits @ np.array([10, 1])
    begin = _month_starts().take(months, mode="clip")
    plain = (months >= 0) & (letters[:, 7] == ord("-")) & (digits <= 9).all(axis=1) & (day >= 1)
    plain &= day <= _month_starts().take(months + 1, mode="clip") - begin
    return np.where(plain, begin + day - 1, NO_DAY)


def _months_of(letters: Raw, january: bool = False) -> Integers:
    """The month from the year 0 on that each text begins with (YYYY-MM), or the first of its year; -1 for none."""
    digits: Raw = letters[:, (0, 1, 2, 3) if january else (0, 1, 2, 3, 5, 6)] - np.uint8(ord("0"))
    plain = np.asarray((digits <= 9).all(axis=1))
    numbers = np.where(plain[:, None], digits, 0).astype(np.int64)
    months: Integers = numbers[:, :4] @ np.array([12_000, 1_200, 120, 12])
    if not january:
        month = numbers[:, 4] * 10 + numbers[:, 5]
        plain &= (letters[:, 4] == ord("-")) & (month >= 1) & (month <= 12)
        months = months + month - 1
    return np.where(plain & (months >= 12), months, -1)


@cache
def _month_starts() -> Integers:
    """The first day of each month from the year 0 on, and of the one after the last."""
    months = np.arange(-1970 * 12, 8030 * 12 + 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)
