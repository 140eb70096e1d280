"""The one frozen state: everything visible follows from it and the data set, nothing else is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from itertools import pairwise

from viewer.domain.dates import Day
from viewer.domain.frozen import dataclass
from viewer.domain.marks import About, Mark, says_the_same
from viewer.domain.places import LonLat
from viewer.session.map_layers import ALL_LAYERS

MODES = ("window", "day", "cumulative")
STEPS = ("day", "week", "month", "year")
THEMES = ("light", "dark", "print")
LABELS = ("latin", "arabic", "both")
OPACITIES = (100, 70, 40)
GRIDS = ("graticule", "mgrs")
COORDINATES = ("decimal", "dms", "ddm", "utm", "mgrs")
"""Forms in which a coordinate is written; ddm is degrees and decimal minutes."""
UNITS = ("km", "mi", "nmi")
"""Lengths are told in kilometres alone, or in statute or nautical miles too."""
CORNERS = ("nw", "ne", "sw")
"""Where on the map the date may stand; the scale bar has the fourth corner."""
RESPONSIBILITY = ("", "possibly", "certainly")
WITHIN = ("outline", "circle", "corridor")
SCENE_KINDS = ("map", "title", "end")
CARDS = ("date", "legend", "caption")
"""What stands on the map of a scene and may be moved."""
CARD_CORNERS = ("nw", "ne", "sw", "se")
GROUNDS = ("reach", "roads")
"""The readings of the desert: derived ground ends at a reach, or runs until the neighbour's begins."""
REACH_KM = 40
"""How far from its town derived ground goes at most, where it ends at a reach."""


@dataclass(frozen=True, slots=True)
class Camera:
    """What part of the map is looked at: centre in map metres, scale in map metres per logical pixel."""

    x: float = 4_530_000.0
    y: float = 4_100_000.0
    scale: float = 900.0


@dataclass(frozen=True, slots=True)
class Time:
    """Where in time one stands. `window_days` counts the cursor's day: 30 means the last 30 days."""

    cursor: Day = 0
    mode: str = "window"
    window_days: int = 30
    step: str = "day"
    starts_in: bool = False


@dataclass(frozen=True, slots=True)
class Play:
    """How the timeline plays: speed in days per second of wall clock."""

    running: bool = False
    days_per_second: float = 15.0
    reverse: bool = False
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """Ground that records must lie on: inside an outline, around a point, or along a path.

    path: degrees; metres: the radius around the one point, or how far to each side of the path; name: what it is
    called where it is that of a river, a road or a place. breaks: where in the path its second and further pieces
    begin, as islands and lakes of an outline do, and stretches of a road.
    """

    kind: str
    """One of WITHIN."""
    path: tuple[LonLat, ...]
    metres: float = 0.0
    name: str = ""
    breaks: tuple[int, ...] = ()

    @property
    def pieces(self) -> tuple[tuple[LonLat, ...], ...]:
        """The pieces of the path, in degrees."""
        bounds = (0, *self.breaks, len(self.path))
        return tuple(self.path[begin:end] for begin, end in pairwise(bounds))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which records count at all; an empty tuple asks for nothing. Within one tuple any match will do."""

    actors: tuple[str, ...] = ()
    parts: bool = True
    """Whether the parts of these actors count with them."""
    responsible: str = ""
    """One of RESPONSIBILITY: how surely these actors did it; '' for any role in it."""
    types: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    actualities: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    text: str = ""
    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north in degrees."""
    within: Within | None = None
    known_by: Day | None = None
    """Only what was published by this day."""

    @property
    def placed(self) -> bool:
        """Whether they ask for ground, on which what has no place cannot lie."""
        return self.bbox is not None or self.within is not None

    @property
    def anywhere(self) -> Filters:
        """The same wherever it is."""
        return replace(self, bbox=None, within=None) if self.placed else self


@dataclass(frozen=True, slots=True)
class Raster:
    """A file with a picture of the ground below the map, '' for none; opacity in per cent."""

    path: str = ""
    opacity: int = OPACITIES[0]


@dataclass(frozen=True, slots=True)
class Ref:
    """A record on screen: `kind` is event, place, actor, claim or source; `key` its key."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A path that is measured, vertex by vertex in degrees; a closed one goes round an area."""

    path: tuple[LonLat, ...] = ()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class RangeRings:
    """Circles on the ground around a point in degrees, at distances in metres."""

    centre: LonLat
    radii_m: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What counts of each record that somebody marked, and what contradicts it; a new one for each change.

    Whatever is said of a record settles what contradicted there.
    """

    _by_record: Mapping[About, Mark] = field(default_factory=dict)
    _against: Mapping[About, tuple[Mark, ...]] = field(default_factory=dict)

    def of(self, table: str, key: str) -> Mark | None:
        """What counts of a record."""
        return self._by_record.get((table, key))

    def against(self, table: str, key: str) -> tuple[Mark, ...]:
        """The marks of other reviewers that contradict what counts of a record, until somebody settles it."""
        return self._against.get((table, key), ())

    @property
    def conflicts(self) -> Mapping[About, tuple[Mark, ...]]:
        """All contradictions that nobody has settled yet."""
        return self._against

    def every(self) -> tuple[Mark, ...]:
        """All of them."""
        return tuple(self._by_record.values())

    def with_these(self, marks: Iterable[Mark]) -> Marks:
        """With these in place of what counted of their records."""
        added = {mark.about: mark for mark in marks}
        against = {about: found for about, found in self._against.items() if about not in added}
        return Marks({**self._by_record, **added}, against)

    def contradicted(self, against: Mapping[About, tuple[Mark, ...]]) -> Marks:
        """The same with these contradictions."""
        return Marks(self._by_record, dict(against))

    def differing(self, before: Marks) -> Iterator[tuple[About, Mark | None]]:
        """The records of which something else counted before, with what counts now."""
        own, other = self._by_record, before._by_record
        yield from ((about, mark) for about, mark in own.items() if other.get(about) is not mark)
        yield from ((about, None) for about in other if about not in own)

    def moved(self, old: Marks, new: Marks) -> Marks:
        """With the records of which something else counts in `new` than in `old` as they are in `new`.

        What was merged, or written by another program, between the two stays, and so does what somebody has said of
        the same record since.
        """
        marks, against = dict(self._by_record), dict(self._against)
        for about, mark in new.differing(old):
            if not says_the_same(marks.get(about), old.of(*about)):
                continue
            marks.pop(about, None) if mark is None else marks.update({about: mark})
            found = new._against.get(about)
            against.pop(about, None) if found is None else against.update({about: found})
        return Marks(marks, against)

    def __len__(self) -> int:
        return len(self._by_record)


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class SavedFilters:
    """Filters by a name, and which statuses their queue asks for; none: any."""

    name: str
    filters: Filters
    statuses: tuple[str, ...] = ()


STACKS = ("stack", "undrawn", "near", "parts")
"""Lists whose records are those of `State.stack`: at one spot, of places too wide to be drawn among so many, what else
happened near a record, and the parts of one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How somebody reads records: what counts as near one, and which headings of the details are folded."""

    near_m: float = 25_000.0
    near_days: int = 7
    folded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """The session. `selected` is shown in the detail pane; `listed` are the records of an open list."""

    camera: Camera = field(default_factory=Camera)
    time: Time = field(default_factory=Time)
    play: Play = field(default_factory=Play)
    filters: Filters = field(default_factory=Filters)
    layers: frozenset[str] = frozenset(ALL_LAYERS)
    selected: Ref | None = None
    listed: str = ""
    """What the record list shows: '' (closed), 'view', 'unplaced', 'undated', 'later', 'unpublished', 'problems' or
    one of STACKS."""
    stack: tuple[str, ...] = ()
    """Event keys of a list of STACKS."""
    about: str = ""
    """The key of the event that the records of such a list are near; '' for another list."""
    pins: tuple[str, ...] = ()
    """Places with a control lane."""
    theme: str = "light"
    labels: str = "both"
    grid: str = "graticule"
    """Which lines the layer 'graticule' draws: degrees, or those of the military grid."""
    coordinates: str = "decimal"
    units: str = "km"
    measure: Measure = field(default_factory=Measure)
    """What is measured on the map, until it is dropped."""
    range_rings: tuple[RangeRings, ...] = ()
    ground: str = "reach"
    """One of GROUNDS."""
    compare: Day | None = None
    """The day A that the cursor's, B, is compared with; None: nothing is compared."""
    swipe: float | None = None
    """Where the handle between the maps of A and B stands, as a share of the width; None: one map."""
    raster: Raster = field(default_factory=Raster)
    corner: str = CORNERS[0]
    """One of CORNERS."""
    scenes: tuple[Scene, ...] = ()
    """The briefing, in its order."""
    scene: str = ""
    """The key of the scene that is worked on, '' for none."""
    marks: Marks = NO_MARKS
    saved: tuple[SavedFilters, ...] = ()
    reading: Reading = field(default_factory=Reading)
    beside: Ref | None = None
    """The incident beside which the selected one is read."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that a scene plays, both included, backwards when the first is the later one; speed in days per second."""

    first: Day
    last: Day
    days_per_second: float = 15.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of a briefing. The view's own scenes and open lists are empty."""

    key: str
    view: State
    size: tuple[int, int] = (1280, 720)
    """Logical pixels of the map that the view was made on."""
    kind: str = SCENE_KINDS[0]
    """One of SCENE_KINDS: a map, or words in front of one at the beginning and at the end."""
    title: str = ""
    caption: str = ""
    notes: str = ""
    """For the speaker alone."""
    marking: str = ""
    stretch: Stretch | None = None
    places: tuple[tuple[str, str], ...] = ()
    """(card, corner): where a hand put a card; the others stand where they cover least."""


def pictured(state: State) -> tuple[object, ...]:
    """All of a state that a picture of the map follows from."""
    return (
        state.camera, state.time, state.filters, state.layers, state.selected, state.theme, state.labels, state.ground,
        state.raster, state.grid, state.compare,
    )  # fmt: skip
