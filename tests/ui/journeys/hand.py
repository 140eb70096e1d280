"""A hand at the keyboard and the mouse of the open program: what it does is counted and goes where Qt would send it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from tests.ui.windows import work
from viewer.ui.window import Window

UNSEEN = dict.fromkeys((0x2068, 0x2069, 0xFFFC))
"""Marks of direction, and pictures among the words."""


class Hand:
    """Presses keys, types and clicks; `actions` counts: a key with what is held down, a text typed, a click."""

    def __init__(self, window: Window, wait: Callable[[Callable[[], bool]], object] = lambda done: None) -> None:
        """wait: lets the program live on until something is done."""
        self.window, self.wait, self.actions = window, wait, 0
        work(window).canvas.setFocus()

    def press(self, *keys: str) -> None:
        """Press keys such as "Ctrl+K" where the focus is, one after the other."""
        for key in keys:
            self.actions += 1
            combination = QKeySequence(key, QKeySequence.SequenceFormat.PortableText)[0]
            QTest.keyClick(self._focus, combination.key(), combination.keyboardModifiers())
            self.settle()

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.actions += 1
        for letter in text:
            if letter.isascii():
                QTest.keyClick(self._focus, letter)
            else:  # for which the test library of Qt knows no key
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    none = Qt.KeyboardModifier.NoModifier
                    QApplication.sendEvent(self._focus, QKeyEvent(kind, Qt.Key.Key_unknown, none, letter))
        self.settle()

    def find(self, text: str) -> None:
        """What Ctrl+K finds first for a text: three actions."""
        self.press("Ctrl+K")
        self.type(text)
        self.window.search.refresh()  # which a moment without typing does by itself
        self.press("Return")

    def go(self, days: str) -> None:
        """To a day or span that is typed: three actions."""
        self.press("T")
        self.type(days)
        self.press("Return")

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget that can be seen."""
        assert widget.isVisible()
        self.actions += 1
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())
        self.settle()

    def click_head(self, table: QTableView, title: str) -> None:
        """Click the head of a column that can be seen."""
        header, model = table.horizontalHeader(), table.model()
        heads = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
        at = heads.index(title)
        table.scrollTo(model.index(0, at))
        where = QPoint(header.sectionViewportPosition(at) + header.sectionSize(at) // 2, header.height() // 2)
        self.click(header.viewport(), where)

    def back(self) -> None:
        """The window is in front again after a dialog, as a desktop would have it."""
        self.window.activateWindow()
        self.window.raise_()
        self.settle()
        work(self.window).canvas.setFocus()
        self.settle()

    @property
    def details(self) -> str:
        """What the details say, in one line."""
        panel = work(self.window).panels["detail"]
        assert panel.isVisible()
        text = panel.view.toPlainText()  # type: ignore[attr-defined]
        return " ".join(text.translate(UNSEEN).split())

    @property
    def _focus(self) -> QWidget:
        modal = QApplication.activeModalWidget()
        if modal is not None:
            return modal.focusWidget() or modal
        return QApplication.focusWidget() or work(self.window).canvas

    @staticmethod
    def settle() -> None:
        """Let everything that waits for its turn happen."""
        for _ in range(3):
            QApplication.processEvents()


def lines(table: QTableView) -> list[list[str]]:
    """What a table shows, line by line."""
    model = table.model()
    return [
        [str(model.data(model.index(line, column)) or "") for column in range(model.columnCount())]
        for line in range(model.rowCount())
    ]
