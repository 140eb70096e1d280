"""Dated areas of control in GeoJSON, GeoPackage or KML: each a claim of who held the ground, from when, until when.

An area with an end is a place of that outline, held from its start to its end. One without stands until further notice:
what comes after it, only a later claim can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from viewer.domain.control import CLASSES, STATUSES
from viewer.domain.dates import DateError, DateSpan, parse
from viewer.domain.drafts import ActorMention, Draft, Item, PlaceMention, Rejected, SourceMention
from viewer.formats.carriers import carries_features, features_of
from viewer.formats.cells import CellError
from viewer.formats.features import (
    Feature,
    FeatureReader,
    is_address,
    mapping_of,
    meanings,
    outline_key,
    sample_of,
    source_of,
)
from viewer.formats.geometries import Geometry
from viewer.formats.guessing import AREA_FEATURE, plain_name
from viewer.formats.infile import InFile, ReadError
from viewer.formats.protocol import Shape
from viewer.formats.vocabulary import CLASS_NAMED, folded
from viewer.formats.written_dates import NO_ORDER

SURE_NAMES = ("controller", "controlled by", "control", "held by", "holder", "occupier")
MAYBE_NAMES = ("actor", "actors", "faction", "owner", "party", "side")
NO_END = "has no end; it stands until further notice"
ENDS = "#end"
_APART = re.compile(r"\s*(?:[;/&+]|,| and )\s*")


class AreasImporter:
    """One claim an area, and a second one where it ends."""

    name = "areas"
    title = "Areas of control (GeoJSON, GeoPackage, KML)"
    feed = ""
    attribution = ""

    def recognises(self, file: InFile) -> float:
        """Sure where the first features are areas of which a property says who holds them."""
        if not carries_features(file):
            return 0.0
        try:
            sample = [one for one in islice(features_of(file), 50) if isinstance(one, Feature)]
        except (ReadError, ValueError):
            return 0.0
        names = {plain_name(column) for column in sample_of(sample).columns}
        areas = sum(one.geometry is not None and one.geometry.kind == "area" for one in sample)
        if not sample or areas * 2 <= len(sample):
            return 0.0
        return 0.9 if names & {*SURE_NAMES} else 0.7 if names & {*MAYBE_NAMES} else 0.0

    def shape(self, file: InFile) -> Shape:
        """The properties of its first features, and what they are taken for."""
        sample = sample_of(features_of(file))
        settings = {"order": NO_ORDER, "publisher": "", "held": "control", "status": STATUSES[0], "layers": ""}
        mapping = mapping_of(sample, {}, AREA_FEATURE)
        return Shape(sample.columns, meanings(AREA_FEATURE), mapping, settings, tabular=False)

    def items(self, file: InFile, options: Mapping[str, str]) -> Iterator[Item]:
        """The claims of each area."""
        layers = options.get("layers", "")
        mapping = mapping_of(sample_of(features_of(file, layers)), options, AREA_FEATURE)
        if "controller" not in mapping:
            raise ReadError(f"{file.path}: no property says who holds an area; name it: controller=PROPERTY")
        try:
            reader = FeatureReader(mapping, options, file)
        except CellError as error:
            raise ReadError(f"{file.path}: {error}") from None
        for feature in features_of(file, layers):
            if not isinstance(feature, Feature):
                yield feature
                continue
            try:
                yield from _claims(reader, feature, options)
            except (CellError, DateError) as error:
                yield Rejected(feature.number, str(error), (feature.text,))
        yield from reader.remarks()


def _claims(reader: FeatureReader, feature: Feature, options: Mapping[str, str]) -> list[Draft]:
    """What an area claims: who holds it from its first day, and, where it has an end, who ceased to then."""
    geometry = feature.geometry
    if geometry is None or geometry.kind != "area":
        raise CellError("is no area; import points and lines as events")
    actors = _actors(reader.told(feature, "controller"))
    start, end = _days(reader, feature)
    reader.noted.update(geometry.remarks)
    values: dict[str, Any] = {
        "actors": actors, "control": _class(reader, feature, options), "note": _note(reader, feature),
        "status": options.get("status", STATUSES[0]),
        "source": _source(reader, feature),
    }  # fmt: skip
    name = reader.told(feature, "id") or feature.id
    if end is None:
        values |= {"phase": "begins" if "start" in reader.mapping and start.dated else "holds"}
        reader.noted[NO_END] += 1
        return [_claim(feature, name, {**values, "date": start, "geometry": geometry.wkb})]
    values["place"] = _place(reader, feature, geometry)
    begins = _claim(feature, name, {**values, "phase": "begins", "date": start})
    ends = _claim(feature, name and name + ENDS, {**values, "phase": "ends", "date": end}, ENDS)
    return [begins, ends] if start.dated else [ends]


def _claim(feature: Feature, name: str, values: dict[str, Any], part: str = "") -> Draft:
    return Draft(feature.number, name, "control_claim", values, raw=(feature.text, part) if part else (feature.text,))


def _actors(told: str) -> tuple[ActorMention, ...]:
    names = [name.strip() for name in _APART.split(told) if name.strip()]
    if not names:
        raise CellError("does not say who holds it; fill in its controller")
    return tuple(ActorMention(name) for name in dict.fromkeys(names))


def _days(reader: FeatureReader, feature: Feature) -> tuple[DateSpan, DateSpan | None]:
    """When an area begins to be held, or is held; and when that ends, None when nothing says so."""
    start, end = (reader.told(feature, name) for name in ("start", "end"))
    first, _ = reader.day(feature, "start" if start else "date")
    if not first.dated and not end:
        raise CellError("has no date; a claim of control needs a day")
    if not end or end == "..":
        return first, None
    last, _ = reader.day(feature, "end")
    if first.earliest is not None and last.latest is not None and last.latest < first.earliest:
        raise CellError(f"end: {last.edtf} is before the start, {first.edtf}")
    return (first if first.dated else parse("")), last


def _class(reader: FeatureReader, feature: Feature, options: Mapping[str, str]) -> str:
    word = reader.told(feature, "control") or options.get("held", "control")
    found = CLASS_NAMED.get(folded(word))
    if found is None:
        raise CellError(f"control: '{word[:40]}' is none of {', '.join(CLASSES)}")
    return found


def _note(reader: FeatureReader, feature: Feature) -> str:
    return "; ".join(told for name in ("place", "note") if (told := reader.told(feature, name)))


def _place(reader: FeatureReader, feature: Feature, geometry: Geometry) -> PlaceMention:
    """The area as a place of its own: what begins and ends there is about one place."""
    name = reader.told(feature, "place") or f"Area at {geometry.lat:.4f}, {geometry.lon:.4f}"
    key = outline_key(name, geometry.wkb)
    return PlaceMention(name, geometry.lon, geometry.lat, "area", None, "area", "", (), geometry.wkb, key)


def _source(reader: FeatureReader, feature: Feature) -> SourceMention:
    """Whom a claim follows: one source, that of the feature before that of the file."""
    named, url = reader.told(feature, "source"), reader.told(feature, "url")
    if named and is_address(url) and not is_address(named):
        return SourceMention(named, reference=url, kind="map")
    if named or url:
        return source_of(named or url)._replace(kind="map")
    return reader.file.as_source(reader.settings.get("publisher", ""), "map")
