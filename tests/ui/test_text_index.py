"""A large store is shown before its text index is read: who looks for a text is told of that and waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viewer.app import Options, StoreOpener, opening
from viewer.session.state import Filters
from viewer.session.suggest import Suggestion
from viewer.store import checks, search
from viewer.store.dataset import open_dataset
from viewer.store.file import StoreFile
from viewer.store.plain import PlainTables
from viewer.store.progress import Cancelled
from viewer.ui.panels.filters import FiltersPanel
from viewer.ui.search_box import FOUND
from viewer.ui.status import INDEXING
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Open = Callable[[Window, Path | None], bool]
TEXT = "coalition strikes"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Every store counts as large, and its text index is read only once this is set."""
    gate, real = threading.Event(), PlainTables.check_index

    def check_index(plain: PlainTables, store: StoreFile) -> None:
        while not gate.wait(0.002):
            store.within().execute("SELECT 1")  # which ends it when it is to end
        real(plain, store)

    monkeypatch.setattr(checks, "LARGE", 0)
    monkeypatch.setattr(search, "FEW_EVENTS", 0)
    monkeypatch.setattr(PlainTables, "check_index", check_index)
    return gate


def listed(window: Window) -> list[Suggestion | str]:
    """What the search box lists: suggestions, and the other lines as they are written."""
    model = window.search.list.view.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    return [index.data(FOUND) or str(index.data()) for index in rows]


def incidents(window: Window) -> int:
    return sum(isinstance(one, Suggestion) and one.group == "Incident" for one in listed(window))


def test_the_search_box_says_what_is_missing_and_adds_it_when_it_is_there(
    shell: Window, gate: threading.Event, small_store: Path, open_store: Open, qtbot: QtBot
) -> None:
    assert open_store(shell, small_store)
    assert shell.work is not None
    line = shell.work.status.problems
    assert (line.text(), line.toolTip()) == ("still reading the text index \u2026", INDEXING)
    qtbot.waitUntil(shell.work.canvas.hasFocus)
    shell.search.open("coalition")
    assert incidents(shell) == 0
    assert listed(shell)[-1] == "Incidents follow once the text index is read \u2026"
    QTest.keyClick(shell.search, Qt.Key.Key_Down)
    chosen = shell.search.list.chosen

    gate.set()
    qtbot.waitUntil(lambda: incidents(shell) > 0)
    assert not isinstance(listed(shell)[-1], str)
    assert chosen is not None and shell.search.list.chosen == chosen
    qtbot.waitUntil(lambda: not line.isVisible())


def test_what_is_called_by_no_name_may_still_be_in_a_text(
    shell: Window, gate: threading.Event, small_store: Path, open_store: Open, qtbot: QtBot
) -> None:
    assert open_store(shell, small_store) and shell.work is not None
    qtbot.waitUntil(shell.work.canvas.hasFocus)
    shell.search.open("zzzz")
    assert listed(shell) == ["Incidents follow once the text index is read \u2026"]
    gate.set()
    qtbot.waitUntil(lambda: listed(shell) == ["Nothing is called \u201czzzz\u201d"])


def test_a_filter_by_text_waits_and_can_be_taken_back(
    shell: Window, gate: threading.Event, small_store: Path, open_store: Open, qtbot: QtBot
) -> None:
    assert open_store(shell, small_store)
    work = shell.work
    assert work is not None
    panel = work.panels["filters"]
    assert isinstance(panel, FiltersPanel)
    work.open_panels.show_panel("filters")
    QTest.keyClicks(panel.text, "strikes")
    QTest.keyClick(panel.text, Qt.Key.Key_Return)
    waited = panel.looks
    assert panel.forget_text()
    assert (waited, panel.looks) == (True, False)
    QTest.keyClicks(panel.text, TEXT)
    QTest.keyClick(panel.text, Qt.Key.Key_Return)
    assert (panel.looks, work.session.state.filters.text) == (True, "")
    gate.set()
    qtbot.waitUntil(lambda: work.session.state.filters.text == TEXT)
    assert len(work.data.finder.rows_with(TEXT))


def test_the_window_closes_while_somebody_waits_for_it(
    shell: Window, gate: threading.Event, small_store: Path, open_store: Open
) -> None:
    assert open_store(shell, small_store)
    assert shell.work is not None
    panel = shell.work.panels["filters"]
    assert isinstance(panel, FiltersPanel)
    shell.work.open_panels.show_panel("filters")
    QTest.keyClicks(panel.text, TEXT)
    QTest.keyClick(panel.text, Qt.Key.Key_Return)
    shell.close()
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"badia-text", "badia-aside", "badia-checks"}


def test_a_text_that_was_left_as_a_filter_is_found_before_anything_is_shown(
    gate: threading.Event, small_store: Path
) -> None:
    stores, heard = StoreOpener(Options()), list[str]()
    gate.set()
    data = open_dataset(small_store)
    stores.keep(data, replace(opening(data), filters=Filters(text=TEXT)))
    data.close()
    gate.clear()

    def cancel(doing: str, share: float) -> None:
        if "text of the filter" in doing:
            raise Cancelled

    for looks in (False, True):
        with pytest.raises(Cancelled):
            stores.read(small_store, cancel, looks)

    def hear(doing: str, share: float) -> None:
        heard.append(doing)
        if "text of the filter" in doing:
            gate.set()

    found = stores.read(small_store, hear, looks=False)
    assert "Looking for the text of the filter" in heard
    assert found.data.finder.knows(TEXT)
    assert stores.present(found, "light").session.state.filters.text == TEXT
    found.data.close()
