"""The hot columns: what map, timeline and counters need of every event, as numpy arrays sorted by time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.geo.projection import point_to_degrees
from viewer.store.keys import Keys, RowOf

FAR_PAST, FAR_FUTURE = -(2**31), 2**31 - 1
"""Inside the arrays only: an open start and an open end."""
NONE = 0xFFFF
"""No actor."""
NO_PLACE = 0xFFFF_FFFF
"""No place."""

Number = TypeVar("Number", bound=np.generic)
Arrays = Mapping[str, NDArray[Any]]
"""Columns of several tables by name, as `event.x`."""


@dataclass(frozen=True)
class EventColumns:
    """One entry per event, sorted by (earliest, latest, key); n events make arrays of shape (n,).

    ids: SQLite's row numbers; x, y: map metres (NaN when unplaced), off by a metre at most; earliest, latest: days,
    with FAR_PAST and FAR_FUTURE for open ends, and the other way round when undated, so that no window overlaps
    them; type, form, actuality, precision: index into the domain's terms; actor, rival: index into `actor_keys`,
    NONE when there is none; place: index into `place_keys`, NO_PLACE when there is none; parent: row, -1 when there
    is none; radius_m, amount: NaN when there is none. The arrays may lie in a file and cannot be written to.
    """

    keys: Keys
    ids: NDArray[np.int64]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    earliest: NDArray[np.int32]
    latest: NDArray[np.int32]
    type: NDArray[np.uint8]
    form: NDArray[np.uint8]
    actuality: NDArray[np.uint8]
    precision: NDArray[np.uint8]
    radius_m: NDArray[np.float32]
    actor: NDArray[np.uint16]
    rival: NDArray[np.uint16]
    place: NDArray[np.uint32]
    parent: NDArray[np.int32]
    amount: NDArray[np.float32]
    row_of: RowOf

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which events have a position at all."""
        return np.isfinite(self.x)

    @property
    def dated(self) -> NDArray[np.bool_]:
        """Which events have a date at all."""
        return self.earliest <= self.latest

    def days(self, row: int) -> tuple[int, int] | None:
        """The first and the last day of one event, as they stand in the columns; None when it has no date at all."""
        first, last = int(self.earliest[row]), int(self.latest[row])
        return (first, last) if first <= last else None

    def lon_lat(self, row: int) -> tuple[float, float]:
        """Where one event lies, in degrees; NaN when it is unplaced."""
        return point_to_degrees(float(self.x[row]), float(self.y[row]))


@dataclass(frozen=True)
class Pairs:
    """Which events go with which actors or places, by row: rows of EventColumns and codes, shape (m,) each."""

    rows: NDArray[np.int32]
    codes: NDArray[np.uint16] | NDArray[np.uint32]
    roles: NDArray[np.uint8]
    """Index into ACTOR_ROLES for actors; 0 for places."""

    def with_any(self, wanted: NDArray[np.bool_]) -> NDArray[np.int32]:
        """The events that go with any that is wanted (by code), each once, ascending; shape (k,)."""
        return each_once(np.compress(np.take(wanted, self.codes), self.rows))


NUMBERS: Mapping[str, type[np.number[Any]]] = {
    "ids": np.int64, "x": np.float32, "y": np.float32, "earliest": np.int32, "latest": np.int32, "type": np.uint8,
    "form": np.uint8, "actuality": np.uint8, "precision": np.uint8, "radius_m": np.float32, "actor": np.uint16,
    "rival": np.uint16, "place": np.uint32, "parent": np.int32, "amount": np.float32,
}  # fmt: skip
"""The columns of EventColumns that are arrays, and their types."""


def each_once(rows: NDArray[Number]) -> NDArray[Number]:
    """Ascending rows, not negative, each once."""
    return rows[np.diff(rows, prepend=rows.dtype.type(-1)) > 0]


def distinct(numbers: NDArray[Number]) -> NDArray[Number]:
    """The numbers sorted and each once, much faster than by `np.unique`, which hashes them."""
    found = np.sort(numbers)
    new = np.ones(len(found), dtype=bool)
    new[1:] = found[1:] != found[:-1]
    return found[new]


def events_of(arrays: Arrays) -> EventColumns:
    """The events out of columns by name; KeyError when one is missing."""
    keys = keys_of(arrays, "event")
    return EventColumns(
        keys=keys, row_of=RowOf(keys, arrays["event.order"]), **{name: arrays[f"event.{name}"] for name in NUMBERS}
    )


def keys_of(arrays: Arrays, table: str) -> Keys:
    """The keys of a table's rows."""
    return Keys(arrays[f"{table}.text"], arrays[f"{table}.starts"])


def pairs_of(arrays: Arrays, table: str) -> Pairs:
    """The pairs of `event_actor` or `event_place`."""
    rows, roles = arrays[f"{table}.rows"], arrays.get(f"{table}.roles")
    nothing = np.broadcast_to(np.zeros(1, dtype=np.uint8), len(rows))
    return Pairs(rows, arrays[f"{table}.codes"], nothing if roles is None else roles)
