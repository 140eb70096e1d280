"""What lies upon the map of a presenter for a moment: a spot, a sentence, the keys, the bar of time."""

from __future__ import annotations

import html
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from viewer.domain.dates import Day, date_of, day_of, day_words
from viewer.draw.frame import paint_card
from viewer.draw.set_text import set_text, sized
from viewer.draw.tokens import Tokens
from viewer.session.presenting import PRESENTER
from viewer.ui.text import PlainLabel

TOLD_MS = 5_000
SPOT = 17.0
"""Radius in units of the page."""
PADDING = 22
"""Pixels left and right of a sentence, as its style has it and a little more."""
BAR, BESIDE = 56.0, 8.0
"""Height of the bar of time and how far it keeps from cards, in units."""
LEAST_BAR = 300.0
"""Where there is less room between the cards at the foot, the bar lies on them, from edge to edge."""
PER_TICK = 84.0
"""Units that a month, or what is told instead, takes of the bar at least."""


class Spot(QWidget):
    """A large spot where the mouse is, which a whole room sees."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._colour = QColor()
        self.hide()

    def fit(self, enlarged: float, colour: QColor) -> None:
        """As large as the page, in a colour."""
        self._colour = colour
        side = round((SPOT + 3) * 2 * enlarged)
        self.resize(side, side)

    def put(self, at: QPointF) -> None:
        """Stand at a point of the presenter."""
        self.move(round(at.x() - self.width() / 2), round(at.y() - self.height() / 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A disc that lets the map shine through, in a rim that is seen on any ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QColor(self._colour)
        inside.setAlphaF(0.4)
        room = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
        painter.setPen(QPen(Qt.GlobalColor.white, 4))
        painter.drawEllipse(room)
        painter.setPen(QPen(self._colour, 2.5))
        painter.setBrush(inside)
        painter.drawEllipse(room)


class Told(PlainLabel):
    """One sentence at the foot, for some seconds."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self._room = parent
        self.setObjectName("presenterTold")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, milliseconds: int = TOLD_MS) -> None:
        """Show a sentence."""
        self.setText(text)
        self.place()
        self.show()
        self.raise_()
        self._timer.start(milliseconds)

    def place(self) -> None:
        """In the middle of the foot of the presenter."""
        room = self._room.rect()
        self.ensurePolished()
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 2 * PADDING
        self.setFixedWidth(min(wide, round(room.width() * 0.7)))
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.move((room.width() - self.width()) // 2, room.height() - self.height() - round(room.height() * 0.07))


class KeysPanel(QFrame):
    """The table of keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setObjectName("presenterPanel")
        column = QVBoxLayout(self)
        column.setContentsMargins(26, 20, 26, 20)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(3)
        for number, row in enumerate(PRESENTER):
            keys = QLabel("<b>" + html.escape("   ".join(row.keys)) + "</b>", self)
            grid.addWidget(keys, number, 0)
            grid.addWidget(PlainLabel(row.title, self), number, 1)
        column.addLayout(grid)
        self.hide()

    def fit(self, enlarged: float) -> None:
        """As large as the page, and in its middle."""
        font = self.font()
        font.setPixelSize(round(15 * enlarged))
        for label in self.findChildren(QLabel):
            label.setFont(font)
        if (layout := self.layout()) is not None:
            layout.activate()
        self.resize(self.sizeHint())
        room = self._room.rect()
        self.move((room.width() - self.width()) // 2, (room.height() - self.height()) // 2)


class TimeBar(QWidget):
    """A wide bar of time at the foot: a hand draws its knob, keys step it."""

    asked = Signal(int)
    """The day that a hand asks for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.days: tuple[Day, Day] = (0, 1)
        self._cursor: Day = 0
        self._enlarged = 1.0
        self._tokens: Tokens | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Bar of time")
        self.hide()

    def fit(self, enlarged: float, tokens: Tokens, cards: Mapping[str, QRectF]) -> None:
        """As large as the page; cards: those on it by name, in pixels, which are left to be seen."""
        self._enlarged, self._tokens = enlarged, tokens
        place = room_at_foot(QRectF(self._room.rect()), cards, enlarged)
        if self.geometry() != place.toAlignedRect():
            self.setGeometry(place.toAlignedRect())

    def stand(self, day: Day) -> None:
        """Show a day."""
        self._cursor = day
        self.update()

    @property
    def _line(self) -> QRectF:
        wide = self.width() / self._enlarged
        return QRectF(30, 25, max(wide - 60, 1), 6)

    def _x_of(self, day: Day) -> float:
        first, last = self.days
        share = (min(max(day, first), last) - first) / max(last - first, 1)
        return self._line.left() + share * self._line.width()

    def day_at(self, x: float) -> Day:
        """The day below a pixel of the widget."""
        first, last = self.days
        share = (x / self._enlarged - self._line.left()) / self._line.width()
        return first + round(min(max(share, 0.0), 1.0) * (last - first))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self.asked.emit(self.day_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.asked.emit(self.day_at(event.position().x()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line with its months or years, and the knob with its day."""
        if self._tokens is None:
            return
        tokens, painter, line = self._tokens, QPainter(self), self._line
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(self._enlarged, self._enlarged)
        paint_card(painter, QRectF(0.5, 0.5, self.width() / self._enlarged - 1, BAR - 1), tokens)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("card_edge"))
        painter.drawRoundedRect(line, 3, 3)
        x = self._x_of(self._cursor)
        painter.setBrush(tokens.colour("accent"))
        painter.drawRoundedRect(QRectF(line.left(), line.top(), x - line.left(), line.height()), 3, 3)
        small = sized(tokens, "card", 12), sized(tokens, "card", 12, arabic=True)
        for day, words in ticks(self.days, int(line.width() / PER_TICK)):
            at = self._x_of(day)
            painter.fillRect(QRectF(at - 0.5, line.bottom() + 2, 1, 5), tokens.colour("muted"))
            block = set_text(words, small, 200, 1)
            block.paint(painter, at - block.width / 2, line.bottom() + 7, tokens.colour("muted"))
        painter.setPen(QPen(tokens.colour("card"), 2))
        painter.setBrush(tokens.colour("accent"))
        painter.drawEllipse(QPointF(x, line.center().y()), 9, 9)
        large = sized(tokens, "card", 13, bold=True), sized(tokens, "card", 13, bold=True, arabic=True)
        block = set_text(day_words(self._cursor), large, 300, 1)
        left = min(max(x - block.width / 2, 8), self.width() / self._enlarged - block.width - 8)
        block.paint(painter, left, 0, tokens.colour("ink"))


def room_at_foot(page: QRectF, cards: Mapping[str, QRectF], enlarged: float) -> QRectF:
    """The widest room of the height of a bar between the cards at the foot of a page, above the line of sources."""
    sources, beside, high = cards.get("sources", QRectF()), BESIDE * enlarged, BAR * enlarged
    foot = (page.bottom() if sources.isEmpty() else sources.top()) - beside
    band = QRectF(page.left(), foot - high, page.width(), high)
    low = [card for name, card in cards.items() if name != "sources" and card.bottom() > band.top()]
    ends = sorted((card.left() - beside, card.right() + beside) for card in low)
    left, widest = page.left() + beside, (0.0, 0.0)
    for begin, end in [*ends, (page.right() - beside, page.right())]:
        widest = max(widest, (begin - left, left))
        left = max(left, end)
    wide, left = widest
    if wide < LEAST_BAR * enlarged:
        return QRectF(page.left(), page.bottom() - high, page.width(), high)
    return QRectF(left, band.top(), wide, high)


def ticks(days: tuple[Day, Day], most: int = 14) -> list[tuple[Day, str]]:
    """Beginnings of months, quarters or years within some days, with their words, about so many at most."""
    first, last = date_of(days[0]), date_of(days[1])
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60, 120) if months / step <= max(most, 1)), 240)
    found = []
    for count in range(first.year * 12, last.year * 12 + 12):
        if count % step:
            continue
        day = day_of(first.replace(year=count // 12, month=count % 12 + 1, day=1))
        if days[0] <= day <= days[1]:
            found.append((day, str(count // 12) if step >= 12 else day_words(day).split(" ", 1)[1]))
    return found
