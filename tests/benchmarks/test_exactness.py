"""The exact painter, against a loop that nobody can misread."""

from __future__ import annotations

import numpy as np

from benchmarks.exactness import agreement, exact
from viewer.draw.in_view import Grid


def grid(width: int = 30, height: int = 20) -> Grid:
    return Grid(width, height, 0.0, 0.0, 1.0, 1.0, 2)


def plus(pixel: np.ndarray, code: np.ndarray, seen: Grid, palette: np.ndarray, backwards: bool = False) -> np.ndarray:
    """A kernel that paints crosses one after another, and wrongly when it goes backwards."""
    canvas = np.zeros(seen.size, dtype=np.int64)
    events = list(zip(pixel.tolist(), code.tolist(), strict=True))
    for at, value in reversed(events) if backwards else events:
        for offset in (-seen.width, -1, 0, 1, seen.width):
            if 0 <= at + offset < seen.size:
                canvas[at + offset] = value
    return palette[canvas].reshape(seen.height, seen.width)


def test_later_events_lie_on_top() -> None:
    best = exact(np.array([65, 66], dtype=np.int32), np.array([0, 1], dtype=np.int32), grid())
    assert best[[64, 65, 66, 67, 68]].tolist() == [-1, 0, 1, 1, -1]


def test_a_right_kernel_agrees_and_a_wrong_one_does_not() -> None:
    pixel = np.random.default_rng(3).integers(0, grid().size, 400).astype(np.int32)
    share, painted = agreement(plus, pixel, grid())
    assert share == 1.0
    assert painted > 300
    wrong, _ = agreement(lambda *all_of_it: plus(*all_of_it, backwards=True), pixel, grid())
    assert wrong < 0.9
