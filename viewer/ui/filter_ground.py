"""The fields for ground in the panel of filters: around a point, in a province, along a river or road, or drawn."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QToolTip, QVBoxLayout, QWidget

from viewer.geo.basemap import Basemap
from viewer.session.actions import BY_ID
from viewer.session.filter_words import far_words
from viewer.session.ground_words import (
    along,
    around,
    courses,
    inside,
    metres_of,
    named,
    point_named,
    provinces,
    wider,
)
from viewer.session.query import QueryError
from viewer.session.state import Within
from viewer.store.dataset import DataSet
from viewer.ui.place_field import PlaceField
from viewer.ui.text import FlowLayout, PlainLabel, flowing, plain_tip

ANYWHERE, AROUND, PROVINCE, COURSE, DRAWN = "", "around", "province", "course", "drawn"
KINDS = (
    (ANYWHERE, "Anywhere"), (AROUND, "Within a distance\u2026"), (PROVINCE, "In a province\u2026"),
    (COURSE, "Along a river or road\u2026"), (DRAWN, "In an area drawn on the map\u2026"),
)  # fmt: skip
DRAWING = (("draw_outline", "Area"), ("draw_box", "Rectangle"), ("draw_circle", "Circle"))
USUAL_M, BESIDE_M = 20_000.0, 10_000.0
NO_DISTANCE = "Write a number of kilometres up to 2000, such as 20, or 5 nmi"


class DistanceField(QLineEdit):
    """A distance that is typed, in kilometres unless it says otherwise; Enter or leaving it gives it away."""

    taken = Signal(float)
    """Metres."""

    def __init__(self, metres: float, spoken: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.metres = metres
        self.setAccessibleName(spoken)
        self.setMaxLength(12)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("2000 nmi") + 24)
        self.editingFinished.connect(self._take)
        self.show_metres(metres)

    def show_metres(self, metres: float) -> None:
        """Show a distance, unless someone types another."""
        self.metres = metres
        if not (self.hasFocus() and self.isModified()):
            if (said := far_words(metres).replace(",", "")) != self.text():  # else what a hand would type over stays
                self.setText(said)
            self.setModified(False)

    def _take(self) -> None:
        metres = metres_of(self.text())
        self.setProperty("wrong", metres is None)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setToolTip("" if metres is not None else plain_tip(NO_DISTANCE))
        if metres is None:
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), plain_tip(NO_DISTANCE), self)
            return
        changed, self.metres = metres != self.metres, metres
        self.setModified(False)
        self.show_metres(metres)
        if changed:
            self.taken.emit(metres)


class GroundFields(QWidget):
    """What kind of ground, and the fields of that kind."""

    asked = Signal(object)
    """Ground (Within), None for anywhere."""
    wanted = Signal(str)
    """The id of the action that draws."""

    def __init__(self, data: DataSet, basemap: Basemap, parent: QWidget) -> None:
        super().__init__(parent)
        self._data, self._basemap = data, basemap
        self._within: Within | None = None
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Ground that records must lie on")
        for kind, said in KINDS:
            self.kind.addItem(said, kind)
        self.kind.activated.connect(self._chosen)
        self.far = DistanceField(USUAL_M, "How far from the point", self)
        self.beside = DistanceField(BESIDE_M, "How far to each side", self)
        for distance in (self.far, self.beside):
            distance.taken.connect(self._take_metres)
        places = (place.name for place in data.places.values() if place.lon is not None)
        self.point = PlaceField(places, "Place or coordinate\u2026", "The middle: a place, or a coordinate", self)
        self.province = PlaceField(
            (one.title for one in provinces(basemap)), "Province, in either script\u2026", "Only in this province", self
        )
        self.course = PlaceField(
            (one.title for one in courses(basemap)), "River or road\u2026", "Only along this river or road", self
        )
        for field, take in (
            (self.point, self._take_point), (self.province, self._take_province), (self.course, self._take_course),
        ):  # fmt: skip
            field.taken.connect(take)
        self.rows = {
            AROUND: (
                self.point, self._row(self.far, PlainLabel("around it", self)),
                self._buttons(("draw_circle", "Draw it")),
            ),
            PROVINCE: (self.province,),
            COURSE: (self.course, self._row(self.beside, PlainLabel("to each side", self))),
            DRAWN: (self._buttons(*DRAWING),),
        }  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.kind)
        for widgets in self.rows.values():
            for widget in widgets:
                column.addWidget(widget)
        for first, then in ((self.point, self.far), (self.course, self.beside)):
            QWidget.setTabOrder(first, then)
        self._show_kind(ANYWHERE)

    def show_within(self, within: Within | None) -> None:
        """Show the ground that is asked for."""
        if within == self._within and (within is not None or self.kind.currentData() != ANYWHERE):
            return
        self._within = within
        self._show_kind(self._kind_of(within))
        if within is None:
            return
        if within.kind == "circle":
            self.far.show_metres(within.metres)
            self.point.setText(within.name or _coordinate(within))
        elif within.kind == "corridor":
            self.beside.show_metres(within.metres)
            self.course.setText(within.name)
        elif self.kind.currentData() == PROVINCE:
            self.province.setText(within.name)

    def _kind_of(self, within: Within | None) -> str:
        if within is None:
            return ANYWHERE
        if within.kind == "outline":
            return PROVINCE if within.name else DRAWN
        return AROUND if within.kind == "circle" else COURSE

    def _show_kind(self, kind: str) -> None:
        self.kind.setCurrentIndex(self.kind.findData(kind))
        for other, widgets in self.rows.items():
            for widget in widgets:
                widget.setVisible(other == kind)
        self.updateGeometry()

    def _row(self, *widgets: QWidget) -> QWidget:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for widget in widgets:
            line.addWidget(widget)
        line.addStretch(1)
        return row

    def _buttons(self, *actions: tuple[str, str]) -> QWidget:
        row = QWidget(self)
        flow = FlowLayout(row, spacing=4)
        for name, said in actions:
            action = BY_ID[name]
            button = QToolButton(row)
            button.setText(said)
            button.setObjectName("chip")
            button.setToolTip(f"{action.title} ({action.keys[0]})" if action.keys else action.title)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
            flow.addWidget(button)
        flowing(row)
        return row

    # what a hand does

    def _chosen(self, _: int) -> None:
        kind = str(self.kind.currentData())
        self._show_kind(kind)
        if kind == ANYWHERE:
            if self._within is not None:
                self.asked.emit(None)
        elif kind == DRAWN:
            if self._kind_of(self._within) != DRAWN:
                self.wanted.emit(DRAWING[0][0])
        else:
            {AROUND: self.point, PROVINCE: self.province, COURSE: self.course}[kind].setFocus()

    def _take_metres(self, metres: float) -> None:
        if self._within is not None and self._within.kind != "outline":
            self.asked.emit(wider(self._within, metres))

    def _take_point(self, text: str) -> None:
        if not text.strip():
            return
        try:
            where, name = point_named(self._data, text)
        except QueryError as error:
            self.point.complain(str(error))
            return
        self.point.complain("")
        if self.point.hasFocus():  # the next thing that a hand types is how far
            self.far.setFocus()
            self.far.selectAll()
        self.asked.emit(around(where, self.far.metres, name))

    def _take_province(self, text: str) -> None:
        if not text.strip():
            return
        try:
            ground = inside(named(provinces(self._basemap), text, "province"))
        except QueryError as error:
            self.province.complain(str(error))
            return
        self.province.complain("")
        self.asked.emit(ground)

    def _take_course(self, text: str) -> None:
        if not text.strip():
            return
        try:
            ground = along(named(courses(self._basemap), text, "river or road"), self.beside.metres)
        except QueryError as error:
            self.course.complain(str(error))
            return
        self.course.complain("")
        self.asked.emit(ground)


def _coordinate(within: Within) -> str:
    lon, lat = within.path[0]
    return f"{lat:.5f}, {lon:.5f}"
