"""The user's file is written while the window goes on: what is acknowledged is on the disk, and nothing is lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.windows import CTRL, Key, Program, on_disk, press, state, statuses, table, work
from viewer.domain.marks import Mark
from viewer.session import keeping as keeping_module
from viewer.session.commands import Select
from viewer.session.keeping import Keeping, now, workspace_file
from viewer.session.state import Filters, Ref, SavedFilters
from viewer.store import workspace
from viewer.store.workspace import Workspace
from viewer.ui import own_file
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ID = "badia-builtin"
STRIKE, TALLY = "s3-mayadeen-late-may", "s4-strikes-syria"


class SlowDisk:
    """Writes nothing until it is let; times: how often something waited for it since."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.let, self.begun, self.times = threading.Event(), threading.Event(), 0
        write = Workspace.write

        def slowly(workspace: Workspace) -> bool:
            if threading.current_thread() is not threading.main_thread():
                self.begun.set()
                self.let.wait(30)
                self.times += workspace.unsaved > 0
            return write(workspace)

        monkeypatch.setattr(Workspace, "write", slowly)


@pytest.fixture
def window(program: Program, reviewed_store: Path) -> Window:
    made = program(reviewed_store)
    press(work(made).canvas, Key.Key_L, CTRL)
    return made


@pytest.fixture
def disk(window: Window, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    slow = SlowDisk(monkeypatch)
    yield slow
    slow.let.set()


def mark(window: Window, key: str, status: Key) -> None:
    work(window).session.dispatch(Select(Ref("event", key)))
    press(work(window).canvas, status, CTRL)


def said(window: Window) -> str:
    return work(window).status.currentMessage()


def in_file() -> list[tuple[str, str]]:
    with closing(Keeping(ID)) as keeping:
        return [(one.key, one.status) for one in keeping.every_mark()]


def test_a_mark_is_there_at_once_and_acknowledged_when_it_is_on_the_disk(
    window: Window, disk: SlowDisk, qtbot: QtBot
) -> None:
    mark(window, STRIKE, Key.Key_2)
    assert disk.begun.wait(20)
    mark(window, TALLY, Key.Key_3)
    press(work(window).canvas, Key.Key_Z, CTRL)
    history = [table(window).form.said.item(row).text() for row in range(table(window).form.said.count())]
    assert statuses(window) == {STRIKE: "reviewed"}
    assert said(window) == "Being kept \u2026"
    assert in_file() == []
    disk.let.set()
    qtbot.waitUntil(lambda: said(window).startswith("Kept: "), timeout=20_000)

    assert in_file() == [(STRIKE, "reviewed"), (TALLY, "disputed"), (TALLY, "unreviewed")]
    assert disk.times == 1, "all that waited is one transaction"
    assert len(history) == 2 and "taken back" in history[0], "told at once, too"
    assert table(window).form.said.count() == 2


def test_the_window_waits_for_the_disk_before_it_goes(window: Window, disk: SlowDisk) -> None:
    mark(window, STRIKE, Key.Key_2)
    assert disk.begun.wait(20)
    threading.Timer(0.2, disk.let.set).start()
    window.close()

    assert in_file() == [(STRIKE, "reviewed")]


def test_a_disk_that_never_answers_keeps_no_window_open_and_no_mark_is_lost(
    window: Window, disk: SlowDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, told = tmp_path / "home", list[str]()
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(own_file, "sentence", lambda parent, title, text: told.append(text))
    monkeypatch.setattr(own_file, "LAST_SECONDS", 0.05)
    mark(window, STRIKE, Key.Key_2)
    assert disk.begun.wait(20)
    window.close()
    (kept,) = home.iterdir()

    assert str(kept) in told[0]
    with closing(Workspace(kept, ID, strange=True)) as rescued:
        assert [(one.key, one.status) for one in rescued.every_mark()] == [(STRIKE, "reviewed")]


@pytest.mark.parametrize("deed", ["review_log", "merge_marks", "hand_over"])
def test_what_reads_the_file_waits_for_what_is_unwritten(
    window: Window, disk: SlowDisk, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    monkeypatch.setattr(own_file, "SETTLE_SECONDS", 0.05)
    mark(window, STRIKE, Key.Key_2)
    assert disk.begun.wait(20)
    window.run(deed)

    assert said(window) == "Your marks are still being written: try again in a moment"
    assert QApplication.activeModalWidget() is None


def test_another_program_that_holds_the_file_delays_and_loses_nothing(
    window: Window, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("viewer.store.workspace.WAIT_SECONDS", 0.05)
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)
    with closing(sqlite3.connect(workspace_file(ID), isolation_level=None)) as other_program:
        other_program.execute("BEGIN EXCLUSIVE")
        mark(window, TALLY, Key.Key_3)
        unwritten = "cannot be written (database is locked): 1 change is kept in memory only"
        qtbot.waitUntil(lambda: unwritten in said(window), timeout=20_000)
        assert statuses(window) == {STRIKE: "reviewed", TALLY: "disputed"}
        other_program.execute("ROLLBACK")
    on_disk(window)

    assert said(window).startswith("Kept: disputed.")
    assert in_file() == [(STRIKE, "reviewed"), (TALLY, "disputed")]
    assert state(window).selected == Ref("event", TALLY)


def test_a_window_that_closes_while_another_program_holds_the_file_loses_nothing(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, told = tmp_path / "home", list[str]()
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(own_file, "sentence", lambda parent, title, text: told.append(text))
    monkeypatch.setattr("viewer.store.workspace.WAIT_SECONDS", 0.05)
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)
    with closing(sqlite3.connect(workspace_file(ID), isolation_level=None)) as other_program:
        other_program.execute("BEGIN EXCLUSIVE")
        mark(window, TALLY, Key.Key_3)
        window.close()
    (kept,) = home.iterdir()

    assert str(kept) in told[0]
    assert not window.isVisible() and window.work is None
    with closing(Workspace(kept, ID, strange=True)) as rescued:
        assert [(one.key, one.status) for one in rescued.every_mark()] == [(TALLY, "disputed")]


class FullDisk:
    """Takes nothing until there is room."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, begun = True, workspace._begun

        def refused(path: Path, store_id: str) -> sqlite3.Connection:
            if self.full:
                raise sqlite3.OperationalError("database or disk is full")
            return begun(path, store_id)

        monkeypatch.setattr(workspace, "_begun", refused)


@pytest.mark.parametrize("deed", ["merge_marks", "hand_over"])
def test_nothing_goes_on_without_the_marks_that_could_not_be_written(
    window: Window, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    asked = list[str]()
    monkeypatch.setattr(window.handing, "ask_target", lambda *given: asked.append("hand_over"))
    monkeypatch.setattr(work(window).reviewing.merging, "ask", lambda *given: asked.append("merge_marks"))
    disk = FullDisk(monkeypatch)
    mark(window, STRIKE, Key.Key_2)
    window.run(deed)
    refused = said(window)
    QApplication.processEvents()

    assert asked == []
    assert said(window) == refused == (
        "1 change of marks and scenes is not in your file, which cannot be written: try again once it takes it"
    )  # fmt: skip
    disk.full = False
    window.run(deed)
    assert asked == [deed]
    assert in_file() == [(STRIKE, "reviewed")]


def test_the_review_log_has_marks_that_could_not_be_written(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FullDisk(monkeypatch)
    mark(window, STRIKE, Key.Key_2)
    window.run("review_log")
    dialog = work(window).reviewing.log.dialog
    assert dialog is not None
    changes = [offer.changes for offer in dialog.offers]
    dialog.reject()
    disk.full = False

    assert changes[0] == 1


def still_held_after_a_look(window: Window) -> bool:
    """Whether another program holds the file until a look at it is over; after five seconds it lets go."""
    other_program = sqlite3.connect(workspace_file(ID), isolation_level=None, check_same_thread=False)
    with closing(other_program):
        other_program.execute("BEGIN EXCLUSIVE")
        in_the_end = threading.Timer(5, other_program.rollback)
        in_the_end.start()
        work(window).own_file.look()
        still_held = other_program.in_transaction
        in_the_end.cancel()
        in_the_end.join()
    return still_held


def test_a_look_at_the_file_does_not_wait_for_the_program_that_holds_it(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "WAIT_SECONDS", 60.0)
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)
    assert still_held_after_a_look(window)
    keeping = work(window).own_file.keeping
    assert keeping is not None and keeping._file is not None and keeping._file._db is not None
    assert keeping._file._db.execute("PRAGMA busy_timeout").fetchone() == (60_000,), "whoever writes waits as before"


def test_a_look_at_a_file_that_another_program_began_does_not_wait_for_it_either(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "WAIT_SECONDS", 60.0)
    with closing(Keeping(ID)) as other:
        marks = other.marks()
        other.keep_marks(marks, marks.with_these([Mark("event", STRIKE, "reviewed", "ZZ", now())]), "ZZ")
    assert still_held_after_a_look(window)
    assert statuses(window) == {}
    work(window).own_file.look()
    assert statuses(window) == {STRIKE: "reviewed"}
    assert "cannot be read" not in said(window), "it can, by now"
    keeping = work(window).own_file.keeping
    assert keeping is not None and keeping._file is not None and keeping._file._db is not None
    assert keeping._file._db.execute("PRAGMA busy_timeout").fetchone() == (60_000,), "whoever writes waits as before"


def test_the_history_stands_as_in_the_file_when_another_program_marked_first(window: Window) -> None:
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)
    with closing(Keeping(ID)) as other:
        marks = other.marks()
        (first,) = other.every_mark()
        other.keep_marks(marks, marks.with_these([replace(first, status="set aside", by="ZZ", at=now())]), "ZZ")
    mark(window, STRIKE, Key.Key_3)
    on_disk(window)
    work(window).own_file.look()
    in_order = [one.status for one in work(window).own_file.history(STRIKE)]

    assert in_order == [status for _, status in in_file()]
    assert sorted(in_order) == sorted(["reviewed", "set aside", "disputed"])


def test_what_no_disk_explains_is_told_and_loses_no_mark(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    home, told, write = tmp_path / "home", list[str](), Workspace.write
    home.mkdir()

    def broken(of: Workspace) -> bool:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("a fault of the program")
        return write(of)

    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(own_file, "sentence", lambda parent, title, text: told.append(text))
    monkeypatch.setattr(Workspace, "write", broken)
    with qtbot.capture_exceptions() as raised:
        mark(window, STRIKE, Key.Key_2)
        qtbot.waitUntil(lambda: bool(raised), timeout=20_000)
        in_memory = said(window)
        window.close()
        QApplication.processEvents()
    (kept,) = home.iterdir()

    assert in_memory.startswith("1 change of marks and scenes is kept in memory only")
    assert told[0].startswith("1 change of marks and scenes could not be written") and str(kept) in told[0]
    assert window.work is None


@pytest.mark.parametrize("fault", ["remembering the view", "letting go of a part", "closing an opening"])
def test_marks_are_rescued_whatever_else_fails_while_the_window_closes(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, fault: str
) -> None:
    home, told = tmp_path / "home", list[str]()
    home.mkdir()

    def broken(*given: object) -> None:
        raise RuntimeError(fault)

    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(own_file, "sentence", lambda parent, title, text: told.append(text))
    monkeypatch.setattr("viewer.store.workspace.WAIT_SECONDS", 0.05)
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)
    failing = {
        "remembering the view": (window.stores, "keep"), "letting go of a part": (work(window).clock, "release"),
        "closing an opening": (window.opening, "close"),
    }[fault]  # fmt: skip
    with closing(sqlite3.connect(workspace_file(ID), isolation_level=None)) as other_program:
        other_program.execute("BEGIN EXCLUSIVE")
        mark(window, TALLY, Key.Key_3)
        with monkeypatch.context() as now_broken, qtbot.capture_exceptions() as raised:
            now_broken.setattr(*failing, broken)
            window.close()
    assert raised and all(str(error).endswith(fault) for _, error, _ in raised)
    (kept,) = home.iterdir()
    assert str(kept) in told[0]
    assert window.work is None


def held(path: Path) -> sqlite3.Connection:
    """Another program holds a file, so that it cannot even be read."""
    other_program = sqlite3.connect(path, isolation_level=None)
    other_program.execute("BEGIN EXCLUSIVE")
    return other_program


@pytest.fixture
def before(reviewed_store: Path) -> Path:
    """The user's file, with a mark of earlier."""
    with closing(Keeping(ID)) as keeping:
        marks = keeping.marks()
        keeping.keep_marks(marks, marks.with_these([Mark("event", TALLY, "disputed", "ab", now())]), "ab")
    return workspace_file(ID)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    return home


@pytest.mark.parametrize("at_once", [1_000_000, -1])
def test_a_file_that_another_program_holds_at_the_start_is_read_once_it_is_let_go(
    program: Program, reviewed_store: Path, before: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, at_once: int
) -> None:
    monkeypatch.setattr(own_file, "AT_ONCE_BYTES", at_once)
    with closing(held(before)) as other_program:
        window = program(reviewed_store)
        qtbot.waitUntil(lambda: said(window) == own_file.HELD, timeout=20_000)
        mark(window, STRIKE, Key.Key_2)
        assert said(window) == "Your marks are still being read: this one is kept as soon as they are"
        window.run("review_log")
        assert QApplication.activeModalWidget() is None
        other_program.execute("ROLLBACK")
    qtbot.waitUntil(lambda: not work(window).own_file.reading, timeout=20_000)
    on_disk(window)

    assert statuses(window) == {TALLY: "disputed", STRIKE: "reviewed"}
    assert in_file() == [(TALLY, "disputed"), (STRIKE, "reviewed")]


def test_what_is_marked_while_another_program_holds_the_file_from_start_to_end_is_kept_elsewhere(
    program: Program, reviewed_store: Path, before: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[str]()
    monkeypatch.setattr(own_file, "sentence", lambda parent, title, text: told.append(text))
    monkeypatch.setattr("viewer.store.workspace.WAIT_SECONDS", 0.05)
    with closing(held(before)):
        window = program(reviewed_store)
        mark(window, STRIKE, Key.Key_2)
        window.close()
    (kept,) = home.iterdir()

    assert str(kept) in told[0]
    with closing(Workspace(kept, ID, strange=True)) as rescued:
        assert [(one.key, one.status) for one in rescued.every_mark()] == [(STRIKE, "reviewed")]
    assert in_file() == [(TALLY, "disputed")]


@pytest.mark.parametrize("made", ["PRAGMA user_version = 9", "UPDATE about SET value = 'other'"])
def test_marks_that_the_file_there_is_not_for_are_told_and_kept_elsewhere(
    program: Program, reviewed_store: Path, before: Path, home: Path, monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    told = list[str]()
    monkeypatch.setattr(own_file, "sentence", lambda parent, title, text: told.append(text))
    with closing(sqlite3.connect(before, isolation_level=None)) as other_program:
        other_program.execute(made)
    content = before.read_bytes()
    window = program(reviewed_store)
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)
    assert said(window).startswith(f"{before.name} cannot be written (")
    assert said(window).endswith("): 1 change is kept in memory only")
    window.run("review_log")
    assert said(window) == "Your file cannot be used, so there is no log of what is in it"
    window.close()
    (kept,) = home.iterdir()

    assert str(kept) in told[0] and before.read_bytes() == content
    with closing(Workspace(kept, ID, strange=True)) as rescued:
        assert [(one.key, one.status) for one in rescued.every_mark()] == [(STRIKE, "reviewed")]


def test_a_log_of_a_file_that_another_program_holds_is_refused_in_a_sentence_at_once(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)
    with closing(held(workspace_file(ID))):
        monkeypatch.setattr(workspace, "WAIT_SECONDS", 60.0)
        window.run("review_log")
        assert said(window) == "Another program holds your file of marks: close it, and try again"
        assert work(window).reviewing.log.dialog is None
    window.run("review_log")
    dialog = work(window).reviewing.log.dialog
    assert dialog is not None
    dialog.reject()


def written(*marks: Mark) -> None:
    """Another program writes marks."""
    with closing(Workspace(workspace_file(ID), ID)) as other:
        assert other.add(marks)


def test_many_marks_of_another_program_are_read_aside_and_what_is_marked_meanwhile_counts(
    window: Window, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(keeping_module, "MUCH", 2)
    go, read = threading.Event(), own_file.read_file
    monkeypatch.setattr(own_file, "read_file", lambda *asked: (read(*asked), go.wait(20))[0])
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)
    written(*(Mark("event", key, "set aside", "zz", now()) for key in (STRIKE, TALLY, "gone")))
    work(window).own_file.look()
    assert statuses(window) == {STRIKE: "reviewed"} and said(window) == own_file.SHOWN_SOON
    mark(window, TALLY, Key.Key_3)
    on_disk(window)
    assert said(window).startswith("Kept: disputed.")
    go.set()
    qtbot.waitUntil(lambda: not work(window).own_file.reading, timeout=20_000)

    assert statuses(window) == {STRIKE: "set aside", TALLY: "disputed", "gone": "set aside"}
    assert said(window) == f"3 marks were written into {workspace_file(ID).name} by another window or program"
    assert [one.status for one in work(window).own_file.history(TALLY)] == ["set aside", "disputed"]
    work(window).own_file.look()
    assert len(in_file()) == 5 and statuses(window)[TALLY] == "disputed"


def test_a_large_file_is_read_aside_after_a_merge(
    window: Window, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    threads, read = set[threading.Thread](), own_file.read_file
    monkeypatch.setattr(own_file, "AT_ONCE_BYTES", -1)
    monkeypatch.setattr(
        own_file, "read_file", lambda *asked: (threads.add(threading.current_thread()), read(*asked))[1]
    )
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)
    written(Mark("event", TALLY, "set aside", "zz", now()))
    with closing(Keeping(ID)) as other:
        other.keep_saved([SavedFilters("theirs", Filters(text="raid"))])
    work(window).own_file.renew()
    qtbot.waitUntil(lambda: not work(window).own_file.reading, timeout=20_000)

    assert statuses(window) == {STRIKE: "reviewed", TALLY: "set aside"}
    assert [one.name for one in state(window).saved] == ["theirs"]
    assert not work(window).session.can_undo
    assert threads and threading.main_thread() not in threads


def test_a_large_file_that_another_program_begins_is_read_aside_once(
    window: Window, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    threads, read = list[threading.Thread](), own_file.read_file
    monkeypatch.setattr(keeping_module, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(
        own_file, "read_file", lambda *asked: (threads.append(threading.current_thread()), read(*asked))[1]
    )
    written(Mark("event", TALLY, "set aside", "zz", now()))
    for _ in range(3):
        work(window).own_file.look()
        qtbot.waitUntil(lambda: not work(window).own_file.reading, timeout=20_000)
    mark(window, STRIKE, Key.Key_2)
    on_disk(window)

    assert statuses(window) == {TALLY: "set aside", STRIKE: "reviewed"}
    assert len(threads) == 1 and threads[0] is not threading.main_thread()
    assert in_file() == [(TALLY, "set aside"), (STRIKE, "reviewed")]
