"""Layers and legend in one: what is drawn, how it looks, how often it is in the window."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QCursor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QStaticText,
    QTransform,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from viewer.draw.legend import GROUPS, LegendEntry, paint_swatch
from viewer.draw.tokens import Tokens
from viewer.session.actions import BY_ID
from viewer.session.commands import SetLabels, SetOpacity, ToggleLayer
from viewer.session.map_layers import ALL_LAYERS
from viewer.session.playback import looked_at
from viewer.session.session import Session
from viewer.session.state import LABELS, OPACITIES, Raster, Ref, State
from viewer.store.dataset import DataSet
from viewer.ui.scrolling import scrolled
from viewer.ui.text import PlainLabel, plain_tip

LABEL_WORDS = {"latin": "Latin names", "arabic": "Arabic names", "both": "Latin and Arabic names"}
EMPTY = "Nothing is drawn in this view. Zoom out, widen the window with ], or switch layers on."
SWATCH = 30
NAME_PX = 190
"""Room for the name of a file."""
BESIDE = 4 + SWATCH + 12
"""Pixels of a line that are neither words nor number."""
AROUND = 4
"""Pixels that a sample may reach beyond its place."""
MOST_TEXTS = 2_000
"""So many words and numbers are kept as Qt lays them out, which takes longer than to paint them."""
Index = QModelIndex | QPersistentModelIndex
Line = str | LegendEntry
"""A heading, or an entry under it."""


class LegendModel(QAbstractListModel):
    """The lines of the legend, headings among them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def show(self, entries: Sequence[LegendEntry]) -> None:
        """Show other entries; while there are as many lines as before, only those that differ are painted again."""
        before, lines = self.lines, _lines(entries)
        if len(lines) != len(before):
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()
            return
        self.lines = lines
        changed = (row for row, line in enumerate(lines) if line != before[row])
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first), self.index(last))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many lines."""
        return 0 if parent.isValid() else len(self.lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        heading = isinstance(self.lines[index.row()], str)
        return Qt.ItemFlag.NoItemFlags if heading else Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, tooltip and what a screen reader says."""
        line = self.lines[index.row()]
        if isinstance(line, str):
            return line if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return line.text
        said = f"{line.text}: {line.detail or line.count}" if line.count else line.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return said
        return plain_tip(said) if role == Qt.ItemDataRole.ToolTipRole else None


def _lines(entries: Sequence[LegendEntry]) -> tuple[Line, ...]:
    """The entries with a heading above each group."""
    lines: list[Line] = []
    group = ""
    for entry in entries:
        if entry.group != group:
            group = entry.group
            lines.append(group)
        lines.append(entry)
    return tuple(lines)


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending rows as the first and last of each run without a gap."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return found


def _parts(line: LegendEntry) -> tuple[str, str, str]:
    """The words of a line, which may be cut; the letters of its actor on the map; the number: how many or how large."""
    if line.group == "Change":
        words, _, size = line.text.partition(": ")
        return words, "", size
    letters = f" ({line.entry.style})" if line.group == "Actors" and line.entry.style else ""
    return line.text, letters, f"{line.count:,}" if line.count and line.group != "Map" else ""


def _broken(said: str, kept: str, metrics: QFontMetrics, wide: int) -> tuple[str, str]:
    """The words of an entry in two lines, as many of them in the first as fit; what is still too long is cut."""
    words = said.split(" ")
    fitting = [n for n in range(1, len(words)) if metrics.horizontalAdvance(" ".join(words[:n])) <= wide]
    at = max(fitting, default=0)
    first, rest = " ".join(words[:at]), " ".join(words[at:])
    room = wide - metrics.horizontalAdvance(kept)
    return first, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room) + kept


def _in_places(entries: Sequence[LegendEntry], before: Sequence[LegendEntry]) -> list[LegendEntry]:
    """The entries in the order that they had before, new ones at the end of their group."""
    places = {line.entry: place for place, line in enumerate(before)}
    return sorted(entries, key=lambda line: (GROUPS.index(line.group), places.get(line.entry, len(places))))


class Texts:
    """Words in one type, laid out once."""

    def __init__(self, font: QFont) -> None:
        self.font, self.metrics = font, QFontMetrics(font)
        self._known: dict[str, tuple[QStaticText, int]] = {}

    def width(self, text: str) -> int:
        """How many pixels a text takes from left to right."""
        return self._laid_out(text)[1]

    def paint(self, painter: QPainter, left: float, area: QRectF, text: str) -> None:
        """Paint a text from `left` on, halfway down an area; the painter has the type already."""
        painter.drawStaticText(QPointF(left, area.top() + (area.height() - self.metrics.height()) / 2),
                               self._laid_out(text)[0])  # fmt: skip

    def _laid_out(self, text: str) -> tuple[QStaticText, int]:
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= MOST_TEXTS:
                self._known.clear()
            made = QStaticText(text)
            made.setTextFormat(Qt.TextFormat.PlainText)
            made.prepare(QTransform(), self.font)
            known = self._known[text] = made, self.metrics.horizontalAdvance(text)
        return known


class LegendDelegate(QStyledItemDelegate):
    """Paints a line: the sample as the map draws it, the words, the count."""

    def __init__(self, tokens: Tokens, parent: QWidget) -> None:
        super().__init__(parent)
        self.tokens = tokens
        self._texts: Texts | None = None
        self._swatches: dict[Hashable, QPixmap] = {}
        self.width = 0
        """Of the list, in pixels."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the list, and as high as a line needs."""
        model = index.model()
        return QSize(80, self.height(model.lines[index.row()] if isinstance(model, LegendModel) else "", option.font))

    def height(self, line: Line, font: QFont) -> int:
        """One line of type and a little air, or two where the words do not fit into one."""
        texts = self._texts_in(font)
        high = max(20, texts.metrics.height() + 4)
        return high + texts.metrics.height() if self._takes_two(line, texts) else high

    def _texts_in(self, font: QFont) -> Texts:
        if self._texts is None or self._texts.font != font:
            self._texts = Texts(QFont(font))
        return self._texts

    def _takes_two(self, line: Line, texts: Texts) -> bool:
        """Whether an entry needs a second line."""
        if isinstance(line, str):
            return False
        said, kept, count = _parts(line)
        return texts.width(said + kept) > self.width - BESIDE - texts.width(count)

    def paint_line(self, painter: QPainter, area: QRectF, line: Line, font: QFont, lit: bool) -> None:
        """Paint a heading or an entry; `lit`: below the pointer, or chosen."""
        if isinstance(line, str):
            small = QFont(font)
            small.setPointSizeF(small.pointSizeF() * 0.88)
            small.setBold(True)
            painter.setFont(small)
            painter.setPen(self.tokens.colour("text_muted"))
            painter.drawText(area.adjusted(4, 2, -4, 0), Qt.AlignmentFlag.AlignVCenter, line)
            return
        if lit:
            painter.fillRect(area, self.tokens.colour("hover"))
        swatch = self._swatch(line, painter.device().devicePixelRatioF())
        painter.drawPixmap(QPointF(area.left() + 4 - AROUND, int(area.center().y()) - 8 - AROUND), swatch)
        texts = self._texts_in(font)
        painter.setFont(texts.font)
        said, kept, count = _parts(line)
        painter.setPen(self.tokens.colour("text_muted"))
        texts.paint(painter, area.right() - 6 - texts.width(count), area, count)
        painter.setPen(self.tokens.colour("text"))
        room = area.adjusted(4 + SWATCH, 0, -12 - texts.width(count), 0)
        if not self._takes_two(line, texts):
            texts.paint(painter, room.left(), room, said + kept)
            return
        first, second = _broken(said, kept, texts.metrics, int(room.width()))
        half = room.height() / 2
        texts.paint(painter, room.left(), room.adjusted(0, 1, 0, -half), first)
        texts.paint(painter, room.left(), room.adjusted(0, half, 0, -1), second)

    def _swatch(self, line: LegendEntry, ratio: float) -> QPixmap:
        """The sample of a line, painted once for a theme and a screen."""
        key = line.entry, self.tokens.theme, ratio
        if key not in self._swatches:
            sample = QRectF(AROUND, AROUND, 26, 16)
            size = sample.size() + QSizeF(2 * AROUND, 2 * AROUND)
            pixmap = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_swatch(painter, sample, line, self.tokens)
            painter.end()
            self._swatches[key] = pixmap
        return self._swatches[key]


class LegendView(QListView):
    """The list of the legend, as high as its lines.

    Qt would lay it out and paint all of it anew for each number that changes, and ask its model ten times for a line.
    """

    def __init__(self, model: LegendModel, delegate: LegendDelegate, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines, self._painted_by = model, delegate
        self.setModel(model)
        self.setItemDelegate(delegate)

    def heights(self) -> list[int]:
        """Those of the lines."""
        font = self.font()
        return [self._painted_by.height(line, font) for line in self._lines.lines]

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Paint again what changed; whoever changes lines tells when their heights do."""
        self.viewport().update(self.visualRect(first).united(self.visualRect(last)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines of which something is to be seen anew."""
        viewport, font = self.viewport(), self.font()
        pointed = viewport.mapFromGlobal(QCursor.pos()) if viewport.underMouse() else QPoint(-1, -1)
        chosen = {index.row() for index in self.selectedIndexes()}
        painter, region, wide = QPainter(viewport), event.region(), viewport.width()
        for row, (top, bottom) in enumerate(pairwise(accumulate(self.heights(), initial=-self.verticalOffset()))):
            place = QRect(0, top, wide, bottom - top)
            if region.intersects(place):
                lit = row in chosen or place.contains(pointed)
                self._painted_by.paint_line(painter, QRectF(place), self._lines.lines[row], font, lit)
        painter.end()


class LayersPanel(QWidget):
    """The legend of what the map drew, and below it check boxes for the layers."""

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self._told: tuple[LegendEntry, ...] = ()
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
        self.model, self.delegate = LegendModel(self), LegendDelegate(tokens, self)
        self.legend = LegendView(self.model, self.delegate, self)
        self._place()
        stop = session.watch(("layers", "labels", "play", "raster"), self._changed)
        self.destroyed.connect(stop)
        self.release = stop
        self._show(session.state)

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
        self.delegate.tokens = tokens
        self.legend.viewport().update()

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
        self.delegate.width = self.legend.viewport().width()
        high = self.legend.heights()
        if high != self._high:
            self._high = high
            self.legend.scheduleDelayedItemsLayout()
            self.legend.setFixedHeight(sum(high) + 6)

    def showEvent(self, event: QShowEvent) -> None:
        """Sizes of type are known now."""
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words may need fewer lines, or more."""
        super().resizeEvent(event)
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
