"""Which letters a day asks for: worked out for all areas at once, and anew only for what was not met before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.domain.control import class_of
from viewer.domain.frozen import dataclass
from viewer.draw.screen import Screen
from viewer.draw.steps import Box
from viewer.geo.lettering import Ground
from viewer.geo.outline import Boxes, touching
from viewer.layers.primitives import Calm, ChangeArea, ControlArea, Primitive

DOUBTFUL = ("lattice", "outline")
"""Looks whose letters bear a question mark."""
OPEN = ("dots", "outline")
"""Looks of who is merely present: he does not cover whose ground it is."""
MOST = 100
"""Letters are looked for in so many areas of a view, the largest ones: nobody could read more."""
KNOWN, REMEMBERED = 30_000, 2_000
ARROW = "\u2192"
SMALL = "code_small"
"""The type of letters that have no room as they are."""
FIRST = ("change", "whole", "code")
"""The parts in whose order letters are placed."""
NONE, VEIL = len(FIRST), len(FIRST) + 1
"""What stands for such a part in what has no letters, and in the veil between two days."""
XY = tuple[float, float]
Numbers = NDArray[np.int64]
Made = tuple[tuple[Primitive, ...], ...]
"""The primitives of some layers, the lowest first."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """Letters that want a place: in one of `grounds`, which lie together, best in the first of `spots` that serves.

    texts: the words, and what may stand for them where room is scarce; change: whether they are of what changed hands.
    """

    texts: tuple[str, ...]
    grounds: tuple[Ground, ...]
    spots: tuple[XY, ...]
    change: bool = False

    @cached_property
    def bounds(self) -> Box:
        """Those of its grounds in map metres."""
        if not self.grounds:
            return 0.0, 0.0, 0.0, 0.0
        west, south, east, north = zip(*(ground.outline.box for ground in self.grounds), strict=True)
        return min(west), min(south), max(east), max(north)

    @cached_property
    def long(self) -> float:
        """The longer of their two sides."""
        west, south, east, north = self.bounds
        return max(east - west, north - south)

    @cached_property
    def written(self) -> tuple[tuple[str, str], ...]:
        """What may be written, and in which type: rather small letters than none, of a change at last who gained it."""
        short = (*self.texts, self.texts[-1].removeprefix(ARROW).strip()) if self.change else self.texts
        return (*((text, "code") for text in self.texts), *((text, SMALL) for text in dict.fromkeys(short)))


NOTHING = Wanted((), (), ())


@dataclass(frozen=True, eq=False)
class Above:
    """The grounds that lie over some letters, the lowest first, and their bounds, shape (n, 4); the same ones
    while they are the same."""

    grounds: tuple[Ground, ...]
    boxes: Boxes

    def near(self, box: Box) -> list[Ground]:
        """Those that may touch a box."""
        return [self.grounds[number] for number in np.flatnonzero(touching(self.boxes, *box)).tolist()]


@dataclass(frozen=True, eq=False)
class Covering:
    """The grounds of a day that cover others, the lowest first: their numbers in the table, and their bounds."""

    table: Table
    numbers: Numbers
    boxes: Boxes
    _above: dict[tuple[Wanted, int, Box], Above] = field(default_factory=dict)

    def above(self, wanted: Wanted, below: int, box: Box) -> Above:
        """The grounds over letters that may touch a box in map metres; `below`: how many lie no higher than theirs."""
        key = wanted, int(self.numbers[below - 1]) if below else -1, box
        if key not in self._above:
            if len(self._above) >= REMEMBERED:
                self._above.clear()
            found = np.flatnonzero(touching(self.boxes[below:], *box)) + below
            grounds = tuple(self.table.grounds[number] for number in self.numbers[found].tolist())
            self._above[key] = Above(grounds, self.boxes[found])
        return self._above[key]

    def learn(self, before: Covering) -> None:
        """Take over from another day what lies over letters wherever none came, went or changed its height."""
        come, gone = (~np.isin(*both) for both in ((self.numbers, before.numbers), (before.numbers, self.numbers)))
        if np.array_equal(self.numbers[~come], before.numbers[~gone]) and before._above:
            boxes = np.array([box for *_, box in before._above])
            touched = np.zeros(len(boxes), dtype=bool)
            for box in (*self.boxes[come].tolist(), *before.boxes[gone].tolist()):
                touched |= touching(boxes, *box)
            kept = zip(before._above.items(), touched.tolist(), strict=True)
            self._above.update(item for item, other in kept if not other)


@dataclass(eq=False)
class Table:
    """What is known of all that was met, line by line, so that a day's many areas are looked up at once."""

    lines: dict[Primitive, int] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)
    """Of each line, NOTHING where it has no letters."""
    grounds: list[Ground] = field(default_factory=list)
    _number: dict[Ground, int] = field(default_factory=dict)
    _alike: dict[tuple[object, ...], Wanted] = field(default_factory=dict)
    covers: Boxes = field(default_factory=lambda: np.empty((0, 4)))
    """The bounds of the grounds."""
    facts: Numbers = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    """Of each line the place of its part in FIRST, and the number of the ground it covers with or -1."""
    boxes: Boxes = field(default_factory=lambda: np.empty((0, 4)))
    """The bounds of where its letters may stand."""

    def find(self, things: tuple[Primitive, ...]) -> Numbers:
        """The lines of some things."""
        lines = list(map(self.lines.get, things))
        if None in lines:
            self._add([thing for thing, line in zip(things, lines, strict=True) if line is None])
            lines = list(map(self.lines.get, things))
        return np.array(lines, dtype=np.int64)

    def _add(self, things: list[Primitive]) -> None:
        facts, boxes, before = [], [], len(self.grounds)
        for thing in dict.fromkeys(things):
            part, covers, wanted = _facts(thing)
            alike = wanted.texts, wanted.grounds, wanted.spots, wanted.change
            wanted = self._alike.setdefault(alike, wanted)  # the same ones while only the colour of an area fades
            self.lines[thing] = len(self.wanted)
            self.wanted.append(wanted)
            facts.append((part, -1 if covers is None else self._numbered(covers)))
            boxes.append(wanted.bounds)
        self.facts, self.boxes = np.vstack((self.facts, facts)), np.vstack((self.boxes, boxes))
        outlines = [ground.outline.box for ground in self.grounds[before:]]
        self.covers = np.vstack((self.covers, np.array(outlines).reshape(-1, 4)))

    def _numbered(self, ground: Ground) -> int:
        if ground not in self._number:
            self._number[ground] = len(self.grounds)
            self.grounds.append(ground)
        return self._number[ground]


@dataclass(frozen=True, eq=False)
class Asked:
    """All letters of a day, those first that are placed first, and the grounds that cover others.

    lines: of the letters in the table; below: for each how many of the grounds lie no higher than its own; boxes:
    the bounds of where they may stand, shape (n, 4); calm: whether two days are compared.
    """

    made: Made
    table: Table
    lines: Numbers
    below: Numbers
    boxes: Boxes
    covering: Covering
    calm: bool

    def wanted(self, number: int) -> Wanted:
        """Some of the letters."""
        return self.table.wanted[int(self.lines[number])]

    def in_view(self, screen: Screen, least: float) -> list[int]:
        """The numbers of those whose grounds may have room for letters in a view, in their order; of many the largest.

        least: what letters need across and down, in pixels.
        """
        west, south, east, north = self.boxes.T
        wide, high, least = east - west, north - south, least * screen.camera.scale
        found = np.flatnonzero((wide > least) & (high > least) & touching(self.boxes, *screen.bounds))
        if len(found) > MOST:
            size = (wide * high)[found]
            found = np.sort(found[np.argsort(-size, kind="stable")[:MOST]])
        numbers: list[int] = found.tolist()
        return numbers

    def wanted_in_view(self, screen: Screen, least: float) -> Iterator[tuple[Wanted, int]]:
        """The same letters themselves, each with how many of the covering grounds lie no higher than its own."""
        numbers = self.in_view(screen, least)
        wanted = [self.table.wanted[line] for line in self.lines[numbers].tolist()]
        return zip(wanted, self.below[numbers].tolist(), strict=True)


@dataclass(eq=False)
class Asking:
    """Finds the letters of one day after the other."""

    _table: Table = field(default_factory=Table)
    _asked: Asked | None = None

    def asked(self, made: Made) -> Asked:
        """All letters of some layers, the lowest first: those of changes are placed first, then those that sources
        drew. The same object for the same primitives."""
        if self._asked is None or not _same(self._asked.made, made):
            if len(self._table.lines) > KNOWN:
                self._table, self._asked = Table(), None
            self._asked = _asked(made, self._table, self._asked)
        return self._asked

    def other(self, made: Made) -> Asked | None:
        """The letters of some other day; None where so much is known that they would crowd out what is asked for."""
        if 2 * (len(self._table.lines) + sum(map(len, made))) > KNOWN:
            return None
        return _asked(made, self._table, None)


def _facts(thing: Primitive) -> tuple[int, Ground | None, Wanted]:
    """The place of its part in FIRST, the ground it covers with, and the letters it wants."""
    if isinstance(thing, ControlArea):
        covers = thing.part == "whole" and class_of(thing.control).look not in OPEN
        part, wanted = (FIRST.index(thing.part), _of_holder(thing)) if thing.code else (NONE, NOTHING)
        return part, thing.ground if covers else None, wanted
    if isinstance(thing, ChangeArea):
        return FIRST.index("change"), thing.ground, _of_change(thing)
    return VEIL if isinstance(thing, Calm) else NONE, None, NOTHING


def _asked(made: Made, table: Table, before: Asked | None) -> Asked:
    lines = np.concatenate([table.find(layer) for layer in made]) if made else np.empty(0, dtype=np.int64)
    part, ground = table.facts[lines].T
    covers = np.flatnonzero(ground >= 0)
    highest = np.full(len(table.grounds), -1)
    highest[ground[covers]] = covers
    covers = covers[highest[ground[covers]] == covers]  # what lies on the same ground again covers no more of it
    wanted = np.flatnonzero(part < NONE)
    wanted = wanted[np.argsort(part[wanted], kind="stable")]
    return Asked(
        made, table, lines[wanted], np.searchsorted(covers, wanted, side="right"), table.boxes[lines[wanted]],
        _covering(ground[covers], table, before.covering if before is not None else None), bool((part == VEIL).any()),
    )  # fmt: skip


def _covering(numbers: Numbers, table: Table, before: Covering | None) -> Covering:
    if before is not None and np.array_equal(numbers, before.numbers):
        return before
    covering = Covering(table, numbers, table.covers[numbers])
    if before is not None:
        covering.learn(before)
    return covering


def _of_change(area: ChangeArea) -> Wanted:
    return Wanted(_words(area), (area.ground,), (area.ground.spot[:2],), change=True)


def _of_holder(area: ControlArea) -> Wanted:
    spots = (area.spot[:2],) if area.part == "whole" else tuple(ground.spot[:2] for ground in area.grounds)
    return Wanted((_code(area),), area.grounds, spots)


def _words(area: ChangeArea) -> tuple[str, ...]:
    """Who lost and who gained it; or the latter alone, as its pattern tells of the other."""
    _, arrow, now = area.code.partition(ARROW)
    return (area.code, f"{arrow} {now.strip()}") if arrow else (area.code,)


def _code(area: ControlArea) -> str:
    """The code of who holds an area, with a question mark where that is in doubt."""
    return f"{area.code}?" if area.possible or class_of(area.control).look in DOUBTFUL else area.code


def _same(one: Made, other: Made) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
