"""The places for panels at the edges of the window: made once, so that they stay where they are whatever is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from viewer.ui.panels import PANELS

SIDE_WIDTH, DETAIL_WIDTH = 250, 410
SIDES = {panel.id: panel.side for panel in PANELS}
"""The side of the window where each panel begins."""

STACKED = ("detail", "records")
"""Panels of the right side that are read together; the others share one place, with a tab for each."""


class PanelDock(QDockWidget):
    """The place of one panel; its cross asks before it closes, as the session decides."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._closed: Callable[[], None] | None = None

    def take(self, content: QWidget, closed: Callable[[], None] | None = None) -> None:
        """Show this in place of what was shown, which goes; `closed` is told when the cross is pressed."""
        before = self.widget()
        if before is not None:
            before.hide()  # or it would be painted once more, without the data it is about
        self.setWidget(content)
        if before is not None:
            before.deleteLater()
        self._closed = closed

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide, and tell the session if it keeps what is shown."""
        super().closeEvent(event)
        if self._closed is not None:
            self._closed()


class Docks(QObject):
    """The docks of a window by the ids of their panels, and that of the timeline."""

    hidden = Signal(object)
    """A dock that was hidden, or went behind another."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.by_name = {panel.id: PanelDock(panel.id, panel.title) for panel in PANELS}
        for dock in self.by_name.values():
            dock.visibilityChanged.connect(lambda shown, dock=dock: None if shown else self.hidden.emit(dock))
        self.by_name["timeline"] = self._timeline()
        self._arrange(window)

    def fill(self, contents: Mapping[str, QWidget], closed: Mapping[str, Callable[[], None]]) -> None:
        """Show these widgets, one in each dock; `closed` is told when the cross of some is pressed."""
        for name, content in contents.items():
            self.by_name[name].take(content, closed.get(name))

    def reserve(self, height: int, closed: Mapping[str, Callable[[], None]]) -> None:
        """Keep the places of what is not made yet, that of the timeline so high, so that the map need not move then."""
        for name, dock in self.by_name.items():
            dock.take(QWidget(), closed.get(name))
        self.by_name["timeline"].widget().setFixedHeight(height)

    def _timeline(self) -> PanelDock:
        dock = PanelDock("timeline", "Timeline")
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setTitleBarWidget(QWidget())
        return dock

    def _arrange(self, window: QMainWindow) -> None:
        """As they stand when nobody has moved them."""
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        bottom = Qt.DockWidgetArea.BottomDockWidgetArea
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            window.setCorner(corner, bottom)
        for name, side in SIDES.items():
            window.addDockWidget(left if side == "left" else right, self.by_name[name])
        window.addDockWidget(bottom, self.by_name["timeline"])
        tabs = [self.by_name[name] for name, side in SIDES.items() if side == "left"]
        rest = [self.by_name[name] for name, side in SIDES.items() if side == "right"]
        widths = [SIDE_WIDTH] + [DETAIL_WIDTH] * len(rest)
        window.resizeDocks([tabs[0], *rest], widths, Qt.Orientation.Horizontal)
        tools = [self.by_name[name] for name, side in SIDES.items() if side == "right" and name not in STACKED]
        for group in (tabs, tools):
            for other in group[1:]:
                window.tabifyDockWidget(group[0], other)
        window.setTabPosition(left | right, QTabWidget.TabPosition.North)
        tabs[0].raise_()
        for panel in PANELS:
            self.by_name[panel.id].setVisible(panel.opens)
