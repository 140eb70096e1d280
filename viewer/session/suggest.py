"""What the search box offers for a text: places, incidents, actors, coordinates, dates and commands, ranked.

Each suggestion already carries what choosing it does, so that the box itself decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from viewer.domain.dates import parse, words
from viewer.domain.frozen import dataclass
from viewer.geo.projection import point_to_map
from viewer.session.actions import ACTIONS, position_of
from viewer.session.commands import Batch, Command, Select, SetCamera, SetFilters
from viewer.session.playback import brought_into_view, gone_to
from viewer.session.spoken_date import spoken_span
from viewer.session.state import Ref, State
from viewer.session.views import view_shown
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet
from viewer.store.search import Hit
from viewer.store.search_text import fold

GROUPS = ("Coordinate", "Date", "View", "Place", "Actor", "Incident", "Command")
PER_GROUP = 7
MOST_SECONDS = 0.01
"""How long incidents are searched for while somebody types and waits."""
PLACE_SCALE = {"country": 2500.0, "desert": 1500.0, "region": 1200.0, "province": 900.0, "district": 400.0}
TOWN_SCALE = 220.0
"""Map metres per pixel at which a place of each kind fills a fair part of the view."""

ParseCoordinate = Callable[[str], "tuple[float, float] | None"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the list: choosing it dispatches `command`, runs `action`, and marks `mark` (lon, lat).

    brings: what is then selected is to be seen whole.
    """

    group: str
    title: str
    note: str = ""
    score: float = 0.0
    command: Command | None = None
    action: str = ""
    mark: tuple[float, float] | None = None
    brings: bool = False


def suggestions(
    data: DataSet, state: State, text: str, coordinate: ParseCoordinate = lambda text: None
) -> list[Suggestion]:
    """What fits `text`, group by group, the group with the best hit first; for no text, the commands."""
    text = text.strip()
    only_commands = not text or text.startswith(">")
    found = list(_commands(text.lstrip("> ")))
    if not only_commands:
        found += [*_coordinates(state, coordinate(text)), *_dates(state, text), *_views(data, text)]
        found += [made for hit in data.finder.find(text, seconds=MOST_SECONDS) for made in _hit(data, state, hit)]
    return _grouped(found, len(ACTIONS) if only_commands else PER_GROUP)


def not_searched(data: DataSet, text: str) -> str:
    """What is not searched yet for such a text, in words; '' when all is."""
    asks = text.strip() and not text.strip().startswith(">")
    return "Incidents follow once the text index is read \u2026" if asks and not data.index.ready else ""


def _grouped(found: Iterable[Suggestion], most: int) -> list[Suggestion]:
    groups: dict[str, list[Suggestion]] = {}
    for suggestion in sorted(found, key=lambda s: -s.score):
        groups.setdefault(suggestion.group, []).append(suggestion)
    ordered = sorted(groups.items(), key=lambda item: (-item[1][0].score, GROUPS.index(item[0])))
    return [suggestion for _, members in ordered for suggestion in members[:most]]


def _commands(text: str) -> Iterable[Suggestion]:
    wanted = fold(text).split()
    for action in ACTIONS:
        have = fold(f"{action.title} {action.menu}").split()
        if all(any(word.startswith(part) for word in have) for part in wanted):
            score = 80.0 if wanted and have[0].startswith(wanted[0]) else 65.0
            keys = " or ".join(action.keys)
            yield Suggestion("Command", action.title.rstrip("\u2026"), keys, score, action=action.id)


def _coordinates(state: State, where: tuple[float, float] | None) -> Iterable[Suggestion]:
    if where is not None and all(math.isfinite(value) for value in where):
        title = f"{where[1]:.5f}, {where[0]:.5f}"
        centred = _centred(state, where, TOWN_SCALE)
        yield Suggestion("Coordinate", title, "centre the map here", 120.0, centred, mark=where)


def _dates(state: State, text: str) -> Iterable[Suggestion]:
    span = spoken_span(text)
    command = gone_to(span, state.time) if span is not None else None
    if span is not None and command is not None:
        yield Suggestion("Date", words(span), "go to this time", 110.0, command)


def _views(data: DataSet, text: str) -> Iterable[Suggestion]:
    """Saved views of which every word that was typed begins one; all of them for "view"."""
    wanted = fold(text).split()
    for view in data.views:
        have = fold(f"view {view.name} {view.note}").split()
        if all(any(word.startswith(part) for word in have) for part in wanted):
            yield Suggestion("View", view.name, words(parse(view.on)), 90.0, view_shown(view))


def _hit(data: DataSet, state: State, hit: Hit) -> Iterable[Suggestion]:
    spelled = f"\u201c{hit.matched}\u201d" if hit.matched != hit.name else ""
    ref = Ref(hit.kind, hit.key)
    if hit.kind == "place":
        place = data.places[hit.key]
        note = ", ".join(part for part in (place.kind, place.country, spelled) if part)
        yield Suggestion("Place", hit.name, note, hit.score, place_shown(data, state, hit.key), brings=True)
    elif hit.kind == "actor":
        yield Suggestion("Actor", hit.name, spelled or data.actors[hit.key].kind, hit.score, Select(ref))
        filters = replace(state.filters, actors=(hit.key,))
        if filters != state.filters:
            both = Batch((SetFilters(filters), Select(ref)))
            yield Suggestion("Actor", f"Only records of {hit.name}", "filter", hit.score - 0.5, both)
    elif hit.kind == "event":
        shown = event_shown(data, state, hit.key)
        yield Suggestion("Incident", hit.name, when(data, hit.key), hit.score, shown, brings=True)


def when(data: DataSet, key: str) -> str:
    """The date of an event in words."""
    found = data.reader.where("event", "key", [key])
    return words(found[0].date) if found else ""


def place_shown(data: DataSet, state: State, key: str) -> Command:
    """Centre, zoom and select a place."""
    select = Select(Ref("place", key))
    where = position_of(data, select.ref)
    if where is None:
        return select
    return Batch((select, _centred(state, where, PLACE_SCALE.get(data.places[key].kind, TOWN_SCALE))))


def event_shown(data: DataSet, state: State, key: str) -> Command:
    """Select an event, bring its time into view and centre it where it has a place."""
    select = Select(Ref("event", key))
    row = data.events.row_of.get(key)
    if row is None:
        return select
    earliest, latest = int(data.events.earliest[row]), int(data.events.latest[row])
    first = earliest if FAR_PAST < earliest <= latest else None
    last = latest if earliest <= latest < FAR_FUTURE else None
    move = brought_into_view(first, last, state.time)
    where = position_of(data, select.ref)
    centre = _centred(state, where, max(state.camera.scale, TOWN_SCALE)) if where else None
    return Batch(tuple(command for command in (select, move, centre) if command is not None))


def _centred(state: State, where: tuple[float, float], scale: float) -> Command:
    x, y = point_to_map(*where)
    return SetCamera(replace(state.camera, x=x, y=y, scale=scale))
