"""Tries to read each large table straight from its pages, and remembers where that could be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from viewer.store.cells import KeyPlaces, Vocabulary
from viewer.store.file import StoreFile
from viewer.store.leaves import UnusualError
from viewer.store.plain_scan import (
    Known,
    check_plain,
    check_plain_index,
    proven_columns,
    scan_plain_events,
    scan_plain_pairs,
)
from viewer.store.scan import Heard
from viewer.store.spool import Spool
from viewer.store.validate import JOINED, columns_present

CHECKED = ("event_source", "count")
"""Large tables of which nothing is kept: they only have to be good."""
FEW = 20_000
"""Keys of sources that are held to find those that others name."""


class PlainTables:
    """The tables that were read without SQLite; keys: of the trusted rows of actors and places."""

    tables = ("event", *JOINED, *CHECKED)

    def __init__(self, store: StoreFile, keys: dict[str, list[str]], spool: Spool) -> None:
        self._store = store
        self._keys: dict[str, list[str]] = keys
        self._spool = spool
        self._events: KeyPlaces | None = None
        self.proven: dict[str, frozenset[str]] = {}
        """The tables of good rows only, and their columns that hold nothing but keys of rows that are there."""

    def read(self, heard: Heard) -> dict[str, frozenset[str]]:
        """Append the columns of all tables that can be read so to the spool; see `proven`."""
        store, spool, keys = self._store, self._spool, self._keys
        self._try("event", {}, partial(scan_plain_events, store, keys["actor"], keys["place"], spool, heard))
        if "event" not in self.proven:
            return self.proven
        with suppress(UnusualError):
            self._events = KeyPlaces(spool.column("event.text"), spool.column("event.lengths"))
        if self._events is not None:
            known = self._known(self._events)
            for table in JOINED:
                self._try(table, known, partial(scan_plain_pairs, store, table, known, spool, heard))
            for table in CHECKED:
                self._try(table, known, partial(check_plain, store, table, known))
        return self.proven

    def index_follows_events(self) -> bool:
        """Whether each row of the text index tells of the event with the same number; False when nobody knows."""
        events, self._events = self._events, None
        if events is None:
            return False
        try:
            check_plain_index(self._store, self._spool.column("event.ids"), events)
        except (UnusualError, OSError):
            return False
        return True

    def _known(self, events: KeyPlaces) -> Known:
        """What finds the keys of the tables that others name, as far as they can be told apart."""
        known: dict[str, Vocabulary | KeyPlaces] = {"event": events}
        for table, keys in (*self._keys.items(), ("source", _few_keys(self._store, "source"))):
            with suppress(UnusualError):
                known[table] = Vocabulary(keys)
        return known

    def _try(self, table: str, known: Known, read: Callable[[], None]) -> None:
        try:
            read()
            self.proven[table] = proven_columns(table, known)
        except (UnusualError, OSError):
            self._spool.clear(table)


def _few_keys(store: StoreFile, table: str) -> Sequence[str]:
    """The keys of a table unless they are many: then each is looked up where it is named."""
    if not columns_present(store, table):
        return []
    rows = store.within().execute(f'SELECT "key" FROM "{table}" LIMIT {FEW + 1}').fetchall()
    return [str(key) for (key,) in rows] if len(rows) <= FEW else []
