"""Coordinates as people write them: decimal degrees, degrees-minutes-seconds and MGRS, read and written.

MGRS is the grid of the Military Grid Reference System on WGS 84 (NGA.STND.0037), by the `mgrs` package.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

LonLat = tuple[float, float]
"""Longitude, latitude in degrees."""

_SIGNS = str.maketrans({
    "\u060c": ",", "\u066b": ".", "\u066c": "", "\u2212": "-", "\u2013": "-", "\u00ba": "\u00b0", "\u02da": "\u00b0",
    "\u2032": "'", "\u2019": "'", "\u2018": "'", "\u00b4": "'", "\u02b9": "'", "\u2033": '"', "\u201d": '"',
    "\u201c": '"', "\u02ba": '"', "\u061b": ";", "\u200e": "", "\u200f": "",
})  # fmt: skip
_NUMBER = r"\d+(?:\.\d+)?"
_SIDE = r"(?P<{0}before>[NSEW])?\s*(?P<{0}sign>[-+]?){1}\s*(?P<{0}after>[NSEW])?"
_DECIMAL = rf"(?P<{{0}}deg>{_NUMBER})\s*\u00b0?"
_SEXAGESIMAL = (
    rf"(?P<{{0}}deg>\d+)(?:\s*[\u00b0:d]\s*|\s+)(?P<{{0}}min>{_NUMBER})"
    rf"(?:(?:\s*[':m]\s*|\s+)(?P<{{0}}sec>{_NUMBER}))?\s*(?:''|\"|s(?![a-z]))?\s*'?"
)
_GAP = r"(?:\s*[,;/]\s*|\s+)"


def _pair(one: str) -> re.Pattern[str]:
    first, second = (_SIDE.format(name, one.format(name)) for name in ("a", "b"))
    return re.compile(rf"\s*{first}{_GAP}{second}\s*", re.IGNORECASE)


_FORMS = (_pair(_DECIMAL), _pair(_SEXAGESIMAL))
_TIGHT = re.compile(r"(?<=[NS])(?=[\d])", re.IGNORECASE)
_MGRS = re.compile(r"(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])((?:\d\d){0,5})", re.IGNORECASE)


def parse_coordinate(text: str) -> LonLat | None:
    """The position a text means, or None; without letters latitude comes first, as people say it."""
    plain = _plain(text)
    if not plain or len(plain) > 80:
        return None
    return _from_mgrs(plain) or _from_degrees(plain)


def _plain(text: str) -> str:
    """The text with western digits and plain signs."""
    plain = text.strip().translate(_SIGNS)
    return "".join(str(unicodedata.digit(c)) if unicodedata.digit(c, None) is not None else c for c in plain)


def _from_mgrs(text: str) -> LonLat | None:
    match = _MGRS.fullmatch(re.sub(r"\s+", "", text))
    if not match:
        return None
    try:
        lat, lon = _grid().toLatLon(match.group(0).upper())
    except Exception:  # noqa: BLE001 - the package has one error class per version, none of them public
        return None
    return _checked(lon, lat)


def _from_degrees(text: str) -> LonLat | None:
    for form in _FORMS:
        for candidate in dict.fromkeys((text, _TIGHT.sub(" ", text))):
            match = form.fullmatch(candidate)
            if match and (found := _from_match(match.groupdict())):
                return found
    return None


def _from_match(found: dict[str, str | None]) -> LonLat | None:
    values, letters = [], []
    for side in "ab":
        before, after = (found[side + "before"] or "").upper(), (found[side + "after"] or "").upper()
        if before and after:
            return None
        value = _degrees(found[side + "deg"], found.get(side + "min"), found.get(side + "sec"))
        if value is None:
            return None
        letter = before or after
        negative = (found[side + "sign"] == "-") != (letter in ("S", "W"))
        values.append(-value if negative else value)
        letters.append("NS".find(letter) >= 0 if letter else None)
    if letters in ([None, None], [True, False]):
        return _checked(values[1], values[0])
    return _checked(values[0], values[1]) if letters == [False, True] else None


def _degrees(whole: str | None, minutes: str | None, seconds: str | None) -> float | None:
    parts = [float(part or 0) for part in (whole, minutes, seconds)]
    if parts[1] >= 60 or parts[2] >= 60:
        return None
    return parts[0] + parts[1] / 60 + parts[2] / 3600


def _checked(lon: float, lat: float) -> LonLat | None:
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def as_decimal(lon: float, lat: float, places: int = 4) -> str:
    """'35.3300, 40.1400': latitude first, minus for south and west; four places are about ten metres."""
    return f"{lat:.{places}f}, {lon:.{places}f}"


def as_dms(lon: float, lat: float) -> str:
    """'35°19′48″N 40°08′24″E', to the second (about thirty metres)."""
    return f"{_dms(lat, 'NS')} {_dms(lon, 'EW')}"


def _dms(value: float, sides: str) -> str:
    seconds = round(abs(value) * 3600)
    side = sides[0] if value >= 0 or seconds == 0 else sides[1]
    return f"{seconds // 3600}\u00b0{seconds // 60 % 60:02d}\u2032{seconds % 60:02d}\u2033{side}"


def as_mgrs(lon: float, lat: float, digits: int = 5) -> str:
    """'37S FV 12345 67890' to the metre, or '' near the poles, where the grid is another one."""
    if not -80 <= lat <= 84 or abs(lon) > 180:
        return ""
    grid = str(_grid().toMGRS(lat, lon, MGRSPrecision=digits))
    head, rest = grid[: len(grid) - 2 * digits], grid[len(grid) - 2 * digits :]
    zone, square = head[:-2], head[-2:]
    return " ".join(part for part in (zone, square, rest[:digits], rest[digits:]) if part)


@lru_cache(maxsize=1)
def _grid() -> Any:
    import mgrs

    return mgrs.MGRS()
