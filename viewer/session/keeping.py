"""What the user keeps beside a store, in the workspace file: read once it is asked for, written as it changes."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from viewer.domain.marks import (
    STATUSES,
    Kept,
    Mark,
    contradicting,
    is_strange,
    moment,
    open_conflicts,
    said_once,
    time_words,
)
from viewer.domain.records import Problem
from viewer.paths import outlives_the_run, user_dir
from viewer.session.briefing import cut_of, scene_from_json, scene_to_json
from viewer.session.remember import filters_from_json, filters_to_json
from viewer.session.review import CONFLICT, to_write
from viewer.session.state import NO_MARKS, Marks, SavedFilters, Scene
from viewer.store.errors import StoreError
from viewer.store.workspace import MAX_TEXT, UNREADABLE, HeldError, Workspace, is_held

SCENE, FILTER = "scene", "filter"
NOT_LASTING = "The folder for your files cannot be written to: marks and scenes go with the program; export them before"
ELSEWHERE = "marks and scenes of this session wait in memory, and are kept in your home folder when you leave"
MUCH, AT_ONCE_BYTES = 2_000, 1_000_000
"""Marks of others, and the size of a file, that are read while the window waits."""
YOURS = "your marks"
"""Where problems of the user's own file stand."""
Thing = TypeVar("Thing")


def workspace_file(store_id: str) -> Path:
    """Where the user's workspace of a store lies; the id names the file but never its folder."""
    readable = re.sub(r"[^A-Za-z0-9-]+", "-", store_id)[:40].strip("-")
    digest = sha256(store_id.encode("utf-8", "replace")).hexdigest()[:12]
    return user_dir() / f"{readable}-{digest}.workspace"


def written_by_another(number: int, path: Path) -> str:
    """That marks came into a file from outside, as a sentence without its end."""
    said = "1 mark was" if number == 1 else f"{number:,} marks were"
    return f"{said} written into {path.name} by another window or program"


class Keeping:
    """The user's own file of one store. Where it cannot be used the session goes on, and `notices` say so."""

    def __init__(self, store_id: str, path: Path | None = None, patient: bool = True) -> None:
        """path: None for the user's own place; patient: wait a little for a program that holds the file."""
        self._notices: list[str] = []
        self._kept: dict[tuple[str, str], Kept] = {}
        self._known: set[Mark] = set()
        """The marks that are in the history already."""
        self._said: dict[tuple[str, str], list[Mark]] = {}
        """The same of each record: a window that a thread writes for does not wait for the file."""
        self._given: deque[tuple[int, tuple[Mark, ...]]] = deque()
        """Marks that nobody has been told of yet, and how many changes are on the disk once they are."""
        self._writing: Callable[[], bool] | None = None
        """Whether the file belongs to the thread that writes; None: there is none."""
        self._row = 0
        """The number of the last row of the file whose mark was read."""
        self._unread = False
        """Whether another program has written what could not be read yet."""
        self._strange, self._odd_times = "", 0
        """What is said of times that cannot be right, and how many there are."""
        self._last: dt.datetime | None = None
        """The latest time of a mark that may be right."""
        self._file: Workspace | None = None
        path = path or workspace_file(store_id)
        self._file = Workspace(path, store_id, later=True, patient=patient)
        if self._file.obstacle:
            self._notices.append(f"{self._file.obstacle}; {ELSEWHERE}")
        if not outlives_the_run(path):
            self._notices.append(NOT_LASTING)
        self._told_of_the_clock = False

    # marks

    def marks(self) -> Marks:
        """What counts of each record."""
        if self._file is None:
            return NO_MARKS
        self._file.written_by_others()  # what is read now is no news
        every, self._row = self._file.marks_since(0)
        every = (*every, *self._file.waiting_marks())
        self._known, self._strange, self._odd_times = set(every), "", 0
        self._said.clear()
        self._note_said(every)
        self._look_at_times(every)
        return NO_MARKS.with_these(every).contradicted(dict(open_conflicts(every)))

    def news(self, marks: Marks) -> Marks | None:
        """What counts now that another program has written marks into the file, told in a notice; None: it has not.

        marks: what counted until now. Only what was written since is read: a history may be long.
        """
        if self._file is None or self._is_written():
            return None
        try:
            with self._file.not_waiting():
                self._unread = self._file.written_by_others() or self._unread
                if not self._unread:
                    return None
                since, row = self._file.marks_since(self._row)
                new = [mark for mark in since if mark not in self._known]
                histories = {about: self._file.history(*about) for about in {mark.about for mark in new}}
        except UNREADABLE:
            return None  # another program holds the file: it is asked again
        self._row, self._unread = row, False
        if not new:
            return None
        self._known.update(new)
        self._said.update((about, list(said)) for about, said in histories.items())
        self._look_at_times(new)
        self._notices.append(written_by_another(len(new), self._file.path))
        # of other records the session knows what counts, and what its own going back and forth was
        said_of = (mark for mark in (*since, *self._file.waiting_marks()) if mark.about in histories)
        after = marks.with_these(said_of)
        against = {about: contradicting(history) for about, history in histories.items()}
        return after.contradicted({**after.conflicts, **{about: found for about, found in against.items() if found}})

    @property
    def has_much_news(self) -> bool:
        """Whether other programs have written so many marks that a thread had better read them."""
        if self._file is None or self._is_written():
            return False
        try:
            if not self._file.is_open and not self._row and not self._file.obstacle:
                return self._file.path.exists() and self._file.path.stat().st_size > AT_ONCE_BYTES
            with self._file.not_waiting():
                return self._file.are_more_since(self._row, MUCH)
        except (*UNREADABLE, OSError):
            return False

    def catch_up(self, fresh: Keeping, marks: Marks) -> Marks:
        """Know what another look at the file has found, told in a notice; what counts then.

        marks: what counted there. What was said here since then counts behind it.
        """
        own = [mark for said in self._said.values() for mark in said if mark not in fresh._known]
        number = len(fresh._known) - len(self._known) + len(own)
        self._known, self._said, self._row, self._unread = fresh._known, fresh._said, fresh._row, False
        self._strange, self._odd_times, self._last = fresh._strange, fresh._odd_times, fresh._last
        self._known.update(own)
        self._note_said(own)
        if self._file is not None and number:
            self._notices.append(written_by_another(number, self._file.path))
        return marks.with_these(own) if own else marks

    def _note_said(self, marks: Iterable[Mark]) -> None:
        for mark in marks:
            self._said.setdefault(mark.about, []).append(mark)

    def _look_at_times(self, marks: Iterable[Mark]) -> None:
        """Note the latest time, and tell of times that cannot be right: the order does not follow from them."""
        today, strange = dt.datetime.now(dt.UTC), []
        for mark in marks:
            at = moment(mark.at)
            if at is None or is_strange(at, today):
                strange.append(mark)
            elif self._last is None or at > self._last:
                self._last = at
        if strange:
            self._odd_times += len(strange)
            number = self._odd_times
            first = f"{time_words(strange[0].at)}, of {strange[0].key} by {strange[0].by}"
            self._strange = (
                f"1 mark bears a time that cannot be right ({first}); it counts in the order in which it was written"
                if number == 1 else
                f"{number:,} marks bear times that cannot be right (the first: {first}); they count in the order in "
                "which they were written"
            )  # fmt: skip

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with what is in the file; none of it is lost."""
        if self._file is None:
            return ()
        said = (*self._file.problems, *([self._strange] if self._strange else []))
        return tuple(Problem(YOURS, one) for one in said)

    def keep_marks(self, before: Marks, after: Marks, by: str) -> bool:
        """Write what is said of records now that was not before; whether it is safely on the disk already.

        by: the initials of who takes marks back.
        """
        marks = to_write(before, after, self._said, by, now())
        self._tell_of_the_clock(marks)
        self._known.update(marks)
        self._note_said(marks)
        if self._file is None or not marks:
            return self._file is not None
        safe = self._file.add(marks)
        self._given.append((self._file.noted, marks))
        return safe

    def acknowledged(self) -> tuple[Mark, ...]:
        """The marks that have come to the disk since this was asked last, in the order in which they were made."""
        found: list[Mark] = []
        while self._file is not None and self._given and self._given[0][0] <= self._file.written:
            found += self._given.popleft()[1]
        return tuple(found)

    def written_aside(self, begin: Callable[[], bool], writing: Callable[[], bool]) -> None:
        """From now on a thread writes; begin: has it begin; writing: whether the file belongs to it just now."""
        if self._file is not None:
            self._file.write_soon, self._writing = begin, writing

    def _is_written(self) -> bool:
        return self._writing is not None and self._writing()

    def write(self) -> bool:
        """Bring what waits to the disk; whether it is there now. See `Workspace.write`."""
        return self._file is not None and self._file.write()

    def _tell_of_the_clock(self, marks: Iterable[Mark]) -> None:
        """Once: that the clock of this computer was set back since the last mark."""
        for at in filter(None, (moment(mark.at) for mark in marks)):
            if self._last is not None and at < self._last and not self._told_of_the_clock:
                self._told_of_the_clock = True
                self._notices.append(
                    f"The clock of this computer is behind the last mark (of {time_words(self._last.isoformat())}): "
                    "set it right; marks keep their order"
                )
            self._last = at if self._last is None else max(at, self._last)

    def history(self, table: str, key: str) -> tuple[Mark, ...]:
        """Everything that was said of a record, in the order it was written."""
        if self._writing is not None:
            return said_once(self._said.get((table, key), ()))
        return said_once(self._file.history(table, key)) if self._file is not None else ()

    def every_mark(self) -> tuple[Mark, ...]:
        """Everything that was said, in the order it was written."""
        return said_once(self._file.every_mark()) if self._file is not None else ()

    def whole_history(self) -> tuple[Mark, ...]:
        """The same with the repetitions that merging leaves, from which conflicts are known.

        StoreError where it cannot be read, at once while another program holds it.
        """
        if self._file is None:
            return ()
        try:
            with self._file.not_waiting():
                return self._file.every_mark()
        except UNREADABLE as error:
            if is_held(error):
                raise HeldError("Another program holds your file of marks: close it, and try again") from None
            raise StoreError(f"{self._file.path}: cannot be read ({error}); no log is written") from None

    @property
    def unsaved(self) -> int:
        """How many changes wait in memory for the file to be writable."""
        return self._file.unsaved if self._file is not None else 0

    @property
    def refused(self) -> bool:
        """Whether the file could not be written when that was tried last."""
        return self._file is not None and self._file.refused

    def try_again(self) -> bool:
        """Write what waits in memory; whether all is on the disk now."""
        return self._file is not None and self._file.add(())

    @property
    def path(self) -> Path | None:
        """Where the file lies; None where it cannot be used."""
        return self._file.path if self._file is not None and not self._file.obstacle else None

    @property
    def obstacle(self) -> str:
        """Why what is in the file is not known, as a sentence without its end; '' where it is."""
        return self._file.obstacle if self._file is not None else ""

    @property
    def held(self) -> bool:
        """Whether that is because another program holds the file just now."""
        return self._file is not None and self._file.held

    def rescued(self, folders: Iterable[Path]) -> Path | None:
        """A copy of everything in the first of some folders that can be written to, because the file itself cannot.

        While a thread still waits for the disk, and where the file cannot be read, of what is not written alone.
        """
        if self._file is None:
            return None
        for folder in folders:
            path = folder / f"badia-marks-{now()[:19].replace(':', '')}.workspace"
            if path.exists():
                continue
            try:
                with closing(Workspace(path, self._file.store_id)) as copy:
                    self._copy_into(copy, self._file)
                    if not copy.unsaved:
                        return path
                    copy.give_up()
            except (StoreError, OSError, *UNREADABLE):
                continue
        return None

    def _copy_into(self, copy: Workspace, own: Workspace) -> None:
        if not self._is_written():
            try:
                copy.merge(own)
            except UNREADABLE:
                pass  # what keeps it from being written keeps it from being read
            else:
                return
        copy.take_unwritten(own)

    # scenes and filters

    def scenes(self) -> tuple[Scene, ...]:
        """The scenes that were kept, in their order."""
        return tuple(self._read(SCENE, scene_from_json))

    def keep_scenes(self, scenes: Iterable[Scene], before: Iterable[Scene] = ()) -> None:
        """Write what differs from what is kept; before: the scenes of this session that may be gone by now.

        A scene that could not be read, or that another program added, is never taken out.
        """
        things = {scene.key: scene_to_json(scene) for scene in scenes}
        self._keep(SCENE, things, [scene.key for scene in before])

    def saved(self) -> tuple[SavedFilters, ...]:
        """The filters that were kept by a name."""
        return tuple(self._read(FILTER, _saved_from_json))

    def keep_saved(self, saved: Iterable[SavedFilters], before: Iterable[SavedFilters] = ()) -> None:
        """The same of filters that were kept by a name."""
        self._keep(FILTER, {one.name: _saved_to_json(one) for one in saved}, [one.name for one in before])

    def _read(self, kind: str, made: Callable[[Any], Thing]) -> list[Thing]:
        things: list[Thing] = []
        if self._file is None:
            return things
        for kept in self._file.kept(kind):
            try:
                plain = json.loads(kept.body)
                things.append(made(plain))
            except (ValueError, RecursionError):
                said = f"A {kind} of {self._file.path.name} cannot be read and stays in the file as it is"
                self._notices.append(said)
                continue
            self._kept[kind, kept.key] = kept
            self._notices += [f"Of a {kind} of {self._file.path.name} only {some} were read" for some in cut_of(plain)]
        return things

    def _keep(self, kind: str, things: Mapping[str, dict[str, Any]], before: Iterable[str]) -> None:
        if self._file is None:
            return
        at, changed = now(), []
        for position, (key, plain) in enumerate(things.items()):
            body, kept = json.dumps(plain, ensure_ascii=False, allow_nan=False), self._kept.get((kind, key))
            if len(body) > MAX_TEXT:
                said = f"A {kind} is too long to be kept: {len(body):,} letters, {MAX_TEXT:,} are the most; shorten it"
                self._notices.append(said)
            elif kept is None or (kept.body, kept.position) != (body, float(position)):
                changed.append(Kept(kind, key, float(position), body, at))
        gone = [key for key in before if key not in things and (kind, key) in self._kept]
        if changed:
            self._file.keep(changed)
            self._kept |= {(kind, kept.key): kept for kept in changed}
        if gone:
            self._file.drop(kind, gone)
            for key in gone:
                del self._kept[kind, key]

    def notices(self) -> tuple[str, ...]:
        """What happened since this was asked last, a sentence each."""
        said, self._notices = self._notices, []
        if self._file is not None:
            new = tuple(self._file.notices)
            del self._file.notices[: len(new)]
            said += new
        return tuple(said)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._kept.clear()


def now() -> str:
    """The time as marks and scenes carry it: UTC, to the millisecond, so that a history can be told in order."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


def _saved_to_json(saved: SavedFilters) -> dict[str, Any]:
    return {"name": saved.name, "filters": filters_to_json(saved.filters), "statuses": list(saved.statuses)}


def _saved_from_json(plain: object) -> SavedFilters:
    if not isinstance(plain, Mapping) or not isinstance(plain.get("name"), str):
        raise ValueError("no filters by a name")
    statuses = plain.get("statuses")
    known = tuple(one for one in statuses if one in (*STATUSES, CONFLICT)) if isinstance(statuses, list) else ()
    return SavedFilters(plain["name"], filters_from_json(plain.get("filters")), known)
