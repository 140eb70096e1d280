"""What changes from day to day, and how it is painted: a step image of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from viewer.draw.letters import LettersKind
from viewer.draw.paint_arrow import ArrowKind
from viewer.draw.paint_change import GroundKind
from viewer.draw.paint_control import AreaKind
from viewer.draw.paint_extent import ExtentKind
from viewer.draw.paint_holder import HolderKind, PlaceKind
from viewer.draw.paint_mark import MarkKind, standing
from viewer.draw.screen import Screen
from viewer.draw.sprites import Sprites
from viewer.draw.steps import Kind
from viewer.draw.tokens import Tokens
from viewer.layers.primitives import Arrow, Calm, ChangeArea, ControlArea, Extent, HolderMark, Letters, Primitive

STEPPED = {"areas": ("ground", "control", "change"), "holders": ("letters", "holders"), "rings": ("rings",),
           "arrows": ("incidents",), "marks": ("incidents",)}  # fmt: skip
"""The step images, the lowest first, and of which layers each is; things are counted as the last one's."""
STEPPED_LAYERS = frozenset(layer for layers in STEPPED.values() for layer in layers)


def kinds_of(sprites: Sprites) -> dict[str, Kind[Any]]:
    """The kind of the things of each step image; `sprites` are the pictures they share."""
    return {
        "areas": GroundKind(AreaKind()), "holders": PlaceKind(HolderKind(sprites), LettersKind(sprites)),
        "rings": ExtentKind(), "arrows": ArrowKind(), "marks": MarkKind(sprites),
    }  # fmt: skip


def primitives_of(name: str, shown: Mapping[str, tuple[Primitive, ...]]) -> tuple[Primitive, ...]:
    """The primitives of the layers of a step image, the lowest first; `shown` has those of each layer."""
    first, *others = (shown.get(layer, ()) for layer in STEPPED[name])
    return first if not any(others) else sum(others, first)


def things_of(name: str, primitives: Collection[Primitive], screen: Screen, tokens: Tokens) -> tuple[Any, ...]:
    """What of a layer's primitives a step image of a view holds."""
    if name == "marks":
        return standing(primitives, screen, tokens)
    types = set(map(type, primitives))
    if types <= _THINGS[name]:
        return tuple(primitives)
    if not types & _THINGS[name]:
        return ()
    return tuple(thing for thing in primitives if type(thing) in _THINGS[name])


_THINGS: dict[str, frozenset[type]] = {
    "areas": frozenset((ControlArea, Calm, ChangeArea)), "holders": frozenset((Letters, HolderMark)),
    "rings": frozenset((Extent,)), "arrows": frozenset((Arrow,)),
}  # fmt: skip
