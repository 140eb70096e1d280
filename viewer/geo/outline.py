"""The outline of an area with what is asked of it at every step: its bounds, and no more vertices than are seen."""

from __future__ import annotations

import math
from dataclasses import field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.geo.pick import inside

Points = NDArray[np.float64]
"""Vertices in map metres, shape (n, 2)."""
Box = tuple[float, float, float, float]
"""West, south, east, north in map metres."""

Boxes = NDArray[np.float64]
"""Bounds in map metres or in pixels, shape (m, 4): the two lowest coordinates, the two highest."""

FEW = 64
"""An outline of no more vertices is never simplified."""
OFF_PX = 0.25
"""How far a vertex that is left out may have lain beside the line: two neighbours part by no more than twice that."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Closed rings that cut holes into each other (even-odd rule).

    What is worked out is kept, by threads as they come: two that ask at once work out the same.
    """

    rings: tuple[Points, ...]
    closed: bool = True
    """Whether they are rings; else lines."""
    _coarse: dict[int, tuple[Points, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """The bounds of each ring."""
        return tuple((*ring.min(axis=0).tolist(), *ring.max(axis=0).tolist()) for ring in self.rings)

    @cached_property
    def box(self) -> Box:
        """The bounds of all rings."""
        west, south, east, north = zip(*self.boxes, strict=True)
        return min(west), min(south), max(east), max(north)

    @cached_property
    def area(self) -> float:
        """The areas of all rings added up, in square map metres: holes count, for only the order of sizes matters."""
        return sum(abs(_twice_area(ring)) for ring in self.rings) / 2

    @cached_property
    def vertices(self) -> int:
        """How many vertices all rings have."""
        return sum(len(ring) for ring in self.rings)

    def touches(self, west: float, south: float, east: float, north: float) -> bool:
        """Whether the bounds of any ring touch a box."""
        return any(w <= east and e >= west and s <= north and n >= south for w, s, e, n in self.boxes)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        west, south, east, north = self.box
        return west <= x <= east and south <= y <= north and inside(self.rings, x, y)

    def level(self, scale: float) -> int | None:
        """The coarseness for a scale (map metres in a device pixel), a power of two; None for all vertices."""
        return None if self.vertices <= FEW else math.floor(math.log2(scale))

    def knows(self, level: int | None) -> bool:
        """Whether its rings at a coarseness were worked out before."""
        return level is None or level in self._coarse

    def at(self, level: int | None) -> tuple[Points, ...]:
        """The rings at a coarseness: no vertex left out lies farther than OFF_PX beside the line."""
        if level is None:
            return self.rings
        if level not in self._coarse:
            self._coarse[level] = _simplified(self.rings, OFF_PX * 2.0**level)
        return self._coarse[level]


def boxes_of(points: Points, starts: NDArray[np.intp]) -> Boxes:
    """The bounds of lines or rings that follow each other in `points`, each from its start on; none is empty."""
    if not len(starts):
        return np.empty((0, 4))
    return np.hstack((np.minimum.reduceat(points, starts, axis=0), np.maximum.reduceat(points, starts, axis=0)))


def touching(boxes: Boxes, west: float, south: float, east: float, north: float) -> NDArray[np.bool_]:
    """Which bounds touch a box, shape (m,)."""
    x0, y0, x1, y1 = boxes.T
    found: NDArray[np.bool_] = (x0 <= east) & (x1 >= west) & (y0 <= north) & (y1 >= south)
    return found


def bounds_of(parts: tuple[Points, ...]) -> Boxes:
    """The bounds of lines or rings; NaN, which touches nothing, where one has no vertex."""
    lengths = np.array([len(part) for part in parts], dtype=np.intp)
    found, some = np.full((len(parts), 4), np.nan), lengths > 0
    if some.any():
        found[some] = boxes_of(np.concatenate(parts), (np.cumsum(lengths) - lengths)[some])
    return found


def _twice_area(ring: Points) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def _simplified(rings: tuple[Points, ...], tolerance: float) -> tuple[Points, ...]:
    """The rings after Douglas and Peucker; each keeps its first and last vertex."""
    import shapely

    number = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    lines = shapely.simplify(
        shapely.linestrings(np.vstack(rings), indices=number), tolerance, preserve_topology=False
    )
    points, which = shapely.get_coordinates(lines, return_index=True)
    return tuple(np.split(points, np.flatnonzero(np.diff(which)) + 1))
