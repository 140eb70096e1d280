"""The vocabulary of the map: what layers say and draw paints, without colours, pens or Qt.

Positions are map metres; `scale` is map metres per logical pixel, and a primitive is shown while the
camera's scale lies in [min_scale, max_scale]. A `style` names a token of the theme; an actor's key
stands for its colour, pattern and letter code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.domain.control import UNFILLED
from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.geo.basemap import Basemap, Feature, Relief
from viewer.geo.lettering import Ground, Spot
from viewer.geo.outline import Boxes, bounds_of
from viewer.session.camera import scale_of
from viewer.session.crowds import Crowd
from viewer.session.extents import half_side
from viewer.session.memo import MANY, remembered
from viewer.session.named import Named
from viewer.session.state import Raster, Ref, State
from viewer.store.dataset import DataSet

Points = NDArray[np.float64]
"""Vertices in map metres, shape (n, 2)."""

Title = str | Callable[[Day], str]
"""What hovering says; made of the cursor's day when it is asked for, where it tells how old something is."""

ANY = math.inf
FRESH_DAYS, STALE_DAYS = 60, 900
FAINTEST = 0.4
GROUPS = ("ground", "areas", "lines", "places", "rough", "marks")
"""The parts of a picture from the ground up; names stand above "lines"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend. kind says what the swatch looks like: area, line, control, holder, actor,
    type, place or sign; style is a token, a class of control, an event type, a kind of place or the sign's name."""

    group: str
    text: str
    kind: str
    style: str = ""
    actors: tuple[str, ...] = ()
    pattern: str = ""

    def __hash__(self) -> int:
        """Of its words alone: entries are counted at every step."""
        return hash(self.text)


Entries = tuple[tuple[Entry, int], ...]
"""The lines of the legend that a thing on the map needs, each with how many it stands for."""


@dataclass(frozen=True, eq=False)
class Area:
    """A filled surface of the base map; rings cut holes into each other."""

    rings: tuple[Points, ...]
    style: str
    edge: str = ""
    entry: Entry | None = None

    @cached_property
    def boxes(self) -> Boxes:
        """The bounds of each ring: every view asks which of them it sees."""
        return bounds_of(self.rings)


@dataclass(frozen=True, eq=False)
class Line:
    """Lines of one look, shown above `min_scale`: of two that share a limit one is shown there."""

    parts: tuple[Points, ...]
    style: str
    width: float = 1.0
    dash: tuple[float, ...] = ()
    min_scale: float = 0.0
    max_scale: float = ANY
    entry: Entry | None = None
    refs: tuple[Ref, ...] = ()
    title: str = ""
    actor: str = ""

    @cached_property
    def boxes(self) -> Boxes:
        """The bounds of each part: every view asks which of them it sees."""
        return bounds_of(self.parts)

    def shown_at(self, scale: float) -> bool:
        """Whether a view of so many map metres in a logical pixel has it."""
        return self.min_scale < scale <= self.max_scale


@dataclass(frozen=True, slots=True, eq=False)
class Dots:
    """Plain town dots; x, y of shape (n,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    style: str
    radius: float
    max_scale: float = ANY


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """Small signs of sites of a kind; x, y of shape (n,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    kind: str
    max_scale: float = ANY
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shading:
    """The light and shadow of the land, laid on the paper."""

    relief: Relief
    min_scale: float = 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """A name at a point. Lower `priority` is placed first; `gap` is the clearance to the point in pixels,
    0 for a name that lies on it; `wide` is the length in map metres over which letters are spread."""

    x: float
    y: float
    text: str
    arabic: str
    style: str
    priority: int
    gap: float = 0.0
    angle: float = 0.0
    min_scale: float = 0.0
    max_scale: float = ANY
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LineLabel:
    """A name along a line."""

    points: Points
    text: str
    arabic: str
    style: str
    priority: int
    max_scale: float = ANY
    min_scale: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class ControlArea:
    """An area of a claim in force. strength in (0, 1] fades with age; its code stands best in `spot`.

    part: "whole", or of ground that was derived the "fill" of one town's share with its `edge` towards other holders,
    or the "code" of a holder, in one of its `shares` that lie together, the largest first.
    """

    ground: Ground
    actors: tuple[str, ...]
    control: str
    strength: float
    possible: bool
    schematic: bool
    code: str
    spot: Spot
    entries: Entries
    refs: tuple[Ref, ...]
    title: Title = field(repr=False)
    part: str = "whole"
    edge: Ground | None = None
    shares: tuple[Ground, ...] = ()

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Where its letters may stand."""
        return self.shares or (self.ground,)

    @property
    def rings(self) -> tuple[Points, ...]:
        """All vertices of its outline."""
        return self.ground.outline.rings

    @property
    def filled(self) -> bool:
        """Whether anything may be painted inside: a presence that no map shows never is."""
        return self.control not in UNFILLED


@dataclass(frozen=True, slots=True)
class Calm:
    """All control below it is drawn paler, so that what changed stands out."""

    entries: Entries
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ChangeArea:
    """Ground that `was` held before and `now` hold: actors, nobody where none was known. control: of who holds it now.

    Its code stands in its middle where there is room.
    """

    ground: Ground
    was: tuple[str, ...]
    now: tuple[str, ...]
    control: str
    code: str
    entries: Entries
    title: Title = field(repr=False)
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of a holder or of a change in their place, with (x, y) in their middle; style: their type.

    Those of two days are equal if they look alike. Each is looked up some times in each step, so its hash is kept.
    """

    text: str
    x: float
    y: float
    opacity: float
    entries: Entries = ()
    refs: tuple[Ref, ...] = ()
    style: str = "code"
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.text, self.x, self.y)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True, eq=False)
class HolderMark:
    """A town in the colours of whoever stands in it; one look (control class) per actor."""

    x: float
    y: float
    actors: tuple[str, ...]
    control: str
    strength: float
    possible: bool
    besieged: bool
    entries: Entries
    refs: tuple[Ref, ...]
    title: Title = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """Where an incident of a rough place may have happened: an outline, never a point.

    broad: a whole state or landscape, drawn as a tint along its border, for an outline would say too much. Two of the
    same rings that look alike are equal, whatever incidents they are for.
    """

    rings: tuple[Points, ...]
    actor: str
    certain: bool
    entries: Entries
    refs: tuple[Ref, ...]
    title: str
    broad: bool = False

    @property
    def look(self) -> tuple[object, ...]:
        """All that its picture follows from."""
        return id(self.rings), self.actor, self.certain, self.broad

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Extent) and self.look == other.look

    def __hash__(self) -> int:
        return hash(self.look)


@dataclass(frozen=True, slots=True)
class Look:
    """How one incident is drawn: its type, the colour of its actor, a rival's when it is disputed.

    fight: the second actor is no rival in a dispute but the other side of a battle.
    """

    type: str
    actors: tuple[str, ...]
    hollow: bool = False
    ghost: bool = False
    faint: bool = False
    amount: str = ""
    fight: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class IncidentMark:
    """One incident, or a stack of several. pinned marks point at their place; the others are badges on
    the edge of `rings`. shares: actors of a stack with how much of it each has. aside: how far from its
    place its disc stands, in pixels to the right and down, with a line between them; (0, 0): where it always does."""

    x: float
    y: float
    pinned: bool
    look: Look
    shares: tuple[tuple[str, int], ...]
    entries: Entries
    refs: tuple[Ref, ...]
    rings: tuple[Points, ...] = ()
    aside: tuple[float, float] = (0.0, 0.0)

    @property
    def members(self) -> int:
        """How many incidents it stands for."""
        return len(self.refs)


@dataclass(frozen=True, slots=True, eq=False)
class Arrow:
    """A movement from one located place to another; its course is not known, so it is bowed."""

    x0: float
    y0: float
    x1: float
    y1: float
    actor: str
    ghost: bool
    faint: bool
    entries: Entries
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, eq=False)
class EdgeFigures:
    """Figures of curved grid lines, to be written where these leave the picture: at its foot when they are upright.

    points: the vertices of all lines one after the other, shape (n, 2); line: to which of `texts` each belongs, (n,).
    """

    points: Points
    line: NDArray[np.intp]
    texts: tuple[str, ...]
    upright: bool


@dataclass(frozen=True, slots=True, eq=False)
class GridLetters:
    """Letters of grid squares, as pale as the ground: they slide within their square to where it is seen.

    Each is what stands above in small type, the letters, and the bounds (west, south, east, north) of the square.
    """

    squares: tuple[tuple[str, str, tuple[float, float, float, float]], ...]


Primitive = (
    Area | Line | Dots | Signs | Shading | Label | LineLabel | ControlArea | Calm | ChangeArea | Letters | HolderMark
    | Extent | IncidentMark | Arrow | Crowd | Raster | EdgeFigures | GridLetters
)


class Layer(Protocol):
    """One map layer: from state and data to primitives, without side effects.

    depends: the fields of the state that change its primitives, dotted below the top ("time.cursor").
    group: the part of the picture it is painted with, one of GROUPS.
    """

    @property
    def id(self) -> str: ...

    @property
    def depends(self) -> tuple[str, ...]: ...

    @property
    def group(self) -> str: ...

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]: ...


def centre_of(rings: tuple[Points, ...]) -> tuple[float, float, float]:
    """A point well inside the largest ring, and the room there from west to east: the widest of a few level cuts."""
    ring = max(rings, key=lambda r: abs(ring_area(r))) if len(rings) > 1 else rings[0]
    low, high = ring[:, 1].min(), ring[:, 1].max()
    best = (0.0, float(ring[:, 0].mean()), float(ring[:, 1].mean()))
    for part in (0.5, 0.4, 0.6, 0.3, 0.7):
        y = low + (high - low) * part
        a, b = ring[:-1], ring[1:]
        cut = (a[:, 1] > y) != (b[:, 1] > y)
        if not cut.any():
            continue
        xs = np.sort(a[cut, 0] + (y - a[cut, 1]) / (b[cut, 1] - a[cut, 1]) * (b[cut, 0] - a[cut, 0]))
        spans = xs[1::2] - xs[: len(xs) // 2 * 2 : 2]
        widest = int(np.argmax(spans))
        if spans[widest] > best[0] * 1.05:
            best = (float(spans[widest]), float((xs[2 * widest] + xs[2 * widest + 1]) / 2), float(y))
    return best[1], best[2], best[0]


def ring_area(ring: Points) -> float:
    """The signed area of a ring in square map metres (shoelace)."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def strength(age_days: int) -> float:
    """How firmly a claim is drawn: whole while fresh, paler, in steps, the longer nobody has confirmed it."""
    past = min(1.0, max(0.0, (age_days - FRESH_DAYS) / (STALE_DAYS - FRESH_DAYS)))
    return round(1.0 - (1.0 - FAINTEST) * past, 1)


FADES_AT = tuple(age for age in range(1, STALE_DAYS + 1) if strength(age) != strength(age - 1))
"""The ages in days at which a claim turns paler; between them it looks the same."""


def by_labels(state: State, name: str, arabic: str) -> tuple[str, str]:
    """The (Latin, Arabic) texts that the state wants shown; the Latin one stands in where Arabic is missing."""
    if state.labels == "latin" or not arabic:
        return name, ""
    return ("", arabic) if state.labels == "arabic" else (name, arabic)


SHOWN_FROM = {rank: scale_of(level) for rank, level in ((1, 1), (2, 6), (3, 8), (4, 11), (5, 14), (6, 18))}
"""Map metres per pixel below which a town or site of that rank is shown: where a level of names begins."""


def place_label(place: Named, state: State, style: str) -> Label:
    """The name of a town or site beside its mark: by rank, the data set's own first."""
    name, arabic = by_labels(state, place.name, place.arabic)
    return Label(
        place.x, place.y, name, arabic, style, 10 * place.rank + (0 if place.key else 4),
        gap=10.0 if place.key else 6.0, max_scale=SHOWN_FROM[place.rank],
        refs=(Ref("place", place.key),) if place.key else (),
    )  # fmt: skip


COURSE_FROM, CLOSE_FROM = 350.0, 120.0
"""Map metres per pixel above which a line is drawn in its coarsest detail and named along its general course, and below
which it is drawn as exactly as it is known."""


def lines_by_scale(
    features: Iterable[Feature], style: str, width: float, dash: tuple[float, ...] = (), max_scale: float = ANY,
    entry: Entry | None = None,
) -> Iterator[Line]:
    """Features of one look as a line for each detail, of which a scale shows one."""
    every = tuple(features)
    for detail, (high, low) in enumerate(pairwise((ANY, COURSE_FROM, CLOSE_FROM, 0.0)), start=1):
        parts = tuple(part for feature in every for part in feature.at(detail))
        if parts and low < max_scale:
            yield Line(parts, style, width, dash, low, min(high, max_scale), entry)


def names_along(
    feature: Feature, state: State, style: str, priority: int, max_scale: float, least: float = 0.0
) -> Iterator[LineLabel]:
    """The name of a feature along its parts; not along those with less than a share `least` of the longest's vertices.

    From afar it follows the general course: a name cannot bend with a river.
    """
    if not feature.name:
        return
    name, arabic = by_labels(state, feature.name, feature.name_ar)
    for detail, low, high in ((0, COURSE_FROM, max_scale), (1, 0.0, min(COURSE_FROM, max_scale))):
        parts = feature.at(detail)
        longest = max(len(part) for part in parts)
        for part in parts if low < high else ():
            if len(part) >= least * longest:
                yield LineLabel(part, name, arabic, style, priority, high, low)


def actor_entry(key: str, data: DataSet) -> Entry:
    """The legend line of an actor's colour; the very same one, as entries are counted at every step."""
    return _actor_entry(data, key)


@remembered(MANY)
def _actor_entry(data: DataSet, key: str) -> Entry:
    actor = data.actors.get(key)
    if actor is None:
        return Entry("Actors", "not known who", "actor", "", (), "")
    return Entry("Actors", actor.name, "actor", actor.code, (key,), actor.pattern)


def once(entries: Iterable[Entry]) -> Entries:
    """Legend lines of one thing."""
    return tuple((entry, 1) for entry in entries)


SMALLEST_RING_PX = 8.0
"""A ring smaller than the symbol that points at it cannot be seen: the symbol stands for it."""


def is_wide(data: DataSet, basemap: Basemap, row: int, scale: float) -> bool:
    """Whether the extent of an event is large enough at a scale to be seen around a symbol."""
    return half_side(data, basemap, row) / scale >= SMALLEST_RING_PX
