"""From day to day only what changes is made again, and what stays is what a fresh start would make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from viewer.domain.control import BESIDE, Holding
from viewer.domain.dates import parse
from viewer.geo.basemap import Basemap
from viewer.layers import control, holders
from viewer.layers.control import ControlLayer
from viewer.layers.holders import HoldersLayer
from viewer.layers.primitives import FADES_AT, ControlArea, HolderMark, strength
from viewer.session.control import shown_holdings
from viewer.session.ground import POINTS
from viewer.session.selectors import extent
from viewer.session.state import Camera, State, Time
from viewer.store.dataset import DataSet, open_dataset

At = Callable[..., State]
EMPTY = Basemap()


def on(day: int) -> State:
    return State(Camera(), Time(day))


def areas(data: DataSet, day: int) -> tuple[ControlArea, ...]:
    made = ControlLayer().primitives(on(day), data, EMPTY)
    return tuple(area for area in made if isinstance(area, ControlArea))


def marks(data: DataSet, day: int) -> tuple[HolderMark, ...]:
    made = HoldersLayer().primitives(on(day), data, EMPTY)
    return tuple(mark for mark in made if isinstance(mark, HolderMark))


def points(data: DataSet) -> set[str]:
    """The sites that are points on the map."""
    found = set()
    for place in data.places.values():
        shape = data.shape_of(place)
        if place.lon is not None and place.precision in POINTS and (shape is None or shape.kind == "point"):
            found.add(place.key)
    return found


def plain_looks(data: DataSet, pointed: set[str], day: int) -> tuple[set[object], set[object]]:
    """What a fresh start would draw of areas and of towns: straight from the holdings of the day."""
    areas, marks = set(), set()
    for site in data.histories:
        held = shown_holdings(data, site, day)
        for one in held:
            shape = data.shape_of(one.claim)
            if shape is not None and shape.kind == "area":
                firm = strength(one.age_days(day))
                areas.add((one.claim.key, one.claim.actors, one.claim.control, firm, one.possible))
        if held and site in pointed:
            marks.add((site, *_look(held, day)))
    return areas, marks


def _look(held: tuple[Holding, ...], day: int) -> tuple[object, ...]:
    shown = [one for one in held if one.claim.control not in BESIDE] or held
    actors = tuple(dict.fromkeys(key for one in shown for key in one.claim.actors.split()))
    firm = max(strength(one.age_days(day)) for one in shown)
    besieged = any(one.claim.control == "besieged" for one in shown)
    return actors, shown[0].claim.control, firm, any(one.possible for one in shown), besieged


@pytest.mark.slow
def test_on_every_day_what_was_kept_is_what_would_be_made(builtin: DataSet) -> None:
    (first, last), pointed = extent(builtin), points(builtin)
    for day in range(first - 2, last + FADES_AT[-1] + 2):
        found = (
            {(a.refs[0].key, " ".join(a.actors), a.control, a.strength, a.possible) for a in areas(builtin, day)},
            {(m.refs[0].key, m.actors, m.control, m.strength, m.possible, m.besieged) for m in marks(builtin, day)},
        )  # fmt: skip
        assert found == plain_looks(builtin, pointed, day), day


@pytest.mark.parametrize("made", [areas, marks])
def test_a_day_that_changes_nothing_gives_the_very_same(
    made: Callable[[DataSet, int], tuple[object, ...]], builtin: DataSet
) -> None:
    layer = {areas: ControlLayer(), marks: HoldersLayer()}[made]
    first, last = extent(builtin)
    same, before = 0, layer.primitives(on(first), builtin, EMPTY)
    for day in range(first + 1, last):
        now = layer.primitives(on(day), builtin, EMPTY)
        same += now is before
        assert (now is before) == (list(map(id, now)) == list(map(id, before))), day
        before = now

    assert same > 0.8 * (last - first)


def test_where_one_mark_changes_the_others_are_the_very_same(builtin: DataSet) -> None:
    day, pointed = parse("2017-10-14").earliest, points(builtin)
    assert day is not None
    for at in range(day, day + 60):
        before, now = marks(builtin, at), marks(builtin, at + 1)
        changed = plain_looks(builtin, pointed, at)[1] ^ plain_looks(builtin, pointed, at + 1)[1]
        towns = {look[0] for look in changed}  # type: ignore[index]
        kept = {mark.refs[0].key for mark in now if any(mark is other for other in before)}
        assert kept == {mark.refs[0].key for mark in now} - towns, at


def test_going_there_and_back_gives_the_very_same_marks(builtin: DataSet) -> None:
    day = parse("2017-10-14").earliest
    assert day is not None
    there = marks(builtin, day)
    marks(builtin, day - 2_000)

    assert all(one is other for one, other in zip(marks(builtin, day), there, strict=True))


@pytest.mark.parametrize(("made", "ahead"), [(areas, control.ahead), (marks, holders.ahead)])
def test_what_is_made_ahead_is_what_every_day_shows(
    made: Callable[[DataSet, int], tuple[ControlArea | HolderMark, ...]],
    ahead: Callable[[DataSet], Iterator[None]], builtin: DataSet, builtin_store: Path,
) -> None:  # fmt: skip
    (first, last), unasked = extent(builtin), open_dataset(builtin_store)
    known = made(unasked, last)
    assert len(list(ahead(unasked))) > len(known)
    assert not list(ahead(unasked)), "all is known"

    assert all(one is other for one, other in zip(made(unasked, last), known, strict=True))
    for day in range(first, last, 97):
        expected = [(one.refs, one.actors, one.control, one.strength, one.possible) for one in made(builtin, day)]
        assert [
            (one.refs, one.actors, one.control, one.strength, one.possible) for one in made(unasked, day)
        ] == expected, day
    unasked.close()


@pytest.mark.parametrize("made", [areas, marks])
def test_the_words_are_those_of_the_day_on_which_they_are_asked_for(
    made: Callable[[DataSet, int], tuple[ControlArea | HolderMark, ...]], builtin: DataSet
) -> None:
    day = parse("2019-03-10").earliest
    assert day is not None
    said = 0
    for primitive in made(builtin, day):
        assert callable(primitive.title)
        today, later = primitive.title(day), primitive.title(day + 40)
        assert "confirmed" in today
        said += today != later

    assert said > 0


def test_paleness_changes_on_these_days_of_age_only() -> None:
    for age in range(2_000):
        assert (strength(age) != strength(age + 1)) == (age + 1 in FADES_AT)
