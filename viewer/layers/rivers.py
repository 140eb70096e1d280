"""Rivers: the Euphrates and the Tigris first, wadis only when one is close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby

from viewer.geo.basemap import Basemap, Feature
from viewer.layers.primitives import ANY, Entry, Line, LineLabel, Primitive, lines_by_scale, names_along
from viewer.session.state import State
from viewer.store.dataset import DataSet

WIDTHS = {1: 2.6, 2: 1.5, 3: 1.0, 4: 0.8, 5: 0.7}
LINES_FROM = {1: ANY, 2: 2200.0, 3: 620.0, 4: 320.0, 5: 160.0}
NAMES_FROM = {1: 2000.0, 2: 900.0, 3: 330.0, 4: 160.0, 5: 0.0}
"""Map metres per pixel below which a river of that rank is drawn, and named."""
ENTRIES = {1: Entry("Map", "River", "line", "river1"), 4: Entry("Map", "Wadi", "line", "river4")}
PRIORITIES = {1: 19, 2: 32, 3: 33, 4: 34, 5: 35}
"""Only great cities are named before the two rivers."""
STYLES = {1: "river", 2: "stream", 3: "stream", 4: "stream", 5: "stream"}
LONG = {1: 0.2, 2: 0.5, 3: 1.0, 4: 1.0, 5: 1.0}
"""A part of a river with less than this share of the longest part's vertices bears no name."""


class RiversLayer:
    """Rivers and wadis by rank, names along the line."""

    id = "rivers"
    depends = ("labels",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """Small streams first, so that the two great ones lie on top."""
        rivers = sorted(basemap.rivers, key=lambda river: -river.rank)
        names = (_names(river, state) for river in rivers)
        return (*_lines(rivers), *chain.from_iterable(names))


def _lines(rivers: Iterable[Feature]) -> Iterator[Line]:
    """All rivers of a rank are one line, which is painted quicker."""
    for rank, alike in groupby(rivers, key=lambda river: river.rank):
        style, dash = f"river{min(rank, 4)}", (4.0, 2.5) if rank >= 4 else ()
        yield from lines_by_scale(alike, style, WIDTHS[rank], dash, LINES_FROM[rank], ENTRIES.get(rank))


def _names(river: Feature, state: State) -> Iterator[LineLabel]:
    rank = river.rank
    return names_along(river, state, STYLES[rank], PRIORITIES[rank], NAMES_FROM[rank], LONG[rank])
