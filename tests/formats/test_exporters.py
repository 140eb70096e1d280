"""Exports of events: safe in a spreadsheet, valid in a GIS, whole in JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.counts import Count
from viewer.domain.dates import parse
from viewer.domain.dossier import Dossier
from viewer.domain.events import Event, EventActor, EventPlace, EventSource
from viewer.domain.places import Place
from viewer.domain.sources import Caveat, Source
from viewer.formats.exporters import EXPORTERS, exporter_named
from viewer.formats.exporters.event_csv import COLUMNS, csv_line
from viewer.formats.plain import Names
from viewer.formats.plain_json import json_text

EVENT = Event(key="e", title="Strikes", type="strike", date=parse("../2019-01-30~"), summary="Words")
TOWN = Place(key="town", name="Town", lon=40.5, lat=35.25, radius_m=3000.0)
NAMES = Names(
    {}, {"town": TOWN, "lost": Place(key="lost", name="Lost")},
    {"a": Source(key="a", publisher="A", published="2017"), "b": Source(key="b", publisher="B")},
    {"e": (Caveat(key="c", text="Careful", affects="event:e", source="a"),)},
)  # fmt: skip
FULL = Dossier(
    event=EVENT,
    places=(EventPlace(event="e", place="lost", role="from"), EventPlace(event="e", place="town", role="near")),
    actors=(EventActor(event="e", actor="x", role="perpetrator", certainty="alleged", claimed_by="y"),),
    sources=(EventSource(event="e", source="a"), EventSource(event="e", source="b", says="otherwise")),
    dates=(), links=(), counts=(Count(event="e", measure="killed", min=30, qualifier="over"),), parts=("f",),
)  # fmt: skip
BARE = Dossier(replace(EVENT, key="bare"), (), (), (), (), (), (), ())


def text_of(name: str, *dossiers: Dossier) -> str:
    return "".join(exporter_named(name).pieces(dossiers, NAMES))


def titled(title: str) -> Dossier:
    return replace(FULL, event=replace(EVENT, title=title))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


TRIGGERS = (
    "=", "+", "-", "@", "\t=", "\r=", "\n=", "\0=", " =", "  -", "\u00a0=", "\uff1d", "\uff0b", "\uff0d", "\uff20",
)  # fmt: skip
PAYLOADS = [
    trigger + rest
    for trigger in TRIGGERS
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x")', "SUM(A1)", '"', ",", "2017", "", "DDE()", "x\n=1")
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_a_formula(payload: str) -> None:
    (row,) = rows_of(text_of("csv", titled(payload)))

    assert row["title"].startswith("'")
    assert row["title"][1:] == payload.replace("\0", "\ufffd")


def test_numbers_stay_numbers() -> None:
    assert csv_line([-3.5, 7, None, "7"]) == "-3.5,7,,7\n"
    (row,) = rows_of(text_of("csv", FULL))
    assert (row["lon"], row["lat"], row["radius_m"]) == ("40.5", "35.25", "3000.0")


def test_a_csv_line_holds_every_source_place_and_doubt() -> None:
    (row,) = rows_of(text_of("csv", FULL))

    assert tuple(row) == COLUMNS
    assert row["source_ids"] == "a; b"
    assert row["places"] == "Lost; Town"
    assert row["perpetrators"] == "x (alleged, says y)"
    assert row["counts"] == "killed 30 (over, all, total)"
    assert (row["earliest"], row["latest"], row["date"]) == ("", "2019-01-30", "../2019-01-30~")


def test_geojson_takes_the_main_place_and_none_when_unplaced() -> None:
    full, bare = json.loads(text_of("geojson", FULL, BARE))["features"]

    assert full["geometry"] == {"type": "Point", "coordinates": [40.5, 35.25]}
    assert full["properties"]["location_precision"] == "near"
    assert bare["geometry"] is None
    assert bare["properties"]["location_precision"] == "unknown"
    assert [source["id"] for source in full["properties"]["sources"]] == ["a", "b"]


def test_json_has_nulls_for_what_is_not_known() -> None:
    full, bare = json.loads(text_of("json", FULL, BARE))

    assert list(full) == list(bare)
    assert full["earliest"] is None
    assert full["counts"][0] == {
        "measure": "killed", "value": None, "min": 30, "max": None, "qualifier": "over", "group": "all",
        "partition": "total", "reporter": None, "within": None, "word": None, "source": None,
        "note": "",
    }  # fmt: skip
    assert full["caveats"] == [{"id": "c", "text": "Careful"}]
    assert bare["part_of"] is None


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda exporter: exporter.name)
def test_nothing_exported_is_still_a_file(exporter: object) -> None:
    text = text_of(exporter.name)  # type: ignore[attr-defined]

    assert text.endswith("\n")
    assert text_of(exporter.name, FULL).endswith("\n")  # type: ignore[attr-defined]


@given(st.text())
def test_any_title_survives_every_format(title: str) -> None:
    assert json.loads(text_of("json", titled(title)))[0]["title"] == title
    assert json.loads(text_of("geojson", titled(title)))["features"][0]["properties"]["title"] == title
    (row,) = rows_of(text_of("csv", titled(title)))
    assert row["title"].removeprefix("'") == title.replace("\0", "\ufffd").removeprefix("'")


@given(st.text())
def test_json_holds_no_character_that_a_terminal_obeys(title: str) -> None:
    shown = json_text(title)

    assert json.loads(shown) == title
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or 0x202A <= ord(c) <= 0x202E for c in shown)


def test_json_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text(float("nan"))
