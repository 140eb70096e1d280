"""The only code that knows a coordinate system: the map is drawn in spherical Web Mercator metres.

Mercator keeps bearings and small shapes, raster maps use it, and its closed form (EPSG:3857, Snyder
1987, p. 41) costs nothing to load. Lengths on it are stretched by 1/cos(latitude): whoever states a
distance asks `metres_per_unit` or the geodesic functions, never the picture.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.libraries import load_compiled

EARTH_RADIUS = 6_378_137.0
ECCENTRICITY_SQUARED = 0.00669437999014
"""Of the meridians of WGS 84."""
MAX_LATITUDE = 85.05


def to_map(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees to map metres (x east, y north); latitudes beyond the projection are clamped."""
    phi = np.radians(np.clip(np.asarray(lat, dtype=np.float64), -MAX_LATITUDE, MAX_LATITUDE))
    x = EARTH_RADIUS * np.radians(np.asarray(lon, dtype=np.float64))
    return x, EARTH_RADIUS * np.log(np.tan(np.pi / 4 + phi / 2))


def to_degrees(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Map metres to longitude and latitude in degrees."""
    lon = np.degrees(np.asarray(x, dtype=np.float64) / EARTH_RADIUS)
    lat = np.degrees(2 * np.arctan(np.exp(np.asarray(y, dtype=np.float64) / EARTH_RADIUS)) - np.pi / 2)
    return lon, lat


def point_to_map(lon: float, lat: float) -> tuple[float, float]:
    """One point, degrees to map metres; without arrays, as a thousand single points are asked for each picture."""
    phi = math.radians(min(max(lat, -MAX_LATITUDE), MAX_LATITUDE))
    return EARTH_RADIUS * math.radians(lon), EARTH_RADIUS * math.log(math.tan(math.pi / 4 + phi / 2))


def point_to_degrees(x: float, y: float) -> tuple[float, float]:
    """One point, map metres to (lon, lat) degrees."""
    lon, lat = to_degrees(x, y)
    return float(lon), float(lat)


def metres_per_unit(lat: float) -> float:
    """Ground metres in one map metre at a latitude."""
    return float(np.cos(np.radians(lat)))


def metres_per_unit_east(lat: float) -> float:
    """Ground metres in one map metre from west to east at a latitude, to the millimetre: on the ellipsoid.

    The map is that of a sphere; the parallels of WGS 84 are longer by a thousandth in the north of Syria.
    """
    sine = math.sin(math.radians(lat))
    return math.cos(math.radians(lat)) / math.sqrt(1 - ECCENTRICITY_SQUARED * sine * sine)


@lru_cache(maxsize=1)
def geod() -> Any:
    """The ellipsoid WGS 84 as pyproj knows it, for geodesics; threads may share it, as nothing changes it once made."""
    load_compiled("pyproj")
    from pyproj import Geod

    return Geod(ellps="WGS84")


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Geodesic distance in metres between two (lon, lat) points (WGS84, Karney 2013)."""
    return float(geod().inv(a[0], a[1], b[0], b[1])[2])


def bearing_deg(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Bearing in degrees (0 north, 90 east) at `a` of the geodesic from `a` to `b`, (lon, lat) points (WGS84)."""
    return float(geod().inv(a[0], a[1], b[0], b[1])[0]) % 360.0
