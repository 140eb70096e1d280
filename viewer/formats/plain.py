"""Events as plain objects, the form that scripts read: the fields documented in docs/command-line.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from viewer.domain.actors import Actor
from viewer.domain.control import ControlClaim
from viewer.domain.counts import Count
from viewer.domain.dates import DateSpan, iso
from viewer.domain.dossier import Dossier
from viewer.domain.events import EventActor, EventPlace, main_place, precision_at, radius_at
from viewer.domain.frozen import dataclass
from viewer.domain.places import Place
from viewer.domain.sources import Caveat, Source
from viewer.formats.geometries import as_geojson

Plain = dict[str, Any]
"""What JSON can hold."""


@dataclass(frozen=True, slots=True)
class Names:
    """The records that events name by key, handed in so that a format knows no store."""

    actors: Mapping[str, Actor]
    places: Mapping[str, Place]
    sources: Mapping[str, Source]
    caveats: Mapping[str, tuple[Caveat, ...]]
    """The caveats on each event, by its key."""


def event_object(dossier: Dossier, names: Names) -> Plain:
    """One event with all its rows; missing values are null, never left out."""
    event = dossier.event
    return {
        "id": event.key,
        "title": event.title,
        "summary": event.summary,
        "type": event.type,
        "form": event.form,
        "actuality": event.actuality,
        "date": event.date.edtf,
        **days_of(event.date),
        "date_precision": event.date.precision,
        "date_basis": event.date_basis,
        "places": [_place(row, names) for row in dossier.places],
        "actors": [_actor(row, names) for row in dossier.actors],
        "counts": [_count(row) for row in dossier.counts],
        "part_of": event.part_of or None,
        "sources": [_source(row.source, names, row.locator, row.says) for row in dossier.sources],
        "parts": list(dossier.parts),
        "links": [
            {"kind": row.kind, "from": row.event, "to": row.other, "note": row.note} for row in dossier.links
        ],
        "other_dates": [
            {"date": row.date.edtf, **days_of(row.date), "source": row.source, "note": row.note}
            for row in dossier.dates
        ],
        "country": event.country,
        "date_wording": event.date_wording,
        "date_anchor": event.date_anchor,
        "date_note": event.date_note,
        "note": event.note,
        "caveats": [{"id": caveat.key, "text": caveat.text} for caveat in names.caveats.get(event.key, ())],
        "entered_on": event.entered_on,
    }


def claim_object(claim: ControlClaim, names: Names) -> Plain:
    """One claim of control; an area that only it draws is its geometry, as GeoJSON."""
    keys, place = claim.actors.split(), names.places.get(claim.place)
    return {
        "id": claim.key,
        "actors": [{"id": key, "name": names.actors[key].name if key in names.actors else key} for key in keys],
        "class": claim.control,
        "phase": claim.phase,
        "place": _held(claim.place, place) if claim.place else None,
        "date": claim.date.edtf,
        **days_of(claim.date),
        "date_basis": claim.date_basis,
        "status": claim.status,
        "basis": claim.basis,
        "use": claim.use,
        "schematic": claim.schematic,
        "source": _text(claim.source, names),
        "note": claim.note,
        "geometry": json.loads(as_geojson(claim.geometry)) if claim.geometry is not None else None,
    }


def _held(key: str, place: Place | None) -> Plain:
    return {
        "id": key,
        "name": place.name if place else key,
        "lon": place.lon if place else None,
        "lat": place.lat if place else None,
        "precision": place.precision if place else "unknown",
        "radius_m": place.radius_m if place else None,
        "kind": place.kind if place else None,
    }


def days_of(span: DateSpan) -> Plain:
    """First and last day of a span as ISO days; null is an open end, and both are null without a date."""
    return {"earliest": iso(span.earliest), "latest": iso(span.latest)}


def point_of(dossier: Dossier, names: Names) -> Plain | None:
    """The place whose point stands for the event, None when none of its places has one."""
    main = main_place(dossier.places, names.places)
    place = names.places.get(main.place) if main else None
    return _place(main, names) if main and place and place.located else None


def _place(row: EventPlace, names: Names) -> Plain:
    place = names.places.get(row.place)
    return {
        "id": row.place,
        "name": place.name if place else row.place,
        "role": row.role,
        "lon": place.lon if place else None,
        "lat": place.lat if place else None,
        "precision": precision_at(row, place),
        "radius_m": radius_at(row, place),
        "certainty": row.certainty,
        "spelled": row.spelled,
        "kind": place.kind if place else None,
        "stated_precision": row.precision,
        "stated_radius_m": row.radius_m,
        "place_precision": place.precision if place else None,
        "place_radius_m": place.radius_m if place else None,
        "note": row.note,
    }


def _actor(row: EventActor, names: Names) -> Plain:
    actor = names.actors.get(row.actor)
    return {
        "id": row.actor,
        "name": actor.name if actor else row.actor,
        "role": row.role,
        "certainty": row.certainty,
        "claimed_by": row.claimed_by or None,
        "source": row.source or None,
        "note": row.note,
    }


def _count(row: Count) -> Plain:
    return {
        "measure": row.measure,
        "value": number(row.value),
        "min": number(row.min),
        "max": number(row.max),
        "qualifier": row.qualifier,
        "group": row.group,
        "partition": row.partition,
        "reporter": row.reporter or None,
        "within": row.within or None,
        "word": row.word or None,
        "source": row.source or None,
        "note": row.note,
    }


def _source(key: str, names: Names, locator: str, says: str) -> Plain:
    return {**_text(key, names), "locator": locator, "says": says}


def _text(key: str, names: Names) -> Plain:
    """What a source is."""
    source = names.sources.get(key)
    return {
        "id": key,
        "publisher": source.publisher if source else "",
        "published": (source.published or None) if source else None,
        "title": source.title if source else "",
        "kind": source.kind if source else None,
        "reference": source.reference if source else "",
        "licence": source.licence if source else "",
    }


def number(value: float | None) -> float | int | None:
    """A whole number without its point, as people count."""
    return int(value) if value is not None and value == int(value) else value
