"""Things on the map as an image of which a step of time paints only what it changed.

Nothing here needs the window's own thread.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field
from functools import cached_property
from itertools import chain
from typing import Generic, Protocol, TypeVar

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from viewer.domain.frozen import dataclass
from viewer.draw.legend import Tally
from viewer.draw.screen import Screen
from viewer.draw.tokens import Tokens
from viewer.layers.primitives import Entries, Points, Title
from viewer.session.state import Ref

LOG = logging.getLogger(__name__)
FINE = 4_000
"""Outlines of no more vertices in all are drawn with all their details; of more, each a little plainer."""
MOST_PLACES = 48
"""Where more places than this change, all of the image is painted."""
NOWHERE = (math.inf, math.inf, -math.inf, -math.inf)
SMOOTH = QPainter.RenderHint.Antialiasing
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in logical pixels."""
Lines = Counter[Entries]
"""How many things have these lines in the legend."""


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

    def reach(self, thing: T, screen: Screen, tokens: Tokens) -> Box:
        """All that painting it may touch."""

    def reaches(self, things: Sequence[T], screen: Screen, tokens: Tokens) -> list[Box]:
        """The same of many."""
        return [self.reach(thing, screen, tokens) for thing in things]

    def vertices(self, thing: T, screen: Screen, ratio: float) -> int:
        """How much work it is."""

    def within(self, thing: T, screen: Screen) -> bool:
        """Whether it counts in the legend of a view."""

    def all_within(self, things: Sequence[T], screen: Screen) -> list[bool]:
        """The same of many."""
        return [self.within(thing, screen) for thing in things]

    def paint_first(
        self, painter: QPainter, things: Sequence[T], among: Sequence[T], look: Look, tokens: Tokens
    ) -> Sequence[T]:
        """Paint what lies below all else and is quicker painted at once; what is left to be painted one by one.

        things: what reaches into the place that is painted; among: all of an image that is painted as a whole, which
        may be painted as well.
        """
        return things

    def paint(self, painter: QPainter, thing: T, look: Look, tokens: Tokens, chosen: bool) -> None:
        """Paint it; the painter's brush origin is fixed on the map, and its device may not know the look's ratio."""

    def pointed(self, thing: T, screen: Screen, tokens: Tokens) -> tuple[Target | Surface, ...]:
        """What of it a pointer can meet in a view."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing in a view: its reach (NOWHERE if it is out of sight) and its vertices."""

    box: Box
    vertices: int = 0


HIDDEN = Seen(NOWHERE)


@dataclass(frozen=True, eq=False)
class StepImage(Generic[T]):
    """An image of things, the lowest first. dirty: what was painted since the one it was made from (device pixels).

    The one that another was made from has given its pixels away; all else of it stays. Where no thing was ever to be
    seen there are none yet: most views have no areas, arrows or marks, and a transparent image costs as much as a full.
    """

    kind: Kind[T]
    things: tuple[T, ...]
    look: Look
    seen: dict[T, Seen]
    vertices: int
    chosen: frozenset[T]
    pixels: QImage | None
    dirty: tuple[QRect, ...]
    _lines: dict[Screen, Lines] = field(default_factory=dict)

    @cached_property
    def image(self) -> QImage:
        """Its pixels, transparent where it has none."""
        if self.pixels is not None:
            return self.pixels
        image = _blank(self.look.screen, self.look.ratio)
        image.setDevicePixelRatio(self.look.ratio)
        image.fill(Qt.GlobalColor.transparent)
        return image

    @property
    def shown(self) -> list[T]:
        """The things that touch the image, the lowest first."""
        return [thing for thing in self.things if self.seen[thing].box is not NOWHERE]

    @cached_property
    def empty(self) -> bool:
        """Whether there is nothing to see in it."""
        return all(one.box is NOWHERE for one in self.seen.values())

    def pointed(self, screen: Screen, tokens: Tokens) -> list[Target | Surface]:
        """What of a view that lies in the image a pointer can meet, the lowest first."""
        return [met for thing in self.shown for met in self.kind.pointed(thing, screen, tokens)]

    def tally(self, layer: str, screen: Screen) -> Tally:
        """The legend's numbers for a view that lies in the image."""
        if screen not in self._lines:
            self._lines.clear()
            self._lines[screen] = _counted(self.kind, Counter(), screen, self.things, 1)
        tally = Tally()
        for entries, number in self._lines[screen].items():
            for entry, each in entries:
                tally.add(layer, entry, number * each)
        return tally


def step_image(
    kind: Kind[T], things: tuple[T, ...], screen: Screen, ratio: float, tokens: Tokens,
    selected: Ref | None = None, before: StepImage[T] | None = None,
) -> StepImage[T]:  # fmt: skip
    """An image of a view, made from one of another day if that has the same look; that one is used up by it.

    things: each once, in an order that follows from themselves, so that those which stay do not change places.
    """
    if before is not None and (before.look.screen, before.look.ratio) == (screen, ratio):
        was = before
    else:
        was = StepImage(kind, (), Look(screen, ratio, "", True), {}, 0, frozenset(), None, ())
    come, gone = set(things).difference(was.seen), was.seen.keys() - set(things)
    new = _seen(kind, list(come), screen, ratio, tokens)
    seen = {**was.seen, **new}
    vertices = was.vertices + sum(one.vertices for one in new.values()) - sum(seen.pop(t).vertices for t in gone)
    look = Look(screen, ratio, tokens.theme, vertices <= FINE)
    chosen = frozenset(thing for thing in things if selected in thing.refs) if selected is not None else frozenset()
    whole = QRect(QPoint(0, 0), _size(screen, ratio))
    dirty: tuple[QRect, ...] = (whole,)
    pixels = None
    if look == was.look:
        changed = [*come, *gone, *(chosen ^ was.chosen)]
        boxes = (box for thing in changed if (box := (seen.get(thing) or was.seen[thing]).box) is not NOWHERE)
        places, pixels = dict.fromkeys(boxes), was.pixels
        dirty = (whole,) if len(places) > MOST_PLACES else _pixels(places, whole, ratio)
    if pixels is None and any(seen[thing].box is not NOWHERE for thing in things):
        dirty, pixels = (whole,), _blank(screen, ratio)
    lines = {
        at: _counted(kind, _counted(kind, known, at, come, 1), at, gone, -1) for at, known in list(was._lines.items())
    }
    made = StepImage(kind, things, look, seen, vertices, chosen, pixels, dirty, lines)
    if dirty and pixels is not None:
        _paint(made, tokens)
    return made


def _size(screen: Screen, ratio: float) -> QSize:
    """That of a view in device pixels."""
    return QSize(max(1, round(screen.width * ratio)), max(1, round(screen.height * ratio)))


def _blank(screen: Screen, ratio: float) -> QImage:
    """An image of a view, not painted yet."""
    return QImage(_size(screen, ratio), QImage.Format.Format_ARGB32_Premultiplied)


def _counted(kind: Kind[T], lines: Lines, screen: Screen, things: Iterable[T], by: int) -> Lines:
    """The lines with those of the things in a view added, or taken away."""
    found, telling = Counter(lines), [thing for thing in things if thing.entries]
    inside = [thing.entries for thing, within in zip(telling, kind.all_within(telling, screen), strict=True) if within]
    alike = {id(entries): entries for entries in inside}  # equal ones are mostly the same, and slow to compare
    for number, times in Counter(map(id, inside)).items():
        found[alike[number]] += by * times
    return +found


def reached(kind: Kind[T], things: Sequence[T], screen: Screen, tokens: Tokens) -> list[Box]:
    """What painting each of some things may touch; NOWHERE if that is nothing of a view."""
    wide, high = screen.width, screen.height
    return [
        NOWHERE if box[2] < 0 or box[3] < 0 or box[0] > wide or box[1] > high else box
        for box in kind.reaches(things, screen, tokens)
    ]


def _seen(kind: Kind[T], things: Sequence[T], screen: Screen, ratio: float, tokens: Tokens) -> dict[T, Seen]:
    return {
        thing: HIDDEN if box is NOWHERE else Seen(box, kind.vertices(thing, screen, ratio))
        for thing, box in zip(things, reached(kind, things, screen, tokens), strict=True)
    }


def _pixels(boxes: Iterable[Box], whole: QRect, ratio: float) -> tuple[QRect, ...]:
    """The device pixels that boxes in logical ones touch."""
    return _joined(
        QRect(math.floor(left * ratio), math.floor(top * ratio), math.ceil((right - left) * ratio) + 1,
              math.ceil((bottom - top) * ratio) + 1).intersected(whole)
        for left, top, right, bottom in boxes
    )  # fmt: skip


def _joined(places: Iterable[QRect]) -> tuple[QRect, ...]:
    """The places, two as one where that has no more pixels: what lies in both is painted once."""
    found: list[QRect] = []
    for place in places:
        joined = place
        for other in found[:]:
            both = joined.united(other)
            if _area(both) <= _area(joined) + _area(other):
                found.remove(other)
                joined = both
        found.append(joined)
    return tuple(found)


def _area(place: QRect) -> int:
    return place.width() * place.height()


def _paint(made: StepImage[T], tokens: Tokens) -> None:
    """Paint what of an image is dirty: place by place, as Qt is slow to clip a line to more than one rectangle."""
    look, image = made.look, made.image
    image.setDevicePixelRatio(1.0)
    painter = QPainter(image)
    try:
        for place, things in _touched(made):
            painter.save()
            painter.setClipRect(place)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(place, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            painter.scale(look.ratio, look.ratio)
            painter.setRenderHint(SMOOTH)
            painter.setBrushOrigin(origin(look.screen, look.ratio))
            among = made.things if place == image.rect() else ()
            for thing in _paint_first(painter, things, among, made, tokens):
                _paint_one(painter, thing, made, tokens)
            painter.restore()
    finally:
        painter.end()
    image.setDevicePixelRatio(look.ratio)


def _paint_first(
    painter: QPainter, things: list[T], among: Sequence[T], made: StepImage[T], tokens: Tokens
) -> Sequence[T]:
    """What can be painted at once; if it cannot, that is logged and each is painted alone."""
    painter.save()
    left: Sequence[T] = things
    try:
        left = made.kind.paint_first(painter, things, among, made.look, tokens)
    except Exception:
        LOG.exception("%d things could not be painted at once", len(things))
    painter.restore()
    return left


def _paint_one(painter: QPainter, thing: T, made: StepImage[T], tokens: Tokens) -> None:
    """One thing; if it cannot be painted, that is logged and the rest goes on."""
    painter.save()
    try:
        made.kind.paint(painter, thing, made.look, tokens, thing in made.chosen)
    except Exception:
        LOG.exception("a %s could not be painted: %s", type(thing).__name__, thing.refs)
    painter.restore()


def _touched(made: StepImage[T]) -> list[tuple[QRect, list[T]]]:
    """The places to paint, each with the things that reach into it, the lowest first; all in one where that is less."""
    if made.dirty == (made.image.rect(),):
        return [(made.image.rect(), made.shown)]
    edges = chain.from_iterable([made.seen[thing].box for thing in made.things])
    boxes = np.fromiter(edges, np.float64, 4 * len(made.things)).reshape(-1, 4) * made.look.ratio
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
