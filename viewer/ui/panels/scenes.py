"""The scenes of the briefing in their order, and the words of the one that is worked on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.domain.dates import DateError, Day, iso
from viewer.draw.frame import date_words
from viewer.draw.tokens import Tokens
from viewer.session.actions import BY_ID
from viewer.session.query import last_day
from viewer.session.scenes import ChangeScene, ChooseScene, MoveScene, scene_named
from viewer.session.session import Session
from viewer.session.state import SCENE_KINDS, Scene, State, Stretch
from viewer.store.dataset import DataSet
from viewer.ui.scrolling import scrolled
from viewer.ui.text import PlainLabel

KIND_WORDS = {"map": "Map", "title": "Title page", "end": "End page"}
TYPING_MS = 250
"""Words are taken into the scene when nobody has typed for so long, or the field is left."""
SPEEDS = (0.1, 365.0)
LEAST_LINES = 3
"""Of the list, however low the window is."""
MENU = ("scene_show", "scene_words", "scene_duplicate", "scene_up", "scene_down", "scene_delete", "", "scenes_import",
        "scenes_export", "brief_export")  # fmt: skip


def _key(name: str) -> str:
    return BY_ID[name].keys[0]


EMPTY = (
    f"A briefing is a list of scenes: each holds the map, the date, the filters and the layers as you saw them. "
    f"Bring the map to where it should begin and press {_key('scene_add')}; go on to the next view and press it again. "
    f"{_key('present')} shows them full screen, {_key('brief_export')} makes slides, a PDF or a film of them."
)


class _Words(QPlainTextEdit):
    """Lines of text that say when they are left; Tab goes on to the next field."""

    left = Signal()

    def __init__(self, name: str, hint: str, lines: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * lines + 14)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed is to be taken."""
        super().focusOutEvent(event)
        self.left.emit()


class ScenesPanel(QWidget):
    """A list above and a form below; what is typed becomes a step that can be taken back."""

    wanted = Signal(str)
    """The id of an action that a button asks for."""

    def __init__(self, session: Session, data: DataSet, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self._shown: tuple[Scene, ...] = ()
        self.empty = PlainLabel(EMPTY, self)
        self.empty.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Scenes")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setWordWrap(True)
        self.list.currentItemChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda _: self.wanted.emit("scene_show"))
        self.list.model().rowsMoved.connect(self._moved)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._take)
        self._make_form()
        self._place()
        self._unwatch: Callable[[], None] = session.watch(("scenes", "scene"), self._changed)
        self.destroyed.connect(self._unwatch)
        self._show(session.state)
        self.setFocusProxy(self.list)

    def release(self) -> None:
        """Take what was typed, and stop watching the session, before the widget goes."""
        self.take_typed()
        self._unwatch()
        self._typing.stop()

    def take_typed(self) -> None:
        """Take what was typed a moment ago into the scene."""
        if self._typing.isActive():
            self._take()

    # widgets

    def _make_form(self) -> None:
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Kind of scene")
        for kind in SCENE_KINDS:
            self.kind.addItem(KIND_WORDS[kind], kind)
        self.title, self.marking = QLineEdit(self), QLineEdit(self)
        self.marking.setPlaceholderText(self._data.meta.marking)
        self.caption = _Words("Caption", "What the people in front of it should read", 2)
        self.notes = _Words("Notes", "For the speaker alone", 2)
        self.plays = QCheckBox("Plays", self)
        self.first, self.last = QLineEdit(self), QLineEdit(self)
        self.first.setAccessibleName("Plays from this day")
        self.last.setAccessibleName("Plays to this day")
        self.speed = QDoubleSpinBox(self)
        self.speed.setRange(*SPEEDS)
        self.speed.setDecimals(1)
        self.speed.setSuffix(" days/s")
        self.speed.setAccessibleName("Days per second")
        for field in (self.title, self.marking, self.first, self.last):
            field.textEdited.connect(lambda _: self._typing.start())
            field.editingFinished.connect(self.take_typed)
        for words in (self.caption, self.notes):
            words.textChanged.connect(self._typing.start)
            words.left.connect(self.take_typed)
        self.kind.activated.connect(lambda _: self._take())
        self.plays.clicked.connect(self._toggle_plays)
        self.speed.valueChanged.connect(lambda _: self._typing.start())

    def _place(self) -> None:
        buttons = QHBoxLayout()
        self.buttons = {}
        for name, words in (("scene_add", "Add"), ("scene_update", "Update"), ("present", "Present")):
            button = self.buttons[name] = QPushButton(words, self)
            button.setToolTip(f"{BY_ID[name].title} ({_key(name)})")
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
            buttons.addWidget(button)
        self.more = QToolButton(self)
        self.more.setText("More")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        for name in MENU:
            if name:
                keys = BY_ID[name].keys
                entry = menu.addAction(BY_ID[name].title + (f"\t{keys[0]}" if keys else ""))
                entry.triggered.connect(lambda _=False, name=name: self.wanted.emit(name))
            else:
                menu.addSeparator()
        self.more.setMenu(menu)
        buttons.addStretch(1)
        buttons.addWidget(self.more)
        self.builtin = QPushButton(BY_ID["present_builtin"].title, self)
        self.builtin.clicked.connect(lambda: self.wanted.emit("present_builtin"))
        playing = QHBoxLayout()
        for widget in (self.plays, self.first, PlainLabel("to", self), self.last, self.speed):
            playing.addWidget(widget)
        self.form = QWidget(self)
        form = QFormLayout(self.form)
        form.setContentsMargins(0, 6, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        for words, row in (("Title", self.title), ("Caption", self.caption), ("Notes", self.notes)):
            form.addRow(words, row)
        marked = QHBoxLayout()
        marked.addWidget(self.marking, 1)
        marked.addWidget(self.kind)
        form.addRow("Marking", marked)
        form.addRow(playing)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.list)
        parts.addWidget(self.form)
        parts.setStretchFactor(0, 1)
        self.list.setMinimumHeight(self.fontMetrics().lineSpacing() * LEAST_LINES)
        self._parts = parts
        self._inner = inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 4, 8, 8)
        column.addLayout(buttons)
        column.addWidget(self.empty)
        column.addWidget(self.builtin)
        column.addWidget(parts, 1)
        column.addStretch(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._area = scrolled(inner)  # beside the details of a record there is little room
        outer.addWidget(self._area)
        fields = (self.title, self.caption, self.notes, self.marking, self.kind, self.plays, self.first, self.last,
                  self.speed)  # fmt: skip
        for one, other in pairwise(fields):
            self.setTabOrder(one, other)

    @property
    def needed_height(self) -> int:
        """Pixels in which all fields are seen, with some lines of the list; 0 while there is nothing to write in."""
        return self._inner.minimumSizeHint().height() if self._session.state.scenes else 0

    def ask_title(self) -> None:
        """Put the cursor into the title of the scene that is worked on, once that can be seen."""
        QTimer.singleShot(0, self, self._enter_title)

    def _enter_title(self) -> None:
        self._area.ensureWidgetVisible(self.caption, 0, 4)
        self._area.ensureWidgetVisible(self.title, 0, 4)
        self.title.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # what is shown

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        self._show(after)

    def _show(self, state: State) -> None:
        some = bool(state.scenes)
        self.empty.setVisible(not some)
        self.builtin.setVisible(not some)
        self._parts.setVisible(some)
        self.buttons["scene_update"].setEnabled(bool(state.scene))
        self.buttons["present"].setEnabled(some)
        self._show_list(state)
        self._show_form(scene_named(state, state.scene))

    def _show_list(self, state: State) -> None:
        with QSignalBlocker(self.list):
            if tuple(scene.key for scene in state.scenes) != self._keys_listed():
                self.list.clear()
                for scene in state.scenes:
                    item = QListWidgetItem(self.list)
                    item.setData(Qt.ItemDataRole.UserRole, scene.key)
            for row, scene in enumerate(state.scenes):
                item = self.list.item(row)
                item.setText(scene_line(row, scene))
                item.setToolTip(scene.caption)
                if scene.key == state.scene:
                    self.list.setCurrentRow(row)
            if not state.scene:
                self.list.setCurrentRow(-1)

    def _keys_listed(self) -> tuple[str, ...]:
        return tuple(self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count()))

    def _show_form(self, scene: Scene | None) -> None:
        self.form.setEnabled(scene is not None)
        scene = scene or Scene("", State())
        fields = (self.title, self.marking, self.caption, self.notes, self.first, self.last, self.speed)
        blockers = [QSignalBlocker(field) for field in fields]
        _say(self.title, scene.title)
        _say(self.marking, scene.marking)
        _say(self.caption, scene.caption)
        _say(self.notes, scene.notes)
        self.kind.setCurrentIndex(SCENE_KINDS.index(scene.kind))
        stretch = scene.stretch
        self.plays.setChecked(stretch is not None)
        for field in (self.first, self.last, self.speed):
            field.setEnabled(stretch is not None)
        _say(self.first, str(iso(stretch.first)) if stretch else "")
        _say(self.last, str(iso(stretch.last)) if stretch else "")
        if stretch is not None:
            self.speed.setValue(stretch.days_per_second)
        del blockers

    # what a hand does

    def _choose(self, item: QListWidgetItem | None, before: QListWidgetItem | None) -> None:
        self.take_typed()
        self._session.dispatch(ChooseScene(item.data(Qt.ItemDataRole.UserRole) if item is not None else ""))

    def _moved(self, parent: QModelIndex, first: int, last: int, target: QModelIndex, row: int) -> None:
        keys = self._keys_listed()
        to = row - 1 if row > first else row
        QTimer.singleShot(0, self, lambda: self._session.dispatch(MoveScene(keys[to], to)))

    def _toggle_plays(self) -> None:
        scene = scene_named(self._session.state, self._session.state.scene)
        if scene is not None:
            stretch = _usual_stretch(scene) if self.plays.isChecked() else None
            self._session.dispatch(ChangeScene(replace(scene, stretch=stretch)))

    def _take(self) -> None:
        self._typing.stop()
        scene = scene_named(self._session.state, self._session.state.scene)
        if scene is not None:
            self._session.dispatch(ChangeScene(replace(
                scene, title=self.title.text(), caption=self.caption.toPlainText(), notes=self.notes.toPlainText(),
                marking=self.marking.text(), kind=self.kind.currentData(), stretch=self._stretch(scene),
            )))  # fmt: skip

    def _stretch(self, scene: Scene) -> Stretch | None:
        """The stretch that is typed; days that cannot be read leave the one before."""
        if scene.stretch is None:
            return None
        first, last = _day(self.first.text(), scene.stretch.first), _day(self.last.text(), scene.stretch.last)
        return Stretch(first, last, self.speed.value())


def scene_line(row: int, scene: Scene) -> str:
    """How a scene stands in a list: its number, its title, and its date below."""
    view = scene.view
    date = date_words(view.time, view.compare) if scene.kind == "map" else KIND_WORDS[scene.kind]
    return f"{row + 1}   {scene.title}\n      {date}" if scene.title not in ("", date) else f"{row + 1}   {date}"


def _usual_stretch(scene: Scene) -> Stretch:
    """The window of time of the scene, or the month before its day, in about ten seconds."""
    time = scene.view.time
    days = max(time.window_days if time.mode == "window" else 30, 2)
    return Stretch(time.cursor - days + 1, time.cursor, max(1.0, round(days / 10, 1)))


def _day(text: str, before: Day) -> Day:
    try:
        return last_day(text)
    except (DateError, ValueError):
        return before


def _say(field: QLineEdit | _Words, text: str) -> None:
    """Show a text unless it is there: the cursor of whoever types stays where it is."""
    if isinstance(field, QLineEdit):
        if field.text() != text:
            field.setText(text)
    elif field.toPlainText() != text:
        field.setPlainText(text)
