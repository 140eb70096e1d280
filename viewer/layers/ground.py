"""Ground derived from the towns: each town's share of the land in its holder's colour, and an outline around all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from viewer.domain.control import class_of
from viewer.domain.dates import Day, age_words
from viewer.geo.basemap import Basemap
from viewer.geo.cells import clear_spot, lines_of, rings_of
from viewer.geo.lettering import Ground
from viewer.geo.outline import Outline
from viewer.layers.primitives import (
    FADES_AT,
    ControlArea,
    Entries,
    Entry,
    Primitive,
    actor_entry,
    strength,
)
from viewer.session.control import shown_spells
from viewer.session.describe import actor_names, place_name
from viewer.session.ground import Cell, Holder, Patch, adjacent, edge_of, ground_on, land
from viewer.session.memo import MANY, is_remembered, remembered
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
    depends = ("time.cursor", "ground")
    group = "areas"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """First the shares of the towns, then the letters of who holds them."""
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
    beside = adjacent(data, tuple(cell.patch for cell in cells))
    alike = [tuple(other for other in near if cells[other].holder == cells[own].holder)
             for own, near in enumerate(beside)]  # fmt: skip
    filled = (
        _filled(data, basemap, cell, tuple(cells[other].patch for other in own), strength(day - cell.as_of))
        for cell, own in zip(cells, alike, strict=True)
    )
    codes = (
        _code(data, basemap, tuple(cell.patch for cell in group), group[0].holder, reading)
        for group in _together(cells, alike)
    )
    return (*filled, *codes)


def _together(cells: tuple[Cell, ...], alike: list[tuple[int, ...]]) -> Iterator[list[Cell]]:
    """The cells of one holder that lie together, the largest first, for each such group."""
    seen: set[int] = set()
    for first in range(len(cells)):
        group, waiting = [], [first]
        while waiting:
            if (number := waiting.pop()) not in seen:
                seen.add(number)
                group.append(number)
                waiting += alike[number]
        if group:
            together = (cells[number] for number in group)
            yield sorted(together, key=lambda cell: (-cell.patch.shape.area, cell.patch.site))


@remembered(MANY)
def _filled(data: DataSet, basemap: Basemap, cell: Cell, alike: tuple[Patch, ...], firm: float) -> ControlArea:
    """A cell's filling, with a line where its holder's ground ends; it is what a pointer meets."""
    holder = cell.holder
    return ControlArea(
        _ground(data, basemap, cell.patch), holder.actors, holder.control, firm, holder.possible, True, "", NO_SPOT,
        (), (Ref("place", cell.patch.site),), partial(_title, data, cell), "fill",
        _edge(data, basemap, cell.patch, alike),
    )  # fmt: skip


@remembered(MANY)
def _ground(data: DataSet, basemap: Basemap, patch: Patch) -> Ground:
    """The outline of a share, and where letters stand in it."""
    plane, place = land(data, basemap).plane, data.places[patch.site]
    spot = clear_spot(patch.shape, plane, [(place.lon or 0.0, place.lat or 0.0)])
    return Ground(Outline(rings_of(patch.shape, plane)), spot)


@remembered(MANY)
def _edge(data: DataSet, basemap: Basemap, patch: Patch, alike: tuple[Patch, ...]) -> Ground | None:
    lines = lines_of(edge_of(data, patch, alike), land(data, basemap).plane)
    return Ground(Outline(lines, closed=False), NO_SPOT) if lines else None


@remembered(4096)
def _code(
    data: DataSet, basemap: Basemap, patches: tuple[Patch, ...], holder: Holder, reading: str
) -> ControlArea:
    """The letters of a holder somewhere in patches that lie together, the largest first, and what the legend says."""
    shares = tuple(_ground(data, basemap, patch) for patch in patches)
    code = " / ".join(data.actors[key].code for key in holder.actors if key in data.actors and data.actors[key].code)
    return ControlArea(
        shares[0], holder.actors, holder.control, 1.0, holder.possible, True, code, shares[0].spot,
        _entries(data, holder, reading), (), "", "code", None, shares,
    )  # fmt: skip


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
