"""The briefing of the built-in data, driven by keys from the window: from the title to the end and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.presenter.showing import WAIT_MS, day, press, settle
from tests.ui.windows import Program, work
from viewer.session.commands import SetCursor
from viewer.ui.briefing import builtin_scenes
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Key = Qt.Key


@pytest.fixture
def window(program: Program, qtbot: QtBot, builtin_store: Path, still: None, no_programs: None) -> Window:
    """The window on the built-in data on a day, with its panels hidden."""
    shown = program(builtin_store)
    work(shown).session.dispatch(SetCursor(day("2018-06-01")))
    shown.run("panels_hide")
    qtbot.waitUntil(lambda: work(shown).canvas.settled, timeout=WAIT_MS)
    return shown


def test_it_runs_to_its_end_and_back_and_leaves_the_state_as_it_was(qtbot: QtBot, window: Window) -> None:
    work, scenes = window.work, builtin_scenes()
    assert work is not None
    state, can_undo = work.session.state, work.session.can_undo
    hidden = {name: dock.isVisible() for name, dock in work.docks.items()}
    work.briefing.present_scenes(scenes)
    presenter = work.briefing.presenter
    assert presenter is not None and presenter.notices == () and presenter.scene.kind == "title"
    settle(qtbot, presenter)
    seen = [presenter.scene.key]
    for _ in scenes[1:]:
        press(qtbot, presenter, Key.Key_Right)
        seen.append(presenter.scene.key)
        if len(seen) == 6:  # somebody interrupts
            press(qtbot, presenter, "t")
            press(qtbot, presenter, "23 Mar 2019", Key.Key_Return)
            press(qtbot, presenter, "f")
            press(qtbot, presenter, "Baghuz", Key.Key_Return)
            assert presenter.story.isVisible() and presenter.session.state.time.cursor == day("2019-03-23")
            press(qtbot, presenter, Key.Key_Return)
            assert presenter.session.state == presenter.own
    assert seen == [scene.key for scene in scenes] and presenter.scene.kind == "end"
    for _ in scenes[1:]:
        press(qtbot, presenter, Key.Key_Left)
    assert presenter.at == 0
    with qtbot.waitSignal(presenter.ended):
        QTest.keyClick(presenter.stage, Key.Key_Escape)

    assert work.session.state == state and work.session.can_undo == can_undo
    assert {name: dock.isVisible() for name, dock in work.docks.items()} == hidden
