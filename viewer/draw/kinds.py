"""What changes from day to day, and how it is painted: a step image of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from viewer.draw.paint_arrow import ArrowKind
from viewer.draw.paint_control import AreaKind
from viewer.draw.paint_extent import ExtentKind
from viewer.draw.paint_holder import HolderKind
from viewer.draw.paint_mark import MarkKind, standing
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import Kind
from viewer.layers.primitives import Arrow, ControlArea, Extent, HolderMark, Primitive

STEPPED = {"areas": "control", "holders": "holders", "rings": "rings", "arrows": "incidents", "marks": "incidents"}
"""The step images, the lowest first, and of which layer each is."""


def kinds_of(sprites: Sprites) -> dict[str, Kind[Any]]:
    """The kind of the things of each step image; `sprites` are the pictures they share."""
    return {
        "areas": AreaKind(sprites=sprites), "holders": HolderKind(sprites), "rings": ExtentKind(),
        "arrows": ArrowKind(), "marks": MarkKind(sprites),
    }  # fmt: skip


def things_of(name: str, primitives: Iterable[Primitive], screen: Screen) -> tuple[Any, ...]:
    """What of a layer's primitives a step image of a view holds."""
    if name == "marks":
        return tuple(standing(primitives, screen))
    return tuple(thing for thing in primitives if isinstance(thing, _THINGS[name]))


_THINGS: dict[str, type] = {"areas": ControlArea, "holders": HolderMark, "rings": Extent, "arrows": Arrow}
