"""ACLED exports of both generations: precision kept, sides told, every source named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.tables import Told
from viewer.domain.drafts import ActorMention, PlaceMention, SourceMention
from viewer.domain.events import EVENT_TYPES
from viewer.formats.importers import importer_for
from viewer.formats.importers.acled import DATASET, TYPES, AcledImporter
from viewer.formats.infile import InFile, ReadError
from viewer.store.intake.rows import rows_of

ACLED = AcledImporter()
NOW = {
    "event_id_cnty": "SYR1", "event_date": "16 May 2025", "year": "2025", "time_precision": "1",
    "disorder_type": "Political violence", "event_type": "Battles", "sub_event_type": "Armed clash",
    "actor1": "Islamic State (Syria)", "assoc_actor_1": "", "inter1": "Rebel group",
    "actor2": "QSD: Syrian Democratic Forces", "assoc_actor_2": "", "inter2": "Rebel group",
    "interaction": "Rebel group-Rebel group", "civilian_targeting": "", "iso": "760", "region": "Middle East",
    "country": "Syria", "admin1": "Deir ez Zor", "admin2": "Al Mayadin", "admin3": "", "location": "Al Mayadin",
    "latitude": "35.0197", "longitude": "40.4515", "geo_precision": "1", "source": "SOHR; SANA",
    "source_scale": "National-Other", "notes": "On 16 May, clashes.", "fatalities": "3", "tags": "",
    "timestamp": "1747699200",
}  # fmt: skip
BEFORE = {
    "data_id": "8001", "iso": "760", "event_id_cnty": "SYR9", "event_id_no_cnty": "9", "event_date": "31 January 2018",
    "year": "2018", "time_precision": "1", "event_type": "Explosions/Remote violence",
    "sub_event_type": "Air/drone strike", "actor1": "Military Forces of Russia", "assoc_actor_1": "", "inter1": "8",
    "actor2": "Civilians (Syria)", "assoc_actor_2": "", "inter2": "7", "interaction": "78", "region": "Middle East",
    "country": "Syria", "admin1": "Homs", "admin2": "", "admin3": "", "location": "Homs", "latitude": "34.72",
    "longitude": "36.7", "geo_precision": "1", "source": "SOHR", "source_scale": "Other", "notes": "A strike.",
    "fatalities": "0", "timestamp": "1579553000", "iso3": "SYR",
}  # fmt: skip


def acled(folder: Path, *rows: dict[str, str], like: dict[str, str] = NOW, mark: str = "") -> Path:
    path = folder / "acled.csv"
    lines = [",".join(like), *(",".join(f'"{value}"' for value in {**like, **row}.values()) for row in rows)]
    path.write_text(mark + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("like", [NOW, BEFORE])
def test_both_generations_are_known_with_a_byte_order_mark_too(tmp_path: Path, like: dict[str, str]) -> None:
    path = acled(tmp_path, {}, like=like, mark="\ufeff")
    assert importer_for(InFile(path)).name == "acled"
    assert Told(ACLED, path).draft.id == like["event_id_cnty"]


def test_the_id_that_changes_with_each_download_serves_only_without_the_other(tmp_path: Path) -> None:
    assert Told(ACLED, acled(tmp_path, {"event_id_cnty": ""}, like=BEFORE)).draft.id == "8001"
    (bad,) = Told(ACLED, acled(tmp_path, {"event_id_cnty": ""})).rejected
    assert "event_id_cnty: is empty" in bad.reason


def test_a_row_becomes_an_event_with_all_it_tells(tmp_path: Path) -> None:
    told = Told(ACLED, acled(tmp_path, {"assoc_actor_2": "YPG: People's Protection Units; Local Militia"}))
    values = told.draft.values
    assert values.pop("date").edtf == "2025-05-16"
    assert values == {
        "title": "Armed clash, Islamic State (Syria) and QSD: Syrian Democratic Forces, Al Mayadin", "type": "battle",
        "summary": "On 16 May, clashes.", "country": "SY",
        "note": "Battles; Political violence; scale of the sources: National-Other",
    }  # fmt: skip
    assert told.parts("event_place") == [
        {"place": PlaceMention("Al Mayadin", 40.4515, 35.0197, "town", None, "town", "SY", ("Deir ez Zor",)),
         "spelled": "Al Mayadin"},
    ]  # fmt: skip
    beside = "beside QSD: Syrian Democratic Forces"
    assert told.parts("event_actor") == [
        {"actor": ActorMention("Islamic State"), "role": "party", "note": "named 'Islamic State (Syria)'"},
        {"actor": ActorMention("Syrian Democratic Forces"), "role": "party",
         "note": "named 'QSD: Syrian Democratic Forces'"},
        {"actor": ActorMention("People's Protection Units"), "role": "party",
         "note": f"{beside}; named 'YPG: People's Protection Units'"},
        {"actor": ActorMention("Local Militia"), "role": "party", "note": beside},
    ]  # fmt: skip
    assert told.parts("event_source") == [
        {"source": DATASET, "locator": "event SYR1, as of 2025-05-20"},
        {"source": SourceMention("SOHR")}, {"source": SourceMention("SANA")},
    ]  # fmt: skip
    assert told.parts("count") == [{"measure": "killed", "value": 3, "qualifier": "estimate", "source": DATASET}]


def test_who_does_something_to_whom(tmp_path: Path) -> None:
    told = Told(ACLED, acled(tmp_path, {}, like=BEFORE))
    assert told.draft.values["type"] == "strike"
    assert [(row["actor"], row["role"]) for row in told.parts("event_actor")] == [
        (ActorMention("Military Forces of Russia", "state"), "perpetrator"),
        (ActorMention("Civilians", "people"), "victim"),
    ]


@pytest.mark.parametrize(
    ("code", "edtf"),
    [("1", "2025-05-16"), ("2", "2025-05-13~/2025-05-19~"), ("3", "2025-05"), ("", "2025-05-16")],
)
def test_a_date_is_as_exact_as_its_code(tmp_path: Path, code: str, edtf: str) -> None:
    assert Told(ACLED, acled(tmp_path, {"time_precision": code})).draft.values["date"].edtf == edtf


@pytest.mark.parametrize("date", ["2025-05-16", "16 May 2025", "16-May-25", "16/05/2025", "05/16/2025"])
def test_dates_come_in_several_styles(tmp_path: Path, date: str) -> None:
    assert Told(ACLED, acled(tmp_path, {"event_date": date})).draft.values["date"].edtf == "2025-05-16"


@pytest.mark.parametrize(
    ("code", "place", "role", "precision"),
    [
        ("1", ("Al Mayadin", "town", "town"), "at", ""),
        ("2", ("Al Mayadin", "town", "town"), "near", "near"),
        ("3", ("Deir ez Zor", "province", "province"), "at", ""),
    ],
)
def test_a_place_is_as_exact_as_its_code(
    tmp_path: Path, code: str, place: tuple[str, str, str], role: str, precision: str
) -> None:
    (row,) = Told(ACLED, acled(tmp_path, {"geo_precision": code})).parts("event_place")
    mention = row["place"]
    assert isinstance(mention, PlaceMention)
    assert (mention.name, mention.precision, mention.kind) == place
    assert (row.get("role", "at"), row.get("precision", "")) == (role, precision)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"event_date": "31/02/2017"}, "no day of the calendar"),
        ({"event_date": "May 2025"}, "event_date: 'May 2025' is no day"),
        ({"time_precision": "4"}, "time_precision: '4'"),
        ({"geo_precision": "9"}, "geo_precision: '9'"),
        ({"fatalities": "some"}, "fatalities: 'some' is no number"),
        ({"latitude": "0", "longitude": "0"}, "Gulf of Guinea"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_the_reason(tmp_path: Path, row: dict[str, str], reason: str) -> None:
    told = Told(ACLED, acled(tmp_path, {}, {"event_id_cnty": "SYR2", **row}))
    assert [draft.id for draft in told.drafts] == ["SYR1"]
    assert [(one.line, reason in one.reason) for one in told.rejected] == [(3, True)]


def test_types_that_the_codebook_does_not_have_are_told(tmp_path: Path) -> None:
    told = Told(ACLED, acled(tmp_path, {"event_type": "New", "sub_event_type": "Newer"}))
    assert told.draft.values["type"] == "other"
    assert "'Newer' (1)" in told.remarks[0].text


def test_every_type_of_the_table_is_one_of_badia() -> None:
    assert set(TYPES.values()) <= set(EVENT_TYPES)


def test_every_part_can_be_written(tmp_path: Path) -> None:
    path = acled(tmp_path, {"time_precision": "2", "geo_precision": "2"}, {"event_id_cnty": "SYR3", "actor2": ""})
    for draft in Told(ACLED, path).drafts:
        for table, row in draft.parts:
            plain = {name: "key" if isinstance(value, tuple) else value for name, value in row.items()}
            rows_of(table).row({"event": "key", **plain})


def test_a_file_without_the_columns_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("event_date,event_type\n2025-01-01,Battles\n", encoding="utf-8")
    assert ACLED.recognises(InFile(path)) == 0
    with pytest.raises(ReadError, match="lacks the columns actor1"):
        [*ACLED.items(InFile(path), {})]
