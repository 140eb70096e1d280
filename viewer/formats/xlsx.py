"""A sheet of a spreadsheet (XLSX) as rows of text: its values as they were saved, nothing in it is ever worked out.

The file is looked through before it is read: what unpacks beyond measure, or holds a sheet of more cells than fit
into memory, is refused in one sentence.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from viewer.domain.drafts import Rejected, Remark
from viewer.formats.archive import member_of
from viewer.formats.infile import ALWAYS_READ, MAX_RATIO, ZIP_MAGIC, InFile, ReadError
from viewer.formats.tabular import Row, is_hxl, unique_names

MAX_PACKED = 128 * 1024 * 1024
MAX_UNPACKED = 512 * 1024 * 1024
MAX_CELLS = 5_000_000
"""Cells of the rectangle that a sheet spans; the reader keeps all of them, the empty ones too."""
MAX_MEMBERS = 10_000
_PIECE = 1024 * 1024
_KEPT = 64 * 1024
"""Bytes of the end of a piece that wait for the next one, so that no row is looked at in halves."""
_TAG = re.compile(rb"""<(?:[\w.-]+:)?(row|c)\b((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_CELL = re.compile(rb"([A-Za-z]{0,3})([1-9]\d{0,6})")
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
"""What a sheet can have; a cell said to lie beyond it makes the reader take memory for all before it, or give up."""
_FORMULA = re.compile(rb"<f[ />]")
_UNSAVED = re.compile(rb"(?:</f>|<f\b[^>]*/>)\s*</c>")


@dataclass
class Sheet:
    """One sheet: its header, the names of all sheets, and its rows below the header."""

    file: InFile
    name: str
    names: tuple[str, ...]
    header: tuple[str, ...]
    at: dict[str, int] = field(default_factory=dict)
    """Position of each column by its name in lower case."""
    _rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list, repr=False)
    _formulas: int = 0
    _unsaved: int = 0
    """Of the formulas, those that were saved without their value."""

    def rows(self) -> Iterator[Row | Rejected | Remark]:
        """The rows below the header; lines are the numbers of the sheet's own rows."""
        for number, (line, cells) in enumerate(self._rows):
            if number == 0 and is_hxl(list(cells)):
                yield Remark("the row below the header holds HXL tags, no data; it was skipped")
            elif any(cells):
                yield Row(line, cells)
        if saved := self._formulas - self._unsaved:
            told = "formula was read as the value" if saved == 1 else "formulas were read as the values"
            yield Remark(f"{saved:,} {told} saved with the file")
        if self._unsaved:
            yield Remark(
                f"{self._unsaved:,} formulas were saved without a value and read as empty cells; open and save the "
                "file in a spreadsheet program to have them"
            )


def is_xlsx(file: InFile) -> bool:
    """Whether the file is a spreadsheet by its content; never raises."""
    try:
        if not file.head.startswith(ZIP_MAGIC):
            return False
        with zipfile.ZipFile(file.path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (ReadError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read_sheet(file: InFile, name: str = "") -> Sheet:
    """A sheet by its name, the first without one; ReadError when there is none or it is not safe to read.

    Its header is the first row with more than one cell: what stands alone above it is a title.
    """
    with file.opened() as packed:
        content = packed.read(MAX_PACKED + 1)
    if len(content) > MAX_PACKED:
        raise ReadError(f"{file.path}: is larger than {MAX_PACKED // 1024**2} MB; save the sheet as CSV")
    formulas, unsaved = _looked_through(file, content)
    names, rows = _values(file, content, name)
    filled = [(line, cells) for line, cells in enumerate(rows, start=1) if any(cells)]
    if not filled:
        raise ReadError(f"{file.path}: the sheet '{name or names[0]}' is empty; choose another with --set sheet=NAME")
    top = next((at for at, (_, cells) in enumerate(filled) if sum(map(bool, cells)) > 1), 0)
    header = unique_names([cell.strip() for cell in filled[top][1]])
    at = {column.casefold(): position for position, column in enumerate(header)}
    return Sheet(file, name or names[0], names, header, at, filled[top + 1 :], formulas, unsaved)


def _looked_through(file: InFile, content: bytes) -> tuple[int, int]:
    """How many formulas there are, and how many of them have no saved value.

    ReadError for what would not fit or is no whole archive.
    """
    most = min(MAX_UNPACKED, max(ALWAYS_READ, MAX_RATIO * len(content)))
    formulas = unsaved = unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > most or len(members) > MAX_MEMBERS:
                raise ReadError(_too_large(file))
            for member in members:
                look = _Cells(file)
                for piece in _pieces(archive, member):
                    unpacked += len(piece)
                    if unpacked > most:
                        raise ReadError(_too_large(file))
                    look.at(piece)
                look.end()
                formulas, unsaved = formulas + look.formulas, unsaved + look.unsaved
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise ReadError(f"{file.path}: is no spreadsheet that can be read ({error}); save it again as .xlsx") from error
    return formulas, unsaved


def _too_large(file: InFile) -> str:
    return (
        f"{file.path}: unpacks to more than {MAX_RATIO} times its size, or to more than "
        f"{MAX_UNPACKED // 1024**2} MB; save the sheet as CSV if you trust it"
    )


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member really unpacks to, whatever size it declares."""
    honest = copy(member)
    honest.file_size = 1 << 62
    with member_of(archive, honest) as unpacked:
        while piece := unpacked.read(_PIECE):
            yield piece


class _Cells:
    """How large the rectangle is that the cells of a sheet span, found while its text goes by."""

    def __init__(self, file: InFile) -> None:
        self._file = file
        self._rest = b""
        self._row = self._column = self._rows = self._columns = 0
        self.formulas = self.unsaved = 0

    def at(self, piece: bytes) -> None:
        """Look at the next piece; ReadError when there are too many cells."""
        text = self._rest + piece
        cut = max(text.rfind(b"<row", -_KEPT), 0) or max(text.rfind(b"<"), 0)
        self._look(text[:cut])
        self._rest = text[cut:]

    def end(self) -> None:
        """Look at what is left."""
        self._look(self._rest)

    def _look(self, text: bytes) -> None:
        for tag in _TAG.finditer(text):
            reference = self._reference(tag)
            if tag[1] == b"row":
                self._row = int(reference[2]) if reference else self._row + 1
                self._column = 0
                self._rows = max(self._rows, self._row)
            else:
                self._column = _number_of(reference[1]) if reference else self._column + 1
                self._rows = max(self._rows, int(reference[2]) if reference else self._row)
                self._columns = max(self._columns, self._column)
        self.formulas += len(_FORMULA.findall(text))
        self.unsaved += len(_UNSAVED.findall(text))
        if self._rows * self._columns > MAX_CELLS:
            raise ReadError(
                f"{self._file.path}: a sheet spans {self._rows:,} rows and {self._columns:,} columns, more than "
                f"{MAX_CELLS:,} cells; save it as CSV"
            )


    def _reference(self, tag: re.Match[bytes]) -> re.Match[bytes] | None:
        """Where a row or cell says that it lies, None where it does not say; ReadError for what is no such place."""
        told = _REFERENCE.search(tag[2])
        if told is None:
            return None
        found = _CELL.fullmatch(told[1])
        if (
            found is None or bool(found[1]) == (tag[1] == b"row") or int(found[2]) > MAX_ROW
            or _number_of(found[1]) > MAX_COLUMN
        ):  # fmt: skip
            said = told[1][:20].decode("ascii", "replace")
            raise ReadError(f"{self._file.path}: has a cell at '{said}', which is no cell of a sheet; save it again")
        return found


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _values(file: InFile, content: bytes, name: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The names of the sheets and the rows of one of them, from its first row on."""
    from python_calamine import CalamineWorkbook

    try:
        with _without_last_words():
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            names = tuple(book.sheet_names)
            if not names or (name and name not in names):
                raise ReadError(f"{file.path}: has no sheet '{name}'; its sheets are {', '.join(names)}")
            sheet = book.get_sheet_by_name(name or names[0])
            rows = sheet.to_python(skip_empty_area=False)
    except (KeyboardInterrupt, SystemExit, ReadError):
        raise
    except BaseException as error:
        raise ReadError(f"{file.path}: is no spreadsheet that can be read ({error}); save it again as .xlsx") from error
    return names, [tuple(map(_text, row)) for row in rows]


@contextmanager
def _without_last_words() -> Iterator[None]:
    """Keep what the reader writes to standard error when it gives up from being seen: the sentence comes from us."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without standard error
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a descriptor is what is asked for
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _text(value: Any) -> str:
    """A cell's value as a table of text would have it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
