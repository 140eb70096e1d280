"""Scenes as a hand makes them: by keys and in the panel, kept for the next time, taken to files and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.windows import Begin, Key, Mod, Program, press, settled, state, work
from viewer.session.commands import SetCursor, SetFilters
from viewer.session.scenes import DropScene, ShowScene, fitting
from viewer.session.state import Filters, Stretch
from viewer.store.dataset import DataSet
from viewer.ui import briefing
from viewer.ui.briefing import builtin_scenes
from viewer.ui.panels.scenes import ScenesPanel
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def begin(program: Program, small_store: Path) -> Begin:
    return lambda: program(small_store)


@pytest.fixture
def window(begin: Begin) -> Window:
    return begin()


def panel(window: Window) -> ScenesPanel:
    found = work(window).panels["scenes"]
    assert isinstance(found, ScenesPanel)
    return found


def go(window: Window, day: int) -> None:
    work(window).session.dispatch(SetCursor(day))


def lines(window: Window) -> list[str]:
    shown = panel(window).list
    return [shown.item(row).text().split("\n")[0] for row in range(shown.count())]


def titles(window: Window) -> str:
    return " ".join(scene.title for scene in state(window).scenes)


@pytest.fixture
def three(window: Window) -> Window:
    """Three scenes called a, b and c, of three days."""
    for name, day in (("a", 17_300), ("b", 17_400), ("c", 17_500)):
        go(window, day)
        press(work(window).canvas, Key.Key_B, Mod.ControlModifier)
        panel(window).title.setText(name)
        panel(window).title.textEdited.emit(name)
        panel(window).title.editingFinished.emit()
    assert titles(window) == "a b c"
    return window


def test_a_view_becomes_a_scene_by_one_key_and_the_list_is_seen(window: Window) -> None:
    assert panel(window).empty.isVisibleTo(panel(window))
    press(work(window).canvas, Key.Key_B, Mod.ControlModifier)

    assert len(state(window).scenes) == 1
    assert work(window).docks["scenes"].isVisible()
    assert len(lines(window)) == 1
    assert not panel(window).empty.isVisibleTo(panel(window))
    press(work(window).canvas, Key.Key_Z, Mod.ControlModifier)
    assert not state(window).scenes
    assert lines(window) == []


def test_keys_step_through_the_scenes_and_bring_their_days(three: Window) -> None:
    canvas = work(three).canvas
    press(canvas, Key.Key_PageUp)
    assert state(three).time.cursor == 17_400
    press(canvas, Key.Key_PageUp)
    press(canvas, Key.Key_PageUp)
    assert state(three).time.cursor == 17_300
    press(canvas, Key.Key_PageDown)
    assert (state(three).time.cursor, panel(three).title.text()) == (17_400, "b")


def test_scenes_are_ordered_doubled_and_dropped_by_keys(three: Window) -> None:
    canvas = work(three).canvas
    press(canvas, Key.Key_PageUp, Mod.ControlModifier)
    assert titles(three) == "a c b"
    press(canvas, Key.Key_D, Mod.ControlModifier)
    assert titles(three) == "a c c b"
    press(canvas, Key.Key_Delete, Mod.ControlModifier)
    assert titles(three) == "a c b"
    assert [line.split()[-1] for line in lines(three)] == ["a", "c", "b"]


def test_a_scene_is_dragged_to_another_place(three: Window) -> None:
    model = panel(three).list.model()
    assert model.moveRow(QModelIndex(), 2, QModelIndex(), 0)
    QApplication.processEvents()
    assert titles(three) == "c a b"
    assert model.moveRow(QModelIndex(), 0, QModelIndex(), 3)
    QApplication.processEvents()
    assert titles(three) == "a b c"
    assert [line.split()[-1] for line in lines(three)] == ["a", "b", "c"]


def test_words_that_are_typed_are_one_step_and_the_cursor_stays(three: Window) -> None:
    shown = panel(three)
    QTest.keyClicks(shown.caption, "One two")
    shown.take_typed()
    QTest.keyClicks(shown.caption, " three")
    assert shown.caption.textCursor().position() == len("One two three")
    shown.caption.left.emit()
    assert state(three).scenes[2].caption == "One two three"
    work(three).session.undo()
    assert state(three).scenes[2].caption == ""
    assert shown.caption.toPlainText() == ""


def test_a_scene_plays_the_days_that_are_typed(three: Window) -> None:
    shown = panel(three)
    shown.plays.click()
    assert state(three).scenes[2].stretch is not None
    for field, text in ((shown.first, "2017-06-01"), (shown.last, "no day")):
        field.setText(text)
        field.textEdited.emit(text)
    before = state(three).scenes[2].stretch
    shown.take_typed()
    assert before is not None
    assert state(three).scenes[2].stretch == Stretch(17_318, before.last, before.days_per_second)
    shown.plays.click()
    assert state(three).scenes[2].stretch is None


def test_the_view_is_taken_into_the_scene_again(three: Window) -> None:
    work(three).session.dispatch(SetFilters(Filters(text="oil")))
    press(work(three).canvas, Key.Key_B, Mod.ControlModifier | Mod.ShiftModifier)
    assert (state(three).scenes[2].view.filters.text, state(three).scenes[2].title) == ("oil", "c")


def test_scenes_are_there_again_when_the_program_is(begin: Begin) -> None:
    first = begin()
    go(first, 17_300)
    press(work(first).canvas, Key.Key_B, Mod.ControlModifier)
    kept = state(first).scenes
    first.close()
    QApplication.processEvents()
    second = begin()
    assert state(second).scenes == kept
    assert not work(second).session.can_undo


def test_a_store_that_is_read_again_keeps_what_was_typed_last(three: Window, qtbot: QtBot) -> None:
    QTest.keyClicks(panel(three).notes, "said")
    with qtbot.waitSignal(three.opened, timeout=20_000):
        press(work(three).canvas, Key.Key_R, Mod.ControlModifier)
    work(three).finish()
    assert [scene.notes for scene in state(three).scenes] == ["", "", "said"]


def test_scenes_go_to_a_file_and_come_back(three: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "told"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    three.run("scenes_export")
    file = path.with_name("told.json")
    assert len(json.loads(file.read_text(encoding="utf-8"))["scenes"]) == 3
    for _ in range(3):
        three.run("scene_delete")
    assert not state(three).scenes
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(file), ""))
    three.run("scenes_import")
    assert titles(three) == "a b c"
    three.run("scenes_import")
    assert sorted(titles(three).split()) == ["a", "a", "b", "b", "c", "c"]
    assert len({scene.key for scene in state(three).scenes}) == 6


def test_a_file_that_is_no_briefing_is_told_and_nothing_changes(
    three: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(briefing, "sentence", lambda parent, title, text: told.append(text))
    (tmp_path / "x.json").write_text("{}")
    work(three).briefing.take(tmp_path / "x.json")
    assert "no briefing" in told[0]
    assert titles(three) == "a b c"


def test_scenes_never_take_the_place_of_a_store(
    three: Window, small_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(briefing, "sentence", lambda parent, title, text: told.append(text))
    before = small_store.read_bytes()
    work(three).briefing.write(small_store)
    assert len(told) == 1
    assert small_store.read_bytes() == before


def test_presenting_without_scenes_says_what_to_do(window: Window) -> None:
    press(work(window).canvas, Key.Key_F5)
    assert "Ctrl+B" in work(window).status.currentMessage()
    assert work(window).briefing.presenter is None


def test_presenting_leaves_the_work_as_it_was(three: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not work(three).canvas.steady.gliding)
    before = state(three)
    press(work(three).canvas, Key.Key_F5)
    presenter = work(three).briefing.presenter
    assert presenter is not None
    qtbot.waitExposed(presenter)
    press(presenter, Key.Key_Right)
    with qtbot.waitSignal(presenter.ended):
        press(presenter, Key.Key_Escape)
    assert state(three) == before
    assert work(three).briefing.presenter is None


def shown_scene(window: Window, action: str) -> str:
    """Begin to present; the title of the scene that is shown first."""
    window.run(action)
    presenter = work(window).briefing.presenter
    assert presenter is not None
    return presenter.scene.title


def leave(window: Window, qtbot: QtBot, *keys: Key) -> None:
    presenter = work(window).briefing.presenter
    assert presenter is not None
    qtbot.waitExposed(presenter)
    with qtbot.waitSignal(presenter.ended):
        for key in (*keys, Key.Key_Escape):
            press(presenter, key)


def test_what_was_left_in_the_middle_goes_on_there(three: Window, qtbot: QtBot) -> None:
    assert shown_scene(three, "present") == "a"
    leave(three, qtbot, Key.Key_Right)
    assert work(three).status.currentMessage() == "Left at scene 2 of 3; Shift+F5 goes on there"
    assert shown_scene(three, "present_here") == "b"
    leave(three, qtbot)

    work(three).session.dispatch(ShowScene(state(three).scenes[0].key, (800, 600)))  # another one is chosen
    assert shown_scene(three, "present_here") == "a"
    leave(three, qtbot, Key.Key_Right)
    work(three).session.dispatch(DropScene(state(three).scenes[1].key))  # the next one is chosen then
    assert shown_scene(three, "present_here") == "c"
    leave(three, qtbot)


def test_what_was_shown_to_its_end_is_not_gone_on_with(three: Window, qtbot: QtBot) -> None:
    work(three).session.dispatch(ShowScene(state(three).scenes[1].key, (800, 600)))
    assert shown_scene(three, "present") == "a"
    leave(three, qtbot, Key.Key_End)
    assert "Left at" not in work(three).status.currentMessage()
    assert shown_scene(three, "present_here") == "b"
    leave(three, qtbot)


def test_the_briefing_of_the_built_in_data_fits_them(builtin: DataSet) -> None:
    scenes = builtin_scenes()
    assert 8 <= len(scenes) <= 12
    assert (scenes[0].kind, scenes[-1].kind) == ("title", "end")
    assert [notice for scene in scenes for notice in fitting(scene, builtin, lambda path: True).notices] == []
    assert all(scene.title and scene.caption and scene.notes for scene in scenes)


def test_the_words_of_a_scene_are_written_without_the_mouse(three: Window, qtbot: QtBot) -> None:
    """From the map: title, caption and notes one after the other, and back to the map."""
    canvas, form = work(three).canvas, panel(three)
    work(three).docks["scenes"].hide()
    canvas.setFocus()
    press(canvas, Key.Key_F8, Mod.ShiftModifier)
    qtbot.waitUntil(form.title.hasFocus)
    assert not form.title.visibleRegion().isEmpty()
    form.title.selectAll()
    for words, key in (("Named", Key.Key_Tab), ("Told", Key.Key_Tab), ("Said", Key.Key_Escape)):
        field = QApplication.focusWidget()
        assert field is not None
        QTest.keyClicks(field, words)
        press(field, key)
    assert canvas.hasFocus()
    last = state(three).scenes[-1]
    assert (last.title, last.caption, last.notes) == ("Named", "Told", "Said")


@pytest.mark.parametrize("opens", ["details first", "scenes first"])
def test_caption_and_notes_are_seen_below_the_details_on_a_small_screen(window: Window, opens: str) -> None:
    window.resize(1366, 768)
    steps = [lambda: window.run("next_record"), lambda: window.run("scene_add")]
    for step in steps if opens == "details first" else reversed(steps):
        step()
        settled(window)
    scenes = work(window).panels["scenes"]
    assert isinstance(scenes, ScenesPanel)

    assert work(window).docks["detail"].isVisible() and work(window).docks["detail"].height() > 120
    for field in (scenes.title, scenes.caption, scenes.notes):
        assert field.visibleRegion().boundingRect().height() == field.height(), field.accessibleName()
