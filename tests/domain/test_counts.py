"""Counts: what a row states, what an event states, and sums that never count twice."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.counts import QUALIFIERS, Count, Figure, event_figure, figure_of, total


def row(value: float | None = None, **more: Any) -> Count:
    """A row about deaths in the event 'e'."""
    return Count(**{"event": "e", "measure": "killed", "value": value, **more})


numbers = st.none() | st.integers(0, 500).map(float)
rows = st.builds(
    Count,
    event=st.just("e"),
    measure=st.sampled_from(["killed", "killed", "injured"]),
    value=numbers,
    min=numbers,
    max=numbers,
    qualifier=st.sampled_from(QUALIFIERS),
    group=st.sampled_from(["all", "civilians", "fighters"]),
    partition=st.sampled_from(["total", "part", "by-place"]),
    within=st.sampled_from(["", "", "district"]),
    reporter=st.sampled_from(["", "a", "b"]),
    source=st.sampled_from(["", "s"]),
)


@pytest.mark.parametrize(
    ("count", "low", "high", "at_least"),
    [
        (row(34), 34, 34, False),
        (row(46, qualifier="at-least"), 46, 46, True),
        (row(23, min=23, qualifier="at-least"), 23, 23, True),
        (row(30, qualifier="over"), 30, 30, True),
        (row(min=24, qualifier="dozens"), 24, 24, True),
        (row(min=40, qualifier="exact"), 40, 40, True),
        (row(min=30, max=60, qualifier="range"), 30, 60, False),
        (row(45, min=30, max=60), 30, 60, False),
        (row(40, qualifier="up-to"), 0, 40, False),
        (row(max=40), 0, 40, False),
        (row(max=40, qualifier="under"), 0, 40, False),
        (row(50, max=60, qualifier="range"), 50, 60, False),
        (row(27, qualifier="derived"), 27, 27, False),
        (row(0), 0, 0, False),
        (row(10, min=20), 20, 20, False),
    ],
)
def test_a_row_states_a_range(count: Count, low: float, high: float, at_least: bool) -> None:
    assert figure_of(count) == Figure(low, high, at_least)


def test_a_denial_or_a_bare_word_states_no_number() -> None:
    assert figure_of(row(0, qualifier="claimed-none")) is None
    assert figure_of(row(12, qualifier="claimed-none")) is None
    assert figure_of(row(word="scores", qualifier="scores")) is None


@given(rows)
def test_low_never_exceeds_high(count: Count) -> None:
    figure = figure_of(count)
    assert figure is None or 0 <= figure.low <= figure.high


def test_figures_are_written_with_their_doubt() -> None:
    assert str(Figure(1234, 1234)) == "1,234"
    assert str(Figure(20, 30)) == "20–30"
    assert str(Figure(46, 46, True)) == "≥ 46"
    assert Figure(1, 2).plus(Figure(10, 20, True)) == Figure(11, 22, True)


def test_rival_tolls_are_a_range_never_a_sum() -> None:
    tolls = [row(18, reporter="police"), row(42, reporter="council"), row(35, qualifier="at-least", reporter="paper")]
    assert event_figure(tolls, "killed") == Figure(18, 42, True)
    assert event_figure(tolls, "injured") is None


def test_a_denial_does_not_pull_the_range_to_nothing() -> None:
    tolls = [row(10, reporter="press"), row(0, qualifier="claimed-none", reporter="ministry")]
    assert event_figure(tolls, "killed") == Figure(10, 10)
    assert event_figure(tolls[1:], "killed") is None


def test_two_partitions_of_one_whole_never_add_up() -> None:
    """202 = 20 + 182, 182 = 28 + 154, with 68 children and 57 women apart: the answer is 202 each way."""
    by_place = [row(20, partition="place", group="a"), row(182, partition="place", group="b")]
    inside = [row(28, partition="kind", within="b", group="c"), row(154, partition="kind", within="b", group="d")]
    apart = [row(68, partition="part", group="children"), row(57, partition="part", group="women")]
    assert event_figure([*by_place, *inside, *apart], "killed") == Figure(202, 202)
    assert event_figure([row(202), *by_place, *inside, *apart], "killed") == Figure(202, 202)


def test_parts_alone_are_a_lower_bound() -> None:
    parts = [row(48, partition="part", group="a"), row(9, partition="part", group="b")]
    assert event_figure(parts, "killed") == Figure(48, 48, True)


def test_one_reporter_with_several_groups_is_between_the_largest_and_their_sum() -> None:
    """A monitor's 35 soldiers and 6 fighters are no rival tolls; whether the groups overlap, nobody says."""
    groups = [row(35, group="soldiers", reporter="m"), row(6, group="fighters", reporter="m")]
    assert event_figure(groups, "killed") == Figure(35, 41)
    unnamed = [row(35, group="soldiers", source="s"), row(6, group="fighters", source="s")]
    assert event_figure(unnamed, "killed") == Figure(35, 41)
    assert event_figure([*groups, row(50, group="all", reporter="m")], "killed") == Figure(50, 50)
    assert event_figure([*groups, row(30, group="soldiers", reporter="n")], "killed") == Figure(30, 41)
    updated = [row(14, group="soldiers", reporter="m"), row(16, group="soldiers", reporter="m")]
    assert event_figure(updated, "killed") == Figure(14, 16)


@given(st.lists(rows, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(counts: list[Count], chance: random.Random) -> None:
    shuffled = counts[:]
    chance.shuffle(shuffled)
    figure = event_figure(counts, "killed")
    assert event_figure(shuffled, "killed") == figure
    if figure:
        assert 0 <= figure.low <= figure.high


WEEK = {
    "week": [row(34, event="week", measure="strikes")],
    "iraq": [row(6, event="iraq", measure="strikes")],
    "syria": [row(28, event="syria", measure="strikes")],
    "town": [row(27, event="town", measure="strikes", qualifier="derived")],
    "rest": [row(1, event="rest", measure="strikes", qualifier="derived")],
    "other": [row(3, event="other", measure="strikes")],
}
PARENTS = {"iraq": "week", "syria": "week", "town": "syria", "rest": "syria"}


@pytest.mark.parametrize(
    ("keys", "low", "counted"),
    [
        ("week iraq syria town rest", 34, {"week"}),
        ("iraq syria town rest", 34, {"iraq", "syria"}),
        ("iraq town rest", 34, {"iraq", "town", "rest"}),
        ("week town", 34, {"week"}),
        ("town", 27, {"town"}),
        ("week other", 37, {"week", "other"}),
        ("", 0, set()),
    ],
)
def test_parent_or_parts_are_counted_once(keys: str, low: float, counted: set[str]) -> None:
    found = total(keys.split(), "strikes", WEEK, PARENTS, {})
    assert found.figure == Figure(low, low)
    assert set(found.counted) == counted
    assert {key for key, _ in found.left_out} == set(keys.split()) - counted


def test_a_parent_without_a_figure_leaves_the_counting_to_its_parts() -> None:
    counts = {**WEEK, "week": [row(None, event="week", measure="strikes", word="many")]}
    found = total(["week", "iraq", "syria"], "strikes", counts, PARENTS, {})
    assert (found.figure, found.counted) == (Figure(34, 34), ("iraq", "syria"))
    assert found.left_out == (("week", "states no number, or denies"),)


def test_left_out_records_say_why() -> None:
    counts = {**WEEK, "again": [row(40, event="again", measure="strikes")]}
    found = total(["syria", "week", "again", "none"], "strikes", counts, PARENTS, {"week": "week", "again": "week"})
    assert found.figure == Figure(34, 40)
    assert dict(found.left_out) == {
        "syria": "part of week",
        "again": "same incident as week; its figure widens the range",
    }


@pytest.mark.parametrize(
    ("keys", "same", "low", "high"),
    [
        # a twin of a part of a counted whole is part of it too, whether or not the part itself is asked for
        ("week twin", {"iraq": "iraq", "twin": "iraq"}, 34, 34),
        ("week iraq twin", {"iraq": "iraq", "twin": "iraq"}, 34, 34),
        # a twin of the whole stands for the whole
        ("twin iraq syria", {"week": "twin", "twin": "twin"}, 9, 9),
        ("twin week iraq syria", {"week": "twin", "twin": "twin"}, 9, 34),
        # twins of one another
        ("iraq twin", {"iraq": "iraq", "twin": "iraq"}, 6, 9),
    ],
)
def test_a_twin_never_adds(keys: str, same: dict[str, str], low: float, high: float) -> None:
    counts = {**WEEK, "twin": [row(9, event="twin", measure="strikes")]}
    found = total(keys.split(), "strikes", counts, PARENTS, same)
    assert found.figure == Figure(low, high)


def test_a_loop_of_parts_counts_once_and_does_not_vanish() -> None:
    counts = {key: [row(n, event=key)] for key, n in (("a", 1), ("b", 2), ("c", 3), ("d", 10))}
    loop = {"a": "b", "b": "c", "c": "a", "d": "d"}
    found = total(["a", "b", "c", "d"], "killed", counts, loop, {})
    assert found.figure == Figure(11, 13)
    assert set(found.counted) == {"a", "d"}
    below = total(
        ["a", "b", "c", "part"], "killed", {**counts, "part": [row(1, event="part")]}, {**loop, "part": "b"}, {}
    )
    assert below.figure == Figure(1, 3)
    assert ("part", "part of a") in below.left_out


def test_a_chain_of_ten_thousand_parts_is_walked_without_recursion() -> None:
    keys = [f"k{n}" for n in range(10_000)]
    parents = dict(zip(keys[1:], keys, strict=False))
    found = total(keys, "killed", {keys[0]: [row(5, event=keys[0])], keys[-1]: [row(1, event=keys[-1])]}, parents, {})
    assert (found.figure, found.counted) == (Figure(5, 5), ("k0",))


keys_drawn = st.sampled_from("abcdef")


@given(
    figures=st.dictionaries(keys_drawn, st.integers(0, 50)),
    parents=st.dictionaries(keys_drawn, keys_drawn),
    twins=st.lists(st.tuples(keys_drawn, keys_drawn), max_size=2),
    chosen=st.sets(keys_drawn),
    chance=st.randoms(use_true_random=False),
)
def test_no_incident_and_no_whole_counts_twice(
    figures: dict[str, int], parents: dict[str, str], twins: list[tuple[str, str]], chosen: set[str],
    chance: random.Random,
) -> None:  # fmt: skip
    """Against the definition: incidents are joined twins and loops; one counts unless one above it does."""
    counts = {key: [row(float(value), event=key)] for key, value in figures.items()}
    same = _joined(twins)
    found = total(sorted(chosen), "killed", counts, parents, same)

    incident = {key: {other for other in "abcdef" if same.get(other, other) == same.get(key, key)} for key in "abcdef"}
    above = {key: _above(key, parents, incident) for key in "abcdef"}
    for key in "abcdef":
        incident[key] = incident[key] | {other for other in above[key] if key in above[other]}
    told = {key for key in chosen if key in figures}
    expected = {
        frozenset(incident[key])
        for key in told
        if not any(whole in told and whole not in incident[key] for whole in above[key])
    }
    low = sum(min(figures[key] for key in group & told) for group in expected)
    high = sum(max(figures[key] for key in group & told) for group in expected)
    assert found.figure == Figure(low, high)
    assert len(found.counted) == len(expected)
    assert sorted([*found.counted, *(key for key, _ in found.left_out)]) == sorted(told)

    shuffled = sorted(chosen)
    chance.shuffle(shuffled)
    again = total(shuffled, "killed", counts, parents, same)
    assert (again.figure, set(again.counted), set(again.left_out)) == (
        found.figure, set(found.counted), set(found.left_out)
    )  # fmt: skip


def _joined(twins: list[tuple[str, str]]) -> dict[str, str]:
    groups: list[set[str]] = []
    for pair in twins:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if not group & set(pair)] + [set(pair).union(*touched)]
    return {key: min(group) for group in groups for key in group}


def _above(key: str, parents: dict[str, str], incident: dict[str, set[str]]) -> set[str]:
    """Everything an event is part of, by way of any telling of it or of what it is part of."""
    found: set[str] = set()
    waiting = list(incident[key])
    while waiting:
        whole = parents.get(waiting.pop())
        for other in incident[whole] if whole else ():
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def test_asking_twice_for_one_event_counts_it_once() -> None:
    assert total(["iraq", "iraq"], "strikes", WEEK, {}, {}).figure == Figure(6, 6)
