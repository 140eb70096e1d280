"""What is wrong with the rows of one table by themselves, found by SQL in as few passes as there can be."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from viewer.domain.dates import DateError, iso, parse
from viewer.domain.fields import fields_of
from viewer.domain.records import TABLES, Problem
from viewer.geo.errors import GeometryError
from viewer.geo.shapes import is_flat
from viewer.geo.wkb import from_blob, simple_geometries
from viewer.store import schema
from viewer.store.condition import MAX_TEXT, Condition, conditions
from viewer.store.errors import StoreError
from viewer.store.file import StoreFile
from viewer.store.index import indexed_columns
from viewer.store.point import are_points
from viewer.untrusted import LIMITS

MAX_WRONG_DATES = 100_000
"""Different dates of one table that may make no sense; a store with more is refused."""
CHUNK = 500


def wrong(store: StoreFile, table: str, columns: list[str]) -> Iterator[tuple[int, str]]:
    """The bad rows of a table, which has these columns, and what is wrong with each; some more than once."""
    yield from _matching(store, table, conditions(table, columns))
    if "key" in columns and not indexed_columns(store, table).get("key"):
        yield from _twice(store, table)
    fields = fields_of(TABLES[table])
    if any(about.kind == "date" for about in fields.values()) and "date_edtf" in columns:
        yield from _bad_spans(store, table, columns)
    if dates := [name for name, about in fields.items() if about.kind == "edtf" and name in columns]:
        yield from _bad_dates(store, table, dates)
    if "geom" in columns:
        yield from _bad_geometries(store, table)


def _matching(store: StoreFile, table: str, found: list[Condition]) -> Iterator[tuple[int, str]]:
    """The rows for which a condition is true, each with the first; the table is passed once for all of them."""
    which = " ".join(f"WHEN {one.exact} THEN {number}" for number, one in enumerate(found))
    query = f'SELECT rowid, CASE {which} END FROM "{table}"'
    quick = " OR ".join(dict.fromkeys(f"({one.quick})" for one in found if one.quick))
    try:
        with _stopping_at_long_texts(store):
            suspects = _collected(store, f"{query} WHERE {quick}")
    except sqlite3.DataError:
        suspects = _collected(store, query)
    for row_id, number in suspects:
        yield row_id, _said(store, table, row_id, found[number])


def _collected(store: StoreFile, query: str) -> Iterable[tuple[int, int]]:
    """The numbers of rows and of conditions that a query finds, in little room; a row may fulfil none."""
    rows, numbers = array("q"), array("B")
    for row_id, number in store.within().execute(query):
        if number is not None:
            rows.append(row_id)
            numbers.append(number)
    return zip(rows, numbers, strict=True)


@contextmanager
def _stopping_at_long_texts(store: StoreFile) -> Iterator[None]:
    """Let SQLite raise DataError at a text that is too long, which costs nothing."""
    store.within().setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_TEXT)
    try:
        yield
    finally:
        store.within().setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LIMITS[sqlite3.SQLITE_LIMIT_LENGTH])


def _said(store: StoreFile, table: str, row_id: int, wrong: Condition) -> str:
    shown = f'SELECT substr(CAST("{wrong.column}" AS TEXT), 1, 40) FROM "{table}" WHERE rowid = ?'
    (value,) = store.within().execute(shown, (row_id,)).fetchone() or ("",)  # in a damaged tree it is not found again
    return f"{wrong.column} '{value}' {wrong.reason}" if value else f"{wrong.column} {wrong.reason}"


def _twice(store: StoreFile, table: str) -> Iterator[tuple[int, str]]:
    """Rows whose key an earlier row has."""
    numbered = f'SELECT rowid AS id, "key", row_number() OVER (PARTITION BY "key" ORDER BY rowid) AS n FROM "{table}"'
    shown = 'substr(CAST("key" AS TEXT), 1, 40)'
    for row_id, key in store.within().execute(f"SELECT id, {shown} FROM ({numbered}) WHERE n > 1"):
        yield row_id, f"key '{key}' is used twice: the first row counts"


def _bad_spans(store: StoreFile, table: str, columns: list[str]) -> Iterator[tuple[int, str]]:
    """Rows whose date is no EDTF, or whose first and last day are not what it means."""
    with_days = {"earliest", "latest"} <= set(columns)
    days = "earliest, latest" if with_days else "NULL, NULL"
    wrong: dict[tuple[object, object, object], str] = {}
    for edtf, first, last in store.within().execute(f'SELECT DISTINCT date_edtf, {days} FROM "{table}"'):
        if reason := span_problem(edtf, first, last, with_days):
            wrong[edtf, first, last] = reason
            _refuse_nonsense(store, table, wrong)
    if wrong:
        for row_id, edtf, first, last in store.within().execute(f'SELECT rowid, date_edtf, {days} FROM "{table}"'):
            if reason := wrong.get((edtf, first, last), ""):
                yield row_id, reason


def _refuse_nonsense(store: StoreFile, table: str, wrong: dict[Any, str]) -> None:
    if len(wrong) > MAX_WRONG_DATES:
        raise StoreError(f"{store.path}: more than {MAX_WRONG_DATES:,} dates of {table} make no sense; mend them first")


def span_problem(edtf: object, earliest: object, latest: object, with_days: bool) -> str:
    """What is wrong with a date and the days stored for it, or ''."""
    if edtf is not None and not isinstance(edtf, str):
        return "date is no text"
    if not all(day is None or type(day) is int for day in (earliest, latest)):
        return f"earliest or latest of '{(edtf or '')[:40]}' is no day number"
    if type(earliest) is int and type(latest) is int and latest < earliest:
        return f"date '{(edtf or '')[:40]}' ends before it starts"
    try:
        span = parse(edtf or "")
    except DateError as error:
        return f"date {error}"
    if with_days and (span.earliest, span.latest) != (earliest, latest):
        if not span.dated:
            return "days are stored for a date that is empty"
        stated = f"{iso(span.earliest) or 'open'} to {iso(span.latest) or 'open'}"
        return f"date '{span.edtf[:40]}' means {stated}, but other days are stored"
    return ""


def _bad_dates(store: StoreFile, table: str, columns: list[str]) -> Iterator[tuple[int, str]]:
    """Rows of which a date that is not the record's own is no EDTF."""
    names = ", ".join(f'"{name}"' for name in columns)
    filled = " OR ".join(f"\"{name}\" <> ''" for name in columns)
    wrong: dict[tuple[str, object], str] = {}
    for values in store.within().execute(f'SELECT DISTINCT {names} FROM "{table}" WHERE {filled}'):
        for name, value in zip(columns, values, strict=True):
            if isinstance(value, str) and (name, value) not in wrong and (reason := date_problem(value)):
                wrong[name, value] = f"{name} {reason}"
                _refuse_nonsense(store, table, wrong)
    if wrong:
        for row_id, *values in store.within().execute(f'SELECT rowid, {names} FROM "{table}" WHERE {filled}'):
            for name, value in zip(columns, values, strict=True):
                if reason := wrong.get((name, value), ""):
                    yield row_id, reason


def date_problem(text: str) -> str:
    """Why a text is no date, or ''."""
    try:
        parse(text)
    except DateError as error:
        return str(error)
    return ""


def _bad_geometries(store: StoreFile, table: str) -> Iterator[tuple[int, str]]:
    if _all_points(store, table):
        return
    for row_id, blob in store.within().execute(f'SELECT rowid, geom FROM "{table}" WHERE geom IS NOT NULL'):
        if reason := _geometry_problem(blob):
            yield row_id, reason


def _all_points(store: StoreFile, table: str) -> bool:
    cursor = store.within().execute(f'SELECT geom FROM "{table}" WHERE geom IS NOT NULL')
    while rows := cursor.fetchmany(CHUNK):
        if not are_points([blob for (blob,) in rows]):
            return False
    return True


def _geometry_problem(blob: object) -> str:
    if not isinstance(blob, bytes):
        return "geometry is no GeoPackage blob"
    try:
        simple_geometries(from_blob(blob))
    except GeometryError as error:
        return str(error)
    return ""


def flat_areas(store: StoreFile, table: str) -> Iterator[Problem]:
    """Rows whose outline encloses nothing: they are read, and nothing of the outline can be drawn."""
    cursor = store.within().execute(f'SELECT rowid, geom FROM "{table}" WHERE geom IS NOT NULL')
    while rows := cursor.fetchmany(CHUNK):
        if are_points([blob for _, blob in rows]):
            continue
        for row_id, blob in rows:
            if _is_flat(blob):
                reason = "has an outline that encloses nothing; the row is kept without it"
                yield Problem(f"{table} row {row_id}", reason)


def _is_flat(blob: object) -> bool:
    try:
        return isinstance(blob, bytes) and is_flat(from_blob(blob))
    except GeometryError:
        return False


def damaged_texts(store: StoreFile, table: str, columns: list[str]) -> Iterator[Problem]:
    """Rows in which a text is no UTF-8: they are read, with marks in place of what is damaged."""
    texts = [name for name, kind in schema.columns_of(table).items() if kind == "TEXT" and name in columns]
    names = ", ".join(f'CASE typeof("{name}") WHEN \'text\' THEN CAST("{name}" AS BLOB) END' for name in texts)
    cursor = store.within().execute(f'SELECT rowid, {names} FROM "{table}"') if texts else None
    while cursor is not None and (rows := cursor.fetchmany(CHUNK)):
        if _is_text(chain.from_iterable(row[1:] for row in rows)):
            continue
        for row_id, *values in rows:
            if not _is_text(values):
                yield Problem(f"{table} row {row_id}", "holds damaged text; it is shown with marks (\ufffd)")


def _is_text(values: Iterable[bytes | None]) -> bool:
    try:
        b"\n".join(filter(None, values)).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
