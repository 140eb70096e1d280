"""Where a row of a table says that something happened, as exactly as its cells tell it and no more."""

from __future__ import annotations

import re
from functools import lru_cache

from viewer.domain.drafts import PlaceMention
from viewer.formats.cells import NOTHING, WKT_POINT, CellError, checked_coordinate, coordinate, country_code
from viewer.formats.vocabulary import PRECISION_OF, folded
from viewer.geo.errors import GeometryError
from viewer.geo.gridref import as_decimal, parse_coordinate
from viewer.geo.shapes import representative_point, wkt_to_wkb
from viewer.geo.wkb import kind_of

PLACE_FIELDS = ("place", "district", "province", "country", "precision", "radius", "lat", "lon", "coordinate")
_RADIUS_OF = {"near": 8_000.0, "area": 30_000.0, "province": 80_000.0, "region": 80_000.0, "country": 300_000.0}
"""How far a place of each class of exactness may be off where nothing says so: estimates for this region, in metres."""
_KIND_OF = {"area": "district", "province": "province", "region": "area", "country": "country", "line": "road",
            "unknown": "area"}  # fmt: skip
_GRID = re.compile(r"\d{1,2}[C-X][A-Z]{2}(\d*)", re.IGNORECASE)
_RADIUS = re.compile(r"(?:ca?\.? ?|~)?(\d+(?:[.,]\d+)?)\s*(m|km|metres?|meters?|kilomet(?:re|er)s?)?")
_COMMAS = re.compile(r"\s*[-+]?\d+,\d+\s*[;/ ]\s*[-+]?\d+,\d+\s*")
"""A pair of numbers with decimal commas."""
_DECIMALS = re.compile(r"\d[.,](\d+)")
OWN_M = 150.0
"""How exactly a coordinate that is finer than that of a town says where something happened, in metres."""
FINE_DECIMALS = 3


@lru_cache(maxsize=65536)
def place_told(
    name: str, district: str, province: str, country: str, precision: str, radius: str, lat: str, lon: str, both: str,
    outline: str, usual: str,
) -> PlaceMention | None:  # fmt: skip
    """The place that cells of PLACE_FIELDS and a geometry as text tell, None when they tell none; CellError when bad.

    usual: how exact a coordinate is taken to be where nothing says so, '' to go by its decimal places.
    """
    if outline and not WKT_POINT.fullmatch(outline):
        return _outlined(outline, name, country, tuple(part for part in (district, province) if part))
    point, fineness = _point(lat, lon, both or outline)
    own_m = OWN_M if _is_fine(f"{lat} {lon}" if lat or lon else both or outline) else None
    code = country_code(country)
    exact = _precision(precision) or ((usual or fineness) if point else "")
    metres = _metres(radius) if radius else _RADIUS_OF.get(exact)
    around = tuple(dict.fromkeys(part for part in (district, province) if part))
    if point is not None:
        if exact == "country" and not name:
            return PlaceMention(country or "unnamed country", *point, exact, metres, "country", code)
        own = name or (province if exact == "province" else district if exact == "area" else "")
        kind = _KIND_OF.get(exact, "town" if own else "site")
        own, within = own or as_decimal(*point, 5), tuple(part for part in around if part != own)
        own_m = own_m if exact == "town" and name else None
        return PlaceMention(own, *point, exact, metres, kind, code, within, own_m=own_m)
    if name:
        exact = exact or usual or "unknown"
        kind = _KIND_OF.get(exact, "town") if exact != "unknown" else "town"
        return PlaceMention(name, None, None, exact, metres, kind, code, around)
    for part, level in ((district, "area"), (province, "province"), (country, "country")):
        if part:
            within = around[1:] if level == "area" else ()
            return PlaceMention(part, None, None, level, _RADIUS_OF[level], _KIND_OF[level], code, within)
    return None


def _outlined(text: str, name: str, country: str, within: tuple[str, ...]) -> PlaceMention:
    """A place that is a line or an area, with a point on it."""
    try:
        wkb = wkt_to_wkb(text.partition(";")[2] if text[:5].upper() == "SRID=" else text)
        lon, lat = representative_point(wkb)
    except GeometryError as error:
        raise CellError(f"wkt: {error}") from None
    exact = {"LINESTRING": "line", "POLYGON": "area"}.get(kind_of(wkb).removeprefix("MULTI"), "near")
    kind = _KIND_OF.get(exact, "site") if exact != "area" else "area"
    own = name or as_decimal(lon, lat, 5)
    return PlaceMention(own, lon, lat, exact, None, kind, country_code(country), within, wkb)


def _point(lat: str, lon: str, both: str) -> tuple[tuple[float, float] | None, str]:
    """Longitude and latitude, and how exact they are by the way they are written; None where none are given."""
    if lat or lon:
        if lat.casefold() in NOTHING and lon.casefold() in NOTHING:
            return None, ""
        if found := _angles(lat, lon):
            return checked_coordinate(*found), "town"
        point = coordinate(lon.replace(",", ".", 1), lat.replace(",", ".", 1))
        if point[0] is None or point[1] is None:
            return None, ""
        return (point[0], point[1]), _fineness(lat, lon)
    if not both or both.casefold() in NOTHING:
        return None, ""
    if match := WKT_POINT.fullmatch(both):
        return checked_coordinate(float(match[1]), float(match[2])), _fineness(match[1], match[2])
    if _COMMAS.fullmatch(both):
        both = both.replace(",", ".")
    found = parse_coordinate(both.strip("()[] "))
    if found is None:
        raise CellError(f"coordinate: '{both[:40]}' cannot be read; write 35.33, 40.14 or 37S FV 12345 67890")
    if grid := _GRID.fullmatch(both.replace(" ", "")):
        return checked_coordinate(*found), ("region", "near")[min(len(grid[1]), 2) // 2] if len(grid[1]) < 4 else "town"
    numbers = both.replace(", ", " ").replace(";", " ").split()
    plain = len(numbers) == 2 and not set(both) & set("°'\"NSEWnsew")
    return checked_coordinate(*found), _fineness(*numbers) if plain else "town"


def _angles(lat: str, lon: str) -> tuple[float, float] | None:
    """Two cells of degrees with minutes or with letters of the compass, as longitude and latitude."""
    if not set(lat + lon) & set("°'\"NSEWnsew′″ :"):
        return None
    lat = lat if lat[-1:].upper() in ("N", "S") or lat[:1].upper() in ("N", "S") else f"{lat}N"
    lon = lon if lon[-1:].upper() in ("E", "W") or lon[:1].upper() in ("E", "W") else f"{lon}E"
    return parse_coordinate(f"{lat.replace(',', '.')}, {lon.replace(',', '.')}")


def _fineness(first: str, second: str) -> str:
    """How exact a coordinate is at best, by its decimal places: one is some kilometres, none a region."""
    places = max(len(match[1]) if (match := _DECIMALS.search(text)) else 0 for text in (first, second))
    return "town" if places > 1 else "near" if places == 1 else "region"


def _is_fine(text: str) -> bool:
    """Whether a coordinate is written more exactly than a town is: to some hundred metres."""
    if grid := _GRID.fullmatch(text.replace(" ", "")):
        return len(grid[1]) >= 2 * FINE_DECIMALS
    return bool(set(text) & set('"″')) or any(len(found[1]) >= FINE_DECIMALS for found in _DECIMALS.finditer(text))


def _precision(text: str) -> str:
    if not text:
        return ""
    found = PRECISION_OF.get(folded(text))
    if found is None:
        raise CellError(f"precision: '{text[:40]}' is no class of exactness; write exact, town, near, area, province, "
                        "region, country or unknown")  # fmt: skip
    return found


def _metres(text: str) -> float:
    match = _RADIUS.fullmatch(text.strip().lower())
    if match is None:
        raise CellError(f"radius: '{text[:40]}' is no distance; write metres, or 5 km")
    return float(match[1].replace(",", ".")) * (1000.0 if (match[2] or "m").startswith("k") else 1.0)
