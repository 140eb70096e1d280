"""The map under a hand: what it drags, zooms, points at and clicks becomes commands, and what lies there is named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)  # fmt: skip
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from viewer.domain.frozen import dataclass
from viewer.domain.places import LonLat
from viewer.draw.paint_measure import Overlay
from viewer.draw.screen import Screen
from viewer.geo.projection import point_to_degrees, point_to_map
from viewer.session import camera as cameras
from viewer.session.commands import Command, OpenList, Select, SetCamera
from viewer.session.session import Session
from viewer.session.sides import sides
from viewer.session.state import Ref, State
from viewer.ui.drawing import DrawingTool
from viewer.ui.map_foot import MapFoot
from viewer.ui.measuring import MeasuringTool
from viewer.ui.painted_map import PaintedMap
from viewer.ui.steady import Steady
from viewer.ui.text import plain_tip

if TYPE_CHECKING:
    from viewer.draw.picture import MapPicture

HOVER_MS = 500
WHEEL_ZOOM = 1.25


@dataclass(frozen=True, slots=True)
class Click:
    """A click that waits for the picture of what it was made on.

    number: that of the first wish whose picture answers it; state: what was asked for then. Who has asked for anything
    since but another view or day does not want it any more, nor who looks elsewhere by now.
    """

    where: LonLat
    number: int
    state: State

    def is_wanted(self, state: State, seen: QPointF, across: int, down: int) -> bool:
        """Whether it may still be answered, seen at a point of a view of that size."""
        alike = replace(state, camera=self.state.camera, time=self.state.time) == self.state
        return alike and 0 <= seen.x() <= across and 0 <= seen.y() <= down


class Canvas(PaintedMap):
    """The map. Signals: what the pointer is over, what was drawn, what the measured path comes to."""

    pointed = Signal(object)
    """(lon, lat) under the pointer, or None."""
    said = Signal(str)
    resized = Signal()
    asked = Signal(object, object)
    """Right button: (lon, lat) and the global position for the menu."""

    def __init__(self, session: Session, picture: MapPicture, parent: QWidget | None = None) -> None:
        super().__init__(session, picture, parent)
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
        self._waiting: Click | None = None
        self.drawn.connect(self._answer)
        self._clicked_for_path = False
        """Whether the last click was one of the path's, so that a second one does not zoom."""
        self._grip: QPointF | None = None
        self._seen_at = QPointF()
        """Where on the screen the pointer was last seen: the map may move below a pointer that rests."""
        self._dragging = False
        self._hovered = QPointF()
        self._hovered_words = False
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.timeout.connect(self._name)
        self.steady = Steady(session, self)
        self._ring = False
        self._foot = MapFoot(picture)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Map")
        self.setAccessibleDescription("Drag to move, wheel to zoom, click to select, right button for more")

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self.steady.release()
        self._resting.stop()
        self._waiting = None
        self.tool.release()
        super().release()

    @property
    def cards(self) -> tuple[QRectF, ...]:
        """Where the foot lies on it."""
        return self._foot.cards(self.session.state, self.across, self.down)

    def _want(self) -> None:
        if self._hovered_words:
            QToolTip.hideText()  # what it said may no longer be there
            self._hovered_words = False
        super()._want()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the last picture where it belongs now, with what a hand measured, and the mark that only it has."""
        painter = QPainter(self)
        self.paint_map(painter)
        foot = self._foot.image(self.session.state, self.across, self.down, self.devicePixelRatioF())
        painter.drawImage(QPointF(0, self.down - round(foot.deviceIndependentSize().height())), foot)
        if self._ring:
            painter.setPen(QPen(self._colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def paint_map(self, painter: QPainter) -> None:
        """The map as it is seen now, with what is marked, measured and drawn, in its own pixels."""
        super().paint_map(painter)
        camera, width, height = self.session.state.camera, self.across, self.down
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_mark(painter)
        state, pointer = self.session.state, self.pointer if self.tool.active else None
        screen, tokens = Screen(camera, width, height), self.picture.tokens(state.theme)
        self._overlay.paint(painter, screen, state, tokens, pointer, self.cards)
        self.drawing.paint(painter, screen, tokens)

    def _paint_mark(self, painter: QPainter) -> None:
        if self.mark is not None:
            painter.setPen(QPen(self._colour("select"), 2))
            at = self.seen(self.mark)
            painter.drawEllipse(at, 9, 9)
            for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(at + QPointF(right * 5, down * 5), at + QPointF(right * 14, down * 14))

    # hand

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
        self._waiting = None
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

    def _follow_pointer(self) -> None:
        if self.pointer is not None:
            self._point(self.on_map(self.mapFromGlobal(self._seen_at)))

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
        over = result is not None and result.over(at.x(), at.y())
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
        words = "" if result is None else result.describe(at.x(), at.y())
        self._hovered_words = bool(words)
        if words and self.underMouse():
            QToolTip.showText(self.mapToGlobal((at * self.enlarged).toPoint()), plain_tip(words), self)

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
        if not (self._stale() or self._due or self.artist.busy or self.swipe.artist.busy):
            self.paint_known()
        elif self._is_quick():
            self.paint_exact()
        else:
            self._waiting = Click(self._lon_lat(at), self._wishes + 1, self.session.state)
            self._want()
            return
        self._choose(at)

    def _is_quick(self) -> bool:
        """Whether the exact picture may be waited for."""
        paints = self.artist.at_work or self.swipe.artist.at_work
        return not paints and sides(self.session.state) is None and self._quick(self._wish(hasty=False))

    def _answer(self) -> None:
        """Choose what a click meant, now that the picture is there that it waited for."""
        click, painted = self._waiting, self._painted
        if click is None or painted is None or painted.wish.number < click.number or self._stale():
            return
        if sides(self.session.state) is not None and (self.swipe.stale or self.swipe.artist.busy):
            return
        self._waiting, seen = None, self.seen(click.where)
        if not self._draws and click.is_wanted(self.session.state, seen, self.across, self.down):
            self._choose(seen)

    def forget_click(self) -> None:
        """Something else is shown now than what was clicked."""
        self._waiting = None

    def _choose(self, at: QPointF) -> None:
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
        return tuple(result.pick(at.x(), at.y())) if result is not None else ()

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
