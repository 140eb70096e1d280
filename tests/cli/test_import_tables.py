"""Importing tables from end to end: real event files against sums made by the csv module alone, and kept mappings."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ask
from tests.formats.tables import cell, sheet_of, text_file, text_row, workbook

CHECKOUT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("BADIA_SHARED_DATA", CHECKOUT.parent / "shared" / "data"))
UCDP, SIGACTS, AIRSTRIKES = "ucdp_ged_iraq_1989_2018_hdx", "iraq_sigacts_2006", "iraq_airstrikes_2006"
SUMMED = ("read", "added", "updated", "unchanged", "rejected")


def shared(name: str) -> Path:
    path = SHARED / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} is missing; BADIA_SHARED_DATA names the folder that has it")
    return path


def plain_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a packed CSV without those of tags, by the csv module alone."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from (row for row in csv.DictReader(file) if not any(cell.startswith("#") for cell in row.values()))


def taken_in(ask: Ask, file: Path, store: Path, *options: str) -> dict[str, Any]:
    answer = ask("import", file, "--into", store, "--json", *options)
    assert answer.code in (0, 1), answer.err
    summary: dict[str, Any] = json.loads(answer.out)
    assert summary["read"] == sum(summary[name] for name in SUMMED[1:])
    assert len(summary["reasons"]) == summary["rejected"]
    return summary


@pytest.mark.slow
@pytest.mark.parametrize("name", [SIGACTS, AIRSTRIKES])
def test_a_real_table_without_ids_keeps_each_row_and_a_second_import_changes_nothing(
    ask: Ask, tmp_path: Path, name: str
) -> None:
    path, store = shared(name), tmp_path / "new.gpkg"
    rows = [*plain_rows(path)]
    first = taken_in(ask, path, store)
    assert [first[number] for number in SUMMED] == [len(rows), len(rows), 0, 0, 0]
    assert first["new"]["place"] == len({(float(row["longitude"]), float(row["latitude"])) for row in rows})
    again = taken_in(ask, path, store)
    assert [again[number] for number in SUMMED] == [len(rows), 0, 0, len(rows), 0]

    events = ask("events", store, "--format", "json").json
    assert Counter((event["date"], event["title"].casefold()) for event in events) == Counter(
        (row["date"], row["type"].casefold()) for row in rows
    )
    found = Counter((place["lon"], place["lat"]) for event in events for place in event["places"])
    assert found == Counter((float(row["longitude"]), float(row["latitude"])) for row in rows)


@pytest.mark.slow
def test_deaths_of_a_real_file_are_those_of_its_columns_by_year_and_by_side(ask: Ask, tmp_path: Path) -> None:
    path, store = shared(UCDP), tmp_path / "new.gpkg"
    rows = [*plain_rows(path)]
    first = taken_in(ask, path, store)
    assert [first[number] for number in SUMMED] == [len(rows), len(rows), 0, 0, 0]
    assert [taken_in(ask, path, store)[number] for number in SUMMED] == [len(rows), 0, 0, len(rows), 0]

    by_year: Counter[tuple[str, str]] = Counter()
    by_side: Counter[str] = Counter()
    for row in rows:
        for column in ("low", "best", "high"):
            by_year[row["date_start"][:4], column] += int(float(row[column]))
        by_side["civilians"] += int(float(row["deaths_civilians"]))
        by_side["unknown"] += int(float(row["deaths_unknown"]))
        by_side[row["side_a"]] += int(float(row["deaths_a"]))
        by_side[row["side_b"]] += int(float(row["deaths_b"]))

    events = ask("events", store, "--format", "json").json
    assert len(events) == len(rows)
    years: Counter[tuple[str, str]] = Counter()
    sides: Counter[str] = Counter()
    for event in events:
        for count in event["counts"]:
            if count["partition"] == "total":
                for column, field in (("low", "min"), ("best", "value"), ("high", "max")):
                    years[event["earliest"][:4], column] += count[field]
            else:
                sides[count["group"]] += count["value"]
    assert years == +by_year
    assert sides == +by_side


def test_bad_rows_are_told_kept_beside_the_file_and_taken_in_once_they_are_mended(ask: Ask, tmp_path: Path) -> None:
    file, store = tmp_path / "reports.csv", tmp_path / "new.gpkg"
    rows = ("1,2017-01-01,35.1,40.1,1", "1,2017-01-02,35.1,40.1,1", "3,31/02/2017,35.1,40.1,1", "4,2017-01-04,0,0,=1+1")
    text_file(file, "id,date,lat,lon,killed", *rows)
    summary = taken_in(ask, file, store)
    assert [summary[number] for number in SUMMED] == [4, 1, 0, 0, 3]
    assert sorted(one["line"] for one in summary["reasons"]) == [3, 4, 5]
    kept = tmp_path / summary["rejects"]
    with kept.open(encoding="utf-8", newline="") as read:
        told = [*csv.DictReader(read)]
    mended = [
        {**row, "id": str(number), "date": "2017-02-28", "lat": "35", "lon": "40.25", "killed": "2"}
        for number, row in enumerate(told, start=7)
    ]
    with kept.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, told[0])
        writer.writeheader()
        writer.writerows(mended)
    again = taken_in(ask, kept, store)
    assert (again["feed"], again["added"], again["rejected"]) == (summary["feed"], 3, 0)


def test_a_mapping_is_kept_by_its_name_and_found_by_the_header(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = text_file(tmp_path / "a.csv", "when,seen on,what", "3/4/2016,2017-01-01,IED")
    kept = taken_in(ask, file, tmp_path / "a.gpkg", "--set", "date=when", "--set", "type=what", "--set", "order=month",
                    "--save", "field reports")  # fmt: skip
    assert kept["rejected"] == 0

    def days(store: str) -> list[str]:
        return [event["date"] for event in ask("events", tmp_path / store, "--format", "json").json]

    assert days("a.gpkg") == ["2016-03-04"]
    summary = taken_in(ask, text_file(tmp_path / "b.csv", "what,when,seen on", "IED,5/6/2016,2017-01-01"),
                       tmp_path / "b.gpkg")  # fmt: skip
    assert days("b.gpkg") == ["2016-05-06"]
    assert ("the columns were taken as kept under the name 'field reports'", "set saved=") in [
        (remark["text"], remark["question"]) for remark in summary["remarks"]
    ]
    taken_in(ask, file, tmp_path / "c.gpkg", "--set", "saved=", "--set", "type=what")
    assert days("c.gpkg") == ["2016-04-03"]
    answer = ask("import", file, "--into", tmp_path / "d.gpkg", "--set", "saved=nothing")
    assert (answer.code, "there are: field reports" in answer.err) == (2, True)
    assert not (tmp_path / "d.gpkg").exists()


def test_reading_a_file_in_another_way_updates_its_rows_and_adds_none(ask: Ask, tmp_path: Path) -> None:
    file = text_file(tmp_path / "a.csv", "date,type,x", "3/4/2016,SOF,a", "3/4/2016,SOF,a", "5/6/2016,SOF,b")
    store = tmp_path / "a.gpkg"
    assert taken_in(ask, file, store)["added"] == 3
    other = taken_in(ask, file, store, "--set", "order=month", "--set", "type:SOF=raid")
    assert [other[number] for number in SUMMED] == [3, 0, 3, 0, 0]
    assert [taken_in(ask, file, store, "--set", "order=month", "--set", "type:SOF=raid")["unchanged"]] == [3]


def test_places_without_a_name_are_not_taken_for_their_neighbours(ask: Ask, tmp_path: Path) -> None:
    file = text_file(tmp_path / "a.csv", "date,lat,lon", "2017-01-01,34.33,41.11", "2017-01-01,34.333,41.111")
    store = tmp_path / "a.gpkg"
    assert taken_in(ask, file, store)["new"]["place"] == 2
    places = [place for event in ask("events", store, "--format", "json").json for place in event["places"]]
    assert sorted((place["lat"], place["lon"]) for place in places) == [(34.33, 41.11), (34.333, 41.111)]


def test_exchanged_coordinates_are_asked_about_and_never_mended(ask: Ask, tmp_path: Path) -> None:
    file = text_file(tmp_path / "a.csv", "date,lat,lon", "2017-01-01,40.14,35.33", "2017-01-02,40.45,35.02")

    def point(store: str, *options: str) -> tuple[list[str | None], float]:
        summary = taken_in(ask, file, tmp_path / store, *options)
        event, *_ = ask("events", tmp_path / store, "--format", "json").json
        return [remark["question"] for remark in summary["remarks"]], event["places"][0]["lat"]

    asked, lat = point("a.gpkg")
    assert ("swap" in asked, lat) == (True, 40.14)
    asked, lat = point("b.gpkg", "--swap")
    assert ("swap" in asked, lat) == (False, 35.33)


def test_a_spreadsheet_and_a_table_of_towns_come_in_by_their_content(ask: Ask, tmp_path: Path) -> None:
    store = tmp_path / "a.gpkg"
    row = text_row(2, "3. März 2016", "Hit", "12-15") + cell("D2", True)
    sheet = sheet_of(text_row(1, "Datum", "Ort", "Tote"), row)
    assert taken_in(ask, workbook(tmp_path / "a.xlsx", Blatt=sheet), store)["format"] == "table"
    towns = text_file(tmp_path / "b.csv", "place,lat,lon,controlled by,since,previous",
                      "Hit,33.64,42.83,Iraqi forces,2016-04-14,2014-10-13;Islamic State")  # fmt: skip
    summary = taken_in(ask, towns, store)
    assert (summary["format"], summary["added"]) == ("towns", 2)
    (claim,) = ask("control", store, "--on", "2015-01-01", "--format", "json").json
    assert claim["place"]["name"] == "Hit"
    assert [actor["name"] for actor in claim["actors"]] == ["Islamic State"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "is empty"), (b"just words\nand more words\n", "of no format"), (b"date,lat,lon\n", "")],
)
def test_what_is_no_table_is_told_and_leaves_no_store(ask: Ask, tmp_path: Path, content: bytes, reason: str) -> None:
    file, store = tmp_path / "a.csv", tmp_path / "a.gpkg"
    file.write_bytes(content)
    answer = ask("import", file, "--into", store, "--json")
    if reason:
        assert (answer.code, reason in answer.err, store.exists()) == (2, True, False)
    else:
        assert (answer.code, json.loads(answer.out)["read"]) == (0, 0)
