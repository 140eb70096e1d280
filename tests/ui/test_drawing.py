"""Ground drawn on the map by a hand: areas, rectangles and circles become filters, and nothing else does."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from viewer.domain.dates import parse
from viewer.draw.picture import MapPicture
from viewer.geo.basemap import Basemap
from viewer.geo.projection import distance_m
from viewer.session.camera import fit_camera
from viewer.session.commands import Select, SetFilters
from viewer.session.session import Session
from viewer.session.state import Filters, Ref, State, Time, Within
from viewer.store.dataset import DataSet
from viewer.ui.asking import Asking
from viewer.ui.canvas import Canvas
from viewer.ui.ground_choice import GroundChoice
from viewer.ui.status import StatusLine

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SIZE = (800, 600)
LEFT, Key, Mod = Qt.MouseButton.LeftButton, Qt.Key, Qt.KeyboardModifier
CORNERS = (QPoint(100, 500), QPoint(700, 480), QPoint(600, 100))
DAY = parse("2017-12-25").latest or 0


@pytest.fixture
def window(qtbot: QtBot, small: DataSet, basemap: Basemap) -> Iterator[tuple[QMainWindow, GroundChoice]]:
    session = Session(State(time=Time(DAY, "cumulative"), camera=fit_camera(39, 34, 42, 36, *SIZE)))
    main = QMainWindow()
    canvas, asking = Canvas(session, MapPicture(small, basemap)), Asking(session, small)
    status = StatusLine(session, small, asking)
    main.setCentralWidget(canvas)
    main.setStatusBar(status)
    choice = GroundChoice(main, canvas, status, asking)
    main.resize(SIZE[0], SIZE[1] + 24)
    main.show()
    QTest.qWaitForWindowActive(main)
    canvas.paint_exact()
    yield main, choice
    asking.release()
    status.release()
    canvas.release()
    main.close()
    main.deleteLater()
    gc.collect()


@pytest.fixture
def choice(window: tuple[QMainWindow, GroundChoice]) -> GroundChoice:
    return window[1]


@pytest.fixture
def canvas(window: tuple[QMainWindow, GroundChoice]) -> Canvas:
    made = window[0].centralWidget()
    assert isinstance(made, Canvas)
    return made


def asked(canvas: Canvas) -> Within | None:
    return canvas.session.state.filters.within


def click(canvas: Canvas, *corners: QPoint) -> None:
    for at in corners:
        QTest.mouseMove(canvas, at)
        QTest.mouseClick(canvas, LEFT, pos=at)


def drag(canvas: Canvas, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    QApplication.processEvents()
    QTest.mouseRelease(canvas, LEFT, pos=end)


def pixels(canvas: Canvas, within: Within) -> list[QPoint]:
    return [canvas.seen(point).toPoint() for point in within.path]


@pytest.mark.parametrize("way", ["enter", "double click", "first corner"])
def test_the_corners_that_are_clicked_close_into_an_area(canvas: Canvas, way: str) -> None:
    canvas.draw("outline")
    click(canvas, *CORNERS)
    assert asked(canvas) is None
    if way == "enter":
        QTest.keyClick(canvas, Key.Key_Return)
    elif way == "double click":
        QTest.mouseDClick(canvas, LEFT, pos=CORNERS[-1])
    else:
        click(canvas, CORNERS[0] + QPoint(3, -2))
    found = asked(canvas)
    assert found is not None
    assert (found.kind, pixels(canvas, found)) == ("outline", list(CORNERS))
    assert not canvas.drawing.active
    canvas.session.undo()
    assert asked(canvas) is None


def test_while_an_area_is_drawn_clicks_select_nothing_and_the_map_can_be_moved(canvas: Canvas) -> None:
    camera = canvas.session.state.camera
    canvas.draw("outline")
    click(canvas, *CORNERS[:2])
    drag(canvas, QPoint(300, 300), QPoint(340, 320))
    assert canvas.session.state.camera != camera
    assert canvas.session.state.selected is None
    assert len(canvas.drawing.corners) == 2


def test_backspace_takes_corners_back_and_two_close_nothing(canvas: Canvas) -> None:
    said: list[str] = []
    canvas.said.connect(said.append)
    canvas.draw("outline")
    click(canvas, *CORNERS)
    QTest.keyClick(canvas, Key.Key_Backspace)
    assert len(canvas.drawing.corners) == 2
    QTest.keyClick(canvas, Key.Key_Enter)
    assert canvas.drawing.active
    assert said[-1].startswith("An area needs three corners")
    for _ in range(3):
        QTest.keyClick(canvas, Key.Key_Backspace)
    assert canvas.drawing.corners == ()
    canvas.drawing.drop()
    assert said[-1] == ""
    assert asked(canvas) is None


def test_a_second_click_on_the_same_spot_is_no_corner(canvas: Canvas) -> None:
    canvas.draw("outline")
    click(canvas, CORNERS[0], CORNERS[0] + QPoint(1, 1), CORNERS[1])
    assert len(canvas.drawing.corners) == 2


@pytest.mark.parametrize("dragged", [True, False])
def test_a_rectangle_is_dragged_or_takes_two_clicks(canvas: Canvas, dragged: bool) -> None:
    camera = canvas.session.state.camera
    canvas.draw("box")
    start, end = QPoint(500, 400), QPoint(200, 150)
    drag(canvas, start, end) if dragged else click(canvas, start, end)
    found = asked(canvas)
    assert found is not None
    xs, ys = ({getattr(at, axis)() for at in pixels(canvas, found)} for axis in ("x", "y"))
    assert (found.kind, xs, ys) == ("outline", {200, 500}, {150, 400})
    assert canvas.session.state.camera == camera


@pytest.mark.parametrize("dragged", [True, False])
def test_a_circle_reaches_from_its_middle_to_where_the_hand_let_go(canvas: Canvas, dragged: bool) -> None:
    canvas.draw("circle")
    start, end = QPoint(400, 300), QPoint(520, 300)
    drag(canvas, start, end) if dragged else click(canvas, start, end)
    found = asked(canvas)
    assert found is not None
    assert found.kind == "circle"
    assert pixels(canvas, found) == [start]
    edge = canvas._lon_lat(QPointF(end))
    assert found.metres == pytest.approx(distance_m(found.path[0], edge), abs=51)
    assert found.metres % 100 == 0


def test_what_is_drawn_is_seen_and_stays_as_an_outline_while_it_filters(canvas: Canvas) -> None:
    colour = canvas.picture.tokens("light").colour("asked")
    spot = (CORNERS[0] + CORNERS[1]) / 2

    def coloured() -> bool:
        image = canvas.grab().toImage()
        near = (image.pixelColor(spot.x(), spot.y() + by) for by in range(-4, 5))
        return any(
            abs(one.red() - colour.red()) + abs(one.green() - colour.green()) + abs(one.blue() - colour.blue()) < 90
            for one in near
        )

    assert not coloured()
    canvas.draw("outline")
    click(canvas, *CORNERS)
    assert coloured()
    QTest.keyClick(canvas, Key.Key_Return)
    canvas.paint_exact()
    assert coloured()
    canvas.session.dispatch(SetFilters(Filters()))
    canvas.paint_exact()
    assert not coloured()


def test_measuring_and_drawing_take_turns(canvas: Canvas) -> None:
    canvas.draw("outline")
    click(canvas, *CORNERS)
    canvas.measure((40.0, 35.0))
    assert (canvas.drawing.active, canvas.tool.active) == (False, True)
    canvas.draw("circle")
    assert (canvas.drawing.active, canvas.tool.active) == (True, False)


def chosen(choice: GroundChoice, where: tuple[float, float], text: str) -> list[str]:
    """Choose an entry of the menu of a point; all that it had."""
    menu = QMenu()
    choice.fill(menu, where)
    found = {action.text(): action for action in menu.actions() if action.text()}
    if text:
        found[text].trigger()
    menu.deleteLater()
    QApplication.sendPostedEvents(menu, QEvent.Type.DeferredDelete)
    return list(found)


def test_the_menu_of_a_point_offers_its_surroundings_province_and_river(choice: GroundChoice, canvas: Canvas) -> None:
    mayadin = (40.4503, 35.0197)
    found = chosen(choice, mayadin, "Only within 20 km of here")
    assert found[:3] == [
        "Only within 20 km of here", "Only within another distance of here\u2026",
        "Only in this province: Deir ez-Zor",
    ]  # fmt: skip
    assert asked(canvas) == Within("circle", (mayadin,), 20_000.0)
    along = next(text for text in found if text.startswith("Only within 10 km of either side of "))
    chosen(choice, mayadin, along)
    assert asked(canvas).kind == "corridor"  # type: ignore[union-attr]
    chosen(choice, mayadin, "Only in this province: Deir ez-Zor")
    assert asked(canvas).name == "Deir ez-Zor"  # type: ignore[union-attr]
    assert "Records anywhere again" in chosen(choice, (0.0, 0.0), "Records anywhere again")
    assert asked(canvas) is None
    assert "Records anywhere again" not in chosen(choice, (0.0, 0.0), "")


def test_the_distance_around_what_is_selected_is_asked_for(
    choice: GroundChoice, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[str] = []

    def answer(parent: object, title: str, question: str, text: str) -> tuple[str, bool]:
        questions.append(f"{question} {text}")
        return "5 nmi", True

    monkeypatch.setattr(QInputDialog, "getText", answer)
    canvas.session.dispatch(Select(Ref("place", "mayadin")))
    choice.around_selected()
    found = asked(canvas)
    assert found is not None
    assert (found.name, found.metres) == ("Al-Mayadin", 9_260.0)
    assert questions == ["Within how many kilometres of Al-Mayadin? (or m, mi, nmi) 20 km"]
    canvas.session.dispatch(Select(None))
    choice.around_selected()
    assert questions[-1].endswith("this point? (or m, mi, nmi) 9.26 km")
