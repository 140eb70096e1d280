"""Records that stay in the file until somebody asks for one, where a table has too many to keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.store.keys import Keys, RowOf

KEPT = 1024
"""Records kept once read, the ones asked for last."""


class Shelf(Mapping[str, Any]):
    """The records of a table by their keys; asked for one it does not have, it does not look into the file.

    keys: of the trusted rows; ids: SQLite's numbers of those rows; order: rows sorted by key; read: gives the
    record of a number.
    """

    def __init__(
        self, keys: Keys, ids: NDArray[np.int64], order: NDArray[np.int32], read: Callable[[int], Any]
    ) -> None:
        self._row_of = RowOf(keys, order)
        self._ids = ids
        self._read = read
        self._kept: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self._row_of)

    def __iter__(self) -> Iterator[str]:
        return iter(self._row_of)

    def __contains__(self, key: object) -> bool:
        return key in self._row_of

    def __getitem__(self, key: str) -> Any:
        found = self._kept.pop(key, None) or self._read(int(self._ids[self._row_of[key]]))
        if len(self._kept) >= KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = found
        return found
