"""Dated areas as claims of control: who, in which way, from when until when."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.formats.importers.reading import area, collection, drafts, feature, known_as, point, read, reasons, remarks
from viewer.domain.dates import parse
from viewer.domain.drafts import ActorMention
from viewer.formats.importers.areas import AreasImporter
from viewer.formats.infile import ReadError

IMPORTER = AreasImporter()


def claims(tmp_path: Path, **told: Any) -> list[dict[str, Any]]:
    path = collection(tmp_path / "areas.geojson", feature(area(), **{"controller": "Group A", **told}))
    return [draft.values for draft in drafts(read(IMPORTER, path))]


def test_areas_with_a_controller_are_known_by_their_content(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    assert known_as(collection(path, feature(area(), controlled_by="A", date="2017"))) == "areas"
    assert known_as(collection(path, feature(area(), actor="A", date="2017"))) == "areas"
    assert known_as(collection(path, feature(area(), name="A", date="2017"))) == "geojson"
    assert known_as(collection(path, feature(point(), controlled_by="A", date="2017"))) == "geojson"


def test_an_area_with_a_day_is_held_then(tmp_path: Path) -> None:
    (claim,) = claims(tmp_path, date="2017-11")
    assert (claim["phase"], claim["date"], claim["control"]) == ("holds", parse("2017-11"), "control")
    assert claim["actors"] == (ActorMention("Group A"),)
    assert claim["geometry"] is not None
    assert "place" not in claim


def test_an_area_with_an_end_begins_and_ends_at_one_place(tmp_path: Path) -> None:
    begins, ends = claims(tmp_path, start="2014-07-14", end="2017-10-14", name="Valley")
    assert (begins["phase"], begins["date"]) == ("begins", parse("2014-07-14"))
    assert (ends["phase"], ends["date"]) == ("ends", parse("2017-10-14"))
    assert begins["place"] == ends["place"]
    assert (begins["place"].name, begins["place"].precision) == ("Valley", "area")
    assert begins["place"].geometry is not None


def test_an_area_without_an_end_stands(tmp_path: Path) -> None:
    path = collection(tmp_path / "a.geojson", feature(area(), controller="A", start="2017-11-01", end=None))
    items = read(IMPORTER, path)
    (claim,) = drafts(items)
    assert (claim.values["phase"], claim.values["date"]) == ("begins", parse("2017-11-01"))
    assert any("until further notice" in told for told in remarks(items))


@pytest.mark.parametrize(
    ("told", "control"),
    [
        ("Contested", "contested"), ("presence", "presence"), ("Full control", "control"), ("siege", "besieged"),
        (None, "control"),
    ],
)  # fmt: skip
def test_in_which_way_it_is_held(tmp_path: Path, told: str | None, control: str) -> None:
    (claim,) = claims(tmp_path, date="2017", status=told)
    assert claim["control"] == control


def test_several_hold_it_together(tmp_path: Path) -> None:
    (claim,) = claims(tmp_path, date="2017", controller="Group A; Group B and C")
    assert [actor.name for actor in claim["actors"]] == ["Group A", "Group B", "C"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"date": None}, "needs a day"),
        ({"date": "2017", "controller": ""}, "who holds it"),
        ({"date": "2017", "status": "liked"}, "none of control, contested"),
        ({"start": "2017-02", "end": "2017-01"}, "before the start"),
    ],
)
def test_a_claim_that_says_too_little_is_rejected(tmp_path: Path, told: dict[str, Any], said: str) -> None:
    path = collection(tmp_path / "a.geojson", feature(area(), **{"controller": "A", **told}))
    assert said in reasons(read(IMPORTER, path))[1]


def test_points_among_areas_are_rejected(tmp_path: Path) -> None:
    told = {"controller": "A", "date": "2017"}
    items = read(IMPORTER, collection(tmp_path / "a.geojson", *[feature(area(), **told)] * 2, feature(point(), **told)))
    assert len(drafts(items)) == 2
    assert "is no area" in reasons(items)[3]


def test_the_property_can_be_named(tmp_path: Path) -> None:
    path = collection(tmp_path / "a.geojson", feature(area(), wer="A", date="2017"))
    with pytest.raises(ReadError, match="controller=PROPERTY"):
        read(IMPORTER, path)
    (claim,) = drafts(read(IMPORTER, path, controller="wer", held="presence", status="claimed"))
    assert claim.values["actors"] == (ActorMention("A"),)
    assert (claim.values["control"], claim.values["status"]) == ("presence", "claimed")


def test_areas_come_in_any_carrier(tmp_path: Path) -> None:
    import numpy as np
    import pyogrio
    import shapely

    path = tmp_path / "a.gpkg"
    pyogrio.raw.write(
        path, geometry=np.array([shapely.to_wkb(shapely.geometry.shape(area()))], dtype=object), driver="GPKG",
        field_data=[np.array(["A"]), np.array(["2017-11-03"])], fields=["controller", "date"], crs="EPSG:4326",
        layer="areas", geometry_type="Polygon",
    )  # fmt: skip
    assert known_as(path) == "areas"
    assert [draft.values["date"] for draft in drafts(read(IMPORTER, path))] == [parse("2017-11-03")]
    kml = tmp_path / "a.kml"
    ring = " ".join(f"{lon},{lat}" for lon, lat in json.loads(json.dumps(area()))["coordinates"][0])
    kml.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><ExtendedData><Data name="controller"><value>A</value>'
        '</Data><Data name="date"><value>2017-11-03</value></Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing>'
        f"<coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>"
    )
    assert known_as(kml) == "areas"
    assert len(drafts(read(IMPORTER, kml))) == 1


def test_a_column_called_control_says_who_or_in_which_way_by_what_it_holds(tmp_path: Path) -> None:
    for told, control in (({"control": "Group A", "status": "insurgency"}, "hidden"),
                          ({"control": "contested", "faction": "Group A"}, "contested")):  # fmt: skip
        (claim,) = drafts(read(IMPORTER, collection(tmp_path / "a.geojson", feature(area(), date="2017", **told))))
        assert (claim.values["actors"], claim.values["control"]) == ((ActorMention("Group A"),), control)
