"""Names close up: placed for a block of ground only, they stand as if all were placed."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from viewer.draw.labels import Placed, place_labels
from viewer.draw.naming import AFRESH, BLOCK_PX, LOCAL, MOST_KEPT, Naming
from viewer.draw.tokens import Tokens, tokens_for
from viewer.geo.basemap import Basemap
from viewer.layers import LAYERS
from viewer.layers.incidents import scenes_of
from viewer.layers.primitives import Label, LineLabel, Primitive
from viewer.session.camera import level_of, scale_of
from viewer.session.state import Camera, State
from viewer.store.dataset import DataSet

Made = tuple[tuple[Primitive, ...], ...]
BARE = State(layers=frozenset())
WIDE, HIGH = 2_560, 1_440
"""The largest view that is asked for, in pixels."""


@pytest.fixture(scope="module")
def tokens(qapp: object) -> Tokens:
    return tokens_for("light")


@pytest.fixture(scope="module")
def made(builtin: DataSet, basemap: Basemap) -> Made:
    return tuple(layer.primitives(State(), builtin, basemap) for layer in LAYERS if layer.id != "raster")


def seen(placed: tuple[Placed, ...], camera: Camera) -> set[tuple[float | str, ...]]:
    """The names in a view, and where they stand."""
    across, down = WIDE / 2 * camera.scale, HIGH / 2 * camera.scale
    return {
        (one.block.lines[0][0], *(round(at, 3) for at in (one.x, one.y, one.dx, one.dy, one.angle)))
        for one in placed
        if abs(one.x - camera.x) < across and abs(one.y - camera.y) < down
    }


@pytest.mark.parametrize("level", [level_of(LOCAL) + 1, 24, 30])
def test_close_up_they_stand_as_if_all_were_placed(
    level: int, made: Made, builtin: DataSet, basemap: Basemap, tokens: Tokens
) -> None:
    labels = [one for layer in made for one in layer if isinstance(one, (Label, LineLabel))]
    every: tuple[Placed, ...] = ()
    for closer in range(level - level % AFRESH, level + 1):
        every = place_labels(labels, scale_of(closer), tokens, (), every, scenes=scenes_of(builtin, basemap))
    naming, chance = Naming(builtin, basemap), random.Random(level)  # noqa: S311 - the same places each time
    for one in chance.sample(every, 20):
        x, y = one.x + chance.uniform(-500, 500) * scale_of(level), one.y + chance.uniform(-300, 300) * scale_of(level)
        camera = Camera(x, y, scale_of(level))
        near = naming.names(replace(BARE, camera=camera), tokens, made).placed
        assert seen(near, camera) == seen(every, camera)
        assert 0 < len(near) < len(every) / 2


def test_close_up_they_are_kept_for_some_blocks_only(
    made: Made, builtin: DataSet, basemap: Basemap, tokens: Tokens
) -> None:
    naming, scale = Naming(builtin, basemap), scale_of(30)
    views = [
        replace(BARE, camera=Camera(4.5e6 + column * BLOCK_PX * scale, 4.1e6, scale)) for column in range(MOST_KEPT)
    ]
    first = naming.names(views[0], tokens, made)
    assert naming.names(views[0], tokens, made) is first
    for view in views[1:]:
        naming.names(view, tokens, made)
    assert naming.names(views[-1], tokens, made) is naming.names(views[-1], tokens, made)
    again = naming.names(views[0], tokens, made)
    assert again is not first
    assert again.placed == first.placed
