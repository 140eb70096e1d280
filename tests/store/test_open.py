"""Files from anybody: each that is no store gives one sentence, is not touched, and leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.store.opening import opened
from viewer import untrusted
from viewer.store import file, migrations, schema
from viewer.store import open as opening
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.open import open_store
from viewer.untrusted import identity_of


@pytest.fixture
def store(small_store: Path, tmp_path: Path) -> Path:
    """A copy of the small store in a folder of its own, to be spoilt."""
    return Path(shutil.copy(small_store, tmp_path / "copy.gpkg"))


@pytest.fixture(autouse=True)
def nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Private copies go when the store is closed, also after a failure."""
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    yield
    left = [one.name for folder in private.iterdir() for one in folder.iterdir()]
    assert left in ([], ["held"]), "no more than the run's own folder"


@contextmanager
def untouched(path: Path) -> Iterator[None]:
    """The file and its folder are the same before and after."""

    def look() -> tuple[str, list[str]]:
        return hashlib.sha256(path.read_bytes()).hexdigest(), sorted(p.name for p in path.parent.iterdir())

    before = look()
    yield
    assert look() == before


def change(path: Path, *statements: str) -> None:
    """Run SQL on a store, as somebody with a tool of their own would."""
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def refused(path: Path) -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(StoreError) as caught:
        open_dataset(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


# --- what is no store


def test_a_missing_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "no.gpkg") == "there is no such file; check the name"
    assert "check the name" in refused(tmp_path / ("x" * 4096))
    assert "cannot be read" in refused(Path("a\0b"))


def test_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path) == "is a folder; name a store file in it"


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.gpkg"
    os.mkfifo(pipe)
    assert refused(pipe) == "is a pipe or device, not a file; copy the store to a file first"
    assert "pipe or device" in refused(Path("/dev/null"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty; copy the store again"),
        (b"a letter to the editor", "is no SQLite file, so no store; import it if it holds events"),
        (b"SQLite format 3", "is no SQLite file, so no store; import it if it holds events"),
        (b"SQLite format 3\x00", "is damaged; copy it again from where it came from"),
        (
            b"SQLite format 3\x00" + b"\xff" * 2000,
            "is damaged (its end is missing); copy it again from where it came from",
        ),
    ],
)
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file.gpkg"
    path.write_bytes(content)
    with untouched(path):
        assert refused(path) == said


def test_a_file_too_large_to_check(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untrusted, "MAX_FILE_BYTES", 1000)
    assert "is larger than" in refused(store)


def test_a_file_that_may_not_be_read(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(opening.os, "open", deny)
    assert refused(store) == "cannot be read (Permission denied); check its permissions"


def test_a_foreign_database(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    change(path, "CREATE TABLE contacts (name TEXT)")
    with untouched(path):
        assert refused(path) == "is a SQLite file but no Badia store; import it if it holds events"


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_store(store: Path, share: float) -> None:
    raw = store.read_bytes()
    store.write_bytes(raw[: int(len(raw) * share)])
    with untouched(store):
        assert "is damaged" in refused(store)


# --- versions


def test_a_store_of_a_newer_schema(store: Path) -> None:
    change(store, "UPDATE badia_meta SET value = '99' WHERE name = 'schema_version'")
    assert refused(store) == "was made by a newer Badia (schema 99, this one reads 1); update Badia"


@pytest.mark.parametrize(
    "spoil",
    [
        "DROP TABLE badia_meta",
        "DELETE FROM badia_meta",
        "UPDATE badia_meta SET value = 'one' WHERE name = 'schema_version'",
        "UPDATE badia_meta SET value = '0' WHERE name = 'schema_version'",
        "UPDATE badia_meta SET value = '-3' WHERE name = 'schema_version'",
        "UPDATE badia_meta SET value = x'ff' WHERE name = 'schema_version'",
        "UPDATE badia_meta SET value = '99999999999999999999' WHERE name = 'schema_version'",
        "ALTER TABLE badia_meta RENAME COLUMN value TO worth",
    ],
)
def test_a_store_that_does_not_say_its_version(store: Path, spoil: str) -> None:
    change(store, spoil)
    with untouched(store):
        assert refused(store) == "does not say its schema version; build or export it again"


def test_an_older_store_is_brought_up_to_date_in_a_copy(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def step(db: sqlite3.Connection) -> None:
        db.execute("UPDATE event SET title = title || ' (migrated)'")

    monkeypatch.setattr(opening, "MIGRATIONS", {**migrations.MIGRATIONS, 2: step})
    with untouched(store), opened(store) as data:
        assert data.dossier("week").event.title == "Coalition strikes of one week (migrated)"  # type: ignore[union-attr]
        assert [str(p) for p in data.problems] == ["copy.gpkg: is of schema 1: a private copy was brought up to date"]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            data.store.within().execute("DELETE FROM event")
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            data.store.within(-1.0).execute(ENDLESS).fetchone()


def test_a_store_that_cannot_be_brought_up_to_date(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def step(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM absent")

    monkeypatch.setattr(opening, "MIGRATIONS", {**migrations.MIGRATIONS, 2: step})
    with untouched(store):
        assert refused(store).startswith("is of schema 1 and cannot be brought up to date (no such table: absent)")


# --- code in a store

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ([f"CREATE VIEW bomb AS {ENDLESS}"], "holds the view 'bomb', which is code"),
        (["DROP TABLE route", f"CREATE VIEW route AS {ENDLESS}"], "holds the view 'route', which is code"),
        (
            ["CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event; END"],
            "holds the trigger 't', which is code",
        ),
        (["CREATE VIRTUAL TABLE other USING fts5(x)"], "holds the virtual table 'other', which is code"),
        (["CREATE VIRTUAL TABLE box USING rtree(id, a, b)"], "holds the virtual table 'box', which is code"),
        (
            ["DROP TABLE search", "CREATE VIRTUAL TABLE search USING fts4(text)"],
            "virtual table 'search', which is code",
        ),
        (["ALTER TABLE event ADD COLUMN twice AS (hex(title))"], "table 'event' has a generated column"),
        (["ALTER TABLE place ADD COLUMN twice TEXT GENERATED ALWAYS AS (hex(name)) VIRTUAL"], "has a generated column"),
        (
            ["DROP TABLE route", "CREATE TABLE route (key TEXT PRIMARY KEY, name TEXT, source TEXT) WITHOUT ROWID"],
            "table 'route' has no row numbers",
        ),
        (["ALTER TABLE event ADD COLUMN rowid TEXT"], "table 'event' has no row numbers"),
    ],
)
def test_code_in_a_store_is_refused(store: Path, spoil: list[str], said: str) -> None:
    change(store, *spoil)
    with untouched(store):
        assert said in refused(store)


def test_a_column_that_is_only_called_generated_is_no_code(store: Path) -> None:
    change(store, "ALTER TABLE event ADD COLUMN generated_on TEXT")
    with opened(store) as data:
        assert data.problems == ()


def test_a_hostile_check_is_not_run(store: Path) -> None:
    """On a connection that may write, quick_check evaluates it for every row; on a read-only one nothing does."""
    db = sqlite3.connect(store)
    db.execute("PRAGMA writable_schema = ON")
    spoilt = "replace(sql, '\"title\" TEXT', '\"title\" TEXT CHECK (0)')"
    spoilt = f"UPDATE sqlite_schema SET sql = {spoilt} WHERE name = 'event'"
    assert db.execute(spoilt).rowcount == 1
    db.commit()
    db.close()
    with opened(store) as data:
        assert len(data.events) == 12


def test_an_unknown_collation_is_one_sentence(store: Path) -> None:
    db = sqlite3.connect(store)
    db.execute("PRAGMA writable_schema = ON")
    odd = "replace(sql, '\"date_edtf\" TEXT', '\"date_edtf\" TEXT COLLATE odd')"
    odd = f"UPDATE sqlite_schema SET sql = {odd} WHERE name = 'event'"
    assert db.execute(odd).rowcount == 1
    db.commit()
    db.close()
    with untouched(store):
        assert "no such collation sequence" in refused(store)


def test_foreign_tables_are_left_alone_and_named(store: Path) -> None:
    change(store, "CREATE TABLE another (x)", "CREATE TABLE other (x)")
    with opened(store) as data:
        assert [str(p) for p in data.problems] == ["copy.gpkg: foreign tables were left alone: another, other"]


def test_more_columns_than_any_store_has(store: Path) -> None:
    change(store, *(f"ALTER TABLE source ADD COLUMN c{n} TEXT" for n in range(150)))
    assert refused(store) == "is damaged; copy it again from where it came from"


def test_checking_that_takes_too_long_is_given_up(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "CHECK_SECONDS", -1.0)
    monkeypatch.setattr(file.StoreFile, "_overdue", lambda _: 1)
    change(
        store,
        "CREATE TABLE big (x)",
        "INSERT INTO big WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20000) SELECT x FROM n",
    )
    with untouched(store):
        assert refused(store) == "takes too long to check; it may be made to stall, so it was not opened"


# --- what lies beside a store


def _in_write_ahead_mode(store: Path, beside: bool) -> sqlite3.Connection | None:
    db = sqlite3.connect(store)
    assert db.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    if not beside:
        db.close()
        return None
    db.execute("UPDATE event SET title = 'from the log' WHERE key = 'week'")
    db.commit()
    return db


def test_unfinished_changes_are_read_in_a_private_copy(store: Path) -> None:
    db = _in_write_ahead_mode(store, True)
    assert db is not None
    with untouched(store), opened(store) as data:
        assert data.dossier("week").event.title == "from the log"  # type: ignore[union-attr]
        assert "a private copy was opened" in str(data.problems[0])
    db.close()


def test_the_changes_are_found_beside_the_file_a_link_points_to(store: Path, tmp_path: Path) -> None:
    db = _in_write_ahead_mode(store, True)
    assert db is not None
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.gpkg"
    link.symlink_to(store)
    with opened(link) as data:
        assert data.dossier("week").event.title == "from the log"  # type: ignore[union-attr]
    db.close()


def test_a_store_in_write_ahead_mode_opens_in_a_read_only_folder(store: Path, tmp_path: Path) -> None:
    """It needs no file beside it, so it makes none: neither where it could nor where it could not."""
    _in_write_ahead_mode(store, False)
    with untouched(store), opened(store) as data:
        assert data.problems == ()
    store.parent.chmod(0o500)
    try:
        with untouched(store), opened(store) as data:
            assert len(data.events) == 12
    finally:
        store.parent.chmod(0o700)


def test_a_damaged_log_is_one_sentence_or_ignored(store: Path) -> None:
    store.with_name(store.name + "-wal").write_bytes(b"nonsense" * 1000)
    with untouched(store), opened(store) as data:
        assert len(data.events) == 12


def test_a_journal_that_names_another_file_is_not_replayed(store: Path, tmp_path: Path) -> None:
    """SQLite would delete the file it names."""
    victim = tmp_path / "private-notes.txt"
    victim.write_text("mine", encoding="utf-8")
    name = os.fsencode(victim)
    tail = struct.pack(">I", 1) + name + struct.pack(">II", len(name), sum(name)) + opening.JOURNAL_MARK
    store.with_name(store.name + "-journal").write_bytes(opening.JOURNAL_MARK + b"\0" * 1000 + tail)
    with untouched(store):
        assert "belong to several files" in refused(store)
    assert victim.read_text(encoding="utf-8") == "mine"


def test_a_copy_that_cannot_be_made_is_one_sentence(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.with_name(store.name + "-wal").write_bytes(b"x")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(opening.shutil, "copyfile", full)
    assert refused(store).startswith("its unfinished changes cannot be read (No space left on device)")
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    assert "needs a private copy" in refused(store)


def test_a_store_that_is_being_written_says_so(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = file.connect

    def impatient(uri: str) -> sqlite3.Connection:
        db = real(uri)
        db.execute("PRAGMA busy_timeout = 0")
        return db

    monkeypatch.setattr(file, "connect", impatient)
    db = sqlite3.connect(store, isolation_level=None)
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("BEGIN EXCLUSIVE")
    said = refused(store)
    db.execute("ROLLBACK")
    db.close()
    assert said in (
        "is being written by another program; close that and open it again",
        "its unfinished changes cannot be read (database is locked); close the other program",
    )


@pytest.mark.parametrize("name", ["a b?c#d%41.gpkg", "البادية.gpkg", "back\\slash.gpkg", b"not-utf8-\xff.gpkg"])
def test_any_file_name_opens(small_store: Path, tmp_path: Path, name: str | bytes) -> None:
    path = tmp_path / (os.fsdecode(name) if isinstance(name, bytes) else name)
    shutil.copy(small_store, path)
    with opened(path) as data:
        assert len(data.events) == 12


# --- while a store is open


def test_an_open_store_cannot_be_written_and_nothing_is_mapped(small: DataSet) -> None:
    db = small.store.within()
    for statement in ("DELETE FROM event", "CREATE TABLE x (y)", "PRAGMA user_version = 5"):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute(statement)
    assert db.execute("PRAGMA mmap_size").fetchone() in (None, (0,))
    assert db.execute("PRAGMA trusted_schema").fetchone() == (0,)
    with pytest.raises(sqlite3.OperationalError, match="too many attached"):
        db.execute("ATTACH ':memory:' AS other")


def test_each_question_has_its_own_time(small: DataSet) -> None:
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        small.store.within(-1.0).execute(ENDLESS).fetchone()
    counting = ENDLESS.replace("FROM n)", "FROM n LIMIT 20000)")
    assert small.store.connection.execute(counting).fetchone() == (20000,)
    small.store.within(-1.0)
    assert small.store.connection.execute(counting).fetchone() == (20000,)


def test_the_time_of_one_thread_is_not_that_of_another(small: DataSet) -> None:
    """The search box asks in a hurry while the painter asks in peace."""
    counting = ENDLESS.replace("FROM n)", "FROM n LIMIT 500000)")
    in_peace = small.store.within()
    with ThreadPoolExecutor(1) as other:
        in_a_hurry = other.submit(small.store.within, -1.0).result()
        assert in_peace.execute(counting).fetchone() == (500_000,)
        assert other.submit(lambda: small.store.late).result() and not small.store.late
        small.store.within()
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            other.submit(in_a_hurry.execute, counting).result()


def test_a_change_on_disk_is_noticed(store: Path, small_store: Path, tmp_path: Path) -> None:
    found = open_store(store)
    assert not found.changed_on_disk()
    store.chmod(0o640)
    assert found.changed_on_disk() == (os.name == "posix")
    found.identity = identity_of(store.stat())
    assert not found.changed_on_disk()
    other = Path(shutil.copy(small_store, tmp_path / "other.gpkg"))
    other.replace(store)
    assert found.changed_on_disk()
    store.unlink()
    assert found.changed_on_disk()
    found.close()


def test_a_store_overwritten_while_open_gives_one_sentence(store: Path) -> None:
    with opened(store) as data:
        size = store.stat().st_size
        store.write_bytes(b"\xff" * size)
        with pytest.raises(StoreError, match="is damaged; copy it again"):
            data.reader.all("event_source")


def test_a_closed_store_says_so(store: Path) -> None:
    data = open_dataset(store)
    data.close()
    data.close()
    with pytest.raises(StoreError, match="is closed; open it again"):
        data.dossier("week")


def test_a_row_changed_while_open_gives_one_sentence(store: Path) -> None:
    with opened(store) as data:
        change(store, "UPDATE event SET date_edtf = 'soon' WHERE key = 'week'")
        with pytest.raises(StoreError, match=r"was changed while it was open .*open it again"):
            data.dossier("week")


@pytest.mark.parametrize("error", [MemoryError(), sqlite3.DataError("string or blob too big")])
def test_what_is_too_large_to_read_is_one_sentence(
    store: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("viewer.store.first_reading.bad_rows", fail)
    assert refused(store) == "holds a text or geometry too large to read; shorten it where it was made"


def test_settings_bound_memory_too(small: DataSet) -> None:
    (limit,) = small.store.within().execute("PRAGMA hard_heap_limit").fetchone()
    assert 0 < limit <= untrusted.MAX_HEAP_BYTES
    assert small.store.within().getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == 20_000_000
    assert small.store.tables <= schema.expected_tables()


def test_large_files_may_take_longer_to_check() -> None:
    assert [file.for_size(60.0, size) for size in (0, 2 * 1024**3, 4 * 1024**3)] == [60.0, 120.0, 180.0]
