"""Names of the map at each level of scales, kept, and each level following the one before."""

from __future__ import annotations

import time
from functools import cached_property

from viewer.domain.frozen import dataclass
from viewer.draw.kept import Made, same
from viewer.draw.labels import Placed, place_labels
from viewer.draw.room import Room
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
_Key = tuple[int, bool, str]
"""What the places of names follow from: the level of the scale, whether towns have squares, and the script."""


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
        level, squares, script = _key(state)
        missing = sum((one, squares, script) not in self._kept for one in range(level - level % AFRESH, level + 1))
        return (level, squares, script) in self._kept or missing * self._seconds < QUICK_SECONDS

    def room(self, state: State) -> Room | None:
        """What the names of a look take, if they are known."""
        names = self._kept.get(_key(state))
        return names.room if names is not None else None

    def names(self, state: State, tokens: Tokens, made: Made) -> Names:
        """Where names stand at a state's scale; made: the primitives of the layers that have names."""
        level, squares, script = _key(state)
        placed: tuple[Placed, ...] = ()
        labels: list[Label | LineLabel] = []
        marks: list[tuple[float, float]] = []
        first = level if self._known((level, squares, script), made) else level - level % AFRESH
        for closer in range(first, level + 1):
            known = self._known((closer, squares, script), made)
            if known is not None:
                names = known
            else:
                if not labels:
                    labels = [p for layer in made for p in layer if isinstance(p, (Label, LineLabel))]
                    marks = [(p.x, p.y) for p in labels if isinstance(p, Label) and p.refs]
                begun, room = time.thread_time(), Room(scale_of(closer))
                around = [*marks, *self._squares] if squares else []
                scenes = scenes_of(self._data, self._basemap)
                names = Names(made, place_labels(labels, room.scale, tokens, around, placed, room, scenes), room)
                self._seconds = time.thread_time() - begun
                self._kept[closer, squares, script] = names
            placed = names.placed
        return names

    @cached_property
    def _squares(self) -> list[tuple[float, float]]:
        """Where squares of holders stand on some day or other; not all of these places are named."""
        places = (self._data.places.get(key) for key in dict.fromkeys(claim.place for claim in self._data.claims))
        return [point_to_map(p.lon or 0.0, p.lat or 0.0) for p in places if p is not None and is_point(self._data, p)]

    def _known(self, key: _Key, made: Made) -> Names | None:
        names = self._kept.get(key)
        return names if names is not None and same(names.made, made) else None


def _key(state: State) -> _Key:
    return level_of(state.camera.scale), "holders" in state.layers, state.labels
