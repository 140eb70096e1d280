"""Writing to a terminal or a pipe: UTF-8, aligned, and nothing that a terminal would obey."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from viewer.formats.plain_json import json_text


class UsageError(Exception):
    """Something a person can put right; the message is the sentence to show."""


_UNSEEN = {
    code: "\ufffd"
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if chr(code) not in "\n\t"
}


def printable(text: str) -> str:
    """Text without the control and direction characters by which a file could take over a terminal."""
    return text.translate(_UNSEEN)


def one_line(text: str) -> str:
    """Printable text on one line."""
    return " ".join(printable(text).split())


def use_utf8(stream: TextIO) -> None:
    """Write UTF-8 to files and pipes whatever the locale; a terminal of another kind gets escapes."""
    if isinstance(stream, io.TextIOWrapper):
        if stream.isatty() and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(text: str = "") -> None:
    """A line of text for people."""
    print(printable(text))


def complain(text: str) -> None:
    """One sentence to standard error."""
    print(f"badia: {one_line(text)}", file=sys.stderr)


def say_json(value: Any) -> None:
    """A value as JSON."""
    print(json_text(value))


def say_table(head: Sequence[str], rows: Iterable[Sequence[str]], widest: int = 64) -> None:
    """Rows in aligned columns; longer texts end in '…', the last column is left whole."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    cut = [[_cut(cell, widest) for cell in row[:-1]] + [row[-1]] for row in cells]
    widths = [max(len(row[i]) for row in [list(head), *cut]) for i in range(len(head))]
    for row in [list(head), *cut]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def counted(number: int, what: str) -> str:
    """A number of things: "1 event", "2 events"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}\u2026"
