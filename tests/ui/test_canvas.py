"""The map under a hand: what is clicked is what was drawn there, and the point under the pointer stays there."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from viewer.domain.dates import parse
from viewer.draw.picture import MapPicture
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_degrees, point_to_map
from viewer.session import camera as cameras
from viewer.session.camera import fit_camera
from viewer.session.commands import (
    MOST_VERTICES,
    Batch,
    Select,
    SetCamera,
    SetCursor,
    SetFilters,
    SetMeasure,
    SetTheme,
)
from viewer.session.session import Session
from viewer.session.state import Camera, Filters, Measure, Ref, State, Time
from viewer.store.dataset import DataSet
from viewer.ui.artist import Painted, Wish
from viewer.ui.canvas import Canvas

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SIZE = (800, 600)
MAY, NOVEMBER, DECEMBER = (parse(text).latest or 0 for text in ("2017-05-27", "2017-11-30", "2017-12-28"))
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def canvas(qtbot: QtBot, small: DataSet) -> Iterator[Canvas]:
    camera = fit_camera(39, 34, 42, 36, *SIZE)
    session = Session(State(time=Time(cursor=NOVEMBER), camera=camera))
    made = Canvas(session, MapPicture(small, Basemap()))
    made.resize(*SIZE)
    made.show()
    QTest.qWaitForWindowActive(made)
    made.paint_exact()
    qtbot.waitUntil(lambda: made.settled, timeout=30_000)
    yield made
    made.release()
    made.close()
    made.deleteLater()
    gc.collect()


def seen(canvas: Canvas, lon: float, lat: float) -> QPoint:
    x, y = cameras.seen_at(canvas.session.state.camera, *point_to_map(lon, lat), canvas.width(), canvas.height())
    return QPoint(round(x), round(y))


def lon_lat(canvas: Canvas, at: QPoint) -> tuple[float, float]:
    """The point of the ground at a pixel."""
    x, y = cameras.under(canvas.session.state.camera, at.x(), at.y(), canvas.width(), canvas.height())
    return point_to_degrees(x, y)


def where(canvas: Canvas, ref: Ref) -> QPoint:
    """The middle of the mark that the picture shows for a record."""
    assert canvas.result is not None
    target = next(target for target in canvas.result.targets if ref in target.refs and len(target.refs) == 1)
    left, top, right, bottom = target.box
    return QPoint(round((left + right) / 2), round((top + bottom) / 2))


def show_day(canvas: Canvas, day: int) -> None:
    canvas.session.dispatch(SetCursor(day))
    canvas.paint_exact()


def wheel(canvas: Canvas, at: QPoint, angle: int) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(canvas.mapToGlobal(at)), QPoint(0, 0), QPoint(0, angle), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_a_click_selects_the_event_drawn_there_and_one_beside_it_does_not(canvas: Canvas) -> None:
    at = where(canvas, Ref("event", "month"))
    QTest.mouseClick(canvas, LEFT, pos=at)
    assert canvas.session.state.selected == Ref("event", "month")

    QTest.mouseClick(canvas, LEFT, pos=QPoint(790, 20))
    assert canvas.session.state.selected is None


def test_no_name_is_cut_by_the_sources_or_the_scale(canvas: Canvas) -> None:
    asked = []
    paint = canvas.picture.image

    def noted(*args: Any, **named: Any) -> Any:
        asked.append(named.get("clear", args[5] if len(args) > 5 else ()))
        return paint(*args, **named)

    canvas.picture.image = noted  # type: ignore[method-assign]
    show_day(canvas, DECEMBER)
    strip, scale = canvas.cards

    assert asked[-1] == canvas.cards
    assert (strip.bottom(), strip.width()) == (SIZE[1], SIZE[0])
    assert scale.bottom() < strip.top()


def test_a_click_on_a_stack_opens_its_list(canvas: Canvas) -> None:
    show_day(canvas, DECEMBER)
    assert canvas.result is not None
    stack = next(target for target in canvas.result.targets if sum(ref.kind == "event" for ref in target.refs) > 1)
    left, top, right, bottom = stack.box
    QTest.mouseClick(canvas, LEFT, pos=QPoint(round((left + right) / 2), round((top + bottom) / 2)))

    state = canvas.session.state
    assert state.listed == "stack"
    assert set(state.stack) >= {ref.key for ref in stack.refs if ref.kind == "event"}
    assert state.selected is None


def test_a_click_on_a_town_mark_selects_the_place(canvas: Canvas) -> None:
    canvas.session.dispatch(SetCursor(MAY - 300))
    canvas.paint_exact()
    QTest.mouseClick(canvas, LEFT, pos=seen(canvas, 40.4503, 35.0197))

    assert canvas.session.state.selected == Ref("place", "mayadin")


@pytest.mark.parametrize("angle", [120, -120, 15])
def test_the_wheel_zooms_around_the_pointer(canvas: Canvas, angle: int) -> None:
    at = seen(canvas, 40.9176, 34.4506)
    before = canvas.session.state.camera.scale
    held = cameras.under(canvas.session.state.camera, at.x(), at.y(), *SIZE)
    wheel(canvas, at, angle)

    camera = canvas.session.state.camera
    assert (camera.scale < before) == (angle > 0)
    assert cameras.under(camera, at.x(), at.y(), *SIZE) == pytest.approx(held)


def test_zooming_stops_at_the_limits_and_the_view_stays(canvas: Canvas) -> None:
    at = QPoint(100, 100)
    for _ in range(60):
        wheel(canvas, at, 120)
    close = canvas.session.state.camera
    wheel(canvas, at, 120)
    assert canvas.session.state.camera.scale == close.scale
    assert canvas.session.state.camera.x == pytest.approx(close.x)


def drag(canvas: Canvas, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(canvas, LEFT, pos=start)
    for part in (0.3, 0.6, 1.0):
        QTest.mouseMove(canvas, start + QPoint(round((end - start).x() * part), round((end - start).y() * part)))
        QApplication.processEvents()
    QTest.mouseRelease(canvas, LEFT, pos=end)


def test_dragging_moves_the_map_with_the_hand_and_is_one_step_to_undo(canvas: Canvas) -> None:
    before = canvas.session.state
    held = cameras.under(before.camera, 200, 200, *SIZE)
    drag(canvas, QPoint(200, 200), QPoint(320, 260))
    after = canvas.session.state

    assert cameras.under(after.camera, 320, 260, *SIZE) == pytest.approx(held)
    assert after.selected == before.selected
    canvas.session.undo()
    assert canvas.session.state.camera == before.camera


def test_double_click_zooms_in(canvas: Canvas) -> None:
    before = canvas.session.state.camera.scale
    QTest.mouseDClick(canvas, LEFT, pos=QPoint(10, 10))

    assert canvas.session.state.camera.scale == pytest.approx(before / 2)


def test_the_last_picture_moves_at_once_and_the_exact_one_follows(canvas: Canvas, qtbot: QtBot) -> None:
    drawn: list[object] = []
    canvas.drawn.connect(drawn.append)
    camera = canvas.session.state.camera
    before = canvas.grab().toImage()
    canvas.session.dispatch(SetCamera(replace(camera, x=camera.x + 100 * camera.scale, scale=camera.scale * 1.5)))
    assert canvas.grab().toImage() != before
    assert drawn == []
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)
    assert len(drawn) == 1
    assert canvas.result is not None
    assert canvas.result.screen.camera == canvas.session.state.camera


def test_many_changes_in_one_go_are_painted_once(canvas: Canvas, qtbot: QtBot) -> None:
    drawn: list[object] = []
    canvas.drawn.connect(drawn.append)
    for day in range(NOVEMBER, NOVEMBER + 20):
        canvas.session.dispatch(SetCursor(day))
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)
    assert len(drawn) == 1


def test_the_pointer_is_told_in_degrees(canvas: Canvas) -> None:
    told: list[object] = []
    canvas.pointed.connect(told.append)
    QTest.mouseMove(canvas, seen(canvas, 40.5, 35.0))
    QApplication.processEvents()

    assert told[-1] == pytest.approx((40.5, 35.0), abs=0.01)


def test_measuring_says_how_far_until_it_is_dropped(canvas: Canvas) -> None:
    said: list[str] = []
    canvas.said.connect(said.append)
    canvas.measure((40.1408, 35.3359))
    QTest.mouseMove(canvas, seen(canvas, 40.9176, 34.4506))
    QApplication.processEvents()
    assert "121" in said[-1]
    assert "bearing 144\u00b0 T" in said[-1]
    canvas.tool.drop()
    assert (said[-1], canvas.tool.active, canvas.tool.shown) == ("", False, False)


def press_key(canvas: Canvas, key: Qt.Key, mod: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(canvas, key, mod)


CORNERS = (QPoint(100, 500), QPoint(700, 480), QPoint(600, 100))


def draw_path(canvas: Canvas, *corners: QPoint) -> None:
    """Measure from the first corner and click the others."""
    canvas.measure(lon_lat(canvas, corners[0]))
    for at in corners[1:]:
        QTest.mouseClick(canvas, LEFT, pos=at)


def corners_of(canvas: Canvas) -> list[QPoint]:
    return [seen(canvas, *point) for point in canvas.session.state.measure.path]


def test_each_click_adds_a_vertex_and_selects_nothing(canvas: Canvas) -> None:
    at = where(canvas, Ref("event", "month"))
    draw_path(canvas, *CORNERS[:2], at)
    assert canvas.session.state.selected is None
    assert corners_of(canvas) == [*CORNERS[:2], at]
    press_key(canvas, Qt.Key.Key_Return)
    assert (canvas.tool.active, canvas.tool.shown) == (False, True)
    QTest.mouseClick(canvas, LEFT, pos=at)
    assert canvas.session.state.selected == Ref("event", "month")
    assert corners_of(canvas) == [*CORNERS[:2], at]


def test_what_is_said_stays_when_the_path_is_ended(canvas: Canvas) -> None:
    said: list[str] = []
    canvas.said.connect(said.append)
    draw_path(canvas, *CORNERS)
    press_key(canvas, Qt.Key.Key_Enter)
    reading = said[-1]
    QTest.mouseMove(canvas, QPoint(30, 40))
    QApplication.processEvents()
    assert said[-1] == reading
    assert "total" in reading
    assert "Ctrl+M" in reading


def test_a_double_click_sets_the_last_vertex_and_does_not_zoom(canvas: Canvas) -> None:
    camera = canvas.session.state.camera
    draw_path(canvas, *CORNERS[:2])
    QTest.mouseClick(canvas, LEFT, pos=CORNERS[2])
    QTest.mouseDClick(canvas, LEFT, pos=CORNERS[2])
    assert corners_of(canvas) == list(CORNERS)
    assert not canvas.tool.active
    assert canvas.session.state.camera == camera
    QTest.mouseClick(canvas, LEFT, pos=QPoint(300, 300))
    QTest.mouseDClick(canvas, LEFT, pos=QPoint(300, 300))
    assert canvas.session.state.camera.scale < camera.scale


def test_a_second_click_on_the_same_point_is_no_vertex(canvas: Canvas) -> None:
    draw_path(canvas, *CORNERS[:2], CORNERS[1])
    assert corners_of(canvas) == list(CORNERS[:2])


def test_a_double_click_that_closes_the_path_does_not_zoom(canvas: Canvas) -> None:
    camera = canvas.session.state.camera
    draw_path(canvas, *CORNERS)
    QTest.mouseClick(canvas, LEFT, pos=CORNERS[0])
    QTest.mouseDClick(canvas, LEFT, pos=CORNERS[0])
    assert canvas.session.state.measure.closed
    assert canvas.session.state.camera == camera


def test_backspace_takes_the_last_vertex_back_until_none_is_left(canvas: Canvas) -> None:
    draw_path(canvas, *CORNERS)
    press_key(canvas, Qt.Key.Key_Backspace)
    assert corners_of(canvas) == list(CORNERS[:2])
    press_key(canvas, Qt.Key.Key_Backspace)
    press_key(canvas, Qt.Key.Key_Backspace)
    assert (canvas.tool.active, canvas.tool.shown) == (False, False)


@pytest.mark.parametrize("by_key", [True, False])
def test_a_closed_path_says_the_area_in_it(canvas: Canvas, by_key: bool) -> None:
    said: list[str] = []
    canvas.said.connect(said.append)
    draw_path(canvas, *CORNERS)
    if by_key:
        press_key(canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    else:
        QTest.mouseClick(canvas, LEFT, pos=CORNERS[0] + QPoint(4, -3))
    assert canvas.session.state.measure.closed
    assert corners_of(canvas) == list(CORNERS)
    assert not canvas.tool.active
    assert said[-1].startswith("area ")
    assert "perimeter" in said[-1]


def test_two_points_go_round_nothing(canvas: Canvas) -> None:
    draw_path(canvas, *CORNERS[:2])
    press_key(canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert not canvas.session.state.measure.closed
    assert canvas.tool.active


def test_undo_takes_vertices_back_and_ends_with_the_first(canvas: Canvas) -> None:
    draw_path(canvas, *CORNERS)
    canvas.session.undo()
    assert corners_of(canvas) == list(CORNERS[:2])
    assert canvas.tool.active
    canvas.session.undo()
    canvas.session.undo()
    assert not canvas.tool.active
    canvas.session.redo()
    assert (canvas.tool.active, canvas.tool.shown) == (False, True)


def test_the_keys_of_a_path_are_no_keys_once_it_has_ended(canvas: Canvas) -> None:
    draw_path(canvas, *CORNERS)
    press_key(canvas, Qt.Key.Key_Return)
    before = canvas.session.state
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Backspace):
        press_key(canvas, key)
    assert canvas.session.state == before


def test_the_map_can_be_dragged_while_a_path_is_drawn(canvas: Canvas) -> None:
    canvas.measure(lon_lat(canvas, CORNERS[0]))
    x = canvas.session.state.camera.x
    QTest.mousePress(canvas, LEFT, pos=QPoint(300, 300))
    QTest.mouseMove(canvas, QPoint(360, 300))
    QTest.mouseMove(canvas, QPoint(400, 300))
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(400, 300))
    assert canvas.session.state.camera.x < x
    assert len(canvas.session.state.measure.path) == 1


def test_the_path_stays_on_the_map_along_its_points(canvas: Canvas) -> None:
    start, end = QPoint(200, 500), QPoint(300, 500)  # a longer one would be bowed
    at = QPoint(250, 500)

    def seen_colour() -> tuple[int, ...]:
        return canvas.grab().toImage().pixelColor(at).getRgb()[:3]

    bare, wanted = seen_colour(), tokens_for("light").colour("measure").getRgb()[:3]
    assert bare != pytest.approx(wanted, abs=20)
    draw_path(canvas, start, end)
    press_key(canvas, Qt.Key.Key_Return)
    QTest.mouseMove(canvas, QPoint(400, 20))
    QApplication.processEvents()
    assert seen_colour() == pytest.approx(wanted, abs=20)
    canvas.tool.drop()
    assert seen_colour() == bare


def test_a_path_that_takes_no_more_points_says_so(canvas: Canvas) -> None:
    said: list[str] = []
    canvas.measure((40.0, 35.0))
    canvas.session.dispatch(SetMeasure(Measure(((39.0, 34.5), (40.0, 35.0)) * (MOST_VERTICES // 2))))
    canvas.said.connect(said.append)

    QTest.mouseClick(canvas, LEFT, pos=QPoint(20, 20))

    assert len(canvas.session.state.measure.path) == MOST_VERTICES
    assert str(MOST_VERTICES) in said[-1]


def test_what_is_said_of_the_start_goes_when_measuring_begins(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden: list[bool] = []
    monkeypatch.setattr(QToolTip, "hideText", lambda: hidden.append(True))
    QTest.mouseMove(canvas, QPoint(30, 40))
    QApplication.processEvents()
    hidden.clear()
    assert canvas._resting.isActive()
    canvas.measure((40.1408, 35.3359))
    assert hidden
    assert not canvas._resting.isActive()


def test_another_screen_asks_for_another_picture(
    canvas: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canvas, "devicePixelRatioF", lambda: 2.0)
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.DevicePixelRatioChange))
    assert not canvas.settled
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)
    assert canvas._painted is not None
    assert canvas._painted.image.devicePixelRatio() == 2.0


def test_the_menu_key_asks_for_the_middle(canvas: Canvas) -> None:
    asked: list[object] = []
    canvas.asked.connect(lambda where, at: asked.append(where))
    corner = canvas.mapToGlobal(QPoint(0, 0))
    QApplication.sendEvent(canvas, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), corner))

    assert asked[0] == pytest.approx(canvas.middle(), abs=0.02)


def test_the_theme_changes_the_paper(canvas: Canvas, qtbot: QtBot) -> None:
    light = canvas.grab().toImage().pixelColor(790, 300).lightness()
    canvas.session.dispatch(SetTheme("dark"))
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)

    assert canvas.grab().toImage().pixelColor(790, 300).lightness() < light - 80


def test_marks_of_what_is_selected_are_drawn_without_being_asked(canvas: Canvas, qtbot: QtBot) -> None:
    before = canvas.grab().toImage()
    canvas.session.dispatch(Select(Ref("event", "month")))
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)

    assert canvas.grab().toImage() != before


def test_a_released_canvas_no_longer_listens(canvas: Canvas) -> None:
    canvas.release()
    canvas.session.dispatch(SetCursor(MAY))

    assert canvas.settled


def test_the_point_under_a_resting_pointer_follows_the_map(canvas: Canvas) -> None:
    QTest.mouseMove(canvas, QPoint(300, 200))
    before, camera = canvas.pointer, canvas.session.state.camera
    moved = Camera(camera.x + 100 * camera.scale, camera.y, camera.scale)
    canvas.session.dispatch(SetCamera(moved))
    canvas.paint_exact()
    x, _ = cameras.under(moved, 300, 200, canvas.width(), canvas.height())
    assert before is not None and canvas.pointer is not None
    assert point_to_map(*canvas.pointer)[0] == pytest.approx(x, abs=1)
    assert canvas.pointer != before


def test_what_a_larger_map_uncovers_is_paper_until_it_is_painted(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canvas.artist, "order", lambda wish: None)
    canvas._seconds["anew"] = 1.0  # as if pictures were slow here
    canvas.resize(SIZE[0] + 200, SIZE[1] + 100)
    QApplication.processEvents()
    corner = canvas.grab().toImage().pixelColor(SIZE[0] + 195, 5)

    assert canvas._stale()
    assert corner == canvas.picture.tokens("light").colour("paper")


def painted_at_once(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The days whose pictures the window's thread paints from now on."""
    days: list[int] = []
    paint = canvas.artist.paint

    def noted(wish: Wish) -> Painted:
        days.append(wish.state.time.cursor)
        return paint(wish)

    monkeypatch.setattr(canvas.artist, "paint", noted)
    return days


def test_after_a_far_day_took_long_the_next_one_is_not_waited_for(
    qtbot: QtBot, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = painted_at_once(canvas, monkeypatch)
    canvas._seconds["leap"] = 0.0
    canvas.session.dispatch(SetCursor(MAY))
    QApplication.processEvents()
    canvas._seconds["leap"] = 1.0  # as if that had been slow
    canvas.session.dispatch(SetCursor(DECEMBER))
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)
    canvas.session.dispatch(SetCursor(DECEMBER + 1))
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)

    assert days == [MAY, DECEMBER + 1], "a step of a day is waited for all the same"


@pytest.mark.parametrize("known", [True, False])
def test_the_second_far_day_is_waited_for_where_all_days_are_known(
    known: bool, qtbot: QtBot, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    days, honest = painted_at_once(canvas, monkeypatch), canvas.artist._made
    monkeypatch.setattr(MapPicture, "knows_days", known)
    monkeypatch.setattr(canvas.artist, "_made", lambda wish: replace(honest(wish), seconds=0.01))
    for day in (MAY, DECEMBER):
        canvas.session.dispatch(SetCursor(day))
        qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)

    assert days == ([DECEMBER] if known else [])


@pytest.mark.parametrize("other", ["filters", "region"])
def test_after_other_records_or_another_region_took_long_the_next_ones_are_not_waited_for(
    qtbot: QtBot, canvas: Canvas, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    canvas.session.dispatch(SetCursor(MAY))
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)
    days, camera = painted_at_once(canvas, monkeypatch), canvas.session.state.camera
    away = replace(camera, x=camera.x + canvas.width() * camera.scale)
    canvas._seconds["leap"] = 1.0  # as if the last one had been slow
    canvas.session.dispatch(SetCamera(away) if other == "region" else SetFilters(Filters(types=("strike",))))
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)
    assert not days

    canvas.session.dispatch(SetCamera(replace(canvas.session.state.camera, y=camera.y + 10 * camera.scale)))
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)
    assert days == [MAY], "a view that moved a little is waited for all the same"


def test_a_record_of_another_day_is_on_the_map_after_the_rest_of_the_window(
    qtbot: QtBot, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = painted_at_once(canvas, monkeypatch)
    canvas._seconds["leap"] = 0.0
    canvas.session.dispatch(Batch((Select(Ref("event", "e1")), SetCursor(MAY))))
    QApplication.sendPostedEvents()
    assert not days, "what else is to be shown of it comes first"
    qtbot.waitUntil(lambda: canvas.settled, timeout=30_000)

    assert not days, "however quick the last far day was, its map is not waited for"
    assert canvas.result is not None and canvas.result.day == MAY
