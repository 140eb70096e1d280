"""Quitting: the key for it works in dialogs and menus too, and a dialog with something at stake is asked first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.windows import CTRL, Key, Program, press, work
from viewer.ui import dialogs, import_dialog
from viewer.ui.keyboard import KeyRule
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(program: Program, reviewed_store: Path, qapp: QApplication) -> Iterator[Window]:
    """The program with its rule of keys connected as app does it."""
    made = program(reviewed_store)
    rule = KeyRule(qapp)
    rule.leaving.connect(made.leave)
    qapp.installEventFilter(rule)
    yield made
    qapp.removeEventFilter(rule)


def over(window: Window) -> QWidget:
    """What is open over the window."""
    found = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    assert found is not None
    return found


@pytest.mark.parametrize(
    "name", ["keys", "about", "export", "import", "save_picture", "hand_over", "review_log", "filters_save", "open"]
)
def test_the_key_that_quits_works_in_every_dialog(
    window: Window, qtbot: QtBot, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", _qt_file_dialog)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", _qt_file_dialog)
    pressed: list[str] = []

    def quit_it() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            pressed.append(type(dialog).__name__)
            QTest.keyClick(dialog, Key.Key_Q, CTRL)

    QTimer.singleShot(50, quit_it)  # some of them wait in a loop of their own
    window.run(name)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
    assert len(pressed) == 1
    assert window.work is None


def _qt_file_dialog(parent: QWidget, *asked: object, **named: object) -> tuple[str, str]:
    """The dialog that Qt itself draws, where the desktop has none."""
    dialog = QFileDialog(parent)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.exec()
    return "", ""


def test_the_key_that_quits_works_in_a_menu(window: Window, qtbot: QtBot) -> None:
    press(window.menuBar(), Key.Key_Home)
    menu = next(action.menu() for action in window.menuBar().actions())
    assert isinstance(menu, QMenu)
    menu.popup(window.mapToGlobal(window.rect().center()))
    QTest.keyClick(menu, Key.Key_Q, CTRL)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)


def test_one_dialog_over_another_goes_first(window: Window, qtbot: QtBot) -> None:
    dialogs.show_keys(window)
    dialogs.asking(over(window), "Sure?", "Is it?", "Yes")
    QTest.keyClick(over(window), Key.Key_Q, CTRL)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)


def test_an_import_that_runs_is_asked_about_and_the_window_stays(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.run("import")
    dialog = over(window)
    assert isinstance(dialog, import_dialog.ImportDialog)
    monkeypatch.setattr(import_dialog.ImportDialog, "_at_stake", property(lambda self: True))
    QTest.keyClick(dialog, Key.Key_Q, CTRL)
    question = over(window)
    assert isinstance(question, QMessageBox)
    assert window.isVisible() and dialog.isVisible()
    monkeypatch.undo()
    question.close()


def test_it_ends_while_time_plays_a_log_is_written_and_another_store_is_read(
    window: Window, reviewed_store: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = threading.Event()
    read = window.stores.read
    monkeypatch.setattr(window.opening, "_read", lambda *asked, **named: (held.wait(20), read(*asked, **named))[1])
    press(work(window).canvas, Key.Key_Space)
    work(window).briefing.deeds["scene_add"]()
    window.open(reviewed_store)
    assert window.opening.running
    QTimer.singleShot(0, held.set)
    press(window, Key.Key_Q, CTRL)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
    assert window.work is None
