"""From the values of a draft to the row of a table, checked against what each field says it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from typing import Any

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


class TableRows:
    """Makes the rows of one table: columns in the order of the schema, without the row's own number."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.columns = tuple(column for column in schema.columns_of(table) if column != "id")
        self.at = {column: position for position, column in enumerate(self.columns)}
        self._about = fields_of(TABLES[table])
        self._empty = self._row_of_defaults()
        self._needed = tuple(self.at[name] for name, info in self._about.items() if info.required)
        self._makers: dict[tuple[str, ...], Callable[..., Row]] = {}

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
        make = self._makers.get(names := tuple(values))
        if make is None:
            make = self._maker(names)
        return make(*values.values())

    def _maker(self, names: tuple[str, ...]) -> Callable[..., Row]:
        """What makes a row of the values of these fields, written out, as most rows of a file have the same fields."""
        if len(self._makers) >= MOST_KINDS:
            self._makers.clear()
        known: dict[str, Any] = {f"d{position}": value for position, value in enumerate(self._empty)}
        row, body = list(known), []
        for number, name in enumerate(names):
            about, value = self._about[name], f"v{number}"
            if about.kind == "date":
                start = self.at["date_edtf"]
                row[start : start + 4] = (f"{value}.{part}" for part in ("edtf", "earliest", "latest", "precision"))
                continue
            known[f"check{number}"] = _check(self.table, name, about)
            checked = f"{value} = check{number}({value})"
            if about.kind not in CHECKED:
                odd = f"{value}.__class__ is not str or len({value}) > {PLAIN_LENGTH} or not {value}.isprintable()"
                checked = f"if {odd} or not {value}.isascii(): {checked}"
            body.append(checked)
            row[self.at["geom" if about.kind == "geometry" else name]] = value
        known["needs"] = self._refuse_empty
        needed = " or ".join(f"{row[position]} is None or {row[position]} == ''" for position in self._needed)
        told = f"if {needed}: needs(row)" if needed else ""
        lines = [*body, f"row = ({', '.join(row)},)", told, "return row"]
        named = ", ".join(f"v{number}" for number in range(len(names)))
        exec(f"def make({named}):\n " + "\n ".join(lines), known)  # noqa: S102 - numbers only
        made: Callable[..., Row] = known["make"]
        self._makers[names] = made
        return made

    def _refuse_empty(self, row: Row) -> None:
        empty = next(position for position in self._needed if row[position] in ("", None))
        raise DraftError(f"{self.columns[empty]} is empty")

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
