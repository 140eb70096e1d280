"""Drawings that Qt plays without Python's lock.

`QPainter` keeps Python's lock in each of its calls, so that two threads only take turns with it. A drawing that was
recorded as a `QPicture` is played by a single function of Qt's library; called without Python's wrapping, it leaves the
lock to others. Where that function cannot be found (another system, another build of Qt), it is called as usual: that
takes as long as painting at once, and the pixels are the same.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache

import shiboken6
from PySide6.QtGui import QPainter, QPicture

LIBRARY, FUNCTION = "libQt6Gui.so.6", "_ZN8QPicture4playEP8QPainter"
"""`bool QPicture::play(QPainter *)`, which Qt keeps as it is for as long as its version is 6."""
Play = Callable[[int, int], object]
"""Plays a drawing with a painter, both given by their address."""


def play(drawing: QPicture, painter: QPainter) -> None:
    """Play a drawing with a painter that nobody else uses meanwhile, if possible without Python's lock."""
    if (unlocked := played_by_qt()) is None:
        drawing.play(painter)
    else:
        unlocked(_address(drawing), _address(painter))


@cache
def played_by_qt() -> Play | None:
    """The function of the library that this process has already, never of another one; None where there is none."""
    if sys.platform != "linux":
        return None
    try:
        found = ctypes.CDLL(LIBRARY, mode=os.RTLD_NOW | os.RTLD_NOLOAD)[FUNCTION]
    except (OSError, AttributeError):
        return None
    found.argtypes, found.restype = (ctypes.c_void_p, ctypes.c_void_p), ctypes.c_bool
    return found


def _address(wrapped: QPicture | QPainter) -> int:
    """Where the object of Qt that a Python object stands for lies in memory."""
    (address,) = shiboken6.getCppPointer(wrapped)
    return int(address)
