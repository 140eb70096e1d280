"""Every layer is pure, named as the session names it, and says only what claims and events say."""

from __future__ import annotations

import gc
import math
import struct
import weakref
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from viewer.domain.records import Records
from viewer.geo.basemap import Basemap
from viewer.geo.pick import inside
from viewer.layers import LAYERS
from viewer.layers.borders import BordersLayer
from viewer.layers.control import ControlLayer
from viewer.layers.holders import HoldersLayer
from viewer.layers.incidents import SIGNS, STACK_PX, WHOLE, IncidentsLayer, look_of
from viewer.layers.primitives import (
    ControlArea,
    Dots,
    Extent,
    HolderMark,
    IncidentMark,
    Label,
    Line,
    centre_of,
    strength,
)
from viewer.layers.rings import RingsLayer
from viewer.layers.rivers import RiversLayer
from viewer.layers.towns import TownsLayer
from viewer.session.control import control_feature, standing_claims
from viewer.session.extents import circle
from viewer.session.fighting import look_up
from viewer.session.map_layers import ALL_LAYERS, LAYER_TITLES
from viewer.session.named import named_towns
from viewer.session.selectors import mapped_events
from viewer.session.state import Filters, Ref, State
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.writer import write_store

At = Callable[..., State]
EMPTY = Basemap()
FLAT = struct.pack("<BIII8d", 1, 3, 1, 4, 40.0, 34.0, 41.0, 35.0, 40.0, 34.0, 40.0, 34.0)
"""An outline that runs back on itself, as WKB."""


def marks(state: State, data: DataSet, basemap: Basemap = EMPTY) -> list[IncidentMark]:
    made = IncidentsLayer().primitives(state, data, basemap)
    return [mark for mark in made if isinstance(mark, IncidentMark)]


def holders(state: State, data: DataSet) -> dict[str, HolderMark]:
    made = HoldersLayer().primitives(state, data, EMPTY)
    return {mark.refs[0].key: mark for mark in made if isinstance(mark, HolderMark)}


def one(found: list[IncidentMark], key: str) -> IncidentMark:
    (mark,) = [mark for mark in found if Ref("event", key) in mark.refs]
    return mark


def test_layers_stand_in_the_order_of_the_session() -> None:
    assert tuple(layer.id for layer in LAYERS) == ALL_LAYERS
    assert set(LAYER_TITLES) == {layer.id for layer in LAYERS}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.id)
def test_a_layer_depends_on_what_it_says_and_is_pure(
    layer: object, builtin: DataSet, basemap: Basemap, at: At
) -> None:
    state = at("2017-11-14")
    fields = {"time": replace(state, time=at("2018-11-14").time), "labels": replace(state, labels="arabic"),
              "filters": replace(state, filters=Filters(types=("strike",))),
              "camera": replace(state, camera=replace(state.camera, x=0.0)),
              "camera.scale": replace(state, camera=replace(state.camera, scale=200.0))}  # fmt: skip
    before = _texts(layer.primitives(state, builtin, basemap))  # type: ignore[attr-defined]

    assert _texts(layer.primitives(state, builtin, basemap)) == before  # type: ignore[attr-defined]
    for name, changed in fields.items():
        told = any(name.startswith(field) or field.startswith(name) for field in layer.depends)  # type: ignore[attr-defined]
        if not told:
            assert _texts(layer.primitives(changed, builtin, basemap)) == before, name  # type: ignore[attr-defined]


def _texts(primitives: tuple[object, ...]) -> list[str]:
    with np.printoptions(threshold=20):
        return [repr(primitive) for primitive in primitives]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.id)
def test_a_layer_lives_without_a_base_map(layer: object, builtin: DataSet, at: At) -> None:
    layer.primitives(at("2017-11-14"), builtin, EMPTY)  # type: ignore[attr-defined]


def test_disputed_responsibility_is_split_and_hollow(small: DataSet, at: At) -> None:
    mark = one(marks(at("2017-05-25", "day"), small), "may-strikes")

    assert sorted(mark.look.actors) == ["coalition", "russia"]
    assert mark.look.hollow
    assert "Responsibility disputed" in [entry.text for entry, _ in mark.entries]


def test_what_lies_within_the_window_is_firm_and_what_may_is_faint(small: DataSet, at: At) -> None:
    whole = one(marks(at("2017-05-26", window_days=2), small), "may-strikes-again")
    part = one(marks(at("2017-11-05", "day"), small), "month")

    assert whole.members > 1 or not whole.look.faint
    assert part.look.faint


def test_a_plan_is_a_ghost(builtin: DataSet, at: At) -> None:
    found = marks(at("2017-06-20", scale=5.0), builtin)

    assert any(mark.look.ghost and mark.look.type == "plan" for mark in found if mark.members == 1)


def test_a_tally_is_one_badge_with_its_number(small: DataSet, at: At) -> None:
    found = marks(at("2017-12-28", window_days=7, scale=100.0), small)

    assert one(found, "week-iraq").look.amount == "6"
    assert one(found, "week-iraq").members == 1


def test_a_rough_place_is_a_ring_with_its_badge_on_the_edge(small: DataSet, at: At) -> None:
    state = at("2017-12-28", window_days=7, scale=100.0)
    mark = one(marks(state, small), "week-iraq")
    rings = [ring for ring in RingsLayer().primitives(state, small, EMPTY) if isinstance(ring, Extent)]
    (ring,) = [ring for ring in rings if Ref("event", "week-iraq") in ring.refs]
    row = small.events.row_of["week-iraq"]
    centre = float(small.events.x[row]), float(small.events.y[row])

    assert not mark.pinned
    assert inside(ring.rings, *centre)
    assert np.hypot(mark.x - centre[0], mark.y - centre[1]) > 12_000
    assert np.ptp(ring.rings[0][:, 0]) / 2 * np.cos(np.radians(36.34)) == pytest.approx(15_000, rel=0.01)


def test_a_ring_too_small_to_see_is_left_to_its_symbol(small: DataSet, at: At) -> None:
    state = at("2017-12-28", window_days=7, scale=9000.0)

    assert one(marks(state, small), "week-iraq").pinned
    assert not RingsLayer().primitives(state, small, EMPTY)


@pytest.mark.parametrize("scale", [20.0, 300.0, 900.0, 8000.0])
@pytest.mark.parametrize("mode", ["day", "window", "cumulative"])
def test_every_mapped_event_is_in_exactly_one_mark(
    scale: float, mode: str, builtin: DataSet, basemap: Basemap, at: At
) -> None:
    state = at("2017-11-14", mode, scale=scale)
    drawn = [ref.key for mark in marks(state, builtin, basemap) for ref in mark.refs]

    assert sorted(drawn) == sorted(builtin.events.keys[row] for row in mapped_events(builtin, state).rows)


def test_stacks_keep_their_distance_and_sit_on_a_real_place(builtin: DataSet, basemap: Basemap, at: At) -> None:
    state = at("2019-03-31", "cumulative")
    pins = [mark for mark in marks(state, builtin, basemap) if mark.pinned]
    places = {(round(x), round(y)) for x, y in zip(builtin.events.x, builtin.events.y, strict=True) if np.isfinite(x)}

    assert any(mark.members > 1 for mark in pins)
    for index, mark in enumerate(pins):
        assert (round(mark.x), round(mark.y)) in places
        for other in pins[index + 1 :]:
            assert np.hypot(mark.x - other.x, mark.y - other.y) >= STACK_PX * 900 * 0.999


def test_stack_shares_add_up(builtin: DataSet, at: At) -> None:
    for mark in marks(at("2019-03-31", "cumulative"), builtin):
        assert sum(number for _, number in mark.shares) == WHOLE * mark.members


def test_a_battle_is_in_the_colours_of_both_sides_and_no_dispute(builtin: DataSet, at: At) -> None:
    rows = [builtin.events.row_of[key] for key in ("khasham-2018-02-07", "s0-iraqi-kurdish-clashes", "s3-mosul")]
    look_up(builtin, np.array(rows))
    looks = [look_of(builtin, row, True) for row in rows]

    assert [look.actors for look in looks] == [
        ("us-coalition", "syrian-government"), ("iraq-government", "peshmerga-krg"), ("iraq-government", "is"),
    ]  # fmt: skip
    assert all(look.fight for look in looks)
    (mark,) = [mark for mark in marks(at("2018-02-07"), builtin) if Ref("event", "khasham-2018-02-07") in mark.refs]
    texts = {entry.text for entry, _ in mark.entries}
    assert SIGNS["fight"].text in texts and SIGNS["split"].text not in texts


def test_a_dispute_over_a_battle_stays_a_dispute(builtin: DataSet) -> None:
    row = builtin.events.row_of["mosul-battle-tally"]
    look_up(builtin, np.array([row]))

    look = look_of(builtin, row, True)

    assert (look.actors, look.fight) == (("iraq-government", "us-coalition"), False)


def test_a_town_shows_its_holder_of_the_day(small: DataSet, at: At) -> None:
    assert holders(at("2016-01-01"), small)["mayadin"].actors == ("is",)
    changing = holders(at("2017-10-16"), small)["mayadin"]
    assert changing.possible and set(changing.actors) == {"is", "gov"}
    assert holders(at("2018-01-01"), small)["mayadin"].actors == ("gov",)


def test_hidden_presence_never_paints_a_town_that_another_holds(small: DataSet, at: At) -> None:
    mark = holders(at("2019-01-15"), small)["mayadin"]

    assert mark.actors == ("gov",)
    assert mark.control == "control"


def test_shared_and_besieged_towns(small: DataSet, at: At) -> None:
    assert holders(at("2019-11-01"), small)["abu-kamal"].actors == ("gov", "sdf")
    assert holders(at("2015-02-01"), small)["dz"].besieged


def test_a_claim_fades_with_age() -> None:
    ages = [strength(days) for days in (0, 60, 200, 500, 900, 5000)]

    assert ages == sorted(ages, reverse=True)
    assert ages[0] == 1.0 and ages[-1] == 0.4


def test_an_area_is_drawn_as_its_claim_says(small: DataSet, at: At) -> None:
    (area,) = ControlLayer().primitives(at("2019-01-15"), small, EMPTY)

    assert isinstance(area, ControlArea)
    assert area.schematic and area.filled and area.control == "control"
    assert area.refs == (Ref("claim", "a1"),)
    assert inside(area.rings, *area.spot[:2])


def test_a_claim_around_nothing_is_drawn_as_the_area_of_its_place(
    small_records: Records, tmp_path: Path, at: At
) -> None:
    drawn = []
    for number, outline in enumerate((None, FLAT)):
        claims = [
            replace(claim, place="dz-province", geometry=outline, schematic=False) if claim.key == "a1" else claim
            for claim in small_records.of("control_claim")
        ]
        tables = {**small_records.tables, "control_claim": claims}
        write_store(Records(small_records.meta, tables), tmp_path / f"{number}.gpkg")
        with closing(open_dataset(tmp_path / f"{number}.gpkg")) as data:
            day = at("2019-01-15")
            (area,) = ControlLayer().primitives(day, data, EMPTY)
            (holding,) = [one for site, one in standing_claims(data, day.time.cursor) if site == "dz-province"]
            told = control_feature(data, "dz-province", holding, day.time.cursor)
        assert isinstance(area, ControlArea) and area.schematic
        assert told["geometry"]["type"] == "Polygon" and told["properties"]["schematic"]
        drawn.append(([ring.tolist() for ring in area.rings], told))

    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("day", ["2017-06-15", "2017-11-30", "2019-01-30", "2021-02-15"])
def test_hidden_presence_is_never_filled(day: str, builtin: DataSet, at: At) -> None:
    areas = [a for a in ControlLayer().primitives(at(day), builtin, EMPTY) if isinstance(a, ControlArea)]

    assert all(not area.filled for area in areas if area.control == "hidden")
    assert all(area.control not in ("unknown", "unheld") for area in areas)


def test_a_hidden_area_exists_to_be_left_unfilled(builtin: DataSet, at: At) -> None:
    areas = ControlLayer().primitives(at("2019-01-30"), builtin, EMPTY)

    assert any(isinstance(area, ControlArea) and area.control == "hidden" for area in areas)


def test_a_code_never_stands_in_a_smaller_area_of_another(builtin: DataSet, at: At) -> None:
    made = ControlLayer().primitives(at("2019-01-30"), builtin, EMPTY)
    areas = [area for area in made if isinstance(area, ControlArea) and area.filled]

    assert len(areas) > 2
    for index, area in enumerate(areas):
        assert inside(area.rings, *area.spot[:2])
        assert not any(inside(other.rings, *area.spot[:2]) for other in areas[index + 1 :])


def test_a_place_of_the_data_set_is_named_once(builtin: DataSet, basemap: Basemap) -> None:
    named = named_towns(builtin, basemap)
    for name in ("Raqqa", "Abu Kamal", "Deir ez-Zor", "Mosul", "Palmyra"):
        spots = [town for town in named if town.name == name and town.rank <= 3]
        assert len(spots) == 1, name


def test_labels_follow_the_chosen_script(builtin: DataSet, basemap: Basemap, at: At) -> None:
    def texts(script: str) -> set[tuple[str, str]]:
        made = TownsLayer().primitives(replace(at("2017-01-01"), labels=script), builtin, basemap)
        return {(p.text, p.arabic) for p in made if isinstance(p, Label)}

    assert ("Raqqa", "\u0627\u0644\u0631\u0642\u0629") in texts("both")
    assert ("Raqqa", "") in texts("latin")
    assert ("", "\u0627\u0644\u0631\u0642\u0629") in texts("arabic")


def test_towns_of_every_rank_have_dots(builtin: DataSet, basemap: Basemap, at: At) -> None:
    dots = [p for p in TownsLayer().primitives(at("2017-01-01"), builtin, basemap) if isinstance(p, Dots)]

    assert sum(len(group.x) for group in dots) == len(named_towns(builtin, basemap))


def test_wadis_wait_until_one_is_close(builtin: DataSet, basemap: Basemap, at: At) -> None:
    lines = [p for p in RiversLayer().primitives(at("2017-01-01"), builtin, basemap) if isinstance(p, Line)]

    assert {line.max_scale < 700 for line in lines if line.style in ("river3", "river4")} == {True}
    assert max(line.max_scale for line in lines if line.style == "river1") == float("inf")


@pytest.mark.parametrize("scale", [20.0, 120.0, 121.0, 350.0, 351.0, 1000.0])
def test_one_detail_of_each_river_is_drawn_and_fewer_vertices_from_afar(
    scale: float, builtin: DataSet, basemap: Basemap, at: At
) -> None:
    def drawn(scale: float) -> list[Line]:
        made = [p for p in RiversLayer().primitives(at("2017-01-01"), builtin, basemap) if isinstance(p, Line)]
        return [line for line in made if line.style == "river1" and line.min_scale < scale <= line.max_scale]

    (shown,) = drawn(scale)
    (close,) = drawn(10.0)
    number = sum(map(len, shown.parts))
    assert len(shown.parts) == len(close.parts)
    assert number < 0.7 * sum(map(len, close.parts)) if scale > 120 else number == sum(map(len, close.parts))


def test_a_circle_is_round_on_the_ground() -> None:
    ring = circle(4_500_000.0, 4_163_881.0, 10_000.0)

    assert np.ptp(ring[:, 0]) * np.cos(np.radians(35.0)) == pytest.approx(20_000, rel=0.01)


def test_the_middle_of_a_bent_area_lies_inside() -> None:
    bent = np.array([[0, 0], [10, 0], [10, 2], [2, 2], [2, 8], [10, 8], [10, 10], [0, 10], [0, 0]], dtype=float)
    x, y, room = centre_of((bent,))

    assert inside((bent,), x, y)
    assert room > 0


def test_what_layers_remember_goes_with_the_data_set(small_store: Path, basemap: Basemap, at: At) -> None:
    data = open_dataset(small_store)
    for layer in LAYERS:
        layer.primitives(at("2017-12-28", mode="cumulative"), data, basemap)
    data.close()
    gone = weakref.ref(data)
    del data
    gc.collect()

    assert gone() is None


def test_a_state_is_named_only_where_its_land_is_drawn(builtin: DataSet, basemap: Basemap) -> None:
    assert basemap.sheet is not None
    west, south, east, north = basemap.sheet

    names = [p for p in BordersLayer().primitives(State(), builtin, basemap) if isinstance(p, Label)]

    assert {name.text for name in names} >= {"Syria", "Iraq", "Iran"}
    assert "Cyprus" not in {name.text for name in names}, "only a cape of it is on the sheet"
    for name in names:
        along, up = abs(math.cos(math.radians(name.angle))), abs(math.sin(math.radians(name.angle)))
        half = 9 * len(name.text)
        assert min(name.x - west, east - name.x) >= (along * half + up * 20) * name.max_scale
        assert min(name.y - south, north - name.y) >= (up * half + along * 20) * name.max_scale
