"""What is read straight from the pages is what SQLite reads, and whatever is unusual in them is left to SQLite."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.opening import opened
from tests.store.test_column_cache import assert_same
from tests.store.test_first_reading import change
from viewer.domain.dates import DateError, parse
from viewer.store import arrangement, leaves, schema
from viewer.store.cells import KeyPlaces, Vocabulary, gathered, reals
from viewer.store.errors import StoreError
from viewer.store.leaves import PAD, Batch, Cells, UnusualError, read_batches
from viewer.store.plain import PlainTables
from viewer.store.plain_dates import NO_DAY, DayTexts, plain_days, plain_spans
from viewer.untrusted import Identity, identity_of

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture
def proven(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The tables that were read plainly, at each opening."""
    seen: list[set[str]] = []
    real = PlainTables._try

    def noted(self: PlainTables, table: str, read: Callable[[], None]) -> None:
        real(self, table, read)
        if table == "event":
            seen.append(set())
        seen[-1] |= {table} & {*self.proven}

    monkeypatch.setattr(PlainTables, "_try", noted)
    return seen


def assert_same_by_sql(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An opening finds the same as one for which SQLite reads everything."""
    with opened(path) as plain:
        monkeypatch.setattr(PlainTables, "_try", lambda *_: None)
        with opened(path) as by_sql:
            assert_same(plain, by_sql)


def batches(path: Path, root: int, columns: list[str], identity: Identity | None = None) -> list[Batch]:
    """All rows of a table with all their columns."""
    found: list[Batch] = []
    read_batches(path, root, columns, columns, lambda batch: batch, found.append, identity)
    return found


ALL = {*PlainTables.tables, "search"}
OFTEN = (
    "CREATE TABLE n (n); INSERT INTO n WITH RECURSIVE c(n) AS (SELECT 1 UNION SELECT n + 1 FROM c WHERE n < 400)"
    " SELECT n FROM c"
)


def test_a_good_store_is_read_plainly(store: Path, proven: list[set[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_by_sql(store, monkeypatch)
    assert proven[0] == ALL


GOOD = {
    "long texts": "UPDATE event SET summary = printf('%.*c', 3000 + 40 * id, 'x')",
    "very long texts": "UPDATE event SET summary = printf('%.*c', 60000 * id, 'x')",
    "nothing": "UPDATE event SET lon = NULL, lat = NULL, geom = NULL, amount = NULL, actor = NULL",
    "whole numbers": "UPDATE event SET lon = id, lat = -id, radius_m = 1000 * id, amount = 3000000000 * id",
    "no dates": "UPDATE event SET date_edtf = '', earliest = NULL, latest = NULL",
    "null dates": "UPDATE event SET date_edtf = NULL, earliest = NULL, latest = NULL",
    "before 1970": "UPDATE event SET date_edtf = '1969-12-30', earliest = -2, latest = -2",
    "one day": "UPDATE event SET date_edtf = '1970-01-02', earliest = 1, latest = 1",
    "far numbers": "UPDATE event SET id = id + 70000000000; DELETE FROM search",
    "another word": "UPDATE event SET location_precision = 'foreign', actor = 'foreign', place = 'foreign'",
    "more columns": "ALTER TABLE event RENAME TO e2; CREATE TABLE event AS SELECT *, 'x' AS more FROM e2; "
    "CREATE UNIQUE INDEX k2 ON event (key); DROP TABLE e2",
    "umlauts": "UPDATE event SET title = 'Größe ' || title, note = char(1, 128, 65535)",
}


@pytest.mark.parametrize("how", GOOD)
def test_what_is_good_is_read_plainly_and_as_by_sql(
    how: str, store: Path, proven: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(store, *GOOD[how].split("; "))
    assert_same_by_sql(store, monkeypatch)
    assert proven[0] >= {*PlainTables.tables}


@pytest.mark.parametrize("size", [512, 1024, 65536])
@pytest.mark.parametrize("vacuum", ["NONE", "FULL"])
def test_pages_may_have_any_size(
    size: int, vacuum: str, store: Path, proven: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(store, "UPDATE event SET summary = printf('%.*c', 300 * id, 'x')")
    change(store, f"PRAGMA page_size = {size}", f"PRAGMA auto_vacuum = {vacuum}", "VACUUM")
    assert_same_by_sql(store, monkeypatch)
    assert proven[0] == ALL


def test_rows_come_in_their_order_wherever_their_pages_lie(tmp_path: Path) -> None:
    """Pages of what was deleted are taken again, the last one first."""
    path = tmp_path / "mixed.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a)")
        db.execute("CREATE TABLE other (b)")
        for number in range(3000):
            db.execute("INSERT INTO t (a) VALUES (?)", (str(number) * 50,))
            db.execute("INSERT INTO other VALUES (zeroblob(?))", (number % 900,))
        db.execute("DELETE FROM other")
        db.executemany("INSERT INTO t (a) VALUES (?)", [(str(number) * 50,) for number in range(3000, 9000)])
        db.commit()
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 't'").fetchone()
    with path.open("rb", buffering=0) as file:
        found = leaves._leaves(file, leaves._layout_of(file), root)
    assert (np.diff(found) < 0).any(), "they do not lie as this test needs it"
    told: list[str] = []
    for batch in batches(path, root, ["id", "a"]):
        begins, ends = batch.cells["a"].starts, batch.cells["a"].starts + batch.cells["a"].lengths
        told += [batch.raw[begin:end].tobytes().decode() for begin, end in zip(begins, ends, strict=True)]
    assert told == [str(number) * 50 for number in range(9000)]


def test_many_rows_in_several_batches(store: Path, proven: list[set[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree has several levels, and its rows come in several batches."""
    monkeypatch.setattr(leaves, "ROWS", 100)
    monkeypatch.setattr(leaves, "FEWEST_PAGES", 1)
    names = "title, type, form, actuality, date_edtf, earliest, latest, lon, lat, summary"
    change(
        store, "PRAGMA page_size = 512", "VACUUM", *OFTEN.split("; "),
        f"INSERT INTO event (key, {names}) SELECT key || n, {names} FROM event, n",
        "INSERT INTO event_actor (event, actor, role, certainty) "
        "SELECT e.event || n, e.actor, e.role, e.certainty FROM event_actor AS e, n",
        "DROP TABLE n",
    )  # fmt: skip
    assert_same_by_sql(store, monkeypatch)
    assert proven[0] >= {"event", "event_actor"}


UNUSUAL = {
    "event": (
        "UPDATE event SET type = 'strIke' WHERE id = 2", "UPDATE event SET title = ' ' WHERE id = 2",
        "UPDATE event SET title = NULL WHERE id = 2", "UPDATE event SET lon = 181 WHERE id = 2",
        "UPDATE event SET lat = NULL WHERE lat IS NOT NULL", "UPDATE event SET radius_m = -1 WHERE id = 2",
        "UPDATE event SET amount = 1e16 WHERE id = 2", "UPDATE event SET amount = 9e999 WHERE id = 2",
        "UPDATE event SET amount = 'many' WHERE id = 2", "UPDATE event SET note = x'00' WHERE id = 2",
        "UPDATE event SET date_edtf = '2017-02-29', earliest = 17226, latest = 17226 WHERE id = 2",
        *(f"UPDATE event SET date_edtf = '{text}', earliest = NULL, latest = NULL WHERE id = 2"
          for text in ("2016-13-45", "2016-02-30", "abcdefghij")),
        "UPDATE event SET latest = latest + 1 WHERE id = 2", "UPDATE event SET earliest = 1.5 WHERE id = 2",
        "UPDATE event SET date_edtf = '', latest = NULL WHERE earliest IS NOT NULL",
        "UPDATE event SET date_edtf = 5 WHERE id = 2", "UPDATE event SET entered_on = 'soon' WHERE id = 2",
        "UPDATE event SET geom = x'00' WHERE id = 2", "UPDATE event SET geom = CAST(geom || x'00' AS BLOB)",
        "UPDATE event SET key = 'grö' WHERE id = 2",
        "UPDATE event SET note = printf('%.*c', 1000001, 'x') WHERE id = 2",
        "UPDATE event SET id = -5 WHERE id = 2", "DROP INDEX event_key", "ALTER TABLE event ADD COLUMN more TEXT",
        "UPDATE event SET place = x'00' WHERE id = 2",
        "UPDATE event SET date_edtf = '', earliest = -4611686018427387904 WHERE id = 2",
        "UPDATE event SET date_edtf = NULL, latest = -4611686018427387904 WHERE id = 2",
    ),
    "event_actor": (
        "UPDATE event_actor SET event = 'nobody' WHERE id = 2", "UPDATE event_actor SET actor = 'nobody' WHERE id = 2",
        "UPDATE event_actor SET source = 'nothing' WHERE id = 2", "UPDATE event_actor SET role = 'x' WHERE id = 2",
        "UPDATE event_actor SET event = '' WHERE id = 2", "UPDATE event_actor SET event = 5 WHERE id = 2",
        "UPDATE event_actor SET event = printf('%.*c', 300, 'x') WHERE id = 2",
    ),
    "event_place": (
        "UPDATE event_place SET place = 'nowhere' WHERE id = 2", "UPDATE event_place SET radius_m = -2 WHERE id = 2",
    ),
    "event_source": ("UPDATE event_source SET source = 'nothing' WHERE id = 2",),
    "count": ("UPDATE count SET value = 'many' WHERE id = 2", "UPDATE count SET min = -1 WHERE id = 2"),
    "search": (
        "UPDATE search SET key = 'other' WHERE rowid = 2", "DELETE FROM search WHERE rowid = 2",
        "UPDATE search SET kind = 'place' WHERE rowid = 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("table", "spoil"), [(table, spoil) for table, all_ in UNUSUAL.items() for spoil in all_])
def test_what_may_be_bad_is_left_to_sql(
    table: str, spoil: str, store: Path, proven: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    change(store, spoil)
    assert_same_by_sql(store, monkeypatch)
    assert table not in proven[0]


def test_days_that_are_handed_out_with_a_point_are_left_to_sql(
    store: Path, proven: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(store)) as db:
        db.execute("PRAGMA writable_schema = ON")
        real = """replace(sql, '"earliest" INTEGER', '"earliest" REAL')"""
        db.execute(f"UPDATE sqlite_schema SET sql = {real} WHERE name = 'event'")
        db.commit()
        assert "REAL" in str(db.execute("SELECT sql FROM sqlite_schema WHERE name = 'event'").fetchone())
    kinds = {name: kind for _, name, kind, *_ in columns_of(store)}

    assert kinds["earliest"] == "REAL"
    assert_same_by_sql(store, monkeypatch)
    assert "event" not in proven[0]


def columns_of(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("PRAGMA table_xinfo(event)").fetchall()


def test_rows_that_point_nowhere_end_in_a_sentence() -> None:
    ids, rows = np.array([3, 4, 6]), np.array([0, 1, -1], dtype=np.int32)
    row_at = arrangement.RowAt(ids, rows)

    assert row_at(np.array([6, 3, 4])).tolist() == [-1, 0, 1]
    for stray in (5, 2, 99):
        with pytest.raises(StoreError, match="damaged"):
            row_at(np.array([3, stray]))
    with pytest.raises(StoreError, match="damaged"):
        arrangement.RowAt(np.array([3, 4, 5]), rows)(np.array([9]))


VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.binary(max_size=30),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.sampled_from(["week", "2017-10", "2017-10-14", "../2018", "strike", "single", "is", "raqqa", 17453, 0.0, 1, ""]),
)  # fmt: skip


@given(data=st.data())
@settings(max_examples=120)
def test_any_values_give_the_same_either_way(data: st.DataObject, small_store: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(small_store, tmp_path / "copy.gpkg"))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for _ in range(data.draw(st.integers(1, 3))):
            table = data.draw(st.sampled_from(PlainTables.tables))
            column = data.draw(st.sampled_from([*schema.columns_of(table)][1:]))
            values = (data.draw(VALUES), data.draw(st.integers(1, 12)))
            db.execute(f'UPDATE OR IGNORE "{table}" SET "{column}" = ? WHERE id = ?', values)
    with pytest.MonkeyPatch.context() as patch:
        assert_same_by_sql(path, patch)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=200)
def test_damaged_pages_are_unusual_or_read_within_their_bounds(seed: int, small_store: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(seed)
    raw = bytearray(small_store.read_bytes())
    db = sqlite3.connect(small_store)
    (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event'").fetchone()
    columns = [name for _, name, *_ in db.execute("PRAGMA table_info(event)")]
    db.close()
    page = int.from_bytes(raw[16:18], "big")
    for place in chance.integers(0, page * 3, 8).tolist():
        raw[(root - 1) * page + place % len(raw) if place < page else place % 100] ^= int(chance.integers(1, 256))
    path = tmp_path / "damaged"
    path.write_bytes(raw)
    try:
        for batch in batches(path, root, columns):
            for cells in batch.cells.values():
                assert (cells.starts >= PAD).all() and (cells.starts + cells.lengths <= len(batch.raw) - PAD).all()
    except UnusualError:
        pass


def test_cells_that_lie_on_top_of_each_other_are_unusual(small_store: Path, tmp_path: Path) -> None:
    """A small file may tell of any number of rows so: each page of thousands, and a tree of thousands of pages."""
    raw = bytearray(small_store.read_bytes())
    with closing(sqlite3.connect(small_store)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event'").fetchone()
        columns = [name for _, name, *_ in db.execute("PRAGMA table_info(event)")]
    with small_store.open("rb", buffering=0) as file:
        layout = leaves._layout_of(file)
        leaf = (int(leaves._leaves(file, layout, root)[0]) - 1) * layout.page
    path = tmp_path / "folded"
    cell, pointer = raw[leaf + 8 : leaf + 10], struct.Struct(">H")
    begin, end = pointer.unpack(cell)[0], layout.usable
    for number, said in (((layout.usable - 8) // 2, "more cells than fit"), (end // (end - begin) + 8, "on top of")):
        pages = bytearray(raw)
        pages[leaf + 3 : leaf + 5] = pointer.pack(number)
        pages[leaf + 8 : leaf + 8 + 2 * number] = cell * number
        path.write_bytes(pages)
        with pytest.raises(UnusualError, match=said):
            batches(path, root, columns)


@pytest.mark.parametrize(("number", "said"), [(250, "more cells than fit"), (70, "more pages than there are")])
def test_a_tree_of_more_pages_than_there_are_is_unusual(number: int, said: str, tmp_path: Path) -> None:
    """Inner pages each of which names one and the same page many times."""
    inner = struct.pack(">BHHHBI", 5, 0, number, 0, 0, 4) + struct.pack(">H", 507) * number
    inner = inner[:507] + bytes([0, 0, 0, 4, 1])
    root = struct.pack(">BHHHBI", 5, 0, 2, 0, 0, 3) + struct.pack(">HH", 507, 507)
    root += bytes(507 - len(root)) + bytes([0, 0, 0, 3, 1])
    head = bytearray(512)
    head[16:18], head[56:60] = struct.pack(">H", 512), b"\0\0\0\1"
    path = tmp_path / "folded"
    path.write_bytes(head + root + inner.ljust(512, b"\0") + bytes(512 * 100))
    with pytest.raises(UnusualError, match=said):
        batches(path, 2, ["id"])


def test_rows_in_another_order_are_unusual(small_store: Path, tmp_path: Path) -> None:
    """Two rows of a page that change places."""
    with closing(sqlite3.connect(small_store)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event'").fetchone()
        columns = [name for _, name, *_ in db.execute("PRAGMA table_info(event)")]
    with small_store.open("rb", buffering=0) as file:
        layout = leaves._layout_of(file)
        first = (int(leaves._leaves(file, layout, root)[0]) - 1) * layout.page
    raw = bytearray(small_store.read_bytes())
    raw[first + 8 : first + 12] = raw[first + 10 : first + 12] + raw[first + 8 : first + 10]
    path = tmp_path / "swapped"
    path.write_bytes(raw)
    with pytest.raises(UnusualError, match="not in order"):
        batches(path, root, columns)
    with pytest.raises(UnusualError, match="other columns"):
        batches(small_store, root, columns[:-1])


def test_a_number_that_is_none_is_unusual() -> None:
    """SQLite takes it for NULL; only who writes the file himself can put it there."""
    raw = np.frombuffer(bytes(PAD) + struct.pack(">dd", 1.5, float("nan")) + bytes(PAD), dtype=np.uint8)
    at, sizes = PAD + 8 * np.arange(2), np.array([8, 8])
    assert reals(raw, Cells(np.array([7, 0]), at, sizes)).tolist()[0] == 1.5
    with pytest.raises(UnusualError):
        reals(raw, Cells(np.array([7, 7]), at, sizes))


@pytest.mark.parametrize("size", [0, 50, 100, 5000])
def test_a_file_that_ends_too_soon_is_unusual(size: int, small_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "short"
    path.write_bytes(small_store.read_bytes()[:size])
    with pytest.raises(UnusualError):
        batches(path, 30, ["id"])


def made(texts: list[bytes]) -> tuple[Any, Cells]:
    """Texts as they lie in a buffer."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    starts = PAD + np.cumsum(lengths) - lengths
    raw = np.frombuffer(bytes(PAD) + b"".join(texts) + bytes(PAD), dtype=np.uint8)
    return raw, Cells(13 + 2 * lengths, starts, lengths)


@given(st.lists(st.text("ab\0é", max_size=20).map(str.encode), max_size=40), st.integers(0, 2))
def test_a_vocabulary_finds_just_its_words(texts: list[bytes], more: int) -> None:
    listed = sorted({text.decode() for text in texts if text and text[0] % 3 != more})
    raw, cells = made(texts)
    expected = [listed.index(text.decode()) if text.decode() in listed else -1 for text in texts]
    assert Vocabulary(listed).codes(raw, cells).tolist() == expected


def test_a_vocabulary_of_many_words_finds_them_by_halving() -> None:
    listed = [f"place-{number}" for number in range(5000)]
    raw, cells = made([text.encode() for text in (*listed[::7], "place-5000", "place", "")])
    assert Vocabulary(listed).codes(raw, cells).tolist() == [*range(0, 5000, 7), -1, -1, -1]


@pytest.mark.parametrize("key", ["{:03}", "a key that is longer than eight bytes {:03}", "{:03} with the same end"])
@pytest.mark.parametrize("step", [1, 7])
def test_the_places_of_keys(key: str, step: int) -> None:
    keys = [key.format(number * step % 97).encode() for number in range(97)]
    raw, cells = made(keys)
    events = KeyPlaces(raw[PAD:-PAD], cells.lengths.astype(np.uint32))
    asked = [5, 3, 3, 96, 0]
    assert events.of(*made([keys[place] for place in asked])).tolist() == asked
    for wrong in (b"", b"x", key.format(98).encode(), keys[3] + b"\0", keys[3][:-1], bytes(200)):
        with pytest.raises(UnusualError):
            events.of(*made([keys[1], wrong]))


def test_equal_keys_are_unusual() -> None:
    raw, cells = made([b"a", b"b", b"a"])
    with pytest.raises(UnusualError):
        KeyPlaces(raw[PAD:-PAD], cells.lengths.astype(np.uint32))


@given(
    st.lists(
        st.one_of(st.from_regex(r"[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]", fullmatch=True), st.text("0-9X/", max_size=12))
    )
)
def test_plain_days_are_those_of_the_reader_of_dates(texts: list[str]) -> None:
    raw, cells = made([text.encode() for text in texts])
    for text, day in zip(texts, plain_days(raw, cells).tolist(), strict=True):
        if day > -(2**40):
            span = parse(text)
            assert (span.earliest, span.latest) == (day, day)
        elif len(text) == 10 and text.replace("-", "").isdigit():
            with pytest.raises(DateError):
                parse(text)


_DAYS = st.from_regex(r"[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]", fullmatch=True)
_WRITTEN = st.one_of(
    st.dates().map(str), _DAYS, st.from_regex(r"[0-2][0-9]{3}(-[0-2][0-9])?", fullmatch=True),
    st.tuples(st.dates(), st.sampled_from(("/", "-", "/.", "/.."))).map(lambda parts: f"{parts[0]}{parts[1]}"),
    st.tuples(st.dates().map(str) | _DAYS, st.dates().map(str) | _DAYS).map("/".join), st.text("0-9X/.~", max_size=22),
)  # fmt: skip


_PLAIN = re.compile(r"\d{4}|\d{4}-[01]\d|\d{4}-\d\d-\d\d/(\d{4}-\d\d-\d\d|\.\.)")


def meant(text: str) -> tuple[int, int] | None:
    """The days that a text means, NO_DAY for an open end; None when it means none."""
    try:
        span = parse(text)
    except DateError:
        return None
    first, last = (NO_DAY if day is None else day for day in (span.earliest, span.latest))
    return first, last


@given(st.lists(st.tuples(_WRITTEN, st.sampled_from(((0, 0), (0, 0), (1, 0), (0, -1))))))
def test_plain_spans_are_those_of_the_reader_of_dates(asked: list[tuple[str, tuple[int, int]]]) -> None:
    days = np.array([np.add(meant(text) or (17_000, 17_000), off) for text, off in asked], np.int64).reshape(-1, 2)
    raw, cells = made([text.encode() for text, _ in asked])
    found = plain_spans(raw, cells, days[:, 0].copy(), days[:, 1].copy())
    for (text, _), stored, plain in zip(asked, days.tolist(), found.tolist(), strict=True):
        right = meant(text) == tuple(stored)
        assert right if plain else not (right and _PLAIN.fullmatch(text))


_NEAR = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)).map(str)


@given(st.lists(st.tuples(_NEAR | _NEAR | _WRITTEN, st.sampled_from((0, 0, 1, -1, 31, 365)))), st.integers(-9, 99))
def test_days_are_compared_with_how_they_are_written(asked: list[tuple[str, int]], known: int) -> None:
    """Those of the calendar; `known` days were asked for before."""
    raw, cells = made([text.encode() for text, _ in asked])
    read, written = plain_days(raw, cells), cells.lengths == 10
    days = read + np.array([off for _, off in asked], dtype=np.int64)
    wanted = days[written]
    found = DayTexts(0, known).widened(int(wanted.min(initial=10**7)), int(wanted.max(initial=-(10**7))))
    if found is not None:
        assert np.array_equal(written & found.are(raw, cells.starts, days), written & (read == days) & (read != NO_DAY))


def test_bytes_are_gathered_from_anywhere() -> None:
    raw = np.arange(200, dtype=np.uint8)
    at = np.array([3, 0, 150])
    assert np.array_equal(gathered(raw, at, 3), [[3, 4, 5], [0, 1, 2], [150, 151, 152]])
    assert np.array_equal(gathered(raw, at, 50)[2], range(150, 200))


@given(st.lists(st.integers(0, 2**31 - 1) | st.integers(0, 5) | st.integers(65530, 65540), max_size=60))
def test_rows_are_put_in_their_stable_order(rows: list[int]) -> None:
    numbers = np.array(rows, dtype=np.int32)
    assert np.array_equal(arrangement._order_of(numbers), np.argsort(numbers, kind="stable"))


@pytest.mark.parametrize("how", ["replaced", "written", "replaced before"])
def test_a_file_that_changes_on_the_way_is_unusual(how: str, store: Path, small_store: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(store)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event'").fetchone()
        columns = [name for _, name, *_ in db.execute("PRAGMA table_info(event)")]
    identity = identity_of(store.stat())
    assert sum(len(batch.ids) for batch in batches(store, root, columns, identity))
    if how == "replaced before":
        Path(shutil.copy(small_store, tmp_path / "other")).replace(store)

    def disturb(_: Batch) -> None:
        if how == "replaced":
            Path(shutil.copy(small_store, tmp_path / "other")).replace(store)
        elif how == "written":
            os.utime(store)

    with pytest.raises(UnusualError, match="was changed"):
        read_batches(store, root, columns, columns, lambda batch: batch, disturb, identity)
