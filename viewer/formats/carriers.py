"""Which kind of file carries features, found from its content: GeoJSON, GeoPackage, KML or KMZ."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.formats.features import FeatureItem
from viewer.formats.geojson_features import geojson_features, looks_like_geojson
from viewer.formats.geopackage_features import geopackage_features, is_geopackage
from viewer.formats.infile import InFile, ReadError
from viewer.formats.kml_features import is_kml, kml_features


def features_of(file: InFile, layers: str = "") -> Iterator[FeatureItem]:
    """The features of a file of any of these kinds; layers: of a GeoPackage, see `geopackage_features`.

    ReadError when it is of none of them.
    """
    if is_geopackage(file):
        return geopackage_features(file, layers)
    if is_kml(file):
        return kml_features(file)
    return geojson_features(file)


def carries_features(file: InFile) -> bool:
    """Whether a file is of one of these kinds; False for whatever cannot be read."""
    try:
        return is_geopackage(file) or is_kml(file) or looks_like_geojson(file) > 0
    except ReadError:
        return False
