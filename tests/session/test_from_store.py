"""A store taken into another: equal records in an empty one, nothing changed in itself, updates where they differ."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from tests.formats.importers.reading import known_as
from tests.session.random_records import KEYED, data_sets, told
from viewer.domain.places import Place
from viewer.domain.records import Records
from viewer.geo.basemap import Basemap, read_basemap
from viewer.paths import resources_dir
from viewer.session.importing import Order, Summary, run_import
from viewer.store.dataset import open_dataset
from viewer.store.writer import write_store


@lru_cache(maxsize=1)
def basemap() -> Basemap:
    return read_basemap(resources_dir() / "basemap.bin")


def taken_in(file: Path, store: Path, **how: Any) -> Summary:
    summary = run_import(Order(file, store, "2026-01-01", **how), basemap(), {})
    tally = summary.tally
    assert tally.read == tally.added + tally.updated + tally.unchanged + tally.rejected
    return summary


def rows_of(store: Path) -> dict[str, list[str]]:
    with closing(open_dataset(store)) as data:
        assert not data.problems
        return told(data.reader)


def searched(store: Path) -> dict[str, set[str]]:
    """The words under which each event is found."""
    with closing(sqlite3.connect(store)) as db:
        return {key: set(text.split()) for text, key in db.execute("SELECT text, key FROM search WHERE kind = 'event'")}


def hot(store: Path) -> list[Any]:
    with closing(sqlite3.connect(store)) as db:
        names = "key, lon, lat, location_precision, radius_m, place, actor, rival, amount, geom"
        return sorted(db.execute(f"SELECT {names} FROM event"), key=repr)


@settings(max_examples=15, phases=[Phase.generate])
@given(records=data_sets())
def test_any_store_gives_equal_records_in_an_empty_one_and_changes_nothing_in_itself(
    tmp_path: Path, records: Records
) -> None:
    source, empty, same = tmp_path / "source.gpkg", tmp_path / "empty.gpkg", tmp_path / "same.gpkg"
    empty.unlink(missing_ok=True)
    write_store(records, source)
    shutil.copy(source, same)
    number = sum(len(records.of(table)) for table in KEYED)
    first = taken_in(source, empty)
    assert (first.tally.added, first.tally.read) == (number, number)
    assert rows_of(empty) == rows_of(source) == told(records)
    assert hot(empty) == hot(source)
    assert searched(empty) == searched(source)
    for store in (same, empty):
        again = taken_in(source, store)
        assert (again.tally.unchanged, again.tally.updated, again.tally.added) == (number, 0, 0)
        assert rows_of(store) == told(records)


def test_the_small_store_is_known_by_its_content(small_store: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(small_store, tmp_path / "whatever.csv"))
    assert known_as(path) == "badia"


def test_a_store_that_differs_updates(small_records: Records, small_store: Path, tmp_path: Path) -> None:
    store = Path(shutil.copy(small_store, tmp_path / "store.gpkg"))
    tables = dict(small_records.tables)
    moved: Place = replace(next(one for one in tables["place"] if one.key == "mosul"), lon=43.2)
    tables["place"] = [moved if one.key == "mosul" else one for one in tables["place"]]
    tables["event"] = [replace(one, title="Anew") if one.key == "month" else one for one in tables["event"]]
    tables["event"] = [one for one in tables["event"] if one.key != "week-iraq"]
    tables["event_link"] = []
    other = Records(small_records.meta, {
        table: [one for one in rows if getattr(one, "event", "") != "week-iraq"] for table, rows in tables.items()
    })  # fmt: skip
    changed = tmp_path / "changed.gpkg"
    write_store(other, changed)
    summary = taken_in(changed, store)
    assert summary.tally.updated == 4, "a place, a title, and two events that lost a link"
    with closing(open_dataset(store)) as data:
        assert data.places["mosul"].lon == 43.2
        assert data.reader.where("event", "key", ["month"])[0].title == "Anew"
        assert "week-iraq" in data.events.row_of, "what the other store lacks stays"
        assert not data.problems
    with closing(sqlite3.connect(store)) as db:
        lon = db.execute("SELECT lon FROM event WHERE key = 'week-iraq'").fetchone()
        assert lon == (43.2,), "it moves with its place"
    summary = taken_in(small_store, store)
    assert summary.tally.updated == 5, "and the event that moved with its place"
    assert rows_of(store) == rows_of(small_store)


def test_rows_that_the_other_store_leaves_out_are_rejected(small_store: Path, tmp_path: Path) -> None:
    source = Path(shutil.copy(small_store, tmp_path / "source.gpkg"))
    with closing(sqlite3.connect(source)) as db:
        db.execute("UPDATE event SET type = 'nonsense' WHERE key = 'month'")
        db.commit()
    summary = taken_in(source, tmp_path / "new.gpkg")
    assert any("type 'nonsense'" in one.reason for one in summary.rejected)
    with closing(open_dataset(tmp_path / "new.gpkg")) as data:
        assert "month" not in data.events.row_of


def test_a_store_of_which_a_part_is_taken_leaves_no_loose_ends(small_store: Path, tmp_path: Path) -> None:
    source = Path(shutil.copy(small_store, tmp_path / "source.gpkg"))
    with closing(sqlite3.connect(source)) as db:
        db.execute("DELETE FROM event WHERE key = 'week'")
        db.commit()
    taken_in(source, tmp_path / "new.gpkg")
    with closing(open_dataset(tmp_path / "new.gpkg")) as data:
        assert not data.problems
        assert data.reader.where("event", "key", ["week-iraq"])[0].part_of == ""


def test_a_store_is_not_taken_into_itself(small_store: Path, tmp_path: Path) -> None:
    from viewer.store.errors import StoreError

    store = Path(shutil.copy(small_store, tmp_path / "store.gpkg"))
    with pytest.raises(StoreError, match="is the file that is imported"):
        taken_in(store, store)
