"""Rows of delimited text as they are: encoding and delimiter found from the content, broken rows told one by one.

What is wrong with one row never touches the next: a quote that is opened and not closed costs its own line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO, NamedTuple

from viewer.domain.dates import DateError
from viewer.domain.drafts import Draft, Item, Rejected, Remark
from viewer.formats.cells import CellError
from viewer.formats.infile import InFile, ReadError

DELIMITERS = (",", ";", "\t", "|")
MAX_CELL = 1_000_000
MAX_LINES = 500
"""Lines that one row may have, of a cell with line breaks; beyond it a quote was left open."""
MOST_NULS = 0.01
"""The share of characters that are NUL from which on a file is no text; a stray one costs its row."""
HAS_NUL = "holds a character that no text has (NUL); take it out"
SAMPLED = 50
"""Rows from which the delimiter is found."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_ARABIC = re.compile("[\u0621-\u064a]{2}")


class Row(NamedTuple):
    """One row: where it begins (lines count from 1) and its cells, as many as the header has."""

    line: int
    cells: tuple[str, ...]


@dataclass
class Table:
    """A delimited text: its header, and how it is read. Names of columns are stripped and never empty."""

    file: InFile
    header: tuple[str, ...]
    encoding: str
    delimiter: str
    fallback: str = "cp1252"
    at: dict[str, int] = field(default_factory=dict)
    """Position of each column by its name in lower case."""

    def rows(self) -> Iterator[Row | Rejected | Remark]:
        """The rows below the header; those that are broken as Rejected."""
        width, strange, tagged, number = len(self.header), 0, False, -1
        for row in _records(self):
            if isinstance(row, Rejected):
                yield row
                continue
            line, cells = row
            if not any(cells):
                continue
            number += 1
            if number == 0 and self.header:
                continue
            if number == 1 and is_hxl(cells):
                tagged = True
                continue
            if len(cells) != width:
                while len(cells) > width and not cells[-1].strip():
                    cells.pop()
                if len(cells) < width:
                    cells += [""] * (width - len(cells)) if len(cells) * 2 > width else []
                if len(cells) != width:
                    told = f"has {len(cells)} cells where the header has {width}; check its delimiters and quotes"
                    yield Rejected(line, told, tuple(cells))
                    continue
            joined = "".join(cells)
            if "\0" in joined:
                yield Rejected(line, HAS_NUL, tuple(cells))
                continue
            if not joined.isascii() and not _is_text(joined):
                strange += 1
                cells = [_mended(cell, self.fallback) for cell in cells]
            yield Row(line, tuple(cells))
        if tagged:
            yield Remark("the second line holds HXL tags, no data; it was skipped")
        if strange:
            told = "row is not {}; it was" if strange == 1 else "rows are not {}; they were"
            yield Remark(f"{strange:,} {told.format(self.encoding)} read as {self.fallback}")


def table_with(file: InFile, needed: Iterable[str], what: str) -> Table:
    """The table a file holds, if it has these columns; ReadError says which it lacks, and so is none of `what`."""
    table = read_table(file)
    missing = [name for name in needed if name not in table.at]
    if missing:
        raise ReadError(f"{file.path}: lacks the columns {', '.join(missing)}; it is no {what} file")
    return table


def drafts_from(table: Table, made: Callable[[Row], Draft]) -> Iterator[Item]:
    """A draft of each row; one whose cells or dates cannot be read is rejected with the reason."""
    for row in table.rows():
        if not isinstance(row, Row):
            yield row
            continue
        try:
            yield made(row)
        except (CellError, DateError) as error:
            yield Rejected(row.line, str(error), row.cells)


def read_table(file: InFile, delimiter: str = "", encoding: str = "") -> Table:
    """The table a file holds; what is not given is found from its first rows. ReadError when it is none."""
    head = file.head
    if not head.strip(b"\0 \t\r\n"):
        raise ReadError(f"{file.path}: is empty; nothing was imported")
    encoding = encoding or encoding_of(head)
    text = head.decode(encoding, "replace" if encoding != "utf-8" else "surrogateescape")
    if text.count("\0") > MOST_NULS * len(text):
        raise ReadError(f"{file.path}: is no text; name the format if it is one Badia reads")
    delimiter = delimiter or delimiter_of(text)
    table = Table(file, (), encoding, delimiter, fallback_of(head))
    first = next((row for row in _records(table) if not isinstance(row, Rejected) and any(row[1])), None)
    if first is None:
        raise ReadError(f"{file.path}: has no row that can be read; check its quotes")
    header = unique_names([_mended(cell, table.fallback).replace("\0", "").strip() for cell in first[1]])
    table.header = header
    table.at = {name.casefold(): position for position, name in enumerate(header)}
    return table


def encoding_of(head: bytes) -> str:
    """The encoding that a text's first bytes speak for; UTF-8 when nothing speaks against it."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if len(head) > 3 and head[1:2] == b"\0" and head[3:4] == b"\0":
        return "utf-16-le"
    return "utf-8"


def fallback_of(head: bytes) -> str:
    """What bytes that are no UTF-8 are: Arabic Windows when they make Arabic words, else Western Windows."""
    odd = b" ".join(word for word in head.split() if not word.isascii() and not _decodes(word, "utf-8"))
    return "cp1256" if _ARABIC.search(odd.decode("cp1256", "replace")) else "cp1252"


def delimiter_of(text: str) -> str:
    """The delimiter by which the first rows have the same number of cells, the more the better."""

    def worth(delimiter: str) -> tuple[float, int]:
        lines = io.StringIO(text, newline="")
        rows: list[list[str]] = []
        with suppress(csv.Error):
            rows += (row for row in islice(csv.reader(lines, delimiter=delimiter), SAMPLED) if row)
        widths = Counter(len(row) for row in rows[: max(1, len(rows) - 1)])
        width, often = max(widths.items(), key=lambda one: (one[1], one[0]), default=(1, 0))
        return (often / max(1, widths.total()) if width > 1 else 0.0, width)

    csv.field_size_limit(MAX_CELL)
    best, *_ = sorted(DELIMITERS, key=lambda one: (worth(one)[0] < 0.5, -worth(one)[1], -worth(one)[0]))
    return best


def _records(table: Table) -> Iterator[tuple[int, list[str]] | Rejected]:
    """Rows with the number of their first line; a row that cannot be read costs its first line only."""
    csv.field_size_limit(MAX_CELL)
    with table.file.opened() as binary:
        lines = _Lines(_decoded(binary, table.encoding))
        while True:
            reader = csv.reader(lines, delimiter=table.delimiter)
            try:
                for cells in reader:
                    yield lines.first, cells
                    lines.taken.clear()
                if not lines.broken:
                    return
            except csv.Error as error:
                reason = str(error)
            else:
                reason = "opens a quote that is not closed"
            yield Rejected(lines.first, f"{reason}; mend its quotes", (lines.give_back(),))


class _Lines:
    """The lines of a text, one after the other, that remembers those of the row being read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._waiting: list[str] = []
        self._number = 0
        self.taken: list[str] = []
        self.broken = False

    @property
    def first(self) -> int:
        """The number of the line with which the row being read began."""
        return self._number - len(self.taken) + 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_LINES:
            self.broken = True
            raise csv.Error("opens a quote that is not closed")
        line = self._waiting.pop() if self._waiting else next(self._lines, None)
        if line is None:
            if len(self.taken) and _is_open("".join(self.taken)):
                self.broken = True
                raise csv.Error("opens a quote that is not closed")
            raise StopIteration
        self._number += 1
        self.taken.append(line)
        return line

    def give_back(self) -> str:
        """The first line of the row being read; the others are read again as rows of their own."""
        first, *others = self.taken or [""]
        self._waiting += reversed(others)
        self._number -= len(others)
        self.taken.clear()
        self.broken = False
        return first.rstrip("\r\n")


def _is_open(text: str) -> bool:
    """Whether a quote is left open; what stands outside of quotes is not looked at."""
    return text.count('"') % 2 == 1


def _decoded(binary: BinaryIO, encoding: str) -> Iterator[str]:
    if encoding == "utf-8":
        return iter(io.TextIOWrapper(binary, "utf-8", "surrogateescape", newline=""))
    return iter(io.TextIOWrapper(binary, encoding, "replace", newline=""))


def _is_text(text: str) -> bool:
    """Whether all of it was UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _mended(cell: str, fallback: str) -> str:
    """A cell of which some bytes were no UTF-8, read anew."""
    if cell.isascii() or _is_text(cell):
        return cell
    return cell.encode("utf-8", "surrogateescape").decode(fallback, "replace")


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        head.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def is_hxl(cells: list[str]) -> bool:
    """Whether a row holds tags of the humanitarian exchange language in place of values."""
    told = [cell for cell in cells if cell.strip()]
    return bool(told) and all(cell.lstrip().startswith("#") for cell in told)


def unique_names(names: list[str]) -> tuple[str, ...]:
    """Names of columns, of which none is empty and none comes twice."""
    found: list[str] = []
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        told = name or f"column {position}"
        while told.casefold() in taken:
            numbers[name] = numbers.get(name, 1) + 1
            told = f"{name or 'column'} {numbers[name]}"
        taken.add(told.casefold())
        found.append(told)
    return tuple(found)
