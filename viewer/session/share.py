"""Who held which share of the ground from month to month, and what sources say of shares, which is another thing.

A share names its denominator. Ground is that of `change.pieces`; a party of several is one of its own. What a
source says of a share has a baseline of its own and is never mixed into what is worked out here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import Day, date_of
from viewer.domain.frozen import dataclass
from viewer.domain.sources import Quantity
from viewer.geo.basemap import Basemap
from viewer.session.change import Party, Tick, pieces, since
from viewer.session.ground import Patch, km2_of, land
from viewer.session.memo import MANY, remembered
from viewer.session.selectors import compiled_until
from viewer.store.dataset import DataSet

WHOLES = ("claimed", "syria", "iraq")
"""What a share may be of: all ground with a claim that day, or the land of a state."""
STATES = {"syria": "SY", "iraq": "IQ"}
FEWEST = 0.02
"""A party that never has a larger share is one of the others."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Months:
    """Ground in km2 on the first of each month: for each of WHOLES by party, shape (p, d), and the whole, (d,)."""

    days: tuple[Day, ...]
    parties: tuple[Party, ...]
    km2: dict[str, Numbers]
    wholes: dict[str, Numbers]


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of a whole, 0 to 1, shape (p, d), the party that had most of all first; others: the rest, (d,)."""

    days: tuple[Day, ...]
    parties: tuple[Party, ...]
    share: Numbers
    others: Numbers


def month_days(data: DataSet) -> tuple[Day, ...]:
    """The first of each month from that of the first claim to that after the last, up to the compilation's end."""
    until = compiled_until(data)
    begun = [c.date.earliest for c in data.claims if c.date.earliest is not None and c.date.earliest <= until]
    if not begun:
        return ()
    first, last = (np.datetime64(date_of(day), "M") for day in (min(begun), max(begun)))
    days = np.arange(first, last + 2).astype("M8[D]").astype(np.int64)
    return tuple(day for day in days.tolist() if day <= until)


def ground_by_month(data: DataSet, basemap: Basemap, reading: str, tick: Tick) -> Months:
    """All ground by month. It takes long once and is remembered month by month, so that stopping loses nothing."""
    days = month_days(data)
    found = []
    for number, day in enumerate(days):
        tick(number / len(days))
        found.append(_ground_on(data, basemap, since(data, day), reading))
    parties = tuple(dict.fromkeys(party for ground in found for party in ground))
    none = (0.0,) * len(WHOLES)
    every = np.array([[ground.get(party, none) for ground in found] for party in parties])
    every = every.reshape(len(parties), len(days), len(WHOLES))
    km2 = {whole: every[:, :, number] for number, whole in enumerate(WHOLES)}
    states = land(data, basemap).states
    wholes = {whole: np.full(len(days), km2_of(states[code]) if code in states else 0.0)
              for whole, code in STATES.items()}  # fmt: skip
    return Months(days, parties, km2, {"claimed": km2["claimed"].sum(axis=0), **wholes})


@remembered(1024)
def _ground_on(data: DataSet, basemap: Basemap, day: Day, reading: str) -> dict[Party, tuple[float, ...]]:
    """Ground of each party on a day, km2, as much of it as lies in each of WHOLES."""
    found: dict[Party, Numbers] = {}
    for patch, party in pieces(data, basemap, day, reading):
        found[party] = found.get(party, np.zeros(len(WHOLES))) + _lying(data, basemap, patch)
    return {party: tuple(km2.tolist()) for party, km2 in found.items()}


@remembered(MANY)
def _lying(data: DataSet, basemap: Basemap, patch: Patch) -> tuple[float, ...]:
    """How much of a piece of ground lies in each of WHOLES, km2."""
    states = [land(data, basemap).states.get(code) for code in STATES.values()]
    parts = (km2_of(patch.shape.intersection(state)) if state is not None else 0.0 for state in states)
    return (km2_of(patch.shape), *parts)


def shares_of(months: Months, whole: str) -> Shares:
    """The shares of one of WHOLES; parties that never have much are the others."""
    against = np.where(months.wholes[whole] > 0, months.wholes[whole], 1.0)
    share = months.km2[whole] / against
    most = share.max(axis=1, initial=0.0)
    order = [number for number in np.argsort(-share.sum(axis=1), kind="stable").tolist() if most[number] >= FEWEST]
    rest = np.ones(len(months.parties), dtype=bool)
    rest[order] = False
    return Shares(months.days, tuple(months.parties[n] for n in order), share[order], share[rest].sum(axis=0))


def stated_shares(data: DataSet) -> tuple[Quantity, ...]:
    """What sources say of shares of ground: percentages, and areas that name what they are a part of; by date."""
    found = (q for q in data.quantities if q.unit in ("percent", "%") or (q.unit == "km2" and q.baseline))
    return tuple(sorted(found, key=lambda q: (q.date.earliest or q.date.latest or 0, q.key)))
