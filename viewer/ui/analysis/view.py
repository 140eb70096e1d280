"""The analysis panel: groups as bars, a cross table, or control against incidents, of what is filtered now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.domain.dates import day_words
from viewer.domain.frozen import dataclass
from viewer.draw.tokens import Tokens
from viewer.geo.basemap import Basemap
from viewer.session.actions import BY_ID
from viewer.session.analysis import (
    ALL_MEASURES,
    DIMENSIONS,
    Breakdown,
    Cross,
    Question,
    breakdown,
    crossed,
    marked,
)
from viewer.session.analysis_groups import FIELDS, narrowed, toggled
from viewer.session.analysis_series import Series, SeriesAsked, series, series_notes
from viewer.session.analysis_words import TITLES, notes_of, question_words, whole_words
from viewer.session.commands import Batch, Command, SetCursor, SetFilters, SetMode, SetSpan, SetWindow
from viewer.session.selectors import filter_mask
from viewer.session.session import Session
from viewer.session.state import Filters, State, Time
from viewer.session.window import window_of, window_words
from viewer.store.dataset import DataSet
from viewer.ui.analysis.bars import BarsView
from viewer.ui.analysis.grid import GridView
from viewer.ui.analysis.ground_choices import GroundChoices
from viewer.ui.analysis.notes import Notes
from viewer.ui.analysis.series_chart import SeriesChart
from viewer.ui.analysis.taking import Taking
from viewer.ui.as_of import AsOf
from viewer.ui.asking import Asking
from viewer.ui.files import Files
from viewer.ui.text import FlowLayout, PlainLabel, flowing
from viewer.ui.working import Working

REST_MS = 80
SHOWN_AFTER_MS = 300
NOTES_SHARE = 0.27
"""Of the height of the panel at most, for what is left out; the rest of it scrolls."""
IN_LOG = "Why is written in the log."
KINDS = (("groups", "Bars"), ("cross", "Cross table"), ("series", "Control and incidents"))
WINDOW, EVER = "window", "ever"
Found = Breakdown | Cross | Series


@dataclass(frozen=True)
class Asked:
    """Groups of one dimension, or of two against each other."""

    question: Question
    by: str
    against: str
    """'' for bars."""
    measure: str


class AnalysisView(QWidget):
    """Choices above, what they come to below; worked out in a thread, the newest question first."""

    wanted = Signal(str)

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens, basemap: Basemap, asking: Asking,
        kept: Mapping[str, str], files: Files, parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._data, self._basemap, self.tokens = session, data, basemap, tokens
        self.asking = asking
        self.found: Found | None = None
        """What is shown."""
        self._asked: Asked | SeriesAsked | None = None
        self._outer: tuple[Time, Time] | None = None
        """The window of a period that was picked here, and the one before it."""
        self.working = Working(self._answer, self)
        self.working.answered.connect(self._arrived)
        self.working.failed.connect(self._failed)
        self.working.progressed.connect(self._show_progress)
        self.taking = Taking(self, files)
        self._make_choices(kept)
        self._make_shown()
        self._place()
        self._later = self._timer(REST_MS, self.refresh)
        self._slow = self._timer(SHOWN_AFTER_MS, lambda: self.progress.setVisible(self.working.busy))
        self._unwatch = session.watch(("time", "play", "filters", "ground"), self._changed)
        self.destroyed.connect(self._unwatch)
        self._settle_choices()

    def _timer(self, ms: int, due: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(due)
        return timer

    def release(self) -> None:
        """Stop watching the session and working, before the widget goes."""
        self._unwatch()
        self._later.stop()
        self._slow.stop()
        self.working.release()
        self.taking.release()

    # in the thread: it touches nothing of the window

    def _answer(self, asked: Asked | SeriesAsked, tick: Callable[[float], None]) -> Found:
        if isinstance(asked, SeriesAsked):
            return series(self._data, self._basemap, asked, tick)
        if asked.against:
            return crossed(self._data, asked.question, asked.by, asked.against, asked.measure, tick)
        return breakdown(self._data, asked.question, asked.by, asked.measure, tick)

    # widgets

    def _make_choices(self, kept: Mapping[str, str]) -> None:
        self.kinds = QButtonGroup(self)
        for number, (kind, title) in enumerate(KINDS):
            button = QToolButton(self)
            button.setText(title)
            button.setCheckable(True)
            button.setChecked(kept.get("kind", KINDS[0][0]) == kind)
            self.kinds.addButton(button, number)
        if self.kinds.checkedId() < 0:
            self.kinds.button(0).setChecked(True)
        self.first = self.kinds.button(0)
        """Has the keys where there is nothing to go through."""
        self.by, self.against, self.measure, self.days = (QComboBox(self) for _ in range(4))
        for dimension in DIMENSIONS:
            self.by.addItem(f"By {TITLES[dimension].lower()}", dimension)
            self.against.addItem(f"against {TITLES[dimension].lower()}", dimension)
        for measure in ALL_MEASURES:
            self.measure.addItem(measure.capitalize(), measure)
        self.days.addItem("In the window", WINDOW)
        self.days.addItem("Of all days", EVER)
        for box, name, usual, said in (
            (self.by, "by", "type", "Groups"), (self.against, "against", "province", "Groups across"),
            (self.measure, "measure", ALL_MEASURES[0], "What is added up"), (self.days, "days", WINDOW, "Which days"),
        ):  # fmt: skip
            box.setAccessibleName(said)
            box.setCurrentIndex(max(0, box.findData(kept.get(name, usual))))
            box.activated.connect(lambda _: self._choose())
        self.ground = GroundChoices(self._data, kept, self)
        self.ground.changed.connect(self.refresh)
        self.kinds.idToggled.connect(lambda _, checked: self._choose() if checked else None)

    @property
    def choices(self) -> dict[str, str]:
        """What is chosen, to be kept."""
        boxes = {"by": self.by, "against": self.against, "measure": self.measure, "days": self.days}
        return {"kind": self.kind, **{name: str(box.currentData()) for name, box in boxes.items()},
                **self.ground.choices}  # fmt: skip

    @property
    def kind(self) -> str:
        """Which of KINDS is shown."""
        return KINDS[max(0, self.kinds.checkedId())][0]

    def _make_shown(self) -> None:
        self.bars = BarsView(self.tokens, self)
        self.bars.bars.ticked.connect(self._toggle)
        self.grid = GridView(self.tokens, self)
        self.grid.chosen.connect(self._choose_cell)
        self.chart = SeriesChart(self._data, self.tokens, self)
        self.chart.chosen.connect(self._go_to)
        for shown in (self.bars, self.grid, self.chart):
            shown.copied.connect(self.taking.copy)
        self.headline, self.about, self.notes, self.empty = (PlainLabel(parent=self) for _ in range(4))
        for label in (self.headline, self.about, self.notes, self.empty):
            label.setWordWrap(True)
        for label in (self.headline, self.empty):
            label.setStyleSheet("font-weight: 600")
        for label in (self.about, self.notes):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        clear = BY_ID["clear_filters"]
        self.clear = QPushButton(f"Clear all filters ({clear.keys[0]})", self)
        self.clear.clicked.connect(lambda: self.wanted.emit(clear.id))
        self.all_days = QPushButton("Of all days", self)
        self.all_days.clicked.connect(self._take_all_days)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)

    def _place(self) -> None:
        kinds, choices = QHBoxLayout(), QWidget(self)
        kinds.setContentsMargins(8, 4, 8, 0)
        kinds.setSpacing(2)
        for button in self.kinds.buttons():
            kinds.addWidget(button)
        kinds.addStretch(1)
        kinds.addWidget(self.taking.button)
        flow = FlowLayout(choices, 6)
        flow.setContentsMargins(8, 2, 8, 2)
        for box in (self.measure, self.by, self.against, self.days):
            flow.addWidget(box)
        flowing(choices)
        self._boxes = choices
        ways = QHBoxLayout()
        ways.setContentsMargins(0, 6, 0, 6)
        ways.addWidget(self.clear)
        ways.addWidget(self.all_days)
        ways.addStretch(1)
        self._ways = QWidget(self)
        self._ways.setLayout(ways)
        told = QWidget(self)
        words = QVBoxLayout(told)
        words.setContentsMargins(8, 2, 8, 4)
        words.setSpacing(1)
        self.as_of = AsOf(self)
        self.as_of.follow(self._session.state.play.running)
        self.as_of.setContentsMargins(8, 2, 8, 4)
        for label in (self.empty, self.headline, self.about):
            words.addWidget(label)
        words.addWidget(self._ways)
        bars = QWidget(self)
        lines = QVBoxLayout(bars)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.bars.heading)
        lines.addWidget(self.bars, 1)
        self.shown = QStackedWidget(self)
        for part in (bars, self.grid, self.chart, QWidget(self)):
            self.shown.addWidget(part)
        self.shown.setFocusProxy(self.bars)
        self.notes.setContentsMargins(8, 4, 8, 6)
        self._notes = Notes(self.notes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(kinds)
        for part in (choices, self.ground, self.progress, told):
            column.addWidget(part)
        column.addWidget(self.shown, 1)
        column.addWidget(self.as_of)  # below: what is read stays where it is while the line comes and goes
        column.addWidget(self._notes)
        column.addWidget(self.taking.told)
        self.progress.hide()
        order = [*self.kinds.buttons(), self.taking.button, self.measure, self.by, self.against, self.days,
                 *self.ground.fields, self.clear, self.all_days, self.bars, self.grid, self.chart]  # fmt: skip
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self.tokens = tokens
        for part in (self.bars, self.grid, self.chart):
            part.set_tokens(tokens)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is left out takes only so much of a low panel."""
        super().resizeEvent(event)
        self._fit_notes()

    def _fit_notes(self) -> None:
        wanted = self.notes.heightForWidth(max(60, self.width() - 2)) if self.notes.text() else 0
        most = min(wanted, round(self.height() * NOTES_SHARE))
        self._notes.wish(most)

    # asking

    def _choose(self) -> None:
        self._settle_choices()
        self.refresh()

    def _settle_choices(self) -> None:
        kind = self.kind
        self._boxes.setVisible(kind != "series")
        self.ground.setVisible(kind == "series")
        self.against.setVisible(kind == "cross")
        if self.against.currentIndex() == self.by.currentIndex():  # nothing is crossed with itself
            self.against.setCurrentIndex((self.by.currentIndex() + 1) % len(DIMENSIONS))
        self._boxes.updateGeometry()

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while it was hidden is shown now."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody reads it: stop."""
        super().hideEvent(event)
        self._later.stop()
        self.working.forget()

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if self._outer is not None and after.time != self._outer[0]:
            self._outer = None
        self.as_of.follow(after.play.running)
        if not self.isVisible() or not changed & {"time", "filters", "ground"}:
            return
        self.chart.show_cursor(after.time.cursor)
        self._later.start()

    @property
    def rests(self) -> bool:
        """Whether what is shown is what was asked for last."""
        return not (self.working.busy or self._later.isActive())

    def question(self) -> Question:
        """Which records are asked for: of a period that was picked here, all that it was picked from."""
        state = self._session.state
        if self.days.currentData() == EVER:
            return Question(state.filters, None)
        picked = self._outer is not None and self.by.currentData() == "period" and self.kind == "groups"
        return Question(state.filters, self._outer[1] if picked and self._outer is not None else state.time)

    def refresh(self) -> None:
        """Ask for what the state and the choices come to now."""
        self._later.stop()
        asked: Asked | SeriesAsked | None
        if self.kind == "series":
            asked = self.ground.asked(self._session.state)
        else:
            against = str(self.against.currentData()) if self.kind == "cross" else ""
            asked = Asked(self.question(), str(self.by.currentData()), against, str(self.measure.currentData()))
        if asked is None:
            self.working.forget()
            self._asked, self.found = None, None
            self._show()
        elif asked == self._asked and self.found is not None and not self.working.busy:
            self._show()
        else:
            self._asked = asked
            self.working.ask(asked)
            self._slow.start()

    def _arrived(self, asked: Asked | SeriesAsked, found: Found) -> None:
        self._asked, self.found = asked, found
        self.progress.hide()
        self._show()

    def _failed(self) -> None:
        self._asked, self.found = None, None
        self.progress.hide()
        self._show()
        self.empty.setText(f"This could not be added up; other choices may do. {IN_LOG}")
        self.empty.show()

    def _show_progress(self, share: float) -> None:
        self.progress.setValue(round(share * 1000))

    # showing

    def _show(self) -> None:
        found = self.found
        self.taking.offer(self._data, found, self.tokens, self._session.state.time.cursor)
        self._turn_to(self.kind)
        self.as_of.tell(self._days_of(found))
        if found is None:
            self.bars.show_found(None)
            self.grid.show_found(None)
            self.chart.show_found(None)
            said = self.ground.lacking() if self.kind == "series" else ""
            self._say("", "", (), said)
            self._turn_to("")
        elif isinstance(found, Series):
            self.chart.show_found(found)
            self.chart.show_cursor(self._session.state.time.cursor)
            missing = "" if found.days else "Nothing here has a date."
            self._say("", "", series_notes(self._data, found, self._session.state.time.cursor), missing)
        else:
            self._show_sums(found)

    def _days_of(self, found: Found | None) -> str:
        """Of which days that is, '' for those that do not go with time."""
        if isinstance(found, Series):
            return day_words(self._session.state.time.cursor)
        return window_words(found.question.time) if found is not None and found.question.time is not None else ""

    def _turn_to(self, kind: str) -> None:
        """Show one of KINDS, or nothing; it gets the keys that the panel is given."""
        kinds = [one for one, _ in KINDS]
        self.shown.setCurrentIndex(kinds.index(kind) if kind else len(kinds))
        lists: dict[str, QWidget] = {"groups": self.bars, "cross": self.grid, "series": self.chart}
        self.shown.setFocusProxy(lists.get(kind, self.first))

    def _show_sums(self, found: Breakdown | Cross) -> None:
        head = whole_words(found.whole, found.measure)
        if isinstance(found, Cross):
            self.grid.show_found(found)
        else:
            shown = marked(found, self._session.state.time) if found.by == "period" else found
            self.bars.show_found(shown)
            found = shown
        nothing = not found.whole.records
        said = "Nothing passes the filter." if nothing else ""
        if nothing and found.question.time is not None:
            said = "Nothing passes the filter in these days."
        self._say(head, question_words(self._data, found.question), notes_of(found), said)
        filtered = self._session.state.filters != Filters()
        self.clear.setVisible(nothing and filtered)
        ever = nothing and found.question.time is not None
        ever = ever and bool(filter_mask(self._data, found.question.filters).any())
        self.all_days.setVisible(ever)
        self._ways.setVisible(ever or (nothing and filtered))
        some = bool(found.groups) if isinstance(found, Breakdown) else bool(found.rows and found.columns)
        self._turn_to(self.kind if some else "")

    def _say(self, head: str, about: str, notes: tuple[str, ...], empty: str) -> None:
        for label, text in (
            (self.headline, head if not empty else ""), (self.about, about), (self.empty, empty),
            (self.notes, "\n".join(notes)),
        ):  # fmt: skip
            label.setText(text)
            label.setVisible(bool(text))
        self._ways.hide()
        self._fit_notes()

    # what a hand does

    def _toggle(self, line: int) -> None:
        """A bar becomes a part of the filter, or stops being one; a period becomes the window."""
        bars = self.bars.bars
        if bars.found is None or line >= len(bars.bars):
            return
        group, by = bars.bars[line].group, bars.found.by
        self._session.break_merge()
        if by in FIELDS:
            self.asking.alter(lambda filters: toggled(filters, by, group.key))
            return
        first, last = group.question.days
        if window_of(self._session.state.time) == (first, last):  # what is painted may be a moment old
            self._session.dispatch(self._way_back(bars.found))
            return
        before = self._outer[1] if self._outer is not None else self._session.state.time
        self._session.dispatch(SetSpan(first if first is not None else last or 0, last or 0))
        self._session.break_merge()
        self._outer = self._session.state.time, before

    def _way_back(self, found: Breakdown) -> Command:
        """To the window from which a period was picked; where none was, to all periods that are shown."""
        if self._outer is not None:
            before = self._outer[1]
            return Batch((SetCursor(before.cursor), SetWindow(before.window_days), SetMode(before.mode)))
        spans = [window_of(group.question.time) for group, _ in found.groups if group.question.time is not None]
        return SetSpan(spans[0][0], spans[-1][1])

    def _choose_cell(self, row: int, column: int) -> None:
        """The row and the column of a cell become filters; of a sum the one that it is of."""
        found = self.grid.model_of.found
        if found is None:
            return
        filters, commands = self._session.state.filters, list[Command]()
        sides = [(found.by[0], found.rows, row), (found.by[1], found.columns, column)]
        taken = [(by, side[at][0]) for by, side, at in sides if at < len(side)]
        if len({FIELDS.get(by, by) for by, _ in taken}) < len(taken):
            self.taking.say("A filter cannot ask for both at once: places in one of it are taken together.")
            return
        for by, group in taken:
            if not group.inside:
                self.taking.say(f"The filters ask for another {by}: take that part of them away first.")
                return
            if by in FIELDS:
                filters = narrowed(filters, by, group.key)
            else:
                first, last = group.question.days
                commands.append(SetSpan(first if first is not None else last or 0, last or 0))
        if filters != self._session.state.filters:
            commands.append(SetFilters(filters))
        self._session.break_merge()
        self.asking.do(Batch(tuple(commands)))

    def _take_all_days(self) -> None:
        self.days.setCurrentIndex(self.days.findData(EVER))
        self._choose()

    def _go_to(self, day: Any) -> None:
        self._session.break_merge()
        self._session.dispatch(SetCursor(int(day)))

