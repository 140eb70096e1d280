"""The lines of the Military Grid Reference System on WGS 84 (NGA.STND.0037), for drawing in Mercator.

The lines of a step (100 km, 10 km, 1 km) are eastings and northings of one UTM zone and end at its border, where those
of the next zone begin. All vertices of a zone are worked out at once; nothing is asked point by point. Zones with
other borders (Norway, Svalbard) and the grid south of the equator are not drawn: the maps do not reach there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.geo.projection import to_degrees, to_map
from viewer.geo.utm import band_of, from_utm, middle_of, to_utm

Points = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""West, south, east, north."""

SQUARE_M = 100_000
VERTEX_M = {100_000: 25_000.0, 10_000: 20_000.0, 1_000: 10_000.0}
"""Metres between the vertices of a line of each step: its chords leave it by less than a pixel where it is drawn."""
COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
"""Letters of the 100 km columns from 100,000 m east on; the sets follow each other from zone 1 on."""
ROWS = "ABCDEFGHJKLMNPQRSTUV"
"""Letters of the 100 km rows, which begin again every 2,000 km; even zones begin five letters on."""
LEAST_SHARE = 0.22
"""What is left of a square at the border of its zone gets its letters if it is at least so wide and high."""


@dataclass(frozen=True, slots=True, eq=False)
class GridLine:
    """A line of one easting or northing (metres) in a zone, its vertices in map metres."""

    points: Points
    metres: int
    upright: bool


@dataclass(frozen=True, slots=True)
class GridSquare:
    """A zone's field or a 100 km square: its grid zone, its letters ('' for a field), its bounds in map metres."""

    zone: str
    letters: str
    box: Box


def zones_in(west: float, east: float) -> tuple[int, ...]:
    """The zones that the meridians between two (degrees) touch."""
    first, last = math.floor((west + 180) / 6), math.ceil((east + 180) / 6)
    return tuple(range(max(first, 0) + 1, min(last, 60) + 1))


def grid_lines(box: Box, step: int) -> tuple[GridLine, ...]:
    """The lines of a step (metres) of all zones in a box (degrees), each zone's cut at its borders.

    They may go beyond the box to the south and north, but not beyond their zone.
    """
    return tuple(line for zone in zones_in(box[0], box[2]) for line in _zone_lines(zone, box, step))


def _zone_lines(zone: int, box: Box, step: int) -> list[GridLine]:
    west, east = max(box[0], middle_of(zone) - 3), min(box[2], middle_of(zone) + 3)
    if west >= east:
        return []
    east_range, north_range = _reach(zone, (west, box[1], east, box[3]), step)
    eastings, northings = np.arange(*east_range, step), np.arange(*north_range, step)
    limits = to_map([west, east], [0.0, 0.0])[0]
    lines = []
    for values, across, upright in ((eastings, north_range, True), (northings, east_range, False)):
        along = np.linspace(across[0], across[1] - step, _vertices(across, step))
        fixed, moving = np.meshgrid(values, along, indexing="ij")
        x, y = to_map(*(from_utm(fixed, moving, zone) if upright else from_utm(moving, fixed, zone)))
        for value, points in zip(values.tolist(), np.stack((x, y), axis=2), strict=True):
            if len(cut := _between(points, *limits.tolist())) > 1:
                lines.append(GridLine(cut, round(value), upright))
    return lines


def _vertices(reach: tuple[int, int], step: int) -> int:
    return max(2, math.ceil((reach[1] - step - reach[0]) / VERTEX_M[step]) + 1)


def _reach(zone: int, box: Box, step: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """From where to where lines of a step are needed for a box in degrees: eastings, northings, the ends one beyond."""
    lon, lat = np.meshgrid(np.linspace(box[0], box[2], 9), np.linspace(box[1], box[3], 9))
    found = []
    for values in to_utm(lon, lat, zone):
        low, high = math.floor(values.min() / step) * step, math.ceil(values.max() / step) * step
        found.append((low, high + step))
    return found[0], found[1]


def _between(points: Points, west: float, east: float) -> Points:
    """The part of a line that lies between two meridians (map metres); x must only rise or only fall along it."""
    inside = np.flatnonzero((points[:, 0] >= west) & (points[:, 0] <= east))
    if not len(inside):
        return points[:0]
    first, last = int(inside[0]), int(inside[-1])
    parts = [points[first : last + 1]]
    if first > 0:
        parts.insert(0, _crossing(points[first - 1], points[first], west, east))
    if last < len(points) - 1:
        parts.append(_crossing(points[last + 1], points[last], west, east))
    return np.concatenate(parts)


def _crossing(outer: Points, inner: Points, west: float, east: float) -> Points:
    border = west if outer[0] < west else east
    share = (border - inner[0]) / (outer[0] - inner[0])
    return np.array([[border, inner[1] + share * (outer[1] - inner[1])]])


def zone_borders(box: Box) -> tuple[Points, ...]:
    """The meridians between zones and the parallels between bands in a box (degrees), in map metres."""
    west, south, east, north = box
    meridians = np.arange(math.ceil(west / 6) * 6, east + 1e-9, 6.0)
    parallels = np.arange(math.ceil(south / 8) * 8, north + 1e-9, 8.0)
    (x0, x1), (y0, y1) = (edge.tolist() for edge in to_map([west, east], [south, north]))
    xs, ys = to_map(meridians, np.zeros(len(meridians)))[0], to_map(np.zeros(len(parallels)), parallels)[1]
    upright = [np.array([(x, y0), (x, y1)]) for x in xs.tolist()]
    return (*upright, *(np.array([(x0, y), (x1, y)]) for y in ys.tolist()))


def zone_fields(box: Box) -> tuple[GridSquare, ...]:
    """The grid zones in a box (degrees)."""
    found = []
    for zone in zones_in(box[0], box[2]):
        for south in np.arange(math.floor(box[1] / 8) * 8, box[3], 8.0).tolist():
            field = (middle_of(zone) - 3, south, middle_of(zone) + 3, south + 8)
            if (bounds := _met(field, box)) is not None:
                found.append(GridSquare(f"{zone}{band_of(south)}", "", _on_map(bounds)))
    return tuple(found)


def grid_squares(box: Box) -> tuple[GridSquare, ...]:
    """The 100 km squares in a box (degrees), as far as they lie in their zone and band."""
    found = []
    for field in zone_fields(box):
        zone = int(field.zone[:-1])
        (west, east), (south, north) = to_degrees([field.box[0], field.box[2]], [field.box[1], field.box[3]])
        eastings, northings = _reach(zone, (float(west), float(south), float(east), float(north)), SQUARE_M)
        corners = [
            (low_east, low_north)
            for low_east in range(max(eastings[0], SQUARE_M), min(eastings[1], 9 * SQUARE_M), SQUARE_M)
            for low_north in range(*northings, SQUARE_M)
        ]
        for (low_east, low_north), bounds in zip(corners, _bounds(zone, corners), strict=True):
            if (seen := _met(bounds, field.box, LEAST_SHARE)) is not None:
                found.append(GridSquare(field.zone, square_letters(zone, low_east, low_north), seen))
    return tuple(found)


def square_letters(zone: int, easting: float, northing: float) -> str:
    """The two letters of the 100 km square at an easting and northing (metres, north of the equator)."""
    column = COLUMNS[(zone - 1) % 3][int(easting // SQUARE_M) - 1]
    return column + ROWS[(int(northing // SQUARE_M) + (5 if zone % 2 == 0 else 0)) % len(ROWS)]


def _bounds(zone: int, corners: list[tuple[int, int]]) -> list[Box]:
    """The bounds of whole 100 km squares in map metres, between the middles of their sides."""
    low, half = np.array(corners, dtype=np.float64).reshape(-1, 1, 2), SQUARE_M / 2
    sides = low + np.array([(0, half), (half, 0), (SQUARE_M, half), (half, SQUARE_M)])
    x, y = to_map(*from_utm(sides[..., 0], sides[..., 1], zone))
    return [tuple(box) for box in np.stack((x[:, 0], y[:, 1], x[:, 2], y[:, 3]), axis=1).tolist()]


def _met(one: Box, other: Box, least: float = 0.0) -> Box | None:
    """What two boxes share, None when that is less than a share of the first one's sides."""
    west, south, east, north = (*map(max, one[:2], other[:2]), *map(min, one[2:], other[2:]))
    wide, high = east - west, north - south
    small = wide <= least * (one[2] - one[0]) or high <= least * (one[3] - one[1])
    return None if small else (west, south, east, north)


def _on_map(box: Box) -> Box:
    (west, east), (south, north) = to_map([box[0], box[2]], [box[1], box[3]])
    return float(west), float(south), float(east), float(north)
