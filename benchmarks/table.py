"""The table of incidents over a large store: how long the window stands still while it opens, sorts and scrolls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from benchmarks import scenes
from benchmarks.generator import store
from benchmarks.goals import Outcome
from benchmarks.hand import Desk
from benchmarks.measure import percentile
from benchmarks.plan import of_size
from benchmarks.report import Row
from benchmarks.setting import Setting
from benchmarks.soak import Trace
from viewer.session.commands import Batch
from viewer.session.table import COLUMNS
from viewer.ui.panels.table import EVER, TablePanel
from viewer.ui.queue_box import QUEUES

HEAD = ("doing", "seconds", "longest block ms", "p99 ms", "over 100 ms", "CPU ms of it")
LIMIT_MS = 100
PAGES = 60


def table(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """Printed, with no goal: each thing a hand does to the table, and the longest block of the window's thread."""
    desk = Desk(store(of_size(setting.large)), setting.memory)
    try:
        window = desk.window
        if window is None or window.work is None:
            raise RuntimeError("there is no window")
        work, trace = window.work, FairTrace()
        desk.hand.step(Batch(scenes.MONTH), time_moves=False)
        panel: TablePanel = work.table

        def done() -> bool:
            return panel.isVisible() and not panel.ordering.busy

        def timed(name: str, begin: Callable[[], object]) -> None:
            begun = time.perf_counter()
            gaps = trace.until(done, begin)
            rows.append(block_row(name, time.perf_counter() - begun, gaps, trace.computed))

        timed("open, a month", lambda: window.run("panel_table"))
        timed("all days", lambda: choose(panel.span, panel.span.findText(EVER)))
        for column in COLUMNS:
            if column.usual:
                at = [one.id for one in panel.model.columns].index(column.id)
                timed(f"sort by {column.title}", lambda at=at: panel.table.horizontalHeader().sectionClicked.emit(at))
        timed("scroll by pages", lambda: _pages(panel, Qt.Key.Key_PageDown))
        timed("to the last line", lambda: _pages(panel, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier, 1))
        for column in COLUMNS:
            if column.grouped is not None:
                timed(f"group by {column.title}", lambda key=column.id: choose(panel.group, panel.group.findData(key)))
        timed("no groups", lambda: choose(panel.group, 0))
        for at, (said, _) in enumerate(QUEUES):
            timed(f"queue: {said}", lambda at=at: choose(panel.queue, at))
        work.own_file.reviewer = "ab"
        timed("back to all", lambda: choose(panel.queue, 0))
        timed("accept and go on, twenty times", lambda: again(20, lambda: window.run("review_accept")))
    finally:
        desk.close()
    yield from ()


class FairTrace(Trace):
    """Blocks without the time in which the machine let other programs run instead, as far as the system tells it.

    computed: what the whole program computed during each, in ms. On a machine with others on it a block may be longer:
    then the thread for which the window's own waited was not let either.
    """

    def __init__(self) -> None:
        self._waited, self._used = _run_queue_ms(), time.process_time()
        self.computed: list[float] = []
        super().__init__()

    def until(self, done: Callable[[], bool], begin: Callable[[], object], rest_ms: int = 150) -> list[float]:
        """What was computed and waited for between two doings belongs to neither."""
        self._waited, self._used = _run_queue_ms(), time.process_time()
        return super().until(done, begin, rest_ms)

    def _round(self) -> None:
        super()._round()
        before, self._waited = self._waited, _run_queue_ms()
        used, self._used = self._used, time.process_time()
        del self.computed[len(self.gaps) - 1 :]
        self.computed.append((self._used - used) * 1000)
        self.gaps[-1] = max(0.0, self.gaps[-1] - (self._waited - before))


def _run_queue_ms() -> float:
    """How long this thread has been ready to run and was not let, since it began."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e6
    except (OSError, IndexError):
        return 0.0


def choose(box: QComboBox, at: int) -> None:
    """Choose as a hand does."""
    box.setCurrentIndex(at)
    box.activated.emit(at)


def again(times: int, act: Callable[[], object]) -> None:
    """Do something so many times, with turns of the event loop between."""
    for _ in range(times):
        act()
        for _ in range(3):
            QApplication.processEvents()


def _pages(
    panel: TablePanel, key: Qt.Key, mod: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, times: int = PAGES
) -> None:
    again(times, lambda: QTest.keyClick(panel.table, key, mod))


def block_row(name: str, seconds: float, gaps: list[float], computed: list[float]) -> Row:
    """A row of HEAD; computed: what the program computed during each gap, in ms."""
    at = max(range(len(gaps)), key=gaps.__getitem__, default=None)
    longest, cpu = (gaps[at], computed[at]) if at is not None else (0.0, 0.0)
    over = sum(gap > LIMIT_MS for gap in gaps)
    return name, f"{seconds:.1f}", f"{longest:.0f}", f"{percentile(gaps or [0.0], 0.99):.0f}", str(over), f"{cpu:.0f}"
