"""Borders of states, firm, with a soft band; lines nobody agreed on are dashed."""

from __future__ import annotations

from viewer.geo.basemap import Basemap
from viewer.layers.primitives import ANY, Entry, Label, Primitive, by_labels, centre_of, lines_by_scale
from viewer.session.state import State
from viewer.store.dataset import DataSet

AGREED = 1
NAMES_TO = 500.0
LEAST_LAND = 50_000.0
"""Map metres from west to east: of a state of which the base map has less, no name is written on it."""
HALF_NAME = 62.0, 20.0
"""Pixels that a name of a state reaches to the sides, and up and down."""
BORDER = Entry("Map", "State border", "line", "border")
OPEN_LINE = Entry("Map", "Armistice or ceasefire line", "line", "border_open")


class BordersLayer:
    """State borders and the names of states."""

    id = "borders"
    depends = ("labels",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """A wide pale band under a firm line, then the names."""
        agreed = [border for border in basemap.borders if border.rank == AGREED]
        others = [border for border in basemap.borders if border.rank != AGREED]
        lines: list[Primitive] = list(lines_by_scale(agreed, "border_band", 5.0))
        lines += lines_by_scale(agreed, "border", 1.5, entry=BORDER)
        lines += lines_by_scale(others, "border_open", 1.1, (3.0, 2.5), entry=OPEN_LINE)
        names = [
            Label(
                x, y, *by_labels(state, country.name, country.name_ar), "country", 5, min_scale=NAMES_TO,
                max_scale=_farthest(x, y, basemap),
            )
            for country in basemap.countries
            if country.parts
            for x, y, room in [centre_of(country.parts)]
            if room >= LEAST_LAND
        ]  # fmt: skip
        return (*lines, *names)


def _farthest(x: float, y: float, basemap: Basemap) -> float:
    """The scale up to which a name around a point lies on the sheet of the base map: beside it nothing is drawn."""
    if basemap.sheet is None:
        return ANY
    west, south, east, north = basemap.sheet
    return min(min(x - west, east - x) / HALF_NAME[0], min(y - south, north - y) / HALF_NAME[1])
