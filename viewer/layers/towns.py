"""Towns and landscapes by name: those of the base map and those of the data set, each once."""

from __future__ import annotations

import numpy as np

from viewer.geo.basemap import Basemap, Region
from viewer.layers.primitives import SHOWN_FROM, Dots, Label, Primitive, by_labels, place_label
from viewer.session.named import Named, named_towns
from viewer.session.state import State
from viewer.store.dataset import DataSet


class TownsLayer:
    """Dots and names of settlements, and the spaced names of landscapes."""

    id = "towns"
    depends = ("labels",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """Dots by rank, then names, the data set's places first within a rank."""
        named = named_towns(data, basemap)
        labels = (place_label(town, state, f"town{town.rank}") for town in named)
        return (*_dots(named), *labels, *(_landscape(region, state) for region in basemap.regions))


def _dots(named: tuple[Named, ...]) -> tuple[Dots, ...]:
    dots = []
    for rank, scale in SHOWN_FROM.items():
        group = [town for town in named if town.rank == rank]
        if group:
            style, radius = ("dot", 3.4 - 0.4 * rank) if rank <= 3 else ("dot_minor", 1.9)
            dots.append(Dots(np.array([t.x for t in group]), np.array([t.y for t in group]), style, radius, scale))
    return tuple(dots)


def _landscape(region: Region, state: State) -> Label:
    """Shown while its length is between a few words and a few screens."""
    name, arabic = by_labels(state, region.name, region.name_ar)
    return Label(
        region.x, region.y, name, arabic, "region", 34, angle=region.angle, min_scale=region.size_m / 1100,
        max_scale=region.size_m / (90 if region.kind != "mountain" else 130),
    )  # fmt: skip
