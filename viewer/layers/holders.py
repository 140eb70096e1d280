"""Town marks: each place with a claim in the colour of its holder, the evidence beside any drawn area."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

from viewer.domain.control import BESIDE, Holding, actors_of, class_of, foremost
from viewer.domain.dates import Day, age_words, day_words
from viewer.domain.places import Place
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map
from viewer.layers.primitives import FADES_AT, Entries, Entry, HolderMark, Primitive, actor_entry, once, strength
from viewer.session.control import made_ahead, made_of, shown_holdings, shown_spells
from viewer.session.describe import actor_names
from viewer.session.ground import is_point
from viewer.session.memo import remembered
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet

SPLIT = Entry("Control", "Contested, shared or changing hands", "holder", "contested")
BESIEGED = Entry("Control", "Besieged", "holder", "besieged")
PRESENT = {key: Entry("Control", f"{class_of(key).sign.split(',')[0]}, not control", "holder", key) for key in BESIDE}

Look = tuple[str, tuple[str, ...], str, float, bool, bool]
"""What tells one mark from another: place, actors, class of control, how firm, only possible, besieged."""


class HoldersLayer:
    """A square per place that any claim in force names, split where more than one holds it."""

    id = "holders"
    depends = ("time.cursor",)
    group = "places"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """From south to north marks overlap as in a bird's view; the same marks while nothing drawn changes."""
        since = shown_spells(data, FADES_AT).since(state.time.cursor)
        return () if since is None else _marks(data, since)


@remembered(64)
def _marks(data: DataSet, day: Day) -> tuple[HolderMark, ...]:
    """The marks of a day on which something begins to look otherwise; one that does not is the very same object."""
    numbers = shown_spells(data, FADES_AT).on(day).tolist()
    shown = list(filter(None, made_of(data, _mark_of, numbers)))
    shown.sort(key=attrgetter("x"))
    shown.sort(key=attrgetter("y"), reverse=True)  # twice: a key of both would be made for each
    return _these(data, tuple(shown))


def ahead(data: DataSet) -> Iterator[None]:
    """Make the marks of all days, that of a spell at each step."""
    return made_ahead(data, FADES_AT, _mark_of)


def known_marks(data: DataSet) -> list[HolderMark]:
    """The marks of all days that were made."""
    return list(data.memo.get(_mark, {}).values())


@remembered(64)
def _these(data: DataSet, marks: tuple[HolderMark, ...]) -> tuple[HolderMark, ...]:
    """The tuple that was first made of these very marks: not every day that changes an area changes one."""
    return marks


def _mark_of(data: DataSet, number: int) -> HolderMark | None:
    """The mark of a spell, if its place is a point; whoever is merely present shows only where nobody holds it.

    Spells of a place that look alike share one.
    """
    spells = shown_spells(data, FADES_AT)
    tenure, place = spells.tenures[number], data.places.get(spells.sites[number])
    if place is None or not tenure.holdings or not is_point(data, place):
        return None
    shown = foremost(tenure.holdings)
    look = (
        place.key, actors_of(shown), shown[0].claim.control,
        max(strength(held.age_days(tenure.first)) for held in shown),
        any(held.possible for held in shown), any(class_of(held.claim.control).look == "siege" for held in shown),
    )  # fmt: skip
    looks: dict[Look, HolderMark] = data.memo.setdefault(_mark, {})
    return looks.get(look) or looks.setdefault(look, _mark(data, place, look))


def _mark(data: DataSet, place: Place, look: Look) -> HolderMark:
    _, actors, control, firm, possible, besieged = look
    x, y = point_to_map(place.lon or 0.0, place.lat or 0.0)
    return HolderMark(
        x, y, actors, control, firm, possible, besieged, _entries(data, actors, control, besieged),
        (Ref("place", place.key),), partial(_title, data, place),
    )  # fmt: skip


def _title(data: DataSet, place: Place, day: Day) -> str:
    """Who holds a place on a day, since when, and how old the last word of it is."""
    shown = foremost(shown_holdings(data, place.key, day))
    return f"{place.name}: {'; '.join(_words(holding, day, data) for holding in shown)}"


def _words(holding: Holding, day: Day, data: DataSet) -> str:
    parts = [actor_names(data, holding.claim.actors), holding.claim.control]
    if holding.possible:
        parts.append("possibly")
    if holding.since is not None:
        parts.append(f"since {day_words(holding.since)}")
    return ", ".join((*parts, f"confirmed {age_words(holding.age_days(day))} ago"))


@remembered(512)
def _entries(data: DataSet, actors: tuple[str, ...], control: str, besieged: bool) -> Entries:
    entries = [actor_entry(key, data) for key in actors]
    if control in PRESENT:
        entries.append(PRESENT[control])
    elif len(actors) > 1:
        entries.append(SPLIT)
    if besieged:
        entries.append(BESIEGED)
    return once(entries)
