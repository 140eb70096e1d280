"""Records of different feeds that may tell of one incident: same pinned place, overlapping days, an actor in common.

They are hints for somebody to judge; nothing is merged.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from viewer.domain.places import PINNED
from viewer.store.columns import EventColumns, Pairs

MOST = 20
LONGEST_DAYS = 10
"""What lasts longer is a tally or goes on for weeks: sharing a day with it says nothing."""
_PINNED = ", ".join(f"'{name}'" for name in PINNED)
_AT_ITS_PLACES = f"""SELECT event FROM event_place WHERE place IN (
SELECT here.place FROM event_place here JOIN place ON place.key = here.place AND place.precision IN ({_PINNED})
WHERE here.event = :key)"""
_GIVEN = "SELECT value FROM json_each(:among)"
_TWINS = f"""
WITH asked(key) AS (SELECT * FROM ({{among}}))
SELECT DISTINCT other.key FROM event own CROSS JOIN asked CROSS JOIN event other ON other.key = asked.key
WHERE own.key = :key AND other.key <> own.key
AND other.earliest <= own.latest AND other.latest >= own.earliest
AND other.latest - other.earliest <= {LONGEST_DAYS} AND own.latest - own.earliest <= {LONGEST_DAYS}
AND coalesce(other.part_of, '') <> own.key AND coalesce(own.part_of, '') <> other.key
AND EXISTS (SELECT 1 FROM event_place here JOIN event_place there ON +there.place = +here.place
            JOIN place ON place.key = here.place AND place.precision IN ({_PINNED})
            WHERE here.event = own.key AND there.event = other.key)
AND EXISTS (SELECT 1 FROM event_actor mine JOIN event_actor theirs ON +theirs.actor = +mine.actor
            WHERE mine.event = own.key AND theirs.event = other.key)
AND coalesce((SELECT feed FROM origin WHERE of_key = other.key AND of_table = 'event'), '')
 <> coalesce((SELECT feed FROM origin WHERE of_key = own.key AND of_table = 'event'), '')
LIMIT {MOST}
"""
"""`+` keeps SQLite from looking through all rows of a busy place or actor instead of the few of an event."""


NEEDED = {
    "event": {"key", "part_of", "earliest", "latest"}, "event_place": {"event", "place"}, "place": {"key", "precision"},
    "event_actor": {"event", "actor"}, "origin": {"of_key", "of_table", "feed"},
}  # fmt: skip
"""The columns without which a store cannot be asked."""


def twins_of(db: sqlite3.Connection, key: str, among: Iterable[str] | None = None) -> tuple[str, ...]:
    """The keys of events of other feeds that may be the same incident as this one; of a store that has feeds.

    among: keys of the events that are worth judging, such as those `there_and_then` found; None: all at its places.
    """
    asked = _TWINS.format(among=_AT_ITS_PLACES if among is None else _GIVEN)
    given = json.dumps([] if among is None else list(among))
    return tuple(other for (other,) in db.execute(asked, {"key": key, "among": given}))


def there_and_then(events: EventColumns, places: Pairs, row: int) -> tuple[str, ...]:
    """The keys of the events that may share a place and a day with one, and last no longer than a twin may.

    Found in the columns: at a busy place the file would be asked for thousands, one by one.
    """
    days = events.days(row)
    if days is None or days[1] - days[0] > LONGEST_DAYS:
        return ()
    first, end = _ranks(events.earliest, days[0] - LONGEST_DAYS, days[1] + 1)
    begin, own, after, stop = _ranks(places.rows, first, row, row + 1, end)
    at_its_places = np.isin(places.codes[begin:stop], places.codes[own:after])
    rows = np.unique(places.rows[begin:stop][at_its_places])
    rows = rows[(events.latest[rows] >= days[0]) & (rows != row)]
    return tuple(events.keys[one] for one in rows.tolist())


def _ranks(ascending: NDArray[np.int32], *numbers: int) -> list[int]:
    """Where numbers belong in a column; of another type than its own they would have numpy copy the column."""
    found: list[int] = np.searchsorted(ascending, np.array(numbers, dtype=ascending.dtype)).tolist()
    return found


def several_feeds(db: sqlite3.Connection, feed: str) -> bool:
    """Whether a store has events of another feed than this one."""
    of_feed = "SELECT count(*) FROM origin WHERE of_table = 'event' AND feed = ?"
    (own,) = db.execute(of_feed, (feed,)).fetchone()
    (every,) = db.execute("SELECT count(*) FROM event").fetchone()
    return bool(every > own)
