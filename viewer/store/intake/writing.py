"""Rows on their way into the working copy: written by this process, or by one beside it while this one reads on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from viewer.store.intake.beside import Beside
from viewer.store.intake.bulk import Batch, make_indexes, without_indexes, write_batch
from viewer.store.intake.working_copy import Copy

Tick = Callable[[], None]
MANY_BYTES = 4 * 1024 * 1024
"""Of a file whose rows are worth a process of their own."""
FEW_OF = 4
"""Where a store is larger than so many times the file, its indexes are kept up row by row: to make them anew would
take longer."""


class Writing:
    """Writes batches in their order, and gives the store back with all of them as soon as somebody asks it something.

    Until then nobody needs the indexes, which are made when all rows are there.
    """

    def __init__(self, copy: Copy, tick: Tick) -> None:
        """tick: called while something takes long; what it raises comes out."""
        self._copy, self._tick = copy, tick
        self._beside: Beside | None = None
        self._dropped: list[str] = []

    def expect(self, size: int) -> None:
        """Get ready for the rows of a file of so many bytes, none of which the store can have already."""
        if self._copy.path.stat().st_size > FEW_OF * size:
            return
        self._beside = Beside.started(self._copy, self._tick) if size >= MANY_BYTES else None
        if self._beside is None:
            self._dropped = without_indexes(self._copy.db)

    def put(self, batch: Batch) -> None:
        """Write rows."""
        if self._beside is not None:
            self._beside.put(batch)
        else:
            write_batch(self._copy.db, batch)

    @property
    def db(self) -> sqlite3.Connection:
        """The store with all that was put into it, to be asked and changed."""
        if self._beside is not None:
            self._beside.finish()
            self._beside = None
        if self._dropped:
            dropped, self._dropped = self._dropped, []
            make_indexes(self._copy.db, dropped, self._tick)
        return self._copy.db

    def __enter__(self) -> Writing:
        return self

    def __exit__(self, *_: object) -> None:
        """What still goes on beside is of no use to anybody: whoever wants it has asked for the store."""
        if self._beside is not None:
            self._beside.stop()
