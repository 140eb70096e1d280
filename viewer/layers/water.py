"""Sea and lakes: the first thing a person recognises a map by."""

from __future__ import annotations

from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Area, Label, Primitive, by_labels, centre_of
from viewer.session.state import State
from viewer.store.dataset import DataSet

LAKE_NAMES_FROM = {1: 1300.0, 2: 700.0, 3: 350.0}
"""Map metres per pixel below which a lake of that rank is named."""


class WaterLayer:
    """Sea, lakes and salt flats as surfaces, lakes with their names."""

    id = "water"
    depends = ("labels",)
    group = "ground"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """Surfaces from the base map alone."""
        seas = [Area(sea.parts, "sea", "shore") for sea in basemap.sea if sea.parts]
        lakes = [Area(sum((lake.parts for lake in basemap.lakes), ()), "lake", "shore")]  # one is painted quicker
        flats = [Area(sum((flat.parts for flat in basemap.flats), ()), "flat")]
        names = [
            Label(
                *centre_of(lake.parts)[:2], *by_labels(state, lake.name, lake.name_ar), "lake", 55 + lake.rank,
                max_scale=LAKE_NAMES_FROM.get(lake.rank, 250.0),
            )
            for lake in (*basemap.lakes, *basemap.flats)
            if lake.parts and lake.name
        ]  # fmt: skip
        return (*seas, *flats, *lakes, *names)
