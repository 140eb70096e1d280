"""The words below a chart: as high as they need to be, less where the panel is low."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

LEAST = 36
"""Pixels: two lines, and the rest scrolls."""


class Notes(QScrollArea):
    """What is left out and how to read it: as high as it needs to be, less where the panel is low."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._wish = 0
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def wish(self, height: int) -> None:
        """Be so high if there is room."""
        self._wish = height
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """What was wished for."""
        return QSize(100, self._wish)

    def minimumSizeHint(self) -> QSize:
        """Some of them."""
        return QSize(60, min(self._wish, LEAST))
