"""The three who open the program, from beginning to end and by keys alone; each ends in a file that is checked."""

from __future__ import annotations

import csv
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.journeys.hand import Hand
from tests.ui.windows import Program, state, statuses, table, work
from viewer.domain.dates import parse
from viewer.formats.exporters.event_csv import COLUMNS
from viewer.session.keeping import Keeping
from viewer.ui.panels.change import ChangePanel
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support", "does not support raise", "grabbing the keyboard"
)
LONGEST_MS = 60_000


@pytest.fixture
def window(program: Program, reviewed_store: Path) -> Window:
    return program(reviewed_store)


def answer(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """The dialogs of the system, which no test can press keys in, answer with this file."""
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_, **__: (str(path), ""))


def day(text: str) -> int:
    found = parse(text).latest
    assert found is not None
    return found


def test_the_analyst(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    """What changed between June and November 2017 along the Euphrates, and how do we know?"""
    hand = Hand(window)
    hand.go("2017-06-15")
    hand.press("B")
    hand.go("2017-11-17")
    assert (state(window).compare, state(window).time.cursor) == (day("2017-06-15"), day("2017-11-17"))
    hand.press("F7")
    change = work(window).panels["change"]
    assert isinstance(change, ChangePanel) and change.isVisible()
    hand.find("Mayadin")
    assert "Oct 2017" in hand.details

    hand.press("Escape", "Escape", "Escape")
    hand.go("2017-06-15/2017-11-17")
    hand.press("F3")
    hand.type("Mayadin")
    hand.press("Return")
    qtbot.waitUntil(lambda: state(window).filters.text == "Mayadin", timeout=LONGEST_MS)
    hand.press("Escape", "Ctrl+L")
    shown = [work(window).data.events.keys[row] for row in table(window).answer.rows.tolist()]
    assert "s4-strikes-syria" not in shown
    assert "s0-mayadin-withdrawal" in shown

    out = tmp_path / "answer.csv"
    answer(monkeypatch, out)
    hand.press("Ctrl+E")
    dialog = work(window).exporting.dialog
    assert dialog is not None
    dialog.formats.setFocus()
    hand.type("CSV")
    with qtbot.waitSignal(work(window).exporting.errand.done, timeout=LONGEST_MS):
        dialog.go_on.setFocus()
        hand.press("Return")
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert set(COLUMNS) <= set(rows[0])
    assert [row["id"] for row in rows] == sorted(shown, key=[row["id"] for row in rows].index)
    assert all(row["sources"] for row in rows)

    hand.back()
    picture = tmp_path / "map.png"
    answer(monkeypatch, picture)
    hand.press("Ctrl+S", "Return")
    assert QImage(str(picture)).width() == work(window).canvas.width()


def test_the_briefer(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    """A prepared timeline with a clicker, somebody interrupts, and the same pictures as a file afterwards."""
    monkeypatch.setenv("BADIA_REDUCED_MOTION", "1")
    hand = Hand(window)
    for on, title in (("2017-06-15", "Before"), ("2017-10-20", "The fall"), ("2017-11-19", "After")):
        hand.go(on)
        hand.press("Ctrl+B")
        panel = work(window).panels["scenes"]
        panel.title.setFocus()  # type: ignore[attr-defined]
        hand.type(title)
        hand.press("Return", "Escape")
    assert [scene.title for scene in state(window).scenes] == ["Before", "The fall", "After"]
    steady = work(window).canvas.steady
    qtbot.waitUntil(lambda: not (steady.gliding or steady.isActive()), timeout=LONGEST_MS)  # panels came and went
    before = state(window)

    hand.press("F5")
    presenter = work(window).briefing.presenter
    assert presenter is not None
    qtbot.waitExposed(presenter)

    def settle() -> None:
        QApplication.processEvents()
        qtbot.waitUntil(lambda: presenter.stage.at_rest and not presenter.glide.running, timeout=LONGEST_MS)

    settle()
    for key in ("Right", "Right", "Left", "T"):
        hand.press(key)
        settle()
    hand.type("2017-11-03")
    hand.press("Return")
    settle()
    assert presenter.stage.session.state.time.cursor == day("2017-11-03")
    hand.press("Return")
    settle()
    assert presenter.stage.session.state.time.cursor == day("2017-10-20")
    with qtbot.waitSignal(presenter.ended):
        hand.press("Escape")
    assert state(window) == before

    out = tmp_path / "briefing.pdf"
    monkeypatch.setattr("viewer.ui.brief_export.ask_output", lambda *_, **__: out)
    hand.back()
    hand.press("Ctrl+Shift+F5")
    export = work(window).briefing._export
    assert export is not None
    dialog = export.dialog
    assert dialog is not None
    dialog.kinds.setFocus()
    hand.type("Handout")
    assert dialog.kinds.currentText().startswith("Handout")
    with qtbot.waitSignal(export.written, timeout=LONGEST_MS):
        dialog.go_on.setFocus()
        hand.press("Return")
    assert out.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext") is not None:
        said = subprocess.run(["pdftotext", str(out), "-"], capture_output=True, text=True, check=True).stdout
        assert all(title in said for title in ("Before", "The fall", "After", "Sources"))


def test_the_reviewer(
    window: Window, reviewed_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """One incident at a time: read, marked with a reason, on to the next; and the log of it. The store stays."""
    evidence = reviewed_store.read_bytes()
    hand = Hand(window)
    hand.go("2017-12-22/2017-12-28")
    hand.press("Ctrl+L", "Ctrl+N")
    keys = [work(window).data.events.keys[row] for row in table(window).answer.rows.tolist()]
    assert state(window).selected is not None
    assert "Sources" in hand.details
    hand.press("Ctrl+Return", "J")
    hand.type("Two tolls, and no place")
    hand.press("Tab")
    hand.type("one source")
    hand.press("Ctrl+4", "Escape", "Ctrl+N", "Ctrl+Shift+Return", "Ctrl+1", "Ctrl+Z")
    assert statuses(window) == {keys[0]: "reviewed", keys[1]: "needs a source", keys[2]: "disputed"}
    hand.press("Ctrl+Shift+N")
    assert getattr(state(window).selected, "key", "") == keys[2]
    assert table(window).form.progress.text() == f"3 of {len(keys)}"

    out = tmp_path / "log.csv"
    answer(monkeypatch, out)
    log = work(window).reviewing.log
    hand.press("Ctrl+Alt+L")
    dialog = log.dialog
    assert dialog is not None
    dialog.forms.setFocus()
    hand.type("CSV")
    with qtbot.waitSignal(log.errand.done, timeout=LONGEST_MS):
        dialog.buttons.buttons()[0].setFocus()
        hand.press("Return")
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    said = [(row["record"], row["from"], row["to"], row["note"], row["reason"], row["who"]) for row in rows]
    assert said == [
        (keys[0], "unreviewed", "reviewed", "", "", "ab"),
        (keys[1], "unreviewed", "needs a source", "Two tolls, and no place", "one source", "ab"),
        (keys[2], "unreviewed", "disputed", "", "", "ab"),
        (keys[3], "unreviewed", "unreviewed", "", "", "ab"),
        (keys[3], "unreviewed", "unreviewed", "", "taken back", "ab"),
    ]
    assert [row["when"] for row in rows] == sorted(row["when"] for row in rows)
    with closing(Keeping(work(window).data.meta.store_id)) as keeping:
        assert [mark.key for mark in keeping.every_mark()] == [row["record"] for row in rows]
    assert reviewed_store.read_bytes() == evidence
