"""The base layer as a hand chooses it: from the menu or dropped, taken or refused, remembered, listed and credited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from tests.mbtiles import ABOUT, as_view, bomb, cells, picture, write
from tests.ui.windows import Program, state, work
from viewer.session.commands import OpenList, SetCamera, SetRaster, ToggleLayer
from viewer.session.state import Raster
from viewer.ui.panels.layers import LayersPanel
from viewer.ui.panels.records import RecordsPanel
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Open = Callable[[Window, Path | None], bool]
LONGEST_MS = 30_000


@pytest.fixture
def opened(program: Program, small_store: Path) -> Callable[[], Window]:
    """Windows on the small store that share a memory; each is closed before the next one comes."""
    made: list[Window] = []

    def build() -> Window:
        for window in made:
            window.close()
        made.append(program(small_store))
        QTest.qWaitForWindowActive(made[-1])
        for _ in range(5):
            QApplication.processEvents()  # the panels take their widths
        return made[-1]

    return build


@pytest.fixture
def window(opened: Callable[[], Window]) -> Window:
    return opened()


@pytest.fixture
def tiles(tmp_path: Path) -> Path:
    """A world in one red tile."""
    return write(tmp_path / "red world.mbtiles", {(0, 0, 0): picture("red")})


def choose(window: Window, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.ui.files.Files.tiles", lambda files, parent, near: path)
    window.run("raster_choose")


def settled(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: work(window).canvas.settled, timeout=LONGEST_MS)


def red(window: Window) -> bool:
    """Whether the map is red in a corner where nothing else is."""
    image = work(window).canvas.grab().toImage()
    colour = image.pixelColor(image.width() - 12, 12)
    return colour.red() > 240 and colour.green() < 20


def drop(window: Window, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), action, mime, button, keys))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sentences that dialogs said, each closed at once."""
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    return said


def test_a_chosen_file_is_drawn_and_named_and_can_be_hidden_and_taken_away(
    window: Window, tiles: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = work(window).panels["layers"]
    assert isinstance(panel, LayersPanel)
    assert not panel.boxes["raster"].isVisible() and not panel.opacity.isVisible()
    choose(window, tiles, monkeypatch)
    qtbot.waitUntil(lambda: state(window).raster == Raster(str(tiles)), timeout=LONGEST_MS)
    settled(window, qtbot)
    assert red(window)
    assert panel.boxes["raster"].isVisible() and panel.boxes["raster"].isChecked()
    assert "red world" in panel.boxes["raster"].toolTip()
    assert work(window).loaded.picture.credits(state(window))[0] == "Base layer: (c) The testers & co"

    panel.opacity.setCurrentIndex(2)
    panel.opacity.activated.emit(2)
    settled(window, qtbot)
    assert state(window).raster.opacity == 40
    assert not red(window)
    panel.boxes["raster"].click()
    assert "raster" not in state(window).layers
    window.run("raster_remove")
    assert state(window).raster.path == ""
    assert panel.boxes["raster"].isHidden()
    window.run("undo")
    assert state(window).raster.path == str(tiles)


def test_a_dropped_file_of_tiles_is_chosen_whatever_its_name(window: Window, tiles: Path, qtbot: QtBot) -> None:
    before, renamed = work(window), tiles.rename(tiles.with_suffix(".gpkg"))
    drop(window, renamed)
    qtbot.waitUntil(lambda: state(window).raster == Raster(str(renamed)), timeout=LONGEST_MS)
    assert work(window) is before


def test_a_dropped_file_that_only_has_the_name_is_refused(
    window: Window, tmp_path: Path, qtbot: QtBot, told: list[str]
) -> None:
    text = tmp_path / "text.mbtiles"
    text.write_text("no tiles", encoding="utf-8")
    drop(window, text)
    qtbot.waitUntil(lambda: bool(told), timeout=LONGEST_MS)
    assert told == [f"{text}: is no SQLite file, so no tile set; choose an MBTiles file"]
    assert state(window).raster == Raster()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: as_view(path, "SELECT 1 AS zoom_level, 0 AS tile_column, 0 AS tile_row, "
                                    "hex(tile_data) AS tile_data FROM map"), ""),
        (lambda path: path.write_bytes(path.read_bytes()[:3000]), "is damaged"),
        (lambda path: path.unlink(), "there is no such file"),
    ],
)  # fmt: skip
def test_a_refused_file_is_one_sentence_and_the_map_stays(
    window: Window, tiles: Path, qtbot: QtBot, told: list[str], monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], Any], said: str,
) -> None:  # fmt: skip
    spoil(tiles)
    settled(window, qtbot)
    before = work(window).canvas.grab().toImage()
    choose(window, tiles, monkeypatch)
    qtbot.waitUntil(lambda: bool(told), timeout=LONGEST_MS)
    assert len(told) == 1
    assert told[0].startswith(f"{tiles}: ") and said in told[0]
    assert state(window).raster == Raster()
    assert not work(window).session.can_undo
    assert work(window).canvas.grab().toImage() == before


def test_of_two_files_the_newer_is_taken(window: Window, tiles: Path, tmp_path: Path, qtbot: QtBot) -> None:
    other = write(tmp_path / "blue.mbtiles", {(0, 0, 0): picture("blue")})
    heard: list[str] = []
    work(window).session.watch(("raster",), lambda before, after, changed: heard.append(after.raster.path))
    work(window).raster_choice.choose(tiles)
    work(window).raster_choice.choose(other)
    qtbot.waitUntil(lambda: bool(heard), timeout=LONGEST_MS)
    assert heard == [str(other)]


def test_what_is_wrong_is_counted_and_listed(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "bad.mbtiles"
    write(path, {cell: bomb() for cell in cells(6)}, {**ABOUT, "bounds": "nonsense"})
    assert not work(window).status.problems.isVisible()
    work(window).session.dispatch(SetRaster(str(path)))
    settled(window, qtbot)
    assert work(window).status.problems.text() == "2 problems"
    assert "bad.mbtiles" in work(window).status.currentMessage()
    work(window).session.dispatch(OpenList("problems"))
    panel = work(window).panels["records"]
    assert isinstance(panel, RecordsPanel)
    rows = range(panel.problems.rowCount())
    assert [panel.problems.index(row, 0).data() for row in rows] == ["bad.mbtiles"] * 2
    assert "wider or higher than" in panel.problems.index(1, 1).data()
    assert panel.head.text().startswith("2 problems found")

    work(window).session.dispatch(ToggleLayer("raster"))
    settled(window, qtbot)
    assert not work(window).status.problems.isVisible()
    assert panel.problems.rowCount() == 0


def test_the_file_is_remembered_and_one_that_is_gone_is_told(
    opened: Callable[[], Window], tiles: Path, qtbot: QtBot
) -> None:
    first = opened()
    work(first).session.dispatch(SetRaster(str(tiles)))
    settled(first, qtbot)
    again = opened()
    settled(again, qtbot)
    assert red(again)
    tiles.rename(tiles.with_name("away"))
    last = opened()
    settled(last, qtbot)
    assert not red(last)
    assert work(last).status.currentMessage() == f"Base layer: {tiles.name}: there is no such file; check the name"
    assert work(last).status.problems.text() == "1 problem"
    tiles.with_name("away").rename(tiles)
    work(last).session.dispatch(SetCamera(replace(state(last).camera, scale=500.0)))
    settled(last, qtbot)
    assert red(last)
    assert not work(last).status.problems.isVisible()


def test_a_view_whose_tiles_are_not_there_is_painted_by_the_thread(
    window: Window, tiles: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(window).session.dispatch(SetRaster(str(tiles)))
    settled(window, qtbot)
    ordered: list[object] = []
    artist = work(window).canvas.artist
    order = artist.order
    monkeypatch.setattr(artist, "order", lambda wish: (ordered.append(wish), order(wish)))
    camera = state(window).camera
    work(window).session.dispatch(SetCamera(replace(camera, x=camera.x + 900 * camera.scale)))
    settled(window, qtbot)
    assert ordered
    assert red(window)
