"""GeoJSON as events: what each feature tells, how exact it is, and what is wrong with it in one sentence."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.importers.reading import (
    area,
    collection,
    drafts,
    feature,
    known_as,
    place_of,
    point,
    read,
    reasons,
    remarks,
)
from viewer.domain.dates import parse
from viewer.domain.drafts import ActorMention, SourceMention
from viewer.formats import json_stream
from viewer.formats.importers.geojson import GeoJsonImporter
from viewer.formats.infile import InFile, ReadError

IMPORTER = GeoJsonImporter()


def one(tmp_path: Path, geometry: Any = None, **properties: Any) -> Any:
    (draft,) = drafts(read(IMPORTER, collection(tmp_path / "a.geojson", feature(geometry, **properties))))
    return draft


def refused(tmp_path: Path, geometry: Any, **properties: Any) -> str:
    items = read(IMPORTER, collection(tmp_path / "a.geojson", feature(geometry, **properties), feature(point(), a=1)))
    assert len(drafts(items)) == 1, "the feature behind it is read"
    return reasons(items)[1]


def test_a_point_is_told_with_all_its_properties(tmp_path: Path) -> None:
    draft = one(
        tmp_path, point(), event_id=7.0, Title="Clash", Date="2017-11-03T05:30:00Z", Event_Type="Airstrike",
        actor="Group A; Group B", target="C", source="A paper", url="http://example.org/x", location="Deir ez-Zor",
        fatalities=3, wounded="2", description="What\nhappened", country="Syria",
    )  # fmt: skip
    assert draft.id == "7"
    assert draft.values["date"] == parse("2017-11-03")
    assert draft.values["date_wording"] == "2017-11-03 05:30:00Z"
    assert (draft.values["title"], draft.values["type"], draft.values["country"]) == ("Clash", "strike", "SY")
    assert draft.values["summary"] == "What\nhappened"
    rows: dict[str, list[Any]] = {}
    for table, row in draft.parts:
        rows.setdefault(table, []).append(row)
    assert [(row["actor"], row["role"]) for row in rows["event_actor"]] == [
        (ActorMention("Group A"), "party"), (ActorMention("Group B"), "party"),
        (ActorMention("C"), "target"),
    ]  # fmt: skip
    assert [(row["measure"], row["value"]) for row in rows["count"]] == [("killed", 3), ("injured", 2)]
    assert rows["event_source"][1]["source"] == SourceMention(
        "A paper", reference="http://example.org/x", kind="article"
    )
    assert rows["event_source"][0]["source"].publisher == "a"
    place = place_of(draft)
    assert (place.name, place.lon, place.lat, place.precision, place.geometry) == (
        "Deir ez-Zor", 40.14, 35.33, "exact", None,
    )  # fmt: skip


def test_a_line_or_an_area_is_a_place_with_that_geometry_and_no_pin(tmp_path: Path) -> None:
    place = place_of(one(tmp_path, area(), name="Sweep"))
    assert (place.precision, place.kind) == ("area", "area")
    assert place.geometry is not None
    outline = shapely.from_wkb(place.geometry)
    assert outline.equals(shapely.geometry.shape(area()))
    assert outline.contains(shapely.Point(place.lon, place.lat))
    road = place_of(one(tmp_path, {"type": "LineString", "coordinates": [[40, 35], [41, 36]]}, name="Road"))
    assert (road.precision, road.kind) == ("line", "line")
    several = place_of(one(tmp_path, {"type": "MultiPoint", "coordinates": [[40, 35], [41, 36]]}, name="Two"))
    assert several.precision == "area"
    assert several.geometry is not None


@pytest.mark.parametrize(
    ("told", "edtf"),
    [
        ({"date": "2017-11"}, "2017-11"),
        ({"date": 2017}, "2017"),
        ({"date": "20171103"}, "2017-11-03"),
        ({"date": "3 Nov 2017"}, "2017-11-03"),
        ({"date": "November 3, 2017"}, "2017-11-03"),
        ({"date": "11/23/2017"}, "2017-11-23"),
        ({"date": "23.11.2017"}, "2017-11-23"),
        ({"date": 1509667200000}, "2017-11-03"),
        ({"start": "2017-11-01", "end": "2017-11-03"}, "2017-11-01/2017-11-03"),
        ({"start": "2017-11-01", "end": "2017-11-01"}, "2017-11-01"),
        ({"start": "2017-11-01", "end": None}, "2017-11-01/.."),
        ({"start": None, "end": "2017-11-01"}, "../2017-11-01"),
        ({"start": "2017-11-01"}, "2017-11-01"),
        ({"start": None, "end": None, "date": "2017-11-05"}, "2017-11-05"),
        ({"date": None}, ""),
    ],
)
def test_when(tmp_path: Path, told: dict[str, Any], edtf: str) -> None:
    assert one(tmp_path, point(), **told).values["date"] == parse(edtf)


def test_a_date_that_could_be_two_is_asked_about(tmp_path: Path) -> None:
    path = collection(tmp_path / "a.geojson", feature(point(), date="05/04/2017"))
    assert "order=day" in reasons(read(IMPORTER, path))[1]
    for order, edtf in (("day", "2017-04-05"), ("month", "2017-05-04")):
        (draft,) = drafts(read(IMPORTER, path, order=order))
        assert draft.values["date"] == parse(edtf)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"date": "31/02/2017"}, "no day"),
        ({"date": "2017-02-30"}, "no day of the calendar"),
        ({"start": "2017-03-01", "end": "2017-02-01"}, "ends before it starts"),
        ({"date": "soon"}, "is no date"),
        ({"date": 1e300}, "is no date"),
        ({"killed": "many"}, "no number"),
    ],
)
def test_a_value_that_says_nothing_is_rejected_with_its_name(tmp_path: Path, told: dict[str, Any], said: str) -> None:
    assert said in refused(tmp_path, point(), **told)


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (point(float("nan"), 35), "no finite number"),
        (point(float("inf"), 35), "no finite number"),
        (point(0, 0), "Gulf of Guinea"),
        (point(4_000_000, 3_500_000), "WGS 84"),
        (point(35, 140), "longitude comes first"),
        (point(200, 35), "no longitude and latitude"),
        (point("40.1", "35.2"), "no list of longitude"),
        (point(None, None), "no list of longitude"),
        (point(10**400, 1), "no list of longitude"),
        ({"type": "Point", "coordinates": 5}, "no list"),
        ({"type": "LineString", "coordinates": [[40, 35]]}, "a line of one point"),
        ({"type": "LineString", "coordinates": [[179, 35], [-179, 35]]}, "antimeridian"),
        (area((40, 35), (40, 35)), "three corners"),
        (area((40, 35), (41, 35), (40, 35), (40, 35)), "encloses nothing"),
        ({"type": "Circle", "coordinates": [1, 2]}, "of type 'Circle'"),
        ("POINT (1 2)", "no object"),
        ({"type": "GeometryCollection", "geometries": 5}, "no list"),
    ],
)
def test_a_geometry_that_is_none_is_rejected(tmp_path: Path, geometry: Any, said: str) -> None:
    assert said in refused(tmp_path, geometry, title="x")


def test_nested_collections_are_told(tmp_path: Path) -> None:
    geometry: Any = point()
    for _ in range(10):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    assert "nested deeper than 4" in refused(tmp_path, geometry)
    for _ in range(100):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    assert "nested deeper than 32" in refused(tmp_path, geometry)


def test_what_was_mended_is_remarked(tmp_path: Path) -> None:
    bow = area((40, 35), (41, 36), (41, 35), (40, 36), (40, 35))
    open_ring = area((40, 35), (41, 35), (41, 36))
    mixed = {"type": "GeometryCollection", "geometries": [point(), area()]}
    high = {"type": "Point", "coordinates": [40, 35, 200]}
    path = collection(tmp_path / "a.geojson", *(feature(one, name="x") for one in (bow, open_ring, mixed, high, None)))
    items = read(IMPORTER, path)
    told = " ".join(remarks(items))
    assert len(drafts(items)) == 5
    for said in ("crosses itself", "was closed", "are mixed", "height was left out"):
        assert said in told
    mended = place_of(drafts(items)[0]).geometry
    assert mended is not None
    assert shapely.from_wkb(mended).is_valid
    assert "event_place" not in [table for table, _ in drafts(items)[4].parts], "nobody says where"


def test_a_coordinate_system_other_than_wgs84_is_refused_wherever_it_is_told(tmp_path: Path) -> None:
    utm = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32637"}}
    wgs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    path = tmp_path / "a.geojson"
    for text in (
        json.dumps({"type": "FeatureCollection", "crs": utm, "features": [feature(point())]}),
        json.dumps({"type": "FeatureCollection", "features": [feature(point())], "crs": utm}),
    ):
        path.write_text(text)
        with pytest.raises(ReadError, match=r"EPSG::32637; export it in WGS 84"):
            read(IMPORTER, path)
    assert len(drafts(read(IMPORTER, collection(path, feature(point()), crs=wgs)))) == 1


def test_features_may_stand_in_lines_or_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("\n".join(json.dumps(feature(point(), name=str(n))) for n in range(3)))
    assert known_as(path) == "geojson"
    assert [draft.values["title"] for draft in drafts(read(IMPORTER, path))] == ["0", "1", "2"]
    path.write_text(json.dumps(area()))
    assert known_as(path) == "geojson"
    assert place_of(drafts(read(IMPORTER, path))[0]).precision == "area"
    path.write_text("\x1e" + json.dumps(feature(point(), name="a")) + "\n\x1e" + json.dumps(feature(point(), name="b")))
    assert len(drafts(read(IMPORTER, path))) == 2


def test_a_type_of_another_vocabulary_is_kept_and_remarked(tmp_path: Path) -> None:
    items = read(IMPORTER, collection(tmp_path / "a.geojson", *[feature(point(), type="Protest")] * 2))
    assert [draft.values["type"] for draft in drafts(items)] == ["other", "other"]
    assert drafts(items)[0].values["note"] == "Type in the file: Protest"
    assert any("2 features: type 'Protest'" in told for told in remarks(items))


def test_a_column_can_be_named_and_a_guess_taken_back(tmp_path: Path) -> None:
    path = collection(tmp_path / "a.geojson", feature(point(), wer="Group A", actor="not this"))
    (draft,) = drafts(read(IMPORTER, path, actor="wer"))
    assert ("event_actor", {"actor": ActorMention("Group A"), "role": "party"}) in draft.parts
    (draft,) = drafts(read(IMPORTER, path, actor=""))
    assert "event_actor" not in [table for table, _ in draft.parts]


def test_a_rejected_feature_can_be_mended_and_read(tmp_path: Path) -> None:
    items = read(IMPORTER, collection(tmp_path / "a.geojson", feature(point(0, 0), title="Lost", date="2017")))
    (bad,) = (item for item in items if hasattr(item, "reason"))
    mended = bad.raw[0].replace("[0, 0]", "[40, 35]")
    path = tmp_path / "a.rejected.json"
    path.write_text(json.dumps([{"line": bad.line, "reason": bad.reason, "row": [mended]}]))
    assert known_as(path) == "geojson"
    (draft,) = drafts(read(IMPORTER, path))
    assert (draft.values["title"], place_of(draft).lon) == ("Lost", 40)


def test_settings_that_are_none_are_refused(tmp_path: Path) -> None:
    path = collection(tmp_path / "a.geojson", feature(point()))
    with pytest.raises(ReadError, match="is none of day, month"):
        read(IMPORTER, path, order="ymd")
    with pytest.raises(ReadError, match="none of exact, town"):
        read(IMPORTER, path, default_precision="good")
    (draft,) = drafts(read(IMPORTER, path, default_precision="town"))
    assert place_of(draft).precision == "town"


def test_a_large_file_takes_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", 256 * 1024)
    path = tmp_path / "large.geojson"
    ring = area(*[(40 + n / 1000, 35) for n in range(500)], (40, 36), (40, 35))
    text = json.dumps(feature(ring, title="Large", text="x" * 1000))
    with path.open("w") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        file.writelines(("," if n else "") + text + "\n" for n in range(400))
        file.write("]}")
    assert path.stat().st_size > 3_000_000
    tracemalloc.start()
    try:
        number = sum(1 for _ in IMPORTER.items(InFile(path), {}))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert number == 400
    assert peak < path.stat().st_size / 2


@given(data=st.binary(max_size=300), front=st.sampled_from([b"", b"{", b'[{"type":"Feature"', b'{"features":[']))
def test_no_file_is_too_strange_to_be_asked_what_it_is(tmp_path: Path, data: bytes, front: bytes) -> None:
    path = tmp_path / "strange"
    path.write_bytes(front + data)
    known_as(path)


@pytest.mark.parametrize("date", ["maybe 2016", "decoy 2016", "juniper 3 2016"])
def test_no_month_is_made_of_the_letters_with_which_a_word_begins(tmp_path: Path, date: str) -> None:
    assert "is no date" in refused(tmp_path, point(), date=date)


def test_dates_are_read_in_the_words_that_tables_are(tmp_path: Path) -> None:
    for told, edtf in (("3 mars 2016", "2016-03-03"), ("ca. 2015", "2015~"),
                       ("1-3 March 2016", "2016-03-01/2016-03-03"),
                       (1509667200000, "2017-11-03"), ("20171103T0530", "2017-11-03")):  # fmt: skip
        assert one(tmp_path, point(), date=told).values["date"].edtf == edtf


def test_words_for_kinds_of_events_are_those_of_tables(tmp_path: Path) -> None:
    for told, kind in (("Luftangriff", "strike"), ("rocket", "shelling"), ("غارة جوية", "strike")):
        assert one(tmp_path, point(), date="2017", type=told).values["type"] == kind


def test_properties_are_known_by_the_names_that_columns_of_tables_have(tmp_path: Path) -> None:
    draft = one(tmp_path, point(), Datum="2017-11-03", Dader="Group A", doden=3)
    assert draft.values["date"].edtf == "2017-11-03"
    assert ("event_actor", {"actor": ActorMention("Group A"), "role": "perpetrator"}) in draft.parts
    assert [row["value"] for table, row in draft.parts if table == "count"] == [3]
