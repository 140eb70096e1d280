"""Who fought whom: a battle has two sides, and is drawn in the colours of both."""

from __future__ import annotations

from collections.abc import Iterable

from viewer.domain.events import CERTAINTIES, EVENT_TYPES, EventActor
from viewer.session.window import Rows
from viewer.store.dataset import DataSet

BATTLE = EVENT_TYPES.index("battle")
SIDES = ("target", "perpetrator", "party")
"""Roles of the other side, the likeliest first."""
UNARMED = "people"
MOST_KNOWN = 50_000


def opponent_of(data: DataSet, row: int) -> str:
    """The actor whom the one that colours a battle fought; '' when none is told, or nobody looked (`look_up`)."""
    return _known(data).get(row, "")


def look_up(data: DataSet, rows: Rows) -> None:
    """Find out who the other side was in those of some events that are battles: one question for all of them."""
    known = _known(data)
    asked = [row for row in rows[data.events.type[rows] == BATTLE].tolist() if row not in known]
    if not asked:
        return
    if len(known) > MOST_KNOWN:
        known.clear()
    keys = {data.events.keys[row]: row for row in asked}
    told: dict[str, list[EventActor]] = {key: [] for key in keys}
    for one in data.reader.where("event_actor", "event", keys):
        told[one.event].append(one)
    known.update((row, _other_side(data, row, told[key])) for key, row in keys.items())


def _known(data: DataSet) -> dict[int, str]:
    known: dict[int, str] = data.memo.setdefault(look_up, {})
    return known


def _other_side(data: DataSet, row: int, told: Iterable[EventActor]) -> str:
    code = int(data.events.actor[row])
    first = data.actor_keys[code] if code < len(data.actor_keys) else ""
    others = [one for one in told if one.role in SIDES and one.actor != first and _is_armed(data, one.actor)]
    found = min(others, key=lambda one: (SIDES.index(one.role), CERTAINTIES.index(one.certainty)), default=None)
    return found.actor if found is not None and first else ""


def _is_armed(data: DataSet, key: str) -> bool:
    actor = data.actors.get(key)
    return actor is not None and actor.kind != UNARMED
