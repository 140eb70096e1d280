"""Borders of states, firm, with a soft band; lines nobody agreed on are dashed."""

from __future__ import annotations

from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Entry, Label, Primitive, by_labels, centre_of, lines_by_scale
from viewer.session.state import State
from viewer.store.dataset import DataSet

AGREED = 1
NAMES_TO = 500.0
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
            Label(x, y, *by_labels(state, country.name, country.name_ar), "country", 5, min_scale=NAMES_TO)
            for country in basemap.countries
            if country.parts
            for x, y, _ in [centre_of(country.parts)]
            if _is_drawn(x, y, basemap)
        ]
        return (*lines, *names)


def _is_drawn(x: float, y: float, basemap: Basemap) -> bool:
    """Whether a point lies on the sheet of the base map: beside it nothing is drawn that a name could be of."""
    if basemap.sheet is None:
        return True
    west, south, east, north = basemap.sheet
    return west <= x <= east and south <= y <= north
