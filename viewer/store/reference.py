"""References that lead nowhere: found with the keys' indexes, never with a set of a million keys in memory."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sized
from itertools import islice
from typing import Protocol

from viewer.domain.fields import fields_of
from viewer.domain.records import TABLES
from viewer.store.file import StoreFile
from viewer.store.index import indexed_columns

FEW = 500
"""Keys asked for in one question."""


class Rows(Container[object], Protocol):
    """Rows that are left out, some of them with a reason."""

    reasons: dict[int, str]


Dangling = tuple[int, str, bool]
"""A row, what it names that is not there, and whether it is nothing without it."""


def dangling(
    store: StoreFile, table: str, present: Mapping[str, list[str]], bad: Mapping[str, Rows], fields: Container[str]
) -> Iterator[Dangling]:
    """Rows of a table that name a record which does not exist or was left out.

    present: the columns of each table, none where it reads as empty; bad: the rows left out so far; fields:
    the columns to look at.
    """
    for name, about in fields_of(TABLES[table]).items():
        if about.kind not in ("ref", "refs") or name not in present[table] or name not in fields:
            continue
        needed = about.required or (table, name) == ("control_claim", "place")
        lost = _lost_keys(store, about.table, bad[about.table]) if present[about.table] else set()
        whole = bool(present[about.table])
        found = _unknown_names if about.kind == "refs" else _unknown
        for row_id, key in found(store, table, name, about.table if whole else "", lost):
            yield row_id, f"{name} names the unknown {about.table} '{key[:60]}'", needed


def _lost_keys(store: StoreFile, table: str, bad: Rows) -> set[str]:
    """The keys of the listed bad rows that no other row has."""
    lost: dict[str, int] = {}
    for ids in _pieces(bad.reasons):
        for (key,) in store.within().execute(f'SELECT "key" FROM "{table}" WHERE rowid IN ({_marks(ids)})', ids):
            lost[str(key)] = 0
    for keys in _pieces(list(lost)):
        query = f'SELECT rowid, "key" FROM "{table}" WHERE "key" IN ({_marks(keys)})'
        for row_id, key in store.within().execute(query, keys):
            if row_id not in bad:
                lost.pop(str(key), None)
    return set(lost)


def _unknown(store: StoreFile, table: str, column: str, target: str, lost: set[str]) -> Iterator[tuple[int, str]]:
    """Rows with a value in the column that is no key of the target ('': there are none) or one of the lost."""
    filled = f"\"{column}\" > ''"
    if not target:
        yield from store.within().execute(f'SELECT rowid, CAST("{column}" AS TEXT) FROM "{table}" WHERE {filled}')
        return
    if not _all_known(store, table, column, target):
        query = (
            f'SELECT t.rowid, CAST(t."{column}" AS TEXT) FROM "{table}" AS t LEFT JOIN "{target}" AS k '
            f'ON k."key" = t."{column}" WHERE t."{column}" > \'\' AND k.rowid IS NULL'
        )
        yield from store.within().execute(query)
    yield from _with_value(store, table, column, lost)


def _all_known(store: StoreFile, table: str, column: str, target: str) -> bool:
    """Whether every value of the column is a key, asked once for each value where an index lists them."""
    if column not in indexed_columns(store, table):
        return False
    values = f'SELECT DISTINCT "{column}" AS v FROM "{table}" WHERE "{column}" > \'\''
    query = f'SELECT 1 FROM ({values}) LEFT JOIN "{target}" AS k ON k."key" = v WHERE k.rowid IS NULL LIMIT 1'
    return store.within().execute(query).fetchone() is None


def _with_value(store: StoreFile, table: str, column: str, wanted: set[str]) -> Iterator[tuple[int, str]]:
    """Rows whose column holds one of these texts."""
    if not wanted:
        return
    query = f'SELECT rowid, "{column}" FROM "{table}"'
    if len(wanted) <= FEW:
        keys = list(wanted)
        yield from store.within().execute(f'{query} WHERE "{column}" IN ({_marks(keys)})', keys)
    else:
        rows = store.within().execute(f"{query} WHERE \"{column}\" > ''")
        yield from ((row_id, value) for row_id, value in rows if value in wanted)


def _unknown_names(store: StoreFile, table: str, column: str, target: str, lost: set[str]) -> Iterator[tuple[int, str]]:
    """Rows of which one of the keys in the column, which blanks separate, is unknown, with the first such."""
    keys: set[str] = set()
    if target:
        keys = {str(key) for (key,) in store.within().execute(f'SELECT "key" FROM "{target}"')} - lost
    for row_id, value in store.within().execute(f'SELECT rowid, "{column}" FROM "{table}" WHERE "{column}" > \'\''):
        if missing := next((key for key in str(value).split() if key not in keys), ""):
            yield row_id, missing


def _pieces(values: Iterable[int | str]) -> Iterator[list[int | str]]:
    left = iter(values)
    while piece := list(islice(left, FEW)):
        yield piece


def _marks(values: Sized) -> str:
    return ", ".join("?" * len(values))
