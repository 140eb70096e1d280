"""Which rows of an open store cannot be trusted, found by SQL so that a million rows take seconds.

A bad row is left out everywhere and listed with its table, number, and what is wrong with it. Rows are
numbered by SQLite's own rowid, which is the column `id` in the stores Badia writes.
"""

from __future__ import annotations

from collections.abc import Iterator

from viewer.domain.dates import DateError, iso, parse
from viewer.domain.fields import FieldInfo, fields_of
from viewer.domain.records import TABLES, Problem
from viewer.geo.errors import GeometryError
from viewer.geo.wkb import from_blob, simple_geometries
from viewer.store import schema
from viewer.store.errors import StoreError
from viewer.store.open import StoreFile

Bad = dict[int, str]
"""Row numbers of one table and what is wrong with each."""

Condition = tuple[str, str, str]
"""A column, SQL that is true for a bad value of it, and what to say then."""

MAX_LISTED = 100_000
MAX_ROWS = 2_000_000
MAX_TEXT = 1_000_000
COORDINATE = frozenset({"lon", "lat"})
"""Letters one text may have; a longer one is no text but an attack on memory."""
MAX_NUMBER = 1e15
READ_THROUGH = 200_000
"""Tables of up to so many rows are read once on opening to find damaged texts; larger ones when shown."""
NOT_NEGATIVE = {"count": ("value", "min", "max"), "place": ("radius_m",), "event_place": ("radius_m",),
                "event": ("radius_m", "amount")}  # fmt: skip


def columns_present(store: StoreFile, table: str) -> list[str]:
    """The known columns a table really has, in schema order; empty when it lacks one it needs or is missing."""
    found = _columns_found(store, table)
    return [] if _needed(table) - set(found) else found


def _columns_found(store: StoreFile, table: str) -> list[str]:
    if table not in store.tables:
        return []
    found = {row[1] for row in store.within().execute(f'PRAGMA table_info("{table}")')}
    if not found >= COORDINATE:  # half a coordinate places nothing
        found -= COORDINATE
    return [column for column in schema.columns_of(table) if column in found]


def _needed(table: str) -> set[str]:
    return {name for name, about in fields_of(TABLES[table]).items() if about.required}


def missing_parts(store: StoreFile) -> Iterator[Problem]:
    """Tables and columns this version knows and the store lacks; what they would hold reads as empty."""
    for table in TABLES:
        if table not in store.tables:
            yield Problem(table, "is missing; it is read as empty")
            continue
        found = _columns_found(store, table)
        absent = [column for column in schema.columns_of(table) if column not in found and column != "id"]
        needed = sorted(_needed(table) - set(found))
        if needed:
            yield Problem(table, f"lacks the columns {', '.join(needed)}, which it needs; it is read as empty")
        elif absent:
            yield Problem(table, f"lacks the columns {', '.join(absent)}; they are read as empty")


def bad_rows(store: StoreFile) -> tuple[dict[str, Bad], list[Problem]]:
    """By table, the rows that are left out; and remarks on rows that stay though something is amiss.

    References are checked last, against the rows that are left. A row whose required reference dangles
    says nothing and goes; one that merely lacks, say, the event it is part of stays.
    """
    bad: dict[str, Bad] = {}
    remarks: list[Problem] = []
    present = {table: columns_present(store, table) for table in TABLES}
    for table in (table for table in TABLES if present[table]):
        number = _row_number_check(store, table)
        found = bad.setdefault(table, {})
        for row_id, reason in _wrong(store, table, present[table]):
            if len(found) < MAX_LISTED:
                found.setdefault(row_id, reason)
        if number <= READ_THROUGH:
            remarks += _damaged_texts(store, table, present[table])
    known = {table: _known_keys(store, table, bad.get(table, {})) for table in TABLES if "key" in present[table]}
    for table in TABLES:
        for row_id, reason, required in _dangling(store, table, present[table], known):
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


def _row_number_check(store: StoreFile, table: str) -> int:
    (number,) = store.within().execute(f'SELECT count(*) FROM "{table}"').fetchone()
    if number > MAX_ROWS:
        raise StoreError(
            f"{store.path}: holds {number:,} rows of {table}, more than {MAX_ROWS:,}; export the part you need first"
        )
    return int(number)


def _wrong(store: StoreFile, table: str, columns: list[str]) -> Iterator[tuple[int, str]]:
    yield from _matching(store, table, _conditions(table, columns))
    if any(about.kind == "date" for about in fields_of(TABLES[table]).values()):
        yield from _bad_spans(store, table, columns)
    for name, about in fields_of(TABLES[table]).items():
        if about.kind == "edtf" and name in columns:
            yield from _bad_dates(store, table, name)
    if "geom" in columns:
        yield from _bad_geometries(store, table)


def _conditions(table: str, columns: list[str]) -> list[Condition]:
    """What makes a row of the table bad, as far as SQL can tell."""
    fields = {**fields_of(TABLES[table])}
    if table == "event":
        kinds = {"REAL": "real", "TEXT": "text"}
        fields |= {name: FieldInfo(name, kinds[kind]) for name, kind in schema.HOT_COLUMNS.items()}
    found = [
        (name, condition, reason)
        for name, about in fields.items()
        if name in columns and about.kind not in ("date", "geometry")
        for condition, reason in _of_column(f'"{name}"', about)
    ]
    found += [(name, f'"{name}" < 0', "is below zero") for name in NOT_NEGATIVE.get(table, ()) if name in columns]
    if {"lon", "lat"} <= set(columns):
        outside = "abs(CAST(lon AS REAL)) > 180 OR abs(CAST(lat AS REAL)) > 90"
        found.append(("lon", outside, "is no longitude and latitude"))
        found.append(("lat", "(lon IS NULL) <> (lat IS NULL)", "stands alone: give both"))
    if "key" in columns:
        twice = f'rowid NOT IN (SELECT min(rowid) FROM "{table}" GROUP BY "key")'
        found.append(("key", twice, "is used twice: the first row counts"))
    return found


def _of_column(column: str, about: FieldInfo) -> Iterator[tuple[str, str]]:
    if about.kind in ("real", "integer", "flag"):
        yield f"{column} IS NOT NULL AND typeof({column}) NOT IN ('integer', 'real')", "is text, not a number"
        yield f"abs(CAST({column} AS REAL)) > {MAX_NUMBER}", "is no finite number"
        return
    yield f"{column} IS NOT NULL AND typeof({column}) <> 'text'", "is no text"
    yield f"length(CAST({column} AS BLOB)) > {MAX_TEXT}", f"is longer than {MAX_TEXT:,} bytes"
    if about.required:
        yield f"{column} IS NULL OR trim({column}) = ''", "is empty"
    if about.kind == "term":
        terms = ", ".join(f"'{term}'" for term in about.terms)
        yield f"{column} <> '' AND {column} NOT IN ({terms})", "is none of the known terms"


def _matching(store: StoreFile, table: str, conditions: list[Condition]) -> Iterator[tuple[int, str]]:
    """The rows for which a condition is true; a table without any is passed once, not once per condition."""
    for start in range(0, len(conditions), 40):
        group = conditions[start : start + 40]
        suspect = " OR ".join(f"({condition})" for _, condition, _ in group)
        if store.within().execute(f'SELECT 1 FROM "{table}" WHERE {suspect} LIMIT 1').fetchone() is None:
            continue
        for column, condition, reason in group:
            shown = f'substr(CAST("{column}" AS TEXT), 1, 40)'
            query = f'SELECT rowid, {shown} FROM "{table}" WHERE {condition} LIMIT {MAX_LISTED}'
            for row_id, value in store.within().execute(query).fetchall():
                yield row_id, f"{column} '{value}' {reason}" if value else f"{column} {reason}"


def _bad_spans(store: StoreFile, table: str, columns: list[str]) -> Iterator[tuple[int, str]]:
    """Rows whose date is no EDTF, or whose first and last day are not what it means."""
    if "date_edtf" not in columns:
        return
    with_days = {"earliest", "latest"} <= set(columns)
    days = "earliest, latest" if with_days else "NULL, NULL"
    wrong: dict[tuple[object, object, object], str] = {}
    for edtf, first, last in store.within().execute(f'SELECT DISTINCT date_edtf, {days} FROM "{table}"'):
        if reason := _span_problem(edtf, first, last, with_days):
            wrong[edtf, first, last] = reason
    if wrong:
        for row_id, edtf, first, last in store.within().execute(f'SELECT rowid, date_edtf, {days} FROM "{table}"'):
            if reason := wrong.get((edtf, first, last), ""):
                yield row_id, reason


def _span_problem(edtf: object, earliest: object, latest: object, with_days: bool) -> str:
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


def _bad_dates(store: StoreFile, table: str, column: str) -> Iterator[tuple[int, str]]:
    """Rows of which a date that is not the record's own is no EDTF."""
    wrong: dict[str, str] = {}
    for (value,) in store.within().execute(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" <> \'\''):
        if isinstance(value, str):
            try:
                parse(value)
            except DateError as error:
                wrong[value] = f"{column} {error}"
    if wrong:
        for row_id, value in store.within().execute(f'SELECT rowid, "{column}" FROM "{table}"'):
            if reason := wrong.get(value, ""):
                yield row_id, reason


def _bad_geometries(store: StoreFile, table: str) -> Iterator[tuple[int, str]]:
    for row_id, blob in store.within().execute(f'SELECT rowid, geom FROM "{table}" WHERE geom IS NOT NULL'):
        if not isinstance(blob, bytes):
            yield row_id, "geometry is no GeoPackage blob"
            continue
        try:
            simple_geometries(from_blob(blob))
        except GeometryError as error:
            yield row_id, str(error)


def _damaged_texts(store: StoreFile, table: str, columns: list[str]) -> Iterator[Problem]:
    """Rows in which a text is no UTF-8: they are read, with marks in place of what is damaged."""
    texts = [name for name, kind in schema.columns_of(table).items() if kind == "TEXT" and name in columns]
    if not texts:
        return
    names = ", ".join(f'"{name}"' for name in texts)
    before = store.damaged_texts
    for row_id, *_ in store.within().execute(f'SELECT rowid, {names} FROM "{table}"'):
        if store.damaged_texts != before:
            before = store.damaged_texts
            yield Problem(f"{table} row {row_id}", "holds damaged text; it is shown with marks (\ufffd)")


def _dangling(
    store: StoreFile, table: str, columns: list[str], known: dict[str, set[str]]
) -> Iterator[tuple[int, str, bool]]:
    """Rows that name a record which does not exist or was left out, and whether they need it."""
    for name, about in fields_of(TABLES[table]).items():
        if about.kind not in ("ref", "refs") or name not in columns:
            continue
        keys = known.get(about.table, set())
        filled = f'SELECT DISTINCT "{name}" FROM "{table}" WHERE "{name}" <> \'\''
        unknown = {
            value: missing[0]
            for (value,) in store.within().execute(filled)
            if (missing := [key for key in _named(value, about) if key not in keys])
        }
        if not unknown:
            continue
        needed = about.required or (table, name) == ("control_claim", "place")
        for row_id, value in store.within().execute(f'SELECT rowid, "{name}" FROM "{table}"').fetchall():
            if value in unknown:
                yield row_id, f"{name} names the unknown {about.table} '{unknown[value][:60]}'", needed


def _named(value: object, about: FieldInfo) -> list[str]:
    return str(value).split() if about.kind == "refs" else [str(value)]


def _known_keys(store: StoreFile, table: str, left_out: Bad) -> set[str]:
    keys = store.within().execute(f'SELECT rowid, "key" FROM "{table}"')
    return {key for row_id, key in keys if row_id not in left_out}
