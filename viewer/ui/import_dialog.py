"""Import of a file: what it is, how it would be read, a trial, and then the import itself, which can be stopped."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from viewer.geo.basemap import Basemap
from viewer.session.import_words import tally_words
from viewer.session.importing import (
    REFUSED,
    Order,
    Preview,
    Summary,
    formats,
    keep_mapping,
    preview,
    run_import,
    wellknown_actors,
)  # fmt: skip
from viewer.store.intake.names import Corrections
from viewer.ui.dialogs import ask_line
from viewer.ui.import_pages import ColumnsPage, NamesPage, RejectedPage, RowsPage
from viewer.ui.text import PlainLabel
from viewer.ui.working import Working

STEPS = 1000
FILES = (
    "Tables, GeoJSON, KML and stores (*.csv *.tsv *.txt *.xlsx *.json *.geojson *.kml *.kmz *.gpkg *.gz)"
    ";;All files (*)"
)
TARGETS = "Stores (*.gpkg)"
PLEASE = "Choose a file to import."


class ImportDialog(QDialog):
    """One file into one store. Everything that takes long is done in a thread, of which the newest wish counts."""

    imported = Signal(object)
    """The path of the store that was written."""
    wanted = Signal(object)
    """The path of a store that somebody wants to see now."""

    def __init__(self, parent: QWidget, basemap: Basemap, opened: Path | None, today: dt.date) -> None:
        """opened: the user's own store that is open; None when it is the built-in data, which nothing is added to."""
        super().__init__(parent)
        self._today, self._opened, self._ready = today, opened, False
        self._written: Path | None = None
        self._looked_at = ""
        self._looking = Working(_look, self)
        self._looking.answered.connect(self._show_preview)
        self._doing = Working(partial(_do, basemap), self)
        self._doing.answered.connect(self._done)
        # Told by a thread: only a method of the dialog is called in the window's own.
        self._doing.progressed.connect(self._show_share, Qt.ConnectionType.QueuedConnection)
        self._doing.failed.connect(self._idle)
        self.setWindowTitle("Import a file")
        self._build(opened)
        self._say(PLEASE)
        self._idle()
        self.resize(880, 620)

    def _build(self, opened: Path | None) -> None:
        self.file, choose = QLineEdit(), QPushButton("Choose\u2026")
        self.file.editingFinished.connect(self._file_typed)
        choose.clicked.connect(self._choose_file)
        self.format = QComboBox()
        self.format.addItem("Found from the content", "")
        for name, title in formats():
            self.format.addItem(title, name)
        self.format.activated.connect(self._look_again)
        self.into, target = QLineEdit(str(opened) if opened is not None else ""), QPushButton("Choose\u2026")
        self.into.setPlaceholderText("a new store, or one of your own")
        target.clicked.connect(self._choose_target)
        self.feed = QLineEdit()
        self.feed.setPlaceholderText("what later files will update; found from the format or the file's name")
        self.swap = QCheckBox("Longitude and latitude are e&xchanged in the file")
        self.swap.toggled.connect(self._look_again)
        self.delete = QCheckBox("&Delete what earlier files of this feed brought and this one lacks")
        form = QFormLayout()
        form.addRow("&File", _beside(self.file, choose))
        form.addRow("Fo&rmat", self.format)
        form.addRow("&Into", _beside(self.into, target))
        form.addRow("F&eed", self.feed)
        form.addRow("", self.swap)
        form.addRow("", self.delete)
        self.rows, self.columns, self.names, self.turned_down = RowsPage(), ColumnsPage(), NamesPage(), RejectedPage()
        self.columns.changed.connect(self._look_again)
        self.pages = QTabWidget()
        for page, title in ((self.rows, "Rows"), (self.columns, "Columns"), (self.names, "Names"),
                            (self.turned_down, "Rejected")):  # fmt: skip
            self.pages.addTab(page, title)
        self.words, self.bar = PlainLabel(), QProgressBar()
        self.words.setWordWrap(True)
        self.bar.setRange(0, STEPS)
        self.bar.setAccessibleName("How much of the file is imported")
        self.trial, self.start, self.stop = QPushButton("&Try"), QPushButton("I&mport"), QPushButton("Close")
        self.keep = QPushButton("&Keep the columns\u2026")
        self.keep.setToolTip("Name this choice of columns: files with the same header are then read so")
        self.keep.clicked.connect(self._keep_columns)
        self.show_it = QPushButton("&Open the store")
        self.show_it.clicked.connect(self._show_store)
        self.trial.setToolTip("Do everything but write, and say what would be done")
        self.trial.clicked.connect(lambda: self._begin(True))
        self.start.clicked.connect(lambda: self._begin(False))
        self.stop.clicked.connect(self._stop_or_close)
        buttons = QDialogButtonBox()
        for button, role in ((self.keep, QDialogButtonBox.ButtonRole.ActionRole),
                             (self.show_it, QDialogButtonBox.ButtonRole.ActionRole),
                             (self.trial, QDialogButtonBox.ButtonRole.ActionRole),
                             (self.start, QDialogButtonBox.ButtonRole.ApplyRole),
                             (self.stop, QDialogButtonBox.ButtonRole.RejectRole)):  # fmt: skip
            buttons.addButton(button, role)
        self.show_it.hide()
        self.keep.hide()
        self.start.setDefault(True)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.pages, 1)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        column.addWidget(buttons)

    # what is wanted

    def take(self, file: Path) -> None:
        """Look at a file as if it had been chosen."""
        self._looked_at = ""
        self.file.setText(str(file))
        self._file_typed()

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "A file to import", self.file.text(), FILES)
        if name:
            self.take(Path(name))

    def _choose_target(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "A store to import into", self.into.text() or self._suggested(), TARGETS,
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if name:
            self.into.setText(name if Path(name).suffix else f"{name}.gpkg")
            self._idle()

    def _suggested(self) -> str:
        file = Path(self.file.text())
        return str(file.with_name(f"{file.name.split('.')[0] or 'imported'}.gpkg"))

    def _file_typed(self) -> None:
        """Look at another file; a field that is merely left asks for nothing."""
        typed = self.file.text().strip()
        if not typed or typed == self._looked_at:
            return
        self._looked_at = typed
        if not self.into.text().strip():
            self.into.setText(self._suggested())
        self.names.forget()
        self.columns.show_preview(None)
        self.turned_down.show_summary(None)
        self._look_again()

    def _look_again(self) -> None:
        if self.file.text().strip():
            self._looking.ask(self._order())

    def _order(self) -> Order:
        """What the fields ask for."""
        return Order(
            Path(self.file.text().strip()), Path(self.into.text().strip() or self._suggested()),
            self._today.isoformat(), str(self.format.currentData()), self.feed.text().strip(), self.columns.options,
            Corrections(self.names.decided("actor"), self.names.decided("place")), self.swap.isChecked(),
            self.delete.isChecked(),
        )  # fmt: skip

    # what came of it

    def _show_preview(self, order: Order, found: Preview | str) -> None:
        if isinstance(found, str):
            self.rows.show_preview(None)
            self._say(found)
        else:
            self.rows.show_preview(found)
            self.columns.show_preview(found)
            self.pages.setTabEnabled(self.pages.indexOf(self.columns), not self.columns.empty)
            self.keep.setVisible(bool(found.shape.fields))
            self._say(f"{found.importer.title}. Nothing was written yet: try it, or import.")
        self._ready = not isinstance(found, str)
        self._idle()

    def _begin(self, trial: bool) -> None:
        order = replace(self._order(), dry_run=trial)
        self._say("Reading for a trial \u2026" if trial else "Importing \u2026")
        self.bar.setValue(0)
        self._doing.ask(order)
        self._idle()

    def _show_share(self, share: float) -> None:
        self.bar.setValue(round(share * STEPS))

    def _done(self, order: Order, found: Summary | str) -> None:
        self._idle()
        if isinstance(found, str):
            self._say(found)
            return
        self.bar.setValue(STEPS)
        self.names.show_summary(found)
        self.turned_down.show_summary(found)
        at = self.pages.indexOf(self.turned_down)
        self.pages.setTabText(at, f"Rejected ({found.tally.rejected:,})" if found.rejected else "Rejected")
        told = [tally_words(found), *(remark.text[:1].upper() + remark.text[1:] + "." for remark in found.remarks)]
        if found.rejects is not None:
            told.append(f"Rejected rows are kept in {found.rejects}: mend them there and import that file.")
        self._say(" ".join(told))
        if found.rejected:
            self.pages.setCurrentWidget(self.turned_down)
        if not order.dry_run:
            self._written = order.into
            self.show_it.setVisible(order.into != self._opened)
            self.imported.emit(order.into)

    def _keep_columns(self) -> None:
        """Keep the choice of columns under a name."""
        name = ask_line(self, "Keep the columns", "Name of this choice of columns:", Path(self.file.text()).stem)
        if name and name.strip():
            try:
                keep_mapping(self._order(), name.strip())
            except REFUSED as error:
                self._say(str(error))
            else:
                self._say(f"Kept as {name.strip()}: files with the same header are read so by themselves.")

    def _show_store(self) -> None:
        self.wanted.emit(self._written)
        self.reject()

    def _idle(self) -> None:
        """Let the buttons say what can be done now."""
        busy = self._doing.busy
        for button in (self.trial, self.start):
            button.setEnabled(not busy and self._ready)
        for widget in (self.file, self.format, self.into, self.feed, self.swap, self.delete, self.columns, self.names):
            widget.setEnabled(not busy)
        self.stop.setText("Stop" if busy else "Close")
        self.bar.setVisible(busy)

    def _say(self, text: str) -> None:
        self.words.setText(text)

    # ending

    def _stop_or_close(self) -> None:
        if self._doing.busy:
            self._doing.forget()
            self._say("Stopped; the store is as it was.")
            self._idle()
        else:
            self.reject()

    def reject(self) -> None:
        """Escape stops what is going on, and closes when nothing is."""
        if self._doing.busy:
            self._stop_or_close()
        else:
            self._release()
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's hook."""
        self._release()
        super().closeEvent(event)

    def _release(self) -> None:
        self._looking.release()
        self._doing.release()


def _beside(line: QLineEdit, button: QPushButton) -> QWidget:
    both = QWidget()
    both.setFocusProxy(line)
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(line, 1)
    row.addWidget(button)
    return both


def _look(order: Order, tick: Any) -> Preview | str:
    """In a thread: how the file would be read, or the sentence why it cannot be."""
    tick(0.0)
    try:
        return preview(order)
    except REFUSED as error:
        return str(error)


def _do(basemap: Basemap, order: Order, tick: Any) -> Summary | str:
    """In a thread: the import, or the sentence why it cannot be."""
    try:
        return run_import(order, basemap, wellknown_actors(), tick)
    except REFUSED as error:
        return str(error)
