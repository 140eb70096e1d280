"""GeoJSON: points, lines and areas as events, by the names of their properties; a collection or one feature a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from viewer.domain.drafts import Item
from viewer.formats.cells import CellError
from viewer.formats.features import SETTINGS, FeatureReader, mapping_of, meanings, sample_of
from viewer.formats.geojson_features import geojson_features, looks_like_geojson
from viewer.formats.guessing import EVENT_FEATURE
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
        sample = sample_of(geojson_features(file))
        return Shape(sample.columns, meanings(EVENT_FEATURE), mapping_of(sample, {}), SETTINGS, tabular=False)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """An event for each feature."""
        mapping = mapping_of(sample_of(geojson_features(file)), options)
        try:
            reader = FeatureReader(mapping, {**SETTINGS, **options}, file)
        except CellError as error:
            raise ReadError(f"{file.path}: {error}") from None
        yield from reader.drafts(geojson_features(file))
