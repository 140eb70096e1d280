"""The process that writes what another one reads: see `beside`."""

from __future__ import annotations

import gc
import marshal
import signal
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from viewer.store.intake.beside import DONE, LENGTH
from viewer.store.intake.bulk import Batch, make_indexes, without_indexes, write_batch
from viewer.store.intake.working_copy import opened_copy


def write_all(copy: str) -> None:
    """Write what comes in on the standard input into that copy, and say on the standard output how that went."""
    gc.disable()  # rows hold no circles
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process hears it, too, and decides
    try:
        sys.stdout.write(DONE if _written(Path(copy), sys.stdin.buffer) else "")
    except (sqlite3.Error, OSError, MemoryError, ValueError) as error:
        sys.stdout.write(str(error) or type(error).__name__)


def _written(copy: Path, told: BinaryIO) -> bool:
    """Whether all came that was to come."""
    db = opened_copy(copy)
    try:
        dropped = without_indexes(db)
        db.execute("BEGIN")
        whole = False
        for batch in _batches(told):
            whole = not batch
            write_batch(db, batch)
        if whole:
            make_indexes(db, dropped, lambda: None)
            db.execute("COMMIT")
        return whole
    finally:
        db.close()


def _batches(told: BinaryIO) -> Iterator[Batch]:
    """The batches one after the other, an empty one at the end if it is the end and no accident."""
    while len(head := told.read(LENGTH)) == LENGTH:
        length = int.from_bytes(head, "big")
        if not length:
            yield {}
            return
        if len(packed := told.read(length)) < length:
            return
        yield marshal.loads(packed)  # noqa: S302 - of the process that started this one
