"""One file of columns: a head that says what is where, and the arrays as they lie in memory, to be mapped.

Nothing in it is believed: every byte is summed up and every number compared with what it may be before it is used,
through a small buffer, for a page that is only looked at once should not stay in memory.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MAGIC = b"Badia columns 2\n"
_START = struct.Struct("<16sQQ32s")
"""Magic, where the head lies, its bytes, and its SHA-256."""
ALIGNMENT = 64
MAX_HEAD = 256_000_000
BLOCK = 1 << 20
TYPES = frozenset(("|u1", "<u2", "<u4", "<u8", "<i4", "<i8", "<f4"))
_FACTOR = 0x9E37_79B9_7F4A_7C15
_WORD = (1 << 64) - 1
_WEIGHTS = np.arange(1, BLOCK // 4, 2, dtype=np.uint64)
"""Odd, and another for each word of a block: what is exchanged changes the sum as well."""
_WEIGHTS.flags.writeable = False


class DamagedError(ValueError):
    """The file is not what it was when it was written, or never was one."""


class Entry(NamedTuple):
    """One array: its type, number of values and place in the file, its sum, and its smallest and largest value.

    rising: whether no value is smaller than the one before it. What stands for no value is outside the bounds:
    NaN, and of unsigned numbers of more than a byte the largest there is.
    """

    kind: str
    number: int
    offset: int
    total: int
    low: float
    high: float
    rising: bool


Where = tuple[str, int, int]
"""Of an array in a file: its type, number of values, and offset."""


class ColumnWriter:
    """Writes arrays one after the other, each piece by piece, and then what is to be said of them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._arrays: dict[str, Where] = {}
        self._name = ""
        file.write(b"\0" * _START.size)

    def add(self, name: str, values: NDArray[Any]) -> None:
        """Append to a column; one that was left for another cannot be taken up again (ValueError)."""
        kind = values.dtype.newbyteorder("<").str
        if name != self._name:
            if name in self._arrays or kind not in TYPES:
                raise ValueError(f"column {name} of type {kind} cannot be written")
            self._file.write(b"\0" * (-self._file.tell() % ALIGNMENT))
            self._arrays[name] = (kind, 0, self._file.tell())
            self._name = name
        kind, number, offset = self._arrays[name]
        self._file.write(np.ascontiguousarray(values, dtype=kind).view(np.uint8).data)
        self._arrays[name] = (kind, number + len(values), offset)

    def written(self) -> Mapping[str, Where]:
        """Where each array is, all of which are in the file from now on."""
        self._file.flush()
        return self._arrays

    def finish(self, said: dict[str, Any]) -> None:
        """Write the head, with the sums of what is in the file now."""
        self._file.flush()
        entries = {name: measured(self._file, *array)._asdict() for name, array in self._arrays.items()}
        head = json.dumps({"columns": entries, "said": said}, allow_nan=False).encode("ascii")
        offset = self._file.seek(0, 2)
        self._file.write(head)
        self._file.seek(0)
        self._file.write(_START.pack(MAGIC, offset, len(head), hashlib.sha256(head).digest()))
        self._file.flush()


def head_of(file: IO[bytes]) -> tuple[dict[str, Entry], dict[str, Any]]:
    """What a file says of its arrays, and what was said of them all; DamagedError when it is none or damaged."""
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(_START.size)
    if len(start) < _START.size or not start.startswith(MAGIC):
        raise DamagedError("is no file of columns")
    _, offset, length, digest = _START.unpack(start)
    if length > MAX_HEAD or offset + length > size:
        raise DamagedError("has lost its end")
    file.seek(offset)
    raw = file.read(length)
    if hashlib.sha256(raw).digest() != digest:
        raise DamagedError("has a damaged head")
    try:
        head = json.loads(raw)
        entries = {str(name): _entry(found, offset) for name, found in head["columns"].items()}
        return entries, dict(head["said"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DamagedError(f"has a head that makes no sense ({error!r})") from None


def _entry(found: dict[str, Any], end: int) -> Entry:
    entry = Entry(**found)
    if entry.kind not in TYPES or not all(type(n) is int and n >= 0 for n in (entry.number, entry.offset, entry.total)):
        raise ValueError(entry)
    if entry.offset % 8 or entry.offset + entry.number * np.dtype(entry.kind).itemsize > end:
        raise ValueError(entry)
    return entry


def measured(file: IO[bytes], kind: str, number: int, offset: int) -> Entry:
    """What the bytes of an array say of it; DamagedError when they end too soon."""
    file.seek(offset)
    left = number * np.dtype(kind).itemsize
    buffer = np.zeros(min(left + -left % 8, BLOCK), dtype=np.uint8)
    total, low, high, rising, last = 0, float("inf"), float("-inf"), True, None
    while left > 0:
        size = min(left, BLOCK)
        if file.readinto(buffer[:size].data) != size:  # type: ignore[attr-defined]
            raise DamagedError("ends too soon")
        buffer[size : size + -size % 8] = 0
        words = buffer[: size + -size % 8].view(np.uint64)
        total = (total * _FACTOR + int(np.add.reduce(words * _WEIGHTS[: len(words)])) + 1) & _WORD
        values = buffer[:size].view(kind)
        least, most = _bounds(values)
        low, high = min(low, least), max(high, most)
        rising = rising and _rises(values, last)
        last = values[-1]
        left -= size
    return Entry(kind, number, offset, total, *_sayable(low, high), rising)


def _bounds(values: NDArray[Any]) -> tuple[float, float]:
    if values.dtype.kind == "f":
        low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
        return (low, high) if low == low else (float("inf"), float("-inf"))
    if values.dtype.kind == "u" and values.dtype.itemsize > 1:
        values = values[values != np.iinfo(values.dtype).max]
    return (int(values.min()), int(values.max())) if len(values) else (float("inf"), float("-inf"))


def _sayable(low: float, high: float) -> tuple[float, float]:
    """The bounds, which JSON has no words for when there are none: then 0 to 0."""
    return (low, high) if low <= high else (0, 0)


def _rises(values: NDArray[Any], last: Any) -> bool:
    if values.dtype.kind == "f":
        return False
    return bool((last is None or last <= values[0]) and (values[1:] >= values[:-1]).all())


def unload(array: NDArray[Any]) -> None:
    """Give back the memory into which the file below an array was read, if it is mapped; it is read again when needed.

    All arrays of the same file go with it. Nothing is given back where the system cannot.
    """
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    whole = base.obj if isinstance(base, memoryview) else base
    if isinstance(whole, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        whole.madvise(mmap.MADV_DONTNEED)


def mapped(path: Path, places: Mapping[str, Where]) -> dict[str, NDArray[Any]]:
    """The arrays of a file, mapped into memory and not to be written to; pages nobody looks at are not loaded.

    The map lives as long as any of the arrays does. The file may be removed but must not be shortened.
    """
    with path.open("rb") as file:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return {
        name: np.frombuffer(whole, dtype=kind, count=number, offset=offset)
        for name, (kind, number, offset) in places.items()
    }
