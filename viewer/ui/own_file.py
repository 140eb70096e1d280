"""The user's file of the open store: reads what was kept, writes what changes; marks at once, scenes in a moment."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.domain.marks import Mark
from viewer.session.keeping import Keeping
from viewer.session.review import EVENT, LoadMarks, LoadSaved, lost
from viewer.session.scenes import LoadScenes
from viewer.session.session import Session
from viewer.session.state import Marks, State
from viewer.store.dataset import DataSet
from viewer.ui.dialogs import sentence

SAVE_MS = 400
TRY_AGAIN_MS = 10_000
LOOK_MS = 3_000
"""How often it is looked whether another program wrote into the file."""


class OwnFile(QObject):
    """Scenes, marks and saved filters of a session, and the file that keeps them."""

    said = Signal(str)
    """What happened to the file, in sentences."""
    marked = Signal(bool)
    """Marks were made or taken back: whether they are safely on the disk."""

    def __init__(self, session: Session, data: DataSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self.keeping: Keeping | None = None
        self.reviewer = ""
        """The initials of who marks."""
        self._kept = session.state
        self._loaded: Marks | None = None
        """Marks that came from the file, and so need not be written."""
        self._saving, self._again, self._looking = QTimer(self), QTimer(self), QTimer(self)
        for timer, wait in ((self._saving, SAVE_MS), (self._again, TRY_AGAIN_MS)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(self.flush)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self.look)
        self._unwatch: list[Callable[[], None]] = []

    def begin(self) -> None:
        """Read what was kept, once the store is shown."""
        if self.keeping is not None:
            return
        self.keeping = Keeping(self._data.meta.store_id)
        self._load()
        self._unwatch = [
            self._session.watch(("scenes", "saved"), lambda before, after, changed: self._saving.start()),
            self._session.watch(("marks",), self._keep_marks),
        ]
        self._looking.start()
        self._tell(*self._worth_knowing())

    def _worth_knowing(self) -> Iterator[str]:
        """What of the marks that were read somebody should look at."""
        marks = self._session.state.marks
        if gone := sum(1 for _ in lost(self._data, marks)):
            verb = "mark is of a record" if gone == 1 else "marks are of records"
            yield f"{gone} {verb} that this store no longer has; they stay in your file, and the review log has them"
        if number := len(marks.conflicts):
            verb = "record has" if number == 1 else "records have"
            yield f"{number} {verb} conflicting marks: choose the queue \u201cConflicts\u201d in the table (Ctrl+L)"

    def _load(self) -> None:
        """Take what is in the file, in place of what the session has."""
        keeping = self.keeping
        if keeping is None:
            return
        self._session.dispatch(LoadScenes(keeping.scenes()))
        self._take(keeping.marks())
        self._session.dispatch(LoadSaved(keeping.saved()))
        self._kept = self._session.state

    def _take(self, marks: Marks) -> None:
        self._loaded = marks
        self._session.dispatch(LoadMarks(marks))

    def renew(self) -> None:
        """Read everything again after a merge; what was done before it cannot be taken back any more."""
        self.flush()
        self._load()
        self._session.forget_steps()
        self._tell()

    def look(self) -> None:
        """Show the marks that another window or program has written into the file, if there are any."""
        if self.keeping is not None and (marks := self.keeping.news()) is not None:
            self._take(marks)
            self._tell()

    def history(self, key: str) -> tuple[Mark, ...]:
        """Everything that was said of an event, in the order it was said."""
        return self.keeping.history(EVENT, key) if self.keeping is not None else ()

    def whole_history(self) -> tuple[Mark, ...]:
        """Everything that was said of any record, with the repetitions that merging leaves."""
        return self.keeping.whole_history() if self.keeping is not None else ()

    @property
    def path(self) -> Path | None:
        """Where the file lies; None where it cannot be used."""
        return self.keeping.path if self.keeping is not None else None

    def flush(self) -> None:
        """Write what changed, now; what could not be written is tried again."""
        self._saving.stop()
        before, self._kept = self._kept, self._session.state
        if self.keeping is None:
            return
        if before.scenes != self._kept.scenes:
            self.keeping.keep_scenes(self._kept.scenes, before.scenes)
        if before.saved != self._kept.saved:
            self.keeping.keep_saved(self._kept.saved, before.saved)
        if self.keeping.unsaved:
            self.keeping.try_again()
        self._tell()

    def release(self) -> None:
        """Write what changed and let go of the file; what it cannot take is kept elsewhere, and told."""
        for stop in self._unwatch:
            stop()
        self.flush()
        for timer in (self._saving, self._again, self._looking):
            timer.stop()
        if self.keeping is not None:
            if number := self.keeping.unsaved:
                self._rescue(self.keeping, number)
            self.keeping.close()
            self.keeping = None
        self.deleteLater()

    def _rescue(self, keeping: Keeping, number: int) -> None:
        path = keeping.rescued((Path.home(), Path(tempfile.gettempdir())))
        what = f"{number} changes of marks and scenes could not be written to your file"
        if path is None:
            sentence(None, "Not kept", f"{what}, nor anywhere else: they are lost with this window.")
        else:
            remedy = "bring it in with Review > Merge marks from\u2026"
            sentence(None, "Kept elsewhere", f"{what}; all of it is kept in {path}: {remedy}")

    def _keep_marks(self, before: State, after: State, changed: frozenset[str]) -> None:
        if self.keeping is None or after.marks is self._loaded:
            return
        self.marked.emit(self.keeping.keep_marks(before.marks, after.marks, self.reviewer))
        self._tell()
        QTimer.singleShot(0, self, self.look)

    def _tell(self, *more: str) -> None:
        if self.keeping is not None:
            if self.keeping.unsaved:
                self._again.start()
            if said := (*self.keeping.notices(), *more):
                self.said.emit("; ".join(said))
