"""At which side of its disc each tally has its number: where least lies below that number or above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.draw.screen import Screen
from viewer.draw.symbols import SIDES, tongue_box

Boxes = NDArray[np.float64]
"""Boxes in logical pixels, (n, 4): left, top, right, bottom."""

TOUCH_PX = 1.0
"""How far a number may lie over something without harm."""
BELOW = SIDES.index("below")


def sides_of(
    middles: NDArray[np.float64], widths: Sequence[float], tailed: NDArray[np.bool_], discs: Boxes, screen: Screen
) -> Iterator[tuple[str, bool]]:
    """For each number the best of SIDES, and whether anything is below it or above it there.

    One after the other: numbers keep clear of those before them, too.

    middles: of the discs that have numbers, (n, 2) in logical pixels; widths: of the numbers in pixels; tailed: which
    of these discs have a tail, (n,); discs: all discs of the view.
    """
    around = {width: [tongue_box(width, side) for side in SIDES] for width in set(widths)}
    boxes = (np.array([around[width] for width in widths]) + np.tile(middles, 2)[:, None, :]).reshape(-1, 4)
    covered = _out_of(boxes, screen)
    box, _, shared = _shared(boxes, discs)
    covered += np.bincount(box, shared, len(boxes))
    covered.reshape(-1, len(SIDES))[tailed, BELOW] = np.inf
    box, other, shared = _shared(boxes, boxes)
    first = np.searchsorted(box, np.arange(len(boxes) + 1))
    for start in range(0, len(boxes), len(SIDES)):
        best = start + int(np.argmin(covered[start : start + len(SIDES)]))
        yield SIDES[best - start], bool(covered[best] > 0)
        beside = slice(first[best], first[best + 1])
        covered[other[beside]] += shared[beside]


def _shared(boxes: Boxes, others: Boxes) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Which boxes lie over which others, both by their numbers, and how many square pixels they share there.

    In the order of the boxes. Only those beside each other are compared, as few of many are.
    """
    order = np.argsort(others[:, 0], kind="stable")
    lefts = others[order, 0]
    widest = float((others[:, 2] - others[:, 0]).max(initial=0.0))
    begin, end = np.searchsorted(lefts, boxes[:, 0] - widest), np.searchsorted(lefts, boxes[:, 2])
    many = np.maximum(end - begin, 0)
    box = np.repeat(np.arange(len(boxes)), many)
    other = order[np.arange(len(box)) + np.repeat(begin - (np.cumsum(many) - many), many)]
    area = np.ones(len(box))
    for near, far in ((1, 3), (0, 2)):
        long = np.minimum(boxes[box, far], others[other, far]) - np.maximum(boxes[box, near], others[other, near])
        over = long > TOUCH_PX
        box, other, area = box[over], other[over], area[over] * (long[over] - TOUCH_PX)
    return box, other, area


def _out_of(boxes: Boxes, screen: Screen) -> NDArray[np.float64]:
    """How many square pixels of each of some boxes lie out of the picture, (n,)."""
    left, top, right, bottom = boxes.T
    wide = np.maximum(np.minimum(right, screen.width) - np.maximum(left, 0), 0)
    high = np.maximum(np.minimum(bottom, screen.height) - np.maximum(top, 0), 0)
    out: NDArray[np.float64] = np.maximum((right - left) * (bottom - top) - wide * high, 0)
    return out
