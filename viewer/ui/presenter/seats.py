"""Which screen shows the scenes and which the notes, and what happens when one comes or goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from viewer.domain.frozen import dataclass
from viewer.ui.presenter.notes import Notes
from viewer.ui.presenter.overlays import Told

LONG_MS = 9_000
"""How long a sentence is shown to a room that is for the speaker."""


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


class Seating(QObject):
    """Keeps scenes and notes on their screens, and tells the speaker what happens."""

    seated = Signal()
    """Scenes or notes have another screen."""

    def __init__(
        self, scenes: QWidget, speaker: Notes, told: Told, here: QScreen | None,
        screens: Callable[[], Sequence[QScreen]],
    ) -> None:  # fmt: skip
        """here: the screen of the window that is left; screens: those that are plugged in."""
        super().__init__(scenes)
        self._scenes, self._speaker, self._told, self._here, self._screens = scenes, speaker, told, here, screens
        self._swapped = self._begun = False

    def begin(self) -> None:
        """Take the screens, and listen for others."""
        self._begun = True
        if isinstance(app := QGuiApplication.instance(), QGuiApplication):
            app.screenAdded.connect(self._other_screens)
            app.screenRemoved.connect(self._other_screens)
        self._sit()

    def release(self) -> None:
        """Leave them."""
        if self._begun and isinstance(app := QGuiApplication.instance(), QGuiApplication):
            app.screenAdded.disconnect(self._other_screens)
            app.screenRemoved.disconnect(self._other_screens)
        self._begun = False
        self._speaker.hide()

    def _sit(self) -> None:
        primary = QGuiApplication.primaryScreen()
        found = seats(self._screens(), primary, self._here or primary, self._swapped)
        fill(self._scenes, found.scenes)
        if found.notes is not None:
            fill(self._speaker, found.notes)
        elif self._speaker.isVisible():
            self._speaker.hide()

    def _other_screens(self, screen: QScreen) -> None:
        QTimer.singleShot(0, self, self._sit_anew)  # when Qt has moved what was on it

    def _sit_anew(self) -> None:
        if not self._begun:
            return
        had = self._speaker.isVisible()
        self._sit()
        gone = had and not self._speaker.isVisible()
        said = "A screen was unplugged: the scenes go on here, N shows the notes"
        self.say((said if gone else "The screens changed: X swaps scenes and notes",))
        self.seated.emit()

    def swap(self) -> None:
        """Scenes where the notes are, and the other way round."""
        if len(self._screens()) < 2:
            self.say(("There is one screen: N shows the notes on it",))
            return
        self._swapped = not self._swapped
        self._sit()
        self.seated.emit()

    def show_notes(self) -> None:
        """The notes on a screen of their own, or above the scenes; or none."""
        if self._speaker.isVisible():
            self._speaker.hide()
        elif len(self._screens()) > 1:
            self._sit()
        else:
            beside(self._speaker, self._scenes.screen())

    def say(self, sentences: tuple[str, ...]) -> None:
        """Tell the speaker, on the notes where they are shown."""
        self._speaker.say(sentences)
        if sentences and not self._speaker.isVisible():
            more = f" (and {len(sentences) - 1} more: N shows the notes)" if len(sentences) > 1 else ""
            self._told.say(sentences[0] + more, LONG_MS)
