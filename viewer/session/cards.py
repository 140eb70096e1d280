"""The detail pane as data: the card of any record, as text for the command line, and its citation."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.domain.dates import Day, words
from viewer.session.card import Bar, Card, Row, Section
from viewer.session.card_actor import actor_card
from viewer.session.card_event import event_card
from viewer.session.card_place import place_card
from viewer.session.card_record import claim_card, record_card, source_card
from viewer.session.describe import last_told_day, name_of, source_words
from viewer.session.state import Ref
from viewer.store.dataset import DataSet

__all__ = ["Bar", "Card", "Row", "Section", "card_of", "card_text", "citation"]


def card_of(data: DataSet, ref: Ref, day: Day | None = None) -> Card | None:
    """The card of a record, None when there is no such record.

    day: the day for which holders are told; the day its compilation ends when it is not given.
    """
    day = last_told_day(data) if day is None else day
    if ref.kind == "event":
        return event_card(data, ref)
    if ref.kind == "place":
        return place_card(data, ref, day)
    if ref.kind == "actor":
        return actor_card(data, ref, day)
    if ref.kind == "claim":
        return claim_card(data, ref, day)
    if ref.kind == "source":
        return source_card(data, ref)
    return record_card(data, ref)


def card_text(card: Card) -> Iterator[str]:
    """The card line by line as plain text."""
    yield card.title
    yield card.kind
    for section in card.sections:
        yield ""
        yield section.title.upper()
        for row in section.rows:
            indent = "  " * (row.level + 1)
            note = f"  [{row.note}]" if row.note else ""
            lead = f"  ({row.ref.kind}:{row.ref.key})" if row.ref else ""
            yield f"{indent}{row.label}: {row.text}{note}{lead}"


def citation(data: DataSet, ref: Ref) -> str:
    """One line to paste into a report: what, when, on whose word, and where the record is found again."""
    meta = data.meta
    as_of = f", as of {meta.as_of}" if meta.as_of else ""
    found = f"{meta.title} [{meta.store_id}{as_of}], {ref.kind} {ref.key}."
    if ref.kind == "source" and ref.key in data.sources:
        source = data.sources[ref.key]
        reference = f" {source.reference}." if source.reference else ""
        return f"{source_words(source)}.{reference} In: {found}"
    return " ".join(filter(None, (_what(data, ref), _sources(data, ref), f"In: {found}")))


def _what(data: DataSet, ref: Ref) -> str:
    if ref.kind == "event" and (dossier := data.dossier(ref.key)):
        event = dossier.event
        doubt = "" if event.actuality == "reported" else f", {event.actuality}"
        return f"{event.title}, {words(event.date)}{doubt}."
    return f"{name_of(data, ref).rstrip('.')}."


def _sources(data: DataSet, ref: Ref) -> str:
    """Who says so, source by source."""
    if ref.kind == "event" and (dossier := data.dossier(ref.key)):
        keys = [row.source for row in dossier.sources]
    elif ref.kind == "claim":
        keys = [claim.source for claim in data.claims if claim.key == ref.key]
    else:
        return ""
    told = [source_words(data.sources[key]) for key in dict.fromkeys(keys) if key in data.sources]
    return f"Sources: {'; '.join(told)}." if told else ""


