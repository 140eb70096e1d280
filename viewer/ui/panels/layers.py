"""Layers and legend in one: what is drawn, how it looks, how often it is in the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QElapsedTimer,
    QModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import (
    QPalette,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from viewer.draw.legend import GROUPS, LegendEntry
from viewer.draw.tokens import Tokens
from viewer.session.actions import BY_ID
from viewer.session.commands import SetLabels, SetOpacity, ToggleLayer
from viewer.session.map_layers import ALL_LAYERS
from viewer.session.playback import looked_at
from viewer.session.session import Session
from viewer.session.state import LABELS, OPACITIES, Raster, Ref, State
from viewer.store.dataset import DataSet
from viewer.ui.legend_list import LegendModel, LegendView
from viewer.ui.scrolling import scrolled
from viewer.ui.text import PlainLabel, plain_tip

if TYPE_CHECKING:
    from viewer.draw.drawn import Drawn

LABEL_WORDS = {"latin": "Latin names", "arabic": "Arabic names", "both": "Latin and Arabic names"}
EMPTY = "Nothing is drawn in this view. Zoom out, widen the window with ], or switch layers on."
NAME_PX = 190
"""Room for the name of a file."""
FOLLOWS_MS, EACH_MS = 5, 100
"""After a picture is there until its legend is counted: an eye is on the map, which is brought to the screen first; and
from one legend to the next, as nobody reads sixty in a second."""


def _in_places(entries: Sequence[LegendEntry], before: Sequence[LegendEntry]) -> list[LegendEntry]:
    """The entries in the order that they had before, new ones at the end of their group."""
    places = {line.entry: place for place, line in enumerate(before)}
    return sorted(entries, key=lambda line: (GROUPS.index(line.group), places.get(line.entry, len(places))))


class LayersPanel(QWidget):
    """The legend of what the map drew, and below it check boxes for the layers."""

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self._told: tuple[LegendEntry, ...] = ()
        self._unread: Drawn | None = None
        """A picture whose legend nobody has seen yet."""
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.timeout.connect(self._read)
        self._read_for = QElapsedTimer()
        """Since the legend was read last."""
        self._high: list[int] = []
        """The heights of the lines as they were laid out."""
        self._entries: tuple[LegendEntry, ...] | None = None
        """The lines as they are shown; `_told` has them as the map told them last."""
        self.boxes = {layer: self._box(layer) for layer in ALL_LAYERS}
        self.labels = QComboBox(self)
        for labels in LABELS:
            self.labels.addItem(LABEL_WORDS[labels], labels)
        self.labels.setAccessibleName("Script of the names on the map")
        self.labels.setToolTip(f"{BY_ID['labels'].title} ({BY_ID['labels'].keys[0]})")
        self.labels.activated.connect(lambda: session.dispatch(SetLabels(str(self.labels.currentData()))))
        self.opacity = QComboBox(self)
        for opacity in OPACITIES:
            self.opacity.addItem(f"Base layer at {opacity} %", opacity)
        self.opacity.setAccessibleName("Opacity of the base layer")
        self.opacity.setToolTip("Opacity of the base layer")
        self.opacity.activated.connect(lambda: session.dispatch(SetOpacity(int(self.opacity.currentData()))))
        self.model = LegendModel(self)
        self.legend = LegendView(self.model, tokens, self)
        self._place()
        self._unwatch = session.watch(("layers", "labels", "play", "raster"), self._changed)
        self.destroyed.connect(self._unwatch)
        self._show(session.state)

    def release(self) -> None:
        """Stop watching the session, before the panel goes."""
        self._unwatch()
        self._reading.stop()

    def _box(self, layer: str) -> QCheckBox:
        action = BY_ID.get(f"layer_{layer}")
        box = QCheckBox((action.title if action else layer.capitalize()).replace("&", "&&"), self)
        box.setToolTip(plain_tip(f"{box.text()} ({action.keys[0]})" if action and action.keys else box.text()))
        box.clicked.connect(lambda: self._session.dispatch(ToggleLayer(layer)))
        return box

    def _place(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(8, 10, 4, 2)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(1)
        for number, box in enumerate(self._wanted_order()):
            grid.addWidget(box, number, 0)
        self.legend.setFrameShape(self.legend.Shape.NoFrame)
        self.legend.setMouseTracking(True)
        self.legend.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.legend.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.legend.setAccessibleName("Legend of what the map shows now")
        self.legend.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.legend.widened.connect(self._fit)
        self.legend.activated.connect(self._open)
        self.legend.clicked.connect(self._open)
        self.empty = PlainLabel(EMPTY)
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(8, 4, 8, 4)
        script = QHBoxLayout()
        script.setContentsMargins(8, 2, 8, 4)
        script.addWidget(self.labels, 1)
        self._strength = QWidget(self)
        strength = QHBoxLayout(self._strength)
        strength.setContentsMargins(8, 0, 8, 4)
        strength.addWidget(self.opacity, 1)
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.empty)
        column.addWidget(self.legend)
        column.addLayout(grid)
        column.addLayout(script)
        column.addWidget(self._strength)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))
        self.show_legend(())

    def _wanted_order(self) -> list[QCheckBox]:
        """What lies on top of the map stands on top of the list."""
        return [self.boxes[layer] for layer in reversed(ALL_LAYERS)]

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self.legend.set_tokens(tokens)

    def show_drawn(self, drawn: Drawn) -> None:
        """Show the legend of another picture in a moment, and its lines are counted once somebody sees them."""
        self._unread = drawn
        if self.isVisible() and not self.behind:
            early = EACH_MS - self._read_for.elapsed() if self._read_for.isValid() else 0
            self._reading.start(max(FOLLOWS_MS, early))

    @property
    def behind(self) -> bool:
        """Whether the legend of the picture that is there is still to come."""
        return self._reading.isActive()

    def _read(self) -> None:
        if self._unread is not None and self.isVisible():
            drawn, self._unread = self._unread, None
            self.show_legend(drawn.legend)
            self._read_for.start()

    def show_legend(self, entries: Sequence[LegendEntry]) -> None:
        """Show what the map has drawn; while time plays, no line changes its place with another."""
        self._told = tuple(entries)
        if self._session.state.play.running and self._entries:
            entries = _in_places(entries, self._entries)
        if tuple(entries) == self._entries:
            return
        self._entries, chosen = tuple(entries), self._line(self.legend.currentIndex())
        self.model.show(entries)
        now = self._line(self.legend.currentIndex())
        if chosen is not None and (now is None or now.entry != chosen.entry):
            self.legend.selectionModel().clear()
        self.empty.setVisible(not entries)
        self.legend.setVisible(bool(entries))
        self._fit()

    def _line(self, index: QModelIndex) -> LegendEntry | None:
        """The entry in a row, if there is one."""
        line = self.model.lines[index.row()] if index.isValid() else None
        return line if isinstance(line, LegendEntry) else None

    def _fit(self) -> None:
        """The legend is as high as its lines: the panel scrolls, not the legend in it."""
        high = self.legend.heights()
        if high != self._high:
            self._high = high
            self.legend.scheduleDelayedItemsLayout()
            self.legend.setFixedHeight(sum(high) + 6)

    def showEvent(self, event: QShowEvent) -> None:
        """Sizes of type are known now, and somebody sees what was drawn meanwhile."""
        super().showEvent(event)
        self._read()
        self._fit()

    def _open(self, index: QModelIndex) -> None:
        """A line about one actor leads to it."""
        line = self._line(index)
        if line is not None and len(line.entry.actors) == 1 and line.entry.actors[0] in self._data.actors:
            ref = Ref("actor", line.entry.actors[0])
            self._session.dispatch(looked_at(self._data, self._session.state, ref))

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        self._show(after)
        if before.play.running and not after.play.running:
            self.show_legend(self._told)

    def _show(self, state: State) -> None:
        for layer, box in self.boxes.items():
            box.setChecked(layer in state.layers)
        self.labels.setCurrentIndex(self.labels.findData(state.labels))
        self._show_raster(state.raster)

    def _show_raster(self, raster: Raster) -> None:
        """The box and the opacity are there while there is a file, whose name the box has."""
        box, name = self.boxes["raster"], Path(raster.path).name
        text = f"{BY_ID['layer_raster'].title}: {name}"
        box.setText(box.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, NAME_PX).replace("&", "&&"))
        box.setToolTip(plain_tip(text))
        self.opacity.setCurrentIndex(self.opacity.findData(raster.opacity))
        for widget in (box, self._strength):
            widget.setVisible(bool(raster.path))
