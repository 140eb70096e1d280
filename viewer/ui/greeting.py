"""What stands where nobody has begun yet: the briefing of the built-in data is offered, and ways to open a store."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viewer.session.actions import BY_ID
from viewer.session.briefing import BriefingError
from viewer.ui.briefing import builtin_scenes
from viewer.ui.preload import Preload
from viewer.ui.text import PlainLabel

if TYPE_CHECKING:
    from viewer.session.state import Scene
    from viewer.ui.canvas import Canvas
    from viewer.ui.window import Window

GREETED = "greeted"
"""The setting that tells that somebody has seen the briefing, or does not want to."""
WIDE, MARGIN = 310, 12
LEAST_MAP = 760
"""Pixels: on a narrower map it would lie on the date."""
OFFERED = ("open", "open_builtin", "present_builtin")
"""What can be done where no store is open."""
BELOW_MIDDLE = 56


def greet(window: Window, settings: QSettings) -> None:
    """Offer the briefing where the built-in data are shown, unless somebody has answered that before."""
    if window.path is not None or window.work is None or settings.value(GREETED):
        return
    Preload().go_on(math.inf)  # a class must not be made while a thread looks for another
    try:
        scenes = builtin_scenes()
    except BriefingError:
        return
    greeting = Greeting(window.work.canvas, scenes)
    greeting.wanted.connect(lambda: window.run("present_builtin"))
    greeting.answered.connect(lambda: settings.setValue(GREETED, "yes"))


class Greeting(QFrame):
    """A card on the map that offers the briefing. It goes with the map, or for good when somebody answers it."""

    wanted = Signal()
    answered = Signal()

    def __init__(self, canvas: Canvas, scenes: Sequence[Scene]) -> None:
        super().__init__(canvas)
        self._map = canvas
        self.setObjectName("greeting")
        self.setAccessibleName("A briefing of these data")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)  # the map below is not meant
        self.setCursor(Qt.CursorShape.ArrowCursor)
        head = PlainLabel(scenes[0].title, self)
        head.setObjectName("head")
        words = PlainLabel(f"New here? A briefing tells of these data in {len(scenes)} scenes. "
                           f"Right goes on, Esc comes back to this map.", self)  # fmt: skip
        self.labels = (head, words)
        for label in self.labels:
            label.setWordWrap(True)
        self.show_it, self.not_now = QPushButton("Show the briefing", self), QPushButton("No, thanks", self)
        self.not_now.setToolTip("It stays in the menu Briefing")
        self.show_it.clicked.connect(self._show_it)
        self.not_now.clicked.connect(self._answer)
        row = QHBoxLayout()
        row.addWidget(self.show_it)
        row.addWidget(self.not_now)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        for label in self.labels:
            column.addWidget(label)
        column.addLayout(row)
        canvas.resized.connect(self._place)
        self._place()

    def _show_it(self) -> None:
        self._answer()
        self.wanted.emit()

    def _answer(self) -> None:
        self.answered.emit()
        self._map.setFocus()
        self.hide()
        self.deleteLater()

    def _place(self) -> None:
        """In the upper right corner of the map, unless that is too narrow."""
        self.setVisible(self._map.width() >= LEAST_MAP)
        self._fit()
        self.move(self._map.width() - self.width() - MARGIN, MARGIN)

    def _fit(self) -> None:
        """As high as its words at its width; a hint of a size knows nothing of lines that wrap."""
        if (layout := self.layout()) is not None:
            for label in self.labels:
                label.ensurePolished()
            layout.invalidate()
            self.resize(WIDE, layout.totalHeightForWidth(WIDE))

    def event(self, event: QEvent) -> bool:
        """Escape is its own while it has the keys; another type size asks for another height."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_escape(event):
            event.accept()
            return True
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()
        return bool(done)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape says no."""
        if _is_escape(event):
            self._answer()
        else:
            super().keyPressEvent(event)


class NothingOpen(PlainLabel):
    """The middle of a window without a store: why, and what can be done. `asked` tells the id of an action."""

    asked = Signal(str)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        self.buttons: dict[str, QPushButton] = {}
        for name in OFFERED:
            button = self.buttons[name] = QPushButton(BY_ID[name].title, self)
            button.clicked.connect(lambda _=False, name=name: self.asked.emit(name))
            row.addWidget(button)
        row.addStretch(1)
        below = QWidget(self)
        below.setLayout(row)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addSpacing(BELOW_MIDDLE)
        column.addWidget(below)
        column.addStretch(1)


def _is_escape(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape
