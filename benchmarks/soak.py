"""A minute of scrubbing, panning, playing and asking: how long the window stood still, and whether memory grows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QLineEdit

from benchmarks import scenes
from benchmarks.generator import store
from benchmarks.hand import Desk
from benchmarks.measure import memory, percentile
from benchmarks.plan import of_size
from benchmarks.report import Row, Table
from benchmarks.setting import Setting
from benchmarks.window import WORDS
from viewer.session.commands import Batch, SetCamera, SetCursor, SetFilters, SetPlay, SetTheme, SetWindow
from viewer.session.state import Play

BEAT_MS, HAND_MS = 2, 16
WARM, STEPS, EVERY = 1_000, 10_000, 500
LIMIT_MS, LIMIT_MB = 50, 20
TYPES = ("strike", "battle", "bombing", "massacre", "raid", "attack", "killing")


class Trace:
    """The longest stretches in which the event loop did not come round."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._beat = QTimer(interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._round)

    def _round(self) -> None:
        now = time.perf_counter()
        self.gaps.append(max(0.0, (now - self._last) * 1000 - BEAT_MS))
        self._last = now

    def during(self, seconds: float, act: Callable[[int], None] | None) -> list[float]:
        """Let the loop run, with an act of the hand at every refresh; the gaps of that time."""
        self.gaps.clear()
        steps = iter(range(10**9))
        hand = QTimer(interval=HAND_MS, timerType=Qt.TimerType.PreciseTimer)
        if act is not None:
            hand.timeout.connect(lambda: act(next(steps)))
            hand.start()
        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        self._last = time.perf_counter()
        self._beat.start()
        loop.exec()
        self._beat.stop()
        hand.stop()
        return list(self.gaps)


    def until(self, done: Callable[[], bool], begin: Callable[[], object], rest_ms: int = 150) -> list[float]:
        """Begin something and let the loop run until it is done and a moment longer; the gaps of that time."""
        self.gaps.clear()
        loop, look, quiet = QEventLoop(), QTimer(interval=BEAT_MS), QTimer(singleShot=True, interval=rest_ms)
        look.timeout.connect(lambda: quiet.start() if done() and not quiet.isActive() else None)
        quiet.timeout.connect(loop.quit)
        self._last = time.perf_counter()
        self._beat.start()
        QTimer.singleShot(0, begin)
        look.start()
        loop.exec()
        self._beat.stop()
        look.stop()
        return list(self.gaps)


def soak(setting: Setting, seconds: float = 60.0) -> list[Table]:
    """Both tables: standing still, and memory; seconds: of scrubbing, panning and playing together."""
    desk = Desk(store(of_size(setting.large)), setting.memory)
    try:
        return [_stalls(desk, seconds), _growth(desk)]
    finally:
        desk.close()


def _stalls(desk: Desk, seconds: float) -> Table:
    session, trace, chance = desk.session, Trace(), random.Random(1)  # noqa: S311

    def scrub(n: int) -> None:
        if n % 200 == 0:
            session.dispatch(SetWindow(chance.choice((1, 30, 365, 5000))))
        near = session.state.time.cursor + chance.choice((-1, 1, 2))
        session.dispatch(SetCursor(near if n % 50 else chance.randrange(scenes.FIRST, scenes.LAST)))

    def pan(n: int) -> None:
        camera = session.state.camera if n % 120 else scenes.WHOLE
        zoom = 0.97 if n % 60 < 30 else 1 / 0.97
        x = camera.x + 20 * camera.scale * (1 if n % 40 < 20 else -1)
        session.dispatch(SetCamera(replace(camera, x=x, scale=camera.scale * zoom)))

    def ask(n: int) -> None:
        """Other types, or other words as a hand types them, twice a second."""
        if n % 60 == 0 and desk.window is not None and desk.window.work is not None:
            field = desk.window.work.panels["filters"].findChild(QLineEdit)
            field.setText(" ".join(chance.sample(WORDS, 2)))
            field.returnPressed.emit()
        elif n % 30 == 0:
            session.dispatch(SetFilters(replace(session.state.filters, types=(chance.choice(TYPES),))))

    def shade(n: int) -> None:
        if n % 60 == 0:
            session.dispatch(SetTheme("light" if session.state.theme == "dark" else "dark"))

    fast = SetPlay(Play(running=True, days_per_second=60.0, loop=True))
    rows: list[Row] = []
    every: list[float] = []
    for name, ready, act in (
        ("scrubbing", scenes.MONTH, scrub),
        ("panning and zooming, all", scenes.ALL, pan),
        ("playing, 60 days a second", (*scenes.MONTH, fast), None),
        ("other filters and words", (*scenes.MONTH, SetPlay(Play())), ask),
        ("light and dark", scenes.MONTH, shade),
    ):
        desk.hand.step(Batch(ready), time_moves=False)
        gaps = trace.during(seconds / 3, act)
        rows.append(_gap_row(name, gaps))
        every += gaps
    session.dispatch(SetPlay(Play()))
    rows.append(_gap_row("all of it", every))
    return "The window's own thread", ("doing", "longest block ms", "p99 ms", "over 50 ms", "rounds", "verdict"), rows


def _gap_row(name: str, gaps: list[float]) -> Row:
    longest, over = max(gaps), sum(gap > LIMIT_MS for gap in gaps)
    verdict = "must" if longest <= LIMIT_MS else "MISSED"
    return name, f"{longest:.1f}", f"{percentile(gaps, 0.99):.1f}", str(over), f"{len(gaps):,}", verdict


def _growth(desk: Desk) -> Table:
    """Resident memory after some steps, and after ten thousand more; before, a hand rested, and all days were known."""
    hand, chance = desk.hand, random.Random(2)  # noqa: S311
    hand.step(Batch(scenes.MONTH), time_moves=False)
    hand.settle()
    seen = []
    for n in range(WARM + STEPS + 1):
        if n % 40 == 0:
            camera = replace(scenes.WHOLE, x=scenes.WHOLE.x + chance.uniform(-1e5, 1e5))
            hand.step(SetCamera(camera), time_moves=False)
        else:
            hand.step(SetCursor(scenes.FIRST + n % 4000))
        if n >= WARM and n % EVERY == 0:
            seen.append(memory()["rss"])
    grown = seen[-1] - seen[0]
    verdict = "must" if grown < LIMIT_MB else "MISSED"
    row: Row = (f"{STEPS:,} steps", f"{seen[0]:.0f}", f"{seen[-1]:.0f}", f"{max(seen):.0f}", f"{grown:+.1f}", verdict)
    return f"Memory after {WARM:,} steps, MB", ("then", "before", "after", "most", "growth", "verdict"), [row]
