"""Frames: the film of a briefing as numbered pictures, for programs that cut films."""

from __future__ import annotations

import shutil

from viewer.draw.output.order import Order, Progress, Written
from viewer.draw.output.pages import frames
from viewer.draw.output.pictures import save_png, writing
from viewer.session.shots import frame_count
from viewer.session.whole_file import whole_folder


def write_frames(order: Order, progress: Progress) -> Written:
    """A folder of PNG files, one for each frame, numbered from 1."""
    whole, done = frame_count(order.scenes, order.per_second), 0
    with whole_folder(order.path) as part:
        for image, stays in frames(order):
            first = part / name_of(done + 1)
            with writing(first) as file:
                save_png(image, file, order.ratio)
            for more in range(1, stays):
                progress((done + more) / whole)
                shutil.copyfile(first, part / name_of(done + 1 + more))
            done += stays
            progress(done / whole)
    return Written(order.path, done, done / order.per_second)


def name_of(number: int) -> str:
    """The name of a frame."""
    return f"frame-{number:06}.png"
