"""Columns kept between runs in the user's own folder, never beside a store: one file for each store.

A file is used when it was written by this version from this very content and every number in it is one that may
be there; any other is written anew. Nobody misses it when it goes.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import stat
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from viewer import paths
from viewer.domain.events import ACTOR_ROLES, ACTUALITIES, EVENT_TYPES, FORMS
from viewer.domain.places import PRECISIONS
from viewer.store import summed
from viewer.store.column_file import ColumnWriter, DamagedError, Entry, head_of, mapped, measured
from viewer.store.columns import NUMBERS, Arrays

LOG = logging.getLogger(__name__)
FOLDER, SUFFIX, UNFINISHED = "columns", ".columns", ".unfinished-"
MAX_BYTES = 4 * 1024**3
"""Bytes of all files together; those that were used longest ago go first."""
STALE_SECONDS = 3600.0
"""What was begun so long ago and not finished never will be."""
FARTHEST = 2.1e7
"""Map metres that no place on earth is beyond."""


def column_folder() -> Path:
    """Where the files are, made if need be; OSError when it cannot be."""
    folder = paths.cache_dir() / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def file_of(folder: Path, store: Path) -> Path:
    """The file of a store, known by where that lies."""
    return folder / (hashlib.sha256(os.fsencode(store.resolve())).hexdigest()[:32] + SUFFIX)


def load(file: Path, mark: str, tick: Callable[[], None]) -> tuple[Arrays, dict[str, Any]] | None:
    """The columns in a file and what was said of them; None when it is missing, of other content, or not sound.

    Ticks after each column whose bytes are summed up, which is done once for a file that stays as it is (`summed`).
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise DamagedError("is no plain file")
        with file.open("rb") as opened:
            entries, said = head_of(opened)
            if said.get("mark") != mark:
                return None
            if not summed.is_noted(file, opened):
                began = os.fstat(opened.fileno()), time.time_ns()
                for name, entry in entries.items():
                    if measured(opened, entry.kind, entry.number, entry.offset) != entry:
                        raise DamagedError(f"column {name} is damaged")
                    tick()
                summed.note(file, *began)
        _check(entries, said)
        arrays = mapped(file, {name: (entry.kind, entry.number, entry.offset) for name, entry in entries.items()})
        _check_keys(arrays)
        summed.touch(file)
    except FileNotFoundError:
        return None
    except (OSError, DamagedError) as error:
        LOG.warning("columns that were kept are read again: %s: %s", file, error)
        return None
    return arrays, said


class Unfinished:
    """A file of columns that is written and may be looked at, but has not taken its place; OSError.

    What was just written is not summed up before it is shown: that is done when it is to be kept (`take_place`). To be
    dropped in the end: what took its place stays.
    """

    def __init__(self, place: Path) -> None:
        handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=place.parent)
        self._place, self.path = place, Path(name)
        self._opened = os.fdopen(handle, "w+b")
        self.writer = ColumnWriter(self._opened)

    def columns(self) -> Arrays:
        """What was written, mapped."""
        return mapped(self.path, self.writer.written())

    def take_place(self, said: dict[str, Any]) -> None:
        """Be the file that is found from now on, with what is to be said of its columns."""
        self.writer.finish(said)
        self._opened.close()
        self.path.replace(self._place)
        _make_room(self._place)

    def drop(self) -> None:
        """Remove it; whoever mapped it may go on looking."""
        with contextlib.suppress(OSError):
            self._opened.close()
            self.path.unlink(missing_ok=True)
        summed.forget(self.path)


def _make_room(newest: Path) -> None:
    """Remove what was never finished, and the oldest files beyond `MAX_BYTES`."""
    with contextlib.suppress(OSError):
        for left in newest.parent.glob(f"{UNFINISHED}*"):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()
        others = [file for file in newest.parent.glob(f"*{SUFFIX}") if file != newest]
        room = MAX_BYTES - newest.stat().st_size
        for file in sorted(others, key=summed.last_used, reverse=True):
            room -= file.stat().st_size
            if room < 0:
                file.unlink()
                summed.forget(file)


_WORDS: Mapping[str, int] = {
    "type": len(EVENT_TYPES), "form": len(FORMS), "actuality": len(ACTUALITIES), "precision": len(PRECISIONS),
}  # fmt: skip


def _check(entries: Mapping[str, Entry], said: Mapping[str, Any]) -> None:
    """Refuse (DamagedError) numbers that would lead beyond what there is, whoever wrote them."""
    try:
        _check_events(entries, said)
        number = entries["event.ids"].number
        for table, codes in (("event_actor", int(said["actors"])), ("event_place", int(said["places"]))):
            _need(entries, f"{table}.rows", None, 0, number - 1, rising=True)
            _need(entries, f"{table}.codes", entries[f"{table}.rows"].number, 0, codes - 1)
        _need(entries, "event_actor.roles", entries["event_actor.rows"].number, 0, len(ACTOR_ROLES) - 1)
        _need(entries, "same.members", None, 0, number - 1, rising=True)
        _need(entries, "same.chosen", entries["same.members"].number, 0, number - 1)
        if "search.ids" in entries:
            _need(entries, "search.ids", None, rising=True)
            _need(entries, "search.rows", entries["search.ids"].number, 0, number - 1)
        if "source.ids" in entries:
            _check_table_keys(entries, "source")
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"lacks what it should hold ({error!r})") from None


def _check_events(entries: Mapping[str, Entry], said: Mapping[str, Any]) -> None:
    number = entries["event.ids"].number
    _check_table_keys(entries, "event")
    for name, kind in NUMBERS.items():
        _need(entries, f"event.{name}", number)
        if np.dtype(entries[f"event.{name}"].kind) != np.dtype(kind):
            raise DamagedError(f"column {name} is of another type")
    _need(entries, "event.earliest", number, rising=True)
    for name, words in _WORDS.items():
        _need(entries, f"event.{name}", number, 0, words - 1)
    for name, codes in (("actor", said["actors"]), ("rival", said["actors"]), ("place", said["places"])):
        _need(entries, f"event.{name}", number, 0, int(codes) - 1)
    _need(entries, "event.parent", number, -1, number - 1)
    for name in ("x", "y"):
        _need(entries, f"event.{name}", number, -FARTHEST, FARTHEST)


def _check_table_keys(entries: Mapping[str, Entry], table: str) -> None:
    number = entries[f"{table}.ids"].number
    _need(entries, f"{table}.order", number, 0, number - 1)
    _need(entries, f"{table}.starts", number + 1, 0, entries[f"{table}.text"].number, rising=True)


def _need(
    entries: Mapping[str, Entry], name: str, number: int | None = None, low: float | None = None,
    high: float | None = None, rising: bool = False,
) -> None:  # fmt: skip
    entry = entries[name]
    fits = number is None or entry.number == number
    if low is not None and high is not None and entry.low <= entry.high and entry.number:
        fits = fits and (low <= entry.low and entry.high <= max(low, high))
    if not fits or (rising and not entry.rising):
        raise DamagedError(f"column {name} holds what it cannot")


def _check_keys(arrays: Arrays) -> None:
    """Refuse keys that end beyond their text."""
    for name in [name for name in arrays if name.endswith(".starts")]:
        if int(arrays[name][0]) != 0 or int(arrays[name][-1]) != len(arrays[name.replace(".starts", ".text")]):
            raise DamagedError(f"column {name} ends beyond its text")
