"""Run by the system's Python: draws frames with QGIS as asked on standard input; knows nothing of Badia."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from typing import Any

import numpy as np
from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsDateTimeRange,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsRectangle,
    QgsRendererCategory,
    QgsVectorLayer,
    QgsVectorLayerTemporalProperties,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QSize, Qt  # type: ignore[import-not-found]
from qgis.PyQt.QtGui import QColor, QImage, QPainter  # type: ignore[import-not-found]

COLOURS = ("#777777", "#2f2f2f", "#a83232", "#2f6fb0", "#2f8f4e", "#b08a1e", "#7a4fa3", "#1f8f8f", "#c0622d",
           "#5a6b2f", "#8f2f6f")  # fmt: skip




def opened(mode: str, path: str) -> Any:
    """The layer in the mode asked for, with a symbol per actor."""
    layer = QgsVectorLayer(f"{path}|layername={'areas' if mode == 'areas' else 'points'}", "layer", "ogr")
    if not layer.isValid():
        raise SystemExit(f"not readable: {path}")
    if mode == "areas":
        layer = layer.materialize(QgsFeatureRequest())
    symbol = area_symbol if mode == "areas" else point_symbol
    categories = [QgsRendererCategory(n, symbol(colour), str(n)) for n, colour in enumerate(COLOURS)]
    layer.setRenderer(QgsCategorizedSymbolRenderer("actor", categories))
    times = layer.temporalProperties()
    times.setIsActive(mode != "filter")
    if mode == "areas":
        times.setMode(QgsVectorLayerTemporalProperties.ModeFeatureDateTimeStartAndEndFromFields)
        times.setStartField("first")
        times.setEndField("last")
    elif mode == "controller":
        times.setMode(QgsVectorLayerTemporalProperties.ModeFeatureDateTimeInstantFromField)
        times.setStartField("day")
    return layer


def point_symbol(colour: str) -> Any:
    """A disc of seven pixels with a ring."""
    look = {"name": "circle", "size": "7", "size_unit": "Pixel", "color": colour, "outline_color": "white",
            "outline_width": "1", "outline_width_unit": "Pixel"}  # fmt: skip
    return QgsMarkerSymbol.createSimple(look)


def area_symbol(colour: str) -> Any:
    """An area 45 % opaque, with an edge."""
    fill = QColor(colour)
    fill.setAlphaF(0.45)
    look = {"color": ",".join(map(str, fill.getRgb())), "outline_color": colour, "outline_width": "1",
            "outline_width_unit": "Pixel"}  # fmt: skip
    return QgsFillSymbol.createSimple(look)


def frame(layer: Any, mode: str, order: dict[str, Any]) -> dict[str, float]:
    """Draw one frame; ms from the order to the finished picture, and how much of it is painted."""
    begun = time.perf_counter()
    first, last = order["first"], order["last"]
    settings = QgsMapSettings()
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setLayers([layer])
    settings.setOutputSize(QSize(*order["size"]))
    settings.setExtent(QgsRectangle(*order["box"]))
    settings.setBackgroundColor(QColor("white"))
    if mode == "filter":
        layer.setSubsetString(f"n >= {first} AND n <= {last}")
    else:
        settings.setIsTemporal(True)
        settings.setTemporalRange(QgsDateTimeRange(moment(first).addSecs(-1), moment(last)))
    image = QImage(QSize(*order["size"]), QImage.Format_ARGB32_Premultiplied)
    image.fill(QColor("white"))
    painter = QPainter(image)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    job.renderSynchronously()
    painter.end()
    took = (time.perf_counter() - begun) * 1000
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    pixels = np.frombuffer(bits, dtype=np.uint32)
    return {"ms": took, "ink": int(np.count_nonzero(pixels != 0xFFFFFFFF))}


def moment(day: int) -> Any:
    """The start of a day, which Qt knows from the year 1 on only."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=max(day, -200_000))
    return QDateTime(QDate(date.year, date.month, date.day), QDateTime().time(), Qt.UTC)


def main() -> None:
    """Answer until the other end goes."""
    application = QgsApplication([], False)
    application.initQgis()
    layer, mode = None, ""
    for line in sys.stdin:
        order = json.loads(line)
        if order["what"] == "open":
            mode = order["mode"]
            layer = opened(mode, order["path"])
            answer: dict[str, float] = {"features": layer.featureCount()}
        else:
            answer = frame(layer, mode, order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
