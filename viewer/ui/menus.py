"""The menus of the window, made from the table of actions, and the stores that were opened last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from viewer.session.actions import ACTIONS, MENUS

if TYPE_CHECKING:
    from viewer.session.session import Session

RECENT = 8


class Menus(QObject):
    """What the bar shows. entries: the actions by their ids; session: that of the open store, None without one."""

    chosen = Signal(object)
    """The path of a store that was opened before."""

    def __init__(
        self, bar: QMenuBar, entries: Mapping[str, QAction], session: Callable[[], Session | None], settings: QSettings
    ) -> None:
        super().__init__(bar)
        self._entries, self._session, self._settings = entries, session, settings
        for title in MENUS:
            self._fill(bar.addMenu(f"&{title}"), title)

    def _fill(self, menu: QMenu, title: str) -> None:
        menu.aboutToShow.connect(self._refresh)
        menu.aboutToHide.connect(self._enable)
        group = 0
        for action in (a for a in ACTIONS if a.menu == title):
            if action.group != group:
                menu.addSeparator()
                group = action.group
            menu.addAction(self._entries[action.id])
            if action.id == "open_builtin":
                recent = menu.addMenu("Open &recent")
                recent.aboutToShow.connect(lambda recent=recent: self._fill_recent(recent))

    def _refresh(self) -> None:
        """Bring switches and what can be done up to date before a menu is seen."""
        session = self._session()
        for action in ACTIONS:
            entry = self._entries[action.id]
            entry.setEnabled(session is not None or not action.needs_data)
            if action.checked is not None and session is not None:
                entry.setChecked(action.checked(session.state))
        if session is not None:
            self._entries["undo"].setEnabled(session.can_undo)
            self._entries["redo"].setEnabled(session.can_redo)

    def _enable(self) -> None:
        """A disabled action would not hear its key when there is something to do again."""
        for entry in self._entries.values():
            entry.setEnabled(True)

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for name in self.recent():
            entry = QAction(name.replace("&", "&&"), menu)
            entry.triggered.connect(lambda _=False, name=name: self.chosen.emit(Path(name)))
            menu.addAction(entry)
        menu.setEnabled(True)

    def recent(self) -> list[str]:
        """The stores that were opened, the last one first."""
        found = self._settings.value("recent", [])
        return [str(name) for name in (found if isinstance(found, list) else [found]) if name]

    def remember(self, path: Path) -> None:
        """A store was opened."""
        name = str(path.absolute())
        self._settings.setValue("recent", [name, *(n for n in self.recent() if n != name)][:RECENT])
