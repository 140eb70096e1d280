"""GeoPackage: the rows of its feature tables as events, by the names of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from viewer.domain.drafts import Item
from viewer.formats.cells import CellError
from viewer.formats.features import SETTINGS, FeatureReader, mapping_of, meanings, sample_of
from viewer.formats.geopackage_features import geopackage_features, is_geopackage, opened_geopackage
from viewer.formats.guessing import EVENT_FEATURE
from viewer.formats.infile import InFile, ReadError
from viewer.formats.protocol import Shape


class GeoPackageImporter:
    """One event a row of the layers that the setting `layers` names, all of them when it names none."""

    name = "geopackage"
    title = "GeoPackage"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Fairly sure of a GeoPackage with features."""
        return 0.6 if is_geopackage(file) else 0.0

    def shape(self, file: InFile) -> Shape:
        """The columns of its layers, and what they are taken for."""
        with opened_geopackage(file) as package:
            layers = ",".join(layer.table for layer in package.layers())
        sample = sample_of(geopackage_features(file))
        settings = {**SETTINGS, "layers": layers}
        return Shape(sample.columns, meanings(EVENT_FEATURE), mapping_of(sample, {}), settings, tabular=False)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """An event for each row."""
        chosen = options.get("layers", "")
        mapping = mapping_of(sample_of(geopackage_features(file, chosen)), options)
        try:
            reader = FeatureReader(mapping, {**SETTINGS, **options}, file)
        except CellError as error:
            raise ReadError(f"{file.path}: {error}") from None
        yield from reader.drafts(geopackage_features(file, chosen))
