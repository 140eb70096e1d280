"""Sources, and what hangs on them: quantities they state and caveats about how to read them."""

from __future__ import annotations

from viewer.domain.dates import UNDATED, DateSpan
from viewer.domain.fields import info
from viewer.domain.frozen import dataclass

BASES = ("stated", "relative", "inferred", "bounded", "unknown")
"""How a date is known: said outright, counted from the publication day, reasoned, held between two others."""

GRADES = ("", "A", "B", "C", "D", "E", "F")
"""Admiralty reliability: A completely reliable ... E unreliable, F cannot be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One published text; `key` is short and stable, `reference` says where it was read."""

    key: str = info("Key", "key", required=True)
    publisher: str = info("Publisher", required=True)
    title: str = info("Title", default="")
    kind: str = info("Kind", default="report")
    place_line: str = info("Place line", default="")
    published: str = info("Published", "edtf")
    published_basis: str = info("How the date is known", "term", terms=BASES, default="stated")
    published_note: str = info("Why this date", "long")
    reference: str = info("Reference", default="")
    licence: str = info("Licence", default="")
    alignment: str = info("Takes the side of", "ref", table="actor")
    reliability: str = info("Reliability", "term", terms=GRADES)
    note: str = info("Note", "long")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number a source states that is no event: an area, a distance, a strength."""

    key: str = info("Key", "key", required=True)
    what: str = info("What", required=True)
    value: float | None = info("Value", "real")
    min: float | None = info("At least", "real")
    max: float | None = info("At most", "real")
    unit: str = info("Unit", default="")
    qualifier: str = info("Qualifier", default="")
    word: str = info("Word used", default="")
    baseline: str = info("Measured against", default="")
    place: str = info("Place", "ref", table="place")
    other_place: str = info("To place", "ref", table="place")
    actor: str = info("Actor", "ref", table="actor")
    date: DateSpan = info("Date", "date", default=UNDATED)
    reporter: str = info("Said by", default="")
    source: str = info("Source", "ref", table="source", required=True)
    note: str = info("Note", "long")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """A warning about how to read records; `affects` names them as table:key, separated by blanks."""

    key: str = info("Key", "key", required=True)
    text: str = info("Caveat", "long", required=True)
    affects: str = info("Affects", required=True)
    source: str = info("Source", "ref", table="source", required=True)
