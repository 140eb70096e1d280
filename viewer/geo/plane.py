"""An equal-area plane around a point, in which ground is measured and parted."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.geo.projection import EARTH_RADIUS, to_degrees, to_map

Points = NDArray[np.float64]
"""Vertices, shape (n, 2)."""
Geometry = Any
"""A shapely geometry in metres of the plane."""

E2 = 0.00669437999014
"""The square of the eccentricity of WGS84."""


@dataclass(frozen=True)
class Plane:
    """An equal-area plane around a point (degrees); x east, y north, in metres.

    Lambert's azimuthal projection of the ellipsoid in closed form (Snyder 1987, p. 187-190): the library's own may not
    be asked by two threads at once.
    """

    lon: float
    lat: float

    @cached_property
    def _middle(self) -> tuple[float, float, float]:
        """Sine and cosine of the authalic latitude of the centre, and what keeps its scale true."""
        phi = math.radians(self.lat)
        sine = float(_authalic(np.array([phi]))[0])
        cosine = math.sqrt(1 - sine**2)
        stretch = EARTH_RADIUS * math.cos(phi) / math.sqrt(1 - E2 * math.sin(phi) ** 2) / (AUTHALIC * cosine)
        return sine, cosine, stretch

    def from_degrees(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Points:
        """Points of degrees, shape (n, 2)."""
        sine, cosine, stretch = self._middle
        sin_b = _authalic(np.radians(lat))
        cos_b, turn = np.sqrt(1 - sin_b**2), np.radians(np.asarray(lon) - self.lon)
        along = 1 + sine * sin_b + cosine * cos_b * np.cos(turn)
        size = AUTHALIC * np.sqrt(2 / np.maximum(along, 1e-12))
        x = size * stretch * cos_b * np.sin(turn)
        return np.column_stack((x, size / stretch * (cosine * sin_b - sine * cos_b * np.cos(turn))))

    def to_degrees(self, points: Points) -> Points:
        """Points of the plane as longitude and latitude, shape (n, 2)."""
        sine, cosine, stretch = self._middle
        x, y = points[:, 0] / stretch, points[:, 1] * stretch
        away = np.maximum(np.hypot(x, y), 1e-9)
        angle = 2 * np.arcsin(np.clip(away / (2 * AUTHALIC), -1, 1))
        sin_b = np.cos(angle) * sine + y * np.sin(angle) * cosine / away
        turn = np.arctan2(x * np.sin(angle), away * cosine * np.cos(angle) - y * sine * np.sin(angle))
        beta = np.arcsin(np.clip(sin_b, -1, 1))
        phi = beta + sum(part * np.sin(2 * (n + 1) * beta) for n, part in enumerate(BACK))
        return np.column_stack((self.lon + np.degrees(turn), np.degrees(phi)))

    def from_map(self, points: Points) -> Points:
        """Map metres to the plane."""
        return self.from_degrees(*to_degrees(points[:, 0], points[:, 1]))

    def to_map(self, points: Points) -> Points:
        """The plane to map metres."""
        degrees = self.to_degrees(points)
        return np.column_stack(to_map(degrees[:, 0], degrees[:, 1]))


def _authalic(phi: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sine of the latitude on a sphere of the same area."""
    sine: NDArray[np.float64] = np.clip(_zone(np.sin(phi)) / _zone(1.0), -1, 1)
    return sine


def _zone(sine: Any) -> Any:
    """The area between the equator and a latitude, as Snyder's q."""
    root = math.sqrt(E2)
    return (1 - E2) * (sine / (1 - E2 * sine**2) - np.log((1 - root * sine) / (1 + root * sine)) / (2 * root))


AUTHALIC = EARTH_RADIUS * math.sqrt(float(_zone(1.0)) / 2)
"""Radius of a sphere with the area of the ellipsoid."""
BACK = (
    E2 / 3 + 31 * E2**2 / 180 + 517 * E2**3 / 5040, 23 * E2**2 / 360 + 251 * E2**3 / 3780, 761 * E2**3 / 45360
)  # fmt: skip
"""From the authalic latitude back to the geographic one, as a series of sines."""
