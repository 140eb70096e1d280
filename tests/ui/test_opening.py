"""Opening a store while the window lives on: progress, taking it back, and nothing left running."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.windows import Key, Mod, press, settled, work
from viewer import app
from viewer.app import Options, StoreOpener
from viewer.session.commands import SetLabels
from viewer.session.selectors import counters
from viewer.store.dataset import DataSet
from viewer.store.errors import StoreError
from viewer.store.progress import Cancelled, Report
from viewer.ui import dialogs, opening
from viewer.ui.loaded import Found
from viewer.ui.opening import PULSE_MS, SHOWN_AFTER_MS, Bell
from viewer.ui.reading import Reading
from viewer.ui.window import NOTHING_OPEN, Window

CHECKOUT = Path(__file__).parents[2]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Open = Callable[[Window, Path | None], bool]
DOING = "Reading the incidents"


class Gate(StoreOpener):
    """Stores that are read as always, but only once the gate is opened; until then they are a quarter done."""

    def __init__(self) -> None:
        super().__init__(Options())
        self.open = threading.Event()
        self.entered = threading.Event()
        self.threads: list[threading.Thread] = []
        self.read_data: list[DataSet] = []
        self.error: Exception | None = None

    def read(self, path: Path | None, report: Report, looks: bool = True) -> Found:  # type: ignore[override]
        self.threads.append(threading.current_thread())
        self.entered.set()
        report(DOING, 0.25)
        while not self.open.wait(0.002):
            report(DOING, 0.25)
        if self.error is not None:
            raise self.error
        found = super().read(path, looks=looks)
        self.read_data.append(found.data)
        return found

    def shut(self) -> None:
        self.open.clear()
        self.entered.clear()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def stores(gate: Gate) -> Gate:
    """A gate that is shut stands before every store."""
    return gate


@pytest.fixture
def window(shell: Window, gate: Gate, small_store: Path, open_store: Open) -> Window:
    """The window with the small store, before the gate that is shut again."""
    gate.open.set()
    assert open_store(shell, small_store)
    gate.shut()
    QApplication.processEvents()
    return shell


@pytest.fixture
def begun(gate: Gate, qtbot: QtBot) -> Callable[[Window, Path | None], None]:
    """Begin to open a store and wait until its panel is seen."""

    def begin(window: Window, path: Path | None) -> None:
        window.open(path)
        qtbot.waitUntil(lambda: window.opening.panel.isVisible() and gate.entered.is_set())

    return begin


def middle(window: Window) -> str:
    label = window.centralWidget()
    assert isinstance(label, QLabel)
    return label.text()


class Heard(QObject):
    """Counts the events of a kind that reach a widget."""

    def __init__(self, widget: QWidget, kind: QEvent.Type) -> None:
        super().__init__(widget)
        self.kind, self.number = kind, 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.number += event.type() == self.kind
        return False


def test_what_is_open_stays_usable_while_another_is_read(
    window: Window, begun: Open, gate: Gate, small_store: Path, qtbot: QtBot
) -> None:
    old = work(window)
    begun(window, small_store)
    assert gate.threads[-1] is not threading.main_thread()

    before = old.session.state
    press(old.canvas, Key.Key_Right)
    assert old.session.state.time.cursor == before.time.cursor + 1
    paints = Heard(old.canvas, QEvent.Type.Paint)
    window.resize(1000, 640)
    qtbot.waitUntil(lambda: paints.number > 0)
    assert window.work is old

    with qtbot.waitSignal(window.opened) as heard:
        gate.open.set()
    assert heard.args == [True]
    assert work(window) is not old
    assert not window.opening.panel.isVisible()
    with pytest.raises(StoreError):
        _ = old.data.store.connection


def test_what_is_done_to_the_view_meanwhile_is_kept(
    window: Window, begun: Open, gate: Gate, small_store: Path, qtbot: QtBot
) -> None:
    begun(window, small_store)
    work(window).session.dispatch(SetLabels("arabic"))
    with qtbot.waitSignal(window.opened):
        gate.open.set()

    assert work(window).session.state.labels == "arabic"


def test_the_keys_go_to_the_map_once_a_store_is_open(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(work(window).canvas.hasFocus)


def test_the_panel_says_what_is_done_and_how_far_it_is(
    window: Window, begun: Open, small_store: Path
) -> None:
    begun(window, small_store)
    panel = window.opening.panel

    assert panel.words.text() == f"{small_store.name}: {DOING}"
    assert panel.bar.text() == "25 %"
    assert panel.words.accessibleName() == f"Opening {small_store.name}: {DOING}"
    assert panel.bar.accessibleName()
    assert panel.button.accessibleName() == "Cancel opening"
    for size in (1200, 700), (640, 420):
        window.resize(*size)
        QApplication.processEvents()
        assert panel.geometry().bottomRight() == window.rect().bottomRight()
        assert panel.width() <= window.width()


def test_without_a_store_the_panel_is_in_the_middle(shell: Window, begun: Open, small_store: Path) -> None:
    begun(shell, small_store)
    panel = shell.opening.panel

    assert middle(shell) == f"Opening {small_store.name} \u2026"
    assert panel.words.text() == DOING
    assert abs(panel.geometry().center().x() - shell.rect().center().x()) <= 1
    assert panel.geometry().bottom() < shell.height() * 3 // 4


def test_what_opens_at_once_shows_no_panel(shell: Window, gate: Gate, open_store: Open, small_store: Path) -> None:
    shown = Heard(shell.opening.panel, QEvent.Type.Show)
    gate.open.set()
    shell.opening._pulse.timeout.disconnect()  # as if all of it took less time than the first beat
    assert open_store(shell, small_store)

    assert shown.number == 0
    assert shell.opening._pulse.interval() == SHOWN_AFTER_MS == 150


def test_a_flood_of_reports_is_not_a_flood_of_paints(window: Window, qtbot: QtBot) -> None:
    told, go = threading.Event(), threading.Event()

    def flood(path: Path | None, report: Report, looks: bool = True) -> Found:
        report(DOING, 0.0)
        go.wait(20)
        for number in range(10_000):
            report(f"{DOING} {number}", number / 10_000)
        report(DOING, 0.5)  # it never runs backwards
        told.set()
        while True:
            report(DOING, 0.5)

    window.opening._read = flood
    values: list[int] = []
    window.opening.panel.bar.valueChanged.connect(values.append)
    window.open(None)
    qtbot.waitUntil(window.opening.panel.isVisible)
    go.set()
    qtbot.waitUntil(lambda: told.is_set() and values[-1:] == [1000])
    window.run("close")

    assert PULSE_MS >= 1000 / 15
    assert values == sorted(values)
    assert len(values) < 50


@pytest.mark.parametrize("way", ["escape", "click", "enter"])
def test_an_opening_is_taken_back_and_what_was_open_stays(
    window: Window, begun: Open, small_store: Path, qtbot: QtBot, way: str
) -> None:
    old = work(window)
    begun(window, small_store)
    panel = window.opening.panel
    with qtbot.waitSignal(window.opened) as heard:
        if way == "escape":
            press(old.canvas, Key.Key_Escape)
        elif way == "click":
            QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
        else:
            panel.button.setFocus(Qt.FocusReason.TabFocusReason)
            press(panel.button, Key.Key_Return)

    assert heard.args == [False]
    assert window.work is old
    assert old.canvas.hasFocus()
    assert not panel.isVisible()
    assert old.status.currentMessage() == f"Opening {small_store.name} was cancelled"


def test_the_button_is_reached_by_keyboard(window: Window, begun: Open, small_store: Path) -> None:
    begun(window, small_store)
    assert work(window).canvas.hasFocus()
    press(work(window).canvas, Key.Key_Tab)

    assert window.opening.panel.button.hasFocus()


def test_the_first_opening_is_taken_back_into_an_empty_window(
    shell: Window, begun: Open, gate: Gate, small_store: Path, open_store: Open
) -> None:
    begun(shell, small_store)
    shell.search.setFocus()
    press(shell.search, Key.Key_Escape)

    assert middle(shell) == NOTHING_OPEN
    gate.open.set()
    assert open_store(shell, small_store)


def test_ctrl_r_reads_again_only_what_is_shown(shell: Window, begun: Open, small_store: Path) -> None:
    begun(shell, small_store)
    press(shell, Key.Key_R, Mod.ControlModifier)

    assert shell.opening.path == small_store


def test_nothing_of_a_store_stays_once_another_is_open(
    shell: Window, gate: Gate, open_store: Open, small_store: Path, builtin_store: Path
) -> None:
    gate.open.set()
    open_store(shell, small_store)
    left = work(shell)
    left.finish()
    for panel in left.panels:
        left.open_panels.toggle_panel(panel)
    left.briefing.add()
    left.briefing.present()
    used = (left.exporting, left.reviewing.log, left.reviewing.merging, left.briefing.presenter)
    assert all(used)
    settled(shell)
    things = [weakref.ref(thing) for thing in (left, left.data, left.session, left.canvas, *left.panels.values())]
    del left, used
    gate.read_data.clear()
    open_store(shell, builtin_store)
    settled(shell)
    gc.collect()

    assert [type(thing()).__name__ for thing in things if thing() is not None] == []


def test_a_second_opening_takes_the_place_of_the_first(
    window: Window, begun: Open, gate: Gate, small_store: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    heard: list[bool] = []
    window.opened.connect(heard.append)
    begun(window, small_store)
    first = gate.threads[-1]
    other = tmp_path / "other.gpkg"
    other.write_bytes(small_store.read_bytes())
    window.open(other)
    qtbot.waitUntil(lambda: not first.is_alive())
    with qtbot.waitSignal(window.opened):
        gate.open.set()

    assert heard == [True]
    assert work(window).data.path == other


def test_what_is_found_too_late_is_closed(
    window: Window, gate: Gate, small_store: Path, qtbot: QtBot
) -> None:
    late = threading.Event()

    def deaf(path: Path | None, report: Report, looks: bool = True) -> Found:
        late.wait(20)
        return StoreOpener.read(gate, path)

    window.opening._read = deaf
    found: list[DataSet] = []
    bell = Bell()
    reading = Reading(small_store, lambda path, report: found_of(deaf(path, report), found), bell.ring)
    with qtbot.waitSignal(bell.rung):
        reading.start()
        reading.cancel()
        late.set()
    reading.wait(5)

    assert reading.found is None
    with pytest.raises(StoreError):
        _ = found[0].store.connection


def found_of(found: Found, kept: list[DataSet]) -> Found:
    kept.append(found.data)
    return found


def test_an_error_nobody_expected_is_raised_in_the_window(
    window: Window, begun: Open, gate: Gate, small_store: Path, open_store: Open, qtbot: QtBot
) -> None:
    old = work(window)
    gate.error = ZeroDivisionError("on purpose")
    begun(window, small_store)
    with qtbot.capture_exceptions() as raised, qtbot.waitSignal(window.opened) as heard:
        gate.open.set()
    QApplication.processEvents()

    assert heard.args == [False]
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]
    assert window.work is old
    gate.error = None
    assert open_store(window, small_store)


def test_an_error_in_an_opening_that_was_taken_back_is_nobodys_business(
    window: Window, begun: Open, gate: Gate, small_store: Path, qtbot: QtBot
) -> None:
    def torn(path: Path | None, report: Report, looks: bool = True) -> Found:
        try:
            return Gate.read(gate, path, report)
        except Cancelled:
            raise StoreError("takes too long") from None

    window.opening._read = torn
    begun(window, small_store)
    with qtbot.waitSignal(window.opened) as heard:
        window.run("close")
    gate.threads[-1].join()
    QApplication.processEvents()

    assert heard.args == [False]
    assert QApplication.activeModalWidget() is None


def test_a_refused_store_says_so_and_what_was_open_stays(
    window: Window, begun: Open, gate: Gate, small_store: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(dialogs, "sentence", lambda _parent, _title, text, **_: said.append(text))
    old = work(window)
    gate.error = StoreError("there is no such file")
    begun(window, small_store)
    with qtbot.waitSignal(window.opened) as heard:
        gate.open.set()

    assert (heard.args, said, window.work) == ([False], ["there is no such file"], old)


@pytest.mark.parametrize("kind", [QMenu, QDialog])
def test_the_store_changes_only_once_menus_and_dialogs_are_closed(
    window: Window, begun: Open, gate: Gate, small_store: Path, qtbot: QtBot, kind: type[QMenu] | type[QDialog]
) -> None:
    old = work(window)
    begun(window, small_store)
    held = kind(window)
    held.addAction("Something to do")
    held.popup(window.pos()) if isinstance(held, QMenu) else held.open()
    gate.open.set()
    qtbot.waitUntil(lambda: window.opening.panel.words.accessibleName().endswith(opening.WAITING))
    assert window.work is old

    with qtbot.waitSignal(window.opened) as heard:
        held.close()
    assert heard.args == [True]
    held.deleteLater()


def test_while_it_waits_it_can_still_be_taken_back(
    window: Window, begun: Open, gate: Gate, small_store: Path, qtbot: QtBot
) -> None:
    begun(window, small_store)
    dialog = QDialog(window)
    dialog.open()
    gate.open.set()
    qtbot.waitUntil(lambda: window.opening.panel.words.accessibleName().endswith(opening.WAITING))
    assert window.opening.cancel()
    dialog.close()
    dialog.deleteLater()

    with pytest.raises(StoreError):
        _ = gate.read_data[-1].store.connection


def test_closing_the_window_ends_the_reading(
    window: Window, begun: Open, gate: Gate, small_store: Path
) -> None:
    def slow_to_hear(path: Path | None, report: Report, looks: bool = True) -> Found:
        try:
            return Gate.read(gate, path, report)
        finally:
            threading.Event().wait(0.3)

    window.opening._read = slow_to_hear
    begun(window, small_store)
    press(work(window).canvas, Key.Key_Q, Mod.ControlModifier)

    assert not window.isVisible()
    assert not gate.threads[-1].is_alive()
    window.open(small_store)
    assert not window.opening.running


def test_threads_take_turns_and_rubbish_stays_only_while_a_store_is_read(
    window: Window, begun: Open, gate: Gate, small_store: Path, qtbot: QtBot
) -> None:
    usual = sys.getswitchinterval()
    assert gc.isenabled()
    begun(window, small_store)
    begun(window, small_store)
    assert sys.getswitchinterval() < usual
    assert not gc.isenabled()
    with qtbot.waitSignal(window.opened):
        gate.open.set()

    assert gc.isenabled()
    qtbot.waitUntil(lambda: sys.getswitchinterval() == usual)  # a thread that paints ground takes turns, too


NO_CLASSES_BY_THREADS = """
import sys, threading
from pathlib import Path

def classes():
    from shiboken6 import Shiboken
    found, waiting = set(), [Shiboken.Object]
    while waiting:
        new = set(type.__subclasses__(waiting.pop())) - found
        found |= new
        waiting += new
    return found

class Watch:
    def find_spec(self, name, *_):
        by_thread = threading.current_thread() is not threading.main_thread()
        if by_thread and name.startswith(("PySide6", "shiboken6", "pyqtgraph", "viewer.draw", "viewer.ui")):
            print("imported by a thread:", name)

sys.meta_path.insert(0, Watch())
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from viewer.app import Options, StoreOpener
from viewer.ui.window import Window

class Stores(StoreOpener):
    def read(self, path, report, looks=True):
        before = classes()
        found = super().read(path, report, looks)
        if looks:  # without, the window's own thread makes some at the same time
            print("made by a thread:", sorted(made.__name__ for made in classes() - before))
        return found

application = QApplication([])
window = Window(Stores(Options()), QSettings(sys.argv[1] + "/window.ini", QSettings.Format.IniFormat))
opened = []

def again():
    opened.append(window.work)
    if len(opened) == 2:
        window.close()
        return
    window.work.timeline
    window.open(Path(sys.argv[2]))

window.opened.connect(again)
window.open(Path(sys.argv[2]))
window.show()
application.exec()
"""


def test_no_thread_but_the_windows_makes_a_class_of_qt(tmp_path: Path, small_store: Path) -> None:
    command = [sys.executable, "-c", NO_CLASSES_BY_THREADS, str(tmp_path), str(small_store)]
    environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    run = subprocess.run(command, cwd=CHECKOUT, env=environ, capture_output=True, text=True, timeout=100)

    assert run.stdout.splitlines() == ["made by a thread: []"], run.stderr


def test_reading_without_a_look_names_nothing_of_qt(small_store: Path) -> None:
    code = """
import sys
from pathlib import Path
from viewer.app import Options, StoreOpener

class Ban:
    def find_spec(self, name, *_):
        if name.startswith(("PySide6", "shiboken6", "pyqtgraph")):
            raise ImportError(name)

sys.meta_path.insert(0, Ban())
found = StoreOpener(Options()).read(Path(sys.argv[1]), looks=False)
print(found.data.meta.title, found.picture)
"""
    command = [sys.executable, "-c", code, str(small_store)]
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)

    assert run.stdout.strip() == "A small data set None", run.stderr


def test_reading_without_a_look_has_counted_what_the_first_picture_asks_for(
    small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = StoreOpener(Options()).read(small_store, looks=False)
    monkeypatch.delattr("viewer.session.selectors.day_counts")

    assert counters(found.data, app.opening(found.data)).mapped > 0
    found.data.close()


def test_a_count_that_fails_keeps_no_store_from_opening(
    small_store: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr("viewer.session.selectors.day_counts")
    found = StoreOpener(Options()).read(small_store, looks=False)

    assert found.data.meta.title == "A small data set"
    assert "the first count failed" in caplog.text
    found.data.close()


def test_no_source_is_read_when_modules_are_imported_after_qt() -> None:
    code = """
import linecache
from viewer.ui.preload import import_plainly
import PySide6.QtCore
import_plainly()
import viewer.draw.picture
print([name for name in linecache.cache if "viewer" in name])
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, timeout=60)

    assert run.stdout.strip() == "[]", run.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere importing loads them")
def test_libraries_are_loaded_without_importing_qt_and_the_windows_thread_stays_it() -> None:
    code = """
import sys
from viewer.ui.preload import load_libraries
load_libraries()
with open("/proc/self/maps") as maps:
    print("libQt6Widgets" in maps.read(), "PySide6" in sys.modules)
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
application = QApplication([])
print(QThread.isMainThread())
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, timeout=60)

    assert run.stdout.splitlines() == ["True False", "True"], run.stderr


@pytest.mark.parametrize(("milliseconds", "with_map"), [(1_000_000, True), (0, False)])
def test_keys_have_their_rule_from_the_first_map_on_or_after_a_moment_without(
    milliseconds: int, with_map: bool, tmp_path: Path, small_store: Path
) -> None:
    code = """
import sys
from PySide6.QtCore import QTimer
from viewer import app, preflight
from viewer.ui import keyboard, window

class Listening(keyboard.KeyRule):
    def eventFilter(self, watched, event):
        heard.append(windows[0].work is not None)
        return super().eventFilter(watched, event)

class Watched(window.Window):
    def show(self):
        windows.append(self)
        self.opened.connect(lambda shown: QTimer.singleShot(0, self.close))
        super().show()

heard, windows = [], []
keyboard.KeyRule, window.Window = Listening, Watched
preflight.has_display = lambda: True
app.KEYS_MS = int(sys.argv[2])
app.main([sys.argv[1]])
print(heard[0])
"""
    command = [sys.executable, "-c", code, str(small_store), str(milliseconds)]
    environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    run = subprocess.run(command, cwd=CHECKOUT, env=environ, capture_output=True, text=True, timeout=100)

    assert run.stdout.splitlines()[-1:] == [str(with_map)], run.stderr


def test_a_thread_that_hangs_goes_with_the_program(tmp_path: Path) -> None:
    code = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from viewer.app import Options, StoreOpener
from viewer.ui import opening
from viewer.ui.window import Window

begun = []

class Deaf(StoreOpener):
    def read(self, path, report, looks=True):
        begun.append(path)
        if path is None:
            threading.Event().wait()
        while True:
            sum(range(1000))

def go_on():
    if begun == [None]:
        window.open(Path("other.gpkg"))
    elif len(begun) == 2:
        window.close()

opening.LAST_WAIT_SECONDS = 0.05
application = QApplication([])
window = Window(Deaf(Options()), QSettings(sys.argv[1] + ".ini", QSettings.Format.IniFormat))
window.painted.connect(lambda: window.open(None))
window.show()
timer = QTimer()
timer.timeout.connect(go_on)
timer.start(20)
code = application.exec()
print(len(begun), "were begun")
sys.exit(code)
"""
    command = [sys.executable, "-X", "faulthandler", "-c", code, str(tmp_path / "window")]
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)

    assert run.returncode == 0, run.stderr
    said = [line for line in run.stderr.splitlines() if "This plugin does not support" not in line]
    assert all("is left behind" in line for line in said), run.stderr
    assert run.stdout.splitlines() == ["2 were begun"]


def test_the_first_store_is_read_before_qt_is_loaded(tmp_path: Path, small_store: Path) -> None:
    code = """
import sys
from viewer import app, preflight

class Watch:
    def find_spec(self, name, *_):
        if name in ("PySide6.QtCore", "viewer.ui.window"):
            print(name)
        if name == "viewer.ui.window":
            from PySide6.QtCore import QTimer
            from PySide6.QtWidgets import QApplication
            QTimer.singleShot(0, QApplication.instance(), later)

def later():
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    window = next((one for one in QApplication.topLevelWidgets() if type(one).__name__ == "Window"), None)
    if window is None or window.work is None or window.work.canvas.result is None:
        QTimer.singleShot(5, later)
        return
    print("shown", window.work.data.meta.title)
    window.close()

def open_basemap(before=app.open_basemap):
    found = before()
    print("read")
    return found

app.ALONE_SECONDS = 20
app.open_basemap = open_basemap
preflight.has_display = lambda: True
sys.meta_path.insert(0, Watch())
sys.exit(app.main([sys.argv[1]]))
"""
    command = [sys.executable, "-c", code, str(small_store)]
    environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    run = subprocess.run(command, cwd=CHECKOUT, env=environ, capture_output=True, text=True, timeout=60)

    said = ["read", "PySide6.QtCore", "viewer.ui.window", "shown A small data set"]
    assert (run.returncode, run.stdout.splitlines()) == (0, said), run.stderr
