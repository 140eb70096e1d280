"""The timeline: controls, strips of pinned places, and the chart of what happened when."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from viewer.domain.dates import Day
from viewer.draw.tokens import Tokens
from viewer.session.busy import played
from viewer.session.playback import Pace, started
from viewer.session.session import Session
from viewer.session.state import State
from viewer.store.dataset import DataSet
from viewer.ui.timeline.chart import Chart
from viewer.ui.timeline.controls import Controls
from viewer.ui.timeline.heads import Heads, pin_menu

FRAME_MS = 25


class Player(QTimer):
    """Asks the pace for the next day at every frame; while nothing plays it does not run."""

    def __init__(self, session: Session, data: DataSet, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self._pace, self._clock = Pace(), QElapsedTimer()
        self.setTimerType(Qt.TimerType.PreciseTimer)
        self.setInterval(FRAME_MS)
        self.timeout.connect(self._frame)
        self._stop = session.watch(("play",), self._changed)
        self.destroyed.connect(self._stop)
        if session.state.play.running:
            self._begin()

    def release(self) -> None:
        """Stop watching the session and stop playing, before the widget goes."""
        self._stop()
        self.stop()

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if after.play.running and not self.isActive():
            self._begin()
        elif not after.play.running:
            self.stop()

    def _begin(self) -> None:
        self._pace = Pace()
        self._clock.start()
        self.start()
        again = started(self._session.state, self._days)
        if again is not None:
            self._session.dispatch(again)

    def _frame(self) -> None:
        self._pace, command = self._pace.after(self._session.state, self._clock.restart() / 1000.0, self._days)
        if command is not None:
            self._session.dispatch(command)

    @property
    def _days(self) -> tuple[Day, Day]:
        return played(self._data, self._session.state.time.cursor)


class Timeline(QWidget):
    """All of it; its height follows the number of strips."""

    def __init__(self, session: Session, data: DataSet, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self.controls = Controls(session, data, self)
        self.heads = Heads(session, data, self)
        self.chart = Chart(session, data, tokens, self)
        self.player = Player(session, data, self)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(2)
        row.addWidget(self.heads)
        row.addWidget(self.chart, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(0)
        column.addWidget(self.controls)
        column.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.heads.adding.connect(lambda: self._menu(self.heads.add.mapToGlobal(QPoint(0, 0)), pins_only=True))
        self.chart.asked.connect(self._menu)
        self.chart.reshaped.connect(self._reshape)
        self.controls.date.gone.connect(self.chart.setFocus)
        self.controls.stack.chosen.connect(self.chart.stack_by)
        self.controls.stack.opening.connect(self._show_legend)
        self.chart.rescaled.connect(self.heads.show_scale, Qt.ConnectionType.QueuedConnection)
        self._stop = session.watch(("pins",), self._pinned)
        self.destroyed.connect(self._stop)
        self._reshape()

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self._stop()
        for part in (self.controls, self.chart, self.player):
            part.release()

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self.chart.set_tokens(tokens)

    def focus_date(self) -> None:
        """Let a date be typed."""
        self.controls.date.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_legend(self) -> None:
        self.controls.stack.lines = self.chart.legend()

    def _pinned(self, before: State, after: State, changed: frozenset[str]) -> None:
        self._reshape()

    def _reshape(self) -> None:
        self.heads.show_pins(self._session.state.pins, self.chart.rows)
        self.chart.setFixedHeight(self.chart.wanted_height())
        self._fit()

    def _fit(self) -> None:
        controls = self.controls.layout()
        high = controls.heightForWidth(max(self.width(), 300)) if controls is not None else 0
        self.controls.setFixedHeight(high)
        self.setFixedHeight(high + self.chart.wanted_height() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower, the controls take another line."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Sizes of type are known now."""
        super().showEvent(event)
        self._reshape()

    def _menu(self, at: QPoint, pins_only: bool = False) -> None:
        menu = pin_menu(self._session, self._data, self)
        menu.setTitle("Control lanes")
        if not pins_only:
            self._add_chart_entries(menu)
        menu.popup(at)

    def _add_chart_entries(self, menu: QMenu) -> None:
        menu.addSeparator()
        menu.addAction("Show the whole extent (double-click)", self.chart.show_all)
        cursor = self._session.state.time.cursor
        menu.addAction("Zoom in on the cursor (Page Up)", lambda: self.chart.zoom(0.5, cursor))
        menu.addAction("Zoom out (Page Down)", lambda: self.chart.zoom(2.0, cursor))
