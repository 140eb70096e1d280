"""Ground derived from what claims say of towns: who may be taken to hold the land around them on a day.

No source draws this ground: it follows from the towns by a rule that is named wherever it is shown. What a source
does draw goes before it, and is never counted twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.domain.control import BESIDE, Holding, actors_of, drawn_as, foremost
from viewer.domain.dates import Day, iso
from viewer.domain.frozen import dataclass
from viewer.domain.places import Place
from viewer.geo.basemap import Basemap
from viewer.geo.cells import cells_of, degrees_object, merged, without_crumbs
from viewer.geo.land import GRID_M, Land, Site, areal, land_of, surface_of
from viewer.geo.plane import Geometry
from viewer.geo.shapes import Shape, shape_rings
from viewer.session.control import shown_spells
from viewer.session.memo import FEW, MANY, remembered
from viewer.session.state import REACH_KM
from viewer.store.dataset import DataSet

REACH_M = {"reach": 1000.0 * REACH_KM, "roads": None}
"""How far from a town its ground goes at most, by the reading of the desert; None: until the neighbour's begins."""
RULES = {
    "reach": "land nearer to this town than to any other with a claim, on its side of borders and great rivers, "
             f"up to {REACH_KM} km away; no source draws it",
    "roads": "land nearer to this town than to any other with a claim, on its side of borders and great rivers, "
             "however far; no source draws it",
}  # fmt: skip
POINTS = ("exact", "town", "near")
BESIDE_M = 2 * GRID_M
"""Cutting may have set neighbours so far apart."""
SETS = 512
"""Of so many sets of towns with a claim the ground is kept."""
MOST_PAIRS = 500_000
"""Of so many pairs it is kept whether they lie beside each other."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who stands somewhere and how, as one look of the map: several where they contest or share it."""

    actors: tuple[str, ...]
    control: str
    possible: bool


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A piece of ground, around a town or as a source draws it: the very same object while its outline is.

    shape: in the plane of the land. number: its own among all of a data set. area: in square metres, 0 of no ground.
    """

    site: str
    shape: Geometry
    number: int
    area: float


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """The ground of one town on a day; the very same object while neither outline nor holder changes.

    as_of: the last day on which any source confirms it.
    """

    patch: Patch
    holder: Holder
    as_of: Day


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """All ground of one holder, in one outline."""

    holder: Holder
    cells: tuple[Cell, ...]
    shape: Geometry


def is_point(data: DataSet, place: Place) -> bool:
    """Whether a place is a point on the map, and no area or line."""
    shape = data.shape_of(place)
    placed = place.lon is not None and place.lat is not None
    return placed and place.precision in POINTS and (shape is None or shape.kind == "point")


def holder_of(holdings: tuple[Holding, ...]) -> Holder:
    """The one look of several holdings: different ones, or such as may be ending and beginning, contest the place."""
    shown = foremost(holdings)
    classes = {holding.claim.control for holding in shown}
    actors = actors_of(shown)
    if len(shown) > 1 and len(actors) > 1:
        control = "mixed" if classes == {"mixed"} else "contested"
    else:
        control = shown[0].claim.control
    return Holder(tuple(sorted(actors)), control, any(holding.possible for holding in shown))


@remembered(1)
def land(data: DataSet, basemap: Basemap) -> Land:
    """The land of a base map."""
    return land_of(basemap)


def ground_on(data: DataSet, basemap: Basemap, day: Day, reading: str, ages: tuple[int, ...] = ()) -> tuple[Cell, ...]:
    """The derived ground of a day, a cell for each town; ages: those (days) from which on it looks otherwise."""
    since = shown_spells(data, ages).since(day)
    return () if since is None or reading not in REACH_M else _ground_since(data, basemap, since, reading, ages)


@remembered(64)
def _ground_since(
    data: DataSet, basemap: Basemap, day: Day, reading: str, ages: tuple[int, ...]
) -> tuple[Cell, ...]:
    spells, looks, numbers = shown_spells(data, ages), _looks(data, ages), shown_spells(data, ages).on(day)
    towns = numbers[looks.town[numbers]].tolist()
    drawn = frozenset(spells.sites[number] for number in numbers[looks.drawn[numbers]].tolist())
    if not towns:
        return ()
    patches = _patches(data, basemap, tuple([spells.sites[number] for number in towns]), reading, drawn)
    known = looks.cells
    if len(known) > MANY:
        known.clear()
    found = [(number, patch) for number, patch in zip(towns, patches, strict=True) if patch.area]
    return tuple([
        known.get(at) or known.setdefault(at, _cell(data, at[1], looks.holders[at[0]], looks.as_of[at[0]]))
        for at in found
    ])  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Looks:
    """Of each spell, by its number: whether it is about a town or about ground that a source draws as held, by whom,
    and when that was last confirmed.

    holders: equal ones are the very same. cells: those known of a spell's number and a patch.
    """

    town: NDArray[np.bool_]
    drawn: NDArray[np.bool_]
    holders: tuple[Holder, ...]
    as_of: tuple[Day, ...]
    cells: dict[tuple[int, Patch], Cell]


@remembered(2)
def _looks(data: DataSet, ages: tuple[int, ...]) -> _Looks:
    spells = shown_spells(data, ages)
    towns = {site: _is_town(data, site) for site in spells.sites}
    areas = {site: _outline(data, site) is not None for site in spells.sites}
    held = [tenure.holdings for tenure in spells.tenures]
    return _Looks(
        np.array([bool(own) and towns[site] for site, own in zip(spells.sites, held, strict=True)], dtype=bool),
        np.array([areas[site] and _is_held(own) for site, own in zip(spells.sites, held, strict=True)], dtype=bool),
        tuple(_same(data, holder_of(own) if own else Holder((), "", possible=False)) for own in held),
        tuple(max((holding.as_of for holding in foremost(own)), default=0) for own in held),
        {},
    )


def _same(data: DataSet, holder: Holder) -> Holder:
    """The holder that was first made of all that are equal: comparing them is slow."""
    known: dict[Holder, Holder] = data.memo.setdefault(Holder, {})
    return known.setdefault(holder, holder)


@remembered(MANY)
def _cell(data: DataSet, patch: Patch, holder: Holder, as_of: Day) -> Cell:
    return Cell(patch, holder, as_of)


def _is_held(holdings: tuple[Holding, ...]) -> bool:
    return any(holding.claim.control not in BESIDE for holding in holdings)


def _is_town(data: DataSet, site: str) -> bool:
    return site in data.places and is_point(data, data.places[site])


def _outline(data: DataSet, site: str) -> Shape | None:
    """The area that a place or a claim draws, if it is one."""
    record = data.places.get(site) or next((claim for claim in data.claims_by_site[site]), None)
    shape = data.shape_of(record) if record is not None else None
    return shape if shape is not None and shape.kind == "area" else None


@dataclass(frozen=True, slots=True, eq=False)
class _Outlines:
    """All ground that any source ever draws as held, in the order in which that begins, and a tree of it."""

    patches: tuple[Patch, ...]
    tree: Any

    def over(self, shape: Geometry) -> tuple[Patch, ...]:
        """Those that lie over a shape or touch it."""
        return tuple(self.patches[n] for n in sorted(self.tree.query(shape, predicate="intersects").tolist()))


@remembered(1)
def _outlines(data: DataSet, basemap: Basemap) -> _Outlines:
    import shapely

    spells, drawn, plane = shown_spells(data, ()), _looks(data, ()).drawn, land(data, basemap).plane
    begun: dict[str, Day] = {}
    for number in np.flatnonzero(drawn).tolist():
        begun.setdefault(spells.sites[number], int(spells.firsts[number]))
    shapes = ((site, _outline(data, site)) for site in sorted(begun, key=lambda site: (begun[site], site)))
    patches = [
        _patch(data, site, surface_of(shape_rings(shape), plane)) for site, shape in shapes if shape is not None
    ]
    return _Outlines(tuple(patches), shapely.STRtree([patch.shape for patch in patches]))


@remembered(64)
def drawn_ground(data: DataSet, basemap: Basemap, day: Day) -> tuple[Patch, ...]:
    """The ground that sources draw as held by somebody on a day; the smaller goes before the larger."""
    spells, numbers = shown_spells(data, ()), shown_spells(data, ()).on(day)
    drawn = {spells.sites[number] for number in numbers[_looks(data, ()).drawn[numbers]].tolist()}
    own = [patch for patch in _outlines(data, basemap).patches if patch.site in drawn]
    return tuple(_left(data, basemap, patch, _smaller(data, basemap, patch, drawn)) for patch in own)


def _smaller(data: DataSet, basemap: Basemap, patch: Patch, drawn: Set[str]) -> tuple[Patch, ...]:
    """What lies over drawn ground and goes before it."""
    over = (other for other in _over(data, basemap, patch) if other.site in drawn)
    return tuple(other for other in over if (other.shape.area, other.site) < (patch.shape.area, patch.site))


@remembered(MANY)
def _over(data: DataSet, basemap: Basemap, patch: Patch) -> tuple[Patch, ...]:
    return _outlines(data, basemap).over(patch.shape)


@remembered(FEW)
def _patches(
    data: DataSet, basemap: Basemap, sites: tuple[str, ...], reading: str, drawn: frozenset[str]
) -> tuple[Patch, ...]:
    """The ground of each site without what sources draw."""
    whole = _whole(data, basemap, sites, reading)
    if not drawn:
        return whole
    over = ([other for other in _over(data, basemap, patch) if other.site in drawn] for patch in whole)
    return tuple(
        _uncrumbed(data, _left(data, basemap, patch, tuple(given))) if given else patch
        for patch, given in zip(whole, over, strict=True)
    )


@remembered(MANY)
def _left(data: DataSet, basemap: Basemap, patch: Patch, given: tuple[Patch, ...]) -> Patch:
    """Ground without what goes before it. Taken away one by one: what is drawn next costs a single cut."""
    for other in given:
        if patch.shape.is_empty:
            break
        patch = _cut(data, patch, other)
    return patch


@remembered(MANY)
def _cut(data: DataSet, patch: Patch, other: Patch) -> Patch:
    return _patch(data, patch.site, areal(patch.shape.difference(other.shape, grid_size=GRID_M)))


@remembered(MANY)
def _uncrumbed(data: DataSet, patch: Patch) -> Patch:
    return _patch(data, patch.site, without_crumbs(patch.shape))


@remembered(SETS)
def _whole(data: DataSet, basemap: Basemap, sites: tuple[str, ...], reading: str) -> tuple[Patch, ...]:
    places = [data.places[site] for site in sites]
    spots = [Site(place.lon or 0.0, place.lat or 0.0, place.country) for place in places]
    cells = cells_of(land(data, basemap), spots, REACH_M[reading])
    return tuple(_patch(data, site, cell) for site, cell in zip(sites, cells, strict=True))


@remembered(MANY)
def _patch(data: DataSet, site: str, shape: Geometry) -> Patch:
    number = next(data.memo.setdefault(Patch, {}).setdefault("numbers", count()))
    return Patch(site, shape, number, float(shape.area))


def km2_of(shape: Geometry) -> float:
    """How large ground is: the plane of the land keeps areas."""
    return float(shape.area) / 1e6


def ground_features(
    data: DataSet, basemap: Basemap, day: Day, reading: str, actors: frozenset[str], sites: frozenset[str]
) -> Iterator[dict[str, Any]]:
    """The derived ground of a day as GeoJSON features: of these actors and around these places, of all without."""
    for region in regions_of(data, ground_on(data, basemap, day, reading)):
        if (not actors or actors & set(region.holder.actors)) and (
            not sites or any(cell.patch.site in sites for cell in region.cells)
        ):
            yield ground_feature(data, basemap, region, reading)


def _to_a_thousandth(km2: float) -> float:
    """An area with one decimal, and of a small one as many as it takes to be right to a thousandth of it."""
    return round(km2, max(1, 4 - math.ceil(math.log10(km2)))) if km2 > 0 else 0.0


def ground_feature(data: DataSet, basemap: Basemap, region: Region, reading: str) -> dict[str, Any]:
    """All ground of a holder as a GeoJSON feature that says how it was derived."""
    reach, cells = REACH_M[reading], region.cells
    oldest = min(cells, key=lambda cell: cell.as_of)
    return {
        "type": "Feature", "id": "ground:" + "+".join((*region.holder.actors, region.holder.control)),
        "geometry": degrees_object(region.shape, land(data, basemap).plane),
        "properties": {
            "derived": True, "drawn": drawn_as(region.holder.control), "rule": RULES[reading],
            "reach_km": None if reach is None else reach / 1000,
            "actors": [
                {"id": key, "name": data.actors[key].name if key in data.actors else key}
                for key in region.holder.actors
            ],
            "class": region.holder.control, "possible": region.holder.possible,
            "km2": _to_a_thousandth(km2_of(region.shape)), "towns": sorted(cell.patch.site for cell in cells),
            "oldest_confirmation": iso(oldest.as_of),
        },
    }  # fmt: skip


@remembered(FEW)
def adjacent(data: DataSet, patches: tuple[Patch, ...]) -> tuple[tuple[int, ...], ...]:
    """Which patches lie beside each, by their places in the tuple."""
    import shapely

    shapes = np.array([patch.shape for patch in patches], dtype=object)
    tree = shapely.STRtree(shapes)
    west, south, east, north = shapely.bounds(shapes).T
    one, other = tree.query(shapely.box(west - BESIDE_M, south - BESIDE_M, east + BESIDE_M, north + BESIDE_M))
    numbers = np.array([patch.number for patch in patches], dtype=np.int64)
    once = numbers[one] < numbers[other]
    one, other = one[once], other[once]
    pairs = (numbers[one] * 2**32 + numbers[other]).tolist()
    known: dict[int, bool] = data.memo.setdefault(adjacent, {}).setdefault("pairs", {})
    answers = [known.get(pair) for pair in pairs]
    if None in answers:
        asked = np.unique(one[[answer is None for answer in answers]])
        a, b = tree.query(shapes[asked], predicate="dwithin", distance=BESIDE_M)
        close = set((numbers[asked[a]] * 2**32 + numbers[b]).tolist())
        found = [pair in close if answer is None else answer for pair, answer in zip(pairs, answers, strict=True)]
        if len(known) > MOST_PAIRS:
            known.clear()
        known.update(zip(pairs, found, strict=True))
        answers = [*found]
    beside: list[list[int]] = [[] for _ in patches]
    for number, neighbour, answer in zip(one.tolist(), other.tolist(), answers, strict=True):
        if answer:
            beside[number].append(neighbour)
            beside[neighbour].append(number)
    return tuple(tuple(sorted(found)) for found in beside)


def edges_of(data: DataSet, patches: Sequence[Patch], alike: Sequence[tuple[Patch, ...]]) -> list[Geometry]:
    """The border of each patch but for what it shares with those whose ground is the same holder's."""
    import shapely

    edges = shapely.boundary([patch.shape for patch in patches])
    for turn in range(max(map(len, alike), default=0)):
        those = [number for number, others in enumerate(alike) if len(others) > turn]
        edges[those] = shapely.difference(edges[those], [_reach_of(data, alike[number][turn]) for number in those])
    found: list[Geometry] = edges.tolist()
    return found


@remembered(MANY)
def _reach_of(data: DataSet, patch: Patch) -> Geometry:
    """A patch and a little more, for borders that cutting has set apart by a metre."""
    return patch.shape.buffer(BESIDE_M, quad_segs=1)


@remembered(64)
def regions_of(data: DataSet, cells: tuple[Cell, ...]) -> tuple[Region, ...]:
    """The ground of each holder as one, the largest first."""
    by_holder: dict[Holder, list[Cell]] = {}
    for cell in cells:
        by_holder.setdefault(cell.holder, []).append(cell)
    regions = [_region(data, holder, tuple(own)) for holder, own in by_holder.items()]
    return tuple(sorted(regions, key=lambda region: -region.shape.area))


@remembered(1024)
def _region(data: DataSet, holder: Holder, cells: tuple[Cell, ...]) -> Region:
    return Region(holder, cells, merged([cell.patch.shape for cell in cells]))
