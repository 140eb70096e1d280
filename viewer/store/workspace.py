"""The user's own file beside a store: marks with their history, scenes, saved filters. Never the store itself.

What was acknowledged is on the disk: all that waits is one short transaction, synchronous to the end. A damaged file is
kept as `.bad` and a new one begun; one of a newer version is left alone. Single rows that say nothing that can be
understood stay in the file, are told, and count for nothing. What cannot be written now (a full disk, a folder that is
read only) is kept in memory, told, and written as soon as it can be.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from viewer.domain.marks import STATUSES, Kept, Mark, Union, united
from viewer.store.errors import StoreError
from viewer.untrusted import SETTINGS, RefusedError, bound, checked_file, connect

APPLICATION_ID = 0x42444157
"""`BDAW`."""
STORE_ID = 0x47504B47
"""`GPKG`, of a GeoPackage."""
VERSION = 1
WAIT_SECONDS = 2.0
MAX_STRANGE_BYTES = 256 * 1024 * 1024
STRANGE_SECONDS, STRANGE_STEPS = 60.0, 100_000
"""How long a workspace of somebody else's may take to read, and after how many steps of SQLite that is looked at."""
MAX_TEXT = 100_000
"""Letters that a note or a scene may have."""
_TABLES = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE mark (id INTEGER PRIMARY KEY, of_table TEXT NOT NULL, of_key TEXT NOT NULL, status TEXT NOT NULL,
    by TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL, reason TEXT NOT NULL)""",
    "CREATE INDEX mark_of ON mark (of_table, of_key)",
    """CREATE TABLE kept (kind TEXT NOT NULL, key TEXT NOT NULL, position REAL NOT NULL, body TEXT NOT NULL,
    at TEXT NOT NULL, PRIMARY KEY (kind, key))""",
)
_TOLD_LETTERS = 40
_LENIENT = partial(bytes.decode, errors="replace")
"""Text as it is where it is UTF-8; else with marks for what is damaged."""
_NAMES = frozenset({"about", "mark", "kept"})
_MARK = "of_table, of_key, status, by, at, note, reason"
_COLUMNS = {"about": "name, value", "mark": f"id, {_MARK}", "kept": "kind, key, position, body, at"}
_SHORT = " AND ".join(
    f"typeof({name}) = 'text' AND length({name}) <= {MAX_TEXT}" for name in _MARK.split(", ") if name != "status"
)
_SOUND = {
    "mark": f"({_SHORT} AND typeof(status) = 'text' AND status IN ({', '.join(repr(status) for status in STATUSES)}))",
    "kept": "(" + " AND ".join(f"typeof({name}) = 'text'" for name in ("kind", "key", "body", "at"))
            + " AND typeof(position) IN ('real', 'integer'))",
}  # fmt: skip
"""What holds of a row that can be understood; it is never unknown, so that a row is one or the other."""
_ADD_MARK = f"INSERT INTO mark ({_MARK}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_KEEP = "INSERT OR REPLACE INTO kept (kind, key, position, body, at) VALUES (?, ?, ?, ?, ?)"
_DROP = "DELETE FROM kept WHERE kind = ? AND key = ?"
Change = tuple[str, tuple[object, ...]]
MERGED_KINDS = ("scene", "filter")
"""What else two workspaces share."""
_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class HeldError(StoreError):
    """A workspace that another program holds just now."""


UNREADABLE = (sqlite3.Error, HeldError)
"""What is raised by whoever asks for what is in a file that another program holds."""


class Workspace:
    """The workspace of one store. The file comes into being with the first thing that is kept in it."""

    def __init__(
        self, path: Path, store_id: str, strange: bool = False, later: bool = False, patient: bool = True
    ) -> None:
        """Open what is there; StoreError for one of a newer version or of another store.

        store_id: '' for whatever store it is of.
        strange: it came from somebody else; it is only read, within bounds, and stays as it is whatever is in it.
        later: where it cannot be opened, `obstacle` tells why, and all that is to be written waits in memory.
        patient: wait a little where another program holds it.
        """
        self.path, self.store_id, self._strange = path, store_id, strange
        self.notices: list[str] = []
        """What happened to the file, one sentence each."""
        self._waiting: list[Change] = []
        self.refused = False
        """Whether what waited could not be written when that was tried last."""
        self.noted = self.written = 0
        """How many changes were ever to be written, and how many of them are on the disk."""
        self.write_soon: Callable[[], bool] = self.write
        """What is done about a change as soon as it is noted; somebody may have a thread call `write` instead."""
        self._db: sqlite3.Connection | None = None
        self.problems: tuple[str, ...] = ()
        """What in the file cannot be understood, in sentences."""
        self._waits = patient
        """Whether what is asked of the file waits for another program that holds it."""
        self._version: int | None = None
        """What SQLite counts up when another connection writes; None: nobody has asked yet."""
        self.obstacle = ""
        """Why what is in the file is not known; '' where it is."""
        self.held = False
        """Whether that is because another program holds the file."""
        try:
            if path.exists():
                self._open()
        except (StoreError, OSError) as error:
            if not later:
                raise
            self.obstacle, self.held = str(error), isinstance(error, HeldError)
        finally:
            self._wait(True)

    def _wait(self, waits: bool) -> None:
        self._waits = waits
        if self._db is not None and not self._strange:
            self._db.execute(f"PRAGMA busy_timeout = {round(WAIT_SECONDS * 1000) if waits else 0}").fetchall()

    def _open(self) -> None:
        try:
            self._db = _opened_strange(self.path) if self._strange else _connected(self.path, self._waits)
            (kind,) = self._db.execute("PRAGMA application_id").fetchone()
            if kind == STORE_ID:
                self._let_go()
                raise StoreError(_no_workspace(self.path))
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                self._let_go()
                raise StoreError(f"{self.path}: was made by a newer version of Badia; it is left as it is")
            if self._db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",) or not _is_plain(self._db):
                raise sqlite3.DatabaseError("damaged")
            for table in _NAMES:
                self._db.execute(f"SELECT {_COLUMNS[table]} FROM {table} LIMIT 0")
            if self._strange and not all(_holds_text(self._db, table) for table in _NAMES):
                raise sqlite3.DatabaseError("holds what is no text")
            if self._strange and not _holds_statuses(self._db):
                raise sqlite3.DatabaseError("holds what is no status")
            self._look_at_rows()
            of = self._db.execute("SELECT value FROM about WHERE name = 'store_id'").fetchone()
            self._version = _version_of(self._db)
        except sqlite3.OperationalError as error:
            self._let_go()
            if "no such column" in str(error):
                self._set_aside()
                return
            kind = HeldError if is_held(error) else StoreError
            raise kind(f"{self.path}: cannot be read ({error}); close the other program") from None
        except sqlite3.DatabaseError:
            self._let_go()
            self._set_aside()
            return
        if of is not None and not self.store_id:
            self.store_id = of[0]
        if of is not None and of[0] != self.store_id:
            self._let_go()
            raise StoreError(f"{self.path}: belongs to another store; merge it if you mean to")

    def _set_aside(self) -> None:
        """Keep a damaged file under another name, so that a new one can be begun."""
        if self._strange:
            raise StoreError(f"{self.path.name}: is damaged; ask for it again")
        number, aside = 1, self.path.with_name(self.path.name + ".bad")
        while aside.exists():
            number += 1
            aside = self.path.with_name(f"{self.path.name}.bad{number}")
        try:
            self.path.rename(aside)
            for suffix in ("-journal", "-wal"):
                beside = self.path.with_name(self.path.name + suffix)
                if beside.exists():
                    beside.rename(aside.with_name(aside.name + suffix))
        except OSError as error:
            said = f"{self.path}: is damaged and cannot be set aside ({error.strerror or error})"
            raise StoreError(f"{said}; make its folder writable") from None
        self.notices.append(f"{self.path.name} is damaged; it is kept as {aside.name}, and a new one was begun")

    def _look_at_rows(self) -> None:
        """Note how many rows say nothing that can be understood."""
        if self._db is None:
            return
        numbers = {}
        for table, sound in _SOUND.items():
            (numbers[table],) = self._db.execute(f"SELECT count(*) FROM {table} WHERE NOT {sound}").fetchone()
        number = sum(numbers.values())
        rest = (
            f"it is set aside: it stays in {self.path.name} as it is, and counts for nothing" if number == 1 else
            f"they are set aside: they stay in {self.path.name} as they are, and count for nothing"
        )  # fmt: skip
        said = f"{_rows_words(numbers)} cannot be understood{self._first_odd()}; {rest}"
        self.problems = (said,) if number else ()

    def _first_odd(self) -> str:
        """The first mark that cannot be understood, as a remark; '' where it cannot be named."""
        query = f"SELECT of_key, status, by FROM mark WHERE NOT {_SOUND['mark']} ORDER BY id LIMIT 1"
        found = self._db.execute(query).fetchone() if self._db is not None else None
        if found is None or not all(isinstance(part, str) for part in found):
            return ""
        key, status, by = (part[:_TOLD_LETTERS].replace("\n", " ") for part in found)
        said = f"status \u201c{status}\u201d " if status not in STATUSES else ""
        return f" ({said}of {key} by {by})"

    def close(self) -> None:
        """Let go of the file; what could not be written is tried a last time."""
        if self._waiting:
            self.write()
        self._let_go()

    def _let_go(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.execute("PRAGMA journal_mode = DELETE").fetchall()  # nothing stays beside the file
            self._db.close()
            self._db = None

    def give_up(self) -> None:
        """Forget what waits in memory; the file stays as it is."""
        self._waiting.clear()

    # marks

    def marks(self) -> dict[tuple[str, str], Mark]:
        """What counts of each record: the mark written last, by table and key."""
        return {(mark.table, mark.key): mark for mark in self._marks("", ())}

    def history(self, table: str, key: str) -> tuple[Mark, ...]:
        """Everything that was said of a record, in the order it was written."""
        return tuple(self._marks("AND of_table = ? AND of_key = ?", (table, key)))

    def every_mark(self) -> tuple[Mark, ...]:
        """Everything that was said, in the order it was written."""
        return tuple(self._marks("", ()))

    def marks_since(self, last: int) -> tuple[tuple[Mark, ...], int]:
        """What was written into the file behind its row of that number, in order, and the number of the last row."""
        if self._db is None:
            return (), last
        query = f"SELECT id, {_MARK} FROM mark WHERE {_SOUND['mark']} AND id > ? ORDER BY id"
        rows = _rows_of(self._db, query, (last,))
        return tuple(Mark(*row[1:]) for row in rows), rows[-1][0] if rows else last

    def are_more_since(self, last: int, number: int) -> bool:
        """Whether more marks than that were written into the file behind its row of a number."""
        query = "SELECT id FROM mark WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?"
        return self._db is not None and self._db.execute(query, (last, number)).fetchone() is not None

    @property
    def is_open(self) -> bool:
        """Whether the file is there and can be asked."""
        return self._db is not None

    def _marks(self, where: str, values: tuple[str, ...]) -> list[Mark]:
        rows: list[tuple[Any, ...]] = []
        if self._db is not None:
            query = f"SELECT {_MARK} FROM mark WHERE {_SOUND['mark']} {where} ORDER BY id"
            rows = _rows_of(self._db, query, values)
        marks = (*(Mark(*row) for row in rows), *self.waiting_marks())
        return [mark for mark in marks if not values or (mark.table, mark.key) == values]

    def waiting_marks(self) -> tuple[Mark, ...]:
        """Those that could not be written yet."""
        return tuple(Mark(*change) for sql, change in self._waiting if sql == _ADD_MARK)  # type: ignore[arg-type]

    def add(self, marks: Iterable[Mark]) -> bool:
        """Write marks in one transaction; False when they only wait in memory until the file can be written."""
        return self._write([(_ADD_MARK, _row(mark)) for mark in marks])

    # scenes and filters

    def kept(self, kind: str) -> tuple[Kept, ...]:
        """What is kept of a kind, in its order."""
        found: dict[str, Kept] = {}
        if self._db is not None:
            query = f"SELECT kind, key, position, body, at FROM kept WHERE {_SOUND['kept']} AND kind = ?"
            rows = self._db.execute(query, (kind,))
            found = {row[1]: Kept(*row) for row in rows}
        for sql, change in self._waiting:
            if sql == _KEEP and change[0] == kind:
                found[str(change[1])] = Kept(*change)  # type: ignore[arg-type]
            elif sql == _DROP and change[0] == kind:
                found.pop(str(change[1]), None)
        return tuple(sorted(found.values(), key=lambda one: (one.position, one.key)))

    def keep(self, things: Iterable[Kept]) -> bool:
        """Write things over those of the same kind and key; see `add`."""
        return self._write([_keeping(one) for one in things])

    def drop(self, kind: str, keys: Iterable[str]) -> bool:
        """Take things out; see `add`."""
        return self._write([(_DROP, (kind, _writable(key))) for key in keys])

    @property
    def unsaved(self) -> int:
        """How many changes wait in memory."""
        return len(self._waiting)

    def _write(self, changes: Iterable[Change]) -> bool:
        new = list(changes)
        self._waiting += new
        self.noted += len(new)
        return self.write_soon()

    def write(self) -> bool:
        """Write what waits, in one transaction; whether it is on the disk now.

        A thread may do that, as long as no other asks for what is in the file; more may be noted meanwhile.
        """
        waiting = tuple(self._waiting)
        try:
            db = self._begun_or_found()
            db.execute("BEGIN IMMEDIATE")
            try:
                for sql, values in waiting:
                    db.execute(sql, values)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        except (OSError, sqlite3.Error, StoreError) as error:
            number, why = len(waiting), str(error).removeprefix(f"{self.path}: ")
            unwritten = "1 change is" if number == 1 else f"{number:,} changes are"
            refused = f"{self.path.name} cannot be written"
            others = [said for said in self.notices if not said.startswith(refused)]
            self.notices[:] = [*others, f"{refused} ({why}): {unwritten} kept in memory only"]
            self.refused = True
            return False
        self.refused = False
        del self._waiting[: len(waiting)]
        self.written += len(waiting)
        return True

    def _begun_or_found(self) -> sqlite3.Connection:
        """The file: begun now, unless another program has begun it, of which nobody has looked yet what is in it."""
        if self._db is None and self.path.exists():
            self._open()
            self._version = None
        if self._db is None:
            self._db = _begun(self.path, self.store_id)
            version = _version_of(self._db)
            (marks,) = self._db.execute("SELECT count(*) FROM mark").fetchone()
            self._version = None if marks else version  # another program may have begun it even meanwhile
        self.obstacle, self.held = "", False
        return self._db

    # two workspaces

    def take_unwritten(self, other: Workspace) -> bool:
        """Write what another workspace could not; its file is not asked for anything. See `add`."""
        return self._write(tuple(other._waiting))

    def preview(self, other: Workspace) -> Union:
        """What `merge` would bring of marks, without writing anything."""
        return united(self.every_mark(), other.every_mark())

    def merge(self, other: Workspace, before: Callable[[], None] = lambda: None) -> tuple[tuple[Mark, Mark], ...]:
        """Take over what another workspace of the same store holds; the pairs of marks that contradict each other.

        before: called when all is known and nothing written yet; what it raises leaves everything as it is.
        Nothing is lost: every mark of both is in the history after that; a scene or filter that both have keeps its
        newer form. Where both had said something of a record, this one's word counts (see `united`).
        """
        union = self.preview(other)
        changes: list[Change] = [(_ADD_MARK, _row(mark)) for mark in union.added]
        for kind in MERGED_KINDS:
            held = {one.key: one for one in self.kept(kind)}
            newer = (one for one in other.kept(kind) if one.key not in held or one.at > held[one.key].at)
            changes += [_keeping(one) for one in newer]
        before()
        if changes:
            self._write(changes)
        return union.clashes

    # two programs

    def written_by_others(self) -> bool:
        """Whether another program may have written to the file since it was opened, or since this was asked last.

        HeldError where one has begun it and holds it.
        """
        if self._db is None:
            if not self._waiting and not self.obstacle and self.path.exists():
                try:
                    self._open()
                except HeldError:
                    raise
                except StoreError as error:
                    if str(error) not in self.notices:
                        self.notices.append(str(error))
            return self._db is not None
        before, now = self._version, _version_of(self._db)
        if now is None:
            return False  # it is being written just now: nothing of it is known yet, and it is asked again
        if before != now:
            self._look_at_rows()
        self._version = now
        return before != now

    @contextmanager
    def not_waiting(self) -> Iterator[None]:
        """What is asked of the file meanwhile fails at once, with one of UNREADABLE, while another program holds it."""
        self._wait(False)
        try:
            yield
        finally:
            self._wait(True)


def _rows_of(db: sqlite3.Connection, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
    """What a question finds. Damaged letters are marked only where there are any, as that takes long for many rows."""
    db.text_factory = str
    try:
        return db.execute(query, values).fetchall()
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    finally:
        db.text_factory = _LENIENT
    return db.execute(query, values).fetchall()


def _version_of(db: sqlite3.Connection) -> int | None:
    """A number that differs once another connection has written; None where it cannot be had."""
    try:
        (version,) = db.execute("PRAGMA data_version").fetchone()
    except sqlite3.Error:
        return None
    return int(version)


def is_held(error: Exception) -> bool:
    """Whether another program keeps a file from being read or written, which passes."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, HeldError) or (code is not None and code & 0xFF in _HELD)


def _connected(path: Path, waits: bool = True) -> sqlite3.Connection:
    # a large one is opened and read in a thread, and handed to that of the window
    wait = WAIT_SECONDS if waits else 0.0
    db = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    db.text_factory = _LENIENT
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA journal_mode = TRUNCATE").fetchall()  # taking the journal away each time is what takes long
    db.execute("PRAGMA cell_size_check = ON")
    return db


def _opened_strange(path: Path) -> sqlite3.Connection:
    """A workspace of somebody else's, for reading; StoreError when it is not even looked at."""
    try:
        checked_file(path, "workspace", "ask for it again")
    except RefusedError as error:
        raise StoreError(str(error)) from None
    if path.stat().st_size > MAX_STRANGE_BYTES:
        raise StoreError(f"{path.name}: is larger than {MAX_STRANGE_BYTES // 1024**2} MB; no workspace is")
    db = connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1")
    db.text_factory = _LENIENT
    bound(db)
    deadline = time.monotonic() + STRANGE_SECONDS
    db.set_progress_handler(lambda: int(time.monotonic() > deadline), STRANGE_STEPS)
    for setting in SETTINGS:
        db.execute(f"PRAGMA {setting}").fetchall()
    return db


def _holds_text(db: sqlite3.Connection, table: str) -> bool:
    """Whether all that should be text is, and of a length that a workspace takes."""
    texts = [name for name in _COLUMNS[table].split(", ") if name not in ("id", "position")]
    odd = [f"typeof({name}) <> 'text' OR length({name}) > {MAX_TEXT}" for name in texts]
    odd += ["typeof(position) NOT IN ('real', 'integer')"] if table == "kept" else []
    return db.execute(f"SELECT 1 FROM {table} WHERE {' OR '.join(odd)} LIMIT 1").fetchone() is None


def _holds_statuses(db: sqlite3.Connection) -> bool:
    """Whether all marks say one of the things that can be said of a record."""
    query = f"SELECT 1 FROM mark WHERE status NOT IN ({', '.join('?' * len(STATUSES))}) LIMIT 1"
    return db.execute(query, STATUSES).fetchone() is None


def _no_workspace(path: Path) -> str:
    """What to do with a store where a workspace is wanted."""
    return (
        f"{path.name}: is a store, and no marks are kept in one; choose a workspace (*.workspace) or a hand-over "
        "(*.badia.zip), and import the store if its records are wanted"
    )


def _rows_words(numbers: dict[str, int]) -> str:
    marks, others = numbers["mark"], numbers["kept"]
    said = ["1 mark" if marks == 1 else f"{marks:,} marks"] if marks else []
    said += ["1 scene or filter" if others == 1 else f"{others:,} scenes or filters"] if others else []
    return " and ".join(said)


def _is_plain(db: sqlite3.Connection) -> bool:
    """Whether nothing but the known tables and their indexes is in the file: a view or trigger is code."""
    rows = db.execute("SELECT type, tbl_name FROM sqlite_schema").fetchall()
    tables = {name for kind, name in rows if kind == "table"}
    return tables == _NAMES and all(kind in ("table", "index") for kind, _ in rows)


def _begun(path: Path, store_id: str) -> sqlite3.Connection:
    """A new workspace, whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with closing(_connected(part)) as db:
            db.execute("BEGIN")
            for statement in _TABLES:
                db.execute(statement)
            db.execute("INSERT INTO about VALUES ('store_id', ?)", (store_id,))
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("COMMIT")
            db.execute("PRAGMA journal_mode = DELETE").fetchall()
        _put(part, path)
    finally:
        part.unlink(missing_ok=True)
    return _connected(path)


def _put(part: Path, path: Path) -> None:
    """Give a file its name unless another program has begun one of that name meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    except OSError:  # not all file systems give a file a second name
        if not path.exists():
            part.rename(path)


def _keeping(one: Kept) -> Change:
    return _KEEP, (one.kind, _writable(one.key), one.position, _short(one.body), one.at)


def _row(mark: Mark) -> tuple[str, ...]:
    if mark.status not in STATUSES:
        raise ValueError(f"'{mark.status}' is no status; there are {', '.join(STATUSES)}")
    texts = (mark.table, mark.key, mark.status, mark.by, mark.at, mark.note, mark.reason)
    return tuple(_short(text) for text in texts)


def _short(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text of {len(text):,} letters is too long; {MAX_TEXT:,} are the most")
    return _writable(text).replace("\0", "\ufffd")


def _writable(text: str) -> str:
    """A text as SQLite takes it: one letter that is none (half a surrogate) would keep all that waits from the disk."""
    return text.encode("utf-8", "replace").decode("utf-8")
