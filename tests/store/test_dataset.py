"""The open data set: what hangs together is found together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from viewer.domain.dates import parse
from viewer.store.columns import FAR_FUTURE, FAR_PAST, NONE
from viewer.store.dataset import DataSet
from viewer.store.keys import Keys, sorted_rows
from viewer.store.same import representatives


def test_events_stand_in_order_of_time_with_open_and_missing_dates(small: DataSet) -> None:
    events = small.events
    order = list(zip(events.earliest.tolist(), events.latest.tolist(), events.keys, strict=True))
    assert order == sorted(order)
    row = events.row_of
    assert len(events) == 12
    assert events.earliest[row["highway"]] == FAR_PAST
    assert events.latest[row["highway"]] == parse("2019-01-30").latest
    assert events.latest[row["sweep"]] == FAR_FUTURE
    assert events.earliest[row["undated"]] > events.latest[row["undated"]]
    assert [key for key in events.keys if not events.dated[row[key]]] == ["undated"]


def test_the_hot_columns_say_what_the_records_say(small: DataSet) -> None:
    events, row = small.events, small.events.row_of
    assert events.keys[events.parent[row["week-iraq"]]] == "week"
    assert events.parent[row["week"]] == -1
    assert small.actor_keys[events.actor[row["may-strikes"]]] == "russia"
    assert small.actor_keys[events.rival[row["may-strikes"]]] == "coalition"
    assert events.rival[row["week"]] == NONE
    assert small.place_keys[events.place[row["unplaced"]]] == "somewhere"
    assert not events.placed[row["unplaced"]] and math.isnan(events.x[row["unplaced"]])
    assert events.placed[row["month"]]
    assert events.radius_m[row["week-iraq"]] == 15000
    assert np.isnan(events.amount[row["month"]])


def test_pairs_join_events_with_all_their_actors_and_places(small: DataSet) -> None:
    row = small.events.row_of["may-strikes"]
    actors = {small.actor_keys[code] for code in small.event_actors.codes[small.event_actors.rows == row]}
    places = {small.place_keys[code] for code in small.event_places.codes[small.event_places.rows == row]}
    assert (actors, places) == ({"coalition", "russia"}, {"mayadin", "dz"})


def test_places_within_are_found_at_any_depth(small: DataSet) -> None:
    assert small.places_within(["syria"]) == {"syria", "dz-province", "dz", "mayadin", "abu-kamal"}
    assert small.places_within(["river"]) == {"river", "mayadin"}
    assert small.places_within(["nowhere"]) == {"nowhere"}


def test_parts_of_actors_are_found(small: DataSet) -> None:
    assert small.actors_with_parts(["gov"]) == {"gov", "militia", "brigade"}


def test_names_of_a_thing(small: DataSet) -> None:
    assert [n.name for n in small.names_of_place["mayadin"]] == ["Mayadeen", "الميادين"]
    assert [n.name for n in small.names_of_actor["is"]] == ["ISIS", "IS", "داعش"]
    assert small.arabic_name("mosul") == "الموصل"
    assert small.arabic_name("river") == ""


def test_claims_are_told_by_site(small: DataSet) -> None:
    assert set(small.claims_by_site) == {"mayadin", "dz", "abu-kamal", "a1"}
    (held,) = small.histories["mayadin"].on(parse("2017-06-20").earliest or 0)
    assert (held.claim.actors, held.as_of) == ("is", parse("2017-06-15").latest)


def told_twice(*pairs: tuple[str, str]) -> dict[str, str]:
    """The representatives of these equal pairs, among events in no order of the alphabet."""
    keys = sorted({"m", "c", *(key for pair in pairs for key in pair)}, key=lambda key: key[::-1])
    place = {key: number for number, key in enumerate(keys)}
    rows = np.array([[place[a], place[b]] for a, b in pairs], dtype=np.int32).reshape(-1, 2)
    members, chosen = representatives(rows[:, 0], rows[:, 1], sorted_rows(lambda: Keys.of(keys)))
    return {keys[member]: keys[first] for member, first in zip(members, chosen, strict=True)}


def test_an_event_told_twice_has_one_representative(small: DataSet) -> None:
    assert small.same == {"may-strikes": "may-strikes", "may-strikes-again": "may-strikes"}
    chain = told_twice(("b", "c"), ("d", "c"), ("a", "b"), ("x", "y"))
    assert chain == {"a": "a", "b": "a", "c": "a", "d": "a", "x": "x", "y": "x"}
    assert told_twice(("a", "a")) == {"a": "a"}
    assert told_twice() == {}
    long = told_twice(*((f"k{n:05}", f"k{n + 1:05}") for n in range(20_000)))
    assert set(long.values()) == {"k00000"}


def test_a_dossier_holds_every_row_of_its_event(small: DataSet) -> None:
    found = small.dossier("may-strikes")
    assert found is not None
    assert (len(found.places), len(found.actors), len(found.sources), len(found.dates)) == (2, 2, 2, 1)
    assert (len(found.counts), [link.kind for link in found.links]) == (7, ["same as"])
    week = small.dossier("week")
    assert week is not None and week.parts == ("week-iraq", "week-syria")
    assert small.dossier("nothing") is None
    assert [d.event.key for d in small.reader.dossiers(["month", "nothing", "week"])] == ["month", "week"]


def test_more_keys_than_one_question_takes(small: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.store.reader.CHUNK", 2)
    wanted = list(small.events.keys)
    assert [d.event.key for d in small.reader.dossiers(wanted)] == wanted
    assert small.reader.where("event", "no such column", wanted) == []


def test_shapes_are_read_once_and_claims_borrow_their_places(small: DataSet) -> None:
    province = small.shape_of(small.places["dz-province"])
    assert province is not None and province.kind == "area"
    assert [len(ring) for ring in province.parts[0]] == [5, 5]
    assert small.shape_of(small.places["dz-province"]) is province
    assert small.places["mosul"].geometry is None and small.shape_of(small.places["mosul"]) is None
    area, town = (next(c for c in small.claims if c.key == key) for key in ("a1", "m1"))
    assert small.shape_of(area) is not None
    assert small.shape_of(town) is None
    road, supply = small.routes
    assert small.shape_of(road).kind == "line"  # type: ignore[union-attr]
    assert small.shape_of(supply) is None


def test_caveats_are_told_where_they_belong(small: DataSet) -> None:
    assert [c.key for c in small.caveats_on("event", "week")] == ["one-strike"]
    assert small.caveats_on("event", "month") == ()


def test_the_store_is_known_by_its_path(small: DataSet) -> None:
    assert small.path.name == "small.gpkg"
    assert small.meta.store_id == "small"
