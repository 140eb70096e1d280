"""More than one hand on one file: marks let in from another reviewer, conflicts, two programs, a disk in trouble."""

from __future__ import annotations

import csv
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.windows import CTRL, Key, Mod, Program, on_disk, press, state, statuses, table, work
from viewer.domain.marks import Mark
from viewer.session.commands import Select, SetFilters
from viewer.session.keeping import Keeping, workspace_file
from viewer.session.review import CONFLICT
from viewer.session.state import Filters, Ref
from viewer.store.workspace import Workspace
from viewer.ui import mark_merging, own_file
from viewer.ui.panels.table import EVER
from viewer.ui.review_form import conflict_words
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ID = "badia-builtin"
STRIKE, TALLY = "s3-mayadeen-late-may", "s4-strikes-syria"


def mark(key: str, status: str, by: str = "cd", second: int = 1) -> Mark:
    return Mark("event", key, status, by, f"2026-01-01T00:00:{second:02d}.000+00:00", note="seen")


@pytest.fixture
def window(program: Program, reviewed_store: Path) -> Window:
    return everything(program(reviewed_store))


def everything(window: Window) -> Window:
    press(work(window).canvas, Key.Key_L, CTRL)
    table(window).span.setCurrentText(EVER)
    table(window).span.activated.emit(1)
    QApplication.processEvents()
    return window


def choose(window: Window, key: str) -> None:
    work(window).session.dispatch(Select(Ref("event", key)))
    QApplication.processEvents()


def another(tmp_path: Path, *marks: Mark) -> Path:
    path = tmp_path / "theirs.workspace"
    with closing(Workspace(path, ID)) as theirs:
        assert theirs.add(marks)
    return path


Merge = Callable[[Window, Path, bool], None]


@pytest.fixture
def merge(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Merge:
    """Ask for a file, look at what would come, and let it in or not, by keys."""

    def done(window: Window, path: Path, wanted: bool) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
        merging = work(window).reviewing.merging
        with qtbot.waitSignal(merging.errand.done):
            window.run("merge_marks")
        dialog = merging.dialog
        assert dialog is not None
        if wanted:
            with qtbot.waitSignal(merging.merged):
                QTest.keyClick(dialog.focusWidget() or dialog, Key.Key_Return)
        else:
            QTest.keyClick(dialog, Key.Key_Escape)
        window.activateWindow()
        QApplication.processEvents()

    return done


def test_marks_are_let_in_once_their_owner_has_seen_what_comes(window: Window, merge: Merge, tmp_path: Path) -> None:
    choose(window, STRIKE)
    press(work(window).canvas, Key.Key_2, CTRL)
    theirs = another(tmp_path, mark(STRIKE, "disputed"), mark(TALLY, "reviewed", second=2))
    merge(window, theirs, False)
    assert statuses(window) == {STRIKE: "reviewed"}
    assert work(window).status.currentMessage() == "Nothing was merged"
    merge(window, theirs, True)
    assert statuses(window) == {STRIKE: "reviewed", TALLY: "reviewed"}
    assert [one.status for one in state(window).marks.against("event", STRIKE)] == ["disputed"]


def test_a_merge_that_is_cancelled_writes_nothing(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    path = another(tmp_path, mark(STRIKE, "disputed"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    go, merge_marks, merging = threading.Event(), mark_merging.merge_marks, work(window).reviewing.merging
    over = threading.Event()

    def slowly(*asked: Any) -> tuple[str, ...]:
        go.wait(20)
        try:
            return merge_marks(*asked)
        finally:
            over.set()

    monkeypatch.setattr(mark_merging, "merge_marks", slowly)
    with qtbot.waitSignal(merging.errand.done):
        window.run("merge_marks")
    dialog = merging.dialog
    assert dialog is not None
    QTest.keyClick(dialog.focusWidget() or dialog, Key.Key_Return)
    assert merging.errand.progress is not None
    merging.errand.progress.canceled.emit()
    go.set()
    assert over.wait(20)
    assert work(window).status.currentMessage() == mark_merging.CANCELLED
    with closing(Keeping(ID)) as keeping:
        assert keeping.every_mark() == ()


def test_a_conflict_is_a_queue_and_settled_by_a_mark_that_can_be_taken_back(
    window: Window, merge: Merge, tmp_path: Path
) -> None:
    choose(window, STRIKE)
    press(work(window).canvas, Key.Key_2, CTRL)
    merge(window, another(tmp_path, mark(STRIKE, "disputed")), True)
    shown = table(window)
    shown.choose_queue((CONFLICT,))
    assert shown.model.text(0, 0) == f"reviewed, {CONFLICT}"
    assert shown.model.rowCount() == 1
    assert shown.progress.text().endswith(f"1 {CONFLICT}")
    press(work(window).canvas, Key.Key_N, CTRL)
    assert state(window).selected == Ref("event", STRIKE)
    words = conflict_words("reviewed", state(window).marks.against("event", STRIKE))
    assert shown.form.conflict.text() == words
    assert "cd says disputed" in words
    press(work(window).canvas, Key.Key_3, CTRL)
    assert not state(window).marks.conflicts
    assert not shown.form.conflict.isVisible()
    press(work(window).canvas, Key.Key_Z, CTRL)
    assert list(state(window).marks.conflicts) == [("event", STRIKE)]
    with closing(Keeping(ID)) as again:
        assert list(again.marks().conflicts) == [("event", STRIKE)]
        assert [one.status for one in again.history("event", STRIKE)] == [
            "reviewed", "disputed", "disputed", "reviewed",
        ]  # fmt: skip


def test_undo_never_takes_back_what_a_merge_brought(window: Window, merge: Merge, tmp_path: Path) -> None:
    choose(window, STRIKE)
    press(work(window).canvas, Key.Key_2, CTRL)
    merge(window, another(tmp_path, mark(TALLY, "reviewed")), True)
    for _ in range(5):
        press(work(window).canvas, Key.Key_Z, CTRL)
    assert statuses(window) == {STRIKE: "reviewed", TALLY: "reviewed"}


def test_two_windows_write_one_file_and_see_each_other(program: Program, reviewed_store: Path) -> None:
    one, two = program(reviewed_store), program(reviewed_store)
    said: list[str] = []
    work(two).own_file.said.connect(said.append)
    choose(one, STRIKE)
    one.run("mark_1")  # with two windows in one program Qt cannot tell whose key it is
    on_disk(one)
    choose(two, TALLY)
    two.run("mark_2")
    on_disk(two)
    assert statuses(two) == {STRIKE: "reviewed", TALLY: "disputed"}
    assert said == [f"1 mark was written into {workspace_file(ID).name} by another window or program"]
    two.run("undo")
    assert statuses(two) == {STRIKE: "reviewed"}
    on_disk(two)
    work(one).own_file.look()
    assert statuses(one) == {STRIKE: "reviewed", TALLY: "unreviewed"}
    with closing(Keeping(ID)) as keeping:
        assert [(one.key, one.status) for one in keeping.every_mark()] == [
            (STRIKE, "reviewed"), (TALLY, "disputed"), (TALLY, "unreviewed"),
        ]  # fmt: skip


def test_undo_leaves_what_another_window_said_of_the_same_record_since(program: Program, reviewed_store: Path) -> None:
    one, two = program(reviewed_store), program(reviewed_store)
    for window, deed in ((one, "mark_1"), (two, "mark_2")):
        work(window).own_file.look()
        choose(window, STRIKE)
        window.run(deed)
        on_disk(window)
    work(one).own_file.look()
    assert statuses(one) == {STRIKE: "disputed"}
    for deed in ("undo", "redo", "undo"):
        one.run(deed)
        on_disk(one)
        assert statuses(one) == {STRIKE: "disputed"}
    two.run("undo")
    on_disk(two)
    assert statuses(two) == {STRIKE: "reviewed"}
    with closing(Keeping(ID)) as keeping:
        assert [one.status for one in keeping.every_mark()] == ["reviewed", "disputed", "reviewed"]


def test_undo_and_redo_go_on_after_another_window_wrote_of_another_record(
    program: Program, reviewed_store: Path
) -> None:
    one, two = program(reviewed_store), program(reviewed_store)
    choose(one, STRIKE)
    one.run("mark_1")
    one.run("undo")
    on_disk(one)
    choose(two, TALLY)
    two.run("mark_2")
    on_disk(two)
    work(one).own_file.look()
    one.run("redo")
    assert statuses(one) == {STRIKE: "reviewed", TALLY: "disputed"}
    one.run("undo")
    assert statuses(one) == {TALLY: "disputed"}


def test_the_log_is_written_from_the_window(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    choose(window, STRIKE)
    press(work(window).canvas, Key.Key_3, CTRL)
    press(work(window).canvas, Key.Key_2, CTRL)
    out = tmp_path / "log"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(out), ""))
    press(work(window).canvas, Key.Key_L, CTRL | Mod.AltModifier)
    dialog = work(window).reviewing.log.dialog
    assert dialog is not None
    assert [offer.changes for offer in dialog.offers] == [2, 2, 2]
    QTest.keyClick(dialog.forms, Key.Key_End)
    with qtbot.waitSignal(work(window).reviewing.log.errand.done):
        QTest.keyClick(dialog, Key.Key_Return)
    with out.with_name("log.csv").open(newline="", encoding="utf-8") as file:
        assert [(row["who"], row["from"], row["to"]) for row in csv.DictReader(file)] == [
            ("ab", "unreviewed", "disputed"), ("ab", "disputed", "reviewed"),
        ]  # fmt: skip
    assert work(window).status.currentMessage().startswith("2 changes written to")


def test_a_queue_is_kept_by_a_name_and_gone_on_in(
    window: Window, program: Program, reviewed_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.ui.reviewing.ask_line", lambda *_: "Mayadin")
    shown = table(window)
    work(window).session.dispatch(SetFilters(Filters(places=("mayadin",))))
    shown.choose_queue(("unreviewed",))
    number = len(shown.answer.all)
    window.run("filters_save")
    assert shown.queue.currentText() == "Mayadin"
    work(window).session.dispatch(SetFilters(Filters()))
    assert shown.queue.currentText() == "Unreviewed"
    window.close()
    again = everything(program(reviewed_store))
    box = table(again).queue
    box.setFocus()
    QTest.keyClick(box, Key.Key_End)
    QApplication.processEvents()
    assert (box.currentText(), state(again).filters.places) == ("Mayadin", ("mayadin",))
    again.run("review_next")
    again.run("review_accept")
    assert table(again).form.progress.text() == f"1 of {number}"
    assert table(again).progress.text() == f"1 of {number} looked at in \u201cMayadin\u201d"
    assert state(again).selected == Ref("event", work(again).data.events.keys[int(table(again).answer.rows[1])])


# trouble


def test_marks_of_records_that_are_gone_are_told_and_kept(program: Program, reviewed_store: Path) -> None:
    with closing(Workspace(workspace_file(ID), ID)) as own:
        own.add([mark("gone", "disputed"), mark(STRIKE, "reviewed", second=2)])
    window = program(reviewed_store)
    assert "1 mark is of a record that this store no longer has" in work(window).status.currentMessage()
    with closing(Keeping(ID)) as keeping:
        assert len(keeping.every_mark()) == 2


def test_a_damaged_file_is_told_kept_and_begun_anew(program: Program, reviewed_store: Path) -> None:
    workspace_file(ID).write_bytes(b"nothing of the kind")
    window = program(reviewed_store)
    assert "is damaged; it is kept as" in work(window).status.currentMessage()
    choose(window, STRIKE)
    press(work(window).canvas, Key.Key_2, CTRL)
    on_disk(window)
    bad = workspace_file(ID)
    assert bad.with_name(bad.name + ".bad").read_bytes() == b"nothing of the kind"
    with closing(Keeping(ID)) as keeping:
        assert [one.status for one in keeping.every_mark()] == ["reviewed"]


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow any more."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handled)


def test_on_a_full_disk_marks_wait_and_are_told_and_then_written(window: Window) -> None:
    choose(window, STRIKE)
    with full_disk():
        press(work(window).canvas, Key.Key_2, CTRL)
        on_disk(window)
        assert "cannot be written" in work(window).status.currentMessage()
        assert statuses(window) == {STRIKE: "reviewed"}
    on_disk(window)
    assert work(window).status.currentMessage().startswith("Kept: reviewed.")
    with closing(Keeping(ID)) as keeping:
        assert [one.status for one in keeping.every_mark()] == ["reviewed"]


def test_what_could_never_be_written_is_kept_elsewhere_and_told(
    program: Program, reviewed_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, told = tmp_path / "home", list[str]()
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(own_file, "sentence", lambda parent, title, text: told.append(text))
    blocked = tmp_path / "no-folder" / "own.workspace"
    monkeypatch.setattr("viewer.session.keeping.workspace_file", lambda store_id: blocked)
    window = program(reviewed_store)
    choose(window, STRIKE)
    press(work(window).canvas, Key.Key_2, CTRL)
    window.close()
    (kept,) = home.iterdir()
    assert str(kept) in told[0]
    with closing(Workspace(kept, ID, strange=True)) as rescued:
        assert [(one.key, one.status) for one in rescued.every_mark()] == [(STRIKE, "reviewed")]


def test_a_clock_that_was_set_back_is_told_and_the_last_mark_counts(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(window, STRIKE)
    press(work(window).canvas, Key.Key_3, CTRL)
    monkeypatch.setattr("viewer.ui.reviewing.now", lambda: "2001-01-01T00:00:00.000+00:00")
    press(work(window).canvas, Key.Key_2, CTRL)
    on_disk(window)
    assert "clock of this computer" in work(window).status.currentMessage()
    assert statuses(window) == {STRIKE: "reviewed"}
    said = table(window).form.said
    assert [said.item(row).text().split(": ")[1].split(" ")[0] for row in range(said.count())] == [
        "reviewed", "disputed",
    ]  # fmt: skip
    with closing(Keeping(ID)) as keeping:
        assert {one.status for one in keeping.marks().every()} == {"reviewed"}
