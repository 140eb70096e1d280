"""What a reviewer does in one open store: marks what is selected, goes on to what is next, and takes the log away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QMainWindow

from viewer.domain.marks import STATUSES, Mark
from viewer.session.keeping import now
from viewer.session.playback import looked_at
from viewer.session.review import EVENT, OPEN, SaveFilters, SetMarks, next_of, progress_of
from viewer.session.review_actions import STATUS_ACTIONS
from viewer.session.state import Ref, SavedFilters
from viewer.ui.dialogs import ask_line

if TYPE_CHECKING:
    from viewer.session.session import Session
    from viewer.store.dataset import DataSet
    from viewer.ui.own_file import OwnFile
    from viewer.ui.panels.table import TablePanel
    from viewer.ui.status import StatusLine

TOLD_MS = 5_000
MOST_INITIALS = 20


class Reviewing(QObject):
    """Marks of a session, made by keys and buttons."""

    panel_asked = Signal()
    """The table should be seen."""

    def __init__(
        self, window: QMainWindow, session: Session, data: DataSet, own_file: OwnFile, status: StatusLine,
        panel: Callable[[], TablePanel], settings: QSettings,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._session, self._data = window, session, data
        self._own_file, self._status, self._panel, self._settings = own_file, status, panel, settings
        own_file.reviewer = str(settings.value("reviewer", ""))
        own_file.marked.connect(self._acknowledge)

    @property
    def deeds(self) -> dict[str, Callable[[], object]]:
        """What is done here, by the ids of the actions that make no command."""
        return {
            "review_next": lambda: self.go_on(OPEN),
            "review_next_disputed": lambda: self.go_on(("disputed",)),
            "review_accept": lambda: self.mark("reviewed", True), "review_dispute": lambda: self.mark("disputed", True),
            **{name: partial(self.mark, status, False) for name, status in STATUS_ACTIONS.items()},
            "review_note": self.write_note, "reviewer": self.ask_initials, "filters_save": self.save_filters,
        }  # fmt: skip

    def mark(self, status: str, onward: bool) -> None:
        """Give the selected incident a status, with the note and the reason that were typed for it."""
        ref = self._session.state.selected
        if ref is None or ref.kind != EVENT:
            self._status.showMessage("Choose an incident first: Ctrl+N takes you to the next one", TOLD_MS)
            return
        if not self._own_file.reviewer and not self.ask_initials():
            return
        note, reason = self._panel().form.typed(ref)
        mark = Mark(EVENT, ref.key, status, self._own_file.reviewer, now(), note, reason)
        self._session.dispatch(SetMarks((mark,)))
        self._session.break_merge()
        if onward:
            self.go_on(OPEN)

    def go_on(self, statuses: tuple[str, ...]) -> None:
        """Bring the next incident with one of these statuses into view, in the order of the table."""
        self.panel_asked.emit()
        panel, state = self._panel(), self._session.state
        rows = panel.queue_rows()
        after = self._data.events.row_of.get(state.selected.key) if state.selected is not None else None
        row = next_of(self._data, state.marks, rows, statuses, after)
        if row is None:
            said = "to review" if statuses == OPEN else statuses[0]
            self._status.showMessage(f"Nothing {said} is left among the {len(rows):,} incidents of the table", TOLD_MS)
            return
        self._session.dispatch(looked_at(self._data, state, Ref(EVENT, self._data.events.keys[row])))

    def write_note(self) -> None:
        """Put the cursor into the field for a note."""
        self.panel_asked.emit()
        self._panel().form.note.setFocus()

    def ask_initials(self) -> bool:
        """Ask for the reviewer's initials; whether there are any now."""
        text = ask_line(self._window, "Review", "Your initials, kept with each mark:", self._own_file.reviewer)
        if text is not None and text.strip():
            self._own_file.reviewer = text.strip()[:MOST_INITIALS]
            self._settings.setValue("reviewer", self._own_file.reviewer)
        return bool(self._own_file.reviewer)

    def save_filters(self) -> None:
        """Ask for a name and keep filters and queue by it."""
        name = ask_line(self._window, "Keep the filters", "By which name?", "")
        if name is not None and name.strip():
            saved = SavedFilters(name.strip()[:100], self._session.state.filters, self._panel().statuses)
            self._session.dispatch(SaveFilters(saved))
            self._status.showMessage(f"Kept as '{saved.name}'", TOLD_MS)

    def _acknowledge(self, safe: bool) -> None:
        """Say that a mark is on the disk, or that it is not yet."""
        if not safe:
            return  # the file says why
        rows = self._panel().answer.all
        progress = progress_of(self._data, self._session.state.marks, rows)
        mark = self._session.state.marks.of(EVENT, getattr(self._session.state.selected, "key", ""))
        status = mark.status if mark is not None else STATUSES[0]
        self._status.showMessage(f"Kept: {status}. {progress.seen:,} of {progress.all:,} looked at", TOLD_MS)
