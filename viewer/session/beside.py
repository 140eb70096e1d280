"""Two incidents side by side: field by field, each line that only one of them has marked; and as text to copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from viewer.domain.counts import PART, TOTAL, Count
from viewer.domain.dates import words
from viewer.domain.dossier import Dossier
from viewer.domain.frozen import dataclass
from viewer.domain.places import PINNED
from viewer.geo.projection import distance_m
from viewer.session.contradictions import apart_words, contradictions, main_of
from viewer.session.describe import (
    BASIS_WORDS,
    GRADES,
    actor_names,
    count_words,
    length_words,
    place_name,
    place_words,
    said_by,
    source_words,
)
from viewer.session.state import Ref
from viewer.store.dataset import DataSet

NOTHING = "\u2013"
DIFFERS, SAME = "\u2260", "="
FIELDS = (
    "Title", "Type", "Form", "Certainty", "Date", "How the date is known", "Place", "Country", "Who", "How many",
    "Sources differ on", "Summary", "Note", "Sources", "Caveats", "Part of", "Has parts", "Id",
)  # fmt: skip
"""The fields in their order, those that tell incidents apart first."""
_Told = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that one record says in a field; alone: the other does not say it."""

    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A field of both records; differs: whether they do not say quite the same there."""

    field: str
    left: tuple[Entry, ...]
    right: tuple[Entry, ...]

    @property
    def differs(self) -> bool:
        """Whether either says something that the other does not."""
        return any(entry.alone for entry in (*self.left, *self.right))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records with aligned fields. apart: how far they lie from each other in place and time."""

    left: Ref
    right: Ref
    titles: tuple[str, str]
    apart: str
    lines: tuple[Line, ...]


def pair_of(data: DataSet, left: Ref, right: Ref) -> Pair | None:
    """Two events side by side; None where either is not in the store."""
    found = [data.dossier(ref.key) if ref.kind == "event" else None for ref in (left, right)]
    one, other = found
    if one is None or other is None:
        return None
    told = _told(data, one), _told(data, other)
    lines = tuple(_line(field, told[0].get(field, ()), told[1].get(field, ())) for field in FIELDS)
    apart = ", ".join(filter(None, (_away(data, one, other), _gap(one, other))))
    shown = tuple(line for line in lines if line.left or line.right)
    return Pair(left, right, (one.event.title, other.event.title), apart, shown)


def _line(field: str, left: Sequence[str], right: Sequence[str]) -> Line:
    def entries(own: Sequence[str], other: Sequence[str]) -> tuple[Entry, ...]:
        return tuple(Entry(text, text not in other) for text in own)

    return Line(field, entries(left, right), entries(right, left))


def _away(data: DataSet, one: Dossier, other: Dossier) -> str:
    rows = [main_of(data, dossier) for dossier in (one, other)]
    places = [data.places.get(row.place) if row is not None else None for row in rows]
    points = [(place.lon, place.lat) for place in places if place and place.lon is not None and place.lat is not None]
    if len(points) < 2:
        return "how far apart cannot be told"
    metres = distance_m(points[0], points[1])
    if metres < 50:
        pinned = all(place is not None and place.precision in PINNED for place in places)
        return "the same spot" if pinned else "perhaps the same spot"
    return f"{length_words(round(metres, -2 if metres < 10_000 else -3))} apart"


def _gap(one: Dossier, other: Dossier) -> str:
    """How the second's date lies to the first's."""
    if words(one.event.date) == words(other.event.date) and one.event.date.dated:
        return "the same date"
    said = apart_words(one.event.date, other.event.date)
    return f"the second {said}" if said.endswith(("later", "earlier")) else f"the second's date {said}" if said else ""


def _told(data: DataSet, dossier: Dossier) -> _Told:
    """What a record says, by field; fields about which it says nothing are not there."""
    event = dossier.event
    differ = [f"{one.title}: {one.says}" for one in contradictions(data, dossier)]
    every: dict[str, Iterable[str]] = {
        "Title": (event.title,), "Type": (event.type,), "Form": (event.form,), "Certainty": (event.actuality,),
        "Date": (words(event.date), *(f"or {words(row.date)}" for row in dossier.dates)),
        "How the date is known": (BASIS_WORDS.get(event.date_basis, event.date_basis), event.date_note),
        "Place": _places(data, dossier), "Country": (event.country,),
        "Who": (f"{row.role}: {actor_names(data, row.actor)} ({said_by(data, row)})" for row in dossier.actors),
        "How many": (_count(data, count) for count in dossier.counts),
        "Sources differ on": differ, "Summary": (event.summary,), "Note": (event.note,),
        "Sources": _sources(data, dossier),
        "Caveats": (caveat.text for caveat in data.caveats_on("event", event.key)),
        "Part of": (_title(data, event.part_of),), "Has parts": (_title(data, key) for key in dossier.parts),
        "Id": (event.key,),
    }  # fmt: skip
    kept = {field: tuple(dict.fromkeys(text for text in texts if text)) for field, texts in every.items()}
    return {field: texts for field, texts in kept.items() if texts}


def _places(data: DataSet, dossier: Dossier) -> Iterator[str]:
    for row in dossier.places:
        spelled = f", spelled \u201c{row.spelled}\u201d" if row.spelled else ""
        where = place_words(row, data.places.get(row.place))
        yield f"{row.role.replace('-', ' ')} {place_name(data, row.place)} ({where}{spelled})"


def _count(data: DataSet, count: Count) -> str:
    """A number with what it is of, so that a part is never read as a whole."""
    group = (count.group or "all").replace("-", " ")
    of = {TOTAL: "" if group == "all" else f", {group}", PART: f", of them {group}"}
    what = f"{count.measure}{of.get(count.partition, f', {group} ({count.partition})')}"
    by = f" ({actor_names(data, count.reporter)})" if count.reporter else ""
    return f"{what}: {count_words(count)}{by}"


def _sources(data: DataSet, dossier: Dossier) -> Iterator[str]:
    for row in dossier.sources:
        source = data.sources.get(row.source)
        if source is None:
            yield row.source
            continue
        grade = GRADES.get(source.reliability, "")
        yield f"{source_words(source)}{f', {grade}' if grade else ''}"


def _title(data: DataSet, key: str) -> str:
    found = data.reader.where("event", "key", [key]) if key else []
    return found[0].title if found else key


def pair_text(pair: Pair) -> str:
    """Both records as plain text: each field with what the first and the second say, and whether that differs."""
    lines = [f"1: {pair.titles[0]}", f"2: {pair.titles[1]}", *([pair.apart] if pair.apart else []), ""]
    for line in pair.lines:
        lines.append(f"{DIFFERS if line.differs else SAME} {line.field}")
        lines += [f"  1: {text}" for text in _texts(line.left)]
        lines += [f"  2: {text}" for text in _texts(line.right)]
    return "\n".join(lines)


def _texts(entries: Sequence[Entry]) -> list[str]:
    return [entry.text for entry in entries] or [NOTHING]
