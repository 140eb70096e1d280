"""What stands above fields and grows with what they ask for: it never moves them under the hand that is in them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

LEAST_LINES = 2
LINE_EDGES = 14
"""Pixels of a line beside its letters."""


class SteadyArea(QWidget):
    """As high as its content, at least two lines, except while the pointer or the keys are in the fields below.

    Then it keeps its height, and shows the end of what does not fit; once they have left it takes the height it needs.
    """

    def __init__(self, content: QWidget, fields: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._content, self._fields = content, fields
        content.setParent(self)
        fields.installEventFilter(self)
        if isinstance(application := QApplication.instance(), QApplication):
            application.focusChanged.connect(self._focus_moved)

    @property
    def held(self) -> bool:
        """Whether a hand is in the fields."""
        return self._fields.isVisible() and (self._fields.underMouse() or self._has(QApplication.focusWidget()))

    @property
    def cut(self) -> bool:
        """Whether the beginning of the content is not seen for now."""
        return self._content.y() < 0

    def fit(self) -> None:
        """Show the content of now, in the height it needs unless a hand is in the fields."""
        if not self.held:
            self._take_height()
        self._place()

    def _wanted(self) -> int:
        return max(self._content.heightForWidth(self.width()), self._content.minimumSizeHint().height())

    def _take_height(self) -> None:
        line = self.fontMetrics().lineSpacing() + LINE_EDGES
        self.setFixedHeight(max(self._wanted(), LEAST_LINES * line))

    def _place(self) -> None:
        high = max(self._wanted(), self.height())
        self._content.setGeometry(0, self.height() - high, self.width(), high)

    def _has(self, widget: QWidget | None) -> bool:
        return widget is not None and self._fields.isAncestorOf(widget)

    def _focus_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        if self._has(before) and not self._has(now):
            self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: the pointer left the fields, and not for a list that is open over them."""
        if event.type() == QEvent.Type.Leave and watched is self._fields and QApplication.activePopupWidget() is None:
            self._take_height()
            self._place()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width asks for another number of lines."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._take_height()
        self._place()
