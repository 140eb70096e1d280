"""The card of an event: contradictions first, then when, where, who, how many, what, and on whose word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import parse, words
from viewer.domain.dossier import Dossier
from viewer.domain.events import DOUBTED, Event, EventActor
from viewer.session.card import CONTRADICTIONS, Card, Row, label, sections
from viewer.session.card_counts import count_rows, rival_rows
from viewer.session.card_origin import origin_rows, twin_rows
from viewer.session.describe import (
    BASIS_WORDS,
    GRADES,
    actor_names,
    place_name,
    place_words,
    published_words,
    said_by,
    source_brief,
)
from viewer.session.state import Ref
from viewer.store.dataset import DataSet

NEAR_DAYS = 3
NEIGHBOURS = 8
INVERSE = {"follows": "followed by", "answers": "answered by", "contains": "contained in"}
"""A link as the other event has it; the rest read the same from both sides."""


def event_card(data: DataSet, ref: Ref) -> Card | None:
    """The card of an event, None when there is no such event."""
    dossier = data.dossier(ref.key)
    if dossier is None:
        return None
    event = dossier.event
    kind = [event.type, event.form, event.actuality]
    return Card(ref, event.title, " \u00b7 ".join(dict.fromkeys(kind)), sections(
        (CONTRADICTIONS, _contradictions(data, dossier)),
        ("When", _when(data, dossier)),
        ("Where", _where(data, dossier)),
        ("Who", _who(data, dossier)),
        ("How many", count_rows(data, dossier.counts)),
        ("What", _what(event)),
        ("Sources", _sources(data, dossier)),
        ("Caveats", _caveats(data, event.key)),
        ("Related", [*twin_rows(data, event.key), *_related(data, dossier)]),
        ("Brought by", origin_rows(data, "event", event.key)),
    ))  # fmt: skip


def _contradictions(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    event = dossier.event
    if event.actuality in DOUBTED:
        who = {said_by(data, row) for row in dossier.actors if row.claimed_by}
        yield Row(label(Event, "actuality"), f"only {event.actuality}" if event.actuality != "disputed" else "disputed",
                  "; ".join(sorted(who)))  # fmt: skip
    yield from _disputed_authors(data, dossier)
    yield from rival_rows(data, dossier.counts)
    if dossier.dates:
        yield Row("Dates differ", words(event.date), "the preferred one")
        for row in dossier.dates:
            note = "; ".join(text for text in (_publisher(data, row.source), row.note) if text)
            yield Row("or", words(row.date), note, Ref("source", row.source), level=1)
    spots = [row for row in dossier.places if row.role in ("reported-as", "assessed-as")]
    for place in spots:
        reported = place.role == "reported-as"
        yield Row("Reported at" if reported else "May really be at", place_name(data, place.place), place.note,
                  Ref("place", place.place))  # fmt: skip
    for link in dossier.links:
        if link.kind == "contradicts":
            other = link.other if link.event == event.key else link.event
            yield Row("Contradicts", _title(data, other), link.note, Ref("event", other))


def _disputed_authors(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    suspects = [row for row in dossier.actors if row.role in ("perpetrator", "claimant")]
    denials = [row for row in dossier.actors if row.role == "denier"]
    open_question = len({row.actor for row in suspects if row.role == "perpetrator"}) > 1
    doubtful = [row for row in suspects if row.certainty in DOUBTED]
    if not denials and not doubtful:
        return
    yield Row("Who did it", "rival accounts" if open_question else "not established")
    for row in (*(suspects if open_question else doubtful), *denials):
        yield Row(row.role, _actor(data, row), _voucher(data, dossier, row), Ref("actor", row.actor), level=1)


def _when(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    event = dossier.event
    yield Row(label(Event, "date"), words(event.date), _exactness(event))
    basis = BASIS_WORDS.get(event.date_basis, event.date_basis)
    if event.date_anchor:
        basis += f", from {words(parse(event.date_anchor))} ({event.date_anchor})"
    yield Row(label(Event, "date_basis"), basis, event.date_note)
    if event.date_wording:
        yield Row(label(Event, "date_wording"), f"\u201c{event.date_wording}\u201d")
    for row in dossier.dates:
        yield Row("Another date", words(row.date), row.note, Ref("source", row.source))


def _exactness(event: Event) -> str:
    span = event.date
    wide = {"open": "one end is open", "unknown": "no source dates it", "interval": "some time in these days"}
    if event.form in ("tally", "ongoing", "recurring"):
        wide["interval"] = "from the first to the last of these days"
    exact = wide.get(span.precision, f"known to the {span.precision}")
    doubts = [text for yes, text in ((span.approximate, "about"), (span.uncertain, "uncertain")) if yes]
    return ", ".join([exact, *doubts])


def _where(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    for row in dossier.places:
        place = data.places.get(row.place)
        notes = [place_words(row, place)]
        if row.spelled and (place is None or row.spelled != place.name):
            notes.append(f"spelled \u201c{row.spelled}\u201d")
        if place and place.country:
            notes.append(place.country)
        if row.note:
            notes.append(row.note)
        name = place_name(data, row.place)
        yield Row(row.role.replace("-", " "), name, "; ".join(notes), Ref("place", row.place))
    if not dossier.places:
        yield Row("Place", "no source places it", dossier.event.country and f"country: {dossier.event.country}")


def _who(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    for row in dossier.actors:
        yield Row(row.role, _actor(data, row), _voucher(data, dossier, row), Ref("actor", row.actor))


def _actor(data: DataSet, row: EventActor) -> str:
    return actor_names(data, row.actor)


def _voucher(data: DataSet, dossier: Dossier, row: EventActor) -> str:
    """Who says so, and in which text where the event has several."""
    source = data.sources.get(row.source) if len(dossier.sources) > 1 else None
    where = f"in {source_brief(source)}" if source else ""
    return "; ".join(filter(None, (said_by(data, row), where, row.note)))


def _what(event: Event) -> Iterator[Row]:
    for name in ("summary", "note"):
        if text := getattr(event, name):
            yield Row(label(Event, name), text)
    yield Row("Id", event.key)


def _sources(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    for row in dossier.sources:
        source = data.sources.get(row.source)
        if source is None:
            yield Row("Source", row.source, row.says, Ref("source", row.source))
            continue
        notes = [published_words(source), source.published_note if source.published_basis != "stated" else "",
                 GRADES.get(source.reliability, ""), row.locator]  # fmt: skip
        title = f": {source.title}" if source.title else ""
        yield Row("Source", source.publisher + title, "; ".join(filter(None, notes)), Ref("source", row.source))
        if row.says:
            yield Row("says differently", row.says, level=1)


def _caveats(data: DataSet, key: str) -> Iterator[Row]:
    for caveat in data.caveats_on("event", key):
        yield Row("Caveat", caveat.text, _publisher(data, caveat.source), Ref("caveat", caveat.key))


def _related(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    event = dossier.event
    if event.part_of:
        yield _event_row(data, "Part of", event.part_of)
    for key in dossier.parts:
        yield _event_row(data, "Has part", key)
    linked: dict[tuple[str, str], str] = {}
    for link in dossier.links:
        outward = link.event == event.key
        kind = link.kind if outward else INVERSE.get(link.kind, link.kind)
        linked.setdefault((kind, link.other if outward else link.event), link.note)
    for (kind, other), note in linked.items():
        yield _event_row(data, kind, other, note)
    family = {event.key, event.part_of, *dossier.parts, *(other for _, other in linked)}
    yield from _neighbours(data, event.key, family)


def _neighbours(data: DataSet, key: str, family: set[str]) -> Iterator[Row]:
    """What else happened at the same places: about that time, and before and after."""
    events = data.events
    row = events.row_of[key]
    rows = _rows_at_the_places_of(data, row) if events.earliest[row] <= events.latest[row] else np.empty(0, np.int32)
    starts, ends = (column[rows].astype(np.int64) for column in (events.earliest, events.latest))
    first, last = int(events.earliest[row]) - NEAR_DAYS, int(events.latest[row]) + NEAR_DAYS
    known = [events.row_of[key] for key in family if key in events.row_of]
    others = rows[(starts <= last) & (ends >= first) & ~np.isin(rows, known)].tolist()
    for other in others[:NEIGHBOURS]:
        yield _event_row(data, "Same place and time", events.keys[other])
    if len(others) > NEIGHBOURS:
        yield Row("Same place and time", f"and {len(others) - NEIGHBOURS:,} more")
    earlier, later = rows[rows < row], rows[rows > row]
    if len(earlier):
        yield _event_row(data, "Before at this place", events.keys[earlier[-1]])
    if len(later):
        yield _event_row(data, "Next at this place", events.keys[later[0]])


def _rows_at_the_places_of(data: DataSet, row: int) -> NDArray[np.int32]:
    """The dated events that share a place with one, ascending."""
    pairs, events = data.event_places, data.events
    first, last = np.searchsorted(pairs.rows, np.array((row, row + 1), dtype=pairs.rows.dtype))
    here = np.zeros(len(data.place_keys), dtype=bool)
    here[pairs.codes[first:last]] = True
    rows = np.compress(np.take(here, pairs.codes), pairs.rows)
    rows = rows[np.diff(rows, prepend=-1) > 0]
    return rows[events.earliest[rows] <= events.latest[rows]]


def _event_row(data: DataSet, name: str, key: str, note: str = "") -> Row:
    found = data.reader.where("event", "key", [key])
    when = words(found[0].date) if found else ""
    return Row(name, found[0].title if found else key, "; ".join(filter(None, (when, note))), Ref("event", key))


def _title(data: DataSet, key: str) -> str:
    found = data.reader.where("event", "key", [key])
    return found[0].title if found else key


def _publisher(data: DataSet, key: str) -> str:
    return source_brief(data.sources[key]) if key in data.sources else key
