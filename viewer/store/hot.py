"""What the map needs of each event, worked out once when a store is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from viewer.domain.counts import event_figure
from viewer.domain.events import EventActor, EventPlace
from viewer.domain.places import PINNED, Place
from viewer.domain.records import Records

_PLACE_ROLES = ("at", "near", "to", "via", "assessed-as", "reported-as", "from")
_ACTOR_ROLES = ("perpetrator", "mover", "party", "speaker", "claimant", "target", "victim", "reporter", "denier")


def hot_values(records: Records) -> dict[str, dict[str, Any]]:
    """By event key: lon, lat (degrees or None), location_precision, radius_m, place, actor, rival, amount."""
    places = {place.key: place for place in records.of("place")}
    at = _grouped(records.of("event_place"))
    who = _grouped(records.of("event_actor"))
    counts = _grouped(records.of("count"))
    return {
        event.key: {
            **_where(at.get(event.key, []), places),
            **_who(who.get(event.key, [])),
            "amount": _amount(event.form, counts.get(event.key, [])),
        }
        for event in records.of("event")
    }


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.event, []).append(row)
    return groups


def _where(rows: list[EventPlace], places: dict[str, Place]) -> dict[str, Any]:
    """The main place: the first with a coordinate, in the order of what the roles mean."""
    ordered = sorted(rows, key=lambda row: _PLACE_ROLES.index(row.role))
    located = [row for row in ordered if row.place in places and places[row.place].lon is not None]
    if not located:
        first = ordered[0].place if ordered else ""
        return {"lon": None, "lat": None, "location_precision": "unknown", "radius_m": None, "place": first}
    row = located[0]
    place = places[row.place]
    return {
        "lon": place.lon,
        "lat": place.lat,
        "location_precision": row.precision or _near(row.role, place.precision),
        "radius_m": row.radius_m if row.radius_m is not None else place.radius_m,
        "place": row.place,
    }


def _near(role: str, precision: str) -> str:
    """ "Near" a pin is less exact than the pin; near a province is no more exact than the province."""
    return "near" if role == "near" and precision in PINNED else precision


def _who(rows: list[EventActor]) -> dict[str, str]:
    """The actor that colours the event; a second perpetrator of no greater certainty makes it disputed."""
    ordered = sorted(rows, key=lambda row: _ACTOR_ROLES.index(row.role))
    if not ordered:
        return {"actor": "", "rival": ""}
    suspects = list(dict.fromkeys(row.actor for row in ordered if row.role == "perpetrator"))
    doubtful = any(row.role == "perpetrator" and row.certainty != "established" for row in ordered)
    return {"actor": ordered[0].actor, "rival": suspects[1] if doubtful and len(suspects) > 1 else ""}


def _amount(form: str, counts: list[Any]) -> float | None:
    """The number on a tally's badge: what it tallies, strikes or attacks before people."""
    if form not in ("tally", "recurring", "ongoing"):
        return None
    for measure in ("strikes", "attacks", "battles"):
        if figure := event_figure(counts, measure):
            return figure.low
    return None
