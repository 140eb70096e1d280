"""Ground derived from the towns: each town's share of the land in its holder's colour, and an outline around all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from viewer.domain.control import class_of
from viewer.domain.dates import Day, age_words
from viewer.geo.basemap import Basemap
from viewer.geo.cells import all_lines, all_rings, clear_spots, in_order
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
from viewer.session.memo import FEW, MANY, is_remembered, remembered
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
MOST_TOWNS, MOST_AHEAD = 1_000, 16_384
"""Ground is worked out ahead where a day takes no more towns, and until so many shares are known."""
MOST_NAMED = 2_000_000
"""So many shares are named by all days that are made ahead of one reading: 16 MB."""
AT_ONCE = 64
"""So many outlines are made plainer for a scale between two looks at whether somebody waits."""
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
        return () if since is None else _made_of(data, basemap, since, state.ground)


def is_ready(state: State, data: DataSet, basemap: Basemap) -> bool:
    """Whether the ground of a state needs no geometry to be worked out, which takes longer than a hand should wait."""
    spells = shown_spells(data, FADES_AT)
    since = spells.since(state.time.cursor)
    if since is None or "ground" not in state.layers or is_remembered(_areas, data, basemap, since, state.ground):
        return True
    if since in _days_ahead(data, basemap, state.ground):
        return True
    known = _known_days(data, basemap, state.ground)
    if known and shown_spells(data, ()).since(since) in known:
        return True
    last = data.memo.get(_note, {}).get((basemap, state.ground))
    return last is not None and len(np.setxor1d(spells.on(since), spells.on(last), assume_unique=True)) <= FEW_SPELLS


def _note(data: DataSet, basemap: Basemap, day: Day, reading: str) -> None:
    """Keep that the areas of a day were made last: those of a day like it take little more."""
    data.memo.setdefault(_note, {})[basemap, reading] = day
    claimed = shown_spells(data, ()).since(day)
    if claimed is not None:
        _known_days(data, basemap, reading).add(claimed)


def ahead(data: DataSet, basemap: Basemap, day: Day, reading: str, scale: float) -> Iterator[None]:
    """Work out the outlines of the ground of all days, those near `day` first, a little at each step.

    No hand that gets to such a day has to wait then. scale: that of the view, map metres to a device pixel.
    """
    spells, known = shown_spells(data, ()), _known_days(data, basemap, reading)
    for other in sorted(spells.days.tolist(), key=lambda one: abs(one - day)):
        if len(data.memo.get(_grounds, ())) > MOST_AHEAD:
            return
        if other not in known and len(spells.on(other)) <= MOST_TOWNS:
            cells = ground_on(data, basemap, other, reading, FADES_AT)
            _outlined(data, basemap, cells, _alike(data, cells))
            known.add(other)
            yield
    every = chain(list(data.memo.get(_grounds, {}).values()), list(data.memo.get(_edges, {}).values()))
    outlines = (ground.outline for ground in every if ground is not None)
    plainer = (outline for outline in outlines if not outline.knows(outline.level(scale)))
    while some := list(islice(plainer, AT_ONCE)):
        for outline in some:
            outline.at(outline.level(scale))
        yield


def days_ahead(data: DataSet, basemap: Basemap, day: Day, reading: str) -> Iterator[None]:
    """Make the areas of all days whose outlines are known, those near `day` first, one day at each step."""
    spells, known = shown_spells(data, ()), _known_days(data, basemap, reading)
    made = _days_ahead(data, basemap, reading)
    room = MOST_NAMED - sum(map(len, made.values()))
    for other in sorted(shown_spells(data, FADES_AT).days.tolist(), key=lambda one: abs(one - day)):
        if other not in made and spells.since(other) in known:
            areas = _areas(data, basemap, other, reading)
            if (room := room - len(areas)) < 0:
                return
            made[other] = areas
            yield


def known_areas(data: DataSet, basemap: Basemap, reading: str) -> tuple[list[ControlArea], list[ControlArea]]:
    """The letters of all days that were made, and the shares."""
    codes = data.memo.get(_codes, {}).get((basemap, reading), {})
    return list(codes.values()), list(data.memo.get(_filled, {}).values())


def _made_of(data: DataSet, basemap: Basemap, day: Day, reading: str) -> tuple[ControlArea, ...]:
    """The areas of a day on which something begins to look otherwise, made ahead or now."""
    made = _days_ahead(data, basemap, reading).get(day)
    if made is None:
        made = _areas(data, basemap, day, reading)
    _note(data, basemap, day, reading)  # once it is true
    return made


def _days_ahead(data: DataSet, basemap: Basemap, reading: str) -> dict[Day, tuple[ControlArea, ...]]:
    """The areas of the days that were made ahead."""
    known: dict[Day, tuple[ControlArea, ...]] = data.memo.setdefault(_days_ahead, {}).setdefault((basemap, reading), {})
    return known


def _known_days(data: DataSet, basemap: Basemap, reading: str) -> set[Day]:
    """The days on which other claims begin to hold, and whose outlines are known."""
    known: set[Day] = data.memo.setdefault(_known_days, {}).setdefault((basemap, reading), set())
    return known


@remembered(512)
def _areas(data: DataSet, basemap: Basemap, day: Day, reading: str) -> tuple[ControlArea, ...]:
    """The areas of a day on which something begins to look otherwise; one that does not is the very same object."""
    cells = ground_on(data, basemap, day, reading, FADES_AT)
    alike, as_of, codes = _held(data, basemap, cells, reading)
    ages = np.clip(day - as_of, 0, STALE_DAYS).tolist()
    filled = _filled(
        data, basemap, [(cell, own, FIRM[age]) for cell, own, age in zip(cells, alike, ages, strict=True)]
    )
    return (*filled, *codes)


@remembered(FEW)
def _held(
    data: DataSet, basemap: Basemap, cells: tuple[Cell, ...], reading: str
) -> tuple[tuple[tuple[Patch, ...], ...], NDArray[np.int64], tuple[ControlArea, ...]]:
    """All that stays as it is while claims only grow old: for each cell the patches beside it that are the same
    holder's, and when it was last confirmed, shape (n,); and the letters of the holders."""
    patches, holders, alike = [cell.patch for cell in cells], [cell.holder for cell in cells], _alike(data, cells)
    codes = _codes(data, basemap, reading, [
        (tuple([patches[number] for number in group]), holders[group[0]]) for group in _together(patches, alike)
    ])  # fmt: skip
    beside = tuple([tuple([patches[other] for other in own]) for own in alike])
    return beside, np.array([cell.as_of for cell in cells], dtype=np.int64), codes


def _alike(data: DataSet, cells: Sequence[Cell]) -> list[tuple[int, ...]]:
    """For each cell the places of those beside it that are the same holder's."""
    holders, beside = [cell.holder for cell in cells], adjacent(data, tuple([cell.patch for cell in cells]))
    return [
        tuple([other for other in near if holders[other] is holder])
        for holder, near in zip(holders, beside, strict=True)
    ]


def _outlined(data: DataSet, basemap: Basemap, cells: Sequence[Cell], alike: Sequence[tuple[int, ...]]) -> None:
    """Have the outlines of some shares, and the lines around them, known."""
    patches = [cell.patch for cell in cells]
    _grounds(data, basemap, patches)
    _edges(data, basemap, [
        (patch, tuple([patches[other] for other in own])) for patch, own in zip(patches, alike, strict=True)
    ])  # fmt: skip


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
        plane, shapes = land(data, basemap).plane, in_order([patch.shape for patch in new])
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
        for one, lines in zip(new, all_lines(in_order(edges), land(data, basemap).plane), strict=True):
            known.setdefault(one, Ground(Outline(lines, closed=False), NO_SPOT) if lines else None)
    return [known[one] for one in asked]


def _codes(
    data: DataSet, basemap: Basemap, reading: str, groups: Sequence[tuple[tuple[Patch, ...], Holder]]
) -> tuple[ControlArea, ...]:
    """The letters of each holder in his patches that lie together; the very same for the same."""
    every: dict[tuple[Basemap, str], dict[object, ControlArea]] = data.memo.setdefault(_codes, {})
    known = every.setdefault((basemap, reading), {})
    if len(known) > MANY:
        known = every[basemap, reading] = {}  # another thread may still look into the old one
    keys = [(patches, holder.actors, holder.control, holder.possible) for patches, holder in groups]
    return tuple([
        known.get(key) or known.setdefault(key, _code(data, basemap, *group, reading))
        for key, group in zip(keys, groups, strict=True)
    ])  # fmt: skip


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
