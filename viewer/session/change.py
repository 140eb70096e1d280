"""What changed hands between two days: worked out from the ground of both, never painted by hand.

A party is whoever holds ground: one actor alone, or several who contest or share it, who are then a party of their
own. Presence that is no control holds nothing. Areas are km2 on the ground.
"""

from __future__ import annotations

from viewer.domain.control import ALONE, BESIDE, UNSHOWN
from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.geo.basemap import Basemap
from viewer.geo.cells import GRID_M, Geometry, merged, without_crumbs
from viewer.session.control import shown_holdings, shown_spells
from viewer.session.ground import Holder, drawn_ground, ground_on, holder_of, km2_of
from viewer.session.memo import remembered
from viewer.store.columns import FAR_PAST
from viewer.store.dataset import DataSet


@dataclass(frozen=True, slots=True)
class Party:
    """One actor alone, or several together: `control` is "control", "contested", "mixed" or "disputed"."""

    actors: tuple[str, ...]
    control: str


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Ground that one party had on the first day and another has on the second; None is nobody known."""

    was: Party | None
    now: Party | None
    shape: Geometry

    @property
    def km2(self) -> float:
        """How large it is."""
        return km2_of(self.shape)


@dataclass(frozen=True, slots=True)
class Balance:
    """Square kilometres of one party on two days: before = held + lost, after = held + gained."""

    party: Party
    before: float
    after: float
    gained: float
    lost: float
    held: float


def party_of(holder: Holder) -> Party | None:
    """Whose ground it is, None where nobody is said to hold it."""
    if holder.control in (*BESIDE, *UNSHOWN) or not holder.actors:
        return None
    return Party(holder.actors, "control" if holder.control in ALONE else holder.control)


def since(data: DataSet, day: Day) -> Day:
    """The day since which ground lies as it does on `day`: answers are kept for it alone."""
    found = shown_spells(data, ()).since(day)
    return FAR_PAST if found is None else found


def territory(data: DataSet, basemap: Basemap, day: Day, reading: str) -> dict[Party, Geometry]:
    """All ground of each party on a day: what sources draw, the smaller before the larger, then the ground of towns."""
    return _territory(data, basemap, since(data, day), reading)


@remembered(64)
def _territory(data: DataSet, basemap: Basemap, day: Day, reading: str) -> dict[Party, Geometry]:
    pieces: dict[Party, list[Geometry]] = {}
    taken: list[Geometry] = []
    for site, shape in drawn_ground(data, basemap, day):
        party = party_of(holder_of(shown_holdings(data, site, day)))
        left = shape.difference(merged(taken), grid_size=GRID_M) if taken else shape
        taken.append(shape)
        if party is not None:
            pieces.setdefault(party, []).append(left)
    for cell in ground_on(data, basemap, day, reading):
        if (party := party_of(cell.holder)) is not None:
            pieces.setdefault(party, []).append(cell.patch.shape)
    return {party: merged(own) for party, own in pieces.items()}


def changes(data: DataSet, basemap: Basemap, first: Day, second: Day, reading: str) -> tuple[Change, ...]:
    """The ground that is another's on the second day than on the first, the largest first.

    The very same objects for all days between which nothing changes.
    """
    return _changes(data, basemap, since(data, first), since(data, second), reading)


@remembered(16)
def _changes(data: DataSet, basemap: Basemap, first: Day, second: Day, reading: str) -> tuple[Change, ...]:
    before, after = (territory(data, basemap, day, reading) for day in (first, second))
    everything_before, everything_after = merged(list(before.values())), merged(list(after.values()))
    found = [
        Change(was, now, old.intersection(new, grid_size=GRID_M))
        for was, old in before.items()
        for now, new in after.items()
        if was != now and old.intersects(new)
    ]
    found += [Change(was, None, old.difference(everything_after, grid_size=GRID_M)) for was, old in before.items()]
    found += [Change(None, now, new.difference(everything_before, grid_size=GRID_M)) for now, new in after.items()]
    cleaned = (Change(one.was, one.now, without_crumbs(one.shape)) for one in found)
    return tuple(sorted((one for one in cleaned if not one.shape.is_empty), key=lambda one: -one.km2))


def balances(data: DataSet, basemap: Basemap, first: Day, second: Day, reading: str) -> tuple[Balance, ...]:
    """What each party gained, lost and held between two days, whoever has most on the second first."""
    return _balances(data, basemap, since(data, first), since(data, second), reading)


@remembered(16)
def _balances(data: DataSet, basemap: Basemap, first: Day, second: Day, reading: str) -> tuple[Balance, ...]:
    before, after = (territory(data, basemap, day, reading) for day in (first, second))
    changed = changes(data, basemap, first, second, reading)
    found = []
    for party in dict.fromkeys((*after, *before)):
        had, has = (km2_of(side[party]) if party in side else 0.0 for side in (before, after))
        held = before[party].intersection(after[party]) if party in before and party in after else None
        found.append(Balance(
            party, had, has, sum(one.km2 for one in changed if one.now == party),
            sum(one.km2 for one in changed if one.was == party), km2_of(held) if held is not None else 0.0,
        ))  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.after, -one.before, one.party.actors)))
