"""Which screen shows the scenes and which the notes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QWidget

from viewer.domain.frozen import dataclass


@dataclass(frozen=True, eq=False)
class Seats:
    """The screen of the scenes, and that of the notes if there is another one."""

    scenes: QScreen
    notes: QScreen | None = None


def seats(screens: Sequence[QScreen], primary: QScreen, here: QScreen, swapped: bool = False) -> Seats:
    """With one screen the scenes have it; with several the primary one, which is the speaker's, has the notes.

    here: the screen of the window that is left, which has the scenes if there is no other; swapped: the other
    way round.
    """
    others = [screen for screen in screens if screen is not primary]
    if not others:
        return Seats(here if here in screens else primary)
    return Seats(primary, others[0]) if swapped else Seats(others[0], primary)


def fill(widget: QWidget, screen: QScreen) -> None:
    """Let a window fill a screen."""
    place = screen.geometry()
    if widget.isFullScreen() and widget.screen() is screen and widget.geometry() == place:
        return
    if widget.isFullScreen():
        widget.showNormal()  # a full screen stays on its screen
    widget.setScreen(screen)
    widget.setGeometry(place)
    widget.showFullScreen()


def beside(widget: QWidget, screen: QScreen) -> None:
    """Let a window lie in the lower part of a screen, above what fills it."""
    room = screen.availableGeometry()
    size = min(room.width(), 1000), min(room.height(), 460)
    at = QPoint(room.left() + (room.width() - size[0]) // 2, room.bottom() - size[1] - 20)
    if widget.isFullScreen():
        widget.showNormal()
    widget.setGeometry(QRect(at.x(), at.y(), *size))
    widget.winId()  # it has a handle now, which stays above what fills the screen
    parent = widget.parentWidget()
    if parent is not None:
        widget.windowHandle().setTransientParent(parent.windowHandle())
    widget.show()
    widget.raise_()
