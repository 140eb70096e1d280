"""What a store has before an import: the records that a name can be taken for, and the feeds it was filled from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from viewer.domain.drafts import Draft
from viewer.store.file import StoreFile
from viewer.store.intake.editions import edition_of
from viewer.store.open import open_store

NAMED = ("actor", "place")


class KnownRecord(NamedTuple):
    """A record of a store that a name in a file can mean; spellings: every name it has there."""

    table: str
    key: str
    name: str
    about: str
    spellings: tuple[str, ...]


class Feed(NamedTuple):
    """What a store was filled from: its last edition, and the day (EDTF) on which that was read."""

    name: str
    format: str
    file: str
    run_on: str


class Known(NamedTuple):
    """All that; nothing of a store that is still to be made. likely: the feed that has the rows of a file already."""

    records: tuple[KnownRecord, ...] = ()
    feeds: tuple[Feed, ...] = ()
    likely: str = ""


def known_in(
    path: Path, feed: str, format_name: str, drafts: Sequence[Draft], tick: Callable[[], None] = lambda: None
) -> Known:
    """What a store has; feed: what the file of these drafts would be called.

    tick: called now and then; what it raises comes out. StoreError when the store cannot be read.
    """
    if not path.exists():
        return Known()
    with closing(open_store(path, tick)) as store, store.reading():
        records = tuple(one for table in NAMED for one in _records(store, table))
        feeds = tuple(_feeds(store))
        likely = edition_of(store.within(), feed, format_name, drafts) if feeds and drafts else ""
        return Known(records, feeds, likely)


def _records(store: StoreFile, table: str) -> Iterable[KnownRecord]:
    """The actors or places of a store by their keys."""
    if not {"key", "name"} <= store.columns.get(table, frozenset()):
        return []
    about = [column for column in ("kind", "country") if column in store.columns[table]]
    spelled: dict[str, list[str]] = {}
    if {table, "name"} <= store.columns.get(f"{table}_name", frozenset()):
        for key, name in store.within().execute(f'SELECT "{table}", name FROM "{table}_name"'):
            spelled.setdefault(key, []).append(name)
    query = f'SELECT {", ".join(("key", "name", *about))} FROM "{table}" ORDER BY name, key'
    return [
        KnownRecord(table, key, name, ", ".join(told for told in rest if told), (name, *spelled.get(key, ())))
        for key, name, *rest in store.within().execute(query) if isinstance(key, str) and isinstance(name, str)
    ]  # fmt: skip


def _feeds(store: StoreFile) -> Iterable[Feed]:
    """The feeds with what was read of each last, the newest first."""
    if not {"feed", "format", "file", "run_on"} <= store.columns.get("import_run", frozenset()):
        return []
    found: dict[str, Feed] = {}
    for row in store.within().execute("SELECT feed, format, file, run_on FROM import_run ORDER BY rowid DESC"):
        one = Feed(*(str(value or "") for value in row))
        found.setdefault(one.name, one)
    return found.values()
