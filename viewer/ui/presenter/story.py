"""The card of a record over the map of a presenter, large enough for a room; contradictions come first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QMouseEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from viewer.domain.dates import words
from viewer.draw.tokens import Tokens
from viewer.session.card import Card, Row, Section
from viewer.session.cards import card_of
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet
from viewer.ui.card_writer import LINK, CardWriter
from viewer.ui.text import SafeTextBrowser
from viewer.ui.theme import presenter_sheet_of

WIDE, HIGH = 0.4, 0.82
"""Of the presenter, at most."""
TEXT = 16.5
"""Pixels of its words in units of the page."""
FOR_THE_RECORD = ("Brought by",)
"""Sections that say nothing to a room."""
MOST_LISTED = 40


def story_of(data: DataSet, state: State) -> Card | None:
    """What a card says of the stack that is open or else of what is selected; None for nothing."""
    if state.listed == "stack" and state.stack:
        keys = state.stack[:MOST_LISTED]
        found = {event.key: event for event in data.reader.where("event", "key", list(keys))}
        rows = tuple(
            Row(words(found[key].date), found[key].title, ref=Ref("event", key)) for key in keys if key in found
        )
        more = f"; the first {len(rows)} are listed" if len(state.stack) > len(rows) else ""
        return Card(Ref("", ""), f"{len(state.stack):,} incidents", f"choose one{more}", (Section("Here", rows),))
    card = card_of(data, state.selected, state.time.cursor) if state.selected is not None else None
    if card is None:
        return None
    told = tuple(section for section in card.sections if section.title not in FOR_THE_RECORD)
    return Card(card.ref, card.title, card.kind, told)


class Story(QFrame):
    """The card. `asked` tells which record of it somebody wants to see."""

    asked = Signal(object)
    pointed = Signal(QPoint)
    """Where on the screen the mouse is, above the card."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setObjectName("presenterPanel")
        self.view = SafeTextBrowser(self)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName("What is known of it")
        self.view.anchorClicked.connect(self._follow)
        self._links: list[Ref] = []
        self.view.viewport().setMouseTracking(True)
        self.view.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 4, 8)
        column.addWidget(self.view)
        self.hide()

    def tell(self, card: Card, tokens: Tokens, enlarged: float) -> None:
        """Show a card at the right of the presenter, in the colours of the scene below it."""
        self.setStyleSheet(presenter_sheet_of(tokens.colours))
        font = self.font()
        font.setPointSizeF(TEXT * enlarged * 72 / max(self.logicalDpiY(), 1))
        self.view.document().setDocumentMargin(8 * enlarged)
        writer = CardWriter(self.view.start(), tokens, font, self.devicePixelRatioF())
        writer.write(card)
        self._links = writer.links
        self.view.moveCursor(QTextCursor.MoveOperation.Start)
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """At the right, as high as its words and no higher than the page allows."""
        room = self._room.rect()
        wide, gap = round(room.width() * WIDE), round(room.height() * 0.035)
        self.resize(wide, round(room.height() * HIGH))
        document = self.view.document()
        document.setTextWidth(wide - 40)
        high = min(round(document.size().height()) + 22, round(room.height() * HIGH))
        self.setGeometry(room.width() - wide - gap, round(room.height() * 0.06), wide, high)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The spot of a presenter follows the mouse here too."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self.pointed.emit(event.globalPosition().toPoint())
        return False

    def turn(self, direction: int) -> None:
        """A part of a page up (-1) or down (1)."""
        bar = self.view.verticalScrollBar()
        bar.setValue(bar.value() + direction * round(self.view.viewport().height() * 0.8))

    def _follow(self, link: QUrl) -> None:
        number = link.toString().removeprefix(LINK)
        if number.isdecimal() and int(number) < len(self._links):
            self.asked.emit(self._links[int(number)])
