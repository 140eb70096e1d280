"""The filters that somebody kept by a name: a list to choose from, and what can be done with the one chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QToolButton, QWidget

from viewer.session.review import DropSaved, RenameSaved, SaveFilters
from viewer.session.session import Session
from viewer.session.state import Filters, SavedFilters, State
from viewer.ui.dialogs import ask_line, sentence

NONE_CHOSEN = "Kept filters\u2026"
NOTHING_KEPT = "No filters are kept yet"
MOST_LETTERS = 100


class SavedFields(QWidget):
    """Choosing a name asks for its filters; the menu beside it keeps, renews, renames and forgets."""

    asked = Signal(object)
    """The SavedFilters to be asked for."""
    wanted = Signal(str)
    """The id of the action that keeps filters by a new name."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._name = ""
        """The name that was chosen last."""
        self.names = QComboBox(self)
        self.names.setAccessibleName("Filters kept by a name")
        self.names.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.names.setMinimumContentsLength(8)
        self.names.activated.connect(self._chosen)
        self.more = QToolButton(self)
        self.more.setText("Keep\u2026")
        self.more.setToolTip("Keep these filters by a name; renew, rename or forget the one that is chosen")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.more)
        self.menu.aboutToShow.connect(self._fill)
        self.more.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.names, 1)
        row.addWidget(self.more)
        self.show_state(session.state)

    @property
    def current(self) -> SavedFilters | None:
        """The one that was chosen last, if it is still kept."""
        return next((one for one in self._session.state.saved if one.name == self._name), None)

    def show_state(self, state: State) -> None:
        """List the names, and say whether the filters are still those of the one that was chosen."""
        fitting = next((one.name for one in state.saved if one.filters == state.filters), "")
        if fitting:
            self._name = fitting
        current = self.current
        if current is None or state.filters == Filters() != current.filters:
            self._name, current = "", None
        lines = [(NONE_CHOSEN if state.saved else NOTHING_KEPT, "")]
        for one in state.saved:
            changed = current is not None and one.name == current.name and one.filters != state.filters
            lines.append((f"{one.name} (changed)" if changed else one.name, one.name))
        if lines != [(self.names.itemText(at), self.names.itemData(at)) for at in range(self.names.count())]:
            self.names.clear()
            for said, name in lines:
                self.names.addItem(said, name)
        self.names.setCurrentIndex(max(0, self.names.findData(self._name)))
        self.names.setEnabled(bool(state.saved))

    def _chosen(self, _: int) -> None:
        self._name = str(self.names.currentData())
        if (chosen := self.current) is not None:
            self.asked.emit(chosen)
        self.show_state(self._session.state)

    def _fill(self) -> None:
        self.menu.clear()
        filters, current = self._session.state.filters, self.current
        self.menu.addAction("Keep these filters by a name\u2026", lambda: self.wanted.emit("filters_save"))
        if current is None:
            return
        name = current.name.replace("&", "&&")
        renew = self.menu.addAction(f"Let \u201c{name}\u201d mean these filters", self.renew)
        renew.setEnabled(current.filters != filters)
        deeds: tuple[tuple[str, Callable[[], None]], ...] = (
            (f"Rename \u201c{name}\u201d\u2026", self.rename), (f"Forget \u201c{name}\u201d", self.forget),
        )  # fmt: skip
        for said, deed in deeds:
            self.menu.addAction(said, deed)

    def renew(self) -> None:
        """Let the chosen name mean the filters of now."""
        if (current := self.current) is not None:
            self._session.dispatch(SaveFilters(replace(current, filters=self._session.state.filters)))

    def rename(self) -> None:
        """Ask for another name for the chosen one."""
        current = self.current
        text = ask_line(self, "Rename", "By which name?", current.name) if current is not None else None
        if current is None or text is None or not (name := text.strip()[:MOST_LETTERS]) or name == current.name:
            return
        if any(one.name == name for one in self._session.state.saved):
            sentence(self, "Not renamed", f"Other filters are kept as \u201c{name}\u201d; choose another name.")
            return
        self._name = name
        self._session.dispatch(RenameSaved(current.name, name))

    def forget(self) -> None:
        """Forget the chosen one; undo brings it back."""
        if self.current is not None:
            self._session.dispatch(DropSaved(self._name))
