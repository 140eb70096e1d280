"""The layers of the map, a row for each: what there is to show and hide, its title wherever it is named, its key."""

from __future__ import annotations

from typing import NamedTuple


class MapLayer(NamedTuple):
    """A layer: its id, which is the name of its module in `viewer.layers`, its title, and its key or ''."""

    id: str
    title: str
    key: str = ""


MAP_LAYERS = (
    MapLayer("raster", "Base layer"),
    MapLayer("relief", "Relief"),
    MapLayer("water", "Water areas"),
    MapLayer("graticule", "Graticule or grid"),
    MapLayer("ground", "Ground of towns", "0"),
    MapLayer("control", "Control areas", "9"),
    MapLayer("change", "Change since day A"),
    MapLayer("provinces", "Provinces", "8"),
    MapLayer("borders", "Borders", "7"),
    MapLayer("rivers", "Rivers and lakes", "6"),
    MapLayer("roads", "Roads"),
    MapLayer("routes", "Routes", "5"),
    MapLayer("sites", "Oil fields, crossings, airfields"),
    MapLayer("towns", "Towns and names", "4"),
    MapLayer("holders", "Who holds each town", "3"),
    MapLayer("rings", "Rings of rough places", "2"),
    MapLayer("incidents", "Incidents", "1"),
)
"""From the ground up: the order in which they are painted; lists of them begin with what lies on top."""
ALL_LAYERS = tuple(layer.id for layer in MAP_LAYERS)
LAYER_TITLES = {layer.id: layer.title for layer in MAP_LAYERS}
