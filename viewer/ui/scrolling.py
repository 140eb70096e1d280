"""The part of a panel that scrolls, so that a small screen still shows the timeline below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QScrollArea, QWidget


def scrolled(content: QWidget) -> QScrollArea:
    """The content in an area that may be given less height than it needs; sideways nothing scrolls.

    A wheel turns the content and never a choice or a number in it that comes to lie under the pointer meanwhile.
    """
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.installEventFilter(_Wheel(area))
    return area


def come_to(field: QWidget) -> None:
    """Give a field the keys, where it can be seen."""
    field.setFocus()
    around = field.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    if isinstance(around, QScrollArea):
        around.ensureWidgetVisible(field)


class _Wheel(QObject):
    """Leaves the wheel over the fields of an area to the area."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the fields once all are there, and keep the wheel from them."""
        if watched is not self._area:
            if event.type() == QEvent.Type.Wheel:
                event.ignore()
                return True
        elif event.type() == QEvent.Type.Show:
            for kind in (QComboBox, QAbstractSpinBox):
                for box in self._area.findChildren(kind):
                    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                    box.installEventFilter(self)
        return False
