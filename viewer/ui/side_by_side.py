"""Two incidents side by side: the one that was chosen first, and whichever is selected; what differs is marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from viewer.draw.tokens import Tokens
from viewer.session.beside import DIFFERS, NOTHING, Entry, Line, Pair, pair_of, pair_text
from viewer.session.card import Row
from viewer.session.commands import Batch, SetBeside
from viewer.session.describe import name_of
from viewer.session.playback import looked_at
from viewer.session.session import Session
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet
from viewer.ui.card_view import CardView
from viewer.ui.card_writer import LINK, CardWriter
from viewer.ui.text import PlainLabel, put, put_block

COLUMNS = (15.0, 42.5, 42.5)
"""Of the width: the field, and each of the records."""
SIZE_SHARE = (0.6, 0.62)
LEAST_SIZE = (560, 320)
OFFERED = 14


class SideBySide(QDialog):
    """A window above the map that stays while other records are chosen, until it is closed."""

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens, offered: Callable[[], Sequence[Row]],
        act: Callable[[str], None], parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent, Qt.WindowType.Tool)
        self._session, self._data, self._tokens, self._offered = session, data, tokens, offered
        self._links: list[Ref] = []
        self.pair: Pair | None = None
        self.setWindowTitle("Two incidents side by side")
        self.view = CardView(act, self)
        self.view.setProperty("copies", True)
        self.view.setAccessibleName("Two incidents side by side")
        self.view.setFrameShape(self.view.Shape.NoFrame)
        self.view.document().setDocumentMargin(8)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.anchorClicked.connect(self._follow)
        self.view.copied.connect(self.copy)
        self.differing = QCheckBox("Only what differs", self)
        self.differing.toggled.connect(lambda _: self.refresh())
        self.swap = self._button("Swap", "Let the two change places", self.change_places)
        self.copied = self._button("Copy", "Copy both as text (Ctrl+C)", self.copy)
        self.said = PlainLabel(parent=self)
        self.said.setObjectName("quiet")
        self._place(parent)
        self._stop = session.watch(("selected", "beside"), self._changed)
        self.destroyed.connect(self._stop)

    def _button(self, text: str, tip: str, deed: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(deed)
        return button

    def _place(self, parent: QWidget) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 4)
        row.addWidget(self.differing)
        row.addWidget(self.said, 1)
        row.addWidget(self.swap)
        row.addWidget(self.copied)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        window = parent.window()
        shares = zip((window.width(), window.height()), SIZE_SHARE, LEAST_SIZE, strict=True)
        width, height = (max(int(whole * share), least) for whole, share, least in shares)
        self.resize(width, height)
        self.move(window.mapToGlobal(QPoint(24, 70)))

    def release(self) -> None:
        """Stop watching the session, before the widget goes."""
        self._stop()
        self.hide()
        self.deleteLater()

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self._tokens = tokens
        self.refresh()

    def begin(self) -> None:
        """Show it with the keys in it."""
        self.refresh()
        self.show()
        self.raise_()
        self.activateWindow()
        self.view.setFocus()

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if after.beside is None:
            self.hide()
        elif before.beside is None:
            self.begin()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Write both records, or what may be chosen where there is only one."""
        state = self._session.state
        if state.beside is None:
            return
        other = state.selected if state.selected != state.beside else None
        self.pair = pair_of(self._data, state.beside, other) if other is not None else None
        writer = CardWriter(self.view.start(), self._tokens, self.font(), self.devicePixelRatioF())
        if self.pair is None:
            self._offer(writer, state.beside)
        else:
            self._write(writer, self.pair)
        self._links = writer.links
        self.said.clear()
        self.swap.setEnabled(self.pair is not None)
        self.copied.setEnabled(self.pair is not None)
        self.view.moveCursor(QTextCursor.MoveOperation.Start)

    def _offer(self, writer: CardWriter, kept: Ref) -> None:
        """What can be chosen as the other one."""
        writer.hint((
            f"{name_of(self._data, kept)}: beside which other incident?",
            "Choose one on the map, in a list or in the table, or press Down or Up.",
        ))  # fmt: skip
        seen = {kept}
        for row in self._offered():
            if row.ref is not None and row.ref.kind == "event" and row.ref not in seen and len(seen) <= OFFERED:
                seen.add(row.ref)
                writer.row(Row(row.label, row.text, row.note, row.ref))

    def _write(self, writer: CardWriter, pair: Pair) -> None:
        cursor = QTextCursor(self.view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        lines = [line for line in pair.lines if line.differs or not self.differing.isChecked()]
        number = sum(line.differs for line in pair.lines)
        said = f"{number} of {len(pair.lines)} fields differ, marked {DIFFERS}"
        put_block(cursor, QTextBlockFormat(), "; ".join(filter(None, (said, pair.apart))), writer.form("text_muted"))
        table = self._table(cursor, len(lines))
        for row, line in enumerate(lines):
            self._line(table, row, line, writer)

    def _table(self, cursor: QTextCursor, rows: int) -> QTextTable:
        form = QTextTableFormat()
        form.setBorder(0)
        form.setCellPadding(3)
        form.setCellSpacing(0)
        form.setTopMargin(6)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        form.setColumnWidthConstraints([QTextLength(QTextLength.Type.PercentageLength, share) for share in COLUMNS])
        return cursor.insertTable(max(rows, 1), len(COLUMNS), form)

    def _line(self, table: QTextTable, row: int, line: Line, writer: CardWriter) -> None:
        name = table.cellAt(row, 0).firstCursorPosition()
        put(name, f"{DIFFERS} {line.field}" if line.differs else line.field,
            writer.form("warning" if line.differs else "text_muted", 0.92, bold=line.differs))  # fmt: skip
        head = line.field == "Title"
        for column, entries in ((1, line.left), (2, line.right)):
            self._cell(table.cellAt(row, column).firstCursorPosition(), entries, head, writer)

    def _cell(self, cursor: QTextCursor, entries: Sequence[Entry], head: bool, writer: CardWriter) -> None:
        if not entries:
            put(cursor, NOTHING, writer.form("text_muted"))
        for number, entry in enumerate(entries):
            if number:
                cursor.insertBlock()
            put(cursor, entry.text, self._form(writer, entry, head))

    def _form(self, writer: CardWriter, entry: Entry, head: bool) -> QTextCharFormat:
        form = writer.form("text", 1.1 if head else 1.0, bold=head)
        if entry.alone and not head:
            form.setBackground(self._tokens.colour("warning", 0.16))
        return form

    def _follow(self, link: QUrl) -> None:
        number = link.toString().removeprefix(LINK)
        if number.isdecimal() and int(number) < len(self._links):
            self._session.dispatch(looked_at(self._data, self._session.state, self._links[int(number)]))

    def change_places(self) -> None:
        """The selected one is kept, and the one that was kept is selected."""
        state = self._session.state
        if self.pair is not None and state.beside is not None:
            back = looked_at(self._data, state, state.beside)
            self._session.dispatch(Batch((SetBeside(state.selected), back)))

    def copy(self) -> None:
        """Put both on the clipboard as plain text."""
        if self.pair is not None:
            QGuiApplication.clipboard().setText(pair_text(self.pair))
            self.said.setText("Both were copied as text")

    def reject(self) -> None:
        """Closing ends the comparison."""
        self._session.dispatch(SetBeside(None))

    def closeEvent(self, event: QCloseEvent) -> None:
        """The cross does too."""
        event.ignore()
        self.reject()

