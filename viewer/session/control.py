"""Control on a day: what of it is drawn, and as plain objects, for the command line and for exports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.domain.control import UNSHOWN, ControlClaim, History, Holding, Tenure, disagreeing, drawn_as
from viewer.domain.dates import Day, iso
from viewer.domain.frozen import dataclass
from viewer.geo.shapes import Ring, Shape
from viewer.session.describe import place_name
from viewer.session.memo import remembered
from viewer.session.selectors import holdings_on
from viewer.store.columns import distinct
from viewer.store.dataset import DataSet

T = TypeVar("T")
MOST_AHEAD = 16_384
"""Of no more spells what is drawn of them is made ahead."""
NEAR_DAYS = 92
"""A claim that disagrees counts for a day when it is about a day no farther off than a season."""


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Days of one site between which nothing that is drawn of it changes, for all sites and numbered.

    tenures, sites: of each number, the holdings that are drawn and their site; the numbers of a site follow each
    other, in order of time. days: every day on which any site begins another spell, ascending.
    """

    tenures: tuple[Tenure, ...]
    sites: tuple[str, ...]
    days: NDArray[np.int64]
    firsts: NDArray[np.int64]
    starts: NDArray[np.int64]

    def since(self, day: Day) -> Day | None:
        """The day since which all that is drawn looks as it does on `day`; None before the first claim."""
        index = int(np.searchsorted(self.days, day, side="right")) - 1
        return int(self.days[index]) if index >= 0 else None

    def on(self, day: Day) -> NDArray[np.int64]:
        """The numbers of the spells that have begun and not ended on a day, one a site at most, in order."""
        if not len(self.firsts):
            return self.firsts
        begun = np.add.reduceat((self.firsts <= day).astype(np.int64), self.starts)
        return (self.starts + begun - 1)[begun > 0]


@remembered(2)
def shown_spells(data: DataSet, ages: tuple[int, ...]) -> Spells:
    """The spells of a data set, where a holding looks otherwise from each of these ages (days) on.

    Holdings of which no map shows anything are left out.
    """
    tenures: list[Tenure] = []
    sites: list[str] = []
    starts: list[int] = []
    for site, held in data.histories.items():
        shown = History(tuple(_drawn(tenure) for tenure in held.tenures))
        if any(tenure.holdings for tenure in shown.tenures):
            starts.append(len(tenures))
            tenures += shown.cut(ages).tenures
            sites += [site] * (len(tenures) - starts[-1])
    firsts = np.array([tenure.first for tenure in tenures], dtype=np.int64)
    return Spells(tuple(tenures), tuple(sites), distinct(firsts), firsts, np.array(starts, dtype=np.int64))


def made_of(data: DataSet, make: Callable[[DataSet, int], T], numbers: Sequence[int]) -> list[T]:
    """What a function makes of the spells of these numbers, in their order; of each it is kept with the data set."""
    known: dict[int, T] = data.memo.setdefault(make, {})
    try:
        return list(map(known.__getitem__, numbers))  # as all are, on most days
    except KeyError:
        return [
            known[number] if number in known else known.setdefault(number, make(data, number)) for number in numbers
        ]


def made_ahead(data: DataSet, ages: tuple[int, ...], make: Callable[[DataSet, int], T]) -> Iterator[None]:
    """Make of all spells what `made_of` would be asked for, one at each step, where there are not too many to keep."""
    known: dict[int, T] = data.memo.setdefault(make, {})
    spells = len(shown_spells(data, ages).tenures)
    for number in range(spells if spells <= MOST_AHEAD else 0):
        if number not in known:
            known.setdefault(number, make(data, number))
            yield


def _drawn(tenure: Tenure) -> Tenure:
    """The tenure with what a map shows of it: most often the very same."""
    holdings = _shown(tenure.holdings)
    return tenure if len(holdings) == len(tenure.holdings) else replace(tenure, holdings=holdings)


def shown_holdings(data: DataSet, site: str, day: Day) -> tuple[Holding, ...]:
    """The holdings of a site on a day, without those of which no map shows anything."""
    held = data.histories.get(site)
    return _shown(held.on(day)) if held is not None else ()


def _shown(holdings: tuple[Holding, ...]) -> tuple[Holding, ...]:
    return tuple(holding for holding in holdings if holding.claim.control not in UNSHOWN)


def standing_claims(data: DataSet, day: Day) -> Iterator[tuple[str, Holding]]:
    """Every holding of a day with its site, by the site's name."""
    found = holdings_on(data, day)
    for site in sorted(found, key=lambda site: (place_name(data, site), site)):
        yield from ((site, holding) for holding in found[site])


def control_object(data: DataSet, site: str, holding: Holding, day: Day) -> dict[str, Any]:
    """One claim in force, with how old its last confirmation is and which claims disagree."""
    claim = holding.claim
    place = data.places.get(claim.place)
    return {
        "id": claim.key,
        "actors": [
            {"id": key, "name": data.actors[key].name if key in data.actors else key} for key in claim.actors.split()
        ],
        "class": claim.control,
        "place": {"id": place.key, "name": place.name} if place else None,
        "date": claim.date.edtf,
        "since": iso(holding.since),
        "as_of": iso(min(holding.as_of, day)),
        "age_days": holding.age_days(day),
        "status": claim.status,
        "schematic": claim.schematic or (place is not None and place.schematic and not data.has_geometry(claim)),
        "source": claim.source,
        "possible": holding.possible,
        "phase": claim.phase,
        "date_basis": claim.date_basis,
        "basis": claim.basis,
        "publisher": data.sources[claim.source].publisher if claim.source in data.sources else "",
        "note": claim.note,
        "disagrees": [other.key for other in disagreeing_near(data, site, day)],
    }


def disagreeing_near(data: DataSet, site: str, day: Day, last: Day | None = None) -> tuple[ControlClaim, ...]:
    """The second dates, opposing accounts and outliers about a site around a day, or around all days up to `last`."""
    claims, end = disagreeing(data.claims_by_site.get(site, ())), day if last is None else last
    return tuple(claim for claim in claims if claim.date.overlaps(day - NEAR_DAYS, end + NEAR_DAYS))


def control_feature(data: DataSet, site: str, holding: Holding, day: Day) -> dict[str, Any]:
    """One claim in force as a GeoJSON feature; `drawn` says how the map shows it: `mark` where it is no area."""
    claim = holding.claim
    geometry = _geometry(data, claim)
    about = control_object(data, site, holding, day)
    drawn = drawn_as(claim.control)
    if drawn != "nothing" and not (geometry and geometry["type"].endswith("Polygon")):
        drawn = "mark" if geometry else "nothing"
    return {"type": "Feature", "id": claim.key, "geometry": geometry, "properties": {**about, "drawn": drawn}}


def _geometry(data: DataSet, claim: ControlClaim) -> dict[str, Any] | None:
    shape = data.shape_of(claim)
    if shape is not None:
        return shape_object(shape)
    place = data.places.get(claim.place)
    if place is None or place.lon is None or place.lat is None:
        return None
    return {"type": "Point", "coordinates": [place.lon, place.lat]}


def shape_object(shape: Shape) -> dict[str, Any]:
    """A shape as a GeoJSON geometry."""
    if shape.kind == "area":
        shape = Shape("area", tuple(_wound(part) for part in shape.parts))
    parts = [[ring.tolist() for ring in part] for part in shape.parts]
    if shape.kind == "point":
        points = [part[0][0] for part in parts]
        return _one_or_many("Point", points)
    if shape.kind == "line":
        return _one_or_many("LineString", [part[0] for part in parts])
    return _one_or_many("Polygon", parts)


def _wound(polygon: tuple[Ring, ...]) -> tuple[Ring, ...]:
    """The outer ring counterclockwise and holes clockwise, as RFC 7946 asks."""
    turned = ((_twice_area(ring) > 0) == (number == 0) for number, ring in enumerate(polygon))
    return tuple(ring if right else ring[::-1] for ring, right in zip(polygon, turned, strict=True))


def _twice_area(ring: Ring) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def _one_or_many(kind: str, members: list[Any]) -> dict[str, Any]:
    if len(members) == 1:
        return {"type": kind, "coordinates": members[0]}
    return {"type": f"Multi{kind}", "coordinates": members}
