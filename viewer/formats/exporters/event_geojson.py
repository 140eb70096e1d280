"""Events as GeoJSON (RFC 7946): WGS 84, longitude first; what no source places keeps a null geometry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from viewer.domain.dossier import Dossier
from viewer.formats.plain import Names, Plain, event_object
from viewer.formats.plain_json import json_text

_MAIN_ROLES = ("at", "near", "to", "via", "assessed-as", "reported-as", "from")
"""Which of several places is the point of the event: the same order as the map's."""
_RANK = {role: rank for rank, role in enumerate(_MAIN_ROLES)}


class GeoJsonExporter:
    """A FeatureCollection; the properties are the fields of the JSON format."""

    name = "geojson"
    suffix = ".geojson"

    def pieces(self, dossiers: Iterable[Dossier], names: Names) -> Iterator[str]:
        """The collection, feature by feature."""
        yield '{"type": "FeatureCollection", "features": ['
        comma = "\n"
        for dossier in dossiers:
            yield comma + json_text(_feature(event_object(dossier, names)), indent=None)
            comma = ",\n"
        yield "\n]}\n"


def _feature(event: Plain) -> Plain:
    main = _main_place(event["places"])
    point = {"type": "Point", "coordinates": [main["lon"], main["lat"]]} if main else None
    exactness = {
        "location_precision": main["precision"] if main else "unknown",
        "radius_m": main["radius_m"] if main else None,
    }
    return {"type": "Feature", "id": event["id"], "geometry": point, "properties": {**event, **exactness}}


def _main_place(places: list[Plain]) -> Plain | None:
    """The place whose point stands for the event, None when none of them has a coordinate."""
    located = [place for place in places if place["lon"] is not None and place["lat"] is not None]
    return min(located, key=lambda place: _RANK.get(place["role"], len(_RANK)), default=None)
