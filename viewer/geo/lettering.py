"""Where the letters of an area stand: in its middle, or clear of the smaller areas that lie over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.geo.outline import Outline, Points
from viewer.geo.pick import inside_grid

Spot = tuple[float, float, float]
"""A point in map metres and the room around it, from west to east."""
AtSpots = tuple[NDArray[np.bool_], NDArray[np.float64]]
"""For each place tried in an area: whether it lies inside an outline, and how far off the nearest vertex is."""
Pairs = NDArray[np.int64]
"""Shape (n, 2)."""

ALONG = 13
"""So many places are tried from west to east, each in so many from south to north."""
DENSE = 256
"""A ring is taken to be known well enough by about so many of its vertices."""
MOST = 100
"""Where more areas than this are covered in their middle, their letters are left out: nobody could read them all."""
REMEMBERED = 10_000
"""How many pairs of areas are kept, 1.5 kB each."""
AT_ONCE = 1_000_000
"""How many candidates are looked at in one go."""


@dataclass(frozen=True, eq=False)
class Ground:
    """An outline, and where its letters stand while nothing lies over it."""

    outline: Outline
    spot: Spot

    @cached_property
    def tried(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The places tried when its spot is covered: every one of these x with every one of these y."""
        west, south, east, north = self.outline.box
        return np.linspace(west, east, ALONG), np.linspace(south, north, ALONG)

    @cached_property
    def edge(self) -> Points:
        """Vertices that stand for the outline, shape (n, 2)."""
        return np.vstack([ring[:: -(-len(ring) // DENSE)] for ring in self.outline.rings])


@dataclass
class Lettering:
    """Finds the spots, and keeps what it learned of grounds: it holds on every day on which they are there."""

    _number: dict[Ground, int] = field(default_factory=dict)
    _spots: Points = field(default_factory=lambda: np.empty((0, 3)))
    _boxes: Points = field(default_factory=lambda: np.empty((0, 4)))
    _over: Pairs = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    """Numbers of grounds: the second covers the middle of the first."""
    _at: dict[tuple[Ground, Ground], AtSpots] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def spots(self, grounds: Sequence[Ground], covering: Sequence[bool]) -> dict[int, Spot]:
        """Where letters do not stand in their ground's own spot, by its place in `grounds`, the lowest first.

        Grounds that are not `covering` hide nothing below. A spot without room is no place for letters.
        """
        with self._lock:
            covered = self._covered(grounds, covering)
            if len(covered) > MOST:
                return {index: (*grounds[index].spot[:2], 0.0) for index in covered}
            boxes = np.array([ground.outline.box for ground in grounds] if covered else ())
            found = {}
            for index in covered:
                west, south, east, north = boxes[index]
                above = boxes[index + 1 :]
                near = (above[:, 0] <= east) & (above[:, 2] >= west) & (above[:, 1] <= north) & (above[:, 3] >= south)
                others = [other for other in (np.flatnonzero(near) + index + 1).tolist() if covering[other]]
                spot = self._clear(grounds[index], [grounds[other] for other in others])
                if spot is not grounds[index].spot:
                    found[index] = spot
            return found

    def _covered(self, grounds: Sequence[Ground], covering: Sequence[bool]) -> list[int]:
        """The places of grounds that a covering one above covers in the middle."""
        self._learn([ground for ground in dict.fromkeys(grounds) if ground not in self._number])
        numbers = np.array([self._number[ground] for ground in grounds], dtype=np.int64)
        places, covers = np.arange(len(grounds)), np.array(covering, dtype=bool)
        height = np.full(len(self._number), -1)
        height[numbers[covers]] = places[covers]
        highest = np.full(len(self._number), -1)
        np.maximum.at(highest, self._over[:, 0], height[self._over[:, 1]])
        covered: list[int] = np.flatnonzero(highest[numbers] > places).tolist()
        return covered

    def _learn(self, grounds: list[Ground]) -> None:
        """Find which known ground covers the middle of which, as far as one of these is concerned."""
        if not grounds:
            return
        before = len(self._number)
        self._number.update((ground, before + index) for index, ground in enumerate(grounds))
        self._spots = np.vstack((self._spots, [ground.spot for ground in grounds]))
        self._boxes = np.vstack((self._boxes, [ground.outline.box for ground in grounds]))
        new_below = ((low + before, high) for low, high in _pairs(self._spots[before:], self._boxes[:before]))
        new_above = ((low, high + before) for low, high in _pairs(self._spots, self._boxes[before:]))
        known = tuple(self._number)
        over = [
            (low, high)
            for low, high in (*new_below, *new_above)
            if low != high and known[high].outline.holds(*known[low].spot[:2])
        ]
        self._over = np.vstack((self._over, np.array(over, dtype=np.int64).reshape(-1, 2)))

    def _clear(self, ground: Ground, above: list[Ground]) -> Spot:
        """The place tried that is farthest from every outline and in no area above; else where it always stood."""
        free, room = self._at_spots(ground, ground)
        for other in above:
            within, off = self._at_spots(ground, other)
            free, room = free & ~within, np.minimum(room, off)
        if not free.any():
            return ground.spot
        x, y = ground.tried
        best, column, row = max((float(room[at]), *at) for at in zip(*np.nonzero(free), strict=True))
        return float(x[column]), float(y[row]), 2 * best

    def _at_spots(self, ground: Ground, other: Ground) -> AtSpots:
        known = self._at.get((ground, other))
        if known is None:
            if len(self._at) >= REMEMBERED:
                self._at.clear()
            known = self._at[ground, other] = _measured(ground, other)
        return known


def _pairs(spots: Points, boxes: Points) -> Iterator[tuple[int, int]]:
    """Pairs (number of a spot, number of a box) of which the box holds the spot."""
    order = np.argsort(spots[:, 0], kind="stable")
    along = spots[order, 0]
    first = np.searchsorted(along, boxes[:, 0])
    number = np.searchsorted(along, boxes[:, 2], side="right") - first
    for part in np.array_split(np.arange(len(boxes)), 1 + int(number.sum()) // AT_ONCE):
        high = np.repeat(part, number[part])
        ahead = np.arange(len(high)) - np.repeat(np.cumsum(number[part]) - number[part], number[part])
        low = order[first[high] + ahead]
        y = spots[low, 1]
        found = (boxes[high, 1] <= y) & (y <= boxes[high, 3])
        yield from zip(low[found].tolist(), high[found].tolist(), strict=True)


def _measured(ground: Ground, other: Ground) -> AtSpots:
    """The places tried in a ground against another outline: shapes (ALONG, ALONG), west to east first."""
    x, y = ground.tried
    edge = other.edge
    across, up = (x[:, None] - edge[:, 0]) ** 2, (y[:, None] - edge[:, 1]) ** 2
    off = np.sqrt((across[:, None, :] + up[None, :, :]).min(axis=2))
    return inside_grid(other.outline.rings, x, y), off
