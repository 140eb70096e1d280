"""What the map reads of each event: the surest actor, its rival only in doubt, the main place as exact as it is."""

from __future__ import annotations

import pytest

from viewer.domain.events import Event, EventActor, EventPlace
from viewer.domain.places import Place
from viewer.domain.records import Meta, Records
from viewer.store.hot import hot_values


def hot(**tables: list[object]) -> dict[str, object]:
    return hot_values(Records(Meta("t", "T"), {"event": [Event(key="e", title="T", type="strike")], **tables}))["e"]


@pytest.mark.parametrize(
    ("said", "actor", "rival"),
    [
        ("a alleged, b claimed", "b", "a"),
        ("a disputed, b established", "b", ""),
        ("a established, b established", "a", ""),
        ("a stated, b stated", "a", ""),
        ("a stated, b established", "b", ""),
        ("a alleged, b stated", "b", ""),
        ("a alleged", "a", ""),
        ("a disputed, a claimed, b alleged", "a", "b"),
    ],
)
def test_the_surest_perpetrator_colours_the_event(said: str, actor: str, rival: str) -> None:
    words = [part.split() for part in said.split(", ")]
    rows = [EventActor(event="e", actor=a, role="perpetrator", certainty=certainty) for a, certainty in words]
    found = hot(event_actor=[EventActor(event="e", actor="z", role="target"), *rows])
    assert (found["actor"], found["rival"]) == (actor, rival)


@pytest.mark.parametrize(
    ("role", "precision", "own", "expected"),
    [
        ("near", "town", "", "near"), ("near", "province", "", "province"), ("at", "town", "", "town"),
        ("near", "town", "area", "area"),
    ],
)  # fmt: skip
def test_near_a_province_is_no_more_exact_than_the_province(role: str, precision: str, own: str, expected: str) -> None:
    place = Place(key="p", name="P", lon=1.0, lat=2.0, precision=precision)
    found = hot(place=[place], event_place=[EventPlace(event="e", place="p", role=role, precision=own)])
    assert (found["location_precision"], found["place"], found["lon"]) == (expected, "p", 1.0)


def test_a_place_without_a_point_stands_behind_one_with() -> None:
    places = [Place(key="p", name="P"), Place(key="q", name="Q", lon=1.0, lat=2.0)]
    rows = [EventPlace(event="e", place="p"), EventPlace(event="e", place="q", role="from")]
    assert hot(place=places, event_place=rows)["place"] == "q"
    assert hot(place=places, event_place=rows[:1])["place"] == "p"
