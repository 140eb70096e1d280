"""Few incidents on one spot, near enough to be told apart: each gets a disc of its own and a line to its place.

Where a disc goes follows from the incident itself and from what else stands there, so that the same view is always
the same picture, and an incident keeps its place while others come and go: who comes later makes room.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NEAR = 400.0
"""Map metres per pixel from which on discs are spread: farther out, a disc aside would stand in another district."""
MOST = 5
"""Incidents of one spot that are spread; more stay a stack with its number."""
SLOTS = 8
OUT_PX = 27.0
"""From the middle of a spot to the discs around it: so far apart do eight of them have room."""
APART_PX = 18.5
"""Between the middles of two discs, at least."""
CLEAR_PX = 12.0
"""Between a disc and the spot of another incident, at least."""
NEXT = 3
"""How many slots farther round the next is looked for; it shares no factor with SLOTS, so all of them come."""
EASTERN = (1, 2, 3)
"""The slots in which the number of a tally, at the right of its disc, lies over no other disc."""


class Member(NamedTuple):
    """An incident of a stack: its row, where it truly is (map metres), and whether a number stands beside its disc."""

    row: int
    x: float
    y: float
    wide: bool


Aside = tuple[float, float]
"""From where something is to its disc, in pixels to the right and down."""

_TURN = np.arange(SLOTS) * (2 * math.pi / SLOTS)
_AROUND = OUT_PX * np.column_stack((np.sin(_TURN), np.cos(_TURN)))
"""The slots from the north clockwise, in pixels to the east and north of the middle of a spot, (SLOTS, 2)."""


class Room:
    """What stands in a view already: discs keep clear of it. Positions in pixels from any one point, y to the north."""

    def __init__(self, discs: Iterable[tuple[float, float]], spots: Iterable[tuple[float, float]]) -> None:
        self._discs, self._spots = _pairs(discs), _pairs(spots)

    def places(self, middle: tuple[float, float], members: Sequence[Member]) -> list[tuple[float, float]] | None:
        """A place for the disc of each member around a middle; None when not all of them find room."""
        around = _AROUND + middle
        free = _clear(around, self._discs, APART_PX) & _clear(around, self._spots, CLEAR_PX)
        taken: list[int] = []
        for member in members:
            slot = next((one for one in _wanted(member) if free[one]), None)
            if slot is None:
                return None
            free[slot] = False
            taken.append(slot)
        found = around[taken]
        self._discs = np.vstack((self._discs, found))
        return [(float(x), float(y)) for x, y in found]


def _wanted(member: Member) -> Iterator[int]:
    """The slots of a member, the one that it would rather have first."""
    every = ((member.row + NEXT * turn) % SLOTS for turn in range(SLOTS))
    return (slot for slot in every if not member.wide or slot in EASTERN)


def _pairs(points: Iterable[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array(list(points), dtype=np.float64).reshape(-1, 2)


def _clear(points: NDArray[np.float64], others: NDArray[np.float64], least: float) -> NDArray[np.bool_]:
    """Which of some points (n, 2) keep a distance from all of some others (m, 2)."""
    apart = points[:, None, :] - others[None, :, :]
    clear: NDArray[np.bool_] = ((apart**2).sum(axis=2) >= least * least).all(axis=1)
    return clear
