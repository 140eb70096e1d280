"""Which rows of an open store cannot be trusted, found by SQL so that a million rows take seconds.

A bad row is left out everywhere and listed with its table, number, and what is wrong with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from viewer.domain.dates import DateError, iso, parse
from viewer.domain.fields import FieldInfo, fields_of
from viewer.domain.records import TABLES, Problem
from viewer.geo.errors import GeometryError
from viewer.geo.shapes import wkb_to_shape
from viewer.geo.wkb import from_blob
from viewer.store import schema
from viewer.store.open import StoreFile

Bad = dict[int, str]
"""Row numbers of one table and what is wrong with each."""

MAX_LISTED = 100_000


def columns_present(store: StoreFile, table: str) -> list[str]:
    """The known columns a table really has, in schema order; empty when the table is missing."""
    if table not in store.tables:
        return []
    found = {row[1] for row in store.within().execute(f'PRAGMA table_info("{table}")')}
    return [column for column in schema.columns_of(table) if column in found]


def bad_rows(store: StoreFile) -> tuple[dict[str, Bad], list[Problem]]:
    """By table, the rows that are left out; and remarks on rows that stay though they name a missing record.

    References are checked last, against the rows that are left. A row whose required reference dangles
    says nothing and goes; one that merely lacks, say, the event it is part of stays.
    """
    bad: dict[str, Bad] = {}
    remarks: list[Problem] = []
    for table in TABLES:
        columns = columns_present(store, table)
        if not columns:
            continue
        found = bad.setdefault(table, {})
        for row_id, reason in _wrong(store, table, columns):
            if len(found) < MAX_LISTED:
                found.setdefault(row_id, reason)
    for table in TABLES:
        columns = columns_present(store, table)
        for row_id, reason, required in _dangling(store, table, columns, bad):
            if row_id in bad[table] or len(bad[table]) + len(remarks) >= MAX_LISTED:
                continue
            if required:
                bad[table][row_id] = reason
            else:
                remarks.append(Problem(f"{table} row {row_id}", f"{reason}; the row is kept without it"))
    return bad, remarks


def problems_of(bad: dict[str, Bad]) -> list[Problem]:
    """The bad rows as sentences, by table and row."""
    return [
        Problem(f"{table} row {row_id}", reason)
        for table, rows in bad.items()
        for row_id, reason in sorted(rows.items())
    ]


def missing_parts(store: StoreFile) -> Iterator[Problem]:
    """Tables and columns this version knows and the store lacks; what they would hold reads as empty."""
    for table in TABLES:
        present = columns_present(store, table)
        if not present:
            yield Problem(table, "is missing; it is read as empty")
            continue
        absent = [column for column in schema.columns_of(table) if column not in present]
        if absent:
            yield Problem(table, f"lacks the columns {', '.join(absent)}; they are read as empty")


def _wrong(store: StoreFile, table: str, columns: list[str]) -> Iterator[tuple[int, str]]:
    for name, about in fields_of(TABLES[table]).items():
        if about.kind == "date":
            yield from _bad_spans(store, table, columns)
        elif about.kind != "geometry" and name in columns:
            for condition, reason in _conditions(name, about):
                yield from _matching(store.within(), table, condition, reason, name)
    if table == "event":
        for name, kind in schema.HOT_COLUMNS.items():
            if name in columns and kind == "REAL":
                for condition, reason in _conditions(name, FieldInfo(name, "real")):
                    yield from _matching(store.within(), table, condition, reason, name)
    if {"lon", "lat"} <= set(columns):
        outside = "abs(lon) > 180 OR abs(lat) > 90"
        yield from _matching(store.within(), table, outside, "is no longitude and latitude", "lon")
        yield from _matching(store.within(), table, "(lon IS NULL) <> (lat IS NULL)", "stands alone: give both", "lat")
    if "key" in columns:
        twice = f'id NOT IN (SELECT min(id) FROM "{table}" GROUP BY "key")'
        yield from _matching(store.within(), table, twice, "is used twice: the first row counts", "key")
    if "geom" in columns:
        yield from _bad_geometries(store, table)


def _conditions(name: str, about: FieldInfo) -> Iterator[tuple[str, str]]:
    """SQL that is true for a bad value of a column, and what to say of it."""
    column = f'"{name}"'
    if about.kind in ("real", "integer", "flag"):
        yield f"{column} IS NOT NULL AND typeof({column}) NOT IN ('integer', 'real')", "is text, not a number"
        yield f"abs({column}) > 1e300", "is no finite number"
        return
    yield f"{column} IS NOT NULL AND typeof({column}) <> 'text'", "is no text"
    if about.required:
        yield f"{column} IS NULL OR {column} = ''", "is empty"
    if about.kind == "term":
        terms = ", ".join(f"'{term}'" for term in about.terms)
        yield f"{column} <> '' AND {column} NOT IN ({terms})", "is none of the known terms"


def _matching(
    db: sqlite3.Connection, table: str, condition: str, reason: str, column: str
) -> Iterator[tuple[int, str]]:
    query = f'SELECT id, "{column}" FROM "{table}" WHERE {condition} LIMIT {MAX_LISTED}'
    for row_id, value in db.execute(query).fetchall():
        shown = "" if value is None else f" '{str(value)[:40]}'"
        yield row_id, f"{column}{shown} {reason}"


def _bad_spans(store: StoreFile, table: str, columns: list[str]) -> Iterator[tuple[int, str]]:
    """Rows whose date is no EDTF, or whose first and last day are not what it means."""
    if not {"date_edtf", "earliest", "latest"} <= set(columns):
        return
    wrong: dict[tuple[object, object, object], str] = {}
    query = f'SELECT DISTINCT date_edtf, earliest, latest FROM "{table}"'
    for edtf, earliest, latest in store.within().execute(query):
        if reason := _span_problem(edtf, earliest, latest):
            wrong[(edtf, earliest, latest)] = reason
    for values, reason in wrong.items():
        rows = store.within().execute(
            f'SELECT id FROM "{table}" WHERE date_edtf IS ? AND earliest IS ? AND latest IS ? LIMIT {MAX_LISTED}',
            values,
        )
        yield from ((row_id, reason) for (row_id,) in rows.fetchall())


def _span_problem(edtf: object, earliest: object, latest: object) -> str:
    if not isinstance(edtf, str):
        return "date is no text" if edtf is not None else ""
    if not all(day is None or isinstance(day, int) for day in (earliest, latest)):
        return f"earliest or latest of '{edtf}' is no day number"
    if isinstance(earliest, int) and isinstance(latest, int) and latest < earliest:
        return f"date '{edtf}' ends before it starts"
    try:
        span = parse(edtf)
    except DateError as error:
        return f"date {error}"
    if (span.earliest, span.latest) != (earliest, latest):
        stated = f"{iso(span.earliest) or 'open'} to {iso(span.latest) or 'open'}"
        return f"date '{edtf[:40]}' means {stated}, but other days are stored"
    return ""


def _bad_geometries(store: StoreFile, table: str) -> Iterator[tuple[int, str]]:
    rows = store.within().execute(f'SELECT id, geom FROM "{table}" WHERE geom IS NOT NULL')
    for row_id, blob in rows:
        if not isinstance(blob, bytes):
            yield row_id, "geometry is text: write it as GeoPackage bytes"
            continue
        try:
            wkb = from_blob(blob)
            if len(wkb) > 21:
                wkb_to_shape(wkb)
        except GeometryError as error:
            yield row_id, str(error)


def _dangling(
    store: StoreFile, table: str, columns: list[str], bad: dict[str, Bad]
) -> Iterator[tuple[int, str, bool]]:
    """Rows that name a record which does not exist or was left out, and whether they need it."""
    for name, about in fields_of(TABLES[table]).items():
        if about.kind not in ("ref", "refs") or name not in columns:
            continue
        known = _known_keys(store, about.table, bad)
        for (value,) in store.within().execute(f'SELECT DISTINCT "{name}" FROM "{table}" WHERE "{name}" <> \'\''):
            unknown = [key for key in str(value).split() if key not in known]
            if unknown:
                reason = f"{name} names the unknown {about.table} '{unknown[0][:60]}'"
                rows = store.within().execute(f'SELECT id FROM "{table}" WHERE "{name}" = ?', (value,))
                needed = about.required or (table, name) == ("control_claim", "place")
                yield from ((row_id, reason, needed) for (row_id,) in rows.fetchall())


def _known_keys(store: StoreFile, table: str, bad: dict[str, Bad]) -> set[str]:
    if "key" not in columns_present(store, table):
        return set()
    left_out = bad.get(table, {})
    return {
        key for row_id, key in store.within().execute(f'SELECT id, "key" FROM "{table}"') if row_id not in left_out
    }
