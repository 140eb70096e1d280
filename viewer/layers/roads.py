"""The roads of the story, cased and smooth as in an atlas, and schematic: drawn from town to town."""

from __future__ import annotations

from itertools import chain

from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Entry, Primitive, lines_by_scale, names_along
from viewer.session.state import State
from viewer.store.dataset import DataSet

SHOWN_FROM = {1: 1250.0, 2: 500.0}
NAMES_FROM = {1: 420.0, 2: 300.0}
"""Map metres per pixel below which a road of that rank is drawn, and named."""
CASED_TO = 260.0
ENTRY = Entry("Map", "Road, schematic", "line", "road")


class RoadsLayer:
    """Roads by rank, names along them."""

    id = "roads"
    depends = ("labels",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """A casing below all roads where they are wide enough for one, then the roads, then their names."""
        lines: list[Primitive] = list(lines_by_scale(basemap.roads, "road_case", 2.8, max_scale=CASED_TO))
        for rank, scale in SHOWN_FROM.items():
            alike = [road for road in basemap.roads if road.rank == rank]
            lines += lines_by_scale(alike, "road", 1.3 - 0.2 * rank, max_scale=scale, entry=ENTRY)
        names = (names_along(road, state, "road", 66, NAMES_FROM[road.rank]) for road in basemap.roads)
        return (*lines, *chain.from_iterable(names))
