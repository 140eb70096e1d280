"""Starting: a command, a window, or a picture where there is no display; and what happens to the unexpected."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QImage, QShowEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from viewer import app
from viewer.app import Alarm, Options, StoreOpener, asked_for, main, opening
from viewer.domain.dates import parse
from viewer.geo.projection import point_to_map
from viewer.session.commands import Select
from viewer.session.opening import REGION, opening_day, opening_state, region_of
from viewer.session.selectors import extent
from viewer.session.session import Session
from viewer.session.state import Play, Ref, State
from viewer.store.dataset import DataSet
from viewer.store.errors import StoreError

CHECKOUT = Path(__file__).parents[2]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def started(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, without any display."""
    clean = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    clean.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [sys.executable, str(CHECKOUT / "main.py"), *arguments],
        cwd=folder, env=clean | environ, capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def test_without_a_display_the_opening_view_is_drawn_and_its_path_printed(tmp_path: Path, small_store: Path) -> None:
    run = started(tmp_path, str(small_store), "--theme", "dark")

    assert run.returncode == 0, run.stderr
    lines = [line for line in run.stderr.splitlines() if "Qt" not in line and "plugin" not in line]
    assert len(lines) == 1
    assert lines[0].startswith("no display")
    assert run.stdout.splitlines() == [str(tmp_path / "badia-view.png")]
    image = QImage(run.stdout.strip())
    assert (image.width(), image.height()) == (1600, 1000)
    assert image.pixelColor(1500, 400).lightness() < 120


def test_in_a_folder_that_cannot_be_written_the_picture_goes_to_the_cache(tmp_path: Path, small_store: Path) -> None:
    run = started(Path("/proc"), str(small_store), XDG_CACHE_HOME=str(tmp_path))

    assert run.returncode == 0, run.stderr
    assert Path(run.stdout.strip()).is_relative_to(tmp_path)


def test_without_a_home_either_the_picture_is_all_that_stays(tmp_path: Path) -> None:
    run = started(Path("/proc"), HOME="/proc/nobody", XDG_CACHE_HOME="", XDG_STATE_HOME="", TMPDIR=str(tmp_path))

    assert run.returncode == 0, run.stderr
    assert [str(path) for path in tmp_path.rglob("*") if path.is_file()] == [run.stdout.strip()]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.gpkg",), "missing.gpkg: there is no such file"), (("--on", "someday"), "someday"),
        (("nonsense",), "nonsense"), (("--theme", "x"), "invalid choice: 'x'"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence_and_code_2(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    run = started(tmp_path, *arguments)

    assert run.returncode == 2
    (line,) = [line for line in run.stderr.splitlines() if "Qt" not in line and "plugin" not in line]
    assert said in line
    assert run.stdout == ""


def test_a_command_runs_without_qt(small_store: Path) -> None:
    code = (
        "import sys; from viewer.app import main; main(sys.argv[1:]);"
        "print([n for n in sys.modules if n.startswith('PySide6')])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "info", str(small_store), "--json"], cwd=CHECKOUT, capture_output=True, text=True
    )

    assert run.returncode == 0, run.stderr
    report, loaded = run.stdout.rsplit("\n[", 1)
    assert json.loads(report)["title"] == "A small data set"
    assert loaded.strip() == "]"


def test_missing_libraries_are_told_before_qt_is_touched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("viewer.preflight.complaint", lambda: "Badia needs libGL.so.1")

    assert main([]) == 2
    assert capsys.readouterr().err == "Badia needs libGL.so.1\n"


def test_the_window_paints_before_the_heavy_packages_are_there(small_store: Path) -> None:
    code = """
import sys
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from viewer.app import Options, StoreOpener
from viewer.ui.window import Window
application = QApplication([])
window = Window(StoreOpener(Options()), QSettings(sys.argv[1] + ".ini", QSettings.Format.IniFormat))
window.painted.connect(application.quit)
window.show()
application.exec()
print(sorted({name.split(".")[0] for name in sys.modules} & {"pyqtgraph", "shapely", "pyproj", "sqlite_utils"}))
"""
    command = [sys.executable, "-c", code, str(small_store)]
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)

    assert run.stdout.strip() == "[]", run.stderr


def test_no_heavy_package_is_loaded_before_the_map() -> None:
    code = """
import sys
from importlib import import_module
from viewer.ui.preload import FOR_READING, FOR_THE_MAP, WITHOUT_QT
for name in (*FOR_READING, *WITHOUT_QT, "viewer.ui.window", *FOR_THE_MAP):
    import_module(name)
print(sorted({name.split(".")[0] for name in sys.modules} & {"pyqtgraph", "shapely", "pyproj", "sqlite_utils"}))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, timeout=60)

    assert run.stdout.strip() == "[]", run.stderr


def test_the_first_view_is_the_region_on_the_day_the_store_asks_for(builtin: DataSet, small: DataSet) -> None:
    state = opening(builtin)
    asked = parse("2017-11-17").latest
    assert (state.time.cursor, state.time.mode, state.time.window_days) == (asked, "window", 30)
    assert state.pins == tuple(builtin.meta.lanes.split()) != ()
    assert region_of(small) == REGION
    assert opening_state(small).pins == ("mosul",), "a lane for a place that the store lacks is left out"


@pytest.mark.parametrize("asked", ["", "soon", "../.."])
def test_a_store_that_asks_for_no_day_opens_on_its_last(small: DataSet, asked: str) -> None:
    mute = dataclasses.replace(small, meta=dataclasses.replace(small.meta, opens_on=asked))
    assert opening_day(mute) == extent(small)[1]


def test_a_store_elsewhere_is_shown_where_it_is(small: DataSet) -> None:
    east, north = point_to_map(60, -40)
    far = replace(small.events, x=small.events.x + np.float32(east), y=small.events.y + np.float32(north))
    west, south, east, north = region_of(replace(small, events=far))

    assert 99 < west < east < 105
    assert -8 < south < north < -2


def test_the_command_line_comes_before_memory_and_nothing_plays_at_the_start() -> None:
    state = asked_for(State(play=Play(running=True)), Options(theme="dark", on="2017-11"))

    assert state.theme == "dark"
    assert state.time.cursor == parse("2017-11").latest
    assert not state.play.running
    assert asked_for(State(theme="dark"), None).theme == "dark"


def test_the_view_is_kept_for_the_next_start(
    small: DataSet, small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.paths.state_dir", lambda: tmp_path)
    left = replace(opening(small), theme="dark", labels="arabic")
    StoreOpener(Options()).keep(small, left)
    loaded = StoreOpener(Options()).load(small_store)

    assert loaded.session.state == left
    assert not loaded.fresh
    loaded.data.close()


def test_a_store_that_is_new_here_comes_in_the_colours_of_the_window(
    small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.paths.state_dir", lambda: tmp_path)
    loaded = StoreOpener(Options()).load(small_store, "dark")

    assert loaded.fresh
    assert loaded.session.state.theme == "dark"
    loaded.data.close()


def test_a_first_look_that_fails_keeps_nobody_from_opening(
    qapp: QApplication, small_store: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("viewer.draw.picture.MapPicture.image", broken)
    StoreOpener(Options()).load(small_store).data.close()

    assert "the first look failed" in caplog.text


def test_damaged_memory_is_as_none(small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.paths.state_dir", lambda: tmp_path)
    shop = StoreOpener(Options())
    first = shop.load(small_store)
    shop.keep(first.data, first.session.state)
    for kept in tmp_path.glob("view*"):
        kept.write_text("{not json")
    again = shop.load(small_store)

    assert again.fresh
    for loaded in (first, again):
        loaded.data.close()


def test_a_store_damaged_while_open_is_told_without_a_dialog(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []

    class Teller:
        tell = staticmethod(told.append)

    error = StoreError("evidence.gpkg: is damaged; copy it again")
    Alarm(cast(Any, Teller()), tmp_path / "badia.log")(StoreError, error, None)
    assert told == [str(error)]
    assert not any(record.exc_info for record in caplog.records)


class Damaged(QWidget):
    """Finds its store damaged while it is shown."""

    def showEvent(self, event: QShowEvent) -> None:
        raise StoreError("a.gpkg: is damaged; copy it again")


def test_a_damaged_store_is_told_in_its_own_words_wherever_it_is_found(qapp: QApplication, tmp_path: Path) -> None:
    """In a hook of Qt, which writes something before them, and in several panels at once."""
    told: list[str] = []

    class Teller:
        tell = staticmethod(told.append)

    alarm, widget = Alarm(cast(Any, Teller()), tmp_path / "badia.log"), Damaged()
    with pytest.raises(StoreError) as caught:
        widget.show()
    alarm(caught.type, caught.value, caught.tb)
    assert told == ["a.gpkg: is damaged; copy it again"]
    session = Session(State())
    for number in (1, 2):
        session.watch(("selected",), partial(_damaged, number))
    with pytest.raises(ExceptionGroup) as several:
        session.dispatch(Select(Ref("event", "one")))
    alarm(several.type, several.value, several.tb)
    assert told[1:] == ["b.gpkg: is damaged (1)", "b.gpkg: is damaged (2)"]
    widget.deleteLater()


def _damaged(number: int, *_: object) -> None:
    raise StoreError(f"b.gpkg: is damaged ({number})")


def test_a_signal_closes_the_window_and_the_old_handlers_come_back(qapp: QApplication) -> None:
    before = signal.getsignal(signal.SIGTERM)
    window = QWidget()
    window.show()
    with app.closing_on_signals(window.close):
        os.kill(os.getpid(), signal.SIGTERM)
        assert not window.isVisible()
    assert signal.getsignal(signal.SIGTERM) == before
    window.deleteLater()


def test_the_unexpected_is_told_once_in_one_sentence_and_logged(
    qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    parent = QWidget()
    alarm = Alarm(parent, tmp_path / "badia.log")
    said: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        next(button for button in box.buttons() if button.text() == "Copy report").click()
        box.button(QMessageBox.StandardButton.Close).click()

    def broken() -> None:
        raise ZeroDivisionError("on purpose")

    with caplog.at_level(logging.CRITICAL, "badia"):
        QTimer.singleShot(0, answer)
        for _ in range(2):
            try:
                broken()
            except ZeroDivisionError as error:
                alarm(type(error), error, error.__traceback__)
    assert len(said) == 1
    assert "ZeroDivisionError" in said[0]
    assert str(tmp_path / "badia.log") in said[0]
    assert "on purpose" in QGuiApplication.clipboard().text()
    assert len(caplog.records) == 2
    QApplication.processEvents()
    parent.close()
    parent.deleteLater()


def test_there_is_no_log_until_there_is_a_line(tmp_path: Path) -> None:
    with app.logging_to(tmp_path) as file:
        assert not file.exists()
        logging.getLogger("badia").warning("the first line")
        assert file.read_text(encoding="utf-8").endswith(" WARNING badia: the first line\n")
    logging.getLogger("badia").warning("another")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1


def test_the_log_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "LOG_BYTES", 2000)
    before = list(logging.getLogger().handlers)
    with app.logging_to(tmp_path) as file:
        assert file == tmp_path / "badia.log"
        for number in range(200):
            logging.getLogger("badia").info("line %s of many", number)
    sizes = [log.stat().st_size for log in tmp_path.glob("badia.log*")]
    assert 0 < sum(sizes) <= 4000
    assert logging.getLogger().handlers == before


def test_what_the_first_step_asks_for_is_worked_out_while_reading(small_store: Path) -> None:
    found = StoreOpener(Options()).read(small_store)
    try:
        known = {function.__qualname__ for function in found.data.memo}
        assert known >= {"calendar_of", "filter_mask", "_counts", "_long", "long_counts", "_everything", "_stacked",
                         "busy_extent", "distinct_pairs"}  # fmt: skip
    finally:
        found.data.close()
