"""The offline base map, so that the region is recognised with the network cable pulled: one small file, read once.

Coordinates are kept in the file as whole steps of `quantum` degrees; lines and rings as one absolute pair
followed by differences. In memory everything is in map metres (viewer.geo.projection).
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.domain.records import Problem
from viewer.geo.projection import point_to_map, to_map

Points = NDArray[np.float64]
"""Vertices in map metres, shape (n, 2)."""

MAX_BYTES = 64_000_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """A line or an area of the base map: `parts` are lines, or rings that cut holes into each other."""

    name: str
    name_ar: str
    rank: int
    country: str
    parts: tuple[Points, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """A settlement; rank 1 is a great city, 6 a village. x, y in map metres."""

    name: str
    name_ar: str
    country: str
    rank: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Region:
    """A landscape without borders; `size_m` is its length in metres, `angle` the slope of its name in degrees."""

    name: str
    name_ar: str
    kind: str
    x: float
    y: float
    size_m: float
    angle: float


Sheet = tuple[float, float, float, float]
"""West, south, east, north in map metres."""


@dataclass(frozen=True, eq=False)
class Basemap:
    """What lies under the data. `problem` says why it is empty when the file could not be read."""

    sea: tuple[Feature, ...] = ()
    lakes: tuple[Feature, ...] = ()
    countries: tuple[Feature, ...] = ()
    province_areas: tuple[Feature, ...] = ()
    provinces: tuple[Feature, ...] = ()
    borders: tuple[Feature, ...] = ()
    rivers: tuple[Feature, ...] = ()
    towns: tuple[Town, ...] = ()
    regions: tuple[Region, ...] = ()
    attribution: str = ""
    sheet: Sheet | None = None
    """How far the base map reaches; None when it does not say."""
    problem: Problem | None = None


def read_basemap(path: Path) -> Basemap:
    """The base map of a file; an empty one with a problem when it is missing or damaged."""
    try:
        with gzip.open(path) as file:
            text = file.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise ValueError("it is far too large")
        return _basemap(json.loads(text))
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        message = f"the base map cannot be read ({error}); the data are shown without it"
        return Basemap(problem=Problem(path.name, message))


def _basemap(content: Mapping[str, Any]) -> Basemap:
    quantum = float(content["quantum"])
    layers: Mapping[str, Any] = content["layers"]

    def features(name: str) -> tuple[Feature, ...]:
        return _each(layers.get(name, ()), lambda row: _feature(row, quantum))

    return Basemap(
        sea=features("sea"), lakes=features("lakes"), countries=features("countries"),
        province_areas=features("province_areas"), provinces=features("provinces"),
        borders=features("borders"), rivers=features("rivers"),
        towns=_each(layers.get("towns", ()), lambda row: _town(row, quantum)),
        regions=_each(layers.get("regions", ()), lambda row: _region(row, quantum)),
        attribution=_credits(content.get("attribution", "")),
        sheet=_sheet(content.get("bbox")),
    )  # fmt: skip


def _sheet(bbox: Any) -> Sheet | None:
    if not isinstance(bbox, list) or len(bbox) != 4:
        return None
    west, south, east, north = (float(degrees) for degrees in bbox)
    if not _on_earth((west, east), (south, north)):
        raise ValueError("its sheet lies beyond the globe")
    return *point_to_map(west, south), *point_to_map(east, north)


def _each(rows: Iterable[Any], make: Callable[[Any], _T]) -> tuple[_T, ...]:
    """The rows that can be read: one bad town must not take the rivers away."""
    made = []
    for row in rows:
        try:
            made.append(make(row))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError):
            continue
    return tuple(made)


def _feature(row: Mapping[str, Any], quantum: float) -> Feature:
    parts = tuple(_points(flat, quantum) for flat in row["xy"] if len(flat) >= 4)
    return Feature(
        str(row.get("name", "")), str(row.get("name_ar", "")), int(row.get("rank", 1)),
        str(row.get("country", row.get("code", ""))), parts,
    )  # fmt: skip


def _points(flat: list[int], quantum: float) -> Points:
    degrees = np.cumsum(np.asarray(flat, dtype=np.int64).reshape(-1, 2), axis=0) * quantum
    if not _on_earth(degrees[:, 0], degrees[:, 1]):
        raise ValueError("coordinates beyond the globe")
    return np.column_stack(to_map(degrees[:, 0], degrees[:, 1]))


def _on_earth(lon: Any, lat: Any) -> bool:
    return bool(np.all(np.abs(lon) <= 180) and np.all(np.abs(lat) <= 90))


def _place(row: Mapping[str, Any], quantum: float) -> tuple[float, float]:
    lon, lat = float(row["lon"]) * quantum, float(row["lat"]) * quantum
    if not _on_earth(lon, lat):
        raise ValueError("coordinates beyond the globe")
    return point_to_map(lon, lat)


def _town(row: Mapping[str, Any], quantum: float) -> Town:
    x, y = _place(row, quantum)
    return Town(str(row["name"]), str(row.get("name_ar", "")), str(row.get("country", "")), int(row["rank"]), x, y)


def _region(row: Mapping[str, Any], quantum: float) -> Region:
    x, y = _place(row, quantum)
    return Region(
        str(row["name"]), str(row.get("name_ar", "")), str(row.get("kind", "")), x, y,
        float(row.get("size", 100)) * 1000, float(row.get("angle", 0)),
    )  # fmt: skip


def _credits(attribution: Any) -> str:
    """One line that names whose data these are, each source once."""
    if isinstance(attribution, str):
        return attribution
    names = [str(entry["who"]).partition(",")[0] for entry in attribution if entry.get("licence") != "as the program"]
    return ", ".join(dict.fromkeys(name.partition(" 1:")[0] for name in names))
