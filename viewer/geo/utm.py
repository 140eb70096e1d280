"""Universal Transverse Mercator on WGS 84: zones, bands, and the projection itself for whole arrays of points.

The projection is Krüger's series in the third flattening to its fourth order (Karney 2011, eq. 35 and 36), which is
exact to far less than a millimetre within a zone. It is written out here because it costs nothing to load and may be
asked by any thread; the tests compare it with PROJ. Zones and bands are those of NGA.STND.0037.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.geo.projection import EARTH_RADIUS

Numbers = NDArray[np.float64]

FLATTENING = 1 / 298.257223563
SCALE_FACTOR = 0.9996
FALSE_EASTING, FALSE_NORTHING = 500_000.0, 10_000_000.0
"""Metres that are added to eastings, and to northings south of the equator."""
BANDS = "CDEFGHJKLMNPQRSTUVWX"
"""Latitude bands of 8 degrees from 80 S; the last one reaches to 84 N."""
LIMITS = (-80.0, 84.0)

_N = FLATTENING / (2 - FLATTENING)
_ECCENTRICITY = math.sqrt(FLATTENING * (2 - FLATTENING))
_RADIUS = SCALE_FACTOR * EARTH_RADIUS / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_ALPHA = (
    _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16 + 41 * _N**4 / 180,
    13 * _N**2 / 48 - 3 * _N**3 / 5 + 557 * _N**4 / 1440,
    61 * _N**3 / 240 - 103 * _N**4 / 140,
    49561 * _N**4 / 161280,
)
_BETA = (
    _N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96 - _N**4 / 360,
    _N**2 / 48 + _N**3 / 15 - 437 * _N**4 / 1440,
    17 * _N**3 / 480 - 37 * _N**4 / 840,
    4397 * _N**4 / 161280,
)


def zone_of(lon: float, lat: float) -> int:
    """The zone (1 to 60) in which a point in degrees is told, with the exceptions for Norway and Svalbard."""
    zone = int((lon + 180) // 6) % 60 + 1
    if 56 <= lat < 64 and 3 <= lon < 12:
        return 32
    if 72 <= lat <= 84 and 0 <= lon < 42:
        return next(number for number, east in ((31, 9), (33, 21), (35, 33), (37, 42)) if lon < east)
    return zone


def band_of(lat: float) -> str:
    """The letter of the latitude band, '' beyond the bands."""
    return BANDS[min(int((lat + 80) // 8), len(BANDS) - 1)] if LIMITS[0] <= lat <= LIMITS[1] else ""


def middle_of(zone: int) -> float:
    """The central meridian of a zone in degrees."""
    return 6.0 * zone - 183.0


def to_utm(lon: ArrayLike, lat: ArrayLike, zone: int) -> tuple[Numbers, Numbers]:
    """Degrees to easting and northing in metres; northings go on below zero south of the equator."""
    turn = np.radians(np.asarray(lon, dtype=np.float64) - middle_of(zone))
    slope = np.tan(np.radians(np.asarray(lat, dtype=np.float64)))
    conformal = _conformal(slope)
    up, right = np.arctan2(conformal, np.cos(turn)), np.arcsinh(np.sin(turn) / np.hypot(conformal, np.cos(turn)))
    y = up + sum(a * np.sin(2 * j * up) * np.cosh(2 * j * right) for j, a in enumerate(_ALPHA, 1))
    x = right + sum(a * np.cos(2 * j * up) * np.sinh(2 * j * right) for j, a in enumerate(_ALPHA, 1))
    return FALSE_EASTING + _RADIUS * x, _RADIUS * y


def from_utm(easting: ArrayLike, northing: ArrayLike, zone: int) -> tuple[Numbers, Numbers]:
    """Easting and northing in metres (below zero south of the equator) to longitude and latitude in degrees."""
    x = (np.asarray(easting, dtype=np.float64) - FALSE_EASTING) / _RADIUS
    y = np.asarray(northing, dtype=np.float64) / _RADIUS
    up = y - sum(b * np.sin(2 * j * y) * np.cosh(2 * j * x) for j, b in enumerate(_BETA, 1))
    right = x - sum(b * np.cos(2 * j * y) * np.sinh(2 * j * x) for j, b in enumerate(_BETA, 1))
    conformal = np.sin(up) / np.hypot(np.sinh(right), np.cos(up))
    slope = conformal / (1 - _ECCENTRICITY**2)
    for _ in range(3):  # Newton's method; the third step changes nothing that a double can hold
        now = _conformal(slope)
        gain = (1 + (1 - _ECCENTRICITY**2) * slope**2) / ((1 - _ECCENTRICITY**2) * np.hypot(1, slope))
        slope = slope + (conformal - now) / np.hypot(1, now) * gain
    lon = middle_of(zone) + np.degrees(np.arctan2(np.sinh(right), np.cos(up)))
    return lon, np.degrees(np.arctan(slope))


def _conformal(slope: Numbers) -> Numbers:
    """The tangent of the conformal latitude from that of the geographic one."""
    bend = np.sinh(_ECCENTRICITY * np.arctanh(_ECCENTRICITY * slope / np.hypot(1, slope)))
    found: Numbers = slope * np.hypot(1, bend) - bend * np.hypot(1, slope)
    return found
