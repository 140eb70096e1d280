"""Fetches what was read of a large store before, or reads it now and keeps it.

What reads and checks is imported only when there is something to read: it takes longer to load than a kept file.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from viewer.domain.records import Problem
from viewer.store import column_cache
from viewer.store.checks import Checks, PageCheck, is_large
from viewer.store.column_cache import Unfinished
from viewer.store.columns import Arrays
from viewer.store.errors import StoreError
from viewer.store.file import StoreFile
from viewer.store.findings import Findings
from viewer.store.fingerprint import code_mark, fingerprint
from viewer.store.left_out import LeftOut
from viewer.store.pace import Pace
from viewer.store.text_index import IndexFound, ReadIndex, TextIndex
from viewer.store.trim import give_memory_back
from viewer.store.validate import STREAMED, refuse_too_many

LOG = logging.getLogger(__name__)
WORTH_KEEPING = 20_000
"""Rows of a table beyond which what was read is kept: fewer are read as quickly."""
MANY = 2_500_000
"""Rows of a table beyond which what was read waits on the disk to be put in order."""
ROW_BYTES = 300
"""Room on the disk for an event while it is put in order, and for its share of what is kept."""


Read = tuple[Arrays, Findings]
ReadNow = tuple[Arrays, Findings, ReadIndex]


def columns_and_findings(store: StoreFile, pace: Pace, ahead: bool) -> tuple[Arrays, Findings, Checks]:
    """What every event needs, by column, what was found out about the store, and what is still to be done; StoreError.

    ahead: nobody waits for that, so that the reading need not share the machine with it.
    """
    most = refuse_too_many(store)
    largest = max((most.get(table, 0) for table in STREAMED), default=0)
    place = _place_of(store) if largest > WORTH_KEEPING and not store.private else None
    if place is not None:
        _refuse_changed(store)
        pace.begin("Fetching what was read before", 0.04)
        if (kept := _kept(*place, pace.tick)) is not None:
            return *kept, Checks(store, TextIndex(store, IndexFound(kept[0], [])))
    pages = PageCheck(store) if is_large(store) else None
    keeping: _Keeping | None = None
    try:
        if pages is not None and not ahead:
            pages.begin()
        read = _read_to_keep(store, most, largest, *place, pace) if place is not None else None
        arrays, findings, read_index, keeping = read or (*_in_memory(store, most, pace), None)
        index = TextIndex(store, None if pages is not None else read_index(store, pace.tick), read_index)
    except BaseException:
        if pages is not None:
            pages.stop()
        if keeping is not None:
            keeping.drop()
        raise
    return arrays, findings, Checks(store, index, pages, keeping)


def _place_of(store: StoreFile) -> tuple[Path, str] | None:
    """The file in which what is read of a store is kept, and the mark of what it is read from."""
    try:
        return column_cache.file_of(column_cache.column_folder(), store.path), _mark_of(store)
    except OSError as error:
        LOG.warning("columns cannot be kept: %s", error)
        return None


def _mark_of(store: StoreFile) -> str:
    return fingerprint(store.path) + code_mark()


def _in_memory(store: StoreFile, most: dict[str, int], pace: Pace) -> ReadNow:
    from viewer.store.first_reading import first_reading
    from viewer.store.spool import Spool

    with Spool() as spool, Spool() as sink:
        findings, read_index = first_reading(store, most, spool, sink, pace)
        return sink.columns(), findings, read_index


class _Keeping:
    """What was read of a store in a file that takes its place once all checks have ended."""

    def __init__(self, store: StoreFile, file: Unfinished, findings: Findings, mark: str) -> None:
        self._store, self._file, self._findings, self._mark = store, file, findings, mark

    def keep(self, problems: list[Problem], index: IndexFound) -> None:
        """Let it be found from now on, unless the disk does not want to; StoreError when the store was changed."""
        _refuse_changed(self._store)
        try:
            if _mark_of(self._store) != self._mark:
                raise StoreError(f"{self._store.path}: was changed while it was read; open it again")
            found = self._findings
            for name, column in index.columns.items():
                self._file.writer.add(name, column)
            self._file.take_place(_said(found._replace(problems=[*problems, *found.problems]), self._mark))
        except OSError as error:
            LOG.warning("columns could not be kept: %s: %s", self._file.path, error)

    def drop(self) -> None:
        """Remove what has not taken its place."""
        self._file.drop()


def _read_to_keep(
    store: StoreFile, most: dict[str, int], largest: int, file: Path, mark: str, pace: Pace
) -> tuple[*ReadNow, _Keeping] | None:
    """Read a store, one of many rows by way of the disk so that not all is in memory at once, and map what was written.

    None when there is no room for that.
    """
    from viewer.store.first_reading import first_reading
    from viewer.store.spool import Spool

    unfinished: Unfinished | None = None
    try:
        _refuse_full_disk(file.parent, largest * ROW_BYTES)
        unfinished = Unfinished(file)
        with Spool(file.parent if max(most.values()) > MANY else None) as spool:
            findings, read_index = first_reading(store, most, spool, unfinished.writer, pace)
        _refuse_changed(store)
        arrays = unfinished.columns()
        give_memory_back()
        return arrays, findings, read_index, _Keeping(store, unfinished, findings, mark)
    except BaseException as error:
        if unfinished is not None:
            unfinished.drop()
        if not isinstance(error, OSError):
            raise
        LOG.warning("columns could not be kept: %s: %s", file, error)
        return None


def _refuse_changed(store: StoreFile) -> None:
    if store.changed_on_disk():
        raise StoreError(f"{store.path}: was changed while it was opened; open it again")


def _refuse_full_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(f"needs {needed:,} bytes, of which {free:,} are free")


def _said(findings: Findings, mark: str) -> dict[str, Any]:
    """The findings as JSON has them."""
    return {
        "mark": mark, "actors": findings.actors, "places": findings.places,
        "bad": {table: list(left_out.reasons.items()) for table, left_out in findings.bad.items()},
        "problems": [(problem.where, problem.message) for problem in findings.problems],
    }  # fmt: skip


def _kept(file: Path, mark: str, tick: Callable[[], None]) -> Read | None:
    found = column_cache.load(file, mark, tick)
    if found is None:
        return None
    arrays, said = found
    try:
        return arrays, _findings(arrays, said)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        LOG.warning("columns that were kept are read again: %s: makes no sense (%r)", file, error)
        return None


def _findings(arrays: Arrays, said: dict[str, Any]) -> Findings:
    bad = {
        str(table): LeftOut({int(row): str(reason) for row, reason in rows}, arrays.get(f"unlisted.{table}"))
        for table, rows in said["bad"].items()
    }
    problems = [Problem(str(where), str(message)) for where, message in said["problems"]]
    return Findings(bad, problems, int(said["actors"]), int(said["places"]))
