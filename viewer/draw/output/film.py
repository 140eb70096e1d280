"""Films: MP4 and GIF of a briefing, painted frame by frame into the encoder, of which none is kept.

A thread hands one frame to the encoder while the next is painted. The encoder is a program of its own, so that painting
and encoding use two cores.
"""

from __future__ import annotations

import errno
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtGui import QImage

from viewer.draw.output.order import Order, Progress, Written
from viewer.draw.output.pages import frames
from viewer.draw.page import page_image
from viewer.formats.exported import ExportError
from viewer.session.shots import frame_count
from viewer.session.whole_file import whole_file
from viewer.store.trim import keep_memory

MISSING = "a film needs the encoder of the extra 'video': install badia-viewer[video]"
WAITING = 2
"""Painted frames that wait for the encoder at most."""
AT_ONCE = 8
PATIENCE_SECONDS = 60.0
"""How long the encoder may take to end when it has all frames, or its last one was written."""
H264 = (
    "-an", "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "-c:v", "libx264", "-preset", "superfast",
    "-crf", "20", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
    "-movflags", "+faststart", "-f", "mp4",
)  # fmt: skip
PALETTE = ("-vf", "palettegen=stats_mode=full", "-frames:v", "1", "-f", "image2", "-c:v", "png")
GIF = ("-lavfi", "[0:v][1:v]paletteuse=dither=none:diff_mode=rectangle", "-f", "gif", "-loop", "0")


def write_mp4(order: Order, progress: Progress) -> Written:
    """H.264 in MP4 that any player shows, beginning before all of it was loaded. Sides are made even."""
    width, height = (side + side % 2 for side in order.pixels)
    order = replace(order, size=(width, height), ratio=1.0)
    return _write(order, progress, ("-metadata", f"title={order.title}", *H264))


def write_gif(order: Order, progress: Progress) -> Written:
    """An animated GIF with one palette, made of one page of each scene."""
    program = encoder()
    make_classes()
    with tempfile.TemporaryDirectory(prefix="badia-palette-") as folder:
        palette = Path(folder) / "palette.png"
        with Encoder(program, order.pixels, 1, PALETTE, palette) as pipe:
            for scene in order.scenes:
                progress(0.0)
                pipe.put(page_image(order.picture, scene, *order.size, order.ratio), 1)
        return _write(order, progress, ("-i", f"file:{palette}", *GIF))


def encoder() -> str:
    """The program that encodes; ExportError when it is not installed."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        raise ExportError(MISSING) from None


def make_classes() -> None:
    """Make every class of Qt now: one that is made while another thread looks one up can end the program."""
    for name in ("PySide6.QtCore", "PySide6.QtGui"):
        module = import_module(name)
        for each in dir(module):
            getattr(module, each)


def _write(order: Order, progress: Progress, how: tuple[str, ...]) -> Written:
    make_classes()
    keep_memory()  # each frame of a glide takes all of its images anew
    program, whole, done = encoder(), frame_count(order.scenes, order.per_second), 0
    with whole_file(order.path, order.picture.data.path) as part:
        with Encoder(program, order.pixels, order.per_second, how, part) as pipe:
            for image, stays in frames(order):
                for some in _some(stays):
                    pipe.put(image, some)
                    done += some
                    progress(done / whole)
        progress(1.0)
    return Written(order.path, done, done / order.per_second)


def _some(frames: int) -> Iterator[int]:
    """A number of frames in small numbers, so that nobody waits long to stop between them."""
    for done in range(0, frames, AT_ONCE):
        yield min(AT_ONCE, frames - done)


class Encoder:
    """The encoder with frames going into it. Used in a `with` block: left with an error, it is stopped at once."""

    def __init__(
        self, program: str, size: tuple[int, int], per_second: int, how: tuple[str, ...], target: Path
    ) -> None:
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the encoder
        command = [
            program, "-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "bgr0",
            "-video_size", f"{size[0]}x{size[1]}", "-framerate", str(per_second), "-i", "pipe:0", *how,
            f"file:{target.absolute()}",
        ]  # fmt: skip
        self._process = subprocess.Popen(  # noqa: S603 - the program that the extra brought, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._said, bufsize=0,
            start_new_session=True,  # Ctrl-C is for us alone: what is half done goes away in order
        )  # fmt: skip
        self._frames: queue.Queue[tuple[QImage, int] | None] = queue.Queue(WAITING)
        self._failed = False
        self._thread = threading.Thread(target=self._feed, name="badia-film", daemon=True)
        self._thread.start()

    def __enter__(self) -> Encoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is not None:
                self._failed = True
                self._process.kill()
            self._frames.put(None)
            self._thread.join()
            self._process.wait(PATIENCE_SECONDS)
            if kind is None and (self._failed or self._process.returncode):
                raise self._error()
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._said.close()

    def put(self, image: QImage, stays: int) -> None:
        """Hand over an image for so many frames; waits while others wait. OSError when the encoder is gone."""
        if self._failed:
            raise self._error()
        self._frames.put((image, stays))

    def _feed(self) -> None:
        """In a thread: frames into the pipe. Once it is broken the rest is taken and thrown away."""
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - it was asked for
        while (item := self._frames.get()) is not None:
            image, stays = item
            pixels = memoryview(image.constBits())
            try:
                for _ in range(0 if self._failed else stays):
                    _pour(pipe, pixels)
            except OSError:
                self._failed = True
        with suppress(OSError):
            pipe.close()

    def _error(self) -> OSError:
        """Why the encoder stopped, by its last words."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE_SECONDS)
        self._said.seek(0)
        words = self._said.read().decode("utf-8", "replace").strip()
        if "No space left on device" in words:
            return OSError(errno.ENOSPC, "the disk is full")
        if "File too large" in words:
            return OSError(errno.EFBIG, "the file would be too large")
        last = words.splitlines()[-1][:200] if words else f"exit code {self._process.poll()}"
        return OSError(errno.EIO, f"the encoder stopped: {last}")


def _pour(pipe: IO[bytes], pixels: memoryview) -> None:
    while pixels:
        pixels = pixels[pipe.write(pixels) :]
