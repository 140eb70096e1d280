"""The door to a briefing in front of people: a window of its own over the whole screen.

It has a session of its own. Whoever leaves it finds the window behind it as it was, whatever was shown meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from viewer.draw.page import page_image

if TYPE_CHECKING:
    from viewer.session.state import Scene
    from viewer.ui.loaded import Loaded


class Presenter(QWidget):
    """Shows scenes one after the other over a whole screen. `begin` opens it, `leave` closes it."""

    ended = Signal()
    """It was left; the widget goes by itself."""
    kept = Signal(object)
    """A Scene of what was shown live, with a key of its own, to be put behind the one that was shown."""
    moved = Signal(object)
    """A Scene of the briefing whose cards stand elsewhere now: the same key, other `places`."""

    def __init__(
        self, loaded: Loaded, scenes: tuple[Scene, ...], start: str = "", window: QWidget | None = None
    ) -> None:
        """start: the key of the scene to begin with, '' for the first; window: on whose screen it opens."""
        super().__init__(window, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._loaded, self._scenes = loaded, scenes
        self.at = next((number for number, scene in enumerate(scenes) if scene.key == start), 0)
        self._image = QImage()

    def begin(self) -> None:
        """Open over the whole screen."""
        self.showFullScreen()
        self.activateWindow()

    def leave(self) -> None:
        """Close it; `ended` tells."""
        self.close()

    def _go(self, number: int) -> None:
        self.at = min(max(number, 0), len(self._scenes) - 1)
        self._paint()

    def _paint(self) -> None:
        if self._scenes:
            scene, ratio = self._scenes[self.at], self.devicePixelRatioF()
            self._image = page_image(self._loaded.picture, scene, self.width(), self.height(), ratio)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Keys are the briefing's own: no action of the window behind it may take one."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Forward, back and out."""
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_Space):
            self._go(self.at + 1)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_PageUp):
            self._go(self.at - 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint for the new size."""
        self._paint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The scene."""
        QPainter(self).drawImage(0, 0, self._image)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that it is over."""
        super().closeEvent(event)
        self.ended.emit()
