"""Outlines of rough places: one for all that share it, the widest below."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viewer.domain.places import PRECISIONS
from viewer.geo.basemap import Basemap
from viewer.geo.pick import inside
from viewer.geo.shapes import shape_rings
from viewer.layers.primitives import Extent
from viewer.layers.rings import extents_of
from viewer.session.selectors import Visible, mapped_events
from viewer.session.state import State, Time
from viewer.store.dataset import DataSet


def everything(builtin: DataSet) -> Visible:
    return mapped_events(builtin, State(time=Time(cursor=20_000, mode="cumulative")))


def sides(extent: Extent) -> float:
    corners = np.vstack(extent.rings)
    return float((corners.max(axis=0) - corners.min(axis=0)).max())


def test_the_widest_lies_below(builtin: DataSet, basemap: Basemap) -> None:
    made = [e for e in extents_of(builtin, basemap, 700.0, everything(builtin)) if isinstance(e, Extent)]

    assert len(made) > 20
    assert [sides(extent) for extent in made] == sorted(map(sides, made), reverse=True)


def test_an_outline_is_drawn_once_for_all_that_share_it(builtin: DataSet, basemap: Basemap) -> None:
    province = PRECISIONS.index("province")
    seen, events = everything(builtin), builtin.events
    rows = [int(row) for row in seen.rows if events.precision[row] == province]
    place = max(rows, key=lambda row: sum(events.place[other] == events.place[row] for other in rows))
    same = np.array([row for row in rows if events.place[row] == events.place[place]])
    moved = events.x.copy()
    moved[same] += np.arange(len(same), dtype=np.float32) * 1_000  # two sources, two middles of one province
    data = replace(builtin, events=replace(events, x=moved))
    made = extents_of(data, basemap, 700.0, Visible(same, np.ones(len(same), dtype=bool)))

    assert len(same) > 1
    assert [len(extent.refs) for extent in made] == [len(same)]
    assert len(set(made)) == len(made)


def test_what_happened_along_a_road_lies_in_a_corridor_and_not_around_its_middle(
    builtin: DataSet, basemap: Basemap
) -> None:
    row = builtin.events.row_of["s1-highway-attacks"]
    seen = Visible(np.array([row]), np.ones(1, dtype=bool))
    (extent,) = [one for one in extents_of(builtin, basemap, 300.0, seen) if isinstance(one, Extent)]
    (shape,) = [shape_rings(shape) for shape in [builtin.shape_of(builtin.places["homs-deir-ez-zor-highway"])] if shape]

    assert sides(extent) > 300_000
    assert all(inside(extent.rings, float(x), float(y)) for x, y in shape[0])
    assert extent.title.startswith("an incident somewhere along")
