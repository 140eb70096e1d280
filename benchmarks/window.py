"""The whole real window at 1600 x 900: map, timeline and counters repainted at every step."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from PySide6.QtCore import QEventLoop, QTimer

from benchmarks import scenes
from benchmarks.generator import store
from benchmarks.goals import Outcome
from benchmarks.hand import Desk
from benchmarks.measure import Times
from benchmarks.plan import AREAS_MANY, of_size
from benchmarks.report import Row, times_row
from benchmarks.scenes import Scene
from benchmarks.setting import Setting
from viewer.session.commands import Batch, SetFilters
from viewer.session.state import Filters

REFRESH_MS = 16.7
PLAYED_MS = 1000 / 15
"""Between two days at the speed at which playing begins."""
WORDS = ("bridge", "oilfield", "convoy", "drone", "tunnel", "river", "market", "night")


def run(desk: Desk, scene: Scene, steps: int, every_ms: float = 0.0) -> Times:
    """A scene in the window; with `every_ms` at a pace, otherwise each step as soon as the one before is done.

    At a pace, what takes longer than a turn has the next step wait for the turn after it, as a screen does. Each counts
    from its turn, or from the last pixel of the one before, whether or not the window is ready for it by then.
    """
    hand, times = desk.hand, Times()
    hand.step(Batch(scene.ready), time_moves=False)
    turn = time.perf_counter()
    for n in range(steps + 1):
        frame = hand.step(scene.step(n, hand.session.state), scene.time, turn if every_ms else hand.ended)
        if n:  # the first fills what is kept
            times.add(frame)
        if every_ms:
            turn += max(1, math.ceil(frame.ms / every_ms)) * every_ms / 1000
            _wait_until(turn)
    return times


def _wait_until(moment: float) -> None:
    """Leave the event loop to others until then."""
    loop = QEventLoop()
    while (left := moment - time.perf_counter()) > 0:
        QTimer.singleShot(int(left * 1000), loop.quit)
        loop.exec()


def large(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """Scrubbing under any window and filter, panning and zooming, other filters, on the large store.

    Before, the window was open, and in the view of these scenes, for as long as it works ahead; what jumps cost at
    once is told beside. Steps of time
    come at the pace of the screen, as no hand sees more of them; how long they take without such rests is told, too.
    """
    desk = Desk(store(of_size(setting.large)), setting.memory)
    try:
        rows.append(times_row("30 days, anywhere, as soon as it is open", run(desk, scenes.ANYWHERE, setting.steps)))
    finally:
        desk.close()
    desk = Desk(store(of_size(setting.large)), setting.memory)
    try:
        desk.hand.step(Batch(scenes.CLEAR), time_moves=False)
        desk.hand.settle()
        every = Times()
        for scene in scenes.SCRUBS:
            times = run(desk, scene, setting.steps, REFRESH_MS)
            rows.append(times_row(scene.name, times))
            every.extend(times)
        for scene in scenes.SCRUBS:
            rows.append(times_row(f"{scene.name}, as fast as it goes", run(desk, scene, setting.steps)))
        share, number = 100 * every.share_within(REFRESH_MS), f"{len(every.ms)} steps in {len(scenes.SCRUBS)} scenes"
        yield Outcome("window", share, f"{number}, none sooner than 16.7 ms after the one before", every)
        pan = run(desk, scenes.PAN, setting.steps)
        rows.append(times_row(scenes.PAN.name, pan))
        yield Outcome("pan", pan.p95, "the exact picture", pan)
        for scene in _filters():
            rows.append(times_row(scene.name, run(desk, scene, min(20, setting.steps))))
    finally:
        desk.close()


def _filters() -> tuple[Scene, ...]:
    types = ("strike", "battle", "bombing", "massacre", "raid", "attack", "killing")
    return (
        Scene("another type asked for, all", scenes.ALL, lambda n, state: SetFilters(Filters(types=(types[n % 7],)))),
        Scene("another word asked for, all", scenes.ALL, lambda n, state: SetFilters(Filters(text=_words(n)))),
    )


def _words(n: int) -> str:
    return f"{WORDS[n % 8]} {WORDS[(n // 8 + n + 1) % 8]}"


def huge(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """Playing over everything, far jumps and other views, on the huge store."""
    desk = Desk(store(of_size(setting.huge)), setting.memory)
    try:
        play = run(desk, scenes.PLAY, 2 * setting.steps)
        rows.append(times_row(f"{setting.huge:,}: {scenes.PLAY.name}", play))
        yield Outcome("play", play.p95, f"{setting.huge:,} rows", play)
        far = Times()
        for scene in (scenes.JUMP, scenes.ELSEWHERE):
            times = run(desk, scene, setting.steps)
            rows.append(times_row(f"{setting.huge:,}: {scene.name}", times))
            far.extend(times)
        moved = Times(ms=far.moved)
        yield Outcome("jump_moved", moved.p95, f"{setting.huge:,} rows", moved)
        yield Outcome("jump_exact", far.p95, f"{setting.huge:,} rows", far)
    finally:
        desk.close()


def areas(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """Playing a day at a time over 2,000 areas that keep changing hands."""
    desk = Desk(store(AREAS_MANY), setting.memory)
    try:
        times = run(desk, scenes.PLAY_MIDDLE, 2 * setting.steps, PLAYED_MS)
        rows.append(times_row("2,000 areas: play, 15 days a second", times))
        yield Outcome("areas_play", times.p95, "at 15 days a second", times)
    finally:
        desk.close()


def growth(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """The same scenes on stores of growing size, median / p95."""
    for events in setting.growth:
        desk = Desk(store(of_size(events)), setting.memory)
        try:
            cells = [run(desk, scene, max(20, setting.steps // 2)) for scene in scenes.GROWTH]
            rows.append((f"{events:,}", *(f"{one.median:.1f} / {one.p95:.1f}" for one in cells)))
        finally:
            desk.close()
    yield from ()


GROWTH_HEAD = ("events", *(scene.name for scene in scenes.GROWTH))
