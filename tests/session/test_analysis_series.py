"""Control share beside incidents near a place: each of a whole of its own, and nothing silently put in one month."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from viewer.domain.dates import parse
from viewer.geo.basemap import Basemap
from viewer.session.analysis_series import (
    SeriesAsked,
    baseline_words,
    holders,
    month_tip,
    near,
    series,
    series_file_lines,
    series_notes,
    series_sheet,
)
from viewer.session.selectors import visible_events
from viewer.session.share import ground_by_month, shares_of
from viewer.session.state import Filters, State, Time
from viewer.store.dataset import DataSet
from viewer.store.progress import Cancelled

MONTHS = tuple(parse(text).earliest or 0 for text in ("2017-05", "2017-06", "2017-07", "2017-08"))
ASKED = SeriesAsked("is", "claimed", "reach", "mayadin", 25_000.0, Filters(types=("strike",)))


@pytest.fixture(autouse=True)
def few_months(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("viewer.session.share.month_days", lambda data: MONTHS)
    yield


def test_the_share_is_that_of_the_change_panel(builtin: DataSet, basemap: Basemap) -> None:
    found = series(builtin, basemap, ASKED)
    months = ground_by_month(builtin, basemap, "reach", lambda share: None)
    shares = shares_of(months, "claimed")
    alone = sum(share for party, share in zip(shares.parties, shares.share, strict=True) if party.actors == ("is",))
    assert np.allclose(found.alone, alone)
    assert found.alone[0] > 0.2
    assert ((found.alone + found.shared) <= 1).all()
    assert np.allclose(found.whole_km2, months.wholes["claimed"])
    assert "of ground with a claim that day" in baseline_words(found, MONTHS[1])
    assert "40 km" in baseline_words(found, MONTHS[1])


def test_incidents_are_those_the_map_shows_within_the_distance(builtin: DataSet, basemap: Basemap) -> None:
    found = series(builtin, basemap, ASKED)
    circle = near(builtin, "mayadin", 25_000.0)
    for number, (first, after) in enumerate(pairwise(MONTHS)):
        time = Time(after - 1, "window", after - first)
        seen = visible_events(builtin, State(time=time, filters=replace(ASKED.filters, within=circle)))
        assert found.may[number] == len(seen.rows)
        assert found.sure[number] == np.count_nonzero(seen.certain)
    assert found.may.sum() > 0


def test_a_filter_on_ground_holds_beside_the_distance(builtin: DataSet, basemap: Basemap) -> None:
    elsewhere = replace(ASKED, filters=replace(ASKED.filters, within=near(builtin, "mosul", 10_000.0)))
    assert series(builtin, basemap, elsewhere).may.sum() == 0


def test_what_is_not_counted_is_told(builtin: DataSet, basemap: Basemap) -> None:
    found = series(builtin, basemap, replace(ASKED, filters=Filters()))
    said = " ".join(series_notes(builtin, found, MONTHS[0]))
    for words in ("date fuzzier than a month", "no place, so nobody knows whether near", "tallies", "before or after"):
        assert words in said.lower()
    assert found.may.sum() > found.sure.sum()
    assert "only possibly" in month_tip(builtin, found, int(np.argmax(found.may - found.sure)))


def test_with_a_day_of_knowledge_the_claims_are_those_known_then(builtin: DataSet, basemap: Basemap) -> None:
    early = replace(ASKED, filters=Filters(known_by=parse("2014-01-01").earliest))
    assert series(builtin, basemap, early).alone.sum() < series(builtin, basemap, ASKED).alone.sum()


def test_the_file_has_a_line_for_each_month_and_names_the_denominator(builtin: DataSet, basemap: Basemap) -> None:
    found = series(builtin, basemap, ASKED)
    lines = list(csv.DictReader(series_file_lines(builtin, found)))
    assert [line["month"] for line in lines[:4]] == ["2017-05-01", "2017-06-01", "2017-07-01", "2017-08-01"]
    assert {line["denominator"] for line in lines[:4]} == {"of ground with a claim that day"}
    assert all("within 25 km of Mayadin" in line["selection"] and line["attribution"] for line in lines)
    sheet = series_sheet(builtin, found, MONTHS[0])
    assert len(sheet.lines) == len(MONTHS)
    assert "type strike" in " ".join(sheet.notes)


def test_it_stops_when_nobody_waits(builtin: DataSet, basemap: Basemap) -> None:
    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        series(builtin, basemap, ASKED, stop)


def test_without_claims_the_incidents_are_still_there(small: DataSet, basemap: Basemap) -> None:
    bare = small.with_claims(())
    place = next(key for key in bare.places if near(bare, key, 1.0) is not None)
    found = series(bare, basemap, SeriesAsked("nobody", "claimed", "reach", place, 100_000.0, Filters()))
    assert not found.alone.any()
    assert "No claim of control" in baseline_words(found, 0)


def test_those_who_hold_ground_can_be_chosen(builtin: DataSet) -> None:
    assert {"is", "sdf"} <= set(holders(builtin))
    assert near(builtin, "no such place", 1.0) is None
