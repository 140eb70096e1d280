"""The chart of the timeline: strips, bars and bins under a window and a cursor that the hand moves.

A step of the cursor paints one pixmap and a few rectangles; what stands still is painted again only when the
zoom, the filters or the pins change.
"""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from viewer.domain.dates import Day
from viewer.draw.tokens import Tokens
from viewer.session.busy import busy_extent
from viewer.session.commands import Command, Select, SetCursor
from viewer.session.known import known_data
from viewer.session.selectors import control_changes, extent, long_counts, long_spans
from viewer.session.session import Session
from viewer.session.state import Filters, Ref, State
from viewer.store.dataset import DataSet
from viewer.ui.text import plain_tip
from viewer.ui.timeline import hand, hover
from viewer.ui.timeline.axis import DayAxis
from viewer.ui.timeline.frame import MOST_ROWS, Frame, Rows, rows_for
from viewer.ui.timeline.hand import Grip
from viewer.ui.timeline.histogram import GROUPINGS, Grouping, Histogram, histogram
from viewer.ui.timeline.overlay import Backdrop, Pointer
from viewer.ui.timeline.paint import TOTAL_ALPHA, Content, group_colour
from viewer.ui.timeline.scale import bin_unit
from viewer.ui.timeline.spans import MOST_BARS, Bar, Segment, packed, segments

WATCHED = ("time", "filters", "pins", "selected", "compare")
LEAST_DAYS = 6.0
"""The closest zoom."""
WHEEL_ZOOM = 1.25
CLICK_PIXELS = 4
MARGIN = 0.01


class Chart(pg.PlotWidget):  # type: ignore[misc]
    """The chart; reads the session and the data set, and sends commands back."""

    reshaped = Signal()
    """The rows changed: a lane more or less, or another number of bars."""
    rescaled = Signal(str)
    """What the highest bin stands for, in words."""
    asked = Signal(object)
    """The right button or the menu key asks for a menu at a global position."""

    def __init__(self, session: Session, data: DataSet, tokens: Tokens, parent: QWidget | None = None) -> None:
        self.session, self.data, self.tokens = session, data, tokens
        self.axis = DayAxis(tokens)
        super().__init__(parent, background=None, axisItems={"bottom": self.axis}, enableMenu=False)
        self.grip: Grip | None = None
        self.extent = extent(data)
        self.stacked = "type"
        self._rows = rows_for(0, 0)
        self._panning: tuple[float, float] | None = None
        self._pressed: QPointF | None = None
        self._before = session.state.time.cursor
        self._wanted: Command | None = None
        self._scale = ""
        self._memo: dict[str, tuple[Any, Any]] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._send)
        self._set_up_view()
        self.backdrop, self.pointer = Backdrop(self), Pointer(self)
        self.addItem(self.backdrop, ignoreBounds=True)
        self.addItem(self.pointer, ignoreBounds=True)
        self._reshape()
        self.show_most()
        self.getViewBox().sigXRangeChanged.connect(self._zoomed)
        self._stop = session.watch(WATCHED, self._changed)
        self.destroyed.connect(self._stop)

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self._stop()
        self._later.stop()
        self.getPlotItem().ctrlMenu.deleteLater()  # it belongs to nobody and would outlive the window

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self.tokens = tokens
        self.axis.set_tokens(tokens)
        self.resetCachedContent()
        self.backdrop.forget()
        self.pointer.update()

    def _set_up_view(self) -> None:
        plot, box = self.getPlotItem(), self.getViewBox()
        plot.hideAxis("left")
        plot.hideButtons()
        plot.ctrlMenu.setParent(self, Qt.WindowType.Popup)  # else it would outlive the chart
        plot.layout.setContentsMargins(0, 0, 0, 0)
        box.setMouseEnabled(False, False)
        box.setDefaultPadding(0)
        box.setBorder(None)
        first, last = self.extent
        slack = max(366.0, (last - first) * 0.1)
        box.setLimits(xMin=first - slack, xMax=last + slack, minXRange=LEAST_DAYS)
        box.setYRange(0, 1)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Timeline")
        self.setAccessibleDescription(
            "Click for a day, drag to scrub, drag the edges of the window, wheel or Page Up and Down to zoom, "
            "Shift and wheel to scrub, double-click for the whole extent"
        )

    # --- what is shown

    def frame(self) -> Frame:
        """What of time is drawn now."""
        box = self.getViewBox()
        (first, last), _ = box.viewRange()
        width = max(1.0, box.width())
        return Frame(first, max(last - first, LEAST_DAYS) / width, width, self._rows)

    def content(self) -> Content:
        """What is drawn behind the cursor; each part is made again only when what it follows from changed."""
        state, frame = self.session.state, self.frame()
        grouping = self._made("grouping", (self.stacked,), lambda: GROUPINGS[self.stacked](self.data))
        return Content(
            self.data,
            grouping,
            self._histogram(state.filters, grouping, bin_unit(frame.days_per_pixel)),
            self._bars(state.filters),
            long_counts(self.data, state.filters) if self._has_many_long(state.filters) else None,
            self._strips(state.pins, state.filters.known_by),
            control_changes(known_data(self.data, state.filters.known_by)),
            self._selected_row(state.selected),
        )

    def _histogram(self, filters: Filters, grouping: Grouping, unit: str) -> Histogram:
        around = round(sum(self.getViewBox().viewRange()[0]) / 2)
        piece = around // 4000 if self.extent[1] - self.extent[0] > 15_000 and unit == "day" else 0
        key = (filters, self.stacked, unit, piece)
        made: Histogram = self._made(
            "histogram", key, lambda: histogram(self.data, filters, grouping, unit, self.extent, around)
        )
        self._say_scale(f"{made.tallest:,} a {unit}")
        return made

    def _say_scale(self, said: str) -> None:
        if said != self._scale:
            self._scale = said
            self.rescaled.emit(said)

    def _has_many_long(self, filters: Filters) -> bool:
        return len(long_spans(self.data, filters)) > MOST_BARS

    def _bars(self, filters: Filters) -> tuple[Bar, ...]:
        if self._has_many_long(filters):
            return ()
        rows = long_spans(self.data, filters)
        made: tuple[Bar, ...] = self._made("bars", (filters,), lambda: packed(self.data, rows.tolist(), self.extent))
        return made

    def _strips(self, pins: tuple[str, ...], known_by: Day | None) -> tuple[tuple[Segment, ...], ...]:
        histories = known_data(self.data, known_by).histories
        made: tuple[tuple[Segment, ...], ...] = self._made(
            "strips", (pins, known_by),
            lambda: tuple(segments(histories[pin]) if pin in histories else () for pin in pins),
        )
        return made

    def _made(self, name: str, key: Any, make: Any) -> Any:
        known = self._memo.get(name)
        if known is None or known[0] != key:
            known = self._memo[name] = (key, make())
        return known[1]

    def _selected_row(self, ref: Ref | None) -> int | None:
        return self.data.events.row_of.get(ref.key) if ref is not None and ref.kind == "event" else None

    @property
    def rows(self) -> Rows:
        """The rows of the chart."""
        return self._rows

    def wanted_height(self) -> int:
        """Rows and axis."""
        return self._rows.height + self.axis.wanted_height()

    def legend(self) -> tuple[tuple[str, QColor], ...]:
        """What the colours of the bars mean, from the bottom of the stack, and the colour of the total behind."""
        grouping = self.content().grouping
        colours = (group_colour(self.tokens, kind, name) for kind, name in grouping.colours)
        total = ("all records, filters aside", self.tokens.colour("muted", TOTAL_ALPHA))
        return (total, *zip(grouping.titles, colours, strict=True))

    def stack_by(self, what: str) -> None:
        """Stack the bars by 'type' or 'actor'."""
        self.stacked = what
        self.backdrop.forget()

    def show_all(self) -> None:
        """Zoom out to the whole extent."""
        first, last = self.extent
        margin = max(1.0, (last - first) * MARGIN)
        self.getViewBox().setXRange(first - margin, last + 1 + margin, padding=0)

    def show_most(self) -> None:
        """Zoom to where the records are; a single one long before the others would squeeze them all."""
        first, last = busy_extent(self.data)
        margin = max(1.0, (last - first) * MARGIN)
        self.getViewBox().setXRange(first - margin, last + 1 + margin, padding=0)

    def zoom(self, factor: float, around: float) -> None:
        """Show `factor` times as many days, the day `around` staying where it is."""
        (first, last), _ = self.getViewBox().viewRange()
        factor = max(factor, LEAST_DAYS / (last - first))
        self.getViewBox().setXRange(around - (around - first) * factor, around + (last - around) * factor, padding=0)

    def _zoomed(self) -> None:
        self.backdrop.forget()
        self.pointer.update()

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if "pins" in changed or "filters" in changed:
            self._reshape()
        if changed & {"filters", "pins"}:
            self.backdrop.forget()
        elif "selected" in changed:
            self.backdrop.update()
        if "compare" in changed or before.filters.known_by != after.filters.known_by:
            self.pointer.update()
        if "time" in changed:
            if self.grip is None:
                self._follow(after.time.cursor)
            self.pointer.follow()

    def _reshape(self) -> None:
        state = self.session.state
        bars = self._bars(state.filters)
        lines = MOST_ROWS if self._has_many_long(state.filters) else 1 + max((bar.line for bar in bars), default=-1)
        rows = rows_for(len(state.pins), lines)
        if rows != self._rows:
            self._rows = rows
            self.setFixedHeight(self.wanted_height())
            self.reshaped.emit()

    def _follow(self, cursor: Day) -> None:
        """Turn the page when the cursor leaves the view."""
        (first, last), _ = self.getViewBox().viewRange()
        width = last - first
        if not first <= cursor < last:
            start = cursor - 0.1 * width if cursor >= last else cursor - 0.9 * width
            self.getViewBox().setXRange(start, start + width, padding=0)

    # --- the hand

    def _at(self, x: float) -> float:
        frame = self.frame()
        return frame.start + x * frame.days_per_pixel

    def _gripped(self, where: QPointF) -> Grip:
        state = self.session.state
        on_handle = abs(where.y() - self.pointer.area().center().y()) <= hand.HANDLE_HEIGHT / 2
        return hand.gripped(self.frame(), state.time, where.x(), state.compare, state.filters.known_by, on_handle)

    def _want(self, command: Command) -> None:
        """Send the newest command when the events at hand are through; what is older is never sent."""
        self._wanted = command
        self._later.start(0)

    def _send(self) -> None:
        command, self._wanted = self._wanted, None
        if command is not None:
            self.session.dispatch(command)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the window or the cursor, or of the axis with the other buttons."""
        self._pressed = event.position()
        if event.button() == Qt.MouseButton.LeftButton:
            state = self.session.state
            self._before = state.time.cursor
            self.grip = self._gripped(event.position())
            if self.grip.part in ("compare", "known"):
                self.session.break_merge()  # setting the day was a step of its own
            on_bar = self._bar_under(event.position()) is not None
            if self.grip.part == "cursor" and not on_bar:
                self._want(hand.moved(self.grip, self.grip.at, self.extent))
            self.pointer.update()
        elif event.button() in (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton):
            (first, last), _ = self.getViewBox().viewRange()
            self._panning = (first, last)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub, move or stretch the window, or move the axis."""
        x = event.position().x()
        if self._panning is not None and self._pressed is not None:
            days = (self._pressed.x() - x) * self.frame().days_per_pixel
            self.getViewBox().setXRange(self._panning[0] + days, self._panning[1] + days, padding=0)
        elif self.grip is not None:
            if self._is_drag(event.position()):
                self._want(hand.moved(self.grip, self._at(x), self.extent))
        else:
            edge = self._gripped(event.position()).part in ("first", "last", "compare", "known")
            self.setCursor(Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.ArrowCursor)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: a press that never moved is a click."""
        clicked = not self._is_drag(event.position())
        if event.button() == Qt.MouseButton.LeftButton and self.grip is not None:
            bar = self._bar_under(event.position()) if clicked else None
            if not clicked:
                self._want(hand.moved(self.grip, self._at(event.position().x()), self.extent))
            elif bar is not None:
                self._want(Select(Ref("event", self.data.events.keys[bar.row])))
            elif self.grip.part in ("body", "cursor"):
                self._want(hand.jumped(self.grip.at, self.extent))
            self._send()
            self.session.break_merge()
            self.grip = None
            self.pointer.update()
        elif self._panning is not None:
            self._panning = None
            if clicked and event.button() == Qt.MouseButton.RightButton:
                self.asked.emit(event.globalPosition().toPoint())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole extent again; the first of the two clicks did not mean a day."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._want(SetCursor(self._before))
            self._send()
            self.show_all()
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; with Shift, scrub."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            notches = round(turned / 120) or (1 if turned > 0 else -1 if turned < 0 else 0)
            time = self.session.state.time
            self._want(hand.scrubbed(time, self.frame().days_per_pixel, notches, self.extent))
        elif turned:
            self.zoom(WHEEL_ZOOM ** (-turned / 120), self._at(event.position().x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page Up and Page Down zoom around the cursor; every other key is the window's."""
        zooms = {Qt.Key.Key_PageUp: 1 / WHEEL_ZOOM**2, Qt.Key.Key_PageDown: WHEEL_ZOOM**2}
        factor = zooms.get(Qt.Key(event.key()))
        if factor is None:
            event.ignore()
            return
        self.zoom(factor, float(self.session.state.time.cursor))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key; the right button asks when it is let go, as it also moves the axis."""
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            self.asked.emit(self.mapToGlobal(self.rect().center()))
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what stands under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            position = event.pos()
            said = hover.words_at(self.frame(), self.content(), self.session.state.pins, position.x(), position.y())
            QToolTip.showText(event.globalPos(), plain_tip(said), self)
            return True
        return bool(super().viewportEvent(event))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring."""
        super().focusInEvent(event)
        self.pointer.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the focus ring away."""
        super().focusOutEvent(event)
        self.pointer.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what is seen of time; paint anew."""
        super().resizeEvent(event)
        if hasattr(self, "backdrop"):
            self.backdrop.forget()

    def _bar_under(self, position: QPointF) -> Bar | None:
        return hover.bar_at(self.frame(), self.content(), position.x(), position.y())

    def _is_drag(self, position: QPointF) -> bool:
        return self._pressed is not None and abs(position.x() - self._pressed.x()) >= CLICK_PIXELS
