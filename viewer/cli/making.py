"""The commands that make a file: build and snapshot."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from viewer.cli.console import UsageError, complain, say
from viewer.cli.opening import basemap, box, filters_of, one_day, opened
from viewer.domain.dates import Day
from viewer.domain.records import Problem
from viewer.domain.views import SavedView
from viewer.formats.textset import read_text_set
from viewer.paths import data_dir
from viewer.session.commands import WINDOW_LIMITS, SetRaster
from viewer.session.map_layers import ALL_LAYERS
from viewer.session.opening import opening_day, region_of
from viewer.session.state import Filters, State, Time
from viewer.session.views import box_of, view_shown
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.errors import StoreError
from viewer.store.evidence import KEPT, is_evidence
from viewer.store.tiles import open_tiles
from viewer.store.writer import write_store

PROBLEMS_FOUND = 1
SIZES = (64, 8192)
PICTURES = (".png", ".svg", ".pdf")
_SIZE = re.compile(r"(\d{1,6})x(\d{1,6})", re.IGNORECASE)
_DAYS = re.compile(r"(\d{1,5})d?", re.IGNORECASE)


def build(arguments: argparse.Namespace) -> int:
    """Write the built-in text files as a store and print its path and digest."""
    folder, path = arguments.data or data_dir(), arguments.output
    if not folder.is_dir():
        raise UsageError(f"{folder}: is no folder of text files; check the name")
    records, problems = read_text_set(folder)
    _check_target(path, records.meta.store_id)
    write_store(records, path)
    for problem in problems:
        complain(str(problem))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    say(f"{path}")
    say(f"sha256 {digest}")
    return PROBLEMS_FOUND if problems else 0


def _check_target(path: Path, store_id: str) -> None:
    """Only a new file or an older build of the same data set may be written over."""
    if not path.parent.is_dir():
        raise UsageError(f"{path}: its folder does not exist; make it or choose another")
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; name a file in it")
    if path.exists():
        if not path.is_file():
            raise UsageError(f"{path}: is a pipe or device; name a file")
        if path.stat().st_size and _store_id(path) != store_id:
            raise UsageError(f"{path}: exists and is no older build of it; choose another name")


def _store_id(path: Path) -> str:
    try:
        data = open_dataset(path)
    except StoreError:
        return ""
    with closing(data):
        return data.meta.store_id


def snapshot(arguments: argparse.Namespace) -> int:
    """Write the picture the window would show and print its path."""
    path = arguments.output
    if is_evidence(path, arguments.store):
        raise UsageError(f"{path}: {KEPT}")
    if path.suffix.casefold() not in PICTURES:
        raise UsageError(f"{path}: a picture is written as PNG, SVG or PDF; end its name in {', '.join(PICTURES)}")
    if not path.parent.is_dir() or path.is_dir():
        raise UsageError(f"{path}: there is no such folder to write to; make it or choose another")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: is no file that can be written over; choose another name")
    size = picture_size(arguments.size)
    check_pixels(size, arguments.scale or 1.0)
    with opened(arguments.store) as data:
        view = _view(data, arguments.view) if arguments.view is not None else None
        state = _state(data, arguments, view)
        asked = box(arguments.bbox) if arguments.bbox else None
        if asked is None and view is not None:
            asked = box_of(view)
        _draw(path, data, state, asked, size, arguments.scale)
    say(f"{path}")
    return 0


def picture_size(text: str) -> tuple[int, int]:
    """Width and height in pixels."""
    match = _SIZE.fullmatch(text)
    if match is None or not all(SIZES[0] <= int(side) <= SIZES[1] for side in match.groups()):
        low, high = SIZES
        raise UsageError(f"'{text}' is no size; write WIDTHxHEIGHT, each from {low} to {high}, such as 1600x1000")
    return int(match[1]), int(match[2])


def _view(data: DataSet, key: str) -> SavedView:
    """The saved view of that key."""
    for view in data.views:
        if view.key == key:
            return view
    known = ", ".join(view.key for view in data.views) or "none in this store"
    raise UsageError(f"'{key}' is no saved view; there are: {known}")


def _state(data: DataSet, arguments: argparse.Namespace, view: SavedView | None) -> State:
    state = State() if view is None else view_shown(view).apply(State())
    day = one_day(arguments.on) if arguments.on else opening_day(data) if view is None else state.time.cursor
    asks = arguments.mode is not None or arguments.window is not None or view is None
    time = _time(day, arguments.mode or "window", arguments.window) if asks else replace(state.time, cursor=day)
    compare = one_day(arguments.compare) if arguments.compare else None
    if compare is None and arguments.swipe is not None:
        raise UsageError("--swipe goes with --compare: there is only one map without it")
    state = replace(state, time=time, theme=arguments.theme, ground=arguments.ground, compare=compare)
    filters = filters_of(data, arguments)
    state = replace(state, swipe=arguments.swipe, filters=filters if filters != Filters() else state.filters)
    state = replace(state, layers=_layers(arguments.layers)) if arguments.layers is not None else state
    return SetRaster(_raster(arguments.raster)).apply(state) if arguments.raster is not None else state


def _raster(path: Path) -> str:
    """A file of tiles by its whole name; StoreError when it cannot be drawn."""
    return str(open_tiles(path).path.absolute())


def _time(day: Day, mode: str, window: str | None) -> Time:
    if window is None:
        return Time(cursor=day, mode=mode)
    match = _DAYS.fullmatch(window)
    if match is None or not WINDOW_LIMITS[0] <= int(match[1]) <= WINDOW_LIMITS[1]:
        low, high = WINDOW_LIMITS
        raise UsageError(f"'{window}' is no number of days from {low} to {high}; write for instance 30d")
    if mode != "window":
        raise UsageError(f"--window goes with --mode window, not {mode}; leave one out")
    return Time(cursor=day, mode=mode, window_days=int(match[1]))


def _layers(text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if unknown := sorted(names - set(ALL_LAYERS)):
        raise UsageError(f"'{unknown[0]}' is no layer; there are {', '.join(ALL_LAYERS)}")
    return names


def _draw(
    path: Path, data: DataSet, state: State, asked: tuple[float, float, float, float] | None, size: tuple[int, int],
    scale: float | None,
) -> None:  # fmt: skip
    """The frame as a file, drawn without a screen, and what of it could not be drawn in sentences.

    Of a picture that is very large all is drawn larger.
    """
    ready_to_draw()
    from viewer.draw.frame import ASIDE, paint_frame
    from viewer.draw.output.pictures import Sheet, write_picture
    from viewer.draw.picture import MapPicture
    from viewer.draw.still import device_scale
    from viewer.session.camera import fit_camera, leave_room

    larger = device_scale(*size) if scale is None else 1
    inner = (size[0] // larger, size[1] // larger)
    region = region_of(data)
    camera = (
        leave_room(fit_camera(*region, *inner), region, inner[0], ASIDE)
        if asked is None else fit_camera(*asked, *inner, margin=0.0)
    )  # fmt: skip
    picture, shown = MapPicture(data, basemap()), replace(state, camera=camera)
    sheet = Sheet(inner, larger if scale is None else scale, data.meta.title)
    wrong: dict[Problem, None] = {}
    write_picture(
        path, data.path, sheet,
        lambda painter, *room: wrong.update(dict.fromkeys(paint_frame(painter, picture, shown, *room).problems)),
    )  # fmt: skip
    for problem in wrong:
        complain(str(problem))


def ready_to_draw() -> None:
    """Begin Qt without a screen; UsageError names what of the system it misses."""
    from viewer import preflight

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if complaint := preflight.complaint():
        raise UsageError(complaint)
    from viewer.draw.still import application

    application()


def check_pixels(size: tuple[int, int], scale: float) -> None:
    """Whether a picture has a number of pixels that can be painted."""
    if max(size) * scale > SIZES[1] or min(size) * scale < SIZES[0]:
        low, high = SIZES
        raise UsageError(f"--scale {scale:g} makes that more or fewer pixels than {low} to {high} each way")
