"""Events as files for other programs; EXPORTERS is the list of all that are no store of Badia's own."""

from __future__ import annotations

from viewer.formats.exporters.event_csv import CsvExporter
from viewer.formats.exporters.event_geojson import GeoJsonExporter
from viewer.formats.exporters.event_json import JsonExporter
from viewer.formats.exporters.event_kml import KmlExporter
from viewer.formats.exporters.event_xlsx import XlsxExporter
from viewer.formats.protocol import Exporter, TextExporter

TEXTS: tuple[TextExporter, ...] = (JsonExporter(), CsvExporter(), GeoJsonExporter(), KmlExporter())
EXPORTERS: tuple[Exporter, ...] = (*TEXTS, XlsxExporter())


def exporter_named(name: str) -> TextExporter:
    """The exporter of a format that can be printed; KeyError when there is none."""
    return {exporter.name: exporter for exporter in TEXTS}[name]
