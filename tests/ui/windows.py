"""The program as a person has it: windows opened on stores, with a memory of their own, and keys pressed in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from viewer.app import Options, StoreOpener
from viewer.session.presenting import Become
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


def settled(window: Window) -> None:
    """Let everything that waits for its turn happen, and the map be painted as it is asked for."""
    for _ in range(5):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if window.work is not None and not window.work.canvas.settled:
        window.work.canvas.paint_exact()
    QApplication.processEvents()


class Lasting:
    """A window for a whole file of tests, as to make one takes longer than most of them; each finds it as it was."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.keep()

    def keep(self) -> None:
        """This is how it is to be found."""
        settled(self.window)
        work(self.window).session.forget_steps()
        self._state, self._panels = state(self.window), self._open_panels()
        self._size, self._layout = self.window.size(), self.window.saveState()

    def _open_panels(self) -> list[str]:
        return [name for name, dock in work(self.window).docks.items() if dock.isVisible()]

    def again(self) -> Window:
        """The window as it was kept, in front, with the keys in the map."""
        window, here = self.window, work(self.window)
        window.search.close_list()
        here.forget_text()
        for drawn in (here.canvas.drawing, here.canvas.tool):
            drawn.drop()
        here.canvas.show_mark(None)
        here.session.dispatch(Become(self._state))
        window.showNormal()
        window.resize(self._size)
        window.restoreState(self._layout)
        settled(window)
        here.canvas.steady.release()  # nothing holds the map any more, which moved while panels went
        here.session.dispatch(Become(self._state))
        here.session.forget_steps()
        here.status.clearMessage()
        window.activateWindow()
        here.canvas.setFocus()
        settled(window)
        assert (state(window), self._open_panels()) == (self._state, self._panels)
        return window


BeginLasting = Callable[[Path], Lasting]
"""Starts the program on a store, in a window that lasts."""


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


def on_disk(window: Window) -> None:
    """Wait until all that was marked is in the user's file, and told; or that it cannot be written."""
    assert work(window).own_file.rest(20.0)
    QApplication.processEvents()


def selected(window: Window) -> int:
    ref = state(window).selected
    assert ref is not None
    return work(window).data.events.row_of[ref.key]


def statuses(window: Window) -> dict[str, str]:
    return {mark.key: mark.status for mark in state(window).marks.every()}
