"""Ground derived from the towns: each town's share of the land in its holder's colour, and an outline around all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from viewer.domain.control import class_of
from viewer.domain.dates import Day, age_words
from viewer.geo.basemap import Basemap
from viewer.geo.cells import all_lines, all_rings, clear_spots
from viewer.geo.lettering import Ground
from viewer.geo.outline import Outline
from viewer.layers.primitives import (
    FADES_AT,
    STALE_DAYS,
    ControlArea,
    Entries,
    Entry,
    Primitive,
    actor_entry,
    strength,
)
from viewer.session.control import shown_spells
from viewer.session.describe import actor_names, place_name
from viewer.session.ground import Cell, Holder, Patch, adjacent, edges_of, ground_on, land
from viewer.session.memo import MANY, is_remembered, remembered
from viewer.session.state import REACH_KM, Ref, State
from viewer.store.dataset import DataSet

READINGS = {
    "reach": Entry("Ground", f"Ground within {REACH_KM} km of its nearest town", "ground", "reach"),
    "roads": Entry("Ground", "Ground of the nearest town, however far", "ground", "roads"),
}
"""What the rule is, by the reading of the desert."""
NO_SPOT = (0.0, 0.0, 0.0)
FIRM = tuple(strength(age) for age in range(STALE_DAYS + 1))
"""How firmly a claim is drawn by its age in days; older ones as the oldest of these."""
FEW_SPELLS = 16
"""Where no more spells than this begin or end between two days, what the second changes is soon worked out."""
Share = tuple[Cell, tuple[Patch, ...], float]
"""All that a town's share looks like: its cell, the patches beside it that are the same holder's, how firm."""


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
    spells = shown_spells(data, FADES_AT)
    since = spells.since(state.time.cursor)
    if since is None or "ground" not in state.layers or is_remembered(_areas, data, basemap, since, state.ground):
        return True
    last = data.memo.get(_last, {}).get((basemap, state.ground))
    return last is not None and len(np.setxor1d(spells.on(since), spells.on(last), assume_unique=True)) <= FEW_SPELLS


def _last(data: DataSet, basemap: Basemap, day: Day, reading: str) -> None:
    """Keep which day's areas were made last: those of a day like it take little more."""
    data.memo.setdefault(_last, {})[basemap, reading] = day


@remembered(512)
def _areas(data: DataSet, basemap: Basemap, day: Day, reading: str) -> tuple[ControlArea, ...]:
    """The areas of a day on which something begins to look otherwise; one that does not is the very same object."""
    cells = ground_on(data, basemap, day, reading, FADES_AT)
    _last(data, basemap, day, reading)
    patches, holders = [cell.patch for cell in cells], [cell.holder for cell in cells]
    beside = adjacent(data, tuple(patches))
    alike = [
        tuple([other for other in near if holders[other] is holder])
        for holder, near in zip(holders, beside, strict=True)
    ]
    filled = _filled(data, basemap, [
        (cell, tuple([patches[other] for other in own]), FIRM[min(max(0, day - cell.as_of), STALE_DAYS)])
        for cell, own in zip(cells, alike, strict=True)
    ])  # fmt: skip
    codes = [
        _code(data, basemap, tuple([patches[number] for number in group]), holders[group[0]], reading)
        for group in _together(patches, alike)
    ]
    return (*filled, *codes)


def _together(patches: list[Patch], alike: list[tuple[int, ...]]) -> Iterator[list[int]]:
    """The numbers of the patches of one holder that lie together, the largest first, for each such group."""
    seen: set[int] = set()
    for first, beside in enumerate(alike):
        if not beside:
            yield [first]
        elif first not in seen:
            group, waiting = [], [first]
            while waiting:
                if (number := waiting.pop()) not in seen:
                    seen.add(number)
                    group.append(number)
                    waiting += alike[number]
            yield sorted(group, key=lambda number: (-patches[number].area, patches[number].site))


def _filled(data: DataSet, basemap: Basemap, shares: list[Share]) -> list[ControlArea]:
    """The filling of each share, with a line where its holder's ground ends; it is what a pointer meets."""
    known: dict[Share, ControlArea] = data.memo.setdefault(_filled, {})
    if len(known) > MANY:
        known = data.memo[_filled] = {}  # another thread may still look into the old one
    found = [known.get(share) for share in shares]
    if None in found:
        new = [share for share, area in zip(shares, found, strict=True) if area is None]
        grounds = _grounds(data, basemap, [cell.patch for cell, _, _ in new])
        edges = _edges(data, basemap, [(cell.patch, alike) for cell, alike, _ in new])
        for (cell, alike, firm), ground, edge in zip(new, grounds, edges, strict=True):
            holder = cell.holder
            known.setdefault((cell, alike, firm), ControlArea(
                ground, holder.actors, holder.control, firm, holder.possible, True, "", NO_SPOT,
                (), (Ref("place", cell.patch.site),), partial(_title, data, cell), "fill", edge,
            ))  # fmt: skip
        found = [known[share] for share in shares]
    return [area for area in found if area is not None]


def _grounds(data: DataSet, basemap: Basemap, patches: Sequence[Patch]) -> list[Ground]:
    """The outline of each share, and where letters stand in it."""
    known: dict[Patch, Ground] = data.memo.setdefault(_grounds, {})
    if len(known) > MANY:
        known = data.memo[_grounds] = {}  # another thread may still look into the old one
    if new := [patch for patch in patches if patch not in known]:
        plane, shapes = land(data, basemap).plane, [patch.shape for patch in new]
        places = [data.places[patch.site] for patch in new]
        spots = clear_spots(shapes, plane, [(place.lon or 0.0, place.lat or 0.0) for place in places])
        for patch, rings, spot in zip(new, all_rings(shapes, plane), spots, strict=True):
            known.setdefault(patch, Ground(Outline(rings), spot))
    return [known[patch] for patch in patches]


def _edges(
    data: DataSet, basemap: Basemap, asked: Sequence[tuple[Patch, tuple[Patch, ...]]]
) -> list[Ground | None]:
    """The line around each patch, but towards patches of the same holder; None where that leaves nothing."""
    known: dict[tuple[Patch, tuple[Patch, ...]], Ground | None] = data.memo.setdefault(_edges, {})
    if len(known) > MANY:
        known = data.memo[_edges] = {}  # another thread may still look into the old one
    if new := [one for one in asked if one not in known]:
        edges = edges_of(data, [patch for patch, _ in new], [alike for _, alike in new])
        for one, lines in zip(new, all_lines(edges, land(data, basemap).plane), strict=True):
            known.setdefault(one, Ground(Outline(lines, closed=False), NO_SPOT) if lines else None)
    return [known[one] for one in asked]


@remembered(4096)
def _code(
    data: DataSet, basemap: Basemap, patches: tuple[Patch, ...], holder: Holder, reading: str
) -> ControlArea:
    """The letters of a holder somewhere in patches that lie together, the largest first, and what the legend says."""
    shares = tuple(_grounds(data, basemap, patches))
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
