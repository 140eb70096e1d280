"""What a painted picture shows, and what lies where in it: for the legend, the pointer and a click."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from viewer.domain.dates import Day, words
from viewer.domain.events import EVENT_TYPES
from viewer.domain.frozen import dataclass
from viewer.domain.records import Problem
from viewer.draw.legend import LegendEntry, of_two_maps
from viewer.draw.paint import Part, counted
from viewer.draw.paint_crowd import Shown
from viewer.draw.screen import Screen
from viewer.draw.steps import Surface, Target
from viewer.draw.underlay import Change
from viewer.geo.pick import boxes_at, inside, near_line
from viewer.layers.primitives import Title
from viewer.session.camera import under
from viewer.session.crowds import roughly_placed
from viewer.session.state import Ref
from viewer.session.window import Rows, SmallRows
from viewer.store.dataset import DataSet

REACH = 3.0
"""Pixels around a mark that still count as the mark."""


@dataclass(frozen=True, eq=False)
class Undrawn:
    """Incidents that are in view and not drawn, as their places are too wide where so many are."""

    data: DataSet
    parts: tuple[SmallRows | Rows, ...] = ()
    """Their rows."""

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def keys(self) -> tuple[str, ...]:
        """In order of time."""
        rows = np.sort(np.concatenate((*self.parts, np.empty(0, dtype=np.int64))))
        return tuple(self.data.events.keys[row] for row in rows.tolist())


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a painted picture shows, and what lies where in it (logical pixels)."""

    parts: tuple[Part, ...]
    """What was painted, the lowest first."""
    screen: Screen
    data: DataSet
    broken: tuple[str, ...] = ()
    """Layers that could not be drawn."""
    crowds: tuple[Shown, ...] = ()
    """Crowds of incidents in it; they lie on top of all marks."""
    day: Day = 0
    """The cursor's, for what is said of it when somebody points."""
    change: Change | None = None
    """What differs from the picture before it, if that is known."""
    problems: tuple[Problem, ...] = ()
    """What could not be drawn of files beside the store."""
    unfinished: bool = False
    """Whether tiles are missing that another try will have."""
    beside: Drawn | None = None
    """The map of another day, where two share a view."""
    left_out: tuple[SmallRows | Rows, ...] = ()
    """The rows of `undrawn`, in parts."""

    @cached_property
    def legend(self) -> tuple[LegendEntry, ...]:
        """The lines of the legend, counted when somebody reads them; with `beside`, those of both maps."""
        own = counted(self.screen, self.parts).entries()
        return own if self.beside is None else of_two_maps(self.beside.legend, own)

    @property
    def undrawn(self) -> Undrawn:
        """What is in view and not drawn."""
        return Undrawn(self.data, self.left_out)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The marks, the lowest first; worked out when somebody points."""
        return tuple(target for part in self.parts for target in part.targets)

    @cached_property
    def surfaces(self) -> tuple[Surface, ...]:
        """The areas and lines, the lowest first."""
        return tuple(surface for part in self.parts for surface in part.surfaces)

    def pick(self, x: float, y: float) -> tuple[Ref, ...]:
        """The records of the topmost mark under a point, then of those below it; within `REACH` if none is."""
        rows = self._rows_at(x, y)
        found = self._under(x, y, REACH if not len(rows) else 0.0)
        crowd = (Ref("event", self.data.events.keys[row]) for row in rows.tolist())
        return tuple(dict.fromkeys((*crowd, *(ref for index in found for ref in self.targets[index].refs))))

    @property
    def coarse(self) -> bool:
        """Whether a sharper picture of the same can be had."""
        return self.unfinished or any(shown.coarse for shown in self.crowds)

    def over(self, x: float, y: float) -> bool:
        """Whether a click at a point would find anything; quick however much it would find."""
        return any(shown.over(x, y) for shown in self.crowds) or bool(self._under(x, y, REACH))

    def _rows_at(self, x: float, y: float) -> Rows:
        found = [shown.rows_at(x, y) for shown in self.crowds if shown.over(x, y)]
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

    def _under(self, x: float, y: float, reach: float) -> list[int]:
        boxes = [target.box for target in self.targets]
        return boxes_at(boxes, x, y, 0.0) or boxes_at(boxes, x, y, reach)[:1]

    def areas_at(self, x: float, y: float) -> tuple[Ref, ...]:
        """The records whose ring, area or line lies under a point, the most specific first."""
        return tuple(dict.fromkeys(ref for surface in self._surfaces_at(x, y) for ref in surface.refs))

    def describe(self, x: float, y: float) -> str:
        """One line for the pointer: the mark under it, else the areas, else ''."""
        if len(rows := self._rows_at(x, y)):
            return _incident_words(self.data, rows)
        if found := self._under(x, y, REACH):
            target = self.targets[found[0]]
            return self._said(target.title) or _incident_words(self.data, _rows_of(self.data, target.refs))
        return " \u00b7 ".join(self._said(surface.title) for surface in self._surfaces_at(x, y)[:2])

    def _said(self, title: Title) -> str:
        return title if isinstance(title, str) else title(self.day)

    def _surfaces_at(self, x: float, y: float) -> list[Surface]:
        """Lines first, then the smallest: a ring as large as a country lies over all areas of it, and says least."""
        mx, my = under(self.screen.camera, x, y, self.screen.width, self.screen.height)
        reach = 5 * self.screen.camera.scale
        found = [
            surface
            for surface in reversed(self.surfaces)
            if (
                any(near_line(part, mx, my, reach) for part in surface.rings)
                if surface.line
                else inside(surface.rings, mx, my)
            )
        ]
        return sorted(found, key=_room)  # of equal ones the topmost stays first


def _room(surface: Surface) -> float:
    """The ground that the box around a surface covers, none for a line or what is foremost."""
    if surface.line or surface.foremost:
        return 0.0
    points = np.concatenate(surface.rings)
    width, height = (points.max(axis=0) - points.min(axis=0)).tolist()
    return float(width * height)


def _rows_of(data: DataSet, refs: tuple[Ref, ...]) -> Rows:
    rows = (data.events.row_of.get(ref.key) for ref in refs if ref.kind == "event")
    return np.array([row for row in rows if row is not None], dtype=np.int64)


MOST_TITLES = 6
"""Incidents of a stack that are named one by one when somebody points."""


def _incident_words(data: DataSet, rows: Rows) -> str:
    """The titles and dates of a few incidents, read when asked for, or what a stack of more holds."""
    if len(rows) <= MOST_TITLES:
        keys = [data.events.keys[row] for row in sorted(rows.tolist())]
        found = {event.key: event for event in data.reader.where("event", "key", keys)}
        said = [f"{event.title}, {words(event.date)}" for key in keys if (event := found.get(key)) is not None]
        return "\n".join(said if len(said) == 1 else [f"{_number_words(data, rows)}:", *said])
    often = np.bincount(data.events.type[rows], minlength=len(EVENT_TYPES))
    kinds = [code for code in np.argsort(-often, kind="stable")[:4].tolist() if often[code]]
    said = [f"{often[code]:,} {EVENT_TYPES[code]}" for code in kinds]
    if others := len(rows) - int(often[kinds].sum()):
        said.append(f"{others:,} of other types")
    return f"{_number_words(data, rows)}: " + ", ".join(said)


def _number_words(data: DataSet, rows: Rows) -> str:
    """How many incidents there are on a spot, and how many of them may as well lie elsewhere."""
    count, rough = f"{len(rows):,} incidents", roughly_placed(data, rows)
    if rough == len(rows):
        return f"{count} of a wider place, not of this spot"
    return f"{count}, {rough:,} of them of a wider place" if rough else count
