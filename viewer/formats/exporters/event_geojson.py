"""Events as GeoJSON (RFC 7946): WGS 84, longitude first; what no source places keeps a null geometry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from viewer.domain.dossier import Dossier
from viewer.formats.plain import Names, Plain, event_object, point_of
from viewer.formats.plain_json import json_text


class GeoJsonExporter:
    """A FeatureCollection; the properties are the fields of the JSON format."""

    name = "geojson"
    suffix = ".geojson"

    def pieces(self, dossiers: Iterable[Dossier], names: Names) -> Iterator[str]:
        """The collection, feature by feature."""
        yield '{"type": "FeatureCollection", "features": ['
        comma = "\n"
        for dossier in dossiers:
            yield comma + json_text(_feature(dossier, names), indent=None)
            comma = ",\n"
        yield "\n]}\n"


def _feature(dossier: Dossier, names: Names) -> Plain:
    event, main = event_object(dossier, names), point_of(dossier, names)
    point = {"type": "Point", "coordinates": [main["lon"], main["lat"]]} if main else None
    exactness = {
        "location_precision": main["precision"] if main else "unknown",
        "radius_m": main["radius_m"] if main else None,
    }
    return {"type": "Feature", "id": event["id"], "geometry": point, "properties": {**event, **exactness}}
