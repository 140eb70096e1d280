"""Whether the rows of a file are those of another feed that a store has: the next edition under another name."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from viewer.domain.dates import DateSpan
from viewer.domain.drafts import Draft
from viewer.store.intake.landing import named_in_feed

FEWEST = 0.1
"""The share of the rows that another feed has to have; an edition may have many new ones."""
ALIKE = 0.5
"""The share of those that are of the same days, too: numbers from 1 on are ids in many files."""
ASKED = 500


def edition_of(db: sqlite3.Connection, feed: str, format_name: str, drafts: Sequence[Draft]) -> str:
    """The feed of that format that has these rows already, '' for none but `feed` itself."""
    days = {named_in_feed(draft): _day(draft) for draft in drafts[:ASKED]}
    names = [name for name in days if name.isprintable()]
    asked = ", ".join("?" * len(names))
    rows = db.execute(
        f"SELECT feed, feed_id, of_table, of_key FROM origin WHERE feed <> ? AND feed_id IN ({asked}) "
        "AND feed IN (SELECT feed FROM import_run WHERE format = ?)", (feed, *names, format_name),
    ).fetchall()  # fmt: skip
    met: dict[str, list[bool]] = {}
    for other, feed_id, table, key in rows:
        if table in ("event", "control_claim"):
            found = db.execute(f'SELECT date_edtf FROM "{table}" WHERE "key" = ?', (key,)).fetchone()
            met.setdefault(other, []).append(found == (days[feed_id],))
    likely = {
        other: sum(same) for other, same in met.items()
        if len(same) >= FEWEST * len(days) and sum(same) >= ALIKE * len(same)
    }  # fmt: skip
    return max(likely, key=lambda other: likely[other], default="")


def _day(draft: Draft) -> str:
    date = draft.values.get("date")
    return date.edtf if isinstance(date, DateSpan) else ""
