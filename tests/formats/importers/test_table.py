"""Tables of anybody's as events: the mapping that is guessed, and what becomes of each cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.formats.tables import DATED, Told, cell, sheet_of, text_file, text_row, workbook
from viewer.domain.drafts import ActorMention, Draft, PlaceMention, SourceMention
from viewer.formats.importers import importer_for
from viewer.formats.importers.table import TableImporter
from viewer.formats.infile import InFile, ReadError
from viewer.geo.shapes import wkb_to_shape

TABLE = TableImporter()


def told(path: Path, *lines: str, **options: str) -> Told:
    return Told(TABLE, text_file(path / "reports.csv", *lines), options)


def place_of(path: Path, header: str, row: str, **options: str) -> PlaceMention:
    mention = told(path, header, row, **options).parts("event_place")[0]["place"]
    assert isinstance(mention, PlaceMention)
    return mention


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        ("date,longitude,latitude,type", {"date": "date", "lon": "longitude", "lat": "latitude", "type": "type"}),
        ("Event ID,Event Date,Lat,Long,Fatalities",
         {"id": "Event ID", "date": "Event Date", "lat": "Lat", "lon": "Long", "killed": "Fatalities"}),
        ("Datum,Plaats,Breedtegraad,Lengtegraad,Doden,Gewonden,Bron",
         {"date": "Datum", "place": "Plaats", "lat": "Breedtegraad", "lon": "Lengtegraad", "killed": "Doden",
          "injured": "Gewonden", "source": "Bron"}),
        ("Datum,Ort,Breitengrad,Längengrad,Getötete,Quelle,Bemerkung",
         {"date": "Datum", "place": "Ort", "lat": "Breitengrad", "lon": "Längengrad", "killed": "Getötete",
          "source": "Quelle", "note": "Bemerkung"}),
        ("Date de début,Date de fin,Lieu,Coordonnées,Tués,Blessés",
         {"date": "Date de début", "end": "Date de fin", "place": "Lieu", "coordinate": "Coordonnées",
          "killed": "Tués", "injured": "Blessés"}),
        ("التاريخ,المكان,خط العرض,خط الطول,القتلى,المصدر",
         {"date": "التاريخ", "place": "المكان", "lat": "خط العرض", "lon": "خط الطول", "killed": "القتلى",
          "source": "المصدر"}),
        ("start_date,end_date,MGRS (WGS84),killed_low,killed_high,target",
         {"date": "start_date", "end": "end_date", "coordinate": "MGRS (WGS84)", "killed_low": "killed_low",
          "killed_high": "killed_high", "target": "target"}),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_names(tmp_path: Path, header: str, mapping: dict[str, str]) -> None:
    shape = TABLE.shape(InFile(text_file(tmp_path / "a.csv", header)))
    assert dict(shape.mapping) == mapping
    assert set(mapping) <= set(shape.fields)


def test_columns_are_known_by_what_they_hold_and_not_taken_where_they_cannot(tmp_path: Path) -> None:
    rows = ("A,B,date", "3 mars 2016,37S FV 12345 67890,on request", "4 mars 2016,37S FV 22345 67890,later")
    shape = TABLE.shape(InFile(text_file(tmp_path / "a.csv", *rows)))
    assert dict(shape.mapping) == {"date": "A", "coordinate": "B"}


def test_a_number_that_comes_twice_is_no_id(tmp_path: Path) -> None:
    rows = ("nr,date,type", "1,2017-01-01,battle", "2,2017-01-01,battle")
    assert [draft.id for draft in told(tmp_path, *rows).drafts] == ["1", "2"]
    assert [draft.id for draft in told(tmp_path, *rows, "2,2017-01-02,battle").drafts] == ["", "", ""]


def test_a_table_is_known_by_its_content_and_other_text_is_not(tmp_path: Path) -> None:
    table = text_file(tmp_path / "a.dat", "date,lat,lon", "2017-01-01,35.1,40.1")
    assert importer_for(InFile(table)).name == "table"
    for content in ("some words, and more\nof them, here", '{"date": 1, "lat": 2}', "a,b\n1,2"):
        assert TABLE.recognises(InFile(text_file(tmp_path / "b.csv", content))) < 0.3


def test_a_row_becomes_an_event_with_all_it_tells(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        "id;date;end;place;lat;lon;country;province;type;perpetrator;target;killed;killed_civilians;source;source_date;"
        "url;summary;note",
        "7;3-Oct-17 ;5-Oct-17;Mayadin;35,0197;40,4515;Syria ;Deir ez-Zor;Airstrike;Coalition;IS; at least 12;3;AFP; "
        "6 October 2017;https://example.org/1;Strikes hit the town. More was said.;seen",
    )
    draft = found.draft
    assert (draft.id, draft.line, draft.table) == ("7", 2, "event")
    assert draft.values["date"].edtf == "2017-10-03/2017-10-05"
    assert {name: value for name, value in draft.values.items() if name != "date"} == {
        "title": "Strikes hit the town. More was said.", "type": "strike", "country": "SY", "summary":
        "Strikes hit the town. More was said.", "note": "seen; type in the file: Airstrike",
    }  # fmt: skip
    mention = PlaceMention("Mayadin", 40.4515, 35.0197, "town", None, "town", "SY", ("Deir ez-Zor",), own_m=150.0)
    assert found.parts("event_place") == [{"place": mention, "spelled": "Mayadin"}]
    assert found.parts("event_actor") == [
        {"actor": ActorMention("Coalition"), "role": "perpetrator"}, {"actor": ActorMention("IS"), "role": "target"},
    ]  # fmt: skip
    source = SourceMention("AFP", "", "2017-10-06", "https://example.org/1")
    assert found.parts("event_source") == [{"source": source}]
    assert found.parts("count") == [
        {"measure": "killed", "value": 12, "qualifier": "at-least", "word": "at least 12", "source": source},
        {"measure": "killed", "value": 3, "qualifier": "stated", "group": "civilians", "partition": "part",
         "source": source},
    ]  # fmt: skip


def test_rows_without_a_source_have_the_file_for_one(tmp_path: Path) -> None:
    found = told(tmp_path, "date,type,place", "2017-01-01,battle,Raqqa")
    assert found.parts("event_source") == [{"source": SourceMention("reports", "reports.csv", kind="dataset")}]
    named = told(tmp_path, "date,type,place", "2017-01-01,battle,Raqqa", publisher="A monitor")
    assert named.parts("event_source") == [{"source": SourceMention("A monitor", "reports.csv", kind="dataset")}]


def test_links_among_the_sources_are_named_by_their_hosts(tmp_path: Path) -> None:
    found = told(tmp_path, "date,type,source", "2017-01-01,battle,https://www.example.org/a?b=1")
    source = SourceMention("example.org", reference="https://www.example.org/a?b=1")
    assert found.parts("event_source") == [{"source": source}]


def test_several_names_in_a_cell_are_apart_by_the_separator(tmp_path: Path) -> None:
    found = told(tmp_path, "date,type,place,actor,source", "2017-01-01,battle,Raqqa,SDF; IS;SDF,AFP; Reuters")
    assert [row["actor"] for row in found.parts("event_actor")] == [ActorMention("SDF"), ActorMention("IS")]
    assert [row["source"] for row in found.parts("event_source")] == [SourceMention("AFP"), SourceMention("Reuters")]


@pytest.mark.parametrize(
    ("header", "row", "mention"),
    [
        ("lat,lon", "35.33,40.14", PlaceMention("35.33000, 40.14000", 40.14, 35.33, "town", None, "site")),
        ("lat,lon", "35.3,40.1", PlaceMention("35.30000, 40.10000", 40.1, 35.3, "near", 8000.0, "site")),
        ("lat,lon", "35,40", PlaceMention("35.00000, 40.00000", 40, 35, "region", 80000.0, "area")),
        ("lat,lon", "35°19'48\"N,40°08'24\"E", PlaceMention("35.33000, 40.14000", 40.14, 35.33, "town", None, "site")),
        ("coordinate,x1", '"35.33, 40.14",', PlaceMention("35.33000, 40.14000", 40.14, 35.33, "town", None, "site")),
        ("coordinate,x1", '"35,33; 40,14",', PlaceMention("35.33000, 40.14000", 40.14, 35.33, "town", None, "site")),
        ("geom,x1", "POINT (40.14 35.33),", PlaceMention("35.33000, 40.14000", 40.14, 35.33, "town", None, "site")),
        ("lat,lon,place,precision", "35.33,40.14,Deir ez-Zor,district",
         PlaceMention("Deir ez-Zor", 40.14, 35.33, "area", 30000.0, "district")),
        ("lat,lon,place,radius", "35.33,40.14,Hajin,5 km", PlaceMention("Hajin", 40.14, 35.33, "town", 5000.0)),
        ("lat,lon,province,precision", "35.33,40.14,Homs,province",
         PlaceMention("Homs", 40.14, 35.33, "province", 80000.0, "province")),
        ("place,country", "Raqqa,Syria", PlaceMention("Raqqa", None, None, "unknown", None, "town", "SY")),
        ("province,country", "Homs,Syria", PlaceMention("Homs", None, None, "province", 80000.0, "province", "SY")),
        ("country,x1", "Iraq,", PlaceMention("Iraq", None, None, "country", 300000.0, "country", "IQ")),
    ],
)  # fmt: skip
def test_a_place_is_as_exact_as_it_is_told(tmp_path: Path, header: str, row: str, mention: PlaceMention) -> None:
    found = place_of(tmp_path, f"date,type,{header}", f"2017-01-01,battle,{row}")
    assert found._replace(lon=None, lat=None) == mention._replace(lon=None, lat=None)
    if mention.lon is not None:
        assert (found.lon, found.lat) == pytest.approx((mention.lon, mention.lat), abs=1e-6)


@pytest.mark.parametrize(
    ("text", "precision"), [("37S EV 03000 09000", "town"), ("37S EV 03 09", "town"), ("37S EV 0 0", "near")]
)
def test_a_grid_reference_is_as_exact_as_its_digits(tmp_path: Path, text: str, precision: str) -> None:
    found = place_of(tmp_path, "date,type,MGRS", f"2017-01-01,battle,{text}")
    assert found.precision == precision
    assert (found.lon, found.lat) == pytest.approx((39.0, 35.2), abs=0.15)


def test_geometry_as_text_is_kept_as_it_is_drawn(tmp_path: Path) -> None:
    square = "POLYGON ((40 35, 41 35, 41 36, 40 36, 40 35))"
    area = place_of(tmp_path, "date;type;place;wkt", f"2017-01-01;battle;A field;{square}")
    assert (area.name, area.precision, area.kind) == ("A field", "area", "area")
    assert area.geometry is not None
    assert wkb_to_shape(area.geometry).bounds == (40, 35, 41, 36)
    line = place_of(tmp_path, "date;type;geom", "2017-01-01;battle;LINESTRING (40 35, 41 36)")
    assert (line.precision, line.kind) == ("line", "road")
    point = place_of(tmp_path, "date;type;wkt", "2017-01-01;battle;POINT (40.14 35.33)")
    assert (point.lon, point.lat, point.precision, point.geometry) == (40.14, 35.33, "town", None)
    (bad,) = told(tmp_path, "date;type;wkt", f"2017-01-01;battle;{'POLYGON (' * 20}").rejected
    assert bad.reason.startswith("wkt: ")


def test_a_row_without_any_place_is_an_event_without_one(tmp_path: Path) -> None:
    assert told(tmp_path, "date,type,place", "2017-01-01,battle,").parts("event_place") == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("31/02/2017,35.1,40.1,1", "date: '31/02/2017'"),
        ("2017-01-01,0,0,1", "Gulf of Guinea"),
        ("2017-01-01,94,40.1,1", "coordinates"),
        ("2017-01-01,35.1,,1", "longitude: is empty"),
        ("2017-01-01,north,40.1,1", "latitude: 'north' is no number"),
        ("2017-01-01,35.1,40.1,a lot", "killed: 'a lot' is no number"),
        ("2017-01-01,35.1,40.1,-1", "killed: '-1' is no number"),
    ],
)
def test_a_cell_that_cannot_be_read_rejects_its_row_and_no_other(tmp_path: Path, row: str, reason: str) -> None:
    found = told(tmp_path, "date,lat,lon,killed", "2017-01-02,35.1,40.1,1", row, "2017-01-03,35.1,40.1,1")
    assert [draft.line for draft in found.drafts] == [2, 4]
    assert [(one.line, one.raw) for one in found.rejected] == [(3, tuple(row.split(",")))]
    assert reason in found.rejected[0].reason


def test_the_order_of_day_and_month_comes_from_the_column_as_a_whole(tmp_path: Path) -> None:
    rows = [f"0{1 + number % 9}/04/2016,battle" for number in range(400)]
    found = told(tmp_path, "date,type", *rows, "04/25/2016,battle")
    assert [draft.values["date"].edtf[:7] for draft in found.drafts[:2]] == ["2016-01", "2016-02"]
    assert not any(remark.question == "set order=month" for remark in found.remarks)


def test_the_order_is_found_without_the_shape_too(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "date,type", "03/04/2016,battle", "04/25/2016,battle")
    dates = [item.values["date"].edtf for item in TABLE.items(InFile(path), {}) if isinstance(item, Draft)]
    assert dates == ["2016-03-04", "2016-04-25"]


def test_form_role_and_actuality_are_taken_from_their_words(tmp_path: Path) -> None:
    rows = ("date,type,form,actuality,actor,role", "2017-01-01,battle,Total,unconfirmed,IS,Dader")
    found = told(tmp_path, *rows)
    assert (found.draft.values["form"], found.draft.values["actuality"]) == ("tally", "alleged")
    assert found.parts("event_actor") == [{"actor": ActorMention("IS"), "role": "perpetrator"}]
    (bad,) = told(tmp_path, *rows[:1], "2017-01-01,battle,odd,,,").rejected
    assert bad.reason.startswith("form: 'odd' is none of ")


def test_an_order_that_no_row_tells_is_a_question(tmp_path: Path) -> None:
    found = told(tmp_path, "date,type", "03/04/2016,battle", "05/06/2016,battle")
    assert [draft.values["date"].edtf for draft in found.drafts] == ["2016-04-03", "2016-06-05"]
    (remark,) = found.remarks
    assert remark.text.startswith("2 dates can be read")
    assert remark.question == "set order=month"
    other = told(tmp_path, "date,type", "03/04/2016,battle", "05/06/2016,battle", order="month")
    assert [draft.values["date"].edtf for draft in other.drafts] == ["2016-03-04", "2016-05-06"]
    assert other.remarks == []


def test_words_for_types_that_nobody_knows_are_told_and_can_be_settled(tmp_path: Path) -> None:
    rows = ("date,type", "2017-01-01,SOF", "2017-01-02,sof", "2017-01-03,IED")
    found = told(tmp_path, *rows)
    assert [draft.values["type"] for draft in found.drafts] == ["other", "other", "bombing"]
    assert [draft.values["title"] for draft in found.drafts] == ["SOF", "Sof", "IED"]
    (remark,) = found.remarks
    assert "'SOF' (1), 'sof' (1)" in remark.text
    settled = told(tmp_path, *rows, **{"type:SOF": "raid"})
    assert [draft.values["type"] for draft in settled.drafts] == ["raid", "raid", "bombing"]
    with pytest.raises(ReadError, match="'rade' is no type of event"):
        told(tmp_path, *rows, **{"type:SOF": "rade"})


def test_columns_that_nothing_is_taken_from_are_told_and_can_be_kept(tmp_path: Path) -> None:
    rows = ("date,type,weapon,unit", "2017-01-01,battle,rifle,", "2017-01-02,battle,,third")
    (remark,) = told(tmp_path, *rows).remarks
    assert (remark.text, remark.question) == ("columns that nothing was taken from: weapon, unit", "set rest=note")
    kept = told(tmp_path, *rows, rest="note")
    assert [draft.values["note"] for draft in kept.drafts] == ["weapon: rifle", "unit: third"]
    assert kept.remarks == []


def test_undated_rows_are_kept_and_counted(tmp_path: Path) -> None:
    found = told(tmp_path, "date,type", "n/a,battle", "2017-01-02,battle")
    assert [draft.values["date"].dated for draft in found.drafts] == [False, True]
    assert [remark.text for remark in found.remarks] == ["1 rows have no date; they stand undated"]


def test_the_mapping_can_be_set_and_what_is_set_wrongly_is_told(tmp_path: Path) -> None:
    rows = ("date,published_on,what", "2017-01-01,2017-02-02,battle")
    found = told(tmp_path, *rows, date="published_on", type="what")
    assert found.draft.values["date"].edtf == "2017-02-02"
    assert found.draft.values["type"] == "battle"
    assert not told(tmp_path, *rows, date="").draft.values["date"].dated
    for options, reason in (
        ({"date": "day"}, "no column 'day'; it has date, published_on, what"), ({"dat": "date"}, "neither a field nor"),
        ({"order": "up"}, "none of day, month, year"), ({"default_precision": "wide"}, "no class of exactness"),
        ({"encoding": "x-none"}, "no encoding"), ({"delimiter": "ab"}, "no delimiter"),
        ({"default_type": "x"}, "no type of event"),
    ):  # fmt: skip
        with pytest.raises(ReadError, match=reason):
            told(tmp_path, *rows, **options)


def test_the_delimiter_and_the_encoding_can_be_set(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "date|type,x|title", "2017-01-01|battle|Köln", encoding="latin-1")
    found = Told(TABLE, path, {"delimiter": "|", "encoding": "latin-1", "type": "type,x"})
    assert (found.draft.values["type"], found.draft.values["title"]) == ("battle", "Köln")


def test_a_spreadsheet_is_read_like_a_text_and_another_sheet_by_its_name(tmp_path: Path) -> None:
    header = text_row(1, "Datum", "Ort", "Tote")
    row = cell("A2", 43038, DATED) + text_row(2, "", "Raqqa", "12-15")[len(cell("A2", "")) :]
    other = sheet_of(text_row(1, "when", "what"), text_row(2, "2017-03-04", "IED"))
    path = workbook(tmp_path / "a.xlsx", Eins=sheet_of(header, row), Zwei=other)
    assert importer_for(InFile(path)).name == "table"
    draft = Told(TABLE, path).draft
    assert (draft.values["date"].edtf, draft.line) == ("2017-10-30", 2)
    assert dict(TABLE.shape(InFile(path)).settings)["sheet"] == "Eins"
    second = Told(TABLE, path, {"sheet": "Zwei", "type": "what"}).draft
    assert (second.values["date"].edtf, second.values["type"]) == ("2017-03-04", "bombing")


def test_claims_of_control_are_made_when_asked_for(tmp_path: Path) -> None:
    found = told(tmp_path, "date,place,actor,status", "2017-01-01,Raqqa,IS,besieged", table="control_claim")
    values: dict[str, Any] = found.draft.values
    assert found.draft.table == "control_claim"
    assert (values["control"], values["phase"], values["actors"]) == ("besieged", "holds", (ActorMention("IS"),))


@pytest.mark.parametrize("dates", [("31/02/2017", "30/02/2017"), ("soon", "later")])
def test_a_column_of_dates_of_which_none_is_a_day_is_one_all_the_same(tmp_path: Path, dates: tuple[str, ...]) -> None:
    path = text_file(tmp_path / "a.csv", "date,type,place", *(f"{date},battle,Hajin" for date in dates))
    told = Told(TABLE, path)
    assert TABLE.recognises(InFile(path)) > 0.3
    assert (told.drafts, len(told.rejected)) == ([], 2)
    assert all(date in one.reason for date, one in zip(dates, told.rejected, strict=True))


def test_a_column_of_impossible_dates_gives_way_to_none_that_tells_something_else(tmp_path: Path) -> None:
    row = "31/02/2017,2017-03-05,battle,Hajin"
    shape = TABLE.shape(InFile(text_file(tmp_path / "a.csv", "event_date,received,type,place", row)))
    assert shape.mapping["date"] == "event_date"


def test_a_fine_point_is_that_of_the_row_and_a_coarse_one_that_of_its_place(tmp_path: Path) -> None:
    for row, own in (("35.331,40.142", 150.0), ("35.33,40.14", None), ("35.3,40.1", None)):
        found = place_of(tmp_path, "date,type,lat,lon,place", f"2017-01-01,battle,{row},Hajin")
        assert found.own_m == own
