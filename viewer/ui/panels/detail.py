"""The detail pane: everything the data set says of the selected record, contradictions first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QPainter,
    QPen,
    QShowEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from viewer.draw.tokens import Tokens
from viewer.session.actions import BY_ID
from viewer.session.card import CONTRADICTIONS, Bar, Card, Row, Section
from viewer.session.cards import card_of, citation
from viewer.session.commands import Command, Select
from viewer.session.known import known_data
from viewer.session.playback import looked_at
from viewer.session.selectors import counters
from viewer.session.session import Session
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet
from viewer.ui.text import SafeTextBrowser, put, put_block

LABEL_WIDTH = 98.0
"""Pixels: a label that is longer stands on a line of its own."""
INDENT = 14.0
BAR_WIDTH, BAR_HEIGHT = 132, 9
SOURCES = "Sources"
REST_MS = 80
"""While time runs the pane keeps still; so long after it stopped, it follows."""
LINK = "record:"
HINT = (
    "Nothing is selected.",
    "Click a symbol on the map, or press Down to go through the records in the window, the earliest first.",
    "Ctrl+K finds places, incidents and actors by any spelling, Arabic too.",
)


class CardWriter:
    """Lays a card out in a text document: formats only, every word of the store goes in as plain text."""

    def __init__(self, cursor: QTextCursor, tokens: Tokens, font: QFont, ratio: float) -> None:
        self._cursor, self._tokens, self._font, self._ratio = cursor, tokens, font, ratio
        self.links: list[Ref] = []

    def write(self, card: Card) -> None:
        """Title, kind, and the sections in the card's order."""
        put_block(self._cursor, _block(bottom=2), card.title, self._form("text", 1.3, bold=True))
        put_block(self._cursor, _block(bottom=4), card.kind, self._form("text_muted"))
        for section in card.sections:
            self._section(section)

    def hint(self, lines: tuple[str, ...]) -> None:
        """Say what could be done instead."""
        for number, line in enumerate(lines):
            form = self._form("text", 1.1, bold=True) if number == 0 else self._form("text_muted")
            put_block(self._cursor, _block(bottom=8), line, form)

    def _section(self, section: Section) -> None:
        warned = section.title == CONTRADICTIONS
        head = _block(top=10, bottom=0 if warned else 2)
        form = self._form("warning" if warned else "text_muted", 0.88, bold=True)
        form.setFontCapitalization(QFont.Capitalization.AllUppercase)
        form.setFontLetterSpacing(108)
        if warned:
            head.setBackground(self._tokens.colour("warning", 0.14))
        put_block(self._cursor, head, section.title, form)
        for row in section.rows:
            self._row(row, warned, section.title == SOURCES)

    def _row(self, row: Row, warned: bool, source: bool) -> None:
        indent = INDENT * row.level
        small = self._form("text_muted", 0.92)
        fits = QFontMetricsF(small.font()).horizontalAdvance(row.label) <= LABEL_WIDTH - 8
        flat = warned or source
        block = _block(top=5 if source and row.level == 0 else 0 if flat else 1, bottom=0 if flat else 2)
        if fits and row.bar is None:
            self._hang(block, indent + LABEL_WIDTH)
            put_block(self._cursor, block, row.label, small)
            put(self._cursor, "\t", small)
        else:
            block.setLeftMargin(block.leftMargin() + indent)
            put_block(self._cursor, block, row.label, small)
            block.setLeftMargin(block.leftMargin() - indent + (INDENT if row.bar is None else 0))
            block.setTopMargin(0)
            put_block(self._cursor, block)
        if row.bar is not None:
            self._cursor.insertImage(self._picture(row.bar))
            put(self._cursor, "  ", small)
        self._text(row)
        if row.note:
            put(self._cursor, "\n", small)
            put(self._cursor, row.note, small)

    def _hang(self, block: QTextBlockFormat, indent: float) -> None:
        """The text of all lines begins at `indent`; the label stands before it in the first."""
        block.setLeftMargin(block.leftMargin() + indent)
        block.setTextIndent(-LABEL_WIDTH)
        block.setTabPositions([QTextOption.Tab(LABEL_WIDTH, QTextOption.TabType.LeftTab)])

    def _text(self, row: Row) -> None:
        form = self._form("text")
        if row.bar is not None and row.bar.derived:
            form.setFontItalic(True)
        if row.ref is not None:
            form = self._form("accent")
            form.setFontUnderline(True)
            form.setAnchor(True)
            form.setAnchorHref(f"{LINK}{len(self.links)}")
            self.links.append(row.ref)
        put(self._cursor, row.text, form)

    def _form(self, colour: str, size: float = 1.0, bold: bool = False) -> QTextCharFormat:
        form = QTextCharFormat()
        font = QFont(self._font)
        font.setPointSizeF(font.pointSizeF() * size)
        font.setBold(bold)
        form.setFont(font)
        form.setForeground(self._tokens.colour(colour))
        return form

    def _picture(self, bar: Bar) -> QImage:
        """The number on the scale of its whole: filled to `low`, lighter to `high`, open when it is a minimum."""
        size = (round(BAR_WIDTH * self._ratio), round(BAR_HEIGHT * self._ratio))
        image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self._ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        whole = max(bar.whole, bar.high, 1e-9)
        low, high = (BAR_WIDTH - 10) * bar.low / whole, (BAR_WIDTH - 10) * bar.high / whole
        painter.fillRect(QRectF(0, BAR_HEIGHT - 1, BAR_WIDTH - 10, 1), self._tokens.colour("edge"))
        painter.fillRect(QRectF(0, 1, high, BAR_HEIGHT - 2), self._tokens.colour("accent", 0.35))
        if bar.derived:
            pen = QPen(self._tokens.colour("accent"), 1, Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawRect(QRectF(0.5, 1.5, max(low - 1, 1), BAR_HEIGHT - 3))
        else:
            painter.fillRect(QRectF(0, 1, max(low, 1.5), BAR_HEIGHT - 2), self._tokens.colour("accent"))
        if bar.at_least:
            painter.setPen(QPen(self._tokens.colour("accent"), 1.4))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            x, middle = high + 3, BAR_HEIGHT / 2
            painter.drawLine(round(x), 1, round(x + 4), round(middle))
            painter.drawLine(round(x + 4), round(middle), round(x), BAR_HEIGHT - 1)
        painter.end()
        return image


def _follows_time(ref: Ref | None) -> bool:
    """Whether the pane says something about the cursor's day: who holds a place then, or how much is in view."""
    return ref is None or ref.kind in ("place", "actor", "claim")


def _block(top: float = 0, bottom: float = 0) -> QTextBlockFormat:
    block = QTextBlockFormat()
    block.setTopMargin(top)
    block.setBottomMargin(bottom)
    block.setLeftMargin(4)
    block.setRightMargin(2)
    return block


class CardView(SafeTextBrowser):
    """Shows the card; Up and Down go to the next record, the page keys move within this one."""

    def __init__(self, act: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._act = act

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down are the records in view."""
        actions = {Qt.Key.Key_Down: "next_record", Qt.Key.Key_Up: "previous_record"}
        action = actions.get(Qt.Key(event.key()))
        if action is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        self._act(action)


class DetailPanel(QWidget):
    """The pane at the right."""

    def __init__(self, session: Session, data: DataSet, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._data, self._tokens = session, data, tokens
        self._links: list[Ref] = []
        self.view = CardView(self._act, self)
        self.view.setFrameShape(self.view.Shape.NoFrame)
        self.view.setAccessibleName("Details of the selected record")
        self.view.document().setDocumentMargin(8)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.anchorClicked.connect(self._follow)
        self.back = self._button("\u2190", "Back", "undo", session.undo)
        self.forward = self._button("\u2192", "Forward", "redo", session.redo)
        self.earlier = self._button("\u2191", "Previous", "previous_record")
        self.later = self._button("\u2193", "Next", "next_record")
        self.pin = self._button("Lane", "Control lane", "pin")
        self.pin.setCheckable(True)
        self.cite = self._button("Cite", "Copy a citation", "copy_citation", self.copy_citation)
        self._place()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REST_MS)
        self._later.timeout.connect(self._again)
        self._stop = session.watch(("selected", "pins", "time", "filters", "listed"), self._changed)
        self.destroyed.connect(self._stop)
        self._write(session.state)
        self._show_buttons(session.state)

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self._stop()
        self._later.stop()

    def _button(self, text: str, said: str, action: str, deed: Callable[[], object] | None = None) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAccessibleName(said)
        known = BY_ID[action]
        button.setToolTip(f"{known.title} ({' or '.join(known.keys)})")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: deed() if deed is not None else self._act(action))
        return button

    def _place(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 2)
        row.setSpacing(2)
        for widget in (self.back, self.forward, self.earlier, self.later):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.pin)
        row.addWidget(self.cite)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        self.setMinimumWidth(260)

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self._tokens = tokens
        self._write(self._session.state)

    def copy_citation(self) -> None:
        """Put a citation of the record on the clipboard."""
        ref = self._session.state.selected
        if ref is not None:
            QGuiApplication.clipboard().setText(citation(self._data, ref))

    def _act(self, action: str) -> None:
        made = BY_ID[action].make
        self._send(made(self._data, self._session.state) if made is not None else None)

    def _send(self, command: Command | None) -> None:
        if isinstance(command, Select) and command.ref is not None:
            command = looked_at(self._data, self._session.state, command.ref)
        if command is not None:
            self._session.dispatch(command)

    def _follow(self, link: QUrl) -> None:
        """Show the record a link means; a link is a number, so a text of the store cannot make one."""
        number = link.toString().removeprefix(LINK)
        if number.isdecimal() and int(number) < len(self._links):
            self._send(Select(self._links[int(number)]))

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if "selected" in changed:
            self._write(after)
        elif changed & {"time", "filters"} and self.isVisible() and _follows_time(after.selected):
            self._later.start()
        self._show_buttons(after)

    def showEvent(self, event: QShowEvent) -> None:
        """What follows time was not kept up while nobody looked."""
        super().showEvent(event)
        if _follows_time(self._session.state.selected):
            self._again()

    def _again(self) -> None:
        """Write the same card for another day, without moving what is read."""
        scroll = self.view.verticalScrollBar().value()
        self._write(self._session.state)
        self.view.verticalScrollBar().setValue(scroll)

    def _write(self, state: State) -> None:
        writer = CardWriter(self.view.start(), self._tokens, self.font(), self.devicePixelRatioF())
        self._later.stop()
        data = known_data(self._data, state.filters.known_by)
        card = card_of(data, state.selected, state.time.cursor) if state.selected is not None else None
        if card is not None:
            writer.write(card)
        elif state.selected is not None:
            writer.hint((f"The record {state.selected.key} is not in this store.", *HINT[1:]))
        else:
            number = counters(self._data, state).in_view
            writer.hint((*HINT, f"{number:,} records are in the window now."))
        self._links = writer.links
        self.view.moveCursor(QTextCursor.MoveOperation.Start)

    def _show_buttons(self, state: State) -> None:
        self.back.setEnabled(self._session.can_undo)
        self.forward.setEnabled(self._session.can_redo)
        self.cite.setEnabled(state.selected is not None)
        place = self._place_of(state.selected)
        self.pin.setVisible(bool(place))
        self.pin.setChecked(place in state.pins)

    def _place_of(self, ref: Ref | None) -> str:
        """The place a lane could be for, '' when there is none."""
        if ref is not None and ref.kind == "place":
            return ref.key
        row = self._data.events.row_of.get(ref.key) if ref is not None and ref.kind == "event" else None
        code = int(self._data.events.place[row]) if row is not None else len(self._data.place_keys)
        return self._data.place_keys[code] if code < len(self._data.place_keys) else ""
