"""The head of the import dialog: which file, into which store, as an edition of what."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from viewer.session.import_look import Look
from viewer.session.importing import formats
from viewer.ui.files import Files
from viewer.ui.text import PlainLabel, plain_tip


class ImportForm(QWidget):
    """What is imported into what. It asks for files and reads none."""

    file_chosen = Signal()
    """Another file is to be looked at."""
    format_chosen = Signal()
    """The file is to be read as one of another format."""
    changed = Signal()
    """Something else was chosen: the file is to be looked at again."""

    def __init__(self, files: Files, opened: Path | None) -> None:
        """opened: the user's own store that is open, which a file is likely to go into."""
        super().__init__()
        self._files = files
        self._looked_at = self._into_looked_at = ""
        self._likely, self._offered = "", Path()
        self.file, self.choose = QLineEdit(), QPushButton("&Choose\u2026")
        self.file.editingFinished.connect(self._file_typed)
        self.choose.clicked.connect(self._choose_file)
        self.format = QComboBox()
        self.format.addItem("Found from the content", "")
        for name, title in formats():
            self.format.addItem(title, name)
        self.format.activated.connect(self.format_chosen)
        self.into, self.target = QLineEdit(str(opened) if opened is not None else ""), QPushButton("C&hoose\u2026")
        self.into.setPlaceholderText("a new store, or one of your own")
        self.into.editingFinished.connect(self._target_typed)
        self.target.clicked.connect(self._choose_target)
        self.feed = QComboBox()
        self.feed.setEditable(True)
        self.feed.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.feed.setAccessibleName("Feed")
        self.feed.setToolTip("What the file is an edition of: a later file of the same feed updates its records")
        self._feed_line = line = QLineEdit()
        self.feed.setLineEdit(line)
        line.editingFinished.connect(self._feed_typed)
        self.feed.activated.connect(self._tell)
        self.hint, self.take_likely = PlainLabel(), QPushButton()
        self.hint.setWordWrap(True)
        self.take_likely.clicked.connect(self._take_likely)
        self.delete = QCheckBox("&Delete what earlier files of this feed brought and this one lacks")
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow("&File", beside(self.file, self.choose))
        form.addRow("Fo&rmat", self.format)
        form.addRow("I&nto", beside(self.into, self.target))
        form.addRow("F&eed", self.feed)
        self._warning = beside(self.hint, self.take_likely)
        form.addRow("", self._warning)
        form.addRow("", self.delete)
        self._form = form
        form.setRowVisible(self._warning, False)
        self.delete.setEnabled(False)
        self._look: Look | None = None

    @property
    def path(self) -> Path:
        """The file to import."""
        return Path(self.file.text().strip())

    @property
    def store(self) -> Path:
        """The store to import into."""
        return Path(self.into.text().strip() or self._suggested())

    @property
    def feed_named(self) -> str:
        """What the file is an edition of, '' for what its format or its name says."""
        at = self.feed.findText(self.feed.currentText())
        return str(self.feed.itemData(at)) if at >= 0 else self.feed.currentText().strip()

    def take(self, file: Path) -> None:
        """Look at a file as if it had been chosen."""
        self._looked_at = ""
        self.file.setText(str(file))
        self._file_typed()

    def show_look(self, look: Look | None) -> None:
        """Offer the feeds of the store, and warn when another one has these rows already; what is typed stays."""
        typed = self._feed_line.text() if self._feed_line.isModified() else ""
        self._look = look
        self.feed.clear()
        if look is not None:
            for name in dict.fromkeys((look.feed, *(one.name for one in look.feeds))):
                self.feed.addItem(name, name)
            for one in look.feeds:
                about = f"{one.file}, imported {one.run_on}" if one.run_on else one.file
                self.feed.setItemData(self.feed.findData(one.name), plain_tip(about), Qt.ItemDataRole.ToolTipRole)
        if typed:
            self.feed.setEditText(typed)
            self._feed_line.setModified(True)
        self._tell()

    def _tell(self) -> None:
        look, now = self._look, self.feed_named
        known = look is not None and any(one.name == now for one in look.feeds)
        self.delete.setEnabled(known)
        if not known:
            self.delete.setChecked(False)
        self._likely = look.likely if look is not None and look.likely != now else ""
        self._form.setRowVisible(self._warning, bool(self._likely))
        self.hint.setText(
            f"These rows seem to be in the store already, as \u201c{self._likely}\u201d; as \u201c{now}\u201d they "
            "would be there twice."
        )
        self.take_likely.setText(f"&Update {self._likely}")

    def _feed_typed(self) -> None:
        """Look whether that feed is there; a field that is merely left asks for nothing."""
        if self._feed_line.isModified():
            self._feed_line.setModified(False)
            self._tell()
            self.changed.emit()

    def _take_likely(self) -> None:
        self.feed.setCurrentIndex(self.feed.findData(self._likely))
        self._tell()
        self.feed.setFocus()

    def _choose_file(self) -> None:
        path = self._files.to_import(self, self.file.text())
        if path is not None:
            self.take(path)

    def _choose_target(self) -> None:
        path = self._files.target(self, self.into.text() or self._suggested())
        if path is not None:
            self.into.setText(str(path))
            self._target_typed()

    def _suggested(self) -> str:
        """A store beside the file, or among the documents when nothing can be written there."""
        folder = self.path.parent if os.access(self.path.parent, os.W_OK) else self._files.documents
        return str(folder / f"{self.path.name.split('.')[0] or 'imported'}.gpkg")

    def _file_typed(self) -> None:
        """Look at another file; a field that is merely left asks for nothing."""
        typed = self.file.text().strip()
        if typed and typed != self._looked_at:
            self._looked_at = typed
            if self.path.is_file():
                self._files.use(self.path)
            before = Path(self.into.text().strip() or ".")
            if not self.into.text().strip() or (before == self._offered and not before.exists()):
                self._offered = Path(self._suggested())
                self.into.setText(str(self._offered))
            self._into_looked_at = self.into.text()
            self.feed.clear()
            self.file_chosen.emit()

    def _target_typed(self) -> None:
        if self.into.text() != self._into_looked_at and self.file.text().strip():
            self._into_looked_at = self.into.text()
            self.changed.emit()


def beside(line: QWidget, button: QPushButton) -> QWidget:
    """A widget with a button at its end."""
    both = QWidget()
    both.setFocusProxy(line)
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(line, 1)
    row.addWidget(button)
    return both
