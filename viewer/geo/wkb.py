"""Geometry bytes, checked before the geometry library sees them.

A small blob of deeply nested collections can end the process inside the parser, so its structure is
walked first, iteratively, with a cap on depth and size. Format: OGC 06-103r4 (WKB) and OGC 12-128r18
(the GeoPackage header in front of it).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from viewer.geo.errors import GeometryError

MAX_BYTES = 16_000_000
MAX_DEPTH = 4
MAX_MEMBERS = 100_000
POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON, COLLECTION = range(1, 8)
KIND_NAMES = {
    POINT: "POINT", LINE: "LINESTRING", POLYGON: "POLYGON", MULTIPOINT: "MULTIPOINT",
    MULTILINE: "MULTILINESTRING", MULTIPOLYGON: "MULTIPOLYGON", COLLECTION: "GEOMETRYCOLLECTION",
}  # fmt: skip
_MEMBER = {MULTIPOINT: POINT, MULTILINE: LINE, MULTIPOLYGON: POLYGON}
_FEWEST = {LINE: 2, POLYGON: 4}
"""Points a line and the ring of a polygon need."""
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
POINT_HEADER = 8
"""Bytes of the GeoPackage header of a point, which has no envelope."""
SRS = 4326
_REACH = np.array([180.0, 90.0])
_POINT_HEAD = struct.pack("<BI", 1, POINT)
_POINT_BYTES = len(_POINT_HEAD) + 16

Array = NDArray[np.float64]
"""Vertices, shape (n, 2): longitude, latitude."""


def plain_point(wkb: bytes) -> tuple[float, float] | None:
    """Longitude and latitude of a little-endian point on the globe; None for all else, which has to be walked."""
    if len(wkb) != _POINT_BYTES or not wkb.startswith(_POINT_HEAD):
        return None
    lon, lat = struct.unpack_from("<dd", wkb, len(_POINT_HEAD))
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def checked_wkb(wkb: bytes) -> bytes:
    """The same bytes if they are one complete two-dimensional geometry; else GeometryError."""
    for _ in _simple(wkb):
        pass
    return wkb


def _simple(wkb: bytes) -> Iterator[tuple[int, list[Array]]]:
    """The simple geometries in the bytes in order, each as its kind and its rings; checked on the way.

    The nesting is walked with a list of open multi-geometries, never by recursion.
    """
    if len(wkb) > MAX_BYTES:
        raise GeometryError(f"geometry of {len(wkb):,} bytes is larger than {MAX_BYTES:,}")
    position = 0
    waiting = [(0, 1)]
    while waiting:
        expected, left = waiting.pop()
        if left == 0:
            continue
        waiting.append((expected, left - 1))
        order, kind, position = _prefix(wkb, position)
        if expected and kind != expected:
            raise GeometryError("a multi-geometry holds a member of another kind")
        if kind > POLYGON:
            members, position = _number(wkb, position, order)
            if members * 5 > len(wkb) - position:
                raise GeometryError("geometry names more members than it has bytes")
            if members > MAX_MEMBERS:
                raise GeometryError(f"geometry has more than {MAX_MEMBERS:,} members")
            if len(waiting) >= MAX_DEPTH:
                raise GeometryError(f"geometry is nested deeper than {MAX_DEPTH}")
            waiting.append((_MEMBER.get(kind, 0), members))
        else:
            rings, position = _rings(wkb, position, order, kind)
            yield kind, rings
    if position != len(wkb):
        raise GeometryError(f"geometry has {len(wkb) - position} bytes too many")


def _rings(wkb: bytes, position: int, order: str, kind: int) -> tuple[list[Array], int]:
    """The coordinates of one simple geometry, and where it ends; a ring of few points is refused."""
    if kind == POINT:
        ring, position = _coordinates(wkb, position, order, 1)
        return [ring], position
    number, position = (1, position) if kind == LINE else _number(wkb, position, order)
    if number > MAX_MEMBERS:
        raise GeometryError(f"geometry has more than {MAX_MEMBERS:,} rings")
    rings = []
    for _ in range(number):
        points, position = _number(wkb, position, order)
        if points < _FEWEST[kind]:
            raise GeometryError(f"a {KIND_NAMES[kind].lower()} of {points} points is none")
        ring, position = _coordinates(wkb, position, order, points)
        if kind == POLYGON and tuple(ring[0]) != tuple(ring[-1]):
            raise GeometryError("a ring of a polygon does not end where it began")
        rings.append(ring)
    return rings, position


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


def _coordinates(wkb: bytes, position: int, order: str, count: int) -> tuple[Array, int]:
    end = position + 16 * count
    if end > len(wkb):
        raise GeometryError("geometry ends in the middle")
    return np.frombuffer(wkb, dtype=f"{order}f8", count=2 * count, offset=position).reshape(-1, 2), end


def simple_geometries(wkb: bytes) -> list[tuple[str, list[Array]]]:
    """Every simple geometry in order: its OGC name and its rings, shape (n, 2) in degrees; checked.

    A point has one ring of one vertex, a line one ring, a polygon its outline and then its holes.
    GeometryError when the bytes are no geometry, hold nothing, or name what is no longitude and latitude.
    """
    found = [
        (KIND_NAMES[kind], [np.ascontiguousarray(_degrees(ring), dtype=np.float64) for ring in rings])
        for kind, rings in _simple(wkb)
    ]
    if not any(rings for _, rings in found):
        raise GeometryError("geometry is empty")
    return found


def _degrees(ring: Array) -> Array:
    """The same vertices if each is a longitude and latitude; NaN and infinity fail the comparison too."""
    fits = (np.abs(ring) <= _REACH).all(axis=1)
    if not fits.all():
        lon, lat = ring[int(np.argmin(fits))].tolist()
        raise GeometryError(f"vertex {lon}, {lat} is no longitude and latitude")
    return ring


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
    srs, wkb = opened_blob(blob)
    if srs not in (SRS, 0, -1):
        raise GeometryError(f"geometry is in coordinate system {srs}, not {SRS}: reproject it to degrees")
    return checked_wkb(wkb)


def opened_blob(blob: bytes) -> tuple[int, bytes]:
    """The coordinate system that a GeoPackage blob names, and the WKB in it, which is not checked yet."""
    if len(blob) < 8 or blob[:2] != b"GP":
        raise GeometryError("geometry is no GeoPackage blob")
    size = (blob[3] >> 1) & 0b111
    if size >= len(_ENVELOPE_BYTES) or blob[3] & 0b0010_0000:
        raise GeometryError("geometry has an unknown GeoPackage header")
    order = "<" if blob[3] & 1 else ">"
    (srs,) = struct.unpack_from(order + "i", blob, 4)
    return srs, blob[8 + _ENVELOPE_BYTES[size] :]


def flattened(wkb: bytes) -> bytes:
    """WKB (ISO 13249 or its older form) without heights and measures, its structure checked on the way.

    The bytes of coordinates are not looked at; GeometryError when they do not hang together.
    """
    if len(wkb) > 2 * MAX_BYTES:
        raise GeometryError(f"geometry of {len(wkb):,} bytes is larger than {2 * MAX_BYTES:,}")
    pieces: list[bytes] = []
    position = 0
    waiting = [1]
    while waiting:
        left = waiting.pop()
        if left == 0:
            continue
        waiting.append(left - 1)
        order, kind, width, position = _any_prefix(wkb, position)
        pieces.append(struct.pack("<BI", 1, kind))
        if kind > POLYGON:
            members, position = _number(wkb, position, order)
            if members > MAX_MEMBERS or members * 5 > len(wkb) - position:
                raise GeometryError("geometry names more members than it has bytes")
            if len(waiting) >= MAX_DEPTH:
                raise GeometryError(f"geometry is nested deeper than {MAX_DEPTH}")
            pieces.append(struct.pack("<I", members))
            waiting.append(members)
            continue
        rings = 1
        if kind == POLYGON:
            rings, position = _number(wkb, position, order)
            if rings * 4 > len(wkb) - position:
                raise GeometryError("geometry ends in the middle")
            pieces.append(struct.pack("<I", rings))
        for _ in range(rings):
            points = 1
            if kind != POINT:
                points, position = _number(wkb, position, order)
                pieces.append(struct.pack("<I", points))
            end = position + 8 * width * points
            if end > len(wkb):
                raise GeometryError("geometry ends in the middle")
            every = np.frombuffer(wkb, f"{order}f8", width * points, position).reshape(points, width)
            pieces.append(np.ascontiguousarray(every[:, :2], dtype="<f8").tobytes())
            position = end
    if position != len(wkb):
        raise GeometryError(f"geometry has {len(wkb) - position} bytes too many")
    return b"".join(pieces)


def _any_prefix(wkb: bytes, position: int) -> tuple[str, int, int, int]:
    """Byte order, kind, numbers of a coordinate, and where the rest begins; of flat geometries and of all others."""
    if position + 5 > len(wkb) or wkb[position] not in (0, 1):
        raise GeometryError("geometry ends in the middle or has no byte order")
    order = "<" if wkb[position] else ">"
    (told,) = struct.unpack_from(order + "I", wkb, position + 1)
    with_height, with_measure = bool(told & 0x8000_0000), bool(told & 0x4000_0000)
    position += 9 if told & 0x2000_0000 else 5
    dimension, kind = divmod(told & 0x0FFF_FFFF, 1000)
    if kind not in KIND_NAMES or dimension > 3:
        raise GeometryError(f"geometry of type {told} is no simple feature")
    return order, kind, 2 + (with_height or dimension in (1, 3)) + (with_measure or dimension in (2, 3)), position


def envelope(wkb: bytes) -> tuple[float, float, float, float]:
    """(west, east, south, north) of a geometry in degrees, the order of the GeoPackage header."""
    every = np.vstack([ring for _, rings in simple_geometries(wkb) for ring in rings])
    west, south = every.min(axis=0).tolist()
    east, north = every.max(axis=0).tolist()
    return west, east, south, north


def check_degrees(wkb: bytes) -> bytes:
    """The same bytes if every vertex is a finite longitude and latitude; else GeometryError."""
    for _, rings in _simple(wkb):
        for ring in rings:
            _degrees(ring)
    return wkb
