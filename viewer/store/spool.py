"""Columns on their way from a table into order: filled piece by piece, in memory or, when there are many, in files.

Ten million rows are a gigabyte before they are sorted, but only one column of them is looked at at a time.
"""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray


class Spool:
    """Arrays that grow at their ends, by name. `folder`: where their files go, None: in memory. OSError: no room.

    Threads may share it, each with columns of its own; columns that are whole may be looked at by all.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._pieces: dict[str, list[NDArray[Any]]] = {}
        self._types: dict[str, np.dtype[Any]] = {}
        self._lengths: dict[str, int] = {}
        self._files: dict[str, IO[bytes]] = {}
        self._looking = threading.Lock()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self._types):
            self.drop(name)

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def add(self, name: str, values: NDArray[Any]) -> None:
        """Append to a column; the first piece decides its type."""
        kind = self._types.setdefault(name, values.dtype)
        self._lengths[name] = self._lengths.get(name, 0) + len(values)
        if self._folder is None:
            self._pieces.setdefault(name, []).append(values.astype(kind, copy=False))
            return
        if name not in self._files:
            self._files[name] = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by `drop`
        self._files[name].write(np.ascontiguousarray(values, dtype=kind).view(np.uint8).data)

    def length(self, name: str) -> int:
        """How many values a column has so far."""
        return self._lengths[name]

    def column(self, name: str) -> NDArray[Any]:
        """All of a column so far, in memory; KeyError when there is none."""
        kind = self._types[name]
        if self._folder is None:
            pieces = self._pieces[name]
            if len(pieces) > 1:
                pieces[:] = [np.concatenate(pieces)]
            return pieces[0]
        file = self._files[name]
        with self._looking:
            size = file.seek(0, 2)
            found = np.empty(size // kind.itemsize, dtype=kind)
            file.seek(0)
            file.readinto(found.view(np.uint8).data)  # type: ignore[attr-defined]
        return found

    def columns(self) -> dict[str, NDArray[Any]]:
        """All columns, in memory and not to be written to."""
        found = {name: self.column(name) for name in self._types}
        for column in found.values():
            column.flags.writeable = False
        return found

    def taken(self, name: str) -> NDArray[Any]:
        """All of a column, which is forgotten here."""
        found = self.column(name)
        self.drop(name)
        return found

    def clear(self, table: str) -> None:
        """Forget all columns of a table."""
        for name in list(self._types):  # at once: another thread may drop one of its own meanwhile
            if name.startswith(f"{table}."):
                self.drop(name)

    def drop(self, name: str) -> None:
        """Forget a column."""
        del self._types[name], self._lengths[name]
        self._pieces.pop(name, None)
        if name in self._files:
            self._files.pop(name).close()
