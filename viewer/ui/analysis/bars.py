"""Groups as bars in a list: painted the same way on screen and on a picture; each is a filter that can be ticked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QKeySequence, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from viewer.domain.frozen import dataclass
from viewer.draw.tokens import Tokens
from viewer.session.analysis import Breakdown, Cell, Group
from viewer.session.analysis_words import cell_tip
from viewer.ui.text import isolated, plain_tip

PAD, BOX, GAP = 8.0, 13.0, 8.0
ROW_EXTRA = 8
NAME_SHARE = 0.42
"""Of the width: names that are longer are cut, and told in full by pointing."""
LEAST_BAR = 40.0
PATCH = 16.0
Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: shares of the longest bar that are sure, reached and at most reached; open: it may be still more."""

    group: Group
    cell: Cell
    sure: float
    reached: float
    most: float
    open: bool
    number: str
    tallies: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts of all lines stand, from the left: the name, the bar, the number, the tallies. In pixels."""

    name: float
    bar: float
    bar_end: float
    number_end: float
    tallies_end: float


def bars_of(found: Breakdown) -> tuple[Bar, ...]:
    """The bars of a breakdown, all against the longest."""
    longest = max((cell.most for _, cell in found.groups), default=0.0) or 1.0
    some = any(cell.tallies for _, cell in found.groups) and found.whole.total is None
    return tuple(
        Bar(group, cell, cell.certain / longest, cell.amount / longest, cell.most / longest,
            cell.total is not None and cell.total.figure.at_least, str(cell),
            (f"{cell.tallies:,}" if cell.tallies else "\u2013") if some else "")
        for group, cell in found.groups
    )  # fmt: skip


def row_height(font: QFont) -> int:
    """How high a line is."""
    return round(QFontMetricsF(font).height()) + ROW_EXTRA


def columns_of(bars: Sequence[Bar], head: tuple[str, str], font: QFont, width: float) -> Columns:
    """The columns for some bars at a width, numbers as wide as the widest of them or their head."""
    metrics = QFontMetricsF(font)

    def widest(texts: list[str]) -> float:
        return max((math.ceil(metrics.horizontalAdvance(text)) for text in texts), default=0)

    begin = PAD + BOX + GAP
    tallies = widest([head[1], *(bar.tallies for bar in bars)]) + GAP if any(bar.tallies for bar in bars) else 0.0
    number = widest([head[0], *(bar.number for bar in bars)])
    right = width - PAD
    number_end = right - tallies
    bar_end = number_end - number - 2 * GAP
    name = min(widest([bar.group.name for bar in bars]), width * NAME_SHARE, max(40.0, bar_end - begin - LEAST_BAR))
    return Columns(begin, begin + name + GAP, bar_end, number_end, right)


def paint_head(
    painter: QPainter, area: QRectF, columns: Columns, head: tuple[str, str], tokens: Tokens, signs: tuple[str, str]
) -> None:
    """The names of the columns of numbers, and before them what full and striped bars stand for."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = columns.number_end - QFontMetricsF(painter.font(), painter.device()).horizontalAdvance(head[0]) - GAP
    paint_signs(painter, QRectF(area.left() + PAD, area.top(), room - PAD, area.height()), signs, tokens)
    painter.setPen(tokens.colour("text_muted"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    left = area.left()
    painter.drawText(QRectF(left, area.top(), columns.number_end, area.height()), right, head[0])
    if columns.tallies_end > columns.number_end:
        painter.drawText(QRectF(left, area.top(), columns.tallies_end, area.height()), right, head[1])
    painter.setPen(QPen(tokens.colour("edge"), 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())


def paint_signs(painter: QPainter, area: QRectF, signs: tuple[str, str], tokens: Tokens) -> None:
    """A full and a striped patch with their words, as far as there is room; '' leaves one out."""
    metrics = QFontMetricsF(painter.font(), painter.device())
    colour, x = tokens.colour("accent"), area.left()
    for number, sign in enumerate(signs):
        wide = PATCH + 5 + metrics.horizontalAdvance(sign)
        if not sign or x + wide > area.right() + 1:
            continue
        patch = QRectF(x, area.center().y() - 4, PATCH, 8)
        if number:
            paint_stripes(painter, patch, colour)
        else:
            painter.fillRect(patch, colour)
        painter.setPen(tokens.colour("text_muted"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(x + PATCH + 5, area.top(), wide, area.height()), left, sign)
        x += wide + 2 * GAP


def signs_of(found: Breakdown) -> tuple[str, str]:
    """What full and striped bars of a breakdown stand for; '' where there are none."""
    if found.whole.total is not None:
        return "at least", "at most" if any(cell.most > cell.amount for _, cell in found.groups) else ""
    if found.by == "period":
        sure = f"surely in that {found.unit}"
    else:
        sure = "surely in these days" if found.question.time is not None else "records"
    return sure, "possibly" if any(cell.sure < cell.records for _, cell in found.groups) else ""


def paint_bar(
    painter: QPainter, area: QRectF, bar: Bar, columns: Columns, tokens: Tokens, boxes: bool = True
) -> None:
    """One line: a box that is ticked when the filters name it, the name, the bar, the numbers.

    boxes: False where nobody can tick them; then those that are ticked are still seen.
    """
    metrics = QFontMetricsF(painter.font(), painter.device())
    left, middle = area.left(), area.center().y()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if boxes or bar.group.asked:
        _paint_box(painter, QRectF(left + PAD, middle - BOX / 2, BOX, BOX), bar.group, tokens)
    painter.setPen(tokens.colour("text" if bar.group.inside else "text_muted"))
    room = columns.bar - GAP - columns.name
    text = metrics.elidedText(bar.group.name, Qt.TextElideMode.ElideRight, room + 1)
    straight = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(left + columns.name, area.top(), room + 2, area.height()), straight, text)
    high = max(6.0, area.height() - 10.0)
    room_for_bar = QRectF(left + columns.bar, middle - high / 2, columns.bar_end - columns.bar, high)
    _paint_length(painter, room_for_bar, bar, tokens)
    painter.setPen(tokens.colour("text" if bar.group.inside else "text_muted"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(left, area.top(), columns.number_end, area.height()), right, bar.number)
    if bar.tallies:
        painter.setPen(tokens.colour("text_muted"))
        painter.drawText(QRectF(left, area.top(), columns.tallies_end, area.height()), right, bar.tallies)


def _paint_box(painter: QPainter, box: QRectF, group: Group, tokens: Tokens) -> None:
    painter.setPen(QPen(tokens.colour("accent" if group.asked else "text_muted", 1.0 if group.asked else 0.7), 1.2))
    painter.setBrush(tokens.colour("accent") if group.asked else tokens.colour("field"))
    painter.drawRoundedRect(box, 2.5, 2.5)
    if group.asked:
        pen = QPen(tokens.colour("accent_text"), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        at = [(0.22, 0.52), (0.42, 0.72), (0.78, 0.28)]
        painter.drawPolyline(QPolygonF([box.topLeft() + QPointF(x * BOX, y * BOX) for x, y in at]))


def _paint_length(painter: QPainter, room: QRectF, bar: Bar, tokens: Tokens) -> None:
    """Full what is sure, striped what is only possible or at most, an arrow where nobody knows an end."""
    colour = tokens.colour("accent") if bar.group.inside else tokens.colour("text_muted")

    def span(begin: float, end: float) -> QRectF:
        return QRectF(room.left() + begin * room.width(), room.top(), (end - begin) * room.width(), room.height())

    if bar.most > bar.sure:
        paint_stripes(painter, span(bar.sure, bar.most), colour)
    if bar.sure > 0:
        full = span(0, bar.sure)
        full.setWidth(max(full.width(), 1.5))
        painter.setPen(QPen(colour, 1) if not bar.group.inside else Qt.PenStyle.NoPen)
        painter.setBrush(colour if bar.group.inside else QBrush(with_pale(colour)))
        painter.drawRect(full)
    if bar.reached < bar.most:
        x = room.left() + bar.reached * room.width()
        painter.setPen(QPen(colour, 1.6))
        painter.drawLine(QPointF(x, room.top() - 1), QPointF(x, room.bottom() + 1))
    if bar.open:
        tip = min(room.left() + bar.most * room.width() + 3, room.right() + 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        middle = room.center().y()
        head = [QPointF(tip, middle - 3.5), QPointF(tip + 4.5, middle), QPointF(tip, middle + 3.5)]
        painter.drawPolygon(QPolygonF(head))


def with_pale(colour: QColor) -> QColor:
    """A tint that is told from the full colour by its outline, not by its hue."""
    pale = QColor(colour)
    pale.setAlphaF(0.14)
    return pale


def paint_stripes(painter: QPainter, area: QRectF, colour: QColor) -> None:
    """Slanting stripes within an outline: what is possible and not sure."""
    painter.save()
    painter.setPen(QPen(colour, 1))
    painter.setBrush(with_pale(colour))
    painter.drawRect(area)
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(colour, 1.1))
    x = area.left() - area.height()
    while x < area.right():
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x + area.height(), area.top()))
        x += 5.0
    painter.restore()


class BarsModel(QAbstractListModel):
    """The bars of a breakdown as lines with boxes."""

    ticked = Signal(int)
    """The number of a line whose box was changed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.found: Breakdown | None = None
        self.bars: tuple[Bar, ...] = ()

    def show(self, found: Breakdown | None) -> None:
        """Show another breakdown."""
        self.beginResetModel()
        self.found = found
        self.bars = bars_of(found) if found is not None else ()
        self.endResetModel()

    @property
    def head(self) -> tuple[str, str]:
        """What the columns of numbers are called."""
        return (self.found.measure if self.found is not None else ""), "tallies"

    def rowCount(self, parent: Index | None = None) -> int:
        """A line for each bar."""
        return 0 if parent is not None and parent.isValid() else len(self.bars)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Each has a box."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What is painted, read out and told of a line."""
        if not index.isValid() or index.row() >= len(self.bars) or self.found is None:
            return None
        bar = self.bars[index.row()]
        if role == ROW:
            return bar
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{isolated(bar.group.name)}: {bar.number} {self.found.measure}"
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if bar.group.asked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(f"{isolated(bar.group.name)}: {cell_tip(bar.group, bar.cell, self.found)}")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A box that is changed asks for another filter, from which all follows."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self.ticked.emit(index.row())
        return True


class BarDelegate(QStyledItemDelegate):
    """Paints a line of the list as a bar."""

    def __init__(self, view: BarsView, tokens: Tokens) -> None:
        super().__init__(view)
        self._view, self.tokens = view, tokens

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The bar, and behind it what the hand is on."""
        bar, area = index.data(ROW), QRectF(option.rect)
        if bar is None:
            return
        painter.save()
        state = option.state
        if state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, self.tokens.colour("hover"))
        painter.setFont(self._view.font())
        paint_bar(painter, area, bar, self._view.columns, self.tokens)
        if self._view.hasFocus() and index == self._view.currentIndex():
            painter.setPen(QPen(self.tokens.colour("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 3, 3)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as a line of type and some air."""
        return QSize(100, row_height(self._view.font()))

    def editorEvent(self, event: QEvent, model: Any, option: Any, index: Any) -> bool:
        """The whole line is the box."""
        return False


class Heading(QWidget):
    """The names of the columns, above a list of bars."""

    def __init__(self, view: BarsView) -> None:
        super().__init__(view.parentWidget())
        self._view = view
        self.setFixedHeight(row_height(view.font()) - 2)

    def paintEvent(self, event: Any) -> None:
        """Aligned with the list."""
        painter = QPainter(self)
        painter.setFont(self._view.font())
        area = QRectF(0, 0, self.width(), self.height() - 0.5)
        if (found := self._view.bars.found) is not None:
            signs = signs_of(found)
            paint_head(painter, area, self._view.columns, self._view.bars.head, self._view.tokens, signs)
        painter.end()


class BarsView(QListView):
    """The list: a click anywhere on a line, or Enter on it, ticks its box; Ctrl+C copies all as a table."""

    copied = Signal()

    def __init__(self, tokens: Tokens, parent: QWidget) -> None:
        super().__init__(parent)
        self.tokens = tokens
        self._columns: tuple[Any, Columns] | None = None
        self.bars = BarsModel(self)
        self.setModel(self.bars)
        self._delegate = BarDelegate(self, tokens)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else the columns would jump
        self.viewport().setAutoFillBackground(False)
        self.setProperty("copies", True)
        self.setAccessibleName("Bars: Enter on one adds it to the filters or takes it out")
        self.heading = Heading(self)
        self.clicked.connect(lambda index: self.bars.ticked.emit(index.row()))

    @property
    def columns(self) -> Columns:
        """Where the parts of the lines stand now."""
        asked = (self.bars.bars, self.viewport().width(), self.font().toString())
        if self._columns is None or self._columns[0] != asked:
            columns = columns_of(self.bars.bars, self.bars.head, self.font(), self.viewport().width())
            self._columns = asked, columns
        return self._columns[1]

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self.tokens = self._delegate.tokens = tokens
        self.viewport().update()
        self.heading.update()

    def show_found(self, found: Breakdown | None) -> None:
        """Show another breakdown; the line that had the keyboard keeps it, wherever it stands now."""
        before = self.currentIndex().data(ROW)
        top = self.verticalScrollBar().value()
        self.bars.show(found)
        keys = [bar.group.key for bar in self.bars.bars]
        if before is not None and before.group.key in keys:
            self.setCurrentIndex(self.bars.index(keys.index(before.group.key)))
        self.verticalScrollBar().setValue(top)
        self.heading.update()

    def keyPressEvent(self, event: Any) -> None:
        """Ctrl+C copies the table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
            return
        super().keyPressEvent(event)
