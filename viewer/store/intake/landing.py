"""Drafts into the tables of a store, a batch at a time, within the transaction of whoever opened it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from viewer.domain.dates import DateError, Day, iso, parse
from viewer.domain.drafts import MAIN, ActorMention, Draft, EventMention, PlaceMention, Rejected, SourceMention
from viewer.domain.imports import ImportRun
from viewer.domain.records import PARTS
from viewer.geo.wkb import POINT_HEADER, envelope, from_blob, plain_point, point_wkb, to_blob
from viewer.store import schema
from viewer.store.contents import widen
from viewer.store.intake.bulk import OF_PARTS
from viewer.store.intake.changes import Touched, changing, going
from viewer.store.intake.names import MAX_KEY, Names, hashed, slug
from viewer.store.intake.parts import Part, Parts
from viewer.store.intake.placed import place_anew, without_loose_ends, words_anew
from viewer.store.intake.rows import DraftError, Row, is_text, rows_of
from viewer.store.intake.writing import Writing
from viewer.store.twins import several_feeds, twins_of

MOST_LOOKED_AT = 20_000
"""Records of a run for which others are looked for that may be the same."""
MOST_LISTED = 2000
"""Records that are named of those that were changed or deleted."""
LONG_DIGEST = 12
NAMED = ("place", "actor", "source")
"""Tables whose records others name."""
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


class _Stood(NamedTuple):
    """What the store has of a row of the feed already."""

    table: str
    key: str
    digest: str


class Landing:
    """One run of one feed into one store."""

    def __init__(self, writing: Writing, run: ImportRun, names: Names, signature: str) -> None:
        """signature: how the file is read; the same row read in another way counts as changed."""
        self.tally = Tally()
        self._writing, self._run, self._names = writing, run, names
        seed = hashlib.blake2b(signature.encode(), digest_size=16).digest()
        self._digest = hashlib.blake2b(digest_size=8, key=seed)
        self._seen: dict[str, int] = {}
        self._alike: dict[str, int] = {}
        self._parts = Parts(names, self._key)
        self._moved: set[str] = set()
        self._renamed: set[str] = set()
        self.changed: list[Touched] = []
        """The first records that an edition changed."""
        self.deleted: list[Touched] = []
        """The first records that were taken out."""
        self._linked = False
        self.loose = 0
        """References to events that are not there, and were left out; known when the run is finished."""
        self._bounds: dict[str, Bounds] = {}
        self._rows: dict[str, list[Row]] = {}
        db = writing.db
        self.first = not db.execute("SELECT 1 FROM origin WHERE feed = ? LIMIT 1", (run.feed,)).fetchone()
        """Whether the store has nothing of this feed yet."""
        self._filled = {table for table in MAIN if db.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone()}
        self._taken = {
            (table, key) for table in (self._filled if self.first else ())
            for (key,) in db.execute(f'SELECT "key" FROM "{table}" WHERE "key" >= ? AND "key" < ?',
                                     (f"{run.feed}-", f"{run.feed}."))
        }  # fmt: skip
        """Records that have keys of this feed and came with another: another store's import brought them."""

    @property
    def _db(self) -> sqlite3.Connection:
        """The store with all that was landed; to ask for it ends the quick writing of many rows."""
        self._write()
        return self._writing.db

    def let_go_of_parts(self) -> None:
        """Forget what was worked out: it knows this landing, and only a search for circles would let go of both."""
        del self._parts

    def land(self, drafts: Sequence[Draft]) -> list[Rejected]:
        """Write a batch; those that cannot be written, with the reason."""
        rejected: list[Rejected] = []
        named = [(draft, *self._identity(draft)) for draft in drafts]
        known = {} if self.first else self._known([feed_id for _, feed_id, _ in named])
        if not self.first:
            new = ((draft.table, feed_id) for draft, feed_id, _ in named if feed_id not in known)
            self._taken = self._keys_there(new)
        self.tally.read += len(named)
        for draft, feed_id, digest in named:
            try:
                self._land(draft, feed_id, digest, known.get(feed_id))
            except DraftError as error:
                self.tally.rejected += 1
                rejected.append(Rejected(draft.line, str(error), draft.raw))
        self._write()
        return rejected

    def _identity(self, draft: Draft) -> tuple[str, str]:
        """What the feed calls a row, and the digest of the row.

        A row without an id is called by a digest of its cells alone, so that reading it in another way updates it,
        with a number when the same row comes again.
        """
        text = "\x1f".join(draft.raw).encode("utf-8", "replace")
        digest = self._digest.copy()
        digest.update(text)
        if draft.id:
            return draft.id, digest.hexdigest()
        name = named_in_feed(draft)
        number = self._alike[name] = self._alike.get(name, 0) + 1
        return name if number == 1 else f"{name}-{number}", digest.hexdigest()

    def _known(self, ids: Sequence[str]) -> dict[str, _Stood]:
        """What the store has of this feed already, by the id there."""
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

    def _land(self, draft: Draft, feed_id: str, digest: str, stood: _Stood | None) -> None:
        if not feed_id.isascii() and not is_text(feed_id):
            raise DraftError("the id holds half a character")
        if (line := self._seen.get(feed_id)) is not None:
            raise DraftError(f"the id '{feed_id}' is that of line {line} too; give each row its own")
        another = stood if stood is not None and stood.table != draft.table else None
        stood = None if another else stood
        if stood is not None and stood.digest == digest:
            self._seen[feed_id] = draft.line
            self.tally.unchanged += 1
            return
        key = stood.key if stood else draft.key or key_of(self._run.feed, feed_id)
        main, parts = self._resolved(draft, key)
        if another is not None:
            self._delete(another.table, another.key)
        self._seen[feed_id] = draft.line
        if stood is None and (draft.table, key) not in self._taken and not (draft.key and self._may_stand(draft)):
            self._add(draft.table, key, main, parts)
            changed = True
        else:
            changed = self._put(draft.table, key, feed_id, main, parts)
        self._linked = self._linked or bool(draft.values.get("part_of"))
        if draft.table in NAMED:
            spelled = [row["name"] for part, row in draft.parts if part.endswith("_name")]
            self._names.learn(draft.table, {**draft.values, "key": key}, spelled)
            self._parts.forget()
        if changed and draft.table == "event":
            self._search(draft.values, parts, key)
        if stood is None:
            self._row("origin", (draft.table, key, self._run.feed, feed_id, self._run.key, digest))
        elif changed:
            told = "UPDATE origin SET run = ?, digest = ? WHERE feed = ? AND feed_id = ?"
            self._db.execute(told, (self._run.key, digest, self._run.feed, feed_id))
        else:
            told = "UPDATE origin SET digest = ? WHERE feed = ? AND feed_id = ?"
            self._db.execute(told, (digest, self._run.feed, feed_id))

    def _row(self, table: str, row: Row) -> None:
        if (rows := self._rows.get(table)) is None:
            rows = self._rows[table] = []
        rows.append(row)

    def _may_stand(self, draft: Draft) -> bool:
        """Whether the store may have a record of the key that a draft brings with it."""
        if draft.table in NAMED:
            return self._names.has(draft.table, draft.key)
        return draft.table in self._filled

    def _keys_there(self, rows: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """The records that the store has already of rows that are new to it: another store's import brought them."""
        keys: dict[str, list[str]] = {}
        for table, feed_id in rows:
            if table in self._filled and is_text(feed_id):
                keys.setdefault(table, []).append(key_of(self._run.feed, feed_id))
        found: set[tuple[str, str]] = set()
        for table, told in keys.items():
            for start in range(0, len(told), 500):
                some = told[start : start + 500]
                asked = ", ".join("?" * len(some))
                rows_there = self._db.execute(f'SELECT "key" FROM "{table}" WHERE "key" IN ({asked})', some)
                found.update((table, key) for (key,) in rows_there)
        return found

    def _add(self, table: str, key: str, main: Row, parts: Sequence[Part]) -> None:
        """Write a record that the store lacks."""
        self._row(table, main)
        self._add_parts(key, parts)
        self._widen(table, main)
        self.tally.added += 1

    def _add_parts(self, key: str, parts: Sequence[Part]) -> None:
        rows, owner = self._rows, (key,)
        for part in parts:
            if (of_table := rows.get(part.table)) is None:
                of_table = rows[part.table] = []
            of_table.append((owner, part.rest))

    def _put(self, table: str, key: str, feed_id: str, main: Row, parts: Sequence[Part]) -> bool:
        """Write a record and its parts, over the one of that key if there is one; whether that changed anything."""
        before = self._as_it_stands(table, key)
        if before is None:
            self._add(table, key, main, parts)
            return True
        after = sorted([("", main), *((part.table, (key, *part.rest)) for part in parts)], key=repr)
        if before == after:
            self.tally.unchanged += 1
            return False
        if len(self.changed) < MOST_LISTED:
            self.changed.append(changing(table, key, feed_id, before, after))
        self._replace(table, key, main)
        self._add_parts(key, parts)
        self._widen(table, main)
        self.tally.updated += 1
        self._moved.update({key} if table == "place" else ())
        self._renamed.update({key} if table == "actor" else ())
        return True

    def _resolved(self, draft: Draft, key: str) -> tuple[Row, list[Part]]:
        """The row of a draft with keys in place of mentions, and its parts."""
        maker = rows_of(draft.table)
        values = draft.values
        if "key" in maker.at:
            values = {**values, "key": key}
        for value in values.values():
            if isinstance(value, tuple):  # a mention, or several
                values = {name: self._key(one) for name, one in values.items()}
                break
        main = maker.row(values)
        parts = self._parts.of(draft.parts, draft.table)
        if draft.table == "event":
            hot = self._parts.hot(values.get("form", "single"), parts)
            main = main[: -len(hot)] + hot
        elif draft.table in schema.GEOMETRY and main[maker.at["geom"]] is None and "lon" in maker.at:
            lon, lat = main[maker.at["lon"]], main[maker.at["lat"]]
            if lon is not None and lat is not None:
                main = (*main[:-1], to_blob(point_wkb(lon, lat)))  # the last column, as in every table that has one
        return main, parts

    def _key(self, value: Any) -> Any:
        """The key that a mention means; keys of several, apart by blanks; any other value as it is."""
        if not isinstance(value, tuple):
            return value
        if isinstance(value, SourceMention):
            key, new = self._names.source(value)
        elif isinstance(value, PlaceMention):
            key, new = self._names.place(value)
        elif isinstance(value, ActorMention):
            key, new = self._names.actor(value)
        elif isinstance(value, EventMention):
            return key_of(self._run.feed, value.id)
        elif value and isinstance(value[0], tuple):
            return " ".join(dict.fromkeys(self._key(one) for one in value))
        else:
            return value
        try:
            for table, values in new:
                self._add_named(table, values)
        except DraftError:
            self._names.forget(value)
            raise
        return key

    def _add_named(self, table: str, values: Mapping[str, Any]) -> None:
        row = rows_of(table).row(values)
        self._row(table, (row[:1], row[1:]) if table in OF_PARTS else row)
        self._widen(table, row)
        if "key" not in values:
            return
        self._row("origin", (table, values["key"], self._run.feed, "", self._run.key, ""))
        self.tally.new[table] = self.tally.new.get(table, 0) + 1

    def _as_it_stands(self, table: str, key: str) -> list[tuple[str, tuple[Any, ...]]] | None:
        """A record of the store and its parts, in an order of its own; None when there is none."""
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

    def _search(self, values: Mapping[str, Any], parts: Sequence[Part], key: str) -> None:
        """Find an event by its texts and by the names of what it names."""
        names = [one.told for one in parts if one.told]
        names += [one.known for one in parts if one.known]
        texts = (values["title"], values.get("type", ""), values.get("summary", ""), values.get("note", ""))
        self._row(schema.SEARCH_TABLE, (key, *texts, names))

    def _widen(self, table: str, row: Row) -> None:
        if table not in schema.GEOMETRY:
            return
        at = rows_of(table).at
        if table == "event" and row[at["lon"]] is not None:
            west = east = row[at["lon"]]
            south = north = row[at["lat"]]
        elif (blob := row[at["geom"]]) is not None:
            point = plain_point(blob[POINT_HEADER:])
            west, east, south, north = (*point[:1] * 2, *point[1:] * 2) if point else envelope(from_blob(blob))
        else:
            return
        old = self._bounds.get(table)
        if old is None:
            self._bounds[table] = (west, south, east, north)
        elif west < old[0] or south < old[1] or east > old[2] or north > old[3]:
            self._bounds[table] = (min(old[0], west), min(old[1], south), max(old[2], east), max(old[3], north))

    def _write(self) -> None:
        rows, self._rows = self._rows, {}
        if rows:
            self._linked |= "event_link" in rows
            self._writing.put(rows)

    def delete_missing(self) -> int:
        """Take out what an earlier edition of the feed brought and this one no longer has."""
        gone = [
            (table, key, feed_id)
            for table, key, feed_id in self._db.execute(
                "SELECT of_table, of_key, feed_id FROM origin WHERE feed = ? AND feed_id <> ''", (self._run.feed,)
            )
            if feed_id not in self._seen and table not in NAMED  # others may name those still
        ]
        for table, key, feed_id in gone:
            if len(self.deleted) < MOST_LISTED and (row := self._standing(table, key)) is not None:
                self.deleted.append(going(table, key, feed_id, row))
            self._let_go(table, key)
        self.tally.deleted = len(gone)
        return len(gone)

    def _standing(self, table: str, key: str) -> Row | None:
        names = ", ".join(f'"{column}"' for column in rows_of(table).columns)
        row: Row | None = self._db.execute(f'SELECT {names} FROM "{table}" WHERE "key" = ?', (key,)).fetchone()
        return row

    def _let_go(self, table: str, key: str) -> None:
        """Take a record out unless another feed brought it, too."""
        mine = "DELETE FROM origin WHERE of_table = ? AND of_key = ? AND feed = ?"
        self._db.execute(mine, (table, key, self._run.feed))
        others = "SELECT 1 FROM origin WHERE of_table = ? AND of_key = ? AND feed_id <> '' LIMIT 1"
        if self._db.execute(others, (table, key)).fetchone() is None:
            self._delete(table, key)

    def _delete(self, table: str, key: str) -> None:
        self._db.execute(f'DELETE FROM "{table}" WHERE "key" = ?', (key,))
        self._db.execute("DELETE FROM origin WHERE of_table = ? AND of_key = ?", (table, key))
        for part in PARTS.get(table, ()):
            self._db.execute(f'DELETE FROM "{part}" WHERE "{table}" = ?', (key,))
        if table == "event":
            self._db.execute("DELETE FROM event_link WHERE other = ?", (key,))
            self._db.execute("UPDATE event SET part_of = '' WHERE part_of = ?", (key,))
            self._forget_words([key])

    def twins(self) -> Iterator[tuple[str, str]]:
        """What this run wrote, and events of other feeds that may be the same; of a very large run only its first."""
        if not several_feeds(self._db, self._run.feed):
            return
        written = "SELECT of_key FROM origin WHERE run = ? AND of_table = 'event' LIMIT ?"
        for (key,) in self._db.execute(written, (self._run.key, MOST_LOOKED_AT)).fetchall():
            yield from ((key, other) for other in twins_of(self._db, key))

    def compiled_until(self, day: Day, is_new: bool) -> None:
        """Note that the store's compilation goes on to this day; what does not say how far it goes stays so."""
        (told,) = self._db.execute(f"SELECT value FROM {schema.META_TABLE} WHERE name = 'as_of'").fetchone() or ("",)
        try:
            latest = parse(told).latest
        except DateError:
            return
        if (latest is not None and latest < day) or (is_new and not told):
            said = f"INSERT OR REPLACE INTO {schema.META_TABLE} (name, value) VALUES ('as_of', ?)"
            self._db.execute(said, (iso(day),))

    def finish(self, run: ImportRun) -> None:
        """Write the run itself with its numbers, and how far the tables reach, for a GIS."""
        db = self._db
        self.loose = without_loose_ends(db) if self._linked else 0
        place_anew(db, self._moved, self._names.places)
        words_anew(db, self._moved, self._renamed)
        row = rows_of("import_run").row({name: getattr(run, name) for name in ImportRun.__slots__})
        db.execute(rows_of("import_run").insert(), row)
        for table, bounds in self._bounds.items():
            widen(db, table, bounds)


def named_in_feed(draft: Draft) -> str:
    """What its feed calls a row: its id, or a digest of its cells; of identical rows without one that of the first."""
    if draft.id:
        return draft.id
    return hashlib.blake2b("\x1f".join(draft.raw).encode("utf-8", "replace"), digest_size=8).hexdigest()


def key_of(feed: str, feed_id: str) -> str:
    """The key of a record that a feed calls `feed_id`: the same in every edition, and never that of another id.

    No name of a feed and no plain id has two hyphens in a row: where either has one, two say where the id begins, so
    that feed a with b-c is not feed a-b with c. What is no plain id, or too long, ends in a digest behind two more.
    """
    clean = feed_id[: MAX_KEY - 10] if feed_id.isdecimal() and feed_id.isascii() else slug(feed_id)
    if clean != feed_id:
        whole = f"{feed}--{clean}--{hashed(feed_id)}"
    else:
        whole = f"{feed}--{clean}" if "-" in feed or "-" in clean else f"{feed}-{clean}"
    return whole if len(whole) <= MAX_KEY else f"{feed}----{hashed(feed_id, LONG_DIGEST)}"
