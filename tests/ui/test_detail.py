"""The pane of details: headings fold and keep the keys, what is near is chosen and listed, two stand side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.domain.dates import day_words, parse
from viewer.draw.tokens import tokens_for
from viewer.session.beside import pair_of, pair_text
from viewer.session.card import CONTRADICTIONS
from viewer.session.card_event import NEARBY
from viewer.session.commands import OpenList, PlayTo, Select, SetBeside, SetFilters, SetNear, SetPlay, ToggleFold
from viewer.session.nearby import Near, near_of
from viewer.session.remember import state_from_json, state_to_json
from viewer.session.session import Session
from viewer.session.state import Filters, Ref, State, Time
from viewer.store.dataset import DataSet
from viewer.ui.asking import Asking
from viewer.ui.panels import detail as module
from viewer.ui.panels.detail import DetailPanel
from viewer.ui.side_by_side import SideBySide

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Key, Mod = Qt.Key, Qt.KeyboardModifier
MAY, AGAIN, WEEK = (Ref("event", key) for key in ("may-strikes", "may-strikes-again", "week-syria"))


@pytest.fixture
def session() -> Session:
    return Session(State(time=Time(cursor=parse("2017-12-28").latest or 0, window_days=300), selected=MAY))


@pytest.fixture
def pane(qtbot: QtBot, session: Session, small: DataSet) -> Iterator[DetailPanel]:
    panel = DetailPanel(session, small, tokens_for("light", small.actors), Asking(session, small))
    qtbot.addWidget(panel)
    panel.resize(400, 420)
    panel.show()
    panel.view.setFocus()
    settled()
    yield panel
    panel.release()
    settled()


def settled() -> None:
    for _ in range(5):
        QApplication.processEvents()


def shown(panel: DetailPanel) -> str:
    return panel.view.toPlainText()


# folding


def test_a_heading_folds_and_opens_by_keys_alone(pane: DetailPanel, session: Session) -> None:
    assert "202" in shown(pane)
    QTest.keyClick(pane.view, Key.Key_Down, Mod.AltModifier)
    assert CONTRADICTIONS in pane.view.textCursor().selectedText()
    QTest.keyClick(pane.view, Key.Key_Return)
    assert session.state.reading.folded == {CONTRADICTIONS}
    assert f"\u25b8 {CONTRADICTIONS}" in shown(pane)
    assert "US-led coalition, perpetrator" not in shown(pane)
    assert CONTRADICTIONS in pane.view.textCursor().selectedText(), "it keeps the keys"

    QTest.keyClick(pane.view, Key.Key_Return)
    assert not session.state.reading.folded
    assert "US-led coalition, perpetrator" in shown(pane)


def test_a_clicked_heading_keeps_no_mark(pane: DetailPanel, session: Session) -> None:
    where = pane.view.cursorRect(pane.view.document().find(CONTRADICTIONS)).center()
    where.setX(where.x() - 20)
    QTest.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton, Mod.NoModifier, where)
    assert session.state.reading.folded == {CONTRADICTIONS}
    assert not pane.view.textCursor().hasSelection()


def test_alt_and_the_arrows_go_from_heading_to_heading(pane: DetailPanel) -> None:
    seen = []
    for _ in pane.view.heads:
        QTest.keyClick(pane.view, Key.Key_Down, Mod.AltModifier)
        seen.append(pane.view.textCursor().selectionStart())
    assert seen == list(pane.view.heads)
    QTest.keyClick(pane.view, Key.Key_Up, Mod.AltModifier)
    assert pane.view.textCursor().selectionStart() == pane.view.heads[-2]


def test_folded_headings_stay_folded_for_other_records_and_are_remembered(pane: DetailPanel, session: Session) -> None:
    session.dispatch(ToggleFold(frozenset(("When",))))
    session.dispatch(Select(WEEK))
    assert "\u25b8 When" in shown(pane)
    assert "known to the day" not in shown(pane)
    again = state_from_json(state_to_json(session.state))
    assert again.reading == session.state.reading
    assert not session.can_undo or session.state.reading.folded == {"When"}


def test_folding_leaves_the_eye_where_it_is(pane: DetailPanel, session: Session) -> None:
    bar = pane.view.verticalScrollBar()
    bar.setValue(300)
    session.dispatch(ToggleFold(frozenset(("Brought by",))))
    assert bar.value() == 300


def test_all_headings_fold_at_once(pane: DetailPanel, session: Session) -> None:
    pane.deeds["fold_all"]()
    assert len(pane.view.heads) == shown(pane).count("\u25b8 ") > 5
    assert pane.view.verticalScrollBar().maximum() == 0, "all of them are seen at once"
    session.dispatch(Select(WEEK))
    assert "\u25be " not in shown(pane), "headings that only another record has are folded, too"
    pane.deeds["fold_all"]()
    assert not session.state.reading.folded


# what is near


def test_distance_and_days_are_chosen_in_the_pane(pane: DetailPanel, session: Session) -> None:
    follow(pane, "100 km")
    assert session.state.reading.near_m == 100_000
    follow(pane, "30 d")
    assert session.state.reading.near_days == 30
    assert not session.can_undo, "how one reads is nothing to undo"


def follow(pane: DetailPanel, text: str, behind: str = "Within") -> None:
    """Go to a link by its words, behind others, and press Enter."""
    cursor = pane.view.document().find(text, pane.view.document().find(behind))
    assert not cursor.isNull(), text
    assert cursor.charFormat().isAnchor()
    pane.view.setTextCursor(cursor)
    QTest.keyClick(pane.view, Key.Key_Return)


def test_what_is_near_opens_as_a_list(pane: DetailPanel, session: Session, small: DataSet) -> None:
    near = near_of(small, MAY.key, session.state.reading)
    assert near.keys
    follow(pane, "List them")
    assert (session.state.listed, session.state.stack) == ("near", near.keys)
    assert session.state.selected == MAY
    session.dispatch(OpenList(""))
    pane.deeds["near_list"]()
    assert session.state.stack == near.keys


def test_the_list_can_be_asked_for_while_its_heading_is_folded(pane: DetailPanel, session: Session) -> None:
    session.dispatch(ToggleFold(frozenset((NEARBY,))))
    session.dispatch(Select(AGAIN))
    pane.deeds["near_list"]()
    assert session.state.listed == "near"
    assert MAY.key in session.state.stack


@pytest.mark.parametrize(("typed", "limits"), [("3 km, 2 days", (3_000.0, 2)), ("nonsense", None), (None, None)])
def test_limits_can_be_typed(
    pane: DetailPanel, session: Session, monkeypatch: pytest.MonkeyPatch, typed: str | None, limits: Any
) -> None:
    told: list[str] = []
    monkeypatch.setattr(module, "ask_line", lambda *asked: typed)
    monkeypatch.setattr(module, "sentence", lambda parent, title, text: told.append(text))
    before = session.state.reading
    pane.deeds["near_limits"]()
    if limits is None:
        assert session.state.reading == before
        assert bool(told) == (typed is not None)
    else:
        assert (session.state.reading.near_m, session.state.reading.near_days) == limits


class Slow:
    """Answers what is near only when it is allowed to, as among very many records."""

    def __init__(self) -> None:
        self.allowed = threading.Event()
        self.asked: list[str] = []
        self.threads: set[threading.Thread] = set()

    def __call__(self, data: DataSet, key: str, *rest: Any) -> Near:
        self.asked.append(key)
        self.threads.add(threading.current_thread())
        assert self.allowed.wait(20)
        return near_of(data, key, *rest)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    found = Slow()
    monkeypatch.setattr(module, "near_of", found)
    monkeypatch.setattr(module, "FEW", 0)
    return found


def test_among_many_records_the_window_does_not_wait_and_late_answers_are_dropped(
    slow: Slow, pane: DetailPanel, session: Session, small: DataSet, qtbot: QtBot
) -> None:
    session.dispatch(Select(AGAIN))
    session.dispatch(Select(WEEK))
    assert "being looked for" in shown(pane)
    slow.allowed.set()
    qtbot.waitUntil(lambda: "being looked for" not in shown(pane), timeout=5000)

    assert threading.main_thread() not in slow.threads
    assert slow.asked[-1] == WEEK.key
    assert AGAIN.key not in slow.asked[1:], "nobody waits for that any more"
    near = near_of(small, WEEK.key, session.state.reading)
    assert all(one.event.title in shown(pane) for one in near.shown)


def test_under_a_folded_heading_nothing_is_looked_for(slow: Slow, pane: DetailPanel, session: Session) -> None:
    slow.allowed.set()
    session.dispatch(ToggleFold(frozenset((NEARBY,))))
    session.dispatch(Select(AGAIN))
    assert not pane.looking.busy
    assert AGAIN.key not in slow.asked


def test_a_list_comes_when_it_is_found(slow: Slow, pane: DetailPanel, session: Session, qtbot: QtBot) -> None:
    pane.deeds["near_list"]()
    session.dispatch(SetNear(90_000, 7))
    pane.deeds["near_list"]()
    assert not session.state.listed
    slow.allowed.set()
    qtbot.waitUntil(lambda: session.state.listed == "near", timeout=5000)


def test_the_pane_goes_while_something_is_looked_for(slow: Slow, pane: DetailPanel, session: Session) -> None:
    session.dispatch(Select(AGAIN))
    threading.Timer(0.05, slow.allowed.set).start()
    pane.looking.release()
    assert not pane.looking.busy


def test_what_was_not_known_yet_is_not_near(pane: DetailPanel, session: Session) -> None:
    assert "Bombs on the river town" in shown(pane)[shown(pane).index(NEARBY) :]
    session.dispatch(SetFilters(replace(Filters(), known_by=parse("2017-07-01").latest)))
    text = shown(pane)[shown(pane).index(NEARBY) : shown(pane).index("Who held it then")]
    assert "Bombs on the river town" not in text


# two side by side


def beside() -> SideBySide:
    (found,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, SideBySide) and one.isVisible())
    return found


def test_an_incident_is_read_beside_whichever_is_selected(pane: DetailPanel, session: Session, small: DataSet) -> None:
    QTest.mouseClick(pane.compare, Qt.MouseButton.LeftButton)
    settled()
    both = beside()
    assert session.state.beside == MAY
    assert "beside which other incident" in both.view.toPlainText()
    assert not both.copied.isEnabled()

    session.dispatch(Select(AGAIN))
    text = both.view.toPlainText()
    assert "Strikes on Mayadin" in text and "Bombs on the river town" in text
    assert "\u2260 Title" in text and "\u2260 Type" not in text
    QTest.keyClick(both.view, Key.Key_C, Mod.ControlModifier)
    pair = pair_of(small, MAY, AGAIN)
    assert pair is not None
    assert QGuiApplication.clipboard().text() == pair_text(pair)
    assert both.said.text() == "Both were copied as text"

    both.differing.setChecked(True)
    assert "\nType" not in both.view.toPlainText()
    both.swap.click()
    assert (session.state.beside, session.state.selected) == (AGAIN, MAY)


def test_the_other_is_chosen_by_keys_alone(pane: DetailPanel, session: Session) -> None:
    session.dispatch(SetBeside(MAY))
    settled()
    both = beside()
    QTest.keyClick(both.view, Key.Key_Tab)
    chosen = both.view.textCursor().selectedText()
    QTest.keyClick(both.view, Key.Key_Return)
    assert session.state.selected not in (None, MAY)
    assert chosen in both.view.toPlainText()
    before = session.state.selected
    QTest.keyClick(both.view, Key.Key_Up)
    assert session.state.selected != before
    assert session.state.beside == MAY


@pytest.mark.parametrize("how", [SideBySide.close, lambda both: QTest.keyClick(both.view, Key.Key_Escape)])
def test_closing_it_ends_the_comparison(pane: DetailPanel, session: Session, how: Callable[[SideBySide], Any]) -> None:
    session.dispatch(SetBeside(MAY))
    settled()
    both = beside()
    how(both)
    settled()
    assert session.state.beside is None
    assert not both.isVisible()
    session.dispatch(SetBeside(MAY))
    assert both.isVisible()


def test_beside_a_place_it_says_what_to_choose(pane: DetailPanel, session: Session) -> None:
    session.dispatch(SetBeside(MAY))
    session.dispatch(Select(Ref("place", "mayadin")))
    assert "beside which other incident" in beside().view.toPlainText()
    session.dispatch(SetBeside(Ref("place", "mayadin")))
    assert session.state.beside == MAY, "only incidents are compared"


def test_while_time_plays_it_says_of_which_day_it_is(pane: DetailPanel, session: Session) -> None:
    day = session.state.time.cursor
    session.dispatch(Select(Ref("place", "mayadin")))
    assert not pane.as_of.isVisible()
    settled()
    pane.view.verticalScrollBar().setValue(20)
    stood = pane.view.mapTo(pane, pane.view.rect().topLeft()), pane.view.verticalScrollBar().value()
    session.dispatch(PlayTo(day + 1))
    settled()
    assert (pane.view.mapTo(pane, pane.view.rect().topLeft()), pane.view.verticalScrollBar().value()) == stood
    assert pane.as_of.isVisible() and pane.as_of.text() == f"While playing: as of {day_words(day)}"
    session.dispatch(Select(MAY))
    assert not pane.as_of.isVisible()  # an incident says the same on each day
    session.dispatch(Select(Ref("place", "mayadin")))
    assert pane.as_of.text() == f"While playing: as of {day_words(day + 1)}"
    session.dispatch(SetPlay(replace(session.state.play, running=False)))
    assert not pane.as_of.isVisible()


# what keeps it off the map


def test_the_pane_says_what_keeps_its_record_off_the_map_and_a_link_shows_it(
    pane: DetailPanel, session: Session, qtbot: QtBot
) -> None:
    assert "Not shown" not in shown(pane)
    session.dispatch(SetFilters(Filters(text="words that nobody wrote")))
    qtbot.waitUntil(lambda: "the filters leave it out" in shown(pane))

    follow(pane, "show it without filters", "Not shown")
    assert session.state.filters == Filters()
    qtbot.waitUntil(lambda: "Not shown" not in shown(pane))

    time = session.state.time
    session.dispatch(PlayTo(time.cursor - 2000, running=False))
    qtbot.waitUntil(lambda: "outside the days shown" in shown(pane))
    follow(pane, "go to its days", "Not shown")
    qtbot.waitUntil(lambda: "Not shown" not in shown(pane))
    assert session.state.selected == MAY
