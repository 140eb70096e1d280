"""What the second clock hides: against a plain walk over records and sources, and in agreement with the counters."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.test_analysis import FILTERS, TIMES
from viewer.domain.dates import parse
from viewer.session.known import hidden_claims, known_data
from viewer.session.learned import clock_words, hidden_in, learned_later, never_published, reference_day
from viewer.session.selectors import visible_events
from viewer.session.state import Filters, State, Time
from viewer.store.dataset import DataSet

DAY = st.integers(16_500, 18_700)
OCTOBER = parse("2017-10-30").latest or 0


def published(data: DataSet) -> dict[str, int]:
    """The first day of publication of each event that has one."""
    found: dict[str, int] = {}
    for row in data.reader.all("event_source"):
        text = data.sources[row.source].published
        day = parse(text).latest if text else None
        if day is not None:
            found[row.event] = min(day, found.get(row.event, day))
    return found


@given(filters=FILTERS, time=TIMES, day=DAY)
@settings(max_examples=60)
def test_what_is_shown_and_what_is_hidden_are_all_there_is(
    builtin: DataSet, filters: Filters, time: Time, day: int
) -> None:
    whole = State(time=time, filters=replace(filters, known_by=None))
    then = replace(whole, filters=replace(filters, known_by=day))
    hidden = hidden_in(builtin, then)
    every, shown = (set(visible_events(builtin, state).rows.tolist()) for state in (whole, then))
    assert shown <= every
    assert len(every) == len(shown) + hidden.later + hidden.unpublished
    told = published(builtin)
    keys = [builtin.events.keys[row] for row in every - shown]
    assert sum(key not in told for key in keys) == hidden.unpublished
    assert all(told[key] > day for key in keys if key in told)
    assert hidden_in(builtin, whole) == type(hidden)(0, 0)


@given(day=DAY)
@settings(max_examples=20)
def test_learned_later_is_about_days_before_and_was_published_after(builtin: DataSet, day: int) -> None:
    told, events = published(builtin), {event.key: event for event in builtin.reader.all("event")}
    expected = set()
    for key, event in events.items():
        earliest, latest = event.date.earliest, event.date.latest
        begun = latest is not None if earliest is None else earliest <= day
        if begun and told.get(key, 0) > day:
            expected.add(key)
    for filters in (Filters(), Filters(known_by=day)):
        state = State(time=Time(cursor=day), filters=filters)
        assert {builtin.events.keys[row] for row in learned_later(builtin, state).tolist()} == expected
    assert not expected & {builtin.events.keys[row] for row in visible_events(builtin, State(
        time=Time(day, "cumulative"), filters=Filters(known_by=day))).rows.tolist()}  # fmt: skip


def test_what_has_no_date_of_publication_is_listed_whatever_the_window(builtin: DataSet) -> None:
    told = published(builtin)
    expected = {key for key in builtin.events.keys if key not in told}
    state = State(time=Time(OCTOBER), filters=Filters(known_by=OCTOBER))
    assert {builtin.events.keys[row] for row in never_published(builtin, state).tolist()} == expected
    narrower = replace(state, filters=Filters(known_by=OCTOBER, types=("strike",)))
    assert set(never_published(builtin, narrower).tolist()) <= set(never_published(builtin, state).tolist())


def test_the_day_is_that_of_the_second_clock_or_where_one_stands() -> None:
    assert reference_day(State(time=Time(cursor=5))) == 5
    assert reference_day(State(time=Time(cursor=5), filters=Filters(known_by=3))) == 3


def test_claims_and_stated_shares_of_later_are_hidden_and_counted(builtin: DataSet) -> None:
    later, unknown = hidden_claims(builtin, OCTOBER)
    then = known_data(builtin, OCTOBER)
    assert len(then.claims) + later + unknown == len(builtin.claims)
    assert later > 0
    assert {one.key for one in then.quantities} < {one.key for one in builtin.quantities}
    assert known_data(builtin, OCTOBER) is then
    assert known_data(builtin, OCTOBER + 100_000).claims == tuple(
        claim for claim in builtin.claims if builtin.sources[claim.source].published
    )
    assert known_data(builtin, -100_000).claims == ()


def test_a_day_on_which_nothing_was_published_is_as_the_one_before(builtin: DataSet) -> None:
    days = sorted({parse(one.published).latest or 0 for one in builtin.sources.values() if one.published})
    quiet = next(day for day, after in pairwise(days) if after - day > 2)
    assert known_data(builtin, quiet + 1) is known_data(builtin, quiet)


def test_the_sign_says_what_is_hidden(builtin: DataSet) -> None:
    state = State(time=Time(OCTOBER, "cumulative"), filters=Filters(known_by=OCTOBER))
    hidden = hidden_in(builtin, state)
    said = clock_words(builtin, state)
    assert said.startswith("Known by 30 Oct 2017 \u00b7 hidden: ")
    assert f"{hidden.later:,} published later" in said
    assert clock_words(builtin, replace(state, filters=Filters())) == ""
    assert clock_words(builtin, replace(state, filters=Filters(known_by=40_000, types=("nothing",)))) == (
        "Known by 8 Jul 2079"
    )
