"""The status line: where the pointer is, how large the map is, what time and filters are asked for, which store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QStatusBar,
    QStyle,
    QStyleOption,
    QToolButton,
    QWidget,
)

from viewer.domain.dates import DateError, parse, words
from viewer.domain.records import Meta, Problem
from viewer.geo.gridref import written
from viewer.geo.projection import metres_per_unit, point_to_degrees
from viewer.session.actions import BY_ID
from viewer.session.busy import played
from viewer.session.commands import SetCoordinates
from viewer.session.filter_words import filter_parts
from viewer.session.playback import said_of_play
from viewer.session.session import Session
from viewer.session.state import COORDINATES, Camera, Filters, State
from viewer.session.window import window_words
from viewer.store.dataset import DataSet
from viewer.ui.asking import Asking
from viewer.ui.readout import Readout
from viewer.ui.text import plain_tip

INCH_M = 0.0254
NARROW, WITH_CHIPS = 1100, 1600
PLAY_MS = 6000
MESSAGE_MS = 4000
TOLD_MS = 15_000
"""How long a file's name or what went wrong stays, which take longer to read."""
MESSAGE_EDGE = 6
"""Pixels on either side of what is said."""
LOOKING = "Looking through all records \u2026"
CHECKING = "All pages of the file are still being checked; what is found is added to the problems"
INDEXING = (
    "The text index is still being read: whoever looks for a text waits for it. "
    "Then all pages of the file are checked; what is found is added to the problems"
)


def scale_words(camera: Camera, dots_per_inch: float) -> str:
    """The scale in the middle of the view, to two figures: "1:1,200,000"."""
    _, lat = point_to_degrees(camera.x, camera.y)
    number = camera.scale * metres_per_unit(lat) * dots_per_inch / INCH_M
    rounded = round(number, 1 - len(str(int(number))) + 1) if number >= 1 else number
    return f"1:{rounded:,.0f}"


def coordinate_words(where: tuple[float, float] | None, form: str) -> str:
    """A coordinate in the form that is chosen, and on the military grid, or in degrees where that was chosen."""
    if where is None:
        return ""
    other = "decimal" if form == "mgrs" else "mgrs"
    return "   ".join(dict.fromkeys(written(*where, one) for one in (form, other)))


class CoordinateLabel(QLabel):
    """The coordinate under the pointer; a click on it asks for the next form."""

    clicked = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


def store_words(meta: Meta) -> str:
    """The title of the store and the day its compilation ends."""
    try:
        as_of = words(parse(meta.as_of)) if meta.as_of else ""
    except DateError:
        as_of = meta.as_of
    return f"{meta.title}, as of {as_of}" if as_of else meta.title


def problem_words(number: int, all_known: bool, searchable: bool = True) -> str:
    """How many problems a store has, '' for none; and what is still read or checked, unless all are known."""
    problems = f"{number} problem{'s' if number != 1 else ''}" if number else ""
    doing = "still checking \u2026" if searchable else "still reading the text index \u2026"
    return problems if all_known else ", ".join(filter(None, (problems, doing)))


def tell_file(window: QMainWindow, said: str, file: Path, milliseconds: int) -> None:
    """Say in the line of a window what became of a file."""
    if isinstance(line := window.statusBar(), StatusLine):
        line.tell_file(said, file, milliseconds)


class StatusLine(QStatusBar):
    """All of it follows the session, but the coordinate, which the canvas tells, and the scale, when that is due."""

    problems_asked = Signal()
    reload_asked = Signal()

    def __init__(self, session: Session, data: DataSet, asking: Asking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.data, self.asking = session, data, asking
        asking.worked.connect(lambda busy: self.say(LOOKING if busy else ""))
        self.setSizeGripEnabled(False)
        self.coordinate = CoordinateLabel(self)
        self.coordinate.setTextFormat(Qt.TextFormat.PlainText)
        self.coordinate.setToolTip(plain_tip("Coordinate under the pointer (K copies it); a click writes it otherwise"))
        self.coordinate.clicked.connect(self._next_form)
        self._where: tuple[float, float] | None = None
        self.coordinate.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.scale = Readout(self)
        self.scale.setToolTip(plain_tip("Scale in the middle of the map"))
        self.window_label = Readout(self, shrinks=False)
        self.window_label.setToolTip(plain_tip("Time shown"))
        self.store = self._label(data.meta.note or data.meta.title)
        self.store.setText(store_words(data.meta))
        self.chips = QWidget(self)
        self._chip_row = QHBoxLayout(self.chips)
        self._chip_row.setContentsMargins(0, 0, 0, 0)
        self._chip_row.setSpacing(4)
        self.problems = QToolButton(self)
        self._more: tuple[Problem, ...] = ()
        self.renew_problems()
        self.problems.clicked.connect(self.problems_asked)
        self.reload = QToolButton(self)
        self.reload.setText("The file has changed: read it again (Ctrl+R)")
        self.reload.setObjectName("chip")
        self.reload.hide()
        self.reload.clicked.connect(self.reload_asked)
        self._file = ""
        """The whole path of the file that was told of last."""
        self.copy_path = QToolButton(self)
        self.copy_path.setText("Copy path")
        self.copy_path.setObjectName("chip")
        self.copy_path.hide()
        self.copy_path.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._file))
        self.addWidget(self.coordinate, 1)
        beside = (self.copy_path, self.reload, self.chips, self.scale, self.window_label, self.store, self.problems)
        for widget in beside:
            self.addPermanentWidget(widget)
        self.messageChanged.connect(self._make_way)
        self._fit()
        self._unwatch = session.watch(("time", "filters", "coordinates", "play"), self._changed)
        self._changed(session.state, session.state, frozenset({"time", "filters"}))
        self.show_scale()

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self._unwatch()

    def minimumSizeHint(self) -> QSize:
        """Whatever it says, and whatever lies upon it, the window stays as wide as the hand made it."""
        return QSize(0, super().minimumSizeHint().height())

    @property
    def needed(self) -> int:
        """The pixels from end to end for all but the store's title, which gives way."""
        title = 0 if self.store.isHidden() else self.store.minimumSizeHint().width()
        return super().minimumSizeHint().width() - self.contentsMargins().right() - title

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside chips or on a narrow window the store's title, which is in the title bar too, gives way."""
        super().resizeEvent(event)
        self._fit()

    def make_room(self, width: int) -> None:
        """Leave so much of the right end to what lies upon it."""
        self.setContentsMargins(0, 0, width, 0)
        self._fit()

    def _fit(self) -> None:
        self.store.setVisible(self.contentsRect().width() >= (WITH_CHIPS if self._chip_row.count() else NARROW))

    def point(self, where: tuple[float, float] | None) -> None:
        """Show the coordinate under the pointer; where it last was stays, so that one can go and click on it."""
        self._where = where or self._where
        self.coordinate.setText(coordinate_words(self._where, self.session.state.coordinates))

    def show_scale(self) -> None:
        """Say how large the map is now."""
        self.scale.say(scale_words(self.session.state.camera, self.logicalDpiX()))

    def _next_form(self) -> None:
        """Write coordinates in the next form."""
        form = self.session.state.coordinates
        self.session.dispatch(SetCoordinates(COORDINATES[(COORDINATES.index(form) + 1) % len(COORDINATES)]))

    def say(self, text: str) -> None:
        """Show a message in place of the coordinate until the next; '' takes it away."""
        self.showMessage(text) if text else self.clearMessage()

    def tell_file(self, said: str, file: Path, milliseconds: int) -> None:
        """Say what became of a file; its path can be copied meanwhile, and is cut in its middle if it is too long."""
        self._file = str(file)
        self.showMessage(f"{said} {file}", milliseconds)

    def _make_way(self, said: str) -> None:
        """What is said needs the room of the chips."""
        of_file = bool(said and self._file) and said.endswith(self._file)
        self.chips.setVisible(not said)
        self.copy_path.setVisible(of_file)
        self.copy_path.setToolTip(plain_tip(self._file))
        self.setToolTip(plain_tip(said) if said else "")

    @property
    def read(self) -> str:
        """What is said as it can be read: cut in its middle, and of a file within its path, where there is no room."""
        said, measure = self.currentMessage(), self.fontMetrics()
        room = self._message_room
        head = said.removesuffix(self._file) if self._file else said
        of_file = len(head) < len(said) and measure.horizontalAdvance(head) < room // 2
        start, rest = (head, self._file) if of_file else ("", said)
        left = room - measure.horizontalAdvance(start)
        return start + measure.elidedText(rest, Qt.TextElideMode.ElideMiddle, left)

    @property
    def _message_room(self) -> int:
        """Pixels up to what keeps its place beside it."""
        beside = (self.copy_path, self.reload, self.scale, self.window_label, self.store, self.problems)
        ends = [widget.x() for widget in beside if widget.isVisible()]
        return min((*ends, self.contentsRect().right())) - 2 * MESSAGE_EDGE

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is said, as much of it as there is room for."""
        if not self.currentMessage():
            super().paintEvent(event)
            return
        painter, option = QPainter(self), QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelStatusBar, option, painter, self)
        painter.setPen(self.palette().windowText().color())
        line = self.rect().adjusted(MESSAGE_EDGE, 0, -MESSAGE_EDGE, 0)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.read)

    def show_problems(self, more: tuple[Problem, ...]) -> None:
        """Count what is wrong in files beside the store, too."""
        self._more = more
        self.renew_problems()

    def renew_problems(self) -> None:
        """Show how many problems are known, and whether there may be more."""
        number = len(self.data.problems) + len(self._more)
        done, searchable = self.data.checks.done, self.data.index.ready
        self.problems.setText(problem_words(number, done, searchable))
        going_on = CHECKING if searchable else INDEXING
        self.problems.setToolTip("Rows of the store that were left out, and why" if done else going_on)
        self.problems.setVisible(bool(self.problems.text()))

    def offer_reload(self, changed: bool) -> None:
        """Offer to read the store again, once it was replaced or rewritten."""
        self.reload.setVisible(changed)

    def _label(self, tip: str) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setToolTip(plain_tip(tip))
        return label

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if "time" in changed:
            mode = {"window": f"{after.time.window_days} days", "day": "one day", "cumulative": "all so far"}
            starts = ", only what starts in it" if after.time.starts_in else ""
            self.window_label.say(f"{window_words(after.time)} ({mode[after.time.mode]}{starts})")
            if replace(before.time, cursor=after.time.cursor) != after.time:
                self.window_label.settle()
        if "play" in changed:
            days, key = played(self.data, after.time.cursor), BY_ID["play"].keys[0]
            if said := said_of_play(before, after, days, key):
                self.showMessage(said, PLAY_MS)
        if "coordinates" in changed:
            self.point(None)
        if "filters" in changed:
            self._show_chips(after.filters)

    def _show_chips(self, filters: Filters) -> None:
        while (item := self._chip_row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for said, rest in filter_parts(self.data, filters):
            chip = QToolButton(self.chips)
            chip.setObjectName("chip")
            chip.setText(f"{said.replace('&', '&&')}  \u00d7")
            chip.setToolTip("Take this filter away")
            chip.clicked.connect(lambda _=False, rest=rest: self.asking.drop(rest))
            self._chip_row.addWidget(chip)
        self._fit()
