"""The ground stays under the hand while panels open and close beside the map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.journeys.hand import Hand
from tests.ui.windows import work
from viewer.geo.projection import point_to_degrees, point_to_map
from viewer.session import camera as cameras
from viewer.session.actions import position_of
from viewer.session.camera import brought, held
from viewer.session.commands import OpenList, Select, SetCamera, ToggleLayer
from viewer.session.extents import box_of, half_side
from viewer.session.scenes import ChooseScene
from viewer.session.session import Session
from viewer.session.state import Camera, Ref
from viewer.session.suggest import TOWN_SCALE
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Open = Callable[[Window, Path | None], bool]


@pytest.fixture
def window(shell: Window, small_store: Path, open_store: Open) -> Window:
    """The window with the small store, after a hand has moved the map."""
    assert open_store(shell, small_store)
    settled()
    shell.run("pan_down")
    return shell


def settled() -> None:
    for _ in range(5):
        QApplication.processEvents()


def session(window: Window) -> Session:
    return work(window).session


def test_held_ground_stays_where_it_is_on_the_screen() -> None:
    camera, before, after = Camera(1000.0, 2000.0, 10.0), (250.0, 40.0, 900.0, 500.0), (0.0, 60.0, 700.0, 520.0)
    moved = held(camera, before, after)

    for x, y in ((300.0, 100.0), (640.0, 480.0)):  # of the window
        one = cameras.under(camera, x - before[0], y - before[1], *before[2:])
        assert cameras.under(moved, x - after[0], y - after[1], *after[2:]) == pytest.approx(one)


@pytest.mark.parametrize("leap", [False, True])
def test_what_is_brought_into_view_is_seen_whole_and_moves_the_map_no_more_than_it_must(leap: bool) -> None:
    camera, size = Camera(0.0, 0.0, 100.0), (900.0, 500.0)
    in_view, at_the_edge, large = (-40e3, -20e3, 40e3, 20e3), (40e3, 0.0, 60e3, 0.0), (0.0, 0.0, 90e3, 10e3)

    assert brought(camera, in_view, *size, leap) == camera
    moved = brought(camera, at_the_edge, *size, leap)
    assert (moved.y, moved.scale) == (0.0, 100.0) and 15e3 < moved.x < 25e3
    farther = brought(camera, large, *size, leap)
    assert cameras.holds(farther, large, *size) and 100.0 < farther.scale < 120.0
    high = (0.0, -300e3, 90e3, 300e3)
    seen = brought(camera, high, *size, leap)
    top, bottom = (cameras.seen_at(seen, 0.0, y, *size)[1] for y in (300e3, -300e3))
    assert top == pytest.approx(96.0) and bottom == pytest.approx(500.0 - 48.0)  # clear of the date
    assert brought(camera, (-9e6, -9e6, 9e6, 9e6), *size, leap).scale == cameras.FARTHEST_BROUGHT
    middle = brought(camera, (90e3, 70e3, 90e3, 70e3), *size, leap)
    assert ((middle.x, middle.y) == (90e3, 70e3)) == leap


def under_pixel(window: Window, x: int, y: int) -> tuple[float, float]:
    """The ground under a pixel of the window, in map metres."""
    canvas = work(window).canvas
    at = canvas.mapFrom(window, QPoint(x, y))
    return cameras.under(session(window).state.camera, at.x(), at.y(), canvas.width(), canvas.height())


@pytest.mark.parametrize("panel", ["panel_records", "panel_change", "panels_hide"])
def test_the_ground_stays_under_the_hand_while_panels_come_and_go(window: Window, panel: str) -> None:
    canvas = work(window).canvas
    before, width = under_pixel(window, 650, 300), canvas.width()

    for _ in range(2):
        window.run(panel)
        settled()
        assert canvas.width() != width
        width = canvas.width()
        assert under_pixel(window, 650, 300) == pytest.approx(before)


def test_what_was_looked_for_beside_a_panel_on_the_left_comes_to_the_middle_when_it_closes(
    window: Window, qtbot: QtBot
) -> None:
    """A hand that only pans while the panel covers the map gets the covered ground back where it was."""
    canvas = work(window).canvas
    for find, held_still in ((pan_a_little, True), (come_closer, False), (fit_again, False)):
        window.run("fit")
        window.run("panel_analysis")
        rested(window, qtbot)
        find(window)
        before, width, middle = under_pixel(window, 900, 300), canvas.width(), session(window).state.camera.x
        window.run("panel_analysis")
        rested(window, qtbot)

        assert canvas.width() > width
        assert (under_pixel(window, 900, 300) == pytest.approx(before)) == held_still
        assert (session(window).state.camera.x == pytest.approx(middle)) != held_still


def pan_a_little(window: Window) -> None:
    camera = session(window).state.camera
    session(window).dispatch(SetCamera(replace(camera, x=camera.x + 20 * camera.scale)))


def come_closer(window: Window) -> None:
    window.run("zoom_in")


def fit_again(window: Window) -> None:
    window.run("fit")


def lon_lat(window: Window, at: QPoint) -> tuple[float, float]:
    """The ground under a pixel of the map, in degrees."""
    canvas = work(window).canvas
    camera = session(window).state.camera
    return point_to_degrees(*cameras.under(camera, at.x(), at.y(), canvas.width(), canvas.height()))


def at_the_right(window: Window) -> tuple[float, float]:
    """Bring a town to where a panel will open, and tell where it is."""
    canvas = work(window).canvas
    where = position_of(work(window).data, Ref("place", "mayadin"))
    assert where is not None
    x, y = point_to_map(*where)
    scale = session(window).state.camera.scale
    session(window).dispatch(SetCamera(Camera(x - (canvas.width() / 2 - 60) * scale, y, scale)))
    settled()
    assert canvas.seen(where).x() == pytest.approx(canvas.width() - 60)
    return where


def rested(window: Window, qtbot: QtBot) -> None:
    """Wait until the map has glided to where it is to stand."""
    settled()
    qtbot.waitUntil(lambda: not work(window).canvas.steady.gliding)


def test_what_is_selected_does_not_come_to_lie_under_the_panel_that_tells_of_it(window: Window, qtbot: QtBot) -> None:
    canvas, where = work(window).canvas, at_the_right(window)
    session(window).dispatch(Select(Ref("place", "mayadin")))
    rested(window, qtbot)

    assert canvas.seen(where).x() == pytest.approx(canvas.width() - 48)
    assert canvas.seen(where).y() == pytest.approx(canvas.height() / 2, abs=1)


def test_closing_the_panel_gives_back_the_very_view(window: Window, qtbot: QtBot) -> None:
    at_the_right(window)
    before = session(window).state.camera
    for what in (Select(Ref("place", "mayadin")), OpenList("view"), Select(None), OpenList("")):
        session(window).dispatch(what)
        rested(window, qtbot)
        assert (session(window).state.camera == before) == (what == OpenList(""))


def test_where_a_hand_clicked_stays_in_sight(window: Window, qtbot: QtBot) -> None:
    """Even if what was clicked lies in the middle of somewhere else, such as a large area."""
    canvas = work(window).canvas
    at_the_right(window)
    point = QPoint(canvas.width() - 60, canvas.height() // 2)
    spot = lon_lat(window, point)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)
    qtbot.waitUntil(lambda: session(window).state.selected is not None or session(window).state.listed != "")
    rested(window, qtbot)

    assert canvas.seen(spot).x() == pytest.approx(canvas.width() - 48, abs=1)


def test_a_hand_that_moves_the_map_ends_its_gliding(window: Window, qtbot: QtBot) -> None:
    canvas = work(window).canvas
    at_the_right(window)
    session(window).dispatch(Select(Ref("place", "mayadin")))
    qtbot.waitUntil(lambda: canvas.steady.gliding)
    moved = Camera(0.0, 0.0, 500.0)
    session(window).dispatch(SetCamera(moved))
    rested(window, qtbot)

    assert session(window).state.camera == moved


def shown(window: Window, ref: Ref) -> bool:
    """Whether the map shows all of where a record may lie."""
    canvas, ground = work(window).canvas, box_of(work(window).data, work(window).loaded.basemap, ref)
    return ground is not None and cameras.holds(session(window).state.camera, ground, canvas.width(), canvas.height())


def test_what_is_selected_elsewhere_than_on_the_map_is_seen_with_its_whole_reach(
    window: Window, qtbot: QtBot
) -> None:
    """Also when the panel that tells of it has taken its room; one step takes both back."""
    rough, x, y = rough_event(window)
    session(window).dispatch(SetCamera(Camera(x, y, 50.0)))
    before = session(window).state
    assert not shown(window, rough)

    session(window).dispatch(Select(rough))
    rested(window, qtbot)
    assert shown(window, rough)
    near = session(window).state.camera
    assert near.scale > before.camera.scale

    session(window).dispatch(Select(None))
    rested(window, qtbot)
    assert session(window).state.camera.scale == near.scale

    for _ in range(2):
        session(window).undo()
        rested(window, qtbot)
    assert session(window).state.selected is None
    assert session(window).state.camera.scale == before.camera.scale


def test_going_through_a_pile_leaves_the_map_where_it_is_while_it_is_in_view(window: Window, qtbot: QtBot) -> None:
    rough, x, y = rough_event(window)
    session(window).dispatch(SetCamera(Camera(x, y, 50.0)))
    session(window).dispatch(OpenList("stack", (rough.key,)))
    rested(window, qtbot)
    session(window).dispatch(Select(rough))
    rested(window, qtbot)
    assert session(window).state.camera.scale == 50.0
    session(window).dispatch(Select(None))
    session(window).dispatch(SetCamera(Camera(x + 5e6, y, 50.0)))
    rested(window, qtbot)
    session(window).dispatch(Select(rough))
    rested(window, qtbot)
    assert shown(window, rough)


def rough_event(window: Window) -> tuple[Ref, float, float]:
    """An event of a rough place, and the point that stands for it."""
    data = work(window).data
    rows = [row for row in range(len(data.events)) if data.events.placed[row]]
    wide = max(rows, key=lambda row: half_side(data, work(window).loaded.basemap, row))
    return Ref("event", data.events.keys[wide]), float(data.events.x[wide]), float(data.events.y[wide])


def test_a_click_on_the_map_and_a_step_back_leave_the_map_where_it_is(window: Window, qtbot: QtBot) -> None:
    rough, x, y = rough_event(window)
    session(window).dispatch(Select(rough))
    rested(window, qtbot)
    session(window).dispatch(Select(None))
    session(window).dispatch(SetCamera(Camera(x, y, 50.0)))
    rested(window, qtbot)
    session(window).undo()
    session(window).undo()
    rested(window, qtbot)
    assert session(window).state.selected == rough
    session(window).dispatch(SetCamera(Camera(x, y, 50.0)))
    canvas = work(window).canvas
    canvas.clicked = point_to_degrees(x, y)
    session(window).dispatch(Select(Ref("place", "mayadin")))
    session(window).dispatch(Select(rough))
    canvas.clicked = None
    rested(window, qtbot)

    assert session(window).state.camera.scale == 50.0


@pytest.mark.parametrize("away", [0.0, 9e5])
def test_a_scene_is_shown_as_it_was_saved(window: Window, qtbot: QtBot, away: float) -> None:
    """Even if not all of what is selected in it is seen there, and whether the map looks elsewhere meanwhile or not."""
    rough, x, y = rough_event(window)
    session(window).dispatch(OpenList("view"))  # the panel stays, and so does the map
    session(window).dispatch(Select(rough))
    rested(window, qtbot)
    session(window).dispatch(SetCamera(Camera(x, y, 50.0)))
    window.run("scene_add")
    session(window).dispatch(Select(None))
    rested(window, qtbot)
    session(window).dispatch(SetCamera(Camera(x - away, y, 50.0)))
    session(window).dispatch(ChooseScene(session(window).state.scenes[0].key))
    window.run("scene_show")
    rested(window, qtbot)

    camera = session(window).state.camera
    assert session(window).state.selected == rough
    assert (camera.x, camera.y, camera.scale) == pytest.approx((x, y, 50.0))


def test_what_is_done_while_the_map_glides_is_taken_back_alone(window: Window, qtbot: QtBot) -> None:
    rough, x, y = rough_event(window)
    session(window).dispatch(SetCamera(Camera(x - 9e5, y, 20.0)))
    rested(window, qtbot)
    before = session(window).state
    session(window).dispatch(Select(rough))
    qtbot.waitUntil(lambda: work(window).canvas.steady.gliding)
    session(window).dispatch(ToggleLayer("towns"))
    rested(window, qtbot)
    near = session(window).state.camera
    assert shown(window, rough)

    session(window).undo()
    rested(window, qtbot)
    assert (session(window).state.selected, session(window).state.layers) == (rough, before.layers)
    assert session(window).state.camera == near
    session(window).undo()
    rested(window, qtbot)
    assert session(window).state.selected is None
    assert session(window).state.camera == before.camera


def test_zooming_to_what_is_selected_comes_no_closer_than_all_of_it_is_seen(window: Window, qtbot: QtBot) -> None:
    window.run("zoom_selected")
    before = session(window).state.camera
    rough, x, y = rough_event(window)
    for ref, scale in ((Ref("place", "mayadin"), 200.0), (rough, None)):
        session(window).dispatch(Select(ref))
        rested(window, qtbot)
        session(window).dispatch(SetCamera(Camera(x + 9e4, y, 900.0)))
        window.run("zoom_selected")

        assert shown(window, ref) and session(window).state.camera != before
        assert scale is None or session(window).state.camera.scale == scale


def test_what_is_searched_for_again_is_seen_again_with_its_whole_reach(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.session.suggest.TOWN_SCALE", 20.0)
    rough, x, y = rough_event(window)
    dossier = work(window).data.dossier(rough.key)
    assert dossier is not None
    for _ in range(2):
        session(window).dispatch(SetCamera(Camera(x - 9e5, y, 20.0)))
        Hand(window).find(dossier.event.title)
        rested(window, qtbot)

        assert session(window).state.selected == rough
        assert shown(window, rough)


def test_what_leaves_the_middle_part_comes_well_inside_and_no_nearer_than_it_stood() -> None:
    camera, size = Camera(0.0, 0.0, 100.0), (600.0, 400.0)

    def kept(x: float, stood: float, edge: float = cameras.MIDDLE) -> float:
        """The pixel from the left at which a point of some pixel is seen then."""
        point = cameras.under(camera, x, 200.0, *size)
        moved = cameras.kept_in_middle(camera, point, (stood, 0.5), *size, edge)
        assert (moved.y, moved.scale) == (camera.y, camera.scale)
        return cameras.seen_at(moved, *point, *size)[0]

    assert kept(130.0, 0.5) == 130.0 and kept(470.0, 0.5) == 470.0
    assert kept(110.0, 0.5) == pytest.approx(200.0) and kept(490.0, 0.5) == pytest.approx(400.0)
    assert kept(60.0, 0.1) == 60.0  # it stood as near the edge before
    assert kept(-90.0, 0.2) == pytest.approx(120.0)
    assert kept(-90.0, 0.01) == pytest.approx(48.0)  # but never in the margin
    assert kept(590.0, 0.5, 0.0) == 590.0 and kept(610.0, 0.5, 0.0) == pytest.approx(400.0)


def middle_part(window: Window, x: float, y: float) -> bool:
    """Whether ground in map metres is seen in the middle part of the map."""
    canvas = work(window).canvas
    seen = cameras.seen_at(session(window).state.camera, x, y, canvas.width(), canvas.height())
    shares = seen[0] / canvas.width(), seen[1] / canvas.height()
    return all(cameras.MIDDLE <= share <= 1 - cameras.MIDDLE for share in shares)


def test_what_one_looked_at_stays_in_the_middle_part_whatever_opens(window: Window, qtbot: QtBot) -> None:
    """A wide panel leaves little beside another one, and covers what was seen there."""
    camera = session(window).state.camera
    pairs = (("panel_scenes", "panel_table"), ("panel_change", "panel_analysis"), ("panel_table", "panel_scenes"))
    for first, second in pairs:
        window.run(first)
        rested(window, qtbot)
        session(window).dispatch(SetCamera(camera))
        window.run(second)
        rested(window, qtbot)
        assert middle_part(window, camera.x, camera.y), second
        for panel in (first, second):
            window.run(panel)
            rested(window, qtbot)


def test_a_selected_record_stays_in_the_middle_part_too(window: Window, qtbot: QtBot) -> None:
    where = position_of(work(window).data, Ref("place", "mayadin"))
    assert where is not None
    x, y = point_to_map(*where)
    session(window).dispatch(Select(Ref("place", "mayadin")))
    rested(window, qtbot)
    width = work(window).canvas.width()
    session(window).dispatch(SetCamera(Camera(x + 0.2 * width * 300.0, y, 300.0)))
    rested(window, qtbot)
    window.run("panel_table")
    rested(window, qtbot)

    assert work(window).canvas.width() < width
    assert middle_part(window, x, y)


def test_what_was_searched_for_stands_in_the_middle_though_the_map_looked_there_before(
    window: Window, qtbot: QtBot
) -> None:
    canvas, where = work(window).canvas, position_of(work(window).data, Ref("place", "mayadin"))
    assert where is not None
    session(window).dispatch(SetCamera(Camera(*point_to_map(*where), TOWN_SCALE)))
    width = canvas.width()
    Hand(window).find("Mayadin")
    rested(window, qtbot)

    assert session(window).state.selected == Ref("place", "mayadin")
    assert canvas.width() < width
    assert canvas.seen(where).x() == pytest.approx(canvas.width() / 2, abs=1)


def test_the_table_keeps_its_width_when_the_details_close(window: Window) -> None:
    session(window).dispatch(Select(Ref("place", "mayadin")))
    window.run("panel_table")
    settled()
    width = work(window).table.width()
    session(window).dispatch(Select(None))
    settled()

    assert work(window).table.width() == width
