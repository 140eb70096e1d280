"""A store read from end to end: beside its checks or after them, by index or without, and stopped at any moment."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.store.opening import opened
from tests.store.test_column_cache import assert_same
from viewer import paths
from viewer.store import arrangement, checks, first_reading, plain, recall, row_check, search, validate
from viewer.store import file as store_file
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.progress import Cancelled

pytestmark = pytest.mark.usefixtures("own_folder")


def change(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every store is so large that it is checked beside the reading."""
    monkeypatch.setattr(checks, "LARGE", 0)


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize("which", ["small", "builtin"])
def test_what_is_checked_beside_the_reading_is_the_same(which: str, request: pytest.FixtureRequest) -> None:
    with opened(request.getfixturevalue(f"{which}_store")) as data:
        assert_same(data, request.getfixturevalue(which))


def test_columns_that_threads_put_in_order_piece_by_piece_are_the_same(
    small_store: Path, small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrangement, "THREADED_BLOCK", 3)
    with opened(small_store) as data:
        assert_same(data, small)


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE event SET lon = 'east', lat = 'north', key = NULL, earliest = 'x', type = 5 WHERE key = 'week'",
        "UPDATE event SET key = x'00ff', lon = 9e999, radius_m = 'far' WHERE key = 'month'",
        "UPDATE event SET earliest = 9223372036854775807, latest = -9223372036854775808 WHERE key = 'week'",
        "UPDATE event SET earliest = 1e300, latest = 5.5 WHERE key = 'week'",
        "UPDATE event_actor SET event = 5, actor = x'ff', role = NULL WHERE id < 3",
        "UPDATE event SET date_edtf = 'soon' WHERE id < 6",
        "DELETE FROM event WHERE id < 6",
        "DELETE FROM event",
        "UPDATE actor SET kind = 'choir' WHERE key = 'is'",
    ],
)
def test_bad_rows_are_left_out_whichever_way_they_are_found(
    store: Path, spoil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(store, spoil)
    with opened(store) as one:
        monkeypatch.setattr(checks, "LARGE", 10**9)
        with opened(store) as other:
            assert_same(one, other)
            keys = {event.key for event in one.reader.all("event")}
            assert keys == {*one.events.keys}
            for pairs, table in ((one.event_actors, "event_actor"), (one.event_places, "event_place")):
                told = [(row.event, getattr(row, table[6:])) for row in one.reader.all(table)]
                names = one.actor_keys if table == "event_actor" else one.place_keys
                found = [(one.events.keys[r], names[c]) for r, c in zip(pairs.rows, pairs.codes, strict=True)]
                assert sorted(told) == sorted(found)
                assert (np.diff(pairs.rows) >= 0).all()


def test_bad_rows_that_are_too_many_to_list_are_left_out_too(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(store, "UPDATE event SET lon = 'east', lat = 'north' WHERE id <= 7")
    monkeypatch.setattr(validate, "MAX_LISTED", 2)
    with opened(store) as data:
        assert len(data.events) == 5
        assert [str(p) for p in data.problems][:3] == [
            "event row 1: lon 'east' is text, not a number",
            "event row 2: lon 'east' is text, not a number",
            "event: 5 more rows are left out that are too many to be listed one by one",
        ]
        assert data.dossier("week") is None
        assert data.reader.number("event") == 5


def test_a_store_of_nothing_but_nonsense_is_refused(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(store, "UPDATE event SET date_edtf = 'soon ' || id")
    monkeypatch.setattr(row_check, "MAX_WRONG_DATES", 5)
    with pytest.raises(StoreError, match="more than 5 dates of event make no sense; mend them first"):
        open_dataset(store)


def test_a_damaged_key_is_the_same_key_everywhere(store: Path) -> None:
    change(
        store,
        "UPDATE event SET key = CAST(x'77ff6b' AS TEXT) WHERE key = 'week'",
        *(f"UPDATE {table} SET event = CAST(x'77ff6b' AS TEXT) WHERE event = 'week'"
          for table in ("event_place", "event_actor", "event_source", "event_date", "count")),
        "UPDATE event SET part_of = CAST(x'77ff6b' AS TEXT) WHERE part_of = 'week'",
        "UPDATE actor SET key = CAST(x'61ff' AS TEXT) WHERE key = 'coalition'",
        "UPDATE event SET actor = CAST(x'61ff' AS TEXT) WHERE actor = 'coalition'",
    )  # fmt: skip
    with opened(store) as data:
        row = data.events.row_of["w\ufffdk"]
        assert [data.events.keys[int(r)] for r in np.flatnonzero(data.events.parent == row)] != []
        assert data.actor_keys[data.events.actor[row]] == "a\ufffd"


def test_row_numbers_may_have_gaps(store: Path, small: DataSet) -> None:
    change(
        store,
        "UPDATE event SET id = id * 1000000007 - 5000000000000",
        "UPDATE event_actor SET id = -id * 3",
        "UPDATE source SET id = 9000000000000000000 + id",
    )
    with opened(store) as data:
        assert data.events.keys == small.events.keys
        assert data.events.ids[data.events.row_of["week"]] == 1000000007 - 5000000000000
        assert np.array_equal(data.event_actors.rows, small.event_actors.rows)
        assert data.finder.rows_with("coalition week").tolist() == small.finder.rows_with("coalition week").tolist()


# --- without the indexes of ours


def drop_indexes(store: Path) -> None:
    db = sqlite3.connect(store)
    names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for (name,) in names:
        db.execute(f'DROP INDEX "{name}"')
    db.commit()
    db.close()


@pytest.mark.parametrize("kept", [False, True])
def test_without_indexes_everything_is_found_by_row_numbers(
    store: Path, small: DataSet, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_indexes(store)
    monkeypatch.setattr(first_reading, "ON_DEMAND", 0)
    monkeypatch.setattr(recall, "WORTH_KEEPING", 0 if kept else 10**9)
    for _ in range(2):
        with opened(store) as data:
            assert_same(data, small)
            asked: list[str] = []
            data.store.within().set_trace_callback(asked.append)
            assert data.dossier("may-strikes") == small.dossier("may-strikes")
            assert data.reader.where("event", "key", ["no such", "\ud800"]) == []
            plans = [row for text in asked for row in data.store.within().execute(f"EXPLAIN QUERY PLAN {text}")]
            data.store.within().set_trace_callback(None)
            assert plans and not [plan for plan in plans if "SCAN" in plan[3]], "no table is read through"


@pytest.mark.parametrize(
    "spoil",
    [
        ("DELETE FROM search WHERE rowid = 3", "INSERT INTO search (text, kind, key) VALUES ('x', 'place', 'dz')"),
        ("CREATE TABLE t AS SELECT * FROM search ORDER BY rowid DESC", "DELETE FROM search",
         "INSERT INTO search (text, kind, key) SELECT text, kind, key FROM t", "DROP TABLE t"),
        ("CREATE TABLE t AS SELECT * FROM search", "DELETE FROM search",
         "INSERT INTO search (rowid, text, kind, key) SELECT 1000000 * rowid, text, kind, key FROM t", "DROP TABLE t"),
        ("INSERT INTO search (rowid, text, kind, key) VALUES (-5, 'ambush strikes of the المي is', 'place', 'dz')",
         "INSERT INTO search (text, kind, key) VALUES ('ambush strikes of the المي is', 'place', 'dz')"),
        ("DROP TABLE search",),
    ],
)  # fmt: skip
def test_texts_are_found_however_the_index_is_numbered(store: Path, small: DataSet, spoil: tuple[str, ...]) -> None:
    change(store, *spoil)
    with opened(store) as data:
        damaged = any("index is damaged" in str(problem) for problem in data.problems)
        assert damaged == ("rowid = 3" in spoil[0])
        for text in ("ambush",) if damaged or len(spoil) == 1 else ("strikes", "is", "المي", "of the"):
            found = data.finder.rows_with(text)
            assert found.dtype == np.int64 and (np.diff(found) > 0).all()
            assert found.tolist() == small.finder.rows_with(text).tolist() != []


def test_many_texts_without_an_index_are_asked_of_the_file(
    store: Path, small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(store, "DROP TABLE search", "UPDATE event SET title = '100% of it_all!' WHERE key = 'week'")
    with opened(store) as few:
        monkeypatch.setattr(search, "FEW_EVENTS", 0)
        with opened(store) as many:
            for text in ("strike", "ambush", "coalition", "100", "all", "zzz", "is", "the "):
                assert many.finder.rows_with(text).tolist() == few.finder.rows_with(text).tolist(), text
            assert [many.events.keys[int(row)] for row in many.finder.rows_with("100")] == ["week"]
            assert many.finder.find("ambush")[0].key == small.finder.find("ambush")[0].key


# --- how it goes on, and how it ends


def no_thread_left() -> bool:
    return not [thread for thread in threading.enumerate() if thread.name == "badia-aside"]


@pytest.mark.parametrize("large", [False, True])
def test_the_share_only_grows(store: Path, large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if large:
        monkeypatch.setattr(checks, "LARGE", 0)
        monkeypatch.setattr(recall, "WORTH_KEEPING", 0)
    told: list[tuple[str, float]] = []
    for _ in range(2):
        told.clear()
        open_dataset(store, lambda doing, share: told.append((doing, share))).close()
        shares = [share for _, share in told]
        assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
        assert all(doing and doing[0].isupper() for doing, _ in told)


@pytest.mark.parametrize("plainly", [True, False])
def test_who_and_where_comes_when_all_events_are_read(
    store: Path, plainly: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever way they are: whoever measures the reading of the events goes by it."""
    told: list[str] = []

    def noted(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def read(*of: object) -> None:
            real(*of)
            told.append(name)

        monkeypatch.setattr(owner, name, read)

    if not plainly:
        change(store, "UPDATE event SET lon = 'east' WHERE key = 'week'")
    noted(plain, "scan_plain_events")
    noted(first_reading, "scan_events")
    open_dataset(store, lambda doing, _: told.append(doing)).close()
    told = [name for name in told if name.startswith("scan") or name == "Reading who and where"]
    assert told[:2] == ["scan_plain_events" if plainly else "scan_events", "Reading who and where"]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("error", [Cancelled(), KeyError("a bug of the window's")])
def test_an_opening_can_be_taken_back_at_any_moment(
    store: Path, large: bool, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_file, "STEPS", 20)
    monkeypatch.setattr(store_file, "TICK_SECONDS", 0.0)
    monkeypatch.setattr("viewer.store.pace.PAUSE", 0.0)
    if large:
        monkeypatch.setattr(checks, "LARGE", 0)
        monkeypatch.setattr(recall, "WORTH_KEEPING", 0)
    before = sorted(store.parent.iterdir())
    reports: list[str] = []
    open_dataset(store, lambda doing, _: reports.append(doing)).close()
    shutil.rmtree(paths.cache_dir() / "columns", ignore_errors=True)
    assert len(reports) > 30
    for stop in (*range(12), *range(12, len(reports) * 2 // 3, len(reports) // 25)):
        left = iter(range(stop))

        def report(doing: str, share: float, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise error

        with pytest.raises(type(error)) as caught:
            open_dataset(store, report)
        assert caught.value is error
        assert no_thread_left()
        assert sorted(store.parent.iterdir()) == before
        assert [path for path in paths.cache_dir().rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("beside")
def test_pages_that_take_too_long_to_check_are_a_problem_of_a_large_store(
    store: Path, small: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "check_pages", lambda _: False)
    with opened(store) as data:
        within = "within 60 seconds when it was first read"
        said = f"copy.gpkg: its pages could not all be checked {within}; some may be damaged"
        assert [str(problem) for problem in data.problems] == [said]
        assert data.events.keys == small.events.keys


@pytest.mark.usefixtures("beside")
def test_pages_that_are_still_being_checked_after_that_time_too(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    monkeypatch.setattr(checks, "check_pages", lambda file: file.within().execute(endless).fetchall())
    monkeypatch.setattr(checks, "CHECK_SECONDS", 0.2)
    with opened(store) as data:
        assert "could not all be checked within 0 seconds" in str(data.problems[0])
    assert no_thread_left()


@pytest.mark.usefixtures("beside")
@pytest.mark.parametrize("spoil", ["PRAGMA writable_schema = ON", "x"])
def test_damage_found_beside_the_reading_is_one_sentence(store: Path, spoil: str) -> None:
    raw = bytearray(store.read_bytes())
    page = int.from_bytes(raw[16:18], "big")
    for number in range(5, len(raw) // page, 7 if spoil == "x" else 3):
        raw[number * page : number * page + 8] = b"\xff" * 8
    store.write_bytes(raw)
    with pytest.raises(StoreError, match="is damaged"):
        open_dataset(store)
    assert no_thread_left()
