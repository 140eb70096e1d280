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
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from viewer.domain.records import Problem
from viewer.store import schema
from viewer.store.errors import StoreError
from viewer.store.migrations import MIGRATIONS, migrate

MAX_FILE_BYTES = 32 * 1024**3
MAGIC = b"SQLite format 3\x00"
CHECK_SECONDS = 60.0
QUERY_SECONDS = 120.0
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 20_000_000, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100, sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50, sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 10,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000, sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 8, sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}  # fmt: skip

Identity = tuple[int, int, int, int]
"""Device, inode, size and modification time: what changes when somebody replaces or rewrites a file."""


@dataclass
class StoreFile:
    """An open store: the connection, where it came from, and what was noticed on the way in."""

    path: Path
    connection: sqlite3.Connection
    identity: Identity
    tables: frozenset[str]
    notices: list[Problem] = field(default_factory=list)
    damaged_texts: int = 0
    _scratch: Path | None = None
    _deadline: float = 0.0

    def within(self, seconds: float = QUERY_SECONDS) -> sqlite3.Connection:
        """The connection, with so many seconds for what is asked next."""
        self._deadline = time.monotonic() + seconds
        return self.connection

    def changed_on_disk(self) -> bool:
        """True when the file was replaced, rewritten or removed since it was opened."""
        try:
            return _identity(self.path.stat()) != self.identity
        except OSError:
            return True

    def close(self) -> None:
        """Close the file and remove the private copy, if one was needed."""
        self.connection.close()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)


def open_store(path: Path) -> StoreFile:
    """Open a store for reading; StoreError says in one sentence why it cannot be, and what to do."""
    identity = _checked_file(path)
    source, scratch = path, None
    notices: list[Problem] = []
    if any(path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-journal")):
        scratch = Path(tempfile.mkdtemp(prefix="badia-"))
        source = _private_copy(path, scratch)
        notices.append(Problem(path.name, "has unfinished changes beside it (-wal): a private copy was opened"))
    store: StoreFile | None = None
    try:
        store = _connected(path, source, identity, notices, scratch)
        _check_schema(store)
        return store
    except sqlite3.Error as error:
        _abandon(store, scratch)
        raise StoreError(f"{path}: {_in_words(error)}") from None
    except StoreError:
        _abandon(store, scratch)
        raise


def _abandon(store: StoreFile | None, scratch: Path | None) -> None:
    if store is not None:
        store.close()
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)


def _checked_file(path: Path) -> Identity:
    """Refuse what is no regular SQLite file before SQLite waits on it or reads it."""
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
            head = file.read(len(MAGIC))
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    if head != MAGIC:
        raise StoreError(f"{path}: is no SQLite file, so no store; import it if it holds events")
    return _identity(found)


def _identity(found: os.stat_result) -> Identity:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _private_copy(path: Path, folder: Path) -> Path:
    try:
        for suffix in ("", "-wal", "-journal"):
            part = path.with_name(path.name + suffix)
            if part.is_file():
                shutil.copyfile(part, folder / f"store{suffix}")
        db = sqlite3.connect(folder / "store")
        try:
            db.execute("PRAGMA journal_mode = DELETE")
        finally:
            db.close()
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StoreError(f"{path}: its unfinished changes cannot be read ({error}); close the other program") from None
    return folder / "store"


def _connected(
    path: Path, source: Path, identity: Identity, notices: list[Problem], scratch: Path | None
) -> StoreFile:
    uri = f"file:{quote(str(source.absolute()))}?mode=ro"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2, check_same_thread=False)
    store = StoreFile(path, db, identity, frozenset(), notices, 0, scratch)
    db.set_progress_handler(lambda: int(time.monotonic() > store._deadline), 5000)
    for limit, value in _LIMITS.items():
        db.setlimit(limit, value)
    db.text_factory = _lenient_text(store)
    for setting in (
        "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "query_only = ON", "temp_store = MEMORY",
    ):  # fmt: skip
        store.within(CHECK_SECONDS).execute(f"PRAGMA {setting}")
    (verdict,) = store.within(CHECK_SECONDS).execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        store.close()
        raise StoreError(f"{path}: is damaged ({str(verdict)[:80]}); copy it again from where it came from")
    return store


def _lenient_text(store: StoreFile) -> Callable[[bytes], str]:
    """Text as it is where it is UTF-8; else with marks for what is damaged, and counted."""

    def decode(raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            store.damaged_texts += 1
            return raw.decode("utf-8", "replace")

    return decode


def _check_schema(store: StoreFile) -> None:
    entries = store.within(CHECK_SECONDS).execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    for kind, name, sql in entries:
        if kind in ("view", "trigger"):
            raise StoreError(
                f"{store.path}: holds the {kind} '{name}', which is code; remove it, a store holds data only"
            )
        virtual = (sql or "").lstrip().upper().startswith("CREATE VIRTUAL")
        if virtual and (name != schema.SEARCH_TABLE or "USING FTS5" not in sql.upper()):
            raise StoreError(f"{store.path}: holds the virtual table '{name}', which is code; remove it")
        if kind == "table" and "GENERATED" in (sql or "").upper():
            raise StoreError(f"{store.path}: table '{name}' has a generated column, which is code; make it a plain one")
    store.tables = frozenset(name for kind, name, _ in entries if kind == "table")
    if not {"event", "source"} <= store.tables:
        raise StoreError(f"{store.path}: is a SQLite file but no Badia store; import it if it holds events")
    foreign = sorted(name for name in store.tables - schema.expected_tables() if not name.startswith("sqlite_"))
    if foreign:
        store.notices.append(Problem(store.path.name, f"foreign tables were left alone: {', '.join(foreign[:5])}"))
    _check_version(store)


def _check_version(store: StoreFile) -> None:
    version = schema_version(store)
    newest = max(MIGRATIONS)
    if version > newest:
        raise StoreError(
            f"{store.path}: was made by a newer Badia (schema {version}, this one reads {newest}); update Badia"
        )
    if version < newest:
        _upgrade_copy(store, version)


def schema_version(store: StoreFile) -> int:
    """The schema version a store states; StoreError when it states none."""
    rows: list[tuple[str]] = []
    if schema.META_TABLE in store.tables:
        rows = (
            store.within()
            .execute(f"SELECT value FROM {schema.META_TABLE} WHERE name = 'schema_version'")
            .fetchall()
        )
    try:
        return int(rows[0][0])
    except (IndexError, TypeError, ValueError):
        raise StoreError(f"{store.path}: does not say its schema version; build or export it again") from None


def _upgrade_copy(store: StoreFile, version: int) -> None:
    """Bring an older store up to date in a private copy; the file itself is evidence and stays as it is."""
    scratch = store._scratch or Path(tempfile.mkdtemp(prefix="badia-"))
    copy = scratch / "upgraded"
    target = sqlite3.connect(copy)
    try:
        store.within(CHECK_SECONDS).backup(target)
        migrate(target, version)
    finally:
        target.close()
    store.connection.close()
    fresh = _connected(store.path, copy, store.identity, store.notices, scratch)
    store.connection, store._scratch = fresh.connection, scratch
    fresh._deadline = float("inf")
    store.notices.append(Problem(store.path.name, f"is of schema {version}: a private copy was brought up to date"))


def _in_words(error: sqlite3.Error) -> str:
    text = str(error)
    if "interrupted" in text:
        return "takes too long to check; it may be made to stall, so it was not opened"
    if "malformed" in text or "not a database" in text or "disk image" in text:
        return "is damaged; copy it again from where it came from"
    if "locked" in text:
        return "is being written by another program; close that and open it again"
    return f"cannot be opened ({text}); copy it again from where it came from"
