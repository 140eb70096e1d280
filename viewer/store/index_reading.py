"""Reads of a store that was never read before which event each row of its text index tells of, and judges it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from viewer.domain.records import Problem
from viewer.store import schema
from viewer.store.arrangement import RowAt, arranged_search
from viewer.store.columns import distinct
from viewer.store.errors import naming
from viewer.store.file import StoreFile
from viewer.store.plain import PlainTables
from viewer.store.scan import index_follows_events, scan_search
from viewer.store.search import index_answers
from viewer.store.spool import Spool
from viewer.store.text_index import IndexFound, Tick


class IndexReading:
    """Reads it once the events are in order; ids: their numbers in the order of the table, shape (n,)."""

    def __init__(self, plain: PlainTables, ids: NDArray[np.int64], row_at: RowAt) -> None:
        self._plain, self._ids, self._row_at = plain, ids, row_at

    def __call__(self, store: StoreFile, tick: Tick) -> IndexFound:
        """What it is, and what is wrong with it; StoreError when it ends for another reason."""
        if schema.SEARCH_TABLE not in store.tables:
            return IndexFound({}, [])
        self._plain.check_index(store)
        tick()
        with Spool() as spool, closing(store.twin(raw=True, tick=tick)) as scan, scan.reading():
            if self._is_read(scan, spool):
                with Spool() as sink, naming(store.path):
                    arranged_search(spool, self._row_at, sink)
                    return IndexFound(sink.columns(), [])
        told = "the text index is damaged; search goes through titles and summaries"
        return IndexFound({}, [Problem(schema.SEARCH_TABLE, told)])

    def _is_read(self, scan: StoreFile, spool: Spool) -> bool:
        """Whether it tells of as many events as there are and finds the first of them."""
        try:
            if schema.SEARCH_TABLE in self._plain.proven or index_follows_events(scan):
                spool.add("search.events", self._ids)
                spool.add("search.ids", self._ids)
                return index_answers(scan)
            scan_search(scan, spool)
            told = len(distinct(spool.column("search.ids")))
            return told == len(self._ids) and index_answers(scan)
        except sqlite3.Error:
            if scan.stopped:
                raise
            return False
