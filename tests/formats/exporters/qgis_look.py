"""What QGIS makes of layers of a GeoPackage, as JSON; run by the interpreter that QGIS belongs to."""

from __future__ import annotations

import json
import sys

from qgis.core import (
    QgsApplication,
    QgsDateTimeRange,
    QgsFeatureRequest,
    QgsVectorLayer,
    QgsVectorLayerTemporalContext,
)
from qgis.PyQt.QtCore import QDate, QDateTime


def look(path: str, name: str, first: str, last: str) -> dict[str, object]:
    """A layer as the window of QGIS adds it: its times, and how many features lie between two days."""
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    layer.loadDefaultStyle()
    times = layer.temporalProperties()
    context = QgsVectorLayerTemporalContext()
    context.setLayer(layer)
    days = (QDateTime(QDate.fromString(day, "yyyy-MM-dd")) for day in (first, last))
    told = {
        "valid": layer.isValid(), "features": layer.featureCount(), "crs": layer.crs().authid(),
        "active": times.isActive(), "fields": [times.startField(), times.endField()],
    }  # fmt: skip
    request = QgsFeatureRequest()
    request.setFilterExpression(times.createFilterString(context, QgsDateTimeRange(*days)))
    told["between"] = sum(1 for _ in layer.getFeatures(request))
    return told


def main() -> None:
    """Look at each layer named behind the file and two days."""
    application = QgsApplication([], False)
    application.initQgis()
    path, first, last, *names = sys.argv[1:]
    print(json.dumps({name: look(path, name, first, last) for name in names}))
    application.exitQgis()


main()
