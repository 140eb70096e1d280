"""Features of any format - properties and a geometry - as drafts of events, told the same way for all."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from viewer.domain.dates import DateError, DateSpan, parse
from viewer.domain.drafts import ActorMention, Draft, Item, PlaceMention, Rejected, Remark, SourceMention
from viewer.domain.places import PRECISIONS
from viewer.formats.cells import CellError, country_code, real, whole
from viewer.formats.geometries import Geometry
from viewer.formats.guessing import EVENT_FEATURE, FieldGuess, guess
from viewer.formats.infile import InFile
from viewer.formats.placing import OWN_M
from viewer.formats.vocabulary import TYPE_OF, folded
from viewer.formats.written_dates import NO_ORDER, ORDERS, dates_between, read_moment
from viewer.geo.errors import GeometryError

SAMPLED = 200
"""Features from which the names of properties are taken."""
MAX_TITLE = 120
MAX_SOURCES = 20
PRECISE = {"point": "exact", "line": "line", "area": "area"}
PLACE_KIND = {"point": "site", "line": "line", "area": "area"}
SETTINGS = {"order": NO_ORDER, "default_precision": PRECISE["point"], "publisher": ""}
"""order: day or month, where 05/04/2017 could be both; default_precision: of points; publisher: whose file it is."""
OPEN_END = "has a start and no end; read as going on"
ROLES = (("actor", "party"), ("other_actor", "party"), ("perpetrator", "perpetrator"), ("target", "target"),
         ("victim", "victim"))  # fmt: skip
"""The fields that name actors, and in which role."""


class Feature(NamedTuple):
    """One feature: its number in the file from 1, its own id or '', properties, geometry, and the whole as text."""

    number: int
    id: str
    properties: Mapping[str, Any]
    geometry: Geometry | None
    text: str


FeatureItem = Feature | Rejected | Remark


@dataclass
class FeatureReader:
    """Reads the fields of features by the names of their properties; remarks are counted, not repeated.

    file: the source where no other is named.
    """

    mapping: Mapping[str, str]
    settings: Mapping[str, str]
    file: InFile
    noted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """CellError when a setting is none."""
        if self.settings.get("order", NO_ORDER) not in (NO_ORDER, *ORDERS):
            raise CellError(f"order: '{self.settings['order'][:20]}' is none of {', '.join(ORDERS)}")
        precision = self.settings.get("default_precision", "exact")
        if precision not in PRECISIONS:
            raise CellError(f"default_precision: '{precision[:20]}' is none of {', '.join(PRECISIONS)}")

    def drafts(self, features: Iterable[FeatureItem]) -> Iterator[Item]:
        """An event for each feature."""
        for feature in features:
            if not isinstance(feature, Feature):
                yield feature
                continue
            try:
                yield self.event(feature)
            except (CellError, DateError, GeometryError) as error:
                yield Rejected(feature.number, str(error), (feature.text,))
        yield from self.remarks()

    def remarks(self) -> Iterator[Remark]:
        """What was noted on the way."""
        for text, number in self.noted.items():
            yield Remark(f"{number:,} feature{'s' if number > 1 else ''}: {text}")

    def told(self, feature: Feature, name: str) -> str:
        """A field as text, '' where the feature has none."""
        return text_of(self._value(feature, name))

    def _value(self, feature: Feature, name: str) -> Any:
        column = self.mapping.get(name, "")
        return feature.properties.get(column) if column else None

    def span(self, feature: Feature) -> tuple[DateSpan, str]:
        """When: from start to end where there is either, else the date; and the time of day as told."""
        if not (self.told(feature, "start") or self.told(feature, "end")):
            return self.day(feature, "date")
        first, clock = self.day(feature, "start")
        if "end" not in self.mapping:
            return first, clock
        last, _ = self.day(feature, "end")
        if last.dated or not first.dated:
            return dates_between(first, last), clock
        self.noted[OPEN_END] += 1
        return (first if "/" in first.edtf else parse(f"{first.edtf}/..")), clock

    def day(self, feature: Feature, name: str) -> tuple[DateSpan, str]:
        """The span that a field tells, undated where it tells none or an open end, and the time of day."""
        told = self.told(feature, name)
        try:
            return read_moment("" if told == ".." else told, self.settings.get("order", NO_ORDER))
        except DateError as error:
            raise CellError(f"{name}: {error}") from None

    def event(self, feature: Feature) -> Draft:
        """The event that a feature tells of; CellError, DateError or GeometryError when it tells none."""
        span, clock = self.span(feature)
        clock = self.told(feature, "time") or clock
        kind, note = self._type(feature)
        values: dict[str, Any] = {"title": self._title(feature, kind), "type": kind, "date": span, "note": note}
        if country := self.told(feature, "country"):
            values["country"] = country_code(country)
        if summary := self.told(feature, "summary"):
            values["summary"] = summary
        if clock:
            values["date_wording"] = " ".join(part for part in (span.edtf, clock) if part)
        draft = Draft(feature.number, self.told(feature, "id") or feature.id, "event", values, raw=(feature.text,))
        if (place := self._place(feature)) is not None:
            draft.parts.append(("event_place", place))
        for name, role in ROLES:
            for actor in split_names(self._value(feature, name)):
                draft.parts.append(("event_actor", {"actor": ActorMention(actor), "role": role}))
        draft.parts += [("event_source", row) for row in self.sources(feature)]
        for measure in ("killed", "injured"):
            if (number := whole(self.told(feature, measure), measure)) is not None:
                draft.parts.append(("count", {"measure": measure, "value": number}))
        return draft

    def _type(self, feature: Feature) -> tuple[str, str]:
        """The type in Badia's terms, and what the file calls it where that is another word."""
        told = self.told(feature, "type")
        word = told.casefold()
        found = TYPE_OF.get(folded(told), "")
        if told and not found:
            self.noted[f"type '{told[:40]}' is none of Badia's; read as other"] += 1
        return found or "other", f"Type in the file: {told}" if told and word != found else ""

    def _title(self, feature: Feature, kind: str) -> str:
        title = self.told(feature, "title")
        if not title and (summary := self.told(feature, "summary")):
            title = " ".join(summary.split())
        if not title:
            named = self.told(feature, "type") or ("Event" if kind == "other" else kind)
            where = self.told(feature, "place")
            title = f"{named[:1].upper()}{named[1:]}" + (f", {where}" if where else f" {feature.number}")
        return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1].rstrip()}\u2026"

    def _place(self, feature: Feature) -> dict[str, Any] | None:
        """The row of its place: a line or area is a place with that geometry, and never a pin."""
        name, geometry = self.told(feature, "place"), feature.geometry
        country = country_code(self.told(feature, "country"))
        if geometry is None:
            return {"place": PlaceMention(name, None, None, "unknown", None, "area", country)} if name else None
        self.noted.update(geometry.remarks)
        row: dict[str, Any] = {"place": self.place(feature, geometry, name, country)}
        if name:
            row["spelled"] = name
        return row

    def place(self, feature: Feature, geometry: Geometry, name: str, country: str = "") -> PlaceMention:
        """The place that a geometry is. A point is as exact as its properties or the settings say."""
        kind = geometry.kind
        precision, radius = PRECISE[kind], real(self.told(feature, "radius"), "radius")
        if kind == "point":
            precision = self.told(feature, "precision").casefold() or self.settings.get("default_precision", precision)
            if precision not in PRECISIONS:
                self.noted[f"precision '{precision[:40]}' is none of Badia's; the file's setting was taken"] += 1
                precision = self.settings.get("default_precision", PRECISE[kind])
        where = name or f"{geometry.lat:.5f}, {geometry.lon:.5f}"
        shape = geometry.wkb if kind != "point" or len(geometry.wkb) > POINT_BYTES else None
        if kind == "point" and shape is not None:  # several points at once are no pin either
            precision = "area"
        if kind != "point" and not name:
            where = f"{'Line' if kind == 'line' else 'Area'} at {where}"
        key = outline_key(where, shape) if shape is not None else ""
        at = (geometry.lon, geometry.lat, precision, radius, PLACE_KIND[kind], country)
        return PlaceMention(where, *at, (), shape, key, OWN_M if kind == "point" and precision == "town" else None)

    def sources(self, feature: Feature) -> list[dict[str, Any]]:
        """The file itself, and what a feature names as its sources."""
        dataset = self.file.as_source(self.settings.get("publisher", ""))
        rows: list[dict[str, Any]] = [{"source": dataset, "locator": f"feature {feature.id or feature.number}"}]
        named, urls = split_names(self._value(feature, "source")), split_names(self._value(feature, "url"))
        if len(named) == 1 and len(urls) == 1 and not is_address(named[0]):
            return [*rows, {"source": SourceMention(named[0], reference=urls[0], kind="article")}]
        told = dict.fromkeys(source_of(one) for one in (*named, *urls))
        return rows + [{"source": mention} for mention in islice(told, MAX_SOURCES)]


POINT_BYTES = 21
"""Of the WKB of one point."""


def outline_key(name: str, wkb: bytes) -> str:
    """The key of a place that a file draws: the same in every edition of it, and of no other outline."""
    return f"outline-{hashlib.blake2b(name.encode() + wkb, digest_size=6).hexdigest()}"


def source_of(told: str) -> SourceMention:
    """A source that is named or linked."""
    if not is_address(told):
        return SourceMention(told, kind="article")
    host = urlsplit(told).hostname or told
    return SourceMention(host.removeprefix("www."), reference=told, kind="article")


def is_address(told: str) -> bool:
    """Whether a text is an address of the web that can be taken apart."""
    try:
        return told.startswith(("http://", "https://")) and bool(urlsplit(told).hostname)
    except ValueError:
        return False


def text_of(value: Any) -> str:
    """A property as text: a list as its members, an object as JSON, nothing as ''."""
    if value is None or isinstance(value, str):
        return (value or "").replace("\0", "\ufffd").strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(told for one in value if (told := text_of(one)))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


def split_names(value: Any) -> list[str]:
    """Several names in one property: the members of a list, or what stands between semicolons."""
    return list(dict.fromkeys(name for part in text_of(value).split(";") if (name := part.strip())))


class Sample(NamedTuple):
    """The first features as a table: the names of their properties in the order in which they come, and their cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sample_of(features: Iterable[FeatureItem]) -> Sample:
    """The first features of a file."""
    told = [one.properties for one in islice(features, SAMPLED) if isinstance(one, Feature)]
    columns = tuple(dict.fromkeys(name for properties in told for name in properties))
    return Sample(columns, tuple(tuple(text_of(properties.get(name)) for name in columns) for properties in told))


def mapping_of(
    sample: Sample, options: Mapping[str, str], fields: Sequence[FieldGuess] = EVENT_FEATURE
) -> dict[str, str]:
    """The property of each field: as the options say, else as guessed; '' in the options takes none."""
    known = {one.name for one in fields}
    return {**guess(*sample, fields), **{name: column for name, column in options.items() if name in known}}


def meanings(fields: Sequence[FieldGuess]) -> dict[str, str]:
    """What each field means, for a dialog."""
    return {one.name: one.meaning for one in fields}
