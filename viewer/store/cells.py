"""What lies in the cells of many rows (`leaves`) as arrays: numbers, dates, words of a list, keys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.store.keys import Keys, shared_beginning, starts_of
from viewer.store.leaves import PAD, Cells, Integers, UnusualError

Raw = NDArray[np.uint8]
Flags = NDArray[np.bool_]
REAL = 7
"""The kind of a floating point number; smaller ones and 8 and 9 are integers, 0 is NULL."""
WIDEST = PAD - 8
"""Bytes of a text that are compared at once; longer ones are left to SQLite."""
_SHIFTS = np.array([63, 56, 48, 40, 32, 16, 0, 0, 63, 63])
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)
_FACTORS = np.array([0x9E37_79B9_7F4A_7C15 * (2 * place + 1) & (1 << 64) - 1 for place in range(8)], dtype=np.uint64)
SLOT_BITS, SLOTTED, TRIES = 17, 600, 64
"""A table of so many bits for up to so many words, and the multipliers tried until no two share a slot."""


def some_of(cells: Cells, rows: NDArray[np.intp]) -> Cells:
    """The values of some rows."""
    return Cells(cells.kinds[rows], cells.starts[rows], cells.lengths[rows])


def gathered(raw: Raw, at: Integers, width: int) -> Raw:
    """So many bytes from each of these places on, shape (n, width)."""
    windows: NDArray[np.void] = np.ndarray((len(raw) - width + 1,), dtype=f"V{width}", buffer=raw, strides=(1,))
    return windows[at].view(np.uint8).reshape(len(at), width)


def words(raw: Raw, starts: Integers, lengths: Integers, width: int) -> NDArray[np.uint64]:
    """The first bytes of each text, zeros beyond its end, eight at a time; shape (n, width / 8)."""
    found = gathered(raw, starts, width).view("<u8")
    for place in range(width // 8):
        found[:, place] &= _MASKS.take(lengths - 8 * place, mode="clip")
    return found


def are_texts(cells: Cells) -> Flags:
    """Which values are texts or NULL."""
    texts: Flags = ((cells.kinds & 1 == 1) & (cells.kinds > 12)) | (cells.kinds == 0)
    return texts


def all_blank(cells: Cells) -> bool:
    """Whether every value is the empty text or NULL."""
    return bool(((cells.kinds == 13) | (cells.kinds == 0)).all())


def integers(raw: Raw, cells: Cells, missing: int) -> Integers:
    """Whole numbers, `missing` for NULL; UnusualError when there is anything else."""
    if len(cells.kinds) and (cells.kinds.max() > 9 or (cells.kinds == REAL).any()):
        raise UnusualError("has something else than whole numbers")
    return _integers(raw, cells, missing)


def _integers(raw: Raw, cells: Cells, missing: int) -> Integers:
    values: Integers = gathered(raw, cells.starts + cells.lengths - 8, 8).view(">i8")[:, 0].astype(np.int64)
    shifts = _SHIFTS.take(cells.kinds)
    values = values << shifts >> shifts
    constant = cells.kinds >= 8
    if constant.any():
        values[constant] = cells.kinds[constant] - 8
    values[cells.kinds == 0] = missing
    return values


def reals(raw: Raw, cells: Cells) -> NDArray[np.float64]:
    """Numbers, NaN for NULL; UnusualError when there is anything else."""
    if len(cells.kinds) and cells.kinds.max() > 9:
        raise UnusualError("has something else than numbers")
    real = cells.kinds == REAL
    if real.all():
        return _reals(raw, cells.starts)
    values = np.full(len(cells.kinds), np.nan)
    values[real] = _reals(raw, cells.starts[real])
    whole = np.flatnonzero(~real & (cells.kinds != 0))
    if len(whole):
        values[whole] = _integers(raw, some_of(cells, whole), 0)
    return values


def _reals(raw: Raw, starts: Integers) -> NDArray[np.float64]:
    values = gathered(raw, starts, 8).view(">f8")[:, 0].astype(np.float64)
    if np.isnan(values).any():  # which SQLite takes for NULL
        raise UnusualError("has a number that is none")
    return values


class Vocabulary:
    """The place of each text in a list of some that are all different; UnusualError when they cannot be told apart."""

    def __init__(self, texts: Sequence[str]) -> None:
        listed = [text.encode("utf-8", "replace") for text in texts]
        longest = max(map(len, listed), default=0)
        if longest > WIDEST or len(set(listed)) != len(listed) or any("\ufffd" in text for text in texts):
            raise UnusualError("has keys that are not easily told apart")
        self._width = longest + -longest % 8 or 8
        padded = b"".join(text.ljust(self._width, b"\0") for text in listed)
        self._words = np.frombuffer(padded, dtype="<u8").reshape(-1, self._width // 8)
        self._lengths = np.array([len(text) for text in listed], dtype=np.int64)
        self._factor, self._slots = _FACTORS[:1], np.zeros(0, dtype=np.int64)
        marks = _mixed(self._words, self._lengths)
        self._order = np.argsort(marks)
        self._sorted = marks[self._order]
        if (self._sorted[1:] == self._sorted[:-1]).any():
            raise UnusualError("has keys that are not easily told apart")
        if len(listed) <= SLOTTED:
            self._slot(marks)

    def _slot(self, marks: NDArray[np.uint64]) -> None:
        for number in range(1, TRIES):
            factor = _FACTORS[:1] * np.uint64(2 * number + 1)
            slots = (marks * factor) >> np.uint64(64 - SLOT_BITS)
            if len(set(slots.tolist())) == len(marks):
                self._factor = factor
                self._slots = np.zeros(1 << SLOT_BITS, dtype=np.int64)
                self._slots[slots.astype(np.int64)] = np.arange(len(marks))
                return

    def codes(self, raw: Raw, cells: Cells, none: int = -1) -> Integers:
        """The place of each text in the list; `none` for those that are not in it and for what is no text."""
        codes = np.full(len(cells.kinds), none)
        if not len(self._lengths) or all_blank(cells):
            return codes
        filled = np.flatnonzero(cells.lengths)
        if 2 * len(filled) > len(codes) or not self._lengths.all():
            return self._codes(raw, cells, none)
        codes[filled] = self._codes(raw, some_of(cells, filled), none)  # of no length, no text is in the list
        return codes

    def _codes(self, raw: Raw, cells: Cells, none: int) -> Integers:
        found, number = words(raw, cells.starts, cells.lengths, self._width), len(cells.kinds)
        if number > 1 and (cells.kinds == cells.kinds[0]).all() and (found == found[0]).all():
            one = self._codes(raw, Cells(*(part[:1] for part in cells)), none)
            return np.full(number, one[0])
        marks = _mixed(found, cells.lengths)
        if len(self._slots):
            likely = self._slots.take(((marks * self._factor) >> np.uint64(64 - SLOT_BITS)).astype(np.int64))
        else:
            likely = self._order.take(np.minimum(np.searchsorted(self._sorted, marks), len(self._sorted) - 1))
        same = (self._lengths.take(likely) == cells.lengths) & (cells.kinds & 1 == 1) & (cells.kinds > 12)
        for place in range(found.shape[1]):
            same &= self._words[:, place].take(likely) == found[:, place]
        return np.where(same, likely, none)


def _mixed(found: NDArray[np.uint64], lengths: Integers) -> NDArray[np.uint64]:
    """One number for each text, seldom the same for two."""
    marks: NDArray[np.uint64] = lengths.astype(np.uint64) * _FACTORS[-1]
    for place in range(found.shape[1]):
        marks ^= found[:, place] * _FACTORS[place]
        marks ^= marks >> np.uint64(29)
    return marks


def plain_texts(raw: Raw, cells: Cells) -> tuple[Raw, NDArray[np.uint32]]:
    """The bytes of all texts one after the other and the length of each; UnusualError when any is not plain ASCII."""
    longest = int(cells.lengths.max(initial=0))
    if longest > WIDEST or not are_texts(cells).all():
        raise UnusualError("has keys that are long, or none")
    found = gathered(raw, cells.starts, max(longest, 1))
    found = found[np.arange(max(longest, 1)) < cells.lengths[:, None]]
    if len(found) and found.max() >= 0x80:
        raise UnusualError("has keys in other letters")
    return found, cells.lengths.astype(np.uint32)


class KeyPlaces:
    """The places of the events that texts name, found by halving; UnusualError when a text names none.

    text, lengths: the keys of the events, all different, as `plain_texts` gives them.
    """

    def __init__(self, text: Raw, lengths: NDArray[np.uint32]) -> None:
        keys = Keys(text, starts_of(lengths))
        longest = int(lengths.max(initial=0))
        if longest > WIDEST:
            raise UnusualError("has keys that are long")
        self._shared = shared_beginning(keys)
        self._short = longest <= self._shared + 8
        self._width = longest + -longest % 8 or 8
        self._text = np.concatenate([np.zeros(PAD, np.uint8), text, np.zeros(PAD, np.uint8)])
        self._begins = keys.starts[:-1]
        self._lengths = lengths
        self._marks = np.empty(len(lengths), dtype=np.uint64)
        for first in range(0, len(lengths), 1 << 16):
            piece = slice(first, first + (1 << 16))
            starts, sizes = self._begins[piece].astype(np.int64) + PAD, lengths[piece].astype(np.int64)
            self._marks[piece] = self._marks_of(self._text, starts, sizes)
        self._order: NDArray[np.int32] | None = None
        if not (self._marks[1:] > self._marks[:-1]).all():
            self._order = np.argsort(self._marks, kind="stable").astype(np.int32)
            self._marks = self._marks[self._order]
            if (self._marks[1:] == self._marks[:-1]).any():
                raise UnusualError("has keys that are not easily told apart")

    def _marks_of(self, raw: Raw, starts: Integers, lengths: Integers) -> NDArray[np.uint64]:
        """A number for each key: in the order of the alphabet where eight bytes tell all of them apart."""
        if self._short:
            return words(raw, starts + self._shared, lengths - self._shared, 8)[:, 0].byteswap()
        return _mixed(words(raw, starts, lengths, self._width), lengths)

    def of(self, raw: Raw, cells: Cells) -> NDArray[np.int32]:
        """The place of each key among the events, shape (n,)."""
        lengths = cells.lengths
        if not len(self._marks) or lengths.max(initial=0) > WIDEST or lengths.min(initial=WIDEST) < self._shared:
            raise UnusualError("names events that are not there")
        if not are_texts(cells).all():
            raise UnusualError("names events by no text")
        marks = self._marks_of(raw, cells.starts, lengths)
        at = np.minimum(np.searchsorted(self._marks, marks), len(self._marks) - 1)
        places: NDArray[np.int32] = (at if self._order is None else self._order[at]).astype(np.int32)
        self.check(raw, cells, places, marks)
        return places

    def check(
        self, raw: Raw, cells: Cells, places: NDArray[np.int32], marks: NDArray[np.uint64] | None = None
    ) -> None:
        """Make sure that these are the events that the texts name; marks: those of the texts, if they are known."""
        same = np.array_equal(self._lengths.take(places), cells.lengths)
        if same and self._short and self._order is None:
            marks = self._marks_of(raw, cells.starts, cells.lengths) if marks is None else marks
            same = np.array_equal(self._marks.take(places), marks) and self._begin_alike(raw, cells.starts)
        elif same:
            theirs = words(self._text, self._begins.take(places).astype(np.int64) + PAD, cells.lengths, self._width)
            same = np.array_equal(theirs, words(raw, cells.starts, cells.lengths, self._width))
        if not same:
            raise UnusualError("names events that are not there")

    def _begin_alike(self, raw: Raw, starts: Integers) -> bool:
        """Whether all texts begin as all keys do."""
        beginning = self._text[PAD : PAD + self._shared]
        return not len(beginning) or bool((gathered(raw, starts, self._shared) == beginning).all())
