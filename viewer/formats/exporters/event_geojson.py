"""Events as GeoJSON (RFC 7946): WGS 84, longitude first; what no source places keeps a null geometry."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.domain.dossier import Dossier
from viewer.formats.exported import Content, TextFile, about_object
from viewer.formats.plain import Names, Plain, event_object, point_of
from viewer.formats.plain_json import json_text


class GeoJsonExporter(TextFile):
    """A FeatureCollection; the properties are the fields of the JSON format.

    Whom to thank stands behind the features in the foreign members `attribution` and `about` (RFC 7946, 6.1), which
    readers that do not know them pass over.
    """

    name = "geojson"
    title = "GeoJSON, points for maps and scripts"
    suffix = ".geojson"
    holds_claims = False

    def pieces(self, content: Content) -> Iterator[str]:
        """The collection, feature by feature."""
        yield '{"type": "FeatureCollection", "features": ['
        comma = "\n"
        for dossier in content.events:
            yield comma + json_text(_feature(dossier, content.names), indent=None)
            comma = ",\n"
        yield "\n]"
        if content.about is not None:
            about = about_object(content.about)
            yield f',\n"attribution": {json_text(content.about.line, None)},\n"about": {json_text(about, None)}'
        yield "}\n"


def _feature(dossier: Dossier, names: Names) -> Plain:
    event, main = event_object(dossier, names), point_of(dossier, names)
    point = {"type": "Point", "coordinates": [main["lon"], main["lat"]]} if main else None
    exactness = {
        "location_precision": main["precision"] if main else "unknown",
        "radius_m": main["radius_m"] if main else None,
    }
    return {"type": "Feature", "id": event["id"], "geometry": point, "properties": {**event, **exactness}}
