"""The state as plain JSON and back: what is unknown, missing or wrong in a file falls back, field by field.

Remembered is what a person set; playing, selection and open lists end with the session they belong to. Of the
layers those that were switched off are kept, so that one the program learns later shows.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from viewer.domain.places import LonLat
from viewer.geo.projection import MAX_LATITUDE
from viewer.session.commands import (
    DAY_LIMITS,
    FEWEST_OF_AREA,
    MAP_LIMIT,
    MOST_RING_SETS,
    MOST_RINGS,
    MOST_VERTICES,
    NEAR_LIMITS_DAYS,
    NEAR_LIMITS_M,
    RANGE_LIMITS_M,
    SCALE_LIMITS,
    WINDOW_LIMITS,
)
from viewer.session.map_layers import ALL_LAYERS
from viewer.session.state import (
    COORDINATES,
    CORNERS,
    GRIDS,
    GROUNDS,
    LABELS,
    MODES,
    OPACITIES,
    RESPONSIBILITY,
    STEPS,
    THEMES,
    UNITS,
    WITHIN,
    Camera,
    Filters,
    Measure,
    Play,
    RangeRings,
    Raster,
    Reading,
    Ref,
    State,
    Time,
    Within,
)  # fmt: skip

MAX_ITEMS = 1_000
MAX_LETTERS = 1_000
MAX_PATH_LETTERS = 4_096
REF_KINDS = ("event", "place", "actor", "claim", "source", "route", "quantity", "caveat", "view")

Record = TypeVar("Record", Camera, Time, Play, Filters, Raster, Reading)
Reader = Callable[[Any], Any]
"""What a JSON value means; raises ValueError when it is not of the kind or out of bounds."""


def state_to_json(state: State) -> dict[str, Any]:
    """The lasting part of a state as a dict that JSON can hold."""
    return {
        "camera": dataclasses.asdict(state.camera),
        "time": dataclasses.asdict(state.time),
        "play": {name: getattr(state.play, name) for name in _PLAY},
        "filters": filters_to_json(state.filters),
        "hidden": sorted(set(ALL_LAYERS) - state.layers),
        "pins": list(state.pins),
        "theme": state.theme,
        "labels": state.labels,
        "raster": dataclasses.asdict(state.raster),
        "grid": state.grid,
        "coordinates": state.coordinates,
        "units": state.units,
        "measure": {"path": [list(point) for point in state.measure.path], "closed": state.measure.closed},
        "range_rings": [{"centre": list(one.centre), "radii_m": list(one.radii_m)} for one in state.range_rings],
        "ground": state.ground,
        "compare": state.compare,
        "swipe": state.swipe,
        "corner": state.corner,
        "reading": {**dataclasses.asdict(state.reading), "folded": sorted(state.reading.folded)},
    }


def filters_to_json(filters: Filters) -> dict[str, Any]:
    """Filters as a dict that JSON can hold."""
    plain: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in dataclasses.asdict(filters).items()
    }
    if (within := filters.within) is not None:
        path, breaks = [list(point) for point in within.path], list(within.breaks)
        plain["within"] = {**dataclasses.asdict(within), "path": path, "breaks": breaks}
    return plain


def filters_from_json(plain: object) -> Filters:
    """The filters a dict describes; what it does not, or wrongly, is not asked for."""
    return _filled(Filters(), plain, _FILTERS)


def state_from_json(view: Mapping[str, Any], default: State | None = None) -> State:
    """The state a dict describes, upon `default` (a fresh state) wherever it does not; never raises."""
    start = default or State()
    hidden = _values(view, {"hidden": _texts}).get("hidden")
    return dataclasses.replace(
        start,
        camera=_filled(start.camera, view.get("camera"), _CAMERA),
        time=_filled(start.time, view.get("time"), _TIME),
        play=_filled(start.play, view.get("play"), _PLAY),
        filters=_filled(start.filters, view.get("filters"), _FILTERS),
        raster=_filled(start.raster, view.get("raster"), _RASTER),
        reading=_filled(start.reading, view.get("reading"), _READING),
        layers=start.layers if hidden is None else frozenset(ALL_LAYERS).difference(hidden),
        **_values(view, _TOP),
    )


def ref_from_json(plain: object) -> Ref | None:
    """The record that a dict of kind and key names; None for anything else."""
    if not isinstance(plain, Mapping):
        return None
    found = _values(plain, {"kind": _term(REF_KINDS), "key": _text})
    return Ref(**found) if len(found) == 2 else None


def _filled(record: Record, view: Any, readings: Mapping[str, Reader]) -> Record:
    return dataclasses.replace(record, **_values(view, readings)) if isinstance(view, dict) else record


def _values(view: Mapping[str, Any], readings: Mapping[str, Reader]) -> dict[str, Any]:
    """The fields that are there and right."""
    found: dict[str, Any] = {}
    for name, reading in readings.items():
        if name in view:
            try:
                found[name] = reading(view[name])
            except ValueError:
                continue
    return found


def _whole(limits: tuple[int, int]) -> Reader:
    def read(value: Any) -> int:
        if type(value) is not int or not limits[0] <= value <= limits[1]:
            raise ValueError
        return value

    return read


def _real(low: float, high: float) -> Reader:
    def read(value: Any) -> float:
        if type(value) not in (int, float) or not low <= value <= high:
            raise ValueError
        return float(value)

    return read


def _term(terms: tuple[str, ...]) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in terms:
            raise ValueError
        return value

    return read


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def whole_letters(text: str) -> str:
    """A text that can be written: JSON may tell half a letter (a surrogate), which becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_LETTERS:
        raise ValueError
    return whole_letters(value)


def _path(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_PATH_LETTERS or "\0" in value:
        raise ValueError
    return value


def _opacity(value: Any) -> int:
    if type(value) is not int or value not in OPACITIES:
        raise ValueError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise ValueError
    return tuple(_text(item) for item in value)


def _box(value: Any) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees; None for everywhere."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 4 or any(type(number) not in (int, float) for number in value):
        raise ValueError
    west, south, east, north = (float(number) if abs(number) <= 180 else math.nan for number in value)
    if not (west <= east and -90 <= south <= north <= 90):
        raise ValueError
    return west, south, east, north


def _day(value: Any) -> int | None:
    """A day, or None for none."""
    return None if value is None else _whole(DAY_LIMITS)(value)


def _share(value: Any) -> float | None:
    """A share of the width, or None for none."""
    return None if value is None else _real(0.0, 1.0)(value)


def _items(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError
    return value


def _point(value: Any) -> LonLat:
    """Longitude and latitude in degrees."""
    if len(_items(value, 2)) != 2:
        raise ValueError
    return _real(-180, 180)(value[0]), _real(-MAX_LATITUDE, MAX_LATITUDE)(value[1])


def _within(value: Any) -> Within | None:
    """Ground that is asked for, or None for none."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ValueError
    path = tuple(_point(point) for point in _items(value.get("path"), MOST_VERTICES))
    breaks = tuple(_whole((1, MOST_VERTICES))(number) for number in _items(value.get("breaks", []), MOST_VERTICES))
    within = Within(_term(WITHIN)(value.get("kind")), path, _real(0.0, 5_000_000.0)(value.get("metres", 0.0)),
                    _text(value.get("name", "")), breaks)  # fmt: skip
    fewest = {"outline": FEWEST_OF_AREA, "circle": 1, "corridor": 2}[within.kind]
    if any(len(piece) < fewest for piece in within.pieces):
        raise ValueError
    return within


def _measure(value: Any) -> Measure:
    if not isinstance(value, dict):
        raise ValueError
    path = tuple(_point(point) for point in _items(value.get("path"), MOST_VERTICES))
    return Measure(path, _flag(value.get("closed", False)) and len(path) >= FEWEST_OF_AREA)


def _range_rings(value: Any) -> tuple[RangeRings, ...]:
    made = []
    for one in _items(value, MOST_RING_SETS):
        if not isinstance(one, dict):
            raise ValueError
        radii = tuple(_real(*RANGE_LIMITS_M)(radius) for radius in _items(one.get("radii_m"), MOST_RINGS))
        made.append(RangeRings(_point(one.get("centre")), radii))
    return tuple(one for one in made if one.radii_m)


_CAMERA = {"x": _real(-MAP_LIMIT, MAP_LIMIT), "y": _real(-MAP_LIMIT, MAP_LIMIT), "scale": _real(*SCALE_LIMITS)}
_TIME = {
    "cursor": _whole(DAY_LIMITS), "mode": _term(MODES), "window_days": _whole(WINDOW_LIMITS), "step": _term(STEPS),
    "starts_in": _flag,
}  # fmt: skip
_PLAY = {"days_per_second": _real(0.01, 10_000), "reverse": _flag, "loop": _flag}
_FILTERS = {
    "actors": _texts, "types": _texts, "places": _texts, "actualities": _texts, "forms": _texts, "text": _text,
    "bbox": _box, "parts": _flag, "responsible": _term(RESPONSIBILITY), "within": _within, "known_by": _day,
}  # fmt: skip
_RASTER = {"path": _path, "opacity": _opacity}
_READING = {
    "near_m": _real(*NEAR_LIMITS_M), "near_days": _whole(NEAR_LIMITS_DAYS),
    "folded": lambda value: frozenset(_texts(value)),
}  # fmt: skip
_TOP: dict[str, Reader] = {
    "pins": _texts, "theme": _term(THEMES), "labels": _term(LABELS), "grid": _term(GRIDS),
    "coordinates": _term(COORDINATES), "units": _term(UNITS), "measure": _measure, "range_rings": _range_rings,
    "ground": _term(GROUNDS), "compare": _day,
    "swipe": _share,
    "corner": _term(CORNERS),
}  # fmt: skip
