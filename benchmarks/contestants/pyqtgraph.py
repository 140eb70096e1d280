"""pyqtgraph's scatter item: tuned (one item per actor) and naive (a brush for each spot)."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.contestants.files import columns
from benchmarks.contestants.pipe import Pipe
from benchmarks.measure import Frame, View

SERVER = Path(__file__).parents[1] / "servers" / "pyqtgraph_frames.py"


class Scatter:
    """A plot of all events in a process of its own; mode is "tuned" or "naive"."""

    def __init__(self, mode: str, store: Path) -> None:
        self._pipe = Pipe([sys.executable, str(SERVER)])
        self._pipe.ask("open", mode=mode, path=str(columns(store)))

    def frame(self, view: View) -> Frame:
        """Draw a view from new."""
        told = self._pipe.ask("frame", first=view.first, last=view.last, box=view.box, size=view.size)
        return Frame(float(told["ms"]), int(told["ink"]))

    def close(self) -> None:
        """End it."""
        self._pipe.close()
