"""Tries to read each large table straight from its pages, and remembers where that could be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import numpy as np

from viewer.store import schema
from viewer.store.cells import KeyPlaces, Vocabulary
from viewer.store.file import StoreFile
from viewer.store.leaves import UnusualError
from viewer.store.plain_scan import (
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
        self._known: dict[str, Vocabulary | KeyPlaces] = {}
        self._ids = np.zeros(0, dtype=np.int64)
        self.proven: dict[str, frozenset[str]] = {}
        """The tables of good rows only, and their columns that hold nothing but keys of rows that are there.

        `search` among them: an index each of whose rows tells of the event with its number.
        """

    def read_events(self, heard: Heard) -> None:
        """Append the columns of the events to the spool, if they can be read so."""
        store, spool, keys = self._store, self._spool, self._keys
        self._try("event", partial(scan_plain_events, store, keys["actor"], keys["place"], spool, heard))
        if "event" not in self.proven:
            spool.clear("event")
            return
        with suppress(UnusualError):
            self._known["event"] = KeyPlaces(spool.column("event.text"), spool.column("event.lengths"))
            self._ids = spool.column("event.ids")
        for table, texts in (*keys.items(), ("source", _few_keys(store, "source"))):
            with suppress(UnusualError):
                self._known[table] = Vocabulary(texts)

    def read_pairs(self, heard: Heard) -> None:
        """The same for who and where."""
        for table in JOINED if "event" in self._known else ():
            self._try(table, partial(scan_plain_pairs, self._store, table, self._known, self._spool, heard))
            if table not in self.proven:
                self._spool.clear(table)

    def check_others(self, store: StoreFile) -> None:
        """Look at the large tables of which nothing is kept. `store`: may be a twin."""
        for table in CHECKED if "event" in self._known else ():
            self._try(table, partial(check_plain, store, table, self._known))

    def check_index(self, store: StoreFile) -> None:
        """Look at the text index."""
        events = self._known.get("event")
        if isinstance(events, KeyPlaces) and schema.SEARCH_TABLE in store.tables:
            self._try(schema.SEARCH_TABLE, partial(check_plain_index, store, self._ids, events))

    def _try(self, table: str, read: Callable[[], None]) -> None:
        with suppress(UnusualError, OSError):
            read()
            self.proven[table] = proven_columns(table, self._known)


def _few_keys(store: StoreFile, table: str) -> Sequence[str]:
    """The keys of a table unless they are many: then each is looked up where it is named."""
    if not columns_present(store, table):
        return []
    rows = store.within().execute(f'SELECT "key" FROM "{table}" LIMIT {FEW + 1}').fetchall()
    return [str(key) for (key,) in rows] if len(rows) <= FEW else []
