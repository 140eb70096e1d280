"""Geometry bytes, checked before the geometry library sees them.

A small blob of deeply nested collections can end the process inside the parser, so its structure is
walked first, iteratively, with a cap on depth and size. Format: OGC 06-103r4 (WKB) and OGC 12-128r18
(the GeoPackage header in front of it).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

from viewer.geo.errors import GeometryError

MAX_BYTES = 16_000_000
MAX_DEPTH = 4
POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON, COLLECTION = range(1, 8)
KIND_NAMES = {
    POINT: "POINT", LINE: "LINESTRING", POLYGON: "POLYGON", MULTIPOINT: "MULTIPOINT",
    MULTILINE: "MULTILINESTRING", MULTIPOLYGON: "MULTIPOLYGON", COLLECTION: "GEOMETRYCOLLECTION",
}  # fmt: skip
_MEMBER = {MULTIPOINT: POINT, MULTILINE: LINE, MULTIPOLYGON: POLYGON}
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
SRS = 4326


def checked_wkb(wkb: bytes) -> bytes:
    """The same bytes if they are one complete two-dimensional geometry; else GeometryError."""
    if len(wkb) > MAX_BYTES:
        raise GeometryError(f"geometry of {len(wkb):,} bytes is larger than {MAX_BYTES:,}")
    position = 0
    expected: list[tuple[int, int]] = [(0, 1)]
    while expected:
        kind, left = expected.pop()
        if left > 1:
            expected.append((kind, left - 1))
        if len(expected) > MAX_DEPTH:
            raise GeometryError(f"geometry is nested deeper than {MAX_DEPTH}")
        position, member, count = _header(wkb, position, kind)
        if count:
            expected.append((member, count))
    if position != len(wkb):
        raise GeometryError(f"geometry has {len(wkb) - position} bytes too many")
    return wkb


def _header(wkb: bytes, position: int, expected: int) -> tuple[int, int, int]:
    """Step over one geometry's header and, if simple, its coordinates; (end, member kind, members)."""
    order, kind, at = _prefix(wkb, position)
    if expected and kind != expected:
        raise GeometryError("a multi-geometry holds a member of another kind")
    if kind == POINT:
        return _coordinates(wkb, at, 1), 0, 0
    count, at = _number(wkb, at, order)
    if kind == LINE:
        return _coordinates(wkb, at, count), 0, 0
    if kind == POLYGON:
        for _ in range(count):
            points, at = _number(wkb, at, order)
            at = _coordinates(wkb, at, points)
        return at, 0, 0
    if count * 5 > len(wkb) - at:
        raise GeometryError("geometry names more members than it has bytes")
    return at, _MEMBER.get(kind, 0), count


def _prefix(wkb: bytes, position: int) -> tuple[str, int, int]:
    if position + 5 > len(wkb):
        raise GeometryError("geometry ends in the middle")
    if wkb[position] not in (0, 1):
        raise GeometryError("geometry has no byte order")
    order = "<" if wkb[position] else ">"
    (kind,) = struct.unpack_from(order + "I", wkb, position + 1)
    if kind not in KIND_NAMES:
        raise GeometryError(f"geometry of type {kind} is not a two-dimensional simple feature")
    return order, kind, position + 5


def _number(wkb: bytes, position: int, order: str) -> tuple[int, int]:
    if position + 4 > len(wkb):
        raise GeometryError("geometry ends in the middle")
    (count,) = struct.unpack_from(order + "I", wkb, position)
    return count, position + 4


def _coordinates(wkb: bytes, position: int, count: int) -> int:
    end = position + 16 * count
    if end > len(wkb):
        raise GeometryError("geometry ends in the middle")
    return end


def kind_of(wkb: bytes) -> str:
    """The OGC name of the outermost geometry type."""
    return KIND_NAMES[_prefix(wkb, 0)[1]]


def point_wkb(lon: float, lat: float) -> bytes:
    """A point as little-endian WKB."""
    return struct.pack("<BIdd", 1, POINT, lon, lat)


def to_blob(wkb: bytes, envelope: tuple[float, float, float, float] | None = None) -> bytes:
    """The GeoPackage blob of a geometry; `envelope` (west, east, south, north in degrees) for all but points."""
    flags = 0b0000_0001 | (1 << 1 if envelope else 0)
    head = struct.pack("<2sBBi", b"GP", 0, flags, SRS)
    return head + (struct.pack("<4d", *envelope) if envelope else b"") + wkb


def from_blob(blob: bytes) -> bytes:
    """The checked WKB inside a GeoPackage blob; GeometryError names what is wrong."""
    if len(blob) < 8 or blob[:2] != b"GP":
        raise GeometryError("geometry is no GeoPackage blob")
    size = (blob[3] >> 1) & 0b111
    if size >= len(_ENVELOPE_BYTES) or blob[3] & 0b0010_0000:
        raise GeometryError("geometry has an unknown GeoPackage header")
    order = "<" if blob[3] & 1 else ">"
    (srs,) = struct.unpack_from(order + "i", blob, 4)
    if srs not in (SRS, 0, -1):
        raise GeometryError(f"geometry is in coordinate system {srs}, not {SRS}: reproject it to degrees")
    return checked_wkb(blob[8 + _ENVELOPE_BYTES[size] :])


def vertices(wkb: bytes) -> Iterator[tuple[float, float]]:
    """Every vertex of checked bytes as (lon, lat) degrees."""
    position, pending = 0, 1
    while pending:
        pending -= 1
        order, kind, position = _prefix(wkb, position)
        if kind == POINT:
            yield struct.unpack_from(order + "dd", wkb, position)
            position += 16
            continue
        count, position = _number(wkb, position, order)
        if kind in (LINE, POLYGON):
            rings = [count] if kind == LINE else []
            for _ in range(count if kind == POLYGON else 0):
                points, position = _number(wkb, position, order)
                yield from struct.iter_unpack(order + "dd", wkb[position : position + 16 * points])
                position += 16 * points
            for points in rings:
                yield from struct.iter_unpack(order + "dd", wkb[position : position + 16 * points])
                position += 16 * points
        else:
            pending += count


def check_degrees(wkb: bytes) -> bytes:
    """The same bytes if every vertex is a finite longitude and latitude; else GeometryError."""
    for lon, lat in vertices(wkb):
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            raise GeometryError(f"vertex {lon}, {lat} is no longitude and latitude")
    return wkb
