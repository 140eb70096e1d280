"""What is visible: against a plain walk over the records, and in agreement with itself."""

from __future__ import annotations

import dataclasses
import gc
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.dates import parse
from viewer.domain.events import SPOKEN
from viewer.session import selectors
from viewer.session.memo import remembered
from viewer.session.selectors import (
    control_changes,
    counters,
    extent,
    filter_mask,
    holdings_on,
    long_spans,
    mapped_events,
    next_event_day,
    undated_events,
    unplaced_events,
    visible_events,
)
from viewer.session.state import Filters, State, Time
from viewer.session.totals import total_of
from viewer.session.window import window_of, window_words
from viewer.store.dataset import DataSet, open_dataset


def day(text: str) -> int:
    found = parse(text).earliest
    assert found is not None
    return found


def state(cursor: str, mode: str = "day", filters: Filters | None = None, **time: object) -> State:
    return State(time=replace(Time(day(cursor), mode), **time), filters=filters or Filters())  # type: ignore[arg-type]


def keys(data: DataSet, rows: np.ndarray) -> set[str]:
    return {data.events.keys[row] for row in rows}


def seen(data: DataSet, now: State) -> dict[str, bool]:
    """The keys in view, each with whether it is certain."""
    found = visible_events(data, now)
    return {data.events.keys[row]: bool(sure) for row, sure in zip(found.rows, found.certain, strict=True)}


def test_a_day_shows_what_may_have_happened_on_it(small: DataSet) -> None:
    week = {"week": False, "week-iraq": False, "week-syria": False, "week-syria-town": False}
    assert seen(small, state("2017-12-28")) == {**week, "unplaced": False, "highway": False, "sweep": False}
    assert seen(small, state("2017-12-29")) == {"unplaced": False, "highway": False, "sweep": False}
    assert seen(small, state("2017-12-09"))["speech"] is True


def test_a_record_is_certain_when_its_whole_span_lies_in_the_window(small: DataSet) -> None:
    now = seen(small, state("2017-12-31", "window", window_days=31))
    assert now["week"] and now["unplaced"] and now["speech"]
    assert not now["highway"] and not now["sweep"]
    assert "month" not in now
    assert seen(small, state("2017-12-31", "window", window_days=30))["unplaced"] is False


def test_starting_in_the_window_needs_a_known_start(small: DataSet) -> None:
    started = set(seen(small, state("2017-12-28", "window", window_days=7, starts_in=True)))
    assert started == {"week", "week-iraq", "week-syria", "week-syria-town"}
    ever = set(seen(small, state("2021-01-01", "cumulative", starts_in=True)))
    assert ever == set(small.events.keys) - {"undated", "highway"}
    assert "sweep" in seen(small, state("2017-06-01", starts_in=True))
    assert "sweep" not in seen(small, state("2017-06-02", starts_in=True))


def test_cumulative_runs_from_the_start(small: DataSet) -> None:
    assert set(seen(small, state("2017-05-25", "cumulative"))) == {"may-strikes", "highway"}
    assert set(seen(small, state("2021-01-01", "cumulative"))) == set(small.events.keys) - {"undated"}


def test_windows_count_the_cursor_day_and_say_so() -> None:
    time = Time(day("2017-11-14"), "window", 30)
    assert window_of(time) == (day("2017-10-16"), day("2017-11-14"))
    assert window_words(time) == "16 Oct – 14 Nov 2017"
    assert window_words(replace(time, mode="day")) == "14 Nov 2017"
    assert window_words(replace(time, mode="cumulative")) == "until 14 Nov 2017"
    assert window_of(replace(time, window_days=1)) == (day("2017-11-14"),) * 2


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), None),
        (Filters(types=("raid", "plan")), {"undated", "sweep"}),
        (Filters(types=("no such type",)), set()),
        (Filters(actualities=("disputed",)), {"may-strikes"}),
        (Filters(forms=("tally",), types=("killing",)), {"unplaced"}),
        (Filters(actors=("gov",)), {"undated", "highway", "sweep", "month"}),
        (Filters(actors=("militia",)), {"undated", "highway"}),
        (Filters(actors=("russia",)), {"may-strikes"}),
        (Filters(actors=("nobody",)), set()),
        (Filters(places=("river",)), {"may-strikes", "may-strikes-again", "highway"}),
        (Filters(places=("dz",)), {"may-strikes", "undated", "speech"}),
        (Filters(places=("mosul", "abu-kamal")), {"week-iraq", "week-syria", "week-syria-town", "month"}),
        (Filters(places=("nowhere",)), set()),
        (Filters(bbox=(43, 36, 44, 37)), {"week-iraq"}),
        (Filters(bbox=(0, 0, 1, 1)), set()),
        (Filters(text="mayadin"), {"may-strikes", "may-strikes-again", "highway"}),
        (Filters(text="  "), None),
        (Filters(text="المي"), {"may-strikes", "may-strikes-again", "highway"}),
        (Filters(actors=("is",), types=("battle",), places=("syria",)), {"month"}),
    ],
)
def test_filters_with_their_parts(small: DataSet, filters: Filters, expected: set[str] | None) -> None:
    assert keys(small, np.flatnonzero(filter_mask(small, filters))) == (
        set(small.events.keys) if expected is None else expected
    )


def test_a_mask_is_worked_out_once_and_cannot_be_spoilt(small: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    filters = Filters(text="highway", types=("ambush",))
    mask = filter_mask(small, filters)
    monkeypatch.setattr(small.finder, "rows_with", None)
    assert filter_mask(small, Filters(text="highway", types=("ambush",))) is mask
    assert visible_events(small, state("2017-12-28", filters=filters)) is visible_events(
        small, state("2017-12-28", filters=filters)
    )
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = True


FILTERS = st.builds(
    Filters,
    types=st.lists(st.sampled_from(["strike", "statement", "plan", "background", "battle"]), max_size=3).map(tuple),
    actors=st.lists(st.sampled_from(["is", "sdf", "us-coalition", "gov"]), max_size=2).map(tuple),
    text=st.sampled_from(["", "", "raqqa", "is"]),
)
MOMENTS = st.builds(
    Time,
    cursor=st.integers(day("2013-01-01"), day("2021-12-31")),
    mode=st.sampled_from(["day", "window", "cumulative"]),
    window_days=st.sampled_from([1, 7, 30, 400]),
    starts_in=st.booleans(),
)


@pytest.mark.parametrize("which", ["small", "builtin"])
@given(filters=FILTERS, time=MOMENTS)
def test_the_counters_agree_with_a_plain_walk(
    which: str, request: pytest.FixtureRequest, filters: Filters, time: Time
) -> None:
    data: DataSet = request.getfixturevalue(which)
    now = State(time=time, filters=filters)
    first, last = window_of(time)
    mask = filter_mask(data, filters)
    placed = data.events.placed
    view, mapped, unplaced, undated, spoken = set(), set(), set(), set(), set()
    for dossier in _events(data):
        row, span = data.events.row_of[dossier.key], dossier.date
        if not mask[row]:
            continue
        if not span.dated:
            undated.add(dossier.key)
            continue
        starts = span.earliest is not None and first <= span.earliest <= last
        if not (starts if time.starts_in else span.overlaps(first, last)):
            continue
        view.add(dossier.key)
        words = dossier.type in SPOKEN and dossier.type not in filters.types
        (unplaced if not placed[row] else spoken if words else mapped).add(dossier.key)
    found = counters(data, now)
    assert keys(data, visible_events(data, now).rows) == view
    assert keys(data, mapped_events(data, now).rows) == mapped
    assert keys(data, unplaced_events(data, now)) == unplaced
    assert keys(data, undated_events(data, now)) == undated
    assert (found.in_view, found.mapped, found.unplaced, found.undated, found.spoken) == tuple(
        map(len, (view, mapped, unplaced, undated, spoken))
    )
    assert found.in_view == found.mapped + found.unplaced + found.spoken
    assert found.problems == len(data.problems)


_READ: dict[str, list] = {}


def _events(data: DataSet) -> list:
    if data.meta.store_id not in _READ:
        _READ[data.meta.store_id] = data.reader.all("event")
    return _READ[data.meta.store_id]


def test_long_spans_are_those_of_a_month_and_more(small: DataSet) -> None:
    assert keys(small, long_spans(small, Filters())) == {"highway", "sweep"}


def test_a_box_leaves_the_unplaced_countable(small: DataSet) -> None:
    now = state("2017-12-28", filters=Filters(bbox=(43, 36, 44, 37)))
    found = counters(small, now)
    assert keys(small, visible_events(small, now).rows) == {"week-iraq"}
    assert keys(small, unplaced_events(small, now)) == {"week", "unplaced", "sweep"}
    assert (found.in_view, found.mapped, found.spoken, found.unplaced) == (1, 1, 0, 3)


def test_a_closed_data_set_is_freed(small_store: Path) -> None:
    data = open_dataset(small_store)
    counters(data, state("2017-12-28"))
    extent(data), control_changes(data), holdings_on(data, 0)
    assert data.memo
    gone = weakref.ref(data)
    data.close()
    assert not data.memo
    del data
    gc.collect()
    assert gone() is None


def test_only_the_last_answers_are_remembered(small: DataSet) -> None:
    asked: list[int] = []

    @remembered(2)
    def twice(data: DataSet, number: int) -> int:
        asked.append(number)
        return 2 * number

    assert [twice(small, n) for n in (1, 2, 1, 3, 1, 2)] == [2, 4, 2, 6, 2, 4]
    assert asked == [1, 2, 3, 2]


def test_the_next_event_is_the_next_known_beginning(small: DataSet) -> None:
    now = state("2017-05-25")
    assert next_event_day(small, now, True) == day("2017-05-26")
    assert next_event_day(small, now, False) is None
    assert next_event_day(small, state("2017-05-26"), False) == day("2017-05-25")
    assert next_event_day(small, state("2017-12-22"), True) is None
    assert next_event_day(small, state("2010-01-01", filters=Filters(types=("battle",))), True) == day("2017-11-01")
    assert next_event_day(small, state("2030-01-01", filters=Filters(types=("ambush",))), False) is None


def test_the_extent_holds_every_known_day_of_the_compilation(small: DataSet) -> None:
    assert extent(small) == (day("2014-07-14"), day("2019-01-31"))
    ageless = dataclasses.replace(small, meta=dataclasses.replace(small.meta, as_of=""))
    assert extent(ageless) == (day("2014-07-14"), day("2020-01-01"))


def test_holdings_by_site(small: DataSet) -> None:
    before = holdings_on(small, day("2014-01-01"))
    assert before == {}
    now = holdings_on(small, day("2019-02-01"))
    assert {site: [h.claim.actors for h in held] for site, held in now.items()} == {
        "mayadin": ["gov", "is"], "dz": ["gov"], "a1": ["is"],
    }  # fmt: skip


def test_changes_of_control_are_told_once(small: DataSet) -> None:
    changes = [(date, actors) for date, site, actors in control_changes(small) if site == "mayadin"]
    assert changes == [
        (day("2014-07-14"), "is"), (day("2017-10-20"), "gov"), (day("2019-01-01"), "is"),
    ]  # fmt: skip
    assert [a for _, site, a in control_changes(small) if site == "abu-kamal"] == ["gov sdf", "gov"]


def test_the_week_reads_34_and_never_68(small: DataSet) -> None:
    found = total_of(small, "strikes", Filters(types=("strike",)), day("2017-12-22"), day("2017-12-28"))
    assert (found.figure.low, found.figure.high, found.counted) == (34, 34, ("week",))
    parts = total_of(small, "strikes", Filters(places=("abu-kamal", "mosul")), None, None)
    assert (parts.figure.low, set(parts.counted)) == (34, {"week-iraq", "week-syria"})


def test_one_incident_told_twice_is_a_range(small: DataSet) -> None:
    found = total_of(small, "killed", Filters(places=("mayadin",)), None, None)
    assert (found.figure.low, found.figure.high, found.figure.at_least) == (80, 202, True)
    assert found.counted == ("may-strikes",)


def test_a_data_set_without_events_answers_everything(tmp_path_factory: pytest.TempPathFactory) -> None:
    from viewer.domain.records import Meta, Records
    from viewer.store.writer import write_store

    path = tmp_path_factory.mktemp("empty") / "empty.gpkg"
    write_store(Records(Meta("nothing", "Nothing")), path)
    data = open_dataset(path)
    now = State(filters=Filters(text="x", actors=("is",), bbox=(0, 0, 1, 1)))
    assert counters(data, now).in_view == 0
    assert selectors.extent(data) == (0, 0)
    assert next_event_day(data, now, True) is None
    assert (holdings_on(data, 0), control_changes(data)) == ({}, ())
    data.close()


def test_claims_past_the_end_of_the_compilation_do_not_stretch_it(small: DataSet) -> None:
    claim = dataclasses.replace(small.claims[0], key="late", date=parse("2030-01-01"))
    longer = dataclasses.replace(small, claims=(*small.claims, claim))
    ageless = dataclasses.replace(longer, meta=dataclasses.replace(small.meta, as_of=""))
    assert extent(longer) == extent(small)
    assert extent(ageless)[1] == parse("2030-01-01").latest
