"""The keys of a million rows in two arrays: a Python string for each would weigh more than all else together."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, SupportsIndex, overload

import numpy as np
from numpy.typing import NDArray

CHUNK = 4096


class Keys(Sequence[str]):
    """An unchangeable sequence of n strings: their UTF-8 bytes one after the other.

    text: uint8 of shape (m,); starts: unsigned, shape (n + 1,), where each begins and the last one ends.
    """

    __slots__ = ("starts", "text")

    def __init__(self, text: NDArray[np.uint8], starts: NDArray[Any]) -> None:
        self.text = text
        self.starts = starts

    @classmethod
    def of(cls, keys: Iterable[str]) -> Keys:
        """The same strings; a letter that is none (half a surrogate) becomes a question mark."""
        return cls.of_bytes([key.encode("utf-8", "replace") for key in keys])

    @classmethod
    def of_bytes(cls, raw: Sequence[bytes]) -> Keys:
        """Strings given as their UTF-8."""
        lengths = np.fromiter(map(len, raw), dtype=np.uint32, count=len(raw))
        return cls(np.frombuffer(b"".join(raw), dtype=np.uint8), starts_of(lengths))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, index: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Keys: ...
    def __getitem__(self, index: SupportsIndex | slice) -> str | Keys:
        if isinstance(index, slice):
            first, last, step = index.indices(len(self))
            if step == 1:
                return Keys(self.text, self.starts[first : max(first, last) + 1])
            return Keys.of([self[row] for row in range(first, last, step)])
        return self.raw(index).decode("utf-8", "replace")

    def raw(self, index: SupportsIndex) -> bytes:
        """One string as its UTF-8; IndexError beyond the end."""
        row, number = operator.index(index), len(self)
        if not -number <= row < number:
            raise IndexError(f"row {row} of {number}")
        row %= number
        return self.text[int(self.starts[row]) : int(self.starts[row + 1])].tobytes()

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), CHUNK):
            starts = self.starts[first : first + CHUNK + 1].tolist()
            text = self.text[starts[0] : starts[-1]].tobytes()
            for begin, end in pairwise(starts):
                yield text[begin - starts[0] : end - starts[0]].decode("utf-8", "replace")

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and len(self._rows_with(key)) > 0

    def index(self, value: str, start: int = 0, stop: int | None = None) -> int:
        """The first row with this string; ValueError when there is none."""
        first, last, _ = slice(start, stop).indices(len(self))
        found = self._rows_with(value)
        found = found[(found >= first) & (found < last)]
        if not len(found):
            raise ValueError(f"'{value}' is not among the keys")
        return int(found[0])

    def count(self, value: str) -> int:
        """How often the string occurs."""
        return len(self._rows_with(value))

    def _rows_with(self, key: str) -> NDArray[np.int64]:
        """The rows with this string, looked for byte by byte from its end, where keys differ most."""
        raw = _encoded(key)
        if raw is None:
            return np.empty(0, dtype=np.int64)
        begins = self.starts[:-1].astype(np.int64)
        found = np.flatnonzero(self.starts[1:].astype(np.int64) - begins == len(raw))
        for place in range(len(raw) - 1, -1, -1):
            found = found[self.text[begins[found] + place] == raw[place]]
        return found

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Keys):
            return self._lengths_equal(other) and bool(np.array_equal(self._span(), other._span()))
        if isinstance(other, (tuple, list)):
            return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def _lengths_equal(self, other: Keys) -> bool:
        return bool(np.array_equal(np.diff(self.starts), np.diff(other.starts)))

    def _span(self) -> NDArray[np.uint8]:
        return self.text[int(self.starts[0]) : int(self.starts[-1])]

    def __repr__(self) -> str:
        shown = ", ".join(repr(key) for key in self[:3])
        return f"Keys({shown}{', ...' if len(self) > 3 else ''} of {len(self):,})"


class RowOf(Mapping[str, int]):
    """The row of each key, by halving; order: int32 of shape (n,), the rows sorted by the bytes of their keys."""

    __slots__ = ("keys_in_rows", "order")

    def __init__(self, keys_in_rows: Keys, order: NDArray[np.int32]) -> None:
        self.keys_in_rows = keys_in_rows
        self.order = order

    def __len__(self) -> int:
        return len(self.order)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_in_rows)

    def __contains__(self, key: object) -> bool:
        return self._row(key) >= 0

    def __getitem__(self, key: str) -> int:
        row = self._row(key)
        if row < 0:
            raise KeyError(key)
        return row

    def _row(self, key: object) -> int:
        raw = _encoded(key) if isinstance(key, str) else None
        if raw is None:
            return -1
        keys, order = self.keys_in_rows, self.order
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            if keys.raw(int(order[middle])) < raw:
                low = middle + 1
            else:
                high = middle
        row = int(order[low]) if low < len(order) else -1
        return row if row >= 0 and keys.raw(row) == raw else -1

    def rows_of(self, keys: Sequence[str]) -> NDArray[np.int64]:
        """The rows of many keys, all halved at once; -1 for those there are not. Shape (number of keys,)."""
        encoded = [_encoded(key) for key in keys]
        wanted = np.array([raw or b"" for raw in encoded], dtype=bytes)
        if not len(self.keys_in_rows.text) or not keys or wanted.itemsize > SORTED_BYTES:
            return np.array([self._row(key) for key in keys], dtype=np.int64)
        low, high = np.zeros(len(wanted), dtype=np.int64), np.full(len(wanted), len(self.order), dtype=np.int64)
        while (low < high).any():
            middle = np.minimum((low + high) // 2, len(self.order) - 1)
            less = (self._texts(self.order[middle], wanted.itemsize + 1) < wanted) & (low < high)
            low, high = np.where(less, middle + 1, low), np.where(less, high, np.minimum(middle, high))
        likely = self.order[np.minimum(low, len(self.order) - 1)]
        lengths = np.fromiter((-1 if raw is None else len(raw) for raw in encoded), dtype=np.int64, count=len(keys))
        starts = self.keys_in_rows.starts
        there = starts[likely + 1].astype(np.int64) - starts[likely].astype(np.int64) == lengths
        there &= self._texts(likely, wanted.itemsize) == wanted
        found = likely.astype(np.int64)
        for place in np.flatnonzero(~there).tolist():  # few: of keys that hold zeros halving is no word for it
            found[place] = self._row(keys[place])
        return found

    def _texts(self, rows: NDArray[np.int32], length: int) -> NDArray[np.bytes_]:
        """The beginnings of the keys of some rows, so many bytes of each."""
        text = self.keys_in_rows.text
        begins, ends = (self.keys_in_rows.starts[rows + shift].astype(np.int64) for shift in (0, 1))
        width = int(ends[0] - begins[0])
        if 0 < width <= length and (ends - begins == width).all():  # as most are: then each is taken at once
            wholes: NDArray[np.bytes_] = np.ndarray((len(text) - width + 1,), f"S{width}", text, strides=(1,))
            found: NDArray[np.bytes_] = wholes[begins]
            return found
        place = begins[:, None] + np.arange(length)
        text = np.take(text, np.minimum(place, len(text) - 1))
        text[place >= ends[:, None]] = 0
        return np.ascontiguousarray(text).view(f"S{length}")[:, 0]


def _encoded(key: str) -> bytes | None:
    """The UTF-8 of a string; None for one that has none, which is no key."""
    try:
        return key.encode("utf-8")
    except UnicodeEncodeError:
        return None


def start_type(size: int) -> type[np.uint32 | np.uint64]:
    """The smallest type for places in a text of so many bytes."""
    return np.uint32 if size < 2**32 else np.uint64


def starts_of(lengths: NDArray[np.uint32]) -> NDArray[Any]:
    """Where strings of these lengths begin one after the other, and where the last one ends; shape (n + 1,)."""
    size = int(lengths.sum(dtype=np.int64))
    starts = np.zeros(len(lengths) + 1, dtype=start_type(size))
    np.cumsum(lengths, out=starts[1:], dtype=starts.dtype)
    return starts


SORTED_BYTES = 256
"""Bytes of a key that are sorted as arrays; longer ones, which nobody makes, are then sorted one by one."""
WORD = 8


def sorted_rows(keys_of: Callable[[], Keys]) -> NDArray[np.int32]:
    """The rows in the order of the bytes of their keys, equal keys in the order of their rows; shape (n,).

    keys_of: gives the keys when they are needed, for sorting takes as much room as they do. They are sorted by
    eight bytes at a time, the last ones first, after what they all begin with.
    """
    keys = keys_of()
    lengths = np.diff(keys.starts)
    longest = int(lengths.max(initial=0))
    order = np.arange(len(keys), dtype=np.int32)
    if not keys.text.all():  # a zero in a key is more than the end of one
        order = order[np.argsort(lengths, kind="stable")]
    shared = shared_beginning(keys)
    del keys, lengths
    for place in reversed(range(shared, min(longest, shared + SORTED_BYTES), WORD)):
        word = _words(keys_of(), place)[order]
        order = order[np.argsort(word, kind="stable")]
        del word
    return order if longest <= shared + SORTED_BYTES else _with_long_ones(keys_of(), order, shared + SORTED_BYTES)


def _with_long_ones(keys: Keys, order: NDArray[np.int32], sorted_bytes: int) -> NDArray[np.int32]:
    """The order in which keys that go on beyond what was sorted, too, stand right among those that begin like them."""
    long = np.concatenate([[False], np.diff(keys.starts)[order] >= sorted_bytes, [False]])
    edges = np.flatnonzero(long[1:] != long[:-1])
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        order[first:last] = sorted(order[first:last].tolist(), key=lambda row: (keys.raw(row), row))
    return order


BLOCK = 1 << 18
"""Rows that are worked on at once where each takes more than a number."""


def _words(keys: Keys, place: int) -> NDArray[np.uint64]:
    """Eight bytes of each key from `place` on as one number in the order of the alphabet, zeros beyond its end."""
    if (letters := _equally_long(keys)) is not None:
        part = letters[:, place : place + WORD]
        padded = np.zeros((len(keys), WORD), dtype=np.uint8)
        padded[:, : part.shape[1]] = part
        return padded.view(">u8")[:, 0].astype(np.uint64)
    words = np.zeros(len(keys), dtype=np.uint64)
    for first in range(0, len(keys), BLOCK):
        starts = keys.starts[first : first + BLOCK + 1].astype(np.int64)
        word = words[first : first + BLOCK]
        for byte in range(place, place + WORD):
            word <<= np.uint64(8)
            there = starts[:-1] + byte
            has = there < starts[1:]
            word[has] |= keys.text[there[has]]
    return words


def _equally_long(keys: Keys) -> NDArray[np.uint8] | None:
    """The letters of keys that all have as many, shape (n, length), as most stores have them; None for others."""
    starts = keys.starts
    length = int(starts[1] - starts[0]) if len(keys) else 0
    if not length or not (np.diff(starts) == length).all():
        return None
    return keys.text[int(starts[0]) : int(starts[-1])].reshape(len(keys), length)


def shared_beginning(keys: Keys) -> int:
    """How many bytes all keys begin with alike."""
    first = keys.raw(0) if len(keys) else b""
    if (letters := _equally_long(keys)) is not None:
        return next((place for place, letter in enumerate(first) if (letters[:, place] != letter).any()), len(first))
    for place, letter in enumerate(first):
        there = keys.starts[:-1] + keys.starts.dtype.type(place)
        if not (there < keys.starts[1:]).all() or not (keys.text[there] == letter).all():
            return place
    return len(first)


def gathered(keys: Keys, rows: NDArray[np.integer[Any]]) -> NDArray[np.uint8]:
    """The bytes of the keys of these rows, one after the other."""
    begins = keys.starts[rows].astype(np.int64)
    lengths = keys.starts[rows + 1].astype(np.int64) - begins
    width = int(lengths[0]) if len(lengths) else 0
    if width and (lengths == width).all():  # as most are: then each is taken at once
        wholes: NDArray[np.void] = np.ndarray((len(keys.text) - width + 1,), f"V{width}", keys.text, strides=(1,))
        found: NDArray[np.uint8] = wholes[begins].view(np.uint8)
        return found
    ends = np.cumsum(lengths)
    size = int(ends[-1]) if len(ends) else 0
    return keys.text[np.repeat(begins - ends + lengths, lengths) + np.arange(size)]
