"""Ground that is asked for on the map: drawn by hand, around a point, in a province or along a river or road."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow, QMenu

from viewer.domain.places import LonLat
from viewer.session.actions import position_of
from viewer.session.describe import name_of
from viewer.session.filter_words import far_words, within_words
from viewer.session.ground_words import along, around, course_near, inside, metres_of, province_at
from viewer.session.state import Ref, Within
from viewer.ui.asking import Asking
from viewer.ui.canvas import Canvas
from viewer.ui.dialogs import ask_line, sentence
from viewer.ui.status import StatusLine

MESSAGE_MS = 6000
USUAL_M = 20_000.0
BESIDE_M = 10_000.0
NEAR_PX = 14.0
"""Pixels around a right click in which a river or road is meant."""
MOST_LETTERS = 40
ASKED = "Within how many kilometres of {name}? (or m, mi, nmi)"
WRONG = "That is no distance: write a number of kilometres up to 2000, such as 20, or 5 nmi."


class GroundChoice(QObject):
    """The deeds about ground, for keys, menus and the tool that draws."""

    def __init__(self, window: QMainWindow, canvas: Canvas, status: StatusLine, asking: Asking) -> None:
        super().__init__(canvas)
        self._window, self._canvas, self._status = window, canvas, status
        self._session, self._data = canvas.session, canvas.picture.data
        self._metres = USUAL_M
        """The distance that was asked for last."""
        self.asking = asking
        canvas.drawing.drawn.connect(self.take)

    @property
    def deeds(self) -> dict[str, Callable[[], object]]:
        """What is done here, by the ids of the actions that make no command."""
        return {
            "draw_outline": partial(self._canvas.draw, "outline"), "draw_box": partial(self._canvas.draw, "box"),
            "draw_circle": partial(self._canvas.draw, "circle"), "ground_around": self.around_selected,
        }  # fmt: skip

    def take(self, within: Within) -> None:
        """Ask for ground in place of any other."""
        self.asking.set(within=within)
        self._status.showMessage(f"Records {within_words(within)}; Ctrl+Z goes back", MESSAGE_MS)

    def around_selected(self) -> None:
        """Ask how far around what is selected, else around the pointer or the middle."""
        ref = self._session.state.selected
        where = position_of(self._data, ref)
        if where is not None and ref is not None:
            self.ask_around(where, self._name_of(ref))
        else:
            self.ask_around(self._canvas.pointer or self._canvas.middle())

    def _name_of(self, ref: Ref) -> str:
        name = name_of(self._data, ref)
        name = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}\u2026"
        return f"\u201c{name}\u201d" if ref.kind == "event" else name

    def ask_around(self, where: LonLat, name: str = "") -> None:
        """Ask how far around a point."""
        asked = ASKED.format(name=name or "this point")
        text = ask_line(self._window, "Within a distance", asked, far_words(self._metres))
        if text is None:
            return
        metres = metres_of(text)
        if metres is None:
            sentence(self._window, "No distance", WRONG)
            return
        self._metres = metres
        self.take(around(where, metres, name))

    def fill(self, menu: QMenu, where: LonLat) -> None:
        """The entries of the menu of a point of the map."""
        menu.addSeparator()
        far, basemap = far_words(self._metres), self._canvas.picture.basemap
        menu.addAction(f"Only within {far} of here").triggered.connect(lambda: self.take(around(where, self._metres)))
        menu.addAction("Only within another distance of here\u2026").triggered.connect(lambda: self.ask_around(where))
        province = province_at(basemap, where)
        if province is not None:
            said = f"Only in this province: {_plain(province.name)}"
            menu.addAction(said).triggered.connect(lambda: self.take(inside(province)))
        course = course_near(basemap, where, NEAR_PX * self._session.state.camera.scale)
        if course is not None:
            said = f"Only within {far_words(BESIDE_M)} of either side of {_plain(course.name)}"
            menu.addAction(said).triggered.connect(lambda: self.take(along(course, BESIDE_M)))
        if self._session.state.filters.placed:
            anywhere = self._session.state.filters.anywhere
            menu.addAction("Records anywhere again").triggered.connect(lambda: self.asking.become(anywhere))


def _plain(name: str) -> str:
    return name.replace("&", "&&")
