"""Memory that a program no longer needs goes back to the system, which the C library would rather keep."""

from __future__ import annotations

import ctypes
import sys


def give_memory_back() -> None:
    """Let the system have what was freed; glibc keeps it for the threads that are gone, half of all there is."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
