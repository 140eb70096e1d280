"""What follows for events when an import is over: where they lie, what finds them, what they name that is not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from viewer.geo.wkb import point_wkb, to_blob
from viewer.store import schema
from viewer.store.hot import hot_of
from viewer.store.search_text import event_words

_WHERE = ("lon", "lat", "location_precision", "radius_m", "place")
_NAMES = """
SELECT place.name FROM event_place JOIN place ON place.key = event_place.place WHERE event = ?1
UNION ALL SELECT place_name.name FROM event_place JOIN place_name USING (place) WHERE event = ?1
UNION ALL SELECT spelled FROM event_place WHERE event = ?1
UNION ALL SELECT actor.name FROM event_actor JOIN actor ON actor.key = event_actor.actor WHERE event = ?1
"""
BATCH = 500


class _At(NamedTuple):
    place: str
    role: str
    precision: str
    radius_m: float | None


def place_anew(db: sqlite3.Connection, moved: Collection[str], places: Mapping[str, Any]) -> None:
    """Put the events at places that an import changed where those now are."""
    for key in sorted(moved):
        for (event,) in db.execute("SELECT DISTINCT event FROM event_place WHERE place = ?", (key,)).fetchall():
            rows = db.execute("SELECT place, role, precision, radius_m FROM event_place WHERE event = ?", (event,))
            hot = hot_of("single", [_At(*row) for row in rows], places, (), ())
            where = [hot[name] for name in _WHERE]
            geometry = None if hot["lon"] is None else to_blob(point_wkb(hot["lon"], hot["lat"]))
            told = ", ".join(f'"{name}" = ?' for name in _WHERE)
            db.execute(f"UPDATE event SET {told}, geom = ? WHERE key = ?", (*where, geometry, event))


def words_anew(db: sqlite3.Connection, places: Collection[str], actors: Collection[str]) -> None:
    """Let the events at places and of actors that an import changed be found by what those are called now."""
    found: dict[str, None] = {}
    for table, keys in (("place", places), ("actor", actors)):
        for key in sorted(keys):
            named = db.execute(f"SELECT DISTINCT event FROM event_{table} WHERE {table} = ?", (key,))
            found.update((event, None) for (event,) in named)
    events = [*found]
    for start in range(0, len(events), BATCH):
        some = events[start : start + BATCH]
        asked = ", ".join("?" * len(some))
        db.execute(f"DELETE FROM {schema.SEARCH_TABLE} WHERE kind = 'event' AND key IN ({asked})", some)
        rows = db.execute(f"SELECT key, title, type, summary, note FROM event WHERE key IN ({asked})", some).fetchall()
        words = [
            (event_words(key, title, kind, summary, note, [name or "" for (name,) in db.execute(_NAMES, (key,))]), key)
            for key, title, kind, summary, note in rows
        ]
        db.executemany(f"INSERT INTO {schema.SEARCH_TABLE} (text, kind, key) VALUES (?, 'event', ?)", words)


def without_loose_ends(db: sqlite3.Connection) -> int:
    """Take out links to events that are not there, and the wholes of parts; how many."""
    known = "IN (SELECT key FROM event)"
    links = db.execute(f"DELETE FROM event_link WHERE other NOT {known}").rowcount
    parts = db.execute(f"UPDATE event SET part_of = '' WHERE part_of > '' AND part_of NOT {known}").rowcount
    return links + parts
