"""Badges of rough places stand clear of names: anywhere on the outline serves them, and a name has one place only."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from viewer.draw.room import Room
from viewer.draw.symbols import RADIUS, stack_radius
from viewer.layers.primitives import IncidentMark, Primitive

XY = tuple[float, float]

TRIED = 120
"""At how many points of its outline a badge is tried."""
COVERING = 40.0
"""A badge rather stands so many pixels farther off than on a town's square, or where other discs may stand."""


@dataclass
class Badges:
    """The marks of a level of scales, with badges moved off names; the very same mark for the same one."""

    _room: Room | None = None
    _moved: dict[IncidentMark, IncidentMark] = field(default_factory=dict)
    _asked: tuple[Primitive, ...] = ()
    _given: tuple[Primitive, ...] = ()

    def off_names(self, primitives: tuple[Primitive, ...], room: Room) -> tuple[Primitive, ...]:
        """The primitives of incidents; by what names take alone, so that no badge moves from day to day for them."""
        if self._room is not room:
            self._room, self._moved, self._asked, self._given = room, {}, (), ()
        if self._asked is not primitives:
            self._asked = primitives
            given = tuple(self._off(one, room) if isinstance(one, IncidentMark) else one for one in primitives)
            same = all(one is other for one, other in zip(given, primitives, strict=True))
            self._given = primitives if same else given
        return self._given

    def _off(self, mark: IncidentMark, room: Room) -> IncidentMark:
        if mark.pinned or not mark.rings or any(mark.aside):
            return mark
        if mark not in self._moved:
            self._moved[mark] = _moved(mark, room)
        return self._moved[mark]


def _moved(mark: IncidentMark, room: Room) -> IncidentMark:
    """The badge at the nearest point of its outline that is clear of names, and if that is not far, of other marks."""
    half = stack_radius(mark.members) if mark.members > 1 else RADIUS
    if room.free(*room.around(mark.x, mark.y, half, half)):
        return mark
    found = [(_cost(at, mark, room, half), at) for at in _tries(mark) if room.free(*room.around(*at, half, half))]
    if not found:
        return mark
    x, y = min(found)[1]
    return replace(mark, x=x, y=y)


def _cost(at: XY, mark: IncidentMark, room: Room, half: float) -> float:
    """How many pixels off a badge is moved, with what it would cover there."""
    boxes = room.around(*at, half, half)[0]
    covered = (not room.marks.squares.free(boxes)) + (not room.marks.pins.free(boxes))
    return math.hypot(at[0] - mark.x, at[1] - mark.y) / room.scale + COVERING * covered


def _tries(mark: IncidentMark) -> list[XY]:
    """Points of a badge's outline."""
    every = np.vstack(mark.rings)
    return [(x, y) for x, y in every[:: max(1, len(every) // TRIED)].tolist()]
