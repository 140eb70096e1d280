"""Finding by name and by text: any spelling of a place or actor, Arabic included, and words of events."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.domain.actors import Actor, ActorName
from viewer.domain.frozen import dataclass
from viewer.domain.places import Place, PlaceName
from viewer.store import schema
from viewer.store.columns import EventColumns
from viewer.store.file import QUERY_SECONDS, StoreFile
from viewer.store.reader import Reader
from viewer.store.search_text import fold, sound, squeezed
from viewer.store.text_index import IndexRows, TextIndex
from viewer.store.validate import columns_present

CUT_OFF = 72.0
"""Below this likeness (0 to 100) a misspelling is another word."""
EXACT = 98.0
"""From this score on a spelling is the name itself, not merely like it."""
CLEAR, MARGIN = 86.0, 4.0
"""A likeness of at least CLEAR is what was meant when nothing else comes within MARGIN of it."""
ELSEWHERE = 60.0
"""Of an event whose text has the words, though its title has not."""
_ONE_NUMBER = np.dtype([("id", np.int64)])
Rows = NDArray[np.int64]
MAX_LETTERS, MAX_WORDS = 200, 20
"""What is read of a query; the rest would only cost time."""
TEXTS_KEPT = 32
"""Texts whose events are kept, a bit for each event."""
FEW_EVENTS = 20_000
"""Events of which all texts are kept folded when there is no text index."""
SEARCHED = ("key", "title", "type", "summary")
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
        self, reader: Reader, events: EventColumns, index: TextIndex, places: Mapping[str, Place],
        place_names: Iterable[PlaceName], actors: Mapping[str, Actor], actor_names: Iterable[ActorName],
    ) -> None:  # fmt: skip
        self._reader = reader
        self._columns = events
        self._index = index
        self._damaged = False
        self._found: dict[tuple[str, ...], NDArray[np.uint8]] = {}
        self._weight = {place.key: _place_weight(place) for place in places.values()}
        self._entries = [_entry("place", p.key, p.name, p.name) for p in places.values()]
        self._entries += [
            _entry("place", n.place, places[n.place].name, n.name) for n in place_names if n.place in places
        ]
        self._entries += [_entry("actor", a.key, a.name, a.name) for a in actors.values()]
        self._entries += [
            _entry("actor", n.actor, actors[n.actor].name, n.name) for n in actor_names if n.actor in actors
        ]

    @property
    def ready(self) -> bool:
        """Whether the text index was read; until then whoever looks for a text waits for it."""
        return self._index.ready

    @property
    def indexed(self) -> bool:
        """Whether texts are found by the text index, which is sound as far as anybody knows."""
        return not self._damaged and self._index.rows(_never) is not None

    def find(self, text: str, limit: int = 40, seconds: float = QUERY_SECONDS) -> list[Hit]:
        """The best hits of every kind, the likeliest first: exact names, then beginnings, then likenesses, events.

        `seconds` bounds the search for events, of which only those found in that time are named; none before the text
        index is `ready`, unless there is the usual time.
        """
        text = text[:MAX_LETTERS]
        if not fold(text):
            return []
        asked = fold(text)
        names = [replace(hit, score=max(hit.score, _by_words(asked, hit.matched))) for hit in self._names(text)]
        hits = names + self._events(text, limit, seconds)
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

    def rows_with(self, text: str) -> Rows:
        """The rows of EventColumns, sorted, of all events in whose text every word of `text` occurs; kept."""
        with self._reader.store.reading():
            return self._kept_rows(_words(text), lambda words: self._rows_of(words, self._reader.store, _never))

    def look_ahead(self, text: str, tick: Callable[[], None]) -> None:
        """Find the rows with a text in another thread than the reader's, so that `rows_with` knows them already.

        Has a connection of its own, as whoever shares one waits for the other. What `tick`, which is called every
        few hundredths of a second, raises ends it and comes out; StoreError when the file cannot be read.
        """

        def found(words: list[str]) -> Rows:
            self._index.rows(tick)
            twin = self._reader.store.twin()
            twin.tick = tick  # not before: opening it is not worth giving up
            try:
                with twin.reading():
                    return self._rows_of(words, twin, tick)
            finally:
                twin.close()

        self._kept_rows(_words(text), found)

    def knows(self, text: str) -> bool:
        """Whether `rows_with` answers this text at once: it was asked lately, or there are few events."""
        return len(self._columns) <= FEW_EVENTS or tuple(_words(text)) in self._found

    def _kept_rows(self, words: list[str], find: Callable[[list[str]], Rows]) -> Rows:
        """What is kept of these words, or else what is found; that which was not asked for longest goes."""
        asked, number = tuple(words), len(self._columns)
        bits = self._found.pop(asked, None)
        if bits is None:
            told = np.zeros(number, dtype=bool)
            told[find(words)] = True
            bits = np.packbits(told)
        if len(self._found) >= TEXTS_KEPT:
            with suppress(KeyError, RuntimeError, StopIteration):  # another thread may be here too
                del self._found[next(iter(self._found))]
        self._found[asked] = bits
        return np.flatnonzero(np.unpackbits(bits, count=number))

    def _rows_of(self, words: list[str], store: StoreFile, tick: Callable[[], None]) -> Rows:
        """The rows with every word, read from a store on whichever connection."""
        index = self._sound_index(tick) if words else None
        if index is not None:
            try:
                return index.of(self._index_rows(words, store))
            except sqlite3.Error:
                if store.stopped:
                    raise
                self._damaged = True
        return self._rows_read(words, -1, store)

    def _sound_index(self, tick: Callable[[], None]) -> IndexRows | None:
        """The rows of the text index, for which one waits; None when it is missing or damaged."""
        return None if self._damaged else self._index.rows(tick)

    def _index_rows(self, words: list[str], store: StoreFile) -> NDArray[np.int64]:
        """The rows of the text index with every word."""
        query, values = _search_query("rowid", words, -1)
        return np.fromiter(store.within().execute(query, values), dtype=_ONE_NUMBER)["id"]

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

    def _events(self, text: str, limit: int, seconds: float) -> list[Hit]:
        keys = [*self._match(text, limit, seconds), text.strip()]
        titles = {event.key: event.title for event in self._reader.where("event", "key", keys)}
        asked = fold(text)
        scores = {key: _by_words(asked, title) or ELSEWHERE for key, title in titles.items()}
        if text.strip() in titles:
            scores[text.strip()] = 100.0
        return [Hit("event", key, titles[key], titles[key], score) for key, score in scores.items()]

    def _match(self, text: str, limit: int, seconds: float) -> list[str]:
        """Event keys by full text, or by going through the texts where that index is missing or damaged."""
        words = _words(text)
        if not words:
            return []
        store, keys = self._reader.store, dict[str, None]()
        if seconds < QUERY_SECONDS and not self._index.ready:
            return []
        if self._sound_index(_never) is not None:
            try:
                for (key,) in store.within(seconds).execute(*_search_query("key", words, limit)):
                    keys[str(key)] = None
                return list(keys)
            except sqlite3.Error:
                if store.stopped or (seconds < QUERY_SECONDS and store.late):
                    return list(keys)  # words too short for the index are looked for in every row
                self._damaged = True
        with store.reading():
            return [self._columns.keys[int(row)] for row in self._rows_read(words, limit, store)]

    def _rows_read(self, words: list[str], limit: int, store: StoreFile) -> Rows:
        """The rows of events with every word, found by going through their texts, at most `limit` unless it is -1."""
        if not words:
            return np.empty(0, dtype=np.int64)
        ids: list[int] = []
        for row_id, folded in self._few_texts if len(self._columns) <= FEW_EVENTS else self._likely_texts(words, store):
            if all(_occurs(word, folded) for word in words):
                ids.append(row_id)
            if len(ids) == limit:
                break
        return np.flatnonzero(np.isin(self._columns.ids, ids))

    @cached_property
    def _few_texts(self) -> list[tuple[int, str]]:
        return [(row_id, fold(text)) for row_id, text in self._texts(self._reader.store, "1")]

    def _likely_texts(self, words: list[str], store: StoreFile) -> Iterator[tuple[int, str]]:
        """The folded texts in which SQLite finds the words as they stand, for folding a million takes too long.

        A word that is spelled with an apostrophe or a mark inside is missed.
        """
        condition = " AND ".join("told LIKE ? ESCAPE '!'" for _ in words)
        for row_id, text in self._texts(store, condition, [_pattern(word) for word in words]):
            yield row_id, fold(text)

    def _texts(self, store: StoreFile, condition: str, values: Sequence[str] = ()) -> Iterator[tuple[int, str]]:
        """The number of each row of `event` and its words for which a condition on `told` holds."""
        present = columns_present(store, "event")
        parts = " || ' ' || ".join(f"ifnull(\"{name}\", '')" for name in SEARCHED if name in present)
        if parts:
            query = f"SELECT id, told FROM (SELECT rowid AS id, {parts} AS told FROM event) WHERE {condition}"
            yield from store.within().execute(query, values)


def _never() -> None:
    """Do not give up."""


def _words(text: str) -> list[str]:
    """The words that are looked for, as the texts are folded."""
    return fold(text[:MAX_LETTERS]).split()[:MAX_WORDS]


def index_answers(store: StoreFile) -> bool:
    """Whether the text index finds its first row by a word of that; sqlite3.Error when it is damaged. Raw texts."""
    first = store.within().execute(f"SELECT rowid, text FROM {schema.SEARCH_TABLE} LIMIT 1").fetchone()
    text = bytes(first[1] or b"").decode("utf-8", "replace") if first else ""
    long = [word for word in text.split() if len(word) >= 3]
    if not long:
        return True
    found = store.within().execute(*_search_query("rowid", long[:1], -1))
    return any(row[0] == first[0] for row in found)


def _search_query(wanted: str, words: list[str], limit: int) -> tuple[str, list[str | int]]:
    """SQL for the rows of the index with every word; words too short for trigrams are looked for in the rows.

    Asked for `key`, of events only; asked for `rowid`, of all, for the index alone does not know of what it tells.
    """
    conditions = ["kind = 'event'"] if wanted == "key" else []
    values: list[str | int] = []
    if long := [word for word in words if len(word) >= 3]:
        conditions.append(f"{schema.SEARCH_TABLE} MATCH ?")
        values.append(" ".join('"' + word.replace('"', '""') + '"' for word in long))
    for word in words:
        if len(word) < 3:
            conditions.append("instr(' ' || text || ' ', ?) > 0")
            values.append(_short_word(word))
    query = f"SELECT {wanted} FROM {schema.SEARCH_TABLE} WHERE {' AND '.join(conditions)}"
    return f"{query} ORDER BY rowid LIMIT ?", [*values, limit]


def _pattern(word: str) -> str:
    """What LIKE is asked for: the word anywhere; any letter where its folding may have changed one."""
    letters = (f"!{letter}" if letter in "!%_" else letter if letter.isascii() else "_" for letter in word)
    return f"%{''.join(letters)}%"


def _short_word(word: str) -> str:
    """A short Latin word counts whole ("IS" is not in "this"); Arabic ones are parts of words as often as not."""
    return f" {word} " if word.isascii() else word


def _occurs(word: str, folded: str) -> bool:
    return (_short_word(word) if len(word) < 3 else word) in f" {folded} "


def _by_words(asked: str, title: str) -> float:
    """How well a title fits a folded text by the very words in it, 0 when they are not in it.

    Whatever has them comes before what is merely spelled like them, which has 90 at most.
    """
    folded, wanted = fold(title), asked.split()
    words = folded.split()
    if folded == asked:
        return 100.0
    if f"{folded} ".startswith(f"{asked} "):
        return 94.0
    if set(wanted) <= set(words):
        return 92.0
    return 90.5 if all(any(word.startswith(part) for word in words) for part in wanted) else 0.0


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
