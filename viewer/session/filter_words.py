"""The filters in words, part by part, each with what remains when it is taken away."""

from __future__ import annotations

from dataclasses import replace

from viewer.session.state import Filters
from viewer.store.dataset import DataSet


def filter_parts(data: DataSet, filters: Filters) -> tuple[tuple[str, Filters], ...]:
    """(words, the filters without this part) for each filter that is set."""
    actors = {key: actor.name for key, actor in data.actors.items()}
    places = {key: place.name for key, place in data.places.items()}
    parts = [
        (f"{label} {_listed([names.get(key, key) for key in chosen])}".strip(), rest)
        for label, names, chosen, rest in (
            ("by", actors, filters.actors, replace(filters, actors=())),
            ("type", {}, filters.types, replace(filters, types=())),
            ("in", places, filters.places, replace(filters, places=())),
            ("", {}, filters.actualities, replace(filters, actualities=())),
            ("form", {}, filters.forms, replace(filters, forms=())),
        )
        if chosen
    ]
    if filters.text.strip():
        parts.append((f"text \u201c{_short(filters.text.strip())}\u201d", replace(filters, text="")))
    if filters.bbox:
        parts.append(("inside a box", replace(filters, bbox=None)))
    return tuple(parts)


def _listed(words: list[str]) -> str:
    shown = [_short(word) for word in words[:2]]
    rest = f" and {len(words) - 2} more" if len(words) > 2 else ""
    return " or ".join(shown) + rest


def _short(word: str) -> str:
    return word if len(word) <= 28 else word[:27] + "\u2026"
