"""Values as cells of tables give them, made into what records hold; what cannot be is told by field."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from viewer.domain.dates import DateSpan, date_of, iso, parse

COUNTRIES = {
    "syria": "SY", "syrian arab republic": "SY", "syr": "SY", "iraq": "IQ", "irq": "IQ", "turkey": "TR",
    "türkiye": "TR", "turkiye": "TR", "tur": "TR", "jordan": "JO", "jor": "JO", "lebanon": "LB", "lbn": "LB",
    "israel": "IL", "isr": "IL", "palestine": "PS", "pse": "PS", "iran": "IR", "irn": "IR",
    "iran, islamic republic of": "IR", "saudi arabia": "SA", "sau": "SA", "kuwait": "KW", "kwt": "KW",
    "cyprus": "CY", "cyp": "CY", "egypt": "EG", "egy": "EG",
}  # fmt: skip
"""Codes (ISO 3166) of the countries of the region, by what files call them."""
WKT_POINT = re.compile(
    r"(?:SRID=4326;)?\s*POINT\s*Z?\s*\(\s*([-+]?\d+\.?\d*)\s+([-+]?\d+\.?\d*)[^)]*\)", re.IGNORECASE
)
"""A point as databases write it: longitude first."""
NOTHING = frozenset({
    "", "-", "--", "–", "?", "n/a", "na", "n.a.", "nan", "null", "none", "nil", "unknown", "not known", "onbekend",
    "unbekannt", "inconnu", "inconnue", "غير معروف", "#n/a", "nat",
})  # fmt: skip
"""What stands in a cell, in small letters, in place of a date or a number that nobody knows."""


class CellError(ValueError):
    """A cell that does not hold what its column should; the message names the column and the remedy."""


def country_code(text: str) -> str:
    """The two letters of a country; of one that is not of the region, its name as it is."""
    told = text.strip()
    return told.upper() if len(told) == 2 else COUNTRIES.get(told.casefold(), told)


def real(text: str, column: str) -> float | None:
    """A finite number, None of an empty cell; CellError for anything else."""
    told = text.strip()
    if not told:
        return None
    try:
        number = float(told)
    except ValueError:
        raise CellError(f"{column}: '{told[:40]}' is no number") from None
    if not math.isfinite(number):
        raise CellError(f"{column}: '{told[:40]}' is no finite number")
    return number


@lru_cache(maxsize=4096)
def whole(text: str, column: str) -> int | None:
    """A whole number of things, 12 or 12.0; None of an empty cell, CellError for anything else."""
    number = real(text, column)
    if number is None:
        return None
    if number != int(number) or number < 0:
        raise CellError(f"{column}: '{text[:40]}' counts nothing; write a whole number from 0")
    return int(number)


@lru_cache(maxsize=65536)
def coordinate(longitude: str, latitude: str) -> tuple[float | None, float | None]:
    """Longitude and latitude in degrees, both None where the row gives none.

    CellError for one without the other, for 0, 0 (a place nobody meant) and for what is beyond the globe.
    """
    lon, lat = real(longitude, "longitude"), real(latitude, "latitude")
    if lon is None and lat is None:
        return None, None
    if lon is None or lat is None:
        raise CellError(f"{'longitude' if lon is None else 'latitude'}: is empty; give both coordinates or none")
    return checked_coordinate(lon, lat)


def checked_coordinate(lon: float, lat: float) -> tuple[float, float]:
    """The same in degrees if they are on the globe and not 0, 0; else CellError."""
    if lon == 0 and lat == 0:
        raise CellError("coordinates: 0, 0 lies in the Gulf of Guinea; leave both empty when the place is not known")
    if abs(lat) > 90 >= abs(lon):
        raise CellError(f"latitude: {lat:g} is beyond 90; if it is the longitude, import with the coordinates swapped")
    if abs(lat) > 90 or abs(lon) > 180:
        raise CellError(f"coordinates: {lon:g}, {lat:g} is no longitude and latitude in degrees")
    return lon, lat


@lru_cache(maxsize=65536)
def span_between(first: str, last: str) -> DateSpan:
    """The days from one ISO day to another, written as the month or year where they are just that."""
    start, end = parse(first), parse(last)
    if start.earliest is None or end.latest is None:
        return parse(f"{first}/{last}")
    if end.latest >= start.earliest:
        day = date_of(start.earliest)
        for whole_span in (f"{day.year:04}-{day.month:02}", f"{day.year:04}"):
            span = parse(whole_span)
            if (span.earliest, span.latest) == (start.earliest, end.latest):
                return span
    return parse(f"{iso(start.earliest)}/{iso(end.latest)}")
