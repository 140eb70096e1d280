"""A finished picture as the bytes of a PNG file, drawn without a screen: for the command line and exports."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice
from PySide6.QtGui import QGuiApplication

from viewer.draw.frame import render_frame
from viewer.geo.basemap import read_basemap
from viewer.session.state import State
from viewer.store.dataset import DataSet

READABLE = (1600, 900)
"""A picture with at least twice as many pixels as this gets its texts and lines larger, not the map."""
LARGEST_SCALE = 4


@cache
def application() -> QCoreApplication:
    """The one Qt application of this process, kept: with it would go the fonts that were loaded."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication.instance() or QGuiApplication(["badia"])


def device_scale(width: int, height: int) -> int:
    """How many pixels make a logical one, so that a large picture stays readable and keeps its exact size."""
    fitting = (
        n
        for n in range(LARGEST_SCALE, 1, -1)
        if width % n == 0 and height % n == 0 and width >= n * READABLE[0] and height >= n * READABLE[1]
    )
    return next(fitting, 1)


def frame_png(data: DataSet, state: State, basemap: Path, width: int, height: int, scale: int = 1) -> bytes:
    """The frame of a state as PNG, `width` times `height` pixels, `scale` of them to a logical one."""
    application()
    image = render_frame(data, state, read_basemap(basemap), width // scale, height // scale, scale)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise OSError("the picture could not be encoded")
    return bytes(buffer.data().data())
