"""Incidents: a symbol each, one mark where several would lie on the same few pixels, never a number lost."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache, partial
from itertools import compress, repeat
from operator import attrgetter, itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.domain.events import ACTUALITIES, DOUBTED, EVENT_TYPES, FORMS, FUTURE, EventPlace
from viewer.domain.places import PINNED, PRECISIONS
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map
from viewer.geo.spread import MOST, NEAR, Aside, Member, Room
from viewer.layers.primitives import (
    Arrow,
    Entries,
    Entry,
    IncidentMark,
    Look,
    Primitive,
    actor_entry,
    is_wide,
    once,
)
from viewer.session.crowds import crowd_of
from viewer.session.extents import extent_of, half_side, reaches
from viewer.session.fighting import look_up, opponent_of
from viewer.session.memo import remembered
from viewer.session.selectors import Visible, mapped_events, mapped_mask
from viewer.session.state import Filters, Ref, State
from viewer.store.columns import NONE
from viewer.store.dataset import DataSet

STACK_PX = 19.0
"""Marks closer than this on the screen become one."""
MOST_STEPS = 17
"""How many places above its own are tried for a badge."""
PIN_PX = 13.0
"""From the place of a pin up to the middle of its disc."""
WHOLE = 2
"""The share of a stack's ring that one of its incidents has; a battle gives half of it to either side."""
AT_ITS_PLACE = (0.0, 0.0)
NO_ROW = -1
TALLIES = ("tally", "recurring", "ongoing")
SIGNS = {
    "split": Entry("Signs", "Responsibility disputed", "sign", "split"),
    "fight": Entry("Signs", "Two sides fighting each other", "sign", "fight"),
    "hollow": Entry("Signs", "Only claimed or alleged", "sign", "hollow"),
    "ghost": Entry("Signs", "Planned or threatened", "sign", "ghost"),
    "faint": Entry("Signs", "Possibly in this window", "sign", "faint"),
    "tally": Entry("Signs", "Tally with its number", "sign", "tally"),
    "stack": Entry("Signs", "Several incidents, number inside", "sign", "stack"),
    "aside": Entry("Signs", "Drawn aside, line to its place", "sign", "aside"),
}
ARROW = Entry("Signs", "Movement, course not known", "sign", "arrow")


AT = itemgetter(0, 1)
"""Of a spot."""


class Spot(NamedTuple):
    """Events that share one position on the map; index into Visible.rows.

    outline: the row of the event on whose outline a rough place's badge stands, NO_ROW where it stands on its point.
    """

    x: float
    y: float
    pinned: bool
    members: tuple[int, ...]
    outline: int = NO_ROW


class Scene(NamedTuple):
    """Where incidents stand on one day or another, in map metres; share: about how often any does, 1 for often.

    reach: how far their place reaches, 0 for a point; where that is large enough to be seen they stand on its outline.
    """

    x: float
    y: float
    reach: float
    share: float


class IncidentsLayer:
    """The visible incidents that have a place: pins where it is known, badges on the ring where it is rough."""

    id = "incidents"
    depends = ("time", "filters", "camera.scale")
    group = "marks"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """A crowd when there are many; else arrows of movements and marks that hold every mapped event once."""
        asked = state.filters.within is not None
        few = partial(marks_of, data, basemap, state.camera.scale, at_points=asked)
        crowd = crowd_of(data, state, few, partial(reaches, data, basemap), drawn=True)
        return few(mapped_events(data, state)) if crowd is None else (crowd,)


def marks_of(
    data: DataSet, basemap: Basemap, scale: float, seen: Visible, at_points: bool = False
) -> tuple[Primitive, ...]:
    """Arrows of movements, then marks from north to south; every event is in exactly one mark.

    at_points: badges of rough places stand on the points for which these count as within ground that is asked for, and
    not on their outlines, which may lie far from it.
    """
    look_up(data, seen.rows)
    exact, rough = _spots(data, basemap, seen, scale, at_points)
    pins = stacked(exact, STACK_PX * scale)
    badges = stacked(rough, STACK_PX * scale)
    moved = _beside(badges, pins, scale)
    lifted: dict[Spot, Aside] = {}
    if at_points:
        lifted = {one: (0.0, round((one.y - other.y) / scale, 1)) for one, other in zip(badges, moved, strict=True)}
        moved = badges
    row_of, is_certain = seen.rows.tolist().__getitem__, seen.certain.tolist().__getitem__
    spread = _spread(data, basemap, seen, [*pins, *moved], scale)
    if lifted:
        spread = [(spot, lifted.get(spot, aside) if aside == AT_ITS_PLACE else aside) for spot, aside in spread]
    marks = [
        _made(
            data, basemap, x, y, pinned, outline, tuple(map(row_of, members)), tuple(map(is_certain, members)), aside
        )
        for (x, y, pinned, members, outline), aside in spread
    ]
    marks.sort(key=attrgetter("x"))
    marks.sort(key=attrgetter("y"), reverse=True)  # twice: a key of both would be made for each
    return (*_arrows(data, seen), *marks)


def _spots(
    data: DataSet, basemap: Basemap, seen: Visible, scale: float, at_points: bool
) -> tuple[list[Spot], list[Spot]]:
    """The events by their position: those with a point of their own, and those with an outline only."""
    events = data.events
    pinned = _PINNED[events.precision[seen.rows]]
    rough: dict[tuple[float, float], list[int]] = {}
    for index in np.flatnonzero(~pinned).tolist():
        row = int(seen.rows[index])
        if is_wide(data, basemap, row, scale):
            at = (float(events.x[row]), float(events.y[row])) if at_points else _top(data, basemap, row)
            rough.setdefault(at, []).append(index)
        else:
            pinned[index] = True
    exact = _same_position(np.flatnonzero(pinned), events.x[seen.rows], events.y[seen.rows])
    badges = [
        Spot(*at, False, tuple(members), NO_ROW if at_points else int(seen.rows[members[0]]))
        for at, members in rough.items()
    ]
    return exact, badges


def _same_position(indices: NDArray[np.int64], x: NDArray[np.float32], y: NDArray[np.float32]) -> list[Spot]:
    shared: dict[tuple[float, float], list[int]] = defaultdict(list)
    for index, at in zip(indices.tolist(), zip(x[indices].tolist(), y[indices].tolist(), strict=True), strict=True):
        shared[at].append(index)
    west, north = zip(*shared, strict=True) if shared else ((), ())
    members = map(tuple, shared.values())
    return list(map(Spot._make, zip(west, north, repeat(True), members, repeat(NO_ROW))))


_PINNED = np.array([term in PINNED for term in PRECISIONS])


MOST_SCENES = 20_000
"""Incidents of a store up to which it is asked where they stand: of more a crowd is drawn, below all names."""
USUAL = 4
"""So many incidents in one place are often."""


@remembered(1)
def scenes_of(data: DataSet, basemap: Basemap) -> tuple[Scene, ...]:
    """Where the incidents of a store stand: on their points, or on top of the outlines of rough places."""
    events = data.events
    rows = np.flatnonzero(mapped_mask(data, Filters())) if len(events) <= MOST_SCENES else np.empty(0, dtype=np.int64)
    found: Counter[tuple[float, float, float]] = Counter()
    for row, pinned in zip(rows.tolist(), _PINNED[events.precision[rows]].tolist(), strict=True):
        if pinned:
            found[float(events.x[row]), float(events.y[row]), 0.0] += 1
        else:
            found[*_top(data, basemap, row), half_side(data, basemap, row)] += 1
    return tuple(Scene(*at, number / USUAL) for at, number in found.items())


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
    order = sorted(spots)  # a spot begins with its place
    order.sort(key=lambda spot: len(spot.members), reverse=True)
    beside, bounds = _beside_each(np.array(list(map(AT, order))).reshape(-1, 2), reach)
    free, stacks = np.ones(len(order), dtype=bool), list(order)
    for index in np.flatnonzero(np.diff(bounds)).tolist():  # few have any beside them
        near = beside[bounds[index] : bounds[index + 1]]
        near = near[free[near]]
        if free[index]:
            free[near] = False
            members = sorted(member for other in (index, *near.tolist()) for member in order[other].members)
            stacks[index] = order[index]._replace(members=tuple(members))
    return list(compress(stacks, free.tolist()))


def _beside_each(points: NDArray[np.float64], reach: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of those that lie nearer than `reach` to each of n points (n, 2): those of the i-th are
    from the i-th of the n + 1 bounds up to the next."""
    order = np.argsort(points[:, 0], kind="stable")
    x, y = points[order].T
    number = np.searchsorted(x, x + reach, side="right") - np.arange(len(x)) - 1  # so many follow within reach eastward
    one = np.repeat(np.arange(len(x)), number)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(number) - number, number)
    close = (x[one] - x[other]) ** 2 + (y[one] - y[other]) ** 2 < reach * reach
    one, other = order[one[close]], order[other[close]]
    each, beside = np.concatenate((one, other)), np.concatenate((other, one))
    sorting = np.argsort(each, kind="stable")
    return beside[sorting], np.searchsorted(each[sorting], np.arange(len(x) + 1))


def _beside(badges: list[Spot], pins: list[Spot], scale: float) -> list[Spot]:
    """Badges that would cover a pin's disc or another badge moved up: a ring's badge may sit anywhere near its edge."""
    if not badges or not pins:
        return badges
    reach = STACK_PX * scale
    discs = np.array(list(map(AT, pins)))
    discs[:, 1] += PIN_PX * scale
    stand = np.array(list(map(AT, badges)))
    apart = stand[:, None, :] - discs[None, :, :]
    covering = ((apart**2).sum(axis=2) < reach * reach).any(axis=1)
    if not covering.any():
        return badges
    taken, moved = np.vstack((discs, stand[~covering])), list(badges)  # badges lie on no other badge
    for number in np.flatnonzero(covering).tolist():
        badge = badges[number]
        near = taken[np.abs(taken[:, 0] - badge.x) < reach]
        tries = badge.y + reach / 4 * np.arange(1, MOST_STEPS)
        clear = (np.hypot(near[:, 0] - badge.x, near[:, 1] - tries[:, None]) >= reach).all(axis=1)
        top = float(tries[int(np.argmax(clear))] if clear.any() else tries[-1])
        taken = np.vstack((taken, (badge.x, top)))
        moved[number] = Spot(badge.x, top, False, badge.members, badge.outline)
    return moved


def _spread(
    data: DataSet, basemap: Basemap, seen: Visible, stacks: list[Spot], scale: float
) -> list[tuple[Spot, Aside]]:
    """The stacks, and where one is near enough and small its members one by one, each with where its disc stands."""
    few = [spot for spot in stacks if 1 < len(spot.members) <= MOST] if scale <= NEAR else []
    if not few:
        return list(zip(stacks, repeat(AT_ITS_PLACE)))
    west, south = few[0].x, few[0].y
    pixels = [((spot.x - west) / scale, (spot.y - south) / scale) for spot in stacks]
    lift = [PIN_PX if spot.pinned else 0.0 for spot in stacks]
    small = [1 < len(spot.members) <= MOST for spot in stacks]
    standing = [(x, y + up) for (x, y), up, spread in zip(pixels, lift, small, strict=True) if not spread]
    room = Room(standing, [at for at, spread in zip(pixels, small, strict=True) if spread])
    found: list[tuple[Spot, Aside]] = []
    for spot, middle, spread in zip(stacks, pixels, small, strict=True):
        members = [_member(data, basemap, seen, spot, index) for index in spot.members] if spread else []
        places = room.places(middle, members) if members else None
        if places is None:
            found.append((spot, AT_ITS_PLACE))
            continue
        for index, member, (x, y) in zip(spot.members, members, places, strict=True):
            aside = round(x - (member.x - west) / scale, 1), round((member.y - south) / scale - y, 1)
            found.append((Spot(member.x, member.y, spot.pinned, (index,), _outline_row(spot, member.row)), aside))
    return found


def _member(data: DataSet, basemap: Basemap, seen: Visible, spot: Spot, index: int) -> Member:
    """One of a stack where it truly is: on its point, or on top of its outline."""
    row, events = int(seen.rows[index]), data.events
    own = spot.pinned or spot.outline == NO_ROW
    x, y = (float(events.x[row]), float(events.y[row])) if own else _top(data, basemap, row)
    return Member(row, x, y, bool(np.isfinite(events.amount[row])) and FORMS[events.form[row]] in TALLIES)


def _outline_row(spot: Spot, row: int) -> int:
    return NO_ROW if spot.outline == NO_ROW else row


def look_of(data: DataSet, row: int, certain: bool) -> Look:
    """How an event is drawn: split by rival or the other side of a battle, hollow when unproven, ghost if ahead."""
    events = data.events
    actuality = ACTUALITIES[events.actuality[row]]
    codes = [int(events.actor[row]), int(events.rival[row])]
    actors = tuple(data.actor_keys[code] for code in codes if code != NONE)
    other = opponent_of(data, row) if len(actors) == 1 else ""
    amount = float(events.amount[row])
    form = FORMS[events.form[row]]
    return Look(
        EVENT_TYPES[events.type[row]], (*actors, other) if other else actors,
        hollow=actuality in DOUBTED, ghost=actuality in FUTURE, faint=not certain,
        amount=f"{amount:,.0f}" if np.isfinite(amount) and form in TALLIES else "", fight=bool(other),
    )  # fmt: skip


@cache
def type_entry(event_type: str) -> Entry:
    """The legend line of an event type."""
    return Entry("Incidents", event_type.capitalize(), "type", event_type)


@remembered(4096)
def _made(
    data: DataSet, basemap: Basemap, x: float, y: float, pinned: bool, outline: int, rows: tuple[int, ...],
    certain: tuple[bool, ...], aside: Aside,
) -> IncidentMark:  # fmt: skip
    """The mark of some events; the very same object while they stay together where they are."""
    rings = () if outline == NO_ROW else extent_of(data, basemap, outline)
    look, shares, entries, refs = _told(data, rows, certain)
    if aside != AT_ITS_PLACE:
        entries = (*entries, (SIGNS["aside"], 1))
    return IncidentMark(x, y, pinned, look, shares, entries, refs, rings, aside)


_Told = tuple[Look, tuple[tuple[str, int], ...], Entries, tuple[Ref, ...]]


@remembered(4096)
def _told(data: DataSet, rows: tuple[int, ...], certain: tuple[bool, ...]) -> _Told:
    """What a mark of these events shows: the first one's look, shares by actor, legend lines, and their references."""
    entries: Counter[Entry] = Counter()
    shares: Counter[str] = Counter()
    every = [_one_told(data, row, sure) for row, sure in zip(rows, certain, strict=True)]
    for look, own, _ in every:
        entries.update(own)
        sides = look.actors if look.fight else (look.actors or ("",))[:1]
        shares.update({actor: WHOLE // len(sides) for actor in sides})
    if len(every) > 1:
        entries[SIGNS["stack"]] += 1
    first, refs = every[0][0], tuple(ref for _, _, ref in every)
    return first, tuple(sorted(shares.items(), key=lambda s: (-s[1], s[0]))), tuple(entries.items()), refs


@remembered(8192)
def _one_told(data: DataSet, row: int, certain: bool) -> tuple[Look, list[Entry], Ref]:
    """How one event looks, its legend lines, and what names it: kept, as its stack is another one on each day."""
    look = look_of(data, row, certain)
    return look, _entries(look, data), Ref("event", data.events.keys[row])


def _entries(look: Look, data: DataSet) -> list[Entry]:
    entries = [type_entry(look.type), *(actor_entry(key, data) for key in look.actors)]
    shown = {"split": len(look.actors) > 1 and not look.fight, "fight": look.fight,
             "hollow": look.hollow, "ghost": look.ghost, "faint": look.faint,
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
