"""The groups that records belong to, and the filter each of them is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from viewer.domain.events import ACTUALITIES, EVENT_TYPES, FORMS
from viewer.session.by_day import tally
from viewer.session.selectors import passing
from viewer.session.state import Filters
from viewer.session.window import Mask, Rows
from viewer.store.dataset import DataSet

DIMENSIONS = ("actor", "type", "place", "province", "period", "certainty", "form")
FIELDS = {"actor": "actors", "type": "types", "place": "places", "province": "places", "certainty": "actualities",
          "form": "forms"}  # fmt: skip
"""The part of the filters that a group of each dimension is; a period is none, but days of the timeline."""
TERMS = {"type": EVENT_TYPES, "certainty": ACTUALITIES, "form": FORMS}


def widened(filters: Filters, by: str) -> Filters:
    """The filters without what they ask of a dimension."""
    return replace(filters, **{FIELDS[by]: ()})  # type: ignore[arg-type]


def narrowed(filters: Filters, by: str, key: str) -> Filters:
    """The filters with this group alone of its dimension."""
    return replace(filters, **{FIELDS[by]: (key,)})  # type: ignore[arg-type]


def toggled(filters: Filters, by: str, key: str) -> Filters:
    """The filters with a group more, or without it if they name it."""
    named: tuple[str, ...] = getattr(filters, FIELDS[by])
    rest = tuple(one for one in named if one != key)
    return replace(filters, **{FIELDS[by]: rest if key in named else (*named, key)})  # type: ignore[arg-type]


def part_alone(filters: Filters, by: str, keys: tuple[str, ...]) -> Filters:
    """Nothing but these groups, asked for as the filters ask: with their parts or without, and how responsible."""
    alone = narrowed(Filters(), by, "")
    if by == "actor":
        alone = replace(alone, parts=filters.parts, responsible=filters.responsible)
    return replace(alone, **{FIELDS[by]: keys})  # type: ignore[arg-type]


def inside(data: DataSet, filters: Filters, by: str, key: str) -> bool:
    """Whether all of a group passes what the filters ask of its dimension."""
    named: tuple[str, ...] = getattr(filters, FIELDS[by])
    if not named:
        return True
    if by == "actor" and filters.parts:
        return key in data.actors_with_parts(named)
    return key in (data.places_within(named) if FIELDS[by] == "places" else named)


def candidates(data: DataSet, filters: Filters, by: str, rows: Rows) -> dict[str, int]:
    """The groups that rows may belong to, and the most of them that each can have."""
    events = data.events
    if by in TERMS:
        column = {"type": events.type, "certainty": events.actuality, "form": events.form}[by]
        return _there(zip(TERMS[by], tally(column[rows], len(TERMS[by])).tolist(), strict=True))
    chosen = np.zeros(len(events), dtype=bool)
    chosen[rows] = True
    pairs, keys = (
        (data.event_actors, data.actor_keys) if by == "actor" else (data.event_places, data.place_keys)
    )
    codes = np.bincount(pairs.codes[chosen[pairs.rows]], minlength=len(keys))
    named = _there(zip(keys, codes.tolist(), strict=True))
    if by == "actor":
        if not filters.parts:
            return named
        return _there((key, sum(named.get(part, 0) for part in data.actors_with_parts((key,)))) for key in data.actors)
    return _with_insides(data, named, by)


def _there(numbers: Iterable[tuple[str, int]]) -> dict[str, int]:
    return {key: count for key, count in numbers if count}


def _with_insides(data: DataSet, named: dict[str, int], by: str) -> dict[str, int]:
    """Places that are named, or the provinces of those, with all that lies in them."""
    found: Counter[str] = Counter()
    for key, count in named.items():
        for place in around(data, key):
            found[place] += count
    if by == "province":
        return {key: count for key, count in found.items() if data.places[key].kind == "province"}
    return {key: found[key] for key in named if key in found}


def around(data: DataSet, place: str) -> frozenset[str]:
    """A place and all that it lies in, to any height."""
    seen: set[str] = set()
    waiting = [place]
    while waiting:
        key = waiting.pop()
        if key not in seen and key in data.places:
            seen.add(key)
            waiting += data.places[key].within.split()
    return frozenset(seen)


def name_of(data: DataSet, by: str, key: str) -> str:
    """What a group is called."""
    if by == "actor":
        return data.actors[key].name if key in data.actors else key
    if FIELDS[by] == "places":
        return data.places[key].name if key in data.places else key
    return key


def unnamed_mask(data: DataSet, filters: Filters, by: str, keys: Iterable[str]) -> Mask:
    """Which events belong to none of all groups of a dimension; shape (n,)."""
    found = tuple(keys)
    if not found:
        return np.ones(len(data.events), dtype=bool)
    return ~passing(data, part_alone(filters, by, found))
