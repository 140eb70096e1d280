"""The names left of the strips, each with a way to take its strip away, and a menu to add one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics
from PySide6.QtWidgets import QMenu, QToolButton, QWidget, QWidgetAction

from viewer.session.commands import Select, TogglePin
from viewer.session.describe import place_name
from viewer.session.session import Session
from viewer.session.state import Ref
from viewer.store.dataset import DataSet
from viewer.ui.place_field import PlaceField
from viewer.ui.text import PlainLabel, plain_tip
from viewer.ui.timeline.axis import TYPE_SHARE
from viewer.ui.timeline.buttons import SignButton
from viewer.ui.timeline.frame import Rows

WIDTH, WIDEST = 124, 240
"""Of the column: it grows with the longest name, and what is longer still is cut short."""
CLOSE, GAP = 15, 4
"""The x of a strip, and what lies around it, in pixels."""
OVER = 2
"""Pixels by which a name reaches over its strip above and below: a line of type is higher than a strip."""


class Head(QWidget):
    """One strip's name, which opens the place, and its x."""

    def __init__(self, session: Session, data: DataSet, place: str, parent: QWidget) -> None:
        super().__init__(parent)
        name = place_name(data, place)
        self.place = place
        small = QFont(self.font())
        small.setPointSizeF(small.pointSizeF() * TYPE_SHARE)
        self.setFont(small)
        self.name = QToolButton(self)
        self.name.setFont(small)
        self._whole = name
        self.name.setToolTip(plain_tip(f"Show {name}"))
        self.name.setAccessibleName(f"Control lane of {name}")
        self.name.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.name.setStyleSheet("QToolButton { padding: 0 3px; }")
        self.name.clicked.connect(lambda: session.dispatch(Select(Ref("place", place))))
        self.close_button = SignButton("close", f"Take away the lane of {name}", "Take this lane away", self, CLOSE)
        self.close_button.clicked.connect(lambda: session.dispatch(TogglePin(place)))

    @property
    def wanted_width(self) -> int:
        """Pixels in which the whole name stands, with its x."""
        self.name.setText(self._whole)
        self.name.ensurePolished()
        return self.name.sizeHint().width() + CLOSE + GAP

    def place_in(self, width: int, height: int) -> None:
        """Lay out for the width of the column, the height of a strip and what reaches over it."""
        room, missing = width - CLOSE - GAP, self.wanted_width - width
        if missing > 0:
            metrics = self.name.fontMetrics()
            self.name.setText(shortened(self._whole, metrics, metrics.horizontalAdvance(self._whole) - missing))
        side = min(CLOSE, height - 2 * OVER)
        self.close_button.setGeometry(width - CLOSE - 1, (height - side) // 2, CLOSE, side)
        size = self.name.sizeHint()
        wide = min(size.width(), room)
        self.name.setGeometry(room - wide, 0, wide, height)


def shortened(name: str, metrics: QFontMetrics, room: int) -> str:
    """A name cut after a whole word, if one fits: what is left of a cut one reads as another name."""
    words = name.split(" ")
    whole = (" ".join(words[:number]).rstrip(",(") + "\u2026" for number in range(len(words) - 1, 0, -1))
    fitting = (text for text in whole if metrics.horizontalAdvance(text) <= room)
    return next(fitting, metrics.elidedText(name, Qt.TextElideMode.ElideRight, room))


class Heads(QWidget):
    """The column of names."""

    adding = Signal()

    def __init__(self, session: Session, data: DataSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self._heads: list[Head] = []
        self.add = SignButton("plus", "Add a control lane", "Add a control lane: type a place", self, 20)
        self.add.clicked.connect(self.adding)
        self.scale = PlainLabel(parent=self)
        self.scale.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.scale.setToolTip("What the highest bar stands for")
        small = QFont(self.font())
        small.setPointSizeF(small.pointSizeF() * TYPE_SHARE)
        self.scale.setFont(small)
        self.setFixedWidth(WIDTH)
        self._shown: tuple[tuple[str, ...], Rows] | None = None

    def changeEvent(self, event: QEvent) -> None:
        """Another theme or size of type: names may take more room than they were given, and Qt would cut them."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and self._shown is not None:
            QTimer.singleShot(0, self, self._show_again)  # once the names have their new look

    def _show_again(self) -> None:
        if self._shown is not None:
            self.show_pins(*self._shown)

    def show_scale(self, said: str) -> None:
        """Say what the highest bar stands for."""
        self.scale.setText(f"{said} \u2013")

    @property
    def heads(self) -> tuple[Head, ...]:
        """The names from top to bottom."""
        return tuple(self._heads)

    def show_pins(self, pins: tuple[str, ...], rows: Rows) -> None:
        """One name per strip, each beside its strip."""
        self._shown = pins, rows
        if pins != tuple(head.place for head in self._heads):
            for head in self._heads:
                head.hide()
                head.deleteLater()
            self._heads = [Head(self._session, self._data, pin, self) for pin in pins]
        width = min(WIDEST, max([WIDTH, *(head.wanted_width for head in self._heads)]))
        self.setFixedWidth(width)
        for head, band in zip(self._heads, rows.lanes, strict=False):
            height = round(band.height) + 2 * OVER
            head.setGeometry(0, round(band.top) - OVER, width, height)
            head.place_in(width, height)
            head.show()
        bins = rows.bins
        self.scale.setGeometry(26, round(bins.top) - 4, width - 28, 18)
        self.add.setGeometry(4, round(bins.top) - 4, 20, 20)


def held_place(data: DataSet, text: str) -> str | None:
    """The place that somebody held, by any spelling of its name; None when there is none."""
    keys = [key for key in data.histories if key in data.places and data.places[key].name == text]
    return next((key for key in keys or data.finder.keys_of("place", text) if key in data.histories), None)


def pin_menu(session: Session, data: DataSet, parent: QWidget) -> QMenu:
    """The menu of strips: a field to add one of a place that somebody held, and those there are, to take away."""
    menu = QMenu(parent)
    names = (data.places[site].name for site in data.histories if site in data.places)
    field = PlaceField(names, "Place with a lane\u2026", "Place to add as a control lane, in any spelling", menu)
    field.setMinimumWidth(190)
    entry = QWidgetAction(menu)
    entry.setDefaultWidget(field)
    menu.addAction(entry)

    def take(text: str) -> None:
        place = held_place(data, text)
        if place is None:
            field.complain("No place of that name has a history of control")
            return
        if place not in session.state.pins:
            session.dispatch(TogglePin(place))
        menu.close()

    field.taken.connect(take)
    menu.addSeparator()
    for pin in session.state.pins:
        made = QAction(place_name(data, pin).replace("&", "&&"), menu)
        made.setCheckable(True)
        made.setChecked(True)
        made.triggered.connect(lambda _=False, pin=pin: session.dispatch(TogglePin(pin)))
        menu.addAction(made)
    menu.aboutToShow.connect(field.setFocus)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
