"""The head of day A on the timeline: it is seen, can be drawn, and never taken for the cursor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from viewer.domain.dates import parse
from viewer.draw.tokens import tokens_for
from viewer.session.commands import SetCompare
from viewer.session.session import Session
from viewer.session.state import State, Time
from viewer.store.dataset import DataSet
from viewer.ui.date_card import DateCard
from viewer.ui.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Button, Mod = Qt.MouseButton, Qt.KeyboardModifier
A, B = (parse(text).earliest or 0 for text in ("2017-06-01", "2017-12-25"))


@pytest.fixture
def session() -> Session:
    return Session(State(time=Time(cursor=B, window_days=30)))


@pytest.fixture
def timeline(qtbot: QtBot, session: Session, small: DataSet) -> Iterator[Timeline]:
    widget = Timeline(session, small, tokens_for("light", small.actors))
    qtbot.addWidget(widget)
    widget.resize(1366, widget.height())
    widget.show()
    settled()
    yield widget
    widget.release()


def settled() -> None:
    for _ in range(4):
        QApplication.processEvents()


def pixel(timeline: Timeline, day: int) -> QPoint:
    frame = timeline.chart.frame()
    bins = frame.rows.bins
    return QPoint(round(frame.x(day + 0.5)), round(bins.top + bins.height / 2))


def test_the_head_is_drawn_while_a_day_is_compared_with(timeline: Timeline, session: Session) -> None:
    view = timeline.chart.viewport()
    plain = view.grab().toImage()
    session.dispatch(SetCompare(A))
    settled()
    shown = view.grab().toImage()
    session.dispatch(SetCompare(None))
    settled()

    assert shown != plain
    x = pixel(timeline, A).x()
    before, after = ([image.pixel(x, y) for y in range(image.height())] for image in (plain, shown))
    assert set(after) - set(before), "a line stands on the day"
    assert view.grab().toImage() == plain


def test_the_head_is_drawn_by_the_hand_and_the_cursor_stays(timeline: Timeline, session: Session) -> None:
    session.dispatch(SetCompare(A))
    settled()
    view, start, end = timeline.chart.viewport(), pixel(timeline, A), pixel(timeline, A + 40)
    QTest.mousePress(view, Button.LeftButton, Mod.NoModifier, start)
    QTest.mouseMove(view, end)
    QApplication.processEvents()
    QTest.mouseRelease(view, Button.LeftButton, Mod.NoModifier, end)
    settled()

    assert session.state.time.cursor == B
    assert session.state.compare is not None
    assert abs(session.state.compare - (A + 40)) <= timeline.chart.frame().days_per_pixel + 1
    session.undo()
    assert session.state.compare == A, "a drag is one step"


def test_a_click_on_the_head_moves_nothing(timeline: Timeline, session: Session) -> None:
    session.dispatch(SetCompare(A))
    settled()
    QTest.mouseClick(timeline.chart.viewport(), Button.LeftButton, Mod.NoModifier, pixel(timeline, A))
    settled()

    assert (session.state.compare, session.state.time.cursor) == (A, B)


def test_the_cursor_can_be_taken_from_under_the_head(timeline: Timeline, session: Session) -> None:
    session.dispatch(SetCompare(B))
    settled()
    view, start, end = timeline.chart.viewport(), pixel(timeline, B), pixel(timeline, B - 60)
    QTest.mousePress(view, Button.LeftButton, Mod.NoModifier, start)
    QTest.mouseMove(view, end)
    QApplication.processEvents()
    QTest.mouseRelease(view, Button.LeftButton, Mod.NoModifier, end)
    settled()

    assert session.state.compare == B
    assert session.state.time.cursor < B


def test_the_date_card_names_both_days(qtbot: QtBot, session: Session, small: DataSet) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(900, 600)
    card = DateCard(session, small, parent)
    session.dispatch(SetCompare(A))

    assert card.date.text() == "1 Jun 2017 \u2192 25 Dec 2017"
    session.dispatch(SetCompare(None))
    assert "\u2192" not in card.date.text()
    card.release()
