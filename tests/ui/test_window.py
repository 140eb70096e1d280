"""The window as a hand meets it: keys wherever the focus is, opening, remembering, and leaving nothing behind."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QMimeData, QPoint, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QScrollArea,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.windows import press, state, work
from viewer.app import Options, StoreOpener
from viewer.domain.dates import parse
from viewer.geo.gridref import parse_coordinate
from viewer.session.actions import ACTIONS
from viewer.session.commands import (
    Batch,
    OpenList,
    Select,
    SetCursor,
    SetFilters,
    SetLabels,
    SetMeasure,
    SetTheme,
    SetWindow,
)
from viewer.session.state import COORDINATES, Filters, Measure, Ref
from viewer.store.errors import StoreError
from viewer.ui import dialogs
from viewer.ui.loaded import Found
from viewer.ui.picture_export import PictureDialog
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DAY = parse("2017-12-25").earliest or 0
Key, Mod = Qt.Key, Qt.KeyboardModifier
Open = Callable[[Window, Path | None], bool]


@pytest.fixture
def window(shell: Window, small_store: Path, open_store: Open) -> Window:
    """The window with the small store at Christmas 2017."""
    assert open_store(shell, small_store)
    work(shell).session.dispatch(SetCursor(DAY))
    settled(shell)
    return shell


def settled(window: Window) -> None:
    for _ in range(5):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if window.work is not None and not window.work.canvas.settled:
        window.work.canvas.paint_exact()
    QApplication.processEvents()


def focus_places(window: Window) -> dict[str, QWidget]:
    """One widget that takes the focus but writes nothing, in each part of the window."""
    parts = {"canvas": work(window).canvas}
    for name, dock in work(window).docks.items():
        dock.show()
        takers = [
            child
            for child in dock.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isEnabled() and child.isVisible()
            and not child.findChildren(QLineEdit) and not isinstance(child, QLineEdit | QAbstractItemView | QComboBox)
        ]  # fmt: skip
        if takers:
            parts[name] = takers[0]
    return parts


def moved(days: int) -> object:
    return lambda before, after: after.time.cursor == before.time.cursor + days


KEYS = [
    (Key.Key_Right, Mod.NoModifier, moved(1)),
    (Key.Key_Left, Mod.NoModifier, moved(-1)),
    (Key.Key_Right, Mod.ShiftModifier, moved(7)),
    (Key.Key_Left, Mod.ShiftModifier, moved(-7)),
    (Key.Key_Right, Mod.ControlModifier, moved(31)),
    (Key.Key_Left, Mod.ControlModifier, moved(-30)),
    (Key.Key_Left, Mod.AltModifier, moved(-3)),
    (Key.Key_Space, Mod.NoModifier, lambda before, after: after.play.running),
    (Key.Key_R, Mod.NoModifier, lambda before, after: after.play.reverse),
    (Key.Key_L, Mod.NoModifier, lambda before, after: after.play.loop),
    (Key.Key_Plus, Mod.NoModifier, lambda before, after: after.play.days_per_second == 30),
    (Key.Key_Minus, Mod.NoModifier, lambda before, after: after.play.days_per_second == 10),
    (Key.Key_BracketRight, Mod.NoModifier, lambda before, after: after.time.window_days == 60),
    (Key.Key_BracketLeft, Mod.NoModifier, lambda before, after: after.time.window_days == 14),
    (Key.Key_C, Mod.NoModifier, lambda before, after: after.time.mode == "cumulative"),
    (Key.Key_Home, Mod.NoModifier, lambda before, after: after.time.cursor < before.time.cursor - 365),
    (Key.Key_End, Mod.NoModifier, lambda before, after: after.time.cursor > before.time.cursor + 365),
    (Key.Key_Down, Mod.NoModifier, lambda before, after: after.selected is not None),
    (Key.Key_Up, Mod.NoModifier, lambda before, after: after.selected is not None),
    (Key.Key_1, Mod.NoModifier, lambda before, after: "incidents" not in after.layers),
    (Key.Key_0, Mod.NoModifier, lambda before, after: "ground" not in after.layers),
    (Key.Key_Plus, Mod.ControlModifier, lambda before, after: after.camera.scale < before.camera.scale),
    (Key.Key_Minus, Mod.ControlModifier, lambda before, after: after.camera.scale > before.camera.scale),
    (Key.Key_A, Mod.NoModifier, lambda before, after: after.camera.x < before.camera.x),
    (Key.Key_Up, Mod.ControlModifier | Mod.ShiftModifier, lambda before, after: after.camera.y > before.camera.y),
    (Key.Key_T, Mod.ControlModifier, lambda before, after: after.theme == "dark"),
    (Key.Key_N, Mod.NoModifier, lambda before, after: after.labels == "latin"),
    (Key.Key_U, Mod.NoModifier, lambda before, after: after.listed == "unplaced"),
    (Key.Key_U, Mod.ShiftModifier, lambda before, after: after.listed == "undated"),
    (Key.Key_F6, Mod.NoModifier, lambda before, after: after.listed == "view"),
]


@pytest.mark.parametrize(("key", "mod", "happened"), KEYS, ids=lambda value: getattr(value, "name", None))
def test_keys_work_wherever_the_focus_is(window: Window, key: Key, mod: Mod, happened: object) -> None:
    places = focus_places(window)
    assert {"canvas", "timeline", "layers", "filters"} <= set(places)
    session = work(window).session
    start = session.state

    for name, widget in places.items():
        widget.setFocus()
        assert QApplication.focusWidget() is widget, name
        before = session.state
        press(widget, key, mod)
        assert happened(before, session.state), (name, type(widget).__name__)  # type: ignore[operator]
        session._state = start  # as if nothing had happened, for the next place
        session.dispatch(SetLabels(start.labels))


def test_a_text_field_keeps_its_keys(window: Window) -> None:
    fields = [field for field in work(window).docks["filters"].findChildren(QLineEdit) if field.isVisible()]
    assert fields
    before = state(window)
    for field in fields[:2]:
        field.clear()
        field.setFocus()
        QTest.keyClicks(field, "tr c+-[1 rl")
        for key in (Key.Key_Home, Key.Key_Right, Key.Key_Delete, Key.Key_End, Key.Key_Backspace, Key.Key_Left):
            press(field, key)
        assert field.text() == "t c+-[1 r"
        field.clear()
        press(field, Key.Key_Down)
        press(field, Key.Key_Up)
    assert state(window).time == before.time
    assert state(window).selected is None
    assert state(window).play == before.play
    assert state(window).camera == before.camera


def test_application_keys_reach_through_a_text_field(window: Window) -> None:
    field = work(window).docks["filters"].findChildren(QLineEdit)[0]
    field.setFocus()

    press(field, Key.Key_T, Mod.ControlModifier)
    assert state(window).theme == "dark"
    press(field, Key.Key_K, Mod.ControlModifier)
    assert window.search.hasFocus()


def test_every_action_can_be_done(window: Window) -> None:
    known = set(window.deeds) | set(work(window).deeds)

    assert {action.id for action in ACTIONS if action.make is None} == known


def test_every_action_is_in_its_menu_with_its_key(window: Window) -> None:
    shown = {
        action.text().replace("&&", "&"): [key.toString() for key in action.shortcuts()]
        for menu in window.menuBar().actions()
        for action in menu.menu().actions()
    }

    for action in ACTIONS:
        assert shown[action.title] == list(action.keys), action.id


def test_undo_and_redo(window: Window) -> None:
    canvas = work(window).canvas
    before = state(window).time
    press(canvas, Key.Key_C)
    press(canvas, Key.Key_Z, Mod.ControlModifier)
    assert state(window).time == before
    press(canvas, Key.Key_Y, Mod.ControlModifier)
    assert state(window).time.mode == "cumulative"
    press(canvas, Key.Key_Z, Mod.ControlModifier)
    press(canvas, Key.Key_Z, Mod.ControlModifier | Mod.ShiftModifier)
    assert state(window).time.mode == "cumulative"


def test_undo_hears_its_key_after_the_menu_showed_it_as_impossible(window: Window) -> None:
    while work(window).session.can_undo:
        work(window).session.undo()
    edit = next(menu.menu() for menu in window.menuBar().actions() if menu.text() == "&Edit")
    edit.aboutToShow.emit()
    edit.aboutToHide.emit()
    press(work(window).canvas, Key.Key_C)
    press(work(window).canvas, Key.Key_Z, Mod.ControlModifier)

    assert state(window).time.mode == "window"


def test_escape_closes_one_thing_at_a_time(window: Window) -> None:
    session, canvas = work(window).session, work(window).canvas
    session.dispatch(Select(Ref("event", "month")))
    session.dispatch(OpenList("view"))
    canvas.measure((40.0, 34.0))
    press(canvas, Key.Key_K, Mod.ControlModifier)
    assert window.search.is_open

    press(window.search, Key.Key_Escape)
    assert not window.search.is_open
    assert canvas.tool.active
    press(canvas, Key.Key_Escape)
    assert not canvas.tool.active
    press(canvas, Key.Key_Escape)
    assert (state(window).listed, state(window).selected) == ("", Ref("event", "month"))
    press(canvas, Key.Key_Escape)
    assert state(window).selected is None


def test_m_begins_and_ends_a_path_and_escape_drops_it(window: Window) -> None:
    canvas = work(window).canvas
    window.run("measure")
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 300))
    assert canvas.tool.active
    assert "km" in work(window).status.currentMessage()
    window.run("measure")
    assert (canvas.tool.active, canvas.tool.shown) == (False, True)
    window.run("measure")
    assert (canvas.tool.active, len(state(window).measure.path)) == (True, 1)
    press(canvas, Key.Key_Escape)
    assert not canvas.tool.shown
    assert work(window).status.currentMessage() == ""


def test_what_was_measured_can_be_copied(window: Window) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    window.run("copy_measure")
    assert clipboard.text() == ""
    assert "press M" in work(window).status.currentMessage()
    work(window).session.dispatch(SetMeasure(Measure(((40.0, 35.0), (40.5, 35.0)))))
    window.run("coordinates")
    press(work(window).canvas, Key.Key_M, Mod.ControlModifier)
    assert clipboard.text().startswith("1. 35\u00b000\u203200.0\u2033N 40\u00b000\u203200.0\u2033E to ")
    assert "45.6 km, bearing 089.9\u00b0 T" in clipboard.text()


def test_range_rings_come_and_go(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    at, session = work(window).at_point, work(window).session
    session.dispatch(Select(Ref("place", "mosul")))
    press(work(window).canvas, Key.Key_M, Mod.ShiftModifier)
    assert [one.centre for one in state(window).range_rings] == [(43.13, 36.34)]
    assert len(state(window).range_rings[0].radii_m) == 4
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("5, 10, 25, 50", True))
    at.ask_ranges((40.0, 35.0))
    assert state(window).range_rings[1].radii_m == (5_000, 10_000, 25_000, 50_000)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("", False))
    at.ask_ranges((41.0, 35.0))
    assert len(state(window).range_rings) == 2
    session.undo()
    assert len(state(window).range_rings) == 1
    window.run("clear_range_rings")
    assert state(window).range_rings == ()


def test_the_menu_takes_away_the_rings_it_is_asked_at(window: Window) -> None:
    at, session = work(window).at_point, work(window).session
    at.ring((40.0, 35.0))
    at.ring((41.0, 35.0))

    def chosen(words: str, where: tuple[float, float]) -> bool:
        found: list[bool] = []

        def choose() -> None:
            menu = QApplication.activePopupWidget()
            assert menu is not None
            hits = [action for action in menu.actions() if action.text().startswith(words)]
            found.append(bool(hits))
            for action in hits:
                action.trigger()
            menu.close()

        at.show_menu(where, QPoint(200, 200))
        choose()
        return found[0]

    assert not chosen("Take these range rings away", (40.5, 35.5))
    assert chosen("Take these range rings away", (41.0, 35.0))
    assert [one.centre for one in session.state.range_rings] == [(40.0, 35.0)]
    assert chosen("Range rings from here", (42.0, 35.0))
    assert session.state.range_rings[-1].centre == (42.0, 35.0)


def test_a_click_on_the_coordinate_writes_it_in_the_next_form(window: Window) -> None:
    status, canvas = work(window).status, work(window).canvas
    canvas.pointed.emit((40.9176, 34.4506))
    canvas.pointed.emit(None)
    seen = []
    for _ in COORDINATES:
        seen.append(status.coordinate.text().split("   ")[0])
        QTest.mouseClick(status.coordinate, Qt.MouseButton.LeftButton)
    assert len(set(seen)) == len(COORDINATES)
    assert all(parse_coordinate(text) == pytest.approx((40.9176, 34.4506), abs=3e-5) for text in seen)
    assert state(window).coordinates == "decimal"


def test_two_days_are_compared_by_keys_alone(window: Window, qtbot: QtBot) -> None:
    docks, canvas, day = work(window).docks, work(window).canvas, state(window).time.cursor
    assert not docks["change"].isVisible()
    press(canvas, Key.Key_F7)
    assert docks["change"].isVisible()
    press(canvas, Key.Key_B)
    press(canvas, Key.Key_Right)
    assert (state(window).compare, state(window).time.cursor) == (day, day + 1)
    press(canvas, Key.Key_X)
    assert (state(window).compare, state(window).time.cursor) == (day + 1, day)
    panel = work(window).panels["change"]
    qtbot.waitUntil(lambda: panel.shown is not None and panel.shown[0] == (day + 1, day, "reach", None))
    panel.table.setFocus()
    press(panel.table, Key.Key_C, Mod.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Ground in km\u00b2, A ")
    press(canvas, Key.Key_V)
    press(canvas, Key.Key_Comma)
    assert state(window).swipe == pytest.approx(0.48)
    qtbot.waitUntil(canvas.swipe.isVisible)
    for left in ((None, day + 1), (None, None)):
        press(canvas, Key.Key_Escape)
        assert (state(window).swipe, state(window).compare) == left
    press(canvas, Key.Key_F7)
    assert not docks["change"].isVisible()


def test_panels_open_with_what_is_in_them_and_hide_with_one_key(window: Window) -> None:
    docks, canvas = work(window).docks, work(window).canvas
    assert not docks["detail"].isVisible()
    assert not docks["records"].isVisible()
    press(canvas, Key.Key_Down)
    assert docks["detail"].isVisible()
    press(canvas, Key.Key_F4)
    assert not docks["detail"].isVisible()
    assert state(window).selected is None
    press(canvas, Key.Key_F4)
    assert state(window).selected is not None
    press(canvas, Key.Key_F2)
    assert not docks["layers"].isVisible()
    press(canvas, Key.Key_F9)
    assert [name for name, dock in docks.items() if dock.isVisible()] == ["timeline"]
    press(canvas, Key.Key_F9)
    assert docks["filters"].isVisible()
    assert not docks["layers"].isVisible()


def test_the_cross_of_the_detail_pane_deselects(window: Window) -> None:
    work(window).session.dispatch(Select(Ref("event", "month")))
    work(window).docks["detail"].close()

    assert state(window).selected is None


def test_full_screen_and_back(window: Window) -> None:
    press(work(window).canvas, Key.Key_F11)
    assert window.isFullScreen()
    press(work(window).canvas, Key.Key_Escape)
    assert not window.isFullScreen()


def test_copying(window: Window) -> None:
    canvas, clipboard = work(window).canvas, QGuiApplication.clipboard()
    work(window).session.dispatch(Select(Ref("event", "month")))
    press(canvas, Key.Key_C, Mod.ControlModifier)
    assert "Fighting for the border town" in clipboard.text()

    press(canvas, Key.Key_C, Mod.ControlModifier | Mod.ShiftModifier)
    assert clipboard.image().width() >= canvas.width()

    canvas.pointer = (40.5, 34.25)
    press(canvas, Key.Key_K)
    assert clipboard.text() == "34.25000, 40.50000"


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
    assert saved == work(window).picture().convertToFormat(QImage.Format.Format_RGB32)


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


def test_f3_puts_the_keys_into_a_filter_field_and_gives_them_back(window: Window) -> None:
    canvas, field = work(window).canvas, work(window).panels["filters"].text
    canvas.setFocus()
    press(canvas, Key.Key_F3)
    settled(window)
    assert QApplication.focusWidget() is field
    press(field, Key.Key_F3)
    settled(window)
    assert QApplication.focusWidget() is canvas
    press(canvas, Key.Key_F3)
    settled(window)
    assert QApplication.focusWidget() is field


def test_what_cannot_be_done_says_why(window: Window) -> None:
    work(window).session.dispatch(Select(None))
    for name, why in (
        ("clear_filters", "Clear all filters: no filter is set"),
        ("pin", "Control lane for the selected place: select a place first, or a record that has one"),
    ):
        window.run(name)
        assert work(window).status.currentMessage() == why


def test_clearing_all_filters_takes_a_text_that_is_no_filter_yet(window: Window) -> None:
    field = work(window).panels["filters"].text
    work(window).toggle_panel("filters")
    QTest.keyClicks(field, "highway")
    window.run("clear_filters")
    assert field.text() == ""
    assert "no filter" not in work(window).status.currentMessage()
    QTest.qWait(400)
    assert state(window).filters.text == ""
    window.run("clear_filters")
    assert "no filter" in work(window).status.currentMessage()


def test_an_opening_hides_nothing_of_the_status_line(window: Window) -> None:
    status, panel = work(window).status, window.opening.panel
    panel.central = False
    panel.appear()
    settled(window)
    shown = [part for part in (status.window_label, status.scale, status.problems) if part.isVisible()]
    assert len(shown) >= 2
    for part in shown:
        right = part.mapTo(window, QPoint(part.width(), 0)).x()
        assert right <= panel.x() + 1
    panel.put_away()
    settled(window)
    assert status.contentsMargins().right() == 0


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


def test_a_narrow_window_stays_as_wide_as_it_is_whatever_its_status_line_says(window: Window) -> None:
    window.showNormal()
    window.resize(640, 600)
    settled(window)
    narrow = window.size()
    assert narrow.width() == 640
    window.opening.panel.central = False
    window.opening.panel.appear()
    settled(window)
    assert work(window).status.contentsMargins().right() == window.opening.panel.width()
    assert window.size() == narrow
    work(window).session.dispatch(SetFilters(Filters(text="one two", actors=("is", "gov"), types=("strike", "raid"))))
    settled(window)
    assert window.size() == narrow
    window.opening.panel.put_away()


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


@pytest.mark.parametrize("first", ["record", "scenes"])
def test_details_have_most_of_the_height_beside_another_panel(window: Window, first: str) -> None:
    docks = work(window).docks
    for step in ("record", "scenes") if first == "record" else ("scenes", "record"):
        press(work(window).canvas, Key.Key_Down if step == "record" else Key.Key_F8)
    window.grab()

    assert docks["detail"].isVisible()
    assert docks["scenes"].isVisible()
    assert docks["detail"].height() > docks["scenes"].height()


@pytest.mark.parametrize("panel", ["layers", "filters"])
def test_a_panel_scrolls_in_one_place(window: Window, panel: str) -> None:
    assert len(work(window).docks[panel].findChildren(QScrollArea)) == 1


def test_a_dropped_file_is_opened(window: Window, small_store: Path, tmp_path: Path, qtbot: QtBot) -> None:
    copy = tmp_path / "copy.gpkg"
    copy.write_bytes(small_store.read_bytes())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(copy))])
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Mod.NoModifier)
    with qtbot.waitSignal(window.opened):
        window.dropEvent(drop)

    assert work(window).data.path == copy
    assert window._recent()[0] == str(copy)


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


def test_the_status_line_says_where_when_and_by_what_filter(window: Window) -> None:
    status, session = work(window).status, work(window).session
    work(window).canvas.pointed.emit((40.9176, 34.4506))
    assert status.coordinate.text().startswith("34.45060, 40.91760   37S")
    assert status.scale.text().startswith("1:")
    assert "30 days" in status.window_label.text()

    session.dispatch(SetFilters(Filters(actors=("is",), types=("strike",))))
    settled(window)
    chips = [chip for chip in status.chips.children() if hasattr(chip, "click") and chip.isVisible()]
    assert [chip.text() for chip in chips] == ["with Islamic State  \u00d7", "type strike  \u00d7"]
    chips[0].click()
    assert session.state.filters == Filters(types=("strike",))


def test_the_date_card_counts_and_opens_its_lists(window: Window) -> None:
    card = work(window).card
    assert card.date.text() == "26 Nov \u2013 25 Dec 2017"
    assert card.undated.text() == "1 undated"
    QTest.mouseClick(card.undated, Qt.MouseButton.LeftButton)
    assert state(window).listed == "undated"
    work(window).session.dispatch(SetCursor(parse("2011-03-01").earliest or 0))
    work(window).session.dispatch(SetFilters(Filters(types=("battle",))))
    assert card.count.text() == "No incident in this window. Next: 1 Nov 2017, press Alt+Right."


@pytest.mark.parametrize(
    ("to", "corner"), [((0.9, 0.1), "ne"), ((0.1, 0.9), "sw"), ((0.1, 0.1), "nw"), ((0.9, 0.9), "nw")]
)
def test_the_date_card_is_dragged_to_a_free_corner_and_stays_there(
    window: Window, to: tuple[float, float], corner: str
) -> None:
    card, canvas = work(window).card, work(window).canvas
    camera, hand = state(window).camera, QPoint(4, 4)
    goal = card.mapFrom(canvas, QPoint(round(canvas.width() * to[0]), round(canvas.height() * to[1])))
    QTest.mousePress(card, Qt.MouseButton.LeftButton, pos=hand)
    QTest.mouseMove(card, goal - card.rect().center() + hand)
    QTest.mouseRelease(card, Qt.MouseButton.LeftButton, pos=hand)
    room = canvas.rect()

    assert state(window).corner == corner
    assert room.contains(card.geometry())
    assert (card.geometry().center().x() < room.center().x()) == ("w" in corner)
    assert (card.geometry().center().y() < room.center().y()) == ("n" in corner)
    assert state(window).camera == camera


def test_text_of_a_store_is_never_markup(window: Window) -> None:
    from viewer.ui.text import plain_tip

    assert plain_tip("<img src=x>") == "<span style='white-space: pre-wrap'>&lt;img src=x&gt;</span>"
    for label in (work(window).status.store, work(window).card.count):
        assert label.textFormat() == Qt.TextFormat.PlainText


def test_dialogs_open_and_close(window: Window, qtbot: object) -> None:
    for name in ("keys", "about"):
        window.run(name)
        dialog = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog))
        assert dialog.isVisible()
        dialog.close()
        QApplication.sendPostedEvents(None, 52)
        QApplication.processEvents()
    assert dialogs.about_words(None, ("Base map: an atlas",)).endswith("Base map: an atlas")


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


def test_keys_of_an_open_menu_are_not_shortcuts(window: Window, qtbot: QtBot) -> None:
    before = state(window)
    menu = QMenu(window)
    menu.addAction("One")
    menu.popup(window.pos())
    qtbot.waitUntil(menu.isVisible)
    try:
        for key in (Key.Key_Home, Key.Key_T):
            QTest.keyClick(menu, key)
        QTest.keyClick(menu, Key.Key_T, Mod.ControlModifier)
    finally:
        menu.close()

    assert state(window) == before


def test_the_right_button_offers_what_was_here(window: Window) -> None:
    seen: list[list[str]] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert menu is not None
        seen.append([action.text() for action in menu.actions() if action.text()])
        next(action for action in menu.actions() if action.text().startswith("What was here")).trigger()
        menu.close()

    QTimer.singleShot(50, look)
    work(window).at_point.show_menu((40.92, 34.45), QPoint(200, 200))
    QTest.qWait(150)
    assert seen[0][0] == "Copy 34.45000, 40.92000"
    assert "What was here when: Abu Kamal" in seen[0]
    assert state(window).selected == Ref("place", "abu-kamal")


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


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_Space])
@pytest.mark.parametrize(("tree", "field"), [("actors", "actors"), ("types", "types"), ("actualities", "actualities")])
def test_a_filter_is_ticked_by_keyboard(window: Window, key: Key, tree: str, field: str) -> None:
    work(window).toggle_panel("filters")
    settled(window)
    view = getattr(work(window).panels["filters"], tree)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    settled(window)
    press(view, Key.Key_Down)
    assert getattr(state(window).filters, field) == ()
    press(view, key)
    chosen = getattr(state(window).filters, field)
    press(view, key)

    assert len(chosen) == 1
    assert getattr(state(window).filters, field) == ()
    assert not state(window).play.running


def test_in_a_list_without_boxes_space_plays(window: Window) -> None:
    work(window).session.dispatch(OpenList("view"))
    settled(window)
    lists = [view for view in work(window).panels["records"].findChildren(QAbstractItemView) if view.isVisible()]
    lists[0].setFocus()
    press(lists[0], Key.Key_Space)

    assert state(window).play.running


@pytest.mark.parametrize("days", [1, 7, 365])
def test_the_date_card_is_as_wide_as_what_it_says(window: Window, days: int) -> None:
    card = work(window).card
    for cursor in ("2011-03-01", "2017-11-30", "2017-12-28"):
        work(window).session.dispatch(SetCursor(parse(cursor).earliest or 0))
        work(window).session.dispatch(SetWindow(days))
        QApplication.processEvents()
        for label in (card.date, card.count):
            assert label.width() >= label.sizeHint().width(), label.text()


def test_escape_leaves_a_text_field_and_a_hidden_field_takes_no_keys(window: Window) -> None:
    filters = work(window).panels["filters"]
    window.run("panel_filters")
    QApplication.processEvents()
    place = filters.place
    for leave in (lambda: QTest.keyClick(place, Key.Key_Escape), lambda: window.run("panel_layers")):
        work(window).docks["filters"].raise_()
        QApplication.processEvents()
        place.setFocus()
        QApplication.processEvents()
        assert place.hasFocus()
        leave()
        QApplication.processEvents()
        assert not place.hasFocus()
