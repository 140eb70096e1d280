"""Geometry as arrays: text in, bytes out, bytes in, rings out."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely

from viewer.geo.errors import GeometryError
from viewer.geo.shapes import MAX_TEXT, representative_point, wkb_to_shape, wkt_to_wkb
from viewer.geo.wkb import point_wkb

SQUARE = "POLYGON ((40 35, 41 35, 41 36, 40 36, 40 35), (40.2 35.2, 40.4 35.2, 40.4 35.4, 40.2 35.2))"


@pytest.mark.parametrize(
    ("text", "kind", "rings"),
    [
        ("POINT (40 35)", "point", [1]),
        ("point(40 35)", "point", [1]),
        ("POINT Z (40 35 200)", "point", [1]),
        ("MULTIPOINT ((40 35), (41 36))", "point", [1, 1]),
        ("LINESTRING (40 35, 41 36)", "line", [1]),
        ("MULTILINESTRING ((40 35, 41 36), (42 35, 43 36))", "line", [1, 1]),
        (SQUARE, "area", [2]),
        ("MULTIPOLYGON (((40 35, 41 35, 41 36, 40 35)), ((42 35, 43 35, 43 36, 42 35)))", "area", [1, 1]),
    ],
)
def test_text_becomes_parts_of_rings(text: str, kind: str, rings: list[int]) -> None:
    shape = wkb_to_shape(wkt_to_wkb(text))
    assert shape.kind == kind
    assert [len(part) for part in shape.parts] == rings
    expected = shapely.get_coordinates(shapely.from_wkt(text))
    assert np.array_equal(np.vstack([ring for part in shape.parts for ring in part]), expected)


def test_bounds_are_west_south_east_north() -> None:
    assert wkb_to_shape(wkt_to_wkb(SQUARE)).bounds == (40, 35, 41, 36)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "no WKT"),
        ("", "no WKT"),
        ("POINT (40)", "no WKT"),
        ("POINT (40 35", "no WKT"),
        ("POINT (40 35)\0", "no WKT"),
        ("POINT EMPTY", "empty or crosses itself"),
        ("POLYGON ((40 35, 41 36, 41 35, 40 36, 40 35))", "empty or crosses itself"),
        ("POINT (200 35)", "no longitude and latitude"),
        ("POINT (35 95)", "no longitude and latitude"),
        ("GEOMETRYCOLLECTION (POINT (40 35))", "no WKT geometry, too long, or nested"),
        ("CIRCULARSTRING (40 35, 41 36, 42 35)", "no WKT geometry, too long, or nested"),
        ("GEOMETRYCOLLECTION (" * 50_000, "nested too deep"),
        ("POLYGON " + "( " * 50_000, "nested too deep"),
        ("LINESTRING (" + "40 35, " * 200_000 + "40 36)", "too long"),
    ],
)
def test_what_is_no_geometry_is_refused(text: str, said: str) -> None:
    with pytest.raises(GeometryError, match=said) as caught:
        wkt_to_wkb(text)
    assert len(str(caught.value)) < 300
    assert len(text) <= MAX_TEXT or said == "too long"


@pytest.mark.parametrize(
    ("wkb", "said"),
    [
        (struct.pack("<BII", 1, 7, 1) + point_wkb(40, 35), "split it by kind"),
        (point_wkb(float("nan"), 35), "no longitude and latitude"),
        (struct.pack("<BII", 1, 3, 0), "empty"),
        (b"", "ends in the middle"),
    ],
)
def test_bytes_that_cannot_be_drawn_are_refused(wkb: bytes, said: str) -> None:
    with pytest.raises(GeometryError, match=said):
        wkb_to_shape(wkb)


def test_a_representative_point_lies_in_the_area() -> None:
    horseshoe = "POLYGON ((40 35, 42 35, 42 36, 41.9 36, 41.9 35.1, 40.1 35.1, 40.1 36, 40 36, 40 35))"
    lon, lat = representative_point(wkt_to_wkb(horseshoe))
    assert shapely.from_wkt(horseshoe).contains(shapely.Point(lon, lat))
    assert representative_point(point_wkb(40, 35)) == (40, 35)
    with pytest.raises(GeometryError, match="empty"):
        representative_point(struct.pack("<BII", 1, 3, 0))
    with pytest.raises(GeometryError, match="nested"):
        representative_point(struct.pack("<BII", 1, 7, 1) * 20_000 + point_wkb(1, 1))
