"""Import of a file: what it is, how it would be read, a trial, and then the import itself, which can be stopped."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from viewer.geo.basemap import Basemap
from viewer.session.import_look import Look
from viewer.session.import_words import capital, tally_words
from viewer.session.importing import SAVED, Order, Summary, wellknown_actors
from viewer.store.intake.names import Corrections
from viewer.ui.dialogs import ask_line, asking
from viewer.ui.files import Files
from viewer.ui.import_columns import ColumnsPage
from viewer.ui.import_form import ImportForm
from viewer.ui.import_names import NamesPage
from viewer.ui.import_pages import ChangesPage, ProblemsPage, RowsPage
from viewer.ui.import_work import Job, Outcome, do, keep, look
from viewer.ui.text import PlainLabel
from viewer.ui.working import Working

STEPS = 1000
MAX_NAME = 80
WIDEST, HIGHEST = 1120, 760
PLEASE = "Choose a file to import."
LOOKED = "{title}. Nothing is written yet: Try says what an import would do."
LISTED = "What would be deleted is listed on the page Changes; press Import to go on."
UNDONE = "Close without importing?\nNothing of this file was imported yet, and what was chosen for it is lost."
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ImportDialog(QDialog):
    """One file into one store. Everything that takes long is done in a thread, of which the newest wish counts."""

    imported = Signal(object)
    """The path of the store that was written."""
    wanted = Signal(object)
    """The path of a store that somebody wants to see now."""

    def __init__(self, parent: QWidget, files: Files, basemap: Basemap, opened: Path | None, today: dt.date) -> None:
        """opened: the user's own store that is open; None when it is the built-in data, which nothing is added to."""
        super().__init__(parent)
        self._today, self._opened, self._ready = today, opened, False
        self._written: Path | None = None
        self._tried: Order | None = None
        self._saved: str | None = None
        actors = cache(wellknown_actors)
        self._looking = Working(partial(look, actors), self)
        self._looking.answered.connect(self._show_look)
        self._doing = Working(partial(do, basemap, actors), self)
        self._doing.answered.connect(self._done)
        # Told by a thread: only a method of the dialog is called in the window's own.
        self._doing.progressed.connect(self._show_share, Qt.ConnectionType.QueuedConnection)
        self._doing.failed.connect(self._idle)
        self._keeping = Working(keep, self)
        self._keeping.answered.connect(lambda _, said: self._say(said))
        self.setWindowTitle("Import a file")
        self._build(files, opened)
        self._show_outcome(None)
        self._say(PLEASE)
        self._idle()
        room = self.screen().availableGeometry()
        self.resize(min(WIDEST, room.width() * 5 // 6), min(HIGHEST, room.height() * 6 // 7))

    def _build(self, files: Files, opened: Path | None) -> None:
        self.form = ImportForm(files, opened)
        self.form.file_chosen.connect(self._other_file)
        self.form.format_chosen.connect(self._other_format)
        self.form.changed.connect(self._look_again)
        self.rows, self.columns, self.names = RowsPage(), ColumnsPage(), NamesPage()
        self.changes, self.problems = ChangesPage(), ProblemsPage()
        self.columns.changed.connect(self._look_again)
        self.columns.keep.connect(self._keep_columns)
        self.columns.kept_chosen.connect(self._read_as_kept)
        self.names.changed.connect(self._idle)
        self.pages = QTabWidget()
        for page, title in ((self.rows, "Rows"), (self.columns, "Columns"), (self.names, "Names"),
                            (self.changes, "Changes"), (self.problems, "Problems")):  # fmt: skip
            self.pages.addTab(page, title)
        self.words, self.bar = PlainLabel(), QProgressBar()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar.setRange(0, STEPS)
        self.bar.setAccessibleName("How much of the file is imported")
        room = self.bar.sizePolicy()
        room.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(room)
        self.trial, self.start, self.stop = QPushButton("&Try"), QPushButton("I&mport"), QPushButton("Close")
        self.trial.setToolTip("Do everything but write, and say what would be done")
        self.start.setToolTip("Write it into the store, as a whole or not at all")
        self.show_it = QPushButton("&Open the store")
        self.show_it.clicked.connect(self._show_store)
        self.trial.clicked.connect(lambda: self._begin(True))
        self.start.clicked.connect(self._import)
        self.stop.clicked.connect(self._stop_or_close)
        buttons = QDialogButtonBox()
        for button, role in ((self.show_it, QDialogButtonBox.ButtonRole.ActionRole),
                             (self.trial, QDialogButtonBox.ButtonRole.AcceptRole),
                             (self.start, QDialogButtonBox.ButtonRole.AcceptRole),
                             (self.stop, QDialogButtonBox.ButtonRole.RejectRole)):  # fmt: skip
            buttons.addButton(button, role)
        self.show_it.hide()
        column = QVBoxLayout(self)
        column.addWidget(self.form)
        column.addWidget(self.pages, 1)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        column.addWidget(buttons)

    # what is wanted

    def take(self, file: Path) -> None:
        """Look at a file as if it had been chosen."""
        self.form.take(file)

    def _other_file(self) -> None:
        """Another file: nothing is known of it, or chosen for it."""
        self._tried, self._saved, self._written, self._ready = None, None, None, False
        self.show_it.hide()
        self.form.show_look(None)
        self.rows.show_preview(None)
        self.columns.forget()
        self.names.forget()
        self._show_outcome(None)
        self.pages.setCurrentWidget(self.rows)
        self._say("Looking at the file \u2026")
        self._look_again()

    def _other_format(self) -> None:
        """What was chosen for the columns means nothing in another format."""
        self._saved = None
        self.columns.forget()
        self._look_again()

    def _look_again(self) -> None:
        if self.form.file.text().strip():
            self._looking.ask(self._order())
            self._idle()

    def _read_as_kept(self, name: str) -> None:
        """Read the columns as they were kept under a name, '' as they are guessed."""
        self._saved = name
        self.columns.show_preview(None)
        self._look_again()

    def _order(self) -> Order:
        """What the fields ask for."""
        saved = {} if self._saved is None else {SAVED: self._saved}
        return Order(
            self.form.path, self.form.store, self._today.isoformat(), str(self.form.format.currentData()),
            self.form.feed_named, saved | self.columns.options,
            Corrections(self.names.decided("actor"), self.names.decided("place")), self.columns.swap.isChecked(),
            self.form.delete.isChecked(),
        )  # fmt: skip

    def _import(self) -> None:
        """Import, but show first what it would delete."""
        order = self._order()
        self._begin(order.delete_missing and self._tried != order)

    def _begin(self, trial: bool) -> None:
        order = self._order()
        keep_as = f"as in {order.file.name}"[:MAX_NAME] if self.columns.touched and not trial else ""
        self._say("Reading for a trial \u2026" if trial else "Importing \u2026")
        self.bar.setValue(0)
        self._doing.ask(Job(replace(order, dry_run=trial), keep_as))
        self._idle()

    # what came of it

    def _show_look(self, order: Order, found: Look | str) -> None:
        self._ready = not isinstance(found, str)
        if isinstance(found, str):
            self.rows.show_preview(None)
            self._say(found)
        else:
            self.form.show_look(found)
            self.rows.show_preview(found.preview)
            self.columns.show_preview(found.preview)
            self.columns.show_kept(found.kept, found.used)
            self.names.know(found.directory)
            if self._tried is None:
                self._say(LOOKED.format(title=capital(found.preview.importer.title)))
        self._idle()

    def _show_share(self, share: float) -> None:
        self.bar.setValue(round(share * STEPS))

    def _done(self, job: Job, outcome: Outcome | str) -> None:
        if isinstance(outcome, str):
            self._say(outcome)
            self._idle()
            return
        found = outcome.summary
        self.bar.setValue(STEPS)
        self.names.show_summary(found)
        problems = self._show_outcome(found)
        told = [tally_words(found)]
        if problems:
            told.append("What is to know of it is on the page Problems.")
        if found.rejects is not None:
            told.append(f"Rejected rows are kept in {found.rejects}: mend them there and import that file.")
        if outcome.kept:
            told.append(f"The choice of columns is kept as \u201c{outcome.kept}\u201d for files with this header.")
        if job.order.dry_run and job.order.delete_missing and found.tally.deleted:
            told.append(LISTED)
            self.pages.setCurrentWidget(self.changes)
        elif found.rejected:
            self.pages.setCurrentWidget(self.problems)
        self._say(" ".join(told))
        self._tried = replace(job.order, dry_run=False)
        if not job.order.dry_run:
            self._written = job.order.into
            self.show_it.setVisible(job.order.into != self._opened)
            self.imported.emit(job.order.into)
        self._idle()
        (self.start if job.order.dry_run else self.show_it if self.show_it.isVisible() else self.stop).setFocus()

    def _show_outcome(self, found: Summary | None) -> int:
        """Fill the pages that tell what an import did or would do; how many problems there are."""
        changed, problems = self.changes.show_summary(found), self.problems.show_summary(found)
        for page, title, number in ((self.changes, "Changes", changed), (self.problems, "Problems", problems)):
            self.pages.setTabText(self.pages.indexOf(page), f"{title} ({number:,})" if number else title)
        return problems

    def _keep_columns(self) -> None:
        """Keep the choice of columns under a name."""
        name = ask_line(self, "Keep the columns", "Name of this choice of columns:", self.form.path.stem)
        if name and name.strip():
            self._keeping.ask((self._order(), name.strip()))

    def _show_store(self) -> None:
        self.wanted.emit(self._written)
        self._leave()

    def _idle(self) -> None:
        """Let the buttons say what can be done now; Enter tries, and imports what was tried."""
        busy = self._doing.busy
        able = not busy and self._ready and not self._looking.busy
        for button in (self.trial, self.start):
            button.setEnabled(able)
        for widget in (self.form, self.columns, self.names):
            widget.setEnabled(not busy)
        tried = self._tried is not None and self._tried == self._order()
        (self.start if tried else self.trial).setDefault(True)
        self.stop.setText("Stop" if busy else "Close")
        self.bar.setVisible(busy)

    def _say(self, text: str) -> None:
        self.words.setText(text)

    # ending

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field takes what is written there; only then it presses a button."""
        if event.key() in _ENTER and self._looking.busy and isinstance(QApplication.focusWidget(), QLineEdit):
            return
        super().keyPressEvent(event)

    def _stop_or_close(self) -> None:
        if self._doing.busy:
            self._doing.forget()
            self._say("Stopped; the store is as it was.")
            self._idle()
        else:
            self.reject()

    @property
    def _at_stake(self) -> bool:
        """Whether something was chosen or tried that closing would lose."""
        chosen = self._tried is not None or self.columns.touched or self.names.touched
        return self._ready and chosen and self._written is None

    def reject(self) -> None:
        """Escape stops what is going on; it closes when nothing is, and asks first when something would be lost."""
        if self._doing.busy:
            self._stop_or_close()
        elif self._at_stake:
            question = asking(self, self.windowTitle(), UNDONE, "Close")
            question.accepted.connect(self._leave)
        else:
            self._leave()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's hook."""
        event.ignore()
        self.reject()

    def _leave(self) -> None:
        for one in (self._looking, self._doing, self._keeping):
            one.release()
        super().reject()
