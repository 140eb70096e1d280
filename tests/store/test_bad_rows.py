"""Rows nobody should trust: each is left out and named once, and the rest opens."""

from __future__ import annotations

import shutil
import sqlite3
import struct
from pathlib import Path

import numpy as np
import pytest

from tests.store.opening import opened
from viewer.geo.wkb import point_wkb, to_blob
from viewer.store import columns, validate
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError


@pytest.fixture
def store(small_store: Path, tmp_path: Path) -> Path:
    """A copy of the small store, to be spoilt."""
    return Path(shutil.copy(small_store, tmp_path / "copy.gpkg"))


def change(path: Path, *statements: str, values: tuple[object, ...] = ()) -> None:
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement, values)
    db.commit()
    db.close()


def problems(path: Path) -> list[str]:
    with opened(path) as data:
        for event in data.events.keys:
            assert data.dossier(event) is not None
        assert np.isfinite(data.events.x[data.events.placed]).all()
        return [str(problem) for problem in data.problems]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("UPDATE event SET date_edtf = 'soon' WHERE key = 'week'", "event row 1: date 'soon' is no EDTF date: write"),
        ("UPDATE event SET date_edtf = x'2017' WHERE key = 'week'", "event row 1: date is no text"),
        (
            "UPDATE event SET date_edtf = '2019/2018' WHERE key = 'week'",
            "event row 1: date '2019/2018' ends before it starts: swap the two dates",
        ),
        (
            "UPDATE event SET earliest = 18000, latest = 17000 WHERE key = 'week'",
            "event row 1: date '2017-12-22/2017-12-28' ends before it starts",
        ),
        (
            "UPDATE event SET latest = latest + 1 WHERE key = 'week'",
            "event row 1: date '2017-12-22/2017-12-28' means 2017-12-22 to 2017-12-28, but other days are stored",
        ),
        (
            "UPDATE event SET earliest = 0 WHERE key = 'highway'",
            "event row 9: date '../2019-01-30~' means open to 2019-01-30, but other days are stored",
        ),
        (
            "UPDATE event SET earliest = 5 WHERE key = 'undated'",
            "event row 7: days are stored for a date that is empty",
        ),
        (
            "UPDATE event SET date_edtf = NULL WHERE key = 'week'",
            "event row 1: days are stored for a date that is empty",
        ),
        (
            "UPDATE event SET earliest = 'x' WHERE key = 'week'",
            "event row 1: earliest or latest of '2017-12-22/2017-12-28' is no day number",
        ),
        (
            "UPDATE event SET earliest = 17522.5 WHERE key = 'week'",
            "event row 1: earliest or latest of '2017-12-22/2017-12-28' is no day number",
        ),
        (
            "UPDATE source SET published = 'May' WHERE key = 'n1'",
            "source row 1: published 'May' is no EDTF date: write",
        ),
        ("UPDATE event SET lon = 9e999 WHERE key = 'month'", "event row 12: lon 'Inf' is no finite number"),
        ("UPDATE event SET lat = -9e999 WHERE key = 'month'", "event row 12: lat '-Inf' is no finite number"),
        ("UPDATE place SET lon = 'east' WHERE key = 'mosul'", "place row 6: lon 'east' is text, not a number"),
        ("UPDATE place SET lat = NULL WHERE key = 'mosul'", "place row 6: lat stands alone: give both"),
        ("UPDATE place SET lat = 95 WHERE key = 'mosul'", "place row 6: lon '43.13' is no longitude and latitude"),
        ("UPDATE place SET lon = 36.3, lat = 431 WHERE key = 'mosul'", "place row 6: lon '36.3' is no longitude"),
        ("UPDATE place SET radius_m = -5 WHERE key = 'dz'", "place row 3: radius_m '-5.0' is below zero"),
        ("UPDATE count SET value = 'many' WHERE id = 1", "count row 1: value 'many' is text, not a number"),
        ("UPDATE count SET value = -3 WHERE id = 1", "count row 1: value '-3.0' is below zero"),
        ("UPDATE count SET value = 9e999 WHERE id = 1", "count row 1: value 'Inf' is no finite number"),
        ("UPDATE count SET value = 1e200 WHERE id = 1", "count row 1: value '1.0e+200' is no finite number"),
        ("UPDATE count SET measure = 'feelings' WHERE id = 1", "count row 1: measure 'feelings' is none of the known"),
        (
            "UPDATE event SET type = 'rumpus' WHERE key = 'week'",
            "event row 1: type 'rumpus' is none of the known terms",
        ),
        ("UPDATE event SET title = '  ' WHERE key = 'week'", "event row 1: title '  ' is empty"),
        ("UPDATE event SET title = x'00ff' WHERE key = 'week'", "is no text"),
        ("UPDATE event SET place = x'00ff' WHERE key = 'week'", "is no text"),
        ("UPDATE place SET schematic = 'yes' WHERE key = 'dz'", "place row 3: schematic 'yes' is text, not a number"),
        (
            "UPDATE event_actor SET actor = 'nobody' WHERE id = 1",
            "event_actor row 1: actor names the unknown actor 'nobody'",
        ),
        (
            "UPDATE event_place SET event = 'none' WHERE id = 2",
            "event_place row 2: event names the unknown event 'none'",
        ),
        (
            "UPDATE control_claim SET actors = 'gov nobody' WHERE key = 'k1'",
            "control_claim row 9: actors names the unknown actor 'nobody'",
        ),
        (
            "UPDATE control_claim SET place = 'lost' WHERE key = 'm1'",
            "control_claim row 1: place names the unknown place 'lost'",
        ),
        (
            "UPDATE event SET part_of = 'gone' WHERE key = 'week-iraq'",
            "event row 2: part_of names the unknown event 'gone'; the row is kept without it",
        ),
        ("UPDATE event SET geom = 'text' WHERE key = 'month'", "event row 12: geometry is no GeoPackage blob"),
        ("UPDATE place SET geom = x'4750' WHERE key = 'dz'", "place row 3: geometry is no GeoPackage blob"),
    ],
)
def test_one_bad_value_is_one_problem(store: Path, spoil: str, said: str) -> None:
    change(store, spoil)
    found = problems(store)
    assert any(said in problem for problem in found), found
    assert len({problem.split(":")[0] for problem in found if said in problem}) == 1
    others = [problem for problem in found if said not in problem]
    assert all("names the unknown" in problem for problem in others), "only what depended on the row may follow it"


def test_what_depends_on_a_bad_row_goes_with_it_and_is_named(store: Path) -> None:
    change(store, "UPDATE event SET date_edtf = 'soon' WHERE key = 'week-iraq'")
    with opened(store) as data:
        assert "week-iraq" not in data.events.keys
        assert data.dossier("week-iraq") is None
        assert len(data.events) == 11
        assert [str(p) for p in data.problems[1:]] == [
            f"{table} row {row}: event names the unknown event 'week-iraq'"
            for table, row in (("event_place", 2), ("event_actor", 3), ("event_source", 2), ("count", 2))
        ]


def test_of_two_rows_with_one_key_the_first_counts(store: Path) -> None:
    change(
        store, "DROP INDEX event_key",
        "INSERT INTO event (key, title, type) VALUES ('week', 'A second week', 'strike')",
        "INSERT INTO search (kind, key, text) VALUES ('event', 'week', 'a second week')",
    )  # fmt: skip
    with opened(store) as data:
        assert [str(p) for p in data.problems] == ["event row 13: key 'week' is used twice: the first row counts"]
        assert data.events.keys.count("week") == 1
        assert data.dossier("week").event.title == "Coalition strikes of one week"  # type: ignore[union-attr]


def test_invalid_utf8_is_read_with_marks_and_named(store: Path) -> None:
    change(store, "UPDATE event SET summary = CAST(x'41ff42' AS TEXT) WHERE key = 'week'")
    with opened(store) as data:
        assert [str(p) for p in data.problems] == ["event row 1: holds damaged text; it is shown with marks (\ufffd)"]
        assert data.dossier("week").event.summary == "A\ufffdB"  # type: ignore[union-attr]


def area(*corners: tuple[float, float]) -> bytes:
    ring = struct.pack("<I", len(corners)) + b"".join(struct.pack("<dd", *corner) for corner in corners)
    return to_blob(struct.pack("<BII", 1, 3, 1) + ring, (40.0, 41.0, 34.0, 35.0))


THERE_AND_BACK = area((40.0, 34.0), (41.0, 35.0), (40.0, 34.0), (40.0, 34.0))


@pytest.mark.parametrize("few", [200_000, 0])
def test_an_outline_that_encloses_nothing_is_told_and_costs_only_itself(
    few: int, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rows its table has."""
    monkeypatch.setattr(validate, "READ_THROUGH", few)
    change(store, "UPDATE place SET geom = ? WHERE key = 'mayadin'", values=(THERE_AND_BACK,))
    with opened(store) as data:
        (said,) = [str(problem) for problem in data.problems]
        assert said.startswith("place row ") and said.endswith("encloses nothing; the row is kept without it")
        assert data.shape_of(data.places["mayadin"]) is None

    change(
        store, "UPDATE place SET geom = ? WHERE key = 'mayadin'",
        values=(area((40.0, 34.0), (41.0, 34.0), (41.0, 35.0), (40.0, 34.0)),),
    )  # fmt: skip
    with opened(store) as data:
        shape = data.shape_of(data.places["mayadin"])
        assert not data.problems and shape is not None and shape.kind == "area"


def test_a_claim_around_nothing_is_about_all_of_its_place(store: Path) -> None:
    change(
        store, "UPDATE control_claim SET geom = ?, place = 'dz-province', schematic = 0 WHERE key = 'a1'",
        values=(THERE_AND_BACK,),
    )  # fmt: skip
    with opened(store) as data:
        (said,) = [str(problem) for problem in data.problems]
        assert said.startswith("control_claim row ") and said.endswith("the row is kept without it")
        (claim,) = [claim for claim in data.claims if claim.key == "a1"]
        place = data.places["dz-province"]
        assert data.shape_of(claim) is data.shape_of(place) is not None
        assert (data.has_geometry(claim), data.has_geometry(place)) == (False, True)


def test_a_huge_text_costs_its_row_only(store: Path) -> None:
    change(store, f"UPDATE event SET summary = '{'x' * 1_000_001}' WHERE key = 'speech'")
    (said, *rest) = problems(store)
    assert said.startswith("event row 11: summary 'xxx") and said.endswith("is longer than 1,000,000 bytes")
    assert len(said) < 150
    assert all("names the unknown event 'speech'" in problem for problem in rest)


def test_a_text_beyond_every_bound_is_one_sentence(store: Path) -> None:
    change(store, "UPDATE event SET summary = CAST(zeroblob(25000000) AS TEXT) WHERE key = 'speech'")
    with pytest.raises(StoreError, match="holds a text or geometry too large to read"):
        open_dataset(store)


@pytest.mark.parametrize("kind", [4, 5, 6, 7])
@pytest.mark.parametrize("table", ["place", "control_claim", "route", "event"])
def test_a_bomb_of_nested_geometry_costs_its_row_only(store: Path, table: str, kind: int) -> None:
    bomb = struct.pack("<BII", 1, kind, 1) * 20_000 + point_wkb(40, 35)
    change(store, f"UPDATE {table} SET geom = ? WHERE id = 1", values=(to_blob(bomb),))
    (said, *_) = problems(store)
    assert said.startswith(f"{table} row 1: ")
    assert "nested deeper than 4" in said or "member of another kind" in said


@pytest.mark.parametrize(
    "wkb",
    [point_wkb(float("nan"), 35), point_wkb(40, float("inf")), point_wkb(35, 400), struct.pack("<BII", 1, 3, 0)],
)
def test_a_geometry_that_is_nowhere_costs_its_row_only(store: Path, wkb: bytes) -> None:
    """Also a bare point, which no parser would have refused before it is drawn."""
    change(store, "UPDATE control_claim SET geom = ? WHERE key = 'a1'", values=(to_blob(wkb),))
    with opened(store) as data:
        assert [p.where for p in data.problems] == ["control_claim row 11"]
        for claim in data.claims:
            data.shape_of(claim)


@pytest.mark.parametrize("table", ["actor_name", "count", "quantity", "caveat", "event_link", "route", "control_claim"])
def test_a_missing_table_reads_as_empty(store: Path, table: str) -> None:
    change(store, f'DROP TABLE "{table}"')
    assert f"{table}: is missing; it is read as empty" in problems(store)


def test_a_missing_column_reads_as_empty(store: Path) -> None:
    change(store, "ALTER TABLE event DROP COLUMN date_wording", "ALTER TABLE place DROP COLUMN note")
    assert problems(store) == [
        "place: lacks the columns note; they are read as empty",
        "event: lacks the columns date_wording; they are read as empty",
    ]


def test_a_missing_column_that_is_needed_empties_its_table(store: Path) -> None:
    change(store, "ALTER TABLE route DROP COLUMN name", "ALTER TABLE event DROP COLUMN title")
    with opened(store) as data:
        found = [str(p) for p in data.problems]
        assert "route: lacks the columns name, which it needs; it is read as empty" in found
        assert "event: lacks the columns title, which it needs; it is read as empty" in found
        assert (len(data.events), data.routes) == (0, ())
        assert len(data.places) == 8


def test_days_are_worked_out_where_only_the_date_is_stored(store: Path, small: DataSet) -> None:
    change(store, "ALTER TABLE event DROP COLUMN earliest", "ALTER TABLE event DROP COLUMN latest")
    with opened(store) as data:
        assert [str(p) for p in data.problems] == ["event: lacks the columns earliest, latest; they are read as empty"]
        assert data.events.keys == small.events.keys
        assert np.array_equal(data.events.earliest, small.events.earliest)
        assert np.array_equal(data.events.latest, small.events.latest)
    change(store, "UPDATE event SET date_edtf = 'soon' WHERE key = 'week'")
    assert any("event row 1: date 'soon' is no EDTF date" in problem for problem in problems(store))


def test_a_plain_sqlite_file_without_geopackage_tables_opens(store: Path) -> None:
    change(
        store, "DROP TABLE gpkg_geometry_columns", "DROP TABLE gpkg_contents", "DROP TABLE gpkg_spatial_ref_sys",
        "PRAGMA application_id = 0", "PRAGMA user_version = 0",
    )  # fmt: skip
    assert problems(store) == []


def test_tables_of_plain_columns_without_row_ids_of_ours_open(store: Path, small: DataSet) -> None:
    """Somebody's own export: no `id`, no types, no indexes."""
    change(
        store, "CREATE TABLE fresh AS SELECT * FROM event", "ALTER TABLE fresh DROP COLUMN id", "DROP TABLE event",
        "ALTER TABLE fresh RENAME TO event",
    )  # fmt: skip
    with opened(store) as data:
        assert data.problems == ()
        assert data.events.keys == small.events.keys


def test_the_number_of_rows_has_a_limit(small_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "MAX_ROWS", 7)
    with pytest.raises(StoreError, match="holds more than 7 rows of place; export the part you need first"):
        open_dataset(small_store)


def test_the_number_of_codes_has_a_limit(small_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "NONE", 7)
    with pytest.raises(StoreError, match="holds 7 actors, more than 7"):
        open_dataset(small_store)


def test_the_list_of_problems_has_a_limit(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "MAX_LISTED", 3)
    change(store, "UPDATE count SET value = 'many'")
    assert sum(problem.startswith("count row") for problem in problems(store)) == 3


def test_texts_of_large_tables_are_not_read_through(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "READ_THROUGH", 3)
    change(store, "UPDATE event SET summary = CAST(x'41ff42' AS TEXT) WHERE key = 'week'")
    assert problems(store) == []


def test_a_text_cannot_hide_its_length_behind_a_nul(store: Path) -> None:
    change(store, f"UPDATE event SET summary = 'a' || char(0) || '{'x' * 1_000_001}' WHERE key = 'speech'")
    assert any("is longer than 1,000,000 bytes" in problem for problem in problems(store))


@pytest.mark.parametrize(("table", "column"), [(t, c) for t in ("event", "place") for c in ("lon", "lat")])
def test_half_a_coordinate_places_nothing(store: Path, table: str, column: str) -> None:
    change(store, f"ALTER TABLE {table} DROP COLUMN {column}")
    with opened(store) as data:
        assert f"{table}: lacks the columns lon, lat; they are read as empty" in [str(p) for p in data.problems]
        if table == "event":
            assert not data.events.placed.any()
        else:
            assert all(place.lon is None and place.lat is None for place in data.places.values())


def test_the_smallest_integer_is_one_bad_row(store: Path) -> None:
    change(store, "UPDATE event SET lon = -9223372036854775808, lat = 1 WHERE key = 'speech'")
    assert any(p.startswith("event row 11: lon") for p in problems(store))
