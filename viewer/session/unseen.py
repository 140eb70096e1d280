"""Why the map does not show the record that is read, and what would show it: the outline alone says nothing of that."""

from __future__ import annotations

from viewer.domain.events import EVENT_TYPES, SPOKEN
from viewer.session.actions import BY_ID
from viewer.session.card import Choice, Row
from viewer.session.commands import SetFilters, ToggleLayer
from viewer.session.filter_words import filter_parts
from viewer.session.playback import looked_at
from viewer.session.selectors import falling, filter_mask, passing
from viewer.session.state import Filters, Ref, State
from viewer.session.window import window_words
from viewer.store.dataset import DataSet

FEW = 20_000
"""Among so many records it is found which filter alone leaves one out; among more only that all of them do."""
NOT_SHOWN = "Not shown"


def unseen_rows(data: DataSet, state: State) -> tuple[Row, ...]:
    """What keeps a selected incident off the map, a line for each with what takes that away; () where nothing does.

    What no source places or dates is told by its card.
    """
    ref = state.selected
    row = data.events.row_of.get(ref.key) if ref is not None and ref.kind == "event" else None
    if ref is None or row is None:
        return ()
    rows = []
    if not bool(filter_mask(data, state.filters)[row]):
        rows.append(Row(NOT_SHOWN, "the filters leave it out", choices=_ways(data, state.filters, row)))
    if not bool(falling(data, row, state.time)[0]):
        rows.append(Row(NOT_SHOWN, f"it lies outside the days shown, {window_words(state.time)}",
                        choices=_days(data, state, ref)))  # fmt: skip
    if not rows and data.events.placed[row]:
        rows += _off_the_map(data, state, row)
    return tuple(rows)


def _ways(data: DataSet, filters: Filters, row: int) -> tuple[Choice, ...]:
    """To take away the one filter that leaves an event out, where one alone does, or all."""
    parts = filter_parts(data, filters) if len(data.events) <= FEW else ()
    alone = [(said, rest) for said, rest in parts if bool(passing(data, rest)[row])] if len(parts) > 1 else []
    ways = [Choice(f"show it without \u201c{said}\u201d", SetFilters(rest)) for said, rest in alone]
    every = "without any filter" if ways else "show it without filters"
    return (*ways, Choice(f"{every} ({BY_ID['clear_filters'].keys[0]})", SetFilters(Filters())))


def _days(data: DataSet, state: State, ref: Ref) -> tuple[Choice, ...]:
    """To go to the days of an event, where it has any and they are seen there."""
    move = looked_at(data, state, ref)
    there = move.apply(state)
    row = data.events.row_of[ref.key]
    seen = bool(falling(data, row, there.time)[0])
    return (Choice("go to its days", move),) if seen else ()


def _off_the_map(data: DataSet, state: State, row: int) -> list[Row]:
    """What is in view and drawn by no layer of now."""
    kind = EVENT_TYPES[int(data.events.type[row])]
    if "incidents" not in state.layers:
        key = BY_ID["layer_incidents"].keys[0]
        return [Row(NOT_SHOWN, "incidents are not drawn now", choices=(
            Choice(f"draw them ({key})", ToggleLayer("incidents")),))]  # fmt: skip
    if kind in SPOKEN and kind not in state.filters.types:
        return [Row(NOT_SHOWN, "words are on the map only where a filter asks for their type")]
    return []
