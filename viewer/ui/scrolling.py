"""The part of a panel that scrolls, so that a small screen still shows the timeline below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QScrollArea, QWidget


class Scrolled(QScrollArea):
    """Content that may be given less height than it needs; sideways nothing scrolls.

    A wheel turns the content and never a choice or a number in it that comes to lie under the pointer meanwhile.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._still = _Still(self)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def showEvent(self, event: QShowEvent) -> None:
        """All that stands in it is there now."""
        for kind in (QComboBox, QAbstractSpinBox):
            for box in self.findChildren(kind):
                box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                box.installEventFilter(self._still)
        super().showEvent(event)


class _Still(QObject):
    """Leaves the wheel over a widget to what that stands in."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep a wheel from the widget."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False
