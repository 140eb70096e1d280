"""Loads what the window needs together with a store, in the window's own thread and a little at a time.

PySide makes a class of Qt when it is first named, and enters it in a table that has no lock under Python 3.11. A class
that another thread makes moves that table while the window's thread looks something up in it, and the program dies,
seldom and without a word. So all of them are made here, before any other thread names one. The first store of a
program is read by a thread that names none, and its map is painted before the rest is loaded.
"""

from __future__ import annotations

import builtins
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import PathFinder

from viewer.libraries import load_library

FOR_READING = ("viewer.store.dataset", "viewer.store.recall", "viewer.geo.basemap")
WITHOUT_QT = (
    "viewer.session.actions", "viewer.session.opening", "viewer.session.remember", "viewer.session.query",
    "viewer.session.suggest", "viewer.session.selectors", "viewer.store.remember", "viewer.store.tiles",
    "viewer.geo.gridref", "viewer.layers",
)  # fmt: skip
"""What the window and the first picture need and Qt does not: a thread may ask for it while Qt is loaded."""
FOR_THE_MAP = (
    "viewer.draw.symbols", "viewer.draw.frame", "viewer.draw.picture", "viewer.ui.canvas", "viewer.ui.workspace",
)  # fmt: skip
"""What the first picture of a store needs: it comes first, for the first store needs none of the rest to be seen."""
QT = ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtSvg")
FOR_THE_REST = (
    "pyqtgraph", "viewer.ui.timeline.timeline", "viewer.ui.panels.layers", "viewer.ui.panels.filters",
    "viewer.ui.panels.records", "viewer.ui.panels.detail", "viewer.ui.panels.change", "viewer.ui.panels.scenes",
    "viewer.ui.panels.table", "viewer.ui.panels.analysis", "viewer.ui.date_card",
)  # fmt: skip
"""Both in the order of what needs what, so that no step is long."""
AT_ONCE_SECONDS = 0.02


def load_for_reading() -> None:
    """What reads a store, so that a thread need not load it."""
    for name in FOR_READING:
        import_module(name)


def load_without_qt() -> None:
    """What the first picture needs and is not made of Qt; before Qt is."""
    for name in WITHOUT_QT:
        import_module(name)


def load_libraries() -> None:
    """Have the system load Qt's libraries, as importing it will: here another thread may compute meanwhile.

    To be called by the window's thread, for Qt takes the one that loads it for that. What cannot be loaded is left to
    the import, which says why.
    """
    package = PathFinder.find_spec("PySide6")
    if package is None or sys.platform != "linux":
        return
    for name in QT:
        found = PathFinder.find_spec(name, package.submodule_search_locations)
        if found is not None and found.origin is not None:
            load_library(found.origin)


def import_plainly() -> None:
    """Import modules as Python does it, once PySide is there.

    PySide reads the source of each module that is imported after it, for names of its `__feature__` that nobody here
    asks for, which takes longer than to load the module.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


class Preload:
    """Steps that are taken once in the life of a program; only the window's thread may take them."""

    def __init__(self) -> None:
        self._steps = _steps()
        self.done = False

    def go_on(self, seconds: float = AT_ONCE_SECONDS) -> bool:
        """Take steps for so long, at least one; True when there are no more."""
        until = time.monotonic() + seconds
        for _ in self._steps:
            if time.monotonic() >= until:
                return False
        self.done = True
        return True


def _steps() -> Iterator[None]:
    for name in FOR_THE_MAP:
        import_module(name)
        yield
    for name in QT:
        module = import_module(name)
        for each in dir(module):
            getattr(module, each)
            yield
    for name in FOR_THE_REST:
        import_module(name)
        yield
