"""Holds the ground still on the screen while panels open and close beside the map.

What a hand pointed at, or what was selected, would come to lie under a panel that opens: then the map glides just as
far as it must, and back when the panel closes.
"""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QObject, QRect, QTimer, QVariantAnimation

from viewer.domain.places import LonLat
from viewer.geo.projection import point_to_map
from viewer.session.camera import Box, held
from viewer.session.opening import Settle
from viewer.session.session import Session
from viewer.session.state import Camera

HOLD_MS = 500
"""How long panels may take to come or go: they slide into their places."""
GLIDE_MS = 180
XY = tuple[float, float]
"""To the east and to the north in map metres."""
STAY: XY = (0.0, 0.0)


class Steady(QTimer):
    """Runs while the map is to hold still; at other times its middle stays, as when the window is made larger."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._stood = QRect()
        self._start: tuple[Camera, QRect] | None = None
        """Where the map looked and stood when a hand had moved it last: that is what closing panels gives back."""
        self._base: Camera | None = None
        """How it looks at the same ground now."""
        self._off, self._goal = STAY, STAY
        """How far it looks from there, and is to look."""
        self._seen: Camera | None = None
        self._shown: XY | None = None
        self._gliding = QVariantAnimation(self)
        self._gliding.setDuration(GLIDE_MS)
        self._gliding.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._gliding.setStartValue(0.0)
        self._gliding.setEndValue(1.0)
        self._gliding.valueChanged.connect(self._glide)
        self._from = STAY
        self.setSingleShot(True)

    def begin(self, shown: LonLat | None = None) -> None:
        """A panel is about to come or go: the ground stays, and a point of it that is in view stays in view."""
        self._shown = point_to_map(*shown) if shown is not None else None
        self.start(HOLD_MS)
        QTimer.singleShot(0, self, self._go_on)  # what is laid out now may take longer than that

    def release(self) -> None:
        """Come to rest, before the map goes."""
        self.stop()
        self._gliding.stop()

    @property
    def gliding(self) -> bool:
        """Whether the map still moves."""
        return self._gliding.state() == QVariantAnimation.State.Running

    def _go_on(self) -> None:
        if self.isActive():
            self.start(HOLD_MS)

    def follow(self, stands: QRect) -> None:
        """The map stands elsewhere in its window."""
        stood, self._stood = self._stood, QRect(stands)
        if not self.isActive() or not stood.isValid():
            self._start = None
            return
        camera = self._session.state.camera
        if self._start is None or camera not in (self._start[0], self._seen):  # a hand moved the map meanwhile
            self._start, self._off = (camera, stood), STAY
        first, place = self._start[0], _box(self._start[1])
        self._base = held(first, place, _box(stands))
        kept = held(first, place, _box(stands), self._shown)
        self._goal = kept.x - self._base.x, kept.y - self._base.y
        self._look()
        if self._goal != self._off:
            self._from = self._off
            self._gliding.stop()
            self._gliding.start()

    def _glide(self, part: float) -> None:
        """Look as far off as the time that has passed asks for, unless a hand moves the map."""
        if self._session.state.camera != self._seen:
            self._gliding.stop()
            return
        (x, y), (east, north) = self._from, self._goal
        self._off = self._goal if part >= 1.0 else (x + (east - x) * part, y + (north - y) * part)
        self._look()

    def _look(self) -> None:
        base, (x, y) = self._base, self._off
        if base is not None:
            self._seen = Camera(base.x + x, base.y + y, base.scale)
            self._session.dispatch(Settle(self._seen))


def _box(rect: QRect) -> Box:
    return float(rect.left()), float(rect.top()), float(rect.width()), float(rect.height())
