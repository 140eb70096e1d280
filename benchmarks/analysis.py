"""The analysis of a large store: how long it takes, and how long the window stands still meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from benchmarks import scenes
from benchmarks.generator import store
from benchmarks.goals import Outcome
from benchmarks.hand import Desk
from benchmarks.plan import of_size
from benchmarks.report import Row
from benchmarks.setting import Setting
from benchmarks.table import FairTrace, block_row, choose
from viewer.session.analysis import DIMENSIONS
from viewer.session.commands import Batch, SetCursor
from viewer.ui.analysis.view import EVER, AnalysisView
from viewer.ui.panels.analysis import AnalysisPanel

STEPS = 20


def analysis(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """Printed, with no goal: each breakdown and cross table, and steps of time beside them."""
    desk = Desk(store(of_size(setting.large)), setting.memory)
    try:
        window = desk.window
        if window is None or window.work is None:
            raise RuntimeError("there is no window")
        work, trace = window.work, FairTrace()
        desk.hand.step(Batch(scenes.MONTH), time_moves=False)
        panel = work.panels["analysis"]
        if not isinstance(panel, AnalysisPanel):
            raise RuntimeError("there is no analysis")

        def timed(name: str, begin: Callable[[], object]) -> None:
            begun = time.perf_counter()
            gaps = trace.until(lambda: panel.view is not None and panel.view.rests, begin)
            rows.append(block_row(name, time.perf_counter() - begun, gaps, trace.computed))

        timed("open, a month", lambda: window.run("panel_analysis"))
        view = panel.view
        if view is None:
            raise RuntimeError("nothing was made")
        timed("all days", lambda: choose(view.days, view.days.findData(EVER)))
        for measure in ("records", "killed"):
            choose(view.measure, view.measure.findData(measure))
            for at, by in enumerate(DIMENSIONS):
                timed(f"{measure} by {by}", lambda at=at: choose(view.by, at))
            _crossed(view, measure, timed)
        choose(view.days, 0)
        timed("steps of time beside it", lambda: _steps(desk))
    finally:
        desk.close()
    yield from ()


def _crossed(view: AnalysisView, measure: str, timed: Callable[[str, Callable[[], object]], None]) -> None:
    view.by.setCurrentIndex(DIMENSIONS.index("place"))
    view.against.setCurrentIndex(DIMENSIONS.index("actor"))
    timed(f"{measure}: place against actor", view.kinds.button(1).click)
    timed("back to bars", view.kinds.button(0).click)


def _steps(desk: Desk) -> None:
    for _ in range(STEPS):
        desk.hand.step(SetCursor(desk.hand.session.state.time.cursor + 1), time_moves=True)
