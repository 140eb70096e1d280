"""Ground derived from what claims say of towns: who may be taken to hold the land around them on a day.

No source draws this ground: it follows from the towns by a rule that is named wherever it is shown. What a source
does draw goes before it, and is never counted twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from viewer.domain.control import BESIDE, Holding, drawn_as
from viewer.domain.dates import Day, iso
from viewer.domain.frozen import dataclass
from viewer.domain.places import Place
from viewer.geo.basemap import Basemap
from viewer.geo.cells import (
    GRID_M,
    Geometry,
    Land,
    Site,
    cells_of,
    degrees_object,
    land_of,
    merged,
    surface_of,
    without_crumbs,
)
from viewer.geo.shapes import Shape, shape_rings
from viewer.session.control import Spells, shown_spells
from viewer.session.memo import remembered
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


@dataclass(frozen=True, slots=True)
class Holder:
    """Who stands somewhere and how, as one look of the map: several where they contest or share it."""

    actors: tuple[str, ...]
    control: str
    possible: bool


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A piece of ground around a town, in the plane of the land: the very same object while its outline is."""

    site: str
    shape: Geometry


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


def foremost(holdings: tuple[Holding, ...]) -> tuple[Holding, ...]:
    """The holdings a map shows of a place: whoever is merely present only where nobody holds it."""
    return tuple(holding for holding in holdings if holding.claim.control not in BESIDE) or holdings


def is_point(data: DataSet, place: Place) -> bool:
    """Whether a place is a point on the map, and no area or line."""
    shape = data.shape_of(place)
    placed = place.lon is not None and place.lat is not None
    return placed and place.precision in POINTS and (shape is None or shape.kind == "point")


def holder_of(holdings: tuple[Holding, ...]) -> Holder:
    """The one look of several holdings: different ones, or such as may be ending and beginning, contest the place."""
    shown = foremost(holdings)
    classes = {holding.claim.control for holding in shown}
    actors = tuple(dict.fromkeys(key for holding in shown for key in holding.claim.actors.split()))
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
    spells, numbers = shown_spells(data, ages), shown_spells(data, ages).on(day).tolist()
    numbers = [number for number in numbers if spells.tenures[number].holdings]
    towns = [number for number in numbers if _is_town(data, spells.sites[number])]
    if not towns:
        return ()
    drawn = tuple(spells.sites[number] for number in numbers if _is_drawn(data, spells, number))
    patches = _patches(data, basemap, tuple(spells.sites[number] for number in towns), reading, drawn)
    return tuple(
        _cell(data, spells.tenures[number].holdings, patch)
        for number, patch in zip(towns, patches, strict=True)
        if not patch.shape.is_empty
    )


@remembered(8192)
def _cell(data: DataSet, holdings: tuple[Holding, ...], patch: Patch) -> Cell:
    as_of = max(holding.as_of for holding in foremost(holdings))
    return Cell(patch, holder_of(holdings), as_of)


def _is_town(data: DataSet, site: str) -> bool:
    return site in data.places and is_point(data, data.places[site])


def _is_drawn(data: DataSet, spells: Spells, number: int) -> bool:
    """Whether a source draws the ground that a spell is about, as held by somebody."""
    shape = _outline(data, spells.sites[number])
    holdings = spells.tenures[number].holdings
    return shape is not None and any(holding.claim.control not in BESIDE for holding in holdings)


def _outline(data: DataSet, site: str) -> Shape | None:
    """The area that a place or a claim draws, if it is one."""
    record = data.places.get(site) or next((claim for claim in data.claims_by_site[site]), None)
    shape = data.shape_of(record) if record is not None else None
    return shape if shape is not None and shape.kind == "area" else None


@remembered(64)
def drawn_ground(data: DataSet, basemap: Basemap, day: Day) -> tuple[tuple[str, Geometry], ...]:
    """The ground that sources draw as held by somebody on a day, with its site, the smallest first."""
    spells = shown_spells(data, ())
    sites = [spells.sites[number] for number in spells.on(day).tolist() if _is_drawn(data, spells, number)]
    found = [(site, _given(data, basemap, site)) for site in sites]
    return tuple(sorted(found, key=lambda one: (one[1].area, one[0])))


@remembered(16)
def _patches(
    data: DataSet, basemap: Basemap, sites: tuple[str, ...], reading: str, drawn: tuple[str, ...]
) -> tuple[Patch, ...]:
    """The ground of each site without what sources draw."""
    import shapely

    whole = _whole(data, basemap, sites, reading)
    if not drawn:
        return whole
    given = merged([_given(data, basemap, site) for site in drawn])
    shapely.prepare(given)
    cut = shapely.intersects(given, [patch.shape for patch in whole])
    return tuple(
        _patch(data, patch.site, without_crumbs(patch.shape.difference(given, grid_size=GRID_M))) if less else patch
        for patch, less in zip(whole, cut.tolist(), strict=True)
    )


@remembered(16)
def _whole(data: DataSet, basemap: Basemap, sites: tuple[str, ...], reading: str) -> tuple[Patch, ...]:
    places = [data.places[site] for site in sites]
    spots = [Site(place.lon or 0.0, place.lat or 0.0, place.country) for place in places]
    cells = cells_of(land(data, basemap), spots, REACH_M[reading])
    return tuple(_patch(data, site, cell) for site, cell in zip(sites, cells, strict=True))


def _patch(data: DataSet, site: str, shape: Geometry) -> Patch:
    patches: dict[tuple[str, bytes], Patch] = data.memo.setdefault(Patch, {})
    return patches.setdefault((site, shape.wkb), Patch(site, shape))


@remembered(512)
def _given(data: DataSet, basemap: Basemap, site: str) -> Geometry:
    """What a source draws, in the plane of the land."""
    shape = _outline(data, site)
    return surface_of(shape_rings(shape), land(data, basemap).plane) if shape is not None else None


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
            "km2": round(km2_of(region.shape), 1), "towns": sorted(cell.patch.site for cell in cells),
            "oldest_confirmation": iso(oldest.as_of),
        },
    }  # fmt: skip


@remembered(16)
def adjacent(data: DataSet, patches: tuple[Patch, ...]) -> tuple[tuple[int, ...], ...]:
    """Which patches lie beside each, by their places in the tuple."""
    import shapely

    shapes = [patch.shape for patch in patches]
    beside: list[list[int]] = [[] for _ in patches]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=2 * GRID_M)
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        if a != b:
            beside[a].append(b)
    return tuple(tuple(sorted(found)) for found in beside)


@remembered(16384)
def edge_of(data: DataSet, patch: Patch, alike: tuple[Patch, ...]) -> Geometry:
    """The border of a patch but for what it shares with these, whose ground is the same holder's."""
    import shapely

    edge = patch.shape.boundary
    return edge.difference(shapely.union_all([_reach_of(data, other) for other in alike])) if alike else edge


@remembered(8192)
def _reach_of(data: DataSet, patch: Patch) -> Geometry:
    """A patch and a little more, for borders that cutting has set apart by a metre."""
    return patch.shape.buffer(2 * GRID_M, quad_segs=1)


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
