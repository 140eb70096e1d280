"""What an importer hands over: records whose references are still the names that a file spells.

A draft stands for one row or feature of a file. Which record of a store a name means is decided once,
where drafts are written into a store, and never by the reader of a format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from viewer.domain.records import PARTS, TABLES

MAIN = tuple(table for table in TABLES if all(table not in parts for parts in PARTS.values()))
"""The tables a draft may be of."""


class PlaceMention(NamedTuple):
    """A place as a file tells it; lon and lat in degrees (EPSG:4326), radius_m in metres, geometry as WKB.

    key: the key the file gives, when it is one of Badia's own. within: names of what it lies in, the nearest first.
    own_m: how exactly in metres the point is that of what happened there; None where it is that of the place.
    """

    name: str
    lon: float | None = None
    lat: float | None = None
    precision: str = "unknown"
    radius_m: float | None = None
    kind: str = "town"
    country: str = ""
    within: tuple[str, ...] = ()
    geometry: bytes | None = None
    key: str = ""
    own_m: float | None = None


class ActorMention(NamedTuple):
    """An actor as a file names it."""

    name: str
    kind: str = "armed group"
    key: str = ""


class SourceMention(NamedTuple):
    """A published text as a file names it; published is EDTF, empty when not known."""

    publisher: str
    title: str = ""
    published: str = ""
    reference: str = ""
    licence: str = ""
    kind: str = "report"
    key: str = ""


class EventMention(NamedTuple):
    """Another event of the same file by its id there, or by its key."""

    id: str


Mention = PlaceMention | ActorMention | SourceMention | EventMention


@dataclass(slots=True)
class Draft:
    """One record to be, with the rows that belong to it.

    line: where in the file it stands (lines and features count from 1). id: what the file calls it, empty when it
    does not. values: fields of the record class of `table` by name, references as mentions, dates as DateSpan. parts:
    rows of PARTS[table] without the reference to the record itself. raw: the row as read, in the order of the file's
    columns, for the list of what was rejected and to see whether it changed. key: of a record that is Badia's own.
    """

    line: int
    id: str
    table: str
    values: dict[str, Any]
    parts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    raw: tuple[str, ...] = ()
    key: str = ""


class Rejected(NamedTuple):
    """A row that cannot become a record, why, and the row itself."""

    line: int
    reason: str
    raw: tuple[str, ...] = ()


class Remark(NamedTuple):
    """Something about a file that whoever imports it should know; question: the option that would settle it."""

    text: str
    question: str = ""
    line: int = 0


Item = Draft | Rejected | Remark


def swapped(mention: PlaceMention) -> PlaceMention:
    """The same place with longitude and latitude exchanged."""
    return mention._replace(lon=mention.lat, lat=mention.lon)


def with_swapped_places(draft: Draft, exchanged: Callable[[bytes], bytes]) -> Draft:
    """The same draft with the coordinates of every place and geometry exchanged; exchanged: does it to WKB."""

    def other(value: Any) -> Any:
        if not isinstance(value, PlaceMention):
            return exchanged(value) if isinstance(value, bytes) else value
        if value.geometry is None:
            return swapped(value)
        return swapped(value)._replace(geometry=exchanged(value.geometry), key=value.key and f"{value.key}-exchanged")

    def turned(values: dict[str, Any]) -> dict[str, Any]:
        return {name: other(value) for name, value in values.items()}

    return replace(draft, values=turned(draft.values), parts=[(table, turned(row)) for table, row in draft.parts])


def mentioned_places(draft: Draft) -> Iterable[PlaceMention]:
    """Every place that a draft mentions."""
    for values in (draft.values, *(row for _, row in draft.parts)):
        for value in values.values():
            if isinstance(value, PlaceMention):
                yield value
