"""The map of a presenter: live while it moves, and at rest the very page that is exported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication

from viewer.draw.page import enlargement, finish_page, laid_again, paint_cards, provisional
from viewer.session.commands import Command, Select
from viewer.session.presenting import same_map, told_by
from viewer.session.sides import sides
from viewer.session.state import CARDS
from viewer.ui.artist import Painted, Wish
from viewer.ui.canvas import Canvas
from viewer.ui.painted_map import ALONE, ANEW

if TYPE_CHECKING:
    from viewer.draw.drawn import Drawn
    from viewer.draw.page_cards import Layout
    from viewer.draw.picture import MapPicture
    from viewer.session.session import Session
    from viewer.session.state import Scene, State
    from viewer.ui.presenter.plans import Plans

REST_MS = 220
"""After the last movement of a hand until the page is painted as it would be exported."""
IDLE_MS = 2_500
"""After the last movement of the mouse until its pointer is hidden."""
GLIDING = frozenset(("date", "scale", "sources", "marking"))
"""The cards that stay while the map glides to another scene."""
LIVE = frozenset(("date", "scale"))
"""The cards that change while something moves."""


class Stage(Canvas):
    """Shows the scene it was given, or what a hand made of it."""

    rested = Signal()
    """The page is on the screen as it would be exported."""
    card_moved = Signal(str, str)
    """(card, corner): where a hand put one."""
    record_clicked = Signal()
    """A record was clicked, and is selected now."""
    spotted = Signal(QPointF)
    """Where the mouse is, in pixels of the widget."""

    def __init__(self, session: Session, picture: MapPicture, plans: Plans) -> None:
        super().__init__(session, picture)
        self._plans = plans
        self.scene: Scene | None = None
        """Whose words are shown."""
        self.layout_now: Layout | None = None
        self.clear: tuple[QRectF, ...] = ()
        self._planned: tuple[Layout | None, State] = None, session.state
        """Where the cards of the scene stand, and the state that this was found out for."""
        self.final = False
        """Whether that is where they stay."""
        self._laid_for: State | None = None
        """What `layout_now` is the layout of."""
        self._page = QImage()
        self._moving = False
        self.gliding = False
        self.blank = ""
        """'' or what covers the map: 'black' or 'white'."""
        self.spot = False
        """Whether a spot stands for the pointer of the mouse."""
        self._held: tuple[str, QPointF] | None = None
        """The card that a hand holds, and where it is drawn to."""
        self._resting_soon = QTimer(self)
        self._resting_soon.setSingleShot(True)
        self._resting_soon.timeout.connect(self._rest)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(lambda: self.setCursor(Qt.CursorShape.BlankCursor))
        self.swipe.ready.connect(self._compose)
        self._rest_wish: Wish | None = None
        self._still_cards: tuple[object, Layout | None, QImage] = None, None, QImage()

    @property
    def cards(self) -> tuple[QRectF, ...]:
        """Those of the scene."""
        return self.clear

    def release(self) -> None:
        """Stop all that is under way, before the widget goes."""
        self._resting_soon.stop()
        self._idle.stop()
        super().release()

    # what is shown

    def present(self, scene: Scene, layout: Layout | None, own: State) -> None:
        """Show the words of a scene where a layout has them; None while that is not known. own: its view."""
        if self.scene is not None and scene != self.scene:
            self.forget_click()
        self.final = layout is not None
        layout = layout or provisional(self.picture, scene, self.width(), self.height())
        self.scene, self.layout_now, self._laid_for, self.clear = scene, layout, own, layout.clear
        self._planned = layout, own
        self._page = QImage()
        if not self._moving:
            self._resting_soon.start(0)
        self.update()

    @property
    def at_rest(self) -> bool:
        """Whether the page is on the screen as it would be exported."""
        return not self._page.isNull()

    @property
    def seconds_anew(self) -> float:
        """How long a thread takes for a picture that has nothing to take over, by the last one."""
        return self._seconds[ANEW] / ALONE

    @property
    def page(self) -> QImage:
        """The page at rest, in device pixels; a null image while something moves."""
        return self._page

    def set_moving(self, moving: bool) -> None:
        """Whether time plays or the map glides: until then nothing rests."""
        self._moving = moving
        if moving:
            self._resting_soon.stop()
        else:
            self.gliding = False
            self._resting_soon.start(0)

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        self._page = QImage()
        self._rest_wish = None
        super()._changed(before, after, changed)
        self.update()
        if not self._moving:
            self._resting_soon.start(REST_MS)

    def _quick(self, wish: Wish) -> bool:
        return not self.gliding and not self._plans.busy and super()._quick(wish)

    def _wish(self, hasty: bool) -> Wish:
        wish = super()._wish(hasty)
        return wish if hasty else replace(wish, anew=True)

    def _rest(self) -> None:
        """Have the page painted as it would be exported."""
        if self._moving or not self.final or self._grip is not None:
            return
        self._due = False
        self._rest_wish = self._wish(hasty=False)
        self.artist.order(self._rest_wish)

    def _follow_swipe(self, alone: bool = False) -> None:
        self.swipe.follow(alone or self.artist.alone, self.enlarged, self.clear, anew=self._rest_wish is not None)

    def _show(self, painted: Painted) -> None:
        super()._show(painted)
        self._sharpening.stop()  # what rests is asked for here
        rest = self._rest_wish
        late = rest is None or painted.wish.number > rest.number or painted.drawn.unfinished
        if late and not self.at_rest and not self._moving:
            self._resting_soon.start(REST_MS)
        self._compose()

    def _compose(self) -> None:
        """Lay the cards on an exact picture; where those of another legend lie elsewhere, ask for a fitting one."""
        painted, wish, layout = self._painted, self._rest_wish, self.layout_now
        state = self.session.state
        if painted is None or wish is None or layout is None or self.scene is None or not self.final:
            return
        if painted.wish.number != wish.number or painted.drawn.unfinished or self._moving:
            return
        drawn = self._both()
        if drawn is None or (sides(state) is not None and (drawn.beside is None or self.swipe.artist.busy)):
            return
        if self._laid_for != state:
            layout = self.layout_now = self._layout_of(state, drawn, layout)
            self._laid_for = state
        if layout.clear != wish.clear:
            self.clear = layout.clear
            self._rest()
            return
        self._page = self._composed(painted.image, state, drawn, layout)
        self.update()
        self.rested.emit()

    def _layout_of(self, state: State, drawn: Drawn, layout: Layout) -> Layout:
        """The one of the scene on its own ground and days, else one with the legend of what is shown in its corners."""
        planned, own = self._planned
        words = self.scene
        if words is None or words.kind != "map":
            return layout
        same_ground = same_map(replace(state, time=own.time, selected=own.selected), own)
        same_time = replace(state.time, cursor=own.time.cursor) == own.time and told_by(words, state.time.cursor)
        if planned is not None and same_ground and same_time:
            return planned
        return laid_again(self.picture, words, state, drawn, layout)

    def _composed(self, image: QImage, state: State, drawn: Drawn, layout: Layout) -> QImage:
        assert self.scene is not None  # noqa: S101 - asked before
        ratio = self.devicePixelRatioF()
        size = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        page = QImage(*size, QImage.Format.Format_RGB32)
        page.setDevicePixelRatio(self.ratio)
        painter = QPainter(page)
        painter.drawImage(QPointF(0, 0), image)
        self.swipe.paint(painter)
        finish_page(painter, self.picture, self.scene, state, drawn, layout)
        painter.end()
        page.setDevicePixelRatio(ratio)
        return page

    def _say(self, command: Command) -> None:
        super()._say(command)
        if isinstance(command, Select) and command.ref is not None:
            self.record_clicked.emit()

    def event(self, event: QEvent) -> bool:
        """On a screen whose pixels are of another size it is another page."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._page = QImage()
            self.resized.emit()
        return super().event(event)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The page at rest, or the map as it moves with the cards that hold still."""
        painter = QPainter(self)
        if self.blank:
            colour = Qt.GlobalColor.black if self.blank == "black" else Qt.GlobalColor.white
            painter.fillRect(self.rect(), colour)
        elif self.at_rest:
            painter.drawImage(QPointF(0, 0), self._page)
            self._paint_held(painter)
        else:
            painter.scale(self.enlarged, self.enlarged)
            self.paint_map(painter)
            if self.scene is not None and self.layout_now is not None:
                names = frozenset(self.layout_now.cards) & GLIDING if self.gliding else frozenset(self.layout_now.cards)
                if self._wordy:
                    self._paint_cards(painter, self.scene, self.layout_now, names)
                    return
                painter.drawImage(QPointF(0, 0), self._still(self.scene, self.layout_now, names - LIVE))
                self._paint_cards(painter, self.scene, self.layout_now, names & LIVE)

    def _paint_cards(self, painter: QPainter, scene: Scene, layout: Layout, names: frozenset[str]) -> None:
        paint_cards(painter, self.picture, scene, self.session.state, self.result, layout, names)

    def _still(self, scene: Scene, layout: Layout, names: frozenset[str]) -> QImage:
        """The cards that stay as they are while time or the map moves."""
        key = scene, id(layout), names, self.session.state.theme, self.width(), self.height(), self.ratio
        if self._still_cards[0] != key:
            ratio = self.devicePixelRatioF()
            size = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
            image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(self.ratio)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            self._paint_cards(painter, scene, layout, names)
            painter.end()
            self._still_cards = key, layout, image
        return self._still_cards[2]

    def _paint_held(self, painter: QPainter) -> None:
        if self._held is None or self.layout_now is None:
            return
        name, at = self._held
        spot, corner = self.layout_now.cards[name], self._corner_at(at)
        target = QRectF(spot)
        target.moveLeft(14 if "w" in corner else self.across - 14 - spot.width())
        target.moveTop(14 if "n" in corner else self.down - 38 - spot.height())
        painter.scale(self.enlarged, self.enlarged)
        colour = QColor(self._colour("select"))
        painter.setPen(QPen(colour, 2.5))
        colour.setAlphaF(0.18)
        painter.setBrush(colour)
        painter.drawRoundedRect(target, 4, 4)

    def _corner_at(self, at: QPointF) -> str:
        return ("n" if at.y() < self.down / 2 else "s") + ("w" if at.x() < self.across / 2 else "e")

    # hand

    def _card_at(self, at: QPointF) -> str:
        """The card under a point of the map that a hand may move."""
        cards = self.layout_now.cards if self.layout_now is not None else {}
        return next((name for name in CARDS if name in cards and cards[name].contains(at)), "")

    @property
    def _wordy(self) -> bool:
        return self.scene is not None and self.scene.kind != "map"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a card, or of the map; behind words there is nothing to take hold of."""
        if self._wordy or self.blank:
            return
        at = self.on_map(event.position())
        name = self._card_at(at) if self.at_rest and event.button() == Qt.MouseButton.LeftButton else ""
        if name:
            self._grip_of_card = at
            self._held = (name, at)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw along what is held."""
        self._idle.start()
        self.spotted.emit(event.position())
        if self._held is not None:
            self._held = self._held[0], self.on_map(event.position())
            self.update()
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held is None:
            super().mouseReleaseEvent(event)
            if not self._moving and not self.at_rest:
                self._resting_soon.start(REST_MS)
            return
        (name, at), self._held = self._held, None
        moved = (at - self._grip_of_card).manhattanLength() >= QApplication.startDragDistance()
        self.update()
        if moved:
            self.card_moved.emit(name, self._corner_at(at))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Closer, where there is a map."""
        if not self._wordy and not self.blank:
            super().mouseDoubleClickEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom, where there is a map."""
        if not self._wordy and not self.blank:
            super().wheelEvent(event)
        event.accept()

    def _hover(self, event: QMouseEvent) -> None:
        if self.spot or self._wordy or self.blank:
            self.setCursor(Qt.CursorShape.BlankCursor if self.spot else Qt.CursorShape.ArrowCursor)
            return
        if self._card_at(self.on_map(event.position())) and self.at_rest:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            return
        super()._hover(event)
        self._resting.stop()  # marks are named, ground is not: a room would read along

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        self._idle.stop()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size of page."""
        self._page = QImage()
        self.enlarged = enlargement(self.width(), self.height())
        super().resizeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """No ring: there is nothing else to come to."""
