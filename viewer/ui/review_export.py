"""Writes the review log to a file: of which records, in which form and where is asked, then a thread writes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QMainWindow,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from viewer.domain.frozen import dataclass
from viewer.domain.marks import Mark, said_once
from viewer.draw.output.review_log import obstacle_to_log
from viewer.session.review_log import EVERYTHING, review_log
from viewer.store.dataset import DataSet
from viewer.ui.dialogs import sentence
from viewer.ui.errand import Errand, Question
from viewer.ui.files import Files, always
from viewer.ui.status import StatusLine
from viewer.ui.text import PlainLabel

TITLE = "Export the review log"
FORMS = (("PDF, to read and print", ".pdf"), ("CSV, a table for spreadsheets", ".csv"))
TELL_MS = 15_000


@dataclass(frozen=True)
class LogOffer:
    """One answer to the question of which records. keys: their events, None for every record; words: the selection."""

    title: str
    words: str
    keys: frozenset[str] | None
    changes: int


@dataclass(frozen=True, eq=False)
class LogOrder:
    """A log that is asked for."""

    offer: LogOffer
    marks: tuple[Mark, ...]
    path: Path


def log_offers(marks: tuple[Mark, ...], shown: tuple[str, frozenset[str]], selected: str) -> list[LogOffer]:
    """What a log can be of: all marks, those of the table (its selection in words, its keys), that of one event."""
    once = said_once(marks)
    words, keys = shown
    found = [
        LogOffer("Every record", EVERYTHING, None, len(once)),
        LogOffer(f"What the table shows: {words}", words, keys, sum(mark.key in keys for mark in once)),
    ]
    if selected:
        of_one = sum(mark.key == selected for mark in once)
        found.append(LogOffer("What is selected", f"the record {selected}", frozenset((selected,)), of_one))
    return found


class LogDialog(QDialog):
    """Of which records, and in which form; where is asked after it."""

    def __init__(self, parent: QWidget, found: list[LogOffer], suffix: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        column = QVBoxLayout(self)
        self.offers, self.choices = found, QButtonGroup(self)
        for place, offer in enumerate(found):
            number = f"{offer.changes:,} change{'' if offer.changes == 1 else 's'}"
            title = offer.title if len(offer.title) < 90 else offer.title[:89] + "\u2026"
            choice = QRadioButton(f"{title} ({number})".replace("&", "&&"))
            self.choices.addButton(choice, place)
            column.addWidget(choice)
        self.choices.button(0).setChecked(True)
        self.forms = QComboBox()
        self.forms.setAccessibleName("Form")
        for words, _ in FORMS:
            self.forms.addItem(words)
        self.forms.setCurrentIndex([one for _, one in FORMS].index(suffix))
        self.note = PlainLabel("Every change is in it: who, when, what and why, with the store and its edition.")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go_on = self.buttons.addButton("Choose a file\u2026", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for widget in (self.forms, self.note, self.buttons):
            column.addWidget(widget)
        go_on.setFocus()  # so that Enter goes on

    @property
    def offer(self) -> LogOffer:
        """What is chosen."""
        return self.offers[self.choices.checkedId()]

    @property
    def form(self) -> tuple[str, str]:
        """The form in words, and the suffix of its file."""
        return FORMS[self.forms.currentIndex()]


class ReviewExport(QObject):
    """Asks, and writes in a thread; nothing is left of a log that is taken back."""

    def __init__(self, window: QMainWindow, data: DataSet, status: StatusLine, files: Files) -> None:
        super().__init__(window)
        self._window, self._data, self._status, self._files = window, data, status, files
        self._suffix = FORMS[0][1]
        self.question = Question[LogDialog]()
        self._marks: tuple[Mark, ...] = ()
        self.errand = Errand(self._write, TITLE, window, self)
        self.errand.done.connect(self._over)
        self.errand.cancelled.connect(
            lambda: status.showMessage("The log was cancelled, and nothing written", TELL_MS)
        )

    def ask(self, marks: tuple[Mark, ...], shown: tuple[str, frozenset[str]], selected: str) -> None:
        """Ask what is wanted of a history (see `log_offers`), unless a log is being written."""
        if self.errand.busy or self.dialog is not None:
            return
        self._marks = marks
        self.question.open(LogDialog(self._window, log_offers(marks, shown, selected), self._suffix), self._asked)

    @property
    def dialog(self) -> LogDialog | None:
        """What asks at the moment."""
        return self.question.dialog

    def release(self) -> None:
        """Stop writing and asking, before the data are closed."""
        self.errand.release()
        self.question.put_away()
        self.deleteLater()

    def _asked(self, dialog: LogDialog) -> None:
        words, self._suffix = dialog.form
        name = f"badia-review-{dt.date.today().isoformat()}{self._suffix}"
        path = self._files.new(self._window, TITLE, name, f"{words} (*{self._suffix})", always(self._suffix))
        if path is not None:
            self.errand.begin(LogOrder(dialog.offer, self._marks, path), f"Writing {path.name}")

    def _write(self, order: LogOrder, tick: Callable[[float], None]) -> tuple[int, str]:
        """In a thread: how many changes were written, and why none were."""
        offer = order.offer
        log = review_log(self._data, order.marks, dt.date.today().isoformat(), offer.words, offer.keys)
        return len(log.lines), obstacle_to_log(log, order.path, self._data.path, tick)

    def _over(self, order: LogOrder, answer: tuple[int, str]) -> None:
        changes, obstacle = answer
        if obstacle:
            sentence(self._window, "Not exported", f"{obstacle}.")
        else:
            number = f"{changes:,} change{'' if changes == 1 else 's'}"
            self._status.tell_file(f"{number} written to", order.path, TELL_MS)
