"""The briefing of one open store: makes scenes and shows them, presents them and takes them to files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSaveFile, Signal
from PySide6.QtWidgets import QMainWindow

from viewer.paths import data_dir
from viewer.session.actions import BY_ID
from viewer.session.briefing import BriefingError, briefing_to_json, read_briefing
from viewer.session.scenes import (
    AddScenes,
    ChangeScene,
    ShowScene,
    duplicated,
    fitting,
    position,
    scene_named,
    scene_of,
    updated,
)
from viewer.session.state import Scene
from viewer.store.evidence import KEPT, is_evidence
from viewer.ui.dialogs import sentence
from viewer.ui.files import Files, some

if TYPE_CHECKING:
    from viewer.ui.brief_export import BriefExport
    from viewer.ui.canvas import Canvas
    from viewer.ui.loaded import Loaded
    from viewer.ui.presenter.presenter import Presenter
    from viewer.ui.status import StatusLine

TOLD_MS = 6_000
FILES = "Briefings (*.json);;All files (*)"
NOTHING_TO_PRESENT = "There are no scenes yet: keep the view as one with Ctrl+B, then F5 presents them"
BUILTIN = "briefing.json"
"""The briefing of the built-in data, in its folder."""


class Briefing(QObject):
    """What is done with the scenes of a session."""

    panel_asked = Signal()
    """Somebody made a scene: the list of them should be seen."""
    words_asked = Signal()
    """Somebody wants to write the words of the scene that is worked on: the cursor belongs into its title."""

    def __init__(self, window: QMainWindow, files: Files, loaded: Loaded, canvas: Canvas, status: StatusLine) -> None:
        super().__init__(window)
        self._files = files
        self._window, self._loaded, self._canvas, self._status = window, loaded, canvas, status
        self._session, self._data = loaded.session, loaded.data
        self.presenter: Presenter | None = None
        self._left = ""
        """The key of the scene that presenting was left at before its end, until another one is chosen."""
        self._unwatch = loaded.session.watch(("scene",), lambda *_: self._forget_left())
        self._export: BriefExport | None = None

    @property
    def deeds(self) -> dict[str, Callable[[], object]]:
        """What is done here, by the ids of the actions that make no command."""
        return {
            "scene_add": self.add, "scene_update": self.update, "scene_show": self.show,
            "scene_words": self.ask_words,
            "scene_next": lambda: self.step(1), "scene_previous": lambda: self.step(-1),
            "scenes_import": self.ask_import, "scenes_export": self.ask_export,
            "present": self.present, "present_here": self.present_here, "brief_export": self.export,
        }  # fmt: skip

    def release(self) -> None:
        """End what is presented, before the data are closed."""
        if self.presenter is not None:
            self.presenter.leave()
        self._unwatch()
        if self._export is not None:
            self._export.release()
            self._export = None
        self.deleteLater()

    # scenes

    @property
    def _size(self) -> tuple[int, int]:
        return self._canvas.width(), self._canvas.height()

    @property
    def _scene(self) -> Scene | None:
        state = self._session.state
        return scene_named(state, state.scene)

    def add(self) -> None:
        """Keep the view as a scene behind the one that is worked on."""
        state = self._session.state
        self._session.dispatch(AddScenes((scene_of(state, self._size),)))
        number, of = position(self._session.state, self._session.state.scene) + 1, len(self._session.state.scenes)
        self._status.showMessage(f"Kept as scene {number} of {of}; F5 presents, Ctrl+Z takes it back", TOLD_MS)
        self.panel_asked.emit()

    def update(self) -> None:
        """Let the scene that is worked on show the view as it is now."""
        if (scene := self._chosen()) is not None:
            self._session.dispatch(ChangeScene(updated(scene, self._session.state, self._size)))
            self._session.break_merge()
            self._status.showMessage(f"{scene.title or 'The scene'} shows this view now", TOLD_MS)

    def ask_words(self) -> None:
        """Let the words of the scene that is worked on be written."""
        if self._chosen() is not None:
            self.panel_asked.emit()
            self.words_asked.emit()

    def show(self) -> None:
        """Show the view of the scene that is worked on."""
        if (scene := self._chosen()) is not None:
            self._forget_left()
            self._session.dispatch(ShowScene(scene.key, self._size))

    def step(self, by: int) -> None:
        """Show the next scene, or the one before."""
        state = self._session.state
        at = position(state, state.scene)
        to = at + by if at >= 0 else (0 if by > 0 else len(state.scenes) - 1)
        if not state.scenes:
            self._none()
        elif 0 <= to < len(state.scenes):
            self._session.dispatch(ShowScene(state.scenes[to].key, self._size))
        else:
            self._status.showMessage(f"That is the {'last' if by > 0 else 'first'} scene", TOLD_MS)

    def _chosen(self) -> Scene | None:
        """The scene that is worked on; without one it is said how to have one."""
        if self._scene is None:
            self._none()
        return self._scene

    def _none(self) -> None:
        self._status.showMessage("Choose a scene first (F8), or keep the view as one with Ctrl+B", TOLD_MS)

    # files

    def ask_import(self) -> None:
        """Ask for a file and put its scenes behind the one that is worked on."""
        path = self._files.old(self._window, "Import scenes", FILES)
        if path is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Put the scenes of a file behind the one that is worked on; what does not fit is told."""
        try:
            read = read_briefing(path)
        except BriefingError as error:
            sentence(self._window, "No scenes were imported", str(error))
            return
        scenes, said = self.fitted(read.scenes)
        known = {scene.key for scene in self._session.state.scenes}
        coming = tuple(duplicated(scene) if scene.key in known else scene for scene in scenes)
        self._session.dispatch(AddScenes(coming))
        self.panel_asked.emit()
        self._status.showMessage(f"{len(coming)} scenes imported from {path.name}", TOLD_MS)
        if notices := (*read.notices, *said):
            sentence(self._window, "Scenes imported, with gaps", ".\n".join(notices) + ".")

    def fitted(self, scenes: tuple[Scene, ...]) -> tuple[tuple[Scene, ...], tuple[str, ...]]:
        """The scenes as this store can show them, and what it cannot."""
        fits = [fitting(scene, self._data, lambda path: Path(path).is_file()) for scene in scenes]
        return tuple(fit.scene for fit in fits), tuple(notice for fit in fits for notice in fit.notices)

    def ask_export(self) -> None:
        """Ask for a name and write the scenes there."""
        if not self._session.state.scenes:
            self._none()
            return
        path = self._files.new(self._window, "Export scenes", "briefing.json", FILES, some(".json"))
        if path is not None:
            self.write(path)

    def write(self, path: Path) -> None:
        """Write the scenes to a file in one step, and never over a store."""
        text = briefing_to_json(self._session.state.scenes, self._data.meta.store_id)
        if obstacle := _written(path, text, self._data.path):
            sentence(self._window, "Not exported", f"{path}: {obstacle}.")
        else:
            self._status.tell_file(f"{len(self._session.state.scenes)} scenes written to", path, TOLD_MS)

    # presenting

    def present_here(self) -> None:
        """Present from the scene that presenting was left at, or else from the one that is worked on."""
        state = self._session.state
        self.present(self._left if scene_named(state, self._left) is not None else state.scene)

    def present(self, start: str = "") -> None:
        """Present the scenes of this session, from the one with that key or the first."""
        scenes = self._session.state.scenes
        if scenes:
            self.present_scenes(scenes, start)
        else:
            self._status.showMessage(NOTHING_TO_PRESENT, TOLD_MS)
            self.panel_asked.emit()

    def present_scenes(self, scenes: tuple[Scene, ...], start: str = "") -> None:
        """Present these; the window behind stays as it is."""
        from viewer.ui.presenter.presenter import Presenter

        if self.presenter is not None:
            return
        self.presenter = presenter = Presenter(self._loaded, scenes, start, self._window)
        presenter.ended.connect(self._ended)
        presenter.kept.connect(lambda scene, behind: self._session.dispatch(AddScenes((scene,), behind)))
        presenter.moved.connect(lambda scene: self._session.dispatch(ChangeScene(scene)))
        presenter.begin()

    def _ended(self) -> None:
        ended, self.presenter = self.presenter, None
        self._canvas.setFocus()
        if ended is not None:
            self._keep_left(ended.scene.key, ended.at, len(ended.scenes))

    def _keep_left(self, key: str, at: int, many: int) -> None:
        """Remember where presenting was left; at the last scene there is nothing left to go on with."""
        self._forget_left()
        if at + 1 < many and scene_named(self._session.state, key) is not None:
            self._left = key
            again = BY_ID["present_here"].keys[0]
            self._status.showMessage(f"Left at scene {at + 1} of {many}; {again} goes on there", TOLD_MS)

    def _forget_left(self) -> None:
        self._left = ""

    def export(self) -> None:
        """Ask for slides, a PDF, a film or pictures of the scenes, unless some are being written."""
        from viewer.ui.brief_export import BriefExport

        scenes = self._session.state.scenes
        if not scenes:
            self._none()
            return
        if self._export is not None and self._export.busy:
            return
        if self._export is not None:
            self._export.release()
        self._export = BriefExport(self._window, self._files, self._loaded, scenes)
        self._export.ask()


def builtin_scenes() -> tuple[Scene, ...]:
    """The briefing that comes with the built-in data."""
    return read_briefing(data_dir() / BUILTIN).scenes


def _written(path: Path, text: str, store: Path) -> str:
    """Write a text in one step; what prevents it, '' when it is written."""
    try:
        if is_evidence(path, store):
            return KEPT
    except OSError as error:
        return f"cannot be written ({error.strerror}); choose another folder"
    file = QSaveFile(str(path))
    if file.open(QSaveFile.OpenModeFlag.WriteOnly) and file.write(text.encode()) >= 0 and file.commit():
        return ""
    return f"cannot be written ({file.errorString()}); choose another folder"
