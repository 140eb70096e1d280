"""A hand at the real widgets, off screen: gives a command and waits until everything that shows it is painted."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.measure import Frame, View
from viewer.app import Options, StoreOpener
from viewer.session.commands import Batch, Command, ToggleLayer
from viewer.session.window import window_of
from viewer.ui.canvas import Canvas
from viewer.ui.collector import Collector
from viewer.ui.window import Window

if TYPE_CHECKING:
    from viewer.session.session import Session
    from viewer.store.dataset import DataSet

SIZE = (1600, 900)
PATIENCE_MS = 60_000
OPENING_MS = 900_000
QUIET_ROUNDS = 2
"""Turns of the event loop without any painting after which a step counts as finished."""
SHOWN = ("camera", "time", "filters", "layers")
"""What a step may change; without a change nothing is painted."""
EVENT_LAYERS = ("incidents", "rings")


class NotShown(RuntimeError):
    """A step was never finished, or not all of it was painted: the scenario is given up and says so."""


class Painting(QObject):
    """Hears every painting of some widgets, and every exact picture of the map."""

    def __init__(
        self, widgets: list[QWidget], canvas: Canvas, chart: QWidget | None, heard: Callable[[], None]
    ) -> None:
        super().__init__()
        self._canvas, self._heard = canvas, heard
        self.large = {canvas, chart}
        """Where an eye sees that something moves."""
        self.exact = False
        self.since: set[QObject] = set()
        self.first: float | None = None
        self.number = 0
        for widget in widgets:
            widget.installEventFilter(self)
        canvas.drawn.connect(self._drawn)

    def begin(self) -> None:
        """Forget what was painted up to now."""
        self.exact, self.first = False, None
        self.since.clear()

    def _drawn(self, drawn: Any) -> None:
        self.exact = self._canvas.settled or drawn.coarse  # else it is of a state that is no more
        self.since.discard(self._canvas)  # it has to bring the exact picture to the screen yet

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a painting, and let it happen."""
        if event.type() == QEvent.Type.Paint:
            self.number += 1
            self.since.add(watched)
            if self.first is None and watched in self.large:
                self.first = time.perf_counter()
            self._heard()
        return False


class Hand:
    """Moves a canvas, and the timeline if there is one, and times each step to the last pixel."""

    def __init__(self, canvas: Canvas, timeline: QWidget | None = None) -> None:
        self.canvas, self.session = canvas, canvas.session
        self.data: DataSet = canvas.picture.data
        parts = [] if timeline is None else [timeline, *timeline.findChildren(QWidget)]
        visible = [part for part in parts if part.isVisible()]
        self._chart = max(visible[1:], key=lambda part: part.width() * part.height(), default=None)
        if self._chart is not None and (view := getattr(self._chart, "viewport", None)) is not None:
            self._chart = view()
        self._painting = Painting([canvas, *visible], canvas, self._chart, self._look)
        self._loop = QEventLoop()
        self._round = QTimer(singleShot=True, interval=0)
        self._round.timeout.connect(self._quiet)
        self._deadline = QTimer(singleShot=True, interval=PATIENCE_MS)
        self._deadline.timeout.connect(self._expire)  # no lambda: it would keep all that was read until the end
        self._rounds = self._seen = 0
        self._end = 0.0
        self._awaited: list[QObject] = []

    def step(self, command: Command, time_moves: bool = True, since: float | None = None) -> Frame:
        """Give a command and wait until map, timeline and counters show it; how long that took.

        time_moves: the timeline has to repaint too, for its cursor or its columns change; since: when it was to be
        given, where the window was busy then.
        """
        chart = [self._chart] if time_moves and self._chart is not None else []
        self._awaited = [self.canvas, *chart]
        self._painting.begin()
        self._round.stop()  # a picture taken since the last step was a painting too
        before, begun = self.session.state, since or time.perf_counter()
        self.session.dispatch(command)
        if all(getattr(before, name) == getattr(self.session.state, name) for name in SHOWN):
            return Frame(0.0)
        self._deadline.start()
        self._look()
        if self._loop.exec():
            raise NotShown(f"{type(command).__name__} was not shown within {PATIENCE_MS / 1000:.0f} s")
        self._deadline.stop()
        if self.canvas.result is not None and self.canvas.result.broken:
            raise NotShown(f"not drawn: {', '.join(self.canvas.result.broken)}")
        moved = self._painting.first or self._end
        return Frame((self._end - begun) * 1000, 0, (moved - begun) * 1000)

    @property
    def ended(self) -> float | None:
        """When the last pixel of the last step was painted, if there was one."""
        return self._end or None

    def _expire(self) -> None:
        self._loop.exit(1)

    def _look(self) -> None:
        if self._painting.exact and all(part in self._painting.since for part in self._awaited):
            self._rounds = 0
            self._round.start()

    def _quiet(self) -> None:
        """Painted: done after some turns of the loop in which nothing more was."""
        if self._rounds == 0:
            self._end, self._seen = time.perf_counter(), self._painting.number
        self._rounds += 1
        if self._painting.number != self._seen:
            self._rounds = 0
        if self._rounds > QUIET_ROUNDS:
            self._loop.exit(0)
        else:
            self._round.start()

    def rest(self, ms: int = 400) -> None:
        """Let everything that waits for a resting hand happen."""
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def settle(self) -> None:
        """Let a hand rest until nothing is worked out ahead any more, and memory is given back."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        self.rest()
        while not self.canvas.artist.resting and time.monotonic() < deadline:
            self.rest(100)

    def view(self) -> View:
        """What is shown, as a contestant is asked for it."""
        state, (width, height) = self.session.state, (self.canvas.width(), self.canvas.height())
        camera = state.camera
        half = width / 2 * camera.scale, height / 2 * camera.scale
        box = (camera.x - half[0], camera.y - half[1], camera.x + half[0], camera.y + half[1])
        return View(*window_of(state.time), box, (width, height))

    def pixels(self) -> NDArray[np.uint32]:
        """The map as it is on screen, shape (height, width)."""
        image = self.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), -1).copy()

    def ink(self, layers: tuple[str, ...] = EVENT_LAYERS) -> int:
        """How many pixels differ because these layers are drawn."""
        shown = self.pixels()
        toggled = Batch(tuple(ToggleLayer(name) for name in layers if name in self.session.state.layers))
        self.step(toggled, time_moves=False)
        without = self.pixels()
        self.step(toggled, time_moves=False)
        return int(np.count_nonzero((shown ^ without) & 0xFFFFFF))


class Desk:
    """The real window on a store, or its map alone; closes what it opened."""

    def __init__(self, store: Path | None, memory: Path, alone: bool = False, size: tuple[int, int] = SIZE) -> None:
        self._window: Window | None = None
        if alone:
            loaded = StoreOpener(Options()).load(store, "light")
            self._data: Any = loaded.data
            self._canvas = Canvas(loaded.session, loaded.picture)
            self._canvas.resize(*size)
            self._canvas.show()
            self.hand = Hand(self._canvas)
        else:
            self._window = self._opened(store, memory, size)
            work = self._window.work
            assert work is not None
            self.hand = Hand(work.canvas, work.timeline)
        self.hand.rest()

    @property
    def session(self) -> Session:
        """What commands go to."""
        return self.hand.session

    @property
    def window(self) -> Window | None:
        """The window, None when the map is alone."""
        return self._window

    def _opened(self, store: Path | None, memory: Path, size: tuple[int, int]) -> Window:
        window = Window(StoreOpener(Options()), QSettings(str(memory / "window.ini"), QSettings.Format.IniFormat))
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*size)
        window.show()
        QApplication.processEvents()
        refused: list[bool] = []
        window.opened.connect(lambda shown: None if shown else refused.append(True))
        if (collector := QApplication.instance().findChild(Collector)) is not None:
            window.opened.connect(lambda shown: collector.settle())  # as the program itself does
        window.open(store)
        deadline = time.monotonic() + OPENING_MS / 1000
        while window.work is None or window.path != store:
            if refused or time.monotonic() > deadline:
                raise NotShown("the store was not opened")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
            time.sleep(0.005)
        for _ in range(20):
            QApplication.processEvents()
        return window

    def close(self) -> None:
        """Close the window and what it read."""
        if self._window is not None:
            self._window.close()
            self._window.deleteLater()
        else:
            self._canvas.release()
            self._canvas.close()
            self._canvas.deleteLater()
            self._data.close()
        for _ in range(5):
            QApplication.processEvents()

