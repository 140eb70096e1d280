"""Names of the map at each level of scales, kept, and each level following the one before.

Close up there would be tens of thousands of them: there only those of a block of ground are placed, and of what lies
around it. Where they stand follows from the block, not from the view in it, and from the next one they stand alike.
"""

from __future__ import annotations

import math
import time
from functools import cached_property
from typing import NamedTuple

from viewer.domain.frozen import dataclass
from viewer.draw.kept import Made, same
from viewer.draw.labels import Placed, place_labels
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

QUICK_SECONDS = 0.008
"""Names that were placed in less at the last scale are not worth a thread at the next."""
AFRESH = 9
"""Every so many levels names are placed afresh: else one that is asked for close up would wait for all farther ones."""
LOCAL = 50.0
"""Metres in a pixel, up to which names are placed for a block of ground only."""
BLOCK_PX, AROUND_PX = 2_048.0, 4_096.0
"""The sides of a block, and what is looked at around it: half of the largest screen, and what may push names in it."""
MOST_BLOCKS = 60
"""So many blocks are kept, of all levels."""


class _Key(NamedTuple):
    """What the places of names follow from: the level of the scale, whether towns have squares, and the script.

    block: column and row of a block of ground, where only its names are placed.
    """

    level: int
    squares: bool
    script: str
    block: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class Names:
    """Where names stand at one scale, what they take there, and the primitives they were taken from."""

    made: Made
    placed: tuple[Placed, ...]
    room: Room


class Naming:
    """Places the names of one data set's map, and keeps them for each level."""

    def __init__(self, data: DataSet, basemap: Basemap) -> None:
        self._data, self._basemap = data, basemap
        self._kept: dict[_Key, Names] = {}
        self._seconds = 1.0
        """How long the last level took."""

    def is_quick(self, state: State) -> bool:
        """Whether the names of a look are known, or would be in no time."""
        key = _key(state)
        missing = sum(one not in self._kept for one in _chain(key))
        return key in self._kept or missing * self._seconds < QUICK_SECONDS

    def room(self, state: State) -> Room | None:
        """What the names of a look take, if they are known."""
        names = self._kept.get(_key(state))
        return names.room if names is not None else None

    def names(self, state: State, tokens: Tokens, made: Made) -> Names:
        """Where names stand at a state's scale; made: the primitives of the layers that have names."""
        key = _key(state)
        placed: tuple[Placed, ...] = ()
        labels: list[Label | LineLabel] = []
        marks: list[tuple[float, float]] = []
        for one in (key,) if self._known(key, made) else _chain(key):
            known = self._known(one, made)
            if known is not None:
                names = known
            else:
                if not labels:
                    labels = [p for layer in made for p in layer if isinstance(p, (Label, LineLabel))]
                    marks = [(p.x, p.y) for p in labels if isinstance(p, Label) and p.refs]
                begun, room = time.thread_time(), Room(scale_of(one.level))
                around = [*marks, *self._squares] if one.squares else []
                scenes, within = scenes_of(self._data, self._basemap), _ground_of(one)
                placed = place_labels(labels, room.scale, tokens, around, placed, room, scenes, within)
                names = Names(made, placed, room)
                self._seconds = time.thread_time() - begun
                self._keep(one, names)
            placed = names.placed
        return names

    @cached_property
    def _squares(self) -> list[tuple[float, float]]:
        """Where squares of holders stand on some day or other; not all of these places are named."""
        places = (self._data.places.get(key) for key in dict.fromkeys(claim.place for claim in self._data.claims))
        return [point_to_map(p.lon or 0.0, p.lat or 0.0) for p in places if p is not None and is_point(self._data, p)]

    def _keep(self, key: _Key, names: Names) -> None:
        """Keep the names of all levels that are placed at once, and those of some blocks."""
        self._kept[key] = names
        blocks = [one for one in self._kept if one.block is not None]
        for one in blocks[: max(0, len(blocks) - MOST_BLOCKS)]:
            del self._kept[one]

    def _known(self, key: _Key, made: Made) -> Names | None:
        names = self._kept.get(key)
        return names if names is not None and same(names.made, made) else None


def _key(state: State) -> _Key:
    level, camera = level_of(state.camera.scale), state.camera
    return _Key(level, "holders" in state.layers, state.labels, _block(level, camera.x, camera.y))


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
