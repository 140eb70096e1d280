"""`control`: the claims in force on a day."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from pyproj import Geod
from shapely.geometry import shape

from tests.cli.conftest import Ask

pytestmark = pytest.mark.usefixtures("builtin_stays_open")
FIELDS = (
    "id", "actors", "class", "place", "date", "since", "as_of", "age_days", "status", "schematic", "source",
)  # fmt: skip
DAYS = ("2017-06-15", "2017-10-30", "2017-11-30", "2017-12-30", "2019-01-30", "2019-03-31", "2021-02-15")


def holders(claims: list[dict[str, Any]]) -> set[tuple[str, tuple[str, ...], str]]:
    def site(claim: dict[str, Any]) -> str:
        return str(claim["place"]["id"] if claim["place"] else claim["id"])

    return {(site(claim), tuple(a["id"] for a in claim["actors"]), claim["class"]) for claim in claims}


@pytest.mark.parametrize("day", DAYS)
def test_every_claim_has_the_documented_fields(ask: Ask, day: str) -> None:
    claims = ask("control", "--on", day, "--format", "json").json

    assert len(claims) > 50
    for claim in claims:
        assert tuple(claim)[: len(FIELDS)] == FIELDS
        assert claim["actors"]
        assert all(set(actor) == {"id", "name"} for actor in claim["actors"])
        assert claim["place"] is None or set(claim["place"]) == {"id", "name"}
        assert claim["as_of"] <= day
        assert claim["age_days"] >= 0
        assert claim["since"] is None or claim["since"] <= day
        assert isinstance(claim["schematic"], bool)


def test_each_day_of_the_story_differs_from_the_one_before(ask: Ask) -> None:
    pictures = [holders(ask("control", "--on", day, "--format", "json").json) for day in DAYS]

    assert all(before != after for before, after in itertools.pairwise(pictures))


@pytest.mark.parametrize("day", DAYS)
def test_hidden_presence_is_never_a_filled_area(ask: Ask, day: str) -> None:
    features = ask("control", "--on", day, "--format", "geojson").json["features"]

    for feature in features:
        if feature["properties"]["class"] in ("hidden", "presence"):
            drawn = {"hidden": "outline", "presence": "dots"}[feature["properties"]["class"]]
            assert feature["properties"]["drawn"] in (drawn, "mark")


def test_hidden_presence_is_told_in_january_2019(ask: Ask) -> None:
    claims = ask("control", "--on", "2019-01-30", "--format", "json").json

    assert any(claim["class"] == "hidden" and "is" in {a["id"] for a in claim["actors"]} for claim in claims)


def test_areas_are_geojson_polygons_wound_counterclockwise(ask: Ask) -> None:
    features = ask("control", "--on", "2019-01-30", "--format", "geojson").json["features"]
    rings = [f["geometry"]["coordinates"][0] for f in features if f["geometry"] and f["geometry"]["type"] == "Polygon"]

    assert rings
    for ring in rings:
        assert ring[0] == ring[-1]
        assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) > 0


def test_the_formats_agree(ask: Ask) -> None:
    claims = ask("control", "--on", "2017-11-30", "--format", "json").json
    features = ask("control", "--on", "2017-11-30", "--format", "geojson", "--ground", "none").json["features"]

    properties = [dict(feature["properties"]) for feature in features]
    for found in properties:
        del found["drawn"]
    assert properties == claims


def test_the_ground_of_towns_is_told_with_its_rule(ask: Ask) -> None:
    found = ask("control", "--on", "2017-11-30", "--format", "geojson").json["features"]
    ground = [feature for feature in found if feature["properties"].get("derived")]

    (syria,) = [feature for feature in ground if feature["id"] == "ground:syrian-government+control"]
    assert "palmyra" in syria["properties"]["towns"]
    assert syria["properties"]["reach_km"] == 40
    assert "no source draws it" in syria["properties"]["rule"]
    assert 60_000 < syria["properties"]["km2"] < 120_000


def test_ground_can_be_asked_for_of_one_holder_and_one_place(ask: Ask) -> None:
    asked = ("control", "--on", "2015-06-01", "--actor", "Daesh", "--place", "mosul-east-bank", "--format", "geojson")
    ground = [feature for feature in ask(*asked).json["features"] if feature["properties"].get("derived")]

    assert [actor["id"] for feature in ground for actor in feature["properties"]["actors"]] == ["is"]


def test_one_place_and_one_holder_can_be_asked_for(ask: Ask) -> None:
    assert holders(ask("control", "--on", "2015-06-01", "--place", "mosul-east-bank", "--format", "json").json) == {
        ("mosul-east-bank", ("is",), "control")
    }
    found = ask("control", "--on", "2015-06-01", "--actor", "Daesh", "--format", "json").json
    assert {actor["id"] for claim in found for actor in claim["actors"]} == {"is"}


def test_rival_claims_are_named(ask: Ask) -> None:
    (claim,) = ask("control", "--on", "2014-01-20", "--place", "raqqa", "--format", "json").json

    assert claim["disagrees"]
    assert claim["id"] not in claim["disagrees"]


def test_before_the_first_claim_nobody_holds_anything(ask: Ask) -> None:
    assert ask("control", "--on", "1990-01-01", "--format", "json").json == []


def test_the_table_says_who_and_since_when(ask: Ask) -> None:
    answer = ask("control", "--on", "2015-06-01", "--place", "mosul-east-bank")

    assert answer.code == 0
    assert "Islamic State" in answer.out
    assert "1 claim in force on 1 Jun 2015" in answer.out


@pytest.mark.parametrize("arguments", [(), ("--on", "soon"), ("--on", "2017-02-30"), ("--on",)])
def test_a_wrong_day_gets_one_sentence(ask: Ask, arguments: tuple[str, ...]) -> None:
    answer = ask("control", *arguments)

    assert answer.code == 2
    assert answer.err.startswith("badia: ")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("on", ["2014-08-15", "2017-11-15", "2019-01-15", "2019-11-15"])
def test_square_kilometres_are_those_of_the_geometry_however_small(ask: Ask, on: str) -> None:
    found = ask("control", "--on", on, "--format", "geojson").json["features"]
    areas = [feature for feature in found if "km2" in feature["properties"]]
    assert areas
    for feature in areas:
        metres2, _ = Geod(ellps="WGS84").geometry_area_perimeter(shape(feature["geometry"]))
        assert feature["properties"]["km2"] == pytest.approx(abs(metres2) / 1e6, rel=1e-3)
