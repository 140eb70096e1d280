"""What the search box offers, and what choosing it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.dates import between, parse
from viewer.geo.gridref import parse_coordinate
from viewer.geo.projection import point_to_degrees
from viewer.session.spoken_date import spoken_span
from viewer.session.state import Filters, Ref, State, Time
from viewer.session.suggest import Suggestion, suggestions
from viewer.store.dataset import DataSet

DAY = parse("2017-06-01").earliest or 0


def offered(data: DataSet, text: str) -> list[Suggestion]:
    return suggestions(data, State(time=Time(cursor=DAY)), text, parse_coordinate)


def chosen(data: DataSet, text: str, group: str = "") -> State:
    first = next(found for found in offered(data, text) if found.group == group or not group)
    assert first.command is not None
    return first.command.apply(State(time=Time(cursor=DAY)))


@pytest.mark.parametrize("text", ["Albukamal", "abu kamal", "Boukamal", "البوكمال"])
def test_any_spelling_of_a_place_comes_first_and_goes_there(small: DataSet, text: str) -> None:
    state = chosen(small, text)

    assert offered(small, text)[0].group == "Place"
    assert state.selected == Ref("place", "abu-kamal")
    assert point_to_degrees(state.camera.x, state.camera.y) == pytest.approx((40.9176, 34.4506))
    assert state.camera.scale < 300


def test_town_and_province_are_both_offered(small: DataSet) -> None:
    notes = [found.note for found in offered(small, "Deir Ezzor") if found.group == "Place"]

    assert [note.split(",")[0] for note in notes] == ["city", "province"]


def test_an_incident_is_selected_centred_and_its_time_comes_into_view(small: DataSet) -> None:
    state = chosen(small, "Fighting for the border town", "Incident")

    assert state.selected == Ref("event", "month")
    assert state.time.cursor == parse("2017-11").latest
    assert point_to_degrees(state.camera.x, state.camera.y) == pytest.approx((40.9176, 34.4506))


def test_an_incident_without_place_or_date_moves_nothing_else(small: DataSet) -> None:
    state = chosen(small, "raid nobody dates", "Incident")

    assert state.time.cursor == DAY
    assert state.selected == Ref("event", "undated")


def test_places_and_incidents_are_brought_into_view_and_nothing_else(small: DataSet) -> None:
    texts = "Fighting for the border town", "Deir Ezzor", "state", "2017-11-14"
    brought = {found.group: found.brings for text in texts for found in offered(small, text)}

    assert {group for group, brings in brought.items() if brings} == {"Place", "Incident"}
    assert {"Actor", "Date"} <= set(brought)


def test_an_actor_opens_and_offers_the_filter(small: DataSet) -> None:
    actors = [found for found in offered(small, "ISIS") if found.group == "Actor"]

    assert actors[0].command is not None
    assert actors[0].command.apply(State()).selected == Ref("actor", "is")
    assert actors[1].command is not None
    assert actors[1].command.apply(State()).filters == Filters(actors=("is",))


@pytest.mark.parametrize("text", ["34.4506, 40.9176", "34°27′02″N 40°55′03″E"])
def test_a_coordinate_is_centred_and_marked(small: DataSet, text: str) -> None:
    first = offered(small, text)[0]

    assert first.group == "Coordinate"
    assert first.mark == pytest.approx((40.9176, 34.4506), abs=0.001)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("14 Nov 2017", "2017-11-14"), ("14 November 2017", "2017-11-14"), ("Nov 14, 2017", "2017-11-14"),
        ("14.11.2017", "2017-11-14"), ("14/11/2017", "2017-11-14"), ("2017-11-14", "2017-11-14"),
        ("2017-1-4", "2017-01-04"), ("nov 2017", "2017-11"), ("Sept 2017", "2017-09"), ("2017", "2017"),
        ("3 May 2017 - 9 June 2017", "2017-05-03/2017-06-09"), ("3 May 2017/9 June 2017", "2017-05-03/2017-06-09"),
        ("16 Oct \u2013 14 Nov 2017", "2017-10-16/2017-11-14"), ("9\u201315 Nov 2017", "2017-11-09/2017-11-15"),
        ("3 to 9 May 2017", "2017-05-03/2017-05-09"), ("May - June 2017", "2017-05/2017-06"),
        ("2016 \u2013 2018", "2016/2018"), ("9 June 2017 until 3 May 2017", ""),
        ("2017-06/2017-11", "2017-06/2017-11"), ("3 - 9 May", ""), ("mayadin - raqqa 2017", ""), ("a / b / c", ""),
        ("until 14 Nov 2017", "../2017-11-14"), ("until 3 - 9 May 2017", ""), ("until", ""),
        ("1st June 2017", "2017-06-01"), ("11/2017", ""), ("31 Feb 2017", ""), ("mayadin 2017", ""), ("", ""),
    ],
)  # fmt: skip
def test_dates_as_people_type_them(text: str, edtf: str) -> None:
    span = spoken_span(text)

    assert (span.edtf if span else "") == edtf


@given(st.integers(0, 30_000), st.integers(0, 30_000))
def test_every_window_is_read_back_as_it_is_written(first: int, days: int) -> None:
    span = spoken_span(between(first, first + days))
    assert span is not None
    assert (span.earliest, span.latest) == (first, first + days)


def test_a_date_goes_to_its_time(small: DataSet) -> None:
    assert offered(small, "14 Nov 2017")[0].group == "Date"
    assert chosen(small, "14 Nov 2017").time.cursor == parse("2017-11-14").earliest
    month = chosen(small, "Nov 2017").time
    assert (month.cursor, month.window_days) == (parse("2017-11").latest, 30)


def test_commands_are_found_by_their_words_and_all_are_there_for_no_text(small: DataSet) -> None:
    from viewer.session.actions import ACTIONS

    assert [found.action for found in offered(small, "full scr")][:1] == ["full_screen"]
    assert {found.action for found in offered(small, "")} == {action.id for action in ACTIONS}
    assert {found.group for found in offered(small, ">day")} == {"Command"}


def test_nonsense_finds_nothing(small: DataSet) -> None:
    assert offered(small, "zzxxqqj") == []
