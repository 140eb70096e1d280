"""Words to filters: what a person types for an actor, a type, a place or a day, made exact or refused."""

from __future__ import annotations

from viewer.domain.dates import DateError, Day, parse
from viewer.domain.events import EVENT_TYPES
from viewer.store.dataset import DataSet

OFFERS = 5
"""How many names are offered for a word that fits none exactly."""


class QueryError(ValueError):
    """A word that fits nothing; the message says what would."""


def actor_keys(data: DataSet, text: str) -> tuple[str, ...]:
    """The actors a name or alias means."""
    return _keys(data, "actor", text, tuple(data.actors))


def place_keys(data: DataSet, text: str) -> tuple[str, ...]:
    """The places a spelling means; several when town and province share it."""
    return _keys(data, "place", text, tuple(data.places))


def _keys(data: DataSet, kind: str, text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    if text in known:
        return (text,)
    if found := data.finder.keys_of(kind, text):
        return tuple(found)
    offers = ", ".join(f"{hit.key} ({hit.name})" for hit in data.finder.likely(kind, text)[:OFFERS])
    advice = f"did you mean: {offers}?" if offers else f"try `find {text}`"
    raise QueryError(f"no {kind} is called '{text}'; {advice}")


def event_type(text: str) -> str:
    """A known event type."""
    if text not in EVENT_TYPES:
        raise QueryError(f"'{text}' is no event type; known are {', '.join(EVENT_TYPES)}")
    return text


def first_day(text: str) -> Day:
    """The first day of a date such as 2017-12-22, 2017-12 or 2017."""
    return _bound(text, True)


def last_day(text: str) -> Day:
    """The last day of a date such as 2017-12-22, 2017-12 or 2017."""
    return _bound(text, False)


def _bound(text: str, first: bool) -> Day:
    try:
        span = parse(text)
    except DateError as error:
        raise QueryError(str(error)) from None
    day = span.earliest if first else span.latest
    if day is None:
        raise QueryError(f"'{text}' has no {'first' if first else 'last'} day; write a day such as 2017-12-22")
    return day
