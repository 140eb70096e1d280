"""The drawn grid is the one of the `mgrs` package: along every line, in every square, up to the border of each zone."""

from __future__ import annotations

import re

import mgrs
import numpy as np
import pytest

from viewer.geo.mgrs_grid import Box, grid_lines, grid_squares, square_letters, zone_borders, zone_fields, zones_in
from viewer.geo.projection import to_degrees, to_map

REGION = (33.5, 28.0, 49.5, 38.5)
NEAR_42 = (41.5, 34.0, 42.5, 35.0)
GRID = mgrs.MGRS()


def reference(lon: float, lat: float) -> tuple[str, str, int, int]:
    """Grid zone, square, easting and northing in it (metres)."""
    found = re.fullmatch(r"(\d+[A-Z])([A-Z]{2})(\d{5})(\d{5})", GRID.toMGRS(lat, lon))
    assert found is not None
    return found[1], found[2], int(found[3]), int(found[4])


@pytest.mark.parametrize(("box", "step"), [(REGION, 100_000), (REGION, 10_000), (NEAR_42, 1_000)])
def test_every_vertex_lies_on_its_line(box: Box, step: int) -> None:
    lines = grid_lines(box, step)
    assert len(lines) > 20
    for line in lines[:: max(1, len(lines) // 120)]:
        lon, lat = to_degrees(line.points[1:-1:3, 0], line.points[1:-1:3, 1])
        for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
            told = reference(x, y)[2 if line.upright else 3]
            assert min((told - line.metres) % step, (line.metres - told) % step) <= 1


@pytest.mark.parametrize(("box", "step", "off"), [(REGION, 100_000, 15), (REGION, 10_000, 10), (NEAR_42, 1_000, 3)])
def test_between_its_vertices_and_at_its_ends_a_line_is_right_too(box: Box, step: int, off: int) -> None:
    """Within less than a pixel of the scale at which lines of a step are drawn."""
    lines = grid_lines(box, step)
    for line in lines[:: max(1, len(lines) // 60)]:
        middles = (line.points[:-1] + line.points[1:]) / 2
        for x, y in zip(*(values.tolist() for values in to_degrees(middles[:, 0], middles[:, 1])), strict=True):
            told = reference(x, y)[2 if line.upright else 3]
            assert min((told - line.metres) % step, (line.metres - told) % step) <= off


def test_lines_end_at_the_border_of_their_zone_and_those_of_the_next_begin_there() -> None:
    border = float(to_map(42.0, 0.0)[0])
    lines = [line.points for line in grid_lines(NEAR_42, 10_000)]
    west = [points for points in lines if points[:, 0].mean() < border]
    east = [points for points in lines if points[:, 0].mean() >= border]

    assert max(points[:, 0].max() for points in west) == pytest.approx(border)
    assert min(points[:, 0].min() for points in east) == pytest.approx(border)
    touching = sum(bool(np.isclose(points[:, 0], border).any()) for points in lines)
    assert touching > 20


def test_the_zones_meet_at_36_42_and_48() -> None:
    borders = zone_borders(REGION)
    lons, _ = to_degrees([points[0, 0] for points in borders if points[0, 0] == points[1, 0]], 0.0)
    _, lats = to_degrees(0.0, [points[0, 1] for points in borders if points[0, 1] == points[1, 1]])

    assert lons == pytest.approx([36, 42, 48])
    assert lats == pytest.approx([32])
    assert zones_in(REGION[0], REGION[2]) == (36, 37, 38, 39)
    assert {field.zone for field in zone_fields(REGION)} == {f"{zone}{band}" for zone in range(36, 40) for band in "RS"}


def test_letters_stand_in_their_squares() -> None:
    squares = grid_squares(REGION)
    assert len(squares) > 150
    for square in squares:
        west, south, east, north = square.box
        for share in (0.3, 0.5, 0.7):
            lon, lat = to_degrees(west + share * (east - west), south + share * (north - south))
            assert reference(float(lon), float(lat))[:2] == (square.zone, square.letters)


def test_the_letters_of_every_zone() -> None:
    for zone in (36, 37, 38, 39, 40):
        lat, lon = 34.0, zone * 6 - 183.0 + 0.01
        assert square_letters(zone, 500_000, 3_762_000) == reference(lon, lat)[1]
