"""The detail pane as data: the card of any record, and as text for the command line."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.domain.dates import Day
from viewer.session.card import Bar, Card, Row, Section
from viewer.session.card_actor import actor_card
from viewer.session.card_event import event_card
from viewer.session.card_place import place_card
from viewer.session.card_record import claim_card, record_card, source_card
from viewer.session.citation import citation
from viewer.session.describe import last_told_day
from viewer.session.nearby import Near
from viewer.session.state import Reading, Ref
from viewer.store.dataset import DataSet

__all__ = ["Bar", "Card", "Row", "Section", "card_of", "card_text", "citation"]


def card_of(
    data: DataSet, ref: Ref, day: Day | None = None, reading: Reading | None = None, near: Near | None = None
) -> Card | None:
    """The card of a record, None when there is no such record.

    day: the day for which holders are told; the day its compilation ends when it is not given. reading: tell what is
    near an event, as far as that counts as near; near: what that is, None where it is not known yet.
    """
    day = last_told_day(data) if day is None else day
    if ref.kind == "event":
        return event_card(data, ref, near, reading)
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
            said = "; ".join(filter(None, (row.note, row.stake)))
            note = f"  [{said}]" if said else ""
            lead = f"  ({row.ref.kind}:{row.ref.key})" if row.ref else ""
            yield f"{indent}{row.label}: {row.text}{note}{lead}"
