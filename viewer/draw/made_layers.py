"""The layers of the map by what they lie on, and what they made last."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from typing import Any

from viewer.draw.kinds import STEPPED_LAYERS
from viewer.geo.basemap import Basemap
from viewer.layers import LAYERS
from viewer.layers.primitives import GROUPS, Label, Layer, Line, LineLabel, Points, Primitive
from viewer.session.known import known_data
from viewer.session.map_layers import LAYER_TITLES
from viewer.session.state import State
from viewer.store.dataset import DataSet

LOG = logging.getLogger(__name__)
GROUND, AREAS, LINES, PLACES, ROUGH, MARKS = (
    tuple(layer.id for layer in LAYERS if layer.group == name) for name in GROUPS
)
CAMERA_LAYERS = frozenset(
    layer.id for layer in LAYERS if any(name.split(".")[0] == "camera" for name in layer.depends)
)
"""Those that are made anew when the camera moves."""
ByLayer = dict[str, tuple[Primitive, ...]]
"""The primitives of each layer that is shown, by its id."""


class MadeLayers:
    """What each layer of one data set's map made last."""

    def __init__(self, data: DataSet, basemap: Basemap) -> None:
        self._data, self._basemap = data, basemap
        self._kept: dict[str, tuple[Any, tuple[Primitive, ...]]] = {}
        self.broken: set[str] = set()
        """The titles of the layers that could not be made when they were asked for last."""

    def of(self, layer: Layer, state: State) -> tuple[Primitive, ...]:
        """A layer's primitives, made again only when a field it depends on has changed, or after it could not be."""
        known_by = state.filters.known_by
        key, title = (known_by, *(_field(state, name) for name in layer.depends)), LAYER_TITLES[layer.id]
        known = self._kept.get(layer.id)
        if known is None or known[0] != key:
            try:
                # What asks for filters asks for the day of publication too; another data set would work all anew.
                data = self._data if "filters" in layer.depends else known_data(self._data, known_by)
                made = layer.primitives(state, data, self._basemap)
                alike = known is not None and layer.id not in STEPPED_LAYERS and look_alike(known[1], made)
                known = (key, known[1] if known is not None and alike else made)
                self.broken.discard(title)
            except Exception:
                if title not in self.broken:
                    LOG.exception("layer '%s' could not be made", layer.id)
                self.broken.add(title)
                self._kept.pop(layer.id, None)
                return ()
            self._kept[layer.id] = known
        return known[1]


def look_alike(one: tuple[Primitive, ...], other: tuple[Primitive, ...]) -> bool:
    """Whether two days' primitives of a layer give the same picture, so that the first can be kept."""
    if one is other:
        return True
    return len(one) == len(other) and all(_look(a) == _look(b) for a, b in zip(one, other, strict=True))


def _look(primitive: Primitive) -> Hashable:
    if isinstance(primitive, Line) and primitive.refs:
        return primitive.refs, primitive.style
    if isinstance(primitive, LineLabel):
        return primitive.text, primitive.arabic, primitive.style, _ends(primitive.points)
    return primitive if isinstance(primitive, Label) else id(primitive)


def _ends(points: Points) -> Hashable:
    return len(points), *points[0].tolist(), *points[-1].tolist()


def _field(state: State, name: str) -> Any:
    """The value of a dotted field."""
    value: Any = state
    for part in name.split("."):
        value = getattr(value, part)
    return value
