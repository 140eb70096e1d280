"""QGIS from the system's packages: the temporal controller, and a filter written by hand without an R-tree."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

from benchmarks.contestants.files import areas, with_rtree, without_rtree
from benchmarks.contestants.pipe import Pipe
from benchmarks.measure import Frame, View

PYTHON = os.environ.get("QGIS_PYTHON", "/usr/bin/python3")
"""The system's own interpreter: QGIS's Python modules belong to it."""
SERVER = Path(__file__).parents[1] / "servers" / "qgis_frames.py"


@cache
def version() -> str:
    """The installed version, '' without one."""
    ask = "from qgis.core import Qgis; print(Qgis.QGIS_VERSION)"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    try:
        told = subprocess.run(
            [PYTHON, "-c", ask], check=False, capture_output=True, text=True, env=environment, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.strip().split("-")[0] if told.returncode == 0 else ""


class Qgis:
    """One layer in QGIS; mode is "controller", "filter" or "areas"."""

    def __init__(self, mode: str, store: Path) -> None:
        self._pipe = Pipe([PYTHON, str(SERVER)])
        self._mode = mode
        source = {"controller": with_rtree, "filter": without_rtree, "areas": areas}[mode](store)
        self._pipe.ask("open", mode=mode, path=str(source))

    def frame(self, view: View) -> Frame:
        """Draw a view from new."""
        told = self._pipe.ask("frame", first=view.first, last=view.last, box=view.box, size=view.size)
        return Frame(float(told["ms"]), int(told["ink"]))

    def close(self) -> None:
        """End QGIS."""
        self._pipe.close()
