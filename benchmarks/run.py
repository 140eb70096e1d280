"""Times what a hand does in the real window, off screen, on the built-in data; prints medians and p95.

Run with `make bench`. Absolute times hold only for this machine and this run: compare runs taken side by side.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["QT_QPA_PLATFORM"] = "offscreen"
SIZE = (1600, 900)
STEPS = 60


def main() -> None:
    """Print one line for each thing a hand does."""
    with tempfile.TemporaryDirectory(prefix="badia-bench-") as memory:
        os.environ["XDG_STATE_HOME"] = memory
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {SIZE[0]}x{SIZE[1]}")
        print(f"{'what':34} {'median':>9} {'p95':>9}")
        for name, times in _measured(Path(memory)):
            p95 = sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]
            print(f"{name:34} {statistics.median(times):6.1f} ms {p95:6.1f} ms")


def _measured(memory: Path) -> Iterator[tuple[str, list[float]]]:
    from PySide6.QtCore import QSettings, Qt
    from PySide6.QtWidgets import QApplication

    from viewer.app import Options, StoreOpener
    from viewer.session.commands import SetCamera, SetCursor, SetFilters, SetMode
    from viewer.session.state import Filters
    from viewer.ui.window import Window

    application = QApplication(["badia"])
    window = Window(StoreOpener(Options()), QSettings(str(memory / "window.ini"), QSettings.Format.IniFormat))
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(*SIZE)
    window.show()

    def settle() -> None:
        for _ in range(5):
            application.processEvents()

    def timed(act: Callable[[int], Any], number: int = STEPS) -> list[float]:
        settle()
        times = []
        for step in range(number):
            begin = time.perf_counter()
            act(step)
            settle()
            times.append((time.perf_counter() - begin) * 1000)
        return times

    yield "open the built-in store again", timed(lambda step: window.open(None), 5)
    session = window.work.session
    start = session.state
    yield "a day on, window of 30 days", timed(lambda n: session.dispatch(SetCursor(start.time.cursor + n)))
    session.dispatch(SetMode("cumulative"))
    yield "a day on, everything so far", timed(lambda n: session.dispatch(SetCursor(start.time.cursor - n)))
    session.dispatch(SetMode("window"))
    pan = [replace(start.camera, x=start.camera.x + 4000 * n) for n in range(STEPS)]
    yield "pan", timed(lambda n: session.dispatch(SetCamera(pan[n])))
    zoom = [replace(start.camera, scale=start.camera.scale * 0.97**n) for n in range(STEPS)]
    yield "zoom", timed(lambda n: session.dispatch(SetCamera(zoom[n])))
    kinds = ("strike", "battle", "bombing", "massacre")
    yield "another filter", timed(lambda n: session.dispatch(SetFilters(Filters(types=(kinds[n % 4],)))), 20)
    yield "find a name", timed(lambda n: window.work.data.finder.find("Boukamal"), 20)
    window.close()
    settle()


if __name__ == "__main__":
    main()
