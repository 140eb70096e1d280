"""A store opened for a test, and closed after it; and one with damage that shows late."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from viewer.store.dataset import DataSet, open_dataset


def damage_unread_page(store: Path) -> None:
    """Damage a page of the store that nobody reads to show it."""
    with closing(sqlite3.connect(store)) as db:
        db.execute("CREATE TABLE other (word TEXT)")
        db.commit()
        (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'other'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    raw = bytearray(store.read_bytes())
    raw[(page - 1) * size : page * size] = b"\xff" * size
    store.write_bytes(raw)


def opened(path: Path) -> closing[DataSet]:
    """The data set of a store for a `with` statement."""
    return closing(open_dataset(path))
