"""GeoJSON: points, lines and areas as events, by the names of their properties; a collection or one feature a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from viewer.domain.drafts import Item
from viewer.formats.cells import CellError
from viewer.formats.features import SETTINGS, FeatureReader, columns_of, mapping_of
from viewer.formats.geojson_features import geojson_features, looks_like_geojson
from viewer.formats.guesses import EVENT_FIELDS, guessed
from viewer.formats.infile import InFile, ReadError
from viewer.formats.protocol import Shape


class GeoJsonImporter:
    """One event a feature; its place has the feature's geometry and is as exact as that."""

    name = "geojson"
    title = "GeoJSON"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Fairly sure of a file of features."""
        try:
            return looks_like_geojson(file)
        except ReadError:
            return 0.0

    def shape(self, file: InFile) -> Shape:
        """The properties of its first features, and what they are taken for."""
        columns = columns_of(geojson_features(file))
        about = {name: wanted.about for name, wanted in EVENT_FIELDS.items()}
        return Shape(columns, about, guessed(columns, EVENT_FIELDS), SETTINGS, tabular=False)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """An event for each feature."""
        mapping = mapping_of(columns_of(geojson_features(file)), options)
        try:
            reader = FeatureReader(mapping, {**SETTINGS, **options}, file)
        except CellError as error:
            raise ReadError(f"{file.path}: {error}") from None
        yield from reader.drafts(geojson_features(file))
