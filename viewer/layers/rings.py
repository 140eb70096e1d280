"""Rough places: the ring or area in which an incident happened, so that nobody takes a centre for a site."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

import numpy as np

from viewer.domain.places import PINNED, PRECISIONS
from viewer.geo.basemap import Basemap
from viewer.geo.outline import Outline
from viewer.layers.primitives import Entry, Extent, Points, Primitive, is_wide
from viewer.session.crowds import crowd_of
from viewer.session.extents import extent_of, reaches
from viewer.session.selectors import Visible, mapped_events
from viewer.session.state import Ref, State
from viewer.store.columns import NO_PLACE, NONE
from viewer.store.dataset import DataSet

BROAD = ("country", "region")
ROUGH = np.array([term not in PINNED for term in PRECISIONS])
MOST_OUTLINES = 8_192
ENTRY = Entry("Signs", "Somewhere within the ring or outline", "sign", "ring")


class RingsLayer:
    """One outline per place and precision, for all the incidents that share it."""

    id = "rings"
    depends = ("time", "filters", "camera.scale")
    group = "rough"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """A crowd when there are many incidents, else their outlines."""
        few = partial(extents_of, data, basemap, state.camera.scale)
        crowd = crowd_of(data, state, few, partial(reaches, data, basemap), drawn=False)
        return few(mapped_events(data, state)) if crowd is None else (crowd,)


def extents_of(data: DataSet, basemap: Basemap, scale: float, seen: Visible) -> tuple[Primitive, ...]:
    """Outlines that are wide enough to be seen at this scale, the widest below."""
    events = data.events
    shared: dict[int, tuple[Outline, list[int]]] = {}
    for index in np.flatnonzero(ROUGH[events.precision[seen.rows]]).tolist():
        row = int(seen.rows[index])
        if is_wide(data, basemap, row, scale):
            outline = _outline(data, basemap, row)
            shared.setdefault(id(outline.rings), (outline, []))[1].append(index)
    extents = []
    for outline, members in sorted(shared.values(), key=lambda one: _from_the_widest(one[0])):
        rows = tuple(int(seen.rows[index]) for index in members)
        extents.append(_extent(data, outline.rings, rows, any(bool(seen.certain[index]) for index in members)))
    return tuple(extents)


def _from_the_widest(outline: Outline) -> tuple[float, ...]:
    """What puts outlines in order, and always in the same one."""
    west, south, east, north = outline.box
    return -max(east - west, north - south), west, south, east, north


def _outline(data: DataSet, basemap: Basemap, row: int) -> Outline:
    """The outline of an event, the very same for all that share it."""
    events = data.events
    key = (
        basemap, int(events.place[row]), int(events.precision[row]), f"{events.radius_m[row]:.0f}",
        float(events.x[row]), float(events.y[row]),
    )  # fmt: skip
    known: dict[Hashable, Outline] = data.memo.setdefault(_outline, {})
    if len(known) >= MOST_OUTLINES:
        known.clear()
    return known.get(key) or known.setdefault(key, Outline(extent_of(data, basemap, row)))


def _extent(data: DataSet, rings: tuple[Points, ...], rows: tuple[int, ...], certain: bool) -> Extent:
    actors = {int(data.events.actor[row]) for row in rows}
    code = actors.pop() if len(actors) == 1 else NONE
    place = int(data.events.place[rows[0]])
    name = data.places[data.place_keys[place]].name if place != NO_PLACE else "here"
    precision = PRECISIONS[data.events.precision[rows[0]]]
    number = f"{len(rows)} incidents" if len(rows) > 1 else "an incident"
    return Extent(
        rings, data.actor_keys[code] if code != NONE else "", certain, ((ENTRY, 1),),
        tuple(Ref("event", data.events.keys[row]) for row in rows),
        f"{number} somewhere {'along' if precision == 'line' else 'in or near'} {name} (place known by {precision})",
        precision in BROAD,
    )  # fmt: skip
