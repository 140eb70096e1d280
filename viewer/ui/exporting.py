"""Writes incidents to a file of another program: what is asked for, in which format, and how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QMainWindow,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from viewer.domain.frozen import dataclass
from viewer.session.actions import rows_in_view
from viewer.session.exporting import (
    FORMATS,
    Asked,
    Format,
    Written,
    asked_in,
    asked_of_all,
    asked_rows,
    export_or_say,
)
from viewer.session.selectors import filter_mask, visible_events
from viewer.session.session import Session
from viewer.session.state import State
from viewer.session.window import window_words
from viewer.store.dataset import DataSet
from viewer.ui.dialogs import sentence
from viewer.ui.errand import Errand, Question
from viewer.ui.files import Files
from viewer.ui.status import StatusLine
from viewer.ui.text import PlainLabel

TELL_MS = 15_000
Find = Callable[[bool], Asked]
"""Finds what to export; with the claims of control like it, or without."""
LISTS = {
    "stack": "the incidents of the open list", "unplaced": "the incidents that no source places",
    "later": "the incidents learned later",
    "unpublished": "the incidents without a date of publication",
    "undated": "the incidents without a date", "undrawn": "the incidents in view that are not drawn",
    "near": "the incidents of the open list", "parts": "the incidents of the open list",
}  # fmt: skip
CLAIMS = "Claims of control by the same filters, too"


@dataclass(frozen=True)
class Offer:
    """One answer to the question what to export; claims: whether claims of control can go with it."""

    words: str
    number: int
    find: Find
    claims: bool = True


@dataclass(frozen=True, eq=False)
class Order:
    """One export that is asked for."""

    find: Find
    claims: bool
    form: Format
    path: Path


def offers(data: DataSet, state: State) -> list[Offer]:
    """What can be exported now, the likeliest first."""
    found: list[Offer] = []
    if state.listed in LISTS:
        rows, words = rows_in_view(data, state).tolist(), LISTS[state.listed]
        found.append(Offer(f"{words[0].upper()}{words[1:]}", len(rows), _rows(data, rows, words), False))
    seen, passing = visible_events(data, state).rows, int(filter_mask(data, state.filters).sum())
    shown = f"What is shown: all that pass the filters, {window_words(state.time)}"
    found.append(Offer(shown, len(seen), partial(asked_in, data, state)))
    everything = "All that pass the filters, whatever their day"
    found.append(Offer(everything, passing, partial(asked_of_all, data, state.filters)))
    ref = state.selected
    if ref is not None and ref.kind == "event" and ref.key in data.events.row_of:
        found.append(Offer("What is selected", 1, _rows(data, [data.events.row_of[ref.key]], "one incident"), False))
    return found


def _rows(data: DataSet, rows: list[int], words: str) -> Find:
    return lambda claims: asked_rows(data, rows, words)


class ExportDialog(QDialog):
    """What, and in which format; where is asked after it."""

    def __init__(self, parent: QWidget, found: list[Offer], form: Format) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export incidents")
        column = QVBoxLayout(self)
        self.offers, self.choices = found, QButtonGroup(self)
        for place, offer in enumerate(found):
            choice = QRadioButton(f"{offer.words} ({offer.number:,})".replace("&", "&&"))
            choice.setEnabled(bool(offer.number))
            self.choices.addButton(choice, place)
            column.addWidget(choice)
        first = next((place for place, offer in enumerate(found) if offer.number), 0)
        self.choices.button(first).setChecked(True)
        self.formats = QComboBox()
        self.formats.setAccessibleName("Format")
        for one in FORMATS:
            self.formats.addItem(one.title)
        self.formats.setCurrentIndex(FORMATS.index(form))
        self.claims = QCheckBox(CLAIMS)
        self.note = PlainLabel("Sources and whom to name are written with them.")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go_on = self.buttons.addButton("Choose a file\u2026", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go_on.setEnabled(any(offer.number for offer in found))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for widget in (self.formats, self.claims, self.note, self.buttons):
            column.addWidget(widget)
        self.formats.currentIndexChanged.connect(self._settle)
        self.choices.idToggled.connect(self._settle)
        self._settle()
        self.go_on.setFocus()  # so that Enter goes on

    @property
    def offer(self) -> Offer:
        """What is chosen."""
        return self.offers[self.choices.checkedId()]

    @property
    def form(self) -> Format:
        """The format that is chosen."""
        return FORMATS[self.formats.currentIndex()]

    @property
    def with_claims(self) -> bool:
        """Whether claims of control are asked for, where they can be."""
        return self.claims.isEnabled() and self.claims.isChecked()

    def _settle(self) -> None:
        self.claims.setEnabled(self.form.holds_claims and self.offer.claims)


class Exporting(QObject):
    """Asks, and writes in a thread; one export at a time, of which nothing is left when it is taken back."""

    def __init__(
        self, window: QMainWindow, files: Files, session: Session, data: DataSet, status: StatusLine
    ) -> None:
        super().__init__(window)
        self._window, self._files = window, files
        self._session, self._data, self._status = session, data, status
        self._form = FORMATS[0]
        self.question = Question[ExportDialog]()
        self.errand = Errand(self._write, "Export incidents", window, self)
        self.errand.done.connect(self._over)
        self.errand.cancelled.connect(self._taken_back)

    def ask(self) -> None:
        """Ask what is wanted, unless something is being written."""
        if self.errand.busy or self.dialog is not None:
            return
        self.question.open(ExportDialog(self._window, offers(self._data, self._session.state), self._form), self._asked)

    @property
    def dialog(self) -> ExportDialog | None:
        """What asks at the moment."""
        return self.question.dialog

    def release(self) -> None:
        """Stop writing and asking, before the data are closed."""
        self.errand.release()
        self.question.put_away()
        self.deleteLater()

    def _asked(self, dialog: ExportDialog) -> None:
        self._form = form = dialog.form
        name = f"badia-{dt.date.today().isoformat()}{form.suffix}"
        path = self._files.export(self._window, name, form.title, form.suffix)
        if path is not None:
            self.begin(Order(dialog.offer.find, dialog.with_claims, form, path))

    def begin(self, order: Order) -> None:
        """Write a file while the window lives on."""
        self.errand.begin(order, f"Writing {order.path.name}")

    def _taken_back(self) -> None:
        self._status.showMessage("The export was cancelled, and nothing written", TELL_MS)

    def _write(self, order: Order, tick: Callable[[float], None]) -> Written | str:
        """In a thread: the file, or why there is none."""
        find, today = partial(order.find, order.claims), dt.date.today().isoformat()
        return export_or_say(self._data, find, order.form, order.path, today, tick)

    def _over(self, order: Order, answer: Written | str) -> None:
        if isinstance(answer, str):
            sentence(self._window, "Not exported", answer)
            return
        claims = f" and {answer.claims:,} claims" if order.claims else ""
        number = f"{answer.events:,} incident{'' if answer.events == 1 else 's'}{claims}"
        self._status.tell_file(f"{number} written to", answer.path, TELL_MS)
