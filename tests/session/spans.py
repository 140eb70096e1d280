"""Data sets made up of spans of every kind, for tests against a plain walk over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from viewer.domain.events import EVENT_TYPES
from viewer.geo.projection import point_to_map
from viewer.session.selectors import LONG_SPAN_DAYS
from viewer.session.state import Filters, Time
from viewer.store.columns import FAR_FUTURE, FAR_PAST, EventColumns, Pairs
from viewer.store.dataset import DataSet

DAYS = (-5, 60)
"""Where the spans of the tests begin."""


class Told(NamedTuple):
    """One record: its days (None: open), its type and actor by their codes, and where it lies."""

    first: int | None
    last: int | None
    dated: bool = True
    type: int = 0
    actor: int = 0
    lon_lat: tuple[float, float] | None = (40.0, 35.0)

    @property
    def long(self) -> bool:
        """Whether it lasts longer than the histogram counts."""
        return self.first is None or self.last is None or self.last - self.first >= LONG_SPAN_DAYS

    def falls(self, first: int, last: int) -> bool:
        """Whether it may fall into [first, last]."""
        begun = self.first is None or self.first <= last
        return self.dated and begun and (self.last is None or self.last >= first)

    def starts(self, first: int, last: int) -> bool:
        """Whether it is known to begin in [first, last]."""
        return self.dated and self.first is not None and first <= self.first <= last


def made_of(like: DataSet, told: Sequence[Told]) -> tuple[DataSet, list[Told]]:
    """A data set that holds these records and nothing else, and the records in the order of its rows."""
    told = sorted(told, key=_days)
    blank = {f.name: np.zeros(len(told), getattr(like.events, f.name).dtype) for f in fields(EventColumns)
             if isinstance(getattr(like.events, f.name), np.ndarray)}  # fmt: skip
    where = [point_to_map(*one.lon_lat) if one.lon_lat else (np.nan, np.nan) for one in told]
    columns = {
        "earliest": [_days(one)[0] for one in told], "latest": [_days(one)[1] for one in told],
        "type": [one.type for one in told], "actor": [one.actor for one in told],
        "x": [x for x, _ in where], "y": [y for _, y in where], "parent": [-1] * len(told),
    }  # fmt: skip
    made = {name: np.array(values, dtype=blank[name].dtype) for name, values in columns.items()}
    keys = tuple(f"k{row:04}" for row in range(len(told)))
    events = replace(like.events, keys=keys, row_of={key: row for row, key in enumerate(keys)}, **{**blank, **made})
    rows = np.arange(len(told), dtype=np.int32)
    pairs = Pairs(rows, made["actor"], np.zeros(len(told), dtype=np.uint8))
    return replace(like, events=events, event_actors=pairs, claims=(), same={}), told


def _days(one: Told) -> tuple[int, int]:
    if not one.dated:
        return FAR_FUTURE, FAR_PAST
    return FAR_PAST if one.first is None else one.first, FAR_FUTURE if one.last is None else one.last


def _lasting(first: int | None, days: int | None, ending: int, others: tuple[object, ...]) -> Told:
    """Records with a known beginning last so many days (None: without end); the others end on a day, or never."""
    last = None if days is None else ending if first is None else first + days
    return Told(first, last, *others)  # type: ignore[arg-type]


ANY_DAY = st.integers(*DAYS)
SPANS = st.lists(
    st.builds(
        _lasting,
        st.none() | st.just(7) | ANY_DAY,
        st.none() | st.just(0) | st.integers(0, 5) | st.sampled_from([29, 30, 31, 32, 63, 64, 365, 100_000]),
        ANY_DAY,
        st.tuples(
            st.sampled_from([True, True, True, True, False]),
            st.integers(0, len(EVENT_TYPES) - 1),
            st.integers(0, 2),
            st.none() | st.sampled_from([(40.0, 35.0), (43.0, 36.0)]),
        ),
    ),
    max_size=40,
)
"""Records of every kind: short, of years, open at either end or both, undated, unplaced."""


@st.composite
def days_near(draw: st.DrawFn, told: Sequence[Told]) -> int:
    """A day on which one of these records begins or ends, or one beside it: where mistakes are made."""
    known = [day for one in told for day in (one.first, one.last) if day is not None] or [0]
    return draw(st.sampled_from(known)) + draw(st.integers(-1, 1))


@st.composite
def moments(draw: st.DrawFn, told: Sequence[Told]) -> Time:
    """A window that begins or ends near a beginning or an end of these records."""
    days = draw(st.sampled_from([1, 2, 7, 30, 30_000]))
    mode = draw(st.sampled_from(["day", "window", "window", "cumulative"]))
    cursor = draw(days_near(told)) + draw(st.sampled_from([0, days - 1 if mode == "window" else 0]))
    return Time(cursor, mode, days, starts_in=draw(st.booleans()))


FILTERS = st.builds(
    Filters,
    types=st.lists(st.sampled_from(EVENT_TYPES), max_size=9, unique=True).map(tuple),
    actors=st.lists(st.sampled_from(["gov", "is"]), max_size=1).map(tuple),
    bbox=st.none() | st.none() | st.just((39.0, 34.0, 41.0, 36.0)),
)


def passes(data: DataSet, one: Told, filters: Filters) -> bool:
    """Whether a record passes the filters, place and all."""
    west, south, east, north = filters.bbox or (-180.0, -90.0, 180.0, 90.0)
    inside = filters.bbox is None or (
        one.lon_lat is not None and west <= one.lon_lat[0] <= east and south <= one.lon_lat[1] <= north
    )
    typed = not filters.types or EVENT_TYPES[one.type] in filters.types
    acted = not filters.actors or data.actor_keys[one.actor] in data.actors_with_parts(filters.actors)
    return inside and typed and acted
