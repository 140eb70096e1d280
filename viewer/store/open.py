"""Opening a store as if somebody hostile had made it: read only, bounded, and nothing in it is run.

The recipe follows SQLite's own advice for untrusted files ("Defense Against The Dark Arts"): check
the file before SQLite sees it, distrust the schema, bound time and size, verify, and refuse views and
triggers, which are code.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from viewer import untrusted
from viewer.domain.records import TABLES, Problem
from viewer.store import schema
from viewer.store.errors import StoreError
from viewer.store.file import CHECK_SECONDS, StoreFile, for_size
from viewer.store.migrations import MIGRATIONS, migrate
from viewer.untrusted import Identity, beside, connect

JOURNAL_MARK = bytes.fromhex("d9d505f920a163d7")


def open_store(path: Path, tick: Callable[[], None] | None = None) -> StoreFile:
    """Open a store for reading; StoreError says in one sentence why it cannot be, and what to do.

    Its pages are not checked yet: `check_pages`. tick: see StoreFile.
    """
    identity, write_ahead = checked_file(path)
    store = StoreFile(path, identity, tick=tick)
    try:
        with store.reading():
            store.attach(_source(store, write_ahead))
            _check_schema(store)
            _check_version(store)
        return store
    except BaseException:
        store.close()
        raise


def checked_file(
    path: Path, what: str = "store", instead: str = "import it if it holds events"
) -> tuple[Identity, bool]:
    """The same as `untrusted.checked_file`, with StoreError for what is refused."""
    try:
        return untrusted.checked_file(path, what, instead)
    except untrusted.RefusedError as error:
        raise StoreError(str(error)) from None


def says_it_is_a_store(path: Path) -> bool:
    """Whether a file is a database with what a store says of itself; False for whatever cannot be read."""
    try:
        with closing(StoreFile(path, checked_file(path)[0])) as store, store.reading():
            store.attach(_source(store, checked_file(path)[1]))
            query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
            return {schema.META_TABLE, "event", "source"} <= {str(name) for (name,) in store.within().execute(query)}
    except StoreError:
        return False


def _source(store: StoreFile, write_ahead: bool) -> str:
    """What to connect to, read only and leaving nothing beside the file, as a URI.

    With unfinished changes beside it a private copy is opened, for SQLite would have to write. In
    write-ahead mode without any, the file is all there is and is read as one that nobody changes.
    """
    source = store.path.resolve()
    if any(part.exists() for part in beside(source)):
        source = _private_copy(store, source)
        store.notices.append(
            Problem(store.path.name, "has unfinished changes beside it (-wal): a private copy was opened")
        )
        write_ahead = False
    mode = "mode=ro&immutable=1" if write_ahead else "mode=ro"
    return f"file:{quote(os.fsencode(source))}?{mode}"


def _private_copy(store: StoreFile, source: Path) -> Path:
    """The store with its unfinished changes finished, or rolled back, in a folder of our own."""
    folder = store.scratch()
    try:
        for suffix in ("", "-wal", "-journal"):
            part = source.with_name(source.name + suffix)
            if part.is_file():
                shutil.copyfile(part, folder / f"store{suffix}")
        _refuse_super_journal(store, folder / "store-journal")
        db = connect(f"file:{quote(os.fsencode(folder / 'store'))}")
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


def check_pages(store: StoreFile) -> bool:
    """Read the pages and refuse a file in which they do not hang together (StoreError); False when time ran out.

    Much of it is one step of SQLite's, which no clock can stop: `StoreFile.halt` does, from another thread.
    """
    try:
        seconds = for_size(CHECK_SECONDS, store.identity[2])
        (verdict,) = store.within(seconds).execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if store.stopped or "interrupted" not in str(error):
            raise
        return False
    if verdict != "ok":
        said = " ".join(str(verdict).split())
        raise StoreError(f"{store.path}: is damaged ({said[:80]}); copy it again from where it came from")
    return True


def _check_schema(store: StoreFile) -> None:
    """Refuse what is code, and what is no store; foreign tables are left alone."""
    query = "SELECT type, name, rootpage, sql FROM sqlite_schema"
    entries = store.within(CHECK_SECONDS).execute(query).fetchall()
    for kind, name, root, sql in entries:
        _refuse_code(store, str(kind), str(name), root, str(sql or ""))
    store.tables = frozenset(str(name) for kind, name, _, _ in entries if kind == "table")
    if not {"event", "source"} <= store.tables:
        raise StoreError(f"{store.path}: is a SQLite file but no Badia store; import it if it holds events")
    known = sorted(store.tables & {*TABLES, schema.META_TABLE})
    store.columns = {table: _columns_of(store, table) for table in known}
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


def _columns_of(store: StoreFile, table: str) -> frozenset[str]:
    """The names of its columns. Generated ones are code; and a row must have a number by which it can be named."""
    columns = store.within(CHECK_SECONDS).execute(f'PRAGMA table_xinfo("{table}")').fetchall()
    if any(hidden in (2, 3) for *_, hidden in columns):
        raise StoreError(f"{store.path}: table '{table}' has a generated column, which is code; make it a plain one")
    names = frozenset(str(name) for _, name, *_ in columns)
    if table == schema.META_TABLE:
        return names
    (without_rowid,) = store.within().execute("SELECT wr FROM pragma_table_list(?)", (table,)).fetchone()
    if without_rowid or "rowid" in {name.lower() for name in names}:
        raise StoreError(f"{store.path}: table '{table}' has no row numbers; export it again as a plain table")
    return names


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
    check_pages(store)
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
    store.attach(f"file:{quote(os.fsencode(copy))}?mode=ro")
    _check_schema(store)
    store.notices.append(Problem(store.path.name, f"is of schema {version}: a private copy was brought up to date"))
