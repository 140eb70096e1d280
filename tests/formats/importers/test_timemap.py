"""Timemaps as events: dates month first, entries without a place, sources in the entry or beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.formats.importers.reading import drafts, known_as, place_of, read, reasons, remarks
from viewer.domain.dates import parse
from viewer.domain.drafts import Draft, SourceMention
from viewer.formats.importers.timemap import TimemapImporter

IMPORTER = TimemapImporter()
ENTRY: dict[str, Any] = {
    "id": "E1", "date": "11/03/2017", "time": "05:30", "latitude": "35.1", "longitude": "40.2", "location": "Mayadin",
    "description": "An airstrike hit\nthe market", "sources": ["S1"], "category": "Airstrike",
    "associations": ["a", "b"],
}  # fmt: skip


def timemap(path: Path, *entries: dict[str, Any], **beside: Any) -> Path:
    told = [{**ENTRY, **entry} for entry in entries]
    path.write_text(json.dumps({"events": told, **beside} if beside else told))
    return path


def sources(draft: Draft) -> list[SourceMention]:
    return [row["source"] for table, row in draft.parts if table == "event_source"]


def test_an_entry_is_an_event(tmp_path: Path) -> None:
    path = timemap(tmp_path / "map.json", {}, sources={"S1": {"title": "Report", "paths": ["https://www.y.org/r"]}})
    assert known_as(path) == "timemap"
    (draft,) = drafts(read(IMPORTER, path))
    assert draft.id == "E1"
    assert (draft.values["date"], draft.values["date_wording"]) == (parse("2017-11-03"), "2017-11-03 05:30")
    assert (draft.values["title"], draft.values["type"]) == ("An airstrike hit the market", "strike")
    assert draft.values["note"] == "Category: Airstrike; Associations: a; b"
    place = place_of(draft)
    assert (place.name, place.lon, place.lat, place.precision) == ("Mayadin", 40.2, 35.1, "exact")
    assert sources(draft) == [SourceMention("y.org", "Report", "", "https://www.y.org/r", kind="article")]


@pytest.mark.parametrize(("date", "edtf"), [("04/05/2017", "2017-04-05"), ("2017-04-05", "2017-04-05"), ("", "")])
def test_dates_are_month_first_or_iso(tmp_path: Path, date: str, edtf: str) -> None:
    (draft,) = drafts(read(IMPORTER, timemap(tmp_path / "map.json", {"date": date})))
    assert draft.values["date"] == parse(edtf)


@pytest.mark.parametrize("empty", ["", None])
def test_an_entry_without_coordinates_is_unplaced(tmp_path: Path, empty: str | None) -> None:
    items = read(IMPORTER, timemap(tmp_path / "map.json", {"latitude": empty, "longitude": empty}))
    place = place_of(drafts(items)[0])
    assert (place.lon, place.lat, place.precision) == (None, None, "unknown")
    assert remarks(items) == ["1 entry: has no coordinates; its place is not known"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"latitude": 0, "longitude": 0}, "Gulf of Guinea"),
        ({"latitude": "35.1", "longitude": ""}, "give both coordinates"),
        ({"latitude": 400, "longitude": 400}, "no longitude and latitude"),
        ({"date": "13/45/2017"}, "no day"),
    ],
)
def test_what_cannot_be_is_rejected(tmp_path: Path, entry: dict[str, Any], said: str) -> None:
    items = read(IMPORTER, timemap(tmp_path / "map.json", entry, {"id": "E2"}))
    assert said in reasons(items)[1]
    assert [draft.id for draft in drafts(items)] == ["E2"]


def test_sources_are_objects_addresses_or_ids(tmp_path: Path) -> None:
    video = {"id": "q", "path": "https://social.example.org/a/1", "description": "A video"}
    told = [video, "http://x.org/1", "S9", 5, {}]
    (draft,) = drafts(read(IMPORTER, timemap(tmp_path / "map.json", {"sources": told})))
    assert [(source.publisher, source.reference) for source in sources(draft)] == [
        ("social.example.org", "https://social.example.org/a/1"), ("x.org", "http://x.org/1"), ("S9", ""), ("5", ""),
    ]  # fmt: skip
