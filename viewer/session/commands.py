"""What can be asked of a session: each command is a frozen class that turns one state into the next.

`undoable` commands can be taken back; consecutive ones of equal, non-empty `merges` become one step.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import ClassVar

from viewer.domain.dates import Day, day_of
from viewer.domain.frozen import dataclass
from viewer.domain.places import LonLat
from viewer.geo.projection import MAX_LATITUDE
from viewer.session.state import (
    COORDINATES,
    CORNERS,
    GRIDS,
    GROUNDS,
    LABELS,
    MODES,
    OPACITIES,
    STEPS,
    THEMES,
    UNITS,
    Camera,
    Filters,
    Measure,
    Play,
    RangeRings,
    Ref,
    State,
)  # fmt: skip

SCALE_LIMITS = (2.0, 6_000.0)
WINDOW_LIMITS = (1, 36_500)
DAY_LIMITS = (day_of(dt.date.min), day_of(dt.date.max))
MAP_LIMIT = 20_037_508.35
"""Half the width of the map in map metres; nothing lies beyond."""


MOST_VERTICES = 500
FEWEST_OF_AREA = 3
MOST_RING_SETS = 50
MOST_RINGS = 12
"""In one set."""
RANGE_LIMITS_M = (1.0, 2_000_000.0)
NEAR_LIMITS_M, NEAR_LIMITS_DAYS = (100.0, 1_000_000.0), (0, 3_650)


def _on_map(point: LonLat) -> bool:
    return abs(point[0]) <= 180 and abs(point[1]) <= MAX_LATITUDE


def _is_drawable(rings: RangeRings) -> bool:
    low, high = RANGE_LIMITS_M
    return _on_map(rings.centre) and bool(rings.radii_m) and all(low <= metres <= high for metres in rings.radii_m)


def _limited(value: int, limits: tuple[int, int]) -> int:
    return min(max(value, limits[0]), limits[1])


@dataclass(frozen=True, slots=True)
class Command:
    """A step from one state to the next; subclasses say which."""

    undoable: ClassVar[bool] = True
    merges: ClassVar[str] = ""

    @property
    def aims(self) -> bool:
        """Whether it says itself where the map is to look, so that nothing is brought into view after it."""
        return False

    def apply(self, state: State) -> State:
        """The state after the command; the same state when it changes nothing."""
        return state


@dataclass(frozen=True, slots=True)
class SetCursor(Command):
    """Move to a day."""

    day: Day
    merges: ClassVar[str] = "cursor"

    def apply(self, state: State) -> State:
        return replace(state, time=replace(state.time, cursor=_limited(self.day, DAY_LIMITS)))


@dataclass(frozen=True, slots=True)
class PlayTo(Command):
    """Move to a day because the timeline plays; nobody wants to undo a frame."""

    day: Day
    running: bool = True
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        day = _limited(self.day, DAY_LIMITS)
        return replace(state, time=replace(state.time, cursor=day), play=replace(state.play, running=self.running))


@dataclass(frozen=True, slots=True)
class SetPlay(Command):
    """Change how the timeline plays."""

    play: Play
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, play=self.play)


@dataclass(frozen=True, slots=True)
class SetMode(Command):
    """Choose day, window or cumulative; the cursor stays."""

    mode: str

    def apply(self, state: State) -> State:
        return replace(state, time=replace(state.time, mode=self.mode)) if self.mode in MODES else state


@dataclass(frozen=True, slots=True)
class SetWindow(Command):
    """Set the length of the window in days, the cursor's day included."""

    days: int
    merges: ClassVar[str] = "window"

    def apply(self, state: State) -> State:
        days = _limited(self.days, WINDOW_LIMITS)
        return replace(state, time=replace(state.time, window_days=days, mode="window"))


@dataclass(frozen=True, slots=True)
class SetSpan(Command):
    """Show the days between two, both included, whichever comes first: the window ends at the later one."""

    first: Day
    last: Day
    merges: ClassVar[str] = "span"

    def apply(self, state: State) -> State:
        first, last = sorted(_limited(day, DAY_LIMITS) for day in (self.first, self.last))
        days = _limited(last - first + 1, WINDOW_LIMITS)
        return replace(state, time=replace(state.time, cursor=last, window_days=days, mode="window"))


@dataclass(frozen=True, slots=True)
class SetStep(Command):
    """Choose the step of the arrow keys; the time itself never moves."""

    step: str

    def apply(self, state: State) -> State:
        return replace(state, time=replace(state.time, step=self.step)) if self.step in STEPS else state


@dataclass(frozen=True, slots=True)
class SetStartsIn(Command):
    """Ask for records that start in the window instead of those that overlap it."""

    starts_in: bool

    def apply(self, state: State) -> State:
        return replace(state, time=replace(state.time, starts_in=self.starts_in))


@dataclass(frozen=True, slots=True)
class SetCamera(Command):
    """Look at another part of the map; a camera that is nowhere is ignored."""

    camera: Camera
    merges: ClassVar[str] = "camera"

    @property
    def aims(self) -> bool:
        """Always."""
        return True

    def apply(self, state: State) -> State:
        camera, (low, high) = self.camera, SCALE_LIMITS
        if not all(math.isfinite(number) for number in (camera.x, camera.y, camera.scale)):
            return state
        x, y = (min(max(number, -MAP_LIMIT), MAP_LIMIT) for number in (camera.x, camera.y))
        return replace(state, camera=Camera(x, y, min(max(camera.scale, low), high)))


@dataclass(frozen=True, slots=True)
class SetFilters(Command):
    """Replace all filters."""

    filters: Filters

    def apply(self, state: State) -> State:
        return replace(state, filters=self.filters)


@dataclass(frozen=True, slots=True)
class SetKnownBy(Command):
    """Ask only for what was published by a day; None: for all."""

    day: Day | None
    merges: ClassVar[str] = "known_by"

    def apply(self, state: State) -> State:
        day = None if self.day is None else _limited(self.day, DAY_LIMITS)
        return replace(state, filters=replace(state.filters, known_by=day))


@dataclass(frozen=True, slots=True)
class ToggleLayer(Command):
    """Switch one layer on or off."""

    layer: str

    def apply(self, state: State) -> State:
        return replace(state, layers=state.layers ^ {self.layer})


@dataclass(frozen=True, slots=True)
class SetRaster(Command):
    """Choose a file as the base layer and show it; '' takes it away."""

    path: str

    def apply(self, state: State) -> State:
        shown = state.layers | {"raster"} if self.path else state.layers
        return replace(state, raster=replace(state.raster, path=self.path), layers=shown)


@dataclass(frozen=True, slots=True)
class SetOpacity(Command):
    """Choose how strongly the base layer is drawn, in per cent."""

    opacity: int

    def apply(self, state: State) -> State:
        if self.opacity not in OPACITIES:
            return state
        return replace(state, raster=replace(state.raster, opacity=self.opacity))


@dataclass(frozen=True, slots=True)
class Select(Command):
    """Show a record in the detail pane; None closes it."""

    ref: Ref | None

    def apply(self, state: State) -> State:
        return replace(state, selected=self.ref)


@dataclass(frozen=True, slots=True)
class SetNear(Command):
    """Choose what counts as near a record: within so many metres and days."""

    metres: float
    days: int
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        if not math.isfinite(self.metres):
            return state
        metres = min(max(self.metres, NEAR_LIMITS_M[0]), NEAR_LIMITS_M[1])
        reading = replace(state.reading, near_m=metres, near_days=_limited(self.days, NEAR_LIMITS_DAYS))
        return replace(state, reading=reading)


@dataclass(frozen=True, slots=True)
class ToggleFold(Command):
    """Fold what stands under these headings of the details, or show it again where all of them are folded."""

    titles: frozenset[str]
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        folded = state.reading.folded
        folded = folded - self.titles if self.titles <= folded else folded | self.titles
        return replace(state, reading=replace(state.reading, folded=folded))


@dataclass(frozen=True, slots=True)
class SetBeside(Command):
    """Read an incident beside whichever is selected; None ends that."""

    ref: Ref | None

    def apply(self, state: State) -> State:
        if self.ref is not None and self.ref.kind != "event":
            return state
        return replace(state, beside=self.ref)


@dataclass(frozen=True, slots=True)
class OpenList(Command):
    """Show a list of records; '' closes it."""

    what: str
    stack: tuple[str, ...] = ()
    about: str = ""

    def apply(self, state: State) -> State:
        return replace(state, listed=self.what, stack=self.stack, about=self.about)


@dataclass(frozen=True, slots=True)
class TogglePin(Command):
    """Give a place a control lane in the timeline, or take it away."""

    place: str

    def apply(self, state: State) -> State:
        if self.place in state.pins:
            return replace(state, pins=tuple(pin for pin in state.pins if pin != self.place))
        return replace(state, pins=(*state.pins, self.place))


@dataclass(frozen=True, slots=True)
class SetTheme(Command):
    """Choose light, dark or print."""

    theme: str
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, theme=self.theme) if self.theme in THEMES else state


@dataclass(frozen=True, slots=True)
class SetLabels(Command):
    """Choose the script of names on the map."""

    labels: str
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, labels=self.labels) if self.labels in LABELS else state


@dataclass(frozen=True, slots=True)
class SetCorner(Command):
    """Choose the corner of the map in which the date stands."""

    corner: str
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, corner=self.corner) if self.corner in CORNERS else state


@dataclass(frozen=True, slots=True)
class SetGrid(Command):
    """Choose the lines of the grid: degrees or MGRS; the layer is shown."""

    grid: str

    def apply(self, state: State) -> State:
        return replace(state, grid=self.grid, layers=state.layers | {"graticule"}) if self.grid in GRIDS else state


@dataclass(frozen=True, slots=True)
class SetCoordinates(Command):
    """Choose the form in which coordinates are written."""

    form: str
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, coordinates=self.form) if self.form in COORDINATES else state


@dataclass(frozen=True, slots=True)
class SetUnits(Command):
    """Choose what lengths are told in beside kilometres."""

    units: str
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, units=self.units) if self.units in UNITS else state


@dataclass(frozen=True, slots=True)
class SetMeasure(Command):
    """Replace what is measured; a path that is nowhere on the map, or too long, is ignored."""

    measure: Measure

    def apply(self, state: State) -> State:
        path = self.measure.path
        if len(path) > MOST_VERTICES or not all(_on_map(point) for point in path):
            return state
        closed = self.measure.closed and len(path) >= FEWEST_OF_AREA
        return replace(state, measure=Measure(path, closed))


@dataclass(frozen=True, slots=True)
class SetRangeRings(Command):
    """Replace all sets of range rings; those of no size, or around no point of the map, are left out."""

    rings: tuple[RangeRings, ...]

    def apply(self, state: State) -> State:
        kept = tuple(one for one in self.rings if _is_drawable(one))
        return replace(state, range_rings=kept[-MOST_RING_SETS:])


@dataclass(frozen=True, slots=True)
class SetGround(Command):
    """Choose how far the ground of towns goes."""

    ground: str
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, ground=self.ground) if self.ground in GROUNDS else state


@dataclass(frozen=True, slots=True)
class SetCompare(Command):
    """Compare the cursor's day with another one; None ends it, and with it the view of two maps."""

    day: Day | None
    merges: ClassVar[str] = "compare"

    def apply(self, state: State) -> State:
        if self.day is None:
            return replace(state, compare=None, swipe=None)
        swipe = state.swipe if state.compare is not None else None  # undo may have left one behind
        return replace(state, compare=_limited(self.day, DAY_LIMITS), swipe=swipe)


@dataclass(frozen=True, slots=True)
class SwapDays(Command):
    """Let the cursor and the day it is compared with change places."""

    def apply(self, state: State) -> State:
        if state.compare is None:
            return state
        return replace(state, compare=state.time.cursor, time=replace(state.time, cursor=state.compare))


@dataclass(frozen=True, slots=True)
class SetSwipe(Command):
    """Show the maps of both days with a handle between them at a share of the width, 0 to 1; None: one map."""

    share: float | None

    def apply(self, state: State) -> State:
        if self.share is None:
            return replace(state, swipe=None)
        if state.compare is None or not math.isfinite(self.share):
            return state
        return replace(state, swipe=min(max(self.share, 0.0), 1.0))


@dataclass(frozen=True, slots=True)
class MoveHandle(SetSwipe):
    """Show more of one map and less of the other; nobody wants to undo that, as the handle is still in the hand."""

    undoable: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Batch(Command):
    """Several commands as one step, for instance: select, centre and bring its time into view."""

    commands: tuple[Command, ...]

    @property
    def aims(self) -> bool:
        """If any of them does."""
        return any(command.aims for command in self.commands)

    def apply(self, state: State) -> State:
        for command in self.commands:
            state = command.apply(state)
        return state
