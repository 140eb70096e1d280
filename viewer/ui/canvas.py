"""The map on screen: shows the picture that draw paints, and turns hand movements into commands.

While the view moves, the last picture is moved with it at once and the exact one follows. What is quick to paint is
painted at once; what is not, such as another scale or heavy data, is painted by a thread.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)  # fmt: skip
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from viewer.domain.places import LonLat
from viewer.draw.frame import foot_cards, paint_scale_bar, paint_sources
from viewer.draw.paint_measure import Overlay
from viewer.draw.screen import Screen
from viewer.geo.projection import point_to_degrees, point_to_map
from viewer.session import camera as cameras
from viewer.session.commands import Command, OpenList, Select, SetCamera
from viewer.session.session import Session
from viewer.session.sides import shown_state
from viewer.session.state import Camera, Ref, State
from viewer.ui.artist import Artist, Painted, Wish
from viewer.ui.drawing import DrawingTool
from viewer.ui.measuring import MeasuringTool
from viewer.ui.steady import Steady
from viewer.ui.swipe import Swipe
from viewer.ui.text import plain_tip

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
AHEAD_MS = 4
"""After a picture is shown until the next is begun ahead: the rest of the window is painted first."""
MOST_DEVICE_PIXELS = 5_000_000
"""A larger map takes too long to fill to be waited for."""
HOVER_MS = 500
WHEEL_ZOOM = 1.25
REACH = 3.0
"""Pixels around a mark that still count as the mark."""


class Canvas(QWidget):
    """The map. Signals: what the pointer is over, what was drawn, what the measured path comes to."""

    pointed = Signal(object)
    """(lon, lat) under the pointer, or None."""
    drawn = Signal(object)
    """The Drawn of a new exact picture."""
    said = Signal(str)
    resized = Signal()
    _wanted = Signal()
    """Queued, so that it comes after all commands of a moment and before Qt repaints what they changed."""
    asked = Signal(object, object)
    """Right button: (lon, lat) and the global position for the menu."""

    def __init__(self, session: Session, picture: MapPicture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.picture = session, picture
        self.enlarged = 1.0
        """Logical pixels of the widget for each of the map, which is painted larger for a room."""
        self.result: Drawn | None = None
        self.mark: LonLat | None = None
        self.pointer: LonLat | None = None
        self.tool = MeasuringTool(session, self)
        self.tool.said.connect(self.said)
        self.tool.changed.connect(self._show_measured)
        self.drawing = DrawingTool(self)
        self.drawing.said.connect(self.said)
        self.drawing.changed.connect(self._show_measured)
        self._overlay = Overlay()
        self.clicked: LonLat | None = None
        """What a click points at, while its command is carried out."""
        self._clicked_for_path = False
        """Whether the last click was one of the path's, so that a second one does not zoom."""
        self.artist = Artist(picture, self)
        self.artist.finished.connect(self._show)
        self.swipe = Swipe(session, picture, self)
        self.swipe.ready.connect(self._show_beside)
        self._painted: Painted | None = None
        self._wishes = 0
        self._seconds = {True: 1.0, False: 0.0}
        """How long the last picture took: one that shared nothing with the one before it, and one that did."""
        self._grip: QPointF | None = None
        self._seen_at = QPointF()
        """Where on the screen the pointer was last seen: the map may move below a pointer that rests."""
        self._dragging = False
        self._due = False
        self._wanted.connect(self._paint_wanted, Qt.ConnectionType.QueuedConnection)
        self._sharpening = QTimer(self)
        self._sharpening.setSingleShot(True)
        self._sharpening.timeout.connect(lambda: self._paint(hasty=False))
        self._days = (0, 0)
        """By how many days time moved from picture to picture."""
        self._foreseeing = QTimer(self)
        self._foreseeing.setSingleShot(True)
        self._foreseeing.timeout.connect(self._foresee)
        self._hovered = QPointF()
        self._hovered_words = False
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.timeout.connect(self._name)
        self.steady = Steady(session, self)
        self._ring = False
        self._foot: tuple[object, QImage] = None, QImage()
        self._unwatch = session.watch(SHOWN, self._changed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 160)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map")
        self.setAccessibleDescription("Drag to move, wheel to zoom, click to select, right button for more")

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
        self.steady.release()
        for timer in (self._resting, self._sharpening, self._foreseeing):
            timer.stop()
        self._due = False
        self._unwatch()
        self.tool.release()
        self.artist.release()
        self.swipe.release()

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if changed == {"camera"}:
            self.update()
        if changed == {"swipe"} and None not in (before.swipe, after.swipe):
            self._follow_swipe()  # both pictures stay as they are
            self.update()
            return
        if self._hovered_words:
            QToolTip.hideText()  # what it said may no longer be there
            self._hovered_words = False
        self._want()

    def _want(self) -> None:
        if not self._due:
            self._due = True
            self._wanted.emit()

    def paint_exact(self) -> None:
        """Paint the picture of the state as it is now, and wait for it."""
        self._due = False
        self._show(self.artist.paint(self._wish(hasty=False)))

    def paint_first(self) -> None:
        """Paint what can be painted at once, so that there is a map; the rest comes with the picture asked for next."""
        self._due = False
        wish = self._wish(hasty=False)
        self._show(self.artist.paint(replace(wish, state=self.picture.at_once(wish.state))))

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
        return self._painted is not None and self._painted.wish.state.layers == self.session.state.layers

    @property
    def cards(self) -> tuple[QRectF, ...]:
        """Where something lies on the map that would cut a name, in pixels of the map."""
        state, picture = self.session.state, self.picture
        tokens, credits = picture.tokens(state.theme), picture.credits(state)
        return foot_cards(state, self.across, self.down, tokens, picture.data, credits)

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
        if not self.picture.knows(wish.state):
            return False
        if self.picture.remembers(wish.state, wish.width, wish.height, wish.ratio, wish.clear):
            return True
        large = wish.width * wish.height * wish.ratio**2 > MOST_DEVICE_PIXELS
        return not self.picture.heavy and not large and self._seconds[self._anew(wish)] <= QUICK_SECONDS

    def _anew(self, wish: Wish) -> bool:
        """Whether a picture shares nothing with the last one: another scale, size, look or set of layers."""
        if self._painted is None:
            return True
        last = self._painted.wish
        return (last.width, last.height, last.ratio, *_look(last.state)) != (
            wish.width, wish.height, wish.ratio, *_look(wish.state)
        )  # fmt: skip

    def _show(self, painted: Painted) -> None:
        """Show a picture; one that was made in haste is made again when nothing moves any more.

        What the thread finished after a later one was painted at once is dropped.
        """
        if self._painted is not None and painted.wish.number < self._painted.wish.number:
            return
        self._seconds[self._anew(painted.wish)] = painted.seconds
        self._days = (self._days[1], _days_between(self._painted, painted))
        before, self._painted, self.result = self._painted, painted, painted.drawn
        if painted.drawn.coarse:
            self._sharpening.start(REST_MS)
        else:
            self._sharpening.stop()
        if self.pointer is not None:
            self._point(self.on_map(self.mapFromGlobal(self._seen_at)))
        change = painted.drawn.change
        if before is None or change is None or change.before != before.image.cacheKey() or self._stale():
            self.update()
        else:
            self._update_places(change.places, self.devicePixelRatioF())
        self._follow_swipe()
        self.drawn.emit(self._both())
        if self._days[1] and self._days[0] == self._days[1]:
            self._foreseeing.start(AHEAD_MS)

    def _follow_swipe(self) -> None:
        self.swipe.follow(self.artist.alone, self.enlarged, self.cards)

    def _show_beside(self) -> None:
        self.update()
        if self.result is not None:
            self.drawn.emit(self._both())

    def _both(self) -> Drawn | None:
        """What the view shows, with the left of two maps."""
        return self.result if self.result is None else replace(self.result, beside=self.swipe.beside)

    def _result_at(self, at: QPointF) -> Drawn | None:
        """What the map shows that a point of the widget lies in."""
        return self.swipe.drawn_at(at.x()) or self.result

    def _foresee(self) -> None:
        """Time moves in even steps: paint the next one before it comes."""
        if self._painted is not None and self.settled:
            state, days = self._painted.wish.state, self._days[1]
            later = replace(state, time=replace(state.time, cursor=state.time.cursor + days))
            self.artist.foresee(replace(self._painted.wish, state=later))

    def _update_places(self, places: tuple[QRect, ...], ratio: float) -> None:
        """Bring what changed to the screen, and let the rest of it stand."""
        for place in places:
            self.update(QRect(place.topLeft() / ratio, place.size() / ratio).adjusted(-1, -1, 1, 1))
        if not places:
            self.update(0, 0, 1, 1)  # whoever waits for the picture hears of it all the same

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the last picture where it belongs now, with what a hand measured, and the mark that only it has."""
        painter = QPainter(self)
        self.paint_map(painter)
        camera, width, height = self.session.state.camera, self.across, self.down
        foot = self._drawn_foot(camera, width, height)
        painter.drawImage(QPointF(0, height - round(foot.deviceIndependentSize().height())), foot)
        if self._ring:
            painter.setPen(QPen(self._colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

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
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_mark(painter)
        state, pointer = self.session.state, self.pointer if self.tool.active else None
        screen, tokens = Screen(camera, width, height), self.picture.tokens(state.theme)
        self._overlay.paint(painter, screen, state, tokens, pointer, self.cards)
        self.drawing.paint(painter, screen, tokens)

    def _drawn_foot(self, camera: Camera, width: int, height: int) -> QImage:
        """The line of sources and the scale bar above it; the very same while only time moves."""
        state, ratio = self.session.state, self.devicePixelRatioF()
        credits = self.picture.credits(state)
        key = (camera, width, height, state.theme, state.units, ratio, credits)
        if self._foot[0] != key:
            high = math.ceil(height - min(card.top() for card in self.cards)) + 2
            image = QImage(round(width * ratio), round(high * ratio), QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(ratio)
            image.fill(Qt.GlobalColor.transparent)
            painter, tokens = QPainter(image), self.picture.tokens(state.theme)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(0, high - height)
            strip = paint_sources(painter, width, height, tokens, self.picture.data, credits)
            paint_scale_bar(painter, width, height, height - strip.height(), tokens, state)
            painter.end()
            self._foot = key, image
        return self._foot[1]

    def _colour(self, name: str) -> QColor:
        return self.picture.tokens(self.session.state.theme).colour(name)

    def _paint_mark(self, painter: QPainter) -> None:
        if self.mark is not None:
            painter.setPen(QPen(self._colour("select"), 2))
            at = self.seen(self.mark)
            painter.drawEllipse(at, 9, 9)
            for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(at + QPointF(right * 5, down * 5), at + QPointF(right * 14, down * 14))

    # hand

    def on_map(self, at: QPointF) -> QPointF:
        """A point of the widget in pixels of the map."""
        return at / self.enlarged

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; touchpads send small parts of a notch."""
        notches = event.angleDelta().y() / 120.0
        if notches:
            self.zoom(WHEEL_ZOOM**-notches, self.on_map(event.position()))
        event.accept()

    def zoom(self, factor: float, at: QPointF) -> None:
        """Zoom by a factor (above 1: farther away) with the point of the widget held."""
        camera = cameras.zoomed(self.session.state.camera, factor, at.x(), at.y(), self.across, self.down)
        self._say(SetCamera(camera))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the map."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip, self._dragging = self.on_map(event.position()), False
            self.drawing.press(self._lon_lat(self._grip), self._grip)
            self.session.break_merge()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or say what is under the pointer."""
        if self._grip is not None and event.buttons() & Qt.MouseButton.LeftButton and not self.drawing.drags:
            moved = self.on_map(event.position()) - self._grip
            if self._dragging or moved.manhattanLength() >= QApplication.startDragDistance():
                self._dragging = True
                self._grip = self.on_map(event.position())
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._say(SetCamera(cameras.dragged(self.session.state.camera, moved.x(), moved.y())))
            return
        self._seen_at = event.globalPosition()
        self._point(self.on_map(event.position()))
        self._hover(event)

    def _point(self, at: QPointF) -> None:
        self.pointer = self._lon_lat(at)
        self.pointed.emit(self.pointer)
        self.tool.point(self.pointer)
        self.drawing.point(self.pointer)

    def _lon_lat(self, at: QPointF) -> LonLat:
        """The point of the ground at a point of the widget."""
        return point_to_degrees(*cameras.under(self.session.state.camera, at.x(), at.y(), self.across, self.down))

    def _hover(self, event: QMouseEvent) -> None:
        if self._draws:
            self.setCursor(Qt.CursorShape.CrossCursor)
            return
        at = self.on_map(event.position())
        result = self._result_at(at)
        over = not self._stale() and result is not None and result.over(at.x(), at.y(), REACH)
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        self._hovered = at
        if over:
            self._name()
        else:
            QToolTip.hideText()
            self._resting.start(HOVER_MS)

    def _name(self) -> None:
        """Name what is under the pointer: marks at once, areas when the pointer rests."""
        self._resting.stop()
        at = self._hovered
        result = self._result_at(at)
        words = "" if self._stale() or result is None else result.describe(at.x(), at.y())
        self._hovered_words = bool(words)
        if words and self.underMouse():
            QToolTip.showText(self.mapToGlobal((at * self.enlarged).toPoint()), plain_tip(words), self)

    def _stale(self) -> bool:
        """Whether the picture is one of another view or size."""
        if self._painted is None:
            return True
        wish = self._painted.wish
        return (wish.state.camera, wish.width, wish.height) != (
            self.session.state.camera, self.across, self.down
        )  # fmt: skip

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a press that did not move is a click."""
        if event.button() != Qt.MouseButton.LeftButton or self._grip is None:
            return
        self._grip = None
        self.session.break_merge()
        self.setCursor(Qt.CursorShape.ArrowCursor)
        if not self._dragging:
            at = self.on_map(event.position())
            self._clicked_for_path = self._draws
            if self.drawing.active:
                self.drawing.release(self._lon_lat(at), at, self.seen)
            else:
                self.tool.click(self._lon_lat(at), at, self.seen) if self.tool.active else self._click(at)
        self._dragging = False

    def _click(self, at: QPointF) -> None:
        if self._stale() or self._due or self.artist.busy:
            self.paint_exact()
        self.clicked = self._lon_lat(at)
        self._say(self._asked_by(at))
        self.clicked = None

    def _asked_by(self, at: QPointF) -> Command:
        """What a click asks for: the list of a stack, the record of a mark, or that of an area."""
        refs = self.picked(at)
        events = tuple(ref.key for ref in refs if ref.kind == "event")
        if len(events) > 1:
            return OpenList("stack", events)
        if refs:
            return Select(refs[0])
        result = self._result_at(at)
        areas = result.areas_at(at.x(), at.y()) if result is not None else ()
        return Select(areas[0] if areas else None)

    def picked(self, at: QPointF) -> tuple[Ref, ...]:
        """What the picture shows at a point of the widget, top first."""
        result = self._result_at(at)
        return tuple(result.pick(at.x(), at.y(), REACH)) if result is not None else ()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """End the path that is measured or the area that is drawn, or zoom in on the point."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self.tool.active:
            self.tool.finish()
        elif self.drawing.active:
            self.drawing.close()
        elif not self._clicked_for_path:
            self.zoom(0.5, self.on_map(event.position()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the point, or of the middle when the key was pressed."""
        self._resting.stop()
        QToolTip.hideText()
        at = self.on_map(QPointF(event.pos()))
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = QPointF(self.across / 2, self.down / 2)
        self.asked.emit(self._lon_lat(at), self.mapToGlobal((at * self.enlarged).toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        self.pointer = None
        self._resting.stop()
        self.pointed.emit(None)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Know the pointer before it moves."""
        self._seen_at = event.globalPosition()
        self._point(self.on_map(event.position()))

    # measuring and marks

    def measure(self, start: LonLat) -> None:
        """Measure a path from a point; each click adds to it."""
        self._resting.stop()
        QToolTip.hideText()  # it would lie upon the line
        self.setFocus()  # for the keys that end a path
        if self.drawing.active:
            self.drawing.drop()
        self.tool.begin(start)

    def draw(self, shape: str, start: LonLat | None = None) -> None:
        """Draw ground to ask for, one of the shapes of the tool, from a point on if one is given."""
        self._resting.stop()
        QToolTip.hideText()
        self.setFocus()  # for the keys that close an area
        if self.tool.active:
            self.tool.finish()
        self.drawing.begin(shape, start)

    @property
    def _draws(self) -> bool:
        """Whether clicks set points and select nothing."""
        return self.tool.active or self.drawing.active

    def _show_measured(self) -> None:
        self.setCursor(Qt.CursorShape.CrossCursor if self._draws else Qt.CursorShape.ArrowCursor)
        self.update()

    def seen(self, where: LonLat) -> QPointF:
        """The point of the widget at which a point of the ground is seen."""
        camera = self.session.state.camera
        return QPointF(*cameras.seen_at(camera, *point_to_map(*where), self.across, self.down))

    def show_mark(self, where: LonLat | None) -> None:
        """Mark a point that was asked for by its coordinate."""
        self.mark = where
        self.update()

    def centre(self, where: LonLat, scale: float | None = None) -> None:
        """Look at a point, at a scale in metres per pixel."""
        x, y = point_to_map(*where)
        camera = self.session.state.camera
        self._say(SetCamera(replace(camera, x=x, y=y, scale=scale or camera.scale)))

    def middle(self) -> LonLat:
        """The point in the middle of the view."""
        camera = self.session.state.camera
        return point_to_degrees(camera.x, camera.y)

    def closer(self) -> float:
        """The scale of "zoom here": well closer than now."""
        return self.session.state.camera.scale / 3

    def _say(self, command: Command) -> None:
        self.session.dispatch(command)

    # frame

    def event(self, event: QEvent) -> bool:
        """Paint for a screen whose pixels are of another size."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._want()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint for the new size."""
        self.steady.follow(self.geometry())
        self._want()
        self.resized.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring to whoever came by keyboard."""
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        self._ring = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Every key but those of a path or an area that is drawn belongs to the table of actions."""
        event.setAccepted(self.drawing.key(event) or self.tool.key(event))


def _days_between(one: Painted | None, other: Painted) -> int:
    """By how many days time moved between two pictures of the same, 0 if more than that changed."""
    if one is None:
        return 0
    state, cursor = one.wish.state, other.wish.state.time.cursor
    moved = replace(one.wish, state=replace(state, time=replace(state.time, cursor=cursor)))
    return cursor - state.time.cursor if moved.alike(other.wish) else 0


def _look(state: State) -> tuple[object, ...]:
    return state.camera.scale, state.theme, state.labels, state.layers, state.ground, state.grid, state.raster
