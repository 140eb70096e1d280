"""The main window, kept small: menus from the table of actions, and the workspace of the store that is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QWidget

from viewer.draw.tokens import tokens_for
from viewer.session.actions import ACTIONS, BY_ID, closing
from viewer.session.state import State
from viewer.ui import dialogs
from viewer.ui.files import Files
from viewer.ui.keyboard import make_actions, writes
from viewer.ui.menus import Menus
from viewer.ui.opening import Opening, name_of
from viewer.ui.search_box import SearchBox
from viewer.ui.text import PlainLabel
from viewer.ui.theme import dress

if TYPE_CHECKING:
    from viewer.session.session import Session
    from viewer.session.suggest import Suggestion
    from viewer.store.dataset import DataSet
    from viewer.store.progress import Report
    from viewer.ui.docks import Docks
    from viewer.ui.handing_over import HandingOver
    from viewer.ui.loaded import Found, Loaded
    from viewer.ui.reading import Reading
    from viewer.ui.workspace import Workspace

SMALL_SCREEN = 1500
"""Logical pixels: on a narrower screen the window first comes up as large as it can be."""
DOCKS = 1
"""Version of the layout of docks: one that was kept under another is not restored."""
PACKED = ".zip"
"""How the name of a hand-over ends."""
TELL_MS = 15_000
CANCELLED_MS = IDLE_MS = 4000
TURN_MS = 1
"""A timer of no time at all goes off before what the hand did meanwhile is heard."""
NOTHING_OPEN = "No store is open: choose one with Ctrl+O, or the built-in data with Ctrl+Shift+O"


class Stores(Protocol):
    """What the window asks of the outside: app gives it."""

    def read(self, path: Path | None, report: Report, looks: bool = True) -> Found:
        """Read a store, None for the built-in one, in a thread; StoreError in one sentence, Cancelled by `report`.

        `looks`: ask already what the first picture will need. Without, it names no class of Qt.
        """

    def present(self, found: Found, theme: str) -> Loaded:
        """What was read with the view it was left with, in that theme when it is new here."""

    def keep(self, data: DataSet, state: State) -> None:
        """Remember the view of a store for the next start."""


class Window(QMainWindow):
    """Shell of the program. It paints while the first store is read."""

    painted = Signal()
    """The first paint is done."""
    opened = Signal(bool)
    """An opening came to its end: whether its store is shown now. One that gave way to another says nothing."""

    def __init__(self, stores: Stores, settings: QSettings, theme: str = "light") -> None:
        super().__init__()
        self.stores, self.settings, self.theme = stores, settings, theme
        self.files = Files(settings)
        self.work: Workspace | None = None
        self._coming: Workspace | None = None
        self.docks: Docks | None = None
        self.path: Path | None = None
        self._first = True
        self.setWindowTitle("Badia")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self._dress(theme)
        self.actions_by_id = make_actions(self, ACTIONS, self.run)
        self.menus = Menus(self.menuBar(), self.actions_by_id, self._session, settings)
        self.menus.chosen.connect(self.open)
        self.search = SearchBox(self._suggest, self)
        self.search.not_searched = self._not_searched
        self.search.chosen.connect(self._chosen)
        self._fill_corner()
        self.opening = Opening(stores.read, self)
        self.opening.panel.installEventFilter(self)
        self.opening.panel.beside = lambda: self.work.status.needed if self.work is not None else 0
        self.opening.arrived.connect(self._arrived)
        self.opening.refused.connect(self._refused)
        self.opening.withdrawn.connect(self._withdrawn)
        self.opening.broken.connect(lambda path: self._not_opened())
        self._handing: HandingOver | None = None
        self.deeds = self._own_deeds()
        self._say_centrally("Opening \u2026")
        self._restore()

    # opening

    def show_opening(self, path: Path | None) -> None:
        """Say what is going to be opened, where no store is shown."""
        if self.work is None:
            self._say_centrally(f"Opening {name_of(path)} \u2026")

    def open(self, path: Path | None, begun: Reading | None = None) -> None:
        """Begin to open a store (None: the built-in one); `opened` tells how it went, and what is open stays till then.

        On failure one sentence. A second one begun meanwhile takes the place of the first. begun: it is being read
        already, since before there was a window.
        """
        if begun is None and path is not None and path.suffix.casefold() == PACKED:
            self.handing.ask_folder(path)
            return
        self._keep()
        self.show_opening(path)
        self.opening.begin(path, self.work is None, begun)

    def reload(self) -> None:
        """Read the store that is shown again."""
        if self.work is not None:
            self.open(self.path)

    def _arrived(self, found: Found, path: Path | None) -> None:
        """Make what shows the store, and show it when what the hand did meanwhile has had its turn."""
        try:
            self._keep()  # so that even the same store comes back as it is now
            self._drop_coming()
            self._coming = coming = self._made(self.stores.present(found, self.theme))
        except BaseException:
            found.data.close()
            self.opened.emit(False)
            raise
        QTimer.singleShot(TURN_MS, self, lambda: self._come(coming, path))

    def _come(self, coming: Workspace, path: Path | None) -> None:
        if self._coming is not coming:
            return  # the window was closed, or the next store is there
        self._coming = None
        try:
            self._show(coming, path)
        finally:
            shown = self.work is coming
            if not shown:
                coming.data.close()
            self.opened.emit(shown)

    def _drop_coming(self) -> None:
        """Let go of a store that is not shown yet."""
        coming, self._coming = self._coming, None
        if coming is not None:
            coming.discard()
            coming.data.close()

    def _refused(self, problem: str, path: Path | None) -> None:
        self._complain(problem, path, "This file cannot be opened")
        self.opened.emit(False)

    def _withdrawn(self, path: Path | None) -> None:
        if self.work is not None:
            self.work.status.showMessage(f"Opening {name_of(path)} was cancelled", CANCELLED_MS)
        self._not_opened()

    def _not_opened(self) -> None:
        if self.work is None:
            self._offer_stores()
        self.opened.emit(False)

    def _say_centrally(self, text: str) -> None:
        label = PlainLabel(text)
        label.setObjectName("opening")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setCentralWidget(label)

    def _offer_stores(self) -> None:
        from viewer.ui.greeting import NothingOpen

        nothing = NothingOpen(NOTHING_OPEN)
        nothing.setObjectName("opening")
        nothing.asked.connect(self.run)
        self.setCentralWidget(nothing)

    def tell(self, text: str) -> None:
        """Say something that went wrong without standing in the way, and offer to read the file again."""
        self.statusBar().showMessage(text, TELL_MS)
        if self.work is not None:
            self.work.status.offer_reload(self.work.data.store.changed_on_disk())

    def _complain(self, problem: str, path: Path | None, title: str) -> None:
        choices = ["Choose another file\u2026", *(["Open the built-in data"] if path is not None else [])]
        if path is not None and path.is_file() and self.work is not None:
            choices.append("Import it\u2026")
        if self.work is None:
            self._offer_stores()
        taken = dialogs.sentence(self, title, problem, choices=tuple(choices))
        deeds: list[Callable[[], object]] = [self.ask_store, lambda: self.open(None), lambda: self.import_file(path)]
        if taken:
            QTimer.singleShot(0, deeds[choices.index(taken)])

    def _made(self, loaded: Loaded) -> Workspace:
        from viewer.ui.workspace import Workspace

        if loaded.session.state.theme != self.theme:
            self._dress(loaded.session.state.theme)
        height = str(self.settings.value(self._height_of(loaded.data), ""))
        known = int(height) if height.isdecimal() else 0
        docks, alone = self._docks_restored(), self.work is None
        return Workspace(self, docks, loaded, self.opening.preload, alone, known, self.settings)

    def _show(self, work: Workspace, path: Path | None) -> None:
        self.search.close_list()
        before, self.work = self.work, work
        try:
            if before is not None:
                before.release()
        finally:  # else what is taken down would stay on screen
            work.take_place()
            if before is not None:
                before.data.close()
            self._follow(work, path)

    def _follow(self, work: Workspace, path: Path | None) -> None:
        """Listen to what took its place, and give it what the window remembers."""
        work.status.problems_asked.connect(lambda: self.run("problems"))
        work.status.reload_asked.connect(lambda: self.run("reload"))
        work.asked.connect(self.run)
        work.raster_choice.other.connect(self.open)
        work.checking.refused.connect(lambda said: self._complain(said, path, "This file cannot be trusted"))
        work.session.watch(("theme",), lambda before, after, changed: self._dress(after.theme))
        self.path = path
        self.setWindowTitle(f"{work.data.meta.title} \u2013 Badia")
        if path is not None:
            self.menus.remember(self.files.use(path))
        self._restore_widths()
        work.open_panels.follow()
        work.show_map()
        work.checking.begin()
        QTimer.singleShot(0, work, work.open_panels.settle_widths)
        QTimer.singleShot(0, work.canvas, work.canvas.setFocus)  # when it can be seen, or the search box would keep it

    def _take_down(self) -> None:
        with ExitStack() as at_last:
            if (work := self.work) is not None:
                at_last.callback(self._forget, work)
                at_last.callback(work.release)
                at_last.callback(self._keep)
            self._drop_coming()

    def _forget(self, work: Workspace) -> None:
        self.work = None
        work.data.close()

    def _keep(self) -> None:
        """Remember layout and view, so that even the same store comes back as it was."""
        if self.work is not None:
            self.work.own_file.flush()
            self.work.remember_panels()
            self.settings.setValue("docks", self.saveState(DOCKS))
            for side, width in self.work.open_panels.note_widths().items():
                self.settings.setValue(f"width_{side}", width)
            self.settings.setValue(self._height_of(self.work.data), self.work.open_panels.timeline_height)
            self.stores.keep(self.work.data, self.work.session.state)

    def _height_of(self, data: DataSet) -> str:
        """The setting that remembers how high the timeline of a store is, which follows from its records."""
        return f"timeline_{data.meta.store_id}"

    def _dress(self, theme: str) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            dress(app, tokens_for(theme))
        if self.work is not None:
            self.work.set_tokens()
        self.theme = theme
        self.settings.setValue("theme", theme)

    def _session(self) -> Session | None:
        return self.work.session if self.work is not None else None

    # actions

    def run(self, name: str) -> None:
        """Do the action of that id."""
        action, work = BY_ID[name], self.work
        forgot = name == "clear_filters" and work is not None and work.forget_text()
        if name in self.deeds:
            self.deeds[name]()
        elif work is None:
            return
        elif action.make is None:
            work.deeds[name]()
        elif (command := action.make(work.data, work.session.state)) is not None:
            work.asking.do(command)
        elif not forgot:
            work.status.showMessage(f"{action.title}: {action.idle}", IDLE_MS)

    def _own_deeds(self) -> dict[str, Callable[[], object]]:
        """What the window does itself, by the ids of the actions that make no command."""
        return {
            "open": self.ask_store, "open_builtin": lambda: self.open(None), "reload": self.reload,
            "import": self.import_file, "hand_over": self._hand_over,
            "quit": self.leave, "search": self.open_search, "go_to": self.open_search, "close": self.close_topmost,
            "full_screen": self.toggle_full_screen, "present_builtin": self.present_builtin,
            "keys": lambda: dialogs.show_keys(self), "about": self.show_about,
        }  # fmt: skip

    def close_topmost(self) -> None:
        """Escape, one thing at a time: search, text, opening, path, mark, list, details, compared day, full screen."""
        work = self.work
        if work is None and self.opening.cancel():
            return
        if self.search.is_open:
            self.search.close_list()
        elif work is not None and writes(QApplication.focusWidget()):
            work.canvas.setFocus()
        elif self.opening.cancel():
            pass  # it says so itself
        elif work is not None and work.canvas.drawing.active:
            work.canvas.drawing.drop()
        elif work is not None and work.canvas.tool.shown:
            work.canvas.tool.drop()
        elif work is not None and work.canvas.mark is not None:
            work.canvas.show_mark(None)
        elif work is not None and (command := closing(work.session.state)) is not None:
            work.session.dispatch(command)
        elif self.isFullScreen():
            self.toggle_full_screen()

    def toggle_full_screen(self) -> None:
        """Full screen without the menu, and back."""
        full = not self.isFullScreen()
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.menuBar().setVisible(not full)

    def ask_store(self) -> None:
        """Ask for a file and open it."""
        path = self.files.store(self)
        if path is not None:
            self.open(path)

    def present_builtin(self) -> None:
        """Present the briefing of the built-in data, which is opened for it if need be."""
        from viewer.ui.briefing import builtin_scenes

        if self.work is not None and self.path is None:
            self.work.briefing.present_scenes(builtin_scenes())
            return

        def begin(shown: bool) -> None:
            self.opened.disconnect(begin)
            if shown and self.path is None:
                self.present_builtin()

        self.opened.connect(begin)
        self.open(None)

    def import_file(self, file: Path | None = None) -> None:
        """Ask what to import into which store; the store that is open is read again when it was written to."""
        from viewer.ui.import_dialog import ImportDialog

        if self.work is None:
            return
        dialog = ImportDialog(self, self.files, self.work.loaded.basemap, self.path, dt.date.today())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.imported.connect(lambda written: self.reload() if written == self.path else None)
        dialog.wanted.connect(self.open)
        if file is not None:
            dialog.take(file)
        dialog.open()

    @property
    def handing(self) -> HandingOver:
        """What packs and unpacks hand-overs, made when it is first asked for."""
        from viewer.ui.handing_over import HandingOver
        from viewer.ui.status import tell_file

        if self._handing is None:
            self._handing = handing = HandingOver(self, self.files)
            handing.packed.connect(lambda file: tell_file(self, "Packed into", file, TELL_MS))
            handing.unpacked.connect(self._received)
        return self._handing

    def _received(self, store: Path, notices: tuple[str, ...]) -> None:
        """Show the store of a hand-over, and what has to be told of it."""
        self.open(store)
        if notices:
            dialogs.sentence(self, "Hand-over", "\n".join(f"{notice[:1].upper()}{notice[1:]}." for notice in notices))

    def _hand_over(self) -> None:
        if self.work is not None and self.work.own_file.settle():
            self.handing.ask_target(self.work.data, self.work.session.state)

    def show_about(self) -> None:
        """What this is, and whose data it shows."""
        work = self.work
        credits = work.loaded.picture.credits(work.session.state) if work is not None else ()
        dialogs.show_about(self, work.data.meta if work is not None else None, credits)

    # search

    def open_search(self) -> None:
        """Put the cursor into the search box; the menu is shown for it in full screen."""
        self.menuBar().setVisible(True)
        self.search.open(before=self.focusWidget())

    def _suggest(self, text: str) -> list[Suggestion]:
        from viewer.geo.gridref import parse_coordinate
        from viewer.session.suggest import suggestions

        work = self.work
        return suggestions(work.data, work.session.state, text, parse_coordinate) if work is not None else []

    def _not_searched(self, text: str) -> str:
        from viewer.session.suggest import not_searched

        return not_searched(self.work.data, text) if self.work is not None else ""

    def _chosen(self, found: Suggestion) -> None:
        if found.action:
            self.run(found.action)
        elif found.command is not None and self.work is not None:
            self.work.bring(found.command) if found.brings else self.work.asking.do(found.command)
            self.work.canvas.show_mark(found.mark)

    # frame

    def _fill_corner(self) -> None:
        corner = QWidget(self.menuBar())
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 1, 6, 1)
        self.search.setFixedWidth(430)
        row.addWidget(self.search)
        self.menuBar().setCornerWidget(corner, Qt.Corner.TopRightCorner)

    def _restore(self) -> None:
        if not self.restoreGeometry(self._bytes("geometry")):
            room = self.screen().availableGeometry()
            self.resize(min(1500, room.width() * 9 // 10), min(940, room.height() * 9 // 10))
            if room.width() < SMALL_SCREEN:
                self.setWindowState(Qt.WindowState.WindowMaximized)

    def _docks_restored(self) -> Docks:
        """The places of the panels; made for the first store, as they were left, and kept for the next."""
        from viewer.ui.docks import Docks

        if self.docks is None:
            self.docks = Docks(self)
            self.restoreState(self._bytes("docks"), DOCKS)
        return self.docks

    def _restore_widths(self) -> None:
        if self.work is not None:
            for side in self.work.open_panels.widths:
                width = str(self.settings.value(f"width_{side}", ""))
                if width.isdecimal() and int(width) > 0:
                    self.work.open_panels.widths[side] = int(width)

    def _bytes(self, name: str) -> QByteArray:
        """A setting that Qt wrote; nothing if somebody else did."""
        value = self.settings.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is said of an opening lies upon the status line, which makes room for it."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize):
            self._make_room()
        return super().eventFilter(watched, event)

    def _make_room(self) -> None:
        panel = self.opening.panel
        if self.work is not None:
            self.work.status.make_room(panel.width() if panel.isVisible() and not panel.central else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window is there."""
        super().paintEvent(event)
        if self._first:
            self._first = False
            QTimer.singleShot(0, self.painted.emit)

    def changeEvent(self, event: QEvent) -> None:
        """On coming back to the window, look whether the file is still the one that was read."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.work is not None:
            self.work.status.offer_reload(self.work.data.store.changed_on_disk())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one local file."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file that was dropped, or draw it below the map if it holds tiles, once the drag is over."""
        path = Path(event.mimeData().urls()[0].toLocalFile())
        event.acceptProposedAction()
        QTimer.singleShot(0, lambda: self.open(path) if self.work is None else self.work.raster_choice.offer(path))

    def leave(self) -> None:
        """Close what is open over the window, the topmost first, and then the window, unless a dialog wants to stay."""
        over = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if over is None:
            self.close()
            return
        over.close()
        if over not in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            QTimer.singleShot(TURN_MS, self, self.leave)  # whoever waited for it has its turn before

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window and the view; an opening that is under way is taken back."""
        with ExitStack() as at_last:  # whatever fails, marks that could not be written are not to go with the window
            at_last.callback(self.settings.sync)
            at_last.callback(self._take_down)
            self.opening.close()
            if self._handing is not None:
                self._handing.release()
            self.settings.setValue("geometry", self.saveGeometry())
        super().closeEvent(event)
