"""Control on a day as the map and the command line are given it."""

from __future__ import annotations

import pytest

from viewer.domain.dates import parse
from viewer.session.control import shown_holdings, shown_spells
from viewer.session.selectors import extent, holdings_on
from viewer.store.dataset import DataSet

AGES = (100, 400)


def day(text: str) -> int:
    found = parse(text).earliest
    assert found is not None
    return found


def test_a_place_that_nobody_holds_is_known_but_not_shown(builtin: DataSet) -> None:
    known = holdings_on(builtin, day("2019-03-01"))
    nobody = {site for site, holdings in known.items() if {h.claim.control for h in holdings} == {"unheld"}}
    spells = shown_spells(builtin, AGES)
    shown = {spells.sites[n]: spells.tenures[n].holdings for n in spells.on(day("2019-03-01")).tolist()}

    assert "syria" in nobody
    assert shown_holdings(builtin, "syria", day("2019-03-01")) == ()
    assert {site: held for site, held in shown.items() if held} == {
        site: held for site, held in known.items() if site not in nobody
    }


def test_spells_are_the_holdings_of_each_day(builtin: DataSet) -> None:
    spells = shown_spells(builtin, AGES)
    first, last = extent(builtin)
    for at in range(first - 5, last + 500, 7):
        shown = {spells.sites[n]: spells.tenures[n].holdings for n in spells.on(at).tolist()}
        plain = {site: shown_holdings(builtin, site, at) for site in builtin.histories}
        assert {site: held for site, held in shown.items() if held} == {s: held for s, held in plain.items() if held}


def test_between_two_of_its_days_nothing_changes(builtin: DataSet) -> None:
    spells = shown_spells(builtin, AGES)
    first, last = extent(builtin)
    for at in range(first, last, 11):
        since = spells.since(at)
        if since is not None:
            assert spells.on(since).tolist() == spells.on(at).tolist()
            assert since == at or not any(since < other <= at for other in spells.days.tolist())


@pytest.mark.parametrize("before", ["0001-01-01", "1900-01-01"])
def test_before_the_first_claim_there_is_nothing(before: str, small: DataSet) -> None:
    spells = shown_spells(small, AGES)

    assert spells.since(day(before)) is None
    assert spells.on(day(before)).tolist() == []


def test_sites_that_are_not_known_hold_nothing(small: DataSet) -> None:
    assert shown_holdings(small, "nowhere", day("2017-01-01")) == ()
