"""Finding by name and by text: any spelling of a place or actor, Arabic included, and words of events."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from viewer.domain.actors import Actor, ActorName
from viewer.domain.places import Place, PlaceName
from viewer.domain.records import Problem
from viewer.store import schema
from viewer.store.open import StoreFile
from viewer.store.reader import Reader
from viewer.store.search_text import fold, sound, squeezed

CUT_OFF = 72.0
"""Below this likeness (0 to 100) a misspelling is another word."""
EXACT = 98.0
"""From this score on a spelling is the name itself, not merely like it."""
CLEAR, MARGIN = 86.0, 4.0
"""A likeness of at least CLEAR is what was meant when nothing else comes within MARGIN of it."""
MAX_LETTERS, MAX_WORDS = 200, 20
"""What is read of a query; the rest would only cost time."""
KIND_ORDER = ("place", "actor", "event")


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: `matched` is the spelling that fitted, score 0 to 100."""

    kind: str
    key: str
    name: str
    matched: str
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    key: str
    name: str
    spelling: str
    folded: str
    squeezed: str
    sound: str


class Finder:
    """Ranks places, actors and events for a text."""

    def __init__(
        self, reader: Reader, places: Mapping[str, Place], place_names: Iterable[PlaceName],
        actors: Mapping[str, Actor], actor_names: Iterable[ActorName],
    ) -> None:  # fmt: skip
        self._reader = reader
        self._weight = {place.key: _place_weight(place) for place in places.values()}
        self._entries = [_entry("place", p.key, p.name, p.name) for p in places.values()]
        self._entries += [
            _entry("place", n.place, places[n.place].name, n.name) for n in place_names if n.place in places
        ]
        self._entries += [_entry("actor", a.key, a.name, a.name) for a in actors.values()]
        self._entries += [
            _entry("actor", n.actor, actors[n.actor].name, n.name) for n in actor_names if n.actor in actors
        ]

    def find(self, text: str, limit: int = 40) -> list[Hit]:
        """The best hits of every kind, the likeliest first: exact names, then beginnings, then likenesses, events."""
        text = text[:MAX_LETTERS]
        if not fold(text):
            return []
        hits = self._names(text) + self._events(text, limit)
        return sorted(hits, key=lambda hit: (-hit.score, KIND_ORDER.index(hit.kind), hit.name, hit.key))[:limit]

    def keys_of(self, kind: str, text: str) -> list[str]:
        """The places or actors that `text` names exactly in some spelling, best first; else the one clearly meant.

        What shares the spelling of the one meant (a town and its province) is meant too. Nothing when in doubt.
        """
        hits = self.likely(kind, text)
        if exact := [hit.key for hit in hits if hit.score >= EXACT]:
            return exact
        near = [hit for hit in hits if hit.score > hits[0].score - MARGIN]
        clear = bool(near) and near[0].score >= CLEAR and len({fold(hit.matched) for hit in near}) == 1
        return [hit.key for hit in near] if clear else []

    def likely(self, kind: str, text: str) -> list[Hit]:
        """The places or actors whose names are like `text`, the likeliest first."""
        return [hit for hit in self._names(text[:MAX_LETTERS]) if hit.kind == kind]

    def events_with(self, text: str) -> frozenset[str]:
        """The keys of all events in whose text every word of `text` occurs."""
        return frozenset(self._match(text[:MAX_LETTERS], -1))

    def _names(self, text: str) -> list[Hit]:
        from rapidfuzz import fuzz

        asked = _entry("", "", "", text)
        best: dict[tuple[str, str], Hit] = {}
        for entry in self._entries:
            score = _likeness(asked, entry, fuzz.ratio)
            if score < CUT_OFF:
                continue
            score -= 0.01 * self._weight[entry.key] if entry.kind == "place" else 0.0
            hit = Hit(entry.kind, entry.key, entry.name, entry.spelling, round(score, 2))
            known = best.get((entry.kind, entry.key))
            if known is None or hit.score > known.score:
                best[entry.kind, entry.key] = hit
        return sorted(best.values(), key=lambda hit: (-hit.score, hit.kind, hit.key))

    def _events(self, text: str, limit: int) -> list[Hit]:
        keys = [*self._match(text, limit), text.strip()]
        titles = {event.key: event.title for event in self._reader.where("event", "key", keys)}
        wanted = set(fold(text).split())
        scores = {key: 70.0 if wanted <= set(fold(title).split()) else 60.0 for key, title in titles.items()}
        if text.strip() in titles:
            scores[text.strip()] = 100.0
        return [Hit("event", key, titles[key], titles[key], score) for key, score in scores.items()]

    def _match(self, text: str, limit: int) -> list[str]:
        """Event keys by full text, or by going through the texts where that index is missing or damaged."""
        words = fold(text).split()[:MAX_WORDS]
        if not words:
            return []
        store = self._reader.store
        if self._indexed:
            try:
                rows = store.within().execute(*_search_query(words, limit)).fetchall()
                return list(dict.fromkeys(str(key) for (key,) in rows))
            except sqlite3.Error:
                self._indexed = False
        found = [key for key, folded in self._event_texts.items() if all(_occurs(word, folded) for word in words)]
        return found[:limit] if limit >= 0 else found

    @cached_property
    def _indexed(self) -> bool:
        store = self._reader.store
        return schema.SEARCH_TABLE in store.tables and _index_answers(store)

    @cached_property
    def _event_texts(self) -> Mapping[str, str]:
        return {e.key: fold(f"{e.key} {e.title} {e.type} {e.summary}") for e in self._reader.all("event")}


def search_problems(store: StoreFile) -> Iterator[Problem]:
    """One sentence when the text index does not answer; finding then goes through the texts themselves."""
    if schema.SEARCH_TABLE in store.tables and not _index_answers(store):
        yield Problem(schema.SEARCH_TABLE, "the text index is damaged; search goes through titles and summaries")


def _index_answers(store: StoreFile) -> bool:
    """Whether the index covers as many events as there are and finds the first of them by a word of its own."""
    try:
        counted = [
            store.within().execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("event", f"{schema.SEARCH_TABLE} WHERE kind = 'event'")
        ]
        first = store.within().execute(f"SELECT key, text FROM {schema.SEARCH_TABLE} LIMIT 1").fetchone()
        long = [word for word in str(first[1] if first else "").split() if len(word) >= 3]
        found = store.within().execute(*_search_query(long[:1], -1)).fetchall() if long else [first]
    except sqlite3.Error:
        return False
    return counted[0] == counted[1] and (first is None or (first[0] in [row[0] for row in found if row]))


def _search_query(words: list[str], limit: int) -> tuple[str, list[str | int]]:
    """SQL for the keys of events with every word; words too short for trigrams are looked for in the rows."""
    query = f"SELECT key FROM {schema.SEARCH_TABLE} WHERE kind = 'event'"
    values: list[str | int] = []
    if long := [word for word in words if len(word) >= 3]:
        query += f" AND {schema.SEARCH_TABLE} MATCH ?"
        values.append(" ".join('"' + word.replace('"', '""') + '"' for word in long))
    for word in words:
        if len(word) < 3:
            query += " AND instr(' ' || text || ' ', ?) > 0"
            values.append(_short_word(word))
    return f"{query} ORDER BY rowid LIMIT ?", [*values, limit]


def _short_word(word: str) -> str:
    """A short Latin word counts whole ("IS" is not in "this"); Arabic ones are parts of words as often as not."""
    return f" {word} " if word.isascii() else word


def _occurs(word: str, folded: str) -> bool:
    return (_short_word(word) if len(word) < 3 else word) in f" {folded} "


def _entry(kind: str, key: str, name: str, spelling: str) -> _Entry:
    return _Entry(kind, key, name, spelling, fold(spelling), squeezed(spelling), sound(spelling))


def _place_weight(place: Place) -> int:
    """Of two places with one spelling, the town comes before the province and the desert."""
    order = ("city", "town", "village", "province", "desert", "country")
    return order.index(place.kind) if place.kind in order else len(order)


def _likeness(asked: _Entry, entry: _Entry, ratio: Callable[[str, str], float]) -> float:
    """How well a name fits what was asked, 0 to 100: the name, its words, its beginning, or one like it."""
    folded = asked.folded
    if folded == entry.folded:
        return 100.0
    if asked.squeezed == entry.squeezed:
        return 99.0
    words = entry.folded.split()
    if folded in words or (len(words) > 1 and entry.folded.startswith(folded + " ")):
        return 95.0
    enough = len(folded) >= (3 if folded.isascii() else 2)
    if enough and entry.folded.startswith(folded):
        return 92.0 - min(len(entry.folded) - len(folded), 10) * 0.5
    if enough and any(word.startswith(folded) for word in words):
        return 85.0
    if len(asked.squeezed) < 4 or len(entry.squeezed) < 4:
        return 0.0
    if asked.sound == entry.sound:
        return 91.0
    return 0.9 * max(ratio(asked.squeezed, entry.squeezed), ratio(asked.sound, entry.sound))
