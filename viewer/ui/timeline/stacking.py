"""What the bars are stacked by, and what their colours mean, in one menu."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QColor, QPixmap
from PySide6.QtWidgets import QGridLayout, QMenu, QToolButton, QWidget, QWidgetAction

from viewer.ui.text import PlainLabel
from viewer.ui.timeline.histogram import GROUPINGS

SWATCH = QSize(14, 12)
Lines = tuple[tuple[str, QColor], ...]


class StackButton(QToolButton):
    """A button whose menu chooses the stacking and is the legend of the bars."""

    chosen = Signal(str)
    opening = Signal()
    """The menu is about to show: the legend should be up to date."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stacked = next(iter(GROUPINGS))
        self.lines: Lines = ()
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("What the colours of the bars mean, and what they are stacked by")
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        self._name()

    def _name(self) -> None:
        self.setText(f"Bars by {self.stacked} \u25be")
        self.setAccessibleName(f"Bars stacked by {self.stacked}; opens their legend")

    def _fill(self) -> None:
        self.opening.emit()
        menu = self.menu()
        menu.clear()
        group = QActionGroup(menu)
        for what in GROUPINGS:
            action = menu.addAction(f"Stack by {what}")
            action.setCheckable(True)
            action.setChecked(what == self.stacked)
            action.triggered.connect(lambda _=False, what=what: self._choose(what))
            group.addAction(action)
        menu.addSeparator()
        entry = QWidgetAction(menu)
        entry.setDefaultWidget(_legend(self.lines))
        menu.addAction(entry)

    def _choose(self, what: str) -> None:
        self.stacked = what
        self._name()
        self.chosen.emit(what)


def _legend(lines: Lines) -> QWidget:
    """Samples and titles, the top of the stack first, and the faint total."""
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(14, 4, 14, 6)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(3)
    for number, (title, colour) in enumerate(reversed(lines)):
        sample = QPixmap(SWATCH)
        sample.fill(colour)
        picture = PlainLabel(parent=box)
        picture.setPixmap(sample)
        grid.addWidget(picture, number, 0)
        grid.addWidget(PlainLabel(title, box), number, 1)
    return box
