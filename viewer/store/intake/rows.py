"""From the values of a draft to the row of a table, checked against what each field says it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from typing import Any, NamedTuple

from viewer.domain.fields import FieldInfo, fields_of
from viewer.domain.records import TABLES
from viewer.geo.errors import GeometryError
from viewer.geo.wkb import check_degrees, checked_wkb, envelope, kind_of, plain_point, to_blob
from viewer.store import schema
from viewer.store.condition import MAX_NUMBER, MAX_TEXT, NOT_NEGATIVE

Row = tuple[Any, ...]
Check = Callable[[Any], Any]
DATE_COLUMNS = ("date_edtf", "earliest", "latest", "date_precision")
MOST_KINDS = 256
"""Sets of fields of one table that are remembered."""
CHECKED = ("flag", "real", "integer", "term", "geometry")
"""Kinds of values that are always looked at closely; of texts, only those that are long or not plain."""
PLAIN_LENGTH = MAX_TEXT // 4
"""Characters of a text that is short enough in any encoding."""


class DraftError(ValueError):
    """A value that no record may hold; the message names the field and says what is wrong."""


class _Step(NamedTuple):
    """Where a value of a draft goes, and what it must pass."""

    position: int
    kind: str
    check: Check


class TableRows:
    """Makes the rows of one table: columns in the order of the schema, without the row's own number."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.columns = tuple(column for column in schema.columns_of(table) if column != "id")
        self.at = {column: position for position, column in enumerate(self.columns)}
        self._about = fields_of(TABLES[table])
        self._empty = self._row_of_defaults()
        self._needed = tuple(self.at[name] for name, info in self._about.items() if info.required)
        self._steps: dict[tuple[str, ...], tuple[_Step, ...]] = {}

    def _row_of_defaults(self) -> list[Any]:
        row: list[Any] = [None] * len(self.columns)
        for field in fields(TABLES[self.table]):
            if self._about[field.name].kind == "date":
                for column, value in zip(DATE_COLUMNS, ("", None, None, "unknown"), strict=True):
                    row[self.at[column]] = value
            elif field.name in self.at:
                default = "" if field.default is MISSING else field.default
                row[self.at[field.name]] = int(default) if isinstance(default, bool) else default
        return row

    def row(self, values: Mapping[str, Any]) -> Row:
        """The row that these values make, with the defaults of the record for the rest; DraftError when one is bad."""
        steps = self._steps.get(names := tuple(values))
        if steps is None:
            steps = self._steps_for(names)
        row = self._empty.copy()
        for (position, kind, check), value in zip(steps, values.values(), strict=True):
            if kind == "date":
                row[position : position + 4] = (value.edtf, value.earliest, value.latest, value.precision)
            elif kind == "text" and value.__class__ is str and len(value) < PLAIN_LENGTH and value.isascii():
                row[position] = value if value.isprintable() else check(value)
            else:
                row[position] = check(value)
        for position in self._needed:
            if row[position] is None or row[position] == "":
                raise DraftError(f"{self.columns[position]} is empty")
        return tuple(row)

    def _steps_for(self, names: tuple[str, ...]) -> tuple[_Step, ...]:
        """What is to be done with the values of these fields; most rows of a file have the same."""
        if len(self._steps) >= MOST_KINDS:
            self._steps.clear()
        steps = self._steps[names] = tuple(self._step(name) for name in names)
        return steps

    def _step(self, name: str) -> _Step:
        about = self._about[name]
        column = {"date": "date_edtf", "geometry": "geom"}.get(about.kind, name)
        kind = about.kind if about.kind in (*CHECKED, "date") else "text"
        return _Step(self.at[column], kind, _check(self.table, name, about))

    def insert(self) -> str:
        """The SQL that writes a row."""
        names = ", ".join(f'"{column}"' for column in self.columns)
        return f'INSERT INTO "{self.table}" ({names}) VALUES ({", ".join("?" * len(self.columns))})'

    def update(self) -> str:
        """The SQL that writes a row over the one with the same key; the key is its last argument."""
        names = ", ".join(f'"{column}" = ?' for column in self.columns)
        return f'UPDATE "{self.table}" SET {names} WHERE "key" = ?'


@lru_cache(maxsize=64)
def rows_of(table: str) -> TableRows:
    """What makes the rows of a table."""
    return TableRows(table)


def _check(table: str, name: str, about: FieldInfo) -> Check:
    """What a value of the field must pass; it returns what is written."""
    if about.kind == "geometry":
        return _geometry
    if about.kind == "flag":
        return int
    if about.kind in ("real", "integer"):
        least = 0.0 if name in NOT_NEGATIVE.get(table, ()) else -MAX_NUMBER
        made = float if about.kind == "real" else int
        return lambda value: None if value is None else made(_number(name, value, least))
    if about.kind == "term":
        return lambda value: _term(name, value, about.terms)
    return lambda value: _text(name, value)


def _number(name: str, value: Any, least: float) -> Any:
    if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > MAX_NUMBER:
        raise DraftError(f"{name}: {value!r} is no number")
    if value < least:
        raise DraftError(f"{name}: {value:g} is below zero")
    return value


def _term(name: str, value: Any, terms: tuple[str, ...]) -> str:
    if value not in terms:
        raise DraftError(f"{name}: '{value}' is none of {', '.join(term for term in terms if term)}")
    return str(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise DraftError(f"{name}: {value!r} is no text")
    if len(value) > MAX_TEXT // 4 and len(value.encode("utf-8", "replace")) > MAX_TEXT:
        raise DraftError(f"{name}: is longer than {MAX_TEXT:,} bytes")
    if not value.isascii() and not is_text(value):
        raise DraftError(f"{name}: holds half a character")
    if "\0" in value:
        raise DraftError(f"{name}: holds a character that no text has (NUL)")
    return str(value)


def is_text(value: str) -> bool:
    """Whether a text can be written at all: a lone half of a character cannot."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _geometry(value: bytes | None) -> bytes | None:
    if value is None:
        return None
    if plain_point(value) is not None:
        return to_blob(value)
    try:
        wkb = check_degrees(checked_wkb(value))
    except GeometryError as error:
        raise DraftError(f"geometry: {error}") from None
    return to_blob(wkb, None if kind_of(wkb) == "POINT" else envelope(wkb))
