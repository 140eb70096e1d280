"""Reviewing by keys: the table, marks that are kept at once, what comes next, and a queue that grows shorter."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.windows import (
    ALT,
    CTRL,
    SHIFT,
    Begin,
    Key,
    Mod,
    Program,
    on_disk,
    press,
    selected,
    settled,
    state,
    statuses,
    table,
    work,
)
from viewer.domain.dates import parse
from viewer.domain.marks import STATUSES
from viewer.session.actions import ACTIONS
from viewer.session.commands import Select, SetCursor, SetFilters
from viewer.session.keeping import Keeping, workspace_file
from viewer.session.review import OPEN, SaveFilters
from viewer.session.review_actions import STATUS_ACTIONS
from viewer.session.state import Filters, Ref, SavedFilters
from viewer.store.dataset import DataSet
from viewer.ui import own_file
from viewer.ui.panels.table import EVER
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def begin(program: Program, reviewed_store: Path) -> Begin:
    """The program on the built-in data at Christmas 2017."""

    def start() -> Window:
        window = program(reviewed_store)
        work(window).session.dispatch(SetCursor(parse("2017-12-28").latest or 0))
        QApplication.processEvents()
        return window

    return start


@pytest.fixture
def window(begin: Begin) -> Window:
    made = begin()
    press(work(made).canvas, Key.Key_L, CTRL)
    return made


def column(window: Window, name: str) -> list[str]:
    model = table(window).model
    at = [one.id for one in model.columns].index(name)
    return [model.text(line, at) for line in range(model.rowCount())]


def test_accepting_marks_and_goes_on_in_the_order_of_the_table(window: Window) -> None:
    canvas, rows = work(window).canvas, table(window).answer.rows.tolist()
    press(canvas, Key.Key_N, CTRL)
    assert selected(window) == rows[0]
    press(canvas, Key.Key_Return, CTRL)
    press(canvas, Key.Key_Return, CTRL | SHIFT)
    keys = work(window).data.events.keys
    assert statuses(window) == {keys[rows[0]]: "reviewed", keys[rows[1]]: "disputed"}
    assert selected(window) == rows[2]
    assert column(window, "status")[:3] == ["reviewed", "disputed", "unreviewed"]
    assert table(window).progress.text() == f"2 of {len(rows)} looked at; 1 disputed"
    press(canvas, Key.Key_N, CTRL | SHIFT)
    assert selected(window) == rows[1]


def test_one_step_back_takes_the_mark_and_the_way_to_the_next(window: Window) -> None:
    """One key did both; the step on to the next, by itself, is taken back by itself."""
    canvas = work(window).canvas
    press(canvas, Key.Key_N, CTRL)
    first = selected(window)
    press(canvas, Key.Key_Return, CTRL)
    assert statuses(window) and selected(window) != first
    press(canvas, Key.Key_Z, CTRL)
    assert not statuses(window) and selected(window) == first
    press(canvas, Key.Key_Z, CTRL | SHIFT)
    assert list(statuses(window).values()) == ["reviewed"] and selected(window) != first
    press(canvas, Key.Key_N, CTRL)
    press(canvas, Key.Key_Z, CTRL)
    assert list(statuses(window).values()) == ["reviewed"] and selected(window) != first


def test_what_is_acknowledged_is_on_the_disk(window: Window, tmp_path: Path) -> None:
    press(work(window).canvas, Key.Key_N, CTRL)
    press(work(window).canvas, Key.Key_Return, CTRL)
    on_disk(window)
    assert work(window).status.currentMessage().startswith("Kept: ")
    other = Keeping(work(window).data.meta.store_id)
    assert [mark.status for mark in other.every_mark()] == ["reviewed"]
    other.close()


def test_a_mark_is_taken_back_and_the_history_tells_it(window: Window) -> None:
    press(work(window).canvas, Key.Key_N, CTRL)
    first = state(window).selected
    press(work(window).canvas, Key.Key_3, CTRL)
    press(work(window).canvas, Key.Key_Z, CTRL)
    assert statuses(window) == {}
    on_disk(window)
    work(window).session.dispatch(Select(first))
    said = table(window).form.said
    lines = [said.item(row).text() for row in range(said.count())]
    assert len(lines) == 2
    assert "unreviewed \u2013 taken back" in lines[0]
    assert "ab: disputed" in lines[1]
    press(work(window).canvas, Key.Key_Z, CTRL | SHIFT)
    on_disk(window)
    assert said.item(0).text().endswith("ab: disputed \u2013 restored")


def test_a_note_and_a_reason_go_with_the_mark(window: Window) -> None:
    press(work(window).canvas, Key.Key_N, CTRL)
    about = state(window).selected
    assert about is not None
    press(work(window).canvas, Key.Key_J)
    form = table(window).form
    QTest.keyClicks(form.note, "two tolls")
    QTest.keyClicks(form.reason, "rival")
    press(form.note, Key.Key_4, CTRL)
    mark = state(window).marks.of("event", about.key)
    assert mark is not None
    assert (mark.status, mark.note, mark.reason, mark.by) == ("needs a source", "two tolls", "rival", "ab")
    press(work(window).canvas, Key.Key_N, CTRL)
    assert form.note.toPlainText() == ""


def test_a_note_on_no_incident_is_told(window: Window) -> None:
    work(window).session.dispatch(Select(None))
    press(work(window).canvas, Key.Key_J)
    assert window.statusBar().currentMessage().startswith("Choose an incident first")


def test_what_was_written_and_not_marked_waits_at_its_record(window: Window) -> None:
    canvas, form = work(window).canvas, table(window).form
    press(canvas, Key.Key_N, CTRL)
    press(canvas, Key.Key_2, CTRL)
    QTest.keyClicks(form.note, "two tolls")
    QTest.keyClicks(form.reason, "rival")
    press(canvas, Key.Key_Down)
    assert (form.note.toPlainText(), form.reason.text()) == ("", "")
    press(canvas, Key.Key_Up)
    assert (form.note.toPlainText(), form.reason.text()) == ("two tolls", "rival")
    press(canvas, Key.Key_3, CTRL)
    press(canvas, Key.Key_Down)
    press(canvas, Key.Key_Up)
    assert (form.note.toPlainText(), form.reason.text()) == ("two tolls", "")


def test_what_waits_for_its_mark_is_there_again(program: Program, reviewed_store: Path) -> None:
    window = program(reviewed_store)
    press(work(window).canvas, Key.Key_N, CTRL)
    chosen = state(window).selected
    QTest.keyClicks(table(window).form.note, "ask the second source")
    window.close()
    window = program(reviewed_store)
    work(window).session.dispatch(Select(chosen))
    settled(window)
    assert table(window).form.note.toPlainText() == "ask the second source"

    press(work(window).canvas, Key.Key_2, CTRL)
    window.close()
    window = program(reviewed_store)
    assert table(window).form.unkept(state(window)) == {}


@pytest.mark.parametrize("kept", ["{", "[1]", '{"a": 3}', '{"a": ["b"]}', "null"])
def test_what_is_no_kept_note_is_passed_over(
    program: Program, reviewed_store: Path, builtin: DataSet, memory: QSettings, kept: str
) -> None:
    memory.setValue(f"unkept_notes/{workspace_file(builtin.meta.store_id).stem}", kept)
    window = program(reviewed_store)
    assert table(window).form.unkept(state(window)) == {}


@pytest.mark.parametrize("field", ["note", "reason"])
def test_who_goes_on_from_a_field_has_the_keys_for_the_next_record(window: Window, field: str) -> None:
    press(work(window).canvas, Key.Key_N, CTRL)
    written = getattr(table(window).form, field)
    written.setFocus()
    QTest.keyClicks(written, "two tolls")
    press(written, Key.Key_Return, CTRL)
    focus = QApplication.focusWidget()
    assert focus is table(window).table
    press(focus, Key.Key_J)
    assert QApplication.focusWidget() is table(window).form.note
    assert table(window).form.note.toPlainText() == ""


def test_a_queue_gives_up_what_is_done_and_goes_on_behind_it(window: Window) -> None:
    shown = table(window)
    shown.choose_queue(OPEN)
    rows = shown.answer.rows.tolist()
    press(work(window).canvas, Key.Key_N, CTRL)
    press(work(window).canvas, Key.Key_Return, CTRL)
    press(work(window).canvas, Key.Key_Return, CTRL)
    assert selected(window) == rows[2]
    shown.refresh()
    assert shown.answer.rows.tolist() == rows[2:]


def test_the_next_of_all_is_one_that_nobody_looked_at_and_there_is_an_end(window: Window) -> None:
    canvas, rows = work(window).canvas, table(window).answer.rows.tolist()
    press(canvas, Key.Key_N, CTRL)
    press(canvas, Key.Key_Return, CTRL | SHIFT)
    for _ in rows[1:]:
        press(canvas, Key.Key_Return, CTRL)
    assert list(statuses(window).values()) == ["disputed", *["reviewed"] * (len(rows) - 1)]
    assert selected(window) == rows[-1]
    press(canvas, Key.Key_N, CTRL)
    assert selected(window) == rows[-1]
    assert "looked at; 1 disputed" in work(window).status.currentMessage()


def unknown(window: Window) -> QWidget:
    """Forget the reviewer, choose the first record, and give the keys to the map."""
    work(window).own_file.reviewer = ""
    press(work(window).canvas, Key.Key_N, CTRL)
    work(window).canvas.setFocus()
    return work(window).canvas


def test_the_first_mark_asks_beside_the_record_and_swallows_no_key(window: Window) -> None:
    canvas, line = unknown(window), table(window).form.initials
    first = selected(window)
    press(canvas, Key.Key_Return, CTRL)
    assert line.isVisible() and QApplication.activeModalWidget() is None
    assert QApplication.focusWidget() is canvas
    for key, mod in ((Key.Key_Return, CTRL), (Key.Key_2, CTRL), (Key.Key_C, Mod.NoModifier)):
        press(canvas, key, mod)
    assert state(window).time.mode == "cumulative"
    assert (selected(window), statuses(window), work(window).own_file.reviewer) == (first, {}, "")
    press(canvas, Key.Key_J)
    note = QApplication.focusWidget()
    assert note is table(window).form.note
    QTest.keyClicks(note, "two tolls")
    press(note, Key.Key_Return, CTRL)
    assert (statuses(window), line.field.text()) == ({}, "")
    assert table(window).form.note.toPlainText() == "two tolls"


def test_initials_that_are_confirmed_make_the_mark_that_waits(window: Window) -> None:
    canvas, line = unknown(window), table(window).form.initials
    rows = table(window).answer.rows.tolist()
    press(canvas, Key.Key_Return, CTRL)
    press(canvas, Key.Key_I, CTRL | ALT)
    assert QApplication.focusWidget() is line.field
    QTest.keyClicks(line.field, " xy ")
    press(line.field, Key.Key_Return)
    (mark,) = state(window).marks.every()
    assert (mark.key, mark.status, mark.by) == (work(window).data.events.keys[rows[0]], "reviewed", "xy")
    assert selected(window) == rows[1]
    assert not line.isVisible()
    assert work(window).reviewing._settings.value("reviewer") == "xy"
    assert not isinstance(QApplication.focusWidget(), QLineEdit)


def test_a_mark_that_waits_is_not_made_of_another_record(window: Window) -> None:
    canvas, line = unknown(window), table(window).form.initials
    press(canvas, Key.Key_2, CTRL)
    press(canvas, Key.Key_Down)
    press(canvas, Key.Key_I, CTRL | ALT)
    QTest.keyClicks(line.field, "xy")
    press(line.field, Key.Key_Return)
    assert (statuses(window), work(window).own_file.reviewer) == ({}, "xy")
    press(canvas, Key.Key_I, CTRL | ALT)
    assert (line.field.text(), line.field.selectedText()) == ("xy", "xy")
    QTest.mouseClick(line.later, Qt.MouseButton.LeftButton)
    assert (line.isVisible(), work(window).own_file.reviewer) == (False, "xy")


@pytest.mark.parametrize(("typed", "why"), [("x" * 30, "30 letters are too many"), ("a;b", "and not"), ("", "Write")])
def test_what_cannot_be_initials_stays_in_the_field_and_is_told(window: Window, typed: str, why: str) -> None:
    canvas, line = unknown(window), table(window).form.initials
    press(canvas, Key.Key_2, CTRL)
    press(canvas, Key.Key_I, CTRL | ALT)
    QTest.keyClicks(line.field, typed)
    press(line.field, Key.Key_Return)
    assert why in line.why.text()
    assert (line.field.text(), line.field.property("wrong"), work(window).own_file.reviewer) == (typed, True, "")
    assert statuses(window) == {}


def test_initials_in_the_settings_that_are_none_are_asked_for(begin: Begin, tmp_path: Path) -> None:
    QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat).setValue("reviewer", "x" * 400)
    assert work(begin()).own_file.reviewer == ""


def test_a_status_has_one_name_wherever_it_stands(window: Window) -> None:
    shown = table(window)
    buttons = [button.text() for button in shown.form.group.buttons()]
    queues = [shown.queue.itemText(at) for at in range(shown.queue.count())]
    titles = [action.title for action in ACTIONS if action.id in STATUS_ACTIONS]
    assert buttons == [status.capitalize() for status in STATUSES]
    assert queues[-len(STATUSES) :] == buttons
    assert titles == [f"Mark: {status}" for status in STATUSES]


def test_many_marks_are_read_aside_and_what_is_marked_meanwhile_is_kept(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    first = begin()
    press(work(first).canvas, Key.Key_L, CTRL)
    for _ in range(3):
        press(work(first).canvas, Key.Key_Return, CTRL)
    press(work(first).canvas, Key.Key_N, CTRL)
    press(work(first).canvas, Key.Key_Return, CTRL)
    before = statuses(first)
    first.close()
    monkeypatch.setattr(own_file, "AT_ONCE_BYTES", 0)
    go = threading.Event()
    read = own_file.read_file
    monkeypatch.setattr(own_file, "read_file", lambda *asked: (go.wait(20), read(*asked))[1])
    second = begin()
    assert work(second).own_file.reading and statuses(second) == {}
    press(work(second).canvas, Key.Key_L, CTRL)
    press(work(second).canvas, Key.Key_Down)
    press(work(second).canvas, Key.Key_Down)
    press(work(second).canvas, Key.Key_3, CTRL)
    (made,) = statuses(second)
    assert work(second).status.currentMessage().startswith("Your marks are still being read")
    press(work(second).canvas, Key.Key_L, CTRL | ALT)
    assert work(second).status.currentMessage() == "Your marks are still being read: try again in a moment"
    go.set()
    qtbot.waitUntil(lambda: not work(second).own_file.reading, timeout=20_000)
    on_disk(second)
    assert statuses(second) == {**before, made: "disputed"}
    with closing(Keeping(work(second).data.meta.store_id)) as kept:
        assert {one.key: one.status for one in kept.marks().every()} == {**before, made: "disputed"}


def test_who_leaves_while_marks_are_read_loses_none(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_file, "AT_ONCE_BYTES", -1)
    read = own_file.read_file
    go = threading.Event()

    def slowly(data: DataSet, keeping: Keeping, tick: Callable[[float], None]) -> own_file.Read:
        if threading.current_thread() is not threading.main_thread():
            go.wait(20)
        return read(data, keeping, tick)

    monkeypatch.setattr(own_file, "read_file", slowly)
    window = begin()
    store_id = work(window).data.meta.store_id
    press(work(window).canvas, Key.Key_Down)
    press(work(window).canvas, Key.Key_3, CTRL)
    kept = statuses(window)
    window.close()
    go.set()
    with closing(Keeping(store_id)) as file:
        assert {one.key: one.status for one in file.marks().every()} == kept != {}


def test_marks_are_there_again(begin: Begin) -> None:
    first = begin()
    press(work(first).canvas, Key.Key_N, CTRL)
    press(work(first).canvas, Key.Key_Return, CTRL)
    kept = statuses(first)
    first.close()
    QApplication.processEvents()
    assert statuses(begin()) == kept != {}


def test_a_column_sorts_and_a_group_closes(window: Window) -> None:
    shown = table(window)
    at = [one.id for one in shown.model.columns].index("type")
    shown.table.horizontalHeader().sectionClicked.emit(at)
    assert column(window, "type") == sorted(column(window, "type"), key=work_order)
    shown.group.setCurrentIndex(shown.group.findData("type"))
    shown.group.activated.emit(shown.group.currentIndex())
    before, head = shown.model.rowCount(), shown.model.lines.head(0)
    assert head is not None
    shown.table.clicked.emit(shown.model.index(0, 0))
    assert shown.model.rowCount() == before - head[1]
    assert shown.model.data(shown.model.index(0, 0)) == f"{head[0]}  {head[1]}"


def test_the_head_of_a_group_stands_in_the_first_column_alone(window: Window) -> None:
    shown = table(window)
    shown.group.setCurrentIndex(shown.group.findData("type"))
    shown.group.activated.emit(shown.group.currentIndex())
    head = shown.model.lines.head(0)
    assert head is not None
    said = [shown.model.data(shown.model.index(0, at)) for at in range(shown.model.columnCount())]
    assert said == [f"{head[0]}  {head[1]}", *[""] * (len(said) - 1)]
    shown.table.horizontalHeader().resizeSection(0, 20)
    second = shown.table.visualRect(shown.model.index(0, 1))
    painted = shown.table.viewport().grab(second).toImage()
    inks = {painted.pixel(x, y) for x in range(painted.width()) for y in range(painted.height())}
    assert len(inks) > 2, "its name goes on where the first column ends"


def test_days_queue_and_order_are_there_again(begin: Begin) -> None:
    first = begin()
    press(work(first).canvas, Key.Key_L, CTRL)
    shown = table(first)
    at = [one.id for one in shown.model.columns].index("type")
    for _ in range(2):
        shown.table.horizontalHeader().sectionClicked.emit(at)
    shown.span.setCurrentText(EVER)
    shown.choose_queue(OPEN)
    types = column(first, "type")
    first.close()
    QApplication.processEvents()
    second = begin()
    press(work(second).canvas, Key.Key_L, CTRL)
    again, header = table(second), table(second).table.horizontalHeader()
    assert (again.span.currentText(), again.statuses) == (EVER, OPEN)
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (at, Qt.SortOrder.DescendingOrder)
    assert column(second, "type") == types == sorted(types, key=work_order, reverse=True)


def work_order(name: str) -> int:
    from viewer.domain.events import EVENT_TYPES

    return EVENT_TYPES.index(name)


def test_the_table_shows_all_days_when_it_is_asked(window: Window) -> None:
    shown = table(window)
    before = shown.model.rowCount()
    shown.span.setCurrentText(EVER)
    shown.span.activated.emit(1)
    assert shown.model.rowCount() == len(work(window).data.events) > before
    work(window).session.dispatch(SetFilters(Filters(text="no such words at all")))
    shown.refresh()
    assert shown.empty.text() == "No incident passes the filters."


def test_a_line_brings_its_day_and_the_map_brings_its_line(window: Window) -> None:
    shown = table(window)
    shown.span.setCurrentText(EVER)
    shown.span.activated.emit(1)
    shown.table.setCurrentIndex(shown.model.index(shown.model.rowCount() // 2, 0))
    row = shown.model.lines.row(shown.model.rowCount() // 2)
    assert selected(window) == row
    work(window).session.dispatch(Select(Ref("event", "s3-mayadeen-late-may")))
    QApplication.processEvents()
    line = shown.table.currentIndex().row()
    assert shown.model.lines.row(line) == selected(window)
    assert shown.table.selectionModel().isRowSelected(line, QModelIndex())


def test_columns_that_were_chosen_are_there_again(begin: Begin) -> None:
    first = begin()
    press(work(first).canvas, Key.Key_L, CTRL)
    for entry in table(first).columns.menu().actions():
        if entry.data() in ("who", "key"):
            entry.trigger()
    wanted = [one.id for one in table(first).model.columns]
    assert "key" in wanted
    assert "who" not in wanted
    first.close()
    QApplication.processEvents()
    assert [one.id for one in table(begin()).model.columns] == wanted


def test_a_selected_line_stays_in_sight_when_the_table_gets_lower(window: Window) -> None:
    view = table(window).table
    work(window).session.dispatch(Select(Ref("event", work(window).data.events.keys[table(window).answer.rows[5]])))
    view.resize(view.width(), view.verticalHeader().defaultSectionSize() * 8)
    QApplication.processEvents()
    view.resize(view.width(), view.verticalHeader().defaultSectionSize() * 4)
    QApplication.processEvents()

    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()).center())


def test_a_history_takes_room_only_once_there_is_one(window: Window) -> None:
    press(work(window).canvas, Key.Key_N, CTRL)
    first = state(window).selected
    assert not table(window).form.said.isVisible()
    press(work(window).canvas, Key.Key_3, CTRL)
    on_disk(window)
    work(window).session.dispatch(Select(first))

    assert table(window).form.said.isVisible()


def test_a_note_that_is_too_long_is_told_and_stays_in_its_field(window: Window) -> None:
    canvas, form = work(window).canvas, table(window).form
    press(canvas, Key.Key_N, CTRL)
    form.note.setPlainText("n" * 100_001)
    press(canvas, Key.Key_Return, CTRL)
    assert work(window).status.currentMessage().startswith("Not marked: a note of 100,001")
    assert statuses(window) == {} and len(form.note.toPlainText()) == 100_001
    form.note.setPlainText("n" * 100_000)
    press(canvas, Key.Key_Return, CTRL)
    assert len(statuses(window)) == 1


def test_what_was_changed_a_moment_before_a_merge_is_kept(window: Window) -> None:
    session, own = work(window).session, work(window).own_file
    session.dispatch(SaveFilters(SavedFilters("mine", Filters(types=("strike",)))))
    own.renew()
    assert [one.name for one in session.state.saved] == ["mine"]


def test_what_is_wrong_in_the_own_file_is_listed_and_the_rest_goes_on(begin: Begin) -> None:
    first = begin()
    press(work(first).canvas, Key.Key_L, CTRL)
    press(work(first).canvas, Key.Key_N, CTRL)
    for _ in range(3):
        press(work(first).canvas, Key.Key_Return, CTRL)
    (path, *_), keys = [work(first).own_file.path], list(statuses(first))
    first.close()
    assert path is not None
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE mark SET status = 'approved' WHERE of_key = ?", (keys[0],))
        db.execute("UPDATE mark SET at = 'yesterday' WHERE of_key = ?", (keys[1],))
    second = begin()
    assert list(statuses(second)) == keys[1:]
    assert work(second).status.currentMessage().startswith("Your file of marks has problems")
    press(work(second).canvas, Key.Key_P, CTRL | SHIFT)
    model = work(second).panels["records"].problems  # type: ignore[attr-defined]
    listed = [model.index(row, 1).data() for row in range(model.rowCount())]
    assert "cannot be understood (status \u201capproved\u201d" in listed[-2]
    assert "a time that cannot be right (\u201cyesterday\u201d" in listed[-1]
