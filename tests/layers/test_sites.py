"""Sites are shown once, whether the base map, the data set or both know them."""

from __future__ import annotations

from collections import Counter

import numpy as np

from viewer.geo.basemap import Basemap, Site
from viewer.geo.projection import point_to_map
from viewer.layers.primitives import Label, Signs
from viewer.layers.sites import SitesLayer
from viewer.session.named import SITES, named_sites, named_towns
from viewer.session.state import State
from viewer.store.dataset import DataSet


def test_no_site_is_named_twice(builtin: DataSet, basemap: Basemap) -> None:
    named = named_sites(builtin, basemap)

    assert [name for name, number in Counter(site.name for site in named).items() if number > 1] == []
    for site in named:
        near = [o for o in named if o.kind == site.kind and np.hypot(o.x - site.x, o.y - site.y) < 4_000]
        assert near == [site], [o.name for o in near]


def test_the_data_set_s_own_places_stay_and_can_be_selected(builtin: DataSet, basemap: Basemap) -> None:
    pinned = {key for key, place in builtin.places.items() if place.kind in SITES}
    with_map, without = named_sites(builtin, basemap), named_sites(builtin, Basemap())

    assert {site.key for site in with_map if site.key} == {site.key for site in without} <= pinned
    assert len(with_map) > len(without) + 20
    assert {site.key for site in with_map} >= {"t2-pumping-station", "tanak-oil-field", "mosul-dam"}


def test_a_base_map_s_site_beside_one_of_another_kind_is_another(builtin: DataSet) -> None:
    x, y = point_to_map(40.1522, 34.3764)
    pump = Site("Pump", "", "station", 4, x + 2_000, y)
    field = Site("Field", "", "oilfield", 4, x + 2_000, y)

    named = named_sites(builtin, Basemap(sites=(pump, field)))

    assert "Field" in {site.name for site in named} and "Pump" not in {site.name for site in named}
    assert next(site for site in named if site.key == "t2-pumping-station").rank == 4


def test_a_site_is_no_town(builtin: DataSet, basemap: Basemap) -> None:
    keys = {site.key for site in named_sites(builtin, basemap) if site.key}

    assert keys.isdisjoint(town.key for town in named_towns(builtin, basemap))


def test_every_site_has_a_sign_and_a_name(builtin: DataSet, basemap: Basemap) -> None:
    made = SitesLayer().primitives(State(), builtin, basemap)
    named = named_sites(builtin, basemap)

    assert sum(len(p.x) for p in made if isinstance(p, Signs)) == len(named)
    assert sum(isinstance(p, Label) for p in made) == len(named)
    assert all(p.max_scale < 500 for p in made if isinstance(p, Signs | Label))
