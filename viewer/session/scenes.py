"""Scenes of a briefing: the commands that arrange them, and where a scene takes the map, the time and the filters.

A scene holds a whole view, so that showing it needs nothing of the view before it, and leaving it gives that back.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields, replace
from typing import ClassVar

from viewer.domain.dates import iso
from viewer.domain.frozen import dataclass
from viewer.session.commands import SCALE_LIMITS, Command
from viewer.session.describe import record_of
from viewer.session.selectors import extent
from viewer.session.state import Play, Scene, State
from viewer.store.dataset import DataSet

MOST_SCENES = 500
OWN = (
    "play", "scenes", "scene", "marks", "saved", "listed", "stack", "about", "corner", "coordinates", "units",
    "reading", "beside",
)  # fmt: skip
"""What of a state is the window's and never a scene's."""
VIEWED = tuple(field.name for field in fields(State) if field.name not in OWN)


def new_key() -> str:
    """A key that no other scene has, whoever made it."""
    return os.urandom(6).hex()


def view_of(state: State) -> State:
    """What of a state a scene holds."""
    return State(**{name: getattr(state, name) for name in VIEWED})


def shown_in(view: State, state: State) -> State:
    """The state with the view of a scene, and all else as it is; nothing plays."""
    return replace(
        state, play=replace(state.play, running=False), listed="", stack=(), about="",
        **{name: getattr(view, name) for name in VIEWED},
    )  # fmt: skip


def fitted(scene: Scene, width: int, height: int) -> State:
    """The view with all the ground it was made to show on a map of another size, in logical pixels."""
    camera = scene.view.camera
    stretch = max(scene.size[0] / max(width, 1), scene.size[1] / max(height, 1))
    low, high = SCALE_LIMITS
    return replace(scene.view, camera=replace(camera, scale=min(max(camera.scale * stretch, low), high)))


def scene_named(state: State, key: str) -> Scene | None:
    """The scene of a key, if there is one."""
    return next((scene for scene in state.scenes if scene.key == key), None)


def position(state: State, key: str) -> int:
    """Which scene it is, counted from 0; -1 for one that is not there."""
    return next((number for number, scene in enumerate(state.scenes) if scene.key == key), -1)


# commands


@dataclass(frozen=True, slots=True)
class AddScenes(Command):
    """Put scenes behind one, or else behind the one that is worked on, or at the end; the first of them is then
    worked on. behind: a key.
    """

    scenes: tuple[Scene, ...]
    behind: str = ""

    def apply(self, state: State) -> State:
        known = {scene.key for scene in state.scenes}
        coming = tuple(scene for scene in self.scenes if scene.key not in known)[: MOST_SCENES - len(known)]
        if not coming:
            return state
        at = position(state, self.behind) + 1 or position(state, state.scene) + 1 or len(state.scenes)
        return replace(state, scenes=(*state.scenes[:at], *coming, *state.scenes[at:]), scene=coming[0].key)


@dataclass(frozen=True, slots=True)
class ChangeScene(Command):
    """Put a scene in the place of the one with its key. Words typed one after the other are one step."""

    scene: Scene
    merges: ClassVar[str] = "scene"

    def apply(self, state: State) -> State:
        return replace(state, scenes=tuple(self.scene if one.key == self.scene.key else one for one in state.scenes))


@dataclass(frozen=True, slots=True)
class MoveScene(Command):
    """Bring a scene to another place, counted from 0."""

    key: str
    to: int

    def apply(self, state: State) -> State:
        scene = scene_named(state, self.key)
        if scene is None:
            return state
        others = [one for one in state.scenes if one is not scene]
        others.insert(min(max(self.to, 0), len(others)), scene)
        return replace(state, scenes=tuple(others))


@dataclass(frozen=True, slots=True)
class DropScene(Command):
    """Delete a scene; the next one, or the last, is then worked on."""

    key: str

    def apply(self, state: State) -> State:
        at = position(state, self.key)
        if at < 0:
            return state
        left = state.scenes[:at] + state.scenes[at + 1 :]
        return replace(state, scenes=left, scene=left[min(at, len(left) - 1)].key if left else "")


@dataclass(frozen=True, slots=True)
class ChooseScene(Command):
    """Work on a scene; '' for none."""

    key: str
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, scene=self.key) if not self.key or scene_named(state, self.key) else state


@dataclass(frozen=True, slots=True)
class ShowScene(Command):
    """Show the view of a scene on a map of so many logical pixels, and work on it."""

    key: str
    size: tuple[int, int]

    @property
    def aims(self) -> bool:
        """Always: a scene is shown as it was saved."""
        return True

    def apply(self, state: State) -> State:
        scene = scene_named(state, self.key)
        return state if scene is None else replace(shown_in(fitted(scene, *self.size), state), scene=scene.key)


@dataclass(frozen=True, slots=True)
class LoadScenes(Command):
    """Take the scenes that were kept; nobody wants to undo what was there before."""

    scenes: tuple[Scene, ...]
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, scenes=self.scenes, scene="")


def scene_of(state: State, size: tuple[int, int], title: str = "", marking: str = "", key: str = "") -> Scene:
    """A scene of what is shown on a map of so many logical pixels."""
    return Scene(key or new_key(), view_of(state), size, title=title, marking=marking)


def updated(scene: Scene, state: State, size: tuple[int, int]) -> Scene:
    """The scene with what is shown now, and its own words."""
    return replace(scene, view=view_of(state), size=size)


def duplicated(scene: Scene) -> Scene:
    """Another scene that says the same."""
    return replace(scene, key=new_key())


# scenes of another store


@dataclass(frozen=True, slots=True)
class Fit:
    """A scene as a data set can show it, and what it cannot, a sentence each."""

    scene: Scene
    notices: tuple[str, ...] = ()


def fitting(scene: Scene, data: DataSet, has_file: Callable[[str], bool]) -> Fit:
    """The scene without what the data set does not know; has_file: whether a base layer's file is there."""
    view, said = scene.view, []
    filters = view.filters
    actors = tuple(key for key in filters.actors if key in data.actors)
    places = tuple(key for key in filters.places if key in data.places)
    if gone := [*_told("actors", filters.actors, actors), *_told("places", filters.places, places)]:
        said += [f"filters by {one}" for one in gone]
        filters = replace(filters, actors=actors, places=places)
    pins = tuple(pin for pin in view.pins if pin in data.places)
    said += [f"has lanes of {one}" for one in _told("places", view.pins, pins)]
    selected = view.selected
    if selected is not None and record_of(data, selected) is None:
        said.append(f"shows {selected.kind} '{selected.key}', which the store does not have")
        selected = None
    raster = view.raster
    if raster.path and not has_file(raster.path):
        said.append(f"lies on the base layer {raster.path}, which is not there")
        raster = replace(raster, path="")
    first, last = extent(data)
    if not first <= view.time.cursor <= last:
        said.append(f"stands on {iso(view.time.cursor)}, before or after all that the store tells of")
    view = replace(view, filters=filters, pins=pins, selected=selected, raster=raster)
    name = f"'{scene.title}'" if scene.title else "a scene without a title"
    return Fit(replace(scene, view=view), tuple(f"Scene {name} {one}" for one in said))


def _told(kind: str, asked: tuple[str, ...], there: tuple[str, ...]) -> list[str]:
    """What is missing of keys that were asked for: one phrase, or none."""
    gone = sorted(set(asked) - set(there))
    more = f" and {len(gone) - 3} more" if len(gone) > 3 else ""
    return [f"{kind} {', '.join(gone[:3])}{more} that the store does not have"] if gone else []


# gliding


def between(start: State, goal: State, share: float) -> State:
    """A view on the way from one to the other: share 0 to 1. All but camera and day is as at the goal."""
    if share >= 1:
        return goal
    one, other = start.camera, goal.camera
    scale = one.scale ** (1 - share) * other.scale**share
    # Seen from far away less ground passes: the centre moves as the scale does, so that the goal stays in view.
    zoomed = one.scale - other.scale
    moved = share if abs(zoomed) < 1e-6 * one.scale else (one.scale - scale) / zoomed
    camera = replace(other, x=one.x + (other.x - one.x) * moved, y=one.y + (other.y - one.y) * moved, scale=scale)
    cursor = round(start.time.cursor + (goal.time.cursor - start.time.cursor) * share)
    return replace(goal, camera=camera, time=replace(goal.time, cursor=cursor), play=Play())
