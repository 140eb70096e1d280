"""The filters in words, part by part, each with what remains when it is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from viewer.domain.dates import day_words
from viewer.session.state import Filters, Within
from viewer.store.dataset import DataSet

Box = tuple[float, float, float, float]
MOST_MISSING = 4


def filter_parts(data: DataSet, filters: Filters, whole: bool = False) -> tuple[tuple[str, Filters], ...]:
    """(words, the filters without this part) for each filter that is set.

    whole: with all of the text that is asked for, not only with its beginning.
    """
    places = {key: place.name for key, place in data.places.items()}
    parts = []
    if filters.actors:
        parts.append((_who(data, filters), replace(filters, actors=(), responsible="", parts=True)))
    parts += [
        (f"{label} {_listed([names.get(key, key) for key in chosen])}".strip(), rest)
        for label, names, chosen, rest in (
            ("type", {}, filters.types, replace(filters, types=())),
            ("in", places, filters.places, replace(filters, places=())),
            ("", {}, filters.actualities, replace(filters, actualities=())),
            ("form", {}, filters.forms, replace(filters, forms=())),
        )
        if chosen
    ]
    if filters.text.strip():
        text = filters.text.strip()
        parts.append((f"text \u201c{text if whole else _short(text)}\u201d", replace(filters, text="")))
    if filters.bbox:
        parts.append((box_words(filters.bbox), replace(filters, bbox=None)))
    if filters.within is not None:
        parts.append((within_words(filters.within), replace(filters, within=None)))
    if filters.known_by is not None:
        parts.append((known_words(filters), replace(filters, known_by=None)))
    return tuple(parts)


def _who(data: DataSet, filters: Filters) -> str:
    """By whom, how surely, and whether with their parts, where they have any."""
    done = f"{filters.responsible} done by" if filters.responsible else "with"
    names = [data.actors[key].name if key in data.actors else key for key in filters.actors]
    said = f"{done} {_listed(names)}"
    several = len(filters.actors) > 1
    if not filters.parts:
        return f"{said} {'themselves' if several else 'itself'}"
    if len(data.actors_with_parts(filters.actors)) > len(set(filters.actors)):
        return f"{said} and {'their' if several else 'its'} parts"
    return said


def box_words(box: Box) -> str:
    """The sides of a box: "inside 38\u201342\u00b0 E, 33\u201337\u00b0 N"."""
    west, south, east, north = box
    return f"inside {_between(west, east, 'WE')}, {_between(south, north, 'SN')}"


def _between(low: float, high: float, signs: str) -> str:
    """From one degree to another; signs: the letters of those below and above zero."""
    first, last = (f"{round(abs(side), 3):g}" for side in (low, high))
    before, after = (signs[side >= 0] for side in (low, high))
    turn = f"\u00b0 {before}" if before != after else ""
    return f"{first}{turn}\u2013{last}\u00b0 {after}"


def known_words(filters: Filters) -> str:
    """The day of publication up to which records count, '' for any."""
    return f"known by {day_words(filters.known_by)}" if filters.known_by is not None else ""


def within_words(within: Within) -> str:
    """What ground a filter asks for."""
    far = far_words(within.metres)
    if within.kind == "circle":
        return f"within {far} of {within.name or point_words(within)}"
    if within.kind == "corridor":
        return f"within {far} of either side of {within.name or 'a path'}"
    return f"inside the province of {within.name}" if within.name else "inside a drawn area"


def far_words(metres: float) -> str:
    """A distance as exactly as it is asked for: "20 km", "0.5 km"."""
    return f"{metres / 1000:,.6g} km"


def point_words(within: Within) -> str:
    """The middle of a circle in degrees, latitude first as people say it."""
    lon, lat = within.path[0]
    return f"{abs(lat):.3f}\u00b0 {'N' if lat >= 0 else 'S'} {abs(lon):.3f}\u00b0 {'E' if lon >= 0 else 'W'}"


def sentence_of(data: DataSet, filters: Filters) -> str:
    """All filters as one sentence."""
    parts = [words for words, _ in filter_parts(data, filters, whole=True)]
    return f"Records {', '.join(parts)}." if parts else "Every record."


def missing_words(data: DataSet, filters: Filters) -> str:
    """Which actors and places filters name that this store lacks, as a sentence; '' when it has all."""
    missing = [*_missing("actor", filters.actors, data.actors), *_missing("place", filters.places, data.places)]
    if len(missing) > MOST_MISSING:
        missing = [*missing[:MOST_MISSING], f"and {len(missing) - MOST_MISSING} more"]
    return f"This store lacks what the filters name: {', '.join(missing)}." if missing else ""


def _missing(kind: str, keys: tuple[str, ...], known: object) -> Iterator[str]:
    yield from (f"{kind} \u201c{_short(key)}\u201d" for key in keys if key not in known)  # type: ignore[operator]


def _listed(words: list[str]) -> str:
    shown = [_short(word) for word in words[:2]]
    rest = f" and {len(words) - 2} more" if len(words) > 2 else ""
    return " or ".join(shown) + rest


def _short(word: str) -> str:
    return word if len(word) <= 28 else word[:27] + "\u2026"
