"""What else happened near a record: as slow and plain counting finds it, with what is rough told as perhaps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from viewer.domain.dates import parse
from viewer.domain.events import Event, EventPlace, EventSource
from viewer.domain.places import Place
from viewer.domain.records import Meta, Records
from viewer.domain.sources import Source
from viewer.geo.projection import distance_m
from viewer.session.nearby import Near, days_apart, limits_words, near_of, near_rows, typed_limits
from viewer.session.state import Reading
from viewer.store.columns import FAR_FUTURE, FAR_PAST
from viewer.store.dataset import DataSet, open_dataset
from viewer.store.progress import Cancelled
from viewer.store.writer import write_store

EXACT = {"lon": 40.0, "lat": 35.0, "precision": "exact"}
PLACES = [
    Place(key="spot", name="Spot", **EXACT),
    Place(key="north", name="North", lon=40.0, lat=35.18, precision="exact"),
    Place(key="loose", name="Loose", lon=40.0, lat=35.18, precision="near", radius_m=15_000),
    Place(key="far", name="Far", lon=41.0, lat=35.0, precision="exact"),
    Place(key="land", name="Land", kind="country", lon=40.1, lat=35.0, precision="country"),
    Place(key="wide", name="Wide", kind="country", lon=44.0, lat=35.0, precision="country"),
    Place(key="nowhere", name="Nowhere", precision="unknown"),
]
ROWS = {
    "own": ("spot", "2017-05-10"), "same": ("spot", "2017-05-10"), "later": ("spot", "2017-05-17"),
    "too-late": ("spot", "2017-05-18"), "month": ("spot", "2017-05"), "open": ("spot", "2017-05-01/.."),
    "twenty": ("north", "2017-05-10"), "rough": ("loose", "2017-05-10"), "far": ("far", "2017-05-10"),
    "land": ("land", "2017-05-10"), "wide": ("wide", "2017-05-10"), "nowhere": ("nowhere", "2017-05-10"),
    "undated": ("spot", ""), "undated-far": ("far", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataSet]:
    path = tmp_path_factory.mktemp("near") / "near.gpkg"
    events = [Event(key=key, title=key.title(), type="raid", date=parse(date)) for key, (_, date) in ROWS.items()]
    write_store(
        Records(Meta("near", "Near"), {
            "source": [Source(key="s", publisher="P", published="2017-06-01"),
                       Source(key="t", publisher="P", published="2018-06-01")],
            "place": PLACES, "event": events,
            "event_place": [EventPlace(event=key, place=place) for key, (place, _) in ROWS.items()],
            "event_source": [EventSource(event=key, source="t" if key == "later" else "s") for key in ROWS],
        }), path,
    )  # fmt: skip
    data = open_dataset(path)
    yield data
    data.close()


def keys(near: Near, sure: bool) -> set[str]:
    return {one.event.key for one in near.shown if one.sure == sure}


def test_what_is_surely_near_what_may_be_and_what_cannot_be_told(made: DataSet) -> None:
    near = near_of(made, "own", Reading(25_000, 7))

    assert keys(near, True) == {"same", "later", "twenty"}
    assert keys(near, False) == {"month", "open", "rough", "land"}
    assert set(near.keys) == keys(near, True) | keys(near, False)
    assert (near.sure, near.may) == (3, 4)
    assert (near.unplaced, near.undated, near.wide) == (1, 1, 1)
    assert near.shown[0].event.key == "same"


@pytest.mark.parametrize(
    ("metres", "days", "sure"),
    [(1_000, 0, {"same"}), (25_000, 0, {"same", "twenty"}), (19_000, 7, {"same", "later"}),
     (25_000, 8, {"same", "later", "too-late", "twenty"}), (100_000, 6, {"same", "twenty", "rough", "far"})],
)  # fmt: skip
def test_distance_and_days_are_chosen(made: DataSet, metres: float, days: int, sure: set[str]) -> None:
    assert keys(near_of(made, "own", Reading(metres, days)), True) == sure


def test_around_a_rough_place_nothing_is_sure(made: DataSet) -> None:
    near = near_of(made, "land", Reading(25_000, 7))
    assert near.sure == 0
    assert {"own", "same", "twenty"} <= keys(near, False)


def test_only_what_was_known_by_a_day_is_told(made: DataSet) -> None:
    near = near_of(made, "own", Reading(25_000, 7), parse("2017-12-31").latest)
    assert "later" not in near.keys
    assert "same" in near.keys


@pytest.mark.parametrize(
    ("key", "said"), [("nowhere", "no source places it"), ("undated", "no source dates it"), ("gone", "not in this")]
)
def test_why_nothing_can_be_told(made: DataSet, key: str, said: str) -> None:
    near = near_of(made, key, Reading())
    assert said in near.obstacle
    assert next(row.text for row in near_rows(near, Reading())) == "nothing can be told"


def test_it_can_be_stopped(made: DataSet) -> None:
    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        near_of(made, "own", Reading(), None, stop)


def test_all_that_is_left_out_is_said(made: DataSet) -> None:
    rows = near_rows(near_of(made, "own", Reading()), Reading())
    assert [row.text.partition(" ")[0] for row in rows if row.label == "Not told"] == ["1", "1", "1"]
    assert [row.label for row in rows[:2]] == ["Found", "same spot"]  # what is asked for, before how it was asked
    assert len([row for row in rows if row.ref]) == 7
    assert [choice.words for row in rows for choice in row.choices if choice.command is None] == ["25 km", "7 d"]


@pytest.mark.parametrize(("metres", "days"), [(5_000.0, 3), (25_000.0, 7), (100_000.0, 30), (500_000.0, 0)])
def test_it_finds_what_plain_counting_finds(builtin: DataSet, metres: float, days: int) -> None:
    """Every pair of some of the built-in incidents, one distance and one day after the other."""
    events = builtin.events
    step = max(1, len(events) // 25)
    for key in list(events.keys)[::step]:
        near = near_of(builtin, key, Reading(metres, days))
        row = events.row_of[key]
        if near.obstacle:
            assert not np.isfinite(events.x[row]) or events.earliest[row] > events.latest[row]
            continue
        expected = {other for other in events.keys if other != key and _may_be_near(builtin, row, other, metres, days)}
        assert set(near.keys) == expected, key
        assert near.sure + near.may == len(expected)


def _may_be_near(data: DataSet, row: int, other: str, metres: float, days: int) -> bool:
    events, at = data.events, data.events.row_of[other]
    if not np.isfinite(events.x[at]) or events.earliest[at] > events.latest[at]:
        return False
    spans = [(int(events.earliest[one]), int(events.latest[one])) for one in (row, at)]
    (a, b), (c, d) = spans
    apart = max(0, (c if c != FAR_PAST else a) - b if b != FAR_FUTURE else 0, a - d if a != FAR_PAST else 0)
    doubts = [0.0 if np.isnan(events.radius_m[one]) else float(events.radius_m[one]) for one in (row, at)]
    far = distance_m(events.lon_lat(row), events.lon_lat(at))
    return apart <= days and far - sum(doubts) <= metres


def test_days_apart_are_the_least_and_the_most(made: DataSet) -> None:
    events = made.events
    for one, other in product(ROWS, repeat=2):
        rows = np.array([events.row_of[other]])
        if any(events.earliest[events.row_of[key]] > events.latest[events.row_of[key]] for key in (one, other)):
            continue
        least, most = days_apart(made, events.row_of[one], rows)
        assert 0 <= least[0] <= most[0]
        if "open" in (one, other):
            assert most[0] > 10**9


@pytest.mark.parametrize(
    ("text", "limits"),
    [("25 km, 7 days", (25_000, 7)), ("800 m 0", (800, 0)), ("1.5km/30d", (1_500, 30)), ("10, 1 day", (10_000, 1)),
     ("", None), ("far", None), ("25 km", None), ("0 km, 7 days", None), ("2000 km, 7", None), ("5 km, 99999", None)],
)  # fmt: skip
def test_limits_are_typed(text: str, limits: Any) -> None:
    assert typed_limits(text) == limits


def test_limits_come_back_from_their_own_words() -> None:
    for reading in (Reading(), Reading(800.0, 0), Reading(1_500.0, 365)):
        assert typed_limits(limits_words(reading)) == (reading.near_m, reading.near_days)
