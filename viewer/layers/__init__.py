"""The map's layers from the ground up: `NameLayer` of the module `name` for each row of the session's table."""

from __future__ import annotations

from importlib import import_module

from viewer.layers.primitives import Layer
from viewer.session.map_layers import ALL_LAYERS


def layer_of(name: str) -> Layer:
    """The layer that a module of this package holds."""
    made: Layer = getattr(import_module(f"{__name__}.{name}"), f"{name.title()}Layer")()
    return made


LAYERS = tuple(map(layer_of, ALL_LAYERS))
