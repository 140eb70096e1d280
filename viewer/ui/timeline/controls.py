"""The row of controls over the chart: play, step, speed, mode, window and the date that can be typed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QToolTip,
    QWidget,
)

from viewer.domain.dates import DateError, DateSpan, parse
from viewer.session.actions import SPEED_LADDER
from viewer.session.commands import WINDOW_LIMITS, OpenList, SetMode, SetPlay, SetStartsIn, SetStep, SetWindow
from viewer.session.playback import gone_to
from viewer.session.selectors import counters
from viewer.session.session import Session
from viewer.session.spoken_date import spoken_span
from viewer.session.state import MODES, STEPS, State
from viewer.session.window import window_words
from viewer.store.dataset import DataSet
from viewer.ui.text import FlowLayout, flowing, plain_tip
from viewer.ui.timeline.buttons import ActionButton, tip_of
from viewer.ui.timeline.stacking import StackButton

WATCHED = ("time", "play", "filters")
MODE_WORDS = {"window": "Window", "day": "Day", "cumulative": "So far"}
EXAMPLES = "a day or a span, such as 14 Nov 2017, 2017-11, 30/10/2017 or 2017-06/2017-11"


def typed_span(text: str) -> DateSpan:
    """The days a typed date means; DateError with one sentence when it means none."""
    span = spoken_span(text)
    if span is not None:
        return span
    try:
        parse(text)
    except DateError as error:
        if text.strip()[:4].isdecimal():
            raise
        raise DateError(f"\u2018{text.strip()}\u2019 is no date: write {EXAMPLES}") from error
    raise DateError(f"Nothing was typed: write {EXAMPLES}")


class DateField(QLineEdit):
    """Shows the window in words; a date typed into it is gone to."""

    gone = Signal()
    """A typed date was gone to: the keys of time are wanted again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAccessibleName("Date")
        self.setAccessibleDescription(f"Type {EXAMPLES}, then Enter")
        self.setToolTip(f"{tip_of('type_date')}\n{EXAMPLES}")
        self.setMaxLength(60)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("30 Sep 2016 \u2013 29 Sep 2017") + 26)
        self.returnPressed.connect(self.go)
        self.textEdited.connect(lambda: self._complain(""))
        self.show_state()

    def show_state(self) -> None:
        """Show the window, unless someone is typing."""
        if not (self.hasFocus() and self.isModified()):
            self.setText(window_words(self._session.state.time))
            self.setModified(False)
            self.setCursorPosition(0)
            if self.hasFocus():  # it plays on: what is typed next still takes the place of all of it
                self.selectAll()

    def go(self) -> None:
        """Go to what was typed, or say in one sentence what is wrong with it."""
        try:
            span = typed_span(self.text())
        except DateError as error:
            self._complain(str(error))
            return
        command = gone_to(span, self._session.state.time)
        if command is None:
            self._complain("That date has no day to go to: write one of its ends")
            return
        self.setModified(False)
        self._session.dispatch(command)
        self._session.break_merge()
        self.show_state()
        self.gone.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ready to be typed over."""
        super().focusInEvent(event)
        QTimer.singleShot(0, self, self.selectAll)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed and not entered is dropped."""
        super().focusOutEvent(event)
        self._drop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives the field back as it was."""
        if event.key() == Qt.Key.Key_Escape:
            self._drop()
            self.clearFocus()
            return
        super().keyPressEvent(event)

    def _drop(self) -> None:
        self.setModified(False)
        self._complain("")
        self.show_state()

    def _complain(self, sentence: str) -> None:
        self.setProperty("wrong", bool(sentence))
        self.setAccessibleDescription(sentence or f"Type {EXAMPLES}, then Enter")
        point = self.mapToGlobal(self.rect().topLeft())
        QToolTip.showText(point, plain_tip(sentence), self) if sentence else QToolTip.hideText()


class Controls(QWidget):
    """Everything about time that can be set with a click."""

    def __init__(self, session: Session, data: DataSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self._buttons = {
            action: ActionButton(session, data, action, sign, self)
            for action, sign in (
                ("back", "back"), ("reverse", "reverse"), ("play", "play"), ("forward", "forward"), ("loop", "loop"),
            )
        }  # fmt: skip
        self.step = self._choice("Step of the arrow keys", tip_of("step"), [(f"1 {unit}", unit) for unit in STEPS])
        self.speed = self._choice(
            "Speed in days per second", f"Speed: {tip_of('faster')}, {tip_of('slower')}",
            [(f"{speed:g} d/s", speed) for speed in SPEED_LADDER],
        )  # fmt: skip
        self.date = DateField(session, self)
        self.modes = self._mode_buttons()
        self.window_days = self._window_spin()
        self.starts_in = QCheckBox("starts in", self)
        self.starts_in.setToolTip(tip_of("starts_in"))
        self.starts_in.setAccessibleName("Only records that start in the window")
        self.stack = StackButton(self)
        self.undated = QToolButton(self)
        self.undated.setToolTip(tip_of("list_undated"))
        self._place()
        self._connect()
        self._show(session.state)
        self.release = session.watch(WATCHED, self._changed)
        self.destroyed.connect(self.release)

    def _choice(self, said: str, tip: str, options: list[tuple[str, object]]) -> QComboBox:
        box = QComboBox(self)
        for label, value in options:
            box.addItem(label, value)
        box.setAccessibleName(said)
        box.setToolTip(tip)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return box

    def _mode_buttons(self) -> QButtonGroup:
        group = QButtonGroup(self)
        for number, mode in enumerate(MODES):
            button = QToolButton(self)
            button.setText(MODE_WORDS[mode])
            button.setCheckable(True)
            button.setToolTip(tip_of(f"mode_{mode}"))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(button, number)
        return group

    def _window_spin(self) -> QSpinBox:
        spin = QSpinBox(self)
        spin.setRange(*WINDOW_LIMITS)
        spin.setSuffix(" d")
        spin.setKeyboardTracking(False)
        spin.setGroupSeparatorShown(True)
        spin.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        spin.setAccessibleName("Length of the window in days")
        spin.setToolTip(f"Length of the window in days: {tip_of('longer')}, {tip_of('shorter')}")
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return spin

    def _place(self) -> None:
        flow = FlowLayout(self, spacing=6)
        flow.setContentsMargins(8, 2, 8, 1)
        modes = [self.modes.button(number) for number in range(len(MODES))]
        for group in (
            (*self._buttons.values(), self.speed), (self.date,), (self.step,), (*modes, self.window_days),
            (self.starts_in,), (self.stack,), (self.undated,),
        ):  # fmt: skip
            if len(group) == 1:
                flow.addWidget(group[0])
                continue
            box = QFrame(self)
            row = QHBoxLayout(box)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(2)
            for widget in group:
                row.addWidget(widget)
            flow.addWidget(box)
        flowing(self)

    def _connect(self) -> None:
        send = self._session.dispatch
        self.step.activated.connect(lambda: send(SetStep(str(self.step.currentData()))))
        self.speed.activated.connect(
            lambda: send(SetPlay(replace(self._session.state.play, days_per_second=float(self.speed.currentData()))))
        )
        self.modes.idClicked.connect(lambda number: send(SetMode(MODES[number])))
        self.window_days.valueChanged.connect(lambda days: send(SetWindow(days)))
        self.starts_in.clicked.connect(lambda on: send(SetStartsIn(on)))
        self.undated.clicked.connect(lambda: send(OpenList("undated")))

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if changed == {"time"}:
            self.date.show_state()
            if (before.time.mode, before.time.window_days, before.time.step, before.time.starts_in) == (
                after.time.mode, after.time.window_days, after.time.step, after.time.starts_in,
            ):  # fmt: skip
                return
        self._show(after)

    def _show(self, state: State) -> None:
        for button in self._buttons.values():
            button.show_state()
        self._buttons["play"].show_sign("pause" if state.play.running else "play")
        self.step.setCurrentIndex(self.step.findData(state.time.step))
        self._show_speed(state.play.days_per_second)
        self.modes.button(MODES.index(state.time.mode)).setChecked(True)
        blocked = self.window_days.blockSignals(True)
        self.window_days.setValue(state.time.window_days)
        self.window_days.blockSignals(blocked)
        self.window_days.setEnabled(state.time.mode == "window")
        self.starts_in.setChecked(state.time.starts_in)
        self.date.show_state()
        undated = counters(self._data, state).undated
        self.undated.setText(f"{undated:,} undated")
        self.undated.setAccessibleName(f"List the {undated:,} records without a date")
        self.undated.setVisible(undated > 0)

    def _show_speed(self, speed: float) -> None:
        index = self.speed.findData(speed)
        if index < 0:
            self.speed.addItem(f"{speed:g} d/s", speed)
            index = self.speed.count() - 1
        self.speed.setCurrentIndex(index)
