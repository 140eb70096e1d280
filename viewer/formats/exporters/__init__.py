"""Events as files for other programs; EXPORTERS is the whole list."""

from __future__ import annotations

from viewer.formats.exporters.event_csv import CsvExporter
from viewer.formats.exporters.event_geojson import GeoJsonExporter
from viewer.formats.exporters.event_json import JsonExporter
from viewer.formats.protocol import Exporter

EXPORTERS: tuple[Exporter, ...] = (JsonExporter(), CsvExporter(), GeoJsonExporter())


def exporter_named(name: str) -> Exporter:
    """The exporter of a format; KeyError when there is none."""
    return {exporter.name: exporter for exporter in EXPORTERS}[name]
