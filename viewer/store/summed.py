"""Notes beside each file of columns that all its bytes were summed up, and which file that was.

The system sets a file's change time itself and nobody can set it back: as long as it is the one that was noted, no
program changed a byte since. A file that was copied, restored or touched has another and is summed up again; so is one
that was written a moment ago, for what comes next may have the same.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO

SUFFIX = ".summed"
COARSEST_NS = 2_000_000_000
"""Two changes within that time may get the same change time: some file systems know whole seconds, FAT even ones."""
TELLS_CHANGES = os.name == "posix"
"""Elsewhere the time in this place is the one at which a file was made."""


def is_noted(file: Path, opened: IO[bytes]) -> bool:
    """Whether the file that is open was summed up as it is now."""
    try:
        noted = _note_of(file).read_text("ascii")
    except (OSError, ValueError):
        return False
    return TELLS_CHANGES and noted == _words(os.fstat(opened.fileno()))


def note(file: Path, found: os.stat_result, began_ns: int) -> None:
    """Note that the bytes of a file are sound: `found` was asked of it and then, at `began_ns`, summing began.

    Nothing is noted when a change after that could have the change time that was found.
    """
    if TELLS_CHANGES and began_ns - found.st_ctime_ns > COARSEST_NS:
        with contextlib.suppress(OSError):
            _note_of(file).write_text(_words(found), "ascii")


def touch(file: Path) -> None:
    """Remember that a file was used now, without touching the file itself."""
    with contextlib.suppress(OSError):
        os.utime(_note_of(file))


def last_used(file: Path) -> float:
    """When a file was written or used last, in seconds; OSError."""
    written = file.stat().st_mtime
    try:
        return max(written, _note_of(file).stat().st_mtime)
    except OSError:
        return written


def forget(file: Path) -> None:
    """Remove what was noted of a file that is gone."""
    with contextlib.suppress(OSError):
        _note_of(file).unlink()


def _note_of(file: Path) -> Path:
    return file.with_name(file.name + SUFFIX)


def _words(found: os.stat_result) -> str:
    return f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}\n"
