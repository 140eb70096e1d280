"""The hand that draws ground to ask for: corners of an area, a rectangle, or a circle around a point.

Unlike what is measured, what is being drawn is in nobody's way until it is whole: only then does it become a filter,
which can be undone, kept and seen in exports.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from viewer.domain.places import LonLat
from viewer.draw.paint_within import paint_sketch
from viewer.draw.screen import Screen
from viewer.draw.tokens import Tokens
from viewer.geo.projection import distance_m
from viewer.session.filter_words import far_words
from viewer.session.ground_asked import LEAST_METRES, MOST_METRES
from viewer.session.ground_words import MOST_POINTS, around, drawn
from viewer.session.state import Within

SHAPES = ("outline", "box", "circle")
CLOSE_PX = 9.0
"""A click that near to the first corner closes the area."""
SAME_PX = 3.0
"""A click that near to the last corner is no new one."""
ROUND_M = 100.0
"""To so many metres the radius of a drawn circle is rounded, where it is longer than some of them."""
BEGUN = {
    "outline": "Click the corners of the area; Enter or a double click closes it, Esc drops it",
    "box": "Drag a rectangle, or click two corners; Esc drops it",
    "circle": "Drag from the middle outwards, or click the middle and the edge; Esc drops it",
}
MORE = "Enter or a double click closes the area, Backspace takes the last corner back, Esc drops it"
TOO_FEW = "An area needs three corners"
FULL = f"An area has at most {MOST_POINTS} corners: Enter closes it"

Seen = Callable[[LonLat], QPointF]
"""Where on the map widget a point (lon, lat) is seen."""


class DrawingTool(QObject):
    """Draws on one map. Signals: what to do next, that it must be painted anew, and the ground once it is whole."""

    said = Signal(str)
    changed = Signal()
    drawn = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shape = ""
        """One of SHAPES while one is drawn."""
        self.corners: tuple[LonLat, ...] = ()
        self._pointer: LonLat | None = None
        self._held: QPointF | None = None
        """Where the button went down that may draw the shape in one movement."""

    @property
    def active(self) -> bool:
        """Whether a shape is being drawn."""
        return bool(self.shape)

    @property
    def drags(self) -> bool:
        """Whether a movement of the hand draws, and so does not move the map."""
        return self.shape in ("box", "circle")

    def begin(self, shape: str, start: LonLat | None = None) -> None:
        """Draw a shape, from a point on if one is given."""
        self.shape, self.corners, self._held = shape, (start,) if start is not None else (), None
        self.said.emit(BEGUN[shape])
        self.changed.emit()

    def press(self, where: LonLat, at: QPointF) -> None:
        """The button goes down: a rectangle or circle begins here, or ends here if it has begun."""
        if self.drags and not self.corners:
            self.corners, self._held = (where,), at
            self.changed.emit()

    def release(self, where: LonLat, at: QPointF, seen: Seen) -> None:
        """The button goes up: a corner more, or the shape is whole."""
        held, self._held = self._held, None
        if self.drags:
            begun_here = held is not None and _distance(held, at) <= CLOSE_PX
            if not begun_here:
                self._end(where)
        elif len(self.corners) >= 3 and _distance(at, seen(self.corners[0])) <= CLOSE_PX:
            self.close()
        elif len(self.corners) >= MOST_POINTS:
            self.said.emit(FULL)
        elif not self.corners or _distance(at, seen(self.corners[-1])) > SAME_PX:
            self.corners = (*self.corners, where)
            self.said.emit(MORE if len(self.corners) > 2 else BEGUN["outline"])
            self.changed.emit()

    def close(self) -> None:
        """The area is whole, once it has three corners; a rectangle or circle ends where the pointer is."""
        if self.drags and self.corners and self._pointer is not None:
            self._end(self._pointer)
        elif len(self.corners) >= 3:
            self._give(drawn(self.corners))
        else:
            self.said.emit(f"{TOO_FEW}: {BEGUN['outline'].lower()}" if not self.drags else BEGUN[self.shape])

    def take_back(self) -> None:
        """Take the last corner away."""
        self.corners = self.corners[:-1]
        self.changed.emit()

    def drop(self) -> None:
        """Draw nothing; the filters stay as they were."""
        self.shape, self.corners, self._held = "", (), None
        self.said.emit("")
        self.changed.emit()

    def key(self, event: QKeyEvent) -> bool:
        """Enter and Backspace while a shape is drawn; whether the key was one of them."""
        if not self.active:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        elif event.key() == Qt.Key.Key_Backspace:
            self.take_back()
        else:
            return False
        return True

    def point(self, pointer: LonLat) -> None:
        """The shape follows the pointer."""
        self._pointer = pointer
        if self.active and self.corners:
            self.changed.emit()

    def paint(self, painter: QPainter, screen: Screen, tokens: Tokens) -> None:
        """What is drawn so far, as it would be if it ended at the pointer."""
        if not self.corners:
            return
        end = self._pointer or self.corners[-1]
        if self.shape == "outline":
            paint_sketch(painter, screen, drawn((*self.corners, end)), self.corners, tokens)
        elif self.shape == "box":
            paint_sketch(painter, screen, _box(self.corners[0], end), (self.corners[0], end), tokens)
        elif self.shape == "circle":
            ground = around(self.corners[0], max(_radius(self.corners[0], end), LEAST_METRES))
            paint_sketch(painter, screen, ground, (self.corners[0], end), tokens)

    def _end(self, where: LonLat) -> None:
        """The other corner of a rectangle, or the edge of a circle."""
        first = self.corners[0]
        if self.shape == "box":
            if first[0] != where[0] and first[1] != where[1]:
                self._give(_box(first, where))
        elif LEAST_METRES <= (metres := _radius(first, where)) <= MOST_METRES:
            self._give(around(first, metres))
        else:
            self.said.emit(f"A circle of {far_words(metres)} is too large; {BEGUN['circle'].lower()}")

    def _give(self, ground: Within) -> None:
        self.drop()
        self.drawn.emit(ground)


def _box(one: LonLat, other: LonLat) -> Within:
    (west, east), (south, north) = (sorted(sides) for sides in zip(one, other, strict=True))
    return drawn(((west, south), (east, south), (east, north), (west, north)))


def _radius(centre: LonLat, edge: LonLat) -> float:
    """The metres to the edge, rounded to what a hand means."""
    metres = distance_m(centre, edge)
    return round(metres / ROUND_M) * ROUND_M if metres > 10 * ROUND_M else metres


def _distance(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
