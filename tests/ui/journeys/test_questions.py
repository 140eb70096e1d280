"""What an analyst asks of the built-in data, each answered in the window by at most five actions.

An action is a key with whatever is held down, a text typed, or a click; what is asked for is then read off the screen.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.journeys.hand import Hand, lines
from tests.ui.windows import Program, state, table, work
from viewer.domain.events import ACTUALITIES
from viewer.session.selectors import counters
from viewer.ui.panels.change import ChangePanel
from viewer.ui.window import Window

pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support", "does not support raise", "grabbing the keyboard"
)
MOST = 5
WAIT_MS = 20_000
Question = Callable[[Hand, Window], None]


def strikes_of_a_week_by_country(hand: Hand, window: Window) -> None:
    hand.find("Coalition strikes in Syria")
    assert "strikes 28" in hand.details
    hand.press("Up")
    assert "strikes 6" in hand.details


def strikes_of_a_week_by_place(hand: Hand, window: Window) -> None:
    hand.go("2017-12-22/2017-12-28")
    hand.press("Ctrl+L")
    hand.click_head(table(window).table, "Type")
    found = {(line[4], line[3]) for line in lines(table(window).table)}
    assert {("Abu Kamal", "strike"), ("Hawija", "strike"), ("Mosul", "strike"), ("Jalawla", "strike")} <= found


def who_held_a_town_on_two_dates(hand: Hand, window: Window) -> None:
    hand.find("Mayadin")
    assert "3 Jul 2014 \u2013 7 Oct 2017 Islamic State" in hand.details
    assert "from 14 Oct 2017 Syrian government" in hand.details


def deaths_in_mayadin(hand: Hand, window: Window) -> None:
    hand.find("Mayadin strikes")
    assert "202 (derived)" in hand.details
    assert "202 = 20 + 182" in hand.details


def who_bombed_it(hand: Hand, window: Window) -> None:
    hand.find("Mayadin strikes")
    head = hand.details[: hand.details.index("Sources")]
    assert "Who did it" in head
    assert "US-led coalition" in head and "Russia" in head


def attacks_in_january_2021(hand: Hand, window: Window) -> None:
    hand.find("Attacks of Islamic State in central Syria in January 2021")
    assert "attacks \u2265 46" in hand.details


def what_was_planned_in_january_2019(hand: Hand, window: Window) -> None:
    hand.go("2019-01")
    hand.press("Ctrl+L")
    hand.click_head(table(window).table, "Certainty")
    found = {line[2]: line[7] for line in lines(table(window).table)}
    assert found["Joint operation at the border planned"] == "planned"
    assert [word for word in found.values() if word in ("planned", "threatened")]


def the_size_of_the_badia(hand: Hand, window: Window) -> None:
    hand.find("Syrian Desert")
    assert "about 500,000 km2" in hand.details


def a_distance_in_a_text_against_the_measured_one(hand: Hand, window: Window) -> None:
    hand.find("Mayadin")
    assert "190 km" in hand.details
    assert "geodesic 167.0 km" in hand.details


def what_no_map_can_show(hand: Hand, window: Window) -> None:
    hand.press("U")
    unplaced = counters(work(window).data, state(window)).unplaced
    assert unplaced == len(lines(work(window).panels["records"].table)) > 0  # type: ignore[attr-defined]
    hand.press("Shift+U")
    assert state(window).listed == "undated"


def who_gained_ground_in_a_month(hand: Hand, window: Window) -> None:
    hand.press("B", "Ctrl+Right", "F7")
    panel = work(window).panels["change"]
    assert isinstance(panel, ChangePanel)
    hand.wait(lambda: bool(panel.table.balances))
    gained = {one.party.actors[0]: one.gained for one in panel.table.balances}
    assert max(gained.values()) > 0


def when_a_town_changed_hands(hand: Hand, window: Window) -> None:
    hand.find("Albukamal")
    assert "19 Nov 2017" in hand.details


def a_town_by_its_arabic_name(hand: Hand, window: Window) -> None:
    hand.find("\u0627\u0644\u0645\u064a\u0627\u062f\u064a\u0646")
    assert hand.details.startswith("Mayadin")


def who_belongs_to_whom(hand: Hand, window: Window) -> None:
    hand.find("YPG")
    assert "Syrian Democratic Forces" in hand.details


def what_is_disputed(hand: Hand, window: Window) -> None:
    hand.press("End", "C", "Ctrl+L")
    hand.click_head(table(window).table, "Certainty")
    data = work(window).data
    shown = [line[7] for line in lines(table(window).table)]
    assert shown.count("disputed") == int((data.events.actuality == ACTUALITIES.index("disputed")).sum()) > 0


QUESTIONS: tuple[tuple[str, Question], ...] = (
    ("strikes of 22 to 28 December 2017 by country", strikes_of_a_week_by_country),
    ("the same by place", strikes_of_a_week_by_place),
    ("who held Mayadin in June and in November 2017", who_held_a_town_on_two_dates),
    ("deaths in Mayadin since 22 May 2017", deaths_in_mayadin),
    ("who bombed it", who_bombed_it),
    ("attacks in January 2021", attacks_in_january_2021),
    ("what was planned on 30 January 2019", what_was_planned_in_january_2019),
    ("the size of the Badia", the_size_of_the_badia),
    ("text distance against geodesic distance", a_distance_in_a_text_against_the_measured_one),
    ("what has no place or no date", what_no_map_can_show),
    ("who gained ground in a month", who_gained_ground_in_a_month),
    ("when Abu Kamal was taken", when_a_town_changed_hands),
    ("a town by its Arabic name", a_town_by_its_arabic_name),
    ("whom the YPG belong to", who_belongs_to_whom),
    ("which incidents are disputed", what_is_disputed),
)


@pytest.fixture
def window(program: Program, reviewed_store: object) -> Window:
    return program(reviewed_store)  # type: ignore[arg-type]


@pytest.mark.parametrize(("asked", "answered"), QUESTIONS, ids=[asked for asked, _ in QUESTIONS])
def test_a_question_is_answered_in_five_actions(
    window: Window, asked: str, answered: Question, qtbot: QtBot
) -> None:
    hand = Hand(window, lambda done: qtbot.waitUntil(done, timeout=WAIT_MS))
    answered(hand, window)
    assert hand.actions <= MOST
