"""A store changed as a whole or not at all: everything is written to a copy, which then takes the store's place.

Whoever has the old file open keeps reading it; a crash leaves a file beside the store and the store as it was.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from viewer.domain.records import TABLES, Meta
from viewer.store import schema
from viewer.store.contents import register
from viewer.store.errors import StoreError
from viewer.store.migrations import create_table, migrate
from viewer.untrusted import Identity, beside, identity_of

PART = ".part"
PIECE = 8 * 1024 * 1024
CACHE_KB = 32 * 1024
Tick = Callable[[], None]
"""Called now and then; what it raises ends the work and comes out."""


class Copy:
    """A store nobody else looks at yet, in a transaction in which all is done: no journal, as only a finished one is
    ever looked at."""

    def __init__(self, path: Path, meta: Meta | None) -> None:
        """meta: of a store that is made anew, None of one that is there."""
        self.path = path
        self.db = opened_copy(path)
        try:
            _prepare(self.db, meta)
        except BaseException:
            self.db.close()
            raise

    def let_go(self) -> None:
        """Leave the file to another process."""
        self.db.execute("COMMIT")
        self.db.close()

    def take_up(self) -> None:
        """Go on with the file that was let go."""
        self.db = opened_copy(self.path)
        self.db.execute("BEGIN")


@contextmanager
def working_copy(path: Path, meta: Meta, tick: Tick, keep: Callable[[], bool]) -> Iterator[Copy]:
    """A copy of the store at `path`, or a new store of that `meta` where there is none.

    When the block ends well and `keep` says so, the copy is brought to the disk and takes the place of the store in
    one step; else it goes. StoreError when it cannot be written.
    """
    path = path.resolve()  # of a link, the file it leads to takes what is written
    _sweep(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-{os.getpid()}-", suffix=PART, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}): choose another folder") from None
    copy = Path(name)
    try:
        is_new = not path.exists()
        found = None if is_new else identity_of(path.stat())
        if not is_new:
            _copy(path, copy, tick)
        work = Copy(copy, meta if is_new else None)
        try:
            yield work
            work.db.execute("COMMIT")
        finally:
            work.db.close()
        if keep():
            tick()
            with copy.open("rb+") as file:
                os.fsync(file.fileno())
            tick()  # of a large store that took a while, and whoever stops it meanwhile is told that nothing changed
            _refuse_if_changed(path, found)
            copy.chmod(_usual_mode() if is_new else path.stat().st_mode & 0o777)
            copy.replace(path)
            _sync_folder(path.parent)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be written ({error}): nothing was changed") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error}): free some space") from None
    finally:
        copy.unlink(missing_ok=True)


def _refuse_if_changed(path: Path, found: Identity | None) -> None:
    """Nothing takes the place of a store that somebody else wrote to, or writes to, since it was copied."""
    now = identity_of(path.stat()) if path.exists() else None
    if now != found or any(part.exists() for part in beside(path)):
        raise StoreError(f"{path}: was written to by another program meanwhile; it is as that left it, so do it again")


def _usual_mode() -> int:
    """The rights that a new file of this user has."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sweep(path: Path) -> None:
    """Remove the copies of this store that programs left which were killed; those of running ones stay."""
    before = f".{path.name}-"
    try:
        left = [one for one in path.parent.iterdir() if one.name.startswith(before) and one.name.endswith(PART)]
    except OSError:
        return
    for one in left:
        number = one.name[len(before) :].partition("-")[0]
        if number.isdecimal() and not _runs(int(number)):
            with suppress(OSError):
                one.unlink()


def _runs(process: int) -> bool:
    """Whether a process of that number runs; where that cannot be asked, one is taken to."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _copy(source: Path, target: Path, tick: Tick) -> None:
    with source.open("rb") as read, target.open("wb") as written:
        while piece := read.read(PIECE):
            tick()
            written.write(piece)


def opened_copy(path: Path) -> sqlite3.Connection:
    """A connection to a copy, with room for the pages that rows are written to next."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    return db


def _prepare(db: sqlite3.Connection, meta: Meta | None) -> None:
    if meta is not None:
        migrate(db, 0)
        db.executemany(
            f"INSERT OR REPLACE INTO {schema.META_TABLE} (name, value) VALUES (?, ?)",
            [(name, getattr(meta, name)) for name in Meta.__slots__],
        )
    db.execute("BEGIN")
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if "gpkg_contents" not in there or schema.META_TABLE not in there:
        raise StoreError("is no store that Badia wrote; import it into a new one instead")
    told = {name for (name,) in db.execute("SELECT table_name FROM gpkg_contents")}
    for table in TABLES:
        if table not in there:
            create_table(db, table)
        if table not in told:
            register(db, table, "1970-01-01")


def _sync_folder(folder: Path) -> None:
    """Bring the new name to the disk, too, where the system lets folders be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
