"""Areas of control: what claims with an outline say on the cursor's day, and no square metre more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viewer.domain.control import Holding
from viewer.domain.dates import age_words, words
from viewer.geo.basemap import Basemap
from viewer.geo.pick import inside
from viewer.layers.primitives import (
    ControlArea,
    Entry,
    Primitive,
    actor_entry,
    centre_of,
    names_of,
    ring_area,
    shape_rings,
    strength,
)
from viewer.session.selectors import holdings_on
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet

UNSHOWN = ("unknown", "unheld")
SIGNS = {
    "contested": "Contested area", "mixed": "Shared area", "disputed": "Sources disagree", "presence": "Presence",
    "hidden": "Hidden presence, no control", "besieged": "Besieged area",
}  # fmt: skip


class ControlLayer:
    """The claims in force that have an area, the largest below."""

    id = "control"
    title = "Control areas"
    depends = ("time.cursor",)
    group = "areas"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """One area per holding; a holding that is only possible on the day is drawn so."""
        day = state.time.cursor
        areas = [
            area
            for holdings in holdings_on(data, day).values()
            for holding in holdings
            if (area := _area(holding, day, data)) is not None
        ]
        areas.sort(key=lambda area: -sum(abs(ring_area(ring)) for ring in area.rings))
        return tuple(_lettered(area, areas[index + 1 :]) for index, area in enumerate(areas))


def _lettered(area: ControlArea, above: list[ControlArea]) -> ControlArea:
    """The area with its code where no smaller area lies over it: the spot farthest from every outline."""
    above = [other for other in above if other.filled]
    if not any(inside(other.rings, *area.centre) for other in above):
        return area
    edges = np.vstack([ring for one in (area, *above) for ring in one.rings])
    low, high = np.vstack(area.rings).min(axis=0), np.vstack(area.rings).max(axis=0)
    free = [
        (float(np.hypot(edges[:, 0] - x, edges[:, 1] - y).min()), float(x), float(y))
        for x in np.linspace(low[0], high[0], 13)
        for y in np.linspace(low[1], high[1], 13)
        if inside(area.rings, x, y) and not any(inside(other.rings, x, y) for other in above)
    ]
    if not free:
        return area
    room, x, y = max(free)
    return replace(area, centre=(x, y), room=2 * room)


def _area(holding: Holding, day: int, data: DataSet) -> ControlArea | None:
    claim = holding.claim
    shape = data.shape_of(claim)
    if shape is None or shape.kind != "area" or claim.control in UNSHOWN:
        return None
    place = data.places.get(claim.place)
    actors = tuple(claim.actors.split())
    rings = shape_rings(shape)
    x, y, room = centre_of(rings)
    age = holding.age_days(day)
    schematic = claim.schematic or (claim.geometry is None and place is not None and place.schematic)
    return ControlArea(
        rings, actors, claim.control, strength(age), holding.possible, schematic,
        " / ".join(code for key in actors if (code := _code(key, data))), (x, y), room,
        _entries(actors, claim.control, schematic, data), (Ref("claim", claim.key),),
        f"{place.name + ': ' if place else ''}{names_of(actors, data)}, {claim.control}"
        f"{' possibly' if holding.possible else ''}, {words(claim.date)}, confirmed {age_words(age)} ago"
        f"{', schematic' if schematic else ''}",
    )  # fmt: skip


def _code(key: str, data: DataSet) -> str:
    return data.actors[key].code if key in data.actors else ""


def _entries(actors: tuple[str, ...], control: str, schematic: bool, data: DataSet) -> tuple[Entry, ...]:
    entries = [actor_entry(key, data) for key in actors]
    sign = SIGNS.get(control, "Area of control")
    entries.append(Entry("Control", f"{sign}, schematic" if schematic else sign, "control", control))
    return tuple(entries)
