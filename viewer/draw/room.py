"""What is taken on the map by names and marks: boxes in pixels of a scale, found by where they are."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from viewer.domain.frozen import dataclass
from viewer.session.camera import LEVELS

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of a scale (y down)."""

CLOSER = 2.0 ** (1 / LEVELS)
"""How much closer the closest scale of a level is than its farthest."""
SAME_PX = 0.5
"""Points nearer than this are one."""
CELL = 96
Cell = tuple[int, int]
"""A square of so many pixels: its column and its row."""


@dataclass(eq=False)
class Occupied:
    """Boxes taken so far, found by the cells they touch."""

    cells: dict[Cell, list[Box]] = field(default_factory=dict)

    def free(self, boxes: Iterable[Box]) -> bool:
        """Whether none of the boxes touches a taken one."""
        return all(self.has_room(box, cells_of(*box)) for box in boxes)

    def has_room(self, box: Box, cells: Iterable[Cell]) -> bool:
        """Whether a box, of which is known which cells it touches, touches no taken one."""
        left, top, right, bottom = box
        for cell in cells:
            for other in self.cells.get(cell, ()):
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    return False
        return True

    def take(self, boxes: Iterable[Box]) -> None:
        """Mark boxes as taken."""
        for box in boxes:
            self.add(box, cells_of(*box))

    def add(self, box: Box, cells: Iterable[Cell]) -> None:
        """Mark a box as taken, of which is known which cells it touches."""
        for cell in cells:
            self.cells.setdefault(cell, []).append(box)


def cells_of(left: float, top: float, right: float, bottom: float) -> Sequence[Cell]:
    """The cells that a box touches."""
    first, last = (int(left // CELL), int(top // CELL)), (int(right // CELL), int(bottom // CELL))
    if first == last:
        return (first,)
    rows = range(first[1], last[1] + 1)
    return [(column, row) for column in range(first[0], last[0] + 1) for row in rows]


class Spots:
    """Small boxes around points, such as marks of towns, found by their left sides.

    weights: how much each square pixel of some of them counts, 1 for the others.
    """

    def __init__(self, boxes: Iterable[Box], weights: Mapping[Box, float] | None = None) -> None:
        known = weights or {}
        self._spots = [(*box, known.get(box, 1.0)) for box in sorted(boxes)]
        self._lefts = [spot[0] for spot in self._spots]
        self._widest = max((spot[2] - spot[0] for spot in self._spots), default=0.0)

    def free(self, boxes: Iterable[Box]) -> bool:
        """Whether none of the boxes touches one of these."""
        for left, top, right, bottom in boxes:
            for _, other_top, other_right, other_bottom, _ in self._between(left, right):
                if top < other_bottom and other_top < bottom and left < other_right:
                    return False
        return True

    def covered(self, boxes: Iterable[Box]) -> float:
        """How many square pixels of these lie under the boxes, by their weights."""
        covered = 0.0
        for left, top, right, bottom in boxes:
            for other_left, other_top, other_right, other_bottom, weight in self._between(left, right):
                if top < other_bottom and other_top < bottom and left < other_right:
                    width = (right if right < other_right else other_right) - max(left, other_left)
                    height = (bottom if bottom < other_bottom else other_bottom) - max(top, other_top)
                    covered += width * height * weight
        return covered

    def _between(self, left: float, right: float) -> list[tuple[float, float, float, float, float]]:
        """Those that begin left of a box's right side, but for most that end left of it."""
        return self._spots[bisect_left(self._lefts, left - self._widest - 1) : bisect_left(self._lefts, right)]


class Bearers:
    """The points of names: where each is, and how high the name ranks (the lower the number, the higher)."""

    def __init__(self, points: Iterable[tuple[float, float, int]]) -> None:
        self._points = sorted(points)
        self._across = [x for x, _, _ in self._points]

    def nearer(self, boxes: Sequence[Box], x: float, y: float, rank: int) -> bool:
        """Whether another point, of this rank or higher, is nearer to the boxes than the one at (x, y)."""
        far = min(_distance(box, x, y) for box in boxes)
        left, right = min(box[0] for box in boxes) - far, max(box[2] for box in boxes) + far
        near = self._points[bisect_left(self._across, left) : bisect_left(self._across, right)]
        return any(
            other <= rank and math.hypot(px - x, py - y) > SAME_PX and _distance(box, px, py) < far
            for px, py, other in near for box in boxes
        )  # fmt: skip


def _distance(box: Box, x: float, y: float) -> float:
    """How far a point is from a box, 0 within it."""
    return math.hypot(max(box[0] - x, 0.0, x - box[2]), max(box[1] - y, 0.0, y - box[3]))


@dataclass(frozen=True, eq=False)
class Marks:
    """What stands on the map beside names, in pixels of a scale.

    squares: of the towns; pins: where an incident stands or would stand, on whatever day; bearers: the points of the
    names themselves.
    """

    squares: Spots = field(default_factory=lambda: Spots(()))
    pins: Spots = field(default_factory=lambda: Spots(()))
    bearers: Bearers = field(default_factory=lambda: Bearers(()))


@dataclass(eq=False)
class Room:
    """What names take, at the farthest and at the closest scale of a level: between the two points only part."""

    scale: float
    marks: Marks = field(default_factory=Marks)
    far: Occupied = field(default_factory=Occupied)
    near: Occupied = field(default_factory=Occupied)

    def free(self, far: Iterable[Box], near: Iterable[Box]) -> bool:
        """Whether what takes these boxes at the farthest scale, and those at the closest, would touch no name."""
        return self.far.free(far) and self.near.free(near)

    def take(self, far: Iterable[Box], near: Iterable[Box]) -> None:
        """Mark boxes as taken."""
        self.far.take(far)
        self.near.take(near)

    def _around(self, x: float, y: float, across: float, down: float) -> tuple[Box, Box]:
        """The boxes of something around a point (map metres), `across` and `down` pixels to each side."""
        far, near = self.scale, self.scale / CLOSER
        return (
            (x / far - across, -y / far - down, x / far + across, -y / far + down),
            (x / near - across, -y / near - down, x / near + across, -y / near + down),
        )

    def clear(self, x: float, y: float, across: float, down: float) -> bool:
        """Whether something around a point would touch neither a name nor a town's square on the way to the next level.

        Points part on it, so that squares need only be looked at from afar.
        """
        far, near = self._around(x, y, across, down)
        return (
            self.marks.squares.free((far,))
            and self.far.has_room(far, cells_of(*far))
            and self.near.has_room(near, cells_of(*near))
        )
