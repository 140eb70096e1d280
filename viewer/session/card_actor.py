"""The card of an actor: what it is called and by whom, how it stands to others, what it holds and did."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from viewer.domain.actors import Actor, ActorRelation
from viewer.domain.dates import Day, day_words, words
from viewer.domain.events import ACTOR_ROLES
from viewer.session.card import Card, Row, label, sections
from viewer.session.card_place import incident_rows, quantity_row
from viewer.session.describe import actor_names, class_words, holding_doubts, place_name, source_brief
from viewer.session.selectors import holdings_on
from viewer.session.state import Ref
from viewer.session.window import Mask, SmallRows
from viewer.store.columns import each_once
from viewer.store.dataset import DataSet

INVERSE = {
    "part of": "has part", "backed by": "backs", "allied with": "allied with", "against": "against",
    "successor of": "succeeded by", "leads": "led by", "branch of": "has branch",
}  # fmt: skip
"""A relation as the other side has it."""


def actor_card(data: DataSet, ref: Ref, day: Day) -> Card | None:
    """The card of an actor, None when there is none."""
    actor = data.actors.get(ref.key)
    if actor is None:
        return None
    kind = " \u00b7 ".join(filter(None, (actor.kind, actor.bloc and f"bloc: {actor.bloc}", actor.code)))
    return Card(ref, actor.name, kind, sections(
        ("Names", _names(data, actor)),
        ("Relations", _relations(data, actor)),
        (f"Holds on {day_words(day)}", _holds(data, actor, day)),
        ("Incidents by role", _roles(data, actor)),
        ("Latest incidents", incident_rows(data, _events_of(data, actor))),
        ("Numbers", (quantity_row(data, row) for row in data.quantities if row.actor == actor.key)),
        ("About", _about(actor)),
        ("Caveats", [Row("Caveat", c.text, "", Ref("caveat", c.key)) for c in data.caveats_on("actor", actor.key)]),
    ))  # fmt: skip


def _names(data: DataSet, actor: Actor) -> Iterator[Row]:
    """Each alias once, with the sources that use it."""
    users: dict[str, list[str]] = {}
    for name in data.names_of_actor.get(actor.key, ()):
        used = users.setdefault(name.name, [])
        if name.source and name.source not in used:
            used.append(name.source)
    for name_text, sources in users.items():
        yield Row("Called", name_text, f"so in {', '.join(sources)}" if sources else "usual elsewhere")


def _relations(data: DataSet, actor: Actor) -> Iterator[Row]:
    """What the actor is to others, and then what others are to it."""
    for relation in data.relations:
        if relation.actor == actor.key:
            yield _relation(data, relation, relation.kind, relation.other)
    for relation in data.relations:
        if relation.other == actor.key:
            yield _relation(data, relation, INVERSE.get(relation.kind, "related"), relation.actor)


def _relation(data: DataSet, relation: ActorRelation, name: str, other: str) -> Row:
    source = data.sources.get(relation.source)
    when = words(relation.date) if relation.date.dated else ""
    notes = (when, relation.note, source_brief(source) if source else relation.source)
    return Row(name, actor_names(data, other), "; ".join(filter(None, notes)), Ref("actor", other))


def _holds(data: DataSet, actor: Actor, day: Day) -> Iterator[Row]:
    """The sites where the actor or a part of it stands, surest class first."""
    own = data.actors_with_parts([actor.key])
    found = [
        (held.possible, held.claim.control, place_name(data, held.claim.place) or "an area of its own", held)
        for holdings in holdings_on(data, day).values()
        for held in holdings
        if own & set(held.claim.actors.split())
    ]
    for possible, control, name, held in sorted(found, key=lambda row: row[:3]):
        text = class_words(control) + (" (possible)" if possible else "")
        yield Row(name, text, holding_doubts(held, day), Ref("claim", held.claim.key))


def _meant(data: DataSet, actor: Actor) -> Mask:
    """Which actors are it or a part of it, by their codes."""
    own = data.actors_with_parts([actor.key])
    return np.array([key in own for key in data.actor_keys], dtype=bool)


def _roles(data: DataSet, actor: Actor) -> Iterator[Row]:
    pairs = data.event_actors
    mine = np.take(_meant(data, actor), pairs.codes)
    rows, roles = np.compress(mine, pairs.rows), np.compress(mine, pairs.roles)
    for code, role in enumerate(ACTOR_ROLES):
        number = len(each_once(rows[roles == code]))
        if number:
            yield Row(role, f"{number}", "with its parts")


def _events_of(data: DataSet, actor: Actor) -> SmallRows:
    """The events it has any part in, newest first."""
    return data.event_actors.with_any(_meant(data, actor))[::-1]


def _about(actor: Actor) -> Iterator[Row]:
    if actor.note:
        yield Row(label(Actor, "note"), actor.note)
    yield Row("Id", actor.key)



