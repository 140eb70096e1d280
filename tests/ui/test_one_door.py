"""Whoever sets filters over many records has a thread look through them first, so that no hand waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, QUrl
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.windows import Program, work
from viewer.domain.dates import parse
from viewer.draw.tokens import tokens_for
from viewer.geo.basemap import Basemap
from viewer.session.by_day import DayCounts
from viewer.session.commands import Batch, Select, SetFilters
from viewer.session.ground_words import around
from viewer.session.known import known_data
from viewer.session.review import SaveFilters
from viewer.session.session import Session
from viewer.session.state import Filters, Ref, SavedFilters, State, Time
from viewer.store.dataset import DataSet
from viewer.ui import asking
from viewer.ui.panels.analysis import AnalysisPanel
from viewer.ui.panels.detail import DetailPanel
from viewer.ui.panels.filters import FiltersPanel
from viewer.ui.panels.table import TablePanel
from viewer.ui.status import StatusLine
from viewer.ui.timeline import histogram as bins

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
STRIKES = Filters(types=("strike",))
Door = tuple[Any, Callable[[], asking.Asking], Callable[[], object]]
"""A widget, what sets its filters, and how a hand asks for that."""
MakeDoor = Callable[[Session, DataSet, Basemap], Door]


def chip(session: Session, data: DataSet, basemap: Basemap) -> Door:
    session.dispatch(SetFilters(STRIKES))
    line = StatusLine(session, data, asking.Asking(session, data))
    return line, lambda: line.asking, line.chips.findChildren(QToolButton)[0].click


def queue(session: Session, data: DataSet, basemap: Basemap) -> Door:
    session.dispatch(SaveFilters(SavedFilters("strikes", STRIKES)))
    panel = TablePanel(session, data, tokens_for("light", data.actors), asking.Asking(session, data))

    def choose() -> None:
        panel.queue.select("strikes")
        panel.queue.activated.emit(panel.queue.currentIndex())

    return panel, lambda: panel.asking, choose


def link(session: Session, data: DataSet, basemap: Basemap) -> Door:
    session.dispatch(SetFilters(Filters(text="words that nobody wrote")))
    session.dispatch(Select(Ref("event", "may-strikes")))
    panel = DetailPanel(session, data, tokens_for("light", data.actors), asking.Asking(session, data))
    return panel, lambda: panel.asking, lambda: panel.view.anchorClicked.emit(QUrl("do:0"))


def group(session: Session, data: DataSet, basemap: Basemap) -> Door:
    panel = AnalysisPanel(session, data, tokens_for("light", data.actors), basemap, asking.Asking(session, data))

    def door() -> asking.Asking:
        assert panel.view is not None
        return panel.view.asking

    def choose() -> None:
        assert panel.view is not None
        panel.view.bars.bars.ticked.emit(0)

    return panel, door, choose


@pytest.mark.parametrize("make", [chip, queue, link, group])
def test_filters_are_looked_through_before_they_are_set(
    make: MakeDoor, small: DataSet, basemap: Basemap, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(State(time=Time(parse("2017-12-28").latest or 0, "window", 300)))
    shown, door, act = make(session, small, basemap)
    qtbot.addWidget(shown)
    shown.show()
    if make is group:
        qtbot.waitUntil(lambda: bool(shown.view.bars.bars.bars))
    QApplication.processEvents()
    monkeypatch.setattr(asking, "FEW", 1)
    before = session.state.filters
    act()

    assert session.state.filters == before and door().waits
    qtbot.waitUntil(lambda: not door().waits, timeout=30_000)
    assert session.state.filters != before
    shown.release()


def test_of_two_panels_asked_in_haste_the_newest_has_its_way(
    program: Program, small_store: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, within, go_on = work(program(small_store)), around((40.0, 35.0), 50_000.0), threading.Event()
    honest = asking.looked_through

    def slow(data: DataSet, filters: Filters) -> bool:
        if filters.within == within:
            go_on.wait(30)
        return honest(data, filters)

    shown.session.dispatch(SetFilters(STRIKES))
    monkeypatch.setattr(asking, "FEW", 1)
    monkeypatch.setattr(asking, "looked_through", slow)
    shown.ground.take(within)
    cast(FiltersPanel, shown.panels["filters"]).chips.cleared.emit()
    doors = {shown.ground.asking, shown.asking}
    qtbot.waitUntil(lambda: len(doors) == 1 or shown.session.state.filters == Filters(), timeout=30_000)
    go_on.set()

    qtbot.waitUntil(lambda: not any(door.waits for door in doors), timeout=30_000)
    assert shown.session.state.filters == Filters()


def test_filters_that_come_with_something_else_are_looked_through_too(
    small: DataSet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "FEW", 1)
    session, parent, may = Session(State()), QObject(), Ref("event", "may-strikes")
    door = asking.Asking(session, small, parent)
    door.do(Select(may))
    assert session.state.selected == may and not door.waits
    door.do(Batch((SetFilters(STRIKES), Select(None))))
    assert session.state.selected == may and door.waits
    qtbot.waitUntil(lambda: not door.waits, timeout=30_000)
    assert (session.state.filters, session.state.selected) == (STRIKES, None)
    door.release()


def test_the_bars_and_what_was_known_by_then_are_worked_out_by_the_thread_too(
    small: DataSet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, day = list[threading.Thread](), parse("2017-12-28").latest or 0
    honest = bins.short_counts

    def noted(*told: Any) -> DayCounts:
        counted.append(threading.current_thread())
        return honest(*told)

    monkeypatch.setattr(bins, "short_counts", noted)
    monkeypatch.setattr(asking, "FEW", 1)
    monkeypatch.setitem(vars(small), "memo", {})
    filters, parent = replace(STRIKES, known_by=day), QObject()
    door = asking.Asking(Session(State()), small, parent)
    door.become(filters)
    qtbot.waitUntil(lambda: not door.waits, timeout=30_000)
    door.release()
    bins.histogram(small, filters, bins.by_type(small), "month", (day - 300, day), day)
    assert counted and threading.main_thread() not in counted

    monkeypatch.setattr(DataSet, "with_claims", None)
    assert known_data(small, day).claims
