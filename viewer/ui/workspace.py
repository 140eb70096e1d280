"""One open store on screen: map, timeline and panels around one session; goes as a whole when another opens."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow

from viewer.domain.records import Problem
from viewer.geo.projection import point_to_map
from viewer.session.actions import position_of
from viewer.session.camera import fit_camera, meets, zoomed_to
from viewer.session.commands import Command, OpenList, Select, SetCamera
from viewer.session.extents import box_of
from viewer.session.opening import Settle, region_of
from viewer.session.state import Camera, Ref, State
from viewer.ui.asking import Asking
from viewer.ui.at_point import AtPoint
from viewer.ui.briefing import Briefing
from viewer.ui.canvas import Canvas
from viewer.ui.checking import Checking
from viewer.ui.clock_choice import ClockChoice
from viewer.ui.dialogs import sentence
from viewer.ui.docks import Docks
from viewer.ui.files import Files
from viewer.ui.ground_choice import GroundChoice
from viewer.ui.moving_view import MovingView
from viewer.ui.open_panels import OpenPanels
from viewer.ui.own_file import OwnFile
from viewer.ui.parts import Parts, usual_height
from viewer.ui.preload import AT_ONCE_SECONDS, Preload
from viewer.ui.raster_choice import RasterChoice
from viewer.ui.reviewing import Reviewing
from viewer.ui.status import MESSAGE_MS, TOLD_MS, StatusLine
from viewer.ui.view_picture import ViewPicture

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from viewer.draw.drawn import Drawn
    from viewer.ui.date_card import DateCard
    from viewer.ui.exporting import Exporting
    from viewer.ui.loaded import Loaded
    from viewer.ui.panels.detail import DetailPanel
    from viewer.ui.panels.table import TablePanel
    from viewer.ui.timeline.timeline import Timeline


class Workspace(QObject):
    """The widgets of one data set; nobody sees them before they take their place.

    Where nothing is shown yet (`alone`) the map takes its place by itself, and the rest follows; threads may paint
    once all classes of Qt are made (`preload`).
    """

    asked = Signal(str)
    """The id of an action that a button of a panel asks for."""

    def __init__(
        self, window: QMainWindow, docks: Docks, loaded: Loaded, preload: Preload, alone: bool, height: int,
        settings: QSettings,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._height, self._settings, self._files = height, settings, Files(settings)
        """How high the timeline was when this store was last shown; 0: nobody knows."""
        session, data = loaded.session, loaded.data
        self.window, self.loaded, self.session, self.data = window, loaded, session, data
        self.canvas = canvas = Canvas(session, loaded.picture)
        self.asking = Asking(session, data, self)
        """The only one that sets filters, so that of two that are asked for in haste the newest wins."""
        self.status = StatusLine(session, data, self.asking)
        self.raster_choice = RasterChoice(session, self)
        self._parts = Parts(loaded, canvas, preload, self.asking)
        self._docks, self.docks = docks, docks.by_name
        self.open_panels = OpenPanels(
            window, docks.by_name, session, self._parts, lambda: self.panels, self._hold_map, self.status.say
        )
        self.view_picture = ViewPicture(window, self._files, loaded, canvas, self.status)
        self._problems: tuple[Problem, ...] = ()
        self.at_point = AtPoint(window, canvas, self.status)
        self.ground = GroundChoice(window, canvas, self.status, self.asking)
        self.at_point.fill_ground = self.ground.fill
        self.clock = ClockChoice(session, data, self.status, self.asking, self)
        self.own_file = OwnFile(session, data, self)
        self.own_file.said.connect(lambda said: self.status.showMessage(said, TOLD_MS))
        self.own_file.wrong.connect(self._list_problems)
        self.reviewing = Reviewing(
            window, session, data, self.own_file, self.status, lambda: self.table, settings, self._files
        )
        self.reviewing.panel_asked.connect(self.open_panels.show_table)
        self.briefing = Briefing(window, self._files, loaded, canvas, self.status)
        self.briefing.panel_asked.connect(self.open_panels.show_scenes)
        self.briefing.words_asked.connect(lambda: self._tell("ask_title"))
        self.checking = Checking(data, self)
        self._exporting: Exporting | None = None
        self.checking.ended.connect(lambda: self._tell("renew_problems"))
        for known in (self.checking.searchable, self.checking.ended):
            known.connect(self.status.renew_problems)
        self._in_place = self._filled = False
        self._making = QTimer(self)
        self._making.timeout.connect(self._make_some)
        self._told_to_look = False
        self._unwatch = session.watch(("selected", "listed"), self._changed)
        docks.hidden.connect(self._hidden_dock)
        canvas.pointed.connect(self.status.point)
        canvas.said.connect(self.status.say)
        canvas.asked.connect(self.at_point.show_menu)
        canvas.resized.connect(self.settle)
        self._untold: Drawn | None = None
        """What the last picture shows, if the parts round the map have not heard of it."""
        self.moving_view = MovingView(session, self)
        self.moving_view.due.connect(self._follow_view)
        canvas.drawn.connect(self._drawn)
        self.raster_choice.refused.connect(lambda said: sentence(window, "This file cannot be the base layer", said))
        canvas.artist.alone = not preload.done
        if not alone or loaded.picture.heavy:
            self.finish()

    @property
    def panels(self) -> dict[str, QWidget]:
        """The panels by their ids, made now if need be."""
        self.finish()
        return self._parts.panels

    @property
    def timeline(self) -> Timeline:
        """The timeline, made now if need be."""
        self.finish()
        return self._parts.timeline

    @property
    def card(self) -> DateCard:
        """The date on the map, made now if need be."""
        self.finish()
        return self._parts.card

    def finish(self) -> None:
        """Make what is still missing round the map, now."""
        self._make(math.inf)

    def _make_some(self) -> None:
        """What the map lacks comes first, by itself, so that it is seen before any of what stands round it is made."""
        if not self.canvas.paint_known():
            self._make(AT_ONCE_SECONDS)

    def _make(self, seconds: float) -> None:
        """Make what stands round the map, for so long; once all is there it takes its place."""
        if self._parts.done:
            return
        try:
            if not self._parts.go_on(seconds):
                return
        except BaseException:
            self._making.stop()
            raise
        self._making.stop()
        self.canvas.artist.alone = False
        card = self.card
        self.canvas.resized.connect(lambda: card.fit_to(self.canvas.height()))
        if self.canvas.result is not None:
            self._tell("show_drawn", self.canvas.result)
        self._list_problems()
        self.table.form.history = self.own_file.history
        self.own_file.marking.connect(self.table.renew_history)
        self._tell("recall", self._settings)
        if (queue_wanted := getattr(self.panels["filters"], "queue_wanted", None)) is not None:
            queue_wanted.connect(self._show_queue)
        for panel in self.panels.values():
            if (wanted := getattr(panel, "wanted", None)) is not None:
                wanted.connect(self.asked)
        if self._in_place:
            self.own_file.begin()
            self._fill()
            for _ in range(2):  # the timeline knows how high it is once it is as wide as its place
                self._lay_out()
            card.show()
        self.canvas.paint_rest()
        self.data.rest()

    @property
    def exporting(self) -> Exporting:
        """What writes incidents to files, made now if need be."""
        from viewer.ui.exporting import Exporting

        if self._exporting is None:
            self._exporting = Exporting(self.window, self._files, self.session, self.data, self.status)
        return self._exporting

    def export(self) -> None:
        """Ask which incidents to write to a file, in which format and where."""
        self.exporting.ask()

    @property
    def deeds(self) -> dict[str, Callable[[], object]]:
        """What the workspace does, by the ids of the actions that make no command."""
        panels, view = self.open_panels, self.view_picture
        return {
            "save_picture": view.save, "save_print": lambda: view.save("print"),
            "export": self.export, "undo": self.session.undo, "redo": self.session.redo,
            "copy_citation": self.copy_citation, "copy_picture": view.copy,
            "copy_coordinate": self.at_point.copy_coordinate, "panel_layers": lambda: panels.toggle_panel("layers"),
            "panel_filters": lambda: panels.toggle_panel("filters"), "panel_detail": panels.toggle_detail,
            **{name: partial(self._detail_does, name) for name in ("near_list", "near_limits", "fold_all")},
            "panel_change": lambda: panels.toggle_wide("change"), "panel_scenes": lambda: panels.toggle_wide("scenes"),
            **self.briefing.deeds, "panel_table": lambda: panels.toggle_left("table"),
            "panel_analysis": lambda: panels.toggle_left("analysis"), **self.reviewing.deeds,
            "panels_hide": panels.toggle_all, "fit": self.fit, "zoom_selected": self.zoom_selected,
            "type_date": self.type_date,
            "raster_choose": self.choose_raster,
            "measure": self.at_point.measure, "range_rings": self.at_point.ring_selected,
            "copy_measure": self.at_point.copy_measure, **self.ground.deeds, **self.clock.deeds,
        }  # fmt: skip

    def _detail_does(self, name: str) -> None:
        """Have the pane of details do something with the record that is read."""
        if self.session.state.selected is None:
            self.status.showMessage("Select a record first", MESSAGE_MS)
        else:
            cast("DetailPanel", self.panels["detail"]).deeds[name]()

    def take_place(self) -> None:
        """Show everything, in place of the workspace before it."""
        self._in_place = True
        self.window.setCentralWidget(self.canvas)
        self.window.setStatusBar(self.status)
        if self._parts.done:
            self.own_file.begin()
            self._fill()
        else:
            self._docks.reserve(self._height or usual_height(len(self.session.state.pins)), self._closed)

    def show_map(self) -> None:
        """The map at once, if it has its place alone, and the rest when it has been seen."""
        if self._parts.done:
            return
        self._lay_out()
        self.open_panels.settle_widths()
        self._lay_out()
        self.settle()
        self.canvas.paint_first()
        self.canvas.repaint()
        self._making.start(0)

    def _lay_out(self) -> None:
        """Lay the window out with all that it holds: Qt would do so in a moment, and the map would jump there."""
        for widget in (self.canvas, self.status, *(dock.widget() for dock in self.docks.values())):
            widget.show()
        if (layout := self.window.layout()) is not None:
            layout.activate()

    def _fill(self) -> None:
        self._filled = True
        self._docks.fill({**self.panels, "timeline": self.timeline}, self._closed)

    @property
    def _closed(self) -> dict[str, Callable[[], None]]:
        """What the crosses of some panels do."""
        return {
            "records": lambda: self.session.dispatch(OpenList("")),
            "detail": lambda: self.session.dispatch(Select(None)),
        }

    def _hidden_dock(self, dock: QDockWidget) -> None:
        """A panel that is hidden or behind another must not take what is typed: the map gets the keys."""
        focus = QApplication.focusWidget()
        if focus is not None and dock.isAncestorOf(focus):
            self.canvas.setFocus()

    def release(self) -> None:
        """Stop all that listens to the session or reads the data; the widgets go when others take their place."""
        try:
            self._release_parts()
        finally:  # what else fails takes no mark along
            self.own_file.release()
        if not self._filled:
            for widget in self._parts.made:  # no place, and so nobody else, would let go of them
                widget.deleteLater()
        self.deleteLater()

    def _release_parts(self) -> None:
        self._unwatch()
        self._docks.hidden.disconnect(self._hidden_dock)
        self._making.stop()
        for part in (
            self.moving_view, self.status, self.canvas, self.checking, self.raster_choice, self.asking, self.clock
        ):  # fmt: skip
            part.release()
        if self._exporting is not None:
            self._exporting.release()
        self._tell("release")
        self.briefing.release()
        self.reviewing.release()

    def discard(self) -> None:
        """Take down what never took its place: nobody else would let go of its widgets."""
        self.release()
        for widget in (self.canvas, self.status):
            widget.deleteLater()

    def _tell(self, what: str, *told: object) -> None:
        """Call the method of that name on every part round the map that has it, of those that are there."""
        for part in self._parts.made:
            if (method := getattr(part, what, None)) is not None:
                method(*told)

    def _drawn(self, drawn: Drawn) -> None:
        """There is another picture."""
        self._show_problems(drawn.problems)
        self._untold = drawn
        if not self.moving_view.moves:
            self._tell_drawn()

    def _tell_drawn(self) -> None:
        """Let the parts round the map say what the last picture shows, unless they do."""
        drawn, self._untold = self._untold, None
        if drawn is not None:
            self._tell("show_drawn", drawn)

    def _follow_view(self) -> None:
        self.status.show_scale()
        self._tell_drawn()

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if self._told_to_look or (self.session.aimed and before.camera != after.camera):
            self.canvas.steady.release()  # the map looks where it was told to, whatever opens beside it
        else:
            self._hold_map(bring="selected" in changed and not self.session.aimed)
        self.open_panels.follow()

    def bring(self, command: Command) -> None:
        """Do what selects something, and bring that into view with its whole reach, where the map is told to look."""
        self._told_to_look = command.aims
        self.session.dispatch(command)
        self._told_to_look = False
        self._hold_map(bring=True, aimed=command.aims)

    def _hold_map(self, bring: bool = False, aimed: bool = False) -> None:
        """Panels come or go: the map must not slide under the hand, nor what was asked for under a panel.

        bring: what is selected is to be seen whole, unless a hand pointed at it on the map, or at the pile that it is
        of and which is in view; aimed: that is in the middle of the map, and stays there whatever opens beside it.
        """
        state, pointed = self.session.state, self.canvas.clicked
        first = Ref("event", state.stack[0]) if state.listed == "stack" and state.stack else None
        asked = state.selected or first
        whole = box_of(self.data, self.loaded.basemap, asked) if asked is not None and pointed is None else None
        point = (pointed or position_of(self.data, asked)) if asked is not None else None
        shown = [whole] if whole is not None else []
        if point is not None:
            x, y = point_to_map(*point)
            shown.append((x, y, x, y))
        of_pile = state.listed == "stack" and asked is not None and asked.key in state.stack
        stays = of_pile and any(meets(state.camera, one, self.canvas.across, self.canvas.down) for one in shown)
        brings = bring and state.selected is not None and bool(shown) and pointed is None and not stays
        self.canvas.steady.begin(*shown, bring=brings, aimed=aimed and brings, pointed=pointed is not None)

    def remember_panels(self) -> None:
        """Keep how the table is laid out, and what else panels remember."""
        if self._parts.done:
            self._tell("remember", self._settings)

    # panels

    @property
    def table(self) -> TablePanel:
        """The table of incidents, made now if need be."""
        return cast("TablePanel", self.panels["table"])

    def _show_queue(self, statuses: tuple[str, ...]) -> None:
        """Show the table with a queue of what is to review."""
        self.open_panels.show_table()
        self.table.choose_queue(statuses)

    def set_tokens(self) -> None:
        """Give the panels the colours of the theme; the canvas asks for them itself."""
        tokens = self.loaded.picture.tokens(self.session.state.theme)
        self._tell("set_tokens", tokens)

    def type_date(self) -> None:
        """Put the cursor into the field for a date."""
        self.timeline.focus_date()

    # the base layer

    def choose_raster(self) -> None:
        """Ask for a file of tiles and draw it below the map."""
        chosen = self.session.state.raster.path
        path = self._files.tiles(self.window, str(Path(chosen).parent) if chosen else "")
        if path is not None:
            self.raster_choice.choose(path)

    def _show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Count and list what is wrong with the base layer; what is new of it is told once, in a sentence."""
        if problems == self._problems:
            return
        before, self._problems = {problem.where for problem in self._problems}, problems
        self._list_problems()
        if problems and problems[0].where not in before:
            self.status.showMessage(f"Base layer: {problems[0]}", TOLD_MS)

    def _list_problems(self) -> None:
        """Count and list what is wrong in files beside the store: the base layer, and the user's own."""
        every = (*self._problems, *self.own_file.problems)
        self.status.show_problems(every)
        self._tell("show_problems", every)

    # the view

    def _fitted(self) -> Camera:
        return fit_camera(*region_of(self.data), self.canvas.width(), self.canvas.height())

    def settle(self) -> None:
        """Let a view that is new here follow the size of the window, until somebody does anything."""
        if self.loaded.fresh and not self.session.can_undo:
            self.session.dispatch(Settle(self._fitted()))

    def fit(self) -> None:
        """Show the whole region."""
        self.session.dispatch(SetCamera(self._fitted()))

    def zoom_selected(self) -> None:
        """Show what is selected, with its whole reach, in the middle."""
        ref, canvas = self.session.state.selected, self.canvas
        ground = box_of(self.data, self.loaded.basemap, ref) if ref is not None else None
        if ground is None:
            self.status.say("Nothing is selected that has a place")
        else:
            camera = zoomed_to(self.session.state.camera, ground, canvas.width(), canvas.height())
            self.session.dispatch(SetCamera(camera))

    def copy_citation(self) -> None:
        """Put a citation of what is selected on the clipboard."""
        from viewer.session.citation import citation

        ref = self.session.state.selected
        text = citation(self.data, ref) if ref is not None else ""
        if text:
            self.at_point.copy(text)
        else:
            self.status.showMessage("Select a record first, then Ctrl+C copies its citation", MESSAGE_MS)

    def forget_text(self) -> bool:
        """Take back a text that somebody still types, or that is still looked for; whether there was one."""
        panel = self._parts.panels.get("filters")
        forget = getattr(panel, "forget_text", None)
        return forget is not None and bool(forget())
