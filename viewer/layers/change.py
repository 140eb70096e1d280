"""What changed hands since the day that is compared with, above the ground of the cursor's day, which turns pale."""

from __future__ import annotations

from functools import partial

from viewer.domain.dates import Day, day_words
from viewer.geo.basemap import Basemap
from viewer.geo.cells import rings_of
from viewer.geo.lettering import Ground
from viewer.geo.outline import Outline
from viewer.geo.plane import Geometry
from viewer.layers.primitives import Calm, ChangeArea, Entry, Primitive, centre_of
from viewer.session.change import Change, changes, since
from viewer.session.change_words import change_words, code_of, held_words
from viewer.session.ground import land
from viewer.session.memo import is_remembered, remembered
from viewer.session.state import State
from viewer.store.dataset import DataSet


class ChangeLayer:
    """Gains and losses between two days, worked out from the ground of both."""

    id = "change"
    depends = ("compare", "time.cursor", "ground")
    group = "areas"

    def primitives(self, state: State, data: DataSet, basemap: Basemap) -> tuple[Primitive, ...]:
        """Nothing while no day is compared with; else the veil, and each piece that changed, the largest first."""
        if state.compare is None:
            return ()
        return _areas(data, basemap, state.compare, since(data, state.time.cursor), state.ground)


def is_ready(state: State, data: DataSet, basemap: Basemap) -> bool:
    """Whether the changes of a state need no geometry to be worked out."""
    if state.compare is None or "change" not in state.layers:
        return True
    return is_remembered(_areas, data, basemap, state.compare, since(data, state.time.cursor), state.ground)


@remembered(32)
def _areas(data: DataSet, basemap: Basemap, first: Day, second: Day, reading: str) -> tuple[Primitive, ...]:
    """The pieces between a day and one on which something changes; the titles name the very days."""
    found = changes(data, basemap, first, second, reading)
    legend = Entry("Change", f"Held by the same since {day_words(first)}", "calm", "")
    pieces = (
        _area(data, basemap, change, piece, first, _entry(data, change, rank))
        for rank, change in enumerate(found)
        for piece in parts_of(change.shape)
    )
    return (Calm(((legend, 0),)), *pieces)


def parts_of(shape: Geometry) -> list[Geometry]:
    """The polygons of a shape."""
    import shapely

    polygons: list[Geometry] = shapely.get_parts(shape).tolist()
    return polygons


def _area(data: DataSet, basemap: Basemap, change: Change, piece: Geometry, first: Day, entry: Entry) -> ChangeArea:
    was, now = change.was, change.now
    sides = [code_of(data, party) if party is not None else "?" for party in (was, now)]
    return ChangeArea(
        _ground(data, basemap, piece), was.actors if was is not None else (), now.actors if now is not None else (),
        now.control if now is not None else "", " \u2192 ".join(sides), ((entry, 0),),
        partial(_title, data, change, first),
    )  # fmt: skip


@remembered(2048)
def _ground(data: DataSet, basemap: Basemap, piece: Geometry) -> Ground:
    """An outline in map metres, and where its letters stand."""
    rings = rings_of(piece, land(data, basemap).plane)
    return Ground(Outline(rings), centre_of(rings))


def _entry(data: DataSet, change: Change, rank: int) -> Entry:
    """The legend's line: the actors are those who hold it now, the pattern names those who lost it.

    Its style is its rank and the class of control.
    """
    control = change.now.control if change.now is not None else ""
    was, now = (party.actors if party is not None else () for party in (change.was, change.now))
    return Entry("Change", change_words(data, change), "change", f"{rank:03} {control}", now, " ".join(was))


def _title(data: DataSet, change: Change, first: Day, day: Day) -> str:
    return held_words(data, change, first, day)
