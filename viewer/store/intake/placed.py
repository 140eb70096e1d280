"""What follows for events when an import is over: where they lie, and what they name that is not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from viewer.geo.wkb import point_wkb, to_blob
from viewer.store.hot import hot_of

_WHERE = ("lon", "lat", "location_precision", "radius_m", "place")


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


def without_loose_ends(db: sqlite3.Connection) -> int:
    """Take out links to events that are not there, and the wholes of parts; how many."""
    known = "IN (SELECT key FROM event)"
    links = db.execute(f"DELETE FROM event_link WHERE other NOT {known}").rowcount
    parts = db.execute(f"UPDATE event SET part_of = '' WHERE part_of > '' AND part_of NOT {known}").rowcount
    return links + parts
