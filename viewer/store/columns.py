"""The hot columns: what map, timeline and counters need of every event, as numpy arrays sorted by time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import parse
from viewer.domain.events import ACTOR_ROLES, ACTUALITIES, EVENT_TYPES, FORMS
from viewer.domain.places import PRECISIONS
from viewer.geo.projection import to_map
from viewer.store.errors import StoreError
from viewer.store.open import StoreFile
from viewer.store.validate import Bad, columns_present

FAR_PAST, FAR_FUTURE = -(2**31), 2**31 - 1
"""Inside the arrays only: an open start and an open end."""
NONE = 0xFFFF
"""No actor, no place."""


@dataclass(frozen=True)
class EventColumns:
    """One entry per event, sorted by (earliest, latest, key); n events make arrays of shape (n,).

    x, y: map metres (NaN when unplaced); lon, lat: degrees; earliest, latest: days, with FAR_PAST and
    FAR_FUTURE for open ends, and the other way round when undated, so that no window overlaps them;
    type, form, actuality, precision: index into the domain's terms; actor, rival: index into
    `actor_keys`, place into `place_keys`, NONE when there is none; parent: row, -1 when there is none.
    """

    keys: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    earliest: NDArray[np.int32]
    latest: NDArray[np.int32]
    type: NDArray[np.uint8]
    form: NDArray[np.uint8]
    actuality: NDArray[np.uint8]
    precision: NDArray[np.uint8]
    radius_m: NDArray[np.float32]
    actor: NDArray[np.uint16]
    rival: NDArray[np.uint16]
    place: NDArray[np.uint16]
    parent: NDArray[np.int32]
    amount: NDArray[np.float32]
    row_of: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which events have a position at all."""
        return np.isfinite(self.lon)

    @property
    def dated(self) -> NDArray[np.bool_]:
        """Which events have a date at all."""
        return self.earliest <= self.latest


@dataclass(frozen=True)
class Pairs:
    """Which events go with which actors or places: rows of EventColumns and codes, shape (m,) each."""

    rows: NDArray[np.int32]
    codes: NDArray[np.uint16]
    roles: NDArray[np.uint8]
    """Index into ACTOR_ROLES for actors; 0 for places."""


def read_columns(store: StoreFile, bad: Bad, actor_keys: Sequence[str], place_keys: Sequence[str]) -> EventColumns:
    """The hot columns of every trusted event; StoreError when there are more actors or places than codes."""
    for kind, keys in (("actors", actor_keys), ("places", place_keys)):
        if len(keys) >= NONE:
            raise StoreError(f"{store.path}: holds {len(keys):,} {kind}, more than {NONE:,}; export the part you need")
    present = set(columns_present(store, "event"))
    wanted = (
        "key", "lon", "lat", "earliest", "latest", "date_edtf", "type", "form", "actuality",
        "location_precision", "radius_m", "actor", "rival", "place", "part_of", "amount",
    )  # fmt: skip
    names = ", ".join(f'"{name}"' if name in present else "NULL" for name in wanted)
    rows: list[tuple[Any, ...]] = []
    if present:
        cursor = store.within().execute(f"SELECT rowid, {names} FROM event")
        while chunk := cursor.fetchmany(5000):
            rows.extend(row for row in chunk if row[0] not in bad)
    if not {"earliest", "latest"} <= present:
        rows = [_with_days(row) for row in rows]
    rows.sort(key=lambda row: (_start(row), _end(row), row[1]))
    return _as_columns(rows, actor_keys, place_keys)


def _with_days(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with its days worked out from its date, for a store that does not hold them."""
    span = parse(row[6] or "")
    return (*row[:4], span.earliest, span.latest, *row[6:])


def _start(row: tuple[Any, ...]) -> int:
    if not row[6]:
        return FAR_FUTURE
    return FAR_PAST if row[4] is None else int(row[4])


def _end(row: tuple[Any, ...]) -> int:
    if not row[6]:
        return FAR_PAST
    return FAR_FUTURE if row[5] is None else int(row[5])


def _as_columns(rows: list[tuple[Any, ...]], actor_keys: Sequence[str], place_keys: Sequence[str]) -> EventColumns:
    by_name = list(zip(*rows, strict=True)) if rows else [()] * 17
    keys = tuple(str(key) for key in by_name[1])
    row_of = {key: row for row, key in enumerate(keys)}
    actors = {key: code for code, key in enumerate(actor_keys)}
    places = {key: code for code, key in enumerate(place_keys)}
    lon, lat = _reals(by_name[2]), _reals(by_name[3])
    x, y = to_map(lon, lat)
    return EventColumns(
        keys=keys, lon=lon, lat=lat, x=x, y=y,
        earliest=np.array([_start(row) for row in rows], dtype=np.int32),
        latest=np.array([_end(row) for row in rows], dtype=np.int32),
        type=_codes(by_name[7], EVENT_TYPES, "other"),
        form=_codes(by_name[8], FORMS, "single"),
        actuality=_codes(by_name[9], ACTUALITIES, "reported"),
        precision=_codes(by_name[10], PRECISIONS, "unknown"),
        radius_m=_reals(by_name[11]).astype(np.float32),
        actor=np.array([actors.get(key, NONE) for key in by_name[12]], dtype=np.uint16),
        rival=np.array([actors.get(key, NONE) for key in by_name[13]], dtype=np.uint16),
        place=np.array([places.get(key, NONE) for key in by_name[14]], dtype=np.uint16),
        parent=np.array([row_of.get(key, -1) for key in by_name[15]], dtype=np.int32),
        amount=_reals(by_name[16]).astype(np.float32),
        row_of=row_of,
    )  # fmt: skip


def _reals(values: Sequence[Any]) -> NDArray[np.float64]:
    return np.array([math.nan if value is None else float(value) for value in values], dtype=np.float64)


def _codes(values: Sequence[Any], terms: Sequence[str], default: str) -> NDArray[np.uint8]:
    codes = {term: code for code, term in enumerate(terms)}
    fallback = codes[default]
    return np.array([codes.get(value, fallback) for value in values], dtype=np.uint8)


def read_pairs(store: StoreFile, table: str, bad: Bad, row_of: Mapping[str, int], codes: Mapping[str, int]) -> Pairs:
    """The (event, actor) or (event, place) pairs of a table, for filters."""
    columns = columns_present(store, table)
    target = "actor" if table == "event_actor" else "place"
    if not {"event", target, "role"} <= set(columns):
        empty = np.empty(0)
        return Pairs(empty.astype(np.int32), empty.astype(np.uint16), empty.astype(np.uint8))
    roles = {role: code for code, role in enumerate(ACTOR_ROLES)}
    found = [
        (row_of[event], codes[key], roles.get(role, 0))
        for row_id, event, key, role in store.within().execute(f'SELECT rowid, event, "{target}", role FROM "{table}"')
        if row_id not in bad and event in row_of and key in codes
    ]
    table_of = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Pairs(table_of[:, 0].astype(np.int32), table_of[:, 1].astype(np.uint16), table_of[:, 2].astype(np.uint8))
