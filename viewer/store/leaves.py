"""Reads the rows of a table straight out of the file's pages, thousands at once, where nothing is unusual in them.

SQLite hands over one value at a time, which for a million rows takes longer than all that is done with them. What is
read here is what the file format says a plain table is (https://www.sqlite.org/fileformat2.html, chapters 1.6 and 2);
at anything else, damage included, UnusualError sends the reader back to SQLite, which knows what to make of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.store.pieces import in_order
from viewer.untrusted import Identity, identity_of

LEAF, INTERIOR = 13, 5
PAD = 64
"""Zeros before and after what was read: so far beyond the end of a value one may look."""
MAX_DEPTH = 12
MAX_SPILLED = 64_000_000
"""Bytes of the long rows of one batch."""
ROWS, FEWEST_PAGES, MOST_PAGES = 32_768, 16, 2_048
"""Rows of a batch, about, and its pages: few enough for the cache, and enough for threads to be by themselves."""
MOST_BYTES = 8 << 20
FEWEST_CHILDREN = 8
"""An inner page names more than so many others, on the average; a tree of fewer is made to take long."""
INNER_CELL = 2 + 4 + 1
"""The least bytes that a cell of an inner page takes: where it is, the page it names, and a row's number."""
LEAF_CELL = 2 + 1 + 1 + 1
"""The same of a row: where it is, its size, its number, the size of its head; and a byte for each column."""

Integers = NDArray[np.int64]
T = TypeVar("T")


class UnusualError(Exception):
    """Something that SQLite should read instead."""


class Cells(NamedTuple):
    """A column of some rows: the kind of each value ("serial type"), where it begins in the buffer, and its bytes."""

    kinds: Integers
    starts: Integers
    lengths: Integers


class Batch(NamedTuple):
    """Some rows of a table in the order of their numbers: `ids`, and by column where their values lie in `raw`."""

    raw: NDArray[np.uint8]
    ids: Integers
    cells: Mapping[str, Cells]


class _Layout(NamedTuple):
    """The size of a page, the part of it that is used, and the number of pages."""

    page: int
    usable: int
    pages: int


def read_batches(
    path: Path, root: int, columns: Sequence[str], wanted: Collection[str], make: Callable[[Batch], T],
    use: Callable[[T], None], identity: Identity | None = None,
) -> None:  # fmt: skip
    """Make something of all rows of the table whose tree begins at page `root` and whose records hold these columns.

    `make` is called by several threads at once, `use` by this one, in the order of the rows. UnusualError, at any
    batch or at the end, when SQLite has to read it, as it does when this is not or no more the file of that identity
    (None: whichever it is); OSError.
    """
    with path.open("rb", buffering=0) as file:
        expected = identity or identity_of(os.fstat(file.fileno()))
        layout = _layout_of(file)
        leaves = _leaves(file, layout, root)
    most = max(min(MOST_PAGES, MOST_BYTES // layout.page), FEWEST_PAGES)
    pages, last_id = FEWEST_PAGES, -1

    def pieces() -> Iterator[Integers]:
        first = 0
        while first < len(leaves):
            some = leaves[first : first + pages]
            yield some
            first += len(some)  # for `pages` may be others by now

    def made(some: Integers) -> tuple[int, Integers, T]:
        with path.open("rb", buffering=0) as file:
            raw = np.empty(2 * PAD + len(some) * layout.page, dtype=np.uint8)
            heads = _read_pages(file, layout, some, raw)
            batch = _batch(file, layout, heads, raw, columns, wanted)
            if identity_of(os.fstat(file.fileno())) != expected:
                raise UnusualError("was changed")
        if not (batch.ids[1:] > batch.ids[:-1]).all():
            raise UnusualError("rows are not in order")
        return len(some), batch.ids, make(batch)

    def used(found: tuple[int, Integers, T]) -> None:
        nonlocal pages, last_id
        number, ids, thing = found
        if len(ids) and ids[0] <= last_id:
            raise UnusualError("rows are not in order")
        last_id = int(ids[-1]) if len(ids) else last_id
        pages = min(max(ROWS * number // max(len(ids), 1), FEWEST_PAGES), most)
        use(thing)

    in_order(pieces(), made, used)
    if identity_of(path.stat()) != expected:
        raise UnusualError("was changed")


def _layout_of(file: IO[bytes]) -> _Layout:
    head = file.read(100)
    if len(head) < 100 or head[56:60] != b"\0\0\0\1":
        raise UnusualError("is not in UTF-8")
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    usable = page - head[20]
    if page < 512 or page & (page - 1) or usable < 480:
        raise UnusualError("has pages of no proper size")
    return _Layout(page, usable, file.seek(0, 2) // page)


def _leaves(file: IO[bytes], layout: _Layout, root: int) -> Integers:
    """The numbers of the pages that hold the rows, in the order of the rows."""
    level = np.array([root], dtype=np.int64)
    for _ in range(MAX_DEPTH):
        _check_numbers(level, layout)
        if _page(file, layout, int(level[0]))[0] == LEAF:
            return level
        if len(level) * FEWEST_CHILDREN > layout.pages + FEWEST_CHILDREN:
            raise UnusualError("has too many inner pages")
        level = _below(file, layout, level)
    raise UnusualError("is too deep")


def _below(file: IO[bytes], layout: _Layout, level: Integers) -> Integers:
    """The numbers of the pages that these name."""
    found, number = [], 0
    for page in level.tolist():
        found.append(_children(_page(file, layout, page), layout))
        number += len(found[-1])
        if number > layout.pages:
            raise UnusualError("names more pages than there are")
    return np.concatenate(found)


def _check_numbers(level: Integers, layout: _Layout) -> None:
    if len(level) > layout.pages or level.min() <= 1 or level.max() > layout.pages:
        raise UnusualError("names pages that are not there")


def _page(file: IO[bytes], layout: _Layout, number: int) -> bytes:
    file.seek((number - 1) * layout.page)
    found = file.read(layout.page)
    if len(found) != layout.page:
        raise UnusualError("ends too soon")
    return found


def _children(page: bytes, layout: _Layout) -> Integers:
    number = int.from_bytes(page[3:5], "big")
    if page[0] != INTERIOR:
        raise UnusualError("has a page that is none of a table")
    if 12 + INNER_CELL * number > layout.usable:
        raise UnusualError("has more cells than fit into a page")
    places = np.append(np.frombuffer(page, dtype=">u2", count=number, offset=12).astype(np.int64), 8)
    if places.max() + 4 > layout.usable:
        raise UnusualError("has a cell beyond its page")
    raw = np.frombuffer(page, dtype=np.uint8)
    return _two_bytes(raw, places) << 16 | _two_bytes(raw, places + 2)


def _read_pages(file: IO[bytes], layout: _Layout, numbers: Integers, raw: NDArray[np.uint8]) -> Integers:
    """Read pages into a buffer in the order in which they lie in the file, those beside each other at once.

    What comes back is where each of them begins in the buffer: a table that was written while others were has its
    rows in pages that lie mixed, and each reading would wait for its turn to run Python.
    """
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    edges = [0, *(np.flatnonzero(np.diff(ordered) != 1) + 1).tolist(), len(numbers)]
    firsts = ordered[edges[:-1]].tolist()
    for page, (first, last) in zip(firsts, pairwise(edges), strict=True):
        file.seek((page - 1) * layout.page)
        piece = raw[PAD + first * layout.page : PAD + last * layout.page]
        if file.readinto(piece.data) != len(piece):  # type: ignore[attr-defined]
            raise UnusualError("ends too soon")
    raw[:PAD] = raw[-PAD:] = 0
    heads = np.empty(len(numbers), dtype=np.int64)
    heads[order] = PAD + layout.page * np.arange(len(numbers))
    return heads


def _batch(
    file: IO[bytes], layout: _Layout, heads: Integers, raw: NDArray[np.uint8], columns: Sequence[str],
    wanted: Collection[str],
) -> Batch:  # fmt: skip
    try:
        begins, ends, ids, raw = _records(file, layout, heads, raw, LEAF_CELL + len(columns))
        return Batch(raw, ids, _cells(raw, begins, ends, columns, wanted))
    except IndexError:
        raise UnusualError("has a value beyond its page") from None


def _records(
    file: IO[bytes], layout: _Layout, heads: Integers, raw: NDArray[np.uint8], least: int
) -> tuple[Integers, Integers, Integers, NDArray[np.uint8]]:
    """Where each record begins and ends, its number, and the buffer they are in, to which long ones were added.

    heads: where each page begins in it. least: the bytes that a row takes at least, without which a page could tell of
    more rows than memory holds.
    """
    counts = _two_bytes(raw, heads + 3)
    if (raw[heads] != LEAF).any():
        raise UnusualError("has a page that is none of a table")
    if (8 + least * counts > layout.usable).any():
        raise UnusualError("has more cells than fit into a page")
    page_of = np.repeat(heads, counts)
    firsts = np.repeat(heads + 8 - 2 * (np.cumsum(counts) - counts), counts)
    places = _two_bytes(raw, firsts + 2 * np.arange(len(page_of)))
    if (places < np.repeat(8 + 2 * counts, counts)).any() or (places >= layout.usable).any():
        raise UnusualError("has a cell beyond its page")
    sizes, at = _varints(raw, page_of + places)
    ids, begins = _varints(raw, at)
    ends = begins + sizes
    long = sizes > layout.usable - 35
    if ((ends > page_of + layout.usable) & ~long).any():
        raise UnusualError("has a row beyond its page")
    _check_room(layout, counts, np.where(long, least, ends - page_of - places + 2))
    if long.any():
        raw = _with_long_ones(file, layout, raw, begins, ends, np.flatnonzero(long), page_of)
    return begins, ends, ids, raw


def _check_room(layout: _Layout, counts: Integers, sizes: Integers) -> None:
    """Refuse rows that share bytes of their page: read one by one, they would be more than the file holds."""
    sums, ends = np.append(0, np.cumsum(sizes)), np.cumsum(counts)
    if (8 + sums[ends] - sums[ends - counts] > layout.usable).any():
        raise UnusualError("has cells on top of each other")


def _two_bytes(raw: NDArray[np.uint8], at: Integers) -> Integers:
    return raw.take(at).astype(np.int64) << 8 | raw.take(at + 1)


def _with_long_ones(
    file: IO[bytes], layout: _Layout, raw: NDArray[np.uint8], begins: Integers, ends: Integers, long: Integers,
    page_of: Integers,
) -> NDArray[np.uint8]:  # fmt: skip
    """The buffer with the rows that go on in other pages put together at its end; `begins` and `ends` are set to it."""
    added = bytearray()
    for row in long.tolist():
        begin, size = int(begins[row]), int(ends[row] - begins[row])
        if len(added) + size > MAX_SPILLED:
            raise UnusualError("has rows that are too long")
        least = (layout.usable - 12) * 32 // 255 - 23
        here = least + (size - least) % (layout.usable - 4)
        here = here if here <= layout.usable - 35 else least
        if begin + here + 4 > page_of[row] + layout.usable:
            raise UnusualError("has a row beyond its page")
        begins[row] = len(raw) + len(added)
        added += raw[begin : begin + here].tobytes()
        left, number = size - here, int.from_bytes(raw[begin + here : begin + here + 4].tobytes(), "big")
        while left > 0:
            _check_numbers(np.array([number]), layout)
            page = _page(file, layout, number)
            added += page[4 : min(4 + left, layout.usable)]
            left, number = left - (layout.usable - 4), int.from_bytes(page[:4], "big")
        ends[row] = begins[row] + size
    return np.concatenate([raw, np.frombuffer(bytes(added) + bytes(PAD), dtype=np.uint8)])


_LENGTHS = np.array([0, 1, 2, 3, 4, 6, 8, 8, 0, 0, -1, -1, *((kind - 12) >> 1 for kind in range(12, 128))])
"""The bytes of a value of each kind; -1: no such kind."""


def _cells(
    raw: NDArray[np.uint8], begins: Integers, ends: Integers, columns: Sequence[str], wanted: Collection[str]
) -> dict[str, Cells]:
    """Where the values of each row lie; UnusualError when a record does not hold just these columns."""
    found: dict[str, Cells] = {}
    sizes, head = _varints(raw, begins)
    body = head_end = begins + sizes
    for name in columns:
        kinds, head = _varints(raw, head)
        lengths = _lengths_of(kinds)
        if name in wanted:
            found[name] = Cells(kinds, body, lengths)
        body = body + lengths
    if (head != head_end).any() or (body != ends).any():
        raise UnusualError("has records of other columns")
    return found


def _lengths_of(kinds: Integers) -> Integers:
    if not len(kinds):
        return kinds
    largest = int(kinds.max())
    if largest == kinds.min() and largest >= 12:
        return np.broadcast_to(np.int64((largest - 12) >> 1), len(kinds))
    lengths = _LENGTHS.take(kinds) if largest < len(_LENGTHS) else np.where(
        kinds < 12, _LENGTHS.take(np.minimum(kinds, 12)), (kinds - 12) >> 1
    )  # fmt: skip
    if lengths.min() < 0:
        raise UnusualError("has a value of no kind")
    return lengths


def _varints(raw: NDArray[np.uint8], at: Integers) -> tuple[Integers, Integers]:
    """The numbers of one to eight bytes that begin at these places, and where they end."""
    values = raw.take(at).astype(np.int64)
    ends = at + 1
    rows: Any = np.flatnonzero(values >= 0x80)
    parts = values[rows] & 0x7F
    for _ in range(7):
        if not len(rows):
            return values, ends
        byte = raw.take(ends[rows]).astype(np.int64)
        parts = parts << 7 | byte & 0x7F
        ends[rows] += 1
        values[rows] = parts
        more = byte >= 0x80
        rows, parts = rows[more], parts[more]
    if len(rows):
        raise UnusualError("has a number of nine bytes")
    return values, ends
