"""Coordinates as people write them: decimal degrees, with minutes and seconds, UTM and MGRS, read and written.

MGRS is the grid of the Military Grid Reference System on WGS 84 (NGA.STND.0037), by the `mgrs` package.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from functools import lru_cache
from typing import Any

from viewer.domain.patterns import Pattern
from viewer.domain.places import LonLat
from viewer.geo import utm

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


def _pair(one: str) -> Pattern:
    first, second = (_SIDE.format(name, one.format(name)) for name in ("a", "b"))
    return Pattern(rf"\s*{first}{_GAP}{second}\s*", re.IGNORECASE)


_FORMS = (_pair(_DECIMAL), _pair(_SEXAGESIMAL))
_TIGHT = Pattern(r"(?<=[NS])(?=[\d])", re.IGNORECASE)
_UTM = Pattern(
    r"(?P<zone>\d{1,2})\s*(?P<band>[C-HJ-NP-X])[\s,]+(?P<east>\d{6}(?:\.\d+)?)\s*(?:m\s*)?E?[\s,]+"
    r"(?P<north>\d{1,8}(?:\.\d+)?)\s*(?:m\s*)?N?", re.IGNORECASE,
)  # fmt: skip
_MGRS = Pattern(r"(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])((?:\d\d){0,5})", re.IGNORECASE)


def parse_coordinate(text: str) -> LonLat | None:
    """The position a text means, or None; without letters latitude comes first, as people say it."""
    plain = _plain(text)
    if not plain or len(plain) > 80:
        return None
    return _from_mgrs(plain) or _from_utm(plain) or _from_degrees(plain)


def _plain(text: str) -> str:
    """The text with western digits and plain signs."""
    plain = text.strip().translate(_SIGNS)
    return "".join(str(unicodedata.digit(c)) if unicodedata.digit(c, None) is not None else c for c in plain)


def _from_mgrs(text: str) -> LonLat | None:
    match = _MGRS.fullmatch(re.sub(r"\s+", "", text))
    if not match:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # it only warns of a square that lies outside of the band it names
            lat, lon = _grid().toLatLon(match.group(0).upper())
    except Exception:  # noqa: BLE001 - the package has one error class per version, none of them public
        return None
    return _checked(lon, lat)


def _from_utm(text: str) -> LonLat | None:
    """A position told by zone, band, easting and northing; the letter is a band, as in MGRS, never a hemisphere."""
    match = _UTM.fullmatch(text.strip())
    if not match or not 1 <= int(match["zone"]) <= 60:
        return None
    zone, band, north = int(match["zone"]), match["band"].upper(), float(match["north"])
    lon, lat = utm.from_utm(float(match["east"]), north - (utm.FALSE_NORTHING if band < "N" else 0.0), zone)
    off_band = abs(float(lat) - (utm.BANDS.index(band) * 8 - 76)) > (8.0 if band == "X" else 4.0) + _SLACK
    return None if off_band or abs(float(lon) - utm.middle_of(zone)) > 9 else _checked(float(lon), float(lat))


_SLACK = 1e-4
"""Degrees by which a rounded position may lie beyond its band."""


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


def as_dms(lon: float, lat: float, places: int = 0) -> str:
    """'35°19′48″N 40°08′24″E', to the second (about thirty metres) or to decimal places of it."""
    return f"{_dms(lat, 'NS', places)} {_dms(lon, 'EW', places)}"


def _dms(value: float, sides: str, places: int) -> str:
    parts = 10**places
    whole, rest = divmod(round(abs(value) * 3600 * parts), parts)
    fraction = f".{rest:0{places}d}" if places else ""
    side = sides[0] if value >= 0 or whole == rest == 0 else sides[1]
    return f"{whole // 3600}\u00b0{whole // 60 % 60:02d}\u2032{whole % 60:02d}{fraction}\u2033{side}"


def as_ddm(lon: float, lat: float) -> str:
    """'35°19.800′N 40°08.400′E': degrees and decimal minutes, to about two metres."""
    return f"{_ddm(lat, 'NS')} {_ddm(lon, 'EW')}"


def _ddm(value: float, sides: str) -> str:
    whole, rest = divmod(round(abs(value) * 60_000), 1000)
    side = sides[0] if value >= 0 or whole == rest == 0 else sides[1]
    return f"{whole // 60}\u00b0{whole % 60:02d}.{rest:03d}\u2032{side}"


def as_utm(lon: float, lat: float) -> str:
    """'37S 603609 mE 3910235 mN': zone and latitude band, easting, northing to the metre; '' near the poles."""
    if not utm.LIMITS[0] <= lat <= utm.LIMITS[1] or abs(lon) > 180:
        return ""
    zone, band = utm.zone_of(lon, lat), utm.band_of(lat)
    east, north = (float(value) for value in utm.to_utm(lon, lat, zone))
    return f"{zone}{band} {round(east)} mE {round(north + (utm.FALSE_NORTHING if band < 'N' else 0.0))} mN"


def as_mgrs(lon: float, lat: float, digits: int = 5) -> str:
    """'37S FV 12345 67890' to the metre, or '' near the poles, where the grid is another one."""
    if not -80 <= lat <= 84 or abs(lon) > 180:
        return ""
    grid = str(_grid().toMGRS(lat, lon, MGRSPrecision=digits))
    head, rest = grid[: len(grid) - 2 * digits], grid[len(grid) - 2 * digits :]
    zone, square = head[:-2], head[-2:]
    return " ".join(part for part in (zone, square, rest[:digits], rest[digits:]) if part)


def written(lon: float, lat: float, form: str) -> str:
    """A position in one of the forms 'decimal', 'dms', 'ddm', 'utm', 'mgrs', to a few metres.

    In decimal degrees where the form cannot tell it: UTM and MGRS end near the poles.
    """
    said = {"dms": lambda: as_dms(lon, lat, 1), "ddm": lambda: as_ddm(lon, lat), "utm": lambda: as_utm(lon, lat),
            "mgrs": lambda: as_mgrs(lon, lat)}.get(form, str)()  # fmt: skip
    return said or as_decimal(lon, lat, 5)


@lru_cache(maxsize=1)
def _grid() -> Any:
    import mgrs

    return mgrs.MGRS()
