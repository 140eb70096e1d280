"""A briefing as a film: which view is shown on which frame. Pure, so that a film and a sequence of pictures agree."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from viewer.domain.frozen import dataclass
from viewer.session.scenes import between, fitted
from viewer.session.state import Scene, State

FIRST_LOOK = 3.0
"""Seconds that a map needs before anybody reads its caption."""
LETTERS_PER_SECOND = 15.0
"""As subtitles are timed."""
LONGEST_READING = 40.0
GLIDE_SECONDS = 1.5
LAST_LOOK = 1.5
"""Seconds that the last day of a stretch stays."""
SPEEDS = (1, 60)
"""Frames in a second of a film."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A page that stays for some frames. scene: its view is what is shown, at its size; number: counted from 0."""

    scene: Scene
    frames: int
    number: int


def reading_seconds(scene: Scene) -> float:
    """How long a scene is held so that its words can be read."""
    return min(FIRST_LOOK + len(scene.title + scene.caption) / LETTERS_PER_SECOND, LONGEST_READING)


def shots(scenes: Sequence[Scene], size: tuple[int, int], per_second: int) -> Iterator[Shot]:
    """The film of scenes in pages of so many logical pixels: glide, time to read, the stretch, a last look."""
    before: State | None = None
    for number, scene in enumerate(scenes):
        begin = _begin(scene, size)
        for view, frames in _shown(before, begin, scene, per_second):
            yield Shot(replace(scene, view=view, size=size), frames, number)
            before = view


def frame_count(scenes: Sequence[Scene], per_second: int) -> int:
    """How many frames the film of scenes has."""
    return sum(shot.frames for shot in shots(scenes, (1280, 720), per_second))


def on_day(view: State, day: int) -> State:
    """The view on another day."""
    return replace(view, time=replace(view.time, cursor=day))


def _begin(scene: Scene, size: tuple[int, int]) -> State:
    view = fitted(scene, *size)
    return view if scene.stretch is None else on_day(view, scene.stretch.first)


def _shown(before: State | None, begin: State, scene: Scene, per_second: int) -> Iterator[tuple[State, int]]:
    """Views and how many frames each stays."""
    if before is not None and (before.camera, before.time.cursor) != (begin.camera, begin.time.cursor):
        steps = round(GLIDE_SECONDS * per_second)
        for step in range(1, steps):
            share = step / steps
            yield between(before, begin, share * share * (3 - 2 * share)), 1
    yield begin, max(1, round(reading_seconds(scene) * per_second))
    if scene.stretch is not None:
        yield from _played(begin, scene, per_second)


def _played(begin: State, scene: Scene, per_second: int) -> Iterator[tuple[State, int]]:
    """The days of a stretch at its speed: where several days pass in a frame, the latest of them is shown."""
    stretch = scene.stretch
    if stretch is None or stretch.first == stretch.last:
        return
    days, sign = abs(stretch.last - stretch.first), 1 if stretch.last > stretch.first else -1
    speed = stretch.days_per_second / per_second
    for passed, frames in groupby(int(frame * speed) for frame in range(1, math.ceil(days / speed))):
        yield on_day(begin, stretch.first + sign * passed), sum(1 for _ in frames)
    yield on_day(begin, stretch.last), max(1, round(LAST_LOOK * per_second))
