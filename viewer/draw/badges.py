"""Discs that may stand here or there are kept clear of names, which have one place only.

Anywhere on the outline of a rough place serves its badge; a disc beside its place may stand on any side of it, as may
one of a rough place that stands at its point.
"""

from __future__ import annotations

import math
from dataclasses import field, replace
from itertools import filterfalse

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.draw.room import CLOSER, Box, Room
from viewer.draw.symbols import TAIL, disc_radius
from viewer.layers.primitives import IncidentMark, Primitive

XY = tuple[float, float]
Stand = tuple[float, float, float, float]
"""Where a mark stands in map metres, and how far its disc stands aside in pixels, to the right and down."""
Disc = tuple[float, float, float]
"""Its middle and its radius, in pixels of a scale (y down)."""
NOWHERE = math.inf, math.inf, 0.0
"""Stands for a disc whose place is not found yet."""
TRIED = 120
"""At how many points of its outline a badge is tried."""
TURNS, LONGER, LEADER = 12, (0.0, 9.0, 18.0), 22.0
"""In so many directions from its place a disc that stands aside is tried, and so many pixels farther off; and how far
off one is that stood at its place."""
COVERING = 40.0
"""A badge rather stands so many pixels farther off than on a town's square, or where other discs may stand."""


@dataclass
class Badges:
    """The marks of a level of scales, with badges moved off names; the very same mark for the same one."""

    _room: Room | None = None
    _stands: dict[IncidentMark, tuple[Stand, ...]] = field(default_factory=dict)
    """Where the disc of a mark may stand, the best first."""
    _discs: dict[IncidentMark, Disc] = field(default_factory=dict)
    """The discs of the marks that stand where they do and nowhere else."""
    _moved: dict[tuple[IncidentMark, Stand], IncidentMark] = field(default_factory=dict)
    _asked: tuple[Primitive, ...] = ()
    _given: tuple[Primitive, ...] = ()

    def off_names(self, primitives: tuple[Primitive, ...], room: Room) -> tuple[Primitive, ...]:
        """The primitives of incidents: by what names take, so that few badges move from day to day, and by discs."""
        if self._room is not room:
            self._room, self._stands, self._discs, self._moved = room, {}, {}, {}
            self._asked, self._given = (), ()
        if self._asked is not primitives:
            self._asked = primitives
            self._given = self._all_off(primitives, room)
        return self._given

    def _all_off(self, primitives: tuple[Primitive, ...], room: Room) -> tuple[Primitive, ...]:
        marks = [one for one in primitives if isinstance(one, IncidentMark)]
        for mark in filterfalse(self._stands.__contains__, marks):
            self._stands[mark] = stands = _stands(mark, room)
            if stands == (_stand(mark),):
                self._discs[mark] = _disc(mark, stands[0], room.scale)
        moving = list(filterfalse(self._discs.__contains__, marks))
        if not moving:
            return primitives
        discs = np.array([*filter(None, map(self._discs.get, marks)), *[NOWHERE] * len(moving)])
        given: dict[Primitive, IncidentMark] = {}
        for number, mark in enumerate(moving, start=len(marks) - len(moving)):
            stands = self._stands[mark]
            tried = ((_disc(mark, stand, room.scale), stand) for stand in stands)
            free = (stand for disc, stand in tried if not _overlaps(disc, discs))
            stand = next(free, stands[0])
            discs[number] = _disc(mark, stand, room.scale)
            given[mark] = self._moved.get((mark, stand)) or self._moved.setdefault(
                (mark, stand), replace(mark, x=stand[0], y=stand[1], aside=stand[2:])
            )
        return tuple(map(given.get, primitives, primitives))


def _stand(mark: IncidentMark) -> Stand:
    return mark.x, mark.y, *mark.aside


def _disc(mark: IncidentMark, stand: Stand, scale: float) -> Disc:
    """The disc of a mark that stands there."""
    x, y, *aside = stand
    radius = disc_radius(mark.members)
    dx, dy = aside if any(aside) else (0.0, -(radius + TAIL) if mark.pinned else 0.0)
    return x / scale + dx, -y / scale + dy, radius


def _overlaps(disc: Disc, others: NDArray[np.float64]) -> bool:
    """Whether it lies over any of some others, shape (n, 3)."""
    x, y, radius = others.T
    return bool((np.hypot(x - disc[0], y - disc[1]) < radius + disc[2]).any())


def _stands(mark: IncidentMark, room: Room) -> tuple[Stand, ...]:
    """Where it stands, if it must stand there or that is clear of names; else places that are, the nearest first.

    Those come last where other marks stand or may stand.
    """
    here = _stand(mark)
    aside = any(mark.aside)
    if (not aside and mark.pinned) or _is_free(mark, here, room):
        return (here,)
    tries = [(x, y, 0.0, 0.0) for x, y in _on_outline(mark)] if mark.rings and not aside else _around(mark)
    found = sorted((_cost(mark, stand, room), stand) for stand in tries if _is_free(mark, stand, room))
    return tuple(stand for _, stand in found) or (here,)


def _boxes(mark: IncidentMark, stand: Stand, room: Room) -> tuple[list[Box], list[Box]]:
    """What the disc takes there, at the farthest and at the closest scale of the level."""
    discs = (_disc(mark, stand, scale) for scale in (room.scale, room.scale / CLOSER))
    far, near = ([(x - half, y - half, x + half, y + half)] for x, y, half in discs)
    return far, near


def _is_free(mark: IncidentMark, stand: Stand, room: Room) -> bool:
    return room.free(*_boxes(mark, stand, room))


def _cost(mark: IncidentMark, stand: Stand, room: Room) -> float:
    """How many pixels off a disc is moved, with what it would cover there."""
    boxes = _boxes(mark, stand, room)[0]
    covered = (not room.marks.squares.free(boxes)) + (not room.marks.pins.free(boxes))
    (x, y, _), (other_x, other_y, _) = (_disc(mark, at, room.scale) for at in (stand, _stand(mark)))
    return math.hypot(x - other_x, y - other_y) + COVERING * covered


def _around(mark: IncidentMark) -> list[Stand]:
    """On all sides of its place, where its disc stands and a little farther off."""
    dx, dy = mark.aside
    length, angle = math.hypot(dx, dy) or LEADER, math.atan2(dy, dx)
    turns = (angle + 2 * math.pi * turn / TURNS for turn in range(TURNS))
    return [
        (mark.x, mark.y, round((length + more) * math.cos(turn), 1), round((length + more) * math.sin(turn), 1))
        for turn in turns for more in LONGER
    ]  # fmt: skip


def _on_outline(mark: IncidentMark) -> list[XY]:
    every = np.vstack(mark.rings)
    return [(x, y) for x, y in every[:: max(1, len(every) // TRIED)].tolist()]
