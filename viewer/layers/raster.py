"""A person's own picture of the ground, below everything else."""

from __future__ import annotations

from viewer.geo.basemap import Basemap
from viewer.layers.primitives import Primitive
from viewer.session.state import State
from viewer.store.dataset import DataSet


class RasterLayer:
    """The tiles of the file that was chosen."""

    id = "raster"
    depends = ("raster",)
    group = "ground"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """Which file, and how strongly; what is in it is known where it is drawn."""
        return (state.raster,) if state.raster.path else ()
