"""Reads what every event needs out of the tables, each once, into columns that wait to be put in order.

Rows come through Python in small chunks, which stay in the processor's cache: large ones take half as long again.
A row that cannot be trusted comes along with any value; it is left out when the columns are put in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.domain.dates import DateError, parse
from viewer.domain.events import ACTOR_ROLES, ACTUALITIES, EVENT_TYPES, FORMS
from viewer.domain.places import PRECISIONS
from viewer.store.columns import FAR_FUTURE, FAR_PAST, NO_PLACE, NONE
from viewer.store.file import StoreFile
from viewer.store.lookup import column_name
from viewer.store.point import are_points
from viewer.store.schema import SEARCH_TABLE
from viewer.store.spool import Spool
from viewer.store.validate import columns_present

CHUNK = 400
SCAN_SECONDS = 3600.0
"""Reading goes on as long as somebody waits for it, unlike a question, which may be made to stall."""
SHIFT = 32
TERMS = (("type", "type", EVENT_TYPES, "other"), ("form", "form", FORMS, "single"),
         ("actuality", "actuality", ACTUALITIES, "reported"),
         ("precision", "location_precision", PRECISIONS, "unknown"))  # fmt: skip
"""What an event holds as one of few words: its name in the columns and in the table, the words, the usual one."""

Values = tuple[Any, ...]
Heard = Callable[[int], None]
"""Hears how many rows were read."""


class Column(NamedTuple):
    """One value of each row: where it goes, what to ask SQLite for, and how to make arrays of a chunk of answers."""

    names: tuple[str, ...]
    sql: str
    arrays: Callable[[Values], tuple[NDArray[Any], ...]]


class Codes(dict[object, int]):
    """The code of each key by its bytes, `none` for all else. Damaged text stands for its mended form."""

    def __init__(self, keys: Iterable[str], none: int) -> None:
        super().__init__((key.encode("utf-8", "replace"), code) for code, key in enumerate(keys))
        self[b""] = self[None] = self._none = none

    def __missing__(self, raw: object) -> int:
        mended = _mended(raw) if isinstance(raw, bytes) else raw
        return self._none if mended == raw else self[mended]


def scan_events(store: StoreFile, actors: Sequence[str], places: Sequence[str], spool: Spool, heard: Heard) -> None:
    """The columns of `event` in the order of its rows: see the names below. `store` gives raw texts."""
    present = columns_present(store, "event")
    actor, place = Codes(actors, NONE), Codes(places, NO_PLACE)
    days = _named("date_edtf", present)
    days = _SPAN if {"date_edtf", "earliest", "latest"} <= {*present} else days
    columns = [
        Column(("event.ids",), "rowid", _integers),
        Column(("event.text", "event.lengths"), _named("key", present), _texts),
        Column(("event.lon",), _named("lon", present), _reals),
        Column(("event.lat",), _named("lat", present), _reals),
        Column(("event.span",), days, _integers if days is _SPAN else _spans),
        Column(("event.terms",), _packed_terms(present), _integers),
        Column(("event.radius_m",), _named("radius_m", present), _reals),
        Column(("event.amount",), _named("amount", present), _reals),
        Column(("event.actor",), _named("actor", present), _coded(actor, np.uint16)),
        Column(("event.rival",), _named("rival", present), _coded(actor, np.uint16)),
        Column(("event.place",), _named("place", present), _coded(place, np.uint32)),
    ]
    if "geom" in present:
        columns.append(Column(("event.points",), "geom", _points))
    else:
        spool.add("event.points", np.ones(1, dtype=bool))
    _scan(store, columns, "event" if present else "", "ORDER BY rowid", spool, heard)


def scan_parents(store: StoreFile, spool: Spool) -> None:
    """The rows of events that are part of another, and the rows of those: event.child, event.parent."""
    whole = "part_of" in columns_present(store, "event")
    columns = [Column(("event.child",), "c.rowid", _integers), Column(("event.parent",), "p.rowid", _integers)]
    join = "event AS c CROSS JOIN event AS p ON p.key = c.part_of WHERE c.part_of > ''"
    _scan(store, columns, join if whole else "", "", spool)


def scan_pairs(
    store: StoreFile, table: str, keys: Sequence[str], spool: Spool, heard: Heard, numbered: bool = False
) -> None:
    """The pairs of `event_actor` or `event_place`: TABLE.events (rows of `event`), .codes, actors' .roles.

    numbered: with TABLE.ids, which are of no use as long as no row of the table is to be left out.
    """
    target, none, kind = ("actor", NONE, np.uint16) if table == "event_actor" else ("place", NO_PLACE, np.uint32)
    whole = {"event", target} <= {*columns_present(store, table)} and columns_present(store, "event")
    columns = [
        Column((f"{table}.events",), "e.rowid", _integers),
        Column((f"{table}.codes",), f't."{target}"', _coded(Codes(keys, none), kind)),
    ]
    if numbered:
        columns.append(Column((f"{table}.ids",), "t.rowid", _integers))
    if table == "event_actor":
        columns.append(Column((f"{table}.roles",), _case("t.role", ACTOR_ROLES, ACTOR_ROLES[0]), _small))
    join = f'"{table}" AS t CROSS JOIN event AS e ON e.key = t.event'
    _scan(store, columns, join if whole else "", "", spool, heard)


def scan_references(store: StoreFile, table: str, column: str, spool: Spool) -> None:
    """The rows of a table that name an event in a column, and the rows of those: see `lookup.column_name`."""
    whole = column in columns_present(store, table) and columns_present(store, "event")
    columns = [
        Column((column_name(table, column, "ids"),), "t.rowid", _integers),
        Column((column_name(table, column, "rows"),), "e.rowid", _integers),
    ]
    join = f'"{table}" AS t CROSS JOIN event AS e ON e.key = t."{column}"'
    _scan(store, columns, join if whole else "", "", spool)


def scan_links(store: StoreFile, spool: Spool) -> None:
    """The rows of events that are told twice: event_link.ids, .events and .others."""
    whole = columns_present(store, "event_link") and columns_present(store, "event")
    columns = [
        Column(("event_link.ids",), "t.rowid", _integers),
        Column(("event_link.events",), "a.rowid", _integers),
        Column(("event_link.others",), "b.rowid", _integers),
    ]
    join = "event_link AS t CROSS JOIN event AS a ON a.key = t.event CROSS JOIN event AS b ON b.key = t.other"
    _scan(store, columns, f"{join} WHERE t.kind = 'same as'" if whole else "", "", spool)


def scan_keys(store: StoreFile, table: str, spool: Spool) -> None:
    """The keys of a table's rows: TABLE.ids, .text (their bytes) and .lengths."""
    columns = [
        Column((f"{table}.ids",), "rowid", _integers),
        Column((f"{table}.text", f"{table}.lengths"), "key", _texts),
    ]
    _scan(store, columns, f'"{table}"' if columns_present(store, table) else "", "ORDER BY rowid", spool)


def index_follows_events(store: StoreFile) -> bool:
    """Whether each row of the text index tells of the event with the same number, as in the stores Badia writes.

    That is known in a moment, and spares looking up each event by its key. sqlite3.Error when it is damaged.
    """
    content = f"{SEARCH_TABLE}_content"
    if content not in store.tables or not columns_present(store, "event"):
        return False
    numbers = [
        store.within(SCAN_SECONDS).execute(f"SELECT count(*) FROM {source}").fetchone()
        for source in ("event", content, f"{content} AS s JOIN event AS e ON e.rowid = s.id "
                       "WHERE s.c1 = 'event' AND s.c2 = e.key")
    ]  # fmt: skip
    return bool(numbers[0] == numbers[1] == numbers[2])


def scan_search(store: StoreFile, spool: Spool) -> None:
    """The rows of the text index that tell of events: search.ids and .events; sqlite3.Error when it is damaged."""
    columns = [Column(("search.ids",), "s.rowid", _integers), Column(("search.events",), "e.rowid", _integers)]
    whole = SEARCH_TABLE in store.tables and columns_present(store, "event")
    join = f"{SEARCH_TABLE} AS s CROSS JOIN event AS e ON e.key = s.key WHERE s.kind = 'event'"
    _scan(store, columns, join if whole else "", "ORDER BY s.rowid", spool)


def _scan(
    store: StoreFile, columns: Sequence[Column], source: str, order: str, spool: Spool, heard: Heard | None = None
) -> None:
    """Ask for the columns of `source` (FROM, with its conditions; '': there is nothing) and append them."""
    wanted = ", ".join(column.sql for column in columns)
    query = f"SELECT {wanted} FROM {source} {order}" if source else f"SELECT {', '.join('0' for _ in columns)} WHERE 0"
    cursor = store.within(SCAN_SECONDS).execute(query)
    for column in columns:
        _append(spool, column, ())
    while rows := cursor.fetchmany(CHUNK):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            _append(spool, column, values)
        if heard is not None:
            heard(len(rows))


def _append(spool: Spool, column: Column, values: Values) -> None:
    for name, array in zip(column.names, column.arrays(values), strict=True):
        spool.add(name, array)


def _named(column: str, present: Sequence[str]) -> str:
    return f'"{column}"' if column in present else "NULL"


BLANK = FAR_FUTURE << SHIFT
_SPAN = (
    f"CASE WHEN date_edtf IS NULL OR date_edtf = '' THEN {BLANK} "
    f"ELSE (ifnull(earliest, {FAR_PAST}) << {SHIFT}) + ifnull(latest, {FAR_FUTURE}) - {FAR_PAST} END"
)
"""First and last day as one number that sorts by the first and then by the last; a number less to hand over."""


def packed_span(earliest: int | None, latest: int | None) -> int:
    """The same for days that SQLite does not know."""
    first = FAR_PAST if earliest is None else earliest
    return (first << SHIFT) + (FAR_FUTURE if latest is None else latest) - FAR_PAST


def unpacked_span(spans: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Earliest and latest days again."""
    latest = (spans & (2**SHIFT - 1)) + FAR_PAST
    return (spans >> SHIFT).astype(np.int32), latest.astype(np.int32)


def _spans(values: Values) -> tuple[NDArray[np.int64]]:
    """The packed span of each date, for a store that holds no days."""
    return (np.fromiter((_span_of(raw) for raw in values), dtype=np.int64, count=len(values)),)


def _span_of(raw: object) -> int:
    try:
        span = parse(raw.decode("utf-8", "replace")) if isinstance(raw, bytes) else None
    except DateError:
        span = None
    return packed_span(span.earliest, span.latest) if raw and span is not None else BLANK


def _packed_terms(present: Sequence[str]) -> str:
    """The codes of all terms as one number, eight bits each, the first the lowest."""
    cases = [
        f"({_case(_named(column, present), words, usual)} << {8 * place})"
        for place, (_, column, words, usual) in enumerate(TERMS)
    ]
    return " + ".join(cases)


def _case(column: str, words: Sequence[str], usual: str) -> str:
    known = " ".join(f"WHEN '{word}' THEN {code}" for code, word in enumerate(words))
    return f"CASE {column} {known} ELSE {words.index(usual)} END"


def _integers(values: Values) -> tuple[NDArray[np.int64]]:
    try:
        return (np.fromiter(values, dtype=np.int64, count=len(values)),)
    except (TypeError, ValueError, OverflowError):
        return (np.array([value if type(value) is int else 0 for value in values], dtype=np.int64),)


def _points(values: Values) -> tuple[NDArray[np.bool_]]:
    """Whether all geometries of a chunk are plain points: then there is nothing wrong with them."""
    return (np.array([are_points([blob for blob in values if blob is not None])]),)


def _small(values: Values) -> tuple[NDArray[np.uint8]]:
    return (np.fromiter(values, dtype=np.uint8, count=len(values)),)


def _reals(values: Values) -> tuple[NDArray[np.float64]]:
    """NULL becomes NaN, and so does what is no number."""
    try:
        return (np.fromiter(values, dtype=np.float64, count=len(values)),)
    except (TypeError, ValueError, OverflowError):
        return (np.array([value if type(value) in (int, float) else None for value in values], dtype=np.float64),)


def _texts(values: Values) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """The bytes of all texts, damaged ones mended, and the length of each."""
    try:
        text = b"".join(values)
        whole = text.isascii() or b"\n".join(values).decode("utf-8") is not None
    except (TypeError, UnicodeDecodeError):
        whole = False
    if not whole:
        values = tuple(_mended(raw) if isinstance(raw, bytes) else str(raw).encode() for raw in values)
        text = b"".join(values)
    lengths = np.fromiter(map(len, values), dtype=np.uint32, count=len(values))
    return np.frombuffer(text, dtype=np.uint8), lengths


def _mended(raw: bytes) -> bytes:
    """The UTF-8 of a text with marks for what is damaged in it."""
    return raw.decode("utf-8", "replace").encode("utf-8")


def _coded(codes: Codes, kind: type[Any]) -> Callable[[Values], tuple[NDArray[Any]]]:
    code = codes.__getitem__
    return lambda values: (np.fromiter(map(code, values), dtype=kind, count=len(values)),)
