"""The places that the map names, those of the base map and those of the data set, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.domain.places import PINNED, Place
from viewer.geo.basemap import Basemap, Town
from viewer.geo.projection import point_to_map
from viewer.store.dataset import DataSet
from viewer.store.search_text import fold

SETTLEMENTS = {"city": 2, "town": 4, "village": 5, "camp": 5}
SITES = {"crossing": 5, "airbase": 5, "dam": 5, "oilfield": 5, "station": 6, "site": 6}
"""The kinds of places that are named, each with the rank of one that the base map does not know."""
QUARTER = 5
"""Rank of a part of a town, such as a bank of its river."""
NEAR, SAME_SPOT = 9_000.0, 900.0
"""Map metres within which two entries of one name, or of any name, are the same town."""
SAME_SITE = 6_000.0
"""Map metres within which a site of the data set and one of the base map are the same if they are of one kind."""


class Named(NamedTuple):
    """A point with a name, wherever it came from; `key` is that of its place in the data set, if it is one."""

    name: str
    arabic: str
    rank: int
    x: float
    y: float
    kind: str
    key: str


def named_towns(data: DataSet, basemap: Basemap) -> tuple[Named, ...]:
    """Every town once: a place of the data set takes the rank of the base map's town that it is."""
    towns, near = basemap.towns, _Near(np.array([(town.x, town.y) for town in basemap.towns]).reshape(-1, 2))
    taken: set[int] = set()
    named = []
    for place, x, y, alone in _places(data, SETTLEMENTS):
        twin = _twin(place, near.of(x, y, NEAR), data, towns, taken)
        taken.update(() if twin is None else (twin,))
        rank = SETTLEMENTS[place.kind] if twin is None else towns[twin].rank
        if twin is None and not alone and place.name != _short(place.name):
            rank = max(rank, QUARTER)
        arabic = data.arabic_name(place.key) or ("" if twin is None else towns[twin].name_ar)
        name = _short(place.name) if twin is not None or alone else place.name
        named.append(Named(name, _short(arabic), rank, x, y, place.kind, place.key))
    rest = [Named(t.name, t.name_ar, t.rank, t.x, t.y, "town", "") for i, t in enumerate(towns) if i not in taken]
    return (*named, *rest)


def named_sites(data: DataSet, basemap: Basemap) -> tuple[Named, ...]:
    """Every oil field, crossing, airfield and the like once: one of the data set stands for that of the base map."""
    named = [
        Named(_short(place.name) if alone else place.name, _short(data.arabic_name(place.key)), SITES[place.kind], x, y,
              place.kind, place.key)
        for place, x, y, alone in _places(data, SITES)
    ]  # fmt: skip
    near = _Near(np.array([(one.x, one.y) for one in named]).reshape(-1, 2))
    rest = []
    for site in basemap.sites:
        made = Named(site.name, site.name_ar, site.rank, site.x, site.y, site.kind, "")
        around = sorted(number for _, number in near.of(site.x, site.y, 2 * NEAR))
        if (twin := next((number for number in around if _same_site(named[number], made)), None)) is None:
            rest.append(made)
        else:
            named[twin] = named[twin]._replace(rank=min(site.rank, named[twin].rank), kind=site.kind)
    return (*named, *rest)


def _same_site(one: Named, other: Named) -> bool:
    """Whether two are one: of a kind and near, or of one name and not far, or on the very spot."""
    apart = float(np.hypot(one.x - other.x, one.y - other.y))
    alike = fold(one.name) == fold(other.name) or (bool(one.arabic) and fold(one.arabic) == fold(other.arabic))
    reach = 2 * NEAR if alike else SAME_SITE if one.kind == other.kind else SAME_SPOT
    return apart < reach


def _places(data: DataSet, kinds: dict[str, int]) -> Iterator[tuple[Place, float, float, bool]]:
    """The data set's pinned places of these kinds in map metres, and whether the short name is theirs alone."""
    pinned = [p for p in data.places.values() if p.precision in PINNED and p.lon is not None]
    short = Counter(_short(place.name) for place in pinned if place.kind in SETTLEMENTS or place.kind in SITES)
    for place in sorted((p for p in pinned if p.kind in kinds), key=lambda place: len(place.name)):
        x, y = point_to_map(place.lon or 0.0, place.lat or 0.0)
        yield place, x, y, short[_short(place.name)] == 1


def _short(name: str) -> str:
    """The name without what stands in brackets or behind a dash, which is for lists, not for the map."""
    return name.partition(" (")[0].partition(" - ")[0]


class _Near:
    """Finds which of some points (map metres, shape (n, 2)) are near another."""

    def __init__(self, points: NDArray[np.float64]) -> None:
        self._order = np.argsort(points[:, 0], kind="stable")
        self._points = points[self._order]

    def of(self, x: float, y: float, within: float) -> list[tuple[float, int]]:
        """How far off each point nearer than that is, and its number; the nearest first."""
        begin, end = np.searchsorted(self._points[:, 0], (x - within, x + within)).tolist()
        off = np.hypot(self._points[begin:end, 0] - x, self._points[begin:end, 1] - y)
        close = np.flatnonzero(off < within)
        return sorted(zip(off[close].tolist(), self._order[begin:end][close].tolist(), strict=True))


def _twin(
    place: Place, near: list[tuple[float, int]], data: DataSet, towns: tuple[Town, ...], taken: set[int]
) -> int | None:
    """The base map's town that a place is, of those near: it has one of its names, or is on the very spot."""
    if not near:
        return None
    names = {fold(place.name), *(fold(n.name) for n in data.names_of_place.get(place.key, ()))}
    found = (
        number for off, number in near[:6]
        if number not in taken and (off < SAME_SPOT or _is_one_of(towns[number], names))
    )  # fmt: skip
    return next(found, None)


def _is_one_of(town: Town, names: set[str]) -> bool:
    return fold(town.name) in names or bool(town.name_ar and fold(town.name_ar) in names)
