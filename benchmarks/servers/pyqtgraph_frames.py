"""Draws frames with pyqtgraph's scatter item as asked on standard input; knows nothing of Badia."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

COLOURS = ("#777777", "#2f2f2f", "#a83232", "#2f6fb0", "#2f8f4e", "#b08a1e", "#7a4fa3", "#1f8f8f", "#c0622d",
           "#5a6b2f", "#8f2f6f")  # fmt: skip
SPOT = {"size": 7, "pxMode": True, "antialias": False}


class Painted(QObject):
    """Hears when the widget has been asked to paint."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count, and let it pass."""
        self.times += event.type() == QEvent.Type.Paint
        return False


class Plot:
    """The widget and its columns in order of time; by actor when it is tuned."""

    def __init__(self, mode: str, path: str) -> None:
        known = np.load(path)
        x, y, self._day, actor = (known[name] for name in ("x", "y", "day", "actor"))
        self._naive = mode == "naive"
        self._brushes = np.array([pg.mkBrush(colour) for colour in COLOURS], dtype=object)
        parts = [np.arange(len(x))] if self._naive else [np.flatnonzero(actor == n) for n in range(len(COLOURS))]
        self._parts = [(x[part], y[part], self._day[part], actor[part]) for part in parts]
        pg.setConfigOptions(background="w", antialias=False)
        self.widget = pg.PlotWidget()
        self.widget.hideAxis("left")
        self.widget.hideAxis("bottom")
        self.widget.getPlotItem().hideButtons()
        self._box = self.widget.getPlotItem().getViewBox()
        self._box.setDefaultPadding(0)
        self._box.disableAutoRange()
        brushes = [None] if self._naive else self._brushes.tolist()
        self._items = [pg.ScatterPlotItem(pen=pg.mkPen("w"), brush=brush, **SPOT) for brush in brushes]
        for item in self._items:
            self.widget.addItem(item)
        self._heard = Painted()
        self.widget.viewport().installEventFilter(self._heard)
        self.widget.show()
        self._shown: tuple[Any, ...] = ()

    def frame(self, order: dict[str, Any]) -> dict[str, float]:
        """Draw one frame; ms from the order to the painted widget, and how much of it is painted."""
        if (size := tuple(order["size"])) != (self.widget.width(), self.widget.height()):
            self.widget.resize(*size)
            for _ in range(5):
                QApplication.processEvents()
        begun, before = time.perf_counter(), self._heard.times
        west, south, east, north = order["box"]
        view = tuple(order["box"])
        if self._shown != view:
            self._box.setRange(xRange=(west, east), yRange=(south, north), padding=0, disableAutoRange=True)
            self._shown = view
        for item, (x, y, day, actor) in zip(self._items, self._parts, strict=True):
            low, high = np.searchsorted(day, (order["first"], order["last"] + 1))
            colour = {"brush": self._brushes[actor[low:high]]} if self._naive else {}
            item.setData(x=x[low:high], y=y[low:high], **colour)
        while self._heard.times == before:
            QApplication.processEvents()
        QApplication.processEvents()
        took = (time.perf_counter() - begun) * 1000
        image = self.widget.grab().toImage().convertToFormat(pg.QtGui.QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
        return {"ms": took, "ink": int(np.count_nonzero(pixels != 0xFFFFFFFF))}


def main() -> None:
    """Answer until the other end goes."""
    application = QApplication([])
    plot: Plot | None = None
    for line in sys.stdin:
        order = json.loads(line)
        if order["what"] == "open":
            plot = Plot(order["mode"], order["path"])
            answer: dict[str, float] = {"open": 1}
        elif plot is not None:
            answer = plot.frame(order)
        print(json.dumps(answer), flush=True)
    del application


if __name__ == "__main__":
    main()
