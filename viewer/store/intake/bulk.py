"""What makes many rows cheap: their indexes made when all are there, and the text index merged less often."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from viewer.domain.records import PARTS, TABLES
from viewer.store import schema
from viewer.store.intake.rows import rows_of
from viewer.store.migrations import index_statements
from viewer.store.search_text import event_words

Batch = Mapping[str, Sequence[Any]]
"""What is to be written, by table, in its order: rows, or of tables of parts the owner's key and the rest of the row,
which many have in common; for the text index, of an event key, title, type, summary, note and the folded names."""
GATHERED = 32 * 1024 * 1024
"""Bytes of the text index that are gathered before they are sorted and written."""
OF_PARTS = frozenset(part for parts in PARTS.values() for part in parts)
STEPS, SECONDS = 20_000, 0.1
"""Steps of SQLite after which somebody may stop it, and the time between two such moments at least."""


def write_batch(db: sqlite3.Connection, batch: Batch) -> None:
    """Write rows as they come."""
    for table, rows in batch.items():
        if table == schema.SEARCH_TABLE:
            found = ((_found_by(*row), row[0]) for row in rows)
            db.executemany(f"INSERT INTO {table} (text, kind, key) VALUES (?, 'event', ?)", found)
        elif table in OF_PARTS:
            db.executemany(rows_of(table).insert(), (owner + rest for owner, rest in rows))
        else:
            db.executemany(rows_of(table).insert(), rows)


def _found_by(key: str, title: str, kind: str, summary: str, note: str, folded: Sequence[str]) -> str:
    return event_words(key, title, kind, summary, note, (), folded)


def without_indexes(db: sqlite3.Connection) -> list[str]:
    """Drop the indexes that are Badia's own, for many rows to come; what makes them again."""
    found = dict(db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"))
    own = [one for table in TABLES for one in index_statements(table).items() if one[1] == found.get(one[0])]
    for name, _ in own:
        db.execute(f'DROP INDEX "{name}"')
    if _has_search(db):
        _set_search(db, "hashsize", GATHERED)
        _set_search(db, "automerge", 0)
    return [statement for _, statement in own]


def make_indexes(db: sqlite3.Connection, statements: Sequence[str], tick: Callable[[], None]) -> None:
    """Make the indexes that were dropped, and leave the text index as it is kept; what `tick` raises comes out."""
    with stoppable(db, tick):
        for statement in statements:
            db.execute(statement)
        if _has_search(db):
            db.execute(f"DELETE FROM {schema.SEARCH_TABLE}_config WHERE k IN ('hashsize', 'automerge')")


def _has_search(db: sqlite3.Connection) -> bool:
    """Whether there is a text index; a store of another program may lack it."""
    asked = "SELECT 1 FROM sqlite_schema WHERE name = ?"
    return db.execute(asked, (f"{schema.SEARCH_TABLE}_config",)).fetchone() is not None


def _set_search(db: sqlite3.Connection, name: str, value: int) -> None:
    db.execute(f"INSERT INTO {schema.SEARCH_TABLE} ({schema.SEARCH_TABLE}, rank) VALUES (?, ?)", (name, value))


@contextmanager
def stoppable(db: sqlite3.Connection, tick: Callable[[], None]) -> Iterator[None]:
    """Call `tick` while SQLite works; what it raises ends that work and comes out."""
    raised: list[BaseException] = []
    told = time.monotonic()

    def look() -> int:
        nonlocal told
        if time.monotonic() < told + SECONDS:
            return 0
        told = time.monotonic()
        try:
            tick()
        except BaseException as error:  # noqa: BLE001 - SQLite lets none through
            raised.append(error)
            return 1
        return 0

    db.set_progress_handler(look, STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if raised:
            raise raised[0] from None
        if str(error) == "interrupted":  # by a key, while `look` was entered
            raise KeyboardInterrupt from None
        raise
    finally:
        db.set_progress_handler(None, 0)
