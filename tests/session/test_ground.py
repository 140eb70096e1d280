"""The ground of towns on real days: whose it is, on which side of the river, and that nothing is counted twice."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from viewer.domain.control import ControlClaim, Holding
from viewer.domain.dates import parse
from viewer.geo.basemap import Basemap
from viewer.geo.cells import merged
from viewer.geo.land import GRID_M, surface_of
from viewer.geo.shapes import shape_rings
from viewer.session.control import shown_holdings
from viewer.session.ground import Cell, adjacent, ground_on, holder_of, km2_of, land, regions_of
from viewer.store.dataset import DataSet

DAYS = ("2014-08-15", "2015-10-15", "2016-11-15", "2017-06-15", "2017-11-14", "2018-01-15", "2019-11-15")


def day(text: str) -> int:
    found = parse(text).earliest
    assert found is not None
    return found


def at(cells: tuple[Cell, ...], data: DataSet, basemap: Basemap, lon: float, lat: float) -> Cell | None:
    """The cell under a point."""
    point = shapely.Point(*land(data, basemap).plane.from_degrees(np.array([lon]), np.array([lat]))[0])
    return next((cell for cell in cells if cell.patch.shape.covers(point)), None)


@pytest.mark.parametrize("on", DAYS)
@pytest.mark.parametrize("reading", ["reach", "roads"])
def test_every_square_metre_counts_once(builtin: DataSet, basemap: Basemap, on: str, reading: str) -> None:
    cells = ground_on(builtin, basemap, day(on), reading)
    regions = regions_of(builtin, cells)

    whole = km2_of(merged([cell.patch.shape for cell in cells]))
    assert sum(km2_of(cell.patch.shape) for cell in cells) == pytest.approx(whole, rel=1e-5)
    assert sum(km2_of(region.shape) for region in regions) == pytest.approx(whole, rel=1e-5)
    assert {cell for region in regions for cell in region.cells} == set(cells)


@pytest.mark.parametrize("on", DAYS)
def test_what_a_source_draws_goes_before(builtin: DataSet, basemap: Basemap, on: str) -> None:
    plane = land(builtin, basemap).plane
    drawn = [
        surface_of(shape_rings(shape), plane)
        for site in builtin.histories
        if any(held.claim.control == "control" for held in shown_holdings(builtin, site, day(on)))
        and (shape := builtin.shape_of(builtin.places[site])) is not None and shape.kind == "area"
    ]  # fmt: skip
    ground = merged([cell.patch.shape for cell in ground_on(builtin, basemap, day(on), "reach")])

    for area in drawn:
        assert ground.intersection(area).area < 0.001 * area.area


def test_the_two_banks_of_the_euphrates_are_held_by_two_sides(builtin: DataSet, basemap: Basemap) -> None:
    cells = ground_on(builtin, basemap, day("2018-01-15"), "reach")

    west, east = at(cells, builtin, basemap, 40.40, 34.95), at(cells, builtin, basemap, 40.60, 35.05)
    assert west is not None
    assert east is not None
    assert west.holder.actors == ("syrian-government",)
    assert east.holder.actors == ("sdf",)


def test_the_desert_is_read_in_two_ways(builtin: DataSet, basemap: Basemap) -> None:
    """Half way between Rutbah and Ramadi no town is near."""
    place = 41.4, 33.2
    near = ground_on(builtin, basemap, day("2016-11-15"), "reach")
    far = ground_on(builtin, basemap, day("2016-11-15"), "roads")

    assert at(near, builtin, basemap, *place) is None
    assert at(far, builtin, basemap, *place) is not None


def test_before_the_first_claim_there_is_no_ground(builtin: DataSet, basemap: Basemap) -> None:
    assert ground_on(builtin, basemap, day("1990-01-01"), "reach") == ()


def test_the_way_to_a_day_does_not_change_its_ground(builtin: DataSet, basemap: Basemap) -> None:
    there = {cell.patch.site: cell.patch.shape for cell in ground_on(builtin, basemap, day("2017-11-14"), "reach")}
    builtin.memo.clear()
    for on in reversed(DAYS):
        ground_on(builtin, basemap, day(on), "reach")
    again = {cell.patch.site: cell.patch.shape for cell in ground_on(builtin, basemap, day("2017-11-14"), "reach")}

    assert again.keys() == there.keys()
    for site, shape in again.items():
        assert shape.symmetric_difference(there[site]).area <= GRID_M * shape.length


def test_what_lies_beside_what_is_symmetric_and_near(builtin: DataSet, basemap: Basemap) -> None:
    for on in (*DAYS, *DAYS):
        patches = tuple(cell.patch for cell in ground_on(builtin, basemap, day(on), "reach"))
        beside = adjacent(builtin, patches)
        shapes = [patch.shape for patch in patches]
        near = [
            tuple(n for n, other in enumerate(shapes) if other is not own and own.dwithin(other, 2 * GRID_M))
            for own in shapes
        ]
        assert list(beside) == near


def test_what_does_not_change_stays_the_same_object(builtin: DataSet, basemap: Basemap) -> None:
    before = ground_on(builtin, basemap, day("2017-11-02"), "reach")
    after = ground_on(builtin, basemap, day("2017-11-03"), "reach")

    assert before != after, "Deir ez-Zor changed hands"
    assert len(set(before) & set(after)) > 0.8 * len(after)


def held(actors: str, control: str, possible: bool = False) -> Holding:
    claim = ControlClaim(key=actors, actors=actors, control=control, phase="holds", source="s")
    return Holding(claim, None, 0, possible)


@pytest.mark.parametrize(
    ("holdings", "actors", "control"),
    [
        ([held("a", "control")], ("a",), "control"),
        ([held("b", "control", True), held("a", "control", True)], ("a", "b"), "contested"),
        ([held("b a", "mixed")], ("a", "b"), "mixed"),
        ([held("a", "mixed"), held("b", "mixed")], ("a", "b"), "mixed"),
        ([held("a", "control"), held("b", "presence")], ("a",), "control"),
        ([held("b", "presence")], ("b",), "presence"),
        ([held("a", "besieged"), held("b", "contested")], ("a", "b"), "contested"),
    ],
)
def test_one_look_for_several_holdings(holdings: list[Holding], actors: tuple[str, ...], control: str) -> None:
    found = holder_of(tuple(holdings))

    assert (found.actors, found.control) == (actors, control)
    assert found.possible == any(holding.possible for holding in holdings)
