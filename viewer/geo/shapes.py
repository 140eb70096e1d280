"""Geometry as arrays: text and bytes in, rings and lines in degrees out."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geo.errors import GeometryError
from viewer.geo.wkb import check_degrees, checked_wkb, kind_of

Ring = NDArray[np.float64]
"""Vertices, shape (n, 2): longitude, latitude in degrees."""

MAX_TEXT = 1_000_000
_DEEP = re.compile(r"\({6,}")


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


def wkt_to_wkb(text: str) -> bytes:
    """Well-known text in degrees as WKB; GeometryError when it is none, or nested too deep to be safe."""
    import shapely

    if len(text) > MAX_TEXT or _DEEP.search(text) or text.upper().count("COLLECTION") > 1:
        raise GeometryError("geometry text is too long or nested too deep")
    try:
        geometry = shapely.from_wkt(text)
    except shapely.errors.ShapelyError as error:
        raise GeometryError(f"'{text[:40]}' is no WKT geometry ({error})") from None
    if geometry.is_empty or not geometry.is_valid:
        raise GeometryError(f"'{text[:40]}' is empty or crosses itself")
    wkb: bytes = shapely.to_wkb(shapely.force_2d(geometry), byte_order=1)
    return check_degrees(checked_wkb(wkb))


def wkb_to_shape(wkb: bytes) -> Shape:
    """Bytes from a store as arrays; they are checked before they are parsed."""
    import shapely

    check_degrees(checked_wkb(wkb))
    kind = kind_of(wkb)
    try:
        geometry = shapely.from_wkb(wkb)
    except shapely.errors.ShapelyError as error:
        raise GeometryError(f"geometry cannot be read ({error})") from None
    if geometry.is_empty:
        raise GeometryError("geometry is empty")
    parts = [geometry] if not hasattr(geometry, "geoms") else list(geometry.geoms)
    if kind.endswith("POINT"):
        return Shape("point", tuple((shapely.get_coordinates(part),) for part in parts))
    if kind.endswith("LINESTRING"):
        return Shape("line", tuple((shapely.get_coordinates(part),) for part in parts))
    if not kind.endswith("POLYGON"):
        raise GeometryError("a mixed collection cannot be drawn: split it by kind")
    return Shape(
        "area",
        tuple(
            tuple(shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)) for part in parts
        ),
    )


def representative_point(wkb: bytes) -> tuple[float, float]:
    """A point (lon, lat) inside an area, on a line or at a point."""
    import shapely

    point = shapely.from_wkb(checked_wkb(wkb)).representative_point()
    return float(point.x), float(point.y)
