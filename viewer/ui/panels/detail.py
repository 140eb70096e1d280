"""The detail pane: everything the data set says of the selected record, contradictions first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication, QShowEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from viewer.domain.dates import day_words, words
from viewer.domain.frozen import dataclass
from viewer.draw.tokens import Tokens
from viewer.session.actions import BY_ID, rows_in_view
from viewer.session.card import Card, Row
from viewer.session.card_event import HEADINGS, NEARBY, family_of, with_near
from viewer.session.cards import card_of
from viewer.session.citation import citation
from viewer.session.commands import Command, OpenList, Select, SetNear, ToggleFold
from viewer.session.known import known_data
from viewer.session.nearby import Near, limits_words, near_of, typed_limits
from viewer.session.playback import looked_at
from viewer.session.selectors import counters
from viewer.session.session import Session
from viewer.session.state import Reading, Ref, State
from viewer.session.unseen import unseen_rows
from viewer.store.dataset import DataSet
from viewer.ui.as_of import AsOf
from viewer.ui.asking import Asking
from viewer.ui.card_view import CardView
from viewer.ui.card_writer import DO, FOLD, LINK, CardWriter
from viewer.ui.dialogs import ask_line, sentence
from viewer.ui.side_by_side import SideBySide
from viewer.ui.working import Working

REST_MS = 80
"""While time runs the pane keeps still; so long after it stopped, it follows."""
FEW = 20_000
"""Among so many records it is found at once what is near one; among more by a thread."""
HINT = (
    "Nothing is selected.",
    "Click a symbol on the map, or press Down to go through the records in the window, the earliest first.",
    "Ctrl+K finds places, incidents and actors by any spelling, Arabic too.",
)
ABOUT = 3
"""So many records before and after the selected one are offered to be read beside it."""
LIMITS_ASKED = "Within which distance, and how many days? For instance 25 km, 7 days:"
LIMITS_WRONG = "That is no distance and number of days: write them as 25 km, 7 days; up to 1,000 km and 3,650 days."


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know: which records lie near one."""

    key: str
    reading: Reading
    known_by: int | None


class DetailPanel(QWidget):
    """The pane at the right."""

    def __init__(
        self, session: Session, data: DataSet, tokens: Tokens, asking: Asking, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._data, self._tokens = session, data, tokens
        self._card: Card | None = None
        self._unseen: tuple[Row, ...] = ()
        """What keeps the record off the map, as it is told."""
        self._writer: CardWriter | None = None
        self._near: tuple[Asked, Near] | None = None
        self._lists = False
        self._beside: SideBySide | None = None
        self.looking = Working(lambda asked, tick: _found(data, asked, tick), self)
        self.looking.answered.connect(self._arrived)
        self.asking = asking
        self.view = CardView(self._act, self)
        self.view.setFrameShape(self.view.Shape.NoFrame)
        self.view.setAccessibleName("Details of the selected record")
        self.view.document().setDocumentMargin(8)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.anchorClicked.connect(self._follow)
        self.back = self._button("\u2190", "Back", "undo", session.undo)
        self.forward = self._button("\u2192", "Forward", "redo", session.redo)
        self.earlier = self._button("\u2191", "Previous", "previous_record")
        self.later = self._button("\u2193", "Next", "next_record")
        self.pin = self._button("Lane", "Control lane", "pin")
        self.pin.setCheckable(True)
        self.compare = self._button("Beside", "Compare with another incident", "beside")
        self.compare.setCheckable(True)
        self.cite = self._button("Cite", "Copy a citation", "copy_citation", self.copy_citation)
        self._place()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REST_MS)
        self._later.timeout.connect(self._again)
        self._stop = session.watch(
            ("selected", "pins", "time", "play", "filters", "layers", "listed", "reading", "beside"), self._changed
        )
        self.destroyed.connect(self._stop)
        self._write(session.state)
        self._show_buttons(session.state)

    def release(self) -> None:
        """Stop watching the session and looking for what is near, before the widget goes."""
        self._stop()
        self._later.stop()
        self.looking.release()
        if self._beside is not None:
            self._beside.release()
            self._beside = None

    def _button(self, text: str, said: str, action: str, deed: Callable[[], object] | None = None) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAccessibleName(said)
        known = BY_ID[action]
        button.setToolTip(f"{known.title} ({' or '.join(known.keys)})")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: deed() if deed is not None else self._act(action))
        return button

    def _place(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 2)
        row.setSpacing(2)
        for widget in (self.back, self.forward, self.earlier, self.later):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.pin, self.compare, self.cite):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        self.as_of = AsOf(self)
        self.as_of.setContentsMargins(12, 3, 8, 4)
        column.addWidget(self.as_of)  # at the foot: what is read stays where it is while the line comes and goes
        self.setMinimumWidth(260)

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another theme."""
        self._tokens = tokens
        self._again()
        if self._beside is not None:
            self._beside.set_tokens(tokens)

    # what a hand does

    @property
    def deeds(self) -> dict[str, Callable[[], object]]:
        """What the pane does, by the ids of the actions that make no command."""
        return {"near_list": self.list_near, "near_limits": self.ask_limits, "fold_all": self.fold_all}

    def copy_citation(self) -> None:
        """Put a citation of the record on the clipboard."""
        ref = self._session.state.selected
        if ref is not None:
            QGuiApplication.clipboard().setText(citation(self._data, ref))

    def list_near(self) -> None:
        """Open a list of what is near the selected event, once that is known."""
        asked = self._asked(self._session.state)
        if asked is None:
            return
        self._lists = True
        if self._near is not None and self._near[0] == asked:
            self._open_list(self._near[1])
        elif len(self._data.events) <= FEW:
            self._arrived(asked, near_of(self._data, asked.key, asked.reading, asked.known_by))
        else:
            self.looking.ask(asked)

    def _open_list(self, near: Near) -> None:
        self._lists = False
        self._session.dispatch(OpenList("near", near.keys, near.about))

    def ask_limits(self) -> None:
        """Ask how far and how many days apart something may be to count as near."""
        suggested = limits_words(self._session.state.reading)
        text = ask_line(self.window(), "What else happened near it", LIMITS_ASKED, suggested)
        if text is None:
            return
        limits = typed_limits(text)
        if limits is None:
            sentence(self.window(), "No distance and days", LIMITS_WRONG)
        else:
            self._session.dispatch(SetNear(*limits))

    def fold_all(self) -> None:
        """Fold every heading that a card of this kind may have, or show all of them again."""
        if self._card is not None:
            more = HEADINGS if self._card.ref.kind == "event" else ()
            self._session.dispatch(ToggleFold(frozenset((*more, *(section.title for section in self._card.sections)))))

    def _act(self, action: str) -> None:
        made = BY_ID[action].make
        self._send(made(self._data, self._session.state) if made is not None else None)

    def _send(self, command: Command | None) -> None:
        if isinstance(command, Select) and command.ref is not None:
            command = looked_at(self._data, self._session.state, command.ref)
        if command is not None:
            self.asking.do(command)

    def _follow(self, link: QUrl) -> None:
        """Do what a link means; it is a number, so a text of the store cannot make one."""
        kind, colon, number = link.toString().partition(":")
        writer = self._writer
        if writer is None or not number.isdecimal():
            return
        at = int(number)
        if kind + colon == LINK and at < len(writer.links):
            self._send(Select(writer.links[at]))
        elif kind + colon == FOLD and at < len(writer.folds):
            self._fold(at, writer.folds[at])
        elif kind + colon == DO and at < len(writer.deeds):
            self._send(writer.deeds[at])

    def _fold(self, number: int, title: str) -> None:
        """Fold one heading or show it again; the one that had the keys keeps them."""
        self._session.dispatch(ToggleFold(frozenset((title,))))
        if self.view.keyed and number < len(self.view.heads):
            self.view.mark_heading(self.view.heads[number])

    # what is shown

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if "beside" in changed and after.beside is not None and self._beside is None:
            self._beside = SideBySide(
                self._session, self._data, self._tokens, self._offered, self._act, self.window()
            )
            self._beside.begin()
        self.as_of.follow(after.play.running)
        if "selected" in changed:
            self._write(after)
        elif "reading" in changed or before.filters.known_by != after.filters.known_by:
            self._again()
        elif changed & {"time", "filters", "layers"} and self.isVisible() and self._is_old(after):
            self._later.start()
        self._show_buttons(after)

    def showEvent(self, event: QShowEvent) -> None:
        """What follows time was not kept up while nobody looked."""
        super().showEvent(event)
        if self._is_old(self._session.state):
            self._again()

    def _is_old(self, state: State) -> bool:
        """Whether what the pane says follows time, or another thing keeps its record off the map by now."""
        return _follows_time(state.selected) or self._unseen != unseen_rows(self._data, state)

    def _again(self) -> None:
        """Write the same record anew, without moving what is read."""
        self._keeping(lambda: self._write(self._session.state))

    def _keeping(self, deed: Callable[[], None]) -> None:
        scroll = self.view.verticalScrollBar().value()
        deed()
        self.view.verticalScrollBar().setValue(scroll)

    def _write(self, state: State) -> None:
        self._later.stop()
        data = known_data(self._data, state.filters.known_by)
        near = self._near_now(state)
        ref = state.selected
        self._unseen = unseen_rows(self._data, state)
        self.as_of.tell(day_words(state.time.cursor) if _follows_time(ref) or self._unseen else "")
        self._card = card_of(data, ref, state.time.cursor, state.reading, near) if ref is not None else None
        self._show(state)

    def _show(self, state: State) -> None:
        writer = CardWriter(self.view.start(), self._tokens, self.font(), self.devicePixelRatioF())
        if self._card is not None:
            writer.write(self._card, state.reading.folded, self._unseen)
        elif state.selected is not None:
            writer.hint((f"The record {state.selected.key} is not in this store.", *HINT[1:]))
        else:
            number = counters(self._data, state).in_view
            writer.hint((*HINT, f"{number:,} records are in the window now."))
        self._writer = writer
        self.view.heads = tuple(writer.heads)
        self.view.moveCursor(QTextCursor.MoveOperation.Start)

    # what is near

    def _asked(self, state: State) -> Asked | None:
        if state.selected is None or state.selected.kind != "event":
            return None
        return Asked(state.selected.key, Reading(state.reading.near_m, state.reading.near_days), state.filters.known_by)

    def _near_now(self, state: State) -> Near | None:
        """What is near the selected event, None where that has to be looked for, or nobody wants to see it."""
        asked = self._asked(state)
        if self._near is not None and self._near[0] == asked:
            return self._near[1]
        self.looking.forget()
        self._lists = False
        if asked is None or NEARBY in state.reading.folded:
            return None
        if len(self._data.events) > FEW:
            self.looking.ask(asked)
            return None
        near = near_of(self._data, asked.key, asked.reading, asked.known_by)
        self._near = asked, near
        return near

    def _arrived(self, asked: Asked, near: Near) -> None:
        """Fill the section; what nobody waits for any more was forgotten, and does not come."""
        state = self._session.state
        if self._card is None:
            return
        self._near = asked, near
        dossier = self._data.dossier(asked.key)
        family = family_of(dossier) if dossier is not None else ()
        self._card = with_near(self._card, near, state.reading, family)
        self._keeping(lambda: self._show(state))
        if self._lists:
            self._open_list(near)

    def _offered(self) -> tuple[Row, ...]:
        """What may be read beside the selected record: its neighbours in the list, then what its card names."""
        named = (row for section in self._card.sections for row in section.rows) if self._card is not None else ()
        return (*self._neighbours(self._session.state), *named)

    def _neighbours(self, state: State) -> list[Row]:
        """The records before and after the selected one, among those that the arrow keys go through."""
        key = state.selected.key if state.selected is not None else ""
        rows, row = rows_in_view(self._data, state), self._data.events.row_of.get(key, -1)
        at = int(np.searchsorted(rows, rows.dtype.type(row)))
        around = {int(one): one < row for one in rows[max(0, at - ABOUT) : at + ABOUT + 1] if one != row}
        keys = {self._data.events.keys[one]: before for one, before in around.items()}
        found = self._data.reader.where("event", "key", keys)
        return [
            Row("Before it" if keys[event.key] else "After it", event.title, words(event.date), Ref("event", event.key))
            for event in found
        ]

    # buttons

    def _show_buttons(self, state: State) -> None:
        self.back.setEnabled(self._session.can_undo)
        self.forward.setEnabled(self._session.can_redo)
        self.cite.setEnabled(state.selected is not None)
        of_event = state.selected is not None and state.selected.kind == "event"
        self.compare.setEnabled(of_event or state.beside is not None)
        self.compare.setChecked(state.beside is not None)
        place = self._place_of(state.selected)
        self.pin.setVisible(bool(place))
        self.pin.setChecked(place in state.pins)

    def _place_of(self, ref: Ref | None) -> str:
        """The place a lane could be for, '' when there is none."""
        if ref is not None and ref.kind == "place":
            return ref.key
        row = self._data.events.row_of.get(ref.key) if ref is not None and ref.kind == "event" else None
        code = int(self._data.events.place[row]) if row is not None else len(self._data.place_keys)
        return self._data.place_keys[code] if code < len(self._data.place_keys) else ""


def _found(data: DataSet, asked: Asked, tick: Callable[[float], None]) -> Near:
    """The thread: it touches nothing of the window."""
    return near_of(data, asked.key, asked.reading, asked.known_by, tick)


def _follows_time(ref: Ref | None) -> bool:
    """Whether the pane says something about the cursor's day: who holds a place then, or how much is in view."""
    return ref is None or ref.kind in ("place", "actor", "claim")
