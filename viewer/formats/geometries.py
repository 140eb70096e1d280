"""Geometries as files tell them, made into what a record holds: flat, in degrees, of one kind, and not crossing itself.

Coordinates are read as numbers from lists that are already parsed, never by a foreign parser: nesting cannot hurt.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.geo.errors import GeometryError
from viewer.geo.wkb import MAX_BYTES, POLYGON, checked_wkb, point_wkb, simple_geometries

Line = NDArray[np.float64]
"""Vertices, shape (n, 2): longitude, latitude in degrees."""
MAX_VERTICES = MAX_BYTES // 20
MAX_NESTED = 4
HALF_WORLD = 180.0
DROPPED_HEIGHT = "height was left out: a map has none"
CLOSED = "a ring did not end where it began and was closed"
MENDED = "the outline crosses itself and was mended: look at it"
MIXED = "points, lines and areas are mixed; only those that cover most were kept"


class Geometry(NamedTuple):
    """A geometry as WKB: kind is point, line or area; lon and lat (degrees) a point on it; what was done to it."""

    wkb: bytes
    kind: str
    lon: float
    lat: float
    remarks: tuple[str, ...] = ()


class Parts(NamedTuple):
    """What a geometry consists of: points (n, 2), lines, and areas as rings, the outline first."""

    points: list[Line]
    lines: list[Line]
    areas: list[list[Line]]
    remarks: list[str]


def no_parts() -> Parts:
    """Parts to be filled."""
    return Parts([], [], [], [])


def from_geojson(value: Any) -> Geometry | None:
    """The geometry of a parsed GeoJSON geometry (RFC 7946), None of an empty one; GeometryError if it is bad."""
    if (plain := _plain_point(value)) is not None:
        return plain
    parts = no_parts()
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop(0)
        if one is None:
            continue
        if not isinstance(one, dict):
            raise GeometryError("geometry is no object")
        if one.get("type") == "GeometryCollection":
            if depth >= MAX_NESTED:
                raise GeometryError(f"geometry is nested deeper than {MAX_NESTED}")
            waiting += [(member, depth + 1) for member in _listed(one.get("geometries", []))]
        else:
            _add(parts, str(one.get("type")), one.get("coordinates"))
    return made_of(parts)


def as_geojson(wkb: bytes) -> str:
    """Checked WKB as the text of a GeoJSON geometry."""
    import shapely

    return str(shapely.to_geojson(shapely.from_wkb(wkb)))


def _plain_point(value: Any) -> Geometry | None:
    """The geometry of a point on the globe with two coordinates, as most are; None of all else, which is looked at."""
    told = value.get("coordinates") if isinstance(value, dict) and value.get("type") == "Point" else None
    if not isinstance(told, list) or len(told) != 2 or not all(type(one) in (int, float) for one in told):
        return None
    lon, lat = told
    if not (-HALF_WORLD <= lon <= HALF_WORLD and -90 <= lat <= 90) or lon == lat == 0:
        return None
    return Geometry(point_wkb(lon, lat), "point", float(lon), float(lat))


def _add(parts: Parts, kind: str, told: Any) -> None:
    if not told:
        return
    if kind == "Point":
        parts.points.append(vertices([told], parts.remarks))
    elif kind == "MultiPoint":
        parts.points.append(vertices(told, parts.remarks))
    elif kind == "LineString":
        parts.lines.append(vertices(told, parts.remarks))
    elif kind == "MultiLineString":
        parts.lines.extend(vertices(line, parts.remarks) for line in _listed(told))
    elif kind == "Polygon":
        parts.areas.append([vertices(ring, parts.remarks) for ring in _listed(told)])
    elif kind == "MultiPolygon":
        parts.areas.extend([vertices(ring, parts.remarks) for ring in _listed(area)] for area in _listed(told))
    else:
        raise GeometryError(f"geometry is of type '{kind[:40]}', which GeoJSON does not know")


def _listed(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise GeometryError("coordinates are no list")
    return value


def vertices(told: Any, remarks: list[str]) -> Line:
    """Positions (longitude, latitude and maybe more) as vertices; GeometryError for what are no finite degrees."""
    try:
        found = np.array(_listed(told))
    except ValueError:
        found = _of_unequal_length(told)
    if found.ndim != 2 or found.shape[1] < 2 or found.dtype.kind not in "if":
        raise GeometryError("coordinates are no list of longitude and latitude")
    if found.shape[1] > 2:
        remarks.append(DROPPED_HEIGHT)
    line = np.ascontiguousarray(found[:, :2], dtype=np.float64)
    return in_degrees(line)


def _of_unequal_length(told: Any) -> NDArray[Any]:
    try:
        return np.array([[position[0], position[1]] for position in told])
    except (ValueError, TypeError, LookupError):
        raise GeometryError("coordinates are no list of longitude and latitude") from None


def in_degrees(line: Line) -> Line:
    """The same vertices if they are degrees and do not run around the back of the globe."""
    if len(line) > MAX_VERTICES:
        raise GeometryError(f"geometry has more than {MAX_VERTICES:,} vertices; simplify it")
    if not np.isfinite(line).all():
        raise GeometryError("a coordinate is no finite number")
    lon, lat = np.abs(line).max(axis=0).tolist()
    if max(lon, lat) > 2 * HALF_WORLD:
        raise GeometryError(f"coordinates such as {lon:g}, {lat:g} are no degrees; export them in WGS 84 (EPSG:4326)")
    if lat > 90 >= lon:
        raise GeometryError(f"latitude {lat:g} is beyond 90; longitude comes first in this format")
    if lon > HALF_WORLD or lat > 90:
        raise GeometryError(f"{lon:g}, {lat:g} is no longitude and latitude")
    if len(line) > 1 and np.abs(np.diff(line[:, 0])).max() > HALF_WORLD:
        raise GeometryError("the geometry crosses the antimeridian; cut it there")
    return line


def made_of(parts: Parts) -> Geometry | None:
    """One geometry of these parts: areas if there are any, else lines, else points; None without any."""
    import shapely

    filled = [name for name in ("points", "lines", "areas") if getattr(parts, name)]
    if not filled:
        return None
    remarks = parts.remarks + ([MIXED] if len(filled) > 1 else [])
    if sum(len(line) for line in _every(parts)) > MAX_VERTICES:
        raise GeometryError(f"geometry has more than {MAX_VERTICES:,} vertices; simplify it")
    if parts.areas:
        whole = _areas(parts.areas, remarks)
    elif parts.lines:
        if any(len(line) < 2 for line in parts.lines):
            raise GeometryError("a line of one point is none")
        lines = [shapely.LineString(line) for line in parts.lines]
        whole = lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
    else:
        every = np.vstack(parts.points)
        if (every == 0).all(axis=1).any():
            raise GeometryError("0, 0 lies in the Gulf of Guinea; leave the geometry out when the place is not known")
        whole = shapely.Point(every[0]) if len(every) == 1 else shapely.MultiPoint(every)
    kind = {"areas": "area", "lines": "line", "points": "point"}[filled[-1]]
    on_it = whole if whole.geom_type == "Point" else whole.representative_point()
    return Geometry(shapely.to_wkb(whole, byte_order=1), kind, on_it.x, on_it.y, tuple(dict.fromkeys(remarks)))


def _every(parts: Parts) -> Iterable[Line]:
    yield from parts.points
    yield from parts.lines
    for rings in parts.areas:
        yield from rings


def _areas(areas: Iterable[Sequence[Line]], remarks: list[str]) -> Any:
    """The areas as one polygon or many that are valid."""
    import shapely

    polygons = []
    for rings in areas:
        closed = [_closed(ring, remarks) for ring in rings]
        if closed:
            polygons.append(shapely.Polygon(closed[0], closed[1:]))
    whole = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    if whole.is_valid and not whole.is_empty:
        return whole
    if len(polygons) > 1 and all(one.is_valid for one in polygons):  # overlapping members are one area
        whole = shapely.union_all(polygons)
    else:
        whole = shapely.make_valid(whole)
    found = [one for one in _simple(whole) if one.geom_type == "Polygon" and one.area > 0]
    if not found:
        raise GeometryError("the outline encloses nothing")
    remarks.append(MENDED)
    return found[0] if len(found) == 1 else shapely.MultiPolygon(found)


def _simple(whole: Any) -> Iterable[Any]:
    waiting = [whole]
    while waiting:
        one = waiting.pop()
        if hasattr(one, "geoms"):
            waiting += one.geoms
        else:
            yield one


def _closed(ring: Line, remarks: list[str]) -> Line:
    if tuple(ring[0]) != tuple(ring[-1]):
        remarks.append(CLOSED)
        ring = np.vstack([ring, ring[:1]])
    if len(ring) < 4:
        raise GeometryError("a ring of an area needs three corners")
    return ring


def as_several(wkb: bytes) -> bytes:
    """Checked WKB, little endian, of one point, line or area as several of which there is one; of several as it is."""
    order, kind = struct.unpack_from("<BI", wkb)
    return wkb if kind > POLYGON else struct.pack("<BII", order, kind + POLYGON, 1) + wkb


def from_wkb(wkb: bytes) -> Geometry | None:
    """The geometry of flat WKB in degrees, checked and mended in the same way."""
    parts = no_parts()
    for kind, rings in simple_geometries(checked_wkb(wkb)):
        if not rings:
            continue
        if kind == "POINT":
            parts.points.append(in_degrees(rings[0]))
        elif kind == "LINESTRING":
            parts.lines.append(in_degrees(rings[0]))
        else:
            parts.areas.append([in_degrees(ring) for ring in rings])
    return made_of(parts)
