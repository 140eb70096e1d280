"""The one way in for a store: it is read in a thread while the window lives on, with progress and a way back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QProgressBar,
    QSizePolicy,
    QToolButton,
)  # fmt: skip

from viewer.store.errors import StoreError
from viewer.store.progress import LAST_WAIT_SECONDS, Report
from viewer.ui.loaded import Found
from viewer.ui.preload import Preload
from viewer.ui.reading import Reading, Readings
from viewer.ui.text import PlainLabel

BUILTIN = "the built-in data"
SHOWN_AFTER_MS = 150
"""What opens sooner shows nothing that would only flicker."""
PULSE_MS = 70
LOOK_MS = 4
"""How often the first reading, which does not tell, is looked after."""
STEPS = 1000
WIDTH, BAR_WIDTH = 520, 150
BELOW_MIDDLE = 44
WAITING = "Waits for a menu or dialog to close"


class Read(Protocol):
    """Reads a store; `looks`: and asks already what its first picture will need, which names classes of Qt."""

    def __call__(self, path: Path | None, report: Report, looks: bool = True) -> Found: ...


def name_of(path: Path | None) -> str:
    """What a store is called while nobody has read its title."""
    return path.name if path is not None else BUILTIN


class OpeningPanel(QFrame):
    """What is being done, how far it is, and the button that stops it; lies upon the window.

    In the middle while no store is shown, else over the right end of the status line, where it hides no message.
    """

    def __init__(self, window: QMainWindow, cancel: Callable[[], object]) -> None:
        super().__init__(window)
        self.central = True
        self.beside: Callable[[], int] = lambda: 0
        """How many pixels the status line needs for itself."""
        self.setObjectName("openingPanel")
        self.words = PlainLabel()
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar()
        self.bar.setRange(0, STEPS)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setFormat("%p %")
        self.bar.setAccessibleName("How much of the store is read")
        self.button = QToolButton()
        self.button.setText("Cancel")
        self.button.setToolTip("Stop opening (Esc); what is open stays")
        self.button.setAccessibleName("Cancel opening")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 1, 4, 1)
        row.addWidget(self.words, 1)
        row.addWidget(self.bar)
        row.addWidget(self.button)
        self.hide()
        window.installEventFilter(self)
        self._window = window

    def tell(self, name: str, doing: str, share: float) -> None:
        """Say how far it is; what has not changed is not painted again."""
        metrics, room = self.words.fontMetrics(), self.words.width()
        begun = "" if self.central else metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room // 2) + ": "
        text = metrics.elidedText(begun + doing, Qt.TextElideMode.ElideRight, room)
        if text != self.words.text():
            self.words.setText(text)
            self.words.setAccessibleName(f"Opening {name}: {doing}")
        self.bar.setValue(round(share * STEPS))

    def appear(self) -> None:
        """Come up in the place for it, one Tab from the map, and leave the keys where they are."""
        self.place()
        self.show()
        self.raise_()
        if (middle := self._window.centralWidget()) is not None:
            self.setTabOrder(middle, self.button)

    def put_away(self) -> None:
        """Hide; the keys, if the button had them, go to what is in the middle of the window."""
        focus, middle = QApplication.focusWidget(), self._window.centralWidget()
        if focus is not None and middle is not None and self.isAncestorOf(focus):
            middle.setFocus()
        self.hide()

    def place(self) -> None:
        """Take the place in the window."""
        window = self._window
        room = window.width() if self.central else window.width() - self.beside()
        width = min(WIDTH, window.width(), max(room, self.minimumSizeHint().width()))
        height = self.sizeHint().height()
        left, top = window.width() - width, window.height() - height
        if self.central:
            left, top = left // 2, min(top, window.height() // 2 + BELOW_MIDDLE)
        self.setGeometry(QRect(left, top, width, height))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: follow the size of the window."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False


class Bell(QObject):
    """Tells the window's thread that another one has ended."""

    rung = Signal()

    def ring(self) -> None:
        """From whatever thread; whoever holds this method holds the bell."""
        self.rung.emit()


class Opening(QObject):
    """Reads one store at a time; of a second one begun meanwhile only that one is heard of.

    Signals, each with the path (None: the built-in data): `arrived` with what was found, `refused` with the sentence
    why not, `withdrawn` when the hand took it back, `broken` before an unexpected error is raised here.
    """

    arrived = Signal(object, object)
    refused = Signal(str, object)
    withdrawn = Signal(object)
    broken = Signal(object)

    def __init__(self, read: Read, window: QMainWindow) -> None:
        super().__init__(window)
        self.panel = OpeningPanel(window, self.cancel)
        self._read = read
        self._current: Reading | None = None
        self._readings = Readings()
        self._closed = False
        self.preload = Preload()
        self._at_first = True
        self._loading = QTimer(self)
        self._loading.timeout.connect(self._load_some)
        self._pulse = QTimer(self)
        self._pulse.timeout.connect(self._beat)

    @property
    def path(self) -> Path | None:
        """What is being read, when anything is."""
        return self._current.path if self._current is not None else None

    @property
    def running(self) -> bool:
        """Whether a store is being read."""
        return self._current is not None

    def begin(self, path: Path | None, central: bool, begun: Reading | None = None) -> None:
        """Start reading; what was being read is dropped. `central`: no store is shown below the panel.

        begun: the first reading of the program, where it did not wait for the window.
        """
        self._drop()
        if self._closed:
            return
        self.panel.central = central
        alone = self._at_first and not self.preload.done
        self._at_first = False
        self._current = reading = begun or self._new_reading(path, alone)
        self._pulse.start(SHOWN_AFTER_MS)
        if reading.mute or self.preload.done:
            self._readings.start(reading)
        if not self.preload.done:
            self._loading.start(0)

    def _new_reading(self, path: Path | None, alone: bool) -> Reading:
        """One that has not begun; alone: it looks at nothing and says nothing, as that would name classes of Qt."""
        if alone:
            return Reading(path, partial(self._read, looks=False))
        bell = Bell()
        bell.rung.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        return Reading(path, partial(self._read, looks=True), bell.ring)

    def cancel(self) -> bool:
        """Take the opening back; False when there is none."""
        path, running = self.path, self.running
        self._drop()
        if running:
            self.withdrawn.emit(path)
        return running

    def close(self) -> None:
        """Take everything back and wait shortly, before the window goes."""
        self._closed = True
        self._loading.stop()
        self._drop()
        self._readings.stop(LAST_WAIT_SECONDS)

    def _load_some(self) -> None:
        """Load some of what must be there before a thread may name classes of Qt, and look after one that may not."""
        if self._readings.any:
            self._readings.sweep()
            if self._hand_over():
                return
        try:
            if not self.preload.go_on():
                return
        except BaseException:
            self._loading.stop()
            if self._current is not None:
                self.broken.emit(self._taken(self._current).path)
            raise
        if self._current is not None and not self._current.begun:
            self._readings.start(self._current)
        if self._readings.any and (self._current is None or self._current.mute):
            self._loading.setInterval(LOOK_MS)
        else:
            self._loading.stop()

    def _drop(self) -> None:
        if self._current is not None:
            self._taken(self._current).cancel()

    def _taken(self, reading: Reading) -> Reading:
        """Let go of the reading and put the panel away."""
        self._current = None
        self._pulse.stop()
        self.panel.put_away()
        return reading

    def _hear(self) -> None:
        """A thread came to its end."""
        self._readings.sweep()
        self._hand_over()

    def _beat(self) -> None:
        """Show how far it is; a store that is read waits while something is open that may speak of the old one."""
        reading = self._current
        if reading is None:
            return
        if reading.over and self._hand_over():
            return
        self._pulse.setInterval(PULSE_MS)
        doing, share = reading.news
        if not self.panel.isVisible():
            self.panel.appear()
        self.panel.tell(name_of(reading.path), WAITING if reading.over else doing, share)

    def _hand_over(self) -> bool:
        """Tell how it went; False when it has to wait."""
        if self._current is None or not self._current.over:
            return False
        if QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None:
            return False
        reading = self._taken(self._current)
        if reading.mute:
            self._readings.sweep()
            self._loading.stop()  # whatever shows it loads the rest, once it is seen
        found, error = reading.found, reading.error
        reading.found = reading.error = None
        if found is not None:
            self.arrived.emit(found, reading.path)
        elif isinstance(error, StoreError):
            self.refused.emit(str(error), reading.path)
        elif error is not None:
            self.broken.emit(reading.path)
            raise error
        else:
            self.withdrawn.emit(reading.path)
        return True
