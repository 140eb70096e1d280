"""Dates as people type them ("14 Nov 2017", "Nov 2017", "14.11.2017"), beside the EDTF that stores hold."""

from __future__ import annotations

import re

from viewer.domain.dates import MONTHS, DateError, DateSpan, parse

_DAY_MONTH_YEAR = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<month>[a-z]{3,9})\.?\s+(?P<year>\d{4})", re.I
)
_MONTH_DAY_YEAR = re.compile(r"(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})", re.I)
_NUMBERS = re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})")
_LOOSE = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?")
_FULL = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def spoken_span(text: str) -> DateSpan | None:
    """The days a typed date means, None when it is no date; numbers alone are read day first."""
    edtf = _edtf(" ".join(text.split()))
    try:
        span = parse(edtf)
    except DateError:
        return None
    return span if span.dated else None


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
