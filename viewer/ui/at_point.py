"""What can be done at a point of the map: copy its coordinate, measure, range rings, what was here when."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QMenu

from viewer.domain.places import LonLat
from viewer.geo.gridref import written
from viewer.geo.projection import metres_per_unit
from viewer.session.actions import position_of
from viewer.session.commands import Select, SetRangeRings
from viewer.session.measuring import measured_text, ranges_words, rings_for, typed_ranges
from viewer.session.state import COORDINATES, RangeRings, Ref
from viewer.session.whereabouts import nearest_place
from viewer.ui.canvas import Canvas
from viewer.ui.dialogs import ask_line, sentence
from viewer.ui.status import MESSAGE_MS, StatusLine

NEAR_PX = 12.0
"""Right clicks that near to the middle of range rings are about them."""
RANGES_ASKED = "Distances, for instance 5, 10, 25, 50 km (or m, mi, nmi):"
RANGES_WRONG = "These are no distances: write at most twelve, such as 5, 10, 25 km or 3, 6 nmi."


class AtPoint(QObject):
    """The menu of the right mouse button, and the keys that are about the pointer."""

    def __init__(self, window: QMainWindow, canvas: Canvas, status: StatusLine) -> None:
        super().__init__(canvas)
        self.window, self.canvas, self.status = window, canvas, status
        self.session, self.data = canvas.session, canvas.picture.data
        self.fill_ground: Callable[[QMenu, LonLat], None] = lambda menu, where: None
        """Adds what can be asked of the ground there."""

    # texts

    def copy(self, text: str) -> None:
        """Put a text on the clipboard and say so."""
        QGuiApplication.clipboard().setText(text)
        self.status.showMessage(f"Copied: {text.splitlines()[0]}", MESSAGE_MS)

    def copy_coordinate(self) -> None:
        """Put the coordinate under the pointer on the clipboard, in the form that is chosen."""
        where = self.canvas.pointer
        if where is None:
            self.status.say("Point at the map first, then press K")
        else:
            self.copy(written(*where, self.session.state.coordinates))

    def copy_measure(self) -> None:
        """Put what was measured on the clipboard, leg by leg."""
        state = self.session.state
        if text := measured_text(state.measure, state.units, lambda at: written(*at, state.coordinates)):
            self.copy(text)
        else:
            self.status.showMessage("Nothing is measured: press M, then click the points of a path", MESSAGE_MS)

    # measuring

    def measure(self) -> None:
        """Begin a path at the pointer, or in the middle when it is elsewhere; while one is drawn: end it."""
        if self.canvas.tool.active:
            self.canvas.tool.finish()
        else:
            self.canvas.measure(self.canvas.pointer or self.canvas.middle())

    def ring_selected(self) -> None:
        """Range rings around what is selected, else around the pointer or the middle."""
        state = self.session.state
        self.ring(position_of(self.data, state.selected) or self.canvas.pointer or self.canvas.middle())

    def ring(self, centre: LonLat, radii_m: tuple[float, ...] = ()) -> None:
        """Range rings around a point, at distances that fit the scale when none are given."""
        rings = RangeRings(centre, radii_m) if radii_m else self._fitting(centre)
        kept = tuple(one for one in self.session.state.range_rings if one.centre != centre)
        self.session.dispatch(SetRangeRings((*kept, rings)))
        self.status.showMessage(f"Range rings: {ranges_words(rings.radii_m)}", MESSAGE_MS)

    def ask_ranges(self, centre: LonLat) -> None:
        """Ask for the distances of range rings around a point."""
        text = ask_line(self.window, "Range rings", RANGES_ASKED, ranges_words(self._fitting(centre).radii_m))
        if text is None:
            return
        if radii := typed_ranges(text):
            self.ring(centre, radii)
        else:
            sentence(self.window, "No distances", RANGES_WRONG)

    def _fitting(self, centre: LonLat) -> RangeRings:
        return rings_for(centre, self.session.state.camera.scale * metres_per_unit(centre[1]))

    # the menu

    def show_menu(self, where: LonLat, at: QPoint) -> None:
        """The menu of the right mouse button."""
        menu = QMenu(self.window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_coordinates(menu, where)
        menu.addSeparator()
        place = nearest_place(self.data, where)
        if place is not None:
            name = self.data.places[place].name.replace("&", "&&")
            entry = menu.addAction(f"What was here when: {name}")
            entry.triggered.connect(lambda: self.session.dispatch(Select(Ref("place", place))))
        menu.addAction("Zoom here").triggered.connect(lambda: self.canvas.centre(where, self.canvas.closer()))
        menu.addAction("Measure from here").triggered.connect(lambda: self.canvas.measure(where))
        self._fill_rings(menu, where)
        self.fill_ground(menu, where)
        menu.popup(at)

    def _fill_coordinates(self, menu: QMenu, where: LonLat) -> None:
        """The chosen form first, the others below it."""
        chosen = self.session.state.coordinates
        forms = (chosen, *(form for form in COORDINATES if form != chosen))
        for text in dict.fromkeys(written(*where, form) for form in forms):
            menu.addAction(f"Copy {text}").triggered.connect(lambda _=False, text=text: self.copy(text))

    def _fill_rings(self, menu: QMenu, where: LonLat) -> None:
        near = self._rings_near(where)
        fitting = ranges_words(self._fitting(where).radii_m)
        menu.addAction(f"Range rings from here: {fitting}").triggered.connect(lambda: self.ring(where))
        menu.addAction("Range rings at other distances\u2026").triggered.connect(
            lambda: self.ask_ranges(near.centre if near is not None else where)
        )
        if near is not None:
            kept = tuple(one for one in self.session.state.range_rings if one != near)
            entry = menu.addAction("Take these range rings away")
            entry.triggered.connect(lambda: self.session.dispatch(SetRangeRings(kept)))

    def _rings_near(self, where: LonLat) -> RangeRings | None:
        """The range rings whose middle lies at a point of the map, as it is seen."""

        def far(one: RangeRings) -> float:
            apart = self.canvas.seen(one.centre) - self.canvas.seen(where)
            return QPointF.dotProduct(apart, apart)

        nearest = min(self.session.state.range_rings, key=far, default=None)
        return nearest if nearest is not None and far(nearest) <= NEAR_PX**2 else None
