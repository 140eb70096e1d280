"""Drawing without a screen, for the command line."""

from __future__ import annotations

import os
from functools import cache

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

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
