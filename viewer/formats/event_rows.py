"""Rows of a mapped table as events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from viewer.domain.dates import DateError
from viewer.domain.drafts import ActorMention, Draft, Item, PlaceMention, Remark
from viewer.domain.events import EVENT_TYPES
from viewer.formats.cells import CellError, country_code, whole
from viewer.formats.guessing import MEASURED
from viewer.formats.infile import ReadError
from viewer.formats.mapped import Mapped, rejected, rows_of
from viewer.formats.spoken import read_count, with_bounds
from viewer.formats.tabular import Row
from viewer.formats.vocabulary import ACTUALITY_OF, FORM_OF, ROLE_OF, TYPE_OF, folded

_ACTORS = (("actor", "party"), ("other_actor", "party"), ("perpetrator", "perpetrator"), ("target", "target"),
           ("victim", "victim"))  # fmt: skip
TITLE_LENGTH = 120
TOLD_WORDS = 10
_PEOPLE = frozenset({"civilians", "civilian", "burgers", "zivilisten", "civils", "مدنيين", "مدنيون"})


def event_items(mapped: Mapped) -> Iterator[Item]:
    """An event for each row; at the end, what of the file's words was not understood."""
    reader = _Events(mapped)
    for row in rows_of(mapped):
        if not isinstance(row, Row):
            yield row
            continue
        try:
            yield reader.event(row)
        except (CellError, DateError) as error:
            yield rejected(row, error)
    yield from reader.remarks()


class _Events:
    def __init__(self, mapped: Mapped) -> None:
        self._mapped = mapped
        self._unknown: Counter[str] = Counter()
        self._undated = 0
        self._measures = [one for one in MEASURED if {one, f"{one}_low", f"{one}_high"} & mapped.at.keys()]
        self._actors = [(name, role) for name, role in _ACTORS if name in mapped.at]
        self._default = mapped.settings["default_type"]
        for word, term in (*mapped.types.items(), ("default_type", self._default)):
            if term not in EVENT_TYPES:
                raise ReadError(f"{word}: '{term}' is no type of event; there are {', '.join(EVENT_TYPES)}")

    def event(self, row: Row) -> Draft:
        """The event of a row; CellError or DateError when it is none."""
        mapped, cells = self._mapped, row.cells
        cell = mapped.told
        word = cell(cells, "type")
        place = mapped.place(cells)
        date = mapped.date(cells, "date", "end")
        self._undated += not date.dated
        titled = cell(cells, "title") or _first_sentence(cell(cells, "summary"))
        values: dict[str, Any] = {"title": titled or _title(word, place), "type": self._type(word), "date": date}
        if not date.dated:
            values["date_basis"] = "unknown"
        if country := cell(cells, "country"):
            values["country"] = country_code(country)
        for name, terms in (("form", FORM_OF), ("actuality", ACTUALITY_OF)):
            if told := cell(cells, name):
                values[name] = _term(told, name, terms)
        if summary := cell(cells, "summary"):
            values["summary"] = summary
        own = f"type in the file: {word}" if word and titled and folded(word) != values["type"] else ""
        if note := "; ".join(part for part in (cell(cells, "note"), own, mapped.others(cells)) if part):
            values["note"] = note
        draft = Draft(row.line, cell(cells, "id"), "event", values, [], cells)
        if place is not None:
            spelled = cell(cells, "place")
            draft.parts.append(("event_place", {"place": place, "spelled": spelled} if spelled else {"place": place}))
        for name, role in self._actors:
            draft.parts += self._who(cells, name, role)
        sources = mapped.sources(cells)
        draft.parts += (("event_source", {"source": source}) for source in sources)
        draft.parts += (("count", {**count, "source": sources[0]}) for count in self._counts(cells))
        return draft

    def _type(self, word: str) -> str:
        if not word:
            return self._default
        told = folded(word)
        found = self._mapped.types.get(told) or TYPE_OF.get(told)
        if found is None:
            self._unknown[word] += 1
            return self._default
        return found

    def _who(self, cells: Sequence[str], name: str, role: str) -> Iterator[tuple[str, dict[str, Any]]]:
        if name == "actor" and (told := self._mapped.told(cells, "role")):
            role = _term(told, "role", ROLE_OF)
        for actor in self._mapped.names(cells, name):
            yield "event_actor", {"actor": _actor(actor), "role": role}

    def _counts(self, cells: Sequence[str]) -> Iterator[dict[str, Any]]:
        mapped = self._mapped
        for measure in self._measures:
            count = read_count(mapped.cell(cells, measure), measure)
            low, high = (whole(_known(mapped.told(cells, f"{measure}_{edge}")), f"{measure}_{edge}")
                         for edge in ("low", "high"))  # fmt: skip
            if count := with_bounds(count, low, high, measure):
                yield {**count, "measure": measure}
        if "killed_civilians" in mapped.at:
            civilians = read_count(mapped.cell(cells, "killed_civilians"), "killed_civilians")
            if civilians:
                yield {**civilians, "measure": "killed", "group": "civilians", "partition": "part"}

    def remarks(self) -> Iterator[Remark]:
        """Which words for types were not understood, and how many rows have no date."""
        if self._unknown:
            told = ", ".join(f"'{word[:40]}' ({often:,})" for word, often in self._unknown.most_common(TOLD_WORDS))
            more = f" and {len(self._unknown) - TOLD_WORDS:,} more" if len(self._unknown) > TOLD_WORDS else ""
            first = self._unknown.most_common(1)[0][0][:40]
            yield Remark(f"words for kinds of event that were read as '{self._default}': {told}{more}",
                         f"set 'type:{first}=TYPE'")  # fmt: skip
        if self._undated:
            yield Remark(f"{self._undated:,} rows have no date; they stand undated")


def _known(text: str) -> str:
    return "" if text.casefold() == "unknown" else text


@lru_cache(maxsize=4096)
def _actor(name: str) -> ActorMention:
    if name.casefold() in _PEOPLE:
        return ActorMention(name, "people")
    return ActorMention(name, "state" if name.startswith("Government of ") else "armed group")


def _term(text: str, name: str, terms: dict[str, str]) -> str:
    found = terms.get(folded(text))
    if found is None:
        raise CellError(f"{name}: '{text[:40]}' is none of {', '.join(dict.fromkeys(terms.values()))}")
    return found


def _title(word: str, place: PlaceMention | None) -> str:
    told = word[:1].upper() + word[1:] if word else "Incident"
    named = place is not None and any(character.isalpha() for character in place.name)
    return f"{told}, {place.name}" if place is not None and named else told


def _first_sentence(text: str) -> str:
    """The first sentence of a text, as far as a title goes."""
    if len(text) <= TITLE_LENGTH:
        return " ".join(text.split())
    first = " ".join(text.split())
    for stop in (". ", "؟ ", "! ", "; "):
        cut = first.find(stop, 10, TITLE_LENGTH)
        if cut > 0:
            return first[: cut + 1].rstrip(";")
    return f"{first[:TITLE_LENGTH].rpartition(' ')[0] or first[:TITLE_LENGTH]}\u2026"
