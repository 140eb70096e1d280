"""Rough places: the ring or area in which an incident happened, so that nobody takes a centre for a site."""

from __future__ import annotations

from functools import partial

from viewer.domain.places import PINNED, PRECISIONS
from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Entry, Extent, Primitive, extent_of, is_wide, reaches
from viewer.session.crowds import crowd_of
from viewer.session.memo import remembered
from viewer.session.selectors import Visible, mapped_events
from viewer.session.state import Ref, State
from viewer.store.columns import NO_PLACE, NONE
from viewer.store.dataset import DataSet

BROAD = ("country", "region")
ENTRY = Entry("Signs", "Somewhere within the ring or outline", "sign", "ring")


class RingsLayer:
    """One outline per place and precision, for all the incidents that share it."""

    id = "rings"
    title = "Rings of rough places"
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
    shared: dict[tuple[int, int, str, float, float], list[int]] = {}
    for index, row in enumerate(seen.rows.tolist()):
        if PRECISIONS[events.precision[row]] not in PINNED:
            radius = f"{events.radius_m[row]:.0f}"
            key = (
                int(events.place[row]), int(events.precision[row]), radius, float(events.x[row]),
                float(events.y[row]),
            )  # fmt: skip
            shared.setdefault(key, []).append(index)
    extents = []
    for members in shared.values():
        rows = [int(seen.rows[index]) for index in members]
        if is_wide(data, basemap, rows[0], scale):
            certain = any(bool(seen.certain[index]) for index in members)
            extents.append(_extent(data, basemap, tuple(rows), certain))
    return tuple(sorted(extents, key=lambda extent: -float(extent.rings[0].max() - extent.rings[0].min())))


@remembered(1024)
def _extent(data: DataSet, basemap: Basemap, rows: tuple[int, ...], certain: bool) -> Extent:
    """The outline of some events; the very same object for the same events."""
    rings = extent_of(data, basemap, rows[0])
    actors = {int(data.events.actor[row]) for row in rows}
    code = actors.pop() if len(actors) == 1 else NONE
    place = int(data.events.place[rows[0]])
    name = data.places[data.place_keys[place]].name if place != NO_PLACE else "here"
    precision = PRECISIONS[data.events.precision[rows[0]]]
    number = f"{len(rows)} incidents" if len(rows) > 1 else "an incident"
    return Extent(
        rings, data.actor_keys[code] if code != NONE else "", certain, ((ENTRY, 1),),
        tuple(Ref("event", data.events.keys[row]) for row in rows),
        f"{number} somewhere in or near {name} (place known by {precision})",
        precision in BROAD,
    )  # fmt: skip
