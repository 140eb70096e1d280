"""Events: what was reported to have happened, to be planned or to be said, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from viewer.domain.dates import UNDATED, DateSpan
from viewer.domain.fields import info
from viewer.domain.frozen import dataclass
from viewer.domain.places import PINNED, PRECISIONS, Place
from viewer.domain.sources import BASES

EVENT_TYPES = (
    "battle", "strike", "shelling", "bombing", "ambush", "raid", "attack", "killing", "execution", "massacre",
    "kidnapping", "arrest", "chemical", "destruction", "capture", "withdrawal", "movement", "displacement",
    "operation", "siege", "agreement", "training", "plan", "threat", "statement", "forecast", "background", "other",
)  # fmt: skip
SPOKEN = ("statement", "forecast", "background")
"""Types that are words, not deeds: off the map by default, on the timeline as notes."""

FORMS = ("single", "tally", "ongoing", "recurring", "movement", "statement", "plan", "background")
ACTUALITIES = ("reported", "claimed", "alleged", "disputed", "planned", "threatened", "forecast", "background")
DOUBTED = ("claimed", "alleged", "disputed")
"""What somebody says and others do not confirm, or deny; the rest of the actualities is no disagreement."""
FUTURE = ("planned", "threatened", "forecast")
PLACE_ROLES = ("at", "near", "from", "to", "via", "reported-as", "assessed-as")
ACTOR_ROLES = ("perpetrator", "target", "claimant", "denier", "reporter", "mover", "party", "speaker", "victim")
CERTAINTIES = ("established", "stated", "claimed", "alleged", "disputed")
"""How sure it is that somebody was there, or that it was there; stated: a source names it and says nothing more."""
LINKS = ("same as", "possibly same as", "follows", "answers", "contradicts", "contains", "related")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One record of an incident, tally, movement, plan or statement, in the project's own words."""

    key: str = info("Key", "key", required=True)
    title: str = info("Title", required=True)
    type: str = info("Type", "term", terms=EVENT_TYPES, required=True)
    form: str = info("Form", "term", terms=FORMS, default="single")
    actuality: str = info("Actuality", "term", terms=ACTUALITIES, default="reported")
    date: DateSpan = info("Date", "date", default=UNDATED)
    date_basis: str = info("How the date is known", "term", terms=BASES, default="stated")
    date_wording: str = info("The source's words for the date", default="")
    date_anchor: str = info("Counted from", "edtf")
    date_note: str = info("Why this date", "long")
    country: str = info("Country", default="")
    summary: str = info("Summary", "long")
    part_of: str = info("Part of", "ref", table="event")
    entered_on: str = info("Entered on", "edtf")
    note: str = info("Note", "long")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlace:
    """Where; an empty radius and precision are taken from the place. `spelled` is the source's spelling."""

    event: str = info("Event", "ref", table="event", required=True)
    place: str = info("Place", "ref", table="place", required=True)
    role: str = info("Role", "term", terms=PLACE_ROLES, default="at")
    precision: str = info("Place precision", "term", terms=("", *PRECISIONS))
    radius_m: float | None = info("Radius in metres", "real")
    certainty: str = info("Certainty", "term", terms=CERTAINTIES, default="established")
    spelled: str = info("As spelled", default="")
    note: str = info("Note", "long")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventActor:
    """Who, in which role, how surely, and on whose word."""

    event: str = info("Event", "ref", table="event", required=True)
    actor: str = info("Actor", "ref", table="actor", required=True)
    role: str = info("Role", "term", terms=ACTOR_ROLES, required=True)
    certainty: str = info("Certainty", "term", terms=CERTAINTIES, default="established")
    claimed_by: str = info("Said by", default="")
    source: str = info("Source", "ref", table="source")
    note: str = info("Note", "long")


_MAIN_ROLES = ("at", "near", "to", "via", "assessed-as", "reported-as", "from")


def main_role_order(role: str) -> int:
    """How early a place of that role is taken to stand for its event, from 0."""
    return _MAIN_ROLES.index(role) if role in _MAIN_ROLES else len(_MAIN_ROLES)


def main_place(rows: Iterable[EventPlace], places: Mapping[str, Place]) -> EventPlace | None:
    """The row whose place stands for the event: those with a point first, in the order of what the roles mean."""

    def order(row: EventPlace) -> tuple[bool, int]:
        place = places.get(row.place)
        return place is None or not place.located, main_role_order(row.role)

    return min(rows, key=order, default=None)


def precision_at(row: EventPlace, place: Place | None) -> str:
    """How exact an event's place is: what the row says, else what the place is.

    "Near" a pin is less exact than the pin; near a province is no more exact than the province.
    """
    if row.precision or place is None:
        return row.precision or "unknown"
    return "near" if row.role == "near" and place.precision in PINNED else place.precision


def radius_at(row: EventPlace, place: Place | None) -> float | None:
    """The radius of doubt in metres: the row's, else the place's."""
    return row.radius_m if row.radius_m is not None else place.radius_m if place else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """A source of the event, where in it, and what it says differently from the others."""

    event: str = info("Event", "ref", table="event", required=True)
    source: str = info("Source", "ref", table="source", required=True)
    locator: str = info("Where in the source", default="")
    says: str = info("Says differently", "long")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDate:
    """A second date that another source gives; the one on the event itself is the preferred one."""

    event: str = info("Event", "ref", table="event", required=True)
    date: DateSpan = info("Date", "date", default=UNDATED)
    source: str = info("Source", "ref", table="source", required=True)
    note: str = info("Note", "long")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLink:
    """How two events belong together; `same as` pairs are one incident told twice and count once."""

    event: str = info("Event", "ref", table="event", required=True)
    kind: str = info("Relation", "term", terms=LINKS, required=True)
    other: str = info("Other event", "ref", table="event", required=True)
    note: str = info("Note", "long")
