"""Events that are told more than once, and which of the tellings stands for the incident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from viewer.store.columns import distinct
from viewer.store.keys import Keys


class Representatives(Mapping[str, str]):
    """For each event told more than once, the key that stands for the incident: the first in the alphabet.

    row_of: the row of each key; members: the rows of such events, sorted; chosen: the row that stands for each.
    """

    def __init__(
        self, keys: Keys, row_of: Mapping[str, int], members: NDArray[np.int32], chosen: NDArray[np.int32]
    ) -> None:
        self._keys, self._row_of = keys, row_of
        self._members, self._chosen = members, chosen

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[str]:
        return (self._keys[row] for row in self._members)

    def __getitem__(self, key: str) -> str:
        row = self._row_of[key]
        at = int(np.searchsorted(self._members, row))
        if at == len(self._members) or self._members[at] != row:
            raise KeyError(key)
        return self._keys[int(self._chosen[at])]


def representatives(
    rows: NDArray[np.int32], others: NDArray[np.int32], order: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The members of all groups of equal events, sorted, and for each the first of its group in the alphabet.

    rows, others: pairs of equal events; order: the rows of all events sorted by their keys.
    """
    members = distinct(np.concatenate([rows, others]))
    alphabet = np.searchsorted(members, order[np.isin(order, members)] if len(members) else members)
    label = np.empty(len(members), dtype=np.int64)
    label[alphabet] = np.arange(len(members))
    a, b = label[np.searchsorted(members, rows)], label[np.searchsorted(members, others)]
    first = np.arange(len(members))
    while (first[a] != first[b]).any():
        lowest = np.minimum(first[a], first[b])
        np.minimum.at(first, first[a], lowest)
        np.minimum.at(first, first[b], lowest)
        while (first[first] != first).any():
            first = first[first]
    return members, members[alphabet][first[label]]
