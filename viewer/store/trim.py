"""Memory that a program no longer needs goes back to the system: when it rests, not between two pictures."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""What glibc's `mallopt` calls them."""
KEPT_BYTES = 1 << 29
LARGEST_BYTES = 1 << 25
"""The most that glibc takes: larger pieces go back at once."""


def keep_memory() -> None:
    """Keep what is freed for what is needed next, until it is given back.

    An image of a window is larger than what glibc keeps by itself: every picture would have the system clear thousands
    of pages again, which takes a tenth of its time.
    """
    if (set_option := _from_glibc("mallopt")) is not None:
        set_option(MMAP_THRESHOLD, LARGEST_BYTES)
        set_option(TRIM_THRESHOLD, KEPT_BYTES)


def give_memory_back() -> None:
    """Let the system have what was freed; glibc keeps it for the threads that are gone, half of all there is."""
    if (trim := _from_glibc("malloc_trim")) is not None:
        trim(0)


def _from_glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
