"""The map's layers from the ground up: the order of the tuple is the order in which they are painted."""

from __future__ import annotations

from viewer.layers.borders import BordersLayer
from viewer.layers.change import ChangeLayer
from viewer.layers.control import ControlLayer
from viewer.layers.graticule import GraticuleLayer
from viewer.layers.ground import GroundLayer
from viewer.layers.holders import HoldersLayer
from viewer.layers.incidents import IncidentsLayer
from viewer.layers.primitives import Layer
from viewer.layers.provinces import ProvincesLayer
from viewer.layers.raster import RasterLayer
from viewer.layers.relief import ReliefLayer
from viewer.layers.rings import RingsLayer
from viewer.layers.rivers import RiversLayer
from viewer.layers.roads import RoadsLayer
from viewer.layers.routes import RoutesLayer
from viewer.layers.sites import SitesLayer
from viewer.layers.towns import TownsLayer
from viewer.layers.water import WaterLayer

LAYERS: tuple[Layer, ...] = (
    RasterLayer(), ReliefLayer(), WaterLayer(), GraticuleLayer(), GroundLayer(), ControlLayer(), ChangeLayer(),
    ProvincesLayer(), BordersLayer(), RiversLayer(), RoadsLayer(), RoutesLayer(), SitesLayer(), TownsLayer(),
    HoldersLayer(), RingsLayer(), IncidentsLayer(),
)  # fmt: skip
