"""The review log: who said what of which record, when and why, every change of it; as lines, and as CSV."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from viewer.domain.dates import words
from viewer.domain.frozen import dataclass
from viewer.domain.marks import STATUSES, Mark, open_conflicts, out_of_time, said_once, time_words
from viewer.formats.exported import ExportError
from viewer.formats.exporters.event_csv import csv_line
from viewer.session.review import EVENT
from viewer.session.whole_file import whole_file
from viewer.store.dataset import DataSet

SUFFIXES = (".csv", ".pdf")
NOTHING = "No mark was made of any of these records."
GONE = "not in this store"
CHUNK = 500
EVERYTHING = "everything"
Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1; what it raises ends the work and comes out."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One change. before: the status until then; title, date: of the record, as words; counts: whether it counts now.

    contradicted: the record is in conflict and waits for somebody to settle it.
    """

    mark: Mark
    before: str
    title: str
    date: str
    counts: bool
    contradicted: bool

    @property
    def when(self) -> str:
        """The time in UTC, to the second."""
        return time_words(self.mark.at, seconds=True)

    @property
    def what(self) -> str:
        """The change in words."""
        return f"{self.before} \u2192 {self.mark.status}" if self.before != self.mark.status else self.mark.status

    @property
    def why(self) -> str:
        """Reason and note."""
        return " \u2013 ".join(part for part in (self.mark.reason, self.mark.note) if part)


@dataclass(frozen=True)
class ReviewLog:
    """A log: of which store and edition, about which records, on which day it was written, and its lines.

    notices: what a reader should know of it, a sentence each.
    """

    title: str
    edition: str
    selection: str
    on: str
    marking: str
    lines: tuple[LogLine, ...]
    notices: tuple[str, ...]

    @property
    def head(self) -> str:
        """What the log is called."""
        return f"Review log of {self.title}"

    @property
    def facts(self) -> tuple[str, ...]:
        """Edition, selection, day and numbers, a line each."""
        records, people = len({line.mark.about for line in self.lines}), sorted({line.mark.by for line in self.lines})
        by = f" by {', '.join(people)}" if people else ""
        number = f"{len(self.lines):,} change{'' if len(self.lines) == 1 else 's'} of {records:,} record"
        return (
            f"Store: {self.edition}", f"Records: {self.selection}", f"Written on {self.on}; times are UTC",
            f"{number}{'' if records == 1 else 's'}{by}" if self.lines else NOTHING,
        )  # fmt: skip


def review_log(
    data: DataSet, marks: Iterable[Mark], on: str, selection: str = EVERYTHING, keys: Collection[str] | None = None
) -> ReviewLog:
    """The log of a history, in the order in which it was written; keys: of these events alone, None for every record.

    on: the day (EDTF) that is written down as that of the log.
    """
    every = said_once(marks)
    wanted = None if keys is None else set(keys)
    chosen = [mark for mark in every if wanted is None or (mark.table == EVENT and mark.key in wanted)]
    last = {mark.about: mark for mark in marks}
    open_ones = {about for about, _ in open_conflicts(marks)}
    titles = _titles(data, {mark.key for mark in chosen if mark.table == EVENT})
    status: dict[tuple[str, str], str] = {}
    lines = []
    for mark in chosen:
        title, date = titles.get(mark.key, (GONE, ""))
        before = status.get(mark.about, STATUSES[0])
        lines.append(LogLine(mark, before, title, date, last[mark.about] == mark, mark.about in open_ones))
        status[mark.about] = mark.status
    meta = data.meta
    edition = f"{meta.store_id}, as of {meta.as_of}" if meta.as_of else meta.store_id
    notices = tuple(_notices(data, every, chosen))
    return ReviewLog(meta.title, edition, selection, on, meta.marking, tuple(lines), notices)


def _titles(data: DataSet, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    ordered = sorted(keys)
    found = {}
    for start in range(0, len(ordered), CHUNK):
        for event in data.reader.where("event", "key", ordered[start : start + CHUNK]):
            found[event.key] = (event.title, words(event.date))
    return found


def _notices(data: DataSet, every: Collection[Mark], chosen: list[Mark]) -> Iterator[str]:
    def gone(marks: Iterable[Mark]) -> int:
        return sum(mark.table == EVENT and mark.key not in data.events.row_of for mark in marks)

    if number := gone(chosen):
        yield f"{_changes(number)} of records that this store does not have, or not any more."
    elif number := gone(every):
        yield f"{_changes(number)} of records that this store does not have, and so not in this selection."
    if number := out_of_time(chosen):
        yield (
            f"{number:,} of them bear{'s' if number == 1 else ''} an earlier time than the change by the same person "
            "before: a clock was set back. The order is that in which they were written."
        )


def _changes(number: int) -> str:
    return "1 change is" if number == 1 else f"{number:,} changes are"


COLUMNS = (
    "when", "who", "record", "title", "date", "from", "to", "reason", "note", "counts", "conflict", "store", "edition",
    "selection", "written_on", "marking",
)  # fmt: skip


def csv_pieces(log: ReviewLog, progress: Progress = lambda _: None) -> Iterator[str]:
    """The log as CSV: a line for each change; which store and selection it is of stands in each, as lines are cut out.

    Of no change it is one line that says so.
    """
    yield csv_line(COLUMNS)
    about = (log.title, log.edition, log.selection, log.on, log.marking)
    if not log.lines:
        yield csv_line((*[""] * 8, NOTHING, "", "", *about))
    for number, line in enumerate(log.lines):
        if number % CHUNK == 0:
            progress(number / len(log.lines))
        mark = line.mark
        record = mark.key if mark.table == EVENT else f"{mark.table}:{mark.key}"
        yield csv_line((
            mark.at, mark.by, record, line.title, line.date, line.before, mark.status, mark.reason, mark.note,
            "yes" if line.counts else "no", "yes" if line.contradicted else "no", *about,
        ))  # fmt: skip


def write_csv(log: ReviewLog, path: Path, store: Path | None, progress: Progress = lambda _: None) -> None:
    """Write a CSV file whole or not at all; ExportError says in one sentence why not. store: the one that is open."""
    with whole_file(path, store) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_pieces(log, progress))


def check_suffix(path: Path) -> str:
    """The suffix that tells the form of a log; ExportError when it tells none."""
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise ExportError(f"{path}: end its name in {' or '.join(SUFFIXES)}")
    return suffix
