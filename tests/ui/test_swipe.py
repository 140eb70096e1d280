"""Two maps beside each other: each of its own day, and a handle that a hand and keys can move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event, current_thread, main_thread
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.domain.dates import parse
from viewer.draw.drawn import Drawn
from viewer.draw.frame import render_frame
from viewer.draw.legend_card import legend_words
from viewer.draw.picture import MapPicture
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map
from viewer.session.actions import BY_ID
from viewer.session.camera import fit_camera
from viewer.session.commands import SetCamera, SetCompare, SetCursor, SetSwipe
from viewer.session.session import Session
from viewer.session.sides import shown_state, sides
from viewer.session.state import State, Time
from viewer.store.dataset import DataSet
from viewer.ui.canvas import Canvas

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Button, Mod = Qt.MouseButton, Qt.KeyboardModifier
A, B = (parse(text).earliest or 0 for text in ("2017-01-01", "2017-11-14"))
SIZE = (700, 420)
WAIT_MS = 30_000
LETTERS, MOST_OFF = 24, 60
"""Levels by which outlines of the same letters differ once the font was used in another size, and in how many of 58,320
values at most: 24 were seen."""


@pytest.fixture
def state() -> State:
    return State(fit_camera(36.8, 32.2, 44.6, 37.4, *SIZE), Time(cursor=B), compare=A)


@pytest.fixture
def canvas(qtbot: QtBot, builtin: DataSet, basemap: Basemap, state: State) -> Iterator[Canvas]:
    widget = Canvas(Session(state), MapPicture(builtin, basemap))
    qtbot.addWidget(widget)
    widget.resize(*SIZE)
    widget.show()
    widget.paint_exact()
    yield widget
    widget.release()


def begun(qtbot: QtBot, canvas: Canvas) -> Canvas:
    canvas.session.dispatch(SetSwipe(0.5))
    settle(qtbot, canvas)
    return canvas


def settle(qtbot: QtBot, canvas: Canvas) -> None:
    QApplication.processEvents()
    qtbot.waitUntil(lambda: canvas.settled, timeout=WAIT_MS)
    QApplication.processEvents()


def alike(one: QImage, other: QImage, left: int, right: int) -> bool:
    """Whether two pictures agree in a part without cards, but for what rounding does to a shade and Qt to letters."""
    parts = []
    for image in (one, other):
        part = image.convertToFormat(QImage.Format.Format_RGB888).copy(left, 120, right - left, 60)
        parts.append(np.frombuffer(part.constBits(), np.uint8).astype(int))
    off = np.abs(parts[0] - parts[1])
    return bool(off.max() <= LETTERS and (off > 8).sum() <= MOST_OFF)


def test_the_two_states_are_plain_maps_of_their_days(state: State) -> None:
    assert sides(state) is None
    both = sides(replace(state, swipe=0.5))
    assert both is not None
    left, right = both

    assert (left.time.cursor, right.time.cursor) == (A, B)
    assert (left.compare, right.compare) == (None, None)
    assert left.camera == right.camera == state.camera
    assert shown_state(replace(state, swipe=0.5)) == right
    assert shown_state(state) == state


def test_left_of_the_handle_is_a_and_right_of_it_b(
    qtbot: QtBot, canvas: Canvas, builtin: DataSet, basemap: Basemap, state: State
) -> None:
    # Once Qt has set letters for another size of pixels, their first outlines lie a 64th of a pixel beside.
    MapPicture(builtin, basemap).image(replace(state, compare=None), *SIZE)
    shown = begun(qtbot, canvas).grab().toImage()
    single = MapPicture(builtin, basemap)
    days = [
        single.image(replace(state, compare=None, time=replace(state.time, cursor=day)), *SIZE, clear=canvas.cards)[0]
        for day in (A, B)
    ]

    assert alike(shown, days[0], 12, 336)
    assert alike(shown, days[1], 364, 688)
    assert not alike(days[0], days[1], 12, 336)
    assert not alike(days[0], days[1], 364, 688)


def test_dragging_the_handle_only_lays_kept_pictures_anew(qtbot: QtBot, canvas: Canvas) -> None:
    begun(qtbot, canvas)
    painted: list[object] = []
    image = canvas.picture.image

    def counted(*args: object, **named: object) -> object:
        painted.append(args)
        return image(*args, **named)  # type: ignore[arg-type]

    canvas.picture.image = counted  # type: ignore[method-assign, assignment]
    handle = canvas.swipe
    grip = handle.rect().center()
    QTest.mousePress(handle, Button.LeftButton, Mod.NoModifier, grip)
    for x in (300, 250, 200):
        QTest.mouseMove(handle, handle.mapFromParent(QPoint(x, grip.y())))
        QApplication.processEvents()
    QTest.mouseRelease(handle, Button.LeftButton, Mod.NoModifier, handle.rect().center())
    settle(qtbot, canvas)

    assert canvas.session.state.swipe == pytest.approx(200 / SIZE[0], abs=0.01)
    assert abs(handle.geometry().center().x() - 200) <= 2
    assert painted == []
    canvas.session.undo()
    assert canvas.session.state.swipe is None, "nobody wants to undo a handle, but the second map"


def test_keys_move_it_and_it_stays_on_the_map(builtin: DataSet, state: State) -> None:
    session = Session(replace(state, swipe=0.03))
    for _ in range(3):
        make = BY_ID["swipe_left"].make
        command = make(builtin, session.state) if make is not None else None
        assert command is not None
        session.dispatch(command)

    assert session.state.swipe == 0.0
    make = BY_ID["swipe_right"].make
    assert make is not None
    assert make(builtin, state) is None, "without two maps there is no handle"


def test_both_follow_the_camera(qtbot: QtBot, canvas: Canvas, state: State) -> None:
    begun(qtbot, canvas)
    canvas.session.dispatch(SetCamera(replace(state.camera, x=state.camera.x + 50_000)))
    settle(qtbot, canvas)

    beside, result = canvas.swipe.beside, canvas.result
    assert beside is not None
    assert result is not None
    assert beside.screen.camera == result.screen.camera == canvas.session.state.camera


def test_a_step_of_the_cursor_paints_the_right_map_alone(qtbot: QtBot, canvas: Canvas) -> None:
    begun(qtbot, canvas)
    left = canvas.swipe.beside
    canvas.session.dispatch(SetCursor(B + 1))
    settle(qtbot, canvas)

    assert canvas.swipe.beside is left
    assert canvas.result is not None
    assert canvas.result.day == B + 1


def test_another_day_a_paints_the_left_map(qtbot: QtBot, canvas: Canvas) -> None:
    begun(qtbot, canvas)
    canvas.session.dispatch(SetCompare(A + 90))
    settle(qtbot, canvas)

    assert canvas.swipe.beside is not None
    assert canvas.swipe.beside.day == A + 90


@pytest.fixture
def held_up(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> Event:
    """Until it is set no thread paints a left map; what the window's own paints is not held up."""
    paint, go_on = canvas.picture.image, Event()

    def image(state: State, *asked: Any) -> tuple[QImage, Drawn]:
        if current_thread() is not main_thread() and state.time.cursor != B:
            go_on.wait(WAIT_MS / 1000)
        return paint(state, *asked)

    monkeypatch.setattr(canvas.picture, "image", image)
    return go_on


def test_going_back_before_the_left_map_is_painted_brings_it_back(
    qtbot: QtBot, canvas: Canvas, held_up: Event
) -> None:
    held_up.set()
    begun(qtbot, canvas)
    held_up.clear()
    canvas.session.dispatch(SetCompare(A + 90))
    qtbot.waitUntil(lambda: canvas.swipe.artist.busy)
    canvas.session.dispatch(SetCompare(A))
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not canvas.artist.busy)
    held_up.set()
    settle(qtbot, canvas)

    assert canvas.swipe.beside is not None
    assert canvas.swipe.beside.day == A


def test_a_click_left_right_after_a_pan_selects_what_is_seen_there(
    qtbot: QtBot, canvas: Canvas, held_up: Event
) -> None:
    held_up.set()
    begun(qtbot, canvas)
    camera = canvas.session.state.camera
    raqqa = QPointF(*canvas.result.screen.point_px(*point_to_map(39.01, 35.95))) if canvas.result else QPointF()
    (place,) = canvas.picked(raqqa)
    held_up.clear()
    canvas.session.dispatch(SetCamera(replace(camera, x=camera.x + 60 * camera.scale)))
    QApplication.processEvents()
    at = raqqa - QPointF(60, 0)
    assert not canvas.picked(at), "the picture of the left map is one of another view"
    QTest.mouseClick(canvas, Button.LeftButton, Mod.NoModifier, at.toPoint())
    assert canvas.session.state.selected is None, "it is not known yet what is there"
    held_up.set()
    settle(qtbot, canvas)
    assert canvas.session.state.selected == place


def test_what_lies_left_is_picked_from_the_left_map(qtbot: QtBot, canvas: Canvas) -> None:
    begun(qtbot, canvas)

    assert canvas._result_at(QPointF(100, 200)) is canvas.swipe.beside
    assert canvas._result_at(QPointF(600, 200)) is canvas.result


def test_the_legend_has_what_only_the_left_map_shows(qtbot: QtBot, canvas: Canvas) -> None:
    told: list[set[str]] = []
    canvas.drawn.connect(lambda drawn: told.append({line.text for line in drawn.legend}))
    begun(qtbot, canvas)
    beside, result = canvas.swipe.beside, canvas.result
    assert beside is not None
    assert result is not None

    assert told[-1] == {line.text for drawn in (beside, result) for line in drawn.legend}
    assert told[-1] > {line.text for line in result.legend}


def test_a_line_of_the_legend_has_the_number_of_either_map(qtbot: QtBot, canvas: Canvas) -> None:
    told: list[Drawn] = []
    canvas.drawn.connect(told.append)
    begun(qtbot, canvas)
    beside, result = canvas.swipe.beside, canvas.result
    assert beside is not None
    assert result is not None
    lefts, rights = ({line.entry: line for line in drawn.legend} for drawn in (beside, result))

    for line in told[-1].legend:
        left, right = (lines[line.entry].count if line.entry in lines else 0 for lines in (lefts, rights))
        assert line.number == (f"{left:,} | {right:,}" if left or right else "")
    (isis,) = [line for line in told[-1].legend if line.entry.actors == ("is",) and line.group == "Actors"]
    assert isis.detail == f"A {lefts[isis.entry].detail}; B {rights[isis.entry].detail}"
    assert isis.left != isis.count
    assert legend_words(isis).endswith(f"(IS)  {isis.number}")


def test_taking_the_handle_away_brings_back_the_change(qtbot: QtBot, canvas: Canvas) -> None:
    before = canvas.grab().toImage()
    begun(qtbot, canvas)
    assert canvas.grab().toImage() != before
    canvas.session.dispatch(SetSwipe(None))
    settle(qtbot, canvas)

    assert not canvas.swipe.isVisible()
    assert canvas.grab().toImage() == before


def test_an_exported_view_has_both_maps_and_the_handle(builtin: DataSet, basemap: Basemap, state: State) -> None:
    def frame(asked: State) -> QImage:
        return render_frame(builtin, replace(asked, layers=frozenset({"ground"})), basemap, *SIZE)

    both = frame(replace(state, swipe=0.5))
    ends = [frame(replace(state, compare=None, time=replace(state.time, cursor=day))) for day in (A, B)]

    assert alike(both, ends[0], 252, 336)
    assert alike(both, ends[1], 364, 688)
    assert not alike(ends[0], ends[1], 252, 336)
    ink = tokens_for("light").colour("ink").rgb()
    assert {both.pixel(SIZE[0] // 2, y) for y in range(110, 180)} == {ink}, "a line stands between them"


