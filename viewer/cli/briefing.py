"""The command that makes slides, a handout, a film or pictures of a briefing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viewer.cli.console import UsageError, complain, counted, say, say_json
from viewer.cli.importing import progress
from viewer.cli.making import check_pixels, picture_size, ready_to_draw
from viewer.cli.opening import basemap, opened
from viewer.session.briefing import Briefing, BriefingError, read_briefing
from viewer.session.builtin import open_builtin
from viewer.session.keeping import Keeping
from viewer.session.scenes import fitting
from viewer.store.dataset import DataSet
from viewer.store.errors import StoreError
from viewer.untrusted import MAGIC

if TYPE_CHECKING:
    from viewer.draw.output.order import Kind, Order, Written
    from viewer.session.state import Scene

PROBLEMS_FOUND = 1


def brief(arguments: argparse.Namespace) -> int:
    """Write the briefing, and say what it came to: 1 when the store cannot show all that the scenes ask for."""
    ready_to_draw()
    from viewer.draw.output import kind_named
    from viewer.draw.page import unwritable

    kind = kind_named(arguments.to)
    _check_output(kind, arguments)
    with _shown(arguments.file, arguments.store) as (data, briefing):
        fits = [fitting(scene, data, os.path.exists) for scene in _chosen(briefing, arguments)]
        order = _order(kind, data, tuple(fit.scene for fit in fits), arguments)
        boxes = unwritable(order.picture, order.scenes)
        notices = [*briefing.notices, *(notice for fit in fits for notice in fit.notices), *([boxes] if boxes else [])]
        for notice in notices:
            complain(notice)
        written = kind.write(order, progress())
    if arguments.json:
        say_json(_told(kind, order, written, notices))
    else:
        seconds = f", {written.seconds:.1f} s" if written.seconds is not None else ""
        say(f"{counted(written.number, kind.unit)}{seconds} written to {written.path}")
    return PROBLEMS_FOUND if notices else 0


def _check_output(kind: Kind, arguments: argparse.Namespace) -> None:
    path: Path = arguments.output
    if kind.suffix and not kind.folder and path.suffix.casefold() != kind.suffix:
        raise UsageError(f"{path}: end its name in {kind.suffix}")
    if kind.folder and path.suffix and (not kind.suffix or path.suffix.casefold() != kind.suffix):
        raise UsageError(f"{path}: name a folder for the files, without a suffix")
    if arguments.notes is not None and kind.notes is None:
        raise UsageError(f"--notes goes with pptx and pdf: {kind.name} has no room for them")
    if arguments.fps is not None and not kind.per_second:
        raise UsageError(f"--fps goes with mp4, gif and frames: {kind.name} does not move")


@contextmanager
def _shown(file: Path, store: Path | None) -> Iterator[tuple[DataSet, Briefing]]:
    """The data set and the scenes that are shown on it."""
    if _is_database(file):
        if store is not None:
            raise UsageError(f"--store goes with a briefing in JSON: {file} is a store itself")
        with opened(file) as data:
            yield data, _kept(data)
        return
    try:
        briefing = read_briefing(file)
    except BriefingError as error:
        raise UsageError(str(error)) from None
    if store is None:
        with closing(_built_in_for(file, briefing)) as data:
            yield data, briefing
    else:
        with opened(store) as data:
            yield data, briefing


def _is_database(file: Path) -> bool:
    if file.is_fifo():  # it would be waited for, and what is looked at is gone
        raise UsageError(f"{file}: is a pipe, not a file; copy the briefing to a file first")
    with file.open("rb") as opening:
        return opening.read(len(MAGIC)) == MAGIC


def _kept(data: DataSet) -> Briefing:
    """The scenes that the user keeps of a store."""
    keeping = Keeping(data.meta.store_id)
    try:
        if keeping.obstacle:
            raise StoreError(keeping.obstacle)
        return Briefing(data.meta.store_id, keeping.scenes(), keeping.notices())
    finally:
        keeping.close()


def _built_in_for(file: Path, briefing: Briefing) -> DataSet:
    data = open_builtin()
    if data.meta.store_id != briefing.store_id:
        data.close()
        raise UsageError(f"{file}: was made on the store '{briefing.store_id}'; name its file with --store STORE")
    return data


def _chosen(briefing: Briefing, arguments: argparse.Namespace) -> tuple[Scene, ...]:
    scenes, number = briefing.scenes, arguments.scene
    if not scenes:
        raise UsageError(f"{arguments.file}: holds no scenes; keep some in the window, or name another briefing")
    if number is None:
        return scenes
    if number > len(scenes):
        raise UsageError(f"--scene {number}: there are only {counted(len(scenes), 'scene')}")
    return (scenes[number - 1],)


def _order(kind: Kind, data: DataSet, scenes: tuple[Scene, ...], arguments: argparse.Namespace) -> Order:
    from viewer.draw.output.order import Order
    from viewer.draw.picture import MapPicture

    size = picture_size(arguments.size) if arguments.size else kind.size
    scale = arguments.scale or 1.0
    check_pixels(size, scale)
    if kind.folder and kind.suffix and len(scenes) > 1 and arguments.output.suffix:
        raise UsageError(f"{arguments.output}: name a folder for {len(scenes)} files, or one scene with --scene N")
    return Order(
        MapPicture(data, basemap()), scenes, arguments.output, size, scale,
        bool(kind.notes) if arguments.notes is None else arguments.notes, arguments.fps or kind.per_second or 1,
    )  # fmt: skip


def _told(kind: Kind, order: Order, written: Written, notices: list[str]) -> dict[str, Any]:
    return {
        "output": str(written.path), "to": kind.name, "scenes": len(order.scenes), f"{kind.unit}s": written.number,
        "width": order.pixels[0], "height": order.pixels[1], "seconds": written.seconds,
        "fps": order.per_second if kind.per_second else None, "notices": notices,
    }  # fmt: skip
