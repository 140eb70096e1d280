"""Exporting from the window: what is offered, what is written, cancelling, and closing in the middle of it."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from tests.ui.windows import Program
from viewer.domain.dates import parse
from viewer.session.commands import OpenList, Select, SetCursor, SetFilters, SetWindow
from viewer.session.exporting import FORMATS
from viewer.session.state import Filters, Ref
from viewer.ui.errand import Errand
from viewer.ui.exporting import ExportDialog
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DAY = parse("2017-12-28").earliest or 0
LONGEST_MS = 30_000
CSV, GEOJSON = (next(place for place, one in enumerate(FORMATS) if one.name == name) for name in ("csv", "geojson"))


@pytest.fixture
def window(program: Program, small_store: Path) -> Window:
    """The small store, open, on the last week of 2017."""
    window = program(small_store)
    session = window.work.session
    session.dispatch(SetCursor(DAY))
    session.dispatch(SetWindow(7))
    return window


def asked(window: Window) -> ExportDialog:
    """The dialog, opened with its key."""
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.work.exporting.dialog
    assert dialog is not None and dialog.isVisible()
    return dialog


def chosen(window: Window, monkeypatch: pytest.MonkeyPatch, path: Path) -> list[str]:
    """Let the hand choose that file; what was suggested."""
    suggested: list[str] = []

    def ask(files: object, parent: object, name: str, title: str, suffix: str) -> Path:
        suggested.append(name)
        return path

    monkeypatch.setattr("viewer.ui.files.Files.export", ask)
    return suggested


def written(window: Window, qtbot: QtBot, dialog: ExportDialog) -> None:
    """Press the button that goes on, and wait for the file."""
    with qtbot.waitSignal(window.work.exporting.errand.done, timeout=LONGEST_MS):
        QTest.mouseClick(dialog.go_on, Qt.MouseButton.LeftButton)


def ids(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


def test_what_is_shown_is_written_and_said(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggested = chosen(window, monkeypatch, tmp_path / "week.csv")
    window.work.session.dispatch(SetFilters(Filters(types=("strike",))))
    dialog = asked(window)
    assert dialog.offer.number == 4
    dialog.formats.setCurrentIndex(CSV)

    with qtbot.waitSignal(window.work.exporting.errand.done, timeout=LONGEST_MS):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)

    assert sorted(ids(tmp_path / "week.csv")) == ["week", "week-iraq", "week-syria", "week-syria-town"]
    assert suggested[0].endswith(".csv")
    assert window.statusBar().currentMessage() == f"4 incidents written to {tmp_path / 'week.csv'}"


def test_all_days_and_the_selection_are_offered(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(window, monkeypatch, tmp_path / "one.csv")
    window.work.session.dispatch(Select(Ref("event", "may-strikes")))
    dialog = asked(window)
    assert [offer.number for offer in dialog.offers] == [7, 12, 1]
    dialog.formats.setCurrentIndex(CSV)
    QTest.keyClick(dialog.choices.button(2), Qt.Key.Key_Space)

    written(window, qtbot, dialog)

    assert ids(tmp_path / "one.csv") == ["may-strikes"]


def test_an_open_list_comes_first(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(window, monkeypatch, tmp_path / "undated.csv")
    window.work.session.dispatch(OpenList("undated"))
    dialog = asked(window)
    dialog.formats.setCurrentIndex(CSV)

    written(window, qtbot, dialog)

    assert ids(tmp_path / "undated.csv") == ["undated"]


def test_claims_are_asked_for_only_where_they_fit(window: Window) -> None:
    dialog = asked(window)
    dialog.claims.setChecked(True)
    assert dialog.with_claims
    dialog.formats.setCurrentIndex(GEOJSON)
    assert not dialog.claims.isEnabled() and not dialog.with_claims
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
    assert window.work.exporting.dialog is None


def test_with_nothing_to_write_there_is_nothing_to_choose(window: Window) -> None:
    window.work.session.dispatch(SetFilters(Filters(types=("chemical",))))
    dialog = asked(window)
    assert not dialog.go_on.isEnabled()
    assert not any(choice.isEnabled() for choice in dialog.choices.buttons())
    dialog.reject()


def test_what_cannot_be_written_is_said_in_one_sentence(
    window: Window, qtbot: QtBot, tmp_path: Path, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, told = small_store.read_bytes(), []
    chosen(window, monkeypatch, small_store)
    monkeypatch.setattr("viewer.ui.exporting.sentence", lambda parent, title, text: told.append(text))

    written(window, qtbot, asked(window))

    assert len(told) == 1 and "nothing is written over one" in told[0]
    assert small_store.read_bytes() == before


class Held:
    """An export that goes on until it is let go, or hears that nobody waits for it."""

    def __init__(self) -> None:
        self.going, self.go = threading.Event(), threading.Event()

    def __call__(self, data: object, find: object, form: object, path: Path, on: str, progress: Callable) -> str:
        self.going.set()
        while not self.go.wait(0.01):
            progress(0.5)
        return "let go"


def test_nothing_begins_once_the_store_is_another(window: Window) -> None:
    begun: list[object] = []
    errand = Errand(lambda question, tick: begun.append(question), "Export", window, window)
    errand.release()
    errand.begin("week.csv", "Writing week.csv")

    assert (errand.busy, errand.progress, begun) == (False, None, [])


@pytest.mark.parametrize("how", ["cancel", "close"])
def test_an_export_is_taken_back(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    held = Held()
    monkeypatch.setattr("viewer.ui.exporting.export_or_say", held)
    chosen(window, monkeypatch, tmp_path / "week.csv")
    QTest.mouseClick(asked(window).go_on, Qt.MouseButton.LeftButton)
    assert held.going.wait(LONGEST_MS / 1000)
    exporting = window.work.exporting

    if how == "close":
        window.close()
        return
    exporting.errand.progress.canceled.emit()
    assert not exporting.errand.busy and exporting.errand.progress is None
    assert "nothing written" in window.statusBar().currentMessage()
    dialog = asked(window)
    dialog.reject()
