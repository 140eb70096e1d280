"""Few incidents on one spot stand apart, each with a line to its place, and keep where they stand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise

import numpy as np
import pytest

from viewer.domain.dates import iso, parse
from viewer.geo.basemap import Basemap
from viewer.geo.spread import APART_PX, MOST, NEAR, OUT_PX, SLOTS, Member, Room
from viewer.layers.incidents import IncidentsLayer
from viewer.layers.primitives import IncidentMark
from viewer.session.state import State
from viewer.store.dataset import DataSet

At = Callable[..., State]
CLOSE = 200.0


def marks(state: State, data: DataSet, basemap: Basemap) -> list[IncidentMark]:
    return [one for one in IncidentsLayer().primitives(state, data, basemap) if isinstance(one, IncidentMark)]


def disc(mark: IncidentMark, scale: float) -> np.ndarray:
    """Where the middle of a mark's disc is, in pixels to the east and north."""
    up = 13.0 if mark.pinned and mark.aside == (0.0, 0.0) else 0.0
    return np.array((mark.x / scale + mark.aside[0], mark.y / scale + up - mark.aside[1]))


def test_few_on_one_spot_stand_apart_when_near_and_are_a_stack_from_afar(
    builtin: DataSet, basemap: Basemap, at: At
) -> None:
    near = marks(at("2017-11-17", window_days=180, scale=CLOSE), builtin, basemap)
    aside = [mark for mark in near if any(mark.aside)]
    afar = marks(at("2017-11-17", window_days=180, scale=NEAR * 1.01), builtin, basemap)

    assert len(aside) > 10
    assert all(mark.members == 1 for mark in aside)
    assert all("Drawn aside, line to its place" in [entry.text for entry, _ in mark.entries] for mark in aside)
    assert not any(any(mark.aside) for mark in afar)
    assert any(mark.members > MOST for mark in near)  # many stay a stack


def test_a_disc_aside_is_of_an_incident_that_truly_lies_at_the_end_of_its_line(
    builtin: DataSet, basemap: Basemap, at: At
) -> None:
    events = builtin.events
    for mark in marks(at("2017-11-17", window_days=180, scale=CLOSE), builtin, basemap):
        if any(mark.aside) and mark.pinned:
            row = events.row_of[mark.refs[0].key]
            assert (mark.x, mark.y) == pytest.approx((float(events.x[row]), float(events.y[row])))


@pytest.mark.parametrize("scale", [NEAR, CLOSE, 60.0])
def test_discs_aside_lie_on_no_other_disc(scale: float, builtin: DataSet, basemap: Basemap, at: At) -> None:
    near = marks(at("2017-11-17", window_days=180, scale=scale), builtin, basemap)
    every = [(disc(mark, scale), any(mark.aside)) for mark in near]

    for (one, aside), (other, too) in combinations(every, 2):
        if aside or too:
            assert np.hypot(*(one - other)) > APART_PX - 0.3


def test_an_incident_keeps_its_place_while_time_is_stepped(builtin: DataSet, basemap: Basemap, at: At) -> None:
    first = parse("2017-06-01").earliest
    assert first is not None
    days = [
        {mark.refs[0].key: mark.aside for mark in marks(at(iso(day), scale=CLOSE), builtin, basemap) if any(mark.aside)}
        for day in range(first, first + 200)
    ]
    stayed = [(day[key], after[key]) for day, after in pairwise(days) for key in day.keys() & after.keys()]

    assert len(stayed) > 1000
    assert sum(one != other for one, other in stayed) < len(stayed) / 1000


def test_who_comes_later_makes_room_for_who_is_there() -> None:
    first, second = Member(8, 0, 0, False), Member(16, 0, 0, False)  # both would rather be in the north
    alone = Room((), ()).places((0, 0), [first])
    both = Room((), ()).places((0, 0), [first, second])

    assert alone is not None
    assert both is not None
    assert alone[0] == both[0] == pytest.approx((0, OUT_PX))
    assert both[1] != both[0]


def test_a_tally_stands_where_its_number_covers_no_other_disc() -> None:
    for row in range(SLOTS):
        places = Room((), ()).places((0, 0), [Member(row, 0, 0, True)])
        assert places is not None
        assert places[0][0] > 0

    assert Room((), ()).places((0, 0), [Member(row, 0, 0, True) for row in range(4)]) is None


def test_without_room_they_stay_a_stack() -> None:
    around = [(x, y) for x in range(-60, 61, 15) for y in range(-60, 61, 15)]

    assert Room(around, ()).places((0, 0), [Member(1, 0, 0, False), Member(2, 0, 0, False)]) is None
