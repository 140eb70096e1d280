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
from viewer.store.column_file import DamagedError
from viewer.store.columns import Arrays
from viewer.store.errors import StoreError
from viewer.store.file import StoreFile
from viewer.store.findings import Findings
from viewer.store.fingerprint import code_mark, fingerprint
from viewer.store.left_out import LeftOut
from viewer.store.pace import Pace
from viewer.store.trim import give_memory_back
from viewer.store.validate import STREAMED, refuse_too_many

LOG = logging.getLogger(__name__)
WORTH_KEEPING = 20_000
"""Rows of a table beyond which what was read is kept: fewer are read as quickly."""
MANY = 2_500_000
"""Rows of a table beyond which what was read waits on the disk to be put in order."""
ROW_BYTES = 300
"""Room on the disk for an event while it is put in order, and for its share of what is kept."""


def columns_and_findings(store: StoreFile, pace: Pace) -> tuple[Arrays, Findings]:
    """What every event needs, by column, and what was found out about the store; StoreError."""
    most = refuse_too_many(store)
    largest = max((most.get(table, 0) for table in STREAMED), default=0)
    if store.private or largest <= WORTH_KEEPING:
        return _in_memory(store, most, pace)
    try:
        mark = fingerprint(store.path) + code_mark()
        file = column_cache.file_of(column_cache.column_folder(), store.path)
    except OSError as error:
        LOG.warning("columns cannot be kept: %s", error)
        return _in_memory(store, most, pace)
    _refuse_changed(store)
    pace.begin("Fetching what was read before", 0.04)
    if (found := _kept(file, mark, pace.tick)) is not None:
        return found
    try:
        _refuse_full_disk(file.parent, largest * ROW_BYTES)
        return _read_and_keep(store, most, file, mark, pace)
    except (OSError, DamagedError) as error:
        LOG.warning("columns could not be kept: %s: %s", file, error)
    return _in_memory(store, most, pace)


def _in_memory(store: StoreFile, most: dict[str, int], pace: Pace) -> tuple[Arrays, Findings]:
    from viewer.store.first_reading import first_reading
    from viewer.store.spool import Spool

    with Spool() as spool, Spool() as sink:
        findings = first_reading(store, most, spool, sink, pace)
        return sink.columns(), findings


def _read_and_keep(
    store: StoreFile, most: dict[str, int], file: Path, mark: str, pace: Pace
) -> tuple[Arrays, Findings]:
    """Read a store, one of many rows by way of the disk so that not all is in memory at once, and map what was kept."""
    from viewer.store.first_reading import first_reading
    from viewer.store.spool import Spool

    with column_cache.keeping(file) as writer:
        with Spool(file.parent if max(most.values()) > MANY else None) as spool:
            findings = first_reading(store, most, spool, writer, pace)
        _refuse_changed(store)
        if fingerprint(store.path) + code_mark() != mark:
            raise StoreError(f"{store.path}: was changed while it was read; open it again")
        writer.finish(_said(findings, mark))
    give_memory_back()
    found = _kept(file, mark, pace.tick)
    if found is None:
        raise DamagedError("what was written cannot be read")
    return found


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


def _kept(file: Path, mark: str, tick: Callable[[], None]) -> tuple[Arrays, Findings] | None:
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
