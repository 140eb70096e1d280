"""Which events somebody did: certainly, when nothing doubts it; possibly, when it is claimed, alleged or disputed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from viewer.domain.events import DOUBTED
from viewer.domain.frozen import dataclass
from viewer.session.memo import remembered
from viewer.session.window import Mask, Rows
from viewer.store.dataset import DataSet

DOERS = ("perpetrator", "mover", "party")


@dataclass(frozen=True, slots=True, eq=False)
class Doings:
    """Who did what, once for each telling: rows of events, numbers of actors in actor_keys, whether surely; (m,)."""

    rows: NDArray[np.int64]
    codes: NDArray[np.int64]
    sure: Mask


@remembered(1)
def doings(data: DataSet) -> Doings:
    """All of a store, read once; piece by piece, as to let go of a million rows at once keeps others waiting."""
    code_of = {key: code for code, key in enumerate(data.actor_keys)}
    every = [Doings(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=bool))]
    for piece in data.reader.pieces("event_actor", ("event", "actor", "certainty"), {"role": DOERS}):
        rows = np.asarray(data.events.row_of.rows_of([event for event, _, _ in piece]), dtype=np.int64)
        codes = np.array([code_of.get(actor, -1) for _, actor, _ in piece], dtype=np.int64)
        sure = np.array([certainty not in DOUBTED for _, _, certainty in piece], dtype=bool)
        there = (rows >= 0) & (codes >= 0)
        every.append(Doings(rows[there], codes[there], sure[there]))
    return Doings(
        np.concatenate([one.rows for one in every]), np.concatenate([one.codes for one in every]),
        np.concatenate([one.sure for one in every]),
    )  # fmt: skip


def responsible_counts(data: DataSet, mask: Mask, how: str, parts: bool) -> Mapping[str, int]:
    """How many of the events of a mask, shape (n,), each actor did so, with or without those that are part of it."""
    rows, codes, sure = _pairs(data)
    wanted = sure if how == "certainly" else ~sure
    alone = np.bincount(codes[wanted & mask[rows]], minlength=len(data.actor_keys))
    counts = {key: int(count) for key, count in zip(data.actor_keys, alone.tolist(), strict=True)}
    if not parts:
        return counts
    (order, begins), kept = _by_actor(data), mask[rows]
    code_of = {key: code for code, key in enumerate(data.actor_keys)}
    last = np.empty(len(mask), dtype=np.int64)

    def different(told: Rows) -> int:
        """How many different rows there are among some."""
        numbers = np.arange(len(told))
        last[told] = numbers
        return int(np.count_nonzero(last[told] == numbers))

    for key in _named(data):
        together = [code_of[one] for one in data.actors_with_parts((key,)) if one in code_of]
        if len(together) > 1:
            theirs = np.concatenate([order[begins[code] : begins[code + 1]] for code in together])
            theirs = theirs[kept[theirs]]
            surely = different(rows[theirs[sure[theirs]]])
            counts[key] = surely if how == "certainly" else different(rows[theirs]) - surely
    return counts


@remembered(1)
def _pairs(data: DataSet) -> tuple[Rows, NDArray[np.int64], Mask]:
    """Who did what, once for each event and actor: rows, numbers of actors, and whether any telling is sure; (m,)."""
    every, width = doings(data), len(data.actor_keys)
    pairs, which = np.unique(every.rows * width + every.codes, return_inverse=True)
    sure = np.zeros(len(pairs), dtype=bool)
    sure[which[every.sure]] = True
    return pairs // width, pairs % width, sure


@remembered(1)
def _by_actor(data: DataSet) -> tuple[Rows, Rows]:
    """The pairs in the order of their actors, (m,), and where those of each actor begin, with the end, (a + 1,)."""
    codes = _pairs(data)[1]
    order = np.argsort(codes, kind="stable")
    return order, np.searchsorted(codes[order], np.arange(len(data.actor_keys) + 1))


@remembered(1)
def _named(data: DataSet) -> frozenset[str]:
    """The actors that did anything, and those that they are part of."""
    doers = {data.actor_keys[code] for code in np.unique(doings(data).codes).tolist()}
    return frozenset(key for key in data.actors if doers & data.actors_with_parts((key,)))


def _done(data: DataSet, actors: frozenset[str], how: str) -> Mask:
    """Which events any of these actors did in that way; shape (n,)."""
    every = doings(data)
    theirs = np.fromiter((key in actors for key in data.actor_keys), dtype=bool, count=len(data.actor_keys))
    by_them = theirs[every.codes]
    sure = np.zeros(len(data.events), dtype=bool)
    sure[every.rows[by_them & every.sure]] = True
    if how == "certainly":
        return sure
    done = np.zeros(len(data.events), dtype=bool)
    done[every.rows[by_them]] = True
    return done & ~sure


@remembered(4)
def responsible_rows(data: DataSet, actors: frozenset[str], how: str) -> Rows:
    """The rows of the events that any of these actors did; how: 'certainly' or 'possibly'."""
    return np.flatnonzero(_done(data, actors, how))
