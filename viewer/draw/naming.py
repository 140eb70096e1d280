"""Names of the map at each level of scales, kept, and each level following the one before.

Close up there would be tens of thousands of them: there only those of a block of ground are placed, and of what lies
around it. Where they stand follows from the block, not from the view in it, and from the next one they stand alike.
"""

from __future__ import annotations

import math
from functools import cached_property
from operator import is_
from typing import NamedTuple

from viewer.domain.frozen import dataclass
from viewer.draw.kept import Made, same
from viewer.draw.labels import Placed, place_labels
from viewer.draw.made_layers import GROUND, LINES
from viewer.draw.room import Box, Room
from viewer.draw.tokens import Tokens
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map
from viewer.layers.incidents import scenes_of
from viewer.layers.primitives import Label, LineLabel
from viewer.session.camera import level_of, scale_of
from viewer.session.ground import is_point
from viewer.session.state import State
from viewer.store.dataset import DataSet

AFRESH = 9
"""Every so many levels names are placed afresh: else one that is asked for close up would wait for all farther ones."""
LOCAL = 50.0
"""Metres in a pixel, up to which names are placed for a block of ground only."""
BLOCK_PX, AROUND_PX = 2_048.0, 4_096.0
"""The sides of a block, and what is looked at around it: half of the largest screen, and what may push names in it."""
MOST_KEPT = 160
"""Of so many levels and blocks names are kept."""
Labels = tuple[Label | LineLabel, ...]
NAMING = tuple(name for name in (*GROUND, *LINES) if name not in ("graticule", "raster"))
"""The layers that have names."""


class _Key(NamedTuple):
    """What the places of names follow from: the level of the scale, whether towns have squares, script and layers.

    block: column and row of a block of ground, where only its names are placed.
    """

    level: int
    squares: bool
    script: str
    layers: frozenset[str]
    block: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class Names:
    """Where names stand at one scale, and what they take there."""

    placed: tuple[Placed, ...]
    room: Room


class Naming:
    """Places the names of one data set's map, and keeps them for each level."""

    def __init__(self, data: DataSet, basemap: Basemap) -> None:
        self._data, self._basemap = data, basemap
        self._kept: dict[_Key, tuple[Made, Names]] = {}
        """The primitives that names were taken from, too; what was asked for last comes last."""

    def room(self, state: State) -> Room | None:
        """What the names of a look take, if they are known."""
        kept = self._kept.get(_key(state))
        return kept[1].room if kept is not None else None

    def names(self, state: State, tokens: Tokens, made: Made) -> Names:
        """Where names stand at a state's scale; made: the primitives of the layers that have names."""
        key = _key(state)
        placed: tuple[Placed, ...] = ()
        labels: Labels = ()
        marks: list[tuple[float, float]] = []
        for one in (key,) if self._known(key, made) else _chain(key):
            known = self._known(one, made)
            if known is not None:
                names = known
            else:
                if not labels:
                    labels = _labels(made)
                    marks = [(p.x, p.y) for p in labels if isinstance(p, Label) and p.refs]
                room = Room(scale_of(one.level))
                around = [*marks, *self._squares] if one.squares else []
                scenes, within = scenes_of(self._data, self._basemap), _ground_of(one)
                placed = place_labels(labels, room.scale, tokens, around, placed, room, scenes, within)
                names = Names(placed, room)
                self._keep(one, made, names)
            placed = names.placed
        return names

    @cached_property
    def _squares(self) -> list[tuple[float, float]]:
        """Where squares of holders stand on some day or other; not all of these places are named."""
        places = (self._data.places.get(key) for key in dict.fromkeys(claim.place for claim in self._data.claims))
        return [point_to_map(p.lon or 0.0, p.lat or 0.0) for p in places if p is not None and is_point(self._data, p)]

    def _keep(self, key: _Key, made: Made, names: Names) -> None:
        """Keep names, and let go of those that were asked for longest ago."""
        self._kept.pop(key, None)
        self._kept[key] = made, names
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def _known(self, key: _Key, made: Made) -> Names | None:
        """The names of the same primitives, or of others with the same names among them."""
        kept = self._kept.get(key)
        if kept is None or not (same(kept[0], made) or _are_same(_labels(kept[0]), _labels(made))):
            return None
        self._keep(key, made, kept[1])
        return kept[1]


def _are_same(some: Labels, others: Labels) -> bool:
    return len(some) == len(others) and all(map(is_, some, others))


def _labels(made: Made) -> Labels:
    return tuple(one for layer in made for one in layer if isinstance(one, (Label, LineLabel)))


def _key(state: State) -> _Key:
    level, camera = level_of(state.camera.scale), state.camera
    layers = state.layers.intersection(NAMING)
    return _Key(level, "holders" in state.layers, state.labels, layers, _block(level, camera.x, camera.y))


def _block(level: int, x: float, y: float) -> tuple[int, int] | None:
    """That of a level in which a point lies (map metres); None where all names are placed at once."""
    side = BLOCK_PX * scale_of(level)
    return (math.floor(x / side), math.floor(y / side)) if scale_of(level) <= LOCAL else None


def _chain(key: _Key) -> list[_Key]:
    """The levels before one that its names follow, the farthest first, around the middle of its block; and itself."""
    first, side = key.level - key.level % AFRESH, BLOCK_PX * scale_of(key.level)
    x, y = ((at + 0.5) * side for at in key.block or (0, 0))
    return [*(key._replace(level=level, block=_block(level, x, y)) for level in range(first, key.level)), key]


def _ground_of(key: _Key) -> Box | None:
    """What is looked at to place the names of a block, in map metres."""
    if key.block is None:
        return None
    scale = scale_of(key.level)
    (left, low), around = (at * BLOCK_PX * scale for at in key.block), AROUND_PX * scale
    side = BLOCK_PX * scale + around
    return left - around, low - around, left + side, low + side
