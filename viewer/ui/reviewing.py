"""What a reviewer does in one open store: marks what is selected, goes on to what is next, and takes the log away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QApplication, QMainWindow

from viewer.domain.marks import STATUSES, Mark
from viewer.session.actions import BY_ID
from viewer.session.keeping import now
from viewer.session.playback import looked_at
from viewer.session.review import (
    EVENT,
    OPEN,
    SaveFilters,
    SetMarks,
    complaint_about,
    initials_of,
    keys_among,
    next_of,
    progress_of,
)
from viewer.session.review_actions import STATUS_ACTIONS
from viewer.session.state import Ref, SavedFilters
from viewer.store.errors import StoreError
from viewer.store.workspace import MAX_TEXT
from viewer.ui.dialogs import ask_line
from viewer.ui.own_file import READING

if TYPE_CHECKING:
    from viewer.session.session import Session, Step
    from viewer.store.dataset import DataSet
    from viewer.ui.files import Files
    from viewer.ui.initials import InitialsLine
    from viewer.ui.mark_merging import MarkMerging
    from viewer.ui.own_file import OwnFile
    from viewer.ui.panels.table import TablePanel
    from viewer.ui.review_export import ReviewExport
    from viewer.ui.status import StatusLine

TOLD_MS = 5_000
UNSEEN = STATUSES[:1]


class Reviewing(QObject):
    """Marks of a session, made by keys and buttons."""

    panel_asked = Signal()
    """The table should be seen."""

    def __init__(
        self, window: QMainWindow, session: Session, data: DataSet, own_file: OwnFile, status: StatusLine,
        panel: Callable[[], TablePanel], settings: QSettings, files: Files,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._session, self._data = window, session, data
        self._own_file, self._status, self._panel, self._settings = own_file, status, panel, settings
        self._files = files
        known = initials_of(str(settings.value("reviewer", "")))
        own_file.reviewer = "" if complaint_about(known) else known
        self._wish: tuple[Ref, str, bool] | None = None
        """The first mark, which waits for initials: of which record, its status, and whether to go on after it."""
        self._left = ""
        """What is said when nothing is left to go on to."""
        own_file.marking.connect(self._begin_keeping)
        own_file.marked.connect(self._acknowledge)
        self._log: ReviewExport | None = None
        self._merging: MarkMerging | None = None
        self._listened: InitialsLine | None = None

    @property
    def deeds(self) -> dict[str, Callable[[], object]]:
        """What is done here, by the ids of the actions that make no command."""
        return {
            "review_next": self.go_on_in_queue,
            "review_next_disputed": lambda: self.go_on(("disputed",)),
            "review_accept": lambda: self.mark("reviewed", True), "review_dispute": lambda: self.mark("disputed", True),
            **{name: partial(self.mark, status, False) for name, status in STATUS_ACTIONS.items()},
            "review_note": self.write_note, "reviewer": self.ask_initials, "filters_save": self.save_filters,
            "review_log": self.export_log, "merge_marks": self.merge,
        }  # fmt: skip

    def mark(self, status: str, onward: bool) -> None:
        """Give the selected incident a status, with the note and the reason that were typed for it."""
        ref = self._chosen()
        if ref is None:
            return
        if not self._own_file.reviewer:
            self._ask_first(ref, status, onward)
            return
        note, reason = self._panel().form.typed(ref)
        if len(note) > MAX_TEXT:
            said = f"Not marked: a note of {len(note):,} letters is too long; {MAX_TEXT:,} are the most"
            self._status.showMessage(said, TOLD_MS)
            return
        mark = Mark(EVENT, ref.key, status, self._own_file.reviewer, now(), note, reason)
        self._session.dispatch(SetMarks((mark,)))
        self._session.break_merge()
        if onward:
            self.go_on_in_queue(self._session.step)

    def _chosen(self) -> Ref | None:
        """The selected incident; who has none is told how to come to one."""
        ref = self._session.state.selected
        if ref is not None and ref.kind == EVENT:
            return ref
        self._status.showMessage("Choose an incident first: Ctrl+N takes you to the next one", TOLD_MS)
        return None

    def go_on_in_queue(self, marked: Step | None = None) -> None:
        """Bring the next incident of the queue into view; where all are shown, the next that nobody has looked at.

        marked: the step that is taken back together with this one.
        """
        self.go_on(self._panel().statuses or UNSEEN, marked)

    def go_on(self, statuses: tuple[str, ...], marked: Step | None = None) -> None:
        """Bring the next incident with one of these statuses into view, in the order of the table."""
        self.panel_asked.emit()
        panel, state = self._panel(), self._session.state
        rows = panel.queue_rows()
        after = self._data.events.row_of.get(state.selected.key) if state.selected is not None else None
        row = next_of(self._data, state.marks, rows, statuses, after)
        if row is None:
            self._left = self._nothing_left(statuses)
            self._status.showMessage(self._left, TOLD_MS)
            return
        self._left = ""
        self._session.dispatch(looked_at(self._data, state, Ref(EVENT, self._data.events.keys[row])), joins=marked)
        if QApplication.focusWidget() in (panel.form.note, panel.form.reason):
            panel.setFocus()  # what was written is of the record before: the next key is a command again

    def _nothing_left(self, statuses: tuple[str, ...]) -> str:
        if statuses != UNSEEN:
            said = "to review" if statuses == OPEN else " or ".join(statuses)
            return f"Nothing {said} is left in the table"
        progress = progress_of(self._data, self._session.state.marks, self._panel().answer.all)
        rest = [f"{progress.numbers[status]:,} {status}" for status in OPEN[1:] if progress.numbers[status]]
        told = f"; {' and '.join(rest)}: choose that queue to go on" if rest else ""
        return f"All in the table are looked at{told}"

    def write_note(self) -> None:
        """Put the cursor into the field for a note."""
        self.panel_asked.emit()
        if self._chosen() is not None:
            self._panel().form.note.setFocus()

    def _ask_first(self, ref: Ref, status: str, onward: bool) -> None:
        """Nobody knows yet who marks: ask beside the record, while every key goes on meaning what it meant."""
        self._wish = ref, status, onward
        self.panel_asked.emit()
        self._line().ask("")
        said = f"Not marked yet: write your initials in the review first ({BY_ID['reviewer'].keys[0]})"
        self._status.showMessage(said, TOLD_MS)

    def ask_initials(self) -> None:
        """Ask for the reviewer's initials, with the keys in the field for them."""
        self.panel_asked.emit()
        line = self._line()
        line.ask(self._own_file.reviewer)
        QTimer.singleShot(0, line, line.take_keys)  # when it can be seen

    def _line(self) -> InitialsLine:
        """The line that asks, of the panel as it is now."""
        line = self._panel().form.initials
        if line is not self._listened:
            self._listened = line
            line.given.connect(self._take_initials)
            line.left.connect(self._forget_wish)
        return line

    def _take_initials(self, initials: str) -> None:
        """Keep initials, and make the mark that waits for them if its record is still the one that is read."""
        self._own_file.reviewer = initials
        self._settings.setValue("reviewer", initials)
        wish = self._forget_wish()
        if wish is None or self._session.state.selected != wish[0]:
            self._status.showMessage(f"Your marks bear the initials {initials}", TOLD_MS)
        else:
            self.mark(wish[1], wish[2])

    def _forget_wish(self) -> tuple[Ref, str, bool] | None:
        """Nothing waits for initials any more, and the keys go back to the map; what waited."""
        wish, self._wish = self._wish, None
        self._panel().setFocus()
        return wish

    def save_filters(self) -> None:
        """Ask for a name and keep filters and queue by it."""
        name = ask_line(self._window, "Keep the filters", "By which name?", "")
        if name is not None and name.strip():
            saved = SavedFilters(name.strip()[:100], self._session.state.filters, self._panel().statuses)
            self._session.dispatch(SaveFilters(saved))
            self._panel().queue.offer(self._session.state.saved)
            self._panel().queue.select(saved.name)
            self._status.showMessage(f"Kept as '{saved.name}'", TOLD_MS)

    @property
    def log(self) -> ReviewExport:
        """What writes the review log, made now if need be."""
        from viewer.ui.review_export import ReviewExport

        if self._log is None:
            self._log = ReviewExport(self._window, self._data, self._status, self._files)
        return self._log

    @property
    def merging(self) -> MarkMerging:
        """What lets other marks in, made now if need be."""
        from viewer.ui.mark_merging import MarkMerging

        if self._merging is None:
            self._merging = MarkMerging(self._window, self._data, self._status, self._files)
            self._merging.merged.connect(self._own_file.renew)
        return self._merging

    def export_log(self) -> None:
        """Ask of which records, and write who said what of them, when and why."""
        if self._waits_for_file():
            return
        if self._own_file.path is None:
            self._status.showMessage("Your file cannot be used, so there is no log of what is in it", TOLD_MS)
            return
        if not self._own_file.rest():
            return
        panel, state = self._panel(), self._session.state
        try:
            history = self._own_file.whole_history()
        except StoreError as error:
            self._status.showMessage(str(error), TOLD_MS)
            return
        keys = keys_among(self._data, {mark.key for mark in history if mark.table == EVENT}, panel.queue_rows())
        selected = state.selected.key if state.selected is not None and state.selected.kind == EVENT else ""
        self.log.ask(history, (panel.selection, keys), selected)

    def merge(self) -> None:
        """Ask for another reviewer's file, and let its marks in once its owner has seen what would come."""
        if self._waits_for_file():
            return
        if (own := self._own_file.path) is None:
            self._status.showMessage("Your file cannot be used, so nothing can be merged into it", TOLD_MS)
            return
        if self._own_file.settle():
            self.merging.ask(own)

    def _waits_for_file(self) -> bool:
        """Say so where the user's file is still being read."""
        if self._own_file.reading:
            self._status.showMessage(f"{READING}: try again in a moment", TOLD_MS)
        return self._own_file.reading

    def release(self) -> None:
        """Stop what is being written or read, before the data are closed."""
        for part in (self._log, self._merging):
            if part is not None:
                part.release()
        self.deleteLater()

    def _begin_keeping(self) -> None:
        """Say that marks are made, and not that they are on the disk."""
        self._left = ""
        self._status.showMessage("Being kept \u2026")

    def _acknowledge(self, marks: tuple[Mark, ...]) -> None:
        """Say that marks are on the disk; of those that could not be written the file says why."""
        if not marks:
            return
        progress = progress_of(self._data, self._session.state.marks, self._panel().answer.all)
        said = f"Kept: {marks[-1].status}. {progress.seen:,} of {progress.all:,} looked at"
        self._status.showMessage(f"{said}. {self._left}" if self._left else said, TOLD_MS)
