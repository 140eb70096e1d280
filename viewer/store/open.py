"""Opening a store as if somebody hostile had made it: read only, bounded, and nothing in it is run.

The recipe follows SQLite's own advice for untrusted files ("Defense Against The Dark Arts"): check
the file before SQLite sees it, distrust the schema, bound time and size, verify, and refuse views and
triggers, which are code.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from viewer.domain.records import TABLES, Problem
from viewer.store import schema
from viewer.store.errors import StoreError
from viewer.store.migrations import MIGRATIONS, migrate

MAX_FILE_BYTES = 32 * 1024**3
MAX_HEAP_BYTES = 2 * 1024**3
MAGIC = b"SQLite format 3\x00"
WAL_MARK = b"\x02\x02"
"""Bytes 18 and 19 of a file that was last written in write-ahead mode (SQLite file format, 1.3.3)."""
JOURNAL_MARK = bytes.fromhex("d9d505f920a163d7")
CHECK_SECONDS = 60.0
QUERY_SECONDS = 120.0
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 20_000_000, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100, sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100, sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 10,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000, sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 8, sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}  # fmt: skip
_SETTINGS = (
    "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "query_only = ON", "temp_store = MEMORY",
    f"hard_heap_limit = {MAX_HEAP_BYTES}",
)  # fmt: skip

Identity = tuple[int, int, int, int]
"""Device, inode, size and modification time: what changes when somebody replaces or rewrites a file."""


@dataclass
class StoreFile:
    """An open store: the connection, where it came from, and what was noticed on the way in."""

    path: Path
    identity: Identity
    tables: frozenset[str] = frozenset()
    notices: list[Problem] = field(default_factory=list)
    damaged_texts: int = 0
    """How often a text that is no UTF-8 was read."""
    _database: sqlite3.Connection | None = None
    _scratch: Path | None = None
    _deadline: float = float("inf")

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, with the usual time for what is asked next."""
        return self.within()

    def within(self, seconds: float = QUERY_SECONDS) -> sqlite3.Connection:
        """The connection, with so many seconds for what is asked next; each call starts the clock anew."""
        if self._database is None:
            raise StoreError(f"{self.path}: is closed; open it again")
        self._deadline = time.monotonic() + seconds
        return self._database

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn whatever SQLite finds wrong while this block reads into one sentence (StoreError)."""
        try:
            yield
        except (sqlite3.Error, MemoryError, UnicodeDecodeError) as error:
            raise StoreError(f"{self.path}: {_in_words(error)}") from None

    def changed_on_disk(self) -> bool:
        """True when the file was replaced, rewritten or removed since it was opened."""
        try:
            return _identity(self.path.stat()) != self.identity
        except OSError:
            return True

    def scratch(self) -> Path:
        """A private folder for copies of this store, removed when it is closed."""
        if self._scratch is None:
            try:
                self._scratch = Path(tempfile.mkdtemp(prefix="badia-"))
            except OSError as error:
                raise StoreError(f"{self.path}: needs a private copy ({error.strerror}); free some space") from None
        return self._scratch

    def attach(self, database: sqlite3.Connection) -> None:
        """Read from this connection from now on, with all bounds set."""
        if self._database is not None:
            self._database.close()
        self._database = database
        database.set_progress_handler(self._overdue, 5000)
        for limit, value in _LIMITS.items():
            database.setlimit(limit, value)
        database.text_factory = self._lenient_text()
        for setting in _SETTINGS:
            self.within(CHECK_SECONDS).execute(f"PRAGMA {setting}").fetchall()

    def _overdue(self) -> int:
        return int(time.monotonic() > self._deadline)

    def _lenient_text(self) -> Callable[[bytes], str]:
        """Text as it is where it is UTF-8; else with marks for what is damaged, and counted."""

        def decode(raw: bytes) -> str:
            try:
                return raw.decode("utf-8")
            except UnicodeDecodeError:
                self.damaged_texts += 1
                return raw.decode("utf-8", "replace")

        return decode

    def close(self) -> None:
        """Close the file and remove the private copy, if one was needed."""
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None


def open_store(path: Path) -> StoreFile:
    """Open a store for reading; StoreError says in one sentence why it cannot be, and what to do."""
    identity, write_ahead = _checked_file(path)
    store = StoreFile(path, identity)
    try:
        with store.reading():
            store.attach(_connected(store, write_ahead))
            _check_pages(store)
            _check_schema(store)
            _check_version(store)
        return store
    except BaseException:
        store.close()
        raise


def _checked_file(path: Path) -> tuple[Identity, bool]:
    """Refuse what is no regular SQLite file before SQLite waits on it or reads it; True for write-ahead mode."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise StoreError(f"{path}: there is no such file; check the name") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(f"{path}: cannot be read ({reason}); check the name and its permissions") from None
    if stat.S_ISDIR(found.st_mode):
        raise StoreError(f"{path}: is a folder; name a store file in it")
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(f"{path}: is a pipe or device, not a file; copy the store to a file first")
    if found.st_size == 0:
        raise StoreError(f"{path}: is empty; copy the store again")
    if found.st_size > MAX_FILE_BYTES:
        raise StoreError(f"{path}: is larger than {MAX_FILE_BYTES // 1024**3} GB; filter it to what you need first")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            head = file.read(100)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    if not head.startswith(MAGIC):
        raise StoreError(f"{path}: is no SQLite file, so no store; import it if it holds events")
    if found.st_size < _stated_size(head) and not any(beside.exists() for beside in _beside(path.resolve())):
        raise StoreError(f"{path}: is damaged (its end is missing); copy it again from where it came from")
    return _identity(found), head[18:20] == WAL_MARK


def _stated_size(head: bytes) -> int:
    """The bytes a file should have by its own header (SQLite file format, 1.3.2 and 1.3.7)."""
    page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    return (65536 if page == 1 else page) * pages if head[24:28] == head[92:96] else 0


def _beside(source: Path) -> list[Path]:
    """The files in which SQLite keeps changes that are not yet in the file itself."""
    return [source.with_name(source.name + suffix) for suffix in ("-wal", "-journal")]


def _identity(found: os.stat_result) -> Identity:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _connected(store: StoreFile, write_ahead: bool) -> sqlite3.Connection:
    """A read-only connection that leaves nothing beside the file.

    With unfinished changes beside it a private copy is opened, for SQLite would have to write. In
    write-ahead mode without any, the file is all there is and is read as one that nobody changes.
    """
    source = store.path.resolve()
    if any(beside.exists() for beside in _beside(source)):
        source = _private_copy(store, source)
        store.notices.append(
            Problem(store.path.name, "has unfinished changes beside it (-wal): a private copy was opened")
        )
        write_ahead = False
    mode = "mode=ro&immutable=1" if write_ahead else "mode=ro"
    return _connect(f"file:{quote(os.fsencode(source))}?{mode}")


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2, check_same_thread=False)


def _private_copy(store: StoreFile, source: Path) -> Path:
    """The store with its unfinished changes finished, or rolled back, in a folder of our own."""
    folder = store.scratch()
    try:
        for suffix in ("", "-wal", "-journal"):
            part = source.with_name(source.name + suffix)
            if part.is_file():
                shutil.copyfile(part, folder / f"store{suffix}")
        _refuse_super_journal(store, folder / "store-journal")
        db = _connect(f"file:{quote(os.fsencode(folder / 'store'))}")
        try:
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("PRAGMA journal_mode = DELETE").fetchall()
        finally:
            db.close()
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(
            f"{store.path}: its unfinished changes cannot be read ({reason}); close the other program"
        ) from None
    return folder / "store"


def _refuse_super_journal(store: StoreFile, journal: Path) -> None:
    """A journal may name a second file that SQLite would go and delete: such a one is not replayed."""
    if journal.is_file() and journal.read_bytes()[-len(JOURNAL_MARK) :] == JOURNAL_MARK:
        raise StoreError(f"{store.path}: its unfinished changes belong to several files; finish them where it was made")


def _check_pages(store: StoreFile) -> None:
    (verdict,) = store.within(CHECK_SECONDS).execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        said = " ".join(str(verdict).split())
        raise StoreError(f"{store.path}: is damaged ({said[:80]}); copy it again from where it came from")


def _check_schema(store: StoreFile) -> None:
    """Refuse what is code, and what is no store; foreign tables are left alone."""
    query = "SELECT type, name, rootpage, sql FROM sqlite_schema"
    entries = store.within(CHECK_SECONDS).execute(query).fetchall()
    for kind, name, root, sql in entries:
        _refuse_code(store, str(kind), str(name), root, str(sql or ""))
    store.tables = frozenset(str(name) for kind, name, _, _ in entries if kind == "table")
    if not {"event", "source"} <= store.tables:
        raise StoreError(f"{store.path}: is a SQLite file but no Badia store; import it if it holds events")
    for table in sorted(store.tables & {*TABLES, schema.META_TABLE}):
        _refuse_odd_table(store, table)
    foreign = sorted(name for name in store.tables - schema.expected_tables() if not name.startswith("sqlite_"))
    if foreign:
        named = ", ".join(name[:40] for name in foreign[:5])
        store.notices.append(Problem(store.path.name, f"foreign tables were left alone: {named}"))


def _refuse_code(store: StoreFile, kind: str, name: str, root: object, sql: str) -> None:
    if kind in ("view", "trigger"):
        raise StoreError(
            f"{store.path}: holds the {kind} '{name[:40]}', which is code; remove it, a store holds data only"
        )
    search = name == schema.SEARCH_TABLE and "USING FTS5" in sql.upper()
    if kind == "table" and not root and not search:
        raise StoreError(f"{store.path}: holds the virtual table '{name[:40]}', which is code; remove it")


def _refuse_odd_table(store: StoreFile, table: str) -> None:
    """Generated columns are code; and a row must have a number of its own by which it can be named."""
    columns = store.within(CHECK_SECONDS).execute(f'PRAGMA table_xinfo("{table}")').fetchall()
    if any(hidden in (2, 3) for *_, hidden in columns):
        raise StoreError(f"{store.path}: table '{table}' has a generated column, which is code; make it a plain one")
    if table == schema.META_TABLE:
        return
    names = {str(name).lower() for _, name, *_ in columns}
    (without_rowid,) = store.within().execute("SELECT wr FROM pragma_table_list(?)", (table,)).fetchone()
    if without_rowid or "rowid" in names:
        raise StoreError(f"{store.path}: table '{table}' has no row numbers; export it again as a plain table")


def _check_version(store: StoreFile) -> None:
    version, newest = schema_version(store), max(MIGRATIONS)
    if version > newest:
        raise StoreError(
            f"{store.path}: was made by a newer Badia (schema {version}, this one reads {newest}); update Badia"
        )
    if version < newest:
        _upgrade_copy(store, version)


def schema_version(store: StoreFile) -> int:
    """The schema version a store states; StoreError when it states none."""
    query = f"SELECT value FROM {schema.META_TABLE} WHERE name = 'schema_version'"
    try:
        row = store.within().execute(query).fetchone() if schema.META_TABLE in store.tables else None
        version = int(row[0]) if row and len(str(row[0])) < 10 else 0
    except (sqlite3.OperationalError, TypeError, ValueError):
        version = 0
    if version < 1:
        raise StoreError(f"{store.path}: does not say its schema version; build or export it again")
    return version


def _upgrade_copy(store: StoreFile, version: int) -> None:
    """Bring an older store up to date in a private copy; the file itself is evidence and stays as it is."""
    copy = store.scratch() / "upgraded"
    target = sqlite3.connect(copy)
    try:
        target.execute("PRAGMA trusted_schema = OFF")
        target.set_progress_handler(store._overdue, 5000)
        store.within(CHECK_SECONDS).backup(target)
        migrate(target, version, MIGRATIONS)
        target.execute("PRAGMA journal_mode = DELETE").fetchall()
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"{store.path}: is of schema {version} and cannot be brought up to date ({error}); export it again"
        ) from None
    finally:
        target.close()
    store.attach(_connect(f"file:{quote(os.fsencode(copy))}?mode=ro"))
    _check_pages(store)
    _check_schema(store)
    store.notices.append(Problem(store.path.name, f"is of schema {version}: a private copy was brought up to date"))


def _in_words(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "interrupted" in text:
        return "takes too long to check; it may be made to stall, so it was not opened"
    if isinstance(error, UnicodeDecodeError) or "malformed" in text or "not a database" in text:
        return "is damaged; copy it again from where it came from"
    if "locked" in text:
        return "is being written by another program; close that and open it again"
    if "too big" in text or isinstance(error, MemoryError):
        return "holds a text or geometry too large to read; shorten it where it was made"
    return f"cannot be read ({text[:120]}); copy it again from where it came from"
