"""Has the system load the compiled parts of a library while other threads compute.

Python keeps all threads waiting while it loads a compiled module, however long the disk takes for it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path


def load_compiled(package: str) -> None:
    """Load what importing a package will ask the system for; what cannot be loaded the import tells of."""
    if package in sys.modules or sys.platform != "linux":
        return
    found = PathFinder.find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        for path in sorted(Path(folder).rglob("*.so")):
            load_library(path)


def load_library(path: Path | str) -> None:
    """Load one library; only where `sys.platform` is linux."""
    ctypes.CDLL(None).dlopen(os.fsencode(path), os.RTLD_NOW)
