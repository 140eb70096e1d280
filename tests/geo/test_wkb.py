"""Geometry bytes from anybody: whole and plain ones pass, everything else is refused in words."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from viewer.geo import wkb as guard
from viewer.geo.errors import GeometryError
from viewer.geo.wkb import (
    check_degrees,
    checked_wkb,
    envelope,
    from_blob,
    kind_of,
    point_wkb,
    simple_geometries,
    to_blob,
)

WELL_KNOWN = (
    "POINT (40 35)",
    "LINESTRING (40 35, 41 36, 42 36)",
    "POLYGON ((40 35, 41 35, 41 36, 40 35), (40.5 35.2, 40.6 35.2, 40.6 35.3, 40.5 35.2))",
    "MULTIPOINT ((40 35), (41 36))",
    "MULTILINESTRING ((40 35, 41 36), (42 35, 43 36))",
    "MULTIPOLYGON (((40 35, 41 35, 41 36, 40 35)), ((42 35, 43 35, 43 36, 42 35)))",
    "GEOMETRYCOLLECTION (POINT (40 35), MULTIPOINT ((40 35), (41 36)))",
)


def nested(kind: int, depth: int) -> bytes:
    """A point, wrapped `depth` times in multi-geometries or collections of one member."""
    return struct.pack("<BII", 1, kind, 1) * depth + point_wkb(40, 35)


@pytest.mark.parametrize("text", WELL_KNOWN)
@pytest.mark.parametrize("order", [0, 1])
def test_what_the_standard_allows_passes(text: str, order: int) -> None:
    geometry = shapely.from_wkt(text)
    wkb = shapely.to_wkb(geometry, byte_order=order)
    assert checked_wkb(wkb) == check_degrees(wkb) == wkb
    assert kind_of(wkb) == geometry.geom_type.upper()
    read = np.vstack([ring for _, rings in simple_geometries(wkb) for ring in rings])
    assert read.tolist() == shapely.get_coordinates(geometry).tolist()
    west, south, east, north = geometry.bounds
    assert envelope(wkb) == (west, east, south, north)


def test_a_polygon_comes_apart_into_outline_and_holes() -> None:
    ((kind, rings),) = simple_geometries(shapely.to_wkb(shapely.from_wkt(WELL_KNOWN[2]), byte_order=0))
    assert kind == "POLYGON"
    assert [ring.shape for ring in rings] == [(4, 2), (4, 2)]
    assert all(ring.dtype == np.float64 and ring.dtype.isnative and ring.flags.c_contiguous for ring in rings)


@pytest.mark.parametrize("kind", [4, 5, 6, 7])
@pytest.mark.parametrize("depth", [5, 10, 1_000, 20_000, 400_000])
def test_nested_geometry_never_reaches_a_parser(kind: int, depth: int) -> None:
    """20,000 headers in 180 kB end the process inside GEOS, whichever kind of collection they are."""
    with pytest.raises(GeometryError, match=r"nested deeper|member of another kind"):
        checked_wkb(nested(kind, depth))


@pytest.mark.parametrize("kind", [4, 5, 6, 7])
def test_nesting_beside_a_sibling_is_refused_too(kind: int) -> None:
    """A member before the deep one must not hide the depth."""
    side = struct.pack("<BII", 1, 7, 2) + point_wkb(1, 1)
    with pytest.raises(GeometryError, match=r"nested deeper|member of another kind"):
        checked_wkb(side + nested(kind, 100))


def line(points: int) -> bytes:
    return struct.pack("<BII", 1, 2, points) + struct.pack("<dd", 40, 35) * points


@pytest.mark.parametrize(
    ("wkb", "said"),
    [
        (b"", "ends in the middle"),
        (b"\x01\x01", "ends in the middle"),
        (b"\x02" + point_wkb(1, 1)[1:], "no byte order"),
        (point_wkb(1, 1)[:-1], "ends in the middle"),
        (point_wkb(1, 1) + b"\x00", "1 bytes too many"),
        (struct.pack("<BI", 1, 1001) + b"\x00" * 24, "type 1001"),
        (struct.pack("<BI", 1, 0x20000001) + b"\x00" * 20, "not a two-dimensional"),
        (struct.pack("<BI", 1, 8), "type 8"),
        (struct.pack("<BII", 1, 2, 2**31), "ends in the middle"),
        (struct.pack("<BII", 1, 3, 2**31), "more than 100,000 rings"),
        (struct.pack("<BII", 1, 3, 9), "ends in the middle"),
        (struct.pack("<BII", 1, 7, 2**31), "more members than it has bytes"),
        (struct.pack("<BII", 1, 4, 100_001) + point_wkb(1, 1) * 100_001, "more than 100,000 members"),
        (struct.pack("<BII", 1, 4, 1) + line(2), "member of another kind"),
        (line(0), "linestring of 0 points"),
        (line(1), "linestring of 1 points"),
        (struct.pack("<BIII", 1, 3, 1, 3) + struct.pack("<6d", 1, 1, 2, 2, 1, 1), "polygon of 3 points"),
        (struct.pack("<BIII", 1, 3, 1, 4) + struct.pack("<8d", 1, 1, 2, 1, 2, 2, 1, 2), "does not end where it began"),
    ],
)
def test_what_is_broken_is_named(wkb: bytes, said: str) -> None:
    with pytest.raises(GeometryError, match=said):
        checked_wkb(wkb)


def test_size_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_BYTES", 100)
    with pytest.raises(GeometryError, match="larger than 100"):
        checked_wkb(line(10))


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(float("nan"), 35), (40, float("nan")), (float("inf"), 35), (40, float("-inf")), (180.001, 35), (40, 90.001),
     (1e300, 0)],
)  # fmt: skip
def test_every_vertex_is_a_longitude_and_latitude(lon: float, lat: float) -> None:
    for wkb in (point_wkb(lon, lat), struct.pack("<BII4d", 1, 2, 2, 40, 35, lon, lat)):
        for check in (check_degrees, simple_geometries, envelope):
            with pytest.raises(GeometryError, match="no longitude and latitude"):
                check(wkb)


@pytest.mark.parametrize(("lon", "lat"), [(-180, -90), (180, 90), (0, 0), (40.5, 35.25)])
def test_the_edges_of_the_world_are_in_it(lon: float, lat: float) -> None:
    assert check_degrees(point_wkb(lon, lat))
    ((_, (ring,)),) = simple_geometries(point_wkb(lon, lat))
    assert ring.tolist() == [[lon, lat]]


@pytest.mark.parametrize("text", ["POLYGON EMPTY", "MULTIPOINT EMPTY", "GEOMETRYCOLLECTION EMPTY"])
def test_nothing_is_no_geometry(text: str) -> None:
    with pytest.raises(GeometryError, match="empty"):
        simple_geometries(shapely.to_wkb(shapely.from_wkt(text)))


def test_a_hundred_thousand_vertices_are_one_step() -> None:
    big = line(100_000)
    ((_, (ring,)),) = simple_geometries(big)
    assert ring.shape == (100_000, 2)


@given(st.sampled_from(WELL_KNOWN), st.integers(0, 2**32))
def test_mutated_bytes_are_refused_or_safe_to_parse(text: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - damage on purpose, to be made again from its seed
    raw = bytearray(shapely.to_wkb(shapely.from_wkt(text), byte_order=seed % 2))
    for _ in range(chance.randint(1, 4)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    try:
        simple_geometries(bytes(raw))
    except GeometryError:
        return
    assert not shapely.from_wkb(bytes(raw)).is_empty


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(raw: bytes) -> None:
    for read in (simple_geometries, from_blob):
        try:
            read(raw)
        except GeometryError:
            continue


@pytest.mark.parametrize("text", WELL_KNOWN)
def test_a_blob_gives_back_what_went_in(text: str) -> None:
    wkb = shapely.to_wkb(shapely.from_wkt(text))
    assert from_blob(to_blob(wkb)) == wkb
    assert from_blob(to_blob(wkb, envelope(wkb))) == wkb


def test_a_blob_is_laid_out_as_the_standard_says() -> None:
    wkb = point_wkb(40, 35)
    assert to_blob(wkb) == b"GP\x00\x01" + struct.pack("<i", 4326) + wkb
    assert to_blob(wkb, (1, 2, 3, 4)) == b"GP\x00\x03" + struct.pack("<i4d", 4326, 1, 2, 3, 4) + wkb
    big_endian = b"GP\x00\x00" + struct.pack(">i", 4326) + wkb
    assert from_blob(big_endian) == wkb


@pytest.mark.parametrize(
    ("blob", "said"),
    [
        (b"", "no GeoPackage blob"),
        (b"GP\x00", "no GeoPackage blob"),
        (point_wkb(1, 1), "no GeoPackage blob"),
        (b"GP\x00\x21" + struct.pack("<i", 4326) + point_wkb(1, 1), "unknown GeoPackage header"),
        (b"GP\x00\x0b" + struct.pack("<i", 4326) + point_wkb(1, 1), "unknown GeoPackage header"),
        (b"GP\x00\x01" + struct.pack("<i", 3857) + point_wkb(1, 1), "coordinate system 3857, not 4326"),
        (b"GP\x00\x03" + struct.pack("<i", 4326) + b"\x00" * 8, "ends in the middle"),
    ],
)
def test_a_foreign_blob_is_named(blob: bytes, said: str) -> None:
    with pytest.raises(GeometryError, match=said):
        from_blob(blob)


@given(st.floats(), st.floats(), st.binary(max_size=3))
def test_a_plain_point_is_known_only_where_the_walk_finds_it_too(lon: float, lat: float, more: bytes) -> None:
    wkb = guard.point_wkb(lon, lat) + more
    found = guard.plain_point(wkb)
    try:
        walked = guard.simple_geometries(guard.check_degrees(guard.checked_wkb(wkb)))
    except GeometryError:
        assert found is None
    else:
        assert found == tuple(walked[0][1][0][0])
    assert guard.plain_point(struct.pack(">BIdd", 0, 1, 40.0, 35.0)) is None
