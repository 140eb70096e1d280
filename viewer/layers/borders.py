"""Borders of states, firm, with a soft band; lines nobody agreed on are dashed."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from viewer.geo.basemap import Basemap, Feature
from viewer.layers.primitives import (
    ANY,
    Entry,
    Label,
    Points,
    Primitive,
    by_labels,
    centre_of,
    lines_by_scale,
    ring_area,
)
from viewer.session.state import State
from viewer.store.dataset import DataSet

AGREED = 1
NAMES_TO = 500.0
LEAST_LAND = 50_000.0
"""Map metres from west to east: of a state of which the base map has less, no name is written on it."""
LEVEL_TO = 1_500.0
"""A name that fits level up to this scale stands so, for the whole region is seen there; else it may run along."""
HALF_LETTER, HALF_HIGH = 9.5, 20.0
"""Pixels that a name of a state reaches to either side for each of its letters, and up and down."""
BORDER = Entry("Map", "State border", "line", "border")
OPEN_LINE = Entry("Map", "Armistice or ceasefire line", "line", "border_open")


class BordersLayer:
    """State borders and the names of states."""

    id = "borders"
    depends = ("labels",)
    group = "lines"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """A wide pale band under a firm line, then the names."""
        agreed = [border for border in basemap.borders if border.rank == AGREED]
        others = [border for border in basemap.borders if border.rank != AGREED]
        lines: list[Primitive] = list(lines_by_scale(agreed, "border_band", 5.0))
        lines += lines_by_scale(agreed, "border", 1.5, entry=BORDER)
        lines += lines_by_scale(others, "border_open", 1.1, (3.0, 2.5), entry=OPEN_LINE)
        names = (_name(country, state, basemap) for country in basemap.countries if country.parts)
        return (*lines, *(name for name in names if name is not None))


def _name(country: Feature, state: State, basemap: Basemap) -> Label | None:
    """The name of a state as it lies best on its land, level or along it; None where there is no land to speak of."""
    level = _lying(country, 0.0)
    if level.room < LEAST_LAND:
        return None
    narrow = level.farthest < LEVEL_TO
    best = max(level, _lying(country, _course(country)), key=lambda one: one.farthest) if narrow else level
    farthest = min(best.farthest, _farthest(best, _half_name(country), basemap))
    return Label(
        best.x, best.y, *by_labels(state, country.name, country.name_ar), "country", 5, angle=best.angle,
        min_scale=NAMES_TO, max_scale=farthest,
    )  # fmt: skip


class Lying(NamedTuple):
    """A name around (x, y), turned by so many degrees: the land it has there, and up to which scale it fits on it."""

    x: float
    y: float
    angle: float
    room: float
    farthest: float


def _lying(country: Feature, angle: float) -> Lying:
    """Where the name of a state has most land before and behind it, if it runs at an angle."""
    turned = tuple(_turned(ring, -angle) for ring in country.parts)
    x, y, room = centre_of(turned)
    across = _across(tuple(ring[:, ::-1] for ring in turned), y, x)
    east, north = _turned(np.array([(x, y)]), angle)[0].tolist()
    return Lying(east, north, angle, room, min(room / _half_name(country), across / HALF_HIGH) / 2)


def _half_name(country: Feature) -> float:
    return HALF_LETTER * len(country.name)


def _across(rings: tuple[Points, ...], x: float, y: float) -> float:
    """How much land lies around a point on a level line through it."""
    found = []
    for ring in rings:
        a, b = ring[:-1], ring[1:]
        cut = (a[:, 1] > y) != (b[:, 1] > y)
        found.append(a[cut, 0] + (y - a[cut, 1]) / (b[cut, 1] - a[cut, 1]) * (b[cut, 0] - a[cut, 0]))
    every = np.sort(np.concatenate(found))
    place = int(np.searchsorted(every, x))
    return float(every[place] - every[place - 1]) if 0 < place < len(every) and place % 2 else 0.0


def _course(country: Feature) -> float:
    """The angle in degrees at which a state is longest, so that a name along it reads upwards or level."""
    ring = max(country.parts, key=lambda part: abs(ring_area(part)))
    spread = np.linalg.eigh(np.cov((ring - ring.mean(axis=0)).T))[1][:, -1]
    angle = math.degrees(math.atan2(float(spread[1]), float(spread[0])))
    return (angle + 90) % 180 - 90


def _turned(points: Points, angle: float) -> Points:
    turn = math.radians(angle)
    turned: Points = points @ np.array(((math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))))
    return turned


def _farthest(name: Lying, half: float, basemap: Basemap) -> float:
    """The scale up to which a name lies on the sheet of the base map: beside it nothing is drawn."""
    if basemap.sheet is None:
        return ANY
    west, south, east, north = basemap.sheet
    along, up = abs(math.cos(math.radians(name.angle))), abs(math.sin(math.radians(name.angle)))
    across, high = along * half + up * HALF_HIGH, up * half + along * HALF_HIGH
    return min(min(name.x - west, east - name.x) / across, min(name.y - south, north - name.y) / high)
