"""When what stands round the map follows a view that moves: now and then while it moves, and at once when it rests.

Numbers of what is in view cost as much as a tenth of a picture, and nobody reads them while the map runs below the
hand.
"""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from viewer.session.session import Session
from viewer.session.state import State
from viewer.ui.painted_map import SHOWN

REST_MS = 80
"""After the last movement until everything has followed: a hand that goes on moves the view again before."""
LATE_MS = 500
"""What follows a view that never rests is at most so old."""


class MovingView(QObject):
    """Hears of the view; whoever follows it asks whether it `moves`, and if so waits until it is `due`."""

    due = Signal()
    """The view rests, or has moved for long: all that follows it is to be right now."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._alone = False
        self._moved_for = QElapsedTimer()
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.timeout.connect(self.due)
        self._unwatch = session.watch(SHOWN, self._changed)

    def release(self) -> None:
        """Stop watching the session; nothing is due any more."""
        self._unwatch()
        self._resting.stop()

    @property
    def moves(self) -> bool:
        """Whether the view moves and nothing else has changed: whatever follows may wait."""
        return self._alone and self._resting.isActive()

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        begins = not self._resting.isActive()
        self._alone = changed == {"camera"} and (begins or self._alone)
        if "camera" in changed:
            if begins:
                self._moved_for.start()
            self._resting.start(max(0, min(REST_MS, LATE_MS - self._moved_for.elapsed())))
