"""Drawings that Qt makes without Python's lock.

`QPainter` keeps Python's lock in each of its calls, so that two threads only take turns with it. A function of Qt's
library that is called without Python's wrapping leaves the lock to others. A drawing of many calls is recorded as a
`QPicture` and played by one; a few long strokes are made one by one, which spares writing and reading their vertices.
Either gives the pixels of a drawing that is painted at once.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import shiboken6
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QPicture, QTransform

LIBRARY, PLAY = "libQt6Gui.so.6", "_ZN8QPicture4playEP8QPainter"
"""`bool QPicture::play(QPainter *)`, which Qt keeps as it is for as long as its version is 6."""
STROKE = "_ZN8QPainter10strokePathERK12QPainterPathRK4QPen"
"""`void QPainter::strokePath(const QPainterPath &, const QPen &)`."""
DRAW_IMAGE = "_ZN8QPainter9drawImageERK6QRectFRK6QImageS2_6QFlagsIN2Qt19ImageConversionFlagEE"
"""`void QPainter::drawImage(const QRectF &, const QImage &, const QRectF &, Qt::ImageConversionFlags)`."""
Strokes = list[tuple[QPainterPath, QPen]]
"""Long lines, the lowest first."""
Stroke = Callable[[QPainterPath, QPen], object]
"""Strokes a path, now or when all the rest is painted."""
Recorded = QPicture | Strokes
Play = Callable[[Recorded, QPainter], None]
Drawing = tuple[Recorded, QTransform]
"""What was recorded, and how it comes onto a view."""


class NotPlayed(Exception):
    """A drawing is not on its image, or not all of it."""


@cache
def qt_function(name: str, *arguments: type, result: type | None = None) -> Callable[..., Any] | None:
    """A function of Qt's library, called with addresses; None where it cannot be found.

    It is looked for in the library that this process has already, never in another one. What it is called by elsewhere
    than on Linux was never tried.
    """
    if sys.platform != "linux":
        return None
    try:
        found = ctypes.CDLL(LIBRARY, mode=os.RTLD_NOW | os.RTLD_NOLOAD)[name]
    except (OSError, AttributeError):
        return None
    found.argtypes, found.restype = arguments, result
    return found


def player() -> Play | None:
    """Plays a drawing with a painter that nobody else uses meanwhile; None where Qt's functions cannot be found."""
    address = ctypes.c_void_p
    whole = qt_function(PLAY, address, address, result=ctypes.c_bool)
    stroke = qt_function(STROKE, address, address, address)
    if whole is None or stroke is None:
        return None

    def play(drawing: Recorded, painter: QPainter) -> None:
        if isinstance(drawing, QPicture):
            if not whole(_address(drawing), _address(painter)):
                raise NotPlayed("Qt could not play a drawing to its end")
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for path, pen in drawing:
            stroke(_address(painter), _address(path), _address(pen))

    return play


def lay_image(painter: QPainter, target: QRectF, image: QImage, source: QRectF) -> None:
    """Lay a part of an image, which takes long where it is large, while others have Python's lock if that can be."""
    address = ctypes.c_void_p
    draw = qt_function(DRAW_IMAGE, address, address, address, address, ctypes.c_int)
    if draw is None:
        painter.drawImage(target, image, source)
    else:
        draw(_address(painter), _address(target), _address(image), _address(source), 0)


def lay_drawings(drawings: Sequence[Drawing], play: Play, image: QImage) -> None:
    """Lay what was recorded onto an image that nobody looks at before, in logical pixels."""
    painter = QPainter(image)
    try:
        for drawing, onto in drawings:
            painter.setTransform(onto)
            play(drawing, painter)
    finally:
        painter.end()


def _address(wrapped: Any) -> int:
    """Where the object of Qt that a Python object stands for lies in memory."""
    (address,) = shiboken6.getCppPointer(wrapped)
    return int(address)
