"""What makes a value of a column one that nobody should trust, as SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from viewer.domain.fields import FieldInfo, fields_of
from viewer.domain.records import TABLES
from viewer.store import schema

MAX_TEXT = 1_000_000
"""Bytes one text may have; a longer one is no text but an attack on memory."""
MAX_NUMBER = 1e15
_LAST_LETTER = "\U0010ffff"
NOT_NEGATIVE = {"count": ("value", "min", "max"), "place": ("radius_m",), "event_place": ("radius_m",),
                "event": ("radius_m", "amount")}  # fmt: skip


class Condition(NamedTuple):
    """A column, SQL that is true for a bad value of it, and what to say then.

    quick: SQL that costs less and is true for every such value, and maybe for some that are good; '' when
    SQLite itself stops at such a value (see `MAX_TEXT`).
    """

    column: str
    exact: str
    quick: str
    reason: str


def conditions(table: str, columns: list[str]) -> list[Condition]:
    """What makes a row of the table bad, as far as SQL can tell from the row alone."""
    fields = kinds_of(table)
    found = [
        Condition(name, *parts)
        for name, about in fields.items()
        if name in columns and about.kind not in ("date", "geometry")
        for parts in _of_column(f'"{name}"', about)
    ]
    for name in NOT_NEGATIVE.get(table, ()):
        if name in columns:
            found.append(Condition(name, f'"{name}" < 0', f'"{name}" < 0', "is below zero"))
    if {"lon", "lat"} <= set(columns):
        exact = "abs(CAST(lon AS REAL)) > 180 OR abs(CAST(lat AS REAL)) > 90"
        quick = "+lon NOT BETWEEN -180 AND 180 OR +lat NOT BETWEEN -90 AND 90"
        found.append(Condition("lon", exact, quick, "is no longitude and latitude"))
        alone = "(lon IS NULL) <> (lat IS NULL)"
        found.append(Condition("lat", alone, alone, "stands alone: give both"))
    return found


def kinds_of(table: str) -> dict[str, FieldInfo]:
    """The fields of a table, the hot columns of events among them, which only have to be numbers or texts."""
    fields = {**fields_of(TABLES[table])}
    if table == "event":
        kinds = {"REAL": "real", "TEXT": "text"}
        fields |= {name: FieldInfo(name, kinds[kind]) for name, kind in schema.HOT_COLUMNS.items()}
    return fields


def _of_column(column: str, about: FieldInfo) -> Iterator[tuple[str, str, str]]:
    """Exact, quick and reason; numbers come before texts in SQLite's order, blobs after them, NULL is neither."""
    if about.kind in ("real", "integer", "flag"):
        beyond = f"+{column} NOT BETWEEN -{MAX_NUMBER} AND {MAX_NUMBER}"
        no_number = f"{column} IS NOT NULL AND typeof({column}) NOT IN ('integer', 'real')"
        yield no_number, beyond, "is text, not a number"
        yield f"abs(CAST({column} AS REAL)) > {MAX_NUMBER}", beyond, "is no finite number"
        return
    no_text = f"{column} IS NOT NULL AND typeof({column}) <> 'text'"
    yield no_text, f"+{column} NOT BETWEEN '' AND '{_LAST_LETTER}'", "is no text"
    yield f"length(CAST({column} AS BLOB)) > {MAX_TEXT}", "", f"is longer than {MAX_TEXT:,} bytes"
    if about.required:
        yield f"{column} IS NULL OR trim({column}) = ''", f"(+{column} >= '!') IS NOT TRUE", "is empty"
    if about.kind == "term":
        terms = ", ".join(f"'{term}'" for term in about.terms)
        unknown = f"{column} <> '' AND {column} NOT IN ({terms})"
        seldom = f"{column} <> '' AND {column} <> '{about.terms[0] or about.terms[1]}'"
        yield unknown, f"{seldom} AND {column} NOT IN ({terms})", "is none of the known terms"
