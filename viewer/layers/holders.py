"""Town marks: each place with a claim in the colour of its holder, the evidence beside any drawn area."""

from __future__ import annotations

from viewer.domain.control import BESIDE, Holding
from viewer.domain.dates import age_words, day_words
from viewer.domain.places import Place
from viewer.geo.basemap import Basemap
from viewer.geo.projection import point_to_map
from viewer.layers.primitives import Entry, HolderMark, Primitive, actor_entry, names_of, strength
from viewer.session.selectors import holdings_on
from viewer.session.state import Ref, State
from viewer.store.dataset import DataSet

POINTS = ("exact", "town", "near")
UNSHOWN = ("unknown", "unheld")
SPLIT = Entry("Control", "Contested, shared or changing hands", "holder", "contested")
BESIEGED = Entry("Control", "Besieged", "holder", "besieged")
PRESENT = {
    "presence": Entry("Control", "Presence, not control", "holder", "presence"),
    "hidden": Entry("Control", "Hidden presence, not control", "holder", "hidden"),
}


class HoldersLayer:
    """A square per place that any claim in force names, split where more than one holds it."""

    id = "holders"
    title = "Town holders"
    depends = ("time.cursor",)
    group = "marks"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """From south to north marks overlap as in a bird's view."""
        day = state.time.cursor
        marks = [
            mark
            for site, holdings in holdings_on(data, day).items()
            if (place := data.places.get(site)) is not None and (mark := _mark(place, holdings, day, data)) is not None
        ]
        return tuple(sorted(marks, key=lambda mark: (-mark.y, mark.x)))


def _mark(place: Place, holdings: tuple[Holding, ...], day: int, data: DataSet) -> HolderMark | None:
    """The mark of a place that is a point; whoever is merely present shows only where nobody holds it."""
    shown = [holding for holding in holdings if holding.claim.control not in UNSHOWN]
    holding = [h for h in shown if h.claim.control not in BESIDE]
    shown = holding or shown
    shape = data.shape_of(place)
    pointed = place.precision in POINTS and (shape is None or shape.kind == "point")
    if not shown or place.lon is None or place.lat is None or not pointed:
        return None
    actors = tuple(dict.fromkeys(key for h in shown for key in h.claim.actors.split()))
    control = shown[0].claim.control
    besieged = any(h.claim.control == "besieged" for h in shown)
    x, y = point_to_map(place.lon, place.lat)
    return HolderMark(
        x, y, actors, control, max(strength(h.age_days(day)) for h in shown), any(h.possible for h in shown),
        besieged, _entries(actors, control, besieged, data), (Ref("place", place.key),),
        f"{place.name}: {'; '.join(_words(h, day, data) for h in shown)}",
    )  # fmt: skip


def _words(holding: Holding, day: int, data: DataSet) -> str:
    parts = [names_of(tuple(holding.claim.actors.split()), data), holding.claim.control]
    if holding.possible:
        parts.append("possibly")
    if holding.since is not None:
        parts.append(f"since {day_words(holding.since)}")
    return ", ".join((*parts, f"confirmed {age_words(holding.age_days(day))} ago"))


def _entries(actors: tuple[str, ...], control: str, besieged: bool, data: DataSet) -> tuple[Entry, ...]:
    entries = [actor_entry(key, data) for key in actors]
    if control in PRESENT:
        entries.append(PRESENT[control])
    elif len(actors) > 1:
        entries.append(SPLIT)
    if besieged:
        entries.append(BESIEGED)
    return tuple(entries)
