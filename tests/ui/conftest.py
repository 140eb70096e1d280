"""What the tests of the window share."""

from __future__ import annotations

import gc
import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.windows import Program, opened
from viewer.ui.keyboard import KeyRule
from viewer.ui.preload import Preload
from viewer.ui.window import Window

OPENING_MS = 20_000


@pytest.fixture(scope="session", autouse=True)
def loaded_classes(qapp: object) -> None:
    """As in the program: every class of Qt is made before another thread names one."""
    assert Preload().go_on(math.inf)


@pytest.fixture(scope="module", autouse=True)
def rubbish_of_its_own() -> Iterator[None]:
    """What was there before is not looked through each time a window goes: that would take longer than most tests."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def program(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Program]:
    """Starts the program on a store as often as it is asked; what is kept lasts from one start to the next."""
    monkeypatch.setattr("viewer.paths.state_dir", lambda: tmp_path)
    monkeypatch.setattr("viewer.session.keeping.user_dir", lambda: tmp_path)
    rule = KeyRule(qapp)
    qapp.installEventFilter(rule)
    made: list[Window] = []

    def start(store: Path) -> Window:
        def wait(window: Window) -> None:
            made.append(window)
            with qtbot.waitSignal(window.opened, timeout=OPENING_MS):
                window.open(store)

        return opened(QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat), wait)

    yield start
    for window in made:
        window.close()
        window.deleteLater()
    qapp.removeEventFilter(rule)
    qapp.setStyleSheet("")


@pytest.fixture
def reviewed_store(builtin_store: Path, tmp_path: Path) -> Path:
    """A copy of the built-in store, for a reviewer whose initials are known."""
    QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat).setValue("reviewer", "ab")
    return Path(shutil.copy(builtin_store, tmp_path / "copy.gpkg"))
