"""The user's file of the open store: reads what was kept, writes what changes; marks at once, scenes in a moment."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.domain.marks import Mark
from viewer.session.keeping import Keeping
from viewer.session.review import EVENT, LoadMarks, LoadSaved, lost
from viewer.session.scenes import LoadScenes
from viewer.session.session import Session
from viewer.session.state import State
from viewer.store.dataset import DataSet

SAVE_MS = 400
TRY_AGAIN_MS = 10_000


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
        self._saving, self._again = QTimer(self), QTimer(self)
        for timer, wait in ((self._saving, SAVE_MS), (self._again, TRY_AGAIN_MS)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(self.flush)
        self._unwatch: list[Callable[[], None]] = []

    def begin(self) -> None:
        """Read what was kept, once the store is shown."""
        if self.keeping is not None:
            return
        self.keeping = keeping = Keeping(self._data.meta.store_id)
        for load in (LoadScenes(keeping.scenes()), LoadMarks(keeping.marks()), LoadSaved(keeping.saved())):
            self._session.dispatch(load)
        self._kept = state = self._session.state
        self._unwatch = [
            self._session.watch(("scenes", "saved"), lambda before, after, changed: self._saving.start()),
            self._session.watch(("marks",), self._keep_marks),
        ]
        if gone := sum(1 for _ in lost(self._data, state.marks)):
            self.said.emit(f"{gone} marks are of records that this store no longer has; they stay in your file")
        self._tell()

    def history(self, key: str) -> tuple[Mark, ...]:
        """Everything that was said of an event, in the order it was said."""
        return self.keeping.history(EVENT, key) if self.keeping is not None else ()

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
        """Write what changed and let go of the file."""
        for stop in self._unwatch:
            stop()
        self.flush()
        for timer in (self._saving, self._again):
            timer.stop()
        if self.keeping is not None:
            self.keeping.close()
            self.keeping = None
        self.deleteLater()

    def _keep_marks(self, before: State, after: State, changed: frozenset[str]) -> None:
        if self.keeping is not None:
            self.marked.emit(self.keeping.keep_marks(before.marks, after.marks, self.reviewer))
            self._tell()

    def _tell(self) -> None:
        if self.keeping is not None:
            if self.keeping.unsaved:
                self._again.start()
            if said := self.keeping.notices():
                self.said.emit("; ".join(said))
