"""The review log: every change in its order, what it is of, and a table in which nothing can run."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from viewer.domain.marks import Mark, united
from viewer.formats.exported import ExportError
from viewer.session.review_log import COLUMNS, NOTHING, ReviewLog, check_suffix, csv_pieces, review_log, write_csv
from viewer.store.dataset import DataSet


def mark(key: str, status: str, second: int, by: str = "ab", **more: str) -> Mark:
    return Mark("event", key, status, by, f"2026-03-01T08:00:{second:02d}.000+00:00", **more)


MARKS = (
    mark("may-strikes", "disputed", 1, note="two tolls"), mark("week", "reviewed", 2, "cd"),
    mark("may-strikes", "reviewed", 3, "cd", reason="=1+1"), mark("gone", "set aside", 4),
)  # fmt: skip


def log(data: DataSet, *marks: Mark, **more: object) -> ReviewLog:
    return review_log(data, marks, "2026-03-02", **more)  # type: ignore[arg-type]


def rows(found: ReviewLog) -> list[dict[str, str]]:
    return list(csv.DictReader("".join(csv_pieces(found)).splitlines()))


def test_each_change_tells_who_when_what_and_why(small: DataSet) -> None:
    found = log(small, *MARKS)
    assert [(line.when, line.mark.by, line.what, line.why, line.counts) for line in found.lines] == [
        ("2026-03-01 08:00:01", "ab", "unreviewed \u2192 disputed", "two tolls", False),
        ("2026-03-01 08:00:02", "cd", "unreviewed \u2192 reviewed", "", True),
        ("2026-03-01 08:00:03", "cd", "disputed \u2192 reviewed", "=1+1", True),
        ("2026-03-01 08:00:04", "ab", "unreviewed \u2192 set aside", "", True),
    ]
    assert found.lines[0].title == "Strikes on Mayadin"
    assert found.head == "Review log of A small data set"
    assert found.facts[0] == "Store: small, as of 2019-03"
    assert found.facts[-1] == "4 changes of 3 records by ab, cd"
    assert found.notices == ("1 change is of records that this store does not have, or not any more.",)


def test_a_selection_leaves_the_others_out_and_says_so(small: DataSet) -> None:
    found = log(small, *MARKS, selection="type strike", keys=["may-strikes"])
    assert [line.mark.key for line in found.lines] == ["may-strikes"] * 2
    assert "Records: type strike" in found.facts
    assert "not in this selection" in found.notices[0]


def test_the_table_has_every_field_and_no_formula(small: DataSet) -> None:
    found = rows(log(small, *MARKS))
    assert tuple(found[0]) == COLUMNS
    assert [one["from"] for one in found] == ["unreviewed", "unreviewed", "disputed", "unreviewed"]
    assert found[2]["reason"] == "'=1+1"
    assert {(one["store"], one["edition"], one["selection"]) for one in found} == {
        ("A small data set", "small, as of 2019-03", "everything")
    }


def test_no_mark_is_a_sentence_and_not_an_empty_file(small: DataSet) -> None:
    (only,) = rows(log(small, selection="type strike"))
    assert (only["note"], only["selection"]) == (NOTHING, "type strike")


def test_a_conflict_is_named_and_merging_adds_no_change_of_its_own(small: DataSet) -> None:
    ours, theirs = mark("week", "reviewed", 1), mark("week", "disputed", 2, "cd")
    found = log(small, ours, *united([ours], [theirs]).added)
    assert [(line.mark, line.counts, line.contradicted) for line in found.lines] == [
        (ours, True, True), (theirs, False, True),
    ]  # fmt: skip


def test_a_clock_that_was_set_back_is_told_and_the_order_stays(small: DataSet) -> None:
    found = log(small, mark("week", "reviewed", 9), mark("week", "disputed", 3))
    assert [line.mark.status for line in found.lines] == ["reviewed", "disputed"]
    assert "a clock was set back" in found.notices[0]


def test_a_file_is_there_whole_or_not_at_all(small: DataSet, tmp_path: Path) -> None:
    def stop(share: float) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        write_csv(log(small, *MARKS), tmp_path / "log.csv", None, stop)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ExportError, match=r"end its name in \.csv or \.pdf"):
        check_suffix(tmp_path / "log.doc")
    with pytest.raises(ExportError, match="nothing is written over"):
        write_csv(log(small, *MARKS), small.path, small.path)
