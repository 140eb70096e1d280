"""What the user keeps beside a store, in the workspace file: read once it is asked for, written as it changes."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from viewer.domain.marks import Kept
from viewer.paths import user_dir
from viewer.session.briefing import scene_from_json, scene_to_json
from viewer.session.state import Scene
from viewer.store.errors import StoreError
from viewer.store.workspace import Workspace

SCENE = "scene"


def workspace_file(store_id: str) -> Path:
    """Where the user's workspace of a store lies; the id names the file but never its folder."""
    readable = re.sub(r"[^A-Za-z0-9-]+", "-", store_id)[:40].strip("-")
    digest = sha256(store_id.encode("utf-8", "replace")).hexdigest()[:12]
    return user_dir() / f"{readable}-{digest}.workspace"


class Keeping:
    """The user's own file of one store. Where it cannot be used the session goes on, and `notices` say so."""

    def __init__(self, store_id: str, path: Path | None = None) -> None:
        """path: None for the user's own place."""
        self._notices: list[str] = []
        self._kept: dict[str, Kept] = {}
        self._file: Workspace | None = None
        path = path or workspace_file(store_id)
        try:
            self._file = Workspace(path, store_id)
        except StoreError as error:
            self._notices.append(f"{error}; scenes and marks of this session are not kept")

    def scenes(self) -> tuple[Scene, ...]:
        """The scenes that were kept, in their order."""
        if self._file is None:
            return ()
        scenes = []
        for kept in self._file.kept(SCENE):
            self._kept[kept.key] = kept
            try:
                scenes.append(scene_from_json(json.loads(kept.body)))
            except (ValueError, RecursionError):
                self._notices.append(f"A scene of {self._file.path.name} cannot be read and stays in the file as it is")
        return tuple(scenes)

    def keep_scenes(self, scenes: Iterable[Scene], before: Iterable[Scene] = ()) -> None:
        """Write what differs from what is kept; before: the scenes of this session that may be gone by now.

        A scene that could not be read, or that another program added, is never taken out.
        """
        if self._file is None:
            return
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        changed, there = [], set()
        for position, scene in enumerate(scenes):
            there.add(scene.key)
            body = json.dumps(scene_to_json(scene), ensure_ascii=False, allow_nan=False)
            kept = self._kept.get(scene.key)
            if kept is None or (kept.body, kept.position) != (body, float(position)):
                changed.append(Kept(SCENE, scene.key, float(position), body, now))
        gone = [scene.key for scene in before if scene.key not in there and scene.key in self._kept]
        if changed:
            self._file.keep(changed)
            self._kept |= {kept.key: kept for kept in changed}
        if gone:
            self._file.drop(SCENE, gone)
            for key in gone:
                del self._kept[key]

    def notices(self) -> tuple[str, ...]:
        """What happened since this was asked last, a sentence each."""
        said, self._notices = self._notices, []
        if self._file is not None:
            said += self._file.notices
            self._file.notices.clear()
        return tuple(said)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._kept.clear()
