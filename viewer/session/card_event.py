"""The card of an event: contradictions first, then what is known and how well, what is near, and what belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import parse, words
from viewer.domain.dossier import Dossier
from viewer.domain.events import DOUBTED, Event, EventActor
from viewer.session.camera import fit_camera
from viewer.session.card import CONTRADICTIONS, Bar, Card, Choice, Row, Section, label, sections
from viewer.session.card_counts import count_rows
from viewer.session.card_origin import origin_rows, twin_rows
from viewer.session.commands import Batch, Command, OpenList, SetCamera, SetCursor, SetMeasure
from viewer.session.contradictions import (
    DISPUTED,
    Account,
    Contradiction,
    away_words,
    claimed_by,
    contradictions,
    elsewhere,
    main_of,
    role_words,
)
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
from viewer.session.held_then import held_rows
from viewer.session.interest import parties_of, side_of_source
from viewer.session.nearby import Near, near_rows
from viewer.session.state import Measure, Reading, Ref
from viewer.session.views import USUAL_SIZE
from viewer.store.dataset import DataSet

MOST_PARTS, MOST_WHOLES = 20, 8
BLOCK = 20_000
"""Places of events that are looked through at a time."""
NEARBY = "What else happened near it"
ELSEWHERE = "Where it might belong instead"
HEADINGS = (
    CONTRADICTIONS, "What", "When", "Where", "Who", NEARBY, "Sources", "How many", "Caveats", ELSEWHERE,
    "Who held it then", "Parts and whole", "Related", "As each source spells it", "Brought by",
)  # fmt: skip
"""Everything that may stand in the card of an event, in its order."""
INVERSE = {"follows": "followed by", "answers": "answered by", "contains": "contained in"}
"""A link as the other event has it; the rest read the same from both sides."""
MARGIN = 0.15
"""Degrees around what is shown on the map."""


def event_card(data: DataSet, ref: Ref, near: Near | None = None, reading: Reading | None = None) -> Card | None:
    """The card of an event, None when there is no such event.

    near: what is near it; None: that is not known yet. Without `reading` nothing is said of it.
    """
    dossier = data.dossier(ref.key)
    if dossier is None:
        return None
    event = dossier.event
    kind = [event.type, event.form, event.actuality]
    nearby = near_rows(near, reading, family_of(dossier)) if reading is not None else ()
    rows: tuple[Iterable[Row], ...] = (
        contradiction_rows(contradictions(data, dossier)), _what(data, dossier), _when(data, dossier),
        _where(data, dossier), _who(data, dossier), nearby, _sources(data, dossier),
        count_rows(data, dossier.counts), _caveats(data, event.key), _elsewhere(data, dossier),
        held_rows(data, dossier), _parts(data, dossier),
        [*twin_rows(data, event.key), *_related(data, dossier)], _spellings(data, dossier),
        origin_rows(data, "event", event.key),
    )  # fmt: skip
    told = sections(*zip(HEADINGS, rows, strict=True))
    return Card(ref, event.title, " \u00b7 ".join(dict.fromkeys(kind)), told)


def with_near(card: Card, near: Near, reading: Reading, family: Iterable[str]) -> Card:
    """The same card once it is known what is near."""
    rows = tuple(near_rows(near, reading, tuple(family)))
    changed = (Section(NEARBY, rows) if section.title == NEARBY else section for section in card.sections)
    return Card(card.ref, card.title, card.kind, tuple(changed))


def family_of(dossier: Dossier) -> tuple[str, ...]:
    """The keys of the events that belong to one: its whole, its parts, those it is linked with."""
    event = dossier.event
    linked = (link.other if link.event == event.key else link.event for link in dossier.links)
    return tuple(key for key in dict.fromkeys((event.part_of, *dossier.parts, *linked)) if key)


# contradictions


def contradiction_rows(found: Iterable[Contradiction]) -> Iterator[Row]:
    """Each contradiction as a line, and its accounts below it."""
    for one in found:
        yield Row(one.title, one.says, one.note)
        whole = max((account.figure.high for account in one.accounts if account.figure), default=0.0)
        groups = {name: Row(name, said, note, level=1) for name, said, note in one.groups}
        for account in one.accounts:
            if account.of in groups:
                yield groups.pop(account.of)
            yield _account(account, one.about, whole)


def _account(account: Account, about: str, whole: float) -> Row:
    stake = str(account.interest) if account.interest is not None and account.interest.known else ""
    note = "; ".join(account.notes)
    if about in ("words", "records"):
        return Row(account.who or "record", account.says, note, account.ref, level=1)
    figure = account.figure
    bar = Bar(figure.low, figure.high, whole, figure.at_least, account.derived) if figure is not None else None
    return Row(account.says, account.who, note, account.ref, bar, 1, account=True, stake=stake)


# what is known


def _when(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    event = dossier.event
    yield Row(label(Event, "date"), words(event.date), _exactness(event))
    basis = BASIS_WORDS.get(event.date_basis, event.date_basis)
    if event.date_anchor:
        basis += f", from {words(parse(event.date_anchor))} ({event.date_anchor})"
    yield Row(label(Event, "date_basis"), basis, event.date_note)
    if event.date_wording:
        yield Row(label(Event, "date_wording"), f"\u201c{event.date_wording}\u201d")


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
        yield Row(row.role, actor_names(data, row.actor), _voucher(data, dossier, row), Ref("actor", row.actor))


def _voucher(data: DataSet, dossier: Dossier, row: EventActor) -> str:
    """Who says so, and in which text where the event has several."""
    source = data.sources.get(row.source) if len(dossier.sources) > 1 else None
    where = f"in {source_brief(source)}" if source else ""
    return "; ".join(filter(None, (said_by(data, row), where, row.note)))


def _what(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    event = dossier.event
    if event.actuality in DOUBTED and event.actuality != DISPUTED:
        yield Row("Certainty", f"only {event.actuality}", claimed_by(data, dossier))
    for name in ("summary", "note"):
        if text := getattr(event, name):
            yield Row(label(Event, name), text)
    yield Row("Id", event.key)


def _sources(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    """Each source with its grade and side; what is known of none is said once."""
    if not dossier.sources:
        yield Row("Source", "no source is named")
        return
    parties = parties_of(data, dossier)
    known = [data.sources[row.source] for row in dossier.sources if row.source in data.sources]
    any_grade, any_side = any(one.reliability for one in known), any(one.alignment for one in known)
    if not any_grade or not any_side:
        missing = " or ".join(words for there, words in ((any_grade, "graded"), (any_side, "known to take a side"))
                              if not there)  # fmt: skip
        yield Row("Grades", f"none of the {len(dossier.sources)} is {missing}"
                  if len(dossier.sources) > 1 else f"it is not {missing}")  # fmt: skip
    for row in dossier.sources:
        source = data.sources.get(row.source)
        if source is None:
            yield Row("Source", row.source, "this source is not in the store", Ref("source", row.source))
        else:
            grade = GRADES.get(source.reliability) or ("not graded" if any_grade else "")
            side = side_of_source(data, parties, row.source) or ("side not known" if any_side else "")
            notes = (published_words(source), source.published_note if source.published_basis != "stated" else "",
                     grade, side, row.locator)  # fmt: skip
            title = f": {source.title}" if source.title else ""
            yield Row("Source", source.publisher + title, "; ".join(filter(None, notes)), Ref("source", row.source))
        if row.says:
            yield Row("says differently", row.says, level=1)


def _caveats(data: DataSet, key: str) -> Iterator[Row]:
    for caveat in data.caveats_on("event", key):
        yield Row("Caveat", caveat.text, _publisher(data, caveat.source), Ref("caveat", caveat.key))


# where it might belong instead


def _elsewhere(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    """Other places and dates, each with a way to see it on the map."""
    main = main_of(data, dossier)
    for row in elsewhere(dossier):
        away = away_words(data, main, row)
        show = _on_the_map(data, [main.place, row.place] if main is not None else [row.place])
        note = "; ".join(filter(None, (away, role_words(row), row.note)))
        yield Row("Place", place_name(data, row.place), note, Ref("place", row.place),
                  choices=(Choice("Show on the map", show),) if show is not None else ())  # fmt: skip
    event = dossier.event
    for other in dossier.dates:
        if words(other.date) == words(event.date):
            continue
        day = other.date.latest if other.date.latest is not None else other.date.earliest
        back = event.date.latest if event.date.latest is not None else event.date.earliest
        choices = [Choice(text, SetCursor(at)) for text, at in (("Go there", day), ("Back to its own", back))
                   if at is not None]  # fmt: skip
        yield Row("Date", words(other.date), _publisher(data, other.source), Ref("source", other.source),
                  choices=tuple(choices))  # fmt: skip


def _on_the_map(data: DataSet, keys: list[str]) -> Command | None:
    """Both places in view and the way from one to the other measured; None where neither has a point."""
    points = []
    for key in dict.fromkeys(keys):
        place = data.places.get(key)
        if place is not None and place.lon is not None and place.lat is not None:
            points.append((place.lon, place.lat))
    if not points:
        return None
    west, south = (min(point[axis] for point in points) - MARGIN for axis in (0, 1))
    east, north = (max(point[axis] for point in points) + MARGIN for axis in (0, 1))
    camera = SetCamera(fit_camera(west, south, east, north, *USUAL_SIZE))
    return Batch((SetMeasure(Measure(tuple(points))), camera)) if len(points) > 1 else camera


# what belongs to it


def _parts(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    """The wholes it is part of, the nearest first, and its parts."""
    seen, whole = {dossier.event.key}, dossier.event.part_of
    for step in range(MOST_WHOLES):
        if not whole or whole in seen:
            break
        seen.add(whole)
        found = data.reader.where("event", "key", [whole])
        yield _event_row(data, "Part of" if step == 0 else "and that of", whole)
        whole = found[0].part_of if found else ""
    listed = (Choice("List them", OpenList("parts", dossier.parts)),)
    if len(dossier.parts) > 1:
        yield Row("Parts", f"{len(dossier.parts):,}", choices=listed)
    for key in dossier.parts[:MOST_PARTS]:
        yield _event_row(data, "Has part", key)
    if len(dossier.parts) > MOST_PARTS:
        yield Row("and", f"{len(dossier.parts) - MOST_PARTS:,} more in the list")


def _related(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    event = dossier.event
    linked: dict[tuple[str, str], str] = {}
    for link in dossier.links:
        outward = link.event == event.key
        kind = link.kind if outward else INVERSE.get(link.kind, link.kind)
        linked.setdefault((kind, link.other if outward else link.event), link.note)
    for (kind, other), note in linked.items():
        yield _event_row(data, kind, other, note)
    yield from _before_and_after(data, event.key)


def _before_and_after(data: DataSet, key: str) -> Iterator[Row]:
    """What happened before and after at the same places."""
    events = data.events
    row = events.row_of[key]
    if events.days(row) is None:
        return
    earlier, later = _neighbours_at_its_places(data, row)
    if earlier is not None:
        yield _event_row(data, "Before at this place", events.keys[earlier])
    if later is not None:
        yield _event_row(data, "Next at this place", events.keys[later])


def _neighbours_at_its_places(data: DataSet, row: int) -> tuple[int | None, int | None]:
    """The dated events before and after one that share a place with it; mostly near, so that few are looked at."""
    pairs, events = data.event_places, data.events
    first, last = np.searchsorted(pairs.rows, np.array((row, row + 1), dtype=pairs.rows.dtype)).tolist()
    here = np.zeros(len(data.place_keys), dtype=bool)
    here[pairs.codes[first:last]] = True

    def among(begin: int, end: int) -> NDArray[np.int32]:
        rows = np.compress(np.take(here, pairs.codes[begin:end]), pairs.rows[begin:end])
        return rows[events.earliest[rows] <= events.latest[rows]]

    before = (among(max(0, end - BLOCK), end) for end in range(first, 0, -BLOCK))
    after = (among(begin, begin + BLOCK) for begin in range(last, len(pairs.rows), BLOCK))
    return (
        next((int(rows[-1]) for rows in before if len(rows)), None),
        next((int(rows[0]) for rows in after if len(rows)), None),
    )


def _spellings(data: DataSet, dossier: Dossier) -> Iterator[Row]:
    """Places and actors as the record's sources write them; first what is spelled so without a source."""
    for row in dossier.places:
        if row.spelled:
            name = place_name(data, row.place)
            yield Row(name, f"\u201c{row.spelled}\u201d", "in this record", Ref("place", row.place))
    for told in dossier.sources:
        names = [
            *((place_name(data, row.place), name.name) for row in dossier.places
              for name in data.names_of_place.get(row.place, ()) if name.source == told.source),
            *((actor_names(data, row.actor), name.name) for row in dossier.actors
              for name in data.names_of_actor.get(row.actor, ()) if name.source == told.source),
        ]  # fmt: skip
        spelled: dict[str, list[str]] = {}
        for usual, name in names:
            spelled.setdefault(usual, []).append(f"\u201c{name}\u201d")
        for usual, written in spelled.items():
            yield Row(usual, ", ".join(dict.fromkeys(written)), _publisher(data, told.source),
                      Ref("source", told.source))  # fmt: skip


def _event_row(data: DataSet, name: str, key: str, note: str = "") -> Row:
    found = data.reader.where("event", "key", [key])
    when = words(found[0].date) if found else "not in this store"
    return Row(name, found[0].title if found else key, "; ".join(filter(None, (when, note))), Ref("event", key))


def _publisher(data: DataSet, key: str) -> str:
    return source_brief(data.sources[key]) if key in data.sources else key
