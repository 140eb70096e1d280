"""Who held the place of an incident when it happened, by which claims, and which claims say otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.domain.control import Tenure
from viewer.domain.dates import Day, between
from viewer.domain.dossier import Dossier
from viewer.domain.events import EventPlace, main_role_order
from viewer.domain.places import Place
from viewer.geo.projection import distance_m
from viewer.session.card import Row
from viewer.session.control import disagreeing_near
from viewer.session.describe import (
    claim_words,
    holder_words,
    holding_doubts,
    length_words,
    place_name,
    source_brief,
)
from viewer.session.state import REACH_KM, Ref
from viewer.store.dataset import DataSet

MOST_PLACES, MOST_TENURES, MOST_DISAGREEING = 3, 8, 8


def held_rows(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    """Rows for each place of an event: its holders on its days, and the claims that do not agree with that."""
    span = dossier.event.date
    known = [day for day in (span.earliest, span.latest) if day is not None]
    places = sorted(dossier.places, key=lambda row: main_role_order(row.role))[:MOST_PLACES]
    sites = list(dict.fromkeys(site for row in places for site in _sites(data, row)))
    if not sites:
        return
    if not known:
        yield Row("On its day", "cannot be told", "no source dates it")
        return
    for site, note in sites:
        yield from _at(data, site, note, known[0], known[-1])
    if len(known) == 1:
        end = "later" if span.latest is None else "earlier"
        yield Row("And", f"{end} days are not told", "its date is open at that end")


def _sites(data: DataSet, row: EventPlace) -> Iterator[tuple[str, str]]:
    """The site with claims that speaks for a place, and what must be said of that: itself, what it lies in, a town."""
    if row.place in data.histories:
        yield row.place, ""
        return
    place = data.places.get(row.place)
    if place is None:
        return
    for outer in place.within.split():
        if outer in data.histories:
            yield outer, f"{place.name} lies in it, and has no claims of its own"
            return
    nearest = nearest_site(data, place)
    if nearest is not None:
        site, metres = nearest
        away = length_words(round(metres, -2 if metres < 10_000 else -3))
        yield site, f"the nearest place with claims, {away} from {place.name}, which has none"


def nearest_site(data: DataSet, place: Place) -> tuple[str, float] | None:
    """The nearest place with claims of control and its distance in metres; None where none is within reach."""
    if place.lon is None or place.lat is None:
        return None
    here, best = (place.lon, place.lat), None
    for site in data.histories:
        other = data.places.get(site)
        if other is None or other.lon is None or other.lat is None or abs(other.lat - place.lat) > 1:
            continue
        metres = distance_m(here, (other.lon, other.lat))
        if metres <= REACH_KM * 1000 and (best is None or metres < best[1]):
            best = (site, metres)
    return best


def _at(data: DataSet, site: str, note: str, first: Day, last: Day) -> Iterator[Row]:
    name = place_name(data, site)
    tenures = [one for one in data.histories[site].tenures if _overlaps(one, first, last)]
    yield Row("At", name, note, Ref("place", site) if site in data.places else None)
    for tenure in tenures[:MOST_TENURES]:
        when = between(max(first, tenure.first), last if tenure.last is None else min(last, tenure.last))
        if not tenure.holdings:
            yield Row(when, "nobody is known to hold it", level=1)
        for held in tenure.holdings:
            claim = held.claim
            by = source_brief(data.sources[claim.source]) if claim.source in data.sources else claim.source
            said = f"by the claim of {by}; {holding_doubts(held, max(first, tenure.first))}"
            yield Row(when, holder_words(data, claim), said, Ref("claim", claim.key), level=1)
    if not tenures:
        yield Row(between(first, last), "no claim is that old", level=1)
    if len(tenures) > MOST_TENURES:
        yield Row("and", f"{len(tenures) - MOST_TENURES} more changes in these days", level=1)
    yield from _otherwise(data, site, first, last)


def _overlaps(tenure: Tenure, first: Day, last: Day) -> bool:
    return tenure.first <= last and (tenure.last is None or tenure.last >= first)


def _otherwise(data: DataSet, site: str, first: Day, last: Day) -> Iterator[Row]:
    """The claims about that time that the picture does not follow."""
    found = disagreeing_near(data, site, first, last)
    for claim in found[:MOST_DISAGREEING]:
        by = source_brief(data.sources[claim.source]) if claim.source in data.sources else claim.source
        use = "an outlier" if claim.use == "outlier" else "another account"
        yield Row("But", claim_words(data, claim), "; ".join(filter(None, (use, by, claim.note))),
                  Ref("claim", claim.key), level=1)  # fmt: skip
    if len(found) > MOST_DISAGREEING:
        yield Row("But", f"{len(found) - MOST_DISAGREEING} more claims disagree", level=1)
