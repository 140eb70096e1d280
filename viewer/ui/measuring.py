"""The hand that measures: clicks and keys become vertices of the path in the session's state.

What is measured lies in the state, so that it can be undone, kept and drawn in exports; here is only whether the next
vertex still follows the pointer.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent

from viewer.domain.places import LonLat
from viewer.session.commands import FEWEST_OF_AREA, MOST_VERTICES, SetMeasure
from viewer.session.measuring import said_of
from viewer.session.session import Session
from viewer.session.state import Measure, State

CLOSE_PX = 9.0
"""A click that near to the first vertex closes the path."""
SAME_PX = 2.0
"""A click that near to the last vertex is no new one."""
BEGUN = "Each click adds a point, Enter ends the path, Esc drops it"
GOING_ON = "Enter ends, Shift+Enter closes, Backspace takes back"
FULL = f"A path has at most {MOST_VERTICES} points: this click added none, Enter ends the path"
DONE = "Ctrl+M copies it, Esc takes it away"

Seen = Callable[[LonLat], QPointF]
"""Where on the map widget a point (lon, lat) is seen."""


class MeasuringTool(QObject):
    """Measures for one map. Signals: what the path comes to, and that it must be painted anew."""

    said = Signal(str)
    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.active = False
        """Whether the next vertex follows the pointer."""
        self._unwatch = session.watch(("measure", "range_rings", "units"), self._heard)

    def release(self) -> None:
        """Stop watching the session."""
        self._unwatch()

    @property
    def measure(self) -> Measure:
        """What is measured."""
        return self._session.state.measure

    @property
    def shown(self) -> bool:
        """Whether a path is on the map."""
        return bool(self.measure.path)

    def begin(self, start: LonLat) -> None:
        """Begin another path at a point."""
        self.active = True
        self._set(Measure((start,)))
        self.said.emit(BEGUN)
        self.changed.emit()

    def click(self, where: LonLat, at: QPointF, seen: Seen) -> None:
        """Add a vertex where the map was clicked; on the first one close the path."""
        path = self.measure.path
        if len(path) >= FEWEST_OF_AREA and _distance(at, seen(path[0])) <= CLOSE_PX:
            self.close()
        elif len(path) >= MOST_VERTICES:
            self.said.emit(FULL)
        elif not path or _distance(at, seen(path[-1])) > SAME_PX:
            self._set(Measure((*path, where)))

    def finish(self) -> None:
        """Let the path end at its last vertex; one without a leg is dropped."""
        if len(self.measure.path) < 2:
            self.drop()
        else:
            self._end()

    def close(self) -> None:
        """Lead the path back to its first vertex, when it goes round something."""
        if len(self.measure.path) >= FEWEST_OF_AREA:
            self._set(Measure(self.measure.path, True))
            self._end()

    def take_back(self) -> None:
        """Take the last vertex away; with the only one the path is gone."""
        self._set(Measure(self.measure.path[:-1]))

    def drop(self) -> None:
        """Take the path off the map."""
        self.active = False
        self._set(Measure())
        self.said.emit("")
        self.changed.emit()

    def key(self, event: QKeyEvent) -> bool:
        """Enter, Shift+Enter and Backspace while a path is drawn; whether the key was one of them."""
        if not self.active:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self.finish()
        elif event.key() == Qt.Key.Key_Backspace:
            self.take_back()
        else:
            return False
        return True

    def point(self, pointer: LonLat) -> None:
        """Say what the path comes to if the next vertex were here."""
        if self.active:
            self.said.emit(self._said(Measure((*self.measure.path, pointer))))
            self.changed.emit()

    def _said(self, measure: Measure) -> str:
        told = said_of(measure, self._session.state.units)
        return f"{told} \u2013 {GOING_ON if self.active else DONE}" if told else BEGUN

    def _end(self) -> None:
        self.active = False
        self.said.emit(self._said(self.measure))
        self.changed.emit()

    def _set(self, measure: Measure) -> None:
        self._session.dispatch(SetMeasure(measure))

    def _heard(self, before: State, after: State, changed: frozenset[str]) -> None:
        """The path changed, by this hand or by undo: without one there is nothing to go on with."""
        if "measure" in changed and not after.measure.path and self.active:
            self.active = False
            self.said.emit("")
        elif "measure" in changed and after.measure.path:
            self.active = self.active and not after.measure.closed
            self.said.emit(self._said(after.measure))
        self.changed.emit()


def _distance(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
