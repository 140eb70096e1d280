"""What changed between two days: ground gained, lost and held by each party, and its share from month to month."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from viewer.domain.dates import Day, day_words
from viewer.domain.sources import Quantity
from viewer.draw.tokens import Tokens
from viewer.geo.basemap import Basemap
from viewer.session.actions import BY_ID
from viewer.session.change import Balance, balances
from viewer.session.change_words import IN_SHORT, WHOLE_TITLES, stated_words, table_text, whole_words
from viewer.session.commands import SetCompare, SetCursor
from viewer.session.known import known_data
from viewer.session.session import Session
from viewer.session.share import WHOLES, Months, ground_by_month, shares_of, stated_shares
from viewer.session.state import State
from viewer.store.dataset import DataSet
from viewer.ui.balance_table import BalanceTable
from viewer.ui.scrolling import scrolled
from viewer.ui.share_chart import ShareChart
from viewer.ui.text import PlainLabel
from viewer.ui.working import Working

REST_MS = 60
"""While time runs the numbers keep still; so long after it stopped, they follow."""
IN_LOG = "Why is written in the log."
Asked = tuple[Day, Day, str, Day | None]
"""A, B, the reading of the desert, and the day by which claims were published, None for any."""
Reading = tuple[str, Day | None]
"""The reading of the desert, and that day."""


def _key(name: str) -> str:
    return BY_ID[name].keys[0]


EMPTY = (
    f"No day is compared with the map's. Go to the first of two days and press {_key('compare')}: it becomes A. "
    f"Then move on, with the arrows or the timeline: where you are is B. {_key('swap')} swaps the two, "
    f"{_key('swipe')} shows both maps side by side, Esc ends it."
)


class ChangePanel(QWidget):
    """Two parts: the table of two days, worked out while it is seen, and the chart of all months."""

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._data, self._basemap = session, data, basemap
        self._tokens = tokens
        self.shown: tuple[Asked, tuple[Balance, ...]] | None = None
        """The question that the table answers, and its answer."""
        self._unanswered = False
        """Whether there is no answer to the question that was asked last."""
        self.months: tuple[Reading, Months] | None = None
        """The reading that the chart is of, and its numbers."""
        self._stopped: Reading | None = None
        """The reading whose months somebody did not want to wait for."""
        self.balancing = Working(self._balances, self)
        self.balancing.answered.connect(self._show_balances)
        self.balancing.failed.connect(self._balances_failed)
        self.counting = Working(self._months, self)
        self.counting.answered.connect(self._show_months)
        self.counting.progressed.connect(self._show_progress)
        self.counting.failed.connect(self._months_failed)
        self.days, self.empty, self.rule = (PlainLabel(parent=self) for _ in range(3))
        self.table = BalanceTable(data, tokens, self)
        self.table.copied.connect(self.copy)
        self.chart: ShareChart | None = None
        """Made when the panel is first seen."""
        self._place()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._ask)
        self._unwatch: Callable[[], None] = session.watch(("compare", "time", "ground", "filters"), self._changed)
        self.destroyed.connect(self._unwatch)

    def release(self) -> None:
        """Stop watching the session and working, before the widget goes."""
        self._unwatch()
        self._later.stop()
        self.balancing.release()
        self.counting.release()
        if self.chart is not None:
            self.chart.release()

    # in the threads: they touch nothing of the window

    def _balances(self, asked: Asked, tick: Callable[[float], None]) -> tuple[Balance, ...]:
        first, second, reading, known_by = asked
        return balances(known_data(self._data, known_by), self._basemap, first, second, reading, tick)

    def _months(self, asked: Reading, tick: Callable[[float], None]) -> Months:
        reading, known_by = asked
        return ground_by_month(known_data(self._data, known_by), self._basemap, reading, tick)

    # what is seen

    def _place(self) -> None:
        for label in (self.days, self.empty, self.rule):
            label.setWordWrap(True)
        self.days.setStyleSheet("font-weight: 600")
        self.rule.setObjectName("quiet")
        self.empty.setText(EMPTY)
        self.begin = QPushButton(f"Compare with this day ({_key('compare')})", self)
        self.begin.clicked.connect(lambda: self._session.dispatch(SetCompare(self._session.state.time.cursor)))
        self.copying = QToolButton(self)
        self.copying.setText("Copy")
        self.copying.setToolTip("Copy the table as text, with its days and its rule (Ctrl+C in the table)")
        self.copying.clicked.connect(self.copy)
        self.whole = QComboBox(self)
        for whole in WHOLES:
            self.whole.addItem(f"Share {WHOLE_TITLES[whole]}", whole)
        self.whole.setAccessibleName("What the shares are of")
        self.whole.activated.connect(self._show_shares)
        self.denominator, self.stated = PlainLabel(parent=self), PlainLabel(parent=self)
        for label in (self.denominator, self.stated):
            label.setWordWrap(True)
        self.progress, self.stop = QProgressBar(self), QPushButton("Stop", self)
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.stop.clicked.connect(self._stop_or_go_on)
        inner = QWidget(self)
        self._column = column = QVBoxLayout(inner)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        head, work = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.days, 1)
        head.addWidget(self.copying, 0, Qt.AlignmentFlag.AlignTop)
        work.addWidget(self.progress, 1)
        work.addWidget(self.stop)
        column.addLayout(head)
        for part in (self.empty, self.begin, self.table, self.rule, self.whole):
            column.addWidget(part)
        column.addLayout(work)
        column.addWidget(self.denominator)
        column.addWidget(self.stated)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))
        self._show_table()

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self._tokens = tokens
        self.table.set_tokens(tokens)
        if self.chart is not None:
            self.chart.set_tokens(tokens)

    def showEvent(self, event: QShowEvent) -> None:
        """Now somebody reads it: work the numbers out."""
        super().showEvent(event)
        if self.chart is None:
            self.chart = ShareChart(self._data, self._tokens, self)
            self.chart.setVisible(self.months is not None)
            self.chart.chosen.connect(self._go_to)
            self._column.insertWidget(self._column.indexOf(self.whole) + 1, self.chart)
        self._later.start(0)

    @property
    def _reading(self) -> Reading:
        """What the chart is asked for."""
        state = self._session.state
        return state.ground, state.filters.known_by

    def _show_stated(self) -> tuple[Quantity, ...]:
        """Tell what sources published by then say of shares; these."""
        found = stated_shares(known_data(self._data, self._session.state.filters.known_by))
        said = [stated_words(self._data, row) for row in found]
        self.stated.setText("\n".join(["Shares that sources state, each of a whole of its own:", *said]))
        self.stated.setVisible(bool(said))
        return found

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody reads it: stop."""
        super().hideEvent(event)
        self._later.stop()
        self.balancing.forget()
        self.counting.forget()

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if changed == {"filters"} and before.filters.known_by == after.filters.known_by:
            return
        if self.isVisible():
            self._later.start(REST_MS if "time" in changed else 0)
            if self.chart is not None:
                self.chart.show_days(after.compare, after.time.cursor)

    def _ask(self) -> None:
        state = self._session.state
        if state.compare is not None:
            asked = state.compare, state.time.cursor, *self._reading
            self._unanswered = False
            if self.shown is None or self.shown[0] != asked:
                self.balancing.ask(asked)
            else:
                self.balancing.forget()  # else the answer to a question that was taken back would replace it
        else:
            self.shown = None
            self.balancing.forget()
        if self.chart is not None:
            self.chart.show_days(state.compare, state.time.cursor)
        if self._stopped != self._reading:
            self._count(self._reading)
        self._show_stated()
        self._say_denominator()
        self._show_table()

    def _count(self, reading: Reading) -> None:
        self._stopped = None
        if self.months is None or self.months[0] != reading:
            self.counting.ask(reading)
        else:
            self.counting.forget()
        self._show_work()

    def _stop_or_go_on(self) -> None:
        """Work that was stopped goes on where it was."""
        if self.counting.busy:
            self.counting.forget()
            self._stopped = self._reading
            self._show_work()
        else:
            self._count(self._reading)

    def _show_work(self) -> None:
        working = self.counting.busy
        done = self.months is not None and self.months[0] == self._reading
        self.progress.setVisible(working)
        self.stop.setVisible(not done)
        self.stop.setText("Stop" if working else "Work out the shares of all months")
        if not done:
            self.denominator.setText("The ground of each month is being worked out \u2026" if working else "")

    def _show_progress(self, share: float) -> None:
        self.progress.setValue(round(share * 1000))

    def _show_balances(self, asked: Asked, found: tuple[Balance, ...]) -> None:
        self.shown = asked, found
        self._show_table()

    def _balances_failed(self) -> None:
        self.shown, self._unanswered = None, True
        self._show_table()

    def _months_failed(self) -> None:
        self._show_work()
        self.denominator.setText(f"The ground of each month could not be worked out. {IN_LOG}")

    def _show_table(self) -> None:
        compared = self._session.state.compare is not None
        teaching: tuple[QWidget, ...] = (self.empty, self.begin)
        telling: tuple[QWidget, ...] = (self.days, self.table, self.rule, self.copying)
        for part in teaching:
            part.setVisible(not compared)
        for part in telling:
            part.setVisible(compared)
        if self.shown is None:
            failed = f"The ground of these days could not be worked out; another day may do. {IN_LOG}"
            self.days.setText(failed if self._unanswered else "The ground of both days is being worked out \u2026")
            self.table.show_balances(())
            self.rule.setText("")
        else:
            (first, second, reading, known_by), found = self.shown
            self.days.setText(f"A {day_words(first)} \u2192 B {day_words(second)}{_known(known_by)}")
            self.table.show_balances(found)
            self.rule.setText(f"Square kilometres on the ground. Rule: {IN_SHORT[reading]}.")

    def _show_months(self, reading: Reading, months: Months) -> None:
        self.months = reading, months
        self._show_work()
        self._show_shares()

    def _show_shares(self) -> None:
        if self.months is None or self.chart is None:
            return
        months, whole = self.months[1], str(self.whole.currentData())
        self.chart.setVisible(len(months.days) > 1)
        self.chart.show_shares(shares_of(months, whole), self._show_stated())
        self._say_denominator()

    def _say_denominator(self) -> None:
        """What the shares are of: how large it is, where that changes, in the month of the cursor."""
        if self.months is None or not self.months[1].days:
            return
        (reading, known_by), months = self.months
        whole = str(self.whole.currentData())
        number = max(0, bisect_right(months.days, self._session.state.time.cursor) - 1)
        when = f" (on {day_words(months.days[number])})" if whole == "claimed" else ""
        words = whole_words(whole, float(months.wholes[whole][number]))
        self.denominator.setText(f"Worked out: {words}{when}{_known(known_by)}. Rule: {IN_SHORT[reading]}.")

    def _go_to(self, day: Any) -> None:
        self._session.break_merge()
        self._session.dispatch(SetCursor(int(day)))

    def copy(self) -> None:
        """Put the table on the clipboard as text."""
        if self.shown is not None:
            (first, second, reading, known_by), found = self.shown
            text = table_text(self._data, found, first, second, reading, known_by)
            QGuiApplication.clipboard().setText(text)


def _known(day: Day | None) -> str:
    """By when the claims were published, where somebody asks."""
    return f", known by {day_words(day)}" if day is not None else ""
