"""The search box at the top, which is the palette too: type, look at the list, press Enter.

The list is a child of the window, not a popup, so that it never takes the keyboard from the field.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from viewer.session.suggest import Suggestion

GROUP, NOTE, FOUND = (Qt.ItemDataRole.UserRole + offset for offset in (1, 2, 3))
WAIT_MS = 60
AGAIN_MS = 150
"""How often it is looked whether all can be searched."""
ROWS_SHOWN = 14
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}

Index = QModelIndex | QPersistentModelIndex
Suggest = Callable[[str], list[Suggestion]]


class SearchBox(QLineEdit):
    """One line for everything; `chosen` says what was picked."""

    chosen = Signal(object)

    def __init__(self, suggest: Suggest, window: QWidget) -> None:
        super().__init__(window)
        self._suggest = suggest
        self._window = window
        self._before: QWidget | None = None
        self.not_searched: Callable[[str], str] = lambda text: ""
        """What is not searched yet for a text, in words; '' when all is."""
        self.setPlaceholderText("Search or go to: place, incident, date, command  (Ctrl+K)")
        self.setAccessibleName("Search")
        self.setClearButtonEnabled(True)
        self.setMaxLength(200)
        self.list = SuggestionList(window)
        self.list.view.clicked.connect(self._choose)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.refresh)
        self.textEdited.connect(lambda _: self._timer.start())
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._look_again)

    def open(self, text: str = "", before: QWidget | None = None) -> None:
        """Take the keyboard and show what can be had; `before` gets the keyboard back at the end."""
        self._before = before
        self.setText(text)
        self._window.activateWindow()  # a window above the map may have the keys
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.refresh()

    def refresh(self) -> None:
        """List what fits the text now."""
        self._timer.stop()
        missing, found, text = self.not_searched(self.text()), self._suggest(self.text()), self.text().strip()
        self._again.start() if missing else self._again.stop()
        self.list.fill(found, missing or ("" if found else f"Nothing is called \u201c{text}\u201d"))
        self._place()
        self.list.setVisible(bool(found or text))
        self.list.raise_()

    def _look_again(self) -> None:
        """Add what can be searched by now, and leave the choice where it is."""
        if not self.list.isVisible():
            self._again.stop()
        elif not self.not_searched(self.text()):
            chosen = self.list.chosen
            self.refresh()
            self.list.choose(chosen)

    def close_list(self) -> None:
        """Hide the list, forget the text, and give the keyboard back."""
        self._timer.stop()
        self.list.hide()
        self.clear()
        before, self._before = self._before, None
        if self.hasFocus():
            before.setFocus() if before is not None else self.clearFocus()

    @property
    def is_open(self) -> bool:
        """Whether the list is shown or the field has the keyboard."""
        return self.list.isVisible() or self.hasFocus()

    def _place(self) -> None:
        window = self._window
        below = self.mapTo(window, QPoint(0, self.height() + 2))
        width = min(max(self.width(), 520), window.width() - 8)
        left = max(4, min(below.x() + self.width() - width, window.width() - width - 4))
        height = min(self.list.wanted_height(), window.height() - below.y() - 40)
        self.list.setGeometry(QRect(left, below.y(), width, max(height, 40)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk through the list, Enter chooses."""
        if event.key() in _STEPS and self.list.isVisible():
            self.list.step(_STEPS[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._timer.isActive() or not self.list.isVisible():
                self.refresh()
            self._choose(self.list.view.currentIndex())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A click shows the list too."""
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self.refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever goes elsewhere is done searching."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.list.hide()

    def _choose(self, index: QModelIndex) -> None:
        found = index.data(FOUND) if index.isValid() else None
        if found is not None:
            self.close_list()
            self.chosen.emit(found)


class SuggestionList(QFrame):
    """The list below the field."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("suggestions")
        self.view = QListView(self)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setItemDelegate(SuggestionRow(self.view))
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setMouseTracking(True)
        self.view.entered.connect(self._point)
        self.view.setAccessibleName("Search results")
        self._model = QStandardItemModel(self)
        self.view.setModel(self._model)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.view)
        self.hide()

    def fill(self, found: list[Suggestion], empty: str) -> None:
        """Show suggestions under the heads of their groups, the first one chosen."""
        self._model.clear()
        group = ""
        for suggestion in found:
            if suggestion.group != group:
                group = suggestion.group
                self._head(group)
            item = QStandardItem(suggestion.title)
            item.setEditable(False)
            item.setData(suggestion.note, NOTE)
            item.setData(suggestion, FOUND)
            self._model.appendRow(item)
        if empty:
            self._head(empty)
        self.step(1, start=True)

    def _head(self, text: str) -> None:
        item = QStandardItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData(True, GROUP)
        self._model.appendRow(item)

    def step(self, by: int, start: bool = False) -> None:
        """Move the choice by so many rows; heads are passed over and the ends hold."""
        rows = [row for row in range(self._model.rowCount()) if self._model.index(row, 0).data(FOUND) is not None]
        if not rows:
            return
        current = self.view.currentIndex().row()
        at = 0 if start or current not in rows else rows.index(current) + by
        row = rows[min(max(at, 0), len(rows) - 1)]
        self.view.setCurrentIndex(self._model.index(row, 0))
        self.view.scrollTo(self._model.index(max(row - 1, 0), 0) if row == rows[0] else self._model.index(row, 0))

    @property
    def chosen(self) -> Suggestion | None:
        """The suggestion that Enter takes."""
        found: Suggestion | None = self.view.currentIndex().data(FOUND)
        return found

    def choose(self, wanted: Suggestion | None) -> None:
        """Put the choice on a suggestion, if it is there."""
        for row in range(self._model.rowCount()):
            if wanted is not None and self._model.index(row, 0).data(FOUND) == wanted:
                self.view.setCurrentIndex(self._model.index(row, 0))
                return

    def wanted_height(self) -> int:
        """The height that shows everything, up to a fair number of rows."""
        rows = min(self._model.rowCount(), ROWS_SHOWN)
        return sum(self.view.sizeHintForRow(row) for row in range(rows)) + 2 * self.view.frameWidth() + 12

    def _point(self, index: QModelIndex) -> None:
        if index.data(FOUND) is not None:
            self.view.setCurrentIndex(index)


class SuggestionRow(QStyledItemDelegate):
    """Title on the left, note on the right, or the other way round where the title is Arabic."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for one line."""
        extra = 8 if index.data(GROUP) else 12
        return QSize(200, option.fontMetrics.height() + extra)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        painter.save()
        painter.setFont(option.font)
        box = option.rect.adjusted(10, 0, -10, 0)
        palette = option.palette
        title = str(index.data(Qt.ItemDataRole.DisplayRole))
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        if index.data(GROUP):
            painter.setPen(quiet)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(box.adjusted(-4, 0, 0, -1), flags, title)
            painter.restore()
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.highlight())
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 4, 4)
        ink = palette.color(QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text)
        self._words(painter, box, title, str(index.data(NOTE) or ""), (ink, ink if chosen else quiet))
        painter.restore()

    def _words(self, painter: QPainter, box: QRect, title: str, note: str, inks: tuple[QColor, QColor]) -> None:
        metrics = painter.fontMetrics()
        noted = metrics.elidedText(note, Qt.TextElideMode.ElideRight, box.width() // 2)
        room = box.width() - metrics.horizontalAdvance(noted) - (14 if noted else 0)
        near, far = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if right_to_left(title):
            near, far = far, near
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.setPen(inks[0])
        painter.drawText(box, flags | near, metrics.elidedText(title, Qt.TextElideMode.ElideRight, room))
        painter.setPen(inks[1])
        painter.drawText(box, flags | far, noted)


def right_to_left(text: str) -> bool:
    """Whether a text begins in a script that runs from right to left."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)
