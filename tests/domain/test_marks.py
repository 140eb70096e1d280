"""Histories of marks: what contradicts, what settles it, and the union of two of them, which loses nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.marks import (
    STATUSES,
    TAKEN_BACK,
    Mark,
    by_record,
    contradicting,
    is_strange,
    moment,
    open_conflicts,
    out_of_time,
    said_once,
    time_words,
    united,
)


def mark(status: str, by: str, second: int = 0, key: str = "a", reason: str = "") -> Mark:
    return Mark("event", key, status, by, f"2026-01-01T00:00:{second:02d}.000+00:00", reason=reason)


OURS, THEIRS = mark("reviewed", "ab", 1), mark("disputed", "cd", 2)


def merged(own: list[Mark], other: list[Mark]) -> list[Mark]:
    return [*own, *united(own, other).added]


def test_a_merge_shows_who_contradicts_and_ours_counts() -> None:
    both = merged([OURS], [THEIRS])
    assert both[-1] == OURS
    assert contradicting(both) == (THEIRS,)
    assert said_once(both) == (OURS, THEIRS)
    assert list(open_conflicts(both)) == [(("event", "a"), (THEIRS,))]


def test_the_same_word_of_another_is_no_conflict() -> None:
    assert contradicting(merged([OURS], [mark("reviewed", "cd")])) == ()
    changed = merged([OURS], [THEIRS, mark("reviewed", "cd", 3)])
    assert contradicting(changed) == ()


def test_whatever_is_said_next_settles_it_until_it_is_taken_back() -> None:
    both = merged([OURS], [THEIRS])
    settled = [*both, mark("disputed", "ab", 5)]
    assert contradicting(settled) == ()
    back = [*settled, replace(OURS, at="2026-01-01T00:00:06.000+00:00", reason=TAKEN_BACK)]
    assert contradicting(back) == (THEIRS,)
    again = [*back, replace(settled[-1], at="2026-01-01T00:00:07.000+00:00", reason=TAKEN_BACK)]
    assert contradicting(again) == ()


@pytest.mark.parametrize(("own", "said"), [("", "restored"), ("rival", "restored: rival")])
def test_what_is_restored_contradicts_whom_it_contradicted(own: str, said: str) -> None:
    ours = replace(OURS, reason=own)
    both = merged([ours], [THEIRS])
    back = [*both, mark("unreviewed", "ab", 5, reason=TAKEN_BACK)]
    again = [*back, replace(ours, at="2026-01-01T00:00:06.000+00:00", reason=said)]
    assert contradicting(again) == (THEIRS,)
    other = [*back, replace(ours, at="2026-01-01T00:00:06.000+00:00", reason="at last")]
    assert contradicting(other) == ()


def test_one_after_the_other_in_one_file_is_no_conflict() -> None:
    assert contradicting([OURS, THEIRS]) == ()


def test_a_settlement_counts_with_the_other_reviewer_too() -> None:
    settlement = mark("set aside", "ab", 9)
    settled = [*merged([OURS], [THEIRS]), settlement]
    back = united([THEIRS], settled)
    assert back.clashes == ()
    assert back.settled == (settlement,)
    both = [THEIRS, *back.added]
    assert both[-1] == settlement
    assert contradicting(both) == ()


def test_an_open_conflict_comes_along_to_a_third_who_said_nothing() -> None:
    third = merged([], merged([OURS], [THEIRS]))
    assert third[-1] == OURS
    assert contradicting(third) == (THEIRS,)


@pytest.mark.parametrize("later", ["reviewed", "unreviewed"])
def test_three_reviewers_are_all_named(later: str) -> None:
    both = merged(merged([OURS], [THEIRS]), [mark("needs a source", "ef", 3)])
    assert {one.by for one in contradicting(both)} == {"cd", "ef"}
    assert contradicting([*both, mark(later, "ab", 8)]) == ()


def histories(letter: str) -> st.SearchStrategy[list[Mark]]:
    """Marks as programs make them: no two alike, as each has its own time."""
    said = st.tuples(st.sampled_from("abc"), st.sampled_from(STATUSES), st.sampled_from(["ab", "cd"]))
    return st.lists(said, max_size=8).map(
        lambda some: [
            Mark("event", key, status, by, f"{letter}{at}") for at, (key, status, by) in enumerate(some)
        ]
    )


@given(histories("1"), histories("2"), histories("3"))
def test_a_union_loses_nothing_and_comes_to_rest(one: list[Mark], two: list[Mark], more: list[Mark]) -> None:
    first = united(one, two)
    both = [*one, *first.added]
    assert set(both) == {*one, *two}
    assert both[: len(one)] == one
    assert united(both, two).added == ()
    for about, history in by_record(one).items():
        assert by_record(both)[about][-1] == history[-1]
    assert {theirs for _, theirs in first.clashes} <= {theirs for _, some in open_conflicts(both) for theirs in some}
    there = [*two, *more]
    back = [*there, *united(there, both).added]
    assert set(back) == {*one, *two, *more}
    round_trip = united(both, back)
    assert {*both, *round_trip.added} == set(back)


def test_a_clock_that_was_set_back_is_counted_by_person() -> None:
    assert out_of_time([mark("reviewed", "ab", 5), mark("disputed", "cd", 3), mark("disputed", "ab", 4)]) == 1
    assert out_of_time([mark("reviewed", "ab", 3), mark("disputed", "ab", 4)]) == 0


def test_a_long_history_of_one_record_is_read_in_its_length() -> None:
    said = [mark(STATUSES[number % 2], f"u{number}") for number in range(20_000)]
    assert contradicting(said) == ()
    assert len(contradicting([*said, said[0]])) == 10_000
    assert united(said[:9_000], said).new == tuple(said[9_000:])


NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(("at", "strange", "read"), [
    ("2026-01-01T00:00:01.500+00:00", False, "2026-01-01 00:00:01"),
    ("2026-01-01T00:00:01Z", False, "2026-01-01 00:00:01"),
    ("2026-01-01T03:00:01+03:00", False, "2026-01-01 00:00:01"),
    ("2026-06-01T20:00:00+00:00", False, "2026-06-01 20:00:00"),
    ("2026-06-03T00:00:00+00:00", True, "2026-06-03 00:00:00"),
    ("9999-12-31T23:59:59-14:00", True, "\u201c9999-12-31T23:59:59-14:00\u201d"),
    ("0001-01-01T00:00:00+14:00", True, "\u201c0001-01-01T00:00:00+14:00\u201d"),
    ("1970-01-01T00:00:00+00:00", True, "1970-01-01 00:00:00"),
    ("2026-01-01T00:00:01", True, "\u201c2026-01-01T00:00:01\u201d"),
    ("yesterday", True, "\u201cyesterday\u201d"), ("", True, "no time"), ("x" * 99, True, f"\u201c{'x' * 40}\u201d"),
])  # fmt: skip
def test_a_time_that_cannot_be_right_is_known_and_told_as_it_was_written(at: str, strange: bool, read: str) -> None:
    assert is_strange(moment(at), NOW) == strange
    assert time_words(at, seconds=True) == read


def test_what_is_no_time_is_never_out_of_order() -> None:
    odd = [replace(mark("reviewed", "ab"), at=at) for at in ("zzz", "", "2026-01-01T00:00:01")]
    assert out_of_time([mark("reviewed", "ab", 5), *odd, mark("disputed", "ab", 6)]) == 0
    east = replace(mark("reviewed", "ab"), at="2026-01-01T03:00:07+03:00")
    assert out_of_time([east, mark("disputed", "ab", 9)]) == 0
