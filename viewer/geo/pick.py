"""What lies under a point: distances to marks and areas around it, in whatever units both are given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def boxes_at(boxes: ArrayLike, x: float, y: float, reach: float) -> list[int]:
    """Which boxes (left, top, right, bottom), shape (n, 4), lie within `reach` of a point; nearest first.

    Of two that both contain the point the later one, which is drawn on top, comes first.
    """
    table = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    dx = np.maximum(0.0, np.maximum(table[:, 0] - x, x - table[:, 2]))
    dy = np.maximum(0.0, np.maximum(table[:, 1] - y, y - table[:, 3]))
    distance = np.hypot(dx, dy)
    near = np.flatnonzero(distance <= reach)
    return [int(i) for i in sorted(near, key=lambda i: (distance[i], -i))]


def inside(rings: Sequence[NDArray[np.float64]], x: float, y: float) -> bool:
    """Whether a point lies inside rings of shape (n, 2) that cut holes into each other (even-odd rule)."""
    odd = False
    for ring in rings:
        a, b = _edges(ring)
        spans = (a[:, 1] > y) != (b[:, 1] > y)
        if spans.any():
            ax, ay, bx, by = a[spans, 0], a[spans, 1], b[spans, 0], b[spans, 1]
            odd ^= bool(np.count_nonzero(x < ax + (y - ay) / (by - ay) * (bx - ax)) % 2)
    return odd


def _edges(ring: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the edges of a ring begin and end."""
    closed = _closed(ring)
    return closed[:-1], closed[1:]


def _closed(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """A ring that ends where it begins; one that is not closed gets its last edge."""
    if not len(ring) or (ring[0, 0] == ring[-1, 0] and ring[0, 1] == ring[-1, 1]):
        return ring
    return np.concatenate((ring, ring[:1]))


def inside_points(rings: Sequence[NDArray[np.float64]], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points, shape (n, 2), lie inside rings as `inside` says; shape (n,)."""
    odd, (x, y) = np.zeros(len(points), dtype=bool), points.T
    for ring in rings:
        closed = _closed(ring)
        over = closed[:, 1] > y[:, None]
        point, edge = (over[:, :-1] != over[:, 1:]).nonzero()
        (ax, ay), (bx, by) = closed[edge].T, closed[edge + 1].T
        west_of = x[point] < ax + (y[point] - ay) / (by - ay) * (bx - ax)
        odd ^= np.bincount(point[west_of], minlength=len(points)) % 2 == 1
    return odd


def inside_grid(
    rings: Sequence[NDArray[np.float64]], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which points of a grid, each x with each y, lie inside rings as `inside` says; shape (len(x), len(y))."""
    odd = np.zeros((len(x), len(y)), dtype=bool)
    for ring in rings:
        a, b = _edges(ring)
        row, edge = np.nonzero((a[:, 1] > y[:, None]) != (b[:, 1] > y[:, None]))
        (ax, ay), (bx, by) = a[edge].T, b[edge].T
        cuts = ax + (y[row] - ay) / (by - ay) * (bx - ax)
        beyond = np.zeros((len(y), len(x)), dtype=np.int64)
        np.add.at(beyond, row, x < cuts[:, None])
        odd ^= beyond.T % 2 == 1
    return odd


def near_line(points: NDArray[np.float64], x: float, y: float, reach: float) -> bool:
    """Whether a line of shape (n, 2) passes within `reach` of a point."""
    a, d = points[:-1], np.diff(points, axis=0)
    length = np.maximum(1e-12, (d**2).sum(axis=1))
    along = np.clip(((x - a[:, 0]) * d[:, 0] + (y - a[:, 1]) * d[:, 1]) / length, 0.0, 1.0)
    return bool((np.hypot(a[:, 0] + along * d[:, 0] - x, a[:, 1] + along * d[:, 1] - y) <= reach).any())
