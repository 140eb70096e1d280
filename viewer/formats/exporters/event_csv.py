"""Events as CSV for a spreadsheet: one line each, several values of a cell separated by '; '.

A spreadsheet takes a cell that begins with = + - @ for a formula and runs it, so such text gets an
apostrophe in front (CWE-1236); numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from viewer.formats.exported import Content, TextFile
from viewer.formats.plain_table import EVENT_COLUMNS, event_row

COLUMNS = tuple(column.name for column in EVENT_COLUMNS)
ATTRIBUTION = "attribution"
_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula, in full width too, or hides one."""


class CsvExporter(TextFile):
    """One line per event; what does not fit a table is shortened, and the JSON format has it whole.

    Whom to thank stands in a last column of each line, since lines are sorted, cut and copied into other tables.
    """

    name = "csv"
    title = "CSV, a table for spreadsheets"
    suffix = ".csv"
    holds_claims = False

    def pieces(self, content: Content) -> Iterator[str]:
        """The header and then a line per event."""
        thanks = [content.about.line] if content.about is not None else []
        yield csv_line([*COLUMNS, *([ATTRIBUTION] if thanks else [])])
        for dossier in content.events:
            yield csv_line([*event_row(dossier, content.names).values(), *thanks])


def csv_line(cells: Iterable[Any]) -> str:
    """One line of CSV (RFC 4180 quoting, LF) in which no text can run as a formula."""
    line = io.StringIO(newline="")
    # The terminator named here also tells the writer which characters to quote: a bare CR must be.
    csv.writer(line, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue().removesuffix("\r\n") + "\n"


def safe_cell(cell: Any) -> Any:
    """Text that would run as a formula with an apostrophe in front; anything else as it is."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\0", "\ufffd")
    return f"'{text}" if cell.startswith(_TRIGGERS) or text.lstrip().startswith(_TRIGGERS) else text


def bare_cell(text: str) -> str:
    """The text that `safe_cell` made safe."""
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text
