"""The user's file of the open store: reads what was kept, writes what changes; marks at once, scenes in a moment.

A file of many marks is read by a thread; what is marked meanwhile is written as soon as that is done. Another thread
writes (`session/own_writer`): a mark counts at once, and is acknowledged when it is on the disk.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewer.domain.frozen import dataclass
from viewer.domain.marks import Mark
from viewer.domain.records import Problem
from viewer.session.keeping import AT_ONCE_BYTES, Keeping, workspace_file
from viewer.session.own_writer import OwnWriter
from viewer.session.review import EVENT, LoadMarks, LoadSaved, in_conflict, lost, status_codes
from viewer.session.scenes import ChooseScene, LoadScenes
from viewer.session.session import Session
from viewer.session.state import NO_MARKS, Marks, SavedFilters, Scene, State
from viewer.store.dataset import DataSet
from viewer.store.workspace import UNREADABLE, is_held
from viewer.ui.dialogs import sentence
from viewer.ui.turns import TURNS
from viewer.ui.working import Working

SAVE_MS = 400
TRY_AGAIN_MS = 10_000
LOOK_MS = 3_000
"""How often it is looked whether another program wrote into the file."""


READING = "Your marks are still being read"
SHOWN_SOON = "Reading the marks that came \u2026"
WRITING = "Your marks are still being written"
HELD = "Another program holds your file of marks: close it; what you mark is kept then"
HELD_SECONDS, HELD_SHARE = 0.25, 0.0
"""How often it is looked whether that has passed, and what tells that it has not."""
SETTLE_SECONDS, LAST_SECONDS = 4.0, 15.0
"""How long is waited for the disk: by whoever wants to read the file; before the file is let go."""


@dataclass(frozen=True, eq=False)
class Read:
    """What is in the file of a store; gone: how many marks are of records that it does not have."""

    keeping: Keeping
    scenes: tuple[Scene, ...]
    marks: Marks
    saved: tuple[SavedFilters, ...]
    gone: int


def read_file(data: DataSet, keeping: Keeping, tick: Callable[[float], None]) -> Read:
    """Read everything, and work out what lists ask of marks, which is remembered; touches nothing of the window."""
    marks = keeping.marks()
    tick(0.6)
    status_codes(data, marks)
    in_conflict(data, marks)
    gone = sum(1 for _ in lost(data, marks))
    tick(0.9)
    return Read(keeping, keeping.scenes(), marks, keeping.saved(), gone)


def _written(keeping: Keeping) -> bool:
    """In the thread that writes: many short steps, each of which waits for its turn."""
    with TURNS.short():
        return keeping.write()


def _changes(number: int) -> str:
    """The subject of a sentence and its verb."""
    return "1 change of marks and scenes is" if number == 1 else f"{number:,} changes of marks and scenes are"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


class OwnFile(QObject):
    """Scenes, marks and saved filters of a session, and the file that keeps them."""

    said = Signal(str)
    """What happened to the file, in sentences."""
    wrong = Signal()
    """Other problems are known of what is in the file."""
    marking = Signal()
    """Marks were made or taken back, and are being written."""
    marked = Signal(object)
    """The marks that have come to the disk, in their order; none: what was marked could not be written."""
    _wrote = Signal()

    def __init__(self, session: Session, data: DataSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self.keeping: Keeping | None = None
        self._writer: OwnWriter | None = None
        self._wrote.connect(self._hear, Qt.ConnectionType.QueuedConnection)
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
        self._problems: tuple[Problem, ...] = ()
        self._coming: Keeping | None = None
        """What is being read."""
        self._reading = Working(self._read_aside, self)
        self._reading.answered.connect(lambda _, read: self._take_read(read))
        self._reading.failed.connect(self._give_up_reading)
        self._reading.progressed.connect(self._tell_held)
        self._told_held = False
        self._merged = False
        """Whether marks were merged that are being read now."""

    @property
    def reading(self) -> bool:
        """Whether what was kept is not there yet."""
        return self._reading.busy

    def begin(self) -> None:
        """Read what was kept, once the store is shown."""
        if self.keeping is not None or self.reading:
            return
        self._unwatch = [
            self._session.watch(("scenes", "saved"), lambda before, after, changed: self._saving.start()),
            self._session.watch(("marks",), self._keep_marks),
        ]
        store_id = self._data.meta.store_id
        small = _size(workspace_file(store_id)) <= AT_ONCE_BYTES
        read = self._read_unless_held(store_id, lambda share: None) if small else None
        if read is not None:
            self._arrive(read)
            return
        self.said.emit(HELD if small else "Reading your marks \u2026")
        self._told_held = small
        self._reading.ask(store_id)

    def _read_aside(self, store_id: str, tick: Callable[[float], None]) -> Read:
        """In a thread: what is in the file, as soon as no other program holds it."""
        while (read := self._read_unless_held(store_id, tick)) is None:
            tick(HELD_SHARE)
            time.sleep(HELD_SECONDS)
        return read

    def _read_unless_held(self, store_id: str, tick: Callable[[float], None]) -> Read | None:
        """What is in the file; None where another program holds it just now."""
        self._coming = keeping = Keeping(store_id, patient=False)
        try:
            if not keeping.held:
                return read_file(self._data, keeping, tick)
        except UNREADABLE as error:
            if not is_held(error):
                raise
        keeping.close()
        return None

    def _tell_held(self, share: float) -> None:
        if share == HELD_SHARE and self.reading and not self._told_held:
            self._told_held = True
            self.said.emit(HELD)

    def _give_up_reading(self) -> None:
        """What is made from now on waits until the window goes; why is raised after this."""
        coming, self._coming = self._coming, None
        if coming is not None:
            coming.close()
        self.said.emit("Your marks cannot be read: what you mark now is kept when you leave")

    def _take_read(self, read: Read) -> None:
        if self.keeping is None:
            self._arrive(read)
        else:
            self._catch_up(self.keeping, read)

    def _catch_up(self, keeping: Keeping, read: Read) -> None:
        """Take the many marks that a merge or another program has written."""
        self._coming = None
        self._take(keeping.catch_up(read.keeping, read.marks))
        read.keeping.close()
        if self._merged:
            keeping.notices()  # whoever merged knows
            self._merged = False
            self._load_things()
            self._session.forget_steps()
        self._tell()

    def _arrive(self, read: Read) -> None:
        """Take what was read; what was made in the session meanwhile joins it, and is written."""
        self._coming, self.keeping = None, read.keeping
        self._writer = writer = OwnWriter(partial(_written, read.keeping), self._have_written)
        read.keeping.written_aside(writer.begin, lambda: writer.busy)
        state = self._session.state
        made = [mark for _, mark in state.marks.differing(NO_MARKS) if mark is not None]
        known = {scene.key for scene in read.scenes}
        names = {one.name for one in state.saved}
        scenes = tuple(scene for scene in state.scenes if scene.key not in known)
        saved = (*(one for one in read.saved if one.name not in names), *state.saved)
        worked_on = state.scene
        self._session.dispatch(LoadScenes((*read.scenes, *scenes)))
        if worked_on:
            self._session.dispatch(ChooseScene(worked_on))
        self._take(read.marks.with_these(made) if made else read.marks)
        self._session.dispatch(LoadSaved(saved))
        self._kept = replace(self._session.state, scenes=read.scenes, saved=read.saved)
        if made:
            read.keeping.keep_marks(read.marks, self._session.state.marks, self.reviewer)
            self._session.forget_steps()
        if scenes or saved != read.saved:
            self._saving.start()
        self._looking.start()
        self._tell(*self._worth_knowing(read.gone))

    def _worth_knowing(self, gone: int) -> Iterator[str]:
        """What of the marks that were read somebody should look at."""
        if gone:
            verb = "mark is of a record" if gone == 1 else "marks are of records"
            yield f"{gone:,} {verb} that this store no longer has; they stay in your file, and the review log has them"
        if number := len(self._session.state.marks.conflicts):
            verb = "record has" if number == 1 else "records have"
            yield f"{number:,} {verb} conflicting marks: choose the queue \u201cConflicts\u201d in the table (Ctrl+L)"

    def _load_things(self) -> None:
        """Take the scenes and saved filters of the file in place of those of the session."""
        if self.keeping is None or not self.rest():
            return
        self._session.dispatch(LoadScenes(self.keeping.scenes()))
        self._session.dispatch(LoadSaved(self.keeping.saved()))
        self._kept = self._session.state

    def _take(self, marks: Marks) -> None:
        self._loaded = marks
        self._session.dispatch(LoadMarks(marks))

    def renew(self) -> None:
        """Read everything again after a merge; what was done before it cannot be taken back any more."""
        self._merged = True  # before anybody looks
        rested = self.rest()
        if rested and not self.reading and self.path is not None and _size(self.path) > AT_ONCE_BYTES:
            self._read_again()
        self._merged = self.reading
        if self._merged or not rested or self.keeping is None:
            return
        self._take(self.keeping.marks())
        self._load_things()
        self._session.forget_steps()
        self._tell()

    def look(self) -> None:
        """Show the marks that another window or program has written into the file, if there are any."""
        if self.keeping is None or self.reading:
            return
        if self.keeping.has_much_news:
            self._read_again()
        elif (marks := self.keeping.news(self._session.state.marks)) is not None:
            self._take(marks)
            self._tell()

    def _read_again(self) -> None:
        self.said.emit(SHOWN_SOON)
        self._reading.ask(self._data.meta.store_id)

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

    @property
    def _busy(self) -> bool:
        """Whether the file is being written."""
        return self._writer is not None and self._writer.busy

    def settle(self) -> bool:
        """Have what changed written and wait for it; False, which is told, where not all of it is in the file then."""
        if not self.rest():
            return False
        if self.keeping is None or not (number := self.keeping.unsaved):
            return True
        them = "it" if number == 1 else "them"
        self.said.emit(f"{_changes(number)} not in your file, which cannot be written: try again once it takes {them}")
        return False

    def rest(self, seconds: float | None = None) -> bool:
        """Wait until the file may be read, whatever it could not take; False, which is told, where that takes too long.

        seconds: None for as long as the window may stand still.
        """
        self.flush()
        if self._writer is not None and not self._writer.rest(SETTLE_SECONDS if seconds is None else seconds):
            self.said.emit(f"{WRITING}: try again in a moment")
            return False
        self._acknowledge()
        return True

    def flush(self) -> None:
        """Have what changed written, now; what could not be written is tried again."""
        self._saving.stop()
        if self.keeping is None:
            return
        before, self._kept = self._kept, self._session.state
        if before.scenes != self._kept.scenes:
            self.keeping.keep_scenes(self._kept.scenes, before.scenes)
        if before.saved != self._kept.saved:
            self.keeping.keep_saved(self._kept.saved, before.saved)
        if self.keeping.unsaved:
            self.keeping.try_again()
        if not self._busy:
            self._acknowledge()

    def release(self) -> None:
        """Write what changed and let go of the file; what it cannot take is kept elsewhere, and told."""
        self.blockSignals(True)
        for stop in self._unwatch:
            stop()
        self._end_reading()
        try:
            self.flush()
        finally:
            for timer in (self._saving, self._again, self._looking):
                timer.stop()
            if self.keeping is not None:
                written = self._writer is None or self._writer.rest(LAST_SECONDS)
                if number := self.keeping.unsaved:
                    self._rescue(self.keeping, number)
                if written:
                    self.keeping.close()
                self.keeping = None
            self.deleteLater()

    def _end_reading(self) -> None:
        """Stop reading; what was made meanwhile is written all the same, if need be elsewhere."""
        unread, state = self.keeping is None and bool(self._unwatch), self._session.state
        self._reading.release()
        if self._coming is not None:
            self._coming.close()
            self._coming = None
        if unread and (len(state.marks) or state.scenes or state.saved):
            self._arrive(self._read_at_last(Keeping(self._data.meta.store_id)))

    def _read_at_last(self, keeping: Keeping) -> Read:
        """What is in the file, or nothing: then what was made is written without a look at what is there."""
        try:
            return read_file(self._data, keeping, lambda share: None)
        except UNREADABLE:
            return Read(keeping, (), NO_MARKS, (), 0)

    def _rescue(self, keeping: Keeping, number: int) -> None:
        path = keeping.rescued((Path.home(), Path(tempfile.gettempdir())))
        changes = "1 change" if number == 1 else f"{number:,} changes"
        what = f"{changes} of marks and scenes could not be written to your file"
        if path is None:
            sentence(None, "Not kept", f"{what}, nor anywhere else: they are lost with this window.")
        else:
            remedy = "bring it in with Review > Merge marks from\u2026"
            sentence(None, "Kept elsewhere", f"{what}; all of it is kept in {path}: {remedy}")

    def _keep_marks(self, before: State, after: State, changed: frozenset[str]) -> None:
        if self.keeping is None and self.reading and after.marks is not self._loaded:
            self.said.emit(f"{READING}: this one is kept as soon as they are")
        if self.keeping is None or after.marks is self._loaded:
            return
        safe = self.keeping.keep_marks(before.marks, after.marks, self.reviewer)
        if not safe:
            self.marking.emit()

    def _have_written(self) -> None:
        """In the thread that writes."""
        with suppress(RuntimeError):  # the window may be gone
            self._wrote.emit()

    def _acknowledge(self) -> None:
        """Tell what has come to the disk since this was told last, and what has not."""
        if self.keeping is None:
            return
        kept = self.keeping.acknowledged()
        if kept or (self.keeping.unsaved and not self._busy):
            self.marked.emit(kept)
        if self.keeping.refused or not self._busy:  # what else has to be told would give way to the next mark at once
            self._tell()
        if not self._busy:
            self.look()

    def _hear(self) -> None:
        """Acknowledge what the thread has written, and raise what no disk explains: nowhere else is it heard."""
        self._acknowledge()
        if self._writer is None or (error := self._writer.error) is None:
            return
        self._writer.error = None
        if self.keeping is not None and (number := self.keeping.unsaved):
            self.said.emit(f"{_changes(number)} kept in memory only, as your file cannot be written")
        raise error

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with what is in the file."""
        return self._problems

    def _tell(self, *more: str) -> None:
        if self.keeping is not None:
            if self.keeping.problems != self._problems:
                self._problems = self.keeping.problems
                more = (*(("Your file of marks has problems: see the list of them (Ctrl+Shift+P)",)
                          if self._problems else ()), *more)  # fmt: skip
                self.wrong.emit()
            if self.keeping.unsaved and not self._busy:
                self._again.start()
            if said := (*self.keeping.notices(), *more):
                self.said.emit("; ".join(said))
