"""Rivers: the Euphrates and the Tigris first, wadis only when one is close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from viewer.geo.basemap import Basemap, Feature
from viewer.layers.primitives import ANY, Entry, Line, LineLabel, Primitive, by_labels
from viewer.session.state import State
from viewer.store.dataset import DataSet

WIDTHS = {1: 2.6, 2: 1.5, 3: 1.0, 4: 0.8}
LINES_FROM = {1: ANY, 2: 2200.0, 3: 620.0, 4: 320.0}
NAMES_FROM = {1: 2000.0, 2: 900.0, 3: 330.0, 4: 160.0}
"""Map metres per pixel below which a river of that rank is drawn, and named."""
ENTRIES = {1: Entry("Map", "River", "line", "river1"), 4: Entry("Map", "Wadi", "line", "river4")}


class RiversLayer:
    """Rivers and wadis by rank, names along the line."""

    id = "rivers"
    title = "Rivers"
    depends = ("labels",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """Small streams first, so that the two great ones lie on top."""
        rivers = sorted(basemap.rivers, key=lambda river: -river.rank)
        return (*_lines(rivers), *(name for river in rivers for name in _names(river, state)))


def _lines(rivers: Iterable[Feature]) -> Iterator[Line]:
    """A line for each river that the legend counts; those of any other rank are one, which is painted quicker."""
    for rank, alike in groupby(rivers, key=_rank):
        parts = [river.parts for river in alike]
        for lines in parts if rank in ENTRIES else [sum(parts, ())]:
            dash = (4.0, 2.5) if rank == 4 else ()
            yield Line(lines, f"river{rank}", WIDTHS[rank], dash, LINES_FROM[rank], ENTRIES.get(rank))


def _rank(river: Feature) -> int:
    return min(max(river.rank, 1), 4)


def _names(river: Feature, state: State) -> tuple[LineLabel, ...]:
    rank = _rank(river)
    if not river.name or not river.parts:
        return ()
    longest = max(river.parts, key=len)
    style = "river" if rank == 1 else "stream"
    return (LineLabel(longest, *by_labels(state, river.name, river.name_ar), style, 30 + rank, NAMES_FROM[rank]),)
