"""SQLite files of strangers: what is looked at before SQLite sees one, and the bounds within which it is read.

SQLite's own advice for untrusted files ("Defense Against The Dark Arts"): look at the file first, distrust its schema,
bound time, memory and size. What may stand in a file - which tables, no views - whoever reads it decides.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

MAX_FILE_BYTES = 32 * 1024**3
MAX_HEAP_BYTES = 2 * 1024**3
MAGIC = b"SQLite format 3\x00"
WAL_MARK = b"\x02\x02"
"""Bytes 18 and 19 of a file that was last written in write-ahead mode (SQLite file format, 1.3.3)."""
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 20_000_000, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100, sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100, sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 10,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000, sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 8, sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}  # fmt: skip
SETTINGS = (
    "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "query_only = ON", "temp_store = MEMORY",
    f"hard_heap_limit = {MAX_HEAP_BYTES}",
)  # fmt: skip

Identity = tuple[int, int, int, int, int]
"""Device, inode, size, and when content and state changed: what differs when somebody replaces or rewrites a file."""


class RefusedError(Exception):
    """A file that is not opened; the message names it and what to do."""


def checked_file(
    path: Path, what: str = "store", instead: str = "import it if it holds events"
) -> tuple[Identity, bool]:
    """Refuse what is no regular SQLite file before SQLite waits on it or reads it; True for write-ahead mode.

    what: what it should be; instead: what to do with a file of another kind.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        raise RefusedError(f"{path}: there is no such file; check the name") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RefusedError(f"{path}: cannot be read ({reason}); check the name and its permissions") from None
    if stat.S_ISDIR(found.st_mode):
        raise RefusedError(f"{path}: is a folder; name a {what} file in it")
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError(f"{path}: is a pipe or device, not a file; copy the {what} to a file first")
    if found.st_size == 0:
        raise RefusedError(f"{path}: is empty; copy the {what} again")
    if found.st_size > MAX_FILE_BYTES:
        raise RefusedError(f"{path}: is larger than {MAX_FILE_BYTES // 1024**3} GB; filter it to what you need first")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            head = file.read(100)
    except OSError as error:
        raise RefusedError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    if not head.startswith(MAGIC):
        raise RefusedError(f"{path}: is no SQLite file, so no {what}; {instead}")
    if found.st_size < _stated_size(head) and not any(part.exists() for part in beside(path.resolve())):
        raise RefusedError(f"{path}: is damaged (its end is missing); copy it again from where it came from")
    return identity_of(found), head[18:20] == WAL_MARK


def _stated_size(head: bytes) -> int:
    """The bytes a file should have by its own header (SQLite file format, 1.3.2 and 1.3.7)."""
    page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    return (65536 if page == 1 else page) * pages if head[24:28] == head[92:96] else 0


def beside(source: Path) -> list[Path]:
    """The files in which SQLite keeps changes that are not yet in the file itself."""
    return [source.with_name(source.name + suffix) for suffix in ("-wal", "-journal")]


def identity_of(found: os.stat_result) -> Identity:
    """What tells a file from any other and from itself after a change."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def connect(uri: str) -> sqlite3.Connection:
    """A connection to a database named by a URI, which nothing bounds yet."""
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2, check_same_thread=False)


def bound(database: sqlite3.Connection) -> None:
    """Set the limits of a connection; its settings (SETTINGS) are set by questions, which may take time."""
    for limit, value in LIMITS.items():
        database.setlimit(limit, value)
