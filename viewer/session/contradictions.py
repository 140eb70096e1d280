"""What the sources of one incident give differently, each account beside who gives it; nothing is averaged.

Worked out from the rows of the record: dates, places, who did it and who was hit, numbers, other records of the same
incident, and what sources say in their own words where no row holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from viewer.domain.counts import PART, TOTAL, Count, Figure, figure_of
from viewer.domain.dates import DateSpan, Day, words
from viewer.domain.dossier import Dossier
from viewer.domain.events import DOUBTED, EventActor, EventPlace, main_place
from viewer.domain.frozen import dataclass
from viewer.geo.projection import distance_m
from viewer.session.describe import (
    BASIS_WORDS,
    GRADES,
    actor_names,
    count_words,
    length_words,
    number_words,
    place_name,
    place_words,
    said_by,
    source_brief,
)
from viewer.session.interest import Interest, Parties, interest_of_figure, interest_of_role, parties_of
from viewer.session.state import Ref
from viewer.store.dataset import DataSet

SUSPECTS, ELSEWHERE = ("perpetrator", "claimant"), ("reported-as", "assessed-as")
HIT = ("target", "victim")
ROUGH = ("about", "nearly", "estimate", "word", "derived")
"""Qualifiers of numbers that say nothing sure of what the true one is."""
RECORDS = 8
"""So many other records of the same incident are set beside it."""
DISPUTED = "disputed"
NO_SPEAKER = "no source named"


@dataclass(frozen=True, slots=True)
class Account:
    """What one source gives: in words, on whose word, how good that is. own: it is what the record itself goes by.

    of: which of several groups a number counts, '' where all count the same.
    """

    says: str
    who: str
    ref: Ref | None = None
    notes: tuple[str, ...] = ()
    interest: Interest | None = None
    figure: Figure | None = None
    derived: bool = False
    own: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Accounts of one thing that are not the same. about: what of; says: what they come to; note: what can be told.

    groups: where numbers count several groups, of each its name, what its numbers come to, and what can be told.
    """

    about: str
    title: str
    says: str
    accounts: tuple[Account, ...]
    note: str = ""
    groups: tuple[tuple[str, str, str], ...] = ()


def contradictions(data: DataSet, dossier: Dossier) -> tuple[Contradiction, ...]:
    """All that is given differently of an event, and () where its sources agree."""
    parties = parties_of(data, dossier)
    worked_out = [
        *_dates(data, dossier), *_places(data, dossier), *_doers(data, dossier, parties),
        *_numbers(data, dossier, parties), *_hit(data, dossier, parties), *_other_records(data, dossier),
    ]  # fmt: skip
    shown = [account.ref for one in worked_out for account in one.accounts if account.ref is not None]
    told = {ref.key for ref in shown if ref.kind == "source"}
    return (*_actuality(data, dossier), *worked_out, *_links(data, dossier), *_own_words(data, dossier, told))


def _actuality(data: DataSet, dossier: Dossier) -> Iterator[Contradiction]:
    """That sources dispute whether it happened; what is only claimed or alleged contradicts nothing."""
    if dossier.event.actuality == DISPUTED:
        yield Contradiction("actuality", "Certainty", DISPUTED, (), claimed_by(data, dossier))


def claimed_by(data: DataSet, dossier: Dossier) -> str:
    """Who claims or alleges what an event tells, '' where nobody is named."""
    return "; ".join(sorted({said_by(data, row) for row in dossier.actors if row.claimed_by}))


def graded(data: DataSet, key: str) -> str:
    """The grade of a source, '' where nobody graded it."""
    return GRADES.get(data.sources[key].reliability, "") if key in data.sources else ""


def _source(data: DataSet, key: str) -> str:
    return source_brief(data.sources[key]) if key in data.sources else key


# dates


def _dates(data: DataSet, dossier: Dossier) -> Iterator[Contradiction]:
    event = dossier.event
    others = [row for row in dossier.dates if words(row.date) != words(event.date)]
    if not others:
        return
    same = [_source(data, row.source) for row in dossier.dates if words(row.date) == words(event.date)]
    basis = BASIS_WORDS.get(event.date_basis, event.date_basis)
    kept = Account(words(event.date), "; ".join(["this record", *same]), None, (basis,), own=True)
    accounts = [
        Account(words(row.date), _source(data, row.source), Ref("source", row.source),
                tuple(filter(None, (apart_words(event.date, row.date), row.note, graded(data, row.source)))))
        for row in others
    ]  # fmt: skip
    number = len({words(row.date) for row in others}) + 1
    yield Contradiction("dates", "Dates", f"{number} dates", (kept, *accounts))


def apart_words(own: DateSpan, other: DateSpan) -> str:
    """How another date lies to one: "1 day later", "within it", "overlaps it"; '' where either has no day at all."""
    if not (own.dated and other.dated):
        return ""
    if own.earliest is not None and own.latest is not None and other.within(own.earliest, own.latest):
        return "within it"
    if _before(own.latest, other.earliest):
        return f"{_days((other.earliest or 0) - (own.latest or 0))} later"
    if _before(other.latest, own.earliest):
        return f"{_days((own.earliest or 0) - (other.latest or 0))} earlier"
    return "overlaps it"


def _before(last: Day | None, first: Day | None) -> bool:
    return last is not None and first is not None and last < first


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"


# places


def elsewhere(dossier: Dossier) -> tuple[EventPlace, ...]:
    """The places where it might belong instead of its main one: reported or assessed elsewhere, or not established."""
    return tuple(row for row in dossier.places if row.role in ELSEWHERE or row.certainty in DOUBTED)


def main_of(data: DataSet, dossier: Dossier) -> EventPlace | None:
    """The place that stands for the event, of those that are not disputed if there is one."""
    doubted = elsewhere(dossier)
    sure = [row for row in dossier.places if row not in doubted]
    return main_place(sure or dossier.places, data.places)


def _places(data: DataSet, dossier: Dossier) -> Iterator[Contradiction]:
    others = elsewhere(dossier)
    if not others:
        return
    main = main_of(data, dossier)
    accounts = []
    if main is not None and main not in others:
        spot = place_words(main, data.places.get(main.place))
        accounts.append(Account(place_name(data, main.place), f"this record: {main.role.replace('-', ' ')}",
                                Ref("place", main.place), (spot, *filter(None, (main.note,))), own=True))  # fmt: skip
    for row in others:
        notes = (away_words(data, main, row), place_words(row, data.places.get(row.place)), row.note)
        accounts.append(Account(place_name(data, row.place), role_words(row), Ref("place", row.place),
                                tuple(filter(None, notes))))  # fmt: skip
    number = len({row.place for row in (*others, *([main] if main else []))})
    yield Contradiction("places", "Places", f"{number} places" if number > 1 else "not established", tuple(accounts))


def role_words(row: EventPlace) -> str:
    """What a place is to an event, and how surely: "reported there", "at, alleged"."""
    said = {"reported-as": "reported there", "assessed-as": "may really be there"}.get(row.role, row.role)
    return f"{said}, {row.certainty}" if row.certainty in DOUBTED else said


def away_words(data: DataSet, main: EventPlace | None, other: EventPlace) -> str:
    """How far one place of an event is from another, '' where that cannot be said."""
    if main is None or main.place == other.place:
        return ""
    ends = [data.places.get(main.place), data.places.get(other.place)]
    points = [(place.lon, place.lat) for place in ends if place and place.lon is not None and place.lat is not None]
    return f"{length_words(round(distance_m(*points), -2))} away" if len(points) == 2 else ""


# who


def _doers(data: DataSet, dossier: Dossier, parties: Parties) -> Iterator[Contradiction]:
    suspects = [row for row in dossier.actors if row.role in SUSPECTS]
    denials = [row for row in dossier.actors if row.role == "denier"]
    if denials or any(row.certainty in DOUBTED for row in suspects):
        rivals = len({row.actor for row in suspects if row.role == "perpetrator"}) > 1
        said = "rival accounts" if rivals else "denied" if denials else "not established"
        yield _of_roles(data, dossier, parties, "Who did it", said, [*suspects, *denials])


def _hit(data: DataSet, dossier: Dossier, parties: Parties) -> Iterator[Contradiction]:
    hit = [row for row in dossier.actors if row.role in HIT]
    if any(row.certainty in DOUBTED for row in hit):
        yield _of_roles(data, dossier, parties, "Who was hit", "not established", hit)


def _of_roles(
    data: DataSet, dossier: Dossier, parties: Parties, title: str, said: str, rows: Sequence[EventActor]
) -> Contradiction:
    accounts = tuple(
        Account(f"{actor_names(data, row.actor)}, {row.role}", _who_says(data, row), _actor_or_source(data, row),
                tuple(filter(None, (row.certainty, row.note, graded(data, row.source)))),
                interest_of_role(data, parties, row))
        for row in rows
    )  # fmt: skip
    return Contradiction("responsibility", title, said, accounts, _not_known(accounts))


def _who_says(data: DataSet, row: EventActor) -> str:
    where = f"in {_source(data, row.source)}" if row.source else ""
    name = actor_names(data, row.actor) if row.role in ("claimant", "denier") else ""
    return ", ".join(filter(None, (actor_names(data, row.claimed_by) or name, where))) or NO_SPEAKER


def _actor_or_source(data: DataSet, row: EventActor) -> Ref:
    return Ref("source", row.source) if row.source in data.sources else Ref("actor", row.actor)


# numbers

_Thing = tuple[str, str, str]
"""What a number is of: the name of its breakdown or TOTAL or PART, what that divides, and the group."""


def _thing(count: Count) -> _Thing:
    return count.partition, count.within, count.group


def disputed_counts(counts: Sequence[Count]) -> tuple[Count, ...]:
    """The rows of which others say something else of the same thing, with all whole figures beside those of a whole."""
    found: list[Count] = []
    for measure in dict.fromkeys(count.measure for count in counts):
        rows = [count for count in counts if count.measure == measure]
        disputed = {_thing(row) for row in rows if len({count_words(c) for c in rows if _thing(c) == _thing(row)}) > 1}
        whole = any(partition == TOTAL for partition, _, _ in disputed)
        found += [row for row in rows if _thing(row) in disputed or (whole and row.partition == TOTAL)]
    return tuple(found)


def _numbers(data: DataSet, dossier: Dossier, parties: Parties) -> Iterator[Contradiction]:
    disputed = disputed_counts(dossier.counts)
    for measure in dict.fromkeys(count.measure for count in disputed):
        rows = [count for count in disputed if count.measure == measure]
        yield _of_measure(data, parties, measure, rows)


def _of_measure(data: DataSet, parties: Parties, measure: str, rows: Sequence[Count]) -> Contradiction:
    things = list(dict.fromkeys(_thing(row) for row in rows))
    alone = len(things) == 1
    accounts: list[Account] = []
    groups: list[tuple[str, str, str]] = []
    for thing in things:
        told = [row for row in rows if _thing(row) == thing]
        name = _of_whom(told[0])
        accounts += [_figure(data, parties, row, told, "" if alone else name) for row in sorted(told, key=_by_size)]
        groups.append((name, span_words(told), fit_words(told) if len(told) > 1 else ""))
    name, span, fit = groups[0]
    title = measure.capitalize() + (f", {name}" if alone and name != "all" else "")
    said = f"{len(rows)} figures{f': {span}' if alone else f' of {len(groups)} groups'}"
    note = "; ".join(filter(None, (fit if alone else "", _not_known(accounts))))
    return Contradiction("numbers", title, said, tuple(accounts), note, () if alone else tuple(groups))


def _by_size(count: Count) -> tuple[float, float]:
    figure = figure_of(count)
    return (figure.high, figure.low) if figure is not None else (-1.0, -1.0)


def _of_whom(count: Count) -> str:
    """Whom a number counts: "civilians", or "children, of them", "Iraq, by country"."""
    group = (count.group or "all").replace("-", " ").replace("_", " ")
    if count.partition == TOTAL:
        return group
    return f"{group}, of them" if count.partition == PART else f"{group}, {count.partition.replace('-', ' ')}"


def _figure(data: DataSet, parties: Parties, row: Count, told: Sequence[Count], group: str) -> Account:
    who = actor_names(data, row.reporter) or (_source(data, row.source) if row.source else NO_SPEAKER)
    word = f"\u201c{row.word}\u201d" if row.word and row.word not in count_words(row) else ""
    where = f"in {_source(data, row.source)}" if row.source and row.reporter else ""
    notes = (word, where, graded(data, row.source), row.note)
    ref = Ref("source", row.source) if row.source in data.sources else None
    interest = interest_of_figure(data, parties, row, told)
    derived = row.qualifier == "derived"
    return Account(count_words(row), who, ref, tuple(filter(None, notes)), interest, figure_of(row), derived, of=group)


def span_words(rows: Iterable[Count]) -> str:
    """From the lowest to the highest figure; a denial stands beside it."""
    rows = tuple(rows)
    figures = [figure for row in rows if (figure := figure_of(row)) is not None]
    denied = any(row.qualifier == "claimed-none" for row in rows)
    if not figures:
        return "denied" if denied else "no number"
    low, high = min(figure.low for figure in figures), max(figure.high for figure in figures)
    more = any(figure.at_least and figure.high == high for figure in figures)
    said = number_words(low) if low == high else f"{number_words(low)}\u2013{number_words(high)}"
    return f"{said}{'+' if more else ''}{', and a denial' if denied else ''}"


def fit_words(rows: Sequence[Count]) -> str:
    """Whether one number could be what all of them mean; those that are only rough are not asked."""
    if any(row.qualifier == "claimed-none" for row in rows):
        return "no number fits a denial and the others"
    bounds = [bound for row in rows if (bound := _bounds(row)) is not None]
    if len(bounds) < 2:
        return ""
    low, high = max(low for low, _ in bounds), min((high for _, high in bounds if high is not None), default=None)
    rough = "" if len(bounds) == len(rows) else ", the rough ones apart"
    if high is None:
        return f"{number_words(low)} or more would fit all of them{rough}"
    if low > high:
        return f"no number fits all of them{rough}"
    fits = number_words(low) if low == high else f"{number_words(low)} to {number_words(high)}"
    return f"{fits} would fit all of them{rough}"


def _bounds(row: Count) -> tuple[float, float | None] | None:
    """Between which numbers the true one lies by a row's own word, None for no end above; None for a rough word."""
    figure = figure_of(row)
    if figure is None or row.qualifier in ROUGH:
        return None
    low = figure.low + (1 if row.qualifier == "over" and row.min is None else 0)
    high = figure.high - (1 if row.qualifier == "under" and row.max is None else 0)
    return low, None if figure.at_least else max(low, high)


def _not_known(accounts: Sequence[Account]) -> str:
    """For how many of the accounts nobody can tell what they do for whoever gives them."""
    unknown = sum(account.interest is not None and not account.interest.known for account in accounts)
    if not unknown:
        return ""
    return f"interest not known for {'any' if unknown == len(accounts) else f'{unknown} of {len(accounts)}'}"


# other records, and words


def _other_records(data: DataSet, dossier: Dossier) -> Iterator[Contradiction]:
    """What other records of the same incident give otherwise."""
    key = dossier.event.key
    twins = dict.fromkeys(
        link.other if link.event == key else link.event for link in dossier.links if link.kind == "same as"
    )
    for other in data.reader.dossiers([twin for twin in twins if twin != key][:RECORDS]):
        said = tuple(_said_otherwise(data, dossier, other))
        if said:
            yield Contradiction("records", "Told again", other.event.title, said)


def _said_otherwise(data: DataSet, one: Dossier, other: Dossier) -> Iterator[Account]:
    ref = Ref("event", other.event.key)
    if words(one.event.date) != words(other.event.date):
        gap = apart_words(one.event.date, other.event.date)
        yield Account(words(other.event.date), "its date", ref, (gap,) if gap else ())
    here, there = main_of(data, one), main_of(data, other)
    if there is not None and (here is None or here.place != there.place):
        away = away_words(data, here, there)
        yield Account(place_name(data, there.place), "its place", ref, (away,) if away else ())
    for measure in dict.fromkeys(count.measure for count in other.counts if count.partition == TOTAL):
        mine = {count_words(c) for c in one.counts if c.measure == measure and c.partition == TOTAL}
        rows = [c for c in other.counts if c.measure == measure and c.partition == TOTAL]
        if mine and {count_words(c) for c in rows} != mine:
            yield Account(span_words(rows), f"its figure for {measure}", ref)


def _links(data: DataSet, dossier: Dossier) -> Iterator[Contradiction]:
    key = dossier.event.key
    for link in dossier.links:
        if link.kind == "contradicts":
            other = link.other if link.event == key else link.event
            found = data.reader.where("event", "key", [other])
            account = Account(found[0].title if found else other, "another record", Ref("event", other),
                              (link.note,) if link.note else ())  # fmt: skip
            yield Contradiction("records", "Contradicts", "another record", (account,))


def _own_words(data: DataSet, dossier: Dossier, told: set[str]) -> Iterator[Contradiction]:
    """What sources say differently in words that no row above holds."""
    accounts = tuple(
        Account(row.says, _source(data, row.source), Ref("source", row.source),
                (grade,) if (grade := graded(data, row.source)) else ())
        for row in dossier.sources if row.says and row.source not in told
    )  # fmt: skip
    if accounts:
        number = len(accounts)
        yield Contradiction("words", "In other words", f"{number} source{'' if number == 1 else 's'}", accounts)
