"""Lays cards out in a text document: formats only, every word of the store goes in as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)

from viewer.draw.tokens import Tokens
from viewer.session.card import CONTRADICTIONS, Bar, Card, Choice, Row, Section
from viewer.session.card_event import NEARBY
from viewer.session.commands import Command
from viewer.session.state import Ref
from viewer.ui.text import put, put_block

LABEL_WIDTH = 98.0
"""Pixels: a label that is longer stands on a line of its own."""
INDENT = 14.0
BAR_WIDTH, BAR_HEIGHT = 132, 9
ACCOUNT_BAR = 66
"""Pixels: bars of accounts that stand below each other, beside who gives them."""
SAID_WIDTHS = (54.0, 118.0)
"""Pixels: how wide the column of what accounts say is, at least and at most."""
LINK, FOLD, DO = "record:", "fold:", "do:"
"""How the address of a record, of a heading and of a choice begins; a number follows, so no text can make one."""
OPEN_SIGN, FOLDED_SIGN = "\u25be ", "\u25b8 "


class CardWriter:
    """Writes a card, and keeps what the links in it lead to.

    links, folds, deeds: the records, headings and commands behind them, by their numbers. heads: where headings begin.
    """

    def __init__(self, cursor: QTextCursor, tokens: Tokens, font: QFont, ratio: float) -> None:
        self._cursor, self._tokens, self._font, self._ratio = cursor, tokens, font, ratio
        self._folded: frozenset[str] | None = None
        self.links: list[Ref] = []
        self.folds: list[str] = []
        self.deeds: list[Command] = []
        self.heads: list[int] = []

    def write(self, card: Card, folded: frozenset[str] | None = None, remarks: Sequence[Row] = ()) -> None:
        """Title, kind, and the sections in the card's order.

        folded: the headings under which nothing is shown; None: nothing can be folded or done, as on a wall.
        remarks: what is to be said of it before all that, as things stand.
        """
        self._folded = folded
        self._cursor.beginEditBlock()  # laid out once, not line by line
        put_block(self._cursor, _block(bottom=2), card.title, self.form("text", 1.3, bold=True))
        put_block(self._cursor, _block(bottom=4), card.kind, self.form("text_muted"))
        for row in remarks:
            self._row(row, False, False)
        for section in card.sections:
            self._section(section)
        self._cursor.endEditBlock()

    def hint(self, lines: Sequence[str]) -> None:
        """Say what could be done instead."""
        for number, line in enumerate(lines):
            form = self.form("text", 1.1, bold=True) if number == 0 else self.form("text_muted")
            put_block(self._cursor, _block(bottom=8), line, form)

    def row(self, row: Row) -> None:
        """One line by itself."""
        self._row(row, False, False)

    def _section(self, section: Section) -> None:
        warned = section.title == CONTRADICTIONS
        head = _block(top=10, bottom=0 if warned else 2)
        form = self.form("warning" if warned else "text_muted", 0.88, bold=True)
        form.setFontCapitalization(QFont.Capitalization.AllUppercase)
        form.setFontLetterSpacing(108)
        if warned:
            head.setBackground(self._tokens.colour("warning", 0.14))
        put_block(self._cursor, head)
        hidden = self._folded is not None and section.title in self._folded
        self._head(section, form, hidden)
        if not hidden:
            for group in groups_of(section.rows):
                self._group(group, warned, section.title == "Sources")

    def _head(self, section: Section, form: QTextCharFormat, hidden: bool) -> None:
        """The heading, a link that folds what stands under it; folded it says how much that is."""
        if self._folded is None:
            put(self._cursor, section.title, form)
            return
        form.setAnchor(True)
        form.setAnchorHref(f"{FOLD}{len(self.folds)}")
        form.setToolTip("Show it again" if hidden else "Fold it")
        self.folds.append(section.title)
        self.heads.append(self._cursor.position())
        number = sum(row.level == 0 for row in section.rows)
        told = f"  {number}" if hidden and section.title != NEARBY else ""
        put(self._cursor, f"{FOLDED_SIGN if hidden else OPEN_SIGN}{section.title}{told}", form)

    def _group(self, rows: Sequence[Row], warned: bool, sources: bool) -> None:
        accounts = [row for row in rows if row.account]
        bars = any(row.bar is not None for row in accounts)
        widest = max((self._wide(row.label) for row in accounts), default=0.0)
        said = min(max(widest + 10, SAID_WIDTHS[0]), SAID_WIDTHS[1])
        columns = bars or said > widest + 4
        for row in rows:
            if row.account:
                self._account(row, said if columns else 0.0, ACCOUNT_BAR + 6.0 if bars else 0.0)
            else:
                self._row(row, warned, sources)

    def _wide(self, text: str) -> float:
        return QFontMetricsF(self.form("text").font()).horizontalAdvance(text)

    def _account(self, row: Row, said: float, bars: float) -> None:
        """What one says in a column so wide, who says so beside it; a long one has its own line, as all have at 0."""
        small, fits = self.form("text_muted", 0.92), self._wide(row.label) <= said - 4
        block = _block(top=1, bottom=2)
        column = INDENT + bars + (said if fits else 0.0)
        if fits or bars:
            block.setLeftMargin(block.leftMargin() + column)
            block.setTextIndent(INDENT - column)
            stops = [at for at in (INDENT + bars, column) if at > INDENT]
            block.setTabPositions([QTextOption.Tab(at - INDENT, QTextOption.TabType.LeftTab)
                                   for at in dict.fromkeys(stops)])  # fmt: skip
        else:
            block.setLeftMargin(block.leftMargin() + INDENT)
        put_block(self._cursor, block)
        if row.bar is not None:
            self._cursor.insertImage(self.picture(row.bar, ACCOUNT_BAR))
        put(self._cursor, f"{chr(9) if bars else ''}", small)
        put(self._cursor, row.label, self.form("text", bold=True))
        put(self._cursor, "\t" if fits else "\n", small)
        self._text(row)
        self._note(row, "  \u00b7  ")

    def _row(self, row: Row, warned: bool, source: bool) -> None:
        indent = INDENT * row.level
        small = self.form("text_muted", 0.92)
        fits = QFontMetricsF(small.font()).horizontalAdvance(row.label) <= LABEL_WIDTH - 8
        flat = warned or source
        block = _block(top=5 if flat and row.level == 0 else 0 if flat else 1, bottom=0 if flat else 2)
        if fits and row.bar is None:
            self._hang(block, indent + LABEL_WIDTH)
            put_block(self._cursor, block, row.label, small)
            put(self._cursor, "\t", small)
        else:
            block.setLeftMargin(block.leftMargin() + indent)
            put_block(self._cursor, block, row.label, small)
            block.setLeftMargin(block.leftMargin() + (INDENT if row.bar is None else 0))
            block.setTopMargin(0)
            put_block(self._cursor, block)
        if row.bar is not None:
            self._cursor.insertImage(self.picture(row.bar, BAR_WIDTH))
            put(self._cursor, "  ", small)
        self._text(row)
        self._note(row)

    def _hang(self, block: QTextBlockFormat, indent: float) -> None:
        """The text of all lines begins at `indent`; the label stands before it in the first."""
        block.setLeftMargin(block.leftMargin() + indent)
        block.setTextIndent(-LABEL_WIDTH)
        block.setTabPositions([QTextOption.Tab(LABEL_WIDTH, QTextOption.TabType.LeftTab)])

    def _text(self, row: Row) -> None:
        form = self.form("text")
        if row.bar is not None and row.bar.derived:
            form.setFontItalic(True)
        if row.ref is not None:
            form = self._linked(f"{LINK}{len(self.links)}")
            self.links.append(row.ref)
        put(self._cursor, row.text, form)

    def _note(self, row: Row, apart: str = "\n") -> None:
        """How it is known, set apart so, and what can be done."""
        small = self.form("text_muted", 0.92)
        if row.note:
            put(self._cursor, apart, small)
            put(self._cursor, row.note, small)
        if row.stake:
            put(self._cursor, "\n", small)
            put(self._cursor, row.stake, self.form("warning", 0.92))
        if row.choices and self._folded is not None:
            put(self._cursor, "\n", small)
            for number, choice in enumerate(row.choices):
                if number:
                    put(self._cursor, "  \u00b7  ", small)
                self._choice(choice)

    def _choice(self, choice: Choice) -> None:
        if choice.command is None:
            put(self._cursor, choice.words, self.form("text", 0.92, bold=True))
            return
        form = self._linked(f"{DO}{len(self.deeds)}", 0.92)
        self.deeds.append(choice.command)
        put(self._cursor, choice.words, form)

    def _linked(self, address: str, size: float = 1.0) -> QTextCharFormat:
        form = self.form("accent", size)
        form.setFontUnderline(True)
        form.setAnchor(True)
        form.setAnchorHref(address)
        return form

    def form(self, colour: str, size: float = 1.0, bold: bool = False) -> QTextCharFormat:
        """The look of words, in a colour of the theme."""
        form = QTextCharFormat()
        font = QFont(self._font)
        font.setPointSizeF(font.pointSizeF() * size)
        font.setBold(bold)
        form.setFont(font)
        form.setForeground(self._tokens.colour(colour))
        return form

    def picture(self, bar: Bar, wide: int = BAR_WIDTH) -> QImage:
        """The number on the scale of its whole: filled to `low`, lighter to `high`, open when it is a minimum.

        A part stands in the outline of what it is a part of.
        """
        size = (round(wide * self._ratio), round(BAR_HEIGHT * self._ratio))
        image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self._ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        room = wide - 10
        whole = max(bar.whole, bar.high, 1e-9)
        low, high = room * bar.low / whole, room * bar.high / whole
        painter.fillRect(QRectF(0, BAR_HEIGHT - 1, room, 1), self._tokens.colour("edge"))
        if bar.within is not None:
            painter.setPen(QPen(self._tokens.colour("text_muted"), 1))
            painter.drawRect(QRectF(0.5, 0.5, max(room * min(bar.within / whole, 1.0) - 1, 1), BAR_HEIGHT - 1.5))
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


def groups_of(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows with what stands below each of the outermost ones."""
    groups: list[list[Row]] = []
    for row in rows:
        if row.level == 0 or not groups:
            groups.append([])
        groups[-1].append(row)
    return groups


def _block(top: float = 0, bottom: float = 0) -> QTextBlockFormat:
    block = QTextBlockFormat()
    block.setTopMargin(top)
    block.setBottomMargin(bottom)
    block.setLeftMargin(4)
    block.setRightMargin(2)
    return block
