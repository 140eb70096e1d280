"""What a reviewer says of a record: kept beside the evidence, never in it, and never written over."""

from __future__ import annotations

from viewer.domain.frozen import dataclass

STATUSES = ("unreviewed", "reviewed", "disputed", "needs a source", "set aside")


@dataclass(frozen=True, slots=True)
class Mark:
    """One statement of one reviewer about one record.

    table, key: the record; by: initials; at: when, as ISO 8601 in UTC. Of several about a record the last that was
    written counts, whatever the clocks said; the others are its history.
    """

    table: str
    key: str
    status: str
    by: str
    at: str
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something else of the user's: a scene, a saved filter. body: JSON; position: its place among its kind."""

    kind: str
    key: str
    position: float
    body: str
    at: str
