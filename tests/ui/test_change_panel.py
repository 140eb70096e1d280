"""The panel of what changed: numbers worked out in threads, a rule beside them, and a chart that a click can go by."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from viewer.domain.dates import parse
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.session.change import balances
from viewer.session.change_words import code_of
from viewer.session.commands import SetCompare, SetCursor, SetFilters, SetGround
from viewer.session.known import known_data
from viewer.session.session import Session
from viewer.session.share import Months, ground_by_month, month_days, shares_of, stated_shares
from viewer.session.state import Filters, State, Time
from viewer.store.dataset import DataSet
from viewer.ui.panels import change as change_panel
from viewer.ui.panels.change import ChangePanel
from viewer.ui.theme import dress
from viewer.ui.working import Working

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Button, Mod, Key = Qt.MouseButton, Qt.KeyboardModifier, Qt.Key
A, B = (parse(text).earliest or 0 for text in ("2017-01-01", "2017-11-14"))
WAIT_MS = 30_000


@pytest.fixture
def session() -> Session:
    return Session(State(time=Time(cursor=B)))


@pytest.fixture
def few_months(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three months are enough to see a chart."""
    days = tuple(parse(text).earliest or 0 for text in ("2017-01", "2017-06", "2017-12"))
    monkeypatch.setattr("viewer.session.share.month_days", lambda data: days)


@pytest.fixture
def panel(
    qtbot: QtBot, session: Session, builtin: DataSet, basemap: Basemap, few_months: None
) -> Iterator[ChangePanel]:
    widget = ChangePanel(session, builtin, tokens_for("light", builtin.actors), basemap)
    qtbot.addWidget(widget)
    widget.resize(350, 900)
    yield widget
    widget.release()


def shown(qtbot: QtBot, panel: ChangePanel) -> ChangePanel:
    panel.show()
    qtbot.waitUntil(lambda: panel.months is not None, timeout=WAIT_MS)
    return panel


def test_without_a_day_it_teaches_how_to_set_one(qtbot: QtBot, panel: ChangePanel, session: Session) -> None:
    shown(qtbot, panel)

    assert panel.empty.isVisible()
    assert "press B" in panel.empty.text()
    assert not panel.table.isVisible()
    QTest.mouseClick(panel.begin, Button.LeftButton)
    assert session.state.compare == B
    qtbot.waitUntil(panel.table.isVisible, timeout=WAIT_MS)
    assert not panel.empty.isVisible()


def test_the_table_says_what_was_worked_out_with_its_days_and_rule(
    qtbot: QtBot, panel: ChangePanel, session: Session, builtin: DataSet, basemap: Basemap
) -> None:
    shown(qtbot, panel)
    session.dispatch(SetCompare(A))
    qtbot.waitUntil(lambda: panel.shown is not None, timeout=WAIT_MS)
    found = balances(builtin, basemap, A, B, "reach")
    lines = [
        [panel.table.item(row, column).text() for column in range(6)] for row in range(panel.table.rowCount())
    ]

    assert [line[0] for line in lines] == [code_of(builtin, one.party) for one in found]
    assert lines[0] == ["GOV", *(f"{n:,.0f}" if n else "\u2013" for n in (
        found[0].before, found[0].after, found[0].gained, found[0].lost, found[0].held
    ))]  # fmt: skip
    assert [one.after for one in found] == sorted((one.after for one in found), reverse=True)
    assert panel.days.text() == "A 1 Jan 2017 \u2192 B 14 Nov 2017"
    assert "ground of towns within 40 km, drawn areas before it; schematic" in panel.rule.text()


def test_the_numbers_follow_the_cursor(qtbot: QtBot, panel: ChangePanel, session: Session) -> None:
    session.dispatch(SetCompare(A))
    shown(qtbot, panel)
    session.dispatch(SetCursor(B + 30))
    qtbot.waitUntil(lambda: panel.shown is not None and panel.shown[0][1] == B + 30, timeout=WAIT_MS)

    assert panel.days.text().endswith("B 14 Dec 2017")


def test_ground_and_stated_shares_follow_the_second_clock(
    qtbot: QtBot, panel: ChangePanel, session: Session, builtin: DataSet, basemap: Basemap
) -> None:
    session.dispatch(SetCompare(A))
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: panel.shown is not None, timeout=WAIT_MS)
    june = parse("2017-06-30").latest or 0
    session.dispatch(SetFilters(Filters(known_by=june)))
    asked = (A, B, "reach", june)
    qtbot.waitUntil(lambda: panel.shown is not None and panel.shown[0] == asked, timeout=WAIT_MS)
    assert panel.shown is not None
    then, now = (
        {one.party: pytest.approx(one.after) for one in balances(data, basemap, A, B, "reach")}
        for data in (known_data(builtin, june), builtin)
    )
    assert {one.party: one.after for one in panel.shown[1]} == then != now
    assert panel.days.text().endswith(", known by 30 Jun 2017")
    panel.copy()
    assert ", known by 30 Jun 2017" in QGuiApplication.clipboard().text()
    qtbot.waitUntil(lambda: panel.months is not None and panel.months[0] == ("reach", june), timeout=WAIT_MS)
    early = stated_shares(known_data(builtin, june))
    assert panel.chart is not None
    assert panel.chart.stated == early != stated_shares(builtin)
    assert "known by 30 Jun 2017" in panel.denominator.text()


def test_a_question_that_was_taken_back_is_not_answered(
    qtbot: QtBot, panel: ChangePanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, go_on = threading.Event(), threading.Event()

    def slow(*asked: Any) -> tuple[Any, ...]:
        going.set()
        go_on.wait(10)
        return balances(*asked)

    session.dispatch(SetCompare(A))
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: panel.shown is not None, timeout=WAIT_MS)
    monkeypatch.setattr(change_panel, "balances", slow)
    session.dispatch(SetCursor(B + 30))
    qtbot.waitUntil(going.is_set, timeout=WAIT_MS)
    session.dispatch(SetCursor(B))
    qtbot.waitUntil(lambda: not panel._later.isActive(), timeout=WAIT_MS)
    go_on.set()
    qtbot.waitUntil(lambda: panel.balancing._thread is None, timeout=WAIT_MS)

    assert panel.shown is not None
    assert panel.shown[0] == (A, B, "reach", None)


def test_months_of_a_reading_that_was_taken_back_are_not_shown(
    qtbot: QtBot, panel: ChangePanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, go_on = threading.Event(), threading.Event()

    def slow(data: DataSet, basemap: Basemap, reading: str, tick: Callable[[float], None]) -> Months:
        going.set()
        go_on.wait(10)
        return ground_by_month(data, basemap, "reach", lambda share: None)

    shown(qtbot, panel)
    monkeypatch.setattr(change_panel, "ground_by_month", slow)
    session.dispatch(SetGround("roads"))
    qtbot.waitUntil(going.is_set, timeout=WAIT_MS)
    session.dispatch(SetGround("reach"))
    qtbot.waitUntil(lambda: not panel._later.isActive(), timeout=WAIT_MS)
    go_on.set()
    qtbot.waitUntil(lambda: panel.counting._thread is None, timeout=WAIT_MS)

    assert panel.months is not None
    assert panel.months[0] == ("reach", None)
    assert not panel.progress.isVisible()


def test_ctrl_c_in_the_table_copies_it_as_text(
    qtbot: QtBot, panel: ChangePanel, session: Session, key_rule: None
) -> None:
    session.dispatch(SetCompare(A))
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: panel.shown is not None, timeout=WAIT_MS)
    panel.activateWindow()
    panel.table.setFocus()
    QTest.keyClick(panel.table, Key.Key_C, Mod.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()

    assert lines[0] == "Ground in km\u00b2, A 1 Jan 2017, B 14 Nov 2017"
    assert lines[1].split("\t") == ["party", "A", "B", "gained", "lost", "held"]
    assert lines[2].startswith("Syrian government and its forces\t")
    assert lines[-1].startswith("Rule: ground of towns within 40 km")


def test_nothing_is_worked_out_while_nobody_sees_it(panel: ChangePanel, session: Session, qapp: Any) -> None:
    session.dispatch(SetCompare(A))
    qapp.processEvents()

    assert not panel.balancing.busy
    assert not panel.counting.busy
    assert panel.chart is None


def test_the_chart_names_its_denominator_and_a_click_goes_to_a_day(
    qtbot: QtBot, panel: ChangePanel, session: Session
) -> None:
    shown(qtbot, panel)
    chart = panel.chart
    assert chart is not None
    assert "km\u00b2 of ground with a claim that day" in panel.denominator.text()
    panel.whole.setCurrentIndex(1)
    panel.whole.activated.emit(1)
    assert "percent of the 186,000 km\u00b2 of land of Syria" in panel.denominator.text()

    area = chart.getViewBox().sceneBoundingRect()
    QTest.mouseClick(chart.viewport(), Button.LeftButton, Mod.NoModifier, area.center().toPoint())
    assert abs(session.state.time.cursor - (parse("2017-06-17").earliest or 0)) < 6


def test_what_a_source_says_stands_apart(qtbot: QtBot, panel: ChangePanel, builtin: DataSet) -> None:
    shown(qtbot, panel)
    chart = panel.chart
    assert chart is not None
    (said,) = stated_shares(builtin)

    assert said.key == "s0-territory-left"
    assert "\u201clast 10 percent\u201d of its greatest extent in both countries, on a day" in panel.stated.text()
    area = chart.getViewBox().sceneBoundingRect()
    at = QPointF(area.left() + chart.x_of((17440 + 17470) / 2), area.top() + 8)
    assert "last 10 percent" in chart.words_at(at)
    below = chart.words_at(QPointF(at.x(), area.bottom() - 10))
    assert "%" in below
    assert "10 percent" not in below


def test_the_work_can_be_stopped_and_taken_up_again(
    qtbot: QtBot, panel: ChangePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, go_on = threading.Event(), threading.Event()

    def slow(data: DataSet, basemap: Basemap, reading: str, tick: Callable[[float], None]) -> Months:
        going.set()
        go_on.wait(10)
        tick(0.5)
        return ground_by_month(data, basemap, reading, tick)

    monkeypatch.setattr(change_panel, "ground_by_month", slow)
    panel.show()
    qtbot.waitUntil(going.is_set, timeout=WAIT_MS)
    assert panel.progress.isVisible()
    QTest.mouseClick(panel.stop, Button.LeftButton)
    go_on.set()
    qtbot.waitUntil(lambda: panel.counting._thread is None, timeout=WAIT_MS)
    assert panel.months is None
    assert not panel.progress.isVisible()
    QTest.mouseClick(panel.stop, Button.LeftButton)
    qtbot.waitUntil(lambda: panel.months is not None, timeout=WAIT_MS)
    assert not panel.stop.isVisible()


def test_what_could_not_be_worked_out_is_said_and_tried_again_for_another_day(
    qtbot: QtBot, panel: ChangePanel, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no ground")

    with monkeypatch.context() as broken, qtbot.capture_exceptions() as raised:
        broken.setattr(change_panel, "balances", fail)
        broken.setattr(change_panel, "ground_by_month", fail)
        session.dispatch(SetCompare(17_200))
        panel.show()
        qtbot.waitUntil(lambda: "of these days could not be worked out" in panel.days.text(), timeout=WAIT_MS)
        qtbot.waitUntil(lambda: "of each month could not" in panel.denominator.text(), timeout=WAIT_MS)
        assert panel.stop.text() == "Work out the shares of all months"
    assert {str(error[1]) for error in raised} == {"no ground"}

    session.dispatch(SetCursor(session.state.time.cursor + 1))
    qtbot.waitUntil(lambda: panel.shown is not None, timeout=WAIT_MS)
    assert panel.days.text().startswith("A ")


@pytest.mark.parametrize("ticks", [True, False])
def test_of_several_questions_the_newest_is_answered(qtbot: QtBot, ticks: bool) -> None:
    begun, go_on, told = threading.Event(), threading.Event(), []

    def work(question: int, tick: Callable[[float], None]) -> int:
        begun.set()
        go_on.wait(10)
        if ticks:
            tick(0.5)
        return question * 2

    working = Working(work)
    working.answered.connect(lambda question, answer: told.append((question, answer)))
    working.ask(1)
    begun.wait(10)
    working.ask(2)
    working.ask(3)
    go_on.set()
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    working.release()

    assert told == [(3, 6)]


def test_the_window_has_its_turn_often_while_something_is_worked_out(qtbot: QtBot) -> None:
    usual, seen = sys.getswitchinterval(), []
    working = Working(lambda question, tick: seen.append(sys.getswitchinterval()))
    with qtbot.waitSignal(working.answered, timeout=WAIT_MS):
        working.ask(1)
    working.release()

    assert seen[0] < usual
    assert sys.getswitchinterval() == usual


def test_shares_of_a_month_add_up(builtin: DataSet, basemap: Basemap, few_months: None) -> None:
    months = ground_by_month(builtin, basemap, "reach", lambda share: None)
    claimed = shares_of(months, "claimed")
    syria = shares_of(months, "syria")

    assert len(claimed.days) == 3
    assert np.allclose(claimed.share.sum(axis=0) + claimed.others, 1.0)
    assert ((syria.share.sum(axis=0) + syria.others) < 1.0).all()
    assert claimed.share[0].sum() == claimed.share.sum(axis=1).max(), "who had most comes first"


def test_there_is_a_month_from_the_first_claim_to_the_last(builtin: DataSet) -> None:
    days = month_days(builtin)

    assert days[0] <= 14975 < days[1]
    assert all(27 < later - day < 32 for day, later in pairwise(days))
    assert days[-1] <= (parse(builtin.meta.as_of).latest or 0)


def test_another_theme_paints_the_whole_chart_anew(
    qtbot: QtBot, panel: ChangePanel, builtin: DataSet, qapp: Any
) -> None:
    dress(qapp, tokens_for("light", builtin.actors))
    chart = shown(qtbot, panel).chart
    assert chart is not None
    qtbot.wait(50)
    dress(qapp, tokens_for("dark", builtin.actors))
    panel.set_tokens(tokens_for("dark", builtin.actors))
    qtbot.wait(50)
    corner = panel.grab().toImage().pixelColor(chart.mapTo(panel, QPoint(3, chart.height() - 3)))
    qapp.setStyleSheet("")

    assert corner.lightness() < 80
