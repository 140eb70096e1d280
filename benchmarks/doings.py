"""What else a hand does in the window with a large store: how long the window stands still meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from benchmarks import scenes
from benchmarks.generator import store
from benchmarks.goals import Outcome
from benchmarks.hand import Desk
from benchmarks.plan import of_size
from benchmarks.report import Row
from benchmarks.setting import Setting
from benchmarks.table import FairTrace, again, block_row, choose
from viewer.session.commands import Batch, Select, SetFilters
from viewer.session.review import OPEN, SaveFilters
from viewer.session.state import Filters, Ref, SavedFilters
from viewer.ui.panels.filters import FiltersPanel
from viewer.ui.panels.table import EVER, TablePanel
from viewer.ui.working import Working
from viewer.ui.workspace import Workspace

TEXT, NAME = "bridge river", "mayadin"
TIMES = 20


def doings(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """Printed, with no goal: filters, search, details, columns, groups, queues, marks, lists and dialogs."""
    desk = Desk(store(of_size(setting.large)), setting.memory)
    try:
        window = desk.window
        if window is None or window.work is None:
            raise RuntimeError("there is no window")
        hands, trace = Hands(desk, window.work), FairTrace()
        desk.hand.step(Batch(scenes.MONTH), time_moves=False)
        for name, begin in hands.deeds():
            hands.look_round()
            begun = time.perf_counter()
            gaps = trace.until(hands.rests, begin)
            rows.append(block_row(name, time.perf_counter() - begun, gaps, trace.computed))
    finally:
        desk.close()
    yield from ()


class Hands:
    """Each deed by its name, in an order in which one prepares the next."""

    def __init__(self, desk: Desk, work: Workspace) -> None:
        if desk.window is None:
            raise RuntimeError("there is no window")
        self._desk, self._window, self._work = desk, desk.window, work
        self._session, self._data = work.session, work.data
        self._workers: list[Working] = []

    def look_round(self) -> None:
        """Find out who may be at work: to ask that at each beat would take longer than what is measured."""
        self._workers = self._window.findChildren(Working)

    def rests(self) -> bool:
        """Whether nothing is worked out, looked for or painted that a hand waits for."""
        filters = self._work.panels["filters"]
        looks = isinstance(filters, FiltersPanel) and filters.looks
        busy = any(one.busy for one in self._workers)
        return not (busy or looks or self._work.canvas.artist.busy)

    @property
    def _table(self) -> TablePanel:
        return self._work.table

    @property
    def _filters(self) -> FiltersPanel:
        panel = self._work.panels["filters"]
        if not isinstance(panel, FiltersPanel):
            raise RuntimeError("there are no filters")
        return panel

    def deeds(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """All of them."""
        yield from self._of_filters()
        yield from self._of_the_table()
        yield from self._of_the_rest()

    def _of_filters(self) -> Iterator[tuple[str, Callable[[], object]]]:
        filters = self._filters
        responsible = filters.responsible
        yield "filters: open", lambda: self._window.run("panel_filters")
        top = filters.actors.topLevelItem(0)
        if top is None:
            raise RuntimeError("there are no actors")
        yield "filters: an actor", lambda: top.setCheckState(0, Qt.CheckState.Checked)
        for how in ("certainly", "possibly", ""):
            said = f"filters: {how} responsible" if how else "filters: in any part"
            yield said, lambda how=how: choose(responsible, responsible.findData(how))
        kind = filters.types.topLevelItem(0)
        if kind is not None:
            yield "filters: a type too", lambda: kind.setCheckState(0, Qt.CheckState.Checked)
        yield "filters: none", lambda: self._window.run("clear_filters")
        yield "filters: known by this day", filters.clock.on.click
        yield "filters: known whenever", filters.clock.on.click
        yield "filters: a text", lambda: self._write(filters.text, TEXT)
        yield "filters: no text", lambda: self._write(filters.text, "")

    def _of_the_table(self) -> Iterator[tuple[str, Callable[[], object]]]:
        panel = self._table
        yield "table: open", lambda: self._window.run("panel_table")
        yield "table: all days", lambda: choose(panel.span, panel.span.findText(EVER))
        yield "table: details of twenty", lambda: self._keys(Qt.Key.Key_Down)
        yield "table: another column", lambda: self._toggle_column("form")
        yield "table: group by type", lambda: choose(panel.group, panel.group.findData("type"))
        yield "table: close a group", lambda: panel.table.clicked.emit(panel.model.index(0, 0))
        yield "table: open it again", lambda: panel.table.clicked.emit(panel.model.index(0, 0))
        yield "table: no groups", lambda: choose(panel.group, 0)
        yield "table: filtered by a text", lambda: self._session.dispatch(SetFilters(Filters(text=TEXT)))
        yield "table: no filters", lambda: self._session.dispatch(SetFilters(Filters()))
        saved = SavedFilters("strikes", Filters(types=("strike",)), OPEN)
        self._session.dispatch(SaveFilters(saved))
        yield "table: a saved queue", lambda: choose(panel.queue, panel.queue.count() - 1)
        yield "table: all, no filters", self._let_go
        self._work.own_file.reviewer = "ab"
        yield f"table: dispute and go on, {TIMES} times", lambda: self._run_again("review_dispute")
        yield f"table: undo, {TIMES} times", lambda: self._run_again("undo")
        yield f"table: next to review, {TIMES} times", lambda: self._run_again("review_next")

    def _of_the_rest(self) -> Iterator[tuple[str, Callable[[], object]]]:
        box = self._window.search
        yield "search box: open", lambda: self._window.run("search")
        for at in range(1, len(NAME) + 1, 3):
            yield f"search box: {NAME[:at]}", lambda at=at: self._search(NAME[:at])
        yield "search box: words of incidents", lambda: self._search(TEXT)
        box.close_list()
        yield "export: open its dialog", lambda: self._asking("export")
        yield "export: close it", self._put_away
        yield "review log: open its dialog", lambda: self._asking("review_log")
        yield "review log: close it", self._put_away
        yield "list of records, a month", lambda: self._window.run("panel_records")
        yield "list of records, all", lambda: self._session.dispatch(Batch(scenes.ALL))
        yield "an incident on the map", lambda: self._session.dispatch(Select(Ref("event", self._data.events.keys[7])))
        yield "its place", lambda: self._session.dispatch(Select(Ref("place", self._data.place_keys[0])))
        yield "its actor", lambda: self._session.dispatch(Select(Ref("actor", self._data.actor_keys[0])))

    def _write(self, field: QLineEdit, text: str) -> None:
        field.setText(text)
        field.returnPressed.emit()

    def _search(self, text: str) -> None:
        self._window.search.setText(text)
        self._window.search.refresh()

    def _keys(self, key: Qt.Key) -> None:
        again(TIMES, lambda: QTest.keyClick(self._table.table, key))

    def _run_again(self, action: str) -> None:
        again(TIMES, lambda: self._window.run(action))

    def _toggle_column(self, name: str) -> None:
        menu = self._table.columns.menu()
        next(entry for entry in menu.actions() if entry.data() == name).trigger()

    def _let_go(self) -> None:
        choose(self._table.queue, 0)
        self._session.dispatch(SetFilters(replace(self._session.state.filters, types=())))

    def _asking(self, action: str) -> None:
        self._window.run(action)

    def _put_away(self) -> None:
        for dialog in self._window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.reject()
        QApplication.processEvents()
