"""Names the ten places where a scrub spends its time: `make profile`."""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path
from unittest import mock

from benchmarks import scenes
from benchmarks.generator import store
from benchmarks.hand import Desk
from benchmarks.plan import of_size
from benchmarks.report import Row, Table
from benchmarks.setting import Setting
from benchmarks.window import run
from viewer.ui.artist import Artist, Wish

PLACES, STEPS = 10, 200
WAITING = ("<method 'exec' of", "exec")
"""Where the event loop waits or does what others are named for."""
ROOT = Path(__file__).resolve().parents[1]


def hottest(setting: Setting) -> list[Table]:
    """One table for a month's window and one for everything, by the time spent in the place itself."""
    with mock.patch.object(Artist, "order", _at_once):
        desk = Desk(store(of_size(setting.large)), setting.memory)
        try:
            return [_profiled(desk, scene) for scene in (scenes.THIRTY, scenes.EVERYTHING, scenes.PAN)]
        finally:
            desk.close()


def _at_once(artist: Artist, wish: Wish) -> None:
    """What a thread of its own would paint is painted here, where the profile sees it."""
    artist.finished.emit(artist.paint(wish))


def _profiled(desk: Desk, scene: scenes.Scene) -> Table:
    run(desk, scene, 20)
    profile = cProfile.Profile()
    profile.enable()
    run(desk, scene, STEPS)
    profile.disable()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    places = sorted(stats.items(), key=lambda item: -item[1][2])
    rows: list[Row] = []
    for where, (_, calls, own, total, _) in places:
        if not where[2].startswith(WAITING):
            each = (f"{calls / STEPS:.1f}", f"{1000 * own / STEPS:.3f}", f"{1000 * total / STEPS:.3f}")
            rows.append((_place(where), *each))
    return f"Hottest places, {scene.name}", ("place", "calls a step", "own ms a step", "with callees"), rows[:PLACES]


def _place(where: tuple[str, int, str]) -> str:
    file, line, name = where
    try:
        file = str(Path(file).relative_to(ROOT))
    except ValueError:
        file = Path(file).name
    return name if file == "~" else f"{file}:{line} {name}"
