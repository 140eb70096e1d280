"""A large store is shown before all its pages are checked; what is found then is told where it is shown."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from tests.store.opening import damage_unread_page
from viewer.app import Options, StoreOpener
from viewer.session.commands import OpenList
from viewer.store import checks
from viewer.store.file import StoreFile
from viewer.ui import checking, dialogs
from viewer.ui.panels.records import RecordsPanel
from viewer.ui.status import CHECKING, StatusLine, problem_words
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Open = Callable[[Window, Path | None], bool]
SECONDS = 60


class Gate:
    """The check of all pages as it always is, but only once the gate is opened."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()
        self.threads: list[threading.Thread] = []

    def check_pages(self, store: StoreFile) -> bool:
        self.threads.append(threading.current_thread())
        self.entered.set()
        while not self.open.wait(0.002):
            store.within().execute("SELECT 1")  # which ends it when it is to end
        return real_check(store)


real_check = checks.check_pages


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Every store counts as large, and the check of its pages waits before a gate."""
    gate = Gate()
    monkeypatch.setattr(checks, "LARGE", 0)
    monkeypatch.setattr(checks, "check_pages", gate.check_pages)
    return gate


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sentences that stand in the way."""
    said: list[str] = []
    monkeypatch.setattr(dialogs, "sentence", lambda _parent, _title, text, **_: said.append(text))
    return said


@pytest.fixture
def stores(gate: Gate) -> StoreOpener:
    """The check of every store waits before the gate."""
    return StoreOpener(Options())


@pytest.fixture
def damaged(small_store: Path, tmp_path: Path) -> Path:
    path = Path(shutil.copy(small_store, tmp_path / "copy.gpkg"))
    damage_unread_page(path)
    return path


def status(window: Window) -> StatusLine:
    assert window.work is not None
    return window.work.status


def problems(window: Window) -> RecordsPanel:
    """The list of problems, open."""
    assert window.work is not None
    window.work.session.dispatch(OpenList("problems"))
    panel = window.work.panels["records"]
    assert isinstance(panel, RecordsPanel)
    return panel


def test_a_sound_store_is_shown_while_it_is_checked(
    shell: Window, gate: Gate, small_store: Path, open_store: Open, qtbot: QtBot, said: list[str]
) -> None:
    assert open_store(shell, small_store)
    assert gate.entered.wait(SECONDS)
    line, panel = status(shell), problems(shell)
    qtbot.waitUntil(line.problems.isVisible)
    qtbot.waitUntil(lambda: line.problems.text() == "still checking \u2026")
    assert line.problems.toolTip() == CHECKING
    assert panel.empty.text().startswith("No problem was found so far")

    gate.open.set()
    qtbot.waitUntil(lambda: not line.problems.isVisible())
    assert panel.empty.text() == "No problem was found in this store."
    assert said == []


def test_a_damaged_page_is_told_as_soon_as_it_is_known(
    shell: Window, gate: Gate, damaged: Path, open_store: Open, qtbot: QtBot, said: list[str]
) -> None:
    assert open_store(shell, damaged)
    line, panel, before = status(shell), problems(shell), shell.work
    # the table that is none of a store's
    qtbot.waitUntil(lambda: line.problems.text() == "1 problem, still checking \u2026")
    gate.open.set()
    qtbot.waitUntil(lambda: len(said) == 1)

    assert said[0].startswith(f"{damaged}: is damaged (")
    assert said[0].endswith("); copy it again from where it came from")
    assert line.problems.text() == "2 problems"
    assert panel.problems.rowCount() == 2
    assert panel.problems.index(1, 1).data() == said[0].removeprefix(f"{damaged}: ")
    assert shell.work is before, "what is shown stays"


def test_the_sentence_waits_until_no_dialog_is_open(
    shell: Window, gate: Gate, damaged: Path, open_store: Open, qtbot: QtBot, said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(checking, "AGAIN_MS", 1)
    assert open_store(shell, damaged)
    dialog = QDialog(shell)
    dialog.open()
    gate.open.set()
    qtbot.waitUntil(lambda: status(shell).problems.text() == "2 problems")
    QApplication.processEvents()
    assert said == []
    dialog.close()
    qtbot.waitUntil(lambda: len(said) == 1)
    dialog.deleteLater()


def test_closing_the_window_ends_the_checks(
    shell: Window, gate: Gate, damaged: Path, open_store: Open, said: list[str]
) -> None:
    assert open_store(shell, damaged)
    assert gate.entered.wait(SECONDS)
    shell.close()
    assert not gate.threads[0].is_alive()
    QApplication.processEvents()
    assert said == []


def test_a_store_that_gave_way_to_another_is_not_spoken_of(
    shell: Window, gate: Gate, damaged: Path, small_store: Path, open_store: Open, qtbot: QtBot, said: list[str]
) -> None:
    """Not even if the last was known of it when the other one came."""
    assert open_store(shell, damaged)
    assert gate.entered.wait(SECONDS) and shell.work is not None
    old = shell.work.checking
    assert open_store(shell, small_store)
    assert not gate.threads[0].is_alive()
    old._data.checks.refusal = "is damaged"
    old._tell()
    gate.open.set()
    qtbot.waitUntil(lambda: not status(shell).problems.isVisible())
    assert said == []


def test_what_the_status_line_says_of_problems() -> None:
    said = [problem_words(number, known) for number in (0, 1, 2) for known in (True, False)]
    assert said == ["", "still checking \u2026", "1 problem", "1 problem, still checking \u2026", "2 problems",
                    "2 problems, still checking \u2026"]  # fmt: skip
