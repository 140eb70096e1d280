"""Why the map does not show the record that is read, and what would show it."""

from __future__ import annotations

from dataclasses import replace

from viewer.domain.dates import parse
from viewer.session.commands import SetFilters
from viewer.session.selectors import mapped_events
from viewer.session.state import Filters, Ref, State, Time
from viewer.session.unseen import unseen_rows
from viewer.store.dataset import DataSet

MAY = Ref("event", "may-strikes")
SHOWN = State(time=Time(cursor=parse("2017-12-28").latest or 0, window_days=300), selected=MAY)


def is_drawn(data: DataSet, state: State) -> bool:
    return "incidents" in state.layers and data.events.row_of[MAY.key] in mapped_events(data, state).rows


def test_nothing_is_said_of_what_the_map_shows(small: DataSet) -> None:
    assert is_drawn(small, SHOWN)
    assert unseen_rows(small, SHOWN) == ()
    assert unseen_rows(small, replace(SHOWN, selected=None)) == ()
    assert unseen_rows(small, replace(SHOWN, selected=Ref("place", "mayadin"), filters=Filters(text="nothing"))) == ()


def test_each_thing_that_hides_a_record_is_said_with_what_shows_it(small: DataSet) -> None:
    hidden = (
        replace(SHOWN, filters=Filters(types=("withdrawal",))), replace(SHOWN, layers=SHOWN.layers - {"incidents"}),
        replace(SHOWN, time=replace(SHOWN.time, window_days=1)),
        replace(SHOWN, time=replace(SHOWN.time, cursor=SHOWN.time.cursor - 2000)),
    )  # fmt: skip
    for state in hidden:
        assert not is_drawn(small, state)
        (row,) = unseen_rows(small, state)
        command = row.choices[-1].command
        assert command is not None and is_drawn(small, command.apply(state)), row
        assert unseen_rows(small, command.apply(state)) == ()


def test_the_filter_that_alone_hides_it_can_be_taken_away_alone(small: DataSet) -> None:
    kind = next(one for one in small.reader.where("event", "key", [MAY.key])).type
    state = replace(SHOWN, filters=Filters(types=(kind,), text="words that nobody wrote"))
    (row,) = unseen_rows(small, state)
    alone, every = (choice.command for choice in row.choices)

    assert alone == SetFilters(Filters(types=(kind,))) and every == SetFilters(Filters())
    assert "words that nobody" in row.choices[0].words


def test_filters_and_days_are_both_told(small: DataSet) -> None:
    state = replace(SHOWN, filters=Filters(text="nothing"), time=replace(SHOWN.time, window_days=1))
    assert [row.label for row in unseen_rows(small, state)] == ["Not shown", "Not shown"]
