"""The program as a person has it: windows opened on stores, with a memory of their own, and keys pressed in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from viewer.app import Options, StoreOpener
from viewer.session.state import State
from viewer.ui.panels.table import TablePanel
from viewer.ui.window import Window
from viewer.ui.workspace import Workspace

Key, Mod = Qt.Key, Qt.KeyboardModifier
CTRL, SHIFT, ALT = Mod.ControlModifier, Mod.ShiftModifier, Mod.AltModifier
Begin = Callable[[], Window]
Program = Callable[[Path], Window]
"""Starts the program on a store."""


def opened(settings: QSettings, wait: Callable[[Window], None], size: tuple[int, int] = (1366, 768)) -> Window:
    """A window with everything in its place; wait: opens a store in it and returns when that is shown."""
    window = Window(StoreOpener(Options()), settings)
    window.resize(*size)
    window.show()
    wait(window)
    work(window).finish()
    QApplication.processEvents()
    return window


def work(window: Window) -> Workspace:
    assert window.work is not None
    return window.work


def state(window: Window) -> State:
    return work(window).session.state


def table(window: Window) -> TablePanel:
    return work(window).table


def press(widget: QWidget, key: Key, mod: Mod = Mod.NoModifier) -> None:
    QTest.keyClick(widget, key, mod)
    QApplication.processEvents()


def selected(window: Window) -> int:
    ref = state(window).selected
    assert ref is not None
    return work(window).data.events.row_of[ref.key]


def statuses(window: Window) -> dict[str, str]:
    return {mark.key: mark.status for mark in state(window).marks.every()}
