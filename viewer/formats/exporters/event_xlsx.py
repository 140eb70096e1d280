"""Events as an Excel workbook: sheets of events, counts, claims of control, sources, and what the file is.

Numbers and days are numbers and days; text is text whatever it begins with, so nothing in it runs as a formula.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from viewer.formats.exported import Content, ExportError, about_object
from viewer.formats.plain import Plain
from viewer.formats.plain_table import (
    CLAIM_COLUMNS,
    COUNT_COLUMNS,
    EVENT_COLUMNS,
    FIGURE_COLUMNS,
    SOURCE_COLUMNS,
    Column,
    claim_row,
    count_row,
    event_row,
    figures,
    source_row,
)
from viewer.formats.plain_xml import writable

MAX_ROWS = 1_048_576
"""Rows of a sheet, its head among them."""
MAX_CELL = 32_767
"""Characters of a cell, as the format counts them: those beyond the basic plane twice."""
CUT = " \u2026 (cut: a cell holds no more)"
FIRST_DAY = dt.date(1900, 3, 1)
"""Before it the format counts a day that never was."""
WIDTHS = {"title": 44, "event": 44, "summary": 60, "caveats": 40, "note": 40, "number": 10, "day": 12, "text": 16}
ABOUT_COLUMNS = (Column("what"), Column("said", "long"))
EVENTS, COUNTS, CLAIMS, SOURCES, ABOUT = "events", "counts", "control claims", "sources", "about"


class XlsxExporter:
    """A workbook that is written row by row, in constant memory."""

    name = "xlsx"
    title = "Excel workbook, with sheets of counts and sources"
    suffix = ".xlsx"
    holds_claims = True

    def write(self, content: Content, path: Path) -> None:
        """Write the workbook; ExportError when there are more rows than a sheet has."""
        with TemporaryDirectory(prefix=".badia-", dir=path.parent) as folder:
            _write(content, path, folder)


def _write(content: Content, path: Path, folder: str) -> None:
    """Write a workbook whose rows wait in a folder until all sheets are put together."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    options = {
        "constant_memory": True, "tmpdir": folder, "use_zip64": True, "strings_to_formulas": False,
        "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    book = Workbook(str(path), options)
    try:
        _fill(book, content)
        book.close()
    except FileCreateError as error:
        cause = error.args[0]
        raise cause if isinstance(cause, OSError) else ExportError(str(cause)) from error
    finally:
        for sheet in book.worksheets():
            with suppress(OSError):  # what could not be written is not going to be read
                sheet.row_data_fh.close()


def _fill(book: Any, content: Content) -> None:
    names, about = content.names, content.about
    if about is not None:
        book.set_properties({"title": writable(about.title)[:255], "comments": writable(about.line)[:MAX_CELL]})
    events = _Sheet(book, EVENTS, (*EVENT_COLUMNS, *FIGURE_COLUMNS))
    counts = _Sheet(book, COUNTS, COUNT_COLUMNS)
    claims = _Sheet(book, CLAIMS, CLAIM_COLUMNS)
    sources = _Sheet(book, SOURCES, SOURCE_COLUMNS)
    last = _Sheet(book, ABOUT, ABOUT_COLUMNS)
    for dossier in content.events:
        events.add({**event_row(dossier, names), **figures(dossier)})
        counts.extend(count_row(dossier, count) for count in dossier.counts)
    claims.extend(claim_row(claim, names) for claim in content.control)
    sources.extend(source_row(key, names.sources.get(key)) for key in content.cited)
    told = about_object(about) if about is not None else {}
    last.extend({"what": name.replace("_", " "), "said": said} for name, said in told.items() if said)
    for sheet in (events, counts, claims, sources, last):
        sheet.finish()


class _Sheet:
    """One sheet with its head, filled from the top."""

    def __init__(self, book: Any, name: str, columns: Sequence[Column]) -> None:
        self._sheet = book.add_worksheet(name)
        self._columns, self._row = columns, 1
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        head = book.add_format({"bold": True, "bottom": 1})
        for place, column in enumerate(columns):
            self._sheet.set_column(place, place, WIDTHS.get(column.name, WIDTHS.get(column.kind, WIDTHS["text"])))
        for place, column in enumerate(columns):
            self._sheet.write_string(0, place, column.name, head)
        self._sheet.freeze_panes(1, 0)

    def add(self, row: Plain) -> None:
        """One row, by the names of the columns."""
        if self._row >= MAX_ROWS:
            raise ExportError(
                f"a sheet has {MAX_ROWS - 1:,} rows at most, and '{self._sheet.name}' needs more; "
                "narrow the filters, or choose CSV or GeoPackage"
            )
        for place, column in enumerate(self._columns):
            value = row[column.name]
            if value is not None and value != "":
                self._put(place, value, column.kind)
        self._row += 1

    def extend(self, rows: Iterable[Plain]) -> None:
        """Several rows."""
        for row in rows:
            self.add(row)

    def _put(self, place: int, value: Any, kind: str) -> None:
        if isinstance(value, int | float):
            self._sheet.write_number(self._row, place, value)
        elif kind == "day" and (day := _day(value)) is not None:
            self._sheet.write_datetime(self._row, place, day, self._day)
        else:
            self._sheet.write_string(self._row, place, _cell(value))

    def finish(self) -> None:
        """Let the head filter what is below it."""
        if self._row > 1:
            self._sheet.autofilter(0, 0, self._row - 1, len(self._columns) - 1)


def _day(text: str) -> dt.datetime | None:
    """A day as the format counts them; None for one that it cannot count."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime(day.year, day.month, day.day) if day >= FIRST_DAY else None


def _cell(text: str) -> str:
    clean = writable(text)
    if len(clean) * 2 <= MAX_CELL or len(clean.encode("utf-16-le")) // 2 <= MAX_CELL:
        return clean
    kept = clean.encode("utf-16-le")[: 2 * (MAX_CELL - len(CUT))].decode("utf-16-le", "ignore")
    return kept + CUT

