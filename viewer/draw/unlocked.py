"""Drawings that Qt plays without Python's lock.

`QPainter` keeps Python's lock in each of its calls, so that two threads only take turns with it. A drawing that was
recorded as a `QPicture` is played by a single function of Qt's library; called without Python's wrapping, it leaves the
lock to others. It plays the same strokes, so that the pixels are those of a drawing that is painted at once.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache

import shiboken6
from PySide6.QtGui import QImage, QPainter, QPicture, QTransform

LIBRARY, FUNCTION = "libQt6Gui.so.6", "_ZN8QPicture4playEP8QPainter"
"""`bool QPicture::play(QPainter *)`, which Qt keeps as it is for as long as its version is 6."""
Play = Callable[[QPicture, QPainter], None]
Drawing = tuple[QPicture, QTransform]
"""What was recorded, and how it comes onto a view."""


class NotPlayed(Exception):
    """A drawing is not on its image, or not all of it."""


@cache
def player() -> Play | None:
    """Plays a drawing with a painter that nobody else uses meanwhile; None where Qt's function cannot be found.

    It is looked for in the library that this process has already, never in another one. What it is called by elsewhere
    than on Linux was never tried.
    """
    if sys.platform != "linux":
        return None
    try:
        found = ctypes.CDLL(LIBRARY, mode=os.RTLD_NOW | os.RTLD_NOLOAD)[FUNCTION]
    except (OSError, AttributeError):
        return None
    found.argtypes, found.restype = (ctypes.c_void_p, ctypes.c_void_p), ctypes.c_bool

    def play(drawing: QPicture, painter: QPainter) -> None:
        if not found(_address(drawing), _address(painter)):
            raise NotPlayed("Qt could not play a drawing to its end")

    return play


def lay_drawings(drawings: Sequence[Drawing], play: Play, image: QImage) -> None:
    """Lay what was recorded onto an image that nobody looks at before, in logical pixels."""
    painter = QPainter(image)
    try:
        for drawing, onto in drawings:
            painter.setTransform(onto)
            play(drawing, painter)
    finally:
        painter.end()


def _address(wrapped: QPicture | QPainter) -> int:
    """Where the object of Qt that a Python object stands for lies in memory."""
    (address,) = shiboken6.getCppPointer(wrapped)
    return int(address)
