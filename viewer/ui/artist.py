"""Has the map painted: at once where that is quick, else by a thread that always takes the newest wish."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage

from viewer.domain.frozen import dataclass
from viewer.session.state import State, pictured
from viewer.ui.turns import TURNS

if TYPE_CHECKING:
    from viewer.draw.drawn import Drawn
    from viewer.draw.picture import MapPicture

LOG = logging.getLogger(__name__)
REST_MS = 1_000
"""After the last picture until memory is given back: the next takes some milliseconds more to have it again."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture that is wanted: of a state, width times height logical pixels, `ratio` device pixels in each.

    number: the later a wish, the larger; hasty: one picture of a movement, which may be coarser than one that rests;
    clear, anew, bare: see `MapPicture.image`.
    """

    state: State
    width: int
    height: int
    ratio: float
    number: int = 0
    hasty: bool = False
    clear: tuple[QRectF, ...] = ()
    anew: bool = False
    bare: bool = False

    def alike(self, other: Wish) -> bool:
        """Whether both are for the same picture."""
        size, look = (self.width, self.height, self.ratio), (self.hasty, self.clear, self.anew, self.bare)
        return (*size, *look, *pictured(self.state)) == (
            other.width, other.height, other.ratio, other.hasty, other.clear, other.anew, other.bare,
            *pictured(other.state),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A wish fulfilled: the picture, what is where in it, and how long it took.

    beside: whether a thread painted it while the window's went on, which takes longer.
    """

    wish: Wish
    image: QImage
    drawn: Drawn
    seconds: float
    beside: bool = False


class Artist(QObject):
    """Paints one wish at a time; of those that come meanwhile only the newest is kept.

    While nobody wishes for anything it can paint what will be wanted next. When nothing was painted for a while, what
    painting needed on the way is given back, and what other days will ask for is worked out until somebody wishes for
    a picture; no other place has to know who painted what.
    """

    finished = Signal(object)
    """A Painted that was ordered."""
    foresaw = Signal()
    """What nobody has wished for yet was painted; there is time for more."""
    _ready = Signal(object)
    _failed = Signal(object)

    def __init__(self, picture: MapPicture, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.picture = picture
        self.alone = False
        """There may be no thread yet: whatever is ordered is painted at once."""
        self._next: Wish | None = None
        self._at_work: Wish | None = None
        """What the thread paints."""
        self._claimed: Wish | None = None
        """The wish that it will fulfil; None while it paints ahead."""
        self._ahead: list[Painted] = []
        """What was painted before anybody wished for it, in that order."""
        self._released = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._ready.connect(self._deliver)
        self._failed.connect(_log)
        self._spare = QThreadPool(self)
        self._spare.setMaxThreadCount(1)
        self._wished = Event()
        """Set as soon as anything is wished for: what is worked out ahead gives way."""
        self._latest: Wish | None = None
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.timeout.connect(self._rest)

    def paint(self, wish: Wish) -> Painted:
        """Paint now and wait for it; what was painted ahead is of another row of pictures."""
        self._ahead.clear()
        self._wished.set()
        self._resting.start(REST_MS)
        return self._made(wish)

    def _made(self, wish: Wish) -> Painted:
        self._latest = wish
        started = time.thread_time()  # other programs must not make it look slow
        with TURNS.short():  # others work for it
            image, drawn = self.picture.image(
                wish.state, wish.width, wish.height, wish.ratio, wish.hasty, wish.clear, wish.anew, wish.bare
            )
        return Painted(wish, image, drawn, time.thread_time() - started)

    def order(self, wish: Wish) -> None:
        """Have a wish painted by the thread, unless a newer one comes before it is begun; `finished` tells."""
        if self.alone:
            self.finished.emit(self.paint(wish))
        elif self._at_work is None:
            self._begin(wish, wish)
        elif self._at_work.alike(wish):
            self._claimed, self._next = wish, None
            return
        else:
            self._next = wish
        self._ahead.clear()

    def foresee(self, wish: Wish) -> None:
        """Paint what may be wished for next, if the thread has nothing to do."""
        if self._at_work is None and not self.alone:
            self._begin(wish, None)

    def paint_ahead(self, wish: Wish) -> bool:
        """Paint now what may be wished for next, while the thread has nothing to do; whether that could be done."""
        if self._released or self.alone:
            return False
        self._wished.set()
        self._resting.start(REST_MS)
        made = self._attempt(wish)
        if isinstance(made, Exception):
            LOG.warning("a picture could not be painted ahead", exc_info=made)
            return False
        self._ahead.append(made)
        return True

    def foresees(self, wish: Wish) -> bool:
        """Whether the picture of a wish was painted ahead, before anybody wished for it."""
        return any(made.wish.alike(wish) for made in self._ahead)

    @property
    def foresaw_any(self) -> bool:
        """Whether there is a picture that nobody has wished for yet."""
        return bool(self._ahead)

    def foreseen(self, wish: Wish) -> Painted | None:
        """The picture of a wish that was painted ahead; those before it will not be wished for any more.

        None where there is none; then none of the others will be, either.
        """
        while self._ahead:
            made = self._ahead.pop(0)
            if made.wish.alike(wish):
                return replace(made, wish=wish)
        return None

    def _begin(self, wish: Wish, claimed: Wish | None) -> None:
        self._wished.set()
        self._resting.stop()
        self._at_work, self._claimed = wish, claimed
        self._pool.start(lambda: self._ready.emit(self._attempt(wish, beside=True)))

    def _attempt(self, wish: Wish, beside: bool = False) -> Painted | Exception:
        try:
            return replace(self._made(wish), beside=beside)
        except Exception as error:  # noqa: BLE001 - raised again where somebody listens
            return error

    def _deliver(self, made: Painted | Exception) -> None:
        claimed, self._at_work, self._claimed = self._claimed, None, None
        if self._released:
            return
        self._resting.start(REST_MS)
        wish, self._next = self._next, None
        if wish is not None:
            self._begin(wish, wish)
        if claimed is None:
            if wish is None and isinstance(made, Painted):
                self._ahead.append(made)
                self.foresaw.emit()
        elif isinstance(made, Exception):
            raise made
        else:
            self.finished.emit(replace(made, wish=claimed))

    def _rest(self) -> None:
        """Nobody wished for anything for a while."""
        self._wished.clear()
        if self.alone:
            self._resting.start(REST_MS)
        elif self._latest is not None:
            self._spare.start(partial(self._use_rest, self._latest))

    def _use_rest(self, latest: Wish) -> None:
        """Give back what painting needed, and work ahead for as long as nobody wishes for anything."""
        data = self.picture.data
        data.rest()
        worked = False
        try:
            with TURNS.short():
                for _ in self.picture.ahead(latest.state, latest.ratio):
                    worked = True
                    if self._wished.is_set():
                        return
        except Exception as error:  # noqa: BLE001 - told where somebody listens
            self._failed.emit(error)
        if worked:
            data.rest()

    @property
    def resting(self) -> bool:
        """Whether nothing is painted, given back or worked out ahead, nor will be unless somebody asks."""
        return not (self.at_work or self._resting.isActive() or self.ahead_at_work)

    @property
    def ahead_at_work(self) -> bool:
        """Whether memory is given back, or what other days ask for is worked out."""
        return bool(self._spare.activeThreadCount())

    @property
    def busy(self) -> bool:
        """Whether something that was wished for is still to come."""
        return self._claimed is not None or self._next is not None

    @property
    def at_work(self) -> bool:
        """Whether the thread paints, be it ahead."""
        return self._at_work is not None

    def release(self) -> None:
        """Wait for the picture that is being painted, so that nothing reads data that is about to be closed."""
        self._next = None
        self._ahead.clear()
        self._released = True
        self._resting.stop()
        self._wished.set()
        self._spare.waitForDone()
        self._pool.waitForDone()


def _log(error: Exception) -> None:
    LOG.error("what other days ask for could not be worked out", exc_info=error)
