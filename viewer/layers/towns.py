"""Towns and landscapes by name: those of the base map and those of the data set, each once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from viewer.domain.places import PINNED, Place
from viewer.geo.basemap import Basemap, Region, Town
from viewer.geo.projection import point_to_map
from viewer.layers.primitives import Dots, Label, Primitive, by_labels
from viewer.session.camera import scale_of
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet
from viewer.store.search_text import fold

SHOWN_FROM = {rank: scale_of(level) for rank, level in ((1, 1), (2, 6), (3, 8), (4, 11), (5, 14), (6, 18))}
"""Map metres per pixel below which a town of that rank is shown."""
RANKS = {"city": 2, "town": 4, "village": 5, "camp": 5, "crossing": 5, "airbase": 5, "dam": 5, "oilfield": 5,
         "station": 6, "site": 6}  # fmt: skip
SETTLEMENTS = ("city", "town", "village", "camp")
QUARTER = 5
"""Rank of a part of a town, such as a bank of its river."""
NEAR, SAME_SPOT = 9_000.0, 900.0
"""Map metres within which two entries of one name, or of any name, are the same town."""


@dataclass(frozen=True, slots=True)
class Named:
    """A point with a name, wherever it came from."""

    name: str
    arabic: str
    rank: int
    x: float
    y: float
    site: bool
    key: str


class TownsLayer:
    """Dots and names of settlements, and the spaced names of landscapes."""

    id = "towns"
    title = "Towns and names"
    depends = ("labels",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """Dots by rank, then names, the data set's places first within a rank."""
        named = merged_towns(data, basemap)
        return (*_dots(named), *(_label(town, state) for town in named), *_landscapes(basemap, state))


def merged_towns(data: DataSet, basemap: Basemap) -> tuple[Named, ...]:
    """Every town once: a place of the data set takes the rank of the base map's town that it is."""
    places = [p for p in data.places.values() if p.kind in RANKS and p.precision in PINNED and p.lon is not None]
    towns = basemap.towns
    short = Counter(_short(place.name) for place in places)
    tx, ty = np.array([t.x for t in towns]), np.array([t.y for t in towns])
    taken: set[int] = set()
    named = []
    for place in sorted(places, key=lambda place: len(place.name)):
        x, y = point_to_map(place.lon or 0.0, place.lat or 0.0)
        twin = _twin(place, x, y, data, towns, tx, ty, taken)
        taken.update(() if twin is None else (twin,))
        rank = RANKS[place.kind] if twin is None else towns[twin].rank
        if twin is None and short[_short(place.name)] > 1 and place.name != _short(place.name):
            rank = max(rank, QUARTER)
        arabic = data.arabic_name(place.key) or ("" if twin is None else towns[twin].name_ar)
        name = _short(place.name) if twin is not None or short[_short(place.name)] == 1 else place.name
        named.append(Named(name, _short(arabic), rank, x, y, place.kind not in SETTLEMENTS, place.key))
    rest = [Named(t.name, t.name_ar, t.rank, t.x, t.y, False, "") for i, t in enumerate(towns) if i not in taken]
    return (*named, *rest)


def _short(name: str) -> str:
    """The name without what stands in brackets or behind a dash, which is for lists, not for the map."""
    return name.partition(" (")[0].partition(" - ")[0]


def _twin(
    place: Place, x: float, y: float, data: DataSet, towns: tuple[Town, ...], tx: np.ndarray, ty: np.ndarray,
    taken: set[int],
) -> int | None:
    """The base map's town that a place is: near and of one of its names, or on the very spot."""
    if place.kind not in SETTLEMENTS or not len(towns):
        return None
    distance = np.hypot(tx - x, ty - y)
    near = np.flatnonzero(distance < NEAR)
    if not len(near):
        return None
    names = {fold(place.name), *(fold(n.name) for n in data.names_of_place.get(place.key, ()))}
    for index in near[np.argsort(distance[near], kind="stable")[:6]].tolist():
        if index not in taken and (distance[index] < SAME_SPOT or _is_one_of(towns[index], names)):
            return int(index)
    return None


def _is_one_of(town: Town, names: set[str]) -> bool:
    return fold(town.name) in names or bool(town.name_ar and fold(town.name_ar) in names)


def _dots(named: tuple[Named, ...]) -> tuple[Dots, ...]:
    dots = []
    for rank, scale in SHOWN_FROM.items():
        group = [town for town in named if town.rank == rank]
        if group:
            style, radius = ("dot", 3.4 - 0.4 * rank) if rank <= 3 else ("dot_minor", 1.9)
            dots.append(Dots(np.array([t.x for t in group]), np.array([t.y for t in group]), style, radius, scale))
    return tuple(dots)


def _label(town: Named, state: State) -> Label:
    style = "site" if town.site else f"town{town.rank}"
    priority = 10 * town.rank + (0 if town.key else 4)
    refs = (Ref("place", town.key),) if town.key else ()
    name, arabic = by_labels(state, town.name, town.arabic)
    return Label(
        town.x, town.y, name, arabic, style, priority, gap=8.0 if town.key else 6.0,
        max_scale=SHOWN_FROM[town.rank], refs=refs,
    )  # fmt: skip


def _landscapes(basemap: Basemap, state: State) -> tuple[Label, ...]:
    return tuple(_landscape(region, state) for region in basemap.regions)


def _landscape(region: Region, state: State) -> Label:
    """Shown while its length is between a few words and a few screens."""
    name, arabic = by_labels(state, region.name, region.name_ar)
    return Label(
        region.x, region.y, name, arabic, "region", 34, angle=region.angle, min_scale=region.size_m / 1100,
        max_scale=region.size_m / (90 if region.kind != "mountain" else 130),
    )  # fmt: skip
