"""An open store file: read only, bounded in time and memory, and stopped when somebody says so."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import unquote_to_bytes

from viewer.domain.records import Problem
from viewer.paths import temporary_dir
from viewer.store.errors import StoreError
from viewer.untrusted import SETTINGS, Identity, bound, connect, identity_of

CHECK_SECONDS = 60.0
CHECK_SECONDS_TWICE = 2 * 1024**3
"""Bytes for which the check of all pages may take twice as long; three times for twice as many."""
QUERY_SECONDS = 120.0
STEPS, UNTOLD_STEPS = 20_000, 500_000
"""Steps of SQLite's machine between two looks at the clock: about a millisecond, or ten when nobody waits to be told.

Each look waits for its turn to run Python, which slows down whoever else does.
"""
TICK_SECONDS = 0.03
SPARE = 0
"""No thread has this number."""
FILE = 2
"""What of an identity tells a file, whatever is written in it; nobody else gets the number of one that is open."""

STALLING = "takes too long to check; it may be made to stall, so it was not opened"
_LENIENT = partial(bytes.decode, errors="replace")
"""Text as it is where it is UTF-8; else with marks for what is damaged."""


class _Own(threading.local):
    """What each thread has for itself: until when the answer to what it asked last is worth waiting for."""

    deadline = float("inf")


@dataclass
class StoreFile:
    """An open store: the connection, where it came from, and what was noticed on the way in."""

    path: Path
    identity: Identity
    tables: frozenset[str] = frozenset()
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The columns of each table that a store may hold."""
    notices: list[Problem] = field(default_factory=list)
    prepare: Callable[[sqlite3.Connection], None] | None = None
    """What else bounds each connection."""
    tick: Callable[[], None] | None = None
    """Called every few hundredths of a second while SQLite works; what it raises ends that work and comes out."""
    _connections: dict[int, sqlite3.Connection] = field(default_factory=dict, compare=False, repr=False)
    """By the number of the thread that has it, SPARE if none does. No two threads ever share one: while the one waits
    for its turn to run Python, as it is asked whether to give up, the other keeps that turn and waits for SQLite."""
    _opening: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)
    _raw: bool = False
    _uri: str = ""
    _scratch: Path | None = None
    _copied: bool = False
    _own: _Own = field(default_factory=_Own, compare=False, repr=False)
    _next_tick: float = 0.0
    _raised: BaseException | None = None
    _halted: bool = False

    @property
    def read_from(self) -> Path:
        """The file that is really read: `path`, or a private copy of it."""
        return Path(os.fsdecode(unquote_to_bytes(self._uri.removeprefix("file:").partition("?")[0])))

    @property
    def read_identity(self) -> Identity | None:
        """What tells that file from any other; None for a private copy, which nobody else can change."""
        return None if self._copied else self.identity

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, with the usual time for what is asked next."""
        return self.within()

    @property
    def stopped(self) -> bool:
        """Whether what is going on was ended on purpose, not by something in the file."""
        return self._raised is not None or self._halted

    @property
    def late(self) -> bool:
        """Whether the time is over that this thread had for what it asked last."""
        return time.monotonic() > self._own.deadline

    @property
    def private(self) -> bool:
        """Whether a copy is read in place of the file, which then is not all there is to it."""
        return self._scratch is not None

    def within(self, seconds: float = QUERY_SECONDS) -> sqlite3.Connection:
        """The connection, with so many seconds for what this thread asks next; each call starts its clock anew."""
        if self._halted and self._connections:
            raise sqlite3.OperationalError("interrupted")
        self._own.deadline = time.monotonic() + seconds
        thread = threading.get_ident()
        return self._connections.get(thread) or self._opened_for(thread)

    def _opened_for(self, thread: int) -> sqlite3.Connection:
        """A connection for a thread that has none; one after it that bears the same number will have it, too."""
        with self._opening:
            if not self._connections:
                raise StoreError(f"{self.path}: is closed; open it again")
            found = self._of_the_same_file() or self._connections.pop(SPARE, None)
            if found is None:
                raise StoreError(f"{self.path}: was changed while it was open; open it again")
            self._connections[thread] = found
            return found

    def _of_the_same_file(self) -> sqlite3.Connection | None:
        """A new connection; None if there is another file, or none, in the place of the one that was opened."""
        if not self._is_there():
            return None
        # A window waits no longer than it said.
        database = self._connected(hasty=threading.get_ident() == threading.main_thread().ident)
        if self._is_there():
            return database
        database.close()
        return None

    def _is_there(self) -> bool:
        """Whether the file that is read is still the one that was opened, though it may have been written to."""
        if self.read_identity is None:
            return True
        try:
            return identity_of(self.read_from.stat())[:FILE] == self.read_identity[:FILE]
        except OSError:
            return False

    def _connected(self, hasty: bool = False) -> sqlite3.Connection:
        """A new connection with all bounds set; hasty: whoever asks waits no longer than it said."""
        database = connect(self._uri)
        try:
            database.set_progress_handler(self._overdue, STEPS if hasty or self.tick else UNTOLD_STEPS)
            bound(database)
            database.text_factory = bytes if self._raw else _LENIENT
            for setting in SETTINGS:
                database.execute(f"PRAGMA {setting}").fetchall()
            if self.prepare is not None:
                self.prepare(database)
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn whatever SQLite finds wrong while this block reads into one sentence (StoreError)."""
        try:
            yield
        except (sqlite3.Error, MemoryError, UnicodeDecodeError) as error:
            if self._raised is not None:
                raised, self._raised = self._raised, None
                raise raised from None
            raise StoreError(f"{self.path}: {_in_words(error)}") from None

    def changed_on_disk(self) -> bool:
        """True when the file was replaced, rewritten or removed since it was opened."""
        try:
            return identity_of(self.path.stat()) != self.identity
        except OSError:
            return True

    def scratch(self) -> Path:
        """A private folder for copies of this store, removed when it is closed."""
        if self._scratch is None:
            try:
                self._scratch = Path(tempfile.mkdtemp(prefix="store-", dir=temporary_dir()))
            except OSError as error:
                raise StoreError(f"{self.path}: needs a private copy ({error.strerror}); free some space") from None
        return self._scratch

    def attach(self, uri: str, raw: bool = False, spare: bool = True) -> None:
        """Read from this database from now on, with all bounds set; `raw`: texts come as their bytes.

        spare: a second thread may read it even when another file has taken its place.
        """
        with self._opening:
            self._let_go()
            self._uri, self._raw = uri, raw
            self._copied = self._scratch is not None
            self._own.deadline = time.monotonic() + CHECK_SECONDS
            self._connections[threading.get_ident()] = self._connected()
            if spare:
                self._connections[SPARE] = self._connected()

    def _let_go(self) -> None:
        """Close all connections, but leave its own to another thread that runs and may be reading: it ends with that.

        Closing it would wait for SQLite, with Python's turn kept from the thread that SQLite waits for. Of Qt's threads
        nobody knows that; whoever has them paint waits for them before.
        """
        running = {thread.ident for thread in threading.enumerate()} - {threading.get_ident()}
        while self._connections:
            thread, database = self._connections.popitem()
            if thread in running:
                database.interrupt()
            else:
                database.close()

    def twin(self, raw: bool = False, tick: Callable[[], None] | None = None) -> StoreFile:
        """The same file on a connection of its own, for work beside this one; to be closed by who asked for it."""
        twin = StoreFile(self.path, self.identity, self.tables, self.columns, tick=tick)
        twin.attach(self._uri, raw, spare=False)
        twin._copied = self._copied
        return twin

    def halt(self) -> None:
        """Stop what other threads read, now and from now on."""
        self._halted = True
        for database in tuple(self._connections.values()):
            database.interrupt()

    def go_on(self) -> None:
        """End what is done beside SQLite's reading when that is to end, as SQLite does by itself."""
        if self.stopped:
            raise sqlite3.OperationalError("interrupted")

    def _overdue(self) -> int:
        """What SQLite asks now and then, in the thread it works for: whether to give up. Told to `tick` on the way."""
        now = time.monotonic()
        if self.tick is not None and now >= self._next_tick:
            self._next_tick = now + TICK_SECONDS
            try:
                self.tick()
            except BaseException as error:  # noqa: BLE001 - SQLite would swallow it: `reading` raises it again
                self._raised = error
                return 1
        return int(self._halted or self.late)

    def close(self) -> None:
        """Close the file and remove the private copy, if one was needed; what others still read ends."""
        self._halted = True
        with self._opening:
            self._let_go()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None


def for_size(seconds: float, size: int) -> float:
    """How long what takes so many seconds at the most may take when all pages of a large file are read."""
    return seconds * (1 + size / CHECK_SECONDS_TWICE)


def _in_words(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "interrupted" in text:
        return STALLING
    if isinstance(error, UnicodeDecodeError) or "malformed" in text or "not a database" in text:
        return "is damaged; copy it again from where it came from"
    if "locked" in text:
        return "is being written by another program; close that and open it again"
    if "too big" in text or isinstance(error, MemoryError):
        return "holds a text or geometry too large to read; shorten it where it was made"
    return f"cannot be read ({text[:120]}); copy it again from where it came from"
