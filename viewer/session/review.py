"""Marks of a reviewer: which record was looked at, what came of it, and what is still to be done.

Marks are words about the evidence, never part of it. The state holds what counts of each record; every mark that was
ever made is in the workspace file, as its history.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from viewer.domain.frozen import dataclass
from viewer.domain.marks import STATUSES, TAKEN_BACK, About, Mark, restored_reason
from viewer.session.commands import Command
from viewer.session.memo import remembered
from viewer.session.state import Marks, SavedFilters, State
from viewer.session.window import Rows
from viewer.store.dataset import DataSet

EVENT = "event"
OPEN = ("unreviewed", "disputed", "needs a source")
"""The statuses of what somebody still has to look at."""
CONFLICT = "in conflict"
"""Stands among statuses for records about which reviewers contradict each other."""
MOST_SAVED = 200
LOOKED_AT = 20_000
"""Rows among which the next one is looked for at a time."""
MOST_INITIALS = 20
INITIALS_SIGNS = " .-_'"
"""What initials may have beside letters and digits."""
Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SetMarks(Command):
    """Say something of records; it counts from now on, whatever was said of them before."""

    marks: tuple[Mark, ...]

    def apply(self, state: State) -> State:
        return replace(state, marks=state.marks.with_these(self.marks)) if self.marks else state


@dataclass(frozen=True, slots=True)
class LoadMarks(Command):
    """Take the marks that were kept; nobody wants to undo what was there before."""

    marks: Marks
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, marks=self.marks)


@dataclass(frozen=True, slots=True)
class SaveFilters(Command):
    """Keep filters by a name, in place of those that had it."""

    saved: SavedFilters

    def apply(self, state: State) -> State:
        if any(one.name == self.saved.name for one in state.saved):
            return replace(
                state, saved=tuple(self.saved if one.name == self.saved.name else one for one in state.saved)
            )
        return replace(state, saved=(*state.saved, self.saved)[-MOST_SAVED:])


@dataclass(frozen=True, slots=True)
class DropSaved(Command):
    """Forget filters by their name."""

    name: str

    def apply(self, state: State) -> State:
        return replace(state, saved=tuple(one for one in state.saved if one.name != self.name))


@dataclass(frozen=True, slots=True)
class RenameSaved(Command):
    """Give kept filters another name; one that others have already is not taken from them."""

    name: str
    other: str

    def apply(self, state: State) -> State:
        if any(one.name == self.other for one in state.saved):
            return state
        return replace(
            state, saved=tuple(replace(one, name=self.other) if one.name == self.name else one for one in state.saved)
        )


@dataclass(frozen=True, slots=True)
class LoadSaved(Command):
    """Take the filters that were kept; nobody wants to undo what was there before."""

    saved: tuple[SavedFilters, ...]
    undoable: ClassVar[bool] = False

    def apply(self, state: State) -> State:
        return replace(state, saved=self.saved)


def status_of(state: State, key: str, table: str = EVENT) -> str:
    """What came of a record so far."""
    mark = state.marks.of(table, key)
    return mark.status if mark is not None else STATUSES[0]


def complaint_about(initials: str) -> str:
    """Why a text cannot be somebody's initials, as one sentence; '' where it can."""
    if not any(letter.isalnum() for letter in initials):
        return "Write your initials: letters or digits, such as AB"
    if len(initials) > MOST_INITIALS:
        return f"{len(initials):,} letters are too many: {MOST_INITIALS} are the most"
    odd = [letter for letter in initials if not _is_of_initials(letter)]
    if odd:
        said = f"\u201c{odd[0]}\u201d" if odd[0].isprintable() else f"the invisible sign U+{ord(odd[0]):04X}"
        return f"Only letters, digits, spaces and . - _ ' can be in initials, and not {said}"
    return ""


def _is_of_initials(letter: str) -> bool:
    return letter.isalnum() or letter in INITIALS_SIGNS or unicodedata.category(letter) in ("Mn", "Mc")


def initials_of(text: str) -> str:
    """Initials as they are kept with marks: composed letters, single spaces, nothing around them."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def to_write(
    before: Marks, after: Marks, history: Mapping[About, Sequence[Mark]], by: str, at: str
) -> tuple[Mark, ...]:
    """The marks to be added to a history so that what counts is `after`; by, at: who takes marks back, and when.

    history: the marks of each record that are written already. One that counts again because somebody took a step
    back, or took that back, is written again, and that it came so: in the second case beside its own reason.
    """
    found = []
    for about, mark in after.differing(before):
        if mark is None:
            found.append(Mark(*about, STATUSES[0], by, at, reason=TAKEN_BACK))
            continue
        said, other = history.get(about, ()), before.of(*about)
        if mark not in said:
            found.append(mark)
            continue
        back = other in said and said.index(mark) <= said.index(other)
        found.append(replace(mark, by=by, at=at, reason=TAKEN_BACK if back else restored_reason(mark.reason)))
    return tuple(found)


def _rows_of(data: DataSet, keys: Sequence[str]) -> Rows:
    """The rows of marked events, shape (number of keys,), -1 where the store has no such event.

    They are kept with the data set: at the next mark only that one is looked for.
    """
    known: dict[str, int] = data.memo.setdefault(_rows_of, {})
    new = [key for key in keys if key not in known]
    known.update(zip(new, data.events.row_of.rows_of(new).tolist(), strict=True))
    return np.array([known[key] for key in keys], dtype=np.int64)


@remembered(1)
def _marked(data: DataSet, marks: Marks) -> tuple[Rows, Codes]:
    """The rows of the events that are marked, and the status of each as its place in STATUSES; shape (m,)."""
    said = [(mark.key, STATUSES.index(mark.status)) for mark in marks.every() if mark.table == EVENT]
    rows = _rows_of(data, [key for key, _ in said])
    there = rows >= 0
    return rows[there], np.array([code for _, code in said], dtype=np.uint8)[there]


@remembered(1)
def _contradicted(data: DataSet, marks: Marks) -> Rows:
    """The rows of the events about which reviewers contradict each other, so far unsettled; shape (m,)."""
    rows = _rows_of(data, [key for table, key in marks.conflicts if table == EVENT])
    return rows[rows >= 0]


@remembered(1)
def status_codes(data: DataSet, marks: Marks) -> Codes:
    """The status of each event as its place in STATUSES; shape (n,)."""
    codes = np.zeros(len(data.events), dtype=np.uint8)
    rows, said = _marked(data, marks)
    codes[rows] = said
    codes.flags.writeable = False
    return codes


@remembered(1)
def in_conflict(data: DataSet, marks: Marks) -> NDArray[np.bool_]:
    """Of which events reviewers contradict each other, so far unsettled; shape (n,)."""
    mask = np.zeros(len(data.events), dtype=bool)
    mask[_contradicted(data, marks)] = True
    mask.flags.writeable = False
    return mask


def _among(some: Rows, rows: Rows) -> NDArray[np.bool_]:
    """Which of some rows are among others (ascending); shape (number of some,)."""
    at = np.minimum(np.searchsorted(rows, some), max(0, len(rows) - 1))
    return rows[at] == some if len(rows) else np.zeros(len(some), dtype=bool)


def of_status(data: DataSet, marks: Marks, rows: Rows, statuses: Container[str]) -> Rows:
    """Those of some rows whose status is one of these, in their order; CONFLICT: those about which reviewers differ."""
    wanted = np.array([status in statuses for status in STATUSES])
    mask = np.take(wanted, status_codes(data, marks)[rows])
    if CONFLICT in statuses:
        mask |= in_conflict(data, marks)[rows]
    found: Rows = rows[mask]
    return found


def with_status(keys: Iterable[str], marks: Marks, statuses: Container[str]) -> frozenset[str]:
    """Those of some events whose status is one of these."""
    found = ((key, marks.of(EVENT, key)) for key in keys)
    return frozenset(key for key, mark in found if (mark.status if mark is not None else STATUSES[0]) in statuses)


def statuses_words(statuses: Iterable[str]) -> str:
    """Statuses as a part of a selection."""
    return f"{' or '.join(statuses)} now"


def next_of(data: DataSet, marks: Marks, rows: Rows, statuses: Container[str], after: int | None) -> int | None:
    """The next of some rows, in their order, with one of these statuses: behind `after`, then from the beginning.

    It is mostly near, so that of a million rows few are looked at.
    """
    at = np.flatnonzero(rows == after) if after is not None else np.empty(0, dtype=np.int64)
    start = int(at[0]) + 1 if len(at) else 0
    for first, last in ((start, len(rows)), (0, start)):
        for begin in range(first, last, LOOKED_AT):
            found = of_status(data, marks, rows[begin : min(begin + LOOKED_AT, last)], statuses)
            if len(found):
                return int(found[0])
    return None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of some records have each status."""

    numbers: Mapping[str, int]

    @property
    def done(self) -> int:
        """How many nobody has to look at again."""
        return self.all - sum(self.numbers[status] for status in OPEN)

    @property
    def seen(self) -> int:
        """How many somebody has looked at, whatever came of it."""
        return self.all - self.numbers[STATUSES[0]]

    @property
    def all(self) -> int:
        """How many there are."""
        return sum(self.numbers.values())


def progress_of(data: DataSet, marks: Marks, rows: Rows) -> Progress:
    """How far some rows (ascending) are. What is marked is looked at, not the rows, as those may be a million."""
    marked, codes = _marked(data, marks)
    counts = np.bincount(codes[_among(marked, rows)], minlength=len(STATUSES))
    counts[0] += len(rows) - counts.sum()
    return Progress(dict(zip(STATUSES, counts.tolist(), strict=True)))


def conflicts_among(data: DataSet, marks: Marks, rows: Rows) -> int:
    """The number of these rows (ascending) about which reviewers contradict each other."""
    return int(np.count_nonzero(_among(_contradicted(data, marks), rows)))


def keys_among(data: DataSet, keys: Iterable[str], rows: Rows) -> frozenset[str]:
    """Those of some events, which may be gone, that are among some rows, in whatever order those are."""
    asked = np.zeros(len(data.events), dtype=bool)
    asked[rows] = True
    some = tuple(keys)
    places = _rows_of(data, some).tolist()
    return frozenset(key for key, row in zip(some, places, strict=True) if row >= 0 and asked[row])


def lost(data: DataSet, marks: Marks) -> Iterator[Mark]:
    """The marks of events that the store does not have, or not any more."""
    every = [mark for mark in marks.every() if mark.table == EVENT]
    rows = _rows_of(data, [mark.key for mark in every]).tolist()
    return (mark for mark, row in zip(every, rows, strict=True) if row < 0)
