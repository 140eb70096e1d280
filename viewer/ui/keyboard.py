"""Keys that work wherever the focus is, and the few widgets that keep some keys for themselves.

Every action is a QAction whose shortcut holds for the whole application, so that Qt finds it for any keyboard
layout and shows it in the menus. Before Qt looks for a shortcut it asks the widget that has the focus: here it
is answered for text fields (they keep what writes and moves in them) and for lists (Up and Down; Space and Enter
where there is a box to tick).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

from viewer.session.action import Action
from viewer.session.actions import BY_ID

PORTABLE = QKeySequence.SequenceFormat.PortableText
_UP_AND_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down)
_PAGING = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_MOVING = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Backspace, Qt.Key.Key_Delete,
    *_UP_AND_DOWN,
)  # fmt: skip
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TICKING = (*_ENTER, Qt.Key.Key_Space)
_EDITING = (
    QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Cut, QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo, QKeySequence.StandardKey.SelectAll,
    QKeySequence.StandardKey.MoveToNextWord, QKeySequence.StandardKey.MoveToPreviousWord,
    QKeySequence.StandardKey.SelectNextWord, QKeySequence.StandardKey.SelectPreviousWord,
    QKeySequence.StandardKey.DeleteStartOfWord, QKeySequence.StandardKey.DeleteEndOfWord,
)  # fmt: skip


def make_actions(
    window: QWidget, actions: Iterable[Action], run: Callable[[str], None]
) -> dict[str, QAction]:
    """A QAction for each row of the table, by id; triggering one calls `run` with its id."""
    made: dict[str, QAction] = {}
    for action in actions:
        entry = QAction(action.title.replace("&", "&&"), window)
        entry.setShortcuts([QKeySequence(key, PORTABLE) for key in action.keys])
        entry.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        entry.setAutoRepeat(action.repeats)
        entry.setCheckable(action.checked is not None)
        entry.triggered.connect(lambda _=False, name=action.id: run(name))
        window.addAction(entry)
        made[action.id] = entry
    return made


def keeps(widget: QObject | None, event: QKeyEvent) -> bool:
    """Whether the widget with the focus keeps this key although the table of actions may name it."""
    key = event.key()
    plain = not event.modifiers() & (
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    )
    if isinstance(widget, QAbstractItemView | QComboBox | QAbstractSpinBox) and plain and key in _UP_AND_DOWN:
        return True
    if isinstance(widget, QAbstractItemView | QTextEdit | QPlainTextEdit | QScrollArea) and plain and key in _PAGING:
        return True
    if plain and key < Qt.Key.Key_Escape and _apart(widget):
        return True
    if box_of(widget) is not None and plain and key in _TICKING:
        return True
    if writes(widget):
        typed = plain and (key < Qt.Key.Key_Escape or key in _MOVING)
        return typed or any(event.matches(standard) for standard in _EDITING)
    return bool(event.matches(QKeySequence.StandardKey.Copy)) and _has_marked_text(widget)


def _apart(widget: QObject | None) -> bool:
    """Whether a widget is in a dialog or in a list that is open over everything: keys there mean nothing to the map."""
    return isinstance(widget, QWidget) and (
        QApplication.activePopupWidget() is not None or isinstance(widget.window(), QDialog)
    )


def _belongs_to_popup(event: QKeyEvent) -> bool:
    """Whether a menu or a list that is open over everything gets this key, whatever has the focus below it."""
    popup = QApplication.activePopupWidget()
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    return isinstance(popup, QMenu) or (popup is not None and not event.modifiers() & held)


def writes(widget: QObject | None) -> bool:
    """Whether one types into the widget."""
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
        return not widget.isReadOnly()
    if isinstance(widget, QAbstractSpinBox):
        return True
    return isinstance(widget, QComboBox) and widget.isEditable()


def box_of(widget: QObject | None) -> QModelIndex | None:
    """The current line of a list or tree when it begins with a box that can be ticked."""
    if not isinstance(widget, QAbstractItemView):
        return None
    first = widget.currentIndex().siblingAtColumn(0)
    return first if first.flags() & Qt.ItemFlag.ItemIsUserCheckable else None


def tick(box: QModelIndex) -> None:
    """Tick a box, or take the tick away."""
    role = Qt.ItemDataRole.CheckStateRole
    if box.data(role) is None:
        return  # the line might have a box, and has none
    ticked = Qt.CheckState(box.data(role)) == Qt.CheckState.Checked
    box.model().setData(box, Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked, role)


def _has_marked_text(widget: QObject | None) -> bool:
    if isinstance(widget, QTextEdit | QPlainTextEdit):
        return widget.textCursor().hasSelection() or bool(widget.property("copies"))
    if isinstance(widget, QAbstractItemView):
        return bool(widget.property("copies"))
    return isinstance(widget, QLabel | QLineEdit) and widget.hasSelectedText()


class KeyRule(QObject):
    """Put on the application: applies `keeps`, lets Enter press a button, as Space plays, and ticks boxes in lists.

    While a dialog or menu is open Qt gives no key to the table of actions; the one that quits works there too.
    """

    leaving = Signal()
    """The key that quits was pressed in a dialog or menu."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._quits = [QKeySequence(key, PORTABLE) for key in BY_ID["quit"].keys]

    def _let_quit(self, dialog: QDialog) -> None:
        """Let a dialog that keeps the keys for itself hear the one that quits."""
        if dialog.property("quits") is None:
            dialog.setProperty("quits", True)
            entry = QAction(dialog)
            entry.setShortcuts(self._quits)
            entry.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
            entry.triggered.connect(self.leaving)
            dialog.addAction(entry)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook; True when the event is settled here."""
        if isinstance(event, QShowEvent) and isinstance(watched, QDialog) and watched.isModal():
            self._let_quit(watched)
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(watched, QMenu):
            if QKeySequence(event.keyCombination()) not in self._quits:
                return False
            self.leaving.emit()
            return True
        if event.type() == QEvent.Type.ShortcutOverride:
            if _belongs_to_popup(event):
                event.accept()
                return False  # the open list of a box chooses by Enter as soon as it is asked
            if watched is QApplication.focusWidget() and keeps(watched, event):
                event.accept()
                return True
            return False
        if event.type() != QEvent.Type.KeyPress or event.isAutoRepeat():
            return False
        if isinstance(watched, QAbstractButton) and event.key() in _ENTER:
            watched.click()
            return True
        if event.key() in _TICKING and keeps(watched, event) and (box := box_of(watched)) is not None:
            tick(box)
            return True
        return False
