"""What stands round the map follows a moving view when that rests, and a step of time at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.windows import Lasting, settled, state, work
from viewer.draw.drawn import Drawn
from viewer.session.commands import Batch, SetCamera, SetCursor, SetWindow
from viewer.session.session import Session
from viewer.session.state import Camera, State
from viewer.ui import moving_view
from viewer.ui.moving_view import MovingView
from viewer.ui.panels import layers
from viewer.ui.panels.layers import LayersPanel
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LONG_MS = 3_600_000


@pytest.fixture
def window(at_christmas: Lasting, monkeypatch: pytest.MonkeyPatch) -> Window:
    monkeypatch.setattr(moving_view, "REST_MS", LONG_MS)
    monkeypatch.setattr(moving_view, "LATE_MS", LONG_MS)
    return at_christmas.again()


def _layers(window: Window) -> LayersPanel:
    found = work(window).panels["layers"]
    assert isinstance(found, LayersPanel)
    return found


def _says(window: Window, qtbot: QtBot) -> bool:
    """Whether the legend, which follows the map after a moment, says what that shows."""
    result, panel = work(window).canvas.result, _layers(window)
    assert result is not None
    qtbot.waitUntil(lambda: not panel.behind)
    shown = tuple(line for line in panel.model.lines if not isinstance(line, str))
    return shown == result.legend


def _look(window: Window, factor: float) -> SetCamera:
    camera = state(window).camera
    return SetCamera(replace(camera, scale=camera.scale * factor))


def test_the_legend_and_the_scale_wait_for_a_view_that_moves(window: Window, qtbot: QtBot) -> None:
    here = work(window)
    settled(window)
    here.moving_view.due.emit()
    scale = here.status.scale.text()
    assert _says(window, qtbot)
    here.session.dispatch(_look(window, 0.05))
    settled(window)

    assert not _says(window, qtbot)
    assert here.status.scale.text() == scale
    here.moving_view.due.emit()
    assert _says(window, qtbot)
    assert here.status.scale.text() != scale


def test_a_step_of_time_is_told_at_once_even_in_another_view(window: Window, qtbot: QtBot) -> None:
    here = work(window)
    here.session.dispatch(_look(window, 0.05))
    settled(window)
    here.session.dispatch(SetCursor(state(window).time.cursor - 400))
    settled(window)
    assert _says(window, qtbot)
    here.session.dispatch(Batch((_look(window, 30.0), SetWindow(900))))
    settled(window)
    assert _says(window, qtbot)


def test_the_legend_follows_pictures_that_come_fast_now_and_then(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, panel = work(window), _layers(window)
    here.session.dispatch(SetCursor(state(window).time.cursor - 400))
    settled(window)
    assert _says(window, qtbot)
    before = tuple(panel.model.lines)
    monkeypatch.setattr(layers, "EACH_MS", LONG_MS)
    here.session.dispatch(SetCursor(state(window).time.cursor - 700))
    settled(window)
    QApplication.processEvents()
    assert panel.behind and tuple(panel.model.lines) == before

    panel._reading.start(0)
    assert _says(window, qtbot)
    assert tuple(panel.model.lines) != before


def test_everything_follows_once_the_view_rests(qtbot: QtBot) -> None:
    session = Session(State())
    view = MovingView(session)
    assert not view.moves
    with qtbot.waitSignal(view.due):
        session.dispatch(SetCamera(Camera(1.0, 2.0, 300.0)))
        assert view.moves
    assert not view.moves
    view.release()


def test_what_follows_a_view_that_never_rests_is_not_old(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving_view, "REST_MS", LONG_MS)
    monkeypatch.setattr(moving_view, "LATE_MS", 1)
    session = Session(State())
    view, told = MovingView(session), list[int]()
    view.due.connect(lambda: told.append(1))
    session.dispatch(SetCamera(Camera(1.0, 2.0, 300.0)))
    qtbot.waitUntil(lambda: bool(told))
    view.release()


def _two_days(window: Window, qtbot: QtBot) -> Drawn:
    """What was drawn of a day; the legend tells of another one."""
    here = work(window)
    settled(window)
    drawn = here.canvas.result
    here.session.dispatch(SetCursor(state(window).time.cursor - 400))
    settled(window)
    assert _says(window, qtbot)
    assert drawn is not None and here.canvas.result is not None and drawn.legend != here.canvas.result.legend
    return drawn


def test_a_legend_that_is_hidden_before_it_followed_is_counted_when_it_is_seen_again(
    window: Window, qtbot: QtBot
) -> None:
    panel, drawn = _layers(window), _two_days(window, qtbot)
    before = panel.model.lines
    panel.show_drawn(drawn)
    assert panel.behind
    work(window).docks["layers"].hide()
    qtbot.waitUntil(lambda: not panel.behind)
    assert panel.model.lines == before
    work(window).docks["layers"].show()
    work(window).docks["layers"].raise_()
    QApplication.processEvents()
    assert tuple(line for line in panel.model.lines if not isinstance(line, str)) == drawn.legend


def test_a_legend_that_follows_is_forgotten_with_its_panel(window: Window, qtbot: QtBot) -> None:
    panel, drawn = _layers(window), _two_days(window, qtbot)
    panel.show_drawn(drawn)
    assert panel.behind
    panel.release()
    assert not panel.behind


def test_nothing_is_counted_for_a_legend_that_cannot_be_seen(window: Window, qtbot: QtBot) -> None:
    here = work(window)
    here.docks["layers"].hide()
    before = _layers(window).model.lines
    here.session.dispatch(SetCursor(state(window).time.cursor - 400))
    settled(window)
    assert _layers(window).model.lines == before
    here.docks["layers"].show()
    here.docks["layers"].raise_()
    QApplication.processEvents()
    assert _says(window, qtbot)
