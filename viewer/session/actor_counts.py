"""How many records name each actor; worked out once for filters, as a thread does so before the window asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.session.by_day import tally
from viewer.session.memo import remembered
from viewer.session.responsibility import responsible_counts
from viewer.session.selectors import filter_mask
from viewer.session.state import Filters
from viewer.store.dataset import DataSet

BLOCK = 1_000_000
"""Rows worked on at a time."""


def actor_counts(data: DataSet, filters: Filters) -> Mapping[str, int]:
    """How many records name each actor or a part of it, in the part asked for, among those that pass all else."""
    return _counts(data, replace(filters, actors=()))


@remembered(2)
def _counts(data: DataSet, filters: Filters) -> Mapping[str, int]:
    mask = filter_mask(data, filters)
    if filters.responsible:
        return responsible_counts(data, mask, filters.responsible, filters.parts)
    rows, codes = distinct_pairs(data)
    keep = np.take(mask, rows)
    counts = dict(zip(data.actor_keys, tally(codes, len(data.actor_keys), keep).tolist(), strict=True))
    for key in data.actors if filters.parts else ():
        parts = data.actors_with_parts((key,))
        if len(parts) > 1:
            among = np.fromiter((other in parts for other in data.actor_keys), dtype=bool)
            counts[key] = _number_of(np.compress(np.take(among, codes) & keep, rows))
    return counts


def _number_of(rows: NDArray[np.int32]) -> int:
    """How many different rows there are among ascending ones."""
    return int(np.count_nonzero(np.diff(rows))) + bool(len(rows))


@remembered(1)
def distinct_pairs(data: DataSet) -> tuple[NDArray[np.int32], NDArray[Any]]:
    """Which events name which actors, each once whatever the roles: ascending rows and codes, shape (m,) each."""
    pairs = data.event_actors
    first = np.ones(len(pairs.rows), dtype=bool)
    bounds = np.arange(0, len(data.events) + BLOCK, BLOCK, dtype=np.int32)
    for begin, end in pairwise(np.searchsorted(pairs.rows, bounds).tolist()):
        first[begin:end] = ~_told_before(pairs.rows[begin:end], pairs.codes[begin:end])
    if first.all():
        return pairs.rows, pairs.codes
    return np.compress(first, pairs.rows), np.compress(first, pairs.codes)


def _told_before(rows: NDArray[np.int32], codes: NDArray[Any]) -> NDArray[np.bool_]:
    """Which pairs of a row (ascending) and a code stood there before; only rows with several are looked through."""
    again = np.zeros(len(rows), dtype=bool)
    again[1:] = rows[1:] == rows[:-1]
    several = np.flatnonzero(again | np.append(again[1:], False))
    pair = rows[several].astype(np.int64) << 32 | codes[several]
    order = np.argsort(pair, kind="stable")
    again[:] = False
    again[several[order[1:][np.diff(pair[order]) == 0]]] = True
    return again
