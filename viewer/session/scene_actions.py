"""What can be done with the scenes of a briefing, as rows of the table of actions."""

from __future__ import annotations

from viewer.session.action import Action, Make
from viewer.session.commands import Command
from viewer.session.scenes import AddScenes, DropScene, MoveScene, duplicated, position, scene_named
from viewer.session.state import State
from viewer.store.dataset import DataSet

NO_SCENE = "choose a scene first, or keep the view as one with Ctrl+B"


def _duplicate(data: DataSet, state: State) -> Command | None:
    scene = scene_named(state, state.scene)
    return None if scene is None else AddScenes((duplicated(scene),))


def _delete(data: DataSet, state: State) -> Command | None:
    return None if scene_named(state, state.scene) is None else DropScene(state.scene)


def _move(by: int) -> Make:
    def make(data: DataSet, state: State) -> Command | None:
        at = position(state, state.scene)
        return MoveScene(state.scene, at + by) if at >= 0 and 0 <= at + by < len(state.scenes) else None

    return make


SCENE_ACTIONS = (
    Action("present", "Present the briefing", "Briefing", ("F5",)),
    Action("present_here", "Present from this scene", "Briefing", ("Shift+F5",)),
    Action("present_builtin", "Show the briefing of the built-in data", "Briefing", (), needs_data=False),
    Action("panel_scenes", "Scenes", "Briefing", ("F8",), group=1),
    Action("scene_add", "Keep the view as a scene", "Briefing", ("Ctrl+B",), group=1),
    Action("scene_update", "Update the scene with the view", "Briefing", ("Ctrl+Shift+B",), group=1),
    Action("scene_words", "Write the words of the scene", "Briefing", ("Shift+F8",), group=1),
    Action("scene_next", "Show the next scene", "Briefing", ("PgDown",), repeats=True, group=1),
    Action("scene_previous", "Show the previous scene", "Briefing", ("PgUp",), repeats=True, group=1),
    Action("scene_show", "Show the scene again", "Briefing", (), group=1),
    Action("scene_duplicate", "Duplicate the scene", "Briefing", ("Ctrl+D",), _duplicate, group=2, idle=NO_SCENE),
    Action("scene_up", "Move the scene up", "Briefing", ("Ctrl+PgUp",), _move(-1), repeats=True, group=2,
           idle="no scene is chosen, or it is the first"),
    Action("scene_down", "Move the scene down", "Briefing", ("Ctrl+PgDown",), _move(1), repeats=True, group=2,
           idle="no scene is chosen, or it is the last"),
    Action("scene_delete", "Delete the scene", "Briefing", ("Ctrl+Del",), _delete, group=2, idle=NO_SCENE),
    Action("brief_export", "Export the briefing: slides, PDF, film, pictures\u2026", "Briefing", ("Ctrl+Shift+F5",),
           group=3),
    Action("scenes_import", "Import scenes from a file\u2026", "Briefing", (), group=3),
    Action("scenes_export", "Export scenes to a file\u2026", "Briefing", (), group=3),
)  # fmt: skip
