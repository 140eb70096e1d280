"""KML and KMZ: placemarks as events, with their time stamps and spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from viewer.domain.drafts import Item
from viewer.formats.cells import CellError
from viewer.formats.features import SETTINGS, FeatureReader, Sample, mapping_of, meanings, sample_of
from viewer.formats.guessing import EVENT_FEATURE
from viewer.formats.infile import InFile, ReadError
from viewer.formats.kml_features import BEGIN, DESCRIPTION, END, NAME, WHEN, is_kml, kml_features
from viewer.formats.protocol import Shape

OWN = {"title": NAME, "summary": DESCRIPTION, "date": WHEN, "start": BEGIN, "end": END}
"""What the format itself calls the fields; all others are looked for in the extended data."""


class KmlImporter:
    """One event a placemark; a time span without an end goes on."""

    name = "kml"
    title = "KML and KMZ"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Fairly sure of a KML document, packed or not."""
        return 0.6 if is_kml(file) else 0.0

    def shape(self, file: InFile) -> Shape:
        """What its placemarks tell, and what that is taken for."""
        sample = sample_of(kml_features(file))
        return Shape(sample.columns, meanings(EVENT_FEATURE), _mapping(sample, {}), SETTINGS, tabular=False)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """An event for each placemark."""
        try:
            reader = FeatureReader(
                _mapping(sample_of(kml_features(file)), options), {**SETTINGS, **options}, file
            )
        except CellError as error:
            raise ReadError(f"{file.path}: {error}") from None
        yield from reader.drafts(kml_features(file))


def _mapping(sample: Sample, options: Mapping[str, str]) -> dict[str, str]:
    """The format's own names come first, dates of the extended data only where no placemark has a time."""
    columns, found = sample.columns, mapping_of(sample, {})
    if {WHEN, BEGIN, END} & {*columns}:
        found = {name: column for name, column in found.items() if name not in ("date", "start", "end")}
        found |= {"start": BEGIN, "end": END, "date": WHEN}
    found |= {name: column for name, column in OWN.items() if column in columns and name in ("title", "summary")}
    return {**found, **mapping_of(Sample((), ()), options)}
