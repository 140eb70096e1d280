"""Whoever begins is offered the briefing, once answered never again; where nothing is open, ways to open something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.windows import work
from viewer.ui.greeting import LEAST_MAP, OFFERED, Greeting, NothingOpen, greet
from viewer.ui.window import NOTHING_OPEN, Window

WAIT_MS = 60_000
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Open = Callable[[Window, Path | None], bool]


@pytest.fixture
def window(still: None, no_programs: None, shell: Window, open_store: Open) -> Window:
    """The window on the built-in data, complete."""
    assert open_store(shell, None)
    work(shell).finish()
    QApplication.processEvents()
    return shell


def greeting(window: Window) -> Greeting | None:
    assert window.work is not None
    found = window.work.canvas.findChildren(Greeting)
    return found[0] if found else None


def test_a_newcomer_is_led_to_the_briefing(qtbot: QtBot, window: Window, memory: QSettings) -> None:
    greet(window, memory)
    card = greeting(window)
    assert card is not None and card.isVisible() and "12 scenes" in " ".join(label.text() for label in card.labels)
    assert window.work is not None
    assert not card.geometry().intersects(window.work.card.geometry()), "the date is read before anything else"
    for label in card.labels:
        assert label.height() >= label.heightForWidth(label.width()), "no word is cut off"
    before = window.work.session.state

    QTest.mouseClick(card.show_it, Qt.MouseButton.LeftButton)
    presenter = window.work.briefing.presenter
    assert presenter is not None and len(presenter.scenes) == 12
    presenter.leave()
    assert window.work.session.state == before
    qtbot.waitUntil(lambda: greeting(window) is None)
    greet(window, memory)
    assert greeting(window) is None, "it was answered"


def test_who_says_no_is_not_asked_again(qtbot: QtBot, window: Window, memory: QSettings) -> None:
    greet(window, memory)
    card = greeting(window)
    assert card is not None
    card.not_now.setFocus()
    QTest.keyClick(card.not_now, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: greeting(window) is None)
    assert QApplication.focusWidget() in (None, window.work.canvas if window.work else None)
    greet(window, memory)
    assert greeting(window) is None


def test_a_narrow_map_is_not_covered(window: Window, memory: QSettings) -> None:
    greet(window, memory)
    card = greeting(window)
    assert card is not None and window.work is not None
    window.work.canvas.resize(LEAST_MAP - 1, 400)
    assert not card.isVisible()
    window.work.canvas.resize(LEAST_MAP + 40, 400)
    assert card.isVisible() and card.geometry().right() < LEAST_MAP + 40


def test_only_the_built_in_data_have_that_briefing(window: Window, memory: QSettings, tmp_path: Path) -> None:
    window.path = tmp_path / "another.gpkg"
    greet(window, memory)
    assert greeting(window) is None


def test_a_window_without_a_store_offers_some(qtbot: QtBot, shell: Window) -> None:
    window = shell
    asked: list[str] = []
    window.run = asked.append  # type: ignore[method-assign]
    with qtbot.waitSignal(window.opened, timeout=WAIT_MS):
        window.open(None)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        window.opening.cancel()
    nothing = window.centralWidget()
    assert isinstance(nothing, NothingOpen) and nothing.text() == NOTHING_OPEN
    for name in OFFERED:
        nothing.buttons[name].click()
    assert tuple(asked[-3:]) == OFFERED
