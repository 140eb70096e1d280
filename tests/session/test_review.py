"""Marks: what counts, what is written, what comes next, how far one is; and filters by a name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.marks import STATUSES, Mark
from viewer.session import review
from viewer.session.keeping import Keeping
from viewer.session.review import (
    CONFLICT,
    DropSaved,
    LoadMarks,
    SaveFilters,
    SetMarks,
    complaint_about,
    conflicts_among,
    initials_of,
    keys_among,
    lost,
    next_of,
    of_status,
    progress_of,
    status_of,
)
from viewer.session.session import Session
from viewer.session.state import NO_MARKS, Filters, SavedFilters, State, Within
from viewer.store.dataset import DataSet


def mark(key: str, status: str = "reviewed", at: str = "2026-01-01T00:00:00.000+00:00", **more: str) -> Mark:
    return Mark("event", key, status, "ab", at, **more)


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Keeping]:
    made = Keeping("s", tmp_path / "own.workspace")
    yield made
    made.close()


def follow(session: Session, keeping: Keeping) -> None:
    session.watch(("marks",), lambda before, after, _: keeping.keep_marks(before.marks, after.marks, "cd"))


def test_what_was_said_last_counts_and_all_of_it_is_history(keeping: Keeping) -> None:
    session = Session(State())
    follow(session, keeping)
    session.dispatch(SetMarks((mark("e1"), mark("e2"))))
    session.dispatch(SetMarks((mark("e1", "disputed", note="why"),)))
    assert status_of(session.state, "e1") == "disputed"
    assert status_of(session.state, "e3") == "unreviewed"
    assert [one.status for one in keeping.history("event", "e1")] == ["reviewed", "disputed"]
    session.undo()
    assert status_of(session.state, "e1") == "reviewed"
    session.undo()
    session.redo()
    said = [(one.status, one.by, one.reason) for one in keeping.history("event", "e1")]
    assert said == [
        ("reviewed", "ab", ""), ("disputed", "ab", ""), ("reviewed", "cd", "taken back"),
        ("unreviewed", "cd", "taken back"), ("reviewed", "cd", "restored"),
    ]  # fmt: skip
    assert len(keeping.history("event", "e2")) == 3


def test_what_is_restored_keeps_its_note_and_its_reason(keeping: Keeping) -> None:
    session = Session(State())
    follow(session, keeping)
    session.dispatch(SetMarks((mark("e1"),)))
    session.dispatch(SetMarks((mark("e1", "disputed", note="two tolls", reason="rival"),)))
    for _ in range(2):
        session.undo()
        session.redo()
    said = [(one.status, one.note, one.reason) for one in keeping.history("event", "e1")]
    again = [("reviewed", "", "taken back"), ("disputed", "two tolls", "restored: rival")]
    assert said == [("reviewed", "", ""), ("disputed", "two tolls", "rival"), *again, *again]


def test_what_is_restored_says_so_though_another_program_wrote_meanwhile(tmp_path: Path) -> None:
    session, path = Session(State()), tmp_path / "own.workspace"
    with closing(Keeping("s", path)) as keeping:
        session.dispatch(LoadMarks(keeping.marks()))
        stop = session.watch(("marks",), lambda before, after, _: keeping.keep_marks(before.marks, after.marks, "cd"))
        session.dispatch(SetMarks((mark("e1"),)))
        session.dispatch(SetMarks((mark("e1", "disputed", reason="rival"),)))
        session.undo()
        with closing(Keeping("s", path)) as other:
            theirs = other.marks()
            other.keep_marks(theirs, theirs.with_these([mark("e2")]), "zz")
        news = keeping.news(session.state.marks)
        assert news is not None and news.of("event", "e2") is not None
        stop()
        session.dispatch(LoadMarks(news))
        session.watch(("marks",), lambda before, after, _: keeping.keep_marks(before.marks, after.marks, "cd"))
        session.redo()
        assert [one.reason for one in keeping.history("event", "e1")] == ["", "rival", "taken back", "restored: rival"]


def test_what_counts_is_there_again(tmp_path: Path) -> None:
    session, first = Session(State()), Keeping("s", tmp_path / "w")
    follow(session, first)
    session.dispatch(SetMarks((mark("e1"), mark("e2", "set aside", reason="twice"))))
    session.undo()
    session.redo()
    first.close()
    again = Keeping("s", tmp_path / "w")
    found = again.marks()
    assert {one.key: one.status for one in found.every()} == {"e1": "reviewed", "e2": "set aside"}
    again.close()


def test_nothing_is_written_twice(keeping: Keeping) -> None:
    one = NO_MARKS.with_these([mark("e1")])
    assert keeping.keep_marks(NO_MARKS, one, "ab")
    assert keeping.keep_marks(one, one, "ab")
    assert len(keeping.every_mark()) == 1


@given(
    codes=st.lists(st.sampled_from(STATUSES), min_size=1, max_size=12), wanted=st.sets(st.sampled_from(STATUSES)),
    at=st.integers(-1, 12), order=st.randoms(),
)  # fmt: skip
def test_the_next_is_the_first_behind_that_fits_and_then_from_the_beginning(
    builtin: DataSet, codes: list[str], wanted: set[str], at: int, order: st.DataObject
) -> None:
    rows = list(range(len(codes)))
    order.shuffle(rows)  # type: ignore[attr-defined]
    keys = builtin.events.keys
    marks = NO_MARKS.with_these(mark(keys[row], status) for row, status in zip(rows, codes, strict=True))
    after = rows[at] if 0 <= at < len(rows) else None
    start = rows.index(after) + 1 if after is not None else 0
    turned = rows[start:] + rows[:start]
    expected = next((row for row in turned if codes[rows.index(row)] in wanted), None)
    assert next_of(builtin, marks, np.array(rows), wanted, after) == expected
    with mock.patch.object(review, "LOOKED_AT", 2):
        assert next_of(builtin, marks, np.array(rows), wanted, after) == expected
    found = of_status(builtin, marks, np.array(rows), wanted).tolist()
    assert found == [row for row, code in zip(rows, codes, strict=True) if code in wanted]
    progress = progress_of(builtin, marks, np.sort(rows))
    assert progress.numbers == {status: codes.count(status) for status in STATUSES}
    assert progress.all == len(codes)
    assert progress.done == sum(code in ("reviewed", "set aside") for code in codes)


def test_progress_is_of_those_rows_alone_whatever_else_is_marked(builtin: DataSet) -> None:
    keys = builtin.events.keys
    marks = NO_MARKS.with_these([*(mark(keys[row]) for row in (1, 3, 7, 9)), mark("gone")])
    assert progress_of(builtin, marks, np.array([2, 3, 4, 9])).numbers["reviewed"] == 2
    again = marks.with_these([mark(keys[3], "disputed"), mark(keys[4])])
    numbers = progress_of(builtin, again, np.array([2, 3, 4, 9])).numbers
    assert {status: number for status, number in numbers.items() if number} == {
        "unreviewed": 1, "reviewed": 2, "disputed": 1,
    }  # fmt: skip
    assert progress_of(builtin, again, np.empty(0, dtype=np.int64)).all == 0


def test_conflicts_are_counted_among_those_rows_alone(builtin: DataSet) -> None:
    keys = builtin.events.keys
    against = {("event", keys[row]): (mark(keys[row], "disputed"),) for row in (2, 5, 8)}
    marks = NO_MARKS.with_these(mark(keys[row]) for row in (2, 5, 8)).contradicted(against)
    assert conflicts_among(builtin, marks, np.array([1, 2, 3, 8])) == 2
    assert of_status(builtin, marks, np.array([8, 2, 1]), (CONFLICT,)).tolist() == [8, 2]
    assert conflicts_among(builtin, marks.with_these([mark(keys[2])]), np.array([1, 2, 3, 8])) == 1


def test_keys_among_rows_in_any_order(builtin: DataSet) -> None:
    keys = builtin.events.keys
    some = {keys[4], keys[6], "gone"}
    assert keys_among(builtin, some, np.array([len(keys) - 1, 6, 1])) == {keys[6]}
    assert keys_among(builtin, some, np.empty(0, dtype=np.int64)) == frozenset()


def test_marks_of_records_that_are_gone_are_told(builtin: DataSet) -> None:
    marks = NO_MARKS.with_these([mark("not-there"), mark(builtin.events.keys[0])])
    assert [one.key for one in lost(builtin, marks)] == ["not-there"]


def test_filters_by_a_name_are_kept_renewed_and_forgotten(tmp_path: Path) -> None:
    session = Session(State())
    oil = SavedFilters("oil", Filters(text="oil", within=Within("circle", ((40.0, 35.0),), 5e4)), ("disputed",))
    session.dispatch(SaveFilters(oil))
    session.dispatch(SaveFilters(SavedFilters("all", Filters())))
    session.dispatch(SaveFilters(replace(oil, filters=Filters(text="gas"))))
    assert [one.name for one in session.state.saved] == ["oil", "all"]
    keeping = Keeping("s", tmp_path / "w")
    keeping.keep_saved((oil,))
    keeping.keep_saved(session.state.saved, (oil,))
    keeping.close()
    again = Keeping("s", tmp_path / "w")
    assert again.saved() == session.state.saved
    session.dispatch(DropSaved("oil"))
    again.keep_saved(session.state.saved, again.saved())
    assert [one.name for one in again.saved()] == ["all"]
    again.close()
    session.undo()
    assert len(session.state.saved) == 2


def test_strange_times_count_in_their_order_and_are_told(tmp_path: Path) -> None:
    path = tmp_path / "own.workspace"
    first = Keeping("s", path)
    first.keep_marks(NO_MARKS, NO_MARKS.with_these([mark("e1", at="2999-01-01T00:00:00+00:00")]), "ab")
    first.keep_marks(NO_MARKS, NO_MARKS.with_these([mark("e2", at="soon")]), "ab")
    first.close()
    again = Keeping("s", path)
    found = again.marks()
    assert {one.key: one.status for one in found.every()} == {"e1": "reviewed", "e2": "reviewed"}
    (problem,) = again.problems
    assert problem.message.startswith("2 marks bear times that cannot be right (the first: 2999-01-01 00:00, of e1 by")
    again.keep_marks(found, found.with_these([mark("e1", "disputed")]), "ab")
    assert again.notices() == ()  # and the clock of this computer is not blamed
    again.close()


def test_what_another_program_wrote_joins_what_counts_and_its_conflicts(tmp_path: Path) -> None:
    path = tmp_path / "own.workspace"
    here, there = Keeping("s", path), Keeping("s", path)
    ours = NO_MARKS.with_these([mark("e1"), mark("e2")])
    here.marks()
    here.keep_marks(NO_MARKS, ours, "ab")
    assert here.news(ours) is None
    before = there.marks()
    there.keep_marks(before, before.with_these([mark("e2", "disputed"), mark("e3")]), "cd")
    news = here.news(ours)
    assert news is not None
    assert {one.key: one.status for one in news.every()} == {"e1": "reviewed", "e2": "disputed", "e3": "reviewed"}
    assert not news.conflicts
    assert here.notices() == ("2 marks were written into own.workspace by another window or program",)
    assert here.news(news) is None
    for one in (here, there):
        one.close()


@pytest.mark.parametrize(("typed", "kept"), [
    (" ab ", "ab"), ("A. B.", "A. B."), ("e\u0301 m", "\u00e9 m"), ("\u0639.\u0628", "\u0639.\u0628"),
    ("a \t b", "a b"),
])  # fmt: skip
def test_initials_are_kept_composed_and_without_needless_space(typed: str, kept: str) -> None:
    assert initials_of(typed) == kept
    assert complaint_about(kept) == ""


@pytest.mark.parametrize(("typed", "why"), [
    ("", "Write your initials"), ("...", "Write your initials"), ("x" * 21, "21 letters are too many"),
    ("a\u202eb", "the invisible sign U+202E"), ("a;b", "and not \u201c;\u201d"), ("=A1", "and not \u201c=\u201d"),
    ("a\0b", "the invisible sign U+0000"),
])  # fmt: skip
def test_what_cannot_be_initials_is_told(typed: str, why: str) -> None:
    assert why in complaint_about(initials_of(typed))
