"""Incidents: a symbol each, one mark where several would lie on the same few pixels, never a number lost."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.domain.events import ACTUALITIES, DOUBTED, EVENT_TYPES, FORMS, FUTURE, EventPlace
from viewer.domain.places import PINNED, PRECISIONS
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map
from viewer.layers.primitives import (
    Arrow,
    Entries,
    Entry,
    IncidentMark,
    Look,
    Primitive,
    actor_entry,
    extent_of,
    is_wide,
    once,
    reaches,
)
from viewer.session.crowds import crowd_of
from viewer.session.memo import remembered
from viewer.session.selectors import Visible, mapped_events
from viewer.session.state import Ref, State
from viewer.store.columns import NONE
from viewer.store.dataset import DataSet

STACK_PX = 19.0
"""Marks closer than this on the screen become one."""
NO_ROW = -1
TALLIES = ("tally", "recurring", "ongoing")
SIGNS = {
    "split": Entry("Signs", "Responsibility disputed", "sign", "split"),
    "hollow": Entry("Signs", "Only claimed or alleged", "sign", "hollow"),
    "ghost": Entry("Signs", "Planned or threatened", "sign", "ghost"),
    "faint": Entry("Signs", "Possibly in this window", "sign", "faint"),
    "tally": Entry("Signs", "Tally with its number", "sign", "tally"),
    "stack": Entry("Signs", "Several incidents, number inside", "sign", "stack"),
}
ARROW = Entry("Signs", "Movement, course not known", "sign", "arrow")


class Spot(NamedTuple):
    """Events that share one position on the map; index into Visible.rows.

    outline: the row of the event on whose outline a rough place's badge stands.
    """

    x: float
    y: float
    pinned: bool
    members: tuple[int, ...]
    outline: int = NO_ROW


class IncidentsLayer:
    """The visible incidents that have a place: pins where it is known, badges on the ring where it is rough."""

    id = "incidents"
    title = "Incidents"
    depends = ("time", "filters", "camera.scale")
    group = "marks"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """A crowd when there are many; else arrows of movements and marks that hold every mapped event once."""
        few = partial(marks_of, data, basemap, state.camera.scale)
        crowd = crowd_of(data, state, few, partial(reaches, data, basemap), drawn=True)
        return few(mapped_events(data, state)) if crowd is None else (crowd,)


def marks_of(data: DataSet, basemap: Basemap, scale: float, seen: Visible) -> tuple[Primitive, ...]:
    """Arrows of movements, then marks from north to south; every event is in exactly one mark."""
    exact, rough = _spots(data, basemap, seen, scale)
    pins = stacked(exact, STACK_PX * scale)
    badges = _beside(stacked(rough, STACK_PX * scale), pins, STACK_PX * scale)
    rows, certain = seen.rows.tolist(), seen.certain.tolist()
    marks = [
        _mark(data, basemap, spot.x, spot.y, spot.outline, tuple([rows[index] for index in spot.members]),
              tuple([certain[index] for index in spot.members]))
        for spot in (*pins, *badges)
    ]  # fmt: skip
    return (*_arrows(data, seen), *sorted(marks, key=lambda mark: (-mark.y, mark.x)))


def _spots(data: DataSet, basemap: Basemap, seen: Visible, scale: float) -> tuple[list[Spot], list[Spot]]:
    """The events by their position: those with a point of their own, and those with an outline only."""
    events = data.events
    pinned = _PINNED[events.precision[seen.rows]]
    rough: dict[tuple[float, float], list[int]] = {}
    for index in np.flatnonzero(~pinned).tolist():
        row = int(seen.rows[index])
        if is_wide(data, basemap, row, scale):
            top = _top(data, basemap, row)
            rough.setdefault(top, []).append(index)
        else:
            pinned[index] = True
    exact = _same_position(np.flatnonzero(pinned), events.x[seen.rows], events.y[seen.rows])
    badges = [Spot(*top, False, tuple(members), int(seen.rows[members[0]])) for top, members in rough.items()]
    return exact, badges


def _same_position(indices: NDArray[np.int64], x: NDArray[np.float32], y: NDArray[np.float32]) -> list[Spot]:
    shared: dict[tuple[float, float], list[int]] = {}
    for index, px, py in zip(indices.tolist(), x[indices].tolist(), y[indices].tolist(), strict=True):
        shared.setdefault((px, py), []).append(index)
    return [Spot(*at, True, tuple(members)) for at, members in shared.items()]


_PINNED = np.array([term in PINNED for term in PRECISIONS])


@remembered(8192)
def _top(data: DataSet, basemap: Basemap, row: int) -> tuple[float, float]:
    """The northernmost point of an event's outline: on its edge, where a badge says nothing about the middle."""
    every = np.vstack(extent_of(data, basemap, row))
    top = every[int(np.argmax(every[:, 1]))]
    return float(top[0]), float(top[1])


def stacked(spots: list[Spot], reach: float) -> list[Spot]:
    """Spots closer than `reach` (map metres) joined, each stack at the position of its largest spot.

    The order is by size and position only, so the same events make the same stacks at the same scale.
    """
    order = sorted(spots, key=lambda spot: (-len(spot.members), spot.x, spot.y))
    x, y = np.array([spot.x for spot in order]), np.array([spot.y for spot in order])
    close = (x - x[:, None]) ** 2 + (y - y[:, None]) ** 2 < reach * reach
    free, alone = np.ones(len(order), dtype=bool), (close.sum(axis=1) == 1).tolist()
    stacks = []
    for index, spot in enumerate(order):
        if alone[index]:
            stacks.append(spot)
        elif free[index]:
            near = np.flatnonzero(free & close[index])
            free[near] = False
            members = sorted(member for other in near.tolist() for member in order[other].members)
            stacks.append(Spot(spot.x, spot.y, spot.pinned, tuple(members), spot.outline))
    return stacks


def _beside(badges: list[Spot], pins: list[Spot], reach: float) -> list[Spot]:
    """Badges that would cover a pin moved up by a mark's height: a ring's badge may sit anywhere near its edge."""
    x, y = np.array([pin.x for pin in pins]), np.array([pin.y for pin in pins])
    moved = []
    for badge in badges:
        column, top = y[np.abs(x - badge.x) < reach], badge.y
        while top < badge.y + 3 * reach and (np.abs(column - top) < reach).any():
            top += reach / 2
        moved.append(Spot(badge.x, top, False, badge.members, badge.outline))
    return moved


def look_of(data: DataSet, row: int, certain: bool) -> Look:
    """How an event is drawn: split by rival, hollow when unproven, ghost when it lies ahead."""
    events = data.events
    actuality = ACTUALITIES[events.actuality[row]]
    codes = [int(events.actor[row]), int(events.rival[row])]
    amount = float(events.amount[row])
    form = FORMS[events.form[row]]
    return Look(
        EVENT_TYPES[events.type[row]], tuple(data.actor_keys[code] for code in codes if code != NONE),
        hollow=actuality in DOUBTED, ghost=actuality in FUTURE, faint=not certain,
        amount=f"{amount:,.0f}" if np.isfinite(amount) and form in TALLIES else "",
    )  # fmt: skip


def type_entry(event_type: str) -> Entry:
    """The legend line of an event type."""
    return Entry("Incidents", event_type.capitalize(), "type", event_type)


@remembered(4096)
def _mark(
    data: DataSet, basemap: Basemap, x: float, y: float, outline: int, rows: tuple[int, ...], certain: tuple[bool, ...]
) -> IncidentMark:
    """The mark of some events; the very same object while they stay together where they are."""
    rings = () if outline == NO_ROW else extent_of(data, basemap, outline)
    return IncidentMark(x, y, outline == NO_ROW, *_told(data, rows, certain), rings)


_Told = tuple[Look, tuple[tuple[str, int], ...], Entries, tuple[Ref, ...]]


@remembered(4096)
def _told(data: DataSet, rows: tuple[int, ...], certain: tuple[bool, ...]) -> _Told:
    """What a mark of these events shows: the first one's look, shares by actor, legend lines, and their references."""
    looks = [look_of(data, row, sure) for row, sure in zip(rows, certain, strict=True)]
    entries: Counter[Entry] = Counter()
    for look in looks:
        entries.update(_entries(look, data))
    if len(looks) > 1:
        entries[SIGNS["stack"]] += 1
    shares = Counter(look.actors[0] if look.actors else "" for look in looks)
    refs = tuple(Ref("event", data.events.keys[row]) for row in rows)
    return looks[0], tuple(sorted(shares.items(), key=lambda s: (-s[1], s[0]))), tuple(entries.items()), refs


def _entries(look: Look, data: DataSet) -> list[Entry]:
    entries = [type_entry(look.type), *(actor_entry(key, data) for key in look.actors)]
    shown = {"split": len(look.actors) > 1, "hollow": look.hollow, "ghost": look.ghost, "faint": look.faint,
             "tally": bool(look.amount)}  # fmt: skip
    return entries + [SIGNS[name] for name, here in shown.items() if here]


def _arrows(data: DataSet, seen: Visible) -> tuple[Arrow, ...]:
    """An arrow per visible movement whose two ends are both located."""
    events = data.events
    moving = _MOVES[events.type[seen.rows]] | (events.form[seen.rows] == FORMS.index("movement"))
    found = zip(seen.rows[moving].tolist(), seen.certain[moving].tolist(), strict=True)
    return tuple(arrow for row, certain in found if (arrow := _arrow(data, row, certain)) is not None)


@remembered(8192)
def _arrow(data: DataSet, row: int, certain: bool) -> Arrow | None:
    """The arrow of a movement, the very same object each time; None when its two ends are not both known."""
    course = _course(data, row)
    if course is None:
        return None
    look = look_of(data, row, certain)
    actor, refs = look.actors[0] if look.actors else "", (Ref("event", data.events.keys[row]),)
    return Arrow(*course, actor, look.ghost, look.faint, once((ARROW,)), refs)


_MOVES = np.array([term in ("movement", "displacement") for term in EVENT_TYPES])


def _course(data: DataSet, row: int) -> tuple[float, float, float, float] | None:
    """The located first and last place of a movement (x0, y0, x1, y1 in map metres), None when it has not both."""
    places: dict[str, EventPlace] = {}
    for place in data.reader.where("event_place", "event", [data.events.keys[row]]):
        if place.place in data.places and data.places[place.place].lon is not None:
            places.setdefault(place.role, place)
    start, end = places.get("from"), places.get("to") or places.get("at")
    if start is None or end is None or start.place == end.place:
        return None
    return *_position(start, data), *_position(end, data)


def _position(row: EventPlace, data: DataSet) -> tuple[float, float]:
    place = data.places[row.place]
    return point_to_map(place.lon or 0.0, place.lat or 0.0)
