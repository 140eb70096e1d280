"""What the speaker sees: notes, the next scene, how many there are, the clock, and how long it has taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from viewer.ui.text import PlainLabel, SafeTextBrowser

if TYPE_CHECKING:
    from viewer.session.state import Scene

NOTE_PIXELS, CLOCK_PIXELS, LABEL_PIXELS = 24, 34, 16
NO_NOTES = "No notes for this scene."
TICK_MS = 1_000


class Miniature(QWidget):
    """A picture of a page, as large as there is room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.setMinimumSize(240, 135)

    def show_image(self, image: QImage | None) -> None:
        """Another picture, None for nothing."""
        self.image = image if image is not None else QImage()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture at the top of its room."""
        if self.image.isNull():
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        fitted = self.image.scaled(
            round(self.width() * ratio), round(self.height() * ratio),
            Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        fitted.setDevicePixelRatio(ratio)
        painter.drawImage(0, 0, fitted)


class Notes(QWidget):
    """The speaker's window. Keys that come here are the presenter's; closing it leaves the scenes where they are."""

    def __init__(self, press: Callable[[QKeyEvent], None], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Notes \u2013 Badia")
        self._press = press
        self._sized: list[tuple[PlainLabel, int]] = []
        self.number, self.clock, self.elapsed = (self._label(CLOCK_PIXELS, bold=True) for _ in range(3))
        self.title, self.coming = self._label(LABEL_PIXELS + 4, bold=True), self._label(LABEL_PIXELS)
        self.told = self._label(LABEL_PIXELS)
        self.told.setWordWrap(True)
        self.title.setWordWrap(True)
        self.coming.setWordWrap(True)
        self.text = SafeTextBrowser(self)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.text.viewport().setAutoFillBackground(False)
        self.text.setAccessibleName("Notes of this scene")
        self.next = Miniature(self)
        self._place()
        self._begun = QElapsedTimer()
        self._ticking = QTimer(self)
        self._ticking.setInterval(TICK_MS)
        self._ticking.timeout.connect(self._tick)

    def _label(self, pixels: int, bold: bool = False) -> PlainLabel:
        label = PlainLabel("", self)
        font = label.font()
        font.setPixelSize(pixels)
        font.setBold(bold)
        self._sized.append((label, pixels))
        label.setFont(font)
        return label

    def _place(self) -> None:
        head = QHBoxLayout()
        for label, at in ((self.number, "Left"), (self.elapsed, "HCenter"), (self.clock, "Right")):
            label.setAlignment(Qt.AlignmentFlag[f"Align{at}"])
            head.addWidget(label, 1)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.title)
        left.addWidget(self.text, 1)
        right.addWidget(self.coming)
        right.addWidget(self.next, 1)
        body = QHBoxLayout()
        body.setSpacing(24)
        body.addLayout(left, 3)
        body.addLayout(right, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(14)
        column.addLayout(head)
        column.addLayout(body, 1)
        column.addWidget(self.told)
        self.told.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words as large as the window allows."""
        by = min(max(self.height() / 768, 0.75), 2.0)
        for label, pixels in self._sized:
            font = label.font()
            font.setPixelSize(round(pixels * by))
            label.setFont(font)
        font = self.text.font()
        font.setPixelSize(round(NOTE_PIXELS * by))
        self.text.setFont(font)

    def begin(self) -> None:
        """The show begins: time runs."""
        self._begun.start()
        self._ticking.start()
        self._tick()

    def release(self) -> None:
        """Nothing ticks any more."""
        self._ticking.stop()

    def _tick(self) -> None:
        self.clock.setText(dt.datetime.now().astimezone().strftime("%H:%M"))
        self.elapsed.setText(elapsed_words(self._begun.elapsed() // 1000))

    def tell(self, scenes: tuple[Scene, ...], at: int, coming: Scene | None) -> None:
        """Show what belongs to a scene, and what comes next; None: nothing does."""
        scene = scenes[at]
        self.number.setText(f"{at + 1} of {len(scenes)}")
        self.title.setText(scene.title or "No title")
        self.text.setPlainText(scene.notes.strip() or NO_NOTES)
        self.coming.setText(f"Next: {coming.title or 'no title'}" if coming is not None else "This is the last scene")
        self.next.show_image(None)

    def say(self, sentences: tuple[str, ...]) -> None:
        """Tell what went wrong, a sentence each; none takes the line away."""
        self.told.setText("\n".join(sentences))
        self.told.setVisible(bool(sentences))

    def event(self, event: QEvent) -> bool:
        """Keys are the presenter's: no action of the window behind may take one."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As if it were pressed on the scenes."""
        self._press(event)


def elapsed_words(seconds: int) -> str:
    """Hours, minutes and seconds that have passed: 4:05, 1:00:12."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
