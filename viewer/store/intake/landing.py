"""Drafts into the tables of a store, a batch at a time, within the transaction of whoever opened it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from viewer.domain.counts import Count
from viewer.domain.drafts import ActorMention, Draft, EventMention, PlaceMention, Rejected, SourceMention
from viewer.domain.imports import ImportRun
from viewer.domain.records import PARTS
from viewer.geo.wkb import envelope, from_blob, point_wkb, to_blob
from viewer.store import schema
from viewer.store.contents import widen
from viewer.store.hot import hot_of
from viewer.store.intake.names import MAX_KEY, Names, NewRow, hashed, slug
from viewer.store.intake.rows import DraftError, Row, rows_of
from viewer.store.search_text import fold

Bounds = tuple[float, float, float, float]
"""West, south, east and north in degrees."""


@dataclass
class Tally:
    """What became of the rows of a file; read = added + updated + unchanged + rejected."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    new: dict[str, int] = field(default_factory=dict)
    """Records made for names that the store did not know, by table."""


class _At(NamedTuple):
    place: str
    role: str
    precision: str
    radius_m: float | None


class _Who(NamedTuple):
    actor: str
    role: str
    certainty: str


class _Stood(NamedTuple):
    """What the store has of a row of the feed already."""

    table: str
    key: str
    digest: str


class Landing:
    """One run of one feed into one store."""

    def __init__(self, db: sqlite3.Connection, run: ImportRun, names: Names, signature: str) -> None:
        """signature: how the file is read; the same row read in another way counts as changed."""
        self.tally = Tally()
        self._db, self._run, self._names = db, run, names
        self._seed = hashlib.blake2b(signature.encode(), digest_size=16).digest()
        self._seen: dict[str, int] = {}
        self._bounds: dict[str, Bounds] = {}
        self._first = not db.execute("SELECT 1 FROM origin WHERE feed = ? LIMIT 1", (run.feed,)).fetchone()
        self._rows: dict[str, list[Row]] = {}
        self._origins: list[tuple[str, ...]] = []
        self._searched: list[tuple[str, str, str]] = []

    def land(self, drafts: Sequence[Draft]) -> list[Rejected]:
        """Write a batch; those that cannot be written, with the reason."""
        rejected: list[Rejected] = []
        known = self._known(drafts)
        for draft in drafts:
            self.tally.read += 1
            try:
                self._land(draft, known)
            except DraftError as error:
                self.tally.rejected += 1
                rejected.append(Rejected(draft.line, str(error), draft.raw))
        self._write()
        return rejected

    def _known(self, drafts: Sequence[Draft]) -> dict[str, _Stood]:
        """What the store has of this feed, by the id there; what Badia's own keys name is found by key later."""
        if self._first:
            return {}
        ids = [draft.id for draft in drafts if draft.id]
        ids += [digest for draft in drafts if not draft.id for digest in [self._digest(draft)]]
        found: dict[str, _Stood] = {}
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            asked = ", ".join("?" * len(some))
            for feed_id, *stood in self._db.execute(
                f"SELECT feed_id, of_table, of_key, digest FROM origin WHERE feed = ? AND feed_id IN ({asked})",
                (self._run.feed, *some),
            ):
                found[feed_id] = _Stood(*stood)
        return found

    def _digest(self, draft: Draft) -> str:
        text = "\x1f".join(draft.raw).encode("utf-8", "replace")
        return hashlib.blake2b(text, digest_size=8, key=self._seed).hexdigest()

    def _land(self, draft: Draft, known: Mapping[str, _Stood]) -> None:
        digest = self._digest(draft)
        feed_id = draft.id or self._nameless(digest)
        if (line := self._seen.get(feed_id)) is not None:
            raise DraftError(f"the id '{feed_id}' is that of line {line} too; give each row its own")
        stood = known.get(feed_id)
        if stood is not None and stood.table != draft.table:
            self._delete(stood.table, stood.key)
            stood = None
        if stood is not None and stood.digest == digest:
            self._seen[feed_id] = draft.line
            self.tally.unchanged += 1
            return
        key = stood.key if stood else draft.key or key_of(self._run.feed, feed_id)
        main, parts, named = self._resolved(draft, key)
        self._seen[feed_id] = draft.line
        for table, values in named:
            self._add_named(table, values)
        before = self._as_it_stands(draft.table, key) if stood or draft.key else None
        changed = before is None or before != _told(main, parts)
        if before is None:
            self._rows.setdefault(draft.table, []).append(main)
            self.tally.added += 1
        elif changed:
            self._replace(draft.table, key, main)
            self.tally.updated += 1
        else:
            self.tally.unchanged += 1
        if changed:
            for table, rows in parts.items():
                self._rows.setdefault(table, []).extend(rows)
            self._widen(draft.table, main)
            if draft.table == "event":
                self._searched.append((self._words(draft, key), "event", key))
        if stood is None:
            self._origins.append((draft.table, key, self._run.feed, feed_id, self._run.key, digest))
        else:
            told = "run = ?, digest = ?" if changed else "digest = ?"
            values_told = (self._run.key, digest) if changed else (digest,)
            self._db.execute(
                f"UPDATE origin SET {told} WHERE feed = ? AND feed_id = ?", (*values_told, self._run.feed, feed_id)
            )

    def _nameless(self, digest: str) -> str:
        """What to call a row without an id: its digest, numbered when the same row comes again."""
        number, name = 1, digest
        while name in self._seen:
            number += 1
            name = f"{digest}-{number}"
        return name

    def _resolved(self, draft: Draft, key: str) -> tuple[Row, dict[str, list[Row]], list[NewRow]]:
        """The rows of a draft with keys in place of mentions, and the named records that have to be made first."""
        named: list[NewRow] = []
        maker = rows_of(draft.table)
        values = {name: self._key(value, named) for name, value in draft.values.items()}
        if "key" in maker.at:
            values["key"] = key
        main = maker.row(values)
        parts: dict[str, list[Row]] = {}
        at: list[_At] = []
        who: list[_Who] = []
        counts: list[Count] = []
        owner = draft.table
        for table, raw in draft.parts:
            part = {name: self._key(value, named) for name, value in raw.items()}
            part[owner] = key
            row = rows_of(table).row(part)
            parts.setdefault(table, []).append(row)
            if table == "event_place":
                at.append(_At(part["place"], part.get("role", "at"), part.get("precision", ""), part.get("radius_m")))
            elif table == "event_actor":
                who.append(_Who(part["actor"], part["role"], part.get("certainty", "established")))
            elif table == "count" and draft.values.get("form", "single") != "single":
                counts.append(Count(**part))
        if draft.table == "event":
            for name, value in hot_of(draft.values.get("form", "single"), at, self._names.places, who, counts).items():
                main[maker.at[name]] = value
        if draft.table in schema.GEOMETRY and main[maker.at["geom"]] is None and "lon" in maker.at:
            lon, lat = main[maker.at["lon"]], main[maker.at["lat"]]
            if lon is not None and lat is not None:
                main[maker.at["geom"]] = to_blob(point_wkb(lon, lat))
        return main, parts, named

    def _key(self, value: Any, named: list[NewRow]) -> Any:
        """The key that a mention means; keys of several, apart by blanks; any other value as it is."""
        if isinstance(value, PlaceMention):
            key, new = self._names.place(value)
        elif isinstance(value, ActorMention):
            key, new = self._names.actor(value)
        elif isinstance(value, SourceMention):
            key, new = self._names.source(value)
        elif isinstance(value, EventMention):
            return key_of(self._run.feed, value.id)
        elif isinstance(value, tuple) and value and isinstance(value[0], tuple):
            return " ".join(dict.fromkeys(self._key(one, named) for one in value))
        else:
            return value
        named += new
        return key

    def _add_named(self, table: str, values: Mapping[str, Any]) -> None:
        row = rows_of(table).row(values)
        self._rows.setdefault(table, []).append(row)
        self._widen(table, row)
        if "key" not in values:
            return
        self._origins.append((table, values["key"], self._run.feed, "", self._run.key, ""))
        self.tally.new[table] = self.tally.new.get(table, 0) + 1

    def _as_it_stands(self, table: str, key: str) -> list[tuple[str, tuple[Any, ...]]] | None:
        """A record of the store and its parts, in an order of its own; None when there is none."""
        self._write()
        names = ", ".join(f'"{column}"' for column in rows_of(table).columns)
        main = self._db.execute(f'SELECT {names} FROM "{table}" WHERE "key" = ?', (key,)).fetchone()
        if main is None:
            return None
        found = [("", main)]
        for part in PARTS.get(table, ()):
            names = ", ".join(f'"{column}"' for column in rows_of(part).columns)
            rows = self._db.execute(f'SELECT {names} FROM "{part}" WHERE "{table}" = ?', (key,))
            found += [(part, row) for row in rows]
        return sorted(found, key=repr)

    def _replace(self, table: str, key: str, row: Row) -> None:
        self._db.execute(rows_of(table).update(), (*row, key))
        for part in PARTS.get(table, ()):
            self._db.execute(f'DELETE FROM "{part}" WHERE "{table}" = ?', (key,))
        if table == "event":
            self._forget_words([key])

    def _forget_words(self, keys: Sequence[str]) -> None:
        asked = ", ".join("?" * len(keys))
        self._db.execute(f"DELETE FROM {schema.SEARCH_TABLE} WHERE kind = 'event' AND key IN ({asked})", keys)

    def _words(self, draft: Draft, key: str) -> str:
        """The folded text under which an event is found."""
        told = draft.values
        words = [key, told["title"], told.get("type", ""), told.get("summary", ""), told.get("note", "")]
        for value in (value for _, row in draft.parts for value in row.values()):
            if isinstance(value, PlaceMention):
                words += {value.name, self._names.places[self._names.place(value)[0]].name}
            elif isinstance(value, ActorMention):
                words.append(value.name)
        return " ".join(_folded(word) for word in words if word)

    def _widen(self, table: str, row: Row) -> None:
        if table not in schema.GEOMETRY:
            return
        at = rows_of(table).at
        if "lon" in at and row[at["lon"]] is not None and table == "event":
            west = east = row[at["lon"]]
            south = north = row[at["lat"]]
        elif (blob := row[at["geom"]]) is not None:
            west, east, south, north = envelope(from_blob(blob))
        else:
            return
        old = self._bounds.get(table, (west, south, east, north))
        self._bounds[table] = (min(old[0], west), min(old[1], south), max(old[2], east), max(old[3], north))

    def _write(self) -> None:
        for table, rows in self._rows.items():
            if rows:
                self._db.executemany(rows_of(table).insert(), rows)
        self._rows.clear()
        if self._origins:
            self._db.executemany(
                "INSERT INTO origin (of_table, of_key, feed, feed_id, run, digest) VALUES (?, ?, ?, ?, ?, ?)",
                self._origins,
            )
            self._origins.clear()
        if self._searched:
            self._db.executemany(
                f"INSERT INTO {schema.SEARCH_TABLE} (text, kind, key) VALUES (?, ?, ?)", self._searched
            )
            self._searched.clear()

    def delete_missing(self) -> int:
        """Take out what an earlier edition of the feed brought and this one no longer has."""
        gone = [
            (table, key)
            for table, key, feed_id in self._db.execute(
                "SELECT of_table, of_key, feed_id FROM origin WHERE feed = ? AND feed_id <> ''", (self._run.feed,)
            )
            if feed_id not in self._seen
        ]
        for table, key in gone:
            self._delete(table, key)
        self.tally.deleted = len(gone)
        return len(gone)

    def _delete(self, table: str, key: str) -> None:
        self._db.execute(f'DELETE FROM "{table}" WHERE "key" = ?', (key,))
        self._db.execute("DELETE FROM origin WHERE of_table = ? AND of_key = ?", (table, key))
        for part in PARTS.get(table, ()):
            self._db.execute(f'DELETE FROM "{part}" WHERE "{table}" = ?', (key,))
        if table == "event":
            self._db.execute("DELETE FROM event_link WHERE other = ?", (key,))
            self._db.execute("UPDATE event SET part_of = '' WHERE part_of = ?", (key,))
            self._forget_words([key])

    def finish(self, run: ImportRun) -> None:
        """Write the run itself with its numbers, and how far the tables reach, for a GIS."""
        self._write()
        row = rows_of("import_run").row({name: getattr(run, name) for name in ImportRun.__slots__})
        self._db.execute(rows_of("import_run").insert(), row)
        for table, bounds in self._bounds.items():
            widen(self._db, table, bounds)


def key_of(feed: str, feed_id: str) -> str:
    """The key of a record that a feed calls `feed_id`: the same in every edition, and never that of another id."""
    clean = slug(feed_id)
    whole = f"{feed}-{clean}" if clean == feed_id else f"{feed}-{clean}-{hashed(feed_id)}".replace("--", "-")
    return whole if len(whole) <= MAX_KEY else f"{feed}-{hashed(feed_id)}"


def _told(main: Row, parts: Mapping[str, Iterable[Row]]) -> list[tuple[str, tuple[Any, ...]]]:
    rows: Iterator[tuple[str, tuple[Any, ...]]] = ((table, tuple(row)) for table in parts for row in parts[table])
    return sorted([("", tuple(main)), *rows], key=repr)


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    return fold(text)
