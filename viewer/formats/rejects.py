"""The rows an import rejected, with the reason, in a form that can be mended and imported again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from viewer.domain.drafts import Rejected
from viewer.formats.exporters.event_csv import csv_line
from viewer.formats.plain_json import json_text

LINE, REASON = "badia_line", "badia_reason"
"""Columns that come before those of the file; every importer passes over them."""


def rejects_name(path: Path, tabular: bool) -> Path:
    """Where the rejected rows of a file are kept: beside it, over nothing that is there."""
    stem, suffix = path.name.removesuffix(".gz").rpartition(".")[0] or path.name, ".csv" if tabular else ".json"
    number, found = 1, path.with_name(f"{stem}.rejected{suffix}")
    while found.exists():
        number += 1
        found = path.with_name(f"{stem}.rejected-{number}{suffix}")
    return found


def write_rejects(path: Path, header: Sequence[str], rejected: Iterable[Rejected]) -> None:
    """Write them to a file in one step: as the table they come from, or as a list when they come from none."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            if header:
                file.write(csv_line((LINE, REASON, *(name for name in header if name not in (LINE, REASON)))))
                kept = [place for place, name in enumerate(header) if name not in (LINE, REASON)]
                for one in rejected:
                    raw = [one.raw[place] for place in kept if place < len(one.raw)]
                    file.write(csv_line((one.line, one.reason, *raw)))
            else:
                told = [{"line": one.line, "reason": one.reason, "row": list(one.raw)} for one in rejected]
                file.write(json_text(told, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
