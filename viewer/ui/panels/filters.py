"""The filters: who, what, where, how sure and known by when, and in one readable line with an x for each part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.domain.events import ACTUALITIES, EVENT_TYPES
from viewer.draw.tokens import Tokens
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_degrees
from viewer.session.actions import BY_ID
from viewer.session.actor_counts import actor_counts
from viewer.session.by_day import tally
from viewer.session.camera import under
from viewer.session.filter_words import filter_parts, missing_words
from viewer.session.query import QueryError, place_keys
from viewer.session.selectors import filter_mask
from viewer.session.session import Session
from viewer.session.state import Camera, Filters, SavedFilters, State
from viewer.store.dataset import DataSet
from viewer.ui.asking import Asking
from viewer.ui.filter_clock import ClockFields
from viewer.ui.filter_ground import GroundFields
from viewer.ui.filter_saved import SavedFields
from viewer.ui.look_ahead import LookAhead
from viewer.ui.place_field import PlaceField
from viewer.ui.scrolling import scrolled
from viewer.ui.steady_area import SteadyArea
from viewer.ui.text import FlowLayout, PlainLabel, flowing, isolated, plain_tip

TEXT_REST_MS = 250
CHIP_EDGES = 40
"""Pixels beside the text of a chip as wide as the panel."""
KEY = Qt.ItemDataRole.UserRole
Box = tuple[float, float, float, float]


def box_of(camera: Camera, width: float, height: float) -> Box:
    """West, south, east, north (degrees) of a view of that size in pixels."""
    corners = [point_to_degrees(*under(camera, x, y, width, height)) for x in (0.0, width) for y in (0.0, height)]
    lons, lats = zip(*corners, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def actor_tree(data: DataSet) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The actors of any event with their parts below them, in the order of their names; each stands once."""
    named = tally(data.event_actors.codes, len(data.actor_keys))
    used = {data.actor_keys[code] for code in np.flatnonzero(named).tolist()}
    whole: dict[str, str] = {}
    for relation in data.relations:
        if relation.kind in ("part of", "branch of") and relation.other in data.actors:
            whole.setdefault(relation.actor, relation.other)
    shown = [key for key in data.actors if used & data.actors_with_parts((key,))]
    tops = [key for key in shown if whole.get(key) not in shown]
    parts = {key: tuple(sorted(_below(key, shown, whole), key=_name(data))) for key in tops}
    return tuple((key, parts[key]) for key in sorted(tops, key=_name(data)))


def _below(top: str, shown: Iterable[str], whole: Mapping[str, str]) -> list[str]:
    """The parts of `top` to any depth; a loop of parts ends the walk."""
    found = []
    for key in shown:
        seen, above = {key}, whole.get(key)
        while above is not None and above not in seen:
            if above == top and key != top:
                found.append(key)
                break
            seen.add(above)
            above = whole.get(above)
    return found


def _name(data: DataSet) -> Callable[[str], str]:
    return lambda key: data.actors[key].name.casefold()


def term_counts(data: DataSet, filters: Filters) -> Mapping[str, int]:
    """How many records there are of each type and each actuality, among those that pass all other filters."""
    types = tally(data.events.type, len(EVENT_TYPES), filter_mask(data, replace(filters, types=())))
    sure = tally(data.events.actuality, len(ACTUALITIES), filter_mask(data, replace(filters, actualities=())))
    return {
        **{f"type:{term}": int(count) for term, count in zip(EVENT_TYPES, types, strict=True)},
        **{f"actuality:{term}": int(count) for term, count in zip(ACTUALITIES, sure, strict=True)},
    }


class Chips(QWidget):
    """The filters in words; each part has an x."""

    cleared = Signal()
    """All filters are to be taken away at once."""
    dropped = Signal(object)
    """What is left of the filters once a part is taken away."""

    def __init__(self, data: DataSet, parent: QWidget) -> None:
        super().__init__(parent)
        self._data = data
        self._flow = FlowLayout(self, spacing=4)
        self._flow.setContentsMargins(8, 6, 8, 4)
        flowing(self)

    def texts(self) -> list[str]:
        """What the chips say."""
        return [button.text().replace("\n", " ") for button in self.findChildren(QToolButton)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A long part takes as many lines as it needs: cut in its middle it would say nothing."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            for button in self.findChildren(QToolButton):
                button.setText(self._lined(button.text().replace("\n", " ")))

    def _lined(self, text: str) -> str:
        """A text in lines that fit a chip."""
        metrics, room = self.fontMetrics(), self.width() - CHIP_EDGES
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and metrics.horizontalAdvance(longer) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        return "\n".join(lines)

    def show_filters(self, filters: Filters) -> None:
        """A chip for each part, and one that clears all."""
        while (item := self._flow.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.setParent(None)
                old.deleteLater()
        parts = filter_parts(self._data, filters)
        self._flow.addWidget(PlainLabel("Records" if parts else "No filters: every record counts.", self))
        for said, rest in parts:
            chip = self._chip(f"{isolated(said)} \u00d7", f"Remove the filter: {said}")
            chip.clicked.connect(lambda _=False, rest=rest: self.dropped.emit(rest))
            self._flow.addWidget(chip)
        if len(parts) > 1:
            action = BY_ID["clear_filters"]
            every = self._chip("clear all", f"{action.title} ({action.keys[0]})")
            every.clicked.connect(self.cleared)
            self._flow.addWidget(every)
        for index in range(self._flow.count()):
            item = self._flow.itemAt(index)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.show()
        self.updateGeometry()

    def _chip(self, text: str, said: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("chip")
        button.setText(self._lined(text.replace("&", "&&")))
        button.setToolTip(plain_tip(said))
        button.setAccessibleName(said)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


class FiltersPanel(QWidget):
    """All filters, top to bottom: the line in words, those kept by a name, text, place, ground, actors and the rest."""

    wanted = Signal(str)
    """The id of an action that a field asks for."""
    queue_wanted = Signal(object)
    """The statuses of the queue that goes with kept filters."""

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens | None, asking: Asking,
        parent: QWidget | None = None, basemap: Basemap | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._data = session, data
        self.asking = asking
        self.asking.worked.connect(lambda busy: None if busy else self._show(session.state))
        self.saved = SavedFields(session, self)
        self.saved.asked.connect(self._take_saved)
        self.missing = PlainLabel(parent=self)
        self.missing.setObjectName("warning")
        self.missing.setWordWrap(True)
        self.missing.setContentsMargins(8, 0, 8, 4)
        self.ground = GroundFields(data, basemap or Basemap(), self)
        self.ground.asked.connect(lambda within: self.asking.set(within=within))
        self.clock = ClockFields(data, self)
        self.clock.asked.connect(lambda day: self.asking.set(known_by=day))
        for fields in (self.saved, self.ground, self.clock):
            fields.wanted.connect(self.wanted)
        self.responsible, self.parts = self._responsible_field(), self._parts_field()
        self.chips = Chips(data, self)
        self.chips.dropped.connect(self.asking.drop)
        self.chips.cleared.connect(self._clear)
        self.text = self._text_field()
        self.place = self._place_field()
        self.in_view = QCheckBox("only what the map shows now", self)
        self.in_view.setToolTip("Only records placed within the present view of the map")
        self.in_view.clicked.connect(self._take_view)
        self.actors, self.types, self.actualities = self._tree("Actors"), self._tree("Types"), self._tree("Certainty")
        self._items: dict[str, QTreeWidgetItem] = {}
        self._fill()
        for tree in (self.actors, self.types, self.actualities):
            tree.itemChanged.connect(self._checked)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(TEXT_REST_MS)
        self._later.timeout.connect(self._take_text)
        self._ahead = LookAhead(data, self)
        self._ahead.known.connect(self._text_known)
        self._place()
        self.setFocusProxy(self.text)
        stop = session.watch(("filters", "saved", "time"), self._changed)
        self.destroyed.connect(stop)
        self._stop = stop
        self._show(session.state)

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self._stop()
        self._later.stop()
        self._ahead.release()

    def set_tokens(self, tokens: Tokens) -> None:
        """The palette of the application has the colours of this one."""

    @property
    def looks(self) -> bool:
        """Whether a text that was typed is still looked for."""
        return self._later.isActive() or self._ahead.looks

    def forget_text(self) -> bool:
        """Take back a text, or anything else, that was asked for and is no filter yet; whether there was any."""
        self._later.stop()
        self._ahead.forget()
        waited = self.asking.forget()
        said, text = self.text.text(), self._session.state.filters.text
        self.text.setText(text)
        return waited or said != text

    def _clear(self) -> None:
        self.forget_text()
        self.asking.become(Filters())

    def _text_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText("Text in a record\u2026")
        field.setAccessibleName("Only records in whose text all these words occur")
        field.setClearButtonEnabled(True)
        field.setMaxLength(200)
        field.textEdited.connect(self._wait)
        field.returnPressed.connect(self._take_text)
        return field

    def _place_field(self) -> PlaceField:
        names = (place.name for place in self._data.places.values())
        said = "Only records in a place, in any spelling"
        field = PlaceField(names, "In a place, any spelling\u2026", said, self)
        field.taken.connect(self._take_place)
        return field

    def _responsible_field(self) -> QComboBox:
        field = QComboBox(self)
        for said, how in (
            ("in any part in it", ""), ("certainly responsible", "certainly"), ("possibly responsible", "possibly"),
        ):  # fmt: skip
            field.addItem(said, how)
        field.setAccessibleName("What part the ticked actors had in it")
        field.setToolTip("Certainly: established. Possibly: claimed, alleged or disputed")
        field.activated.connect(lambda _: self.asking.set(responsible=str(field.currentData())))
        return field

    def _parts_field(self) -> QCheckBox:
        field = QCheckBox("with their parts", self)
        field.setToolTip("Whether groups that are part of a ticked actor count with it")
        field.clicked.connect(lambda on: self.asking.set(parts=bool(on)))
        return field

    def _tree(self, title: str) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(title == "Actors")
        tree.setIndentation(14)
        tree.setUniformRowHeights(True)
        tree.setFrameShape(tree.Shape.NoFrame)
        tree.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, tree.header().ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, tree.header().ResizeMode.ResizeToContents)
        tree.setAccessibleName(title)
        tree.itemExpanded.connect(lambda: self._fit(tree))
        tree.itemCollapsed.connect(lambda: self._fit(tree))
        return tree

    def _fill(self) -> None:
        for key, parts in actor_tree(self._data):
            top = self._item(self.actors.invisibleRootItem(), "actor", key, self._data.actors[key].name)
            for part in parts:
                self._item(top, "actor", part, self._data.actors[part].name)
        for tree, kind, terms, codes in (
            (self.types, "type", EVENT_TYPES, self._data.events.type),
            (self.actualities, "actuality", ACTUALITIES, self._data.events.actuality),
        ):
            for code in np.flatnonzero(tally(codes, len(terms))).tolist():
                self._item(tree.invisibleRootItem(), kind, terms[code], terms[code])

    def _item(self, parent: QTreeWidgetItem, kind: str, key: str, name: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [isolated(name), ""])
        item.setData(0, KEY, f"{kind}:{key}")
        item.setToolTip(0, plain_tip(name))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(0, Qt.CheckState.Unchecked)
        self._items[f"{kind}:{key}"] = item
        return item

    def _place(self) -> None:
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 2, 8, 8)
        column.setSpacing(5)
        column.addWidget(self.text)
        for title, fields in (
            ("Where", (self.place, self.in_view, self.ground)), ("Known when", (self.clock,)),
            ("Who", (self.responsible, self.parts, self.actors)), ("What", (self.types,)),
            ("How sure", (self.actualities,)),
        ):  # fmt: skip
            head = PlainLabel(title, inner)
            font = head.font()
            font.setBold(True)
            head.setFont(font)
            head.setBuddy(fields[-1])
            column.addWidget(head)
            for field in fields:
                column.addWidget(field)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        said, area = QWidget(self), scrolled(inner)
        lines = QVBoxLayout(said)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.chips)
        lines.addWidget(self.missing)
        lines.addStretch(1)
        self.sentence = SteadyArea(said, area, self)
        outer.addWidget(self.saved)
        outer.addWidget(self.sentence)
        outer.addWidget(area, 1)
        for tree in (self.actors, self.types, self.actualities):
            self._fit(tree)

    def _fit(self, tree: QTreeWidget) -> None:
        """The list is as high as its lines: the panel scrolls, not the list in it."""
        lines, item = 0, tree.topLevelItem(0)
        while item is not None:
            lines += 1
            item = tree.itemBelow(item)
        high = tree.sizeHintForRow(0) if lines else 0
        tree.setFixedHeight(lines * max(high, 18) + 4)

    def showEvent(self, event: QShowEvent) -> None:
        """Counts are made when somebody looks."""
        super().showEvent(event)
        self._show(self._session.state)
        for tree in (self.actors, self.types, self.actualities):
            self._fit(tree)

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if before.filters.text != after.filters.text:
            self._ahead.forget()  # somebody else has chosen a text, or none
        if changed == {"time"}:
            if self.isVisible():
                self.clock.show_state(after)
            return
        self._show(after)

    def _show(self, state: State) -> None:
        filters = state.filters
        self.chips.show_filters(filters)
        typing = self.text.hasFocus() and self._later.isActive()
        if not (typing or self._ahead.looks or self.asking.waits) and self.text.text() != filters.text:
            self.text.setText(filters.text)
        self.in_view.setChecked(filters.bbox is not None)
        self.saved.show_state(state)
        self.missing.setText(missing_words(self._data, filters))
        self.missing.setVisible(bool(self.missing.text()))
        self.sentence.fit()
        self.ground.show_within(filters.within)
        self.responsible.setCurrentIndex(self.responsible.findData(filters.responsible))
        self.parts.setChecked(filters.parts)
        for field in (self.responsible, self.parts):
            field.setEnabled(bool(filters.actors))
        if self.isVisible():
            self.clock.show_state(state)
        chosen = {
            *(f"actor:{key}" for key in filters.actors), *(f"type:{term}" for term in filters.types),
            *(f"actuality:{term}" for term in filters.actualities),
        }  # fmt: skip
        counts: dict[str, int] = {}
        if self.isVisible():
            counts = {f"actor:{key}": count for key, count in actor_counts(self._data, filters).items()}
            counts.update(term_counts(self._data, filters))
        trees = (self.actors, self.types, self.actualities)
        blocked = [tree.blockSignals(True) for tree in trees]
        for key, item in self._items.items():
            item.setCheckState(0, Qt.CheckState.Checked if key in chosen else Qt.CheckState.Unchecked)
            whole = item.parent()
            if key in chosen and whole is not None:
                whole.setExpanded(True)
            if counts:
                item.setText(1, f"{counts.get(key, 0):,}")
        for tree, was in zip(trees, blocked, strict=True):
            tree.blockSignals(was)
            tree.viewport().update()

    def _checked(self, item: QTreeWidgetItem, column: int) -> None:
        kind, _, key = str(item.data(0, KEY)).partition(":")
        name = {"actor": "actors", "type": "types"}.get(kind, "actualities")
        checked = item.checkState(0) == Qt.CheckState.Checked

        def ticked(filters: Filters) -> Filters:
            others = tuple(entry for entry in getattr(filters, name) if entry != key)
            wanted: dict[str, Any] = {name: (*others, key) if checked else others}
            return replace(filters, **wanted)

        self.asking.alter(ticked)

    def _wait(self) -> None:
        """While someone types, the text is not looked for yet."""
        self._later.start()

    def _take_text(self) -> None:
        """Look for the text; until it is found the filters stay as they are."""
        self._later.stop()
        self._ahead.ask(self.text.text().strip())

    def _text_known(self, text: str) -> None:
        if text != self._session.state.filters.text.strip():
            self.asking.set(text=text)

    def _take_place(self, text: str) -> None:
        """Add the places that a spelling means; say so when it means none."""
        if not text.strip():
            return
        try:
            keys = place_keys(self._data, text.strip())
        except QueryError as error:
            self.place.complain(str(error))
            return
        self.place.complain("")
        self.asking.alter(lambda now: replace(now, places=tuple(dict.fromkeys((*now.places, *keys)))))
        QTimer.singleShot(0, self.place, self.place.clear)

    def _take_saved(self, saved: SavedFilters) -> None:
        """Ask for kept filters, and for the queue that was kept with them."""
        self.asking.become(saved.filters)
        if saved.statuses:
            self.queue_wanted.emit(saved.statuses)

    def _take_view(self, wanted: bool) -> None:
        main = self.window()
        central = main.centralWidget() if isinstance(main, QMainWindow) else None
        size = (central or main).size()
        box = box_of(self._session.state.camera, size.width(), size.height()) if wanted else None
        self.asking.set(bbox=box)
