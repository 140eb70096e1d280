"""How tests make scenes, press keys and wait for pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.domain.dates import parse
from viewer.session.camera import fit_camera
from viewer.session.state import Camera, Scene, State, Time
from viewer.ui.presenter.presenter import Presenter

Begin = Callable[..., Presenter]
WAIT_MS = 60_000
WIDE = fit_camera(36.8, 32.2, 44.6, 37.4, 1280, 720)
NEAR = fit_camera(39.5, 34.0, 41.6, 35.6, 1280, 720)


def day(text: str) -> int:
    found = parse(text).earliest
    assert found is not None
    return found


def scene(key: str, on: str, camera: Camera = WIDE, view: State | None = None, **words: object) -> Scene:
    shown = replace(view or State(), camera=camera, time=Time(cursor=day(on)))
    return Scene(key, shown, title=key, **words)  # type: ignore[arg-type]


def settle(qtbot: QtBot, presenter: Presenter) -> None:
    """Wait until the page is on the screen as it would be exported."""
    QApplication.processEvents()
    qtbot.waitUntil(lambda: presenter.stage.at_rest and not presenter.glide.running, timeout=WAIT_MS)


def press(qtbot: QtBot, presenter: Presenter, *keys: Qt.Key | str) -> None:
    """Press keys where the focus is, and wait for the page."""
    for key in keys:
        target = QApplication.focusWidget() or presenter.stage
        QTest.keyClicks(target, key) if isinstance(key, str) else QTest.keyClick(target, key)
    settle(qtbot, presenter)
