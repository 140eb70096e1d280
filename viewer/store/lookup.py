"""Finds the rows that name an event where a store lacks the index for it, as one exported by another program does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.domain.records import EVENT_PARTS
from viewer.store.columns import Arrays, EventColumns

REFERENCES = (*((table, "event") for table in EVENT_PARTS), ("event_link", "other"), ("event", "part_of"))
"""The columns by which rows are found that belong to an event."""

Lookup = Callable[[Sequence[str]], list[int]]
"""Gives SQLite's numbers of the rows whose column holds one of these keys."""


def column_name(table: str, column: str, what: str) -> str:
    """What the columns of a lookup are called: `rows` of the events named, sorted, and `ids` of the rows that do."""
    return f"{table}-{column}.{what}"


def lookups_of(arrays: Arrays, events: EventColumns) -> Mapping[tuple[str, str], Lookup]:
    """The lookups that were made because an index is missing, by table and column."""
    found: dict[tuple[str, str], Lookup] = {}
    for table, column in REFERENCES:
        if (name := column_name(table, column, "rows")) in arrays:
            found[table, column] = _lookup(events, arrays[name], arrays[column_name(table, column, "ids")])
    if UNINDEXED in arrays:
        found["event", "key"] = lambda keys: events.ids[_rows(events, keys)].tolist()
    return found


UNINDEXED = "event-key.missing"
"""A column without values that is there when events cannot be found by their keys."""


def _lookup(events: EventColumns, rows: NDArray[np.int32], ids: NDArray[np.int64]) -> Lookup:
    def lookup(keys: Sequence[str]) -> list[int]:
        wanted = _rows(events, keys)
        firsts, lasts = np.searchsorted(rows, wanted), np.searchsorted(rows, wanted, side="right")
        pieces = [ids[first:last] for first, last in zip(firsts, lasts, strict=True)]
        return np.concatenate(pieces).tolist() if pieces else []

    return lookup


def _rows(events: EventColumns, keys: Sequence[str]) -> NDArray[np.int32]:
    found = (events.row_of.get(key, -1) for key in keys)
    return np.fromiter((row for row in found if row >= 0), dtype=np.int32)
