"""What the tests of the window share."""

from __future__ import annotations

import gc
import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.leftovers import nothing_left
from tests.ui.windows import BeginLasting, Lasting, Program, opened, work
from viewer.app import Options, StoreOpener
from viewer.domain.dates import parse
from viewer.session.commands import SetCursor
from viewer.ui.keyboard import KeyRule
from viewer.ui.preload import Preload
from viewer.ui.window import Window

OPENING_MS = 20_000
CHRISTMAS = parse("2017-12-25").earliest or 0


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
def key_rule(qapp: QApplication) -> Iterator[None]:
    """Keys go where the program lets them go, whose rule app puts on."""
    rule = KeyRule(qapp)
    qapp.installEventFilter(rule)
    yield
    qapp.removeEventFilter(rule)


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> QSettings:
    """What windows remember from one to the next, of which nothing is left by another test."""
    monkeypatch.setattr("viewer.paths.state_dir", lambda: tmp_path)
    monkeypatch.setattr("viewer.session.keeping.user_dir", lambda: tmp_path)
    return QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing glides: whoever asks for it sees the end at once."""
    monkeypatch.setenv("BADIA_REDUCED_MOTION", "1")


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other program is found, such as one that keeps the screen awake."""
    monkeypatch.setenv("PATH", "")


@pytest.fixture
def stores() -> StoreOpener:
    """Where windows get their stores from."""
    return StoreOpener(Options())


@pytest.fixture
def unseen(qapp: QApplication, key_rule: None, memory: QSettings, stores: StoreOpener) -> Iterator[Window]:
    """The window of a program that has opened nothing yet, before it is shown."""
    window = Window(stores, memory)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1366, 768)
    yield window
    window.close()
    window.deleteLater()
    qapp.setStyleSheet("")
    gc.collect()


@pytest.fixture
def shell(unseen: Window) -> Window:
    """The window without a store."""
    unseen.show()
    QTest.qWaitForWindowActive(unseen)
    return unseen


@pytest.fixture
def program(qapp: QApplication, key_rule: None, memory: QSettings, qtbot: QtBot) -> Iterator[Program]:
    """Starts the program on a store as often as it is asked; what is kept lasts from one start to the next."""
    made: list[Window] = []

    def start(store: Path) -> Window:
        def wait(window: Window) -> None:
            made.append(window)
            with qtbot.waitSignal(window.opened, timeout=OPENING_MS):
                window.open(store)

        return opened(memory, wait)

    yield start
    for window in made:
        window.close()
        window.deleteLater()
    qapp.setStyleSheet("")


@pytest.fixture(scope="module")
def begin_lasting(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BeginLasting]:
    """Starts the program on a store, for all tests of a file."""
    folder, made = tmp_path_factory.mktemp("lasting"), list[Window]()
    rule = KeyRule(qapp)

    def wait(window: Window, store: Path) -> None:
        made.append(window)
        heard = QSignalSpy(window.opened)
        window.open(store)
        assert heard.wait(OPENING_MS)

    with nothing_left(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("viewer.paths.state_dir", lambda: folder)
        patch.setattr("viewer.session.keeping.user_dir", lambda: folder)
        memory = QSettings(str(folder / "w.ini"), QSettings.Format.IniFormat)
        qapp.installEventFilter(rule)
        yield lambda store: Lasting(opened(memory, lambda window: wait(window, store)))
        for window in made:
            window.close()
            window.deleteLater()
        qapp.removeEventFilter(rule)
        qapp.setStyleSheet("")


@pytest.fixture(scope="module")
def at_christmas(begin_lasting: BeginLasting, small_store: Path) -> Lasting:
    """One window for all tests of a file, with the small store at Christmas 2017."""
    made = begin_lasting(small_store)
    work(made.window).session.dispatch(SetCursor(CHRISTMAS))
    made.keep()
    return made


@pytest.fixture
def window(at_christmas: Lasting) -> Window:
    """The window at Christmas as it was kept, for each file that has no `window` of its own."""
    return at_christmas.again()


@pytest.fixture
def reviewed_store(builtin_store: Path, memory: QSettings, tmp_path: Path) -> Path:
    """A copy of the built-in store, for a reviewer whose initials are known."""
    memory.setValue("reviewer", "ab")
    return Path(shutil.copy(builtin_store, tmp_path / "copy.gpkg"))
