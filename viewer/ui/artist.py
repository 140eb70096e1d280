"""Has the map painted: at once where that is quick, else by a thread that always takes the newest wish."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QImage

from viewer.session.state import State

if TYPE_CHECKING:
    from viewer.draw.drawn import Drawn
    from viewer.draw.picture import MapPicture


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture that is wanted: of a state, width times height logical pixels, `ratio` device pixels in each.

    number: the later a wish, the larger; hasty: one picture of a movement, which may be coarser than one that rests.
    """

    state: State
    width: int
    height: int
    ratio: float
    number: int = 0
    hasty: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A wish fulfilled: the picture, what is where in it, and how long it took."""

    wish: Wish
    image: QImage
    drawn: Drawn
    seconds: float


class Artist(QObject):
    """Paints one wish at a time; of those that come meanwhile only the newest is kept."""

    finished = Signal(object)
    """A Painted that was ordered."""
    _ready = Signal(object)

    def __init__(self, picture: MapPicture, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.picture = picture
        self._next: Wish | None = None
        self._busy = self._released = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._ready.connect(self._deliver)

    def paint(self, wish: Wish) -> Painted:
        """Paint now and wait for it."""
        started = time.thread_time()  # other programs must not make it look slow
        image, drawn = self.picture.image(wish.state, wish.width, wish.height, wish.ratio, wish.hasty)
        return Painted(wish, image, drawn, time.thread_time() - started)

    def order(self, wish: Wish) -> None:
        """Have a wish painted by the thread, unless a newer one comes before it is begun; `finished` tells."""
        if self._busy:
            self._next = wish
            return
        self._busy = True
        self._pool.start(lambda: self._ready.emit(self._attempt(wish)))

    def _attempt(self, wish: Wish) -> Painted | Exception:
        try:
            return self.paint(wish)
        except Exception as error:  # noqa: BLE001 - raised again where somebody listens
            return error

    def _deliver(self, made: Painted | Exception) -> None:
        self._busy = False
        if self._released:
            return
        wish, self._next = self._next, None
        if wish is not None:
            self.order(wish)
        if isinstance(made, Exception):
            raise made
        self.finished.emit(made)

    @property
    def busy(self) -> bool:
        """Whether something ordered is still to come."""
        return self._busy

    def release(self) -> None:
        """Wait for the picture that is being painted, so that nothing reads data that is about to be closed."""
        self._next = None
        self._released = True
        self._pool.waitForDone()
