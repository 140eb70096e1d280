"""Glides from view to view in a short time; where that cannot be smooth or nobody wants it, it is there at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtWidgets import QApplication, QStyle

from viewer.session.presenting import eased
from viewer.session.scenes import between
from viewer.session.state import State

GLIDE_MS, FRAME_MS = 800, 16
SLOW_SECONDS = 0.4
"""A picture that takes longer to paint cannot be glided to."""
STILL = "BADIA_REDUCED_MOTION"
"""The environment's own word for it, as Qt does not hand on what every desktop is set to: 1 still, 0 moving."""
CLIENT_AREA_ANIMATION = 0x1042


def still_wanted() -> bool:
    """Whether the system, or the user by the environment, asks for less motion."""
    if (said := os.environ.get(STILL, "")) in ("0", "1"):
        return said == "1"
    if sys.platform == "win32":
        return _windows_stills()
    app = QApplication.instance()
    style = app.style() if isinstance(app, QApplication) else None
    return style is not None and style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0


def _windows_stills() -> bool:
    import ctypes

    moves = ctypes.c_int(1)
    user = getattr(ctypes, "windll").user32  # noqa: B009 - mypy knows it on Windows alone
    return bool(user.SystemParametersInfoW(CLIENT_AREA_ANIMATION, 0, ctypes.byref(moves), 0)) and not moves.value


class Glide(QObject):
    """One movement at a time: `show` is called with each view on the way, and `over` once at its end."""

    def __init__(self, show: Callable[[State], None], over: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show, self._over = show, over
        self._from = self._to = State()
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._step)

    @property
    def running(self) -> bool:
        """Whether it is on its way."""
        return self._timer.isActive()

    @property
    def goal(self) -> State:
        """Where it goes, or went last."""
        return self._to

    def begin(self, start: State, goal: State) -> None:
        """Set out."""
        self._from, self._to = start, goal
        self._clock.start()
        self._timer.start()
        self._step()

    def _step(self) -> None:
        share = self._clock.elapsed() / GLIDE_MS
        if share >= 1:
            self.finish()
        else:
            self._show(between(self._from, self._to, eased(share)))

    def finish(self) -> None:
        """Be there at once."""
        if self.running:
            self._timer.stop()
            self._show(self._to)
            self._over()

    def stop(self) -> None:
        """Stay where it is."""
        self._timer.stop()


def worth_it(start: State, goal: State) -> bool:
    """Whether there is anything to glide over: the same camera and day need no time."""
    return start.camera != goal.camera or start.time.cursor != goal.time.cursor
