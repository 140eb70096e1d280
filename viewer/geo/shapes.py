"""Geometry as arrays: text and bytes in, rings and lines in degrees out."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.geo.errors import GeometryError
from viewer.geo.projection import to_map
from viewer.geo.wkb import KIND_NAMES, POLYGON, check_degrees, checked_wkb, kind_of, simple_geometries

Ring = NDArray[np.float64]
"""Vertices, shape (n, 2): longitude, latitude in degrees."""

MAX_TEXT = 1_000_000
MAX_PARENTHESES = 5
_PARENTHESIS = re.compile(r"[()]")
_KIND = re.compile(r"\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\b", re.IGNORECASE)
_DRAWN = {"POINT": "point", "LINESTRING": "line", "POLYGON": "area"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry taken apart: `kind` is point, line or area; an area is a tuple of polygons of rings."""

    kind: str
    parts: tuple[tuple[Ring, ...], ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) in degrees."""
        every = np.vstack([ring for part in self.parts for ring in part])
        low, high = every.min(axis=0), every.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


LEAST_AREA = 1e-12
"""Square degrees, about a hundredth of a square metre: an outline around less encloses nothing."""


def encloses_nothing(shape: Shape) -> bool:
    """Whether a shape is an area of which nothing can be seen, as its outline runs back on itself."""
    return shape.kind == "area" and all(_area(part[0]) < LEAST_AREA for part in shape.parts)


def is_flat(wkb: bytes) -> bool:
    """The same of a geometry that no one has taken apart; of one that cannot be, False."""
    try:
        return kind_of(wkb).endswith(KIND_NAMES[POLYGON]) and encloses_nothing(wkb_to_shape(wkb))
    except GeometryError:
        return False


def _area(ring: Ring) -> float:
    """What a closed ring encloses, in square degrees."""
    x, y = (ring - ring[0]).T
    return abs(float(np.dot(x[:-1], y[1:]) - np.dot(y[:-1], x[1:]))) / 2


def wkt_to_wkb(text: str) -> bytes:
    """Well-known text in degrees as WKB; GeometryError when it is none, or nested too deep to be safe."""
    import shapely

    if len(text) > MAX_TEXT or "\0" in text or _depth(text) > MAX_PARENTHESES or _KIND.match(text) is None:
        raise GeometryError(f"'{text[:40]}' is no WKT geometry, too long, or nested too deep")
    try:
        geometry = shapely.from_wkt(text)
    except shapely.errors.ShapelyError as error:
        raise GeometryError(f"'{text[:40]}' is no WKT geometry ({error})") from None
    if geometry.is_empty or not geometry.is_valid:
        raise GeometryError(f"'{text[:40]}' is empty or crosses itself")
    wkb: bytes = shapely.to_wkb(shapely.force_2d(geometry), byte_order=1)
    return check_degrees(wkb)


def _depth(text: str) -> int:
    """How deep the parentheses go: every nested geometry opens one."""
    deepest = depth = 0
    for match in _PARENTHESIS.finditer(text):
        depth += 1 if match[0] == "(" else -1
        deepest = max(deepest, depth)
    return deepest


def wkb_to_shape(wkb: bytes) -> Shape:
    """Bytes from a store as arrays; they are checked while they are read, by no foreign parser."""
    kind = kind_of(wkb)
    if kind == "GEOMETRYCOLLECTION":
        raise GeometryError("a mixed collection cannot be drawn: split it by kind")
    parts = tuple(tuple(rings) for _, rings in simple_geometries(wkb) if rings)
    return Shape(_DRAWN[kind.removeprefix("MULTI")], parts)


def exchanged(wkb: bytes) -> bytes:
    """The same geometry with longitude and latitude exchanged; GeometryError when it hangs together badly."""
    import shapely

    turned: bytes = shapely.to_wkb(shapely.transform(shapely.from_wkb(checked_wkb(wkb)), lambda xy: xy[:, ::-1]))
    return turned


def representative_point(wkb: bytes) -> tuple[float, float]:
    """A point (lon, lat) inside an area, on a line or at a point."""
    import shapely

    point = shapely.from_wkb(check_degrees(wkb)).representative_point()
    if point.is_empty:
        raise GeometryError("geometry is empty")
    return float(point.x), float(point.y)


def shape_rings(shape: Shape) -> tuple[Ring, ...]:
    """The rings or lines of a shape in map metres."""
    return tuple(np.column_stack(to_map(ring[:, 0], ring[:, 1])) for part in shape.parts for ring in part)
