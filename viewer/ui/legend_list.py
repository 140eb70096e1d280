"""The legend as a list: its lines, what they need, and what of them is painted anew when numbers change."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import accumulate

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
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QStaticText,
    QTransform,
)
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from viewer.domain.frozen import dataclass
from viewer.draw.legend import LegendEntry, paint_swatch
from viewer.draw.tokens import Tokens
from viewer.ui.text import plain_tip

SWATCH = 30
AT_NUMBER = 9
"""Pixels from the number to the right edge, with a little air before it."""
AT_WORDS = 12
"""Pixels that words leave free at the right edge, beside the number."""
AROUND = 4
"""Pixels that a sample may reach beyond its place."""
MOST_TEXTS = 2_000
"""So many words are kept as Qt lays them out, which takes longer than to paint them."""
MOST_LINES = 200
"""So many lines without their numbers are kept as they are painted."""
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
        changed = [row for row, line in enumerate(lines) if line != before[row]]
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

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
        said = f"{line.text}: {line.detail or line.count}" if line.number else line.text
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


def parts_of(line: LegendEntry) -> tuple[str, str, str]:
    """The words of a line, which may be cut; the letters of its actor on the map; the number: how many or how large."""
    if line.group == "Change":
        words, _, size = line.text.partition(": ")
        return words, "", size
    letters = f" ({line.entry.style})" if line.group == "Actors" and line.entry.style else ""
    return line.text, letters, line.number if line.group != "Map" else ""


def broken(said: str, kept: str, metrics: QFontMetrics, wide: int) -> tuple[str, str]:
    """The words of an entry in two lines, as many of them in the first as fit; what is still too long is cut."""
    words = said.split(" ")
    fitting = [n for n in range(1, len(words)) if metrics.horizontalAdvance(" ".join(words[:n])) <= wide]
    at = max(fitting, default=0)
    first, rest = " ".join(words[:at]), " ".join(words[at:])
    room = wide - metrics.horizontalAdvance(kept)
    return first, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room) + kept


class Texts:
    """Words in one type, laid out once."""

    def __init__(self, font: QFont) -> None:
        self.font, self.metrics = font, QFontMetrics(font)
        self.small = QFont(font)
        self.small.setPointSizeF(font.pointSizeF() * 0.88)
        self.small.setBold(True)
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


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a line needs in a list of some width: its height, and as an entry how wide its number is in pixels.

    words: with the letters of its actor; two: whether they take two lines; reach: where sample and words end.
    """

    line: Line
    high: int
    words: str = ""
    number: str = ""
    wide: int = 0
    two: bool = False
    reach: int = 0


class LegendDelegate(QStyledItemDelegate):
    """Tells Qt how large the lines are, which the list itself paints."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the list, and as high as a line needs."""
        view = self.parent()
        return QSize(80, view.heights()[index.row()] if isinstance(view, LegendView) else 0)


class LegendView(QListView):
    """The list of the legend, as high as its lines.

    Qt would lay it out and paint all of it anew for each number that changes, and ask its model ten times for a line.
    """

    widened = Signal()
    """It has another width: lines may need other heights."""

    def __init__(self, model: LegendModel, tokens: Tokens, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines, self._tokens = model, tokens
        self._texts = Texts(QFont(self.font()))
        self._swatches: dict[Hashable, QPixmap] = {}
        self._worded_lines: dict[Hashable, QPixmap] = {}
        self._ground = QColor()
        """On which lines are painted."""
        self._looks: list[Look] = []
        self._tops: list[int] = [0]
        """Where lines begin, and where the last one ends."""
        self._laid_out: tuple[Line, ...] = ()
        """Whose looks these are."""
        self._laid_out_for = 0
        """In which width."""
        self.setModel(model)
        self.setItemDelegate(LegendDelegate(self))

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self._tokens = tokens
        self._worded_lines.clear()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell of another width; a bar to scroll with may have come beside it."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.widened.emit()

    # what lines need

    def heights(self) -> list[int]:
        """Those of the lines, in pixels."""
        self._lay_out()
        return [look.high for look in self._looks]

    def _lay_out(self) -> None:
        """Know what every line needs; what is the same as before keeps what it had."""
        wide, font, lines = self.viewport().width(), self.font(), self._lines.lines
        kept = self._looks if (wide, font) == (self._laid_out_for, self._texts.font) else []
        if kept and lines is self._laid_out:
            return
        if self._texts.font != font:
            self._texts = Texts(QFont(font))
            self._worded_lines.clear()
        self._laid_out_for, self._laid_out = wide, lines
        befores = kept if len(kept) == len(lines) else [None] * len(lines)
        self._looks = [self._look(line, before) for line, before in zip(lines, befores, strict=True)]
        self._tops = list(accumulate((look.high for look in self._looks), initial=0))

    def _look(self, line: Line, before: Look | None) -> Look:
        """One line of type and a little air, or two where the words do not fit into one."""
        if before is not None and before.line == line:
            return before
        metrics = self._texts.metrics
        high = max(20, metrics.height() + 4)
        if isinstance(line, str):
            return Look(line, high)
        said, kept, number = parts_of(line)
        wide = metrics.horizontalAdvance(number) if number else 0
        reach, most = 4 + SWATCH + self._texts.width(said + kept), self._laid_out_for - AT_WORDS - wide
        two = reach > most
        return Look(line, high + metrics.height() * two, said + kept, number, wide, two, min(reach, most))

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Paint again what changed, of most lines the number; whoever changes lines tells when their heights do."""
        befores = self._looks
        self._lay_out()
        if len(befores) != len(self._looks):
            self.viewport().update()
            return
        changed = QRect()  # one, as Qt takes longer within a region of many than to paint all of them
        for row in range(first.row(), last.row() + 1):
            before, now = befores[row], self._looks[row]
            if before is not now:
                wide = max(before.wide, now.wide)
                changed |= self._number_of(row, wide) if _alike(before, now) else self._place(row)
        self.viewport().update(changed)

    def _place(self, row: int) -> QRect:
        """Where a line stands in the viewport."""
        top = self._tops[row] - self.verticalOffset()
        return QRect(0, top, self.viewport().width(), self._looks[row].high)

    def _number_of(self, row: int, wide: int) -> QRect:
        """Where the number of a line stands that takes so many pixels."""
        place = self._place(row)
        place.setLeft(place.right() - AT_NUMBER - wide)
        return place

    # how they are painted

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines of which something is to be seen anew."""
        self._lay_out()
        viewport, region = self.viewport(), event.region()
        pointed = viewport.mapFromGlobal(QCursor.pos()) if viewport.underMouse() else QPoint(-1, -1)
        chosen = {index.row() for index in self.selectedIndexes()}
        painter, hover, ratio = QPainter(viewport), self._tokens.colour("hover"), viewport.devicePixelRatioF()
        whole, ground = ratio.is_integer(), viewport.palette().color(viewport.backgroundRole())
        if ground != self._ground:
            self._ground = ground
            self._worded_lines.clear()
        text, muted = self._tokens.colour("text"), self._tokens.colour("text_muted")
        for row, look in enumerate(self._looks):
            place = self._place(row)
            if not region.intersects(place):
                continue
            if isinstance(look.line, str):
                painter.setPen(muted)
                self.paint_heading(painter, QRectF(place), look.line)
                continue
            lit = row in chosen or place.contains(pointed)
            if lit:
                painter.fillRect(place, hover)
            painter.setFont(self._texts.font)
            painter.setPen(muted)
            self.paint_number(painter, place, look)
            place.setWidth(look.reach)
            if not region.intersects(place):
                continue
            if whole and not lit:
                painter.drawPixmap(place.topLeft(), self._worded(look, int(ratio)))
            else:
                painter.setPen(text)
                self.paint_words(painter, QRectF(place), look)
        painter.end()

    def _worded(self, look: Look, ratio: int) -> QPixmap:
        """What a line shows but its number, as it is painted where nothing points at it."""
        key = _entry(look), look.reach, look.two, ratio
        known = self._worded_lines.get(key)
        if known is None:
            if len(self._worded_lines) >= MOST_LINES:
                self._worded_lines.clear()
            known = self._worded_lines[key] = QPixmap(max(1, look.reach) * ratio, look.high * ratio)
            known.setDevicePixelRatio(ratio)
            known.fill(self._ground)  # letters have no coloured edges on what is transparent
            painter = QPainter(known)
            painter.setFont(self._texts.font)
            painter.setPen(self._tokens.colour("text"))
            self.paint_words(painter, QRectF(0, 0, look.reach, look.high), look)
            painter.end()
        return known

    def paint_heading(self, painter: QPainter, area: QRectF, heading: str) -> None:
        """Paint a heading."""
        painter.setFont(self._texts.small)
        painter.drawText(area.adjusted(4, 2, -4, 0), Qt.AlignmentFlag.AlignVCenter, heading)

    def paint_number(self, painter: QPainter, place: QRect, look: Look) -> None:
        """Paint how many, or how large, at the right end of a line."""
        if look.number:
            metrics = self._texts.metrics
            top = place.top() + (place.height() - metrics.height()) / 2 + metrics.ascent()
            painter.drawText(QPointF(place.right() + 1 - 6 - look.wide, top), look.number)

    def paint_words(self, painter: QPainter, area: QRectF, look: Look) -> None:
        """Paint the sample and the words of an entry, which end where the area does."""
        if isinstance(look.line, str):
            return
        swatch = self._swatch(look.line, painter.device().devicePixelRatioF())
        painter.drawPixmap(QPointF(area.left() + 4 - AROUND, int(area.center().y()) - 8 - AROUND), swatch)
        texts, room = self._texts, area.adjusted(4 + SWATCH, 0, 0, 0)
        if not look.two:
            texts.paint(painter, room.left(), room, look.words)
            return
        said, kept, _ = parts_of(look.line)
        first, second = broken(said, kept, texts.metrics, int(room.width()))
        half = room.height() / 2
        texts.paint(painter, room.left(), room.adjusted(0, 1, 0, -half), first)
        texts.paint(painter, room.left(), room.adjusted(0, half, 0, -1), second)

    def _swatch(self, line: LegendEntry, ratio: float) -> QPixmap:
        """The sample of a line, painted once for a theme and a screen."""
        key = line.entry, self._tokens.theme, ratio
        if key not in self._swatches:
            sample = QRectF(AROUND, AROUND, 26, 16)
            size = sample.size() + QSizeF(2 * AROUND, 2 * AROUND)
            pixmap = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_swatch(painter, sample, line, self._tokens)
            painter.end()
            self._swatches[key] = pixmap
        return self._swatches[key]


def _alike(one: Look, other: Look) -> bool:
    """Whether two looks of a line differ in their numbers alone, beside which its words stand as they did."""
    return one.words == other.words and not (one.two or other.two) and _entry(one) == _entry(other)


def _entry(look: Look) -> object:
    return look.line if isinstance(look.line, str) else look.line.entry
