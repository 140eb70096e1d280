"""Tables of who holds which town: claims in the order of their dates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.tables import Told, text_file
from viewer.domain.control import ControlClaim, history
from viewer.domain.dates import parse
from viewer.domain.drafts import Draft, PlaceMention
from viewer.formats.importers import importer_for
from viewer.formats.importers.towns import TownsImporter
from viewer.formats.infile import InFile, ReadError

TOWNS = TownsImporter()
WIDE = "place,lat,lon,controlled by,since,previous"


def towns(folder: Path, *lines: str, **options: str) -> Told:
    return Told(TOWNS, text_file(folder / "towns.csv", *lines), options)


def said(drafts: list[Draft]) -> list[tuple[str, str, str, str]]:
    """What each claim says: day, holders, phase and class."""
    return [
        (draft.values["date"].edtf, "+".join(actor.name for actor in draft.values["actors"]), draft.values["phase"],
         draft.values["control"]) for draft in drafts
    ]  # fmt: skip


def test_a_row_with_earlier_holders_becomes_claims_in_order(tmp_path: Path) -> None:
    told = towns(tmp_path, WIDE, 'Raqqa,35.95,39.01,SDF,2017-10-17,"2014-01-13;IS, 2013-03-06;Rebels"')
    assert said(told.drafts) == [
        ("2013-03-06", "Rebels", "begins", "control"),
        ("2014-01-13", "IS", "begins", "control"),
        ("2017-10-17", "SDF", "begins", "control"),
    ]
    assert {draft.values["place"] for draft in told.drafts} == {
        PlaceMention("Raqqa", 39.01, 35.95, "town", None, "town")
    }
    assert len({draft.id for draft in told.drafts}) == 3
    (remark,) = told.remarks
    assert remark.question == "set previous_dates=until"


def test_without_a_day_for_the_present_holder_days_are_those_until_which_others_held_it(tmp_path: Path) -> None:
    told = towns(tmp_path, "town,lat,lon,held by,previous", "Raqqa,35.95,39.01,SDF,2014-01-13;Rebels|2017-10-17;IS")
    assert said(told.drafts) == [
        ("2014-01-13", "IS", "begins", "control"), ("2014-01-13", "Rebels", "ends", "control"),
        ("2017-10-17", "SDF", "begins", "control"), ("2017-10-17", "IS", "ends", "control"),
    ]  # fmt: skip
    assert told.remarks[0].question == "set previous_dates=from"


def test_the_claims_of_a_row_make_the_history_it_tells(tmp_path: Path) -> None:
    told = towns(tmp_path, "town,lat,lon,held by,previous", "Raqqa,35.95,39.01,SDF,2014-01-13;Rebels|2017-10-17;IS")
    claims = [
        ControlClaim(
            key=draft.id, actors=" ".join(actor.name for actor in draft.values["actors"]), place="raqqa", source="s",
            **{name: draft.values[name] for name in ("control", "phase", "date")},
        )
        for draft in told.drafts
    ]  # fmt: skip
    past = history(claims)

    def holder(day: str) -> list[str]:
        return [held.claim.actors for held in past.on(parse(day).earliest or 0)]

    assert [holder(day) for day in ("2014-01-12", "2014-01-13", "2017-10-16", "2017-10-17", "2020-01-01")] == [
        [], ["IS"], ["IS"], ["SDF"], ["SDF"],
    ]  # fmt: skip


def test_one_row_for_each_day_says_who_held_it_then(tmp_path: Path) -> None:
    told = towns(
        tmp_path, "date,place,MGRS,controller,class", "2014-06-10,Mosul,38S LF 3 2,IS,control",
        "2016-10-17,Mosul,38S LF 3 2,IS,besieged", "Jul 2017,Mosul,38S LF 3 2,Iraq; Peshmerga,",
    )  # fmt: skip
    assert said(told.drafts) == [
        ("2014-06-10", "IS", "holds", "control"),
        ("2016-10-17", "IS", "holds", "besieged"),
        ("2017-07", "Iraq+Peshmerga", "holds", "mixed"),
    ]
    assert [remark.question for remark in told.remarks] == ["set since=COLUMN"]


def test_begin_and_end_and_a_phase_are_taken_as_they_are_told(tmp_path: Path) -> None:
    told = towns(tmp_path, "place,controller,start,end", "Mosul,IS,2014-06-10,2017-07-10", "Hit,IS,2014-10-13,")
    assert said(told.drafts) == [
        ("2014-06-10", "IS", "begins", "control"),
        ("2017-07-10", "IS", "ends", "control"),
        ("2014-10-13", "IS", "holds", "control"),
    ]
    phases = towns(tmp_path, "place,controller,date,phase", "Mosul,IS,2014-06-10,captured", "Mosul,IS,2017-07-10,lost")
    assert [claim[2] for claim in said(phases.drafts)] == ["begins", "ends"]


def test_areas_are_claims_with_an_outline(tmp_path: Path) -> None:
    square = "POLYGON ((40 35, 41 35, 41 36, 40 36, 40 35))"
    told = towns(tmp_path, "wkt;controlled by;since", f"{square};IS;2014-07-01")
    assert "place" not in told.draft.values
    assert told.draft.values["geometry"] is not None
    named = towns(tmp_path, "wkt;place;controlled by;since", f"{square};Hajin pocket;IS;2018-01-01")
    assert named.draft.values["place"].name == "Hajin pocket"


def test_holders_without_a_day_are_told_and_a_day_can_be_given(tmp_path: Path) -> None:
    rows = ("place,controlled by", "Raqqa,SDF")
    told = towns(tmp_path, *rows)
    assert not told.draft.values["date"].dated
    assert told.remarks[0].question == "set as_of=YYYY-MM-DD"
    dated = towns(tmp_path, *rows, as_of="2018-01-01")
    assert said(dated.drafts) == [("2018-01-01", "SDF", "holds", "control")]
    assert dated.remarks == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Raqqa,35.95,39.01,nobody,2017-01-01,", "controller: 'nobody' names nobody"),
        ("Raqqa,35.95,39.01,,2017-01-01,", "controller: is empty"),
        (",,,SDF,2017-01-01,", "place: is empty"),
        ("Raqqa,35.95,39.01,SDF,2017-02-31,", "no day of the calendar"),
        ("Raqqa,35.95,39.01,SDF,2017-01-01,IS", "previous: 'IS' is no pair"),
        ("Raqqa,35.95,39.01,SDF,2017-01-01,someday;IS", "is no date"),
        ("Raqqa,35.95,39.01,SDF,2017-01-01,n/a;IS", "has no date"),
    ],
)
def test_a_row_of_which_a_part_cannot_be_read_is_rejected_whole(tmp_path: Path, row: str, reason: str) -> None:
    told = towns(tmp_path, WIDE, row, "Mosul,36.34,43.13,Iraq,2017-07-10,2014-06-10;IS")
    assert [draft.line for draft in told.drafts] == [3, 3]
    assert [(one.line, reason in one.reason) for one in told.rejected] == [(2, True)]


def test_such_tables_are_known_and_tables_of_events_are_not(tmp_path: Path) -> None:
    for header, name in (
        (WIDE, "towns"), ("date,place,controller", "towns"), ("التاريخ,المدينة,تحت سيطرة", "towns"),
        ("date,place,lat,lon,type,actor", "table"), ("date,place,type,killed,controlled by", "table"),
    ):  # fmt: skip
        path = text_file(tmp_path / "any.csv", header, ",".join("" for _ in header.split(",")))
        assert importer_for(InFile(path)).name == name


def test_a_table_that_names_no_holder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no column says who holds a place"):
        towns(tmp_path, "place,date", "Raqqa,2017-01-01")


def ids(path: Path, *rows: str) -> list[str]:
    file = text_file(path / "a.csv", "place,lat,lon,controller,since", *rows)
    return [draft.id for draft in Told(TOWNS, file).drafts]


def test_a_corrected_day_is_the_same_claim_and_other_rows_of_the_place_are_others(tmp_path: Path) -> None:
    first = ids(tmp_path, "Hajin,34.69,40.83,Group A,2017-01-01")
    assert ids(tmp_path, "Hajin,34.69,40.83,Group A,2017-02-02") == first
    several = ids(tmp_path, *(f"Hajin,34.69,40.83,Group A,2017-0{month}-01" for month in range(1, 5)))
    assert len({*several}) == 4
