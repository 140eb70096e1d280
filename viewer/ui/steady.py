"""Holds the ground still on the screen while panels open and close beside the map."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QTimer

from viewer.domain.places import LonLat
from viewer.geo.projection import point_to_map
from viewer.session.camera import Box, held
from viewer.session.opening import Settle
from viewer.session.session import Session
from viewer.session.state import Camera

HOLD_MS = 500
"""How long panels may take to come or go: they slide into their places."""


class Steady(QTimer):
    """Runs while the map is to hold still; at other times its middle stays, as when the window is made larger."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._stood = QRect()
        self._start: tuple[Camera, QRect] | None = None
        """Where the map looked and stood before the panels began to move: they take more than they need at first."""
        self._held: Camera | None = None
        self._shown: tuple[float, float] | None = None
        self.setSingleShot(True)

    def begin(self, shown: LonLat | None = None) -> None:
        """A panel is about to come or go: the ground stays, and a point of it that is in view stays in view."""
        self._shown = point_to_map(*shown) if shown is not None else None
        self._start = None
        self.start(HOLD_MS)

    def follow(self, stands: QRect) -> None:
        """The map stands elsewhere in its window."""
        stood, self._stood = self._stood, QRect(stands)
        if not self.isActive() or not stood.isValid():
            return
        camera = self._session.state.camera
        if self._start is None or camera not in (self._start[0], self._held):  # else a hand moved the map meanwhile
            self._start = camera, stood
        self._held = held(self._start[0], _box(self._start[1]), _box(stands), self._shown)
        self._session.dispatch(Settle(self._held))


def _box(rect: QRect) -> Box:
    return float(rect.left()), float(rect.top()), float(rect.width()), float(rect.height())
