"""The few dialogs: a sentence about what went wrong, the keys, what this program is, and which file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QInputDialog,
    QMessageBox,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

import viewer
from viewer.domain.records import Meta
from viewer.paths import resources_dir
from viewer.session.actions import ACTIONS, MENUS


def sentence(parent: QWidget | None, title: str, text: str, report: str = "", choices: tuple[str, ...] = ()) -> str:
    """Show one sentence and wait; returns the choice taken, '' for just closing. A report can be copied."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    role = QMessageBox.ButtonRole.ActionRole
    buttons: dict[object, str] = {box.addButton(choice, role): choice for choice in choices}
    if report:
        copy = box.addButton("Copy report", role)
        copy.clicked.disconnect()
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        box.setDetailedText(report)
    box.addButton(QMessageBox.StandardButton.Close)
    box.exec()
    taken = buttons.get(box.clickedButton(), "")
    box.deleteLater()
    return taken


def asking(parent: QWidget, title: str, text: str, going: str) -> QMessageBox:
    """Ask whether to go on, with a button of that name, and do not wait: `accepted` tells. Escape stays."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.addButton(going, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.open()
    return box


def replacing(parent: QWidget, path: Path) -> bool:
    """Ask whether a file that is there may be replaced, and wait. Enter and Escape keep it."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Replace the file?")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"{path.name} is in {path.parent} already. Replace it?")
    replace = box.addButton("&Replace", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton("&Another name", QMessageBox.ButtonRole.RejectRole))
    box.exec()
    box.deleteLater()
    return box.clickedButton() is replace


def ask_line(parent: QWidget, title: str, question: str, suggested: str) -> str | None:
    """One line of text that somebody types, None when he thought better of it."""
    text, taken = QInputDialog.getText(parent, title, question, text=suggested)
    return text if taken else None


def show_keys(parent: QWidget) -> None:
    """All keys, one page for each menu."""
    tabs = QTabWidget()
    for menu in MENUS:
        rows = [action for action in ACTIONS if action.menu == menu]
        tabs.addTab(_page("\n".join(f"{_keys(action.keys):<26}{action.title}" for action in rows), True), menu)
    _show(parent, "Keys", tabs)


def _keys(keys: tuple[str, ...]) -> str:
    return "  or  ".join(keys) or "(menu or palette)"


def show_about(parent: QWidget, meta: Meta | None, credits: tuple[str, ...]) -> None:
    """What Badia is, whose data it shows, and the licences."""
    tabs = QTabWidget()
    tabs.addTab(_page(about_words(meta, credits)), "Badia")
    for title, path in (("Licence", _beside("LICENSE")), ("Notices", resources_dir() / "NOTICE.md")):
        if path.is_file():
            tabs.addTab(_page(path.read_text(encoding="utf-8", errors="replace")), title)
    _show(parent, "About Badia", tabs)


def about_words(meta: Meta | None, credits: tuple[str, ...]) -> str:
    """Version, store and attributions, one paragraph each."""
    from importlib.metadata import PackageNotFoundError, version  # reads mail headers: the window need not wait for it

    try:
        number = version("badia-viewer")
    except PackageNotFoundError:
        number = "from a checkout"
    lines = [f"Badia {number}", viewer.__doc__ or "", "It works without any network, and never writes to a store."]
    if meta is not None:
        said = (meta.title, meta.attribution, meta.licence, meta.marking, meta.note)
        lines.append("Store: " + "\n".join(text for text in said if text))
    return "\n\n".join([*lines, *credits]).strip()


def _beside(name: str) -> Path:
    return resources_dir().parent / name


def _page(text: str, fixed: bool = False) -> QWidget:
    page = QPlainTextEdit(text)
    page.setReadOnly(True)
    if fixed:
        page.setStyleSheet("QPlainTextEdit { font-family: monospace; }")
    return page


def _show(parent: QWidget, title: str, content: QWidget) -> None:
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.addWidget(content)
    column.addWidget(buttons)
    dialog.resize(680, 520)
    dialog.open()
