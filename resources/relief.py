"""The lie of the land as a smooth shading, made of a coarse grid of heights for build_basemap.py.

The land is a smooth surface over the grid (a cubic B-spline) with exact slopes, so that no cell shows however large it
is drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.geo.projection import point_to_map, to_degrees

Numbers = NDArray[np.float64]
FINENESS = 3
"""Pixels of the shading to a cell of the grid."""
STEEPER = 9.0
"""How many times steeper than it is the land is lit: cells of nine kilometres flatten every slope."""
AZIMUTH, ALTITUDE = np.radians(315.0), np.radians(45.0)
"""Where the light comes from: the upper left, as on printed maps."""
CONTRAST = 2.0
METRES_PER_DEGREE = 111_000.0


def shading(heights: NDArray[np.int16], box: list[float]) -> NDArray[np.int8]:
    """How much lighter (to 127) or darker (to -127) than flat land, rows from the north; 0 at and below the sea.

    heights: metres at the nodes of a grid whose corner nodes are west, south, east, north in degrees, rows from the
    north. The pixels lie in even steps of map metres, so that they can be laid on the map as they are.
    """
    rows, columns = heights.shape
    west, south, east, north = box
    (x0, y0), (x1, y1) = point_to_map(west, south), point_to_map(east, north)
    lon, _ = to_degrees(np.linspace(x0, x1, columns * FINENESS), 0.0)
    _, lat = to_degrees(0.0, np.linspace(y1, y0, rows * FINENESS))
    at_x, slope_x = spline((lon - west) / (east - west) * (columns - 1), columns)
    at_y, slope_y = spline((north - lat) / (north - south) * (rows - 1), rows)
    land = np.maximum(heights, 0).astype(np.float64)
    cell_x = METRES_PER_DEGREE * np.cos(np.radians(lat))[:, None] * (east - west) / (columns - 1)
    cell_y = METRES_PER_DEGREE * (north - south) / (rows - 1)
    dx, dy = STEEPER * (at_y @ land @ slope_x.T) / cell_x, -STEEPER * (slope_y @ land @ at_x.T) / cell_y
    light = np.sin(ALTITUDE) - np.cos(ALTITUDE) * (np.sin(AZIMUTH) * dx + np.cos(AZIMUTH) * dy)
    shade = light / np.sqrt(1 + dx**2 + dy**2) - np.sin(ALTITUDE)
    return np.round(127 * np.clip(CONTRAST * shade, -1, 1)).astype(np.int8)


def spline(at: Numbers, number: int) -> tuple[Numbers, Numbers]:
    """What each of `number` nodes adds to the value, and to the slope, at places between them; ends are held."""
    first = np.floor(at).astype(int)
    t = at - first
    weights = np.stack(((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)) / 6
    slopes = np.stack((-((1 - t) ** 2), 3 * t**2 - 4 * t, -3 * t**2 + 2 * t + 1, t**2)) / 2
    value, slope = np.zeros((2, len(at), number))
    for offset in range(4):
        node = np.clip(first + offset - 1, 0, number - 1)
        np.add.at(value, (np.arange(len(at)), node), weights[offset])
        np.add.at(slope, (np.arange(len(at)), node), slopes[offset])
    return value, slope
