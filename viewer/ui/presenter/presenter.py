"""The door to a briefing in front of people: a window of its own over the whole screen.

It has a session of its own. Whoever leaves it finds the window behind it as it was, whatever was shown meanwhile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QToolTip, QWidget

from viewer.draw.page import shown_on, unwritable
from viewer.session.commands import Command
from viewer.session.presenting import Become, TakeWay, same_map
from viewer.session.scenes import fitted, fitting, new_key, scene_of
from viewer.session.session import Session
from viewer.session.state import Play, Scene, State
from viewer.ui.preload import Preload
from viewer.ui.presenter.awake import Awake
from viewer.ui.presenter.glide import SLOW_SECONDS, Glide, still_wanted, worth_it
from viewer.ui.presenter.keys import JUMP_MS, Digits, keys_of_table
from viewer.ui.presenter.live import ZOOM, Live
from viewer.ui.presenter.notes import Notes
from viewer.ui.presenter.overlays import KeysPanel, Spot, Told
from viewer.ui.presenter.plans import Plan, Plans, Sheet
from viewer.ui.presenter.seats import Seating
from viewer.ui.presenter.stage import Stage

if TYPE_CHECKING:
    from viewer.ui.loaded import Loaded

AHEAD_MS = 500
"""After a page is at rest until the next scene is looked at."""


class Presenter(QWidget):
    """Shows scenes one after the other over a whole screen. `begin` opens it, `leave` closes it."""

    ended = Signal()
    """It was left; the widget goes by itself."""
    kept = Signal(object, str)
    """A Scene of what was shown live, with a key of its own, and the key of the one that it stands behind."""
    moved = Signal(object)
    """A Scene of the briefing whose cards stand elsewhere now: the same key, other `places`."""

    def __init__(
        self, loaded: Loaded, scenes: tuple[Scene, ...], start: str = "", window: QWidget | None = None,
        screens: Callable[[], Sequence[QScreen]] = QGuiApplication.screens,
    ) -> None:  # fmt: skip
        """scenes: at least one; start: the key of the one to begin with, '' for the first; window: whose screen it
        opens on; screens: those that are plugged in.
        """
        super().__init__(window, Qt.WindowType.Window)
        Preload().go_on(math.inf)  # before threads look ahead: it may be asked for while the window is still made
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Briefing \u2013 Badia")
        self._picture = loaded.picture
        fits = [fitting(scene, loaded.data, lambda path: Path(path).is_file()) for scene in scenes]
        self._as_made = {scene.key: scene for scene in scenes}
        self.scenes = tuple(fit.scene for fit in fits)
        self.notices = tuple(dict.fromkeys(notice for fit in fits for notice in fit.notices))
        if missing := unwritable(loaded.picture, self.scenes):
            self.notices = (*self.notices, missing)
        self.at = next((number for number, scene in enumerate(scenes) if scene.key == start), 0)
        self._kept_from = ""
        """The key of the scene that was led away from, while what was kept then is shown."""
        self._kept: tuple[str, ...] = ()
        """The keys of what was kept since."""
        self._passed: frozenset[str] = frozenset()
        """The keys of what was kept, seen and left by Return: going on leads past it."""
        self.session = Session(self.scenes[self.at].view)
        self.showing = False
        """Whether a change of its session is the scene's own, and not shown live."""
        self._plans = Plans(loaded.picture, self)
        self._plans.made.connect(self._planned)
        self.stage = Stage(self.session, loaded.picture, self._plans)
        self.stage.setParent(self)
        self.stage.rested.connect(self._rested)
        self.stage.card_moved.connect(self._move_card)
        self.stage.resized.connect(self._fit)
        self.glide = Glide(self._on_way, self._arrived, self)
        self.live = live = Live(self, loaded)
        self.bar, self.story, self.asking, self.player = live.bar, live.story, live.asking, live.player
        self.spot, self.told, self.keys_panel = Spot(self), Told(self), KeysPanel(self)
        self.story.pointed.connect(lambda at: self._put_spot(QPointF(self.mapFromGlobal(at))))
        self.stage.spotted.connect(self._put_spot)
        self.speaker = Notes(self.press, self)
        here = window.screen() if window is not None else None
        self.seating = Seating(self, self.speaker, self.told, here, screens)
        self.seating.seated.connect(self._take_keys)
        self.awake = Awake(self)
        self._begun = False
        self._keys, self._digits = keys_of_table(), Digits(len(scenes), self)
        self._digits.waiting.connect(lambda typed: self.told.say(f"Scene {typed} \u2026", JUMP_MS))
        self._digits.chosen.connect(self._jump)
        self._deeds: dict[str, Callable[[], object]] = {
            "forward": lambda: self.go(self._next(1)), "back": lambda: self.go(self._next(-1)), "home": self.go_home,
            "first": lambda: self.go(0), "last": lambda: self.go(len(self.scenes) - 1), "play": live.play,
            "scrub": live.scrub, "date": lambda: live.ask("date"), "find": lambda: live.ask("find"),
            "closer": lambda: live.zoom(1 / ZOOM), "farther": lambda: live.zoom(ZOOM), "keep": self.keep,
            "pointer": self.point, "black": lambda: self._blank("black"), "white": lambda: self._blank("white"),
            "notes": self.show_notes, "swap": self.seating.swap, "keys": self.show_keys, "close": self.close_topmost,
        }  # fmt: skip
        self._looking_ahead = QTimer(self)
        self._looking_ahead.setSingleShot(True)
        self._looking_ahead.timeout.connect(self._look_ahead)

    # beginning and end

    def begin(self) -> None:
        """Open over the whole screen, with the notes on another one if there is one."""
        self._begun = True
        self.seating.begin()
        self.speaker.begin()
        self.awake.begin()
        self._take_keys()
        self._arrive()
        self.seating.say(self.notices)

    def leave(self) -> None:
        """Close it; `ended` tells."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of everything, and say that it is over."""
        super().closeEvent(event)
        if not self._begun:
            return
        self._begun = False
        self.seating.release()
        self._looking_ahead.stop()
        self._digits.forget()
        self.glide.stop()
        self.live.release()
        self.speaker.release()
        self.awake.end()
        self._plans.release()
        self.stage.release()
        self.ended.emit()

    def _take_keys(self) -> None:
        self.activateWindow()
        self.stage.setFocus()

    def show_notes(self) -> None:
        """The notes on a screen of their own, or above the scenes; or none."""
        self.seating.show_notes()
        self._tell_speaker()

    # scenes

    @property
    def scene(self) -> Scene:
        """The one that is shown, or was before something was shown live."""
        return self.scenes[self.at]

    @property
    def own(self) -> State:
        """The view of the scene on this screen."""
        return shown_on(self.scene, self.stage.width(), self.stage.height())

    @property
    def _sheet(self) -> Sheet:
        return Sheet(self.stage.width(), self.stage.height(), self.stage.devicePixelRatioF())

    def _next(self, step: int) -> int:
        """The number of the next scene that way; that of this one where there is none."""
        number = self.at + step
        while 0 <= number < len(self.scenes) and self.scenes[number].key in self._passed:
            number += step
        return number if 0 <= number < len(self.scenes) else self.at

    @property
    def _coming(self) -> Scene | None:
        """The scene that comes next."""
        number = self._next(1)
        return self.scenes[number] if number > self.at else None

    def go(self, number: int) -> None:
        """Show the scene of a number, counted from 0; the ends hold."""
        self._digits.forget()
        self.keys_panel.hide()
        if self.end_blank():
            return
        self.live.drop()
        number = min(max(number, 0), len(self.scenes) - 1)
        if number == self.at:
            if self.glide.running:
                self.glide.finish()
            else:
                self.go_home()
            return
        self.glide.finish()
        self.at, self._kept_from, self._kept = number, "", ()
        self._passed -= {self.scene.key}
        self._arrive()

    def go_home(self) -> None:
        """Back to the scene as it was prepared."""
        if self._digits.choose():
            return
        self.live.drop()
        led_from, self._kept_from = self._kept_from, ""
        if led_from:
            self._passed, self._kept = self._passed | set(self._kept), ()
            self.at = next(number for number, scene in enumerate(self.scenes) if scene.key == led_from)
        if led_from or not same_map(self.session.state, self.own):
            self._arrive()

    def _arrive(self) -> None:
        """Bring the scene to the screen, gliding where that can be."""
        scene, own = self.scene, self.own
        self._plans.drop()
        plan = self._plans.found(scene, self._sheet)
        self._tell_speaker()
        glides = (
            self.stage.result is not None and worth_it(self.session.state, own) and not still_wanted()
            and not self._picture.heavy and self.stage.seconds_anew <= SLOW_SECONDS
        )  # fmt: skip
        self.stage.set_moving(True)
        self.stage.gliding = glides
        self.stage.present(scene, plan.layout if plan is not None else None, own)
        if plan is None:
            self._plans.ask(scene, self._sheet)
        if glides:
            self.glide.begin(self.session.state, own)
        else:
            self._show(own)
            self._arrived()

    def _show(self, state: State) -> None:
        self.dispatch(Become(replace(state, play=Play())))

    def _on_way(self, state: State) -> None:
        self.dispatch(TakeWay(state))

    def dispatch(self, command: Command) -> None:
        """Change the session for the scene itself: nothing is shown live by it."""
        self.showing = True
        try:
            self.session.dispatch(command)
        finally:
            self.showing = False

    def _arrived(self) -> None:
        self.stage.set_moving(False)

    def _planned(self, plan: Plan) -> None:
        """Where the cards of a scene stand is known now."""
        if plan.scene == self.stage.scene and plan.sheet == self._sheet and not self.stage.final:
            own = shown_on(plan.scene, self.stage.width(), self.stage.height())
            self.stage.present(plan.scene, plan.layout, own)
        self._show_next(plan)

    def _show_next(self, plan: Plan) -> None:
        coming = self._coming
        if coming is not None and plan.scene == coming and plan.image is not None:
            self.speaker.next.show_image(plan.image)

    def _rested(self) -> None:
        self._looking_ahead.start(AHEAD_MS)

    def _look_ahead(self) -> None:
        """Look at the scenes that come next, while nothing moves."""
        if not self.stage.at_rest:
            return
        for number in (self._next(-1), self._next(1)):
            if number != self.at:
                image = number > self.at and self.speaker.isVisible()
                self._plans.ask(self.scenes[number], self._sheet, image)

    def _tell_speaker(self) -> None:
        coming = self._coming
        self.speaker.tell(self.scenes, self.at, coming)
        if coming is not None:
            plan = self._plans.found(coming, self._sheet)
            if plan is not None:
                self._show_next(plan)
        if self.stage.at_rest:
            self._looking_ahead.start(AHEAD_MS)

    def _fit(self) -> None:
        """The screen has another size."""
        if not self._begun:
            return
        self.glide.stop()
        self._arrive()
        self._place_overlays()

    def _place_overlays(self) -> None:
        by, tokens = self.stage.enlarged, self._picture.tokens(self.session.state.theme)
        self.live.place()
        self.spot.fit(by, tokens.colour("select"))
        if self.told.isVisible():
            self.told.place()
        if self.keys_panel.isVisible():
            self.keys_panel.fit(by)

    # what a hand made of it

    def take_words(self, words: Scene) -> None:
        """Show other words than before, when a plan of where they stand is there."""
        plan = self._plans.found(words, self._sheet)
        own = shown_on(words, self.stage.width(), self.stage.height())
        self.stage.present(words, plan.layout if plan is not None else None, own)
        if plan is None:
            self._plans.ask(words, self._sheet)

    def keep(self) -> None:
        """Keep what is shown as a new scene behind this one. What was shown live is then the scene that is shown."""
        size = self.stage.across, self.stage.down
        behind, shown = self.scene, self.stage.scene or self.scene
        live = not same_map(self.session.state, self.own)
        state = self.session.state if shown.kind == "map" else fitted(shown, *size)  # words hide layers of their map
        title = self.live.found_title or shown.title
        made = replace(scene_of(state, size, title, behind.marking, new_key()), places=behind.places)
        self.scenes = (*self.scenes[: self.at + 1], made, *self.scenes[self.at + 1 :])
        self._as_made[made.key] = made
        self._digits.scenes = len(self.scenes)
        self.kept.emit(made, behind.key)
        number = f"Kept as scene {self.at + 2} of {len(self.scenes)}"
        if live:
            self.at, self._kept_from = self.at + 1, self._kept_from or behind.key
            self._kept = (*self._kept, made.key)
            self.take_words(made)
        self.told.say(f"{number}; Return goes back" if live else number)
        self._tell_speaker()

    def _move_card(self, name: str, corner: str) -> None:
        """A hand put a card into a corner; what stood there goes where it came from."""
        layout = self.stage.layout_now
        if layout is None or layout.corners.get(name) == corner:
            return
        stood = {other: stands for other, stands in layout.corners.items() if other in layout.cards}
        places = {other: stood[name] if stands == corner else stands for other, stands in stood.items()}
        places[name] = corner
        made = tuple(sorted(places.items()))
        self.scenes = tuple(replace(one, places=made) if one.key == self.scene.key else one for one in self.scenes)
        self.moved.emit(replace(self._as_made[self.scene.key], places=made))
        self._as_made[self.scene.key] = replace(self._as_made[self.scene.key], places=made)
        self._arrive()

    # what covers the scene

    def _blank(self, colour: str) -> None:
        self.player.stop()
        self.stage.blank = "" if self.stage.blank == colour else colour
        self.stage.update()

    def end_blank(self) -> bool:
        """Show the scene again, if it was covered; whether it was."""
        covered = self.stage.blank
        if covered:
            self._blank(covered)
        return bool(covered)

    def point(self) -> None:
        """A spot that follows the mouse, or none."""
        self.stage.spot = not self.stage.spot
        self.spot.setVisible(self.stage.spot)
        self._place_overlays()
        self._put_spot(QPointF(self.stage.mapFromGlobal(self.cursor().pos())))
        self.stage.setCursor(Qt.CursorShape.BlankCursor if self.stage.spot else Qt.CursorShape.ArrowCursor)
        self.spot.raise_()

    def _put_spot(self, at: QPointF) -> None:
        if self.stage.spot:
            self.spot.put(at)
            self.spot.raise_()

    def show_keys(self) -> None:
        """The keys, or not."""
        QToolTip.hideText()
        self.keys_panel.setVisible(not self.keys_panel.isVisible())
        self.keys_panel.fit(self.stage.enlarged)
        self.keys_panel.raise_()

    def close_topmost(self) -> None:
        """Escape, one thing at a time: keys, field, card, blank screen, bar of time, playing; then the briefing."""
        if self.keys_panel.isVisible():
            self.keys_panel.hide()
        elif not (self.live.close_topmost() or self.end_blank() or self.live.end_time()):
            self.leave()

    # keys

    def event(self, event: QEvent) -> bool:
        """Keys are the briefing's own: no action of the window behind it may take one."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the table of keys says."""
        self.press(event)

    def press(self, event: QKeyEvent) -> None:
        """Do what a key is for, wherever it was pressed."""
        event.accept()
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self.live.takes(key, bool(modifiers & Qt.KeyboardModifier.ShiftModifier)):
            return
        if modifiers & ~Qt.KeyboardModifier.ShiftModifier:
            return
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 and not event.isAutoRepeat():
            self._digits.type(key - Qt.Key.Key_0)
            return
        found = self._keys.get(key)
        if found is not None and (found[1] or not event.isAutoRepeat()):
            self._deeds[found[0]]()

    def _jump(self, number: int) -> None:
        if 1 <= number <= len(self.scenes):
            self.told.hide()
            self.end_blank()
            self.go(number - 1)
        else:
            many = len(self.scenes)
            self.told.say(f"There is no scene {number}: the briefing has {many} scene{'s' if many != 1 else ''}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The map fills it."""
        self.stage.setGeometry(self.rect())

    def sizeHint(self) -> QSize:
        """Usual, before it fills a screen."""
        return QSize(1280, 720)

