"""What the two series are of: whose share of which whole, and how near to which place."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from viewer.session.analysis_series import DISTANCES_KM, USUAL_KM, SeriesAsked, holders, near
from viewer.session.change_words import WHOLE_TITLES
from viewer.session.query import QueryError, place_keys
from viewer.session.selectors import filter_mask
from viewer.session.share import WHOLES
from viewer.session.state import State
from viewer.store.columns import NO_PLACE
from viewer.store.dataset import DataSet
from viewer.ui.place_field import PlaceField
from viewer.ui.text import FlowLayout, flowing

FIELD_LETTERS = 20
ACTOR_LETTERS = 24


class GroundChoices(QWidget):
    """An actor, a denominator, a place and a distance."""

    changed = Signal()

    def __init__(self, data: DataSet, kept: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._data = data
        self.actor, self.whole = QComboBox(self), QComboBox(self)
        for key in holders(data):
            self.actor.addItem(data.actors[key].name, key)
        self.actor.setAccessibleName("Whose share of ground")
        letter = self.fontMetrics().averageCharWidth()
        self.actor.setMaximumWidth(ACTOR_LETTERS * letter + 30)
        for whole in WHOLES:
            self.whole.addItem(f"share {WHOLE_TITLES[whole]}", whole)
        self.whole.setAccessibleName("What the share is of")
        self.whole.setCurrentIndex(max(0, self.whole.findData(kept.get("whole", WHOLES[0]))))
        self.place_key = ""
        names = (place.name for key, place in data.places.items() if near(data, key, 1.0) is not None)
        self.place = PlaceField(names, "Near a place\u2026", "Incidents near which place", self)
        self.place.setFixedWidth(FIELD_LETTERS * letter + 20)
        self.place.taken.connect(self._take_place)
        self.km = QSpinBox(self)
        self.km.setRange(*DISTANCES_KM)
        self.km.setPrefix("within ")
        self.km.setSuffix(" km")
        self.km.setAccessibleName("How near")
        said = kept.get("km", "")
        self.km.setValue(int(said) if said.isdecimal() else USUAL_KM)
        for box in (self.actor, self.whole):
            box.activated.connect(lambda _: self.changed.emit())
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(250)
        self._later.timeout.connect(self.changed)
        self.km.valueChanged.connect(lambda _: self._later.start())
        flow = FlowLayout(self, 6)
        flow.setContentsMargins(8, 2, 8, 2)
        self.fields: tuple[QWidget, ...] = (self.actor, self.whole, self.place, self.km)
        for field in self.fields:
            flow.addWidget(field)
        flowing(self)

    @property
    def choices(self) -> dict[str, str]:
        """What is kept between sessions."""
        return {"whole": str(self.whole.currentData()), "km": str(self.km.value())}

    def asked(self, state: State) -> SeriesAsked | None:
        """What is asked for; None where a part of it is missing."""
        if not self.place_key and (key := first_place(self._data, state)):
            self._settle(key)
        if self.lacking():
            return None
        return SeriesAsked(str(self.actor.currentData() or ""), str(self.whole.currentData()), state.ground,
                           self.place_key, self.km.value() * 1000.0, state.filters)  # fmt: skip

    def lacking(self) -> str:
        """What is still to be chosen, '' when nothing is."""
        return "" if self.place_key else "Type the name of a place, and press Enter."

    def _take_place(self, text: str) -> None:
        try:
            keys = place_keys(self._data, text.strip())
        except QueryError as error:
            self.place.complain(str(error))
            return
        found = [key for key in keys if near(self._data, key, 1.0) is not None]
        if not found:
            self.place.complain("No source says where that is; choose another place")
            return
        self.place.complain("")
        QTimer.singleShot(0, self.place, lambda: self._settle(found[0]))  # the field still writes what was chosen
        self.place_key = found[0]
        self.changed.emit()

    def _settle(self, key: str) -> None:
        self.place_key = key
        self.place.setText(self._data.places[key].name if key else "")


def first_place(data: DataSet, state: State) -> str:
    """Where to begin: the place that is selected or filtered by, else where most of what passes happened; or ''."""
    asked = [state.selected.key] if state.selected is not None and state.selected.kind == "place" else []
    for key in (*asked, *state.filters.places):
        if near(data, key, 1.0) is not None:
            return key
    rows = filter_mask(data, state.filters)
    counts: dict[int, int] = {}
    codes = data.events.place[rows & (data.events.place != NO_PLACE)]
    for code, number in zip(*np.unique(codes, return_counts=True), strict=True):
        counts[int(code)] = int(number)
    for code in sorted(counts, key=lambda code: -counts[code]):
        key = data.place_keys[code]
        if near(data, key, 1.0) is not None and data.places[key].kind not in ("province", "country", "region"):
            return str(key)
    return ""
