"""A film: 300 frames of 1920 x 1080 from painting to the last byte, each of another day or another view."""

from __future__ import annotations

import importlib.util
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.goals import Outcome
from benchmarks.report import Row
from benchmarks.setting import Setting
from viewer.domain.dates import Day, parse
from viewer.draw.output.film import write_mp4
from viewer.draw.output.order import Order
from viewer.draw.picture import MapPicture
from viewer.geo.basemap import read_basemap
from viewer.paths import resources_dir
from viewer.session.builtin import open_builtin
from viewer.session.camera import fit_camera
from viewer.session.opening import region_of
from viewer.session.scenes import view_of
from viewer.session.shots import frame_count, shots
from viewer.session.state import Scene, State, Stretch, Time
from viewer.store.dataset import DataSet

HEAD = ("frames", "painted", "seconds", "frames/s", "processor s", "of which encoder s", "MB")
FIRST, LAST, CLOSE = "2017-06-15", "2018-01-24", (39.5, 33.8, 42.2, 35.8)
PER_SECOND = 25
SIZE = (1920, 1080)


def day(text: str) -> Day:
    """The day of an ISO date."""
    return parse(text).earliest or 0


def scenes(data: DataSet) -> tuple[Scene, ...]:
    """A glide to the towns of the river and half a year of them, a day in each frame: nothing is held."""
    size = (960, 540)
    wide, near = (fit_camera(*box, *size) for box in (region_of(data), CLOSE))
    views = [view_of(State(camera, Time(day(FIRST)))) for camera in (wide, near, wide)]
    stretch = Stretch(day(FIRST), day(LAST), float(PER_SECOND))
    return Scene("a", views[0], size), Scene("b", views[1], size), Scene("c", views[2], size, stretch=stretch)


def film(setting: Setting, rows: list[Row]) -> Iterator[Outcome]:
    """Draw and encode the film of the built-in data."""
    del setting
    if importlib.util.find_spec("imageio_ffmpeg") is None:
        yield Outcome("film", None, "the extra 'video' is not installed")
        return
    data = open_builtin()
    picture = MapPicture(data, read_basemap(resources_dir() / "basemap.bin"))
    with tempfile.TemporaryDirectory(prefix="badia-film-") as folder:
        order = Order(picture, scenes(data), Path(folder) / "film.mp4", SIZE, per_second=PER_SECOND)
        painted = sum(1 for _ in shots(order.scenes, SIZE, PER_SECOND))
        begun, before = time.perf_counter(), _processor()
        written = write_mp4(order, lambda share: None)
        seconds, used = time.perf_counter() - begun, [b - a for a, b in zip(before, _processor(), strict=True)]
        size = order.path.stat().st_size / 1024**2
    data.close()
    whole = frame_count(order.scenes, PER_SECOND)
    assert whole == written.number
    pace = painted / seconds
    rows.append((f"{whole:,}", f"{painted:,}", *(f"{one:.1f}" for one in (seconds, pace, sum(used), used[1], size))))
    yield Outcome("film", pace, f"{painted} frames that differ, of {whole}; those that are held are not counted")


def _processor() -> tuple[float, float]:
    """Seconds of processor time of this process and of those it started that have ended."""
    found = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, others = (one.ru_utime + one.ru_stime for one in found)
    return own, others
