"""What the map needs of each event, worked out once when a store is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from viewer.domain.counts import Count, event_figure
from viewer.domain.events import CERTAINTIES, DOUBTED, EventActor, EventPlace, main_place, precision_at, radius_at
from viewer.domain.places import Place
from viewer.domain.records import Records

COUNTED_FORMS = ("tally", "recurring", "ongoing")
"""Forms of events on whose badge a number stands."""
_ACTOR_ROLES = ("perpetrator", "mover", "party", "speaker", "claimant", "target", "victim", "reporter", "denier")


def hot_values(records: Records) -> dict[str, dict[str, Any]]:
    """By event key: lon, lat (degrees or None), location_precision, radius_m, place, actor, rival, amount."""
    places = {place.key: place for place in records.of("place")}
    at = _grouped(records.of("event_place"))
    who = _grouped(records.of("event_actor"))
    counts = _grouped(records.of("count"))
    return {
        event.key: hot_of(
            event.form, at.get(event.key, ()), places, who.get(event.key, ()), counts.get(event.key, ())
        )
        for event in records.of("event")
    }


def hot_of(
    form: str, at: Sequence[Any], places: Mapping[str, Any], who: Sequence[Any], counts: Sequence[Count]
) -> dict[str, Any]:
    """The same of one event; rows of its places and actors, and places, only have to look like the records."""
    return {**_where(at, places), **_who(who), "amount": _amount(form, counts)}


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.event, []).append(row)
    return groups


def _where(rows: Sequence[EventPlace], places: Mapping[str, Place]) -> dict[str, Any]:
    """The main place and its point, None when none of the places has one."""
    row = main_place(rows, places)
    place = places.get(row.place) if row else None
    if row is None or place is None or not place.located:
        key = row.place if row else ""
        return {"lon": None, "lat": None, "location_precision": "unknown", "radius_m": None, "place": key}
    return {
        "lon": place.lon,
        "lat": place.lat,
        "location_precision": precision_at(row, place),
        "radius_m": radius_at(row, place),
        "place": row.place,
    }


def _who(rows: Sequence[EventActor]) -> dict[str, str]:
    """The actor that colours the event, the surest first; with no perpetrator established, the second is a rival."""
    ordered = sorted(rows, key=lambda row: (_ACTOR_ROLES.index(row.role), CERTAINTIES.index(row.certainty)))
    if not ordered:
        return {"actor": "", "rival": ""}
    suspects = list(dict.fromkeys(row.actor for row in ordered if row.role == "perpetrator"))
    doubtful = ordered[0].certainty in DOUBTED and len(suspects) > 1
    return {"actor": ordered[0].actor, "rival": suspects[1] if doubtful else ""}


def _amount(form: str, counts: Sequence[Count]) -> float | None:
    """The number on a tally's badge: what it tallies, strikes or attacks before people."""
    if form not in COUNTED_FORMS:
        return None
    for measure in ("strikes", "attacks", "battles"):
        if figure := event_figure(counts, measure):
            return figure.low
    return None
