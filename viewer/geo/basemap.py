"""The offline base map, so that the region is recognised with the network cable pulled: one small file, read once.

How it lies in the file says `basemap_file`. In memory everything is in map metres (viewer.geo.projection).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.domain.records import Problem
from viewer.geo.basemap_file import DETAILS, Content, unpack
from viewer.geo.projection import point_to_degrees, point_to_map, to_degrees, to_map

Points = NDArray[np.float64]
"""Vertices in map metres, shape (n, 2)."""
Parts = tuple[Points, ...]
"""Lines, or rings that cut holes into each other."""


class Feature(NamedTuple):
    """A line or an area of the base map: `details` are its parts, the coarsest first; one where it has no more."""

    name: str
    name_ar: str
    rank: int
    country: str
    details: tuple[Parts, ...]

    @property
    def parts(self) -> Parts:
        """Its parts, as exact as they are known."""
        return self.details[-1]

    def at(self, detail: int) -> Parts:
        """Its parts in a detail, 0 is the coarsest."""
        return self.details[min(detail, len(self.details) - 1)]


class Town(NamedTuple):
    """A settlement; rank 1 is a great city, 6 a village. x, y in map metres."""

    name: str
    name_ar: str
    country: str
    rank: int
    x: float
    y: float


class Site(NamedTuple):
    """An oil field, a crossing, an airfield and the like; `kind` is one of a place's kinds. x, y in map metres."""

    name: str
    name_ar: str
    kind: str
    rank: int
    x: float
    y: float


class Region(NamedTuple):
    """A landscape without borders; `size_m` is its length in metres, `angle` the slope of its name in degrees."""

    name: str
    name_ar: str
    kind: str
    size_m: float
    angle: float
    x: float
    y: float


Sheet = tuple[float, float, float, float]
"""West, south, east, north in map metres."""


class Relief(NamedTuple):
    """How much lighter (to 127) or darker (to -127) than flat land, rows from the north; `bounds` are the outermost
    pixels' middles."""

    bounds: Sheet
    shade: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Basemap:
    """What lies under the data. `problem` says why it is empty when the file could not be read."""

    sea: tuple[Feature, ...] = ()
    lakes: tuple[Feature, ...] = ()
    flats: tuple[Feature, ...] = ()
    """Salt flats: ground that some maps show as lakes."""
    countries: tuple[Feature, ...] = ()
    province_areas: tuple[Feature, ...] = ()
    provinces: tuple[Feature, ...] = ()
    borders: tuple[Feature, ...] = ()
    rivers: tuple[Feature, ...] = ()
    roads: tuple[Feature, ...] = ()
    towns: tuple[Town, ...] = ()
    sites: tuple[Site, ...] = ()
    regions: tuple[Region, ...] = ()
    relief: Relief | None = None
    attribution: str = ""
    sheet: Sheet | None = None
    """How far the base map reaches; None when it does not say."""
    problem: Problem | None = None


DAMAGES = (zlib.error, struct.error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a damaged file may run into."""


def read_basemap(path: Path) -> Basemap:
    """The base map of a file; an empty one with a problem when it is missing or damaged."""
    try:
        return _basemap(unpack(path.read_bytes()))
    except (OSError, *DAMAGES) as error:
        message = f"the base map cannot be read ({error}); the data are shown without it"
        return Basemap(problem=Problem(path.name, message))


def _basemap(content: Content) -> Basemap:
    head = content.head
    layers = _layers(content)

    def features(*names: str) -> tuple[Feature, ...]:
        return tuple(feature for name in names for feature in layers.get(name, ()))

    return Basemap(
        sea=features("sea"), lakes=features("lakes", "reservoirs"), flats=features("flats"),
        countries=features("countries"), province_areas=features("province_areas"), provinces=features("provinces"),
        borders=features("borders"), rivers=features("rivers"), roads=features("roads"),
        towns=tuple(map(Town._make, _rows(head, "towns", ("name", "name_ar", "country", "rank")))),
        sites=tuple(map(Site._make, _rows(head, "sites", ("name", "name_ar", "kind", "rank")))),
        regions=tuple(map(Region._make, _rows(head, "regions", ("name", "name_ar", "kind", "size_m", "angle")))),
        relief=_relief(head["relief"]["box"], content.shade) if "relief" in head else None,
        attribution=_credits(head.get("attribution", "")),
        sheet=_sheet(head.get("bbox")),
    )  # fmt: skip


def _relief(box: Any, shade: NDArray[np.int8]) -> Relief:
    bounds = _sheet(box)
    if bounds is None or min(shade.shape) < 2 or not (bounds[0] < bounds[2] and bounds[1] < bounds[3]):
        raise ValueError("its relief is none")
    return Relief(bounds, shade)


def _sheet(bbox: Any) -> Sheet | None:
    if not isinstance(bbox, list) or len(bbox) != 4:
        return None
    west, south, east, north = (float(degrees) for degrees in bbox)
    _on_earth((west, east), (south, north))
    return *point_to_map(west, south), *point_to_map(east, north)


def _on_earth(lon: Any, lat: Any) -> None:
    if not (np.all(np.abs(lon) <= 180) and np.all(np.abs(lat) <= 90)):
        raise ValueError("coordinates beyond the globe")


def _layers(content: Content) -> dict[str, tuple[Feature, ...]]:
    """The features of each layer of lines and areas."""
    _on_earth(content.lon, content.lat)
    points = np.column_stack(to_map(content.lon, content.lat))
    # For each detail the vertices that it has, and where in them each line begins.
    counted = [np.concatenate(([0], np.cumsum(content.detail <= detail))) for detail in range(DETAILS - 1)]
    details = [
        (points[content.detail <= detail], sums[content.starts].tolist()) for detail, sums in enumerate(counted)
    ]
    details.append((points, content.starts.tolist()))
    found, line = {}, 0
    for name, layer in content.head["layers"].items():
        if any(number < 0 for number in layer["parts"]):
            raise ValueError("a layer has fewer lines than none")
        last = line + sum(layer["parts"])
        several = bool(content.detail[content.starts[line] : content.starts[last]].any())
        used = details if several else details[-1:]
        found[name] = tuple(_features(layer, used, line))
        line = last
    return found


def _features(layer: Mapping[str, Any], details: list[tuple[Points, list[int]]], line: int) -> Iterator[Feature]:
    columns = (layer[name] for name in ("name", "name_ar", "rank", "country", "parts"))
    for name, name_ar, rank, country, number in zip(*columns, strict=True):
        lines = range(line, line + number)
        parts = tuple(tuple([points[at[i] : at[i + 1]] for i in lines]) for points, at in details)
        yield Feature(str(name), str(name_ar), int(rank), str(country), parts)
        line += number


def _rows(head: Mapping[str, Any], name: str, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The named points of a table, column by column, then x and y in map metres."""
    table = head.get(name)
    if not table:
        return iter(())
    lon, lat = (np.array(table[axis], dtype=np.float64) * float(head["quantum"]) for axis in ("lon", "lat"))
    _on_earth(lon, lat)
    x, y = to_map(lon, lat)
    return zip(*(_column(table[column], column) for column in columns), x.tolist(), y.tolist(), strict=True)


def _column(values: Any, name: str) -> list[Any]:
    kind = {"rank": int, "size_m": float, "angle": float}.get(name, str)
    return [kind(value) for value in values]


def _credits(attribution: Any) -> str:
    """One line that names whose data these are, each source once."""
    if isinstance(attribution, str):
        return attribution
    names = [str(entry["who"]).partition(",")[0] for entry in attribution if entry.get("licence") != "as the program"]
    return ", ".join(dict.fromkeys(name.partition(" 1:")[0] for name in names))


def _in_degrees(points: Points) -> Points:
    return np.column_stack(to_degrees(points[:, 0], points[:, 1]))


def degrees_of(sheet: Sheet) -> Sheet:
    """The same sheet in degrees."""
    west, south = point_to_degrees(sheet[0], sheet[1])
    east, north = point_to_degrees(sheet[2], sheet[3])
    return west, south, east, north


def area_around(features: Iterable[Feature], lon: float, lat: float) -> bytes | None:
    """The outline (WKB in degrees) of the first of these areas in which a point lies; None when it lies in none."""
    import shapely

    at = point_to_map(lon, lat)
    for feature in features:
        rings = [shapely.Polygon(ring) for ring in feature.parts if len(ring) > 3]
        if shapely.contains_xy(rings, *at).sum() % 2:
            area = shapely.make_valid(reduce(shapely.symmetric_difference, rings))
            return bytes(shapely.to_wkb(shapely.transform(area, _in_degrees), byte_order=1))
    return None
