"""Which panels are open round the map, how wide each side is, and how panels share its height."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMainWindow

from viewer.session.commands import Select
from viewer.session.session import Session
from viewer.session.state import Ref
from viewer.ui.docks import DETAIL_WIDTH, SIDE_WIDTH, SIDES, PanelDock
from viewer.ui.scrolling import come_to

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from viewer.ui.parts import Parts

MOST_OF_WINDOW = 0.35
MOST_OF_WIDE = 0.42
WIDE = {"table": 800, "analysis": 520}
"""Panels of the left side that are wider than the others, and how wide they begin."""
MOST_OF_SIDE = 0.65
"""Of its height, for fields beside the details."""
TITLE_HEIGHT = 30
"""Pixels of the title of a panel."""


class OpenPanels:
    """Opens and closes the docks of a window, and gives each side of the map its room.

    panels: all of them, made when they are asked for; hold_map: called before panels come or go, so that the map does
    not slide under the hand.
    """

    def __init__(
        self, window: QMainWindow, docks: Mapping[str, PanelDock], session: Session, parts: Parts,
        panels: Callable[[], Mapping[str, QWidget]], hold_map: Callable[[], None], say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._window, self._session, self._parts = window, session, parts
        self._panels, self._hold_map, self._say = panels, hold_map, say
        self.docks = docks
        self.widths = {"left": SIDE_WIDTH, "right": DETAIL_WIDTH}
        self._hidden: tuple[str, ...] = ()
        self._right = (False, False)
        self._last_selected: Ref | None = session.state.selected

    def follow(self) -> None:
        """Show the detail pane and the list exactly while there is something in them."""
        state = self._session.state
        self._last_selected = state.selected or self._last_selected
        self.docks["detail"].setVisible(state.selected is not None)
        self.docks["records"].setVisible(bool(state.listed))
        right = (state.selected is not None, bool(state.listed))
        if right[0] and right != self._right:
            self._share_height()
        if any(right) and not any(self._right):
            self.give_width("detail" if right[0] else "records")
        elif any(self._right) and not any(right):
            self._give_left()
        self._right = right

    def _share_height(self) -> None:
        """The details of a record have the most room of all that stands on their side, but for fields that need it."""
        side = [name for name in SIDES if SIDES[name] == "right" and self.docks[name].isVisible()]
        heights = [3 if name == "detail" else 2 for name in side]
        fields = int(getattr(self._parts.panels.get("scenes"), "needed_height", 0))
        if fields and not self.docks["scenes"].visibleRegion().isEmpty():
            room = sum(self.docks[name].height() for name in side if not self.docks[name].visibleRegion().isEmpty())
            most = min(fields + TITLE_HEIGHT, int(room * MOST_OF_SIDE))
            heights = [most if name == "scenes" else max(room - most, 1) for name in side]
        self._window.resizeDocks([self.docks[name] for name in side], heights, Qt.Orientation.Vertical)

    def give_width(self, name: str) -> None:
        """Give a side the width it had; Qt would let one side swallow what another leaves."""
        width = self.widths.get(_width_of(name), WIDE.get(name, SIDE_WIDTH))
        most = int(self._window.width() * (MOST_OF_WIDE if name in WIDE else MOST_OF_WINDOW))
        self._window.resizeDocks([self.docks[name]], [min(width, most)], Qt.Orientation.Horizontal)

    def settle_widths(self) -> None:
        """Give every open side its width, once the window has been laid out."""
        for name in SIDES:
            if self.docks[name].isVisible():
                self.give_width(name)

    @property
    def timeline_height(self) -> int:
        """How high the place of the timeline is."""
        return self.docks["timeline"].widget().height()

    def note_widths(self) -> dict[str, int]:
        """The widths that the sides have now, or had when they were last open."""
        for name in SIDES:
            dock, left = self.docks[name], SIDES[name] == "left" and name not in WIDE
            stands = dock.isVisible() and not dock.isFloating() and not dock.visibleRegion().isEmpty()
            # beside a wide one it is as wide as that
            if stands and not (left and any(self.docks[one].isVisible() for one in WIDE)):
                self.widths[_width_of(name)] = dock.width()
        return self.widths

    def toggle_panel(self, name: str) -> None:
        """Show a panel at the side with the keys in its first field, bring it in front of the other one, or hide it."""
        dock = self.docks[name]
        self._hold_map()
        behind = dock.isVisible() and dock.visibleRegion().isEmpty()
        dock.setVisible(behind or not dock.isVisible())
        dock.raise_()
        field = self._panels()[name].focusProxy()  # some panels make their fields when they are first shown
        if dock.isVisible() and field is not None:
            QTimer.singleShot(0, field, partial(come_to, field))  # when it can be seen

    def toggle_detail(self) -> None:
        """Close the detail pane, or open it on what was selected last."""
        selected = self._session.state.selected
        if selected is None and self._last_selected is None:
            self._say("Nothing was selected yet: click the map, or press Down")
            return
        self._session.dispatch(Select(None if selected is not None else self._last_selected))

    def toggle_wide(self, name: str) -> None:
        """Show a panel of the wide side, or hide it."""
        self.toggle_panel(name)
        self._give_place(name)

    def _give_place(self, name: str) -> None:
        """A panel of the wide side that was just shown gets its width, or its share of the height."""
        if not self.docks[name].isVisible():
            return
        if any(self._right):
            self._share_height()
        else:
            self.give_width(name)

    def toggle_left(self, name: str) -> None:
        """Show one of the wide panels beside the map, or hide it."""
        self.toggle_panel(name)
        self._give_left(name)

    def _give_left(self, *first: str) -> None:
        """The left side has the width of the wide panel that is open there, or its own."""
        shown = [one for one in (*first, *WIDE) if self.docks[one].isVisible()]
        self.give_width(shown[0] if shown else "layers")

    def show_table(self) -> None:
        """Show the table of incidents; the keys stay where they are."""
        if not self.docks["table"].isVisible() or self.docks["table"].visibleRegion().isEmpty():
            self._hold_map()
            self.docks["table"].show()
            self.docks["table"].raise_()
            self.give_width("table")

    def show_panel(self, name: str) -> None:
        """Show a panel, in front of others; the keys stay where they are."""
        dock = self.docks[name]
        if not dock.isVisible():
            self._hold_map()
            dock.show()
            self._give_place(name)
        dock.raise_()

    def show_scenes(self) -> None:
        """Show the scenes; the first one has fields to write in, which need room beside the details."""
        self.show_panel("scenes")
        if any(self._right) and len(self._session.state.scenes) == 1:
            self._share_height()

    def toggle_all(self) -> None:
        """Map and timeline only, or back to what was open."""
        self._hold_map()
        shown = tuple(name for name, dock in self.docks.items() if name != "timeline" and dock.isVisible())
        for name in shown or self._hidden:
            self.docks[name].setVisible(not shown)
        self._hidden = shown


def _width_of(name: str) -> str:
    """Under which name the width of a panel is known: its own if it is a wide one, else that of its side."""
    return name if name in WIDE else SIDES[name]
