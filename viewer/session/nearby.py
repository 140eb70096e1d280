"""What else happened near a record, in space and in time: surely, or perhaps where a place or a date is only rough.

Distances are geodesic, between the points that stand for the records, and stretched by both radii of doubt both ways:
what lies near however that falls is surely near, what lies near only if it falls well may be. The same goes for days.
What has no place, no date, or a place too wide to say is counted, never listed as near and never left out unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import words
from viewer.domain.events import Event
from viewer.domain.frozen import dataclass
from viewer.domain.patterns import Pattern
from viewer.domain.places import PINNED, PRECISIONS
from viewer.geo.projection import geod, to_degrees
from viewer.session.card import Choice, Row
from viewer.session.commands import NEAR_LIMITS_DAYS, NEAR_LIMITS_M, OpenList, SetNear
from viewer.session.describe import length_words
from viewer.session.known import known_days
from viewer.session.state import Reading, Ref
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet

Tick = Callable[[float], None]
LADDER_M = (1_000.0, 5_000.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0)
LADDER_DAYS = (0, 1, 3, 7, 14, 30, 90)
LISTED = 8
"""So many are named; the list has all."""
MOST_IN_LIST = 20_000
BLOCK = 50_000
"""Distances worked out at a time: between two blocks the work can be stopped."""
EARTH_M = 6_371_008.8
SPHERE = 0.01
"""A distance on a sphere is wrong by less than that share."""
FOREVER = 2**40
_LIMITS = Pattern(r"\s*(\d+(?:[.,]\d+)?)\s*(m|km)?\s*(?:,|;|and|/|\s)\s*(\d+)\s*(?:d|days?)?\s*", re.I)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One record near another: how far (metres) and how many days apart at the least; sure: however both fall."""

    event: Event
    metres: float
    days: int
    sure: bool


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """What is near a record. keys: all of them in order of time, or the first of very many; shown: the nearest.

    about: the key of the record. sure, may: how many are surely near, and how many only perhaps. unplaced, undated,
    wide: how many could be near, but have no place, no date, or a place of no known extent whose point lies farther
    off. obstacle: why nothing can be told, '' if it can.
    """

    about: str = ""
    keys: tuple[str, ...] = ()
    shown: tuple[Neighbour, ...] = ()
    sure: int = 0
    may: int = 0
    unplaced: int = 0
    undated: int = 0
    wide: int = 0
    obstacle: str = ""


def _go_on(share: float) -> None:
    """Nobody stops it."""


def near_of(data: DataSet, key: str, reading: Reading, known_by: int | None = None, tick: Tick = _go_on) -> Near:
    """What happened within the distance and the days of `reading` of an event; tick may stop it by raising.

    Takes some tens of milliseconds for a million records, and touches nothing but the data set.
    """
    events = data.events
    row = events.row_of.get(key)
    if row is None:
        return Near(obstacle="the record is not in this store")
    if not np.isfinite(events.x[row]):
        return Near(obstacle="no source places it, so nothing can be said to be near")
    if events.days(row) is None:
        return Near(obstacle="no source dates it, so nothing can be said to be near in time")
    rows, undated = _at_that_time(data, row, reading.near_days)
    if known_by is not None:
        known = known_days(data)
        rows, undated = rows[known[rows] <= known_by], undated[known[undated] <= known_by]
    tick(0.2)
    placed = np.isfinite(events.x[rows])
    rows, metres, sure, wide = _within(data, row, rows[placed], reading.near_m, tick)
    least, most = days_apart(data, row, rows)
    sure &= most <= reading.near_days
    tick(0.8)
    undated = undated[np.isfinite(events.x[undated])]
    beyond = len(_within(data, row, undated, reading.near_m, tick)[0])
    order = np.lexsort((rows, least, np.round(metres, -2), ~sure))
    return Near(
        about=key, keys=tuple(events.keys[one] for one in np.sort(rows)[:MOST_IN_LIST].tolist()),
        shown=_named(data, rows, metres, least, sure, order[:LISTED]),
        sure=int(np.count_nonzero(sure)), may=int(np.count_nonzero(~sure)),
        unplaced=int(np.count_nonzero(~placed)), undated=beyond, wide=wide,
    )  # fmt: skip


Rows = NDArray[np.int64]
Metres = NDArray[np.float64]
Mask = NDArray[np.bool_]


def _at_that_time(data: DataSet, row: int, days: int) -> tuple[Rows, Rows]:
    """The rows that may fall within so many days of one, and those without any date; not that row itself."""
    events = data.events
    first, last = _day(events.earliest[row], -days), _day(events.latest[row], days)
    hit = (events.earliest <= np.int32(last)) & (events.latest >= np.int32(first)) & (events.earliest <= events.latest)
    hit[row] = False
    return np.flatnonzero(hit), np.flatnonzero(events.earliest > events.latest)


def _day(day: np.int32, by: int) -> int:
    """A day so much earlier or later; an open end stays open."""
    return int(day) if day in (FAR_PAST, FAR_FUTURE) else min(max(int(day) + by, FAR_PAST), FAR_FUTURE)


def days_apart(data: DataSet, row: int, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many days lie between an event and others, at the least and at the most; shape (m,) each."""
    begins, ends = (column.astype(np.int64) for column in (data.events.earliest[rows], data.events.latest[rows]))
    first, last = int(data.events.earliest[row]), int(data.events.latest[row])
    least = np.maximum(0, np.maximum(begins - last, first - ends))
    most = np.maximum(ends - first, last - begins)
    open_ended = (begins == FAR_PAST) | (ends == FAR_FUTURE) | (first == FAR_PAST) | (last == FAR_FUTURE)
    return np.where(begins > ends, 0, least), np.where(open_ended | (begins > ends), FOREVER, most)


def _within(data: DataSet, row: int, rows: Rows, limit: float, tick: Tick) -> tuple[Rows, Metres, Mask, int]:
    """Those rows that are or may be so near, their distances, which surely are, and how many are too wide to say."""
    doubt, loose = _doubts(data, np.append(rows, row))
    own, own_loose = float(doubt[-1]), bool(loose[-1])
    doubt, loose = doubt[:-1], loose[:-1]
    rough = _on_a_sphere(data, row, rows)
    reach = rough * (1 - SPHERE) - doubt - own
    near = np.flatnonzero(reach <= limit)
    wide = int(np.count_nonzero(loose & (reach > limit)))
    rows, doubt, loose = rows[near], doubt[near], loose[near]
    metres = _geodesic(data, row, rows, tick)
    kept = metres - doubt - own <= limit
    wide += int(np.count_nonzero(loose & ~kept))
    sure = (metres + doubt + own <= limit) & ~loose & (not own_loose)
    return rows[kept], metres[kept], sure[kept], wide


def _doubts(data: DataSet, rows: Rows) -> tuple[Metres, Mask]:
    """The radii of doubt in metres, 0 where there is none, and which places are rough without one."""
    radius = data.events.radius_m[rows].astype(np.float64)
    pinned = np.isin(data.events.precision[rows], [PRECISIONS.index(name) for name in PINNED])
    return np.nan_to_num(radius, nan=0.0), np.isnan(radius) & ~pinned


def _on_a_sphere(data: DataSet, row: int, rows: Rows) -> Metres:
    lon, lat = (np.radians(one) for one in to_degrees(data.events.x[rows], data.events.y[rows]))
    here = np.radians(np.asarray(data.events.lon_lat(row)))
    half = np.sin((lat - here[1]) / 2) ** 2 + np.cos(lat) * np.cos(here[1]) * np.sin((lon - here[0]) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))), dtype=np.float64)


def _geodesic(data: DataSet, row: int, rows: Rows, tick: Tick) -> Metres:
    lon, lat = to_degrees(data.events.x[rows], data.events.y[rows])
    here = data.events.lon_lat(row)
    found = np.empty(len(rows))
    for begin in range(0, len(rows), BLOCK):
        part = slice(begin, begin + BLOCK)
        size = len(rows[part])
        found[part] = geod().inv(np.full(size, here[0]), np.full(size, here[1]), lon[part], lat[part])[2]
        tick(0.3 + 0.4 * (begin + size) / len(rows))
    return found


def _named(
    data: DataSet, rows: Rows, metres: Metres, days: NDArray[np.int64], sure: Mask, order: NDArray[np.intp]
) -> tuple[Neighbour, ...]:
    """The records at these places of the order, with their titles."""
    keys = [data.events.keys[int(rows[at])] for at in order]
    found = {event.key: event for event in data.reader.where("event", "key", keys)}
    return tuple(
        Neighbour(found[key], float(metres[at]), int(days[at]), bool(sure[at]))
        for key, at in zip(keys, order.tolist(), strict=True) if key in found
    )  # fmt: skip


# in words


def limits_words(reading: Reading) -> str:
    """The distance and the days as one types them: "25 km, 7 days"."""
    return f"{reading.near_m / 1000:g} km, {reading.near_days} days"


def days_words(days: int) -> str:
    """So many days: "7 days", "the same day"."""
    return "the same day" if days == 0 else f"{days:,} day{'' if days == 1 else 's'}"


def typed_limits(text: str) -> tuple[float, int] | None:
    """Metres and days of what somebody typed, as "25 km, 7 days"; None where it is not that, or beyond the limits."""
    match = _LIMITS.fullmatch(text)
    if match is None:
        return None
    metres = float(match[1].replace(",", ".")) * (1.0 if (match[2] or "km").casefold() == "m" else 1000.0)
    days = int(match[3])
    right = NEAR_LIMITS_M[0] <= metres <= NEAR_LIMITS_M[1] and NEAR_LIMITS_DAYS[0] <= days <= NEAR_LIMITS_DAYS[1]
    return (metres, days) if right else None


def near_rows(near: Near | None, reading: Reading, family: Sequence[str] = ()) -> list[Row]:
    """What is near as lines of a card, and last what counts as near; None: it is still being looked for.

    family: keys of its parts and wholes.
    """
    limits = [
        Row("Within", length_words(reading.near_m), choices=tuple(_distances(reading))),
        Row("and", days_words(reading.near_days), choices=tuple(_days(reading))),
    ]
    if near is None:
        return [Row("Found", "being looked for \u2026"), *limits]
    if near.obstacle:
        return [Row("Found", "nothing can be told", near.obstacle), *limits]
    said = f"{near.sure:,} surely, {near.may:,} may be" if near.may else f"{near.sure:,}"
    listed = (Choice("List them", OpenList("near", near.keys, near.about)),) if near.keys else ()
    rough = "may be: where a place or a date is only rough" if near.may else ""
    cut = f"the list has the first {MOST_IN_LIST:,}" if near.sure + near.may > MOST_IN_LIST else ""
    notes = "; ".join(filter(None, (rough, cut)))
    rows = [Row("Found", said if near.sure or near.may else "nothing", notes, choices=listed)]
    rows += [_row(one, one.event.key in family) for one in near.shown]
    more = near.sure + near.may - len(near.shown)
    if more > 0:
        rows.append(Row("and", f"{more:,} more in the list"))
    return [*rows, *(Row("Not told", text) for text in _left_out(near)), *limits]


def apart_words(metres: float) -> str:
    """How far two records are apart, no more exactly than that is known: "3.2 km", "same spot"."""
    return "same spot" if metres < 50 else length_words(round(metres, -2 if metres < 10_000 else -3))


def metres_from(data: DataSet, key: str, rows: Rows) -> Metres | None:
    """How far the points of events are from that of another in metres, NaN where one has none; None for no such event.

    rows: shape (m,), and so is what it gives.
    """
    row = data.events.row_of.get(key)
    if row is None or not np.isfinite(data.events.x[row]):
        return None
    metres = np.full(len(rows), np.nan)
    placed = np.isfinite(data.events.x[rows])
    metres[placed] = _geodesic(data, row, rows[placed], _go_on)
    return metres


def _row(one: Neighbour, related: bool) -> Row:
    far = apart_words(one.metres)
    when = "same time" if one.days == 0 else f"{one.days:,} day{'' if one.days == 1 else 's'} apart"
    notes = ("" if one.sure else "may be", words(one.event.date), when, "related, see below" if related else "")
    return Row(far, one.event.title, "; ".join(filter(None, notes)), Ref("event", one.event.key))


def _left_out(near: Near) -> list[str]:
    said = (
        (near.wide, "lie in places of no known extent and could be nearer than their points"),
        (near.unplaced, "of those days that no source places"),
        (near.undated, "near it that no source dates"),
    )
    return [f"{number:,} {text}" for number, text in said if number]


def _distances(reading: Reading) -> list[Choice]:
    ladder = sorted({*LADDER_M, reading.near_m})
    return [
        Choice(length_words(metres), None if metres == reading.near_m else SetNear(metres, reading.near_days))
        for metres in ladder
    ]


def _days(reading: Reading) -> list[Choice]:
    now = reading.near_days
    return [
        Choice(f"{days} d" if days else "same day", None if days == now else SetNear(reading.near_m, days))
        for days in sorted({*LADDER_DAYS, now})
    ]
