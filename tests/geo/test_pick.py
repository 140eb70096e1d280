"""What lies under a point is found, with holes and edges."""

from __future__ import annotations

import numpy as np

from viewer.geo.pick import boxes_at, inside, near_line

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]], dtype=float)
HOLE = np.array([[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]], dtype=float)


def test_the_nearest_box_comes_first_and_of_two_the_upper() -> None:
    boxes = [(0, 0, 10, 10), (5, 5, 15, 15), (100, 100, 110, 110)]

    assert boxes_at(boxes, 7, 7, 0) == [1, 0]
    assert boxes_at(boxes, -3, 5, 5) == [0]
    assert boxes_at(boxes, 50, 50, 5) == []
    assert boxes_at([], 0, 0, 5) == []


def test_a_hole_is_outside() -> None:
    assert inside([SQUARE, HOLE], 2, 2)
    assert not inside([SQUARE, HOLE], 5, 5)
    assert not inside([SQUARE, HOLE], 11, 5)
    assert not inside([], 0, 0)


def test_a_line_is_met_within_reach_and_not_beyond_its_end() -> None:
    line = np.array([[0, 0], [10, 0]], dtype=float)

    assert near_line(line, 5, 2, 2.5)
    assert not near_line(line, 5, 3, 2.5)
    assert not near_line(line, 13, 0, 2.5)
