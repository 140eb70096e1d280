"""Tells a store's content without reading all of it, so that what was read of another is never taken for it."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

import viewer

SAMPLES = 64
SAMPLE_BYTES = 4096
ROOMS = ("domain", "geo", "store")
"""The rooms whose code decides what is read of a store, and how."""
HEADER_BYTES = 4096
"""The file's header with SQLite's change counter, page count and version, and the rest of the first page."""


def fingerprint(path: Path) -> str:
    """A digest of what the system says of a file, of its first page, and of blocks spread over it; OSError.

    Whoever changes a byte through the file system changes its times, and whoever writes through SQLite the
    change counter; the blocks catch most of what forges both.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        told = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        digest.update(repr(told).encode())
        digest.update(file.read(HEADER_BYTES))
        last = max(found.st_size - SAMPLE_BYTES, 0)
        for number in range(1, SAMPLES + 1):
            file.seek(last * number // SAMPLES)
            digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()


@cache
def code_mark() -> str:
    """A digest of the code that reads stores: what another version read and judged is read and judged again."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((Path(viewer.__file__).parent / room).glob("*.py")):
            digest.update(f"{room}/{path.name}:".encode() + path.read_bytes())
    return digest.hexdigest()
