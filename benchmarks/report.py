"""The results as tables, on screen and in docs/performance.md, where what people wrote survives."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from benchmarks.goals import BY_ID, GOALS, Outcome
from benchmarks.measure import Times

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEAD = ("goal", "value", "median ms", "p95 ms", "against: median", "p95", "must", "aim", "verdict", "remarks")
Row = tuple[str, ...]
Table = tuple[str, Row, list[Row]]
"""Title, heads, rows."""


def goals_table(outcomes: Iterable[Outcome]) -> Table:
    """A row for every goal, measured or not."""
    found = {outcome.goal: outcome for outcome in outcomes}
    return "Goals", HEAD, [_goal_row(goal.id, found.get(goal.id)) for goal in GOALS]


def _goal_row(name: str, outcome: Outcome | None) -> Row:
    goal = BY_ID[name]
    bounds = goal.bound(goal.must), goal.bound(goal.aim)
    if outcome is None or outcome.value is None:
        said = outcome.note if outcome else "not asked for"
        return goal.name, "-", "-", "-", "-", "-", *bounds, "not measured", said
    value = f"{_number(outcome.value)} {goal.unit}"
    times = (*_pair(outcome.ours), *_pair(outcome.theirs))
    return goal.name, value, *times, *bounds, goal.verdict(outcome.value), outcome.note


def _pair(times: Times | None) -> tuple[str, str]:
    return ("-", "-") if times is None or not times.ms else (_number(times.median), _number(times.p95))


def _number(value: float) -> str:
    if value >= 99.5:
        return f"{value:,.0f}" if value != 100 and value > 100 else f"{value:.5g}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"


def times_row(name: str, times: Times, remark: str = "") -> Row:
    """One series as a row: name, median, p95, share within a refresh, remark."""
    within = f"{100 * times.share_within(16.7):.0f} %"
    return name, _number(times.median), _number(times.p95), _number(max(times.ms)), within, str(len(times.ms)), remark


TIMES_HEAD = ("what", "median ms", "p95 ms", "worst ms", "<= 16.7 ms", "steps", "remarks")


def as_text(table: Table) -> str:
    """A table for the terminal."""
    title, heads, rows = table
    wide = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads))]
    left = (0, len(heads) - 1)
    lines = [
        "  ".join(cell.ljust(wide[n]) if n in left else cell.rjust(wide[n]) for n, cell in enumerate(row)).rstrip()
        for row in (heads, *rows)
    ]
    return "\n".join([f"\n{title}", *lines])


def as_markdown(table: Table) -> str:
    """A table for the document."""
    title, heads, rows = table
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (heads, ["---"] * len(heads), *rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([f"### {title}", "", *lines, ""])


def machine(qgis: str) -> str:
    """What the numbers hold for."""
    import numpy
    import pyqtgraph
    import PySide6

    cpu = re.search(r"model name\s*:\s*(.+)", _read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))
    system = re.search(r'PRETTY_NAME="(.+)"', _read("/etc/os-release"))
    return (
        f"{cpu[1].strip() if cpu else platform.machine()}, {os.cpu_count()} cores, "
        f"{int(memory[1]) / 2**20 if memory else 0:.0f} GB, {system[1] if system else platform.platform()}; "
        f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, numpy {numpy.__version__}, "
        f"pyqtgraph {pyqtgraph.__version__}, SQLite {sqlite3.sqlite_version}, "
        f"{f'QGIS {qgis}' if qgis else 'QGIS is not installed'}; no graphics card, drawn off screen"
    )


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def write_document(tables: Iterable[Table], about: str, path: Path = DOCUMENT) -> None:
    """Put the measured part into the document anew; everything outside its marks stays as people wrote it."""
    day = dt.datetime.now(tz=dt.UTC).date().isoformat()
    measured = "\n".join([BEGIN, f"Measured on {day}: {about}.", "", *(as_markdown(table) for table in tables), END])
    old = path.read_text(encoding="utf-8") if path.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    before, rest = old.split(BEGIN, 1)
    path.write_text(before + measured + rest.split(END, 1)[1], encoding="utf-8")
