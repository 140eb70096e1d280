"""Records of different feeds that may tell of one incident: same pinned place, overlapping days, an actor in common.

They are hints for somebody to judge; nothing is merged.
"""

from __future__ import annotations

import sqlite3

from viewer.domain.places import PINNED

MOST = 20
LONGEST_DAYS = 10
"""What lasts longer is a tally or goes on for weeks: sharing a day with it says nothing."""
_ASKED = ", ".join("?" * len(PINNED))
_TWINS = f"""
SELECT DISTINCT other.key FROM event own
JOIN event_place here ON here.event = own.key
JOIN place ON place.key = here.place AND place.precision IN ({_ASKED})
JOIN event_place there ON there.place = here.place AND there.event <> own.key
JOIN event other ON other.key = there.event
WHERE own.key = ?
AND other.earliest <= own.latest AND other.latest >= own.earliest
AND other.latest - other.earliest <= {LONGEST_DAYS} AND own.latest - own.earliest <= {LONGEST_DAYS}
AND coalesce(other.part_of, '') <> own.key AND coalesce(own.part_of, '') <> other.key
AND coalesce((SELECT feed FROM origin WHERE of_key = other.key AND of_table = 'event'), '')
 <> coalesce((SELECT feed FROM origin WHERE of_key = own.key AND of_table = 'event'), '')
AND EXISTS (SELECT 1 FROM event_actor mine JOIN event_actor theirs ON theirs.actor = mine.actor
            WHERE mine.event = own.key AND theirs.event = other.key)
LIMIT {MOST}
"""


NEEDED = {
    "event": {"key", "part_of", "earliest", "latest"}, "event_place": {"event", "place"}, "place": {"key", "precision"},
    "event_actor": {"event", "actor"}, "origin": {"of_key", "of_table", "feed"},
}  # fmt: skip
"""The columns without which a store cannot be asked."""


def twins_of(db: sqlite3.Connection, key: str) -> tuple[str, ...]:
    """The keys of events of other feeds that may be the same incident as this one; of a store that has feeds."""
    return tuple(other for (other,) in db.execute(_TWINS, (*PINNED, key)))


def several_feeds(db: sqlite3.Connection, feed: str) -> bool:
    """Whether a store has events of another feed than this one."""
    of_feed = "SELECT count(*) FROM origin WHERE of_table = 'event' AND feed = ?"
    (own,) = db.execute(of_feed, (feed,)).fetchone()
    (every,) = db.execute("SELECT count(*) FROM event").fetchone()
    return bool(every > own)
