"""`make bench`: makes its data, measures every goal, prints the table; --write keeps it in docs/performance.md."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from benchmarks import analysis, contests, doings, exactness, film, fresh, importing, table, window
from benchmarks.contestants import qgis
from benchmarks.goals import Outcome
from benchmarks.hottest import hottest
from benchmarks.measure import loop_ms
from benchmarks.plan import folder
from benchmarks.report import TIMES_HEAD, Row, Table, as_text, goals_table, machine, write_document
from benchmarks.setting import Setting, quick
from benchmarks.soak import soak
from viewer import preflight

preflight.fill_in_one_thread()  # as the program itself does

Measurement = Callable[[Setting, list[Row]], Iterator[Outcome]]
SPEED_HEAD = ("what was measured", "before", "after")
MEASUREMENTS: dict[str, tuple[Measurement, str, tuple[str, ...], tuple[str, ...]]] = {
    "points": (contests.points, "In turn with QGIS and pyqtgraph", TIMES_HEAD,
               ("month_controller", "month_filter", "all_qgis", "all_scatter", "floor")),
    "sparse": (contests.sparse, "In turn, few spots", TIMES_HEAD, ("sparse",)),
    "areas": (contests.areas, "In turn, areas of control", TIMES_HEAD, ("areas_first", "areas_again")),
    "window": (window.large, "The whole window", TIMES_HEAD, ("window", "pan")),
    "huge": (window.huge, "The whole window, ten million", TIMES_HEAD, ("play", "jump_moved", "jump_exact")),
    "playing": (window.areas, "The whole window, many areas", TIMES_HEAD, ("areas_play",)),
    "opening": (fresh.opening, "Opening, in fresh processes", TIMES_HEAD, ("open_first", "open_again")),
    "memory": (fresh.memories, "Memory", TIMES_HEAD, ("memory_1m", "memory_10m")),
    "starting": (fresh.starting, "Starting, in fresh processes", TIMES_HEAD, ("start",)),
    "exactness": (exactness.tops, "Order of painting", exactness.HEAD, ("top_1m", "top_10m")),
    "importing": (importing.importing, "Importing, in fresh processes", importing.HEAD,
                  ("import_country", "import_rate", "import_growth", "import_memory")),
    "film": (film.film, "A film of a briefing", film.HEAD, ("film",)),
    "table": (table.table, "The table of incidents, blocks of the window's thread", table.HEAD, ()),
    "doings": (doings.doings, "What else a hand does, blocks of the window's thread", table.HEAD, ()),
    "analysis": (analysis.analysis, "The analysis panel, blocks of the window's thread", table.HEAD, ()),
    "growth": (window.growth, "Growth: whole window, median / p95 ms", window.GROWTH_HEAD, ()),
}  # fmt: skip
"""By name: what measures, the title and heads of its details, and the goals it answers."""


class Alarm(logging.Handler):
    """Counts what goes wrong while the map is painted: a picture that failed is no fast picture."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []
        logging.getLogger("viewer.draw").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """What drawing complains of in the log."""
        self.said.append(record.getMessage()[:160])

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        text = f"{kind.__name__}: {error}".splitlines()[0][:160]
        if text not in self.said:
            traceback.print_exception(kind, error, trace)
        self.said.append(text)


def measured(name: str, setting: Setting, alarm: Alarm) -> tuple[list[Outcome], Table]:
    """One measurement; whatever goes wrong becomes a remark in its rows, and the next one begins."""
    measure, title, heads, goals = MEASUREMENTS[name]
    rows: list[Row] = []
    found: list[Outcome] = []
    alarm.said.clear()
    begun, problem = time.perf_counter(), ""
    own = Path(tempfile.mkdtemp(dir=setting.memory))  # else panels that another measurement left open would open, too
    try:
        for outcome in measure(replace(setting, memory=own), rows):
            found.append(outcome)
    except Exception as error:  # noqa: BLE001 - the rest is still worth measuring
        traceback.print_exc()
        problem = f"{type(error).__name__}: {error}".splitlines()[0]
    if alarm.said:
        problem = f"{len(alarm.said)} errors while drawing, the first: {alarm.said[0]}"
        found.clear()
    done = {outcome.goal for outcome in found}
    found += [Outcome(goal, None, problem or "nothing came") for goal in goals if goal not in done]
    print(f"{name}: {time.perf_counter() - begun:.0f} s {problem}", file=sys.stderr, flush=True)
    return found, (title, heads, rows)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller stores, fewer steps: hints within minutes")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, default=list(MEASUREMENTS), help="some of it")
    parser.add_argument("--soak", action="store_true", help="trace the window's thread for a minute, and its memory")
    parser.add_argument("--profile", action="store_true", help="name the hottest places of a scrub")
    parser.add_argument("--write", action="store_true", help="keep the result in docs/performance.md")
    asked = parser.parse_args()
    os.environ["XDG_CACHE_HOME"] = str(folder() / "cache")
    with tempfile.TemporaryDirectory(prefix="badia-bench-") as memory:
        os.environ["XDG_STATE_HOME"] = memory
        setting = quick(Path(memory)) if asked.quick else Setting(Path(memory))
        from PySide6.QtCore import qInstallMessageHandler
        from PySide6.QtWidgets import QApplication

        qInstallMessageHandler(_qt_said)
        from viewer.ui.collector import Collector

        application = QApplication(["badia"])
        collector = Collector(application)  # as the program itself does
        about = machine(qgis.version())
        print(about + (" - QUICK: smaller stores, no verdicts to quote" if asked.quick else ""))
        sys.excepthook = alarm = Alarm()
        if asked.profile:
            tables = hottest(setting)
        elif asked.soak:
            tables = soak(setting)
        else:
            tables = _tables(asked.only, setting, alarm)
        for table in tables:
            print(as_text(table))
        if asked.write:
            write_document(tables, about)
        collector.release()
        del application


def _qt_said(kind: object, where: object, text: str) -> None:
    """Pass on what Qt says, but for what it says of every window that is drawn off screen."""
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


def _tables(names: list[str], setting: Setting, alarm: Alarm) -> list[Table]:
    outcomes: list[Outcome] = []
    details: list[Table] = []
    speeds: list[Row] = []
    for name in names:
        before = loop_ms()
        found, detail = measured(name, setting, alarm)
        speeds.append((name, f"{before:.1f}", f"{loop_ms():.1f}"))
        outcomes += found
        details += [detail] if detail[2] else []
    return [goals_table(outcomes), *details, ("Speed of the machine: a loop of Python, ms", SPEED_HEAD, speeds)]


if __name__ == "__main__":
    main()
