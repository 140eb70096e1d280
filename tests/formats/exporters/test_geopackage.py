"""The GeoPackage: a store that holds the same records, which GDAL and QGIS read with their times."""

from __future__ import annotations

import json
import os
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from benchmarks.contestants import qgis
from viewer.domain.dates import iso, parse
from viewer.domain.imports import ImportRun, Origin
from viewer.domain.records import Records
from viewer.session.exporting import GEOPACKAGE, Asked, asked_in, asked_of_all, export
from viewer.session.state import Filters, State, Time
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.writer import write_store

ON = "2026-11-22"
LOOK = Path(__file__).with_name("qgis_look.py")


@pytest.fixture
def part(tmp_path: Path) -> Iterator[Callable[[DataSet, Asked], DataSet]]:
    """What is exported, opened as a store."""
    made: list[DataSet] = []

    def exported(data: DataSet, asked: Asked) -> DataSet:
        path = tmp_path / f"part-{len(made)}.gpkg"
        export(data, asked, GEOPACKAGE, path, ON)
        made.append(open_dataset(path))
        return made[-1]

    yield exported
    for data in made:
        data.close()


def everything(data: DataSet) -> Asked:
    return asked_of_all(data, Filters(), claims=True)


@pytest.mark.parametrize("name", ["small", "builtin"])
def test_everything_comes_back_the_same(
    name: str, request: pytest.FixtureRequest, part: Callable[[DataSet, Asked], DataSet]
) -> None:
    data: DataSet = request.getfixturevalue(name)
    copy = part(data, everything(data))

    assert copy.problems == ()
    assert sorted(copy.events.keys) == sorted(data.events.keys)
    for mine, other in zip(copy.reader.dossiers(data.events.keys), data.reader.dossiers(data.events.keys), strict=True):
        assert mine.event == other.event
        for rows in ("places", "actors", "sources", "dates", "counts"):
            assert getattr(mine, rows) == getattr(other, rows)
        assert sorted(map(repr, mine.links)) == sorted(map(repr, other.links))
        assert set(mine.parts) == set(other.parts)
    assert copy.claims == data.claims
    for table in ("actors", "places", "sources"):
        known = getattr(data, table)
        assert all(known[key] == record for key, record in getattr(copy, table).items())
    named = {row.place for dossier in data.reader.dossiers(data.events.keys) for row in dossier.places}
    assert named <= copy.places.keys()
    assert set(copy.place_names) <= set(data.place_names)


def test_the_map_needs_nothing_more_of_it(small: DataSet, part: Callable[[DataSet, Asked], DataSet]) -> None:
    copy = part(small, everything(small))

    for key in small.events.keys:
        here, there = copy.events.row_of[key], small.events.row_of[key]
        assert np.array_equal(
            [copy.events.x[here], copy.events.y[here]], [small.events.x[there], small.events.y[there]], equal_nan=True
        )
    assert [copy.events.keys[row] for row in copy.finder.rows_with("Mayadeen strikes")] == [
        small.events.keys[row] for row in small.finder.rows_with("Mayadeen strikes")
    ]


def test_a_part_holds_what_it_names_and_no_more(small: DataSet, part: Callable[[DataSet, Asked], DataSet]) -> None:
    copy = part(small, asked_of_all(small, Filters(types=("raid",))))

    assert list(copy.events.keys) == ["undated"]
    assert (set(copy.actors), set(copy.claims)) == ({"brigade", "gov"}, set())
    assert set(copy.places) == {"dz", "dz-province", "syria"}
    assert {"n3", "n1"} == set(copy.sources)
    assert copy.meta.store_id != small.meta.store_id
    assert copy.meta.note.startswith(f"Part of \u201cA small data set\u201d, exported on {ON}: type raid.")


def test_what_leads_out_of_a_part_is_kept(small: DataSet, part: Callable[[DataSet, Asked], DataSet]) -> None:
    copy = part(small, Asked(["week-syria"]))

    dossier = copy.dossier("week-syria")
    assert dossier is not None and dossier.event.part_of == "week"


def test_gdal_finds_days_figures_and_whom_to_name(builtin: DataSet, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    export(builtin, everything(builtin), GEOPACKAGE, path, ON)

    layers = {str(name): kind for name, kind in pyogrio.list_layers(path)}
    assert layers["event"] == "Point"
    assert {"place", "control_claim", "holding", "source", "event_source"} <= layers.keys()
    assert "route" not in layers
    info = pyogrio.read_info(path, layer="event")
    types = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert (types["start"], types["end"], types["killed_low"]) == ("datetime64[D]", "datetime64[D]", "float64")
    assert builtin.meta.attribution in info["dataset_metadata"]["GPKG_METADATA_ITEM_1"]
    assert builtin.meta.attribution in info["layer_metadata"]["DESCRIPTION"]
    meta, _, _, columns = pyogrio.raw.read(path, layer="event", columns=["key", "start", "end"], read_geometry=False)
    table = dict(zip(meta["fields"], columns, strict=True))
    told = {event.key: event.date for event in builtin.reader.all("event")}
    for key, start, end in zip(table["key"], table["start"], table["end"], strict=True):
        known = [None if np.isnat(day) else str(day) for day in (start, end)]
        assert known == [iso(told[key].earliest), iso(told[key].latest)], key


def test_who_held_what_is_a_layer_with_places(small: DataSet, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    export(small, everything(small), GEOPACKAGE, path, ON)

    meta, _, shapes, columns = pyogrio.raw.read(path, layer="holding")
    rows = [dict(zip(meta["fields"], row, strict=True)) for row in zip(*columns, strict=True)]
    assert all(shape is not None for shape in shapes)
    mayadin = [(row["actors"], str(row["start"]), str(row["end"])) for row in rows if row["place"] == "Al-Mayadin"]
    assert mayadin[0] == ("Islamic State", "2014-07-14", "2017-10-13")


def test_what_is_held_by_a_claim_around_nothing_is_all_of_its_place(
    small_records: Records, tmp_path: Path
) -> None:
    flat = struct.pack("<BIII8d", 1, 3, 1, 4, 40.0, 34.0, 41.0, 35.0, 40.0, 34.0, 40.0, 34.0)
    held = []
    for number, outline in enumerate((None, flat)):
        (claim,) = [one for one in small_records.of("control_claim") if one.key == "a1"]
        claims = [replace(claim, place="dz-province", geometry=outline)]
        store, path = tmp_path / f"{number}.gpkg", tmp_path / f"part-{number}.gpkg"
        write_store(Records(small_records.meta, {**small_records.tables, "control_claim": claims}), store)
        with closing(open_dataset(store)) as data:
            export(data, everything(data), GEOPACKAGE, path, ON)
        _, _, (shape,), _ = pyogrio.raw.read(path, layer="holding")
        held.append(shape)

    assert held[0] == held[1] is not None


def test_which_import_brought_a_record_goes_with_it(small_records: Records, tmp_path: Path) -> None:
    runs = [
        ImportRun(key="r1", feed="ucdp", format="ucdp", attribution="Thank UCDP"),
        ImportRun(key="r2", feed="other", format="csv", attribution="Thank others"),
    ]
    origins = [
        Origin(of_table="event", of_key="undated", feed="ucdp", feed_id="7", run="r1"),
        Origin(of_table="event", of_key="week", feed="other", feed_id="8", run="r2"),
    ]
    store = tmp_path / "imported.gpkg"
    tables = {**small_records.tables, "import_run": runs, "origin": origins}
    write_store(Records(replace(small_records.meta, attribution="Thank us"), tables), store)
    with closing(open_dataset(store)) as data:
        export(data, Asked(["undated"]), GEOPACKAGE, tmp_path / "part.gpkg", ON)

    with closing(open_dataset(tmp_path / "part.gpkg")) as copy:
        assert copy.problems == ()
        assert copy.meta.attribution == "Thank us | Thank UCDP"
        assert copy.reader.all("origin") == origins[:1]
        assert copy.reader.all("import_run") == runs[:1]


@pytest.mark.skipif(not qgis.version(), reason="QGIS is not installed")
@pytest.mark.parametrize(
    ("begin", "end"), [("2017-12-22", "2017-12-28"), ("2017-12-09", "2017-12-09"), ("2017-12-08", "2017-12-08")]
)
def test_qgis_finds_its_times(small: DataSet, tmp_path: Path, begin: str, end: str) -> None:
    path = tmp_path / "a.gpkg"
    export(small, everything(small), GEOPACKAGE, path, ON)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [qgis.PYTHON, str(LOOK), str(path), begin, end, "event", "control_claim", "holding"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, timeout=60)
    told = json.loads(answer.stdout.splitlines()[-1])

    first, last = parse(begin).earliest or 0, parse(end).latest or 0
    shown = asked_in(small, State(time=Time(cursor=last, window_days=last - first + 1)))
    assert all(layer["valid"] and layer["active"] for layer in told.values())
    assert all(layer["fields"] == ["start", "end"] for layer in told.values())
    assert told["event"]["crs"] == "EPSG:4326"
    assert told["event"]["features"] == len(small.events)
    assert told["event"]["between"] == len(shown.keys)
