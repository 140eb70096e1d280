"""The filters in words, part by part, each with what remains when it is taken away."""

from __future__ import annotations

from dataclasses import replace

from viewer.domain.dates import day_words
from viewer.session.describe import length_words
from viewer.session.state import Filters, Within
from viewer.store.dataset import DataSet


def filter_parts(data: DataSet, filters: Filters) -> tuple[tuple[str, Filters], ...]:
    """(words, the filters without this part) for each filter that is set."""
    actors = {key: actor.name for key, actor in data.actors.items()}
    who = f"{filters.responsible} done by" if filters.responsible else "by"
    places = {key: place.name for key, place in data.places.items()}
    parts = [
        (f"{label} {_listed([names.get(key, key) for key in chosen])}".strip(), rest)
        for label, names, chosen, rest in (
            (who, actors, filters.actors, replace(filters, actors=(), responsible="", parts=True)),
            ("type", {}, filters.types, replace(filters, types=())),
            ("in", places, filters.places, replace(filters, places=())),
            ("", {}, filters.actualities, replace(filters, actualities=())),
            ("form", {}, filters.forms, replace(filters, forms=())),
        )
        if chosen
    ]
    if filters.actors and not filters.parts:
        parts[0] = (f"{parts[0][0]} itself", parts[0][1])
    if filters.text.strip():
        parts.append((f"text \u201c{_short(filters.text.strip())}\u201d", replace(filters, text="")))
    if filters.bbox:
        parts.append(("inside a box", replace(filters, bbox=None)))
    if filters.within is not None:
        parts.append((within_words(filters.within), replace(filters, within=None)))
    if filters.known_by is not None:
        parts.append((f"known by {day_words(filters.known_by)}", replace(filters, known_by=None)))
    return tuple(parts)


def within_words(within: Within) -> str:
    """What ground a filter asks for."""
    far = length_words(within.metres)
    if within.kind == "circle":
        return f"within {far} of {within.name or 'a point'}"
    if within.kind == "corridor":
        return f"within {far} of {within.name or 'a path'}"
    return f"inside {within.name or 'an outline'}"


def sentence_of(data: DataSet, filters: Filters) -> str:
    """All filters as one sentence."""
    parts = [words for words, _ in filter_parts(data, filters)]
    return f"Records {', '.join(parts)}." if parts else "Every record."


def _listed(words: list[str]) -> str:
    shown = [_short(word) for word in words[:2]]
    rest = f" and {len(words) - 2} more" if len(words) > 2 else ""
    return " or ".join(shown) + rest


def _short(word: str) -> str:
    return word if len(word) <= 28 else word[:27] + "\u2026"
