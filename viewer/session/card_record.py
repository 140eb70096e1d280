"""The cards of claims, sources and the smaller records, laid out from what their fields say they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from viewer.domain.control import ControlClaim
from viewer.domain.dates import DateSpan, Day, parse, words
from viewer.domain.fields import FieldInfo, fields_of
from viewer.domain.sources import Quantity, Source
from viewer.session.card import CONTRADICTIONS, Card, Row, sections
from viewer.session.card_origin import origin_rows
from viewer.session.card_place import incident_rows
from viewer.session.describe import (
    BASIS_WORDS,
    GRADES,
    TABLE_OF,
    claim_words,
    measured_words,
    name_of,
    number_words,
    quantity_words,
    record_of,
)
from viewer.session.selectors import holdings_on
from viewer.session.state import Ref
from viewer.store.columns import distinct
from viewer.store.dataset import DataSet

KIND_OF = {table: kind for kind, table in TABLE_OF.items()}
SHOWN = 60


def claim_card(data: DataSet, ref: Ref, day: Day) -> Card | None:
    """The card of a claim of control: what it says, how it is known, and what else is said of the place."""
    claim = record_of(data, ref)
    if not isinstance(claim, ControlClaim):
        return None
    site = claim.place or claim.key
    others = [other for other in data.claims_by_site.get(site, ()) if other.key != claim.key]
    rivals = [other for other in others if (other.use != "main") != (claim.use != "main")]
    span = claim.date.latest if claim.date.latest is not None else claim.date.earliest
    near = [other for other in rivals if span is not None and other.date.overlaps(span - 92, span + 92)]
    in_force = any(held.claim.key == claim.key for held in holdings_on(data, day).get(site, ()))
    force = [Row("On the day shown", "in force" if in_force else "not in force")]
    return Card(ref, claim_words(data, claim), f"claim of control \u00b7 {claim.status}", sections(
        (CONTRADICTIONS, (Row(words(o.date), claim_words(data, o), o.use, Ref("claim", o.key)) for o in near)),
        ("Claim", [*field_rows(data, claim), *force]),
        ("Source", _source_rows(data, claim.source)),
        ("Other claims about the place", (
            Row(words(o.date), claim_words(data, o), o.status if o.use == "main" else o.use, Ref("claim", o.key))
            for o in others[:SHOWN]
        )),
        ("Caveats", _caveats(data, "control_claim", claim.key)),
        ("Brought by", origin_rows(data, "control_claim", claim.key)),
    ))  # fmt: skip


def source_card(data: DataSet, ref: Ref) -> Card | None:
    """The card of a source: what it is, how it is dated and graded, and what rests on it."""
    source = data.sources.get(ref.key)
    if source is None:
        return None
    told = [event for event, in data.reader.columns("event_source", ("event",), {"source": [ref.key]})]
    rows = distinct(data.events.row_of.rows_of(told))
    claims = [claim for claim in data.claims if claim.source == ref.key]
    return Card(ref, source.title or source.publisher, f"source \u00b7 {source.kind}", sections(
        ("Source", field_rows(data, source)),
        ("Events it tells of", incident_rows(data, rows[rows >= 0])),
        ("Claims of control it makes", (
            Row(words(c.date), claim_words(data, c), c.status, Ref("claim", c.key)) for c in claims[:SHOWN]
        )),
        ("Numbers", (
            Row(q.what, quantity_words(q), measured_words(data, q), Ref("quantity", q.key))
            for q in data.quantities if q.source == ref.key
        )),
        ("Caveats it gives", (
            Row("Caveat", c.text, "", Ref("caveat", c.key)) for c in data.caveats if c.source == ref.key
        )),
        ("Caveats", _caveats(data, "source", source.key)),
    ))  # fmt: skip


def record_card(data: DataSet, ref: Ref) -> Card | None:
    """The card of a route, quantity or caveat: its fields, and what a caveat affects."""
    record = record_of(data, ref)
    if record is None:
        return None
    extra = []
    if isinstance(record, Quantity) and (measured := measured_words(data, record)):
        extra = [Row("Measured", measured)]
    return Card(ref, name_of(data, ref), ref.kind, sections(
        (ref.kind.capitalize(), [*field_rows(data, record), *extra]),
        ("Affects", _affected(data, getattr(record, "affects", ""))),
        ("Source", _source_rows(data, getattr(record, "source", ""))),
        ("Caveats", _caveats(data, TABLE_OF[ref.kind], ref.key)),
    ))  # fmt: skip


def field_rows(data: DataSet, record: object) -> Iterator[Row]:
    """Every field of a record that says something, labelled by its own metadata, references followed."""
    for name, about in fields_of(type(record)).items():
        value = getattr(record, name)
        if about.kind in ("ref", "refs"):
            for key in value.split():
                ref = Ref(KIND_OF.get(about.table, about.table), key)
                yield Row(about.label, name_of(data, ref), "", ref)
        elif name != "affects" and (text := _value_words(name, about, value)):
            yield Row(about.label, text)


def _value_words(name: str, about: FieldInfo, value: Any) -> str:
    if about.kind == "date" and isinstance(value, DateSpan):
        return words(value) if value.dated else "undated"
    if about.kind == "edtf":
        return words(parse(value)) if value else "undated"
    if about.kind == "flag":
        return "yes: no source draws it" if value else ""
    if about.kind == "geometry":
        return "drawn" if value else ""
    if about.kind in ("real", "integer"):
        return "" if value is None else number_words(value)
    if name in ("date_basis", "published_basis"):
        return BASIS_WORDS.get(str(value), str(value))
    if name == "reliability":
        return GRADES.get(str(value), "not graded")
    if name == "basis":
        return "general knowledge, no text found" if value == "general" else "read in the source"
    return str(value)


def _source_rows(data: DataSet, key: str) -> Iterator[Row]:
    source = data.sources.get(key)
    if isinstance(source, Source):
        yield from field_rows(data, source)


def _affected(data: DataSet, affects: str) -> Iterator[Row]:
    for item in affects.split():
        table, _, key = item.partition(":")
        ref = Ref(KIND_OF.get(table, table), key)
        yield Row(ref.kind.capitalize(), name_of(data, ref), "", ref)


def _caveats(data: DataSet, table: str, key: str) -> Iterator[Row]:
    for caveat in data.caveats_on(table, key):
        yield Row("Caveat", caveat.text, "", Ref("caveat", caveat.key))
