"""Finding by name and by text: any spelling of a place or actor, Arabic included, and words of events."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from viewer.domain.actors import Actor, ActorName
from viewer.domain.places import Place, PlaceName
from viewer.store import schema
from viewer.store.reader import Reader
from viewer.store.search_text import fold, squeezed

CUT_OFF = 72.0
"""Below this likeness (0 to 100) a misspelling is another word."""


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
        """The best hits of every kind, the likeliest first."""
        if not fold(text):
            return []
        hits = self._names(text) + self._events(text, limit)
        return sorted(hits, key=lambda hit: (-hit.score, hit.kind, hit.name, hit.key))[:limit]

    def keys_of(self, kind: str, text: str) -> list[str]:
        """The places or actors that `text` names exactly in some spelling, best first; else the likeliest."""
        hits = [hit for hit in self._names(text) if hit.kind == kind]
        exact = [hit for hit in hits if hit.score >= 95]
        chosen = exact or hits[:1]
        return list(dict.fromkeys(hit.key for hit in sorted(chosen, key=lambda hit: -hit.score)))

    def events_with(self, text: str) -> frozenset[str]:
        """The keys of all events in whose text every word of `text` occurs."""
        return frozenset(self._match(text, -1))

    def _names(self, text: str) -> list[Hit]:
        from rapidfuzz import fuzz

        folded, tight = fold(text), squeezed(text)
        best: dict[tuple[str, str], Hit] = {}
        for entry in self._entries:
            score = _likeness(folded, tight, entry, fuzz.ratio)
            if score < CUT_OFF:
                continue
            if entry.kind == "place":
                score = min(100.0, score) - 0.01 * self._weight[entry.key]
            hit = Hit(entry.kind, entry.key, entry.name, entry.spelling, round(score, 2))
            place = (entry.kind, entry.key)
            if place not in best or hit.score > best[place].score:
                best[place] = hit
        return sorted(best.values(), key=lambda hit: (-hit.score, hit.kind, hit.key))

    def _events(self, text: str, limit: int) -> list[Hit]:
        keys = self._match(text, limit)
        titles = {event.key: event.title for event in self._reader.where("event", "key", keys)}
        wanted = set(fold(text).split())
        return [
            Hit("event", key, titles[key], titles[key], 90.0 if wanted <= set(fold(titles[key]).split()) else 60.0)
            for key in keys
            if key in titles
        ]

    def _match(self, text: str, limit: int) -> list[str]:
        """Event keys by full text; short words, which trigrams cannot find, are looked for in the rows."""
        words = fold(text).split()
        if not words or schema.SEARCH_TABLE not in self._reader.store.tables:
            return []
        long = [word for word in words if len(word) >= 3]
        query = f"SELECT key FROM {schema.SEARCH_TABLE} WHERE kind = 'event'"
        values: list[str | int] = []
        if long:
            query += f" AND {schema.SEARCH_TABLE} MATCH ?"
            values.append(" ".join('"' + word.replace('"', '""') + '"' for word in long))
        for word in words:
            if len(word) < 3:
                query += " AND (' ' || text || ' ') LIKE ?"
                values.append(f"% {word} %")
        try:
            rows = self._reader.store.within().execute(f"{query} ORDER BY rowid LIMIT ?", [*values, limit]).fetchall()
        except sqlite3.Error:
            return []
        return [str(key) for (key,) in rows]


def _entry(kind: str, key: str, name: str, spelling: str) -> _Entry:
    return _Entry(kind, key, name, spelling, fold(spelling), squeezed(spelling))


def _place_weight(place: Place) -> int:
    """Of two places with one spelling, the town comes before the province and the desert."""
    order = ("city", "town", "village", "province", "desert", "country")
    return order.index(place.kind) if place.kind in order else len(order)


def _likeness(folded: str, tight: str, entry: _Entry, ratio: object) -> float:
    if folded == entry.folded or tight == entry.squeezed:
        return 100.0
    words = entry.folded.split()
    if folded in words or (len(words) > 1 and entry.folded.startswith(folded + " ")):
        return 95.0
    if len(folded) >= 3 and entry.folded.startswith(folded):
        return 92.0 - min(len(entry.folded) - len(folded), 10) * 0.5
    if len(folded) >= 3 and any(word.startswith(folded) for word in words):
        return 85.0
    if len(tight) < 3:
        return 0.0
    likeness = float(ratio(tight, entry.squeezed))  # type: ignore[operator]
    return likeness * 0.9
