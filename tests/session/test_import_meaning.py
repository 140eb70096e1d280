"""What an import takes a file to mean: editions, names, points and days; and that it says so beforehand."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from viewer.domain.actors import Actor, ActorName
from viewer.domain.events import Event, EventActor, EventPlace
from viewer.domain.places import Place, PlaceName
from viewer.domain.records import Meta, Records
from viewer.formats.infile import ReadError
from viewer.geo.basemap import Basemap
from viewer.session.importing import Order, Summary, run_import
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.intake.landing import key_of
from viewer.store.intake.names import BY_NAME, BY_SOUND, DECIDED, NOT_KNOWN, Corrections
from viewer.store.writer import write_store

HEAD = "id,date,type,place,lat,lon,title,perpetrator"


def table(path: Path, *rows: str, head: str = HEAD) -> Path:
    path.write_text("\n".join((head, *rows, "")), encoding="utf-8")
    return path


def taken_in(file: Path, store: Path, basemap: Basemap, **how: Any) -> Summary:
    summary = run_import(Order(file, store, "2026-01-01", **how), basemap, {})
    tally = summary.tally
    assert tally.read == tally.added + tally.updated + tally.unchanged + tally.rejected
    return summary


def opened(store: Path) -> closing[DataSet]:
    return closing(open_dataset(store))


def told(summary: Summary) -> str:
    return " | ".join(remark.text for remark in summary.remarks)


def found(store: Path, word: str) -> list[str]:
    with closing(sqlite3.connect(store)) as db:
        rows = db.execute("SELECT key FROM search WHERE instr(' ' || text || ' ', ?)", (f" {word} ",))
        return sorted(key for (key,) in rows)


ROWS = [f"e{number},2017-01-{number:02},battle,Town {number},35.{number:02}1,40.12,Fight {number},A"
        for number in range(1, 11)]  # fmt: skip


def test_a_later_edition_under_another_name_is_said_to_be_one(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "s.gpkg"
    taken_in(table(tmp_path / "iraq-2017.csv", *ROWS[:6]), store, basemap)
    later = table(tmp_path / "iraq-2018.csv", *ROWS)
    trial = taken_in(later, store, basemap, dry_run=True)
    assert trial.likely_feed == "iraq-2017"
    assert (trial.remarks[-1].question, trial.tally.added) == ("feed iraq-2017", 10)
    named = taken_in(later, store, basemap, feed="iraq-2017")
    assert (named.likely_feed, named.tally.added, named.tally.unchanged) == ("", 4, 6)


def test_the_same_numbers_of_other_days_are_no_edition(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "s.gpkg"
    taken_in(table(tmp_path / "one.csv", *ROWS), store, basemap)
    other = [row.replace("2017-01", "2016-03") for row in ROWS]
    assert taken_in(table(tmp_path / "two.csv", *other), store, basemap).likely_feed == ""


def test_rows_without_ids_are_known_by_their_cells(tmp_path: Path, basemap: Basemap) -> None:
    store, head = tmp_path / "s.gpkg", HEAD.removeprefix("id,")
    rows = [row.partition(",")[2] for row in ROWS]
    taken_in(table(tmp_path / "one.csv", *rows, head=head), store, basemap)
    assert taken_in(table(tmp_path / "two.csv", *rows, head=head), store, basemap).likely_feed == "one"


def test_a_trial_lists_what_would_be_changed_and_deleted(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "s.gpkg"
    taken_in(table(tmp_path / "t.csv", *ROWS), store, basemap)
    later = [ROWS[0].replace("Fight 1", "Fight one"), *ROWS[1:8]]
    trial = taken_in(table(tmp_path / "t.csv", *later), store, basemap, delete_missing=True, dry_run=True)
    assert [(one.table, one.key, one.id, one.title) for one in trial.changed] == [
        ("event", "t-e1", "e1", "Fight one")
    ]  # fmt: skip
    assert [(one.id, one.title) for one in trial.deleted] == [("e9", "Fight 9"), ("e10", "Fight 10")]
    with opened(store) as data:
        assert data.reader.number("event") == 10


def test_of_very_many_changes_the_first_are_listed(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "s.gpkg"
    rows = [f"{number},2017-01-01,battle,Hajin,34.6901,40.8301,Title {number},A" for number in range(250)]
    taken_in(table(tmp_path / "t.csv", *rows), store, basemap)
    changed = [row.replace("Title", "Other") for row in rows]
    summary = taken_in(table(tmp_path / "t.csv", *changed), store, basemap)
    assert (summary.tally.updated, len(summary.changed)) == (250, 250)


def town(store: Path) -> Path:
    """A store with one town of two names, an event there and the actor of it."""
    records = Records(Meta(store_id="one-town", title="One town", as_of="2018-01-01"), {
        "place": [Place(key="hajin", name="Hajin", lon=40.83, lat=34.69, country="SY")],
        "place_name": [PlaceName(place="hajin", name="Hadjin")],
        "actor": [Actor(key="a", name="Group A")], "actor_name": [ActorName(actor="a", name="GA")],
        "event": [Event(key="first", title="First", type="battle")],
        "event_place": [EventPlace(event="first", place="hajin", spelled="Al-Hajjin")],
        "event_actor": [EventActor(event="first", actor="a", role="party")],
    })  # fmt: skip
    write_store(records, store)
    return store


def where(store: Path) -> Mapping[str, tuple[float | None, float | None, str]]:
    with opened(store) as data:
        rows = data.reader.all("event_place")
        return {row.event: (data.places[row.place].lon, data.places[row.place].lat, row.place) for row in rows}


def test_a_point_finer_than_its_town_is_kept_within_it(tmp_path: Path, basemap: Basemap) -> None:
    store = town(tmp_path / "s.gpkg")
    rows = ["1,2017-01-01,battle,Hajin,34.7011,40.8422,Fine,A", "2,2017-01-02,battle,Hajin,34.6901,40.8302,There,A",
            "3,2017-01-03,battle,Hajin,34.7011,40.8422,Again,A"]  # fmt: skip
    summary = taken_in(table(tmp_path / "t.csv", *rows), store, basemap)
    at = where(store)
    assert at["t-1"][:2] == at["t-3"][:2] == (40.8422, 34.7011)
    assert at["t-2"][2] == "hajin"
    with opened(store) as data:
        own = data.places[at["t-1"][2]]
        assert (own.within, own.name, own.kind, own.precision) == ("hajin", "Hajin", "area", "town")
        assert own.key in data.places_within(["hajin"])
    assert "keep their own" in told(summary)
    assert taken_in(tmp_path / "t.csv", store, basemap).tally.unchanged == 3


def test_rows_of_one_town_do_not_all_stand_where_the_first_does(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "s.gpkg"
    rows = [f"{n},2017-01-01,battle,Hajin,34.6{n}11,40.8{n}22,At {n},A" for n in range(1, 6)]
    taken_in(table(tmp_path / "t.csv", *rows), store, basemap)
    assert [at[:2] for at in where(store).values()] == [
        (float(f"40.8{n}22"), float(f"34.6{n}11")) for n in range(1, 6)
    ]  # fmt: skip


def test_a_row_that_is_only_near_a_town_is_not_shown_as_exact_as_the_town(tmp_path: Path, basemap: Basemap) -> None:
    store = town(tmp_path / "s.gpkg")
    rows = "1,2017-01-01,battle,Hajin,34.7,40.8,Near,A"
    taken_in(table(tmp_path / "t.csv", rows), store, basemap)
    with opened(store) as data:
        (row,) = [row for row in data.reader.all("event_place") if row.event == "t-1"]
        assert (row.place, row.precision, row.radius_m) == ("hajin", "near", 8000.0)


def test_every_name_says_what_it_was_taken_for_and_how(tmp_path: Path, basemap: Basemap) -> None:
    store = town(tmp_path / "s.gpkg")
    rows = ["1,2017-01-01,battle,Hadjin,34.69,40.83,One,GA", "2,2017-01-02,battle,Hajjiin,34.69,40.83,Two,Group B",
            "3,2017-01-03,battle,Susah,34.52,40.95,Three,Group C"]  # fmt: skip
    decided = Corrections({"Group C": "a"}, {})
    summary = taken_in(table(tmp_path / "t.csv", *rows), store, basemap, corrections=decided)
    assert {match.name: (match.key, match.how, match.called) for match in summary.matches} == {
        "Hadjin": ("hajin", BY_NAME, "Hajin"), "Hajjiin": ("hajin", BY_SOUND, "Hajin"),
        "Susah": ("susah", NOT_KNOWN, "Susah"), "GA": ("a", BY_NAME, "Group A"),
        "Group B": ("group-b", NOT_KNOWN, "Group B"), "Group C": ("a", DECIDED, "Group A"),
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [Corrections({"A": "nobody"}, {}), Corrections({}, {"Town 1": "nowhere"})])
def test_a_name_is_not_taken_for_a_record_that_is_not_there(
    tmp_path: Path, basemap: Basemap, wrong: Corrections
) -> None:
    store = town(tmp_path / "s.gpkg")
    before = store.read_bytes()
    with pytest.raises(ReadError, match="the store has no such"):
        taken_in(table(tmp_path / "t.csv", *ROWS), store, basemap, corrections=wrong)
    assert store.read_bytes() == before


@pytest.mark.parametrize(("dates", "as_of"), [
    (("2017-01-05", "2016"), "2017-01-05"), (("2017-02", "2017-01-05"), "2017-02-28"),
    (("2017-01-05", "2199-01-01"), "2017-01-05"), (("2017-03-01/..", "2016"), "2017-03-01"), (("", ""), ""),
])  # fmt: skip
def test_a_new_store_is_as_of_the_last_day_of_what_it_was_made_of(
    tmp_path: Path, basemap: Basemap, dates: tuple[str, ...], as_of: str
) -> None:
    rows = [f"{number},{date},battle,Hajin,34.69,40.83,One,A" for number, date in enumerate(dates)]
    taken_in(table(tmp_path / "t.csv", *rows), tmp_path / "s.gpkg", basemap)
    with opened(tmp_path / "s.gpkg") as data:
        assert data.meta.as_of == as_of


def test_a_later_edition_moves_the_day_on_and_an_earlier_one_does_not(tmp_path: Path, basemap: Basemap) -> None:
    store = town(tmp_path / "s.gpkg")
    for day, as_of in (("2017-01-01", "2018-01-01"), ("2018-06-01", "2018-06-01")):
        taken_in(table(tmp_path / "t.csv", f"{day},{day},battle,Hajin,34.69,40.83,One,A"), store, basemap)
        with opened(store) as data:
            assert data.meta.as_of == as_of


def test_a_store_made_of_a_store_says_of_itself_what_that_says(tmp_path: Path, basemap: Basemap) -> None:
    one, two = town(tmp_path / "one.gpkg"), tmp_path / "two.gpkg"
    taken_in(one, two, basemap)
    with opened(two) as data:
        assert (data.meta.title, data.meta.as_of) == ("two", "2018-01-01")
        assert data.meta.store_id != "one-town"
    with pytest.raises(ReadError, match="coordinates are not exchanged"):
        taken_in(one, two, basemap, swap=True)


def test_a_file_that_changes_while_it_is_read_is_not_imported(tmp_path: Path, basemap: Basemap) -> None:
    store, file = town(tmp_path / "s.gpkg"), table(tmp_path / "t.csv", *ROWS)
    before = store.read_bytes()
    written: list[str] = []

    def meanwhile(share: float) -> None:
        if share > 0.1 and not written:
            written.append("x")
            with file.open("a") as more:
                more.write("e99,2017-01-01,battle,Hajin,34.69,40.83,Late,A\n")

    with pytest.raises(ReadError, match="changed while it was read"):
        run_import(Order(file, store, "2026-01-01"), basemap, {}, meanwhile)
    assert store.read_bytes() == before
    assert taken_in(file, store, basemap).tally.added == 11


def test_a_file_that_is_its_own_source_stays_one_source_under_another_name(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "s.gpkg"
    taken_in(table(tmp_path / "one.csv", *ROWS), store, basemap)
    again = taken_in(table(tmp_path / "two.csv", *ROWS), store, basemap, feed="one", options={"separator": "|"})
    assert (again.tally.unchanged, again.tally.updated) == (10, 0)


@pytest.mark.parametrize(("one", "other"), [
    (("a", "b-c"), ("a-b", "c")), (("a", "B"), ("a", "b-" + key_of("a", "B").rpartition("--")[2])),
    (("a", "x" * 90), ("a", "y" * 90)), (("a-b", "حادث"), ("a", "b--حادث")),
])  # fmt: skip
def test_no_two_rows_have_one_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert key_of(*one) != key_of(*other)
    assert key_of("ucdp", "17") == "ucdp-17"


def test_rows_that_came_with_another_store_do_not_end_the_import(tmp_path: Path, basemap: Basemap) -> None:
    file, theirs, mine = table(tmp_path / "t.csv", *ROWS), tmp_path / "theirs.gpkg", tmp_path / "mine.gpkg"
    taken_in(file, theirs, basemap)
    taken_in(theirs, mine, basemap)
    summary = taken_in(file, mine, basemap)
    assert (summary.tally.unchanged, summary.tally.added) == (10, 0)
    with opened(mine) as data:
        assert not data.problems


def test_what_is_renamed_is_found_by_its_new_name_only(tmp_path: Path, basemap: Basemap) -> None:
    store, edition = town(tmp_path / "s.gpkg"), tmp_path / "edition.gpkg"
    assert found(store, "hajin") == found(store, "hadjin") == found(store, "hajjin") == ["first"]
    records = Records(Meta(store_id="one-town", title="One town", as_of="2018-01-01"), {
        "place": [Place(key="hajin", name="Susah", lon=40.83, lat=34.69, country="SY")],
        "actor": [Actor(key="a", name="Group Z")],
    })  # fmt: skip
    write_store(records, edition)
    taken_in(edition, store, basemap)
    assert [found(store, word) for word in ("susah", "hajin", "hadjin", "z", "a")] == [
        ["first"], [], [], ["first"], []
    ]  # fmt: skip


def test_cells_that_begin_as_formulas_are_told_and_stay_text(tmp_path: Path, basemap: Basemap) -> None:
    file = tmp_path / "rows.csv"
    cells = ("=cmd|x", "+Hajin", "-Hajin", "@Hajin", "-5", "- ", "Hajin")
    rows = [f"2017-02-03,{one},34.69,40.83,strike\n" for one in cells]
    file.write_text("date,place,lat,lon,type\n" + "".join(rows), encoding="utf-8")
    summary = taken_in(file, tmp_path / "s.gpkg", basemap)
    assert (summary.tally.added, summary.tally.rejected) == (7, 0)
    assert "4 rows have cells that begin as formulas of a spreadsheet do" in told(summary)


def test_a_file_of_a_header_alone_is_told(tmp_path: Path, basemap: Basemap) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("date,place,lat,lon,type\n", encoding="utf-8")
    assert "the file has no row" in told(taken_in(file, tmp_path / "s.gpkg", basemap))


def words_of(store: Path) -> Iterator[str]:
    with closing(sqlite3.connect(store)) as db:
        for (text,) in db.execute("SELECT text FROM search ORDER BY key"):
            yield " ".join(sorted(text.split()))


def test_an_event_is_found_by_the_same_words_whoever_wrote_it(tmp_path: Path, basemap: Basemap) -> None:
    store, copy = town(tmp_path / "s.gpkg"), tmp_path / "copy.gpkg"
    taken_in(store, copy, basemap)
    assert [*words_of(copy)] == [*words_of(store)]
    assert json.dumps([*words_of(copy)]).count("hadjin") == 1
