"""Kills the real program while somebody marks in it, again and again: every mark it acknowledged must be in the file.

`python -m benchmarks.killing --rounds 100` prints how many rounds lost nothing. The program of each round opens the
same store with the same file of the user's, presses the keys of a reviewer and prints what is acknowledged.
"""

from __future__ import annotations

import argparse
import os
import random
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parents[1]
PATIENCE_SECONDS = 120.0
READY, KEPT = "ready", "kept "
LONGEST_SECONDS = 4.0
"""A round is killed at a random moment within so long after the window was ready."""


class Round(NamedTuple):
    """One round: how long after the beginning it was killed, and the marks that were acknowledged till then."""

    seconds: float
    acknowledged: tuple[tuple[str, str], ...]


def mark_for_ever(store: Path) -> None:
    """The program that is going to be killed: opens the window and marks one record after the other by keys."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QSettings, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from viewer.app import Options, StoreOpener
    from viewer.domain.marks import Mark
    from viewer.ui.keyboard import KeyRule
    from viewer.ui.window import Window

    application = QApplication(["badia"])
    application.installEventFilter(KeyRule(application))
    settings = QSettings(os.environ["BADIA_KILL_SETTINGS"], QSettings.Format.IniFormat)
    window = Window(StoreOpener(Options()), settings)
    window.show()
    window.open(store)
    while window.work is None:
        application.processEvents()
    work = window.work
    work.finish()
    for _ in range(5):
        application.processEvents()

    def acknowledge(marks: tuple[Mark, ...]) -> None:
        if marks and work.status.currentMessage().startswith(f"Kept: {marks[-1].status}."):
            for mark in marks:
                print(f"{KEPT}{mark.key} {mark.at}", flush=True)

    work.own_file.marked.connect(acknowledge)
    print(READY, flush=True)
    statuses = (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5)
    begun = time.time_ns()  # another status than in the round before, or there would be nothing to mark
    for number in range(10**9):
        if number % 7 == 6:
            QTest.keyClick(work.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(work.canvas, Qt.Key.Key_Down)
        QTest.keyClick(work.canvas, statuses[(begun + number) % len(statuses)], Qt.KeyboardModifier.ControlModifier)
        application.processEvents()


def rounds(number: int, store: Path, home: Path, seed: int = 1) -> Iterator[Round]:
    """Kill the program that many times, each at another moment."""
    from PySide6.QtCore import QSettings

    chance = random.Random(seed)  # noqa: S311
    settings = home / "window.ini"
    own = QSettings(str(settings), QSettings.Format.IniFormat)
    own.setValue("reviewer", "ab")
    own.sync()
    folders = {f"XDG_{kind}_HOME": str(home / kind.casefold()) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
    environment = {**os.environ, **folders, "HOME": str(home), "BADIA_KILL_SETTINGS": str(settings)}
    for _ in range(number):
        seconds = chance.uniform(0.0, LONGEST_SECONDS)
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.killing", "--child", str(store)], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=HERE, env=environment,
        ) as program:  # fmt: skip
            yield Round(seconds, _killed(program, seconds))


def _killed(program: subprocess.Popen[bytes], seconds: float) -> tuple[tuple[str, str], ...]:
    """Read what a program acknowledges, and kill it so long after it was ready."""
    assert program.stdout is not None
    told, ends = b"", time.monotonic() + PATIENCE_SECONDS
    os.set_blocking(program.stdout.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(program.stdout, selectors.EVENT_READ)
        ready = False
        while program.poll() is None and time.monotonic() < ends:
            if selector.select(max(0.0, min(0.05, ends - time.monotonic()))):
                told += program.stdout.read() or b""
            if not ready and told.startswith(READY.encode()):
                ready, ends = True, time.monotonic() + seconds
    program.send_signal(signal.SIGKILL)
    program.wait()
    told += program.stdout.read() or b""
    if not told.startswith(READY.encode()):
        raise RuntimeError("the program never came so far as to mark anything")
    lines = told.decode().split("\n")[1:-1]
    return tuple((line.split()[1], line.split()[2]) for line in lines if line.startswith(KEPT))


def lost(home: Path, store_id: str, acknowledged: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The marks of a round that are not in the file; RuntimeError when the file was damaged."""
    from viewer.store.workspace import Workspace

    files = sorted((home / "data" / "badia").glob("[!.]*.workspace*"))  # without one that was being made
    if bad := [path.name for path in files if ".bad" in path.name]:
        raise RuntimeError(f"{', '.join(bad)}: the file was damaged")
    if not acknowledged:
        return []
    (path,) = [path for path in files if path.suffix == ".workspace"]
    with closing(Workspace(path, store_id)) as own:
        there = {(mark.key, mark.at) for mark in own.every_mark()}
    return [one for one in acknowledged if one not in there]


def main() -> None:
    """Print each round and the sum of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.killing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="how often the program is killed (100)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child is not None:
        mark_for_ever(asked.child)
        return
    from viewer.formats.textset import read_text_set
    from viewer.paths import data_dir
    from viewer.store.writer import write_store

    with tempfile.TemporaryDirectory(prefix="badia-killing-") as folder:
        home, store = Path(folder), Path(folder) / "store.gpkg"
        records, _ = read_text_set(data_dir())
        write_store(records, store)
        whole = marks = 0
        for number, one in enumerate(rounds(asked.rounds, store, home, asked.seed), start=1):
            missing = lost(home, records.meta.store_id, one.acknowledged)
            whole, marks = whole + (not missing), marks + len(one.acknowledged)
            said = "all there" if not missing else f"{len(missing)} MISSING"
            print(f"{number:3}  killed after {one.seconds:.2f} s: {len(one.acknowledged)} kept, {said}", flush=True)
        print(f"{whole} of {asked.rounds} rounds lost nothing; {marks:,} marks were acknowledged")
        sys.exit(0 if whole == asked.rounds else 1)


if __name__ == "__main__":
    main()
