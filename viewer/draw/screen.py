"""Between the map and the picture: logical pixels, y down, the camera in the middle."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from struct import pack
from typing import Any

import numpy as np
import shiboken6
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform

from viewer.domain.frozen import dataclass
from viewer.geo.outline import Boxes, bounds_of, boxes_of, touching
from viewer.session.camera import seen_at
from viewer.session.state import Camera

Points = NDArray[np.float64]
CLOSE = 0.8
"""Vertices closer than this many pixels to the one before are left out."""
FARTHEST = 40_000.0
"""No vertex lies farther than so many pixels from the picture's corner: Qt's rasterizer counts in small numbers."""
LONGEST = 32
"""Steps of a piece of a line."""
CLIPPED = 0.25
"""How many device pixels may be missing where a round join is replaced by a bevelled one."""
ELEMENT = np.dtype([("draws", ">i4"), ("x", ">f8"), ("y", ">f8")])
"""An element of a path as Qt streams it: whether a line leads to it, and where it is."""


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

    def box_px(self, bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """West, south, east, north in map metres as left, top, right, bottom in logical pixels."""
        west, south, east, north = bounds
        return *self.point_px(west, north), *self.point_px(east, south)

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


def pixels_onto(region: Screen, view: Screen) -> QTransform:
    """From the pixels of one to those of the other."""
    west, _, _, north = region.bounds
    size = region.camera.scale / view.camera.scale
    return QTransform(size, 0.0, 0.0, size, *view.point_px(west, north))


def polygon(points: Points) -> QPolygonF:
    """Vertices in pixels as a Qt polygon, without a Python call per vertex."""
    made = QPolygonF()
    made.resize(len(points))
    void_pointer: Any = shiboken6.VoidPtr
    memory = np.frombuffer(void_pointer(made.data(), len(points) * 16, True), dtype=np.float64)
    memory.reshape(-1, 2)[:] = points
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Strips:
    """Lines or rings one after the other: the i-th is `points[starts[i]:starts[i + 1]]`; points of shape (n, 2)."""

    points: Points
    starts: NDArray[np.intp]

    @property
    def boxes(self) -> Boxes:
        """The bounds of each, shape (m, 4)."""
        return boxes_of(self.points, self.starts[:-1])

    @property
    def ends(self) -> NDArray[np.bool_]:
        """Which vertices are the first or the last of theirs."""
        found = np.zeros(len(self.points), dtype=bool)
        found[self.starts[:-1]] = found[self.starts[1:] - 1] = True
        return found

    def only(self, wanted: NDArray[np.bool_]) -> Strips:
        """Some of the lines, shape (m,)."""
        lengths = np.diff(self.starts)
        return Strips(self.points[np.repeat(wanted, lengths)], _starts(lengths[wanted]))

    def thinned(self, close: float = CLOSE) -> Strips:
        """Without vertices that fall onto the same `close` pixels as the one before.

        Ends are kept, and lines of three vertices or fewer are as they were.
        """
        x, y = np.floor(self.points.T / close)
        keep, lengths = self.ends, np.diff(self.starts)
        keep[1:] |= (x[1:] != x[:-1]) | (y[1:] != y[:-1])
        keep |= np.repeat(lengths < 4, lengths)
        before = np.concatenate(([0], np.cumsum(keep)))
        return Strips(self.points[keep], before[self.starts])

    def closed(self) -> Strips:
        """Rings that end where they begin."""
        first, last = self.points[self.starts[:-1]], self.points[self.starts[1:] - 1]
        open_ones = (first != last).any(axis=1)
        points = np.insert(self.points, self.starts[1:][open_ones], first[open_ones], axis=0)
        return Strips(points, _starts(np.diff(self.starts) + open_ones))

    def seen(self, screen: Screen) -> Strips:
        """The same, given in map metres, in the pixels of a view."""
        return Strips(np.clip(screen.points_px(self.points), -FARTHEST, FARTHEST), self.starts)

    def path(self) -> QPainterPath:
        """All of them as one path, filled by the odd-even rule; made without a call per vertex or line."""
        (path,) = self.paths([len(self.starts) - 1])
        return path

    def paths(self, numbers: Sequence[int]) -> list[QPainterPath]:
        """The same as several paths, of so many lines each."""
        elements = np.empty(len(self.points), dtype=ELEMENT)
        elements["draws"] = 1
        elements["draws"][self.starts[:-1]] = 0
        elements["x"], elements["y"] = self.points.T
        ends, memory, size = np.cumsum(numbers).tolist(), elements.tobytes(), ELEMENT.itemsize
        found = []
        for number, end in zip(numbers, ends, strict=True):
            path = QPainterPath()
            if number:
                begin, last, after = self.starts[[end - number, end - 1, end]].tolist()
                head, foot = pack(">i", after - begin), pack(">ii", last - begin, 0)
                QDataStream(QByteArray(head + memory[size * begin : size * after] + foot)) >> path
            found.append(path)
        return found

    def cut(self, width: float) -> Strips:
        """The lines in short pieces that share their ends, for a pen of a width in device pixels.

        Strokes with round caps and bevelled joins over all the pieces look like one stroke with round joins, wherever
        the pen is opaque: cuts are made at sharp turns too.
        """
        place = np.arange(len(self.points)) - np.repeat(self.starts[:-1], np.diff(self.starts))
        cuts = np.flatnonzero(self.ends | self._sharp(width) | (place % LONGEST == 0))
        joined = np.ones(len(self.points), dtype=bool)
        joined[self.starts[:-1]] = False
        joined = joined[cuts[1:]]
        begins, lengths = cuts[:-1][joined], np.diff(cuts)[joined] + 1
        starts = _starts(lengths)
        return Strips(self.points[np.repeat(begins - starts[:-1], lengths) + np.arange(starts[-1])], starts)

    def within(self, left: float, top: float, right: float, bottom: float) -> Strips:
        """The lines whose bounds touch a box."""
        return self.only(touching(self.boxes, left, top, right, bottom))

    def _sharp(self, width: float) -> NDArray[np.bool_]:
        """At which vertices a bevelled join of two lines of this width would miss more than CLIPPED."""
        # A round join reaches half the width from the vertex, a bevelled one that by the cosine of half the turn.
        half_turn = max(0.0, 1 - 2 * CLIPPED / width)
        least_cosine = 2 * half_turn**2 - 1
        across, down = np.diff(self.points.T)
        lengths = np.hypot(across, down)
        found = np.zeros(len(self.points), dtype=bool)
        cosines = across[1:] * across[:-1] + down[1:] * down[:-1]
        found[1:-1] = cosines < least_cosine * lengths[1:] * lengths[:-1]
        return found


def _starts(lengths: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.concatenate(([0], np.cumsum(lengths)))


def strips(parts: Iterable[Points]) -> Strips:
    """Lines or rings one after the other; those of less than two vertices are left out."""
    lines = [part for part in parts if len(part) > 1]
    points = np.concatenate(lines) if lines else np.empty((0, 2))
    return Strips(points, _starts(np.array([len(line) for line in lines], dtype=np.intp)))


def strips_seen(
    parts: tuple[Points, ...], screen: Screen, margin: float = 12.0, boxes: Boxes | None = None
) -> Strips:
    """The lines or rings in map metres whose bounds touch a picture, widened by `margin` pixels: thinned, in pixels.

    boxes: their bounds, where they are known.
    """
    seen = touching(bounds_of(parts) if boxes is None else boxes, *screen.widened(math.ceil(margin)).bounds)
    found = strips(parts[number] for number in np.flatnonzero(seen).tolist())
    return found.seen(screen).thinned()


def path_of(
    parts: tuple[Points, ...], screen: Screen, closed: bool, margin: float = 12.0, boxes: Boxes | None = None
) -> QPainterPath:
    """The visible parts as one path in pixels; rings are filled by the odd-even rule."""
    found = strips_seen(parts, screen, margin, boxes)
    return (found.closed() if closed else found).path()
