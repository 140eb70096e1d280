"""The window as a hand meets it: keys wherever the focus is, opening, remembering, and leaving nothing behind."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.windows import Key, Mod, press, settled, state, work
from viewer.app import Options, StoreOpener
from viewer.domain.dates import parse
from viewer.session.commands import (
    Batch,
    OpenList,
    Select,
    SetCursor,
    SetFilters,
    SetTheme,
)
from viewer.session.state import Filters, Ref
from viewer.store.errors import StoreError
from viewer.ui.loaded import Found
from viewer.ui.picture_export import PictureDialog
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DAY = parse("2017-12-25").earliest or 0
Open = Callable[[Window, Path | None], bool]


@pytest.fixture
def window(shell: Window, small_store: Path, open_store: Open) -> Window:
    """The window with the small store at Christmas 2017."""
    assert open_store(shell, small_store)
    work(shell).session.dispatch(SetCursor(DAY))
    settled(shell)
    return shell


def save(window: Window, more: Mod = Mod.NoModifier) -> None:
    """Save the view as it is offered."""
    press(work(window).canvas, Key.Key_S, Mod.ControlModifier | more)
    (dialog,) = (one for one in window.findChildren(PictureDialog) if one.isVisible())
    press(dialog.go_on, Key.Key_Return)


def test_saving_a_picture(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "view.png"
    monkeypatch.setattr("viewer.ui.files.Files.picture", lambda files, parent, suggested: path)
    save(window)

    assert path.read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in tmp_path.glob("view*")] == ["view.png"]


def test_saving_for_print_leaves_the_window_as_it_is(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "view.png"
    monkeypatch.setattr("viewer.ui.files.Files.picture", lambda files, parent, suggested: path)
    save(window, Mod.ShiftModifier)
    state_print = replace(state(window), theme="print")

    assert state(window).theme == "light"
    saved = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    work(window).session.dispatch(SetTheme("print"))
    assert state(window) == state_print
    assert saved == work(window).view_picture.made().convertToFormat(QImage.Format.Format_RGB32)


@pytest.mark.parametrize("name", ["store.png", "link.png", "torn.db"])
def test_a_picture_is_never_saved_over_a_store(
    window: Window, small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_store: Open, name: str
) -> None:
    store, link, torn = (tmp_path / each for each in ("store.png", "link.png", "torn.db"))
    store.write_bytes(small_store.read_bytes())
    link.symlink_to(store)
    torn.write_bytes(b"torn")
    open_store(window, store)
    monkeypatch.setattr("viewer.ui.files.Files.picture", lambda files, parent, suggested: tmp_path / name)
    said = answered()
    save(window)

    (text,) = said
    assert f"{tmp_path / name}: is a store" in text
    assert "\n" not in text
    assert (store.read_bytes(), torn.read_bytes()) == (small_store.read_bytes(), b"torn")
    assert link.is_symlink()


@pytest.mark.parametrize(
    ("name", "says"), [("no/view.png", "its folder does not exist"), (f"{'x' * 300}.png", "cannot be written")]
)
def test_a_picture_that_cannot_be_written_is_one_sentence(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    monkeypatch.setattr("viewer.ui.files.Files.picture", lambda files, parent, suggested: tmp_path / name)
    said = answered()
    save(window)

    assert len(said) == 1
    assert says in said[0]


def answered(choice: str = "") -> list[str]:
    """Answer the next message box, whenever it comes, and note what it said."""
    said: list[str] = []
    shell = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Window))
    look = QTimer(shell)

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            return
        look.stop()
        look.deleteLater()
        said.append(box.text())
        wanted = [button for button in box.buttons() if button.text() == choice]
        (wanted[0] if wanted else box.buttons()[-1]).click()

    look.timeout.connect(answer)
    look.start(5)
    return said


BAD_FILES = {"empty.gpkg": b"", "text.gpkg": b"hello " * 200}


@pytest.mark.parametrize("name", [*BAD_FILES, "missing.gpkg"])
def test_a_bad_file_is_one_sentence_and_the_old_view_stays(
    window: Window, tmp_path: Path, name: str, open_store: Open
) -> None:
    path = tmp_path / name
    if name in BAD_FILES:
        path.write_bytes(BAD_FILES[name])
    before, old = state(window), window.work
    said = answered()

    assert not open_store(window, path)
    assert len(said) == 1
    assert name in said[0]
    assert "\n" not in said[0]
    assert window.work is old
    assert state(window) == before


def test_a_bad_file_at_the_start_leaves_a_usable_window(
    shell: Window, tmp_path: Path, small_store: Path, open_store: Open
) -> None:
    (tmp_path / "empty.gpkg").touch()
    answered()

    assert not open_store(shell, tmp_path / "empty.gpkg")
    assert shell.work is None
    for key in (Key.Key_Space, Key.Key_Right, Key.Key_Escape):
        press(shell, key)
    assert open_store(shell, small_store)


def test_the_view_is_restored_at_the_next_start(window: Window, small_store: Path, open_store: Open) -> None:
    session = work(window).session
    session.dispatch(SetFilters(Filters(actors=("is",))))
    session.dispatch(Select(Ref("event", "month")))
    press(work(window).canvas, Key.Key_Plus, Mod.ControlModifier)
    left = state(window)

    assert open_store(window, small_store)
    found = state(window)
    assert work(window).session is not session
    assert (found.camera, found.time, found.filters) == (left.camera, left.time, left.filters)


def test_the_layout_is_restored_or_ignored(
    window: Window, memory: QSettings, small_store: Path, open_store: Open
) -> None:
    press(work(window).canvas, Key.Key_F2)
    assert open_store(window, small_store)
    assert not work(window).docks["layers"].isVisible()

    memory.setValue("docks", QByteArray(b"nonsense"))
    memory.setValue("geometry", "nonsense")
    assert window._bytes("geometry") == QByteArray()
    other = Window(window.stores, memory)
    try:
        other.show()
        assert open_store(other, small_store)
        settled(other)
        assert work(other).docks["timeline"].isVisible()
    finally:
        other.close()
        other.deleteLater()


def test_the_layout_comes_back_at_the_next_start(
    window: Window, memory: QSettings, small_store: Path, open_store: Open
) -> None:
    work(window).docks["layers"].setVisible(False)
    window.close()
    other = Window(window.stores, memory)
    try:
        other.show()
        assert open_store(other, small_store)
        settled(other)
        assert [name for name in ("layers", "filters") if work(other).docks[name].isVisible()] == ["filters"]
    finally:
        other.close()
        other.deleteLater()


def test_another_store_moves_no_panel_and_asks_the_old_one_nothing(
    window: Window, small_store: Path, open_store: Open, qtbot: QtBot
) -> None:
    def tabs() -> list[str]:
        bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
        return [bars[0].tabText(number) for number in range(bars[0].count())]

    press(work(window).canvas, Key.Key_F3)
    work(window).session.dispatch(Batch((SetFilters(Filters(text="river")), OpenList("view"))))
    settled(window)
    stay = ("layers", "filters", "timeline")
    places = [work(window).docks[name].geometry() for name in stay]
    before, old = tabs(), work(window)
    with qtbot.captureExceptions() as caught:
        assert open_store(window, small_store)
        settled(window)
    assert caught == []
    assert work(window) is not old
    assert tabs() == before
    assert [work(window).docks[name].geometry() for name in stay] == places
    assert work(window).docks["filters"].widget() is work(window).panels["filters"]
    assert work(window).docks["filters"].visibleRegion().isEmpty() is False


def test_a_window_that_is_closed_before_the_store_is_shown_closes_the_store(
    shell: Window, small_store: Path, qtbot: QtBot
) -> None:
    first, second = (StoreOpener(Options()).load(small_store) for _ in range(2))
    for loaded in (first, second):
        shell._arrived(Found(loaded.data, loaded.basemap, loaded.session.state, loaded.picture), small_store)
    with pytest.raises(StoreError, match="is closed"):
        first.data.store.within()  # what came before it and was not shown yet
    second.data.store.within()
    shell.close()
    qtbot.wait(20)
    assert shell.work is None
    with pytest.raises(StoreError, match="is closed"):
        second.data.store.within()


def test_a_dropped_file_is_opened_and_what_was_open_is_found_again(
    window: Window, small_store: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    copy = tmp_path / "copy.gpkg"
    copy.write_bytes(small_store.read_bytes())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(copy))])
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Mod.NoModifier)
    with qtbot.waitSignal(window.opened):
        window.dropEvent(drop)

    assert work(window).data.path == copy
    assert window.menus.recent()[0] == str(copy)
    (recent,) = (menu for menu in window.findChildren(QMenu) if menu.title() == "Open &recent")
    recent.aboutToShow.emit()
    with qtbot.waitSignal(window.opened):
        recent.actions()[1].trigger()
    assert work(window).data.path == small_store


def test_a_replaced_store_is_offered_again(
    window: Window, small_store: Path, tmp_path: Path, open_store: Open, qtbot: QtBot
) -> None:
    copy = tmp_path / "copy.gpkg"
    copy.write_bytes(small_store.read_bytes())
    open_store(window, copy)
    work(window).status.offer_reload(work(window).data.store.changed_on_disk())
    assert not work(window).status.reload.isVisible()

    copy.write_bytes(small_store.read_bytes() + b" ")
    settled(window)
    work(window).status.offer_reload(work(window).data.store.changed_on_disk())
    assert work(window).status.reload.isVisible()
    old = work(window)
    with qtbot.waitSignal(window.opened):
        work(window).status.reload.click()
    assert work(window) is not old
    assert not work(window).status.reload.isVisible()


def test_opening_many_times_leaves_nothing_behind(window: Window, small_store: Path, open_store: Open) -> None:
    def things() -> int:
        gc.collect()
        settled(window)
        separators = window.findChildren(QWidget, "qt_qmainwindow_extended_splitter")  # Qt keeps these for later
        return len(window.findChildren(QWidget)) + len(window.findChildren(QTimer)) - len(separators)

    open_store(window, small_store)
    before = things()
    for _ in range(3):
        open_store(window, small_store)
    assert things() == before


def test_no_side_swallows_the_map_when_the_layout_comes_back(
    window: Window, small_store: Path, open_store: Open
) -> None:
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1366, 768)
    settled(window)
    session = work(window).session
    session.dispatch(Select(Ref("event", "month")))
    session.dispatch(OpenList("view"))
    settled(window)
    wide = work(window).docks["layers"].width()
    assert open_store(window, small_store)
    settled(window)

    assert work(window).docks["layers"].width() == pytest.approx(wide, abs=20)
    assert work(window).canvas.width() > 900


def test_a_new_view_follows_the_window_until_somebody_acts(window: Window) -> None:
    loaded = work(window).loaded
    assert loaded.fresh
    session = work(window).session
    while session.can_undo:
        session.undo()
    start = session.state.camera
    window.resize(1000, 700)
    settled(window)
    assert session.state.camera != start
    press(work(window).canvas, Key.Key_C)
    held = session.state.camera
    window.resize(1300, 760)
    settled(window)
    assert session.state.camera == held


def test_a_dark_window_stays_dark_with_a_store_that_is_new_here(
    shell: Window, small_store: Path, open_store: Open
) -> None:
    shell._dress("dark")
    assert open_store(shell, small_store)

    assert state(shell).theme == "dark"
    assert shell.settings.value("theme") == "dark"


def test_the_buttons_of_the_lists_are_seen_whole_where_room_is_short(window: Window) -> None:
    for key, mod in ((Key.Key_Down, Mod.NoModifier), (Key.Key_F7, Mod.NoModifier), (Key.Key_F6, Mod.NoModifier)):
        press(work(window).canvas, key, mod)
    bar = work(window).panels["records"].bar
    assert work(window).docks["change"].isVisible() and work(window).docks["detail"].isVisible()
    for width in (410, 300):
        work(window).open_panels.widths["right"] = width
        work(window).open_panels.settle_widths()
        work(window).session.dispatch(SetFilters(Filters(known_by=DAY)))
        settled(window)
        shown = [button for button in bar.findChildren(QToolButton) if button.isVisible()]
        assert len(shown) == 6
        assert all(bar.rect().contains(button.geometry()) for button in shown)
        work(window).session.dispatch(SetFilters(Filters()))
        settled(window)
