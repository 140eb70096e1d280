"""One event with every row that belongs to it, as the pane, the exports and the totals need it."""

from __future__ import annotations

from viewer.domain.counts import Count
from viewer.domain.events import Event, EventActor, EventDate, EventLink, EventPlace, EventSource
from viewer.domain.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Dossier:
    """An event and its rows; `links` are those from it and those to it, `parts` keys of its parts."""

    event: Event
    places: tuple[EventPlace, ...]
    actors: tuple[EventActor, ...]
    sources: tuple[EventSource, ...]
    dates: tuple[EventDate, ...]
    links: tuple[EventLink, ...]
    counts: tuple[Count, ...]
    parts: tuple[str, ...]
