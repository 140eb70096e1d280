"""A generated store is what the writer itself would have made of the same records, so that benchmarks measure Badia."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.generator import store, write
from benchmarks.plan import FOLDER, Plan
from viewer.domain.records import TABLES, Records
from viewer.store.dataset import open_dataset
from viewer.store.schema import META_TABLE, SEARCH_TABLE
from viewer.store.writer import write_store

PLANS = (Plan(600), Plan(300, at="point"), Plan(300, on="2017-11-17"), Plan(50, areas=30, vertices=40))
SCATTERED = {"lon", "lat", "geom"}
"""What the generator decides for each event of a town; the writer would put them all on the town's own point."""


def everything(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but where events lie."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    try:
        found = {
            table: [dict(row) for row in db.execute(f'SELECT * FROM "{table}"')]
            for table in (*TABLES, META_TABLE, SEARCH_TABLE)
        }
    finally:
        db.close()
    found["event"] = [{k: v for k, v in row.items() if k not in SCATTERED} for row in found["event"]]
    return found


def indexes(path: Path) -> set[tuple[str, str]]:
    """The indexes and tables of a store."""
    db = sqlite3.connect(path)
    try:
        return set(db.execute("SELECT name, sql FROM sqlite_schema").fetchall())
    finally:
        db.close()


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_is_what_the_writer_makes(plan: Plan, tmp_path: Path) -> None:
    write(plan, tmp_path / "generated.gpkg")
    data = open_dataset(tmp_path / "generated.gpkg")
    try:
        assert data.problems == ()
        assert len(data.events) == plan.events
        records = Records(data.meta, {table: data.reader.all(table) for table in TABLES})
    finally:
        data.close()
    write_store(records, tmp_path / "written.gpkg")
    generated, written = everything(tmp_path / "generated.gpkg"), everything(tmp_path / "written.gpkg")
    for table, rows in written.items():
        assert generated[table] == rows, table
    assert indexes(tmp_path / "generated.gpkg") == indexes(tmp_path / "written.gpkg")


def test_same_plan_gives_the_same_events(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(Plan(200), tmp_path / name)
    assert everything(tmp_path / "one") == everything(tmp_path / "two")
    write(Plan(200, seed=2), tmp_path / "three")
    assert everything(tmp_path / "one")["event"] != everything(tmp_path / "three")["event"]


def test_is_kept_between_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    first = store(Plan(20))
    stamp = first.stat().st_mtime_ns
    assert store(Plan(20)) == first
    assert first.stat().st_mtime_ns == stamp
    assert store(replace(Plan(20), seed=3)) != first
    assert {path.suffix for path in tmp_path.iterdir()} == {".gpkg"}


def test_without_search(tmp_path: Path) -> None:
    write(Plan(20, texts="short", search=False), tmp_path / "short.gpkg")
    data = open_dataset(tmp_path / "short.gpkg")
    assert len(data.events) == 20
    data.close()
