"""Widgets for text of a store: it is shown as it is written, never read as markup, and nothing is ever loaded."""

from __future__ import annotations

import unicodedata
from typing import Any

from PySide6.QtCore import QEvent, QMargins, QPoint, QRect, QSize, Qt, QUrl
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)  # fmt: skip
from PySide6.QtWidgets import QLabel, QLayout, QLayoutItem, QMenu, QSizePolicy, QTextBrowser, QWidget

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
OBJECT = "\ufffc"
SQUEEZED = 60
"""Pixels: no flow is narrower."""


def plain_tip(text: str) -> str:
    """A tooltip that shows `text` as it is; Qt would guess, so it is told outright and everything is escaped."""
    if not text:
        return ""
    from html import escape  # loads the names of all characters, which nothing before the first tip needs

    return f"<span style='white-space: pre-wrap'>{escape(text)}</span>"


def isolated(text: str) -> str:
    """The text as one run of its own direction, so that Arabic in it does not turn the line round it about."""
    mixed = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
    return f"{ISOLATE}{text}{END_ISOLATE}" if mixed else text


class PlainLabel(QLabel):
    """A label that shows text as it is; Qt's own would guess at markup."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class SafeTextBrowser(QTextBrowser):
    """Text laid out with formats, not with markup: every word goes in as plain text, links are numbers of records.

    It follows no link by itself, loads no resource whatever asks for one, and copies plain text only.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blank = QImage(1, 1, QImage.Format.Format_ARGB32)
        self._blank.fill(Qt.GlobalColor.transparent)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Always one blank point: Qt would go and open what is answered with nothing."""
        return self._blank

    def marked_text(self) -> str:
        """The selected text, plain, without the marks that keep directions apart."""
        drop = {ord(mark): None for mark in (ISOLATE, END_ISOLATE, OBJECT)}
        return self.textCursor().selection().toPlainText().translate(drop)

    def copy_marked(self) -> None:
        """Put the selected text on the clipboard; nothing when there is none."""
        if self.textCursor().hasSelection():
            QGuiApplication.clipboard().setText(self.marked_text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copying is plain; making the data for Qt here would leave it with two owners."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_marked()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same, with the mouse."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy", self.copy_marked).setEnabled(self.textCursor().hasSelection())
        menu.addAction("Select all", self.selectAll)
        menu.popup(event.globalPos())

    def start(self) -> QTextCursor:
        """A cursor at the start of the emptied text."""
        self.clear()
        return QTextCursor(self.document())


def put_block(
    cursor: QTextCursor, block: QTextBlockFormat, text: str = "", form: QTextCharFormat | None = None
) -> None:
    """Begin a paragraph; the first one takes the place of the empty one that every document has."""
    if cursor.position() == 0 and cursor.atEnd():
        cursor.setBlockFormat(block)
    else:
        cursor.insertBlock(block)
    if form is not None:
        cursor.setCharFormat(form)
    if text:
        put(cursor, text, form or QTextCharFormat())


def put(cursor: QTextCursor, text: str, form: QTextCharFormat) -> None:
    """Plain text at the cursor; line ends stay within the paragraph."""
    cursor.insertText(isolated(text).replace("\r\n", "\n").replace("\n", "\u2028"), form)


class FlowLayout(QLayout):
    """Lets widgets follow one another like words in a line."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 4) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        """Add an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at an index, None beyond the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower means more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at a width."""
        return self._placed(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._placed(rect, move=True)

    def sizeHint(self) -> QSize:
        """Everything in one line."""
        margins = self.contentsMargins()
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self.spacing() * max(0, len(shown) - 1)
        height = max((size.height() for size in shown), default=0)
        return QSize(width + margins.left() + margins.right(), height + margins.top() + margins.bottom())

    def minimumSize(self) -> QSize:
        """One line; an item that is wider than the room gets what there is."""
        margins = self.contentsMargins()
        heights = [item.minimumSize().height() for item in self._items if not item.isEmpty()]
        return QSize(SQUEEZED, max(heights, default=0) + margins.top() + margins.bottom())

    def _placed(self, rect: QRect, move: bool) -> int:
        """Place the items line by line, each in the middle of its line; returns the height that takes."""
        margins = self.contentsMargins()
        area = rect.marginsRemoved(margins)
        top = area.top()
        for line in self._lines(area.width()):
            height = max(item.sizeHint().height() for item in line)
            x = area.left()
            for item in line:
                size = item.sizeHint()
                size.setWidth(min(size.width(), area.width()))
                if move:
                    item.setGeometry(QRect(QPoint(x, top + (height - size.height()) // 2), size))
                x += size.width() + self.spacing()
            top += height + self.spacing()
        return max(0, top - self.spacing() - area.top()) + margins.top() + margins.bottom()

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            wanted = item.sizeHint().width()
            if not lines or x + wanted > width:
                lines.append([])
                x = 0
            lines[-1].append(item)
            x += wanted + self.spacing()
        return lines


def flowing(widget: QWidget) -> None:
    """Let a widget be as high as its flow of items needs at its width."""
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)


class FlowRow(QWidget):
    """Items that follow one another like words: never lower than all their lines, wherever room is short."""

    def __init__(self, parent: QWidget, spacing: int, margins: tuple[int, int, int, int]) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, spacing)
        self._flow.setContentsMargins(*margins)
        flowing(self)

    def add(self, widget: QWidget) -> None:
        """Add an item at the end."""
        self._flow.addWidget(widget)

    def _take_height(self) -> None:
        if (high := self._flow.heightForWidth(self.width())) != self.minimumHeight():
            self.setMinimumHeight(high)

    def event(self, event: QEvent) -> bool:
        """Other items, or other words in them, ask for other lines."""
        done = bool(super().event(event))
        if event.type() == QEvent.Type.LayoutRequest:
            self._take_height()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """So does another width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._take_height()
