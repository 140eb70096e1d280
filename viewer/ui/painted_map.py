"""A widget that shows the picture of a session's state, and sees to it that the next one comes.

While the view moves, the last picture is moved with it at once and the exact one follows. What is quick to paint is
painted at once; what is not, such as another scale or heavy data, is painted by a thread.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from viewer.session import camera as cameras
from viewer.session.session import Session
from viewer.session.sides import shown_state
from viewer.session.state import Camera, State
from viewer.ui.artist import Artist, Painted, Wish
from viewer.ui.stride import Stride
from viewer.ui.swipe import Swipe

if TYPE_CHECKING:
    from viewer.draw.drawn import Drawn
    from viewer.draw.picture import MapPicture

SHOWN = (
    "camera", "time", "filters", "layers", "selected", "listed", "stack", "theme", "labels", "ground", "grid", "raster",
    "compare", "swipe",
)  # fmt: skip
REST_MS = 90
QUICK_SECONDS = 0.040
"""A picture that is expected to take no longer is waited for."""
AHEAD_MS = 1
"""After a picture is on the screen until the next is begun ahead: Qt has painted the rest of the window by then."""
MOST_AHEAD = 2
"""So many pictures are painted before they are asked for: one that takes longer than the others is not waited for."""
AHEAD_SECONDS, LONGEST_AHEAD = 0.025, 0.1
"""A picture that takes longer is not begun ahead: one wished for while it is painted would wait too long for it. Where
time moves so slowly that it is ready long before it is wished for, it may take more, but none the latter."""
HERE_SECONDS = 0.016
"""A picture that takes no longer is painted ahead by the window's own thread, between two steps: nobody waits longer
than a refresh for what he does meanwhile."""
ALONE = 0.6
"""So much of the time that a picture takes a thread it takes the window's: two take turns with Python's lock."""
PART_OF_PAUSE = 0.8
"""So much of the time from one picture to the next may go into painting one ahead: a share of it is the window's."""
DOUBTED_SECONDS, DOUBT, UNKNOWN = 0.025, 0.7, 1.0
"""The same of a picture of a far day, as some take much longer than others; how much of a slow one is expected next,
and what is expected of the first."""
JUMP = frozenset({"selected", "time"})
"""A record of another day is read: its map comes after what else the window says of it."""
NEAR_SCALE = 1.6
"""Closer or farther than by this, names and letters of ground stand elsewhere, for which others have taken no time."""
NEAR_DAYS = 31
"""Farther than this nearly all that stands on the map by its day is another."""
ANEW, LEAP, STEP = "anew", "leap", "step"
"""Of another scale, size, look or set of layers; of a far day, another region or other records; of about the same."""
MOST_DEVICE_PIXELS = 5_000_000
"""A larger map takes too long to fill to be waited for."""


class PaintedMap(QWidget):
    """The last picture where it belongs now, of one map or of two beside each other."""

    drawn = Signal(object)
    """The Drawn of a new exact picture."""
    _wanted = Signal()
    """Queued, so that it comes after all commands of a moment and before Qt repaints what they changed."""

    def __init__(self, session: Session, picture: MapPicture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.picture = session, picture
        self.enlarged = 1.0
        """Logical pixels of the widget for each of the map, which is painted larger for a room."""
        self.result: Drawn | None = None
        self.artist = Artist(picture, self)
        self.artist.finished.connect(self._show)
        self.artist.foresaw.connect(self._foresee)
        self.swipe = Swipe(session, picture, self)
        self.swipe.ready.connect(self._show_beside)
        self._painted: Painted | None = None
        self._wishes = 0
        self._seconds = {ANEW: UNKNOWN, LEAP: UNKNOWN, STEP: 0.0}
        """How long a picture may take the window's thread, by how much it takes over from the one before it."""
        self._due = False
        self._wanted.connect(self._paint_wanted, Qt.ConnectionType.QueuedConnection)
        self._after_others = QTimer(self)
        self._after_others.setSingleShot(True)
        self._after_others.timeout.connect(self._paint_wanted)
        self._sharpening = QTimer(self)
        self._sharpening.setSingleShot(True)
        self._sharpening.timeout.connect(lambda: self._paint(hasty=False))
        self._stride = Stride()
        self._then_ahead = False
        """Whether the next picture may be painted ahead once this one is on the screen."""
        self._foreseeing = QTimer(self)
        self._foreseeing.setSingleShot(True)
        self._foreseeing.timeout.connect(self._foresee)
        self._unwatch = session.watch(SHOWN, self._changed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def across(self) -> int:
        """Pixels of the map from left to right."""
        return math.ceil(self.width() / self.enlarged - 1e-6)

    @property
    def down(self) -> int:
        """Pixels of the map from top to bottom."""
        return math.ceil(self.height() / self.enlarged - 1e-6)

    @property
    def ratio(self) -> float:
        """Device pixels in one of the map."""
        return self.devicePixelRatioF() * self.enlarged

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self._sharpening.stop()
        self._foreseeing.stop()
        self._then_ahead = False
        self._after_others.stop()
        self._due = False
        self._unwatch()
        self.artist.release()
        self.swipe.release()

    @property
    def cards(self) -> tuple[QRectF, ...]:
        """Where something lies on the map that would cut a name, in pixels of the map."""
        return ()

    def on_map(self, at: QPointF) -> QPointF:
        """A point of the widget in pixels of the map."""
        return at / self.enlarged

    # what is asked for

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if changed == {"camera"}:
            self.update()
        if changed == {"swipe"} and None not in (before.swipe, after.swipe):
            self._follow_swipe()  # both pictures stay as they are
            self.update()
            return
        if changed >= JUMP and not self._due:
            self._due = True
            self._after_others.start(0)
            return
        self._want()

    def _want(self) -> None:
        if not self._due:
            self._due = True
            self._wanted.emit()

    def paint_exact(self) -> None:
        """Paint the picture of the state as it is now, or both where two days share the view, and wait for it."""
        self._due = False
        self._follow_swipe(alone=True)
        self._show(self.artist.paint(self._wish(hasty=False)))

    def paint_first(self) -> None:
        """Paint the bare map, so that there is one: `paint_known` and `paint_rest` see to what it lacks."""
        self._due = False
        self._show(self.artist.paint(replace(self._wish(hasty=False), bare=True)))

    def paint_known(self) -> bool:
        """Paint all that can be painted at once where the map is still bare; whether it was."""
        if not self.bare:
            return False
        self._due = False
        wish = self._wish(hasty=False)
        self._show(self.artist.paint(replace(wish, state=self.picture.at_once(wish.state))))
        return True

    @property
    def bare(self) -> bool:
        """Whether the picture is the very first one, without names."""
        return self._painted is not None and self._painted.wish.bare

    def paint_rest(self) -> None:
        """Ask for the picture of the state as it is, now that a thread may paint it."""
        if not self._whole:
            self._want()

    @property
    def settled(self) -> bool:
        """Whether the picture shows the state as it is, as sharp as it can."""
        waiting = self._due or self._sharpening.isActive() or self.artist.busy or self.swipe.artist.busy
        return self._whole and not waiting

    @property
    def _whole(self) -> bool:
        if self._painted is None or self.bare:
            return False
        return self._painted.wish.state.layers == self.session.state.layers

    # how it is painted

    def _wish(self, hasty: bool) -> Wish:
        self._wishes += 1
        state = shown_state(self.session.state)
        return Wish(state, self.across, self.down, self.ratio, self._wishes, hasty, self.cards)

    def _paint_wanted(self) -> None:
        if self._due:
            self._paint()

    def _paint(self, hasty: bool = True) -> None:
        self._due = False
        wish = self._wish(hasty)
        self._foreseeing.stop()
        if (made := self.artist.foreseen(wish)) is not None:
            self._show(made)
            return
        if self.artist.at_work or self.swipe.artist.at_work or not self._quick(wish):
            self.artist.order(wish)
        else:
            self._show(self.artist.paint(wish))

    def _quick(self, wish: Wish) -> bool:
        """Whether a picture may be waited for: handing one that is kept to a thread takes longer than to show it."""
        if self._remembered(wish):
            return True
        if not self.picture.knows(wish.state):
            return False
        large = wish.width * wish.height * wish.ratio**2 > MOST_DEVICE_PIXELS
        share, last = self._share(wish), self._painted.wish if self._painted is not None else None
        if share != STEP and last is not None and (_reads_another(last, wish) or _zooms_far(last, wish)):
            return False
        most = DOUBTED_SECONDS if share == LEAP else QUICK_SECONDS
        return not self.picture.heavy and not large and self._seconds[share] <= most

    def _remembered(self, wish: Wish) -> bool:
        """Whether the picture is kept from before; not to be asked while a thread paints."""
        return self.picture.remembers(wish.state, wish.width, wish.height, wish.ratio, wish.clear)

    def _share(self, wish: Wish) -> str:
        """How much a picture takes over from the last one."""
        if self._painted is None:
            return ANEW
        last = self._painted.wish
        if (last.width, last.height, last.ratio, *_look(last.state)) != (
            wish.width, wish.height, wish.ratio, *_look(wish.state)
        ):  # fmt: skip
            return ANEW
        return LEAP if _leaps(last, wish) else STEP

    def _learn(self, painted: Painted) -> None:
        """Expect the next picture of the kind to take as long; one leap that was quick does not say that all are."""
        share = self._share(painted.wish)
        before, took = self._seconds[share], painted.seconds * (ALONE if painted.beside else 1.0)
        doubted = share == LEAP and not (before == UNKNOWN and self.picture.knows_days)
        self._seconds[share] = max(took, before * DOUBT) if doubted else took

    def _show(self, painted: Painted) -> None:
        """Show a picture; one that was made in haste is made again when nothing moves any more.

        What the thread finished after a later one was painted at once is dropped.
        """
        if self._painted is not None and painted.wish.number < self._painted.wish.number:
            return
        self._learn(painted)
        self._stride.step(_days_between(self._painted, painted), time.monotonic())
        before, self._painted, self.result = self._painted, painted, painted.drawn
        if painted.drawn.coarse:
            self._sharpening.start(REST_MS)
        else:
            self._sharpening.stop()
        if before is None or _view(before.wish) != _view(painted.wish):
            self._follow_pointer()
        change = painted.drawn.change
        if before is None or change is None or change.before != before.image.cacheKey() or self._stale():
            self.update()
        else:
            self._update_places(change.places, self.devicePixelRatioF())
        self._follow_swipe()
        self.drawn.emit(self._both())
        self._then_ahead = self._steps_evenly
        if self._then_ahead and not self.artist.foresaw_any and not self._foresees_here:
            self._foresee()

    def _follow_swipe(self, alone: bool = False) -> None:
        """Have the left of two maps painted if it is another one; alone: wait for it."""
        self.swipe.follow(alone or self.artist.alone, self.enlarged, self.cards)

    def _show_beside(self) -> None:
        self.update()
        if self.result is not None:
            self.drawn.emit(self._both())

    def _both(self) -> Drawn | None:
        """What the view shows, with the left of two maps."""
        return self.result if self.result is None else replace(self.result, beside=self.swipe.beside)

    def _result_at(self, at: QPointF) -> Drawn | None:
        """What the map shows that a point of it lies in; None while that is a picture of another view."""
        if self.swipe.covers(at.x()):
            return None if self.swipe.stale else self.swipe.beside
        return None if self._stale() else self.result

    @property
    def _steps_evenly(self) -> bool:
        """Whether it is known which picture comes next, and that painting it takes no long time."""
        most = max(AHEAD_SECONDS, min(LONGEST_AHEAD, PART_OF_PAUSE * self._stride.pause))
        return self._stride.days != 0 and (self._foresees_here or self._seconds[STEP] / ALONE <= most)

    def _foresee(self) -> None:
        """Paint the next picture that is not there yet, before it is asked for."""
        if self._painted is None or not self._steps_evenly or not self.settled or self.artist.at_work:
            return
        state, wish = self._painted.wish.state, self._painted.wish
        for step in range(1, MOST_AHEAD + 1):
            cursor = state.time.cursor + step * self._stride.days
            later = replace(wish, state=replace(state, time=replace(state.time, cursor=cursor)))
            if not self.artist.foresees(later):
                if self._remembered(later):
                    return
                if not self._foresees_here:
                    self.artist.foresee(later)
                    return
                in_time = step == 1 or self._stride.left(time.monotonic()) > self._seconds[STEP]
                if in_time and self.artist.paint_ahead(later):
                    self._foreseeing.start(AHEAD_MS)
                return

    @property
    def _foresees_here(self) -> bool:
        """Whether the window's thread may paint ahead: it would wait for who paints already."""
        return self._seconds[STEP] <= HERE_SECONDS and not self.picture.heavy and not self.picture.is_painted

    def _update_places(self, places: tuple[QRect, ...], ratio: float) -> None:
        """Bring what changed to the screen, and let the rest of it stand."""
        for place in places:
            self.update(QRect(place.topLeft() / ratio, place.size() / ratio).adjusted(-1, -1, 1, 1))
        if not places:
            self.update(0, 0, 1, 1)  # whoever waits for the picture hears of it all the same

    def _follow_pointer(self) -> None:
        """Another view is about to be seen: whoever points at the map may point at something else."""

    def _stale(self) -> bool:
        """Whether the picture is one of another view or size."""
        now = self.session.state.camera, self.across, self.down
        return self._painted is None or _view(self._painted.wish) != now

    # how it is seen

    def paint_map(self, painter: QPainter) -> None:
        """The map as it is seen now, in its own pixels."""
        camera, width, height = self.session.state.camera, self.across, self.down
        painted = self._painted
        if painted is None or self._stale():
            painter.fillRect(QRect(0, 0, width, height), self._colour("paper"))
        if painted is not None:
            size = painted.image.deviceIndependentSize()
            left, top, stretch = cameras.moved_picture(
                painted.wish.state.camera, (size.width(), size.height()), camera, width, height
            )
            if self._stale():
                target = QRectF(left, top, size.width() * stretch, size.height() * stretch)
                painter.drawImage(target, painted.image, QRectF(painted.image.rect()))
            else:
                painter.drawImage(0, 0, painted.image)
        self.swipe.paint(painter)

    def _colour(self, name: str) -> QColor:
        return self.picture.tokens(self.session.state.theme).colour(name)

    def event(self, event: QEvent) -> bool:
        """Paint for a screen whose pixels are of another size, and ahead once a picture is on the screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._want()
        done = super().event(event)
        if event.type() == QEvent.Type.Paint and self._then_ahead:
            self._then_ahead = False
            self._foreseeing.start(AHEAD_MS)
        return done


def _days_between(one: Painted | None, other: Painted) -> int:
    """By how many days time moved between two pictures of the same, 0 if more than that changed."""
    if one is None:
        return 0
    state, cursor = one.wish.state, other.wish.state.time.cursor
    moved = replace(one.wish, state=replace(state, time=replace(state.time, cursor=cursor)))
    return cursor - state.time.cursor if moved.alike(other.wish) else 0


def _leaps(last: Wish, wish: Wish) -> bool:
    """Whether most of what a picture shows was not on the last one, though both have one size and look."""
    then, now = last.state, wish.state
    away = abs(now.camera.x - then.camera.x) / wish.width + abs(now.camera.y - then.camera.y) / wish.height
    far = abs(now.time.cursor - then.time.cursor) > NEAR_DAYS
    return far or now.filters != then.filters or 2 * away > now.camera.scale


def _reads_another(last: Wish, wish: Wish) -> bool:
    """Whether another record is read: the rest of the window has so much to do that it is not made to wait as well."""
    return last.state.selected != wish.state.selected


def _zooms_far(last: Wish, wish: Wish) -> bool:
    """Whether a picture is of a much closer or farther view than the last one."""
    closer = last.state.camera.scale / wish.state.camera.scale
    return not 1 / NEAR_SCALE <= closer <= NEAR_SCALE


def _view(wish: Wish) -> tuple[Camera, int, int]:
    """What of the map a picture shows, and how large."""
    return wish.state.camera, wish.width, wish.height


def _look(state: State) -> tuple[object, ...]:
    return state.camera.scale, state.theme, state.labels, state.layers, state.ground, state.grid, state.raster
