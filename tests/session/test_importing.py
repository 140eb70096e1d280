"""An import as a whole: what is added, updated, left alone, deleted and rejected, and that nothing else changes."""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewer.domain.actors import Actor, ActorName
from viewer.domain.dates import parse
from viewer.formats.infile import ReadError
from viewer.geo.basemap import Basemap
from viewer.session.cards import card_of
from viewer.session.importing import Order, Summary, run_import
from viewer.session.responsibility import responsible_rows
from viewer.session.state import Ref
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.intake.names import Corrections, by_every_name
from viewer.store.twins import LONGEST_DAYS, there_and_then, twins_of

COLUMNS = (
    "id", "type_of_violence", "side_a", "side_b", "source_article", "source_office", "source_date", "source_headline",
    "source_original", "where_prec", "where_coordinates", "adm_1", "adm_2", "latitude", "longitude", "country",
    "event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians",
    "deaths_unknown", "low", "best", "high",
)  # fmt: skip
ROW = {
    "id": "1", "type_of_violence": "1", "side_a": "Government of Iraq", "side_b": "IS", "where_prec": "1",
    "where_coordinates": "Al Fallūjah town", "adm_1": "Al Anbār province", "latitude": "33.355813",
    "longitude": "43.786124", "country": "Iraq", "event_clarity": "1", "date_prec": "1", "date_start": "2014-01-24",
    "date_end": "2014-01-25", "deaths_a": "1", "deaths_b": "2", "deaths_civilians": "3", "deaths_unknown": "0",
    "low": "6", "best": "6", "high": "9",
}  # fmt: skip
Rows = list[Mapping[str, str]]


def ged(path: Path, *rows: Mapping[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
    return path


def taken_in(file: Path, store: Path, basemap: Basemap, **how: Any) -> Summary:
    known = how.pop("known", {})
    summary = run_import(Order(file, store, "2026-01-01", **how), basemap, known)
    tally = summary.tally
    assert tally.read == tally.added + tally.updated + tally.unchanged + tally.rejected
    return summary


def opened(store: Path) -> closing[DataSet]:
    return closing(open_dataset(store))


def test_a_new_store_holds_each_row_with_its_rows_and_no_problem(tmp_path: Path, basemap: Basemap) -> None:
    file, store = ged(tmp_path / "ged.csv", {}, {"id": "2.0", "where_prec": "2"}), tmp_path / "new.gpkg"
    summary = taken_in(file, store, basemap)
    assert (summary.tally.read, summary.tally.added) == (2, 2)
    with opened(store) as data:
        assert not data.problems
        found = data.reader.dossier("ucdp-1")
        assert found is not None
        assert found.event.date == parse("2014-01-24/2014-01-25")
        assert [row.role for row in found.actors] == ["party", "party"]
        total = found.counts[0]
        assert (total.value, total.min, total.max, total.qualifier) == (6, 6, 9, "estimate")
        assert [(row.group, row.value) for row in found.counts[1:]] == [
            ("Government of Iraq", 1), ("IS", 2), ("civilians", 3)
        ]  # fmt: skip
        near = data.reader.dossier("ucdp-2")
        assert near is not None
        assert near.places[0].place == found.places[0].place
        assert (near.places[0].precision, near.places[0].radius_m) == ("near", 25_000)
        assert "Al Fallūjah" in {place.name for place in data.places.values()}


def test_what_a_file_merely_states_is_not_called_established_or_exact(tmp_path: Path, basemap: Basemap) -> None:
    joint = {"id": "2", "type_of_violence": "3", "side_a": "IS, Jaysh al-Islam", "side_b": "Civilians", "high": "6"}
    store = tmp_path / "new.gpkg"
    taken_in(ged(tmp_path / "ged.csv", {}, joint), store, basemap)
    with opened(store) as data:
        found = data.reader.dossier("ucdp-2")
        assert found is not None
        assert {row.certainty for row in (*found.actors, *found.places)} == {"stated"}
        assert {row.qualifier for row in found.counts} == {"stated"}
        card = card_of(data, Ref("event", "ucdp-2"))
        assert card is not None
        said = {section.title: [(row.label, row.note) for row in section.rows] for section in card.sections}
        assert said["Who"] == [("perpetrator", "as the source says")] * 2 + [("victim", "as the source says")]
        assert "Contradictions" not in said
        assert not {"established", "exact"} & {word for section in card.sections for one in section.rows
                                                         for word in f"{one.text} {one.note}".split()}  # fmt: skip
        assert responsible_rows(data, frozenset({"is"}), "certainly").tolist() == [0, 1]


def test_the_same_file_again_changes_nothing(tmp_path: Path, basemap: Basemap) -> None:
    file, store = ged(tmp_path / "ged.csv", {}, {"id": "2"}), tmp_path / "new.gpkg"
    taken_in(file, store, basemap)
    with opened(store) as data:
        before = {table: data.reader.all(table) for table in ("event", "event_actor", "count", "place", "source")}
    summary = taken_in(file, store, basemap)
    assert (summary.tally.unchanged, summary.tally.added, summary.tally.new) == (2, 0, {})
    with opened(store) as data:
        assert {table: data.reader.all(table) for table in before} == before
        assert len(data.reader.all("import_run")) == 2


def test_a_later_edition_updates_by_id_and_deletes_only_when_asked(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "new.gpkg"
    taken_in(ged(tmp_path / "one.csv", {}, {"id": "2"}, {"id": "3"}), store, basemap)
    later = ged(tmp_path / "two.csv", {"best": "7", "high": "9", "deaths_unknown": "1"}, {"id": "2"}, {"id": "4"})
    summary = taken_in(later, store, basemap)
    tally = summary.tally
    assert (tally.added, tally.updated, tally.unchanged, tally.deleted) == (1, 1, 1, 0)
    with opened(store) as data:
        changed = data.reader.dossier("ucdp-1")
        assert changed is not None
        assert changed.counts[0].value == 7
        assert len(changed.places) == 1
        assert data.reader.number("event") == 4
    tally = taken_in(later, store, basemap, delete_missing=True).tally
    assert tally.deleted == 1
    with opened(store) as data:
        assert [event.key for event in data.reader.all("event")] == ["ucdp-1", "ucdp-2", "ucdp-4"]
        assert not data.problems
        assert {row.event for row in data.reader.all("count")} == {"ucdp-1", "ucdp-2", "ucdp-4"}


def test_what_is_wrong_with_a_row_is_told_and_the_rest_goes_on(tmp_path: Path, basemap: Basemap) -> None:
    bad = [
        ({"id": "x7"}, "id: 'x7'"), ({"id": "2", "date_start": "31/02/2017"}, "31/02/2017"),
        ({"id": "3", "latitude": "0", "longitude": "0"}, "Gulf of Guinea"),
        ({"id": "4", "latitude": "143.7", "longitude": "33.3"}, "swapped"), ({"id": "5", "latitude": ""}, "latitude"),
        ({"id": "6", "best": "six"}, "'six'"), ({"id": "7", "where_prec": "9"}, "where_prec"),
        ({"id": "8", "best": "-1"}, "best"), ({"id": "1"}, "line 2"),
    ]  # fmt: skip
    file, store = ged(tmp_path / "ged.csv", {}, *(row for row, _ in bad)), tmp_path / "new.gpkg"
    summary = taken_in(file, store, basemap)
    assert (summary.tally.added, summary.tally.rejected) == (1, len(bad))
    assert [one.line for one in summary.rejected] == list(range(3, 12))
    for one, (_, told) in zip(summary.rejected, bad, strict=True):
        assert told in one.reason
    assert summary.rejects == tmp_path / "ged.rejected.csv"
    with summary.rejects.open(encoding="utf-8") as lines:
        kept = list(csv.DictReader(lines))
    assert [row["badia_line"] for row in kept] == [str(one.line) for one in summary.rejected]
    text = summary.rejects.read_text().replace("x7", "77").replace("31/02/2017", "2014-01-24")
    summary.rejects.write_text(text)
    assert taken_in(summary.rejects, store, basemap).tally.added == 2


def test_names_are_matched_by_spelling_and_nearness_or_made_anew(tmp_path: Path, basemap: Basemap) -> None:
    known = by_every_name(
        [Actor(key="is", name="Islamic State", colour="#123456", code="IS")], [ActorName(actor="is", name="IS")]
    )
    store = tmp_path / "new.gpkg"
    rows: Rows = [
        {}, {"id": "2", "where_coordinates": "al-Falluja"}, {"id": "3", "latitude": "36.5"},
        {"id": "4", "where_prec": "4", "where_coordinates": "Anbar"}, {"id": "5", "side_b": "Group, Other group"},
    ]  # fmt: skip
    summary = taken_in(ged(tmp_path / "ged.csv", *rows), store, basemap, known=known)
    with opened(store) as data:
        at = [data.reader.all("event_place")[number].place for number in range(5)]
        assert at[0] == at[1] == at[4] != at[2]
        anbar = data.places[at[3]]
        assert (anbar.precision, anbar.kind, data.shape_of(anbar) is not None) == ("province", "province", True)
        assert (data.actors["is"].name, data.actors["is"].colour) == ("Islamic State", "#123456")
        assert {"group", "other-group"} <= set(data.actors)
    assert {(match.name, match.key, match.new) for match in summary.matches if match.table == "actor"} == {
        ("Government of Iraq", "government-of-iraq", True), ("IS", "is", True), ("Group", "group", True),
        ("Other group", "other-group", True),
    }  # fmt: skip
    corrected = Corrections({"Group": "is"}, {})
    taken_in(ged(tmp_path / "more.csv", {"id": "9", "side_b": "Group"}), store, basemap, corrections=corrected)
    with opened(store) as data:
        assert [row.actor for row in data.reader.dossier("ucdp-9").actors][1] == "is"  # type: ignore[union-attr]


def test_swapped_coordinates_are_a_question_and_never_mended_unasked(tmp_path: Path, basemap: Basemap) -> None:
    turned = {"latitude": ROW["longitude"], "longitude": ROW["latitude"]}
    file = ged(tmp_path / "ged.csv", turned)
    asked = taken_in(file, tmp_path / "a.gpkg", basemap)
    assert [remark.question for remark in asked.remarks] == ["swap"]
    answered = taken_in(file, tmp_path / "b.gpkg", basemap, swap=True)
    assert not answered.remarks
    for name, lon in (("a", 33.355813), ("b", 43.786124)):
        with opened(tmp_path / f"{name}.gpkg") as data:
            assert [place.lon for place in data.places.values()] == [lon]


def test_a_trial_writes_nothing(tmp_path: Path, basemap: Basemap) -> None:
    file, store = ged(tmp_path / "ged.csv", {}, {"id": "bad"}), tmp_path / "new.gpkg"
    summary = taken_in(file, store, basemap, dry_run=True)
    assert (summary.tally.added, summary.tally.rejected, summary.rejects) == (1, 1, None)
    assert [path.name for path in tmp_path.iterdir()] == ["ged.csv"]
    taken_in(file, store, basemap)
    before = store.read_bytes()
    taken_in(ged(tmp_path / "two.csv", {"id": "9"}), store, basemap, dry_run=True)
    assert store.read_bytes() == before


def test_whoever_stops_an_import_finds_the_store_as_it_was(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "new.gpkg"
    taken_in(ged(tmp_path / "one.csv", {}), store, basemap)
    before = store.read_bytes()

    def stop(share: float) -> None:
        if share > 0.2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(Order(ged(tmp_path / "two.csv", {"id": "2"}), store, "2026-01-01"), basemap, {}, stop)
    assert store.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.gpkg", "one.csv", "two.csv"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"id,best\n1,2\n", b"\x00\x01\x02\x03" * 99])
def test_a_file_of_no_known_format_is_refused_in_one_sentence(
    tmp_path: Path, basemap: Basemap, content: bytes
) -> None:
    file = tmp_path / "some.csv"
    file.write_bytes(content)
    with pytest.raises(ReadError, match=r"some\.csv: ") as told:
        taken_in(file, tmp_path / "new.gpkg", basemap, format="ucdp")
    assert "\n" not in str(told.value)
    assert not (tmp_path / "new.gpkg").exists()


def test_only_a_store_is_written_into(tmp_path: Path, basemap: Basemap) -> None:
    file, other = ged(tmp_path / "ged.csv", {}), tmp_path / "letter.txt"
    other.write_text("Dear reader")
    for target in (other, file, tmp_path / "nowhere" / "new.gpkg"):
        with pytest.raises(StoreError):
            taken_in(file, target, basemap)
    assert other.read_text() == "Dear reader"


_IDS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_IDS, min_size=1, max_size=4))
def test_editions_leave_what_the_last_one_says(
    tmp_path_factory: pytest.TempPathFactory, basemap: Basemap, editions: list[list[tuple[int, int]]]
) -> None:
    folder = tmp_path_factory.mktemp("editions")
    store, held = folder / "new.gpkg", {}
    for number, edition in enumerate(editions):
        first = dict(reversed(edition))
        rows = [{"id": str(row), "best": str(dead), "low": "0", "high": "9"} for row, dead in first.items()]
        tally = taken_in(ged(folder / f"{number}.csv", *rows), store, basemap, delete_missing=True).tally
        assert tally.deleted == (len(held.keys() - first.keys()) if first else 0)
        assert tally.added == len(first.keys() - held.keys())
        held = first or held
        with opened(store) as data:
            totals = {row.event: row.value for row in data.reader.all("count") if row.partition == "total"}
            assert totals == {f"ucdp-{row}": dead for row, dead in held.items()}
            assert not data.problems


def _killed_after(seconds: float, arguments: list[str]) -> None:
    program = subprocess.Popen(
        [sys.executable, "main.py", "import", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        os.kill(program.pid, signal.SIGKILL)
        program.wait()


def test_a_killed_import_leaves_the_old_store_or_the_new_one(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "new.gpkg"
    taken_in(ged(tmp_path / "one.csv", *({"id": str(number)} for number in range(300))), store, basemap)
    later = ged(tmp_path / "two.csv", *({"id": str(number), "best": "1"} for number in range(1500)))
    old = hashlib.sha256(store.read_bytes()).hexdigest()
    began = time.monotonic()
    _killed_after(60.0, [str(later), "--into", str(store)])
    whole = time.monotonic() - began
    with opened(store) as data:
        assert data.reader.number("event") == 1500
    for moment in range(1, 6):
        store.unlink()
        taken_in(tmp_path / "one.csv", store, basemap)
        old = hashlib.sha256(store.read_bytes()).hexdigest()
        _killed_after(whole * moment / 6, [str(later), "--into", str(store)])
        if hashlib.sha256(store.read_bytes()).hexdigest() != old:
            with opened(store) as data:
                assert data.reader.number("event") == 1500
                assert not data.problems
    taken_in(tmp_path / "one.csv", store, basemap)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_compressed_file_is_read_as_it_is(tmp_path: Path, basemap: Basemap) -> None:
    plain = ged(tmp_path / "ged.csv", {})
    packed = tmp_path / "ged.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert taken_in(packed, tmp_path / "new.gpkg", basemap).tally.added == 1



def test_a_record_says_which_file_brought_it_and_what_may_be_the_same(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "new.gpkg"
    later = {"id": "2", "date_start": "2014-03-01", "date_end": "2014-03-01"}
    taken_in(ged(tmp_path / "one.csv", {}, later), store, basemap)
    other = ged(tmp_path / "two.csv", {"id": "7"}, {"id": "8", "side_a": "Nobody", "side_b": "Nowhere"})
    summary = taken_in(other, store, basemap, feed="another")
    assert summary.twins == (("another-7", "ucdp-1"),)
    with opened(store) as data:
        card = card_of(data, Ref("event", "another-7"))
        assert card is not None
        told = {section.title: [(row.label, row.text) for row in section.rows] for section in card.sections}
        assert told["Brought by"] == [("Feed another", "two.csv, imported on 1 Jan 2026")]
        assert told["Related"][0][0] == "May be the same"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.integers(1, 25), st.integers(0, 14), st.integers(0, 2)), min_size=4, max_size=14))
def test_what_may_be_the_same_is_found_in_the_columns_as_in_the_file(
    rows: list[tuple[int, int, int]], tmp_path: Path, basemap: Basemap
) -> None:
    """Each row: the day of January on which it begins, how many days it lasts, and which of three towns it is in."""
    store, sides = tmp_path / "made.gpkg", ([], [])
    for number, (day, length, town) in enumerate(rows):
        first, where = f"2014-01-{day:02}", f"Town {town}"
        last = f"2014-01-{min(day + length, 31):02}"
        latitude = {"where_coordinates": where, "latitude": str(33 + town)}
        sides[number % 2].append({"id": str(number), "date_start": first, "date_end": last, **latitude})
    store.unlink(missing_ok=True)
    for feed, its in zip(("one", "other"), sides, strict=True):
        taken_in(ged(tmp_path / "made.csv", *its), store, basemap, feed=feed)
    with opened(store) as data, data.store.reading():
        for row, key in enumerate(data.events.keys):
            every = twins_of(data.store.within(), key)
            there = twins_of(data.store.within(), key, there_and_then(data.events, data.event_places, row))
            assert sorted(there) == sorted(every)
            assert len(every) == sum(_twin_days(rows, key, other) for other in data.events.keys)


def _twin_days(rows: list[tuple[int, int, int]], key: str, other: str) -> bool:
    """Whether two made rows, of different feeds, share a town and a day and neither lasts long."""
    (one, mine), (two, its) = ((rows[int(name.split("-")[1])], name.split("-")[0]) for name in (key, other))
    first, last = max(one[0], two[0]), min(one[0] + one[1], two[0] + two[1], 31)
    short = all(min(begin + length, 31) - begin <= LONGEST_DAYS for begin, length, _ in (one, two))
    return mine != its and one[2] == two[2] and first <= last and short


def test_nothing_is_deleted_while_rows_are_rejected(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "new.gpkg"
    taken_in(ged(tmp_path / "one.csv", {}, {"id": "2"}, {"id": "3"}), store, basemap)
    summary = taken_in(ged(tmp_path / "two.csv", {}, {"id": "2", "best": "?"}), store, basemap, delete_missing=True)
    assert (summary.tally.deleted, summary.tally.rejected) == (0, 1)
    assert any("nothing was deleted" in remark.text for remark in summary.remarks)
    mended = ged(tmp_path / "two.rejected.csv", {"id": "2", "best": "4"})
    assert taken_in(mended, store, basemap, delete_missing=True).tally.deleted == 0
    with opened(store) as data:
        assert data.reader.number("event") == 3


def test_what_another_feed_brought_too_is_not_deleted(tmp_path: Path, basemap: Basemap) -> None:
    mine, other = tmp_path / "mine.gpkg", tmp_path / "other.gpkg"
    taken_in(ged(tmp_path / "one.csv", {}, {"id": "2"}), mine, basemap)
    taken_in(ged(tmp_path / "two.csv", {}, {"id": "2"}), other, basemap)
    taken_in(other, mine, basemap, feed="other")
    taken_in(ged(tmp_path / "less.csv", {}), tmp_path / "less.gpkg", basemap)
    taken_in(tmp_path / "less.gpkg", mine, basemap, feed="other", delete_missing=True)
    with opened(mine) as data:
        assert [event.key for event in data.reader.all("event")] == ["ucdp-1", "ucdp-2"]


def test_a_decision_for_a_new_record_holds_in_the_next_edition(tmp_path: Path, basemap: Basemap) -> None:
    store, decided = tmp_path / "new.gpkg", Corrections({"IS": ""}, {"Al Fallūjah": ""})
    taken_in(ged(tmp_path / "one.csv", {}), store, basemap)
    for edition in ("2", "3"):
        assert taken_in(ged(tmp_path / "two.csv", {"id": edition}), store, basemap, corrections=decided).tally.added
    with opened(store) as data:
        assert not data.problems
        assert len(data.places) == 2


def test_a_store_that_another_program_changes_is_left_to_it(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "new.gpkg"
    taken_in(ged(tmp_path / "one.csv", {}), store, basemap)
    later = ged(tmp_path / "two.csv", {"id": "2"})
    with closing(sqlite3.connect(store)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("UPDATE event SET title = 'changed'")
        other.commit()
        with pytest.raises(StoreError, match="unfinished changes"):
            taken_in(later, store, basemap)

    def meanwhile(share: float) -> None:
        if share > 0.9:
            os.utime(store, (share, share))

    with pytest.raises(StoreError, match="another program meanwhile"):
        run_import(Order(later, store, "2026-01-01"), basemap, {}, meanwhile)
    assert taken_in(later, store, basemap).tally.added == 1


def test_a_new_store_has_the_rights_of_the_user_and_a_link_stays_one(tmp_path: Path, basemap: Basemap) -> None:
    store, link = tmp_path / "new.gpkg", tmp_path / "link.gpkg"
    before = os.umask(0o077)
    try:
        taken_in(ged(tmp_path / "one.csv", {}), store, basemap)
    finally:
        os.umask(before)
    assert store.stat().st_mode & 0o777 == 0o600
    link.symlink_to(store)
    taken_in(ged(tmp_path / "two.csv", {"id": "2"}), link, basemap)
    assert link.is_symlink()
    with opened(store) as data:
        assert data.reader.number("event") == 2


def test_rejects_that_cannot_be_kept_are_a_remark(tmp_path: Path, basemap: Basemap) -> None:
    (tmp_path / "ged.rejected.csv.part").mkdir()
    summary = taken_in(ged(tmp_path / "ged.csv", {}, {"id": "bad"}), tmp_path / "new.gpkg", basemap)
    assert summary.rejects is None
    assert any("could not be kept" in remark.text for remark in summary.remarks)


def test_rejects_are_never_written_over(tmp_path: Path, basemap: Basemap) -> None:
    store, file = tmp_path / "new.gpkg", ged(tmp_path / "ged.csv", {}, {"id": "bad"})
    first, second = taken_in(file, store, basemap), taken_in(file, store, basemap)
    assert [summary.rejects.name for summary in (first, second) if summary.rejects] == [
        "ged.rejected.csv", "ged.rejected-2.csv"
    ]  # fmt: skip
    assert second.tally.unchanged == 1


def test_an_edition_without_rows_deletes_nothing(tmp_path: Path, basemap: Basemap) -> None:
    store = tmp_path / "new.gpkg"
    taken_in(ged(tmp_path / "one.csv", {}), store, basemap)
    assert taken_in(ged(tmp_path / "two.csv"), store, basemap, delete_missing=True).tally.deleted == 0


def test_half_a_character_costs_its_row_only(tmp_path: Path, basemap: Basemap) -> None:
    point = '"geometry": {"type": "Point", "coordinates": [39, 36]}'
    features = ", ".join(
        f'{{"type": "Feature", "id": "{number}", "properties": {{"date": "2017-01-01", "title": "{title}"}}, {point}}}'
        for number, title in enumerate(["fine", "a\\ud83d"])
    )
    file = tmp_path / "some.geojson"
    file.write_text(f'{{"type": "FeatureCollection", "features": [{features}]}}')
    summary = taken_in(file, tmp_path / "new.gpkg", basemap)
    assert (summary.tally.added, summary.tally.rejected) == (1, 1)
    assert "half a character" in summary.rejected[0].reason
