"""Between the map and the picture: logical pixels, y down, the camera in the middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shiboken6
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QPainterPath, QPolygonF

from viewer.geo.projection import point_to_map
from viewer.session.camera import seen_at
from viewer.session.commands import SCALE_LIMITS
from viewer.session.state import Camera

Points = NDArray[np.float64]
CLOSE = 0.8
"""Vertices closer than this many pixels to the one before are left out."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A camera on a picture of a size: maps points to pixels and back."""

    camera: Camera
    width: int
    height: int

    def to_px(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Map metres to logical pixels."""
        camera = self.camera
        px = (np.asarray(x, dtype=np.float64) - camera.x) / camera.scale + self.width / 2
        return px, self.height / 2 - (np.asarray(y, dtype=np.float64) - camera.y) / camera.scale

    def point_px(self, x: float, y: float) -> tuple[float, float]:
        """One point in map metres to logical pixels."""
        return seen_at(self.camera, x, y, self.width, self.height)

    def points_px(self, points: Points) -> Points:
        """Vertices, shape (n, 2), in logical pixels."""
        return np.column_stack(self.to_px(points[:, 0], points[:, 1]))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) of the picture in map metres."""
        dx, dy = self.width / 2 * self.camera.scale, self.height / 2 * self.camera.scale
        return self.camera.x - dx, self.camera.y - dy, self.camera.x + dx, self.camera.y + dy

    def widened(self, margin: int) -> Screen:
        """The same view with `margin` pixels more on each side."""
        return Screen(self.camera, self.width + 2 * margin, self.height + 2 * margin)

    def offset_of(self, inner: Screen) -> tuple[float, float]:
        """Where the left upper corner of a view of the same scale lies in this one, in pixels."""
        x, y = self.point_px(inner.camera.x, inner.camera.y)
        return x - inner.width / 2, y - inner.height / 2

    def holds(self, inner: Screen) -> bool:
        """Whether a view of the same scale lies wholly in this one (to half a pixel)."""
        left, top = self.offset_of(inner)
        return (
            left >= -0.5 and top >= -0.5
            and left + inner.width <= self.width + 0.5 and top + inner.height <= self.height + 0.5
        )  # fmt: skip

    def sees(self, points: Points, margin: float = 0.0) -> bool:
        """Whether the bounding box of vertices touches the picture, widened by `margin` pixels."""
        west, south, east, north = self.bounds
        more = margin * self.camera.scale
        low, high = points.min(axis=0), points.max(axis=0)
        return bool(
            low[0] <= east + more and high[0] >= west - more and low[1] <= north + more and high[1] >= south - more
        )


def fit_camera(
    west: float, south: float, east: float, north: float, width: int, height: int, margin: float = 0.04
) -> Camera:
    """The camera that shows a box in degrees as large as it fits, with a margin as a share of the picture.

    However far that is: a picture shows what was asked for.
    """
    (x0, y0), (x1, y1) = point_to_map(west, south), point_to_map(east, north)
    room = 1 - 2 * margin
    scale = max(abs(x1 - x0) / max(1.0, width * room), abs(y1 - y0) / max(1.0, height * room))
    return Camera((x0 + x1) / 2, (y0 + y1) / 2, max(SCALE_LIMITS[0], scale))


def polygon(points: Points) -> QPolygonF:
    """Vertices in pixels as a Qt polygon, without a Python call per vertex."""
    made = QPolygonF()
    made.resize(len(points))
    void_pointer: Any = shiboken6.VoidPtr
    memory = np.frombuffer(void_pointer(made.data(), len(points) * 16, True), dtype=np.float64)
    memory.reshape(-1, 2)[:] = points
    return made


def thinned(points: Points, close: float = CLOSE) -> Points:
    """The vertices without those that fall onto the same `close` pixels as the one before; ends are kept."""
    if len(points) < 4:
        return points
    cells = np.floor(points / close)
    keep = np.ones(len(points), dtype=bool)
    keep[1:-1] = (cells[1:-1] != cells[:-2]).any(axis=1)
    return points[keep]


def path_of(parts: tuple[Points, ...], screen: Screen, closed: bool, margin: float = 12.0) -> QPainterPath:
    """The visible parts as one path in pixels; rings are filled by the odd-even rule."""
    path = QPainterPath()
    limit = 40_000.0
    for part in parts:
        if len(part) < 2 or not screen.sees(part, margin):
            continue
        pixels = np.clip(thinned(screen.points_px(part)), -limit, limit)
        path.addPolygon(polygon(pixels))
        if closed:
            path.closeSubpath()
    return path
