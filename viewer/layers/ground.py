"""Ground derived from the towns: each town's share of the land in its holder's colour, and an outline around all."""

from __future__ import annotations

from functools import partial

from viewer.domain.control import class_of
from viewer.domain.dates import Day, age_words
from viewer.geo.basemap import Basemap
from viewer.geo.cells import clear_spot, rings_of
from viewer.geo.lettering import Ground
from viewer.geo.outline import Outline
from viewer.layers.primitives import (
    FADES_AT,
    ControlArea,
    Entries,
    Entry,
    Primitive,
    Share,
    actor_entry,
    strength,
)
from viewer.session.control import shown_spells
from viewer.session.describe import actor_names, place_name
from viewer.session.ground import Cell, Holder, Region, ground_on, land, regions_of
from viewer.session.memo import is_remembered, remembered
from viewer.session.state import REACH_KM, Ref, State
from viewer.store.dataset import DataSet

READINGS = {
    "reach": Entry("Ground", f"Ground within {REACH_KM} km of its nearest town", "ground", "reach"),
    "roads": Entry("Ground", "Ground of the nearest town, however far", "ground", "roads"),
}
"""What the rule is, by the reading of the desert."""
NO_SPOT = (0.0, 0.0, 0.0)


class GroundLayer:
    """The ground of towns; it lies under what sources draw, and gives way to it."""

    id = "ground"
    title = "Ground of towns"
    depends = ("time.cursor", "ground")
    group = "areas"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """First the cells, then the outlines of each holder's ground, the largest below."""
        since = shown_spells(data, FADES_AT).since(state.time.cursor)
        return () if since is None else _areas(data, basemap, since, state.ground)


def is_ready(state: State, data: DataSet, basemap: Basemap) -> bool:
    """Whether the ground of a state needs no geometry to be worked out, which takes longer than a hand should wait."""
    since = shown_spells(data, FADES_AT).since(state.time.cursor)
    return since is None or "ground" not in state.layers or is_remembered(_areas, data, basemap, since, state.ground)


@remembered(512)
def _areas(data: DataSet, basemap: Basemap, day: Day, reading: str) -> tuple[ControlArea, ...]:
    """The areas of a day on which something begins to look otherwise; one that does not is the very same object."""
    cells = ground_on(data, basemap, day, reading, FADES_AT)
    alike: dict[tuple[Holder, float], list[Cell]] = {}
    for cell in cells:
        alike.setdefault((cell.holder, strength(day - cell.as_of)), []).append(cell)
    filled = (_filled(data, basemap, holder, firm, tuple(own)) for (holder, firm), own in alike.items())
    rims = (_rim(data, basemap, region, reading) for region in regions_of(data, cells))
    return (*filled, *rims)


@remembered(2048)
def _filled(data: DataSet, basemap: Basemap, holder: Holder, firm: float, cells: tuple[Cell, ...]) -> ControlArea:
    """The filling of all shares that look alike; each is met by a pointer on its own."""
    shares = tuple(_share(data, basemap, cell) for cell in cells)
    ground = Ground(Outline(tuple(ring for share in shares for ring in share.rings)), NO_SPOT)
    return ControlArea(
        ground, holder.actors, holder.control, firm, holder.possible, True, "", NO_SPOT, (), (), "", "fill", shares
    )


@remembered(8192)
def _share(data: DataSet, basemap: Basemap, cell: Cell) -> Share:
    rings = rings_of(cell.patch.shape, land(data, basemap).plane)
    return Share(rings, (Ref("place", cell.patch.site),), partial(_title, data, cell))


@remembered(2048)
def _rim(data: DataSet, basemap: Basemap, region: Region, reading: str) -> ControlArea:
    """The outline of all ground of a holder, with the letters and what the legend says."""
    holder, rings = region.holder, rings_of(region.shape, land(data, basemap).plane)
    ground = Ground(Outline(rings), clear_spot(region.shape, land(data, basemap).plane, _sites(data, region)))
    code = " / ".join(data.actors[key].code for key in holder.actors if key in data.actors and data.actors[key].code)
    return ControlArea(
        ground, holder.actors, holder.control, 1.0, holder.possible, True, code, ground.spot,
        _entries(data, holder, reading), (), "", "rim",
    )  # fmt: skip


def _sites(data: DataSet, region: Region) -> list[tuple[float, float]]:
    """The towns of a region, in degrees."""
    places = (data.places[cell.patch.site] for cell in region.cells)
    return [(place.lon or 0.0, place.lat or 0.0) for place in places]


@remembered(512)
def _entries(data: DataSet, holder: Holder, reading: str) -> Entries:
    """The legend's lines. They count nothing: towns are counted as towns."""
    lines = [*(actor_entry(key, data) for key in holder.actors), READINGS[reading]]
    if holder.control != "control":
        lines.append(Entry("Control", class_of(holder.control).sign, "control", holder.control))
    return tuple((entry, 0) for entry in lines)


def _title(data: DataSet, cell: Cell, day: Day) -> str:
    """Whose ground it may be, and by which rule."""
    who = actor_names(data, " ".join(cell.holder.actors))
    doubt = " possibly" if cell.holder.possible else ""
    town = place_name(data, cell.patch.site)
    old = age_words(max(0, day - cell.as_of))
    return f"{who}, {cell.holder.control}{doubt}: ground of {town}, confirmed {old} ago, derived"
