"""What is shown live over a scene: another day or place, a record's card, time that plays or is moved by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt

from viewer.domain.dates import DateSpan, Day
from viewer.draw.page import shown_on
from viewer.session.actions import step_day
from viewer.session.busy import played
from viewer.session.camera import brought
from viewer.session.commands import Batch, OpenList, Select, SetCamera, SetCursor
from viewer.session.extents import box_of
from viewer.session.playback import gone_to, looked_at
from viewer.session.presenting import Become, told_by
from viewer.session.state import Ref, State
from viewer.session.suggest import not_searched
from viewer.ui.presenter.fields import Ask
from viewer.ui.presenter.glide import still_wanted, worth_it
from viewer.ui.presenter.overlays import TimeBar
from viewer.ui.presenter.player import Player
from viewer.ui.presenter.story import Story, story_of

if TYPE_CHECKING:
    from viewer.session.suggest import Suggestion
    from viewer.ui.loaded import Loaded
    from viewer.ui.presenter.presenter import Presenter

ZOOM = 1.5
HINT_MS = 2_500


class Live(QObject):
    """Leads away from the scene of a presenter; what it opened lies over the map until it is dropped."""

    def __init__(self, room: Presenter, loaded: Loaded) -> None:
        super().__init__(room)
        self._room, self._data, self._picture = room, loaded.data, loaded.picture
        self.bar, self.story, self.asking = TimeBar(room), Story(room), Ask(self._suggest, room)
        self.asking.finder.not_searched = partial(not_searched, self._data)
        self.bar.asked.connect(self._scrub_to)
        self.story.asked.connect(self._look_at)
        self.asking.dated.connect(self._go_to_date)
        self.asking.chosen.connect(self._go_to_found)
        self.asking.closed.connect(room.stage.setFocus)
        room.stage.record_clicked.connect(lambda: self._tell_story(room.session.state, asked=True))
        room.stage.rested.connect(self._make_room)
        self.player = Player(room.session, loaded.data, self)
        self.player.moving.connect(room.stage.set_moving)
        self._unwatch = room.session.watch(("selected", "listed", "stack", "time", "play"), self._changed)

    def release(self) -> None:
        """Stop what plays, and stop watching."""
        self.player.stop()
        self._unwatch()

    def drop(self) -> None:
        """Put away what was opened over the scene."""
        self.player.forget()
        self._room.told.hide()
        self.bar.hide()
        self._close_story()
        self._room.stage.show_mark(None)
        if self.asking.is_open:
            self.asking.close_field()

    def close_topmost(self) -> bool:
        """Take away the field or else the card; whether there was one."""
        if self.asking.is_open:
            self.asking.close_field()
        elif self.story.isVisible():
            self._close_story()
        else:
            return False
        return True

    def end_time(self) -> bool:
        """Take away the bar of time, or else stop what plays; whether there was anything."""
        if self.bar.isVisible():
            self.bar.hide()
        elif self.player.running:
            self.player.stop()
        else:
            return False
        return True

    def place(self) -> None:
        """Fit what lies over the map to its size."""
        self._place_bar()
        if self.story.isVisible():
            self.story.place()

    def _place_bar(self) -> None:
        stage, state = self._room.stage, self._room.session.state
        cards = stage.layout_now.in_pixels if stage.layout_now is not None else {}
        self.bar.fit(stage.enlarged, self._picture.tokens(state.theme), cards)

    def _make_room(self) -> None:
        """A legend that grew is not to lie below the bar; else that stays under the hand."""
        layout, at = self._room.stage.layout_now, QRectF(self.bar.geometry())
        cards = layout.in_pixels.values() if layout is not None else ()
        if self.bar.isVisible() and any(card.intersects(at) for card in cards):
            self._place_bar()

    def takes(self, key: Qt.Key, with_shift: bool) -> bool:
        """Whether a key belongs to the bar of time or to the card that is open; then its work is done."""
        if self.bar.isVisible() and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step("month" if with_shift else "", key == Qt.Key.Key_Right)
            return True
        if self.story.isVisible() and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.story.turn(-1 if key == Qt.Key.Key_Up else 1)
            return True
        return False

    # away from the scene

    def _leave_scene(self) -> None:
        """Something else than the scene is about to be shown; behind words there is the map of the scene."""
        self._room.glide.finish()
        self._room.end_blank()
        shown = self._room.stage.scene
        if shown is not None and shown.kind != "map":
            self._show_map_alone()

    def _show_map_alone(self) -> None:
        bare = replace(self._room.scene, kind="map", title="", caption="", stretch=None)
        stage = self._room.stage
        self._room.dispatch(Become(shown_on(bare, stage.width(), stage.height())))
        self._room.take_words(bare)

    def _changed(self, before: State, after: State, changed: frozenset[str]) -> None:
        if "time" in changed:
            self.bar.stand(after.time.cursor)
            self._keep_words_true(after)
        if not self._room.showing and changed & {"selected", "listed", "stack"}:
            self._tell_story(after)

    def _keep_words_true(self, state: State) -> None:
        """A caption about one day does not stand below another."""
        room, stage = self._room, self._room.stage
        shown, layout = stage.scene, stage.layout_now
        if room.showing or shown is None or layout is None or shown.kind != "map":
            return
        told = room.scene.kind == "map" and told_by(room.scene, state.time.cursor)
        if told and shown != room.scene:
            room.take_words(room.scene)
        elif not told and (shown.title or shown.caption):
            cards = {name: card for name, card in layout.cards.items() if name != "caption"}
            stage.present(replace(shown, title="", caption=""), replace(layout, cards=cards), State())

    def zoom(self, factor: float) -> None:
        """Closer (below 1) or farther away."""
        self._leave_scene()
        stage = self._room.stage
        stage.zoom(factor, QPointF(stage.across / 2, stage.down / 2))

    # records

    def _tell_story(self, state: State, asked: bool = False) -> None:
        """Show the card of what is selected live; asked: even if the scene itself has it selected."""
        card = story_of(self._data, state)
        if card is None or (state.selected == self._room.own.selected and not state.listed and not asked):
            self.story.hide()
        else:
            self.player.stop()
            self.story.tell(card, self._picture.tokens(state.theme), self._room.stage.enlarged)

    def _look_at(self, ref: Ref) -> None:
        self._leave_scene()
        session = self._room.session
        session.dispatch(OpenList(""))
        command, ground = looked_at(self._data, session.state, ref), box_of(self._data, self._picture.basemap, ref)
        if ground is not None:
            stage = self._room.stage
            camera = brought(session.state.camera, ground, stage.across, stage.down, leap=True)
            command = Batch((command, SetCamera(camera)))
        session.dispatch(command)

    def _close_story(self) -> None:
        self.story.hide()
        self._room.dispatch(OpenList(""))
        own = self._room.own.selected
        if self._room.session.state.selected != own:
            self._room.dispatch(Select(own))

    @property
    def found_title(self) -> str:
        """What is selected live, by its title; '' for nothing, or what the scene itself has selected."""
        state = self._room.session.state
        card = story_of(self._data, replace(state, listed="")) if state.selected != self._room.own.selected else None
        return card.title if card is not None else ""

    # fields

    def ask(self, which: str) -> None:
        """Ask for a 'date' to go to, or for something to 'find'."""
        self._leave_scene()
        self.player.stop()
        self.asking.ask(which, self._room.stage.enlarged)

    def _suggest(self, text: str) -> list[Suggestion]:
        from viewer.geo.gridref import parse_coordinate
        from viewer.session.suggest import suggestions

        return suggestions(self._data, self._room.session.state, text, parse_coordinate)

    def _go_to_date(self, span: DateSpan) -> None:
        command = gone_to(span, self._room.session.state.time)
        if command is None:
            self._room.told.say("That date names no day")
            return
        self._room.session.dispatch(command)
        self._hint_home()

    def _go_to_found(self, found: Suggestion) -> None:
        if found.command is None:
            return
        room = self._room
        start, goal = room.session.state, found.command.apply(room.session.state)
        room.stage.show_mark(found.mark)
        if worth_it(start, goal) and not still_wanted() and not self._picture.heavy:
            room.stage.set_moving(True)
            room.glide.begin(start, goal)
        else:
            room.session.dispatch(found.command)
        self._tell_story(goal)
        self._hint_home()

    def _hint_home(self) -> None:
        self._room.told.say("Return goes back to the scene", HINT_MS)

    # time

    def play(self) -> None:
        """Play the days of the scene, or pause; what was paused goes on from there."""
        if self.player.running:
            self.player.pause()
            return
        self._leave_scene()
        self._close_story()
        self.player.begin(self._room.scene)

    def scrub(self) -> None:
        """Show the bar of time, or take it away."""
        if self.bar.isVisible():
            self.bar.hide()
            return
        self._leave_scene()
        self.player.stop()
        stretch, cursor = self._room.scene.stretch, self._room.session.state.time.cursor
        days = (stretch.first, stretch.last) if stretch is not None else played(self._data, cursor)
        self.bar.days = min(*days, cursor), max(*days, cursor)
        self.place()
        self.bar.stand(cursor)
        self.bar.show()
        self.bar.raise_()

    def _scrub_to(self, day: Day) -> None:
        self._room.session.dispatch(SetCursor(day))

    def _step(self, unit: str, forward: bool) -> None:
        state = self._room.session.state
        self._scrub_to(step_day(self._data, state.time.cursor, unit or state.time.step, forward))
