"""The user's own file: nothing acknowledged is lost, nothing is written over, trouble is told."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.marks import STATUSES, Kept, Mark
from viewer.store import workspace as store_workspace
from viewer.store.errors import StoreError
from viewer.store.workspace import Workspace

HERE = Path(__file__).parents[2]


def mark(key: str, status: str = "reviewed", by: str = "AB", at: str = "2026-01-01T00:00:00Z", note: str = "") -> Mark:
    return Mark("event", key, status, by, at, note)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "small.workspace"


@pytest.fixture
def workspace(path: Path) -> Iterator[Workspace]:
    with closing(Workspace(path, "small")) as workspace:
        yield workspace


def test_no_file_comes_into_being_by_looking(workspace: Workspace, path: Path) -> None:
    assert workspace.marks() == {}
    assert workspace.kept("scene") == ()
    workspace.close()
    assert not path.exists()


def test_the_last_mark_counts_and_the_others_are_its_history(workspace: Workspace, path: Path) -> None:
    marks = [mark("a"), mark("b", "disputed"), mark("a", "set aside", at="2025-01-01T00:00:00Z", note="why")]
    assert all(workspace.add([one]) for one in marks)
    with closing(Workspace(path, "small")) as again:
        assert again.marks() == {("event", "a"): marks[2], ("event", "b"): marks[1]}
        assert again.history("event", "a") == (marks[0], marks[2])
        assert again.notices == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.booleans(), st.text(max_size=9)), max_size=12))
def test_things_are_kept_in_their_order_until_they_are_dropped(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int, bool, str]]
) -> None:
    with closing(Workspace(tmp_path_factory.mktemp("kept") / "w", "small")) as workspace:
        held: dict[tuple[str, str], Kept] = {}
        for kind, number, dropped, body in changes:
            key = str(number)
            if dropped:
                workspace.drop(kind, [key])
                held.pop((kind, key), None)
            else:
                one = Kept(kind, key, -number, body.replace("\0", "\ufffd").encode("utf-8", "replace").decode(), "now")
                workspace.keep([one])
                held[kind, key] = one
        for kind in "ab":
            wanted = sorted((one for one in held.values() if one.kind == kind), key=lambda one: one.position)
            assert list(workspace.kept(kind)) == wanted


def test_a_wrong_status_is_refused(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="no status"):
        workspace.add([mark("a", "fine")])
    assert workspace.unsaved == 0


@pytest.mark.parametrize("damage", ["cut", "no database", "trigger", "pages"])
def test_a_damaged_file_is_kept_and_a_new_one_begun(path: Path, damage: str) -> None:
    with closing(Workspace(path, "small")) as before:
        before.add([mark(str(number), note="x" * 500) for number in range(100)])
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "no database":
        path.write_bytes(b"nothing of the kind")
    elif damage == "pages":
        path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))
    else:
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TRIGGER t AFTER INSERT ON mark BEGIN DELETE FROM mark; END")
    damaged = path.read_bytes()
    with closing(Workspace(path, "small")) as workspace:
        assert workspace.marks() == {}
        assert ["small.workspace.bad" in notice for notice in workspace.notices] == [True]
        assert workspace.add([mark("a")])
    assert path.with_name("small.workspace.bad").read_bytes() == damaged
    with closing(Workspace(path, "small")) as again:
        assert list(again.marks()) == [("event", "a")]


def test_one_of_a_newer_version_or_of_another_store_is_left_alone(path: Path) -> None:
    with closing(Workspace(path, "small")) as workspace:
        workspace.add([mark("a")])
    with pytest.raises(StoreError, match="another store"):
        Workspace(path, "large")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        Workspace(path, "small")
    assert path.read_bytes() == before


def test_what_cannot_be_written_waits_and_is_told(path: Path) -> None:
    with closing(Workspace(path, "small")) as workspace:
        assert workspace.add([mark("a")])
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, limit[1]))
        try:
            assert not workspace.add([mark("b", note="x" * 50_000)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
            signal.signal(signal.SIGXFSZ, handled)
        assert (workspace.unsaved, len(workspace.notices)) == (1, 1)
        assert list(workspace.marks()) == [("event", "a"), ("event", "b")]
        assert workspace.add([mark("c")])
        assert workspace.unsaved == 0
    with closing(Workspace(path, "small")) as again:
        assert [key for _, key in again.marks()] == ["a", "b", "c"]


def test_two_programs_write_one_workspace(workspace: Workspace, path: Path) -> None:
    workspace.add([mark("a")])
    with closing(Workspace(path, "small")) as other:
        other.add([mark("b", by="CD")])
    assert [key for _, key in workspace.marks()] == ["a", "b"]


def test_it_is_told_when_another_program_has_written(workspace: Workspace, path: Path) -> None:
    workspace.add([mark("a")])
    assert not workspace.written_by_others()
    workspace.add([mark("b")])
    assert not workspace.written_by_others()
    with closing(Workspace(path, "small")) as other:
        other.add([mark("c", by="CD")])
    assert workspace.written_by_others()
    assert not workspace.written_by_others()


def test_a_file_that_another_program_began_is_found(path: Path) -> None:
    with closing(Workspace(path, "small")) as early, closing(Workspace(path, "small")) as other:
        assert not early.written_by_others()
        other.add([mark("a")])
        assert early.written_by_others()
        assert [key for _, key in early.marks()] == ["a"]


def test_another_program_that_holds_the_file_only_delays(workspace: Workspace, path: Path) -> None:
    workspace.add([mark("a")])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        workspace._db.execute("PRAGMA busy_timeout = 50")  # type: ignore[union-attr]
        assert not workspace.add([mark("b")])
        other.execute("ROLLBACK")
    assert workspace.add([mark("c")])
    assert [key for _, key in workspace.marks()] == ["a", "b", "c"]


_MARKS = st.lists(
    st.builds(mark, st.sampled_from("abc"), st.sampled_from(STATUSES), st.sampled_from(["AB", "CD"]),
              st.integers(0, 9).map("2026-01-01T00:00:0{}Z".format)), max_size=6, unique_by=lambda one: one.at,
)  # fmt: skip


@given(_MARKS, _MARKS)
def test_merging_loses_nothing_and_tells_what_contradicts(
    tmp_path_factory: pytest.TempPathFactory, ours: list[Mark], theirs: list[Mark]
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    with closing(Workspace(folder / "one", "small")) as one, closing(Workspace(folder / "two", "small")) as two:
        one.add(ours)
        two.add(theirs)
        before, other = one.marks(), two.marks()
        union = one.preview(two)
        assert one.every_mark() == tuple(ours)
        clashes = one.merge(two)
        assert clashes == union.clashes
        assert {*ours, *theirs} == set(one.every_mark())
        assert {about: found for about, found in one.marks().items() if about in before} == before
        for mine, their in clashes:
            assert mine.status != their.status
            assert (before[mine.table, mine.key], other[their.table, their.key]) == (mine, their)
        again = one.every_mark()
        assert one.merge(two) == ()
        assert one.every_mark() == again


_WRITER = """
import sys
from pathlib import Path
from viewer.domain.marks import Mark
from viewer.store.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]), "small")
number = len(workspace.every_mark())
while True:
    workspace.add([Mark("event", str(number), "reviewed", "AB", "2026-01-01T00:00:00Z")])
    print(number, flush=True)
    number += 1
"""


def test_a_killed_program_loses_no_acknowledged_mark(path: Path) -> None:
    acknowledged = -1
    for lines in (1, 7, 2, 11, 3, 5, 1, 9):
        program = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=HERE
        )  # fmt: skip
        assert program.stdout is not None
        for _ in range(lines):
            acknowledged = int(program.stdout.readline())
        os.kill(program.pid, signal.SIGKILL)
        rest, _ = program.communicate()
        whole = rest[: rest.rfind("\n") + 1].split()
        acknowledged = int(whole[-1]) if whole else acknowledged
    with closing(Workspace(path, "small")) as workspace:
        assert workspace.notices == []
        keys = [int(one.key) for one in workspace.every_mark()]
        assert keys == list(range(len(keys)))
        assert len(keys) > acknowledged


@pytest.mark.parametrize("statement", [
    "CREATE TRIGGER t AFTER INSERT ON mark BEGIN DELETE FROM mark; END", "CREATE VIEW v AS SELECT * FROM mark",
    "UPDATE mark SET note = x'00ff'", "UPDATE mark SET note = hex(zeroblob(100001))", "DROP TABLE kept",
    "ALTER TABLE mark DROP COLUMN note", "UPDATE mark SET note = NULL", "UPDATE mark SET status = 'good'",
])  # fmt: skip
def test_a_strange_workspace_is_only_read_and_stays_as_it_is(path: Path, statement: str) -> None:
    with closing(Workspace(path, "small")) as theirs:
        theirs.add([mark("a")])
    with closing(Workspace(path, "small", strange=True)) as read:
        assert [key for _, key in read.marks()] == ["a"]
        assert not read.add([mark("b")])
    with closing(sqlite3.connect(path)) as db, db:
        if "NULL" in statement or statement.startswith("ALTER"):
            db.execute("DROP TABLE mark")
            db.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY, of_table, of_key, status, by, at, reason, note)")
            db.execute("INSERT INTO mark (of_table, note) VALUES ('event', 'n')")
        db.execute(statement)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="damaged"):
        Workspace(path, "small", strange=True)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_strange_workspace_says_nothing_that_is_no_status(path: Path) -> None:
    with closing(Workspace(path, "small")) as theirs:
        theirs.add([mark("a")])
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE mark SET status = 'approved'")
    with pytest.raises(StoreError, match="damaged"):
        Workspace(path, "small", strange=True)


def test_while_another_program_writes_nothing_is_known_of_it_yet(
    workspace: Workspace, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_workspace, "WAIT_SECONDS", 0.01)
    workspace.add([mark("a")])
    with closing(Workspace(path, "small")) as early, closing(sqlite3.connect(path, isolation_level=None)) as db:
        assert not early.written_by_others()
        db.execute("BEGIN EXCLUSIVE")
        db.execute("UPDATE mark SET note = 'n'")
        assert not early.written_by_others()
        db.execute("COMMIT")
        assert early.written_by_others()
        assert [one.note for one in early.every_mark()] == ["n"]


def test_what_is_no_workspace_at_all_is_not_opened_for_a_stranger(path: Path) -> None:
    path.write_text("Dear reader")
    with pytest.raises(StoreError, match="no SQLite file"):
        Workspace(path, "small", strange=True)


@pytest.mark.parametrize("strange", [False, True])
def test_letters_that_are_damaged_are_shown_as_such(path: Path, strange: bool) -> None:
    with closing(Workspace(path, "small")) as theirs:
        theirs.add([mark("a")])
        theirs.keep([Kept("filter", "f", 1.0, "{}", "2026")])
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE mark SET note = CAST(x'61ff' AS TEXT)")
        db.execute("UPDATE kept SET body = CAST(x'7bff' AS TEXT)")
    with closing(Workspace(path, "small", strange=strange)) as read:
        assert [one.note for one in read.every_mark()] == ["a\ufffd"]
        assert [one.body for one in read.kept("filter")] == ["{\ufffd"]


def odd_rows(path: Path, *statements: str) -> None:
    """Change rows as another program might."""
    with closing(sqlite3.connect(path)) as db, db:
        for statement in statements:
            db.execute(statement)


@pytest.mark.parametrize("statement", [
    "UPDATE mark SET status = 'approved' WHERE of_key = 'b'", "UPDATE mark SET note = x'00ff' WHERE of_key = 'b'",
    "UPDATE mark SET reason = hex(zeroblob(100001)) WHERE of_key = 'b'",
    "UPDATE mark SET at = x'01' WHERE of_key = 'b'",
    "UPDATE mark SET by = 7.5, status = x'01' WHERE of_key = 'b'",
])  # fmt: skip
def test_a_mark_that_cannot_be_understood_is_set_aside_and_stays_in_the_file(path: Path, statement: str) -> None:
    with closing(Workspace(path, "small")) as before:
        before.add([mark("a"), mark("b"), mark("c")])
    odd_rows(path, statement)
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT * FROM mark").fetchall()
    with closing(Workspace(path, "small")) as workspace:
        assert [key for _, key in workspace.marks()] == ["a", "c"]
        assert workspace.history("event", "b") == ()
        (said,) = workspace.problems
        assert said.startswith("1 mark cannot be understood")
        assert workspace.notices == []
        assert workspace.add([mark("b", "disputed")])
        assert [one.status for one in workspace.history("event", "b")] == ["disputed"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT * FROM mark").fetchall()[:3] == rows


def test_the_first_mark_that_cannot_be_understood_is_named(path: Path) -> None:
    with closing(Workspace(path, "small")) as before:
        before.add([mark("a"), mark("b")])
        before.keep([Kept("scene", "s", 1.0, "{}", "2026"), Kept("scene", "t", 2.0, "{}", "2026")])
    odd_rows(path, "UPDATE mark SET status = 'approved'", "UPDATE kept SET position = 'first' WHERE key = 's'")
    with closing(Workspace(path, "small")) as workspace:
        assert [one.key for one in workspace.kept("scene")] == ["t"]
        assert workspace.problems == (
            "2 marks and 1 scene or filter cannot be understood (status \u201capproved\u201d of a by AB); they are set "
            "aside: they stay in small.workspace as they are, and count for nothing",
        )


@pytest.mark.parametrize("strange", [False, True])
def test_a_store_is_no_workspace_and_what_to_do_is_said(path: Path, small_store: Path, strange: bool) -> None:
    path.write_bytes(small_store.read_bytes())
    with pytest.raises(StoreError, match=r"small.workspace: is a store.*choose a workspace.*import the store"):
        Workspace(path, "small", strange=strange)
    assert path.read_bytes() == small_store.read_bytes()


@pytest.mark.parametrize(
    ("statement", "why"),
    [("PRAGMA user_version = 9", "newer version"), ("UPDATE about SET value = 'other'", "belongs to another store")],
)
def test_a_file_that_appears_meanwhile_is_looked_at_before_anything_is_written_into_it(
    path: Path, statement: str, why: str
) -> None:
    with closing(Workspace(path, "small")) as late:
        with closing(Workspace(path, "small")) as other:
            other.add([mark("strike-1")])
        with closing(sqlite3.connect(path)) as db:
            db.execute(statement)
            db.commit()
        before = path.read_bytes()
        assert not late.add([mark("strike-2")])
        assert not late.add([mark("strike-3")])
        assert not late.written_by_others()
        (said,) = late.notices
        assert why in said and said.endswith("2 changes are kept in memory only")
        assert late.unsaved == 2
        assert path.read_bytes() == before
        late.give_up()


def test_a_damaged_file_that_appears_meanwhile_is_set_aside(path: Path) -> None:
    with closing(Workspace(path, "small")) as late:
        path.write_bytes(b"no database at all, though it has some length" * 20)
        assert late.add([mark("strike-1")])
        assert [one.key for one in late.every_mark()] == ["strike-1"]
        assert "it is kept as" in late.notices[0]


def test_a_letter_that_is_none_keeps_nothing_from_being_written(workspace: Workspace, path: Path) -> None:
    """Half of a pair, as a briefing may hold it: \\ud800 in JSON."""
    assert workspace.keep([Kept("scene", "one\ud800", 0.0, '{"title": "a\udc00b"}', "")])
    assert workspace.keep([Kept("scene", "other", 1.0, "{}", "")])
    assert workspace.add([mark("strike-1", note="\ud83d")])
    assert workspace.drop("scene", ["one\ud800"])
    with closing(Workspace(path, "small")) as again:
        assert [one.key for one in again.kept("scene")] == ["other"]
        assert [one.note for one in again.every_mark()] == ["?"]


def test_marks_of_two_windows_that_begin_the_file_at_once_are_seen_by_both(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = store_workspace._begun

    def meanwhile(of: Path, store_id: str) -> sqlite3.Connection:
        monkeypatch.setattr(store_workspace, "_begun", begun)
        with closing(Workspace(path, "small")) as other:
            assert other.add([mark("strike-1")])
        return begun(of, store_id)

    monkeypatch.setattr(store_workspace, "_begun", meanwhile)
    with closing(Workspace(path, "small")) as late:
        assert late.add([mark("strike-2")])
        assert late.written_by_others()
        assert [one.key for one in late.every_mark()] == ["strike-1", "strike-2"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_begun_at_once_by_two_is_never_written_over(
    path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    part = path.with_name("part")
    part.write_text("mine", encoding="utf-8")
    path.write_text("theirs", encoding="utf-8")
    if links:
        monkeypatch.setattr(Path, "exists", lambda self: False)  # it was not there a moment ago
    else:
        monkeypatch.setattr("os.link", _refused)
    store_workspace._put(part, path)
    assert path.read_text(encoding="utf-8") == "theirs"

    path.unlink()
    store_workspace._put(part, path)
    assert path.read_text(encoding="utf-8") == "mine"


def _refused(*names: Path) -> None:
    raise PermissionError("no second names here")
