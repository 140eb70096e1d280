"""Dates as properties of features tell them, as EDTF; what can be read in two ways is never guessed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from viewer.domain.dates import MONTHS, DateError, DateSpan, parse
from viewer.formats.cells import CellError

ORDERS = ("", "dmy", "mdy")
MILLISECONDS = 10_000_000_000
"""A larger number is no day or second but milliseconds since 1970, as ArcGIS writes them."""
_ISO = re.compile(r"(-?\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}.*)")
_SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ ,T]+(\d{1,2}:\d{2}.*))?")
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})(?:[./](\d{1,2}))?(?:[ T](\d{1,2}:\d{2}.*))?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{4,6}.*))?")
_WORDED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[\s.-]+)?([A-Za-z]{3,9})\.?[\s,.-]+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})"
)


def told_day(value: Any, order: str = "", field: str = "date") -> tuple[DateSpan, str]:
    """The span of a day as told, and the time of day if there is one; CellError when it is none or could be two.

    order: dmy or mdy for dates such as 05/04/2017, '' when that is not known.
    """
    told = str(value).strip()
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= MILLISECONDS:
        return _of_milliseconds(float(value), field)
    if match := _ISO.fullmatch(told):
        return _span(match[1], told, field), "" if match[2].startswith(("00:00", "0:00")) else match[2]
    if (match := _YEAR_FIRST.fullmatch(told)) and "/" not in told[:4]:
        day = f"-{int(match[3]):02}" if match[3] else ""
        return _span(f"{match[1]}-{int(match[2]):02}{day}", told, field), match[4] or ""
    if match := _COMPACT.fullmatch(told):
        return _span(f"{match[1]}-{match[2]}-{match[3]}", told, field), match[4] or ""
    if match := _SLASHED.fullmatch(told):
        return _span(_in_order(match, order, told, field), told, field), match[4] or ""
    if match := _WORDED.fullmatch(told):
        month = next((at for at, name in enumerate(MONTHS, 1) if match[2][:3].casefold() == name.casefold()), 0)
        day = match[1] or match[3]
        if month and not (match[1] and match[3]):
            return _span(f"{match[4]}-{month:02}" + (f"-{int(day):02}" if day else ""), told, field), ""
    return _span(told, told, field), ""


def _span(edtf: str, told: str, field: str) -> DateSpan:
    try:
        return parse(edtf)
    except DateError as error:
        raise CellError(
            f"{field}: {error}" if edtf == told else f"{field}: '{told[:40]}' is no day ({error})"
        ) from None


def _in_order(match: re.Match[str], order: str, told: str, field: str) -> str:
    first, second, year = int(match[1]), int(match[2]), match[3]
    if order == "mdy" or (not order and second > 12 >= first):
        month, day = first, second
    elif order == "dmy" or (not order and first > 12 >= second) or first == second:
        day, month = first, second
    else:
        raise CellError(f"{field}: '{told[:40]}' may be two days; set dates=dmy or dates=mdy")
    return f"{year}-{month:02}-{day:02}"


def _of_milliseconds(number: float, field: str) -> tuple[DateSpan, str]:
    try:
        moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=number)
    except OverflowError:
        raise CellError(f"{field}: {number:g} is no moment") from None
    clock = f"{moment:%H:%M} UTC" if (moment.hour, moment.minute) != (0, 0) else ""
    return parse(moment.date().isoformat()), clock


def told_span(start: Any, end: Any, order: str = "") -> tuple[DateSpan, str]:
    """The span from one day to another, either of which may be missing (None or ''): then it is open there."""
    first, clock = told_day(start, order, "start") if _given(start) else (None, "")
    last, _ = told_day(end, order, "end") if _given(end) else (None, "")
    if first is not None and last is not None and first.edtf == last.edtf:
        return first, clock
    sides = [side.edtf if side is not None else ".." for side in (first, last)]
    try:
        return parse("/".join(sides)) if first or last else parse(""), clock
    except DateError as error:
        raise CellError(f"start: {error}") from None


def _given(value: Any) -> bool:
    return value is not None and str(value).strip() not in ("", "..")
