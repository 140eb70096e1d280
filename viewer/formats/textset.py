"""The built-in data set's own form: reviewed TOML and CSV files, each row a record.

Run as `python -m viewer.formats.textset FOLDER` it lists every problem of a folder.
"""

from __future__ import annotations

import csv
import io
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from viewer.domain.records import TABLES, Meta, Problem, Records
from viewer.formats.validation import RowError, missing_references, record_from, text_of

NESTED = {
    "place": {"names": ("place_name", "place")},
    "actor": {"names": ("actor_name", "actor"), "relations": ("actor_relation", "actor")},
    "event": {
        "places": ("event_place", "event"), "actors": ("event_actor", "event"), "sources": ("event_source", "event"),
        "dates": ("event_date", "event"), "links": ("event_link", "event"), "counts": ("count", "event"),
    },
}  # fmt: skip
"""Which lists may stand inside a record, the table they go to, and the field their parent's key fills."""

_Row = tuple[str, str, Any]
"""Where a row stands, its table, and what stands there: a mapping when it is one."""


def read_text_set(folder: Path) -> tuple[Records, list[Problem]]:
    """Every record below `folder` and what is wrong there; a bad row or file is left out and named."""
    problems: list[Problem] = []
    records = Records(_read_meta(folder / "meta.toml", problems))
    keys: dict[str, set[str]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".toml", ".csv") and p.name != "meta.toml"):
        for where, table, row in _rows(path, path.relative_to(folder).as_posix(), problems):
            try:
                record = record_from(table, row)
            except RowError as error:
                problems.append(Problem(where, str(error)))
                continue
            key = getattr(record, "key", None)
            if key is not None and key in keys.setdefault(table, set()):
                problems.append(Problem(where, f"{table} '{key}' is defined twice: keep one"))
                continue
            keys[table].add(key) if key is not None else None
            records.tables.setdefault(table, []).append(record)
    problems.extend(missing_references(records))
    return records, problems


def _read_meta(path: Path, problems: list[Problem]) -> Meta:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return Meta(**{name: text_of(value, name) for name, value in raw.items()})
    except (OSError, TypeError, ValueError, RecursionError) as error:
        problems.append(Problem(path.name, f"cannot be read ({error}): it needs store_id and title"))
        return Meta(store_id="unnamed", title="Unnamed data set")


def _rows(path: Path, name: str, problems: list[Problem]) -> Iterator[_Row]:
    """The raw rows of one file as (where, table, values)."""
    try:
        text = path.read_text(encoding="utf-8")
        yield from _csv_rows(text, path, name) if path.suffix == ".csv" else _toml_rows(text, name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error, RowError, RecursionError) as error:
        problems.append(Problem(name, f"cannot be read: {error}"))


def _csv_rows(text: str, path: Path, name: str) -> Iterator[_Row]:
    table = path.stem
    if table not in TABLES:
        raise RowError(f"'{table}' is no table: name the file after one of {', '.join(TABLES)}")
    for number, row in enumerate(csv.DictReader(io.StringIO(text, newline=""), strict=True), start=2):
        yield f"{name} row {number}", table, row


def _toml_rows(text: str, name: str) -> Iterator[_Row]:
    for table, entries in tomllib.loads(text).items():
        if table not in TABLES or not isinstance(entries, list):
            raise RowError(f"'{table}' is no table: write [[event]], [[place]] and so on")
        for number, entry in enumerate(entries, start=1):
            if not isinstance(entry, Mapping):
                yield f"{name} {table} {number}", table, entry
                continue
            where = f"{name} {table} '{entry.get('key', number)}'"
            nested = NESTED.get(table, {})
            yield where, table, {k: v for k, v in entry.items() if k not in nested}
            for list_name, (child, parent_field) in nested.items():
                rows = entry.get(list_name, [])
                parent = {parent_field: entry.get("key", "")}
                for child_number, row in enumerate(rows if isinstance(rows, list) else [rows], start=1):
                    whole = {**row, **parent} if isinstance(row, Mapping) else row
                    yield f"{where} {list_name} {child_number}", child, whole


if __name__ == "__main__":
    found, wrong = read_text_set(Path(sys.argv[1]))
    for table_name, rows in found.tables.items():
        print(f"{table_name:16} {len(rows):6}")
    for problem in wrong:
        print(problem)
    sys.exit(1 if wrong else 0)
