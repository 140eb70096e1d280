"""Rows that are written one by one, all at once, or by a process beside: the store is the same, or as it was."""

from __future__ import annotations

import csv
import gc
import sqlite3
import subprocess
import weakref
from contextlib import closing, suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from viewer.domain.records import TABLES, Meta
from viewer.geo.basemap import Basemap
from viewer.session import importing
from viewer.session.importing import Order, Summary, run_import
from viewer.store.dataset import open_dataset
from viewer.store.errors import StoreError
from viewer.store.intake import beside, bulk, working_copy, writing

HEAD = (
    "id", "type_of_violence", "side_a", "side_b", "source_article", "source_original", "where_prec",
    "where_coordinates", "adm_1", "latitude", "longitude", "country", "event_clarity", "date_start", "date_end",
    "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "low", "best", "high",
)  # fmt: skip
KINDS = (
    ("1", "Government of Iraq", "IS", '"Reuters,2014-01-24,Clashes"', "Police", "1", "Al-Fallūjah town", "1"),
    ("3", "IS", "Civilians", "", "", "4", "Al Anbār", "2"),
    ("2", "One, Two, Three", "Al-Four's", '"AFP,2014-01-25,A ""day"""; "AP,2014-01-25,Another"', "", "2", "Qā`im", "1"),
    ("1", "Government of Syria", "IS", "told by somebody", "Médecins", "7", "somewhere", "1"),
    ("9", "nobody", "nobody", "", "", "1", "nowhere", "1"),
)
FAILING = (
    "raise SystemExit(3)", "print('disk full')", "import sys; sys.stdin.buffer.read(); print('disk full')",
    "import sys; sys.stdin.buffer.read()",
)  # fmt: skip
NEVER, ALWAYS = 1 << 60, 0
WAYS = {"row by row": (0, NEVER), "without indexes": (NEVER, NEVER), "beside": (NEVER, ALWAYS)}
"""How much larger than the file a store may be to go without indexes, and from how many bytes on a process helps."""


def choose(way: str, patch: pytest.MonkeyPatch) -> None:
    few, many = WAYS[way]
    patch.setattr(writing, "FEW_OF", few)
    patch.setattr(writing, "MANY_BYTES", many)


def ged(path: Path, rows: int, first: int = 1) -> Path:
    """Rows in UCDP's columns, of several kinds in turn, of which one cannot be read."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for number, kind in zip(range(first, first + rows), cycle(KINDS), strict=False):
            violence, a, b, article, witness, exactness, where, clarity = kind
            day, dead = f"2014-01-{number % 28 + 1:02}", number % 7
            writer.writerow((
                number, violence, a, b, article, witness, exactness, where, "Al Anbār province", "33.35", "43.78",
                "Iraq", clarity, day, day, dead, 0, 0, 0, 0, dead, dead + 1,
            ))  # fmt: skip
    return path


def taken_in(file: Path, store: Path, basemap: Basemap, **more: Any) -> Summary:
    return run_import(Order(file, store, "2026-01-01"), basemap, {}, **more)


def everything(store: Path) -> dict[str, list[Any]]:
    """Every row of every table, but for what names this run, and how it is laid out."""
    with closing(sqlite3.connect(store)) as db:
        found = {table: db.execute(f'SELECT * FROM "{table}"').fetchall() for table in (*TABLES, "gpkg_contents")}
        found["search"] = db.execute("SELECT rowid, text, kind, key FROM search").fetchall()
        found["settings"] = db.execute("SELECT * FROM search_config").fetchall()
        found["schema"] = sorted(db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"), key=repr)
        db.execute("INSERT INTO search (search) VALUES ('integrity-check')")
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    found["import_run"] = [row[2:] for row in found["import_run"]]
    found["origin"] = [(*row[:5], row[6]) for row in found["origin"]]
    return found


def left_behind(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("filled", [False, True])
def test_the_store_is_the_same_in_whichever_way_rows_are_written(
    tmp_path: Path, basemap: Basemap, monkeypatch: pytest.MonkeyPatch, filled: bool
) -> None:
    file, found = ged(tmp_path / "ged.csv", 2000), {}
    for way in WAYS:
        store = tmp_path / f"{way}.gpkg"
        if filled:
            run_import(Order(ged(tmp_path / "old.csv", 40, 9000), store, "2026-01-01", feed="another"), basemap, {})
        with monkeypatch.context() as patch:
            choose(way, patch)
            summary = taken_in(file, store, basemap)
        tally = summary.tally
        assert (tally.read, tally.added, tally.rejected) == (2000, 1600, 400)
        with closing(open_dataset(store)) as data:
            assert not data.problems
        found[way] = everything(store), summary.matches, summary.remarks, summary.rejected, summary.twins, tally
    assert found["row by row"] == found["without indexes"] == found["beside"]
    assert not left_behind(tmp_path)


def test_what_was_written_beside_is_unchanged_the_next_time(
    tmp_path: Path, basemap: Basemap, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose("beside", monkeypatch)
    file, store = ged(tmp_path / "ged.csv", 50), tmp_path / "new.gpkg"
    taken_in(file, store, basemap)
    before = everything(store)
    tally = taken_in(file, store, basemap).tally
    assert (tally.unchanged, tally.added, tally.updated) == (40, 0, 0)
    after = everything(store)
    assert {table for table in after if after[table] != before[table]} == {"import_run"}


@pytest.mark.parametrize("share", [0.11, 0.5, 0.96])
def test_whoever_stops_what_goes_on_beside_leaves_nothing_running(
    tmp_path: Path, basemap: Basemap, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    choose("beside", monkeypatch)
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *told: Any, **more: Any) -> None:
            super().__init__(*told, **more)
            started.append(self)

    monkeypatch.setattr(beside.subprocess, "Popen", Noted)

    def stop(now: float) -> None:
        if now >= share:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taken_in(ged(tmp_path / "ged.csv", 9000), tmp_path / "new.gpkg", basemap, progress=stop)
    assert [process.returncode is not None for process in started] == [True]
    assert [path.name for path in tmp_path.iterdir()] == ["ged.csv"]


@pytest.mark.parametrize("start", FAILING)
def test_a_writing_process_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, basemap: Basemap, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    choose("beside", monkeypatch)
    store = tmp_path / "new.gpkg"
    taken_in(ged(tmp_path / "one.csv", 5), store, basemap)
    before = store.read_bytes()
    monkeypatch.setattr(beside, "_START", start)
    order = Order(ged(tmp_path / "two.csv", 3000, 100), store, "2026-01-01", feed="another")
    with pytest.raises(StoreError, match="disk full" if "disk" in start else "ended"):
        run_import(order, basemap, {})
    assert store.read_bytes() == before
    assert not left_behind(tmp_path)


def test_without_a_second_process_this_one_writes(
    tmp_path: Path, basemap: Basemap, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose("beside", monkeypatch)
    monkeypatch.setattr(beside.sys, "executable", str(tmp_path / "nothing"))
    assert taken_in(ged(tmp_path / "ged.csv", 10), tmp_path / "new.gpkg", basemap).tally.added == 8


def test_whoever_stops_while_the_disk_takes_it_finds_no_new_store(
    tmp_path: Path, basemap: Basemap, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(working_copy.os, "fsync", synced.append)

    def stop(now: float) -> None:
        if synced:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taken_in(ged(tmp_path / "ged.csv", 20), tmp_path / "new.gpkg", basemap, progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["ged.csv"]


def test_making_indexes_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "SECONDS", 0.0)
    copy = working_copy.Copy(tmp_path / "new.gpkg", Meta(store_id="one", title="One"))
    dropped = bulk.without_indexes(copy.db)
    keys = [(f"event {number * 7919 % 100_000}",) for number in range(100_000)]
    copy.db.executemany('INSERT INTO event ("key") VALUES (?)', keys)
    asked = 0

    class Stopped(Exception):
        pass

    def stop() -> None:
        nonlocal asked
        asked += 1
        if asked > 3:
            raise Stopped

    with pytest.raises(Stopped):
        bulk.make_indexes(copy.db, dropped, stop)
    copy.db.close()


@pytest.mark.parametrize("stopped", [False, True])
def test_what_an_import_made_goes_with_it(
    tmp_path: Path, basemap: Basemap, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    made: list[weakref.ref[Any]] = []

    class Watched(importing.Landing):
        def __init__(self, *told: Any) -> None:
            super().__init__(*told)
            made.append(weakref.ref(self))

        def land(self, drafts: Any) -> Any:
            if stopped:
                raise StoreError("stopped")
            return super().land(drafts)

    monkeypatch.setattr(importing, "Landing", Watched)
    file = tmp_path / "rows.csv"
    file.write_text("date,place,lat,lon,type\n2017-02-03,Hajin,34.69,40.83,strike\n", encoding="utf-8")
    gc.disable()  # in the window others collect, in its own thread
    try:
        with suppress(StoreError):
            run_import(Order(file, tmp_path / "s.gpkg", "2026-01-01"), basemap, {})
        assert [one() for one in made] == [None]
    finally:
        gc.enable()
