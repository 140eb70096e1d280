"""Provinces: thin lines and pale names, there to be found and not to be seen."""

from __future__ import annotations

from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Entry, Label, Primitive, by_labels, centre_of, lines_by_scale
from viewer.session.state import State
from viewer.store.dataset import DataSet

NAMED = ("SY", "IQ")
NAMES_FROM, NAMES_TO = 900.0, 130.0
ENTRY = Entry("Map", "Province border", "line", "province")


class ProvincesLayer:
    """Borders of provinces, names inside those of Syria and Iraq."""

    id = "provinces"
    depends = ("labels",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """The lines and a label per province."""
        lines = lines_by_scale(basemap.provinces, "province", 0.9, (5.0, 2.5), 2600.0, ENTRY)
        names = tuple(
            Label(
                *centre_of(area.parts)[:2], *by_labels(state, area.name, area.name_ar), "province", 70,
                min_scale=NAMES_TO, max_scale=NAMES_FROM,
            )
            for area in basemap.province_areas
            if area.parts and area.country in NAMED
        )  # fmt: skip
        return (*lines, *names)
