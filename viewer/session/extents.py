"""Where records lie as far as that is known: a point, an outline, or a circle around a point."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from viewer.domain.control import ControlClaim
from viewer.domain.places import BOUNDED, PINNED, PRECISIONS, Place, Route
from viewer.geo.basemap import Basemap, Points
from viewer.geo.corridor import corridor
from viewer.geo.projection import EARTH_RADIUS, metres_per_unit, point_to_map
from viewer.geo.shapes import shape_rings
from viewer.session.crowds import Box, rough_rows
from viewer.session.describe import record_of
from viewer.session.memo import remembered
from viewer.session.state import Ref
from viewer.store.columns import NO_PLACE
from viewer.store.dataset import DataSet
from viewer.store.search_text import fold

DEFAULT_RADIUS_M = {"near": 6_000.0, "area": 25_000.0, "line": 25_000.0, "province": 70_000.0, "region": 120_000.0,
                    "country": 250_000.0, "unknown": 50_000.0}  # fmt: skip
"""How far from its point an event may lie when the source's precision is all that is known."""
WIDEST_UNIT = 1.5
"""Map metres to a metre on the ground are no more as far north as the maps go."""


def circle(x: float, y: float, radius_m: float, steps: int = 72) -> Points:
    """A circle of `radius_m` on the ground around a point in map metres, as a closed ring."""
    radius = _map_metres(radius_m, y)
    turn = np.linspace(0, 2 * math.pi, steps + 1)
    return np.column_stack((x + radius * np.cos(turn), y + radius * np.sin(turn)))


def _map_metres(radius_m: float, y: float) -> float:
    """A length on the ground in map metres, as long as it is there."""
    lat = math.degrees(2 * math.atan(math.exp(y / EARTH_RADIUS)) - math.pi / 2)
    return radius_m / max(0.05, metres_per_unit(lat))


@remembered(8192)
def extent_of(data: DataSet, basemap: Basemap, row: int) -> tuple[Points, ...]:
    """Where an imprecisely placed event may have happened: its place's area, a corridor along the line that it is, its
    province or state, or a circle."""
    events = data.events
    radius = _radius(data, row, PRECISIONS[events.precision[row]])
    return _outline(data, basemap, row) or (circle(float(events.x[row]), float(events.y[row]), radius),)


def _outline(data: DataSet, basemap: Basemap, row: int) -> tuple[Points, ...]:
    """The same without the circle: nothing where it is one."""
    events = data.events
    precision = PRECISIONS[events.precision[row]]
    code = int(events.place[row])
    place = data.places[data.place_keys[code]] if code != NO_PLACE else None
    if place is None or precision in ("near", "unknown", *PINNED):
        return ()
    shape = data.shape_of(place)
    if shape is not None and shape.kind == "area":
        return shape_rings(shape)
    if shape is not None and shape.kind == "line":
        return corridor(shape_rings(shape), _radius(data, row, precision))
    return _in_basemap(place, precision, data, basemap)


def _radius(data: DataSet, row: int, precision: str) -> float:
    """How far from its point or line an event may lie, in metres on the ground."""
    radius = float(data.events.radius_m[row])
    return radius if math.isfinite(radius) and radius > 0 else DEFAULT_RADIUS_M.get(precision, 5_000.0)


def _in_basemap(place: Place, precision: str, data: DataSet, basemap: Basemap) -> tuple[Points, ...]:
    """The base map's outline of a province or a state, found by any of the place's names."""
    if place.kind not in BOUNDED or precision not in BOUNDED:
        return ()
    names = {fold(place.name), *(fold(name.name) for name in data.names_of_place.get(place.key, ()))}
    features = basemap.province_areas if place.kind == "province" else basemap.countries
    for feature in features:
        same_state = not place.country or not feature.country or feature.country == place.country
        if same_state and (fold(feature.name) in names or fold(feature.name_ar) in names):
            return feature.parts
    return ()


@remembered(8192)
def half_side(data: DataSet, basemap: Basemap, row: int) -> float:
    """Half the larger side of an extent's bounds, in map metres."""
    every = np.vstack(extent_of(data, basemap, row))
    return float((every.max(axis=0) - every.min(axis=0)).max() / 2)


@remembered(1)
def reaches(data: DataSet, basemap: Basemap) -> NDArray[np.float32]:
    """How far each of the events of rough places (`rough_rows`) may lie from its point, (r,) float32 in map metres."""
    events, rows = data.events, rough_rows(data)
    default = np.array([DEFAULT_RADIUS_M.get(term, 5_000.0) for term in PRECISIONS], dtype=np.float32)
    radius = events.radius_m[rows]
    with np.errstate(invalid="ignore"):
        known = np.isfinite(radius) & (radius > 0)
    widest = np.where(known, radius, default[events.precision[rows]]) * WIDEST_UNIT
    reach: NDArray[np.float32] = widest.astype(np.float32)
    places = np.minimum(events.place[rows], len(data.places)).astype(np.int64)
    kinds = places * len(PRECISIONS) + events.precision[rows]
    extents = np.zeros((len(data.places) + 1) * len(PRECISIONS), dtype=np.float32)
    firsts = np.full(len(extents), -1)
    firsts[kinds[::-1]] = np.arange(len(kinds))[::-1]  # of several, the one that is written last stays
    for number in np.flatnonzero(firsts >= 0).tolist():
        row = int(rows[firsts[number]])
        precision = PRECISIONS[number % len(PRECISIONS)]
        if precision in ("near", "unknown"):
            continue
        if rings := _outline(data, basemap, row):
            extents[number] = np.abs(np.vstack(rings) - (events.x[row], events.y[row])).max()
        else:
            extents[number] = _map_metres(_radius(data, row, precision), float(events.y[row]))
    reach = np.maximum(reach, extents[kinds])
    reach.flags.writeable = False
    return reach


def box_of(data: DataSet, basemap: Basemap, ref: Ref) -> Box | None:
    """The bounds of all ground on which a record may lie, in map metres; None where no source says.

    Of what is known to a point, that point.
    """
    if ref.kind == "event":
        row = data.events.row_of.get(ref.key)
        return None if row is None or not math.isfinite(data.events.x[row]) else _event_box(data, basemap, row)
    record = record_of(data, ref)
    if isinstance(record, ControlClaim | Route) and (shape := data.shape_of(record)) is not None:
        return _bounds(shape_rings(shape))
    place = data.places.get(record.place) if isinstance(record, ControlClaim) else record
    return _place_box(data, basemap, place) if isinstance(place, Place) else None


def _event_box(data: DataSet, basemap: Basemap, row: int) -> Box:
    events = data.events
    if PRECISIONS[events.precision[row]] not in PINNED:
        return _bounds(extent_of(data, basemap, row))
    x, y = float(events.x[row]), float(events.y[row])
    return x, y, x, y


def _place_box(data: DataSet, basemap: Basemap, place: Place) -> Box | None:
    shape = data.shape_of(place)
    outline = shape_rings(shape) if shape is not None else _in_basemap(place, place.kind, data, basemap)
    if outline:
        return _bounds(outline)
    if place.lon is None or place.lat is None:
        return None
    x, y = point_to_map(place.lon, place.lat)
    wide = place.precision not in PINNED
    radius = place.radius_m or DEFAULT_RADIUS_M.get(place.precision, 0.0) if wide else 0.0
    return _bounds((circle(x, y, radius),)) if radius else (x, y, x, y)


def _bounds(rings: tuple[Points, ...]) -> Box:
    every = np.vstack(rings)
    (west, south), (east, north) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
    return west, south, east, north
