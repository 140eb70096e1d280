"""Lets another reviewer's marks in: shows first what would come and what contradicts, and merges if it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QMainWindow,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.domain.frozen import dataclass
from viewer.domain.marks import Mark, time_words
from viewer.session.merging import Coming, look_into, merge_marks
from viewer.store.dataset import DataSet
from viewer.store.errors import StoreError
from viewer.store.handover import SUFFIX
from viewer.ui.dialogs import sentence
from viewer.ui.errand import Errand, Question
from viewer.ui.files import Files
from viewer.ui.status import StatusLine
from viewer.ui.text import PlainLabel

TITLE = "Merge marks"
FILES = f"Workspaces and hand-overs (*.workspace *{SUFFIX} *.zip);;All files (*)"
SHOWN = 500
"""Conflicts that are listed before they are let in."""
HEADS = ("Record", "Yours, which counts", "Theirs")
TELL_MS = 15_000
CANCELLED = "Merging was cancelled: marks that were written already will be shown"
SIZE = (760, 420)


@dataclass(frozen=True, eq=False)
class MergeOrder:
    """A file to look into, or with `wanted` to let in."""

    path: Path
    own: Path
    wanted: bool = False


class MergeDialog(QDialog):
    """What would come, in sentences, and each record about which the reviewers differ."""

    def __init__(self, parent: QWidget, coming: Coming, title_of: Callable[[str], str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"{TITLE} from {coming.path.name}")
        column = QVBoxLayout(self)
        for said in coming.sentences:
            label = PlainLabel(said, self)
            label.setWordWrap(True)
            column.addWidget(label)
        clashes = coming.union.clashes[:SHOWN]
        self.table = QTableWidget(len(clashes), len(HEADS), self)
        self.table.setAccessibleName("Conflicts")
        self.table.setHorizontalHeaderLabels(HEADS)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        for line, (mine, theirs) in enumerate(clashes):
            for at, text in enumerate((title_of(mine.key), _words(mine), _words(theirs))):
                self.table.setItem(line, at, QTableWidgetItem(text))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setVisible(bool(clashes))
        column.addWidget(self.table, 1)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        let_in = self.buttons.addButton("Merge", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column.addWidget(self.buttons)
        if clashes:
            self.resize(*SIZE)
        let_in.setFocus()


class MarkMerging(QObject):
    """Looks into a file in a thread, asks, and lets it in."""

    merged = Signal()
    """The user's file holds more than before."""

    def __init__(self, window: QMainWindow, data: DataSet, status: StatusLine, files: Files) -> None:
        super().__init__(window)
        self._window, self._data, self._status, self._files = window, data, status, files
        self.question = Question[MergeDialog]()
        self.errand = Errand(self._do, TITLE, window, self)
        self.errand.done.connect(self._over)
        self.errand.cancelled.connect(lambda: status.showMessage(CANCELLED, TELL_MS))

    def ask(self, own: Path) -> None:
        """Ask for a file whose marks are to join those of our own file."""
        if self.errand.busy or self.dialog is not None:
            return
        path = self._files.old(self._window, "Merge marks from", FILES)
        if path is not None:
            self.errand.begin(MergeOrder(path, own), f"Looking into {path.name}")

    @property
    def dialog(self) -> MergeDialog | None:
        """What asks at the moment."""
        return self.question.dialog

    def release(self) -> None:
        """Stop, before the data are closed."""
        self.errand.release()
        self.question.put_away()
        self.deleteLater()

    def _do(self, order: MergeOrder, tick: Callable[[float], None]) -> Coming | tuple[str, ...] | str:
        """In a thread: what would come, or the notices of what came; a sentence for what cannot be."""
        about = self._data.meta.store_id
        try:
            if order.wanted:
                return merge_marks(order.path, order.own, about, tick)
            return look_into(order.path, order.own, about, self._data.events.row_of, tick)
        except (StoreError, ValueError, OSError) as error:
            return str(error)

    def _over(self, order: MergeOrder, answer: Coming | tuple[str, ...] | str) -> None:
        if isinstance(answer, str):
            sentence(self._window, "Not merged", f"{answer}.")
        elif isinstance(answer, tuple):
            self.merged.emit()
            self._status.showMessage("; ".join((f"Marks of {order.path.name} are merged", *answer)), TELL_MS)
        elif answer.nothing:
            self._status.showMessage(f"{order.path.name} holds nothing that you do not have", TELL_MS)
        else:
            self._show(order, answer)

    def _show(self, order: MergeOrder, coming: Coming) -> None:
        keys = [mine.key for mine, _ in coming.union.clashes[:SHOWN]]
        titles = {event.key: event.title for event in self._data.reader.where("event", "key", keys)}
        wanted = MergeOrder(order.path, order.own, True)
        self.question.open(
            MergeDialog(self._window, coming, lambda key: titles.get(key, key)),
            lambda _: self.errand.begin(wanted, f"Merging {order.path.name}"),
            lambda: self._status.showMessage("Nothing was merged", TELL_MS),
        )


def _words(mark: Mark) -> str:
    said = f"{mark.by}: {mark.status}, {time_words(mark.at)}"
    why = " \u2013 ".join(part for part in (mark.reason, mark.note) if part)
    return f"{said} ({why})" if why else said
