"""Things on the map as an image of which a step of time paints only what it changed.

Nothing here needs the window's own thread.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from functools import cached_property
from itertools import compress, count, filterfalse, repeat
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from viewer.domain.frozen import dataclass
from viewer.draw.beside import Work
from viewer.draw.legend import Tally
from viewer.draw.screen import Screen
from viewer.draw.sprites import Laid
from viewer.draw.tokens import Tokens
from viewer.draw.unlocked import Drawing, Stroke, Strokes
from viewer.geo.outline import Boxes, touching
from viewer.layers.primitives import Entries, Entry, Points, Title
from viewer.session.state import Ref

LOG = logging.getLogger(__name__)
FINE = 4_000
"""Outlines of no more vertices in all are drawn with all their details; of more, each a little plainer."""
MOST_PLACES = 48
"""Where more places than this change, all of the image is painted."""
MOST_KNOWN = 20_000
"""Of so many things it is kept where they are in a view; half of them are those that may come on other days."""
ENTRIES = attrgetter("entries")
FLEETING = 4
"""Of things that never come again, this many times those that are there."""
NOWHERE = (math.inf, math.inf, -math.inf, -math.inf)
# Looked up once: each time takes Python longer than Qt needs for what is asked.
SMOOTH, TRANSPARENT = QPainter.RenderHint.Antialiasing, Qt.GlobalColor.transparent
SOURCE = QPainter.CompositionMode.CompositionMode_Source
OVER = QPainter.CompositionMode.CompositionMode_SourceOver
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in logical pixels."""
Numbers = NDArray[np.intp]
Place = tuple[int, int, int, int]
"""Left, top, right, bottom of device pixels, the last two just outside."""
Later = Callable[[Sequence[Drawing], QImage], Work[None]]
"""Has another thread lay drawings onto an image."""
Lines = dict[Entry, tuple[int, int]]
"""Of each line of the legend how many things have it, and how many they say there are, which may be none."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be pointed at: its box in logical pixels, its records, and what hovering says."""

    box: Box
    refs: tuple[Ref, ...]
    title: Title = ""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """An area that can be pointed at; rings in map metres."""

    rings: tuple[Points, ...]
    refs: tuple[Ref, ...]
    title: Title
    line: bool = False
    foremost: bool = False
    """Told before all others, however large it is."""


class Thing(Protocol):
    """What stays equal to itself while its look does."""

    @property
    def entries(self) -> Entries: ...

    @property
    def refs(self) -> tuple[Ref, ...]: ...


T = TypeVar("T", bound=Thing)


@dataclass(frozen=True, slots=True)
class Look:
    """What an image follows from beside its things: a view, device pixels in a logical one, and how much care."""

    screen: Screen
    ratio: float
    theme: str
    fine: bool
    vector: bool = False
    """Whether shapes are wanted, not pixels."""


class Kind(Protocol[T]):
    """How things of one kind are painted."""

    fleeting: bool = False
    """Whether one that went never comes again, so that nothing of it is worth keeping for long."""

    def reach(self, thing: T, screen: Screen, tokens: Tokens) -> Box:
        """All that painting it may touch."""

    def reaches(self, things: Sequence[T], screen: Screen, tokens: Tokens) -> Boxes:
        """The same of many, shape (n, 4)."""
        return np.array([self.reach(thing, screen, tokens) for thing in things], dtype=np.float64).reshape(-1, 4)

    def vertices(self, things: Sequence[T], screen: Screen, ratio: float) -> int:
        """How much work they are: none where they are few, or laid down whole, and so never drawn plainer."""
        return 0

    def within(self, thing: T, screen: Screen) -> bool:
        """Whether it counts in the legend of a view."""

    def all_within(self, things: Sequence[T], screen: Screen) -> list[bool]:
        """The same of many."""
        return [self.within(thing, screen) for thing in things]

    def paint_first(
        self, painter: QPainter, over: Stroke, things: Sequence[T], among: Sequence[T], look: Look, tokens: Tokens
    ) -> Sequence[T]:
        """Paint what lies below all else and is quicker painted at once; what is left to be painted one by one.

        over: strokes what can follow when all the rest of it is painted; things: what reaches into the place that is
        painted; among: all of an image that is painted as a whole, which may be painted as well.
        """
        return things

    def paint(self, painter: QPainter, thing: T, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Paint it; the painter's brush origin is fixed on the map, and its device may not know the look's ratio."""

    def laid(self, thing: T, look: Look, tokens: Tokens, chosen: bool) -> Laid | None:
        """Its picture where laying that down is all; else it is painted."""
        return None

    def laid_at_once(self, things: Sequence[T], look: Look, tokens: Tokens) -> Iterable[tuple[T, Laid]]:
        """Those of many, none of them chosen, whose pictures are found more quickly together than one by one."""
        return ()

    def learn(self, things: Iterable[object]) -> None:
        """Know of things of other days, some of them of other kinds, what is the same whenever they are painted."""
        return

    def pointed(self, thing: T, screen: Screen, tokens: Tokens) -> tuple[Target | Surface, ...]:
        """What of it a pointer can meet in a view."""


@dataclass
class Whereabouts(Generic[T]):
    """Where things are in a view, whatever the day, each under a number: most that come have been there before.

    reach: what each of them touches of an image, in order of their numbers, shape (n, 4); laid: its picture if it has
    one and is not chosen; inside: a view in it, and whether each counts in its legend, which another thread may ask for
    meanwhile. All of it is asked for always with the same view, laid also with the same tokens.
    """

    numbers: dict[T, int] = field(default_factory=dict)
    reach: Boxes = field(default_factory=lambda: np.empty((0, 4)))
    laid: dict[T, Laid] = field(default_factory=dict)
    inside: tuple[Screen | None, dict[T, bool]] = field(default_factory=lambda: (None, {}))

    def of(self, kind: Kind[T], things: Sequence[T], screen: Screen, tokens: Tokens) -> Numbers:
        """The numbers of some things."""
        found = self._found(things)
        if (found < 0).any():
            some = list(dict.fromkeys(compress(things, (found < 0).tolist())))
            self.note(some, reached(kind, some, screen, tokens))
            found = self._found(things)
        return found

    def _found(self, things: Sequence[T]) -> Numbers:
        """The numbers of some things, -1 of new ones."""
        return np.fromiter(map(self.numbers.get, things, repeat(-1)), np.intp, len(things))

    def note(self, things: Sequence[T], reach: Boxes) -> None:
        """Note what some things touch that have no numbers yet."""
        self.reach = np.concatenate((self.reach, reach))
        self.numbers.update(zip(things, count(len(self.numbers))))

    def picture(self, kind: Kind[T], thing: T, look: Look, tokens: Tokens) -> Laid | None:
        """The same as of the kind, for a thing that is not chosen."""
        known = self.laid.get(thing)
        if known is None and (known := kind.laid(thing, look, tokens, False)) is not None:
            if len(self.laid) > MOST_KNOWN:
                self.laid = {}
            self.laid[thing] = known
        return known

    def lay(self, kind: Kind[T], things: Sequence[T], look: Look, tokens: Tokens) -> None:
        """Know the pictures of what can be laid at once; if it cannot, that is logged and each is laid alone."""
        if new := list(filterfalse(self.laid.__contains__, things)):
            try:
                self.laid.update(kind.laid_at_once(new, look, tokens))
            except Exception:
                LOG.exception("%d things could not be painted at once", len(new))

    def learn(self, kind: Kind[T], things: Sequence[T], look: Look, tokens: Tokens) -> None:
        """Know some things, as far as that crowds out nothing."""
        if 2 * (max(len(self.numbers), len(self.laid)) + len(things)) <= MOST_KNOWN:
            numbers = self.of(kind, things, look.screen, tokens)
            for thing in compress(things, in_sight(self.reach[numbers]).tolist()):
                self.picture(kind, thing, look, tokens)

    def all_within(self, kind: Kind[T], things: Sequence[T], screen: Screen) -> list[bool]:
        """Whether each counts in a view."""
        if self.inside[0] != screen or len(self.inside[1]) > MOST_KNOWN:
            self.inside = screen, {}
        view, inside = self.inside
        if view != screen:  # another thread asks for another one
            return kind.all_within(things, screen)
        if new := list(filterfalse(inside.__contains__, things)):
            inside.update(zip(new, kind.all_within(new, screen), strict=True))
        return list(map(inside.__getitem__, things))


@dataclass(frozen=True, eq=False)
class StepImage(Generic[T]):
    """An image of things, the lowest first. numbers: those under which it is `known` where they are; dirty: what was
    painted since the one it was made from (device pixels).

    The one that another was made from has given its pixels away; all else of it stays. Where no thing was ever to be
    seen there are none yet: most views have no areas, arrows or marks, and a transparent image costs as much as a full.
    """

    kind: Kind[T]
    things: tuple[T, ...]
    look: Look
    numbers: Numbers
    vertices: int
    chosen: frozenset[T]
    pixels: QImage | None
    dirty: tuple[QRect, ...]
    _lines: dict[Screen, Lines] = field(default_factory=dict)
    drawing: Work[None] | None = None
    """What another thread still draws onto it."""
    known: Whereabouts[T] = field(default_factory=Whereabouts)

    @cached_property
    def image(self) -> QImage:
        """Its pixels, transparent where it has none."""
        if self.pixels is not None:
            return self.pixels
        image = _blank(self.look.screen, self.look.ratio)
        image.setDevicePixelRatio(self.look.ratio)
        image.fill(TRANSPARENT)
        return image

    @cached_property
    def boxes(self) -> Boxes:
        """What each of the things reaches, NOWHERE if it is out of sight; shape (n, 4)."""
        return self.known.reach[self.numbers]

    @property
    def shown(self) -> list[T]:
        """The things that touch the image, the lowest first."""
        return list(compress(self.things, in_sight(self.boxes).tolist()))

    @cached_property
    def empty(self) -> bool:
        """Whether there is nothing to see in it."""
        return not in_sight(self.boxes).any()

    def is_of(self, screen: Screen, ratio: float, tokens: Tokens) -> bool:
        """Whether it is of a view in some colours, however much care was taken."""
        look = self.look
        return (look.screen, look.ratio, look.theme) == (screen, ratio, tokens.theme)

    def learn(self, things: Sequence[T], tokens: Tokens) -> None:
        """Know where things of other days are in the same view, and how they look."""
        if tokens.theme == self.look.theme and not self.kind.fleeting:
            self.known.learn(self.kind, things, self.look, tokens)

    def pointed(self, screen: Screen, tokens: Tokens) -> list[Target | Surface]:
        """What of a view that lies in the image a pointer can meet, the lowest first."""
        return [met for thing in self.shown for met in self.kind.pointed(thing, screen, tokens)]

    def tally(self, layer: str, screen: Screen) -> Tally:
        """The legend's numbers for a view that lies in the image."""
        if screen not in self._lines:
            self._lines.clear()
            self._lines[screen] = _counted(self.kind, self.known, {}, screen, self.things, 1)
        tally = Tally()
        for entry, (_, number) in self._lines[screen].items():
            tally.add(layer, entry, number)
        return tally


def step_image(
    kind: Kind[T], things: tuple[T, ...], screen: Screen, ratio: float, tokens: Tokens,
    selected: Ref | None = None, before: StepImage[T] | None = None, later: Later | None = None,
) -> StepImage[T]:  # fmt: skip
    """An image of a view, made from one of another day if that has the same look; that one is used up by it.

    things: each once, in an order that follows from themselves, so that those which stay do not change places; later:
    begins with what another thread may draw.
    """
    if before is not None and (before.look.screen, before.look.ratio) == (screen, ratio):
        was = before
    else:
        was = StepImage(kind, (), Look(screen, ratio, "", True), np.empty(0, np.intp), 0, frozenset(), None, ())
    known, then = was.known, was.numbers
    if was.look.theme != tokens.theme or len(known.numbers) > (FLEETING * len(things) if kind.fleeting else MOST_KNOWN):
        known, then = Whereabouts[T](), np.arange(len(was.things))
        known.note(was.things, was.boxes)
    now = known.of(kind, things, screen, tokens)
    new, over = _without(now, then, len(known.numbers)), _without(then, now, len(known.numbers))
    come, gone = list(compress(things, new.tolist())), list(compress(was.things, over.tolist()))
    visible, at_hand = in_sight(known.reach[now]), in_sight(was.boxes)
    more, less = list(compress(things, (new & visible).tolist())), list(compress(was.things, (over & at_hand).tolist()))
    vertices = was.vertices + kind.vertices(more, screen, ratio) - kind.vertices(less, screen, ratio)
    look = Look(screen, ratio, tokens.theme, vertices <= FINE)
    chosen = frozenset(thing for thing in things if selected in thing.refs) if selected is not None else frozenset()
    whole = QRect(QPoint(0, 0), _size(screen, ratio))
    dirty: tuple[QRect, ...] = (whole,)
    pixels = None
    if look == was.look:
        otherwise = known.of(kind, tuple(chosen ^ was.chosen), screen, tokens)
        places, pixels = _places(known.reach[np.concatenate((now[new], then[over], otherwise))]), was.pixels
        dirty = (whole,) if len(places) > MOST_PLACES else _pixels(places, whole, ratio)
    if pixels is None and visible.any():
        dirty, pixels = (whole,), _blank(screen, ratio)
    lines = {
        at: _counted(kind, known, _counted(kind, known, lines, at, come, 1), at, gone, -1)
        for at, lines in list(was._lines.items())
        if len(come) + len(gone) < len(things)  # else counting all of them anew is less
    }
    made = StepImage(kind, things, look, now, vertices, chosen, pixels, dirty, lines, known=known)
    drawing = _paint(made, tokens, later is not None) if dirty and pixels is not None else None
    if drawing is None or later is None:
        return made
    return replace(made, drawing=later([(drawing, QTransform())], made.image))


def in_sight(boxes: Boxes) -> NDArray[np.bool_]:
    """Which boxes are not NOWHERE."""
    return boxes[:, 0] < math.inf


def _without(numbers: Numbers, others: Numbers, most: int) -> NDArray[np.bool_]:
    """Which of some numbers below `most` are not among others."""
    among = np.zeros(most, dtype=bool)
    among[others] = True
    return ~among[numbers]


def _places(reaches: Boxes) -> dict[Box, None]:
    """Different boxes of what is seen, as far as there are more than MOST_PLACES."""
    places: dict[Box, None] = {}
    some = reaches[in_sight(reaches)]
    for first in range(0, len(some), 2 * MOST_PLACES):
        places.update(dict.fromkeys(zip(*some[first : first + 2 * MOST_PLACES].T.tolist(), strict=True)))
        if len(places) > MOST_PLACES:
            break
    return places


def _size(screen: Screen, ratio: float) -> QSize:
    """That of a view in device pixels."""
    return QSize(max(1, round(screen.width * ratio)), max(1, round(screen.height * ratio)))


def _blank(screen: Screen, ratio: float) -> QImage:
    """An image of a view, not painted yet."""
    return QImage(_size(screen, ratio), QImage.Format.Format_ARGB32_Premultiplied)


def _counted(
    kind: Kind[T], known: Whereabouts[T], lines: Lines, screen: Screen, things: Iterable[T], by: int
) -> Lines:
    """The lines with those of the things in a view of an image added, or taken away."""
    found, telling = lines.copy(), list(filter(ENTRIES, things))
    inside = list(compress(map(ENTRIES, telling), known.all_within(kind, telling, screen)))
    alike = dict(zip(map(id, inside), inside, strict=True))  # most have those of some other
    for key, times in Counter(map(id, inside)).items():
        for entry, each in alike[key]:
            having, number = found.get(entry, (0, 0))
            found[entry] = having + by * times, number + by * times * each
    return found if by > 0 else {entry: numbers for entry, numbers in found.items() if numbers[0]}


def reached(kind: Kind[T], things: Sequence[T], screen: Screen, tokens: Tokens) -> Boxes:
    """What painting each of some things may touch, NOWHERE if that is nothing of a view; shape (n, 4)."""
    boxes = kind.reaches(things, screen, tokens)
    boxes[~touching(boxes, 0, 0, screen.width, screen.height)] = NOWHERE
    return boxes


def _pixels(boxes: Iterable[Box], whole: QRect, ratio: float) -> tuple[QRect, ...]:
    """The device pixels of an image that boxes in logical ones touch."""
    wide, high = whole.width(), whole.height()
    places = []
    for left, top, right, bottom in boxes:
        x, y = math.floor(left * ratio), math.floor(top * ratio)
        far, low = x + math.ceil((right - left) * ratio) + 1, y + math.ceil((bottom - top) * ratio) + 1
        place = max(0, x), max(0, y), min(wide, far), min(high, low)
        if place[0] < place[2] and place[1] < place[3]:
            places.append(place)
    return tuple(QRect(x, y, far - x, low - y) for x, y, far, low in _joined(places))


def _joined(places: Iterable[Place]) -> list[Place]:
    """The places, two as one where that has no more pixels: what lies in both is painted once."""
    found: list[Place] = []
    for place in places:
        x, y, far, low = place
        size = (far - x) * (low - y)
        for other in found[:]:
            left, top, right, bottom = other
            if left > far or x > right or top > low or y > bottom:
                continue  # as most do: both with what lies between them have more
            both = min(x, left), min(y, top), max(far, right), max(low, bottom)
            together = (both[2] - both[0]) * (both[3] - both[1])
            if together <= size + (right - left) * (bottom - top):
                found.remove(other)
                (x, y, far, low), size = both, together
        found.append((x, y, far, low))
    return found


def _paint(made: StepImage[T], tokens: Tokens, recorded: bool) -> Strokes | None:
    """Paint what of an image is dirty: place by place, as Qt is slow to clip a line to more than one rectangle.

    recorded: whether what comes last may be left to others, if all of the image is painted; that is what comes back.
    """
    look, image, over = made.look, made.image, Strokes()
    image.setDevicePixelRatio(1.0)
    painter = QPainter(image)
    try:
        for place, things in _touched(made):
            painter.save()
            painter.setClipRect(place)
            painter.setCompositionMode(SOURCE)
            painter.fillRect(place, TRANSPARENT)
            painter.setCompositionMode(OVER)
            painter.scale(look.ratio, look.ratio)
            painter.setRenderHint(SMOOTH)
            painter.setBrushOrigin(origin(look.screen, look.ratio))
            whole = place == image.rect()
            later = recorded and whole
            stroke = (lambda path, pen: over.append((path, pen))) if later else painter.strokePath
            left = _paint_first(painter, stroke, things, made.things if whole else (), made, tokens)
            if left:
                for path, pen in over:
                    painter.strokePath(path, pen)
                over.clear()
            made.known.lay(made.kind, left, look, tokens)
            for thing, laid in zip(left, map(made.known.laid.get, left), strict=True):
                if laid is None or (made.chosen and thing in made.chosen):
                    _paint_one(painter, thing, made, tokens)
                else:  # as nearly all are
                    painter.drawImage(*laid)
            painter.restore()
    finally:
        painter.end()
    image.setDevicePixelRatio(look.ratio)
    return over or None


def _paint_first(
    painter: QPainter, over: Stroke, things: list[T], among: Sequence[T], made: StepImage[T], tokens: Tokens
) -> Sequence[T]:
    """What can be painted at once; if it cannot, that is logged and each is painted alone."""
    painter.save()
    left: Sequence[T] = things
    try:
        left = made.kind.paint_first(painter, over, things, among, made.look, tokens)
    except Exception:
        LOG.exception("%d things could not be painted at once", len(things))
    painter.restore()
    return left


def _paint_one(painter: QPainter, thing: T, made: StepImage[T], tokens: Tokens) -> None:
    """One thing; if it cannot be painted, that is logged and the rest goes on."""
    kind, look, chosen = made.kind, made.look, thing in made.chosen
    try:
        known = kind.laid(thing, look, tokens, True) if chosen else made.known.picture(kind, thing, look, tokens)
        if known is not None:
            painter.drawImage(*known)  # which leaves the painter as it was
            return
        painter.save()
        try:
            kind.paint(painter, thing, look, tokens, chosen)
        finally:
            painter.restore()
    except Exception:
        LOG.exception("a %s could not be painted: %s", type(thing).__name__, thing.refs)


def _touched(made: StepImage[T]) -> list[tuple[QRect, list[T]]]:
    """The places to paint, each with the things that reach into it, the lowest first; all in one where that is less."""
    if made.dirty == (made.image.rect(),):
        return [(made.image.rect(), made.shown)]
    boxes = made.boxes * made.look.ratio
    left, top, right, bottom = np.array([place.getCoords() for place in made.dirty], dtype=np.float64).T[:, :, None]
    touched = (boxes[:, 0] <= right + 1) & (boxes[:, 2] >= left) & (boxes[:, 1] <= bottom + 1) & (boxes[:, 3] >= top)
    if len(made.dirty) > 1 and np.count_nonzero(touched) > len(made.things):
        return [(made.image.rect(), made.shown)]
    return [
        (place, [made.things[number] for number in np.flatnonzero(line).tolist()])
        for place, line in zip(made.dirty, touched, strict=True)
    ]


def origin(screen: Screen, ratio: float) -> QPointF:
    """A point fixed on the map to the device pixel, so that patterns do not swim while panning."""
    x, y = screen.point_px(0.0, 0.0)
    return QPointF(round(x * ratio) / ratio % 60, round(y * ratio) / ratio % 60)
