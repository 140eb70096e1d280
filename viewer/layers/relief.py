"""The relief: a hint of the ranges under everything else."""

from __future__ import annotations

from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Primitive, Shading
from viewer.session.state import State
from viewer.store.dataset import DataSet

SHOWN_TO = 90.0
"""Map metres per pixel below which a cell of the heights is as wide as a hand, and says nothing."""


class ReliefLayer:
    """The shading of the base map, if it has one."""

    id = "relief"
    depends = ()
    group = "ground"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """One picture for all scales."""
        return (Shading(basemap.relief, SHOWN_TO),) if basemap.relief is not None else ()
