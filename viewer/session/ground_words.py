"""Ground by its name: the provinces, rivers and roads of the base map, and what a person types for any ground."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.domain.patterns import Pattern
from viewer.domain.places import LonLat
from viewer.geo.basemap import Basemap, Feature
from viewer.geo.gridref import parse_coordinate
from viewer.geo.projection import point_to_map, to_degrees
from viewer.session.ground_asked import LEAST_METRES, MOST_METRES
from viewer.session.measuring import METRES
from viewer.session.query import OFFERS, QueryError, place_keys
from viewer.session.state import Within
from viewer.store.dataset import DataSet
from viewer.store.search_text import fold

Points = NDArray[np.float64]
MOST_POINTS = 400
"""Points of a path that is kept in a filter; longer ones are simplified until they have no more."""
MOST_PIECES = 60
ALIKE = 80.0
"""How alike (to 100) a misspelt name and the one that is meant are."""
FIRST_TOLERANCE = 50.0
"""Map metres by which a path may be simplified; twice as many each time that is not enough."""
SPOKEN = (
    "write '20 km of Raqqa', '20 km of 35.95, 39.01', 'province Homs', '10 km along Euphrates', or 'polygon' and its "
    "corners as LON,LAT LON,LAT LON,LAT"
)
_DISTANCE = r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>km|m|mi|nmi)?"
_AROUND = Pattern(rf"(?:within\s+)?{_DISTANCE}\s+(?:of|around|from)\s+(?P<name>.+)", re.I)
_ALONG = Pattern(rf"(?:within\s+)?{_DISTANCE}\s+(?:of\s+either\s+side\s+of|along)\s+(?:the\s+)?(?P<name>.+)", re.I)
_PROVINCE = Pattern(
    r"(?:inside\s+)?(?:the\s+)?province\s+(?:of\s+)?(?P<name>.+)|(?:inside\s+)?(?P<other>.+?)\s+province", re.I
)
_POLYGON = Pattern(r"polygon[\s:]+(?P<points>.+)", re.I)


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A province, or all of a river or road that has one name; `paths` in map metres, rings for a province."""

    kind: str
    """province, river or road."""
    name: str
    name_ar: str
    paths: tuple[Points, ...]

    @property
    def title(self) -> str:
        """Its name in both scripts, as it is chosen from a list."""
        return f"{self.name} \u2013 {self.name_ar}" if self.name_ar else self.name


@lru_cache(maxsize=2)
def provinces(basemap: Basemap) -> tuple[Named, ...]:
    """The provinces of the base map, in the order of their names."""
    named = (feature for feature in basemap.province_areas if feature.name)
    return tuple(sorted((_merged("province", [one]) for one in named), key=lambda one: one.name))


@lru_cache(maxsize=2)
def courses(basemap: Basemap) -> tuple[Named, ...]:
    """The rivers and roads of the base map that have a name, each once, in the order of their names."""
    groups: dict[tuple[str, str], list[Feature]] = {}
    for kind, features in (("river", basemap.rivers), ("road", basemap.roads)):
        for feature in features:
            if feature.name:
                groups.setdefault((kind, feature.name), []).append(feature)
    return tuple(sorted((_merged(kind, some) for (kind, _), some in groups.items()), key=lambda one: one.name))


def _merged(kind: str, features: Sequence[Feature]) -> Named:
    paths = tuple(part for feature in features for part in feature.parts if len(part) > 1)
    name_ar = next((feature.name_ar for feature in features if feature.name_ar), "")
    return Named(kind, features[0].name, name_ar, paths)


def province_at(basemap: Basemap, where: LonLat) -> Named | None:
    """The province in which a point in degrees lies, None where it lies in none."""
    import shapely

    x, y = point_to_map(*where)
    for one in provinces(basemap):
        rings = [shapely.Polygon(ring) for ring in one.paths if len(ring) > 3]
        if shapely.contains_xy(rings, x, y).sum() % 2:
            return one
    return None


def course_near(basemap: Basemap, where: LonLat, within_map_m: float) -> Named | None:
    """The river or road nearest to a point in degrees, None when none is that near (in map metres)."""
    import shapely

    point = shapely.Point(*point_to_map(*where))
    best: tuple[float, Named] | None = None
    for one in courses(basemap):
        off = min((shapely.LineString(path).distance(point) for path in one.paths), default=within_map_m + 1)
        if off <= within_map_m and (best is None or off < best[0]):
            best = off, one
    return best[1] if best is not None else None


# what a filter keeps


def inside(province: Named) -> Within:
    """The ground of a province."""
    path, breaks = _kept(province.paths, 3)
    return Within("outline", path, 0.0, province.name, breaks)


def along(course: Named, metres: float) -> Within:
    """The ground so far to each side of a river or road."""
    import shapely

    lines = shapely.multilinestrings([shapely.linestrings(path) for path in course.paths])
    path, breaks = _kept([shapely.get_coordinates(one) for one in shapely.get_parts(shapely.line_merge(lines))], 2)
    return Within("corridor", path, metres, course.name, breaks)


def around(centre: LonLat, metres: float, name: str = "") -> Within:
    """The ground around a point."""
    return Within("circle", (centre,), metres, name)


def drawn(corners: Iterable[LonLat]) -> Within:
    """The ground inside corners that a hand has set."""
    return Within("outline", tuple(corners))


def wider(within: Within, metres: float) -> Within:
    """The same ground at another distance."""
    return replace(within, metres=metres)


def _kept(paths: Iterable[Points], fewest: int) -> tuple[tuple[LonLat, ...], tuple[int, ...]]:
    """Paths in map metres as one in degrees with no more points than a filter keeps, and where its pieces begin."""
    import shapely

    pieces = sorted(paths, key=lambda one: -float(np.hypot(*np.diff(one.T)).sum()))[:MOST_PIECES]
    found, tolerance = pieces, FIRST_TOLERANCE
    while sum(len(one) for one in found) > MOST_POINTS:
        simple = (shapely.get_coordinates(shapely.simplify(shapely.linestrings(one), tolerance)) for one in pieces)
        found, tolerance = [one for one in simple if len(one) >= fewest], tolerance * 1.5
    lon, lat = to_degrees(*np.concatenate(found).T)
    points = zip(np.round(lon, 5).tolist(), np.round(lat, 5).tolist(), strict=True)
    return tuple(points), tuple(np.cumsum([len(one) for one in found])[:-1].tolist())


# what a person types


def metres_of(text: str) -> float | None:
    """The metres that a typed distance means, kilometres without a unit; None when it is none or out of bounds."""
    match = re.fullmatch(_DISTANCE, text.strip(), re.I)
    if match is None:
        return None
    metres = float(match["number"].replace(",", ".")) * METRES[(match["unit"] or "km").lower()]
    return metres if LEAST_METRES <= metres <= MOST_METRES else None


def named(some: Iterable[Named], text: str, what: str) -> Named:
    """The one that a name means, in either script and any spelling; QueryError with what would fit."""
    from rapidfuzz import fuzz  # only whoever types a name needs it

    every = tuple(some)
    wanted = fold(text)
    for fits in (
        [one for one in every if text.strip() in (one.title, one.name, one.name_ar)],
        [one for one in every if wanted in (fold(one.name), fold(one.name_ar))],
        [one for one in every if wanted and any(wanted in fold(name) for name in (one.name, one.name_ar))],
        [one for one in every if fuzz.ratio(wanted, fold(one.name)) >= ALIKE],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            offers = ", ".join(one.name for one in fits[:8])
            raise QueryError(f"'{text.strip()}' may be more than one {what}: {offers}")
    offers = ", ".join(one.name for one in every[:OFFERS])
    more = f" and {len(every) - OFFERS} more" if len(every) > OFFERS else ""
    there = f"; there are {offers}{more}" if every else ""
    raise QueryError(f"the base map has no {what} called '{text.strip()}'{there}")


def point_named(data: DataSet, text: str) -> tuple[LonLat, str]:
    """The point that a coordinate or the name of a place means, and the place's name; QueryError when it has none."""
    where = parse_coordinate(text)
    if where is not None:
        return where, ""
    keys = place_keys(data, text.strip())
    for key in keys:
        place = data.places[key]
        if place.lon is not None and place.lat is not None:
            return (place.lon, place.lat), place.name
    raise QueryError(f"no point is known of '{text.strip()}'; write a coordinate")


def within_of(data: DataSet, basemap: Basemap, text: str) -> Within:
    """The ground that a typed phrase asks for, as the sentence of a filter says it; QueryError in one sentence."""
    said = " ".join(text.split())
    if match := _POLYGON.fullmatch(said):
        return _polygon(match["points"])
    if match := _ALONG.fullmatch(said):
        return along(named(courses(basemap), match["name"], "river or road"), _metres(match))
    if match := _AROUND.fullmatch(said):
        where, name = point_named(data, match["name"])
        return around(where, _metres(match), name)
    if match := _PROVINCE.fullmatch(said):
        return inside(named(provinces(basemap), match["name"] or match["other"], "province"))
    raise QueryError(f"'{said[:60]}' asks for no ground; {SPOKEN}")


def _metres(match: re.Match[str]) -> float:
    metres = metres_of(f"{match['number']} {match['unit'] or 'km'}")
    if metres is None:
        raise QueryError(f"'{match['number']} {match['unit'] or 'km'}' is no distance from 1 m to 2000 km")
    return metres


def _polygon(text: str) -> Within:
    try:
        points = [tuple(float(side) for side in corner.split(",")) for corner in re.split(r"[;\s]+", text.strip())]
    except ValueError:
        points = []
    right = [(p[0], p[1]) for p in points if len(p) == 2 and abs(p[0]) <= 180 and abs(p[1]) <= 85]
    if len(right) < 3 or len(right) != len(points) or len(right) > MOST_POINTS:
        raise QueryError(
            f"'{text[:60]}' are no corners of a polygon; write three to {MOST_POINTS} as LON,LAT LON,LAT LON,LAT"
        )
    if any(abs(one[0] - other[0]) > 180 for one, other in zip(right, (*right[1:], right[0]), strict=True)):
        raise QueryError(f"'{text[:60]}' crosses the 180th meridian; ask for each side of it by itself")
    return drawn(right)
