"""Reads the large tables of a store whose rows have nothing wrong with them, and proves that they have not.

Every rule of `condition` and `row_check` is looked at here for thousands of rows at once. What breaks one, or only
might, sends the whole table back to SQL (`UnusualError`), which says which rows it is and why: the findings are the
same either way, but where only an index of the file is damaged: rows are read without it here, and by it there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.domain.events import ACTOR_ROLES
from viewer.domain.fields import FieldInfo, fields_of
from viewer.domain.records import TABLES
from viewer.store import schema
from viewer.store.cells import (
    Flags,
    KeyPlaces,
    Raw,
    Vocabulary,
    all_blank,
    are_texts,
    gathered,
    integers,
    plain_texts,
    reals,
    some_of,
    words,
)
from viewer.store.columns import FAR_FUTURE, FAR_PAST, NO_PLACE, NONE
from viewer.store.condition import MAX_NUMBER, MAX_TEXT, NOT_NEGATIVE, kinds_of
from viewer.store.file import StoreFile
from viewer.store.index import indexed_columns
from viewer.store.leaves import Batch, Cells, Integers, UnusualError, read_batches
from viewer.store.plain_dates import (
    DAY_BYTES,
    FIRST_DAY,
    LAST_DAY,
    NO_DAY,
    DayTexts,
    days_at,
    plain_days,
    plain_spans,
)
from viewer.store.point import POINT_BYTES, joined_are_points
from viewer.store.row_check import date_problem, span_problem
from viewer.store.scan import BLANK, SHIFT, TERMS, Heard
from viewer.store.spool import Spool

DAYS = ("earliest", "latest")
_REALS = ("lon", "lat", "radius_m", "amount")
_LONGEST_DATE = 32
"""Bytes of the longest text that is a date, with marks on all its parts, and some more."""
_POINT_KIND = 12 + 2 * POINT_BYTES
T = TypeVar("T")
Known = Mapping[str, Vocabulary | KeyPlaces]
"""By table, what finds the keys of its rows."""
Made = dict[str, NDArray[Any]]
"""By column: numbers, and for references and words their places in what they are taken from, -1 for none."""


def scan_plain_events(
    store: StoreFile, actors: Sequence[str], places: Sequence[str], spool: Spool, heard: Heard
) -> None:
    """What `scan.scan_events` reads, of a table all of whose rows are good; UnusualError when that is not certain."""
    check = _Check(store, "event", {})
    actor, place = Vocabulary(actors), Vocabulary(places)
    precision = Vocabulary(TERMS[3][2])

    def columns(batch: Batch) -> Made:
        made, cells, raw = check(batch), batch.cells, batch.raw
        text, lengths = plain_texts(raw, cells["key"])
        _check_points(raw, cells["geom"])
        made["location_precision"] = precision.codes(raw, cells["location_precision"])
        who = {name: actor.codes(raw, cells[name], NONE).astype(np.uint16) for name in ("actor", "rival")}
        return {
            "event.ids": batch.ids, "event.text": text, "event.lengths": lengths, "event.span": made["date"],
            "event.terms": _packed(made), **{f"event.{name}": made[name] for name in _REALS},
            **{f"event.{name}": codes for name, codes in who.items()},
            "event.place": place.codes(raw, cells["place"], NO_PLACE).astype(np.uint32),
        }  # fmt: skip

    check.over(columns, _added(spool, "event.ids", heard))
    spool.add("event.points", np.ones(1, dtype=bool))


def scan_plain_pairs(store: StoreFile, table: str, known: Known, spool: Spool, heard: Heard) -> None:
    """What `scan.scan_pairs` reads, of a table all of whose rows are good; UnusualError when that is not certain."""
    check = _Check(store, table, known)
    target, kind = ("actor", np.uint16) if table == "event_actor" else ("place", np.uint32)
    ids = spool.column("event.ids")

    def columns(batch: Batch) -> Made:
        made = check(batch)
        found: Made = {f"{table}.events": ids.take(made["event"]), f"{table}.codes": made[target].astype(kind)}
        if table == "event_actor":
            found[f"{table}.roles"] = made["role"].astype(np.uint8)
        return found

    if table == "event_actor" and fields_of(TABLES[table])["role"].terms != ACTOR_ROLES:
        raise UnusualError("is read by other words")
    check.over(columns, _added(spool, f"{table}.codes", heard))


def _added(spool: Spool, counted: str, heard: Heard) -> Callable[[Made], None]:
    """Appends columns to a spool and tells how many rows they are."""

    def add(columns: Made) -> None:
        for name, values in columns.items():
            spool.add(name, values)
        heard(len(columns[counted]))

    return add


def check_plain(store: StoreFile, table: str, known: Known) -> None:
    """Make sure that all rows of a table are good; UnusualError when that is not certain."""
    check = _Check(store, table, known)
    check.over(check, lambda _: None)


def check_plain_index(store: StoreFile, ids: Integers, events: KeyPlaces) -> None:
    """Make sure that each row of the text index tells of the event with its number (see `scan.index_follows_events`).

    UnusualError when that is not certain. ids: the numbers of all events.
    """
    root, columns = _table(store, f"{schema.SEARCH_TABLE}_content")
    kind = Vocabulary(["event"])

    def told(batch: Batch) -> int:
        first = int(np.searchsorted(ids, batch.ids[0])) if len(batch.ids) else 0
        rows = slice(first, first + len(batch.ids))
        kinds = kind.codes(batch.raw, batch.cells["c1"])
        if not np.array_equal(batch.ids, ids[rows]) or kinds.any() or not are_texts(batch.cells["c2"]).all():
            raise UnusualError("has an index in another order")
        events.check(batch.raw, batch.cells["c2"], np.arange(rows.start, rows.stop, dtype=np.int32))
        return len(batch.ids)

    numbers: list[int] = []
    _read(store, root, columns, ("c1", "c2"), told, numbers.append)
    if sum(numbers) != len(ids):
        raise UnusualError("has an index of fewer events")


def proven_columns(table: str, known: Known) -> frozenset[str]:
    """The columns of a table checked here of which every value is blank or the key of a row."""
    fields = fields_of(TABLES[table]) if table in TABLES else {}
    return frozenset(name for name, about in fields.items() if _is_followed(about, known))


def _is_followed(about: FieldInfo, known: Known) -> bool:
    return about.kind == "ref" and about.table in known


class _Check:
    """Makes sure of a batch that all its rows are good, and gives what was made of it on the way."""

    def __init__(self, store: StoreFile, table: str, known: Known) -> None:
        self._store = store
        self._root, self._columns = _table(store, table)
        needed = {*schema.columns_of(table)} - {"id"}
        if not needed <= {*self._columns}:
            raise UnusualError("lacks columns")
        if "key" in needed and not indexed_columns(store, table).get("key"):
            raise UnusualError("may have a key twice")
        self._fields = kinds_of(table)
        self._wanted = needed
        self._table = table
        self._known = known
        words = {name: about.terms for name, about in self._fields.items() if about.kind == "term"}
        self._words = {name: Vocabulary([term for term in terms if term]) for name, terms in words.items()}
        self._places = {name: np.flatnonzero([*map(bool, terms), True]) for name, terms in words.items()}
        self._dates = _Dates()

    def over(self, make: Callable[[Batch], Made], use: Callable[[Made], None]) -> None:
        """Hand what is made of all batches of the table to `use`, and of one without rows first: it tells the types."""
        nothing = np.zeros(0, dtype=np.int64)
        raw = np.zeros(256, dtype=np.uint8)
        use(make(Batch(raw, nothing, {name: Cells(nothing, nothing, nothing) for name in self._wanted})))
        _read(self._store, self._root, self._columns, self._wanted, make, use)

    def __call__(self, batch: Batch) -> Made:
        """UnusualError when it is not certain that all rows are good."""
        made: Made = {}
        for name, about in self._fields.items():
            if about.kind == "date":
                made["date"] = self._dates.spans(batch.raw, *(batch.cells[part] for part in _DATE))
            elif about.kind in ("real", "integer", "flag"):
                made[name] = _numbers(batch.raw, batch.cells[name])
            elif about.kind != "geometry":
                self._check_text(batch, name, about, made)
        for name in NOT_NEGATIVE.get(self._table, ()):
            if (made[name] < 0).any():
                raise UnusualError("has numbers below zero")
        if {"lon", "lat"} <= made.keys():
            _check_coordinates(made["lon"], made["lat"])
        return made

    def _check_text(self, batch: Batch, name: str, about: FieldInfo, made: Made) -> None:
        raw, cells = batch.raw, batch.cells[name]
        blank = all_blank(cells)
        if not blank and not (are_texts(cells).all() and cells.lengths.max() <= MAX_TEXT):
            raise UnusualError("has texts that are none")
        if about.required and not (cells.lengths.all() and (raw.take(cells.starts) > ord(" ")).all()):
            raise UnusualError("lacks what it needs")
        if about.kind == "term":
            codes = self._words[name].codes(raw, cells)
            if ((codes < 0) & (cells.lengths > 0)).any():
                raise UnusualError("has other words")
            made[name] = np.where(codes < 0, -1, self._places[name].take(codes, mode="wrap"))
        elif about.kind == "edtf" and not blank:
            self._dates.check(raw, cells)
        elif _is_followed(about, self._known):
            finder = self._known[about.table]
            if isinstance(finder, KeyPlaces):
                made[name] = finder.of(raw, cells)
                return
            made[name] = finder.codes(raw, cells)
            if ((made[name] < 0) & (cells.lengths > 0)).any():
                raise UnusualError("names what is not there")


_DATE = ("date_edtf", "earliest", "latest")


class _Dates:
    """Dates that were found to be good: most are written plainly, each other one is read once."""

    def __init__(self) -> None:
        self._good: set[bytes] = set()
        """The bytes of texts, their lengths and their days, side by side."""
        self._days = DayTexts(0, -1)

    def spans(self, raw: Raw, texts: Cells, earliest: Cells, latest: Cells) -> Integers:
        """The packed spans of dates (`scan.packed_span`) whose days are what their texts mean."""
        if not are_texts(texts).all():
            raise UnusualError("has dates that are no texts")
        first, last = (_days(raw, days) for days in (earliest, latest))
        rows = np.flatnonzero((first != last) | ~self._are_days(raw, texts, first))
        rows = rows[~plain_spans(raw, some_of(texts, rows), first[rows], last[rows])]
        starts, lengths, days = texts.starts[rows], texts.lengths[rows], (first[rows], last[rows])
        if lengths.max(initial=0) > _LONGEST_DATE:
            raise UnusualError("has dates that are too long")
        told = np.column_stack([words(raw, starts, lengths, _LONGEST_DATE).view(np.int64), lengths, *days])
        told_once = dict(zip(told.view(f"V{8 * told.shape[1]}")[:, 0].tolist(), rows.tolist(), strict=True))
        for key in told_once.keys() - self._good:
            row = told_once[key]
            _check_span(_bytes(raw, texts, row), int(first[row]), int(last[row]))
            self._good.add(key)
        first[first == NO_DAY] = FAR_PAST
        last[last == NO_DAY] = FAR_FUTURE
        return np.where(texts.lengths == 0, BLANK, (first << SHIFT) + last - FAR_PAST)

    def _are_days(self, raw: Raw, texts: Cells, days: Integers) -> Flags:
        """Which of the texts are just these days."""
        written: Flags = texts.lengths == DAY_BYTES
        wanted = days[written]
        known = self._days.widened(int(wanted.min(initial=LAST_DAY)), int(wanted.max(initial=FIRST_DAY)))
        if known is None:
            written &= (days != NO_DAY) & (days_at(raw, texts.starts) == days)
        else:
            self._days = known
            written &= known.are(raw, texts.starts, days)
        return written

    def check(self, raw: Raw, texts: Cells) -> None:
        """Make sure that these texts are blank or dates."""
        for row in np.flatnonzero((plain_days(raw, texts) == NO_DAY) & (texts.lengths > 0)).tolist():
            if date_problem(_text(_bytes(raw, texts, row))):
                raise UnusualError("has dates that are none")


def _days(raw: Raw, cells: Cells) -> Integers:
    """Days, NO_DAY for NULL; UnusualError when that very number is stored as a day."""
    days = integers(raw, cells, NO_DAY)
    if np.count_nonzero(days == NO_DAY) != np.count_nonzero(cells.kinds == 0):
        raise UnusualError("has a day that stands for none")
    return days


def _check_span(text: bytes, first: int, last: int) -> None:
    earliest, latest = (None if day == NO_DAY else day for day in (first, last))
    if span_problem(_text(text), earliest, latest, with_days=True):
        raise UnusualError("has dates that are none")


def _bytes(raw: Raw, texts: Cells, row: int) -> bytes:
    begin = int(texts.starts[row])
    return raw[begin : begin + int(texts.lengths[row])].tobytes()


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnusualError("has damaged dates") from None


def _numbers(raw: Raw, cells: Cells) -> NDArray[np.float64]:
    found = reals(raw, cells)
    if (np.abs(found) > MAX_NUMBER).any():
        raise UnusualError("has numbers that are none")
    return found


def _check_coordinates(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
    beyond = (np.abs(lon) > 180).any() or (np.abs(lat) > 90).any()
    if beyond or (np.isnan(lon) != np.isnan(lat)).any():
        raise UnusualError("has coordinates that are none")


def _check_points(raw: Raw, cells: Cells) -> None:
    """Make sure that all geometries are plain points."""
    there = cells.kinds != 0
    if (cells.kinds[there] != _POINT_KIND).any():
        raise UnusualError("has other geometries than points")
    blobs = gathered(raw, cells.starts[there], POINT_BYTES)
    if not joined_are_points(blobs.tobytes()):
        raise UnusualError("has other geometries than points")


def _read(
    store: StoreFile, root: int, columns: Sequence[str], wanted: Collection[str], make: Callable[[Batch], T],
    use: Callable[[T], None],
) -> None:  # fmt: skip
    """Read a table of a store; sqlite3.OperationalError when it is to end, as SQLite does by itself."""

    def used(made: T) -> None:
        store.go_on()
        use(made)

    read_batches(store.read_from, root, columns, wanted, make, used, store.read_identity)


def _packed(made: Made) -> Integers:
    """The words of all terms as one number, as `scan` packs them."""
    packed = np.zeros(len(made["date"]), dtype=np.int64)
    for place, (_, column, listed, usual) in enumerate(TERMS):
        codes = made[column]
        packed |= np.where(codes < 0, listed.index(usual), codes) << 8 * place
    return packed


def _is_real(kind: str) -> bool:
    """Whether a column of a declared type has real affinity: whole numbers in it are stored as such all the same."""
    return "INT" not in kind.upper() and any(part in kind.upper() for part in ("REAL", "FLOA", "DOUB"))


def _table(store: StoreFile, table: str) -> tuple[int, list[str]]:
    """The page at which the tree of a table begins, and its columns in the order in which they are stored."""
    query = "SELECT rootpage, sql FROM sqlite_schema WHERE type = 'table' AND name = ?"
    found = store.within().execute(query, (table,)).fetchone()
    columns = store.within().execute(f'PRAGMA table_xinfo("{table}")').fetchall()
    if found is None or any(key and name != "id" for _, name, _, _, _, key, _ in columns):
        raise UnusualError("is stored in another way")
    if any(name in DAYS and _is_real(kind) for _, name, kind, *_ in columns):
        raise UnusualError("has days that SQLite hands out with a point")
    if "collate" in str(found[1]).lower():
        raise UnusualError("compares texts in another way")
    return int(found[0]), [str(name) for _, name, *_ in columns]
