"""Which event each row of the text index tells of: known from the first, or read once a large store is shown."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.domain.records import Problem
from viewer.store.aside import Aside
from viewer.store.columns import Arrays
from viewer.store.errors import StoreError
from viewer.store.file import StoreFile
from viewer.store.progress import LAST_WAIT_SECONDS
from viewer.store.schema import SEARCH_TABLE

LOG = logging.getLogger(__name__)
Tick = Callable[[], None]


class IndexRows(NamedTuple):
    """The rows of the text index that tell of events, by their numbers there, sorted, and the events' rows."""

    ids: NDArray[np.int64]
    rows: NDArray[np.int32]

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of events that these rows of the index tell of, sorted."""
        at = np.searchsorted(self.ids, ids)
        at = at[self.ids[np.minimum(at, len(self.ids) - 1)] == ids] if len(self.ids) else at[:0]
        told = np.zeros(int(self.rows.max(initial=-1)) + 1, dtype=bool)
        told[self.rows[at]] = True
        return np.flatnonzero(told)


class IndexFound(NamedTuple):
    """What was read of it: search.ids and search.rows, which are missing where it is or is damaged; what is wrong."""

    columns: Arrays
    problems: list[Problem]
    lasting: bool = True
    """Whether another reading would find the same; not where one came to no end."""

    @property
    def rows(self) -> IndexRows | None:
        """Its rows; None when it is missing or damaged."""
        columns = self.columns
        return IndexRows(columns["search.ids"], columns["search.rows"]) if "search.ids" in columns else None


ReadIndex = Callable[[StoreFile, Tick], IndexFound]
"""Reads it on the connection of a store, and ticks meanwhile."""


class TextIndex:
    """The text index of one store. Whoever asks for it first has it read, beside everything else; all wait for that.

    Nothing that is shown of a store before somebody looks for a text needs it.
    """

    def __init__(self, store: StoreFile, found: IndexFound | None, read: ReadIndex | None = None) -> None:
        self._store, self._found, self._read = store, found, read
        self._aside: Aside[IndexFound] | None = None
        self._beginning = threading.Lock()
        self._stopped = False

    @property
    def ready(self) -> bool:
        """Whether it was read, so that nobody waits for it."""
        return self._found is not None

    def begin(self) -> None:
        """Begin to read it, unless that was begun; StoreError when the store is closed."""
        with self._beginning:
            if self._found is None and self._aside is None:
                if self._stopped or self._read is None:
                    raise StoreError(f"{self._store.path}: is closed; open it again")
                self._aside = Aside(self._store, partial(_read_or_told, self._read))

    def found(self, tick: Tick) -> IndexFound:
        """Wait for what it is; what `tick` raises comes out, while the reading goes on. StoreError."""
        if self._found is None:
            self.begin()
            if self._aside is not None:
                self._found = self._aside.result(tick)
                self._read = None
        return self._found or IndexFound({}, [])

    def rows(self, tick: Tick) -> IndexRows | None:
        """Wait for its rows; None when it is missing or cannot be read. StoreError when the store is closed."""
        try:
            return self.found(tick).rows
        except StoreError:
            if self._stopped:
                raise
            return None

    def stop(self) -> None:
        """End the reading if it still goes on; what was read stays."""
        with self._beginning:
            self._stopped = True
        if self._aside is not None and not self._aside.stop(LAST_WAIT_SECONDS):
            LOG.warning("the text index of %s does not end; it is left behind", self._store.path)


def _read_or_told(read: ReadIndex, store: StoreFile) -> IndexFound:
    """What a reading finds, or that it failed: then texts are looked for without the index."""
    try:
        return read(store, store.go_on)
    except Exception:
        if store.stopped:
            raise
        LOG.exception("the text index of %s could not be read", store.path)
        told = "the text index could not be read; search goes through titles and summaries until it is opened again"
        return IndexFound({}, [Problem(SEARCH_TABLE, told)], lasting=False)
