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


def found(text: str, *words: str) -> Question:
    """The details of what is found first for a text say all these words."""

    def ask(hand: Hand, window: Window) -> None:
        hand.find(text)
        assert [word for word in words if word not in hand.details] == []

    return ask


def sorted_table(hand: Hand, window: Window, column: str) -> list[list[str]]:
    """The table of incidents, in the order of a column."""
    hand.press("Ctrl+L")
    hand.click_head(table(window).table, column)
    return lines(table(window).table)


def strikes_of_a_week_by_country(hand: Hand, window: Window) -> None:
    found("Coalition strikes in Syria", "strikes 28")(hand, window)
    hand.press("Up")
    assert "strikes 6" in hand.details


def strikes_of_a_week_by_place(hand: Hand, window: Window) -> None:
    hand.go("2017-12-22/2017-12-28")
    told = {(line[4], line[3]) for line in sorted_table(hand, window, "Type")}
    assert {("Abu Kamal", "strike"), ("Hawija", "strike"), ("Mosul", "strike"), ("Jalawla", "strike")} <= told


def who_bombed_it(hand: Hand, window: Window) -> None:
    hand.find("Mayadin strikes")
    head = hand.details[: hand.details.index("Sources")]
    assert "Who did it" in head
    assert "US-led coalition" in head and "Russia" in head


def what_was_planned_in_january_2019(hand: Hand, window: Window) -> None:
    hand.go("2019-01")
    told = {line[2]: line[7] for line in sorted_table(hand, window, "Certainty")}
    assert told["Joint operation at the border planned"] == "planned"


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


def a_town_by_its_arabic_name(hand: Hand, window: Window) -> None:
    hand.find("\u0627\u0644\u0645\u064a\u0627\u062f\u064a\u0646")
    assert hand.details.startswith("Mayadin")


def what_is_disputed(hand: Hand, window: Window) -> None:
    hand.press("End", "C")
    shown = [line[7] for line in sorted_table(hand, window, "Certainty")]
    data = work(window).data
    assert shown.count("disputed") == int((data.events.actuality == ACTUALITIES.index("disputed")).sum()) > 0


QUESTIONS: dict[str, Question] = {
    "strikes of 22 to 28 December 2017 by country": strikes_of_a_week_by_country,
    "the same by place": strikes_of_a_week_by_place,
    "who held Mayadin in June and in November 2017": found(
        "Mayadin", "3 Jul 2014 \u2013 7 Oct 2017 Islamic State", "from 14 Oct 2017 Syrian government"
    ),
    "deaths in Mayadin since 22 May 2017": found("Mayadin strikes", "202 (derived)", "202 = 20 + 182"),
    "who bombed it": who_bombed_it,
    "attacks in January 2021": found("Attacks of Islamic State in central Syria in January 2021", "attacks \u2265 46"),
    "what was planned on 30 January 2019": what_was_planned_in_january_2019,
    "the size of the Badia": found("Syrian Desert", "about 500,000 km2"),
    "text distance against geodesic distance": found("Mayadin", "190 km", "geodesic 167.0 km"),
    "what has no place or no date": what_no_map_can_show,
    "who gained ground in a month": who_gained_ground_in_a_month,
    "when Abu Kamal was taken": found("Albukamal", "19 Nov 2017"),
    "a town by its Arabic name": a_town_by_its_arabic_name,
    "whom the YPG belong to": found("YPG", "Syrian Democratic Forces"),
    "which incidents are disputed": what_is_disputed,
}


@pytest.fixture
def window(program: Program, reviewed_store: object) -> Window:
    return program(reviewed_store)  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_question_is_answered_in_five_actions(window: Window, asked: str, qtbot: QtBot) -> None:
    hand = Hand(window, lambda done: qtbot.waitUntil(done, timeout=WAIT_MS))
    QUESTIONS[asked](hand, window)
    assert hand.actions <= MOST
