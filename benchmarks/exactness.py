"""Whether the picture shows the latest event on top: compared with a painter who paints one disc after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks import scenes
from benchmarks.generator import store
from benchmarks.goals import Outcome
from benchmarks.plan import of_size
from benchmarks.report import Row
from benchmarks.setting import Setting
from viewer.draw.crowd import discs, dots
from viewer.draw.in_view import Grid, grid_of, in_view
from viewer.draw.screen import Screen
from viewer.store.dataset import open_dataset

SIZE = (1600, 900)
PRIMES = (251, 241)
"""Events get their row's remainder as their colour, twice: two events that agree in both are one."""
OPAQUE = 0xFF000000
FEW = 30_000
"""So many of the events are also painted as discs."""
Kernel = Callable[..., NDArray[np.uint32]]
Pixels = NDArray[np.int32]


def tops(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """The share of painted pixels in which the top event is the painter's, at both sizes."""
    for goal, events in (("top_1m", setting.large), ("top_10m", setting.huge)):
        data = open_dataset(store(of_size(events)))
        try:
            grid = grid_of(Screen(scenes.WHOLE, *SIZE), 1.0)
            everything = np.ones(len(data.events), dtype=bool) & data.events.placed
            pixel = in_view(data.events, everything, grid, [slice(0, len(data.events))]).pixel
        finally:
            data.close()
        for kernel, some in ((discs, pixel[:FEW]), (dots, pixel)):
            share, painted = agreement(kernel, some, grid)
            rows.append((f"{len(some):,} events as {kernel.__name__}", f"{100 * share:.4f} %", f"{painted:,}"))
        yield Outcome(goal, 100 * share, f"{len(pixel):,} events as dots, {painted:,} pixels painted")


HEAD = ("what", "same top event", "pixels painted")


def agreement(kernel: Kernel, pixel: Pixels, grid: Grid) -> tuple[float, int]:
    """The share of the pixels painted by either in which the kernel and the exact painter show the same event."""
    best = exact(pixel, _stamp(kernel, grid), grid)
    same = np.ones(grid.size, dtype=bool)
    painted = best >= 0
    for prime in PRIMES:
        code = (np.arange(len(pixel)) % prime + 1).astype(np.uint8)
        shown = _codes(kernel, pixel, code, grid)
        painted |= shown > 0
        same &= shown == np.where(best >= 0, best % prime + 1, 0)
    inner = np.zeros((grid.height, grid.width), dtype=bool)
    inner[grid.spare : -grid.spare, grid.spare : -grid.spare] = True  # the rest is never seen
    painted &= inner.ravel()
    number = int(np.count_nonzero(painted))
    return np.count_nonzero(same & painted) / max(1, number), number


def exact(pixel: Pixels, stamp: Pixels, grid: Grid) -> NDArray[np.int64]:
    """The event on top of each pixel, -1 for none: each paints its whole stamp over all before it."""
    best = np.full(grid.size, -1, dtype=np.int64)
    for offset in stamp.tolist():
        spots = pixel.astype(np.int64) + offset
        kept = (spots >= 0) & (spots < grid.size)
        one = np.full(grid.size, -1, dtype=np.int64)
        np.maximum.at(one, spots[kept], np.flatnonzero(kept))
        np.maximum(best, one, out=best)
    return best


def _stamp(kernel: Kernel, grid: Grid) -> Pixels:
    """The pixels that one event covers, as offsets from its own: the shape is the kernel's, the order is not."""
    middle = grid.height // 2 * grid.width + grid.width // 2
    alone = _codes(kernel, np.array([middle], dtype=np.int32), np.ones(1, dtype=np.uint8), grid)
    return (np.flatnonzero(alone) - middle).astype(np.int32)


def _codes(kernel: Kernel, pixel: Pixels, code: NDArray[np.uint8], grid: Grid) -> NDArray[np.int64]:
    """The code that each pixel shows, 0 for none; the edge of a disc counts as the disc."""
    palette = (np.arange(512, dtype=np.uint32) & 0xFF) | np.uint32(OPAQUE)
    palette[0] = 0
    return (kernel(pixel, code, grid, palette).ravel() & 0xFF).astype(np.int64)
