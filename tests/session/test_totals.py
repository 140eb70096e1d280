"""Totals: never a parent with its parts, never one incident twice, and the order does not matter."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.counts import Count, Total, total
from viewer.domain.dates import parse
from viewer.domain.records import Records
from viewer.session.state import Filters
from viewer.session.totals import parents_of, total_of
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.writer import write_store

KEYS = tuple("abcdefgh")
numbers = st.integers(0, 1000).map(float)
qualifiers = st.sampled_from(["exact", "at-least", "over", "about", "derived", "up-to", "claimed-none", "dozens"])


@st.composite
def counts_of(draw: st.DrawFn, key: str) -> list[Count]:
    """Up to three rows about one event, whole figures, parts and breakdowns."""
    rows = []
    for number in range(draw(st.integers(0, 3))):
        low = draw(numbers)
        rows.append(Count(
            event=key, measure="killed", value=draw(st.none() | st.just(low)), min=low,
            max=draw(st.none() | numbers.map(lambda n, low=low: low + n)), qualifier=draw(qualifiers),
            partition=draw(st.sampled_from(["total", "part", "by-place"])), reporter=f"r{number}",
        ))  # fmt: skip
    return rows


@st.composite
def worlds(draw: st.DrawFn) -> tuple[tuple[str, ...], dict[str, list[Count]], dict[str, str], dict[str, str]]:
    """Events with counts, a forest of parts, and some that are told twice."""
    counts = {key: draw(counts_of(key)) for key in KEYS}
    parents = {
        key: parent
        for number, key in enumerate(KEYS)
        if number and (parent := draw(st.none() | st.sampled_from(KEYS[:number])))
    }
    same = draw(st.sampled_from([{}, {"g": "g", "h": "g"}, {"b": "b", "e": "b", "h": "b"}]))
    return tuple(draw(st.permutations(KEYS))), counts, parents, same


def sum_of(world: tuple[tuple[str, ...], dict[str, list[Count]], dict[str, str], dict[str, str]]) -> Total:
    keys, counts, parents, same = world
    return total(keys, "killed", counts, parents, same)


@given(worlds())
def test_no_parent_is_counted_with_its_part(world: tuple) -> None:  # type: ignore[type-arg]
    _, _, parents, _ = world
    counted = set(sum_of(world).counted)
    for key in counted:
        above = parents.get(key)
        while above:
            assert above not in counted
            above = parents.get(above)


@given(worlds())
def test_no_incident_is_counted_twice(world: tuple) -> None:  # type: ignore[type-arg]
    same = world[3]
    groups = [same.get(key, key) for key in sum_of(world).counted]

    assert len(groups) == len(set(groups))


@given(worlds(), st.randoms())
def test_the_order_does_not_matter(world: tuple, chance: random.Random) -> None:  # type: ignore[type-arg]
    keys, *rest = world
    shuffled = list(keys)
    chance.shuffle(shuffled)

    assert sum_of((tuple(shuffled), *rest)).figure == sum_of(world).figure


@given(worlds())
def test_low_is_never_above_high(world: tuple) -> None:  # type: ignore[type-arg]
    figure = sum_of(world).figure

    assert 0 <= figure.low <= figure.high


@given(worlds())
def test_every_event_with_a_row_is_counted_or_left_out_with_a_reason(world: tuple) -> None:  # type: ignore[type-arg]
    found = sum_of(world)
    told = {key for key in world[0] if world[1][key]}
    left = dict(found.left_out)

    assert set(found.counted) | set(left) == told
    assert not set(found.counted) & set(left)
    assert all(left.values())


@given(worlds(), numbers)
def test_a_twin_never_adds(world: tuple, value: float) -> None:  # type: ignore[type-arg]
    """A second telling of an incident may widen the range by its own figure, not add to the sum."""
    keys, counts, parents, same = world
    before = sum_of(world)
    chosen = [key for key in before.counted if key not in same]
    if not chosen:
        return
    twin = Count(event="twin", measure="killed", value=value)
    more = {**counts, "twin": [twin]}
    after = total((*keys, "twin"), "killed", more, parents, {**same, chosen[0]: chosen[0], "twin": chosen[0]})

    assert len(after.counted) == len(before.counted)
    assert after.figure.low <= before.figure.low
    assert after.figure.high <= max(before.figure.high, before.figure.high + value)


@given(worlds())
def test_a_twin_that_says_the_same_changes_nothing(world: tuple) -> None:  # type: ignore[type-arg]
    keys, counts, parents, same = world
    before = sum_of(world)
    if not before.counted:
        return
    first = before.counted[0]
    head = same.get(first, first)
    more = {**counts, "twin": counts[first]}
    after = total((*keys, "twin"), "killed", more, parents, {**same, head: head, "twin": head})

    assert after.figure == before.figure


@given(worlds())
def test_taking_all_parts_away_changes_nothing_where_the_whole_is_known(world: tuple) -> None:  # type: ignore[type-arg]
    keys, counts, parents, same = world
    found = sum_of(world)
    left = {key for key, reason in found.left_out if reason.startswith("part of")}

    assert total([k for k in keys if k not in left], "killed", counts, parents, same).figure == found.figure


@given(worlds(), st.sets(st.sampled_from(KEYS)))
def test_what_is_read_of_the_parents_is_enough(world: tuple, asked: set[str]) -> None:  # type: ignore[type-arg]
    """Only what the events asked for are part of is read, through every telling; the sum is that of all parents."""
    keys, counts, parents, same = world
    row_of = {key: row for row, key in enumerate(KEYS)}
    parent = np.array([row_of.get(parents.get(key, ""), -1) for key in KEYS], dtype=np.int32)
    rows = SimpleNamespace(rows_of=lambda some: np.array([row_of.get(key, -1) for key in some], dtype=np.int64))
    events = SimpleNamespace(keys=KEYS, row_of=rows, parent=parent)
    data = SimpleNamespace(events=events, same=same, memo={})
    chosen = [key for key in keys if key in asked]

    read = parents_of(data, chosen)
    assert read.items() <= parents.items()
    assert total(chosen, "killed", counts, read, same) == total(chosen, "killed", counts, parents, same)


@pytest.mark.parametrize("bounds", [("2016", "2016"), ("2017", "2017"), (None, "2017-06"), (None, None)])
@pytest.mark.parametrize("box", [None, (40.0, 34.0, 41.0, 36.0)])
def test_many_records_are_counted_like_few(
    builtin: DataSet, bounds: tuple[str | None, str | None], box: tuple[float, float, float, float] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Their counts are read by the measure instead of one by one."""
    first, last = parse(bounds[0] or "").earliest, parse(bounds[1] or "").latest
    few = total_of(builtin, "killed", Filters(bbox=box), first, last)
    monkeypatch.setattr("viewer.session.totals.FEW", 0)
    assert total_of(builtin, "killed", Filters(bbox=box), first, last) == few
    assert few.counted or few.left_out


def test_the_small_set_counts_the_week_once(small: DataSet) -> None:
    first, last = parse("2017-12-22").earliest, parse("2017-12-28").latest
    found = total_of(small, "strikes", Filters(), first, last)

    assert (found.figure.low, found.figure.high, found.counted) == (34, 34, ("week",))
    assert {key for key, _ in found.left_out} == {"week-iraq", "week-syria", "week-syria-town"}


def test_parts_are_counted_where_their_whole_does_not_fit(small: DataSet) -> None:
    found = total_of(small, "strikes", Filters(places=("mosul", "abu-kamal")), None, None)

    assert found.figure.low == 34
    assert set(found.counted) == {"week-iraq", "week-syria"}


def test_the_same_strike_told_twice_is_a_range(small: DataSet) -> None:
    found = total_of(small, "killed", Filters(places=("mayadin",)), None, None)

    assert (found.figure.low, found.figure.high, found.figure.at_least) == (80, 202, True)
    assert len(found.counted) == 1


def test_what_may_lie_outside_the_days_is_left_out_with_its_reason(small: DataSet) -> None:
    day = parse("2017-12-24").earliest
    found = total_of(small, "strikes", Filters(), day, day)

    assert found.counted == ()
    assert {reason for _, reason in found.left_out} == {"may fall outside the days asked for"}


def test_what_has_no_date_or_no_place_is_left_out_with_its_reason(small: DataSet) -> None:
    first, last = parse("2017-12-01").earliest, parse("2017-12-31").latest
    inside = total_of(small, "killed", Filters(bbox=(40, 34, 41, 36)), first, last)
    assert (inside.counted, inside.left_out) == ((), (("unplaced", "has no place"),))


def test_what_has_no_date_is_left_out_where_days_are_asked_for(small_records: Records, tmp_path: Path) -> None:
    count = Count(event="undated", measure="injured", value=3)
    write_store(Records(small_records.meta, {**small_records.tables, "count": [count]}), tmp_path / "a.gpkg")
    data = open_dataset(tmp_path / "a.gpkg")
    bounded = total_of(data, "injured", Filters(), parse("2017").earliest, None)
    assert (bounded.counted, bounded.left_out) == ((), (("undated", "has no date"),))
    assert total_of(data, "injured", Filters(), None, None).counted == ("undated",)
    data.close()
