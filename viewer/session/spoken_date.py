"""Dates as people type them ("14 Nov 2017", "Nov 2017", "14.11.2017", "3 – 9 May 2017"), beside the EDTF of stores."""

from __future__ import annotations

import re

from viewer.domain.dates import MONTHS, DateError, DateSpan, date_of, parse
from viewer.domain.patterns import Pattern

_DAY_MONTH_YEAR = Pattern(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<month>[a-z]{3,9})\.?\s+(?P<year>\d{4})", re.I
)
_MONTH_DAY_YEAR = Pattern(r"(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})", re.I)
_NUMBERS = Pattern(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})")
_LOOSE = Pattern(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?")
_BETWEEN = Pattern(r"\s*[\u2013\u2014]\s*|\s+(?:-|to|until)\s+|\s*/\s*", re.I)
_FULL = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def spoken_span(text: str) -> DateSpan | None:
    """The days a typed date or span means, None when it is none; numbers alone are read day first.

    Of a span, what the first side leaves out is as in the second: "9\u201315 Nov 2017".
    """
    text = " ".join(text.split())
    if text[:6].casefold() == "until ":  # as the field for a date says it
        end = spoken_span(text[6:])
        return end and _span(f"../{end.edtf}")
    span = _span(_edtf(text))
    if span is None and len(sides := _BETWEEN.split(text)) == 2:
        span = _between(*sides)
    return span if span is not None and span.dated else None


def _between(first: str, last: str) -> DateSpan | None:
    """The days from one typed date to another; None when that ends before it starts."""
    end = _span(_edtf(last))
    if end is None or end.earliest is None or "/" in end.edtf:
        return None
    day = date_of(end.earliest)
    parts = {"day": 3, "month": 2}.get(end.precision, 1)
    for left_out in ("", f" {day.year}", f" {MONTHS[day.month - 1]} {day.year}")[:parts]:
        begin = _span(_edtf(first + left_out))
        if begin is not None and begin.dated and "/" not in begin.edtf:
            return _span(f"{begin.edtf}/{end.edtf}")
    return None


def _span(edtf: str) -> DateSpan | None:
    try:
        return parse(edtf)
    except DateError:
        return None


def _edtf(text: str) -> str:
    for pattern in (_DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _NUMBERS, _LOOSE):
        match = pattern.fullmatch(text)
        month = _month(match["month"]) if match else None
        if match and month:
            day = f"-{int(match['day']):02d}" if match["day"] else ""
            return f"{match['year']}-{month:02d}{day}"
    return text


def _month(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    low = word.casefold()
    fits = [n for n, name in enumerate(_FULL, 1) if name.startswith(low) and low[:3] == MONTHS[n - 1].casefold()]
    return fits[0] if fits else (9 if low == "sept" else None)
