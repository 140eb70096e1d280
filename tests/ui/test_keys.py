"""Keys do what they should wherever the focus is, and fields keep theirs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.windows import Key, Mod, press, settled, state, work
from viewer.session.actions import ACTIONS
from viewer.session.commands import (
    OpenList,
    Select,
    SetLabels,
    SetMeasure,
)
from viewer.session.state import Measure, Ref
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


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
    work(window).open_panels.toggle_panel("filters")
    QTest.keyClicks(field, "highway")
    window.run("clear_filters")
    assert field.text() == ""
    assert "no filter" not in work(window).status.currentMessage()
    QTest.qWait(400)
    assert state(window).filters.text == ""
    window.run("clear_filters")
    assert "no filter" in work(window).status.currentMessage()


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


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter])
def test_a_line_of_an_open_list_is_chosen_by_key(window: Window, key: Key) -> None:
    before, box = state(window), QComboBox(window)
    box.addItems(["One", "Two", "Three"])
    box.show()
    box.showPopup()
    settled(window)
    for pressed in (Key.Key_Down, Key.Key_Y, key):
        QTest.keyClick(box.view(), pressed)
    settled(window)

    assert (box.currentIndex(), box.view().isVisible()) == (1, False)
    assert state(window) == before


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_Space])
@pytest.mark.parametrize(("tree", "field"), [("actors", "actors"), ("types", "types"), ("actualities", "actualities")])
def test_a_filter_is_ticked_by_keyboard(window: Window, key: Key, tree: str, field: str) -> None:
    work(window).open_panels.toggle_panel("filters")
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
