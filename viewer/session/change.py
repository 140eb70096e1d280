"""What changed hands between two days: worked out from the ground of both, never painted by hand.

A party is whoever holds ground: one actor alone, or several who contest or share it, who are then a party of their
own. Presence that is no control holds nothing. Areas are km2 on the ground.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np

from viewer.domain.control import ALONE, BESIDE, UNSHOWN
from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.geo.basemap import Basemap
from viewer.geo.cells import merged, without_crumbs
from viewer.geo.land import GRID_M, areal
from viewer.geo.plane import Geometry
from viewer.session.control import shown_holdings, shown_spells
from viewer.session.ground import Holder, Patch, drawn_ground, ground_on, holder_of, km2_of
from viewer.session.memo import remembered
from viewer.store.columns import FAR_PAST
from viewer.store.dataset import DataSet

Tick = Callable[[float], None]
"""Told the share done, 0 to 1; may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class Party:
    """One actor alone, or several together: `control` is "control", "contested", "mixed" or "disputed"."""

    actors: tuple[str, ...]
    control: str


Piece = tuple[Patch, Party]
"""Ground and who holds it."""


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


def untold(share: float) -> None:
    """Tell nobody, and never stop."""


def party_of(holder: Holder) -> Party | None:
    """Whose ground it is, None where nobody is said to hold it."""
    if holder.control in (*BESIDE, *UNSHOWN) or not holder.actors:
        return None
    return Party(holder.actors, "control" if holder.control in ALONE else holder.control)


def since(data: DataSet, day: Day) -> Day:
    """The day since which ground lies as it does on `day`: answers are kept for it alone."""
    found = shown_spells(data, ()).since(day)
    return FAR_PAST if found is None else found


def pieces(data: DataSet, basemap: Basemap, day: Day, reading: str) -> tuple[Piece, ...]:
    """All ground with a holder on a day: what sources draw, the smaller before the larger, then the ground of towns.

    No two overlap.
    """
    return _pieces(data, basemap, since(data, day), reading)


@remembered(64)
def _pieces(data: DataSet, basemap: Basemap, day: Day, reading: str) -> tuple[Piece, ...]:
    drawn = ((patch, holder_of(shown_holdings(data, patch.site, day))) for patch in drawn_ground(data, basemap, day))
    derived = ((cell.patch, cell.holder) for cell in ground_on(data, basemap, day, reading))
    owned = ((patch, party_of(holder)) for patch, holder in chain(drawn, derived) if not patch.shape.is_empty)
    return tuple((patch, party) for patch, party in owned if party is not None)


def changes(data: DataSet, basemap: Basemap, first: Day, second: Day, reading: str) -> tuple[Change, ...]:
    """The ground that is another's on the second day than on the first, the largest first.

    The very same objects for all days between which nothing changes.
    """
    return _compared(data, basemap, since(data, first), since(data, second), reading).changed


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """What changed between two days, and how many km2 each party held on both."""

    changed: tuple[Change, ...]
    held: dict[Party, float]


@remembered(16)
def _compared(data: DataSet, basemap: Basemap, first: Day, second: Day, reading: str) -> _Compared:
    before, after = (dict(pieces(data, basemap, day, reading)) for day in (first, second))
    shared: dict[tuple[Party | None, Party | None], list[Geometry]] = {}
    for patch in before.keys() & after.keys():
        shared.setdefault((before[patch], after[patch]), []).append(patch.shape)
    for was, now, shape in _met(_without(before, after), _without(after, before)):
        shared.setdefault((was, now), []).append(shape)
    held = {was: sum(km2_of(one) for one in own) for (was, now), own in shared.items() if was == now and was}
    ordered = sorted(shared.items(), key=lambda item: str(item[0]))
    cleaned = (Change(*who, without_crumbs(merged(own))) for who, own in ordered if who[0] != who[1])
    return _Compared(
        tuple(sorted((one for one in cleaned if not one.shape.is_empty), key=lambda one: -one.km2)), held
    )


def _without(these: dict[Patch, Party], others: dict[Patch, Party]) -> list[Piece]:
    return [(patch, party) for patch, party in these.items() if patch not in others]


def _met(gone: list[Piece], come: list[Piece]) -> Iterator[tuple[Party | None, Party | None, Geometry]]:
    """Whose each part of pieces of one day and of another was and is; nobody's where they do not meet."""
    import shapely

    old, new = (np.array([patch.shape for patch, _ in side], dtype=object) for side in (gone, come))
    one, other = shapely.STRtree(new).query(old, predicate="intersects")
    met = shapely.intersection(old[one], new[other], grid_size=GRID_M)
    for was, now, shape in zip(one.tolist(), other.tolist(), met.tolist(), strict=True):
        yield gone[was][1], come[now][1], areal(shape)
        old[was] = areal(old[was].difference(new[now], grid_size=GRID_M))
    for now, was in zip(other.tolist(), one.tolist(), strict=True):
        new[now] = areal(new[now].difference(gone[was][0].shape, grid_size=GRID_M))
    yield from ((party, None, shape) for (_, party), shape in zip(gone, old.tolist(), strict=True))
    yield from ((None, party, shape) for (_, party), shape in zip(come, new.tolist(), strict=True))


def balances(
    data: DataSet, basemap: Basemap, first: Day, second: Day, reading: str, tick: Tick = untold
) -> tuple[Balance, ...]:
    """What each party gained, lost and held between two days, whoever has most on the second first."""
    sides = []
    for number, day in enumerate((first, second)):
        tick(number / 3)
        ground: dict[Party, float] = {}
        for patch, party in pieces(data, basemap, day, reading):
            ground[party] = ground.get(party, 0.0) + km2_of(patch.shape)
        sides.append(ground)
    tick(2 / 3)
    found = _compared(data, basemap, since(data, first), since(data, second), reading)
    before, after = sides
    balanced = (
        Balance(
            party, before.get(party, 0.0), after.get(party, 0.0),
            sum(one.km2 for one in found.changed if one.now == party),
            sum(one.km2 for one in found.changed if one.was == party), found.held.get(party, 0.0),
        )
        for party in dict.fromkeys((*after, *before))
    )  # fmt: skip
    return tuple(sorted(balanced, key=lambda one: (-one.after, -one.before, one.party.actors)))
