"""Exports of events taken back: JSON and GeoJSON give equal records, CSV all that its cells hold."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from tests.formats.importers.reading import known_as
from tests.session.random_records import data_sets, told
from viewer import cli
from viewer.domain.records import EVENT_PARTS, Records
from viewer.geo.basemap import Basemap, read_basemap
from viewer.paths import resources_dir
from viewer.session.importing import Order, Summary, run_import
from viewer.store.dataset import open_dataset
from viewer.store.writer import write_store

HELD = ("event", *EVENT_PARTS)
LOST_IN_CSV = ("caveats",)


@lru_cache(maxsize=1)
def basemap() -> Basemap:
    return read_basemap(resources_dir() / "basemap.bin")


def taken_in(file: Path, store: Path) -> Summary:
    store.unlink(missing_ok=True)
    summary = run_import(Order(file, store, "2026-01-01"), basemap(), {})
    assert not summary.rejected, summary.rejected[0]
    return summary


def rows_of(store: Path) -> dict[str, list[str]]:
    with closing(open_dataset(store)) as data:
        assert not data.problems
        found = told(data.reader)
        return {table: found[table] for table in HELD}


@pytest.fixture
def exported(capsys: pytest.CaptureFixture[str]) -> Callable[[Path, Path, str], Path]:
    """What the command line prints of the events of a store, as a file."""

    def export(store: Path, path: Path, kind: str) -> Path:
        capsys.readouterr()
        assert cli.run(["events", str(store), "--format", kind]) == 0
        path.write_text(capsys.readouterr().out, encoding="utf-8", newline="")
        return path

    return export


@settings(max_examples=15, phases=[Phase.generate])
@given(records=data_sets())
def test_any_events_come_back_equal(tmp_path: Path, exported: Any, records: Records) -> None:
    store, back = tmp_path / "store.gpkg", tmp_path / "back.gpkg"
    write_store(records, store)
    for kind in ("json", "geojson"):
        file = exported(store, tmp_path / f"events.{kind}", kind)
        if records.of("event"):
            assert known_as(file) == "badia-events"
            taken_in(file, back)
            assert rows_of(back) == rows_of(store)


@pytest.mark.parametrize("kind", ["json", "geojson"])
def test_the_built_in_events_come_back_equal(builtin_store: Path, tmp_path: Path, exported: Any, kind: str) -> None:
    back = tmp_path / "back.gpkg"
    file = exported(builtin_store, tmp_path / f"events.{kind}", kind)
    taken_in(file, back)
    assert rows_of(back) == rows_of(builtin_store)
    again = run_import(Order(file, back, "2026-01-02"), basemap(), {})
    assert again.tally.unchanged == again.tally.read


def test_a_table_of_the_built_in_events_comes_back_but_for_its_caveats(
    builtin_store: Path, tmp_path: Path, exported: Any
) -> None:
    file, back = exported(builtin_store, tmp_path / "events.csv", "csv"), tmp_path / "back.gpkg"
    assert known_as(file) == "badia-events"
    summary = taken_in(file, back)
    assert any("only rows of several places" in one.text for one in summary.remarks)
    before, after = (_cells(path) for path in (file, exported(back, tmp_path / "back.csv", "csv")))
    assert after == before


def _cells(path: Path) -> dict[str, dict[str, list[str]]]:
    """By event and column what a cell holds, in an order of its own."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["id"]: {name: sorted(cell.split("; ")) for name, cell in row.items() if name not in LOST_IN_CSV}
            for row in csv.DictReader(file)
        }


def test_an_export_updates_by_key(small_store: Path, tmp_path: Path, exported: Any) -> None:
    import shutil

    store = Path(shutil.copy(small_store, tmp_path / "store.gpkg"))
    file = exported(store, tmp_path / "events.json", "json")
    assert run_import(Order(file, store, "2026-01-01"), basemap(), {}).tally.unchanged == 12
    events = json.loads(file.read_text())
    next(one for one in events if one["id"] == "month")["title"] = "Anew"
    file.write_text(json.dumps(events))
    tally = run_import(Order(file, store, "2026-01-01"), basemap(), {}).tally
    assert (tally.updated, tally.unchanged) == (1, 11)
    with closing(open_dataset(store)) as data:
        assert data.reader.where("event", "key", ["month"])[0].title == "Anew"


def test_keys_tell_records_of_one_name_apart(small_records: Records, tmp_path: Path, exported: Any) -> None:
    tables = dict(small_records.tables)
    tables["place"] = [replace(one, name="Somewhere") for one in tables["place"]]
    tables["actor"] = [replace(one, name="Somebody") for one in tables["actor"]]
    store, back = tmp_path / "store.gpkg", tmp_path / "back.gpkg"
    write_store(Records(small_records.meta, tables), store)
    taken_in(exported(store, tmp_path / "events.json", "json"), back)
    assert rows_of(back) == rows_of(store)


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_lies_near_a_town_leaves_the_town_as_exact_as_it_is(
    small_store: Path, tmp_path: Path, exported: Any, kind: str
) -> None:
    back = tmp_path / "back.gpkg"
    taken_in(exported(small_store, tmp_path / f"events.{kind}", kind), back)
    with closing(open_dataset(back)) as data:
        assert data.places["mosul"].precision == "town"


def with_claims(store: Path, path: Path) -> Path:
    """All of a store that JSON holds, as a file."""
    assert cli.run(["export", str(path), str(store), "--claims"]) == 0
    return path


def claims_of(store: Path) -> list[str]:
    with closing(open_dataset(store)) as data:
        assert not data.problems
        return told(data.reader)["control_claim"]


@settings(max_examples=15, phases=[Phase.generate])
@given(records=data_sets())
def test_any_claims_come_back_equal(tmp_path: Path, capsys: Any, records: Records) -> None:
    store, file, back = tmp_path / "store.gpkg", tmp_path / "all.json", tmp_path / "back.gpkg"
    write_store(records, store)
    file.unlink(missing_ok=True)
    with_claims(store, file)
    if records.of("event") or records.of("control_claim"):
        assert known_as(file) == "badia-events"
        taken_in(file, back)
        assert (rows_of(back), claims_of(back)) == (rows_of(store), claims_of(store))


def test_the_built_in_claims_come_back_equal_with_the_areas_they_draw(
    builtin_store: Path, tmp_path: Path, capsys: Any
) -> None:
    file, back = with_claims(builtin_store, tmp_path / "all.json"), tmp_path / "back.gpkg"
    tally = taken_in(file, back).tally
    assert claims_of(back) == claims_of(builtin_store)
    assert any("b'" in one for one in claims_of(back))
    assert run_import(Order(file, back, "2026-01-02"), basemap(), {}).tally.unchanged == tally.added == tally.read
    with closing(open_dataset(builtin_store)) as data, closing(open_dataset(back)) as again:
        held = {claim.place for claim in data.claims if claim.place}
        for key in held:
            one, other = data.places[key], again.places[key]
            assert (one.name, one.lon, one.lat, one.precision, one.radius_m, one.kind) == (
                other.name, other.lon, other.lat, other.precision, other.radius_m, other.kind)  # fmt: skip


def test_a_claim_that_was_spoilt_is_rejected_mended_and_taken_in(
    small_store: Path, tmp_path: Path, capsys: Any
) -> None:
    file, back = with_claims(small_store, tmp_path / "all.json"), tmp_path / "back.gpkg"
    whole = json.loads(file.read_text("utf-8"))
    first, second, *_, last = whole["control_claims"]
    first["class"], second["source"], last["geometry"] = "owned", None, {"type": "Point", "coordinates": [1]}
    file.write_text(json.dumps(whole), encoding="utf-8")
    summary = run_import(Order(file, back, "2026-01-01"), basemap(), {})
    assert [one.reason.partition(":")[0] for one in summary.rejected] == ["control", "source", "geometry"]
    assert summary.rejects is not None and known_as(summary.rejects) == "badia-events"
    kept = json.loads(summary.rejects.read_text("utf-8"))
    for one in kept:
        claim = json.loads(one["row"][0])
        claim |= {"class": "control", "geometry": None, "source": claim["source"] or {"id": "n1"}}
        one["row"] = [json.dumps(claim)]
    summary.rejects.write_text(json.dumps(kept), encoding="utf-8")
    assert run_import(Order(summary.rejects, back, "2026-01-02"), basemap(), {}).tally.added == 3
    assert len(claims_of(back)) == len(claims_of(small_store))


def test_claims_in_force_on_a_day_are_no_export(small_store: Path, tmp_path: Path, capsys: Any) -> None:
    assert cli.run(["control", str(small_store), "--on", "2017-12-25", "--format", "json"]) == 0
    file = tmp_path / "held.json"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert known_as(file) != "badia-events"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("id", "", "id: is empty"),
        ("type", "nonsense", "'nonsense' is none of"),
        ("date", "soon", "no EDTF date"),
        ("places", "x", "no list of objects"),
        ("title", 5, "no text"),
        ("counts", [{"measure": "killed", "value": "many"}], "no number"),
    ],
)
def test_an_event_that_was_spoilt_is_rejected(
    small_store: Path, tmp_path: Path, exported: Any, field: str, value: Any, said: str
) -> None:
    file = exported(small_store, tmp_path / "events.json", "json")
    events = json.loads(file.read_text())
    events[0][field] = value
    file.write_text(json.dumps(events))
    summary = run_import(Order(file, tmp_path / "new.gpkg", "2026-01-01"), basemap(), {})
    assert [one.line for one in summary.rejected] == [1]
    assert said in summary.rejected[0].reason
