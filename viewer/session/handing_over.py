"""Handing a store over with the view, the workspace and the base layers that belong to it, and taking it back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from viewer.domain.actors import Actor
from viewer.domain.frozen import dataclass
from viewer.domain.marks import Mark
from viewer.geo.basemap import Basemap
from viewer.paths import state_dir
from viewer.session.importing import Order, Summary, run_import
from viewer.session.keeping import workspace_file
from viewer.session.remember import state_from_json, state_to_json
from viewer.session.state import State
from viewer.store.dataset import DataSet
from viewer.store.errors import StoreError
from viewer.store.handover import Contents, pack, unpack
from viewer.store.remember import load, save
from viewer.store.workspace import Workspace

FORMAT = "badia"
MOST_TOLD = 10
Clashes = tuple[tuple[Mark, Mark], ...]
"""Marks of the user's own with those that contradict them."""
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Merged:
    """What came of merging a hand-over: the import of its store, and marks that contradict those of the user."""

    summary: Summary
    clashes: Clashes
    notices: tuple[str, ...]


def hand_over(data: DataSet, state: State | None, target: Path, progress: Progress = lambda _: None) -> None:
    """Pack what is open into one file; state: the view to go with it, None for the one that is remembered.

    StoreError when it cannot be written, or when the store is read from a copy because another program changes it.
    """
    if data.store.private:
        raise StoreError(f"{data.path}: has unfinished changes of another program; close that first")
    view = state_to_json(state) if state is not None else load(state_dir(), data.meta.store_id) or {}
    raster = Path(str(view.get("raster", {}).get("path", "")) or "/")
    layers = (raster,) if raster.is_file() else ()
    if "raster" in view:
        view = {**view, "raster": {**view["raster"], "path": "layers/1.mbtiles" if layers else ""}}
    with tempfile.TemporaryDirectory(prefix="badia-") as folder:
        workspace = _settled_copy(workspace_file(data.meta.store_id), data.meta.store_id, Path(folder))
        pack(target, Contents(data.path, workspace, layers, view, data.meta.store_id), progress)


def _settled_copy(path: Path, store_id: str, folder: Path) -> Path | None:
    """The workspace as of now in a file that nobody else writes to; None when there is none."""
    if not path.exists():
        return None
    copy = folder / "workspace.sqlite"
    with closing(Workspace(path, store_id)) as own, closing(Workspace(copy, store_id)) as new:
        new.merge(own)
        if new.unsaved:
            raise StoreError(f"{folder}: the marks cannot be written there; free some space")
    return copy if copy.exists() else None


def receive(path: Path, folder: Path, progress: Progress = lambda _: None) -> tuple[Path, tuple[str, ...]]:
    """Unpack a hand-over below a folder, so that opening its store shows the same view; the store, and what to tell.

    Marks and scenes of the hand-over join those that the user has of that store already. StoreError says why not.
    """
    contents = unpack(path, folder, progress)
    try:
        if id_of(contents.store) != contents.store_id:
            raise StoreError(f"{path}: its store is not the one it says; ask for it again")
        progress(1.0)
    except BaseException:
        shutil.rmtree(contents.store.parent, ignore_errors=True)
        raise
    view = _at_home(contents.view, contents.layers)
    notices = [] if save(state_dir(), contents.store_id, state_to_json(view)) else ["the view could not be remembered"]
    if contents.workspace is not None:
        clashes, told = _joined(contents.workspace, contents.store_id, contents.store_id)
        notices += told
        notices += clash_words(clashes)
    return contents.store, tuple(notices)


def clash_words(clashes: Clashes) -> list[str]:
    """Whose marks contradict each other, the first of them one by one, and which count."""
    told = [
        f"{mine.table} {mine.key}: {mine.by} says {mine.status}, {theirs.by} says {theirs.status}"
        for mine, theirs in clashes[:MOST_TOLD]
    ]
    if len(clashes) == 1:
        return [*told, "that mark contradicts yours; yours counts, both are kept"]
    more = f", {len(clashes) - MOST_TOLD:,} of them not listed" if len(clashes) > MOST_TOLD else ""
    return [*told, f"{len(clashes):,} marks contradict yours; yours count, both are kept{more}"] if clashes else []


def _at_home(view: Mapping[str, Any], layers: tuple[Path, ...]) -> State:
    """The view as it is here: with the base layer where it was unpacked, or without one."""
    state = state_from_json(view)
    path = str(layers[0].absolute()) if layers and state.raster.path else ""
    return replace(state, raster=replace(state.raster, path=path))


def _joined(coming: Path, coming_id: str, store_id: str) -> tuple[Clashes, list[str]]:
    """Join a workspace into the user's own of a store, whose records have the same keys."""
    try:
        with (
            closing(Workspace(coming, coming_id, strange=True)) as other,
            closing(Workspace(workspace_file(store_id), store_id)) as own,
        ):
            clashes = own.merge(other)
            return clashes, [*own.notices, *other.notices]
    except (StoreError, ValueError) as error:
        return (), [f"marks were not taken over: {error}"]


def merge_back(
    path: Path, order: Order, basemap: Basemap, wellknown: Mapping[str, Actor], progress: Progress = lambda _: None
) -> Merged:
    """Take what a hand-over holds into the store of `order` (whose file it stands for); ReadError, StoreError."""
    with tempfile.TemporaryDirectory(prefix="badia-") as folder:
        contents = unpack(path, Path(folder), lambda share: progress(0.3 * share))
        ready = replace(order, file=contents.store, format=FORMAT, feed=order.feed or contents.store_id)
        summary = run_import(ready, basemap, wellknown, lambda share: progress(0.3 + 0.7 * share))
        if contents.workspace is None or order.dry_run:
            return Merged(summary, (), ())
        clashes, notices = _joined(contents.workspace, contents.store_id, id_of(order.into))
    return Merged(summary, clashes, tuple(notices))


def id_of(path: Path) -> str:
    """The id of a store."""
    from viewer.store.dataset import open_dataset

    with closing(open_dataset(path)) as data:
        return data.meta.store_id
