"""The handle between the maps of two days: dragging it only lays two kept pictures beside each other anew."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from viewer.domain.dates import day_words
from viewer.draw.swipe import paint_handle
from viewer.session import camera as cameras
from viewer.session.commands import MoveHandle
from viewer.session.session import Session
from viewer.session.sides import sides
from viewer.ui.artist import Artist, Painted, Wish

if TYPE_CHECKING:
    from viewer.draw.drawn import Drawn
    from viewer.draw.picture import MapPicture

WIDTH = 22
"""Pixels of the map that the handle takes."""


class Swipe(QWidget):
    """The handle, and the picture of the left map; the canvas has that of the right one."""

    ready = Signal()
    """The left map is there, or another one."""

    def __init__(self, session: Session, picture: MapPicture, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._picture, self._map = session, picture, parent
        self._painted: Painted | None = None
        self._wishes, self._enlarged = 0, 1.0
        self._ordered = 0
        """The number of the last wish that a picture was ordered for."""
        self.artist = Artist(picture, self)
        self.artist.finished.connect(self._show)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName("Handle between the maps of A and B")
        self.setToolTip("Drag, or press comma and full stop, to see more of one map or the other")
        self.hide()

    def release(self) -> None:
        """Wait for a picture that is being painted, before the data are closed."""
        self.artist.release()

    @property
    def stands(self) -> float:
        """Where the handle stands, in pixels of the map."""
        return (self._session.state.swipe or 0.0) * self._size[0]

    @property
    def beside(self) -> Drawn | None:
        """What the left map shows, while there are two."""
        return self._painted.drawn if self._painted is not None and sides(self._session.state) is not None else None

    def covers(self, x: float) -> bool:
        """Whether a pixel of the map lies in the left one."""
        return self.beside is not None and x < self.stands

    @property
    def stale(self) -> bool:
        """Whether the picture of the left map is one of another view or size."""
        now = self._session.state.camera, self._size
        wish = self._painted.wish if self._painted is not None else None
        return wish is None or (wish.state.camera, (wish.width, wish.height)) != now

    @property
    def _size(self) -> tuple[int, int]:
        """Of the map, in its own pixels."""
        size = self._map.width(), self._map.height()
        return (math.ceil(size[0] / self._enlarged - 1e-6), math.ceil(size[1] / self._enlarged - 1e-6))

    def follow(
        self, alone: bool, enlarged: float = 1.0, clear: tuple[QRectF, ...] = (), anew: bool = False
    ) -> None:
        """Show the handle where it belongs, and have the left map painted if it is another one.

        alone: there may be no thread yet; enlarged: pixels of the widget for each of the map; clear, anew: see
        `MapPicture.image`.
        """
        both, parent, self._enlarged = sides(self._session.state), self._map, enlarged
        self.setVisible(both is not None)
        if both is None:
            self._painted = None
            return
        self.setGeometry(round(self.stands * enlarged) - WIDTH // 2, 0, WIDTH, parent.height())
        self._wishes += 1
        ratio = parent.devicePixelRatioF() * enlarged
        wish = Wish(both[0], *self._size, ratio, self._wishes, clear=clear, anew=anew)
        self.artist.alone = alone
        shown = self._painted.wish if self._painted is not None else None
        if shown is None or shown.number < self._ordered or not shown.alike(wish):
            self._ordered = wish.number
            self.artist.order(wish)

    def _show(self, painted: Painted) -> None:
        if self._painted is not None and painted.wish.number < self._painted.wish.number:
            return
        self._painted = painted
        self.ready.emit()

    def paint(self, painter: QPainter) -> None:
        """The left map over the right one, moved with the hand until the exact one is there, and the handle."""
        state, painted = self._session.state, self._painted
        if sides(state) is None or state.compare is None:
            return
        (width, height), first = self._size, state.compare
        if painted is not None:
            first = painted.wish.state.time.cursor
            size = painted.image.deviceIndependentSize()
            left, top, stretch = cameras.moved_picture(
                painted.wish.state.camera, (size.width(), size.height()), state.camera, width, height
            )
            painter.save()
            painter.setClipRect(QRectF(0, 0, self.stands, height))
            target = QRectF(left, top, size.width() * stretch, size.height() * stretch)
            painter.drawImage(target, painted.image, QRectF(painted.image.rect()))
            painter.restore()
        words = day_words(first), day_words(state.time.cursor)
        paint_handle(painter, self.stands, height, words, self._picture.tokens(state.theme))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the handle."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            x = self.mapToParent(event.position().toPoint()).x()
            self._session.dispatch(MoveHandle(x / max(1, self._map.width())))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        event.accept()
