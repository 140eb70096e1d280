"""Events, claims and sources as rows of a table, for spreadsheets and GIS: what does not fit is shortened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from viewer.domain.control import ControlClaim
from viewer.domain.counts import Count, event_figure
from viewer.domain.dossier import Dossier
from viewer.domain.events import DOUBTED
from viewer.domain.sources import Source
from viewer.formats.plain import Names, Plain, days_of, event_object, number, point_of


class Column(NamedTuple):
    """A column; kind: text, long (several lines of it), number, or day (an ISO day)."""

    name: str
    kind: str = "text"


_LONG = ("summary", "caveats", "note")
_NUMBERS = ("lon", "lat", "radius_m")
_DAYS = ("earliest", "latest")


def _columns(*names: str) -> tuple[Column, ...]:
    kinds = {**dict.fromkeys(_LONG, "long"), **dict.fromkeys(_NUMBERS, "number"), **dict.fromkeys(_DAYS, "day")}
    return tuple(Column(name, kinds.get(name, "text")) for name in names)


EVENT_COLUMNS = _columns(
    "id", "title", "type", "form", "actuality", "date", "earliest", "latest", "date_precision", "date_basis",
    "date_wording", "country", "places", "place_ids", "roles_of_places", "lon", "lat", "precision", "radius_m",
    "perpetrators", "targets", "other_actors", "counts", "part_of", "sources", "source_ids", "published", "summary",
    "caveats", "note",
)  # fmt: skip
CLAIM_COLUMNS = _columns(
    "id", "place", "place_id", "lon", "lat", "actors", "actor_ids", "class", "phase", "date", "earliest", "latest",
    "date_basis", "status", "basis", "use", "schematic", "source", "source_id", "note",
)  # fmt: skip
SOURCE_COLUMNS = _columns(
    "id", "publisher", "title", "kind", "published", "published_basis", "reference", "licence", "reliability", "note",
)  # fmt: skip
COUNT_COLUMNS = (
    Column("event_id"), Column("event"), Column("measure"),
    *(Column(name, "number") for name in ("value", "min", "max")),
    *(Column(name) for name in ("qualifier", "word", "group", "partition", "within", "reporter", "source_id", "note")),
)  # fmt: skip
FIGURES = ("killed", "injured", "strikes", "attacks")
"""The measures whose lowest and highest figure stand in columns of their own."""
FIGURE_COLUMNS = tuple(Column(f"{measure}_{end}", "number") for measure in FIGURES for end in ("low", "high"))


def event_row(dossier: Dossier, names: Names) -> Plain:
    """One event by EVENT_COLUMNS; several values of a cell are separated by '; '."""
    event, main = event_object(dossier, names), point_of(dossier, names)
    places, actors, sources = event["places"], event["actors"], event["sources"]
    row = {
        **event,
        "places": joined(place["name"] for place in places),
        "place_ids": joined(place["id"] for place in places),
        "roles_of_places": joined(place["role"] for place in places),
        **{name: main[name] if main else None for name in _NUMBERS},
        "precision": main["precision"] if main else "unknown",
        "perpetrators": joined(_named(actor) for actor in actors if actor["role"] == "perpetrator"),
        "targets": joined(_named(actor) for actor in actors if actor["role"] == "target"),
        "other_actors": joined(
            f"{actor['role']}: {_named(actor)}" for actor in actors if actor["role"] not in ("perpetrator", "target")
        ),
        "counts": joined(_counted(count) for count in event["counts"]),
        "sources": joined(source["publisher"] for source in sources),
        "source_ids": joined(source["id"] for source in sources),
        "published": joined(source["published"] or "undated" for source in sources),
        "caveats": joined(caveat["text"] for caveat in event["caveats"]),
    }
    return {column.name: row[column.name] for column in EVENT_COLUMNS}


def claim_row(claim: ControlClaim, names: Names) -> Plain:
    """One claim of control by CLAIM_COLUMNS; lon and lat are those of its place."""
    place, source = names.places.get(claim.place), names.sources.get(claim.source)
    keys = claim.actors.split()
    return {
        "id": claim.key,
        "place": place.name if place else claim.place,
        "place_id": claim.place or None,
        "lon": place.lon if place else None,
        "lat": place.lat if place else None,
        "actors": joined(names.actors[key].name if key in names.actors else key for key in keys),
        "actor_ids": joined(keys),
        "class": claim.control,
        "phase": claim.phase,
        "date": claim.date.edtf,
        **days_of(claim.date),
        "date_basis": claim.date_basis,
        "status": claim.status,
        "basis": claim.basis,
        "use": claim.use,
        "schematic": "yes" if claim.schematic else "no",
        "source": source.publisher if source else "",
        "source_id": claim.source,
        "note": claim.note,
    }


def source_row(key: str, source: Source | None) -> Plain:
    """One source by SOURCE_COLUMNS; one that no record tells of has its key alone."""
    told = {column.name: getattr(source, column.name) for column in SOURCE_COLUMNS if column.name != "id" and source}
    return {**dict.fromkeys(column.name for column in SOURCE_COLUMNS), **told, "id": key}


def count_row(dossier: Dossier, count: Count) -> Plain:
    """One count of an event by COUNT_COLUMNS."""
    return {
        "event_id": count.event,
        "event": dossier.event.title,
        **{name: number(getattr(count, name)) for name in ("value", "min", "max")},
        **{name: getattr(count, name) for name in
           ("measure", "qualifier", "word", "group", "partition", "within", "reporter", "note")},
        "source_id": count.source,
    }  # fmt: skip


def figures(dossier: Dossier) -> Plain:
    """What FIGURE_COLUMNS hold: the range over all reporters; None where no number is given."""
    found: Plain = {}
    for measure in FIGURES:
        figure = event_figure(dossier.counts, measure)
        found[f"{measure}_low"] = number(figure.low) if figure else None
        found[f"{measure}_high"] = number(figure.high) if figure else None
    return found


def joined(parts: Iterable[str]) -> str:
    """Several values in one cell."""
    return "; ".join(parts)


def _named(actor: Plain) -> str:
    if actor["certainty"] not in DOUBTED:
        return str(actor["name"])
    said = f", says {actor['claimed_by']}" if actor["claimed_by"] else ""
    return f"{actor['name']} ({actor['certainty']}{said})"


def _counted(count: Plain) -> str:
    """A count without losing its doubt: "killed 20-30 (range, civilians, part) by police"."""
    stated = [count[name] for name in ("value", "min", "max") if count[name] is not None]
    spread = sorted({min(stated), max(stated)}) if stated else []
    amount = "-".join(str(n) for n in spread) or count["word"] or "?"
    about = ", ".join(text for text in (count["qualifier"], count["group"], count["partition"]) if text)
    return f"{count['measure']} {amount} ({about})" + (f" by {count['reporter']}" if count["reporter"] else "")
