"""What only a fresh process can tell: opening, starting, and memory. Each is a child that prints one line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.contestants import qgis
from benchmarks.contestants.pipe import ContestantFailed
from benchmarks.contestants.qgis import Qgis
from benchmarks.contests import CONTROLLER, FILTER
from benchmarks.generator import store
from benchmarks.goals import Outcome
from benchmarks.measure import Frame, Times, View, memory, seconds_of
from benchmarks.plan import Plan, of_size
from benchmarks.report import Row, times_row
from benchmarks.setting import Setting
from viewer.store.summed import COARSEST_NS

CHILD_SECONDS = 1_200
ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("key", "lon", "lat", "earliest", "latest", "date_edtf", "type", "form", "actuality", "location_precision",
           "radius_m", "actor", "rival", "place", "part_of", "amount")  # fmt: skip
"""What the program keeps of every event."""
AFTER_EVENTS = "Reading who and where"
"""What an opening of a store never seen before does once the columns of the event table are read."""
INDEX_READ = "The text index is read"
SETTLED_SECONDS = COARSEST_NS / 1e9 + 0.1
"""After that the sum of a file that was just written is noted."""
FEW_COLUMNS = ("lon", "lat", "earliest", "latest", "type", "actor")
MONTH_VIEW = View(17_287, 17_316, (3_730_000.0, 3_500_000.0, 5_330_000.0, 4_400_000.0), (1600, 900))


def child(what: str, path: Path | str, cache: Path | None = None) -> dict[str, Any]:
    """Run one of the functions below in a process of its own."""
    return _told_by("benchmarks.fresh", what, str(path), cache=cache)


def started(path: Path) -> dict[str, Any]:
    """Start the program on a store; as for its user, modules that were compiled once are not compiled again."""
    return _told_by("benchmarks.started", str(path))


def _told_by(module: str, *words: str, cache: Path | None = None) -> dict[str, Any]:
    """What a module says that is run in a process of its own, and when that was begun."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    if cache is not None:
        environment["XDG_CACHE_HOME"] = str(cache)
    begun = time.monotonic()
    told = subprocess.run(
        [sys.executable, "-m", module, *words], check=False, capture_output=True, text=True,
        env=environment, cwd=ROOT, timeout=CHILD_SECONDS,
    )  # fmt: skip
    lines = [line for line in told.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise ContestantFailed((told.stderr.strip().splitlines() or [f"'{words[0]}' said nothing"])[-1][:160])
    return {"begun": begun, **json.loads(lines[-1])}


def opening(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """Opening the large store without and with the column cache, beside reading the same columns by fetchall.

    The first time is taken as the window takes it: until the data can be shown, which is judged, since fetchall checks
    nothing at all; until the text index is read, for which whoever looks for a text waits; and until the last check has
    ended and what was read is kept. The second time what was kept is summed up, once a change to it would show; from
    then on it is known to be sound.
    """
    path = store(of_size(setting.large))
    first, columns, indexed, checked, second, again, naive, few = (Times() for _ in range(8))
    for _ in range(setting.starts // 2 + 1):
        with tempfile.TemporaryDirectory(prefix="badia-bench-") as cache:
            naive.add(Frame(1000 * child("fetchall", path)["seconds"]))
            few.add(Frame(1000 * child("fetchall_few", path)["seconds"]))
            told = child("open", path, Path(cache))
            first.add(Frame(1000 * told["seconds"]))
            if told["columns"] is None:
                raise ContestantFailed(f"the opening never told of '{AFTER_EVENTS}'")
            columns.add(Frame(1000 * told["columns"]))
            indexed.add(Frame(1000 * told["indexed"]))
            checked.add(Frame(1000 * told["checked"]))
            time.sleep(SETTLED_SECONDS)
            second.add(Frame(1000 * child("open", path, Path(cache))["seconds"]))
            for _ in range(2):
                again.add(Frame(1000 * child("open", path, Path(cache))["seconds"]))
    for name, times in (("fetchall, as many columns", naive), ("fetchall, six columns", few),
                        ("first time, until the same columns are read", columns),
                        ("first time, until the data can be shown: other tables, order in time", first),
                        ("first time, until the text index is read, with the data shown before", indexed),
                        ("first time, until every check has ended: all pages, and the cache", checked),
                        ("open, the second time", second), ("open, again", again)):  # fmt: skip
        rows.append(times_row(f"{setting.large:,}: {name}", times))
    note = (
        "until the data can be shown; until texts can be looked for, too, "
        f"{naive.median / indexed.median:.2f} x, until every check has ended, of which fetchall makes none, "
        f"{naive.median / checked.median:.2f} x, until the same columns are read {naive.median / columns.median:.2f} x"
    )
    yield Outcome("open_first", naive.median / first.median, note, first, naive)
    note = f"from the third time on; the second {naive.median / second.median:.0f} x"
    yield Outcome("open_again", naive.median / again.median, note, again, naive)


def memories(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """What a window at rest holds more with many rows than with a hundred, after opening and some steps."""
    base = child("memory", store(Plan(100)))
    for goal, events in (("memory_1m", setting.large), ("memory_10m", setting.huge)):
        path = store(of_size(events))
        child("open_checked", path)  # the column cache is there from now on
        found = child("memory", path)
        more, own = (found[name] - base[name] for name in ("rss", "anonymous"))
        yield Outcome(goal, more, f"{events:,} rows; of it {own:.0f} MB without a file behind")


def starting(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """From starting the program to the first map with the large store's events, beside QGIS doing the same.

    Neither picture has names by then.
    """
    path = store(of_size(setting.large))
    names = {CONTROLLER: "controller", FILTER: "filter"} if qgis.version() else {}
    ours, named, theirs = Times(), Times(), {name: Times() for name in names}
    child("open_checked", path)  # the column cache is there from now on
    started(path)
    for _ in range(setting.starts):
        told = started(path)
        ours.add(Frame(1000 * (told["drawn"] - told["begun"])))
        named.add(Frame(1000 * (told["named"] - told["begun"])))
        for name, mode in names.items():
            theirs[name].add(_qgis_started(mode, path))
    for name, times in (("Badia", ours), ("Badia, until towns and names are there", named), *theirs.items()):
        rows.append(times_row(f"start, {setting.large:,}: {name}", times))
    if not names:
        yield Outcome("start", None, "QGIS is not installed", ours)
    else:
        ratio = theirs[CONTROLLER].median / ours.median
        yield Outcome("start", ratio, "30 days; QGIS's temporal controller", ours, theirs[CONTROLLER])


def _qgis_started(mode: str, path: Path) -> Frame:
    begun = time.monotonic()
    started = Qgis(mode, path)
    started.frame(MONTH_VIEW)
    took = time.monotonic() - begun
    started.close()
    return Frame(1000 * took)


# the children


def _fetchall(path: Path, names: tuple[str, ...] = COLUMNS) -> dict[str, Any]:
    import sqlite3

    def read() -> None:
        db = sqlite3.connect(path)
        columns = list(zip(*db.execute(f"SELECT {', '.join(names)} FROM event").fetchall(), strict=True))  # noqa: S608
        assert len(columns) == len(names)

    return {"seconds": seconds_of(read)}


def _open(path: Path) -> dict[str, Any]:
    from viewer.store.dataset import open_dataset

    heard: dict[str, float] = {}

    def hear(doing: str, share: float) -> None:
        heard.setdefault(doing, time.perf_counter() - begun)

    begun = time.perf_counter()
    data = open_dataset(path, hear, ahead=True)
    shown = time.perf_counter() - begun
    data.checks.wait(lambda: None, lambda: hear(INDEX_READ, 1.0))
    return {
        "seconds": shown, "columns": heard.get(AFTER_EVENTS), "indexed": heard.get(INDEX_READ, shown),
        "checked": time.perf_counter() - begun,
    }  # fmt: skip


def _open_checked(path: Path) -> dict[str, Any]:
    from viewer.store.dataset import open_dataset

    return {"seconds": seconds_of(lambda: open_dataset(path))}


def _memory(path: Path) -> dict[str, Any]:
    from PySide6.QtWidgets import QApplication

    from benchmarks import scenes
    from benchmarks.hand import Desk
    from benchmarks.window import run

    application = QApplication(["badia"])
    with tempfile.TemporaryDirectory(prefix="badia-bench-") as folder:
        desk = Desk(path, Path(folder))
        for scene in (scenes.THIRTY, scenes.EVERYTHING, scenes.PAN):
            run(desk, scene, 10)
        desk.hand.settle()
        found = memory()
        desk.close()
    del application
    return found


CHILDREN = {"fetchall": _fetchall, "fetchall_few": lambda path: _fetchall(path, FEW_COLUMNS), "open": _open,
            "open_checked": _open_checked, "memory": _memory}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(CHILDREN[sys.argv[1]](Path(sys.argv[2]))), flush=True)
