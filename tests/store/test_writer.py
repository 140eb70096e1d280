"""What is written: the same records back, the same bytes each time, and a GeoPackage to everybody else."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.domain.dates import UNDATED, parse
from viewer.domain.events import Event, EventActor, EventPlace
from viewer.domain.fields import fields_of
from viewer.domain.places import Place, Route
from viewer.domain.records import TABLES, Meta, Records
from viewer.domain.sources import Source
from viewer.geo.shapes import wkt_to_wkb
from viewer.store import schema
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.hot import hot_values
from viewer.store.writer import write_store

FEATURES = ("place", "event", "control_claim", "route")


def test_what_was_written_is_read_back(small: DataSet, small_records: Records) -> None:
    assert small.meta == small_records.meta
    for table in TABLES:
        assert small.reader.all(table) == small_records.of(table), table
    assert small.problems == ()


def test_the_built_in_data_set_comes_back_whole(builtin: DataSet) -> None:
    from viewer.formats.textset import read_text_set

    records, _ = read_text_set(Path(__file__).parents[2] / "data")
    for table in TABLES:
        assert builtin.reader.all(table) == records.of(table), table


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
keys = st.sampled_from(["k1", "k2", "k3"])
numbers = st.none() | st.integers(0, 10**6).map(float) | st.floats(0, 1e9)
DATES = ("", "2017", "2017-11", "2017-12-22/2017-12-28", "../2019-01-30~", "2017-06~/..", "2017-1X", "2017-24?")
SHAPES = ("LINESTRING (40 35, 41 36)", "POLYGON ((40 35, 41 35, 41 36, 40 35))", "MULTIPOINT ((40 35), (41 36))")


def _values(table: str, name: str) -> st.SearchStrategy[Any]:
    about = fields_of(TABLES[table])[name]
    degrees = {"lon": st.floats(-180, 180), "lat": st.floats(-90, 90)}
    if about.kind == "geometry":
        return st.none() | st.sampled_from([wkt_to_wkb(text) for text in SHAPES])
    found: dict[str, st.SearchStrategy[Any]] = {
        "key": keys, "ref": keys, "refs": keys, "term": st.sampled_from(about.terms or ("",)), "real": numbers,
        "flag": st.booleans(), "date": st.sampled_from(DATES).map(parse), "edtf": st.sampled_from(DATES),
        "text": texts, "long": texts, "integer": st.none() | st.integers(0, 9),
    }  # fmt: skip
    chosen = degrees.get(name, found[about.kind])
    return (
        chosen.filter(lambda text: bool(text.strip(" ")))
        if about.required and about.kind in ("text", "long", "edtf")
        else chosen
    )


def _records(table: str) -> st.SearchStrategy[Any]:
    record = TABLES[table]
    values = {name: _values(table, name) for name in fields_of(record)}
    built = st.builds(record, **values)
    return st.lists(built, min_size=3 if "key" in values else 0, max_size=3).map(_with_keys)


def _with_keys(rows: list[Any]) -> list[Any]:
    """Keys k1 to k3, each once; a place with both coordinates or none."""
    fixed = []
    for number, row in enumerate(rows, start=1):
        changes: dict[str, Any] = {"key": f"k{number}"} if hasattr(row, "key") else {}
        fixed.append(dataclasses.replace(row, **changes))
    return fixed


@settings(max_examples=15)
@given(st.fixed_dictionaries({table: _records(table) for table in TABLES}))
def test_any_records_come_back_as_they_were(tmp_path: Path, tables: dict[str, list[Any]]) -> None:
    written = Records(Meta("id", "A title"), tables)
    path = tmp_path / "any.gpkg"
    write_store(written, path)
    data = open_dataset(path)
    try:
        assert data.problems == ()
        assert {table: data.reader.all(table) for table in TABLES} == {t: written.of(t) for t in TABLES}
    finally:
        data.close()


def test_two_builds_are_the_same_bytes(small_records: Records, small_store: Path, tmp_path: Path) -> None:
    write_store(small_records, tmp_path / "again.gpkg")
    assert (tmp_path / "again.gpkg").read_bytes() == small_store.read_bytes()


def test_the_old_file_stays_when_the_new_one_cannot_be_finished(small_records: Records, tmp_path: Path) -> None:
    path = tmp_path / "store.gpkg"
    path.write_bytes(b"what was there")
    source = small_records.of("source")[0]
    with pytest.raises(StoreError, match=r"the records cannot be stored .*mend them and build again"):
        write_store(Records(small_records.meta, {"source": [source, source]}), path)
    broken = dataclasses.replace(source, title="\ud800")
    with pytest.raises(StoreError, match="the records cannot be stored"):
        write_store(Records(small_records.meta, {"source": [broken]}), path)
    assert path.read_bytes() == b"what was there"
    assert [p.name for p in tmp_path.iterdir()] == ["store.gpkg"]


def test_a_place_that_cannot_be_written_to_is_named(small_records: Records, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be written .*choose another folder"):
        write_store(small_records, tmp_path / "absent" / "store.gpkg")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        write_store(small_records, tmp_path / "folder")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def test_an_empty_data_set_is_a_store(tmp_path: Path) -> None:
    write_store(Records(Meta("id", "Nothing yet")), tmp_path / "empty.gpkg")
    data = open_dataset(tmp_path / "empty.gpkg")
    assert (len(data.events), data.problems, data.meta.title) == (0, (), "Nothing yet")
    assert data.finder.find("anything") == []
    data.close()


# --- a GeoPackage to everybody else


@pytest.mark.parametrize("which", ["small_store", "builtin_store"])
def test_gdal_lists_every_table_with_its_geometry_and_count(which: str, request: pytest.FixtureRequest) -> None:
    """Warnings are errors here, so GDAL has nothing to complain of either."""
    path: Path = request.getfixturevalue(which)
    layers = {str(name): kind for name, kind in pyogrio.list_layers(path)}
    assert set(layers) == set(TABLES)
    db = sqlite3.connect(path)
    for table in TABLES:
        (number,) = db.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        info = pyogrio.read_info(path, layer=table, force_feature_count=True)
        assert info["features"] == number, table
        if table in FEATURES:
            assert info["crs"] == "EPSG:4326"
            assert info["geometry_name"] == "geom"
            assert info["fid_column"] == "id"
        else:
            assert layers[table] is None
    db.close()
    assert layers["event"] == "Point"
    assert layers["route"] == "LineString"


def test_gdal_reads_the_geometry_that_was_written(small_store: Path, small: DataSet) -> None:
    info, _, wkbs, _ = pyogrio.raw.read(small_store, layer="place", columns=["key"])
    del info
    assert sum(wkb is not None for wkb in wkbs) == 6
    _, _, points, (names,) = pyogrio.raw.read(small_store, layer="event", columns=["key"])
    placed = {key for key, wkb in zip(names, points, strict=True) if wkb is not None}
    assert placed == {key for key, x in zip(small.events.keys, small.events.placed, strict=True) if x}


def test_the_essentials_of_a_geopackage(small_store: Path) -> None:
    db = sqlite3.connect(small_store)
    assert db.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    assert db.execute("PRAGMA user_version").fetchone() == (10300,)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert {row[0] for row in db.execute("SELECT srs_id FROM gpkg_spatial_ref_sys")} == {-1, 0, 4326}
    contents = {row[0]: row[1:] for row in db.execute("SELECT table_name, data_type, srs_id FROM gpkg_contents")}
    assert contents == {t: ("features", 4326) if t in FEATURES else ("attributes", None) for t in TABLES}
    kinds = dict(db.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns"))
    assert kinds == schema.GEOMETRY
    changed = {row[0] for row in db.execute("SELECT last_change FROM gpkg_contents")}
    assert changed == {"2019-03-31T00:00:00.000Z"}
    assert not db.execute("SELECT name FROM sqlite_schema WHERE type IN ('view', 'trigger')").fetchall()
    db.close()


@pytest.mark.parametrize(
    ("table", "extent"),
    [
        ("place", (39.0, 34.4, 43.13, 36.34)),
        ("event", (40.1408, 34.4506, 43.13, 36.34)),
        ("control_claim", (40.8, 34.4, 41.0, 34.6)),
        ("route", (40.14, 34.45, 40.92, 35.33)),
        ("source", (None, None, None, None)),
    ],
)
def test_extents_hold_the_whole_geometry_not_only_its_points(
    small_store: Path, table: str, extent: tuple[float | None, ...]
) -> None:
    db = sqlite3.connect(small_store)
    query = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?"
    assert db.execute(query, (table,)).fetchone() == extent
    db.close()


def test_a_table_of_mixed_geometry_says_so(tmp_path: Path) -> None:
    lines = "MULTILINESTRING ((40 35, 41 36), (42 35, 43 36))"
    routes = [Route(key="r", name="Two roads", geometry=wkt_to_wkb(lines), source="s")]
    path = tmp_path / "lines.gpkg"
    write_store(
        Records(Meta("id", "t", as_of="soon"), {"source": [Source(key="s", publisher="p")], "route": routes}), path
    )
    db = sqlite3.connect(path)
    kind = "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = 'route'"
    assert db.execute(kind).fetchone() == ("GEOMETRY",)
    assert db.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall() == [("1970-01-01T00:00:00.000Z",)]
    db.close()


# --- what the map needs without a join


def _hot(places: list[EventPlace], actors: list[EventActor] | None = None) -> dict[str, Any]:
    known = [
        Place(key="town", name="Town", lon=40.0, lat=35.0, radius_m=100.0),
        Place(key="province", name="Province", lon=41.0, lat=36.0, precision="province", radius_m=9e4),
        Place(key="nowhere", name="Nowhere", precision="unknown"),
    ]
    tables = {"place": known, "event": [Event(key="e", title="t", type="raid")], "event_place": places,
              "event_actor": actors or []}  # fmt: skip
    return hot_values(Records(Meta("id", "t"), tables))["e"]


def test_an_event_stands_at_its_first_located_place() -> None:
    row = _hot([EventPlace(event="e", place="province", role="from"), EventPlace(event="e", place="town")])
    assert (row["place"], row["lon"], row["lat"], row["location_precision"]) == ("town", 40.0, 35.0, "town")
    row = _hot([EventPlace(event="e", place="nowhere"), EventPlace(event="e", place="province", role="near")])
    assert (row["place"], row["location_precision"]) == ("province", "province")
    row = _hot([EventPlace(event="e", place="nowhere")])
    assert (row["place"], row["lon"], row["location_precision"]) == ("nowhere", None, "unknown")
    assert _hot([])["place"] == ""


def test_near_a_pin_is_no_pin_and_the_record_knows_better_than_the_place() -> None:
    assert _hot([EventPlace(event="e", place="town", role="near")])["location_precision"] == "near"
    row = _hot([EventPlace(event="e", place="town", precision="area", radius_m=5000.0)])
    assert (row["location_precision"], row["radius_m"]) == ("area", 5000.0)
    assert _hot([EventPlace(event="e", place="town")])["radius_m"] == 100.0


def test_two_suspects_make_a_rival_and_two_allies_do_not() -> None:
    def actor(key: str, certainty: str, role: str = "perpetrator") -> EventActor:
        return EventActor(event="e", actor=key, role=role, certainty=certainty)

    row = _hot([], [actor("t", "established", "target"), actor("a", "alleged"), actor("b", "claimed")])
    assert (row["actor"], row["rival"]) == ("b", "a")
    row = _hot([], [actor("a", "established"), actor("b", "established")])
    assert (row["actor"], row["rival"]) == ("a", "")
    row = _hot([], [actor("a", "alleged"), actor("a", "claimed")])
    assert (row["actor"], row["rival"]) == ("a", "")


def test_a_tally_shows_its_number_and_a_single_event_none(small: DataSet) -> None:
    amount = dict(zip(small.events.keys, small.events.amount.tolist(), strict=True))
    assert (amount["week"], amount["week-iraq"]) == (34, 6)
    assert amount["month"] != amount["month"]
    assert UNDATED.precision == "unknown"


def test_a_place_on_the_equator_comes_back_without_an_outline(tmp_path: Path) -> None:
    """SQLite keeps no minus zero, so the point is not the same bytes as the two numbers beside it."""
    places = [Place(key="k", name="Null Island", lon=-0.0, lat=-0.0)]
    write_store(Records(Meta("id", "t"), {"place": places}), tmp_path / "zero.gpkg")
    data = open_dataset(tmp_path / "zero.gpkg")
    assert [*data.places.values()] == places
    data.close()
