"""The second clock under a hand: what was known by a day, and the lists of what it hides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from viewer.domain.dates import day_words
from viewer.session.commands import OpenList
from viewer.session.learned import reference_day
from viewer.session.session import Session
from viewer.store.dataset import DataSet
from viewer.ui.asking import Asking
from viewer.ui.status import StatusLine

MESSAGE_MS = 6000


class ClockChoice(QObject):
    """The deeds about the second clock."""

    def __init__(
        self, session: Session, data: DataSet, status: StatusLine, asking: Asking, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._status, self.asking = session, status, asking
        self._listing = Asking(session, data, self)
        """Lists set no filters: one that is asked for takes no wish for filters back."""
        self._listing.worked.connect(lambda busy: status.say("Reading dates of publication \u2026" if busy else ""))

    @property
    def deeds(self) -> dict[str, Callable[[], object]]:
        """What is done here, by the ids of the actions that make no command."""
        return {
            "known_by": self.toggle, "list_later": partial(self.toggle_list, "later"),
            "list_unpublished": partial(self.toggle_list, "unpublished"),
        }  # fmt: skip

    def release(self) -> None:
        """Stop working, before the data are closed."""
        self._listing.release()

    def toggle(self) -> None:
        """Hide what was published after the day one stands on, or nothing any more."""
        state = self._session.state
        if state.filters.known_by is not None:
            self.asking.set(known_by=None)
            return
        self.asking.set(known_by=state.time.cursor)
        said = f"What was published after {day_words(state.time.cursor)} is hidden; the same key shows it again"
        self._status.showMessage(said, MESSAGE_MS)

    def toggle_list(self, what: str) -> None:
        """Open a list of what is learned later or when nobody knows, or close it."""
        state = self._session.state
        if state.listed == what:
            self._session.dispatch(OpenList(""))
            return
        asked = replace(state.filters, known_by=reference_day(state))
        self._listing.before(asked, lambda: self._session.dispatch(OpenList(what)))
