"""Who held a place when: the replay of claims, case by case and against a slow, plain one."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.domain.control import (
    BESIDE,
    CLASSES,
    CONTROL_CLASSES,
    SHARED,
    SOLE,
    UNSHOWN,
    ControlClaim,
    History,
    Holding,
    class_of,
    disagreeing,
    drawn_as,
    history,
)
from viewer.domain.dates import UNDATED, DateSpan, parse


def day(text: str) -> int:
    """The day number of an ISO date."""
    found = parse(text).earliest
    assert found is not None
    return found


def claim(key: str, actors: str, phase: str, date: str, control: str = "control", **more: Any) -> ControlClaim:
    """A claim about one town."""
    return ControlClaim(
        key=key, actors=actors, control=control, phase=phase, place="t", date=parse(date), source="s", **more
    )


def who(replayed: History, date: str) -> list[str]:
    """The holdings of a day as short words; '?' marks what is only possible."""
    return sorted(
        f"{h.claim.actors} {h.claim.control}{'?' if h.possible else ''}" for h in replayed.on(day(date))
    )  # fmt: skip


def test_the_last_claim_holds_until_another_ends_it() -> None:
    held = history([claim("1", "is", "begins", "2014-07-14"), claim("2", "gov", "begins", "2017-10-14")])
    assert who(held, "2014-07-13") == []
    assert who(held, "2014-07-14") == who(held, "2017-10-13") == ["is control"]
    assert who(held, "2017-10-14") == who(held, "2030-01-01") == ["gov control"]


def test_nobody_holds_after_an_end_without_a_successor() -> None:
    held = history([claim("1", "is", "begins", "2014-07-14"), claim("2", "is", "ends", "2017-10-14")])
    assert who(held, "2017-10-13") == ["is control"]
    assert who(held, "2017-10-14") == []
    assert held.tenures[-1].last is None


def test_a_change_within_a_span_is_possible_while_it_lasts() -> None:
    held = history([claim("1", "is", "begins", "2014"), claim("2", "gov", "begins", "2017-10-14/2017-10-20")])
    assert who(held, "2014-06-01") == ["is control?"]
    assert who(held, "2017-10-13") == ["is control"]
    assert who(held, "2017-10-14") == who(held, "2017-10-19") == ["gov control?", "is control?"]
    assert who(held, "2017-10-20") == ["gov control"]


def test_a_possible_holder_has_been_possible_since_its_span_began() -> None:
    """Another claim in the middle of the span must not make the possible holding look younger."""
    held = history([
        claim("1", "gov", "begins", "2017-10-10/2017-10-30"),
        claim("2", "is", "holds", "2017-10-20", "presence"),
    ])  # fmt: skip
    coming = next(h for h in held.on(day("2017-10-25")) if h.claim.actors == "gov")
    assert coming.possible
    assert (coming.since, coming.as_of) == (day("2017-10-10"), day("2017-10-10"))


def test_an_end_within_a_span_makes_the_holder_possible() -> None:
    held = history([claim("1", "is", "begins", "2014-01-01"), claim("2", "is", "ends", "2017-11")])
    assert who(held, "2017-11-01") == who(held, "2017-11-29") == ["is control?"]
    assert who(held, "2017-11-30") == []


def test_a_confirmation_renews_the_age_and_keeps_the_beginning() -> None:
    held = history([claim("1", "is", "begins", "2014-07-14"), claim("2", "is", "holds", "2017-06-15")])
    (before,) = held.on(day("2015-07-14"))
    (after,) = held.on(day("2017-06-20"))
    assert (before.since, before.age_days(day("2015-07-14"))) == (day("2014-07-14"), 365)
    assert (after.since, after.as_of, after.age_days(day("2017-06-20"))) == (day("2014-07-14"), day("2017-06-15"), 5)
    assert after.claim.key == "1"


def test_an_older_confirmation_never_makes_a_holding_staler() -> None:
    held = history([claim("1", "is", "holds", "2017-01-01/2017-12-31"), claim("2", "is", "holds", "2017-03-01")])
    (h,) = held.on(day("2018-01-10"))
    assert h.as_of == day("2017-12-31")
    assert h.age_days(day("2017-06-01")) == 0


def test_a_snapshot_has_no_beginning() -> None:
    (h,) = history([claim("1", "is", "holds", "2019-01")]).on(day("2021-02-15"))
    assert (h.since, h.as_of) == (None, day("2019-01-31"))
    assert h.age_days(day("2021-02-15")) == 746


def test_a_snapshot_with_an_open_start_counts_from_when_it_was_said() -> None:
    held = history([claim("1", "is", "holds", "../2019-01-30")])
    assert who(held, "2019-01-29") == []
    assert who(held, "2019-01-30") == ["is control"]
    ongoing = history([claim("1", "is", "holds", "2019-01-30/..")])
    assert ongoing.on(day("2019-01-30"))[0].as_of == day("2019-01-30")


def test_a_sharper_date_of_the_same_change_replaces_the_vague_one() -> None:
    vague, sharp = claim("1", "gov", "begins", "2017-11"), claim("2", "gov", "begins", "2017-11-03")
    assert history([vague, sharp]) == history([sharp])
    assert history([vague, claim("3", "gov", "begins", "2017-11")]).on(day("2017-11-02"))[0].possible
    other = claim("4", "is", "begins", "2017-11-03")
    assert who(history([vague, other]), "2017-11-20") == ["gov control?", "is control?"]


def test_control_ends_others_but_neither_presence_nor_hiding() -> None:
    held = history([
        claim("1", "opp", "begins", "2013-01-01", "contested"),
        claim("2", "us", "holds", "2013-02-01", "presence"),
        claim("3", "is", "holds", "2013-03-01", "hidden"),
        claim("4", "gov", "begins", "2014-01-01"),
    ])  # fmt: skip
    assert who(held, "2013-06-01") == ["is hidden", "opp contested", "us presence"]
    assert who(held, "2014-01-01") == ["gov control", "is hidden", "us presence"]


def test_who_is_surrounded_in_a_shared_place_does_not_end_the_others() -> None:
    surrounded = claim("2", "gov", "holds", "2015-01-01", "besieged")
    shared = history([claim("1", "is", "begins", "2014-07-01", "contested"), surrounded])
    sole = history([claim("1", "is", "begins", "2014-07-01"), surrounded])
    assert who(shared, "2015-01-01") == ["gov besieged", "is contested"]
    assert who(sole, "2015-01-01") == ["gov besieged"]


@pytest.mark.parametrize("control", [c for c in CLASSES if c not in ("control", "besieged", "unheld")])
def test_other_classes_stand_beside_a_holder(control: str) -> None:
    held = history([claim("1", "gov", "begins", "2014-01-01"), claim("2", "is", "begins", "2015-01-01", control)])
    assert who(held, "2015-01-01") == sorted(["gov control", f"is {control}"])


@pytest.mark.parametrize("control", ["control", "besieged", "unheld"])
def test_a_sole_class_ends_the_others_also_when_it_is_only_said_to_hold(control: str) -> None:
    held = history([claim("1", "is", "begins", "2014-01-01"), claim("2", "gov", "holds", "2015-01-01", control)])
    assert who(held, "2015-01-01") == [f"gov {control}"]


def test_the_last_claim_about_an_actor_is_its_class() -> None:
    held = history([claim("1", "is", "begins", "2014-01-01"), claim("2", "is", "holds", "2018-01-01", "hidden")])
    (h,) = held.on(day("2018-06-01"))
    assert (h.claim.control, h.since) == ("hidden", None)


def test_of_several_holders_those_who_stay_stay() -> None:
    joint = claim("1", "gov sdf", "begins", "2019-10-01", "mixed")
    assert who(history([joint]), "2019-11-01") == ["gov sdf mixed"]
    held = history([joint, claim("2", "sdf", "ends", "2020-01-01", "mixed")])
    assert who(held, "2020-01-01") == ["gov mixed"]
    assert held.on(day("2020-01-01"))[0].claim.key == "1"
    assert who(history([joint, claim("2", "sdf gov", "ends", "2020-01-01", "mixed")]), "2020-01-01") == []
    confirmed = history([joint, claim("2", "sdf gov", "holds", "2020-01-01", "mixed")])
    assert who(confirmed, "2020-01-01") == ["gov sdf mixed"]
    assert confirmed.on(day("2020-01-01"))[0].since == day("2019-10-01")
    alone = history([joint, claim("2", "gov", "begins", "2020-01-01")])
    assert who(alone, "2020-01-01") == ["gov control"]


def test_of_a_day_ends_come_before_beginnings() -> None:
    held = history([claim("1", "a", "begins", "2014-01-01"), claim("3", "a", "begins", "2014-06-01", "contested"),
                    claim("2", "a", "ends", "2014-06-01")])  # fmt: skip
    assert who(held, "2014-06-01") == ["a contested"]


def test_disagreement_stays_on_the_record_and_out_of_the_picture() -> None:
    main = claim("1", "is", "begins", "2014-01-01")
    second = claim("2", "sdf", "begins", "2014-06-01", use="alternative")
    odd = claim("3", "opp", "begins", "2014-07-01", use="outlier")
    assert history([main, second, odd]) == history([main])
    assert disagreeing([main, second, odd]) == (second, odd)


@pytest.mark.parametrize("date", ["", "../.."])
def test_a_claim_without_any_date_changes_nothing(date: str) -> None:
    assert history([claim("1", "is", "begins", date)]).tenures == ()
    assert history([]).on(0) == ()


def test_the_built_in_order_of_fifty_thousand_claims_is_replayed_in_one_pass() -> None:
    """Nested spans of one change once cost the square of their number."""
    spans = [DateSpan(f"{n}", n, 200_000 - n, "interval") for n in range(50_000)]
    claims = [
        ControlClaim(key=s.edtf, actors="a", control="control", phase="begins", place="t", date=s, source="s")
        for s in spans
    ]
    assert [t.first for t in history(claims).tenures] == [49_999, 150_001]


ACTORS = ("a", "b", "c", "a b", "b c", "c b")


@st.composite
def claim_lists(draw: st.DrawFn) -> list[ControlClaim]:
    """Up to eight claims within forty days, some with open ends, none, or of no main use."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        first, length = draw(st.integers(0, 30)), draw(st.sampled_from([0, 0, 0, 1, 5, 12]))
        ends = draw(st.sampled_from(["both", "both", "both", "both", "start", "end", "none"]))
        date = (
            UNDATED
            if ends == "none"
            else DateSpan(
                "x", first if ends != "end" else None, first + length if ends != "start" else None, "interval"
            )
        )
        found.append(
            ControlClaim(
                key=f"k{number}",
                actors=draw(st.sampled_from(ACTORS)),
                control=draw(st.sampled_from(["control", "control", "besieged", "contested", "mixed", "hidden"])),
                phase=draw(st.sampled_from(["begins", "holds", "ends"])),
                place="t",
                date=date,
                source="s",
                use=draw(st.sampled_from(["main", "main", "main", "outlier"])),
            )
        )
    return found


Plain = dict[str, tuple[str, str, int | None, int]]
"""By single actor: claim key, class, since, as of."""


def plain_days(c: ControlClaim) -> tuple[int, int]:
    """From which day the claim may stand, and from which it does."""
    early, late = c.date.earliest, c.date.latest
    start = early if early is not None else late
    end = late if late is not None else early
    assert start is not None and end is not None
    return start, (start if c.phase == "holds" else end)


def plain_apply(now: Plain, c: ControlClaim, at: int) -> Plain:
    """One claim upon the standing of single actors, said plainly."""
    after = dict(now)
    if c.phase != "ends" and c.control in ("control", "besieged", "unheld"):
        stay = {"presence", "hidden"} | ({"contested", "mixed"} if c.control == "besieged" else set())
        after = {a: h for a, h in after.items() if h[1] in stay or a in c.actors.split()}
    for actor in c.actors.split():
        old = after.pop(actor, None)
        if c.phase == "ends":
            continue
        began = at if c.phase == "begins" else None
        seen = max(at, c.date.latest) if c.phase == "holds" and c.date.latest is not None else at
        if old and old[1] == c.control:
            key = old[0] if old[0].startswith("begins") else f"{c.phase} {c.key}"
            after[actor] = (key, c.control, old[2] if old[2] is not None else began, max(old[3], seen))
        else:
            after[actor] = (f"{c.phase} {c.key}", c.control, began, seen)
    return after


def plain_on(claims: list[ControlClaim], at: int) -> tuple[Plain, Plain]:
    """The certain and the possible holdings of a day, replayed from the first claim each time."""
    main = [c for c in claims if c.use == "main" and (c.date.earliest, c.date.latest) != (None, None)]
    sharp = [
        b
        for b in main
        if b.phase == "holds"
        or not any(
            (set(a.actors.split()), a.control, a.phase) == (set(b.actors.split()), b.control, b.phase)
            and plain_days(a) != plain_days(b)
            and plain_days(b)[0] <= plain_days(a)[0]
            and plain_days(a)[1] <= plain_days(b)[1]
            for a in main
        )
    ]
    order = sorted(sharp, key=lambda c: (plain_days(c)[1], c.phase != "ends", plain_days(c)[0], c.key))
    now: Plain = {}
    for c in order:
        if plain_days(c)[1] <= at:
            now = plain_apply(now, c, plain_days(c)[1])
    later = now
    for c in order:
        if plain_days(c)[0] <= at < plain_days(c)[1]:
            later = plain_apply(later, c, plain_days(c)[0])
    stays = {a: h for a, h in now.items() if a in later and later[a][1] == h[1]}
    doubtful = [(a, h) for side in (now, later) for a, h in side.items() if a not in stays]
    return stays, {f"{a} {h[0]}": h for a, h in doubtful}


def taken_apart(holdings: tuple[Holding, ...]) -> tuple[Plain, Plain]:
    """Holdings in the shape of the plain replay."""
    sure: Plain = {}
    possible: Plain = {}
    for h in holdings:
        for actor in h.claim.actors.split():
            key = f"{h.claim.phase} {h.claim.key}"
            if h.possible:
                possible[f"{actor} {key}"] = (key, h.claim.control, h.since, h.as_of)
            else:
                assert actor not in sure
                sure[actor] = (key, h.claim.control, h.since, h.as_of)
    return sure, possible


@given(claim_lists())
def test_every_day_agrees_with_a_plain_replay(claims: list[ControlClaim]) -> None:
    held = history(claims)
    for at in range(-2, 50):
        assert taken_apart(held.on(at)) == plain_on(claims, at)


@given(claim_lists(), st.randoms(use_true_random=False))
def test_tenures_are_in_order_and_leave_no_gap(claims: list[ControlClaim], chance: Any) -> None:
    tenures = history(claims).tenures
    for one, two in pairwise(tenures):
        assert one.last is not None
        assert one.first <= one.last == two.first - 1
        assert one.holdings != two.holdings
    if tenures:
        assert tenures[-1].last is None
    shuffled = claims[:]
    chance.shuffle(shuffled)
    assert history(shuffled) == history(claims)


@given(claim_lists(), st.sets(st.integers(1, 40), min_size=1, max_size=4))
def test_cut_by_age_it_is_the_same_history_and_no_tenure_passes_an_age(
    claims: list[ControlClaim], ages: set[int]
) -> None:
    held = history(claims)
    cut = held.cut(sorted(ages))
    for tenure in held.tenures:
        for at in range(tenure.first, (tenure.first + 90 if tenure.last is None else tenure.last) + 1):
            assert cut.on(at) == held.on(at)
            inside = [part for part in cut.tenures if part.first <= at and (part.last is None or at <= part.last)]
            assert len(inside) == 1
            begun = inside[0].first
            passed = [bisect_right(sorted(ages), h.age_days(at)) for h in inside[0].holdings]
            assert passed == [bisect_right(sorted(ages), h.age_days(begun)) for h in inside[0].holdings]


def test_every_class_says_how_it_is_drawn() -> None:
    assert {name: drawn_as(name) for name in CLASSES} == {
        "control": "fill", "besieged": "fill", "contested": "hatch", "disputed": "hatch", "mixed": "hatch",
        "presence": "dots", "hidden": "outline", "unknown": "nothing", "unheld": "nothing",
    }  # fmt: skip


def test_a_class_is_one_row_and_all_else_follows_from_it() -> None:
    looks = {"tone", "siege", "stripes", "chequer", "lattice", "dots", "outline", "nothing"}
    for one in CONTROL_CLASSES:
        assert one.look in looks
        assert one.words
        assert one.sign
        assert (one.key in SOLE, one.key in SHARED, one.key in BESIDE) == (one.ends_others, one.shared, one.beside)
    assert {one.key for one in CONTROL_CLASSES if drawn_as(one.key) == "nothing"} == set(UNSHOWN)
    assert class_of("no such class").key == "unknown"
