"""Which layers change from day to day, and how what stands in them is painted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from viewer.draw.paint_control import AreaKind
from viewer.draw.paint_extent import ExtentKind
from viewer.draw.paint_holder import HolderKind
from viewer.draw.paint_mark import MarkKind, standing
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import Kind
from viewer.layers.primitives import Primitive
from viewer.session.crowds import Crowd

STEPPED = ("control", "holders", "rings", "incidents")
"""The layers that are step images, the lowest first."""


def kinds_of(sprites: Sprites) -> dict[str, Kind[Any]]:
    """The kind of each layer's things; `sprites` are the pictures they share."""
    return {
        "control": AreaKind(sprites=sprites), "holders": HolderKind(sprites), "rings": ExtentKind(),
        "incidents": MarkKind(sprites),
    }  # fmt: skip


def things_of(layer: str, primitives: Iterable[Primitive], screen: Screen) -> tuple[Any, ...]:
    """What of these primitives a step image of a view holds; a crowd is painted by itself."""
    if layer == "incidents":
        return standing(primitives, screen)
    return tuple(thing for thing in primitives if not isinstance(thing, Crowd))
