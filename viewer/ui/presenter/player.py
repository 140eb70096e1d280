"""Plays the days of a scene at the pace of the wall clock."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from viewer.domain.dates import Day
from viewer.session.busy import played
from viewer.session.commands import SetCursor, SetPlay
from viewer.session.playback import Pace
from viewer.session.presenting import days_of
from viewer.session.session import Session
from viewer.session.state import Play, Scene
from viewer.store.dataset import DataSet

FRAME_MS = 16


class Player(QObject):
    """What was paused goes on from there, until it is forgotten."""

    moving = Signal(bool)
    """Time begins to play, or has stopped."""

    def __init__(self, session: Session, data: DataSet, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self._clock, self._pace = QElapsedTimer(), Pace()
        self._days: tuple[Day, Day] = (0, 0)
        self._paused = False
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._go_on)

    @property
    def running(self) -> bool:
        """Whether time plays."""
        return self._timer.isActive()

    def begin(self, scene: Scene) -> None:
        """Play the days of a scene from the first on, or from where they were paused."""
        cursor = self._session.state.time.cursor
        (first, last), play = days_of(scene, played(self._data, cursor), cursor)
        start, end = (last, first) if play.reverse else (first, last)
        goes_on = self._paused and first <= cursor <= last and cursor != end
        self._days, self._paused, self._pace = (first, last), False, Pace()
        self._session.dispatch(SetCursor(cursor if goes_on else start))
        self._session.dispatch(SetPlay(play))
        self._clock.start()
        self.moving.emit(True)
        self._timer.start()

    def pause(self) -> None:
        """Stop here, and go on from here."""
        self.stop()
        self._paused = True

    def stop(self) -> None:
        """Stop here."""
        if self.running:
            self._timer.stop()
            self._session.dispatch(SetPlay(Play()))
            self.moving.emit(False)

    def forget(self) -> None:
        """Stop, and begin anew the next time."""
        self.stop()
        self._paused = False

    def _go_on(self) -> None:
        seconds = self._clock.restart() / 1000
        self._pace, command = self._pace.after(self._session.state, seconds, self._days)
        if command is not None:
            self._session.dispatch(command)
        if not self._session.state.play.running:
            self.stop()
