"""Actors, what each is called, and how they stand to one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from viewer.domain.dates import UNDATED, DateSpan
from viewer.domain.fields import info
from viewer.domain.frozen import dataclass

PATTERNS = (
    "solid", "lines-right", "lines-left", "lines-flat", "lines-up", "cross", "diamond", "zigzag", "plus", "rings",
    "dashes-left", "dots", "dense", "sparse",
)
ACTOR_KINDS = ("state", "armed group", "alliance", "monitor", "media", "office", "people", "person role", "unknown")
RELATIONS = ("part of", "backed by", "allied with", "against", "successor of", "leads", "branch of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts, holds, suffers or reports; people appear by role, never by name."""

    key: str = info("Key", "key", required=True)
    name: str = info("Name", required=True)
    kind: str = info("Kind", "term", terms=ACTOR_KINDS, default="armed group")
    bloc: str = info("Bloc", default="")
    colour: str = info("Colour", default="")
    pattern: str = info("Pattern", "term", terms=PATTERNS, default="solid")
    code: str = info("Letter code", default="")
    note: str = info("Note", "long")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorName:
    """One name of an actor, and the source that uses it."""

    actor: str = info("Actor", "ref", table="actor", required=True)
    name: str = info("Name", required=True)
    language: str = info("Language", default="")
    source: str = info("Named so in", "ref", table="source")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRelation:
    """A directed, sourced relation: `actor` `kind` `other`, for instance YPG part of SDF."""

    actor: str = info("Actor", "ref", table="actor", required=True)
    kind: str = info("Relation", "term", terms=RELATIONS, required=True)
    other: str = info("Other actor", "ref", table="actor", required=True)
    date: DateSpan = info("Date", "date", default=UNDATED)
    source: str = info("Source", "ref", table="source", required=True)
    note: str = info("Note", "long")


def parts_of(relations: Iterable[ActorRelation]) -> Mapping[str, frozenset[str]]:
    """What each actor consists of by its relations "part of" and "branch of", one step down."""
    parts: dict[str, set[str]] = {}
    for relation in relations:
        if relation.kind in ("part of", "branch of"):
            parts.setdefault(relation.other, set()).add(relation.actor)
    return {key: frozenset(found) for key, found in parts.items()}


def with_parts(keys: Iterable[str], parts: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The actors and, through any depth, everything they consist of."""
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(parts.get(key, ()))
    return frozenset(found)
