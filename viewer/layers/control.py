"""Areas of control: what claims with an outline say on the cursor's day, and no square metre more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from operator import attrgetter

from viewer.domain.control import ControlClaim, Holding, class_of
from viewer.domain.dates import Day, age_words, words
from viewer.geo.basemap import Basemap
from viewer.geo.lettering import Ground, Lettering, Spot
from viewer.geo.outline import Outline
from viewer.geo.shapes import shape_rings
from viewer.layers.primitives import (
    FADES_AT,
    ControlArea,
    Entries,
    Entry,
    Primitive,
    actor_entry,
    centre_of,
    once,
    strength,
)
from viewer.session.control import made_ahead, made_of, shown_holdings, shown_spells
from viewer.session.describe import actor_names
from viewer.session.memo import remembered
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet

SPREAD = 0.8
"""How much of the room from west to east letters take that share it."""
Look = tuple[str, str, float, bool]
"""What tells one area from another: its claim, who is left of it, how firm, only possible."""


class ControlLayer:
    """The claims in force that have an area, the largest below."""

    id = "control"
    depends = ("time.cursor",)
    group = "areas"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """One area per holding, drawn so where it is only possible; the same ones while nothing drawn changes."""
        since = shown_spells(data, FADES_AT).since(state.time.cursor)
        return () if since is None else _areas(data, since)


@remembered(64)
def _areas(data: DataSet, day: Day) -> tuple[ControlArea, ...]:
    """The areas of a day on which something begins to look otherwise; one that does not is the very same object."""
    numbers = shown_spells(data, FADES_AT).on(day).tolist()
    areas = list(chain.from_iterable(made_of(data, _areas_of, numbers)))
    areas.sort(key=attrgetter("ground.outline.area"), reverse=True)
    spots = _spots(data, tuple(area.ground for area in areas), tuple(area.filled for area in areas))
    for index, spot in spots.items():
        areas[index] = _lettered(data, areas[index], spot)
    return _these(data, tuple(_side_by_side(data, areas)))


def ahead(data: DataSet) -> Iterator[None]:
    """Make the areas of all days, those of a spell at each step."""
    return made_ahead(data, FADES_AT, _areas_of)


def _side_by_side(data: DataSet, areas: list[ControlArea]) -> Iterator[ControlArea]:
    """The areas, with the letters of several claims on one ground beside each other."""
    times = Counter(map(attrgetter("ground"), areas))
    several = {ground for ground, number in times.items() if number > 1} if len(times) < len(areas) else set()
    alike = Counter((area.ground, area.spot) for area in areas if area.ground in several and area.code)
    before: Counter[tuple[Ground, Spot]] = Counter()
    for area in areas:
        key = (area.ground, area.spot) if area.ground in several and area.code else None
        if key is not None and (number := alike[key]) > 1:
            x, y, room = area.spot
            place = (before[key] + 0.5) / number - 0.5
            before[key] += 1
            yield _lettered(data, area, (x + place * room * SPREAD, y, room * SPREAD / number))
        else:
            yield area


@remembered(64)
def _these(data: DataSet, areas: tuple[ControlArea, ...]) -> tuple[ControlArea, ...]:
    """The tuple that was first made of these very areas: not every day that changes a town changes one."""
    return areas


def _areas_of(data: DataSet, number: int) -> tuple[ControlArea, ...]:
    """The areas of a spell with their codes in their middle; spells that look alike share them."""
    tenure = shown_spells(data, FADES_AT).tenures[number]
    areas = (_area(holding, tenure.first, data) for holding in tenure.holdings)
    return tuple(area for area in areas if area is not None)


@remembered(8)
def _spots(data: DataSet, grounds: tuple[Ground, ...], filled: tuple[bool, ...]) -> dict[int, Spot]:
    """Where codes stand elsewhere than in the middle, clear of the smaller areas that lie over their own."""
    lettering: Lettering = data.memo.setdefault(Lettering, {}).setdefault((), Lettering())
    return lettering.spots(grounds, filled)


def _lettered(data: DataSet, area: ControlArea, spot: Spot) -> ControlArea:
    """The area with its code in another spot."""
    moved: dict[tuple[ControlArea, Spot], ControlArea] = data.memo.setdefault(_lettered, {})
    return moved.get((area, spot)) or moved.setdefault((area, spot), replace(area, spot=spot))


def _area(holding: Holding, day: Day, data: DataSet) -> ControlArea | None:
    claim, ground = holding.claim, _ground(data, holding.claim)
    if ground is None:
        return None
    looks: dict[Look, ControlArea] = data.memo.setdefault(_made_area, {})
    look = claim.key, claim.actors, strength(holding.age_days(day)), holding.possible
    return looks.get(look) or looks.setdefault(look, _made_area(data, ground, claim, look[2], holding.possible))


def _made_area(data: DataSet, ground: Ground, claim: ControlClaim, firm: float, possible: bool) -> ControlArea:
    place = data.places.get(claim.place)
    actors = tuple(claim.actors.split())
    schematic = claim.schematic or (place is not None and place.schematic and not data.has_geometry(claim))
    return ControlArea(
        ground, actors, claim.control, firm, possible, schematic,
        " / ".join(code for key in actors if (code := _code(key, data))), ground.spot,
        _entries(data, actors, claim.control, schematic), (Ref("claim", claim.key),),
        partial(_title, data, claim, possible, schematic),
    )  # fmt: skip


def _ground(data: DataSet, claim: ControlClaim) -> Ground | None:
    """The outline of a claim that has an area, projected once for all claims that borrow it of one place."""
    grounds: dict[tuple[str, str], Ground | None] = data.memo.setdefault(_ground, {})
    owner = ("", claim.key) if data.has_geometry(claim) else (claim.place, "")
    if owner not in grounds:
        shape = data.shape_of(claim)
        rings = shape_rings(shape) if shape is not None and shape.kind == "area" else ()
        grounds.setdefault(owner, Ground(Outline(rings), centre_of(rings)) if rings else None)
    return grounds[owner]


def _title(data: DataSet, claim: ControlClaim, possible: bool, schematic: bool, day: Day) -> str:
    """Who stands in an area, on which word, and on a day how old the last one is."""
    place = data.places.get(claim.place)
    held = shown_holdings(data, claim.place or claim.key, day)
    ages = [holding.age_days(day) for holding in held if holding.claim == claim]
    return (
        f"{place.name + ': ' if place else ''}{actor_names(data, claim.actors)}, {claim.control}"
        f"{' possibly' if possible else ''}, {words(claim.date)}"
        f"{', confirmed ' + age_words(ages[0]) + ' ago' if ages else ''}{', schematic' if schematic else ''}"
    )


def _code(key: str, data: DataSet) -> str:
    return data.actors[key].code if key in data.actors else ""


@remembered(512)
def _entries(data: DataSet, actors: tuple[str, ...], control: str, schematic: bool) -> Entries:
    entries = [actor_entry(key, data) for key in actors]
    sign = class_of(control).sign
    entries.append(Entry("Control", f"{sign}, schematic" if schematic else sign, "control", control))
    return once(entries)
