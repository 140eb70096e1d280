"""Events come in the order of their first and then of their last day, however far apart the days are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from viewer.store.arrangement import arranged_events
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.left_out import LeftOut
from viewer.store.scan import BLANK, packed_span
from viewer.store.spool import Spool

NUMBER = 3_000


class Kept:
    """A sink that keeps what it takes."""

    def __init__(self) -> None:
        self.columns: dict[str, list[NDArray[Any]]] = {}

    def add(self, name: str, values: NDArray[Any]) -> None:
        self.columns.setdefault(name, []).append(values.copy())

    def __getitem__(self, name: str) -> list[int]:
        return [int(value) for value in np.concatenate(self.columns[name])]


def spans_of(reach: int) -> NDArray[np.int64]:
    """Packed spans within so many days, some open at an end or at both, some undated."""
    chance = np.random.default_rng(reach)
    first = chance.integers(-reach // 2, reach - reach // 2, NUMBER).tolist()
    lasts = chance.integers(0, 4, NUMBER).tolist()
    spans = [packed_span(day, day + more) for day, more in zip(first, lasts, strict=True)]
    spans[10:400:30] = [packed_span(None, day) for day in first[10:400:30]]
    spans[12:400:30] = [packed_span(day, None) for day in first[12:400:30]]
    spans[14:400:30] = [packed_span(None, None) for _ in first[14:400:30]]
    spans[16:400:30] = [BLANK for _ in first[16:400:30]]
    return np.array(spans, dtype=np.int64)


def spool_of(spans: NDArray[np.int64]) -> Spool:
    """What was scanned of events that have nothing but a key and a date, keys and rows in the same order."""
    spool, number = Spool(), len(spans)
    spool.add("event.ids", np.arange(1, number + 1))
    spool.add("event.text", np.frombuffer(b"".join(b"e%05d" % row for row in range(number)), dtype=np.uint8))
    spool.add("event.lengths", np.full(number, 6, dtype=np.uint32))
    spool.add("event.span", spans)
    spool.add("event.terms", np.zeros(number, dtype=np.int64))
    for name in ("lon", "lat", "radius_m", "amount"):
        spool.add(f"event.{name}", np.zeros(number))
    for name in ("actor", "rival", "place"):
        spool.add(f"event.{name}", np.zeros(number, dtype=np.uint32))
    return spool


@pytest.mark.parametrize("reach", [3, 2_000, 2**16 - 10, 2**16 + 10, 2**30])
def test_events_are_in_the_order_of_time(reach: int) -> None:
    spans, kept = spans_of(reach), Kept()

    arranged_events(spool_of(spans), LeftOut(), kept, lambda: None)

    wanted = sorted(range(NUMBER), key=lambda row: (int(spans[row]), row))
    assert kept["event.ids"] == [row + 1 for row in wanted]
    days = list(zip(kept["event.earliest"], kept["event.latest"], strict=True))
    assert days == [(int(spans[row] >> 32), int(spans[row] & (2**32 - 1)) + FAR_PAST) for row in wanted]
    assert days[-1] == (FAR_FUTURE, FAR_PAST)
