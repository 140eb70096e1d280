"""What the columns and properties of files of features are usually called, by what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Wanted(NamedTuple):
    """A field that a reader can take: what it means, and what it is usually called, the likeliest first."""

    about: str
    names: tuple[str, ...]


EVENT_FIELDS: Mapping[str, Wanted] = {
    "id": Wanted("the file's own id of the record", ("id", "event_id", "uuid", "globalid", "objectid", "gid", "fid")),
    "title": Wanted("a line that says what happened", ("title", "headline", "name", "event", "label", "subject")),
    "start": Wanted("the first day", (
        "start", "start_date", "date_start", "startdate", "begin", "begins", "from", "valid_from", "since", "first_day",
    )),
    "end": Wanted("the last day", (
        "end", "end_date", "date_end", "enddate", "ends", "to", "valid_to", "until", "last_day",
    )),
    "date": Wanted("the day", (
        "date", "event_date", "day", "when", "datetime", "date_time", "timestamp", "verifieddate", "datum", "month",
    )),
    "time": Wanted("the time of day", ("time", "event_time", "hour")),
    "type": Wanted("what kind of incident", (
        "event_type", "type", "incident_type", "category", "kind", "sub_event_type",
    )),
    "actor": Wanted("who did it", ("actor", "perpetrator", "actor1", "side_a", "attacker", "group", "by")),
    "target": Wanted("whom it was done to", ("target", "victim", "actor2", "side_b", "against")),
    "source": Wanted("who says so", ("source", "sources", "publisher", "source_name", "reported_by")),
    "url": Wanted("where it is written", ("url", "link", "source_url", "href", "reference")),
    "summary": Wanted("what happened, in more words", (
        "description", "summary", "notes", "note", "desc", "text", "details", "comment", "popupinfo",
    )),
    "place": Wanted("the name of the place", (
        "place", "location", "place_name", "town", "settlement", "city", "village", "where", "site",
    )),
    "country": Wanted("the country", ("country", "country_code", "iso2")),
    "precision": Wanted("how exact the place is, in Badia's terms", ("location_precision", "precision")),
    "radius": Wanted("how many metres it may be off", ("radius_m", "accuracy_m", "radius")),
    "killed": Wanted("how many were killed", ("killed", "fatalities", "deaths", "dead")),
    "injured": Wanted("how many were injured", ("injured", "wounded")),
}  # fmt: skip
AREA_FIELDS: Mapping[str, Wanted] = {
    "id": EVENT_FIELDS["id"],
    "controller": Wanted("who holds the area", (
        "controller", "controlled_by", "control", "held_by", "holder", "actor", "actors", "faction", "occupier",
        "owner", "party", "side",
    )),
    "class": Wanted("in which way it is held", ("control_class", "class", "control_type", "status", "type", "state")),
    "name": Wanted("what the area is called", ("name", "title", "area", "label", "place")),
    "start": EVENT_FIELDS["start"],
    "end": EVENT_FIELDS["end"],
    "date": Wanted("the day on which it is held", ("date", "as_of", "day", "datum", "map_date", "valid_on", "month")),
    "source": EVENT_FIELDS["source"],
    "url": EVENT_FIELDS["url"],
    "note": Wanted("remarks", ("note", "notes", "description", "comment", "remarks")),
}  # fmt: skip
_ODD = re.compile(r"[\W_]+")


def guessed(columns: Iterable[str], fields: Mapping[str, Wanted]) -> dict[str, str]:
    """Which column each field is taken from, where a name tells; no column is taken twice."""
    named: dict[str, str] = {}
    for column in columns:
        named.setdefault(plain_name(column), column)
    found: dict[str, str] = {}
    for field, wanted in fields.items():
        column = next((named[name] for name in wanted.names if name in named), "")
        if column and column not in found.values():
            found[field] = column
    return found


def plain_name(column: str) -> str:
    """A name of a column in small letters, with one mark for all that parts its words."""
    return _ODD.sub("_", column.casefold()).strip("_")
