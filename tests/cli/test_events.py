"""`events`: the fields promised to scripts, the filters, and the formats."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ask

pytestmark = pytest.mark.usefixtures("builtin_stays_open")
EVENT = {
    "id": str, "title": str, "summary": str, "type": str, "form": str, "actuality": str, "date": str,
    "earliest": (str, type(None)), "latest": (str, type(None)), "date_precision": str, "date_basis": str,
    "places": list, "actors": list, "counts": list, "part_of": (str, type(None)), "sources": list,
}  # fmt: skip
NUMBER = (int, float, type(None))
ROWS: dict[str, dict[str, Any]] = {
    "places": {"id": str, "name": str, "role": str, "lon": NUMBER, "lat": NUMBER, "precision": str, "radius_m": NUMBER},
    "actors": {"id": str, "name": str, "role": str, "certainty": str, "claimed_by": (str, type(None))},
    "counts": {
        "measure": str, "value": NUMBER, "min": NUMBER, "max": NUMBER, "qualifier": str, "group": str, "partition": str,
        "reporter": (str, type(None)),
    },
    "sources": {"id": str, "publisher": str, "published": (str, type(None))},
}  # fmt: skip
WEEK = ("--from", "2017-12-22", "--to", "2017-12-28")


def ids(events: list[dict[str, Any]]) -> set[str]:
    return {event["id"] for event in events}


def has(row: dict[str, Any], fields: dict[str, Any]) -> bool:
    in_order = list(row)[: len(fields)] == list(fields)
    return in_order and all(isinstance(row[name], kind) for name, kind in fields.items())


def test_every_event_has_the_documented_fields_in_order(ask: Ask) -> None:
    events = ask("events", "--format", "json").json

    assert len(events) > 300
    assert all(has(event, EVENT) for event in events)
    for name, fields in ROWS.items():
        rows = [row for event in events for row in event[name]]
        assert rows
        assert all(has(row, fields) for row in rows), name


def test_strikes_of_the_week_are_six_and_twenty_eight(ask: Ask) -> None:
    events = ask("events", *WEEK, "--type", "strike", "--format", "json").json
    wholes = {event["id"]: event for event in events if not event["part_of"] and event["counts"]}

    stated = {key: event["counts"][0]["value"] for key, event in wholes.items()}
    assert sorted(stated.values()) == [6, 28]
    parts = [event for event in events if event["part_of"] in wholes]
    for key, whole in stated.items():
        assert sum(part["counts"][0]["value"] for part in parts if part["part_of"] == key) == whole


def test_a_type_and_days_narrow(ask: Ask) -> None:
    everything = ids(ask("events", "--format", "json").json)
    week = ask("events", *WEEK, "--format", "json").json

    assert ids(week) < everything
    assert all(
        (event["earliest"] or "0") <= "2017-12-28" and (event["latest"] or "9") >= "2017-12-22" for event in week
    )


def test_open_starts_overlap_but_do_not_start_in_the_window(ask: Ask) -> None:
    month = ("--from", "2019-01", "--to", "2019-01")
    overlapping = ask("events", *month, "--format", "json").json
    starting = ask("events", *month, "--starts-in", "--format", "json").json

    assert any(event["earliest"] is None for event in overlapping)
    assert ids(starting) < ids(overlapping)
    assert all("2019-01-01" <= event["earliest"] <= "2019-01-31" for event in starting)


@pytest.mark.parametrize("name", ["SDF", "Syrian Democratic Forces", "قسد", "sdf"])
def test_an_actor_is_found_by_any_alias_with_its_parts(ask: Ask, name: str) -> None:
    events = ask("events", "--actor", name, "--format", "json").json
    actors = {actor["id"] for event in events for actor in event["actors"]}

    parts = {"ypg", "sdf-press", "sdf-commander", "sdf-affiliates"}
    assert "sdf" in actors
    assert any(not {"sdf"} & (named := {a["id"] for a in e["actors"]}) and parts & named for e in events)


@pytest.mark.parametrize("name", ["Deir ez-Zor province", "deir-ez-zor-province"])
def test_a_place_includes_what_lies_within(ask: Ask, name: str) -> None:
    events = ask("events", "--place", name, "--format", "json").json

    assert {"mayadin", "abu-kamal"} <= {place["id"] for event in events for place in event["places"]}


def test_a_box_holds_only_what_lies_in_it(ask: Ask) -> None:
    events = ask("events", "--bbox", "40,34,41,35", "--format", "json").json

    assert events
    for event in events:
        assert any(p["lon"] and 40 <= p["lon"] <= 41 and 34 <= p["lat"] <= 35 for p in event["places"])


@pytest.mark.parametrize("box", [("--bbox", "-10,20,60,50"), ("--bbox=-10,20,60,50",), ("--bbox", "-.5,20,60,50")])
def test_a_box_may_begin_west_of_greenwich(ask: Ask, box: tuple[str, ...]) -> None:
    assert ask("events", *box, "--format", "json").json


def test_words_of_the_text_must_all_occur(ask: Ask) -> None:
    events = ask("events", "--text", "Mayadin strikes", "--format", "json").json

    assert events
    assert ids(events) < ids(ask("events", "--text", "Mayadin", "--format", "json").json)


def test_the_table_counts_what_it_lists_and_what_a_window_leaves_out(ask: Ask) -> None:
    answer = ask("events", *WEEK, "--type", "strike")
    lines = answer.out.splitlines()

    assert answer.code == 0
    assert lines[-1].startswith(f"{len(lines) - 2} events")


def test_geojson_is_valid_and_keeps_the_unplaced(ask: Ask) -> None:
    collection = ask("events", *WEEK, "--format", "geojson").json

    assert collection["type"] == "FeatureCollection"
    assert set(collection) == {"type", "features"}
    points = [feature["geometry"] for feature in collection["features"]]
    assert None in points
    for feature in collection["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["id"] == feature["properties"]["id"]
        if feature["geometry"]:
            lon, lat = feature["geometry"]["coordinates"]
            assert feature["geometry"]["type"] == "Point"
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90


def test_several_sources_are_kept_in_every_format(ask: Ask) -> None:
    events = ask("events", "--format", "json").json
    several = next(event for event in events if len(event["sources"]) > 1)
    features = ask("events", "--format", "geojson").json["features"]
    rows = list(csv.DictReader(io.StringIO(ask("events", "--format", "csv").out)))

    feature = next(feature for feature in features if feature["id"] == several["id"])
    row = next(row for row in rows if row["id"] == several["id"])
    assert feature["properties"]["sources"] == several["sources"]
    assert row["source_ids"].split("; ") == [source["id"] for source in several["sources"]]


def test_the_formats_agree_on_the_events_and_their_order(ask: Ask) -> None:
    as_json = [event["id"] for event in ask("events", *WEEK, "--format", "json").json]
    as_csv = [row["id"] for row in csv.DictReader(io.StringIO(ask("events", *WEEK, "--format", "csv").out))]
    as_geojson = [feature["id"] for feature in ask("events", *WEEK, "--format", "geojson").json["features"]]

    assert as_json == as_csv == as_geojson


def test_nothing_found_is_an_empty_list(ask: Ask) -> None:
    assert ask("events", "--text", "qqqqzzzz", "--format", "json").json == []
    assert json.loads(ask("events", "--text", "qqqqzzzz", "--format", "geojson").out)["features"] == []


def test_the_store_may_stand_before_or_after_the_options(ask: Ask, builtin_store: Path) -> None:
    before = ask("events", builtin_store, *WEEK, "--format", "json").json
    after = ask("events", *WEEK, "--format", "json", builtin_store).json

    assert before == after == ask("events", *WEEK, "--format", "json").json


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--from", "2017-13"), "2017-13"),
        (("--from", "yesterday"), "yesterday"),
        (("--from", "../2017"), "no first day"),
        (("--to", "2017/.."), "no last day"),
        (("--from", "2018", "--to", "2017"), "--from 2018 lies after --to 2017"),
        (("--actor", "xyzzyxyzzy"), "no actor is called 'xyzzyxyzzy'"),
        (("--place", "xyzzyxyzzy"), "no place is called 'xyzzyxyzzy'"),
        (("--type", "party"), "'party' is no event type"),
        (("--bbox", "1,2,3"), "is no box"),
        (("--bbox", "nan,2,3,4"), "finite"),
        (("--bbox", "42,33,38,37"), "west before east"),
        (("--bbox", "0,0,400,10"), "west before east"),
        (("--format", "xml"), "xml"),
        (("--nonsense",), "--nonsense"),
        (("--from",), "--from"),
    ],
)
def test_a_wrong_word_gets_one_sentence(ask: Ask, arguments: tuple[str, ...], part: str) -> None:
    answer = ask("events", *arguments)

    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("badia: ")
    assert part in answer.err
    assert answer.err.count("\n") == 1


def test_a_box_tells_how_many_have_no_place(ask: Ask, small_store: Path) -> None:
    answer = ask("events", small_store, *WEEK, "--bbox", "43,36,44,37")
    assert answer.out.splitlines()[-1].startswith("1 event")
    assert answer.err == "badia: 3 more have no place; list them without --bbox\n"
    assert ask("events", small_store, "--bbox", "43,36,44,37").err.startswith("badia: 3 more")


def test_csv_and_geojson_name_the_same_point(ask: Ask) -> None:
    features = ask("events", "--format", "geojson").json["features"]
    rows = csv.DictReader(io.StringIO(ask("events", "--format", "csv").out))
    for feature, row in zip(features, rows, strict=True):
        point = feature["geometry"]["coordinates"] if feature["geometry"] else ["", ""]
        assert [row["lon"], row["lat"]] == [str(number) for number in point], row["id"]
        assert row["precision"] == feature["properties"]["location_precision"]
