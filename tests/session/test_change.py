"""What changed hands: gains, losses and what was held add up to what each party has."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.domain.dates import parse
from viewer.geo.basemap import Basemap
from viewer.geo.cells import merged
from viewer.session.change import Party, balances, changes, pieces
from viewer.session.ground import km2_of
from viewer.store.dataset import DataSet

IS, GOV, SDF = (Party((actor,), "control") for actor in ("is", "syrian-government", "sdf"))
FIRST, LAST = 15_700, 18_680
"""Days (since 1970) between which the built-in chronology tells of most changes."""


def day(text: str) -> int:
    found = parse(text).earliest
    assert found is not None
    return found


@settings(max_examples=12, derandomize=True)
@given(first=st.integers(FIRST, LAST), second=st.integers(FIRST, LAST), reading=st.sampled_from(("reach", "roads")))
def test_gain_loss_and_held_add_up(
    builtin: DataSet, basemap: Basemap, first: int, second: int, reading: str
) -> None:
    found = balances(builtin, basemap, first, second, reading)
    total = sum(one.after for one in found)

    for one in found:
        assert one.gained + one.held == pytest.approx(one.after, rel=1e-3, abs=1e-5 * total)
        assert one.lost + one.held == pytest.approx(one.before, rel=1e-3, abs=1e-5 * total)
    for when, side in ((first, "before"), (second, "after")):
        ground = pieces(builtin, basemap, when, reading)
        whole = km2_of(merged([patch.shape for patch, _ in ground])) if ground else 0.0
        assert sum(getattr(one, side) for one in found) == pytest.approx(whole, rel=1e-4)


def test_the_year_in_which_the_islamic_state_lost_its_towns(builtin: DataSet, basemap: Basemap) -> None:
    found = {one.party: one for one in balances(builtin, basemap, day("2017-01-01"), day("2017-12-31"), "reach")}

    assert found[IS].lost > 40_000 > found[IS].after
    assert found[GOV].gained > 30_000
    assert found[SDF].gained > 10_000


def test_a_change_names_who_lost_and_who_gained(builtin: DataSet, basemap: Basemap) -> None:
    found = changes(builtin, basemap, day("2017-01-01"), day("2017-12-31"), "reach")

    assert {(IS, GOV), (IS, SDF)} <= {(one.was, one.now) for one in found}
    assert all(one.was != one.now for one in found)


def test_between_a_day_and_itself_nothing_changes(builtin: DataSet, basemap: Basemap) -> None:
    assert changes(builtin, basemap, day("2017-06-15"), day("2017-06-15"), "reach") == ()


def test_balances_tell_how_far_they_are_and_can_be_stopped(builtin: DataSet, basemap: Basemap) -> None:
    told: list[float] = []

    def stop(share: float) -> None:
        told.append(share)
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        balances(builtin, basemap, day("2016-03-01"), day("2016-09-01"), "roads", stop)
    assert told == sorted(told)
    assert told[0] == 0.0
