"""The page of names of the import dialog: what each name in the file was taken for, and another choice for any."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget

from viewer.session.import_names import Choice, Directory
from viewer.session.importing import Summary
from viewer.store.intake.names import Match
from viewer.ui.import_pages import MOST_SHOWN, Table
from viewer.ui.text import PlainLabel, plain_tip

FIRST = "Press Try: it finds out which record each name in the file means, and any can be changed here."
NO_NAMES = "The file names no actor and no place."
CHOOSE = "Choose a row to take its name for another record."
DECIDED = " \u00b7 your choice"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RecordField(QLineEdit):
    """Finds a record while one types its name in any spelling; Down shows the likely ones without a text."""

    taken = Signal(str)
    """The key of a record."""

    def __init__(self) -> None:
        super().__init__()
        self._table, self._directory = "", Directory((), {})
        self._likely: list[Choice] = []
        self._keys: dict[str, str] = {}
        self._model, self._list = QStringListModel(self), QListView()
        self._offer = offer = QCompleter(self._model, self)
        offer.setWidget(self)  # not the field's own completer: that would write into it what was chosen
        offer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        offer.setPopup(self._list)
        offer.activated.connect(self._take)
        self.setMaxLength(120)
        self.setPlaceholderText("Search a record by any of its names")
        self.setAccessibleName("Take the name for this record")
        self.textEdited.connect(self._look)

    def ask(self, match: Match, directory: Directory) -> None:
        """Ask for the record that a name means."""
        self._table, self._directory, self._likely = match.table, directory, directory.likely(match)
        self.clear()
        self._fill(self._likely)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the first that was found, Down shows what there is."""
        if event.key() == Qt.Key.Key_Down and not self._list.isVisible():
            self._offer.complete()
        elif event.key() not in _ENTER:
            super().keyPressEvent(event)
        elif self.text().strip() and self._keys:
            self._take(next(iter(self._keys)))

    def _look(self, text: str) -> None:
        self._fill(self._directory.find(self._table, text) if text.strip() else self._likely)
        if self._keys:
            self._offer.complete()
        else:
            self._list.hide()

    def _fill(self, found: list[Choice]) -> None:
        self._keys = {choice.words: choice.key for choice in found}
        self._model.setStringList(list(self._keys))

    def _take(self, words: str) -> None:
        key = self._keys[words]
        self._list.hide()
        self.clear()
        self.taken.emit(key)


class NamesPage(QWidget):
    """Each name of the file with the record it was taken for; any can be taken for another one, or for a new one."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.table = Table(("Kind", "Name in the file", "Taken for"), "Names in the file and what they mean", 2)
        self.field, self.new, self.found = RecordField(), QPushButton("A &new record"), QPushButton("As &found")
        self.new.setToolTip("Make a record of this name, whatever it looks like")
        self.found.setToolTip("Take your choice for this name back")
        self.about = PlainLabel()
        self.table.empty = FIRST
        self.about.setWordWrap(True)
        self.about.setContentsMargins(8, 0, 8, 0)
        self._directory = Directory((), {})
        self._matches: tuple[Match, ...] = ()
        self._decided: dict[tuple[str, str], str] = {}
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 8)
        row.addWidget(self.field, 1)
        row.addWidget(self.new)
        row.addWidget(self.found)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        column.addWidget(self.about)
        column.addLayout(row)
        self.table.itemSelectionChanged.connect(self._settle)
        self.table.cellDoubleClicked.connect(lambda *_: self.field.setFocus())
        self.table.installEventFilter(self)
        self.field.taken.connect(self._decide)
        self.new.clicked.connect(lambda: self._decide(""))
        self.found.clicked.connect(self._take_back)
        self._settle()

    def forget(self) -> None:
        """Another file: nothing is known or decided about its names."""
        self._decided.clear()
        self.table.empty = FIRST
        self._show(())

    def know(self, directory: Directory) -> None:
        """The records that names can be taken for from now on."""
        self._directory = directory
        self._show(self._matches)

    def show_summary(self, summary: Summary) -> None:
        """Show what became of the names."""
        self.table.empty = NO_NAMES
        self._show(summary.matches[:MOST_SHOWN])

    def decided(self, table: str) -> Mapping[str, str]:
        """The keys that somebody chose for names of that table."""
        return {name: key for (kind, name), key in self._decided.items() if kind == table}

    @property
    def touched(self) -> bool:
        """Whether somebody decided anything."""
        return bool(self._decided)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: Enter in the table goes on to the field for its row."""
        enters = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _ENTER
        if enters and self._match is not None:
            self.field.setFocus()
            return True
        return super().eventFilter(watched, event)

    @property
    def _match(self) -> Match | None:
        """The name of the row that is chosen."""
        at = self.table.currentRow()
        return self._matches[at] if 0 <= at < len(self._matches) and self.table.selectedItems() else None

    def _show(self, matches: tuple[Match, ...]) -> None:
        at = self.table.currentRow() if matches == self._matches else -1
        self._matches = matches
        self.table.show_rows([(match.table, match.name, self._words(match)) for match in matches])
        if at >= 0:
            self.table.selectRow(at)
        self._settle()

    def _words(self, match: Match) -> str:
        decided = self._decided.get((match.table, match.name))
        if decided is None:
            return self._directory.words(match)
        return self._directory.decided(match.table, decided) + DECIDED

    def _settle(self) -> None:
        """Let field and buttons be about the row that is chosen."""
        match = self._match
        for widget in (self.field, self.new):
            widget.setEnabled(match is not None)
        self.found.setEnabled(match is not None and (match.table, match.name) in self._decided)
        if match is None:
            self.about.setText(CHOOSE if self._matches else "")
            return
        self.field.ask(match, self._directory)
        self.about.setText(f"\u201c{match.name}\u201d ({match.table}) is taken for: {self._words(match)}")

    def _decide(self, key: str) -> None:
        if (match := self._match) is not None:
            self._decided[match.table, match.name] = key
            self._changed()

    def _take_back(self) -> None:
        if (match := self._match) is not None:
            self._decided.pop((match.table, match.name), None)
            self._changed()

    def _changed(self) -> None:
        """Tell the row that is chosen anew; the others stay as they are."""
        item = self.table.item(self.table.currentRow(), 2)
        if item is not None and (match := self._match) is not None:
            item.setText(self._words(match))
            item.setToolTip(plain_tip(item.text()))
        self._settle()
        self.table.setFocus()
        self.changed.emit()
